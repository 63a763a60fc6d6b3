"""The filed email of a client, to be opened as a draft in a mail program."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

from xl_rebal.app.briefs import client_folder
from xl_rebal.briefs.letter import NOT_YET
from xl_rebal.engine.book import Book
from xl_rebal.errors import BriefUnreadable

_NAME = re.compile(r"email(?:-([1-9]\d*))?\.eml")


@dataclass(frozen=True, slots=True)
class FiledEmail:
    """The latest email filed for a client and quarter. `changed`: it is not as it was filed and checked."""

    client_name: str
    file: Path
    to: tuple[str, ...]
    subject: str
    html: str
    changed: bool

    def lines(self) -> list[str]:
        """What to know of the draft that was made of it, in plain words."""
        found = [
            f"The email to {self.client_name} ({self.file.name}) is in Outlook's Drafts. It has not been sent."
        ]
        if self.changed:
            found.append(f"{self.file.name} was changed since it was filed, so its figures are not checked.")
        if self.subject.startswith(NOT_YET):
            found.append(
                "Its data is older than the firm allows, so it has no recipient: import new data and make the brief again."
            )
        elif not self.to:
            found.append(
                "Column Email of the Clients sheet has no address that can be used: enter the recipient in Outlook."
            )
        return found


def filed_email(book: Book, out: Path, client_id: str) -> FiledEmail:
    """The email that was filed last for the client in the book's quarter.

    Raises UnknownClient, and BriefUnreadable when none is filed or it is no email with HTML.
    """
    from xl_rebal.briefs.filed import facts_beside, read_filed

    client = book.household(client_id).client
    folder = client_folder(book, out, client.id)
    found = {
        int(match[1] or 1): path
        for path in folder.glob("email*.eml")
        if (match := _NAME.fullmatch(path.name))
    }
    if not found:
        raise BriefUnreadable(
            f"{client.name} has no email of {book.settings.quarter} yet. Make the client's brief first; it is filed with it."
        )
    path = found[max(found)]
    message = _message(path)
    body = message.get_body(("html",))
    if body is None:
        raise BriefUnreadable(
            f"{path} has no HTML part any more. Make the brief again, or open the file itself."
        )
    filed = read_filed(
        facts_beside(path.with_name(path.name.replace("email", "brief").replace(".eml", ".docx")))
    )
    if filed.facts.client_id != client.id:
        raise BriefUnreadable(f"{path} was filed for {filed.facts.client_name}, not for {client.name}.")
    to = tuple(part.strip() for part in str(message.get("To", "")).split(",") if part.strip())
    return FiledEmail(
        client.name,
        path,
        to,
        str(message.get("Subject", "")),
        str(body.get_content()),
        not filed.as_filed(path),
    )


def _message(path: Path) -> EmailMessage:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise BriefUnreadable(f"{path} can't be read ({error.strerror or error}).") from error
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - the default policy makes no other
    return message
