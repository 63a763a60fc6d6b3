"""The draft email in the forms that a mail program takes: .eml, text to paste, and HTML to paste. Nothing is sent.

All three say the same words: they are made from one draft. The HTML is a letter, not a newsletter: one column, styles in
the elements (Outlook ignores style sheets), no picture, no link, nothing that is loaded from elsewhere.

A letter that rests on data older than the firm allows is marked for the advisor, outside the words for the client: it has no
recipient, and its subject begins with NOT_YET, which somebody has to take away to send it all the same.
"""

from __future__ import annotations

import hashlib
import re
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from html.parser import HTMLParser

from xl_rebal.briefs.page import FORBIDDEN
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Facts

NOT_YET = "NOT TO BE SENT"
_FONT = "font-family:Calibri,Carlito,Arial,sans-serif;font-size:11pt;line-height:1.45;color:#1E2530"
_ADDRESS = re.compile(r"[^\s@<>,;:\"()\[\]\\]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*")


def email_bytes(facts: Facts, draft: Draft) -> bytes:
    """The email as an .eml with text and HTML, which opens as an unsent draft in Outlook for Windows (X-Unsent).

    The same draft gives the same bytes: the line that parts the two is made of their content.
    """
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"
    to = recipients(facts)
    if to:
        message["To"] = ", ".join(to)
    message["Subject"] = subject_of(facts, draft)
    text, page = f"{_clean(draft.body)}\n", html_page(draft, subject_of(facts, draft))
    message.set_content(text, charset="utf-8", cte="quoted-printable")
    message.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    message.set_boundary(f"=_{hashlib.sha256((text + page).encode('utf-8')).hexdigest()[:40]}")
    return message.as_bytes()


def email_text(facts: Facts, draft: Draft) -> bytes:
    """The email as text to paste, with addresses and subject above it."""
    to = recipients(facts)
    head = [not_yet(facts)] if not_yet(facts) else []
    head += [f"To: {'; '.join(to)}"] if to else []
    lines = [*head, f"Subject: {subject_of(facts, draft)}", "", *_clean(draft.body).splitlines(), ""]
    return "\r\n".join(lines).encode("utf-8")


def not_yet(facts: Facts) -> str:
    """What has to be refreshed before the letter may go, for the advisor; '' when nothing is too old."""
    old = facts.get("OLD_DATA")
    return f"{NOT_YET} before the data is refreshed: {old.display}." if old else ""


def subject_of(facts: Facts, draft: Draft) -> str:
    """The subject on one line, with the mark of a letter that may not go yet."""
    return one_line(f"{NOT_YET} (old data): {draft.subject}" if not_yet(facts) else draft.subject)


def email_html(facts: Facts, draft: Draft) -> bytes:
    """The email as a page to open in a browser, select, copy and paste."""
    return html_page(draft, subject_of(facts, draft)).encode("utf-8")


def html_page(draft: Draft, subject: str) -> str:
    """The letter as HTML: greeting, paragraphs and closing, its language and title (the subject) said."""
    paragraphs = [draft.greeting, *(part.text for part in draft.paragraphs), draft.closing]
    body = "\n".join(f'<p style="margin:0 0 11pt 0;{_FONT}">{_line_breaks(text)}</p>' for text in paragraphs)
    return (
        '<!DOCTYPE html>\n<html lang="en-US">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(one_line(subject))}</title>\n</head>\n"
        '<body style="margin:0;padding:12pt;background-color:#FFFFFF">\n'
        '<table role="presentation" width="640" cellpadding="0" cellspacing="0" border="0" '
        'style="width:100%;max-width:640px;border-collapse:collapse">\n<tr><td>\n'
        f"{body}\n</td></tr>\n</table>\n</body>\n</html>\n"
    )


def html_text(page: str) -> str:
    """What a reader sees of such a page: its title, then a line for each paragraph and line break."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return re.sub(r"\n{2,}", "\n", "".join(reader.pieces)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.pieces += [text for name, text in attrs if name in ("alt", "title", "aria-label") and text]
        if tag in ("p", "br", "tr", "title", "body"):
            self.pieces.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("p", "title"):
            self.pieces.append("\n")

    def handle_data(self, data: str) -> None:
        self.pieces.append(data.strip("\n"))


def recipients(facts: Facts) -> tuple[str, ...]:
    """The client's addresses, parted by semicolon, comma or line; none when one of them is no address, or data is old.

    Then the advisor enters them: a letter to half of a couple, or to a mistyped address, is worse than one to nobody.
    """
    fact = facts.get("CLIENT_EMAIL") if not not_yet(facts) else None
    parts = [part.strip() for part in re.split(r"[;,\r\n]", fact.display)] if fact else []
    found = [part for part in parts if part]
    if not all(_ADDRESS.fullmatch(part) and part.isascii() for part in found):
        return ()
    return tuple({part.casefold(): part for part in found}.values())


def one_line(text: str) -> str:
    """Text for a header: a line end in it would begin another header."""
    return " ".join(re.sub(r"[\x00-\x1f\x7f\x85\u2028\u2029]", " ", text).split())


def _clean(text: str) -> str:
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _line_breaks(text: str) -> str:
    return "<br>\n".join(escape(line) for line in _clean(text).split("\n"))
