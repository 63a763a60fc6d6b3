"""Households, accounts, transactions and CRM entries into the workbook; what a preview shows; an import taken back."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from typer.testing import CliRunner

from tests.importers import system_files as files
from tests.importers.memory import account, client, sheets
from xl_rebal import app as use
from xl_rebal.cli import app as cli
from xl_rebal.engine.book import Registration
from xl_rebal.engine.problems import Source
from xl_rebal.errors import WorkbookUnwritable
from xl_rebal.importers.read import read_exports
from xl_rebal.importers.statements import Imported, Kind, Statement
from xl_rebal.importing import merge
from xl_rebal.importing.accounts import Known
from xl_rebal.importing.days import account_days
from xl_rebal.importing.households import registration_of
from xl_rebal.importing.preview import preview
from xl_rebal.sheets.source import Table, read_tables
from xl_rebal.sheets.write import Change

HEADER = "Client Name,Account Number,Account Type,Program,Symbol,CUSIP,Description,Quantity,Price,Market Value,Cost Basis"


def holdings(*rows: str) -> Imported:
    """Rows of household, account and type; each holds ten shares."""
    lines = [HEADER, *(f"{row},UMA,QQZA,,Example,10,$40.00,$400.00,$350.00" for row in rows), ""]
    return read_exports("envestnet", [("Holdings 2026-02-13.csv", "\r\n".join(lines).encode())]).imported


# --- Households and accounts that the workbook lacks -----------------------------------------------------------------------


def test_a_new_household_comes_with_questions_and_its_positions_in_one_import():
    changes, report = merge(holdings("New House,NN1,Roth IRA"), sheets(clients=[client("C1", "Old House")]))
    assert changes["Clients"].added == ({"Client ID": "New House", "Client Name": "New House"},)
    assert changes["Accounts"].added == (
        {
            "Account ID": "NN1",
            "Client ID": "New House",
            "Registration": "Roth IRA",
            "Positions As Of": date(2026, 2, 13),
        },
    )
    assert [cells["Account ID"] for cells in changes["Positions"].added] == ["NN1"]
    (asked,) = (p for p in report.problems if p.code == "client-added")
    assert "Filing Status and Model" in asked.todo
    assert "If it is C1" in asked.todo  # both are called House


def test_an_account_of_a_known_household_is_added_to_it():
    changes, report = merge(
        holdings('"Sample, Pat",NN1,Trust'), sheets(clients=[client("SAM01", "Pat Sample")])
    )
    assert "Clients" not in changes
    (row,) = changes["Accounts"].added
    assert (row["Client ID"], row["Registration"]) == ("SAM01", "Trust")
    assert report.new_accounts == ["NN1"]


def test_a_guessed_registration_asks_and_stays_flagged():
    changes, report = merge(holdings("C1,NN1,Pat's rollover acct"), sheets(clients=[client("C1")]))
    (row,) = changes["Accounts"].added
    assert row["Registration"] == "Rollover IRA"
    assert row["Flags"] == "Confirm the registration: guessed from 'Pat's rollover acct'"
    assert "registration-guessed" in {p.code for p in report.problems}


def test_an_untold_registration_is_left_blank_and_asked():
    changes, report = merge(holdings("C1,NN1,Nest egg"), sheets(clients=[client("C1")]))
    assert "Registration" not in changes["Accounts"].added[0]
    assert "registration-unknown" in {p.code for p in report.problems}


@pytest.mark.parametrize(
    ("text", "registration", "said"),
    [
        ("Traditional IRA", Registration.TRADITIONAL_IRA, True),
        ("JTWROS", Registration.JOINT, True),
        ("Inherited Roth IRA - Pat", Registration.INHERITED_ROTH_IRA, False),
        ("Individual - TOD", Registration.INDIVIDUAL, False),
        ("ROTH IRA", Registration.ROTH_IRA, True),
        ("HSA account", Registration.HSA, False),
        ("", None, False),
    ],
)
def test_registrations_are_told_from_the_workbooks_own_words_or_guessed(text, registration, said):
    assert registration_of(text) == (registration, said)


def test_an_account_under_two_new_households_is_asked_and_not_added():
    changes, report = merge(holdings("A,NN1,Joint", "B,NN1,Joint"), sheets(clients=[client("C1")]))
    assert changes == {}
    assert "account-in-two-households" in {p.code for p in report.problems}


def test_a_known_account_is_never_moved_to_another_household():
    book = sheets(clients=[client("C1", "Ada"), client("C2", "Ben")], accounts=[account("NN1", "C1")])
    changes, report = merge(holdings("Ben,NN1,Joint"), book)
    assert changes["Accounts"].updated == {2: {"Positions As Of": date(2026, 2, 13)}}
    assert "account-other-household" in {p.code for p in report.problems}


def test_a_household_that_the_firm_has_named_is_used():
    changes, _ = merge(
        holdings("Sample Family LLC,NN1,Trust"),
        sheets(clients=[client("SAM01")]),
        clients={"sample family llc": "SAM01"},
    )
    assert changes["Accounts"].added[0]["Client ID"] == "SAM01"


def test_accounts_that_a_file_of_many_no_longer_lists_are_named():
    old = [{"Account ID": "OLD", "Symbol": "QQZA", "Quantity": 1}]
    book = sheets(
        clients=[client("C1")], accounts=[account("NN1"), account("NN2"), account("OLD")], positions=old
    )
    _, report = merge(holdings("C1,NN1,Joint", "C1,NN2,Joint"), book)
    (note,) = (p for p in report.problems if p.code == "accounts-missing")
    assert "No positions of OLD" in note.what


def redtail(**cells: object) -> Imported:
    """A contact and an account of it."""
    contact = {"id": 41, "full_name": "Pat Sample", "marital_status": "Single", "last_name": "Sample"}
    one = {"id": 7, "contact_id": 41, "account_type": "Brokerage", "status": "Active", "number": "NN1", "company": "Schwab",
           "taxqualified": True, "taxqualified_type": "Roth IRA"} | cells  # fmt: skip
    documents = {"contacts": [contact], "accounts": [one]}
    return read_exports(
        "auto", [(f"{k}.json", json.dumps({k: v}).encode()) for k, v in documents.items()]
    ).imported


def test_a_crms_accounts_are_added_to_the_household_of_their_contact():
    changes, _ = merge(redtail(), sheets(clients=[client("SAM01", "Sample, Pat")]))
    assert changes["Accounts"].added == (
        {"Account ID": "NN1", "Client ID": "SAM01", "Registration": "Roth IRA", "Custodian": "Schwab"},
    )


def test_a_closed_account_is_not_added_and_one_that_is_there_is_pointed_out():
    people = [client("SAM01", "Pat Sample")]
    assert merge(redtail(status="Closed"), sheets(clients=people))[0] == {}
    changes, report = merge(
        redtail(status="Closed"), sheets(clients=people, accounts=[account("NN1", "SAM01")])
    )
    assert changes == {}
    assert [p.code for p in report.problems] == ["account-closed"]


def test_lots_that_neither_positions_nor_lots_list_any_more_are_removed():
    one = files.held("pershing")[0]
    gone = {
        "Account ID": one.account,
        "Symbol": "GONE",
        "Acquired": date(2020, 1, 2),
        "Quantity": 1,
        "Cost Basis": 1,
    }
    book = sheets(
        accounts=[account(h.account, custodian="Pershing") for h in files.held("pershing")], lots=[gone]
    )
    changes, report = merge(read_exports("pershing", files.files_of("pershing")).imported, book)
    assert changes["Lots"].removed == {2}
    only_lots = [file for file in files.files_of("pershing") if file[0].startswith("UGL")]
    changes, _ = merge(read_exports("pershing", only_lots).imported, book)
    assert changes["Lots"].removed == frozenset()  # one source alone does not remove
    assert report.accounts[one.account].lots.removed == 1


def test_a_new_security_gets_the_files_class_only_if_the_firm_has_one_of_that_name():
    text = "Client,Holding Account,Asset Class,Security,Ticker Symbol,Units,Adjusted Value\n"
    text += "C1,AD1,us EQUITY,X,NEWX,10,400\nC1,AD1,Exotic,Y,NEWY,10,400\n"
    imported = read_exports("addepar", [("View 2026-02-13.csv", text.encode())]).imported
    targets = [{"Model": "M", "Asset Class": "US Equity", "Target": 1}]
    changes, report = merge(
        imported, sheets(accounts=[account("AD1")], clients=[client("C1")], targets=targets)
    )
    assert [(row["Symbol"], row.get("Asset Class")) for row in changes["Securities"].added] == [
        ("NEWX", "US Equity"),
        ("NEWY", None),
    ]
    assert report.unclassed == ["NEWY"]


# --- Transactions -------------------------------------------------------------------------------------------------------------

HISTORY = "Run Date,Account,Account Number,Action,Symbol,Description,Type,Price ($),Quantity,Commission ($),Fees ($),Accrued Interest ($),Amount ($),Settlement Date"


def history(*rows: str, name: str = "Accounts_History.csv") -> tuple[str, bytes]:
    """Rows of day, action, symbol, quantity and amount."""
    lines = []
    for row in rows:
        day, action, symbol, quantity, amount = row.split("|")
        lines.append(f"{day},Joint,Z1,{action},{symbol},X,Cash,,{quantity},,,,{amount},")
    return name, "\r\n".join([HISTORY, *lines, "", "Date downloaded 02/13/2026", ""]).encode()


def moves(*named: tuple[str, bytes], activity: list[dict[str, object]] | None = None):
    book = sheets(accounts=[account("Z1", custodian="Fidelity")], activity=activity or [])
    changes, report = merge(read_exports("fidelity", list(named)).imported, book)
    return (changes["Activity"].added if changes else ()), report


BUY = "02/10/2026|YOU BOUGHT X|QQZA|25|-995"


def test_two_purchases_alike_are_two_and_files_that_overlap_do_not_double_them():
    twice = history(BUY, BUY)
    assert len(moves(twice)[0]) == 2
    assert len(moves(twice, history(BUY, name="Accounts_History (1).csv"))[0]) == 2
    there = {
        "Date": date(2026, 2, 10),
        "Account ID": "Z1",
        "Type": "Buy",
        "Amount": 995,
        "Symbol": "QQZA",
        "Quantity": 25,
    }
    assert len(moves(twice, activity=[there])[0]) == 1
    assert moves(twice, activity=[there, there])[0] == ()


def test_a_row_whose_type_a_person_changed_is_not_added_again():
    paid = history("02/03/2026|Electronic Funds Transfer Paid||0|-5000")
    row = {"Date": date(2026, 2, 3), "Account ID": "Z1", "Type": "RMD", "Amount": 5000}
    assert moves(paid)[0][0]["Type"] == "Withdrawal"
    assert moves(paid, activity=[row])[0] == ()


def test_a_dividend_and_its_reinvestment_are_two_rows():
    added, _ = moves(
        history("02/09/2026|DIVIDEND RECEIVED X|QQZA|0|94.03", "02/09/2026|REINVESTMENT X|QQZA|2.345|-94.03")
    )
    assert [(row["Type"], row["Amount"], row.get("Quantity")) for row in added] == [
        ("Dividend", Decimal("94.03"), None),
        ("Reinvest", Decimal("94.03"), Decimal("2.345")),
    ]


def test_words_that_nobody_knows_are_imported_as_other_and_named():
    added, report = moves(history("02/09/2026|SOLAR ECLIPSE CREDIT|QQZA|0|12.00"))
    assert added[0]["Type"] == "Other"
    (note,) = (p for p in report.problems if p.code == "type-unknown")
    assert "'SOLAR ECLIPSE CREDIT'" in note.what


def test_a_cancellation_without_its_trade_asks_a_person():
    row = [
        "2026-02-12",
        "Cancel Buy -10.0 of QQBD",
        725,
        "QQBD",
        "EX",
        "",
        "",
        "",
        "",
        "R3",
        725,
        "-",
        "2026-02-11",
    ]
    content = files.xlsx([["Account", "Z1"]], files.PERSHING_MOVES, [row])
    imported = read_exports("pershing", [("Moves.xlsx", content)]).imported
    assert [p.code for p in imported.problems] == ["cancelled-elsewhere"]


def test_the_wash_sale_window_sees_imported_purchases(tmp_path):
    book = files.workbook(tmp_path / "firm.xlsx")
    paths = []
    for name, content in files.files_of("fidelity"):
        (tmp_path / name).write_bytes(content)
        paths.append(tmp_path / name)
    use.import_files("auto", paths, book)
    loaded = use.load(book)
    assert any(a.type.purchase and a.symbol == "QQZA" for a in loaded.household("FID1").activity)
    assert use.review_of(loaded, "FID1").plan is not None


def test_files_of_one_name_are_told_apart_and_a_file_named_twice_counts_once(tmp_path):
    book = files.workbook(tmp_path / "firm.xlsx")
    _, content = files.files_of("fidelity")[2]
    (tmp_path / "old").mkdir()
    for folder, text in ((tmp_path, content), (tmp_path / "old", content + b"\r\n")):
        (folder / "Accounts_History.csv").write_bytes(text)
    paths = [tmp_path / "Accounts_History.csv", tmp_path / "old" / "Accounts_History.csv"]
    result = use.import_files("fidelity", [paths[0], *paths], book)
    assert result.report.transactions_read == 6  # of the two files that differ
    assert len(use.load(book).household("FID1").activity) == 3


def test_a_custodians_lot_number_comes_with_a_new_lot():
    imported = read_exports("pershing", files.files_of("pershing")).imported
    book = sheets(accounts=[account(h.account, custodian="Pershing") for h in files.held("pershing")])
    changes, _ = merge(imported, book)
    assert {cells.get("Lot ID") for cells in changes["Lots"].added} == {"LOT1", "LOT2"}


# --- CRM entries ------------------------------------------------------------------------------------------------------------------


def entries(**cells: object) -> Imported:
    note = {"id": 1, "created_at": "2026-02-03 03:32 PM -0500", "content": "Wants cash.", "visible_to": "Everyone",
            "linked_to": [{"id": 41, "type": "Contact", "name": "Pat Sample"}]} | cells  # fmt: skip
    return read_exports(
        "wealthbox", [("notes.json", json.dumps({"status_updates": [note]}).encode())]
    ).imported


@pytest.mark.parametrize("name", ["Pat Sample", "Sample, Pat", "pat  sample"])
def test_a_person_is_found_in_either_order_of_names(name):
    changes, _ = merge(entries(), sheets(clients=[client("SAM01", name)]))
    assert changes["Notes"].added == (
        {"Client ID": "SAM01", "Date": date(2026, 2, 3), "Text": "Wants cash.", "Source": "Wealthbox"},
    )


def test_a_person_who_is_nobody_is_asked_with_the_likely_household():
    changes, report = merge(
        entries(), sheets(clients=[client("SAM01", "Pat and Lee Sample"), client("ROE02", "Jordan Roe")])
    )
    assert changes == {}
    (asked,) = report.problems
    assert asked.code == "person-unknown"
    assert '--client "Pat Sample=SAM01"' in asked.todo


def test_a_name_that_two_households_share_is_asked():
    changes, report = merge(
        entries(), sheets(clients=[client("A", "Pat Sample"), client("B", "Sample, Pat")])
    )
    assert changes == {}
    assert [p.code for p in report.problems] == ["person-unknown"]


def test_a_note_that_is_there_already_is_not_added_again():
    there = {"Client ID": "SAM01", "Date": date(2026, 2, 3), "Text": "Wants  cash."}
    changes, report = merge(entries(), sheets(clients=[client("SAM01", "Pat Sample")], notes=[there]))
    assert changes == {}
    assert report.notes.same == 1


def test_markup_becomes_text_and_social_security_numbers_are_left_out():
    (note,) = entries(
        content="<p>One&nbsp;&lt;2&gt;</p><script>x()</script><ul><li>SSN 123-45-6789</li></ul>"
    ).notes
    assert note.text == "One <2>\nSSN [number removed]"


def test_a_csv_entry_may_go_over_several_lines():
    text = (
        'Date,Contact,Note,Category,Added By\n2/3/2026,Pat Sample,"First line\nsecond, line",Review,Advisor\n'
    )
    (note,) = read_exports("auto", [("notes.csv", text.encode())]).imported.notes
    assert (note.text, note.kind, note.author) == ("First line\nsecond, line", "Review", "Advisor")


def test_the_old_api_counts_milliseconds():
    note = {
        "Note": "Called.",
        "RecAdd": "/Date(928174800000-0700)/",
        "ClientID": 41,
        "ContactName": "Pat Sample",
    }
    (found,) = read_exports("redtail", [("n.json", json.dumps([note]).encode())]).imported.notes
    assert found.on == date(1999, 5, 31)


# --- Preview and undo ---------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return files.workbook(tmp_path_factory.mktemp("firm") / "firm.xlsx")


@pytest.fixture
def book(empty, tmp_path) -> Path:
    return Path(shutil.copy(empty, tmp_path / "firm.xlsx"))


def tamarac(folder: Path, change: tuple[bytes, bytes] = (b"", b"")) -> Path:
    name, content = files.files_of("tamarac")[0]
    (folder / name).write_bytes(content.replace(*change) if change[0] else content)
    return folder / name


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["import", *map(str, arguments)])
    return done.exit_code, done.output + str(done.exception or "")


def test_a_preview_shows_what_is_added_and_changed_and_writes_nothing(book):
    use.import_files("tamarac", [tamarac(book.parent)], book)
    before = book.read_bytes()
    sold = tamarac(book.parent, (b",1000,40,40000.00,42100,", b",900,40,36000.00,37890,"))
    code, shown = run("tamarac", sold, "--into", book, "--dry-run")
    assert code == 0
    assert "Lots: 1 changed" in shown
    assert "~ row 2 0000-0001 QQZA 2024-03-04: Quantity 1,000 -> 900, Cost Basis 42,100 -> 37,890" in shown
    assert book.read_bytes() == before


def test_a_preview_shows_only_the_cells_that_change():
    """A price comes with its date, which stays as it is where only the price was corrected."""
    table = Table("Securities", ("Symbol", "Price", "Price Date"), [["QQZA", 40, date(2026, 2, 13)]])
    change = Change(updated={2: {"Price": Decimal("42.1"), "Price Date": date(2026, 2, 13)}})
    assert preview({"Securities": change}, {"Securities": table})[1].endswith(": Price 40 -> 42.1")


def test_an_import_is_taken_back_and_then_the_one_before_it(book):
    original = book.read_bytes()
    use.import_files("tamarac", [tamarac(book.parent)], book)
    between = book.read_bytes()
    sold = tamarac(book.parent, (b",1000,40,40000.00,42100,", b",900,40,36000.00,37890,"))
    use.import_files("tamarac", [sold], book)
    code, said = run("--undo", book)
    assert code == 0
    assert "firm.xlsx is as it was before the import of Bulk report 2026-02-13.csv" in said
    assert "(it was kept as firm (before import 2).xlsx)" in said
    assert book.read_bytes() == between
    assert run("--undo", book)[0] == 0
    assert book.read_bytes() == original
    assert "No import into firm.xlsx is on record" in run("--undo", book)[1]


def test_a_workbook_changed_since_is_only_taken_back_by_force(book):
    original = book.read_bytes()
    use.import_files("tamarac", [tamarac(book.parent)], book)
    edited = files.workbook(book.parent / "edited.xlsx").read_bytes()
    book.write_bytes(edited)
    with pytest.raises(WorkbookUnwritable, match="was changed since the import of Bulk report"):
        use.undo_import(book)
    assert book.read_bytes() == edited
    undone = use.undo_import(book, force=True)
    assert book.read_bytes() == original
    assert undone.kept is not None
    assert undone.kept.read_bytes() == edited


def test_without_its_copy_an_import_can_not_be_taken_back(book):
    result = use.import_files("tamarac", [tamarac(book.parent)], book)
    assert result.backup is not None
    result.backup.unlink()
    with pytest.raises(WorkbookUnwritable, match="not there any more"):
        use.undo_import(book)


def test_a_workbook_open_in_excel_is_not_taken_back(book):
    use.import_files("tamarac", [tamarac(book.parent)], book)
    (book.parent / "~$firm.xlsx").write_bytes(b"")
    content = book.read_bytes()
    with pytest.raises(WorkbookUnwritable, match="open in Excel"):
        use.undo_import(book)
    assert book.read_bytes() == content


def test_the_record_beside_the_workbook_names_files_by_their_hash(book):
    use.import_files("tamarac", [tamarac(book.parent)], book)
    (line,) = (book.parent / "firm (imports).jsonl").read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    assert entry["systems"] == ["Tamarac"]
    assert entry["files"][0]["name"] == "Bulk report 2026-02-13.csv"
    assert len(entry["files"][0]["sha256"]) == 64
    assert entry["rows"]["Lots"] == {"added": 20, "changed": 0, "removed": 0}


def test_undo_takes_nothing_but_the_workbook():
    code, said = run("orion", "x.csv", "--undo", "firm.xlsx")
    assert code == 2
    assert "--undo takes only the workbook" in said
    assert "Name the system" in run("orion")[1]


def test_a_confirmed_client_is_remembered(book):
    name, content = files.CRM["wealthbox"]()[0]
    (book.parent / name).write_bytes(content.replace(b"Jordan Roe FID", b"J. Roe"))
    code, said = run("wealthbox", book.parent / name, "--into", book)
    assert code == 1
    assert "who is no Client ID or Client Name" in said
    assert run("wealthbox", book.parent / name, "--into", book, "--client", "J. Roe=FID2")[0] == 0
    (book.parent / name).write_bytes(
        content.replace(b"Jordan Roe FID", b"J. Roe").replace(b"college", b"school")
    )
    assert run("wealthbox", book.parent / name, "--into", book)[0] == 0
    assert len([row for row in read_tables(book)["Notes"].rows if row[0] == "FID2"]) == 2


# --- Of which day the data is ----------------------------------------------------------------------------------------


def test_an_import_notes_of_which_day_positions_and_lots_are_on_the_sheet_and_on_record(empty_firm):
    """Orion's files bring all lots of both accounts; the log has the same days as the Accounts sheet."""
    result = imported_files("orion", empty_firm)
    assert [str(p) for p in result.problems] == []
    homes = use.load(empty_firm).households
    stated = {a.id: (a.positions_as_of, a.lots_as_of) for h in homes for a in h.accounts if a.positions_as_of}
    assert set(files.ACCOUNTS["orion"]) == set(stated)
    assert {day for days in stated.values() for day in days} == {files.ON}
    entry = json.loads(
        empty_firm.with_name(f"{empty_firm.stem} (imports).jsonl").read_text().splitlines()[-1]
    )
    assert {(row["account"], *[h for h in row if h != "account"]) for row in entry["as_of"]} == {
        (account, header) for account in stated for header in ("Positions As Of", "Lots As Of")
    }


def test_some_lots_do_not_make_an_accounts_lots_fresh():
    known = Known("NN1", "C1", "", "1")
    day = datetime(2026, 2, 13)  # noqa: DTZ001 - as files say it
    one = Statement(Kind.LOTS, Source("f", 1), "NN1", "1", "AAA", day, whole=True)
    lots = {("NN1", "AAA"): (known, one)}
    assert list(account_days({}, lots, {"nn1": ["AAA", "BBB"]})) == []
    assert list(account_days({}, lots, {"nn1": ["AAA"]})) == [("NN1", "Lots As Of", date(2026, 2, 13))]
    older = replace(one, symbol="BBB", as_of=datetime(2026, 1, 5))  # noqa: DTZ001
    both = {**lots, ("NN1", "BBB"): (known, older)}
    assert list(account_days({}, both, {"nn1": ["AAA", "BBB"]})) == [("NN1", "Lots As Of", date(2026, 1, 5))]
    broken = {**lots, ("NN1", "BBB"): (known, replace(older, whole=False))}
    assert list(account_days({}, broken, {"nn1": ["AAA"]})) == []


@pytest.fixture
def empty_firm(tmp_path) -> Path:
    """The firm's workbook with the columns that an Accounts sheet has today."""
    path = files.workbook(tmp_path / "firm.xlsx")
    book = openpyxl.load_workbook(path)
    sheet = book["Accounts"]
    for at, header in enumerate(("Positions As Of", "Lots As Of"), sheet.max_column + 1):
        sheet.cell(1, at, header)
    book.save(path)
    return path


def imported_files(system: str, book: Path):
    paths = []
    for name, data in files.files_of(system):
        (book.parent / name).write_bytes(data)
        paths.append(book.parent / name)
    return use.import_files(system, paths, book)
