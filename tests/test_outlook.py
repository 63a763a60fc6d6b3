"""A draft in Outlook: made, saved and shown, and by no path sent. Outlook itself is stood in for, name by name."""

from __future__ import annotations

import ast
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from xl_rebal import app, outlook, sample
from xl_rebal.app.letters import filed_email
from xl_rebal.errors import BriefUnreadable, OutlookUnavailable
from xl_rebal.sample.rows import tables_of


class ComError(Exception):
    """As pywin32's com_error: (hresult, text, excepinfo, argerr)."""

    def __init__(self, said: str) -> None:
        super().__init__(-2147352567, "Exception occurred.")
        self.excepinfo = (0, "Microsoft Outlook", said, None, 0, -2147467259)


class Item:
    """A mail item that knows no more names than Outlook's own has for a draft; any other is a COM error."""

    _KNOWN = ("To", "Subject", "BodyFormat", "HTMLBody")

    def __init__(self, calls: list[tuple[str, Any]]) -> None:
        object.__setattr__(self, "calls", calls)

    def __setattr__(self, name: str, value: Any) -> None:
        if name not in self._KNOWN:
            raise ComError(f"Property {name} is not known")
        self.calls.append((name, value))

    def Save(self) -> None:  # noqa: N802
        self.calls.append(("Save", None))

    def Display(self, Modal: bool = False) -> None:  # noqa: N802, N803
        self.calls.append(("Display", Modal))

    def Send(self) -> None:  # noqa: N802
        raise AssertionError("a draft was sent")


class Application:
    def __init__(self, refuses: str = "") -> None:
        self.calls: list[tuple[str, Any]] = []
        self.refuses = refuses

    def CreateItem(self, ItemType: int) -> Item:  # noqa: N802, N803
        if self.refuses:
            raise ComError(self.refuses)
        self.calls.append(("CreateItem", ItemType))
        return Item(self.calls)


def test_a_draft_is_filled_saved_and_shown_in_this_order() -> None:
    application = Application()
    outlook.save_draft(application, ["rick@x.com", "ellen@y.org"], "Your Überblick", "<p>Dear Rick</p>")
    assert application.calls == [
        ("CreateItem", 0),
        ("To", "rick@x.com; ellen@y.org"),
        ("Subject", "Your Überblick"),
        ("BodyFormat", 2),
        ("HTMLBody", "<p>Dear Rick</p>"),
        ("Save", None),
        ("Display", False),
    ]


def test_no_code_of_the_package_asks_for_sending() -> None:
    root = Path(outlook.__file__).parent.parent
    for path in [*root.glob("xl_rebal/**/*.py"), *root.glob("udfs/*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = (
                getattr(node, "attr", getattr(node, "value", ""))
                if isinstance(node, ast.Attribute | ast.Constant)
                else ""
            )
            assert named != "Send", f"{path.name} line {getattr(node, 'lineno', 0)}"
            assert not (isinstance(node, ast.Import | ast.ImportFrom) and "smtplib" in ast.dump(node))


def test_what_outlook_says_is_passed_on_with_what_to_do() -> None:
    with pytest.raises(OutlookUnavailable, match=r"a dialog box is open.*email\.html"):
        outlook.save_draft(Application("a dialog box is open"), [], "", "")


def test_without_windows_the_other_ways_are_said() -> None:
    assert "win32com" not in sys.modules
    with pytest.raises(OutlookUnavailable, match=r"email\.eml.*email\.html"):
        outlook.outlook()


def test_outlook_is_asked_for_by_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    package, client = ModuleType("win32com"), ModuleType("win32com.client")

    def dispatch(name: str) -> Application:
        asked.append(name)
        if len(asked) > 1:
            raise ComError("Server execution failed")
        return Application()

    client.Dispatch = dispatch  # type: ignore[attr-defined]
    package.client = client  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "win32com", package)
    monkeypatch.setitem(sys.modules, "win32com.client", client)
    assert isinstance(outlook.outlook(), Application)
    with pytest.raises(OutlookUnavailable, match=r"new Outlook has no COM.*Server execution failed"):
        outlook.outlook()
    assert asked == ["Outlook.Application"] * 2


# --- The filed email -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def book() -> Any:
    return app.book_of(tables_of(sample.firm_rows(), sample.firm_settings_values()))


def test_the_latest_email_of_the_client_is_taken_and_a_change_is_told(book: Any, tmp_path: Path) -> None:
    with pytest.raises(BriefUnreadable, match="Make the client's brief first"):
        filed_email(book, tmp_path, "HAR01")
    brief = app.make_briefs(book, tmp_path, client_ids=["HAR01"]).filed[0].brief
    first = filed_email(book, tmp_path, "Hartwell Family")
    assert not first.changed
    assert first.to == ("richard.hartwell@example.com",)
    assert "Dear" in first.html
    assert first.subject in first.html
    brief.with_name("email.eml").write_bytes(
        brief.with_name("email.eml").read_bytes().replace(b"Dear", b"Dearest")
    )
    assert filed_email(book, tmp_path, "HAR01").changed
    app.make_briefs(book, tmp_path, client_ids=["HAR01"])
    second = filed_email(book, tmp_path, "HAR01")
    assert (second.file.name, second.changed) == ("email-2.eml", False)


def test_an_email_without_html_is_not_opened(book: Any, tmp_path: Path) -> None:
    brief = app.make_briefs(book, tmp_path, client_ids=["HAR01"]).filed[0].brief
    brief.with_name("email.eml").write_bytes(b"Subject: x\r\n\r\nplain")
    with pytest.raises(BriefUnreadable, match="no HTML part"):
        filed_email(book, tmp_path, "HAR01")
