"""The use cases about a brief that is there: checking what an advisor made of it, and checking a firm's template.

A brief is checked against the facts.json filed beside it, by the same rules as before it was filed. Whether facts.json
itself is as it was filed is for the record to say (`xl-rebal verify`).
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from xl_rebal.errors import BriefUnreadable

if TYPE_CHECKING:
    from xl_rebal.briefs.filed import FiledFacts

SHOWN = 90
"""Characters of a line that a finding quotes."""


@dataclass(frozen=True, slots=True)
class BriefFinding:
    """Something in a brief that may not stand: what, and the line it is in ('' for what is missing)."""

    what: str
    line: str = ""

    def __str__(self) -> str:
        line = self.line if len(self.line) <= SHOWN else f"{self.line[: SHOWN - 1].rstrip()}…"
        return f"{self.what} In: “{line}”" if line else self.what


@dataclass(frozen=True, slots=True)
class BriefCheck:
    """What was found in one brief, and whether it was changed since it was filed."""

    brief: Path
    facts: Path
    changed: bool
    findings: tuple[BriefFinding, ...]
    read_again: tuple[str, ...] = ()
    """Rewritten sentences of the letter that resemble claims it must not make: for a person to judge, no finding."""
    new_in_letter: tuple[str, ...] = ()
    """Sentences of the letter that were not in it when it was filed: an advisor may write them, so no findings."""
    gone_from_letter: tuple[str, ...] = ()
    """Sentences of the filed letter that are not in it any more."""

    def lines(self) -> list[str]:
        """The outcome in plain words."""
        from xl_rebal.app import counted

        state = "was changed after it was filed" if self.changed else "is as it was filed"
        if self.findings:
            end = f"{counted(len(self.findings), 'finding')}. Correct the brief, or the workbook and file it again."
        else:
            end = (
                "every figure and date is a fact, no forbidden phrase is in it, and its disclosures are there. "
                "What the sentences mean is for you to read."
            )
        doubts = [
            f"Read again, as it resembles what a letter may not say (a promise, a forecast, advice beyond the plan): “{sentence}”"
            for sentence in self.read_again
        ]
        edits = [
            *(f"In the letter, not as filed: “{sentence}”" for sentence in self.new_in_letter),
            *(f"Filed, no longer in the letter: “{sentence}”" for sentence in self.gone_from_letter),
        ]
        return [*map(str, self.findings), *doubts, *edits, f"{self.brief.name} {state}: {end}"]

    def record(self) -> dict[str, object]:
        """The outcome for JSON."""
        return {
            "brief": str(self.brief),
            "facts": str(self.facts),
            "changed": self.changed,
            "findings": [{"what": f.what, "line": f.line} for f in self.findings],
            "read_again": list(self.read_again),
            "new_in_letter": list(self.new_in_letter),
            "gone_from_letter": list(self.gone_from_letter),
        }


def check_brief(brief: Path, facts: Path | None = None) -> BriefCheck:
    """Checks a brief, edited or not, against the facts filed beside it (or `facts`).

    Found are: figures and dates that are no facts, figures in words, forbidden phrases, words that contradict the sign of
    a figure in a paragraph of the email that was rewritten, disclosures and mandatory figures that are gone. Raises
    BriefUnreadable when there is nothing to check or to check it against.
    """
    from xl_rebal.briefs.filed import facts_beside, read_filed
    from xl_rebal.drafting.document import docx_text, unread_parts, volatile_fields

    try:
        document = brief.read_bytes()
        text, unread = docx_text(document), unread_parts(document)
        fields = volatile_fields(document)
    except OSError as error:
        raise BriefUnreadable(f"{brief} can't be read ({error.strerror or error}).") from error
    except (zipfile.BadZipFile, KeyError, SyntaxError, ValueError) as error:
        raise BriefUnreadable(f"{brief} is not a Word document that can be read: {error}.") from error
    filed = read_filed(facts or facts_beside(brief))
    imported = [
        BriefFinding(
            f"It imports the file {name}, which can't be checked. Paste its text into the brief instead."
        )
        for name in unread
    ]
    made_anew = [
        BriefFinding(
            f"Word fills in the field {{{code}}} by itself, so its text can't be checked. Turn it into plain text "
            "(Ctrl+Shift+F9), or delete it."
        )
        for code in fields
    ]
    letter = _filed_letter(brief, filed)
    gone = _gone(text, letter, filed)
    found = dict.fromkeys([*_wrong(brief, text, filed), *gone, *imported, *made_anew])
    again = _to_read_again(text, letter, found)
    new, missing = _edits(text, letter)
    return BriefCheck(
        brief, filed.path, not filed.as_filed(brief), tuple(found), tuple(again), tuple(new), tuple(missing)
    )


def _to_read_again(text: str, letter: str, found: Iterable[BriefFinding]) -> Iterator[str]:
    """Sentences of the letter that are not as they were filed, have no finding, and deserve a second look."""
    from xl_rebal.drafting.grounding import tidy
    from xl_rebal.drafting.second_look import to_read_again

    named = {finding.line for finding in found}
    for line, email in _lines(text):
        if email and line not in named:
            yield from (s for s in to_read_again(line) if tidy(s) not in letter)


def _edits(text: str, letter: str) -> tuple[list[str], list[str]]:
    """Sentences that are new in the letter, and those of the filed one that are gone; none when the filed one is not there.

    Whatever an edit makes the letter say shows here, whether or not a rule knows its words.
    """
    if not letter:
        return [], []
    now = [line.removeprefix("Subject").strip() for line, email in _lines(text) if email]
    filed = [
        line.removeprefix("Subject: ")
        for line in letter[max(0, letter.find("Subject: ")) :].splitlines()
        if line.strip()
    ]
    page, before = _words(" ".join(now)), _words(" ".join(filed))
    return (
        [s for line in now for s in _SENTENCE.split(line) if _words(s) not in before],
        [s for line in filed for s in _SENTENCE.split(line) if _words(s) not in page],
    )


_SENTENCE = re.compile(r"(?<=[.!?])\s+")


def _words(text: str) -> str:
    """The words and figures of a text, set apart by spaces, however it is broken into lines and dressed."""
    from xl_rebal.drafting.grounding import tidy

    return " ".join(["", *re.findall(r"[^\W_]+|[$%+-]", tidy(text).casefold()), ""])


def _wrong(brief: Path, text: str, filed: FiledFacts) -> Iterator[BriefFinding]:
    """What may not stand, line by line."""
    from xl_rebal.drafting.grounding import NOT_SAID, direction_faults, tidy, wording_faults

    facts = filed.facts
    own = [fact.display for fact in facts if fact.id.startswith("TEMPLATE_")]
    fixed = [*own, *(sentence for text in own for sentence in re.split(r"(?<=[.;])\s+", text))]
    letter = _filed_letter(brief, filed)
    filed_lines = {_without_figures(line) for line in letter.split("\n")}
    before = ""
    for line, email in _lines(text):
        faults = [*wording_faults(line, facts, None, fixed)]
        if (
            before and line[0].islower() and before[-1] not in ".!?:;"
        ):  # a sentence that was broken over two lines
            faults += [
                f for f in wording_faults(f"{before} {line}", facts, None, fixed) if f.endswith(NOT_SAID)
            ]
        before = line
        if email and letter and tidy(line) not in letter:
            faults += direction_faults(line, facts)
            bare = _without_figures(tidy(line))
            if bare and not faults and bare in filed_lines:
                faults.append("Its words are as they were filed, its figures are not.")
        yield from (BriefFinding(fault, line) for fault in faults)


def _lines(text: str) -> Iterator[tuple[str, bool]]:
    """The lines of a brief that say something, and whether each is one of its letter."""
    email = False
    for line in filter(None, (line.strip("\t •") for line in text.split("\n"))):
        email = (email or line.startswith("Subject")) and line.casefold() != "decision"
        yield line, email


def _without_figures(line: str) -> str:
    """A line's words, in which a figure is only a figure; '' for one without figures."""
    plain = re.sub(r"[+-]?[$\d][\d.,]*%?", "#", line)
    return plain if plain != line else ""


def _filed_letter(brief: Path, filed: FiledFacts) -> str:
    """The email as it was filed; '' when it is not beside the brief any more."""
    from xl_rebal.drafting.grounding import tidy

    end = filed.path.stem.removeprefix("facts")
    path = brief.with_name(f"email{end}.txt")
    if not path.is_file() or not filed.as_filed(path):
        return ""
    return tidy(path.read_text(encoding="utf-8"))


def _gone(text: str, letter: str, filed: FiledFacts) -> Iterator[BriefFinding]:
    """What must be on the page and is not: the template's statements, and in the letter the figures a client must be told."""
    from xl_rebal.briefs.letter import NOT_YET, not_yet
    from xl_rebal.drafting.grounding import tidy
    from xl_rebal.drafting.ids import spellings

    page = _spaced(tidy(text))
    told = _spaced(tidy(" ".join(line for line, email in _lines(text) if email)))
    if not_yet(filed.facts) and NOT_YET not in page:
        yield BriefFinding(f"Its mark is gone: {not_yet(filed.facts)}")
    for fact in filed.facts:
        said = [_spaced(tidy(s)) for s in spellings(fact)]
        if not fact.mandatory:
            continue
        if not any(s in page for s in said):
            if fact.id.startswith("TEMPLATE_"):
                yield BriefFinding(f"The statement “{fact.display}” is gone.")
            else:
                yield BriefFinding(f"It no longer says {fact.display} ({fact.label}).")
        elif told and any(s in _spaced(letter) for s in said) and not any(s in told for s in said):
            yield BriefFinding(f"The letter no longer says {fact.display} ({fact.label}).")


def _spaced(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def lint_brief_template(template: Path) -> list[str]:
    """Checks a firm's own template, of a brief or of the book summary, as a run would, and says what it leaves out.

    Raises TemplateError with everything that is wrong.
    """
    from xl_rebal.briefs.render import (
        likely_kind,
        lint_template,
        shipped_template,
        statements,
        unused_placeholders,
    )

    kind = likely_kind(template)
    lint_template(template, kind)
    lines = [
        f"{template.name} can be used as the template of the {kind.name}: every placeholder in it exists."
    ]
    unused = unused_placeholders(template, kind)
    if unused:
        lines.append(f"It does not show: {', '.join(unused)} (see PLACEHOLDERS.md).")
    own = " ".join(statements(template, kind))
    gone = [said for said in statements(shipped_template(kind), kind) if said not in own]
    if gone:
        quoted = ", ".join(f"“{said.rstrip('.;')}”" for said in gone)
        lines.append(f"Its foot does not say what the shipped one does: {quoted}. See that it says as much.")
    if template.name != kind.file:
        lines.append(f"To use it, save it as templates/{kind.file} beside the workbook.")
    return lines
