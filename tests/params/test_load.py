"""The loader refuses a broken file with a sentence that names file, block and key, and takes a good one as it is."""

from __future__ import annotations

import re
import shutil
from dataclasses import fields
from decimal import Decimal
from pathlib import Path

import pytest

from xl_rebal.engine.book import CLIENT_STATUSES, FilingStatus, Settings
from xl_rebal.errors import ParameterInvalid, ParameterMissing
from xl_rebal.params.load import FOLDER, STATUS_KEYS, firm_settings, tax_parameters, tax_years


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped parameter files, to be edited as an associate would."""
    for name in ("federal.toml", "rmd.toml", "rmd_joint.toml", "firm.toml"):
        shutil.copy(FOLDER / name, tmp_path / name)
    return tmp_path


def edit(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def block(folder: Path, header: str) -> str:
    """The text of one `[header]` block, up to the next."""
    text = (folder / "federal.toml").read_text(encoding="utf-8")
    found = re.search(rf"^\[{re.escape(header)}\]\n.*?(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert found
    return found.group()


def test_every_filing_status_has_a_key() -> None:
    assert sorted(STATUS_KEYS) == ["hoh", "mfj", "mfs", "qss", "single"]
    assert set(STATUS_KEYS.values()) == set(CLIENT_STATUSES)  # a trust has tables of its own
    assert STATUS_KEYS["mfj"] is FilingStatus.MARRIED_JOINT


def test_a_year_that_is_not_there_is_missing_and_the_message_names_those_that_are() -> None:
    with pytest.raises(ParameterMissing, match=r"tax year 2031\. Years there are: 2025 and 2026"):
        tax_parameters(2031)
    with pytest.raises(ParameterMissing, match="tax year 1970"):
        tax_parameters(1970)


def test_a_year_is_added_with_one_block_for_each_indexed_parameter(folder: Path) -> None:
    indexed = (
        "ordinary_brackets",
        "fiduciary_brackets",
        "long_term_brackets",
        "standard_deduction",
        "qcd_limit",
    )
    with (folder / "federal.toml").open("a", encoding="utf-8") as file:
        for name in indexed:
            file.write("\n" + block(folder, f"{name}.2026").replace(f"{name}.2026", f"{name}.2027"))
    assert tax_years(folder) == (2025, 2026, 2027)
    added = tax_parameters(2027, folder)
    assert added.status(FilingStatus.SINGLE) == tax_parameters(2026).status(FilingStatus.SINGLE)
    assert added.niit_rate == Decimal("0.038")  # not indexed: still in force


def test_a_year_with_a_block_missing_is_incomplete_not_guessed(folder: Path) -> None:
    edit(folder, "federal.toml", block(folder, "standard_deduction.2026"), "")
    assert tax_years(folder) == (2025,)
    with pytest.raises(
        ParameterMissing, match=r"2026 are incomplete: the files lack \[standard_deduction\.2026\]"
    ):
        tax_parameters(2026, folder)


def test_a_value_that_is_not_indexed_changes_from_its_year_on(folder: Path) -> None:
    new = block(folder, "niit.rate.2013").replace("2013", "2026").replace("0.038", "0.05")
    with (folder / "federal.toml").open("a", encoding="utf-8") as file:
        file.write("\n" + new)
    assert tax_parameters(2025, folder).niit_rate == Decimal("0.038")
    assert tax_parameters(2026, folder).niit_rate == Decimal("0.05")


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("federal.toml", "48475", "8475", r"federal\.toml \[ordinary_brackets\.2025\], single: .*must rise"),
        ("federal.toml", "[49450, 545500]", "[49450]", r"long_term_brackets\.2026\], single: .*one rate more"),
        ("federal.toml", "qss = [98900, 613700]\n", "", r"\[long_term_brackets\.2026\]: qss is missing"),
        ("federal.toml", "hoh = 24150", 'hoh = "24150"', r"\[standard_deduction\.2026\]: hoh must be a whole number"),
        ("federal.toml", "hoh = 24150", "hoh = 24150.0", r"\[standard_deduction\.2026\]: hoh must be a whole number"),
        ("federal.toml", "hoh = 24150", "hoh = -24150", r"hoh must be a whole number above 0"),
        ("federal.toml", "hoh = 24150", "hoh = true", r"hoh must be a whole number"),
        ("federal.toml", 'value = "0.038"', 'value = "3.8"', r"\[niit\.rate\.2013\]: value is a rate .* below 1"),
        ("federal.toml", 'value = "0.038"', "value = 0.038", r"written as text"),
        ("federal.toml", 'value = "0.038"', 'value = "3.8%"', r"written as text"),
        ("federal.toml", 'source = "IRC 1411(b)', 'sauce = "IRC 1411(b)', r"\[niit\.threshold\.2013\]: every value needs a source"),
        ("federal.toml", "[wash_sale.window]", "[wash_sales.window]", r"\[wash_sales\] is not a parameter"),
        ("federal.toml", "mfs = 1500", "mfs = 1500\nwidow = 3000", r"widow is not a key"),
        ("federal.toml", 'unit = "days"', 'unit = "weeks"', r"unit must be 'days', not 'weeks'"),
        ("federal.toml", "[loss_limit.1978]", "[loss_limit.since1978]", r"'since1978' is neither a year"),
        ("federal.toml", "indexed = true", 'indexed = "yes"', r"indexed true or false"),
        ("federal.toml", "mfs = 1500", "mfs == 1500", r"federal\.toml is not valid TOML"),
        ("rmd.toml", '84 = "16.8"', '84 = "17.8"', r"the divisor of age 84 is above"),
        ("rmd.toml", '107 = "4.1"\n', "", r"age 108 follows age 106"),
        ("rmd.toml", "from = 1951-01-01", "from = 1952-01-01", r"without gap or overlap"),
        ("rmd.toml", "to = 1949-06-30", 'to = "1949-06-30"', r"must be dates"),
        ("rmd.toml", '"Rollover IRA", "SEP IRA"', '"Roll-over IRA", "SEP IRA"', r"Roll-over IRA"),
        ("rmd.toml", 'registrations = ["403(b)"]', 'registrations = ["SEP IRA"]', r"no account in common"),
        ("rmd.toml", 'reduced_rate = "0.10"', 'reduced_rate = "0.30"', r"reduced_rate is above rate"),
        ("rmd.toml", "spouse_years_younger = 10", "spouse_years_younger = 0", r"whole number above 0"),
        ("rmd.toml", "waived_to = 2024", "waived_to = 2020", r"waived_to is before waived_from"),
        ("rmd.toml", "deaths_from = 2020-01-01", "deaths_from = 2020", r"deaths_from must be a date"),
        ("rmd_joint.toml", "first_spouse_age = 20", "first_spouse_age = 21", r"row 72 must have 41 divisors, not 42"),
        ("rmd_joint.toml", "\n90  =", "\n190 =", r"rows must be the owner's ages"),
        ("rmd_joint.toml", "64.2 63.2", "64.2 64.3", r"row 72, spouse 22: 64.3 is above a divisor of a younger age"),
        ("rmd_joint.toml", "28.8 28.1", "28.8 27.3", r"row 72, spouse 61: 27.3 doesn't fit the other tables"),
    ],
)  # fmt: skip
def test_a_broken_tax_file_is_refused_with_its_place(
    folder: Path, name: str, old: str, new: str, message: str
) -> None:
    edit(folder, name, old, new)
    with pytest.raises(ParameterInvalid, match=message):
        [tax_parameters(year, folder) for year in tax_years(folder)]


def test_a_parameter_that_is_gone_is_named(folder: Path) -> None:
    edit(folder, "federal.toml", block(folder, "loss_limit"), "")
    edit(folder, "federal.toml", block(folder, "loss_limit.1978"), "")
    with pytest.raises(ParameterInvalid, match=r"federal\.toml: the parameter \[loss_limit\] is missing"):
        tax_parameters(2026, folder)


def test_a_file_that_is_gone_is_named(folder: Path) -> None:
    (folder / "rmd.toml").unlink()
    with pytest.raises(ParameterMissing, match=r"rmd\.toml is missing"):
        tax_parameters(2026, folder)


# ---------------------------------------------------------------- the firm's settings


def test_the_firms_settings_fill_every_field_in_file_order() -> None:
    settings = firm_settings()
    assert {setting.field for setting in settings} == {field.name for field in fields(Settings)}
    assert [setting.name for setting in settings][:2] == ["Firm Name", "As Of"]
    band = next(setting for setting in settings if setting.field == "class_band")
    assert (band.kind, band.default, band.choices) == ("weight", "5%", ())
    mode = next(setting for setting in settings if setting.field == "gain_budget_mode")
    assert mode.choices == ("Flag", "Limit")
    assert all(setting.help.endswith(".") or "(" in setting.help for setting in settings)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            'default = "Flag"',
            'default = "Shout"',
            r"setting 'Gain Budget Mode': default 'Shout' is not one of",
        ),
        ('default = "$500"', 'default = "five"', r"setting 'Min Trade': default 'five' is not a money"),
        ('default = "3"', 'default = "3.5"', r"setting 'Share Decimals': default '3.5' is not a count"),
        ('default = "5%"', 'default = "five"', r"setting 'Class Band': default 'five' is not a weight"),
        ('kind = "money"', 'kind = "dollars"', r"kind 'dollars' is not one of date, text"),
        ('kind = "choice"', 'kind = "text"', r"choices belong to kind 'choice'"),
        ('name = "Min Trade"', 'name = "Shares"', r"name Shares stands there more than once"),
        ('field = "min_trade_cents"', 'field = "min_trade"', r"differ in: min_trade, min_trade_cents"),
        ('default = "3"', "default = 3", r"every value must be text"),
        ('help = "Smallest trade worth making, in dollars."', "", r"needs name, field, kind and help"),
    ],
)
def test_a_broken_settings_file_is_refused_with_the_setting(
    folder: Path, old: str, new: str, message: str
) -> None:
    edit(folder, "firm.toml", old, new)
    with pytest.raises(ParameterInvalid, match=message):
        firm_settings(folder)
