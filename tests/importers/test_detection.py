"""Which system a file is from, why, and what a person can say about headers that nobody knows."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.importers import system_files as files
from xl_rebal import app as use
from xl_rebal.cli import app as cli
from xl_rebal.errors import ExportUnreadable
from xl_rebal.importers.headers import proposed
from xl_rebal.importers.mapping import FIELDS
from xl_rebal.importers.read import read_exports
from xl_rebal.importers.statements import Kind
from xl_rebal.sheets.source import read_tables

EVERY = {
    **{name: files.files_of(name) for name in files.SYSTEMS},
    **{n: make() for n, make in files.CRM.items()},
}


def one_of_each_kind(system: str) -> files.Files:
    """A system's files without the repetitions for each account."""
    kinds = {name.split()[0].rpartition("-")[2]: (name, content) for name, content in EVERY[system]}
    return list(kinds.values())


@pytest.mark.parametrize("system", EVERY)
def test_a_wrong_system_is_refused_with_what_the_file_looks_like(system):
    for file in one_of_each_kind(system):
        for other in EVERY:
            if other == system:
                continue
            with pytest.raises(ExportUnreadable, match=r"It looks like .* headers .*Import it as") as refused:
                read_exports(other, [file])
            assert f"Import it as {system}" in str(refused.value)


@pytest.mark.parametrize("system", EVERY)
def test_auto_finds_the_system_by_its_headers(system):
    reading = read_exports("auto", EVERY[system])
    name = reading.systems
    assert len(name) == 1
    assert len(reading.evidence) == len([line for line in reading.evidence if line.startswith(name[0])])
    assert read_exports(name[0], EVERY[system]).imported == reading.imported


def test_files_of_several_systems_go_in_together():
    reading = read_exports("auto", [*EVERY["fidelity"], *EVERY["redtail"]])
    assert reading.systems == ("Fidelity", "Redtail")
    assert reading.imported.positions
    assert reading.imported.notes


def test_columns_may_stand_in_any_order():
    import csv
    import io

    name, content = EVERY["black-diamond"][0]
    lines = list(csv.reader(io.StringIO(content.decode("cp1252"))))
    header = lines[3]
    turned = [row[::-1] if len(row) == len(header) else row for row in lines]
    target = io.StringIO()
    csv.writer(target).writerows(turned)
    mirrored = read_exports("auto", [(name, target.getvalue().encode())]).imported
    straight = read_exports("auto", [(name, content)]).imported
    assert [(o.account, o.symbol, o.lots) for o in mirrored.statements] == [
        (o.account, o.symbol, o.lots) for o in straight.statements
    ]


def test_an_unknown_system_is_answered_with_the_known_ones():
    with pytest.raises(ExportUnreadable, match="Importers are: addepar, black-diamond, envestnet"):
        read_exports("advent", EVERY["orion"])


def test_a_file_of_no_system_is_refused_with_its_widest_row():
    with pytest.raises(ExportUnreadable, match="widest row is row 1: Fruit, Weight, Price"):
        read_exports("auto", [("fruit.csv", b"Fruit,Weight,Price\napple,1,2\n")])


@pytest.mark.parametrize(
    ("system", "header", "advice"),
    [
        ("schwab", "Symbol,Name,Closed Date,Opened Date,Quantity,Proceeds", "realized gains on the Activity"),
        ("orion", "endOfPreviousYearAccountValue,rmdAmount", "Prior Year-End Value"),
        ("salesforce-fsc", "FinServ__Symbol__c,FinServ__Shares__c", "no cost basis"),
    ],
)
def test_a_known_table_that_is_not_imported_says_what_to_do_instead(system, header, advice):
    row = ",".join("x" for _ in header.split(","))
    (problem,) = read_exports(system, [("f.csv", f"{header}\n{row}\n".encode())]).imported.problems
    assert problem.code == "not-imported"
    assert advice in problem.todo


# --- Headers that a person explains once ---------------------------------------------------------------------------

UNKNOWN = "Household Name,Account Number,Ticker,Bought On,Current Shares,Tax Cost\r\nA,ZZ-0001,QQZA,1/2/2020,10,$350.00\r\n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory) -> Path:
    return files.workbook(tmp_path_factory.mktemp("firm") / "firm.xlsx")


@pytest.fixture
def book(empty, tmp_path) -> Path:
    (tmp_path / "Lots 2026-02-13.csv").write_text(UNKNOWN)
    return Path(shutil.copy(empty, tmp_path / "firm.xlsx"))


def run(*arguments: object) -> tuple[int, str]:
    done = CliRunner().invoke(cli, ["import", *map(str, arguments)])
    return done.exit_code, str(done.exception or "") if isinstance(
        done.exception, ExportUnreadable
    ) else done.output


def test_unknown_headers_are_named_with_the_known_ones(book):
    _, said = run("orion", book.parent / "Lots 2026-02-13.csv", "--into", book)
    assert "Bought On: perhaps Acquired (1/2/2020); Tax Cost: perhaps Cost Basis ($350.00)" in said
    assert "it lacks: Acquired, Cost Basis or Unit Cost" in said
    assert "Known headers: accountnumber" in said
    assert '--map "Bought On=Acquired" --map "Tax Cost=Cost Basis"' in said


def test_every_column_is_explained_with_values_and_the_words_that_confirm_it(book):
    code, said = run("orion", book.parent / "Lots 2026-02-13.csv", "--map-help")
    assert code == 0
    assert "  Ticker: Symbol (QQZA)" in said
    assert "  Bought On: perhaps Acquired (1/2/2020)" in said
    assert '"Lots 2026-02-13.csv" --into BOOK --map "Bought On=Acquired" --map "Tax Cost=Cost Basis"' in said
    assert (
        run("auto", book.parent / "Lots 2026-02-13.csv", "--map-help")[1] == said
    )  # it knows most of Orion's headers
    assert not any(row[0] for row in read_tables(book)["Lots"].rows)


def test_a_confirmed_column_is_explained_as_confirmed(book):
    file = book.parent / "Lots 2026-02-13.csv"
    run(
        "orion",
        file,
        "--into",
        book,
        "--map",
        "Bought On=Acquired",
        "--map",
        "Tax Cost=ignore",
        "--map",
        "Current Shares=Quantity",
    )
    said = run("orion", file, "--into", book, "--map-help")[1]
    assert (
        "Bought On: perhaps Acquired" in said
    )  # the import was refused without a cost, so nothing was remembered
    assert (
        run("orion", file, "--into", book, "--map", "Bought On=Acquired", "--map", "Tax Cost=Cost Basis")[0]
        == 0
    )
    said = run("orion", file, "--into", book, "--map-help")[1]
    assert "Bought On: Acquired" in said
    assert "It is Tax lots (screen's export)" in said


@pytest.mark.parametrize(
    ("header", "samples", "meaning"),
    [
        ("Acct #", ("Z1", "Z2"), "account"),
        ("Qty", ("10", "2.5"), "quantity"),
        ("Date Purchased", ("1/2/2024",), "acquired"),
        ("Date Purchased", ("10", "20"), ""),  # its values are no dates
        ("Avg Unit Cost", ("$10.00",), "unit_cost"),
        ("Total Cost", ("$10.00",), "basis"),
        ("Advisor", ("Pat",), ""),
        ("Ticker/CUSIP", ("QQZA",), ""),  # it could be either
    ],
)
def test_a_proposal_suits_words_and_values_or_is_not_made(header, samples, meaning):
    fields = [name for name in FIELDS if name not in ("date", "as_of", "amount")]
    assert proposed(header, samples, fields) == meaning


def test_a_confirmed_header_is_remembered_for_later_imports(book):
    file = book.parent / "Lots 2026-02-13.csv"
    code, said = run(
        "orion", file, "--into", book, "--map", "bought on=acquired", "--map", "Tax Cost=Cost Basis"
    )
    assert code == 0, said
    assert "The headers are remembered in mappings/orion.toml." in said
    text = (book.parent / "mappings" / "orion.toml").read_text(encoding="utf-8")
    assert '"bought on" = "Acquired"' in text
    assert '"Tax Cost" = "Cost Basis"' in text
    assert [row[4] for row in read_tables(book)["Lots"].rows if row[0]] == [350]
    code, said = run("orion", file, "--into", book)
    assert code == 0
    assert "Nothing to change" in said
    assert run("auto", file, "--into", book)[0] == 0  # and 'auto' knows them, too


def test_a_dry_run_remembers_and_writes_nothing(book):
    before = book.read_bytes()
    code, said = run(
        "orion", book.parent / "Lots 2026-02-13.csv", "--into", book, "--dry-run", "--map", "Bought On=Acquired", "--map",
        "Tax Cost=Cost Basis",
    )  # fmt: skip
    assert code == 0
    assert "Lots: 1 added" in said
    assert "+ Account ID ZZ-0001, Symbol QQZA, Acquired 2020-01-02, Quantity 10, Cost Basis 350" in said
    assert said.rstrip().endswith("Nothing was written: firm.xlsx is as it was (--dry-run).")
    assert book.read_bytes() == before
    assert [p.name for p in book.parent.iterdir() if p.suffix != ".csv"] == ["firm.xlsx"]


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("Tax Cost", "has no '='"),
        ("Tax Cost=Price Paid", "not something a column can mean. Choose from: Account,"),
        ("=Price", "has no '='"),
    ],
)
def test_a_mapping_that_says_nothing_sensible_is_refused(book, option, said):
    with pytest.raises(ExportUnreadable, match=said):
        use.import_files("orion", [book.parent / "Lots 2026-02-13.csv"], book, columns=[option])


def test_a_mapping_needs_the_systems_name(book):
    with pytest.raises(ExportUnreadable, match="name it instead of 'auto'"):
        use.import_files("auto", [book.parent / "Lots 2026-02-13.csv"], book, columns=["Tax Cost=Cost Basis"])


def test_a_damaged_mapping_file_is_named(book):
    folder = book.parent / "mappings"
    folder.mkdir()
    (folder / "orion.toml").write_text("[columns\n")
    with pytest.raises(ExportUnreadable, match=r"orion\.toml can't be read"):
        use.import_files("orion", [book.parent / "Lots 2026-02-13.csv"], book)


def test_a_column_can_be_passed_over_without_a_note(book):
    name, content = EVERY["tamarac"][0]
    more = content.replace(b"ModelName", b"House View")
    assert "House View" in str(read_exports("tamarac", [(name, more)]).imported.problems)
    (book.parent / name).write_bytes(more)
    result = use.import_files("tamarac", [book.parent / name], book, columns=["House View=ignore"])
    assert "House View" not in "".join(result.lines())


def test_statements_say_which_kind_they_are():
    kinds = {one.kind for one in read_exports("pershing", EVERY["pershing"]).imported.statements}
    assert kinds == {Kind.POSITIONS, Kind.LOTS, Kind.TRANSACTIONS}
