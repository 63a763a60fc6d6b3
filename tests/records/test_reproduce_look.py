"""A brief with the firm's logo and color is made again from its bundle, without the logo's file."""

from __future__ import annotations

from pathlib import Path

from tests.briefs.test_pictures import drawn
from tests.records.firm import recording
from xl_rebal import app, sample
from xl_rebal.app.reproduce import reproduce_records, reproduced_lines
from xl_rebal.records.places import FirmFolder
from xl_rebal.sample.rows import tables_of


def test_a_brief_with_logo_and_color_comes_out_again(tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    logo.write_bytes(drawn())
    settings = {**sample.firm_settings_values(), "Logo": str(logo), "Firm Color": "#FFD700"}
    book = app.book_of(tables_of(sample.firm_rows(), settings))
    out = tmp_path / "clients"
    made = app.make_briefs(book, out, client_ids=["NAK02"], recording=recording)
    assert made.said == ()
    logo.unlink()
    (one,) = reproduce_records(FirmFolder(out))
    assert one.same, reproduced_lines(one)
