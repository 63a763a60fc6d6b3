"""Every exception that xl_rebal raises on purpose.

Bad data is not an exception but a `Problem` value (engine/problems.py). An exception here means that a
contract was broken or that no answer exists. `str(error)` is a sentence for the person who must act.
"""

from __future__ import annotations


class XlRebalError(Exception):
    """Base of the family; shells turn it into a message box, cell text or exit code."""


class ParameterMissing(XlRebalError):
    """A tax parameter for the asked year, age or status is not in the data files."""


class ParameterInvalid(XlRebalError):
    """A parameter file breaks its own rules (order of brackets, missing source, wrong unit)."""


class WorkbookUnreadable(XlRebalError):
    """The workbook can't be opened: not found, locked by another program, or not a workbook."""


class WorkbookUnwritable(XlRebalError):
    """The workbook can't be changed safely: locked, read-only, or not in the expected shape."""


class ExportUnreadable(XlRebalError):
    """A custodian's or PMS file has no header that this importer knows."""


class UnknownClient(XlRebalError):
    """The client asked for is not in the book."""


class PlanInfeasible(XlRebalError):
    """No trades satisfy the hard rules; the message names the rules that fight."""


class WishImpossible(XlRebalError):
    """A what-if asks for something that makes no sense, such as a negative budget."""


class SolverFailed(XlRebalError):
    """The solver returned no usable answer for well-formed input."""


class PlanUnsound(XlRebalError):
    """Settled trades break an exact rule (cash below zero, more shares sold than held)."""


class TemplateError(XlRebalError):
    """A brief template is missing, damaged, or uses a placeholder that does not exist."""


class LogoUnusable(XlRebalError):
    """The firm's logo is missing, too large, damaged or no picture."""


class OutlookUnavailable(XlRebalError):
    """Outlook is not on this computer, or does not take a draft."""


class DraftRejected(XlRebalError):
    """A drafter's text breaks the grounding rules; `faults` lists them."""

    def __init__(self, message: str, faults: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class DrafterUnavailable(XlRebalError):
    """The language model could not be asked (no key, no endpoint, time-out, refusal)."""


class FilingFailed(XlRebalError):
    """A brief could not be filed (folder read-only, disk full, path outside the output folder)."""


class BriefUnreadable(XlRebalError):
    """A brief, or the facts.json beside it, is missing or is not one."""


class VbaInvalid(XlRebalError):
    """A VBA module or project of the workbook's sources can't be stored as it is."""


class RecordsUnreadable(XlRebalError):
    """There is no record where one was asked for, or it can't be read (no folder, no right)."""


class RecordsLocked(FilingFailed):
    """Another user or process is writing to the record and did not finish in time."""


class NoClients(XlRebalError):
    """The workbook has no client that can be read, so there is nothing to put together."""


class QuarterRefused(XlRebalError):
    """A quarter can't be opened or closed: it was closed before, or clients are still open."""


class DecisionRefused(XlRebalError):
    """A decision can't be recorded: no brief on record, or the brief is stale."""


class BriefStale(DecisionRefused):
    """The latest brief was made of other data than the workbook has now; `what` says so in a sentence."""

    def __init__(self, message: str, what: str) -> None:
        super().__init__(message)
        self.what = what


class FetchFailed(XlRebalError):
    """An API could not be asked or gave no usable answer; what was fetched before it is kept."""


class ChoiceUnknown(XlRebalError):
    """A cell or an argument names a choice that there is not."""
