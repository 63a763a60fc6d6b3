"""Saves a filed email as a draft in Outlook on Windows, over COM, and shows it. It can't send: no code here asks for that.

Only a shell calls this. `Outlook` and `MailItem` are what is used of Outlook's object model, so that a test can stand in
for it; the COM library is imported when it is needed, as only Windows has it.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any, Protocol, cast

from xl_rebal.errors import OutlookUnavailable

MAIL_ITEM = 0  # olMailItem
HTML = 2  # olFormatHTML


class MailItem(Protocol):
    """An item of Outlook's mail, as far as a draft needs it."""

    To: str
    Subject: str
    BodyFormat: int
    HTMLBody: str

    def Save(self) -> None:  # noqa: N802 - Outlook's names
        """Keeps the item in the Drafts folder."""
        ...

    def Display(self, Modal: bool = False) -> None:  # noqa: N802, N803
        """Opens the item in a window."""
        ...


class Outlook(Protocol):
    """Outlook's Application object."""

    def CreateItem(self, ItemType: int) -> MailItem:  # noqa: N802, N803
        """A new item, not yet in any folder."""
        ...


def outlook() -> Outlook:
    """Outlook on this computer, started if need be. Raises OutlookUnavailable where there is none that COM reaches."""
    try:
        client: Any = importlib.import_module("win32com.client")
    except ImportError as error:
        raise OutlookUnavailable(
            "Drafts are opened in Outlook for Windows only. Here, open email.eml in your mail program, or open "
            "email.html in a browser and copy it into a new message."
        ) from error
    try:
        return cast(Outlook, client.Dispatch("Outlook.Application"))
    except Exception as error:  # pywin32's com_error, which exists on Windows only
        raise OutlookUnavailable(
            "Outlook could not be started. The new Outlook has no COM: choose the classic one, or open email.html in a "
            f"browser and copy it into a new message. ({_last_words(error)})"
        ) from error


def save_draft(application: Outlook, to: Sequence[str], subject: str, html: str) -> None:
    """A new draft with these recipients, subject and body, saved in Drafts and shown. Raises OutlookUnavailable."""
    try:
        item = application.CreateItem(MAIL_ITEM)
        item.To = "; ".join(to)
        item.Subject = subject
        item.BodyFormat = HTML
        item.HTMLBody = html
        item.Save()
        item.Display(False)
    except Exception as error:  # pywin32's com_error again: Outlook is busy, closed or refuses
        raise OutlookUnavailable(
            f"Outlook did not take the draft ({_last_words(error)}). Close Outlook's open dialogs and try again, or open "
            "email.html in a browser and copy it into a new message."
        ) from error


def _last_words(error: Exception) -> str:
    """What an error says, on one line: of a COM error, Outlook's own description where it has one."""
    details = getattr(error, "excepinfo", None)
    said = details[2] if isinstance(details, tuple) and len(details) > 2 and details[2] else error
    return " ".join(str(said).split())[:200] or type(error).__name__
