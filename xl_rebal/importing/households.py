"""Accounts and households that a system knows and the workbook does not: added as rows, with what nobody has said asked.

A portfolio system says to which household an account belongs and how it is titled. The household is looked for by its name;
a new one gets a row that is still without filing status and model. The registration decides tax, so unless the system uses
one of the workbook's own words it is only guessed, and every guess asks to be confirmed. Rows that are there never change.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from xl_rebal.engine.book import Registration
from xl_rebal.engine.problems import Problem, Severity
from xl_rebal.importers.identifiers import is_exponent, is_masked
from xl_rebal.importers.statements import ImportedAccount
from xl_rebal.importing.accounts import Accounts, skeleton
from xl_rebal.importing.crm import Clients
from xl_rebal.sheets.cells import Fault, choice, folded
from xl_rebal.sheets.write import CellValue

_CHOICES = tuple(one.value for one in Registration)
_WORDS: tuple[tuple[tuple[str, ...], Registration], ...] = (
    (("inherited", "roth"), Registration.INHERITED_ROTH_IRA),
    (("beneficiary", "roth"), Registration.INHERITED_ROTH_IRA),
    (("inherited", "ira"), Registration.INHERITED_IRA),
    (("beneficiary", "ira"), Registration.INHERITED_IRA),
    (("roth", "401"), Registration.ROTH_401K),
    (("roth",), Registration.ROTH_IRA),
    (("sep",), Registration.SEP_IRA),
    (("simple", "ira"), Registration.SIMPLE_IRA),
    (("rollover",), Registration.ROLLOVER_IRA),
    (("401",), Registration.PLAN_401K),
    (("403",), Registration.PLAN_403B),
    (("457",), Registration.PLAN_457B),
    (("ira",), Registration.TRADITIONAL_IRA),
    (("hsa",), Registration.HSA),
    (("529",), Registration.EDUCATION_529),
    (("utma",), Registration.CUSTODIAL),
    (("ugma",), Registration.CUSTODIAL),
    (("irrevocable",), Registration.IRREVOCABLE_TRUST),
    (("trust",), Registration.TRUST),
    (("joint",), Registration.JOINT),
    (("jtwros",), Registration.JOINT),
    (("individual",), Registration.INDIVIDUAL),
    (("brokerage",), Registration.INDIVIDUAL),
)
"""Words that titles of accounts use, the more telling first."""


@dataclass(slots=True)
class NewHouseholds:
    """Rows to add, and what has to be asked about them."""

    clients: list[dict[str, CellValue]] = field(default_factory=list)
    accounts: list[dict[str, CellValue]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def registration_of(*texts: str) -> tuple[Registration | None, bool]:
    """The registration that the first telling text means, and whether it says so in the workbook's own words."""
    for text in texts:
        found = choice(text, _CHOICES) if text else None
        if isinstance(found, str) and not isinstance(found, Fault):
            return Registration(found), True
    for text in texts:
        word = folded(text)
        for parts, registration in _WORDS:
            if all(part in word for part in parts):
                return registration, False
    return None, False


def new_households(stated: Iterable[ImportedAccount], accounts: Accounts, clients: Clients) -> NewHouseholds:
    """What the workbook lacks of the stated accounts; each account that is added is known to `accounts` from then on."""
    new = NewHouseholds()
    by_account: dict[str, list[ImportedAccount]] = {}
    for one in stated:
        if one.account and not is_exponent(one.account):
            by_account.setdefault(skeleton(one.account), []).append(one)
    for rows in by_account.values():
        first = rows[0]
        households = list(dict.fromkeys(one.household for one in rows if one.household))
        known = accounts.named(first.account)
        if known is not None:
            _compare(new, first, households, known.client_id, known.id, clients)
        elif is_masked(first.account) or not households:
            continue  # which account it is, or whose, nobody can tell: the statements ask
        elif skeleton(first.account).lstrip("0") in accounts.without_zeros:
            continue  # zeros were lost: the statements say so
        elif len(households) > 1:
            _ask(
                new, first, "account-in-two-households",
                f"Account {first.account} is listed under {' and '.join(households[:4])}, so it was not added.",
                "Add it to the Accounts sheet under the right Client ID, and import again.",
            )  # fmt: skip
        elif first.closed:
            continue
        else:
            _add(new, first, households[0], accounts, clients)
    return new


def _compare(
    new: NewHouseholds,
    first: ImportedAccount,
    households: list[str],
    client_id: str,
    account_id: str,
    clients: Clients,
) -> None:
    """Says where the system sees a known account otherwise than the workbook does; the workbook's row stays."""
    if first.closed:
        _ask(
            new, first, "account-closed",
            f"The system says that account {account_id} is closed; the Accounts sheet still has it.",
            "If it is closed, delete its rows on Accounts, Lots and Positions.",
        )  # fmt: skip
    others = [
        name for name in households if (found := clients.find(name)) and folded(found) != folded(client_id)
    ]
    if others and not any(folded(clients.find(name) or "") == folded(client_id) for name in households):
        _ask(
            new, first, "account-other-household",
            f"The system has account {account_id} under {others[0]}; on the Accounts sheet it belongs to {client_id}, which "
            "was kept.",
            "Correct the Client ID on the Accounts sheet if the system is right.",
        )  # fmt: skip
    elif len(households) > 1:
        _ask(
            new, first, "account-in-two-households",
            f"Account {account_id} is listed under {' and '.join(households[:4])}; it was imported once, for {client_id} as "
            "on the Accounts sheet.",
            "",
            Severity.NOTE,
        )  # fmt: skip


def _add(
    new: NewHouseholds, one: ImportedAccount, household: str, accounts: Accounts, clients: Clients
) -> None:
    client_id = clients.find(household)
    if client_id is None:
        client_id = household
        new.clients.append({"Client ID": household, "Client Name": household})
        clients.all.append((household, household))
        clients.ids[folded(household)] = household
        added = {str(cells["Client ID"]) for cells in new.clients}
        like = [other for other in clients.like(household) if other not in added]
        perhaps = (
            f" If it is {', '.join(like)}, correct the Client ID of the account instead." if like else ""
        )
        _ask(
            new, one, "client-added",
            f"Household {household} was added to the Clients sheet; its briefs are withheld until the row is complete.",
            f"Enter its Filing Status and Model, and a short Client ID if you like (on Accounts, too).{perhaps}",
        )  # fmt: skip
    registration, said = registration_of(one.registration, one.name)
    words = " / ".join(filter(None, dict.fromkeys((one.registration, one.name))))
    cells: dict[str, CellValue] = {
        "Account ID": one.account,
        "Client ID": client_id,
        "Registration": registration.value if registration else None,
        "Custodian": one.custodian or None,
        "Flags": None if said or not registration else f"Confirm the registration: guessed from '{words}'",
    }
    new.accounts.append({header: value for header, value in cells.items() if value is not None})
    accounts.add(one.account, client_id, one.custodian)
    if registration is None:
        _ask(
            new, one, "registration-unknown",
            f"Account {one.account} of {client_id} was added; how it is titled can't be told from {words!r}."
            if words else f"Account {one.account} of {client_id} was added; the file does not say how it is titled.",
            "Choose its Registration on the Accounts sheet: it decides tax and RMD.",
        )  # fmt: skip
    elif not said:
        _ask(
            new, one, "registration-guessed",
            f"Account {one.account} of {client_id} was added as {registration.value}, guessed from {words!r}.",
            "Confirm or correct its Registration on the Accounts sheet, which decides tax and RMD, and delete the flag.",
        )  # fmt: skip


def _ask(
    new: NewHouseholds,
    one: ImportedAccount,
    code: str,
    what: str,
    todo: str,
    severity: Severity = Severity.WARNING,
) -> None:
    new.problems.append(Problem(severity, code, one.source, "", "", "", what, todo))
