"""The draft email as .eml, text and HTML: the same words in each, and nothing in a header that does not belong there."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests import hartwell
from tests.briefs import cases
from xl_rebal.briefs.letter import email_bytes, email_html, email_text, html_page, html_text, recipients
from xl_rebal.drafting.grounding import ungrounded_figures
from xl_rebal.facts.build import build_facts
from xl_rebal.facts.draft import Draft
from xl_rebal.facts.types import Fact, FactKind, Facts, Topic

FACTS = build_facts(hartwell.household(), hartwell.review(), hartwell.settings())
DRAFT = cases.hartwell_draft()


def parsed(facts: Facts = FACTS, draft: Draft = DRAFT) -> email.message.EmailMessage:
    message = email.message_from_bytes(email_bytes(facts, draft), policy=email.policy.default)
    assert isinstance(message, email.message.EmailMessage)
    assert not message.defects
    return message


def addressed(text: str) -> Facts:
    return replace(
        FACTS, facts=tuple(replace(f, display=text) if f.id == "CLIENT_EMAIL" else f for f in FACTS)
    )


def part(message: email.message.EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body is not None
    content: str = body.get_content()
    return content.replace("\r\n", "\n")


def words(text: str) -> list[str]:
    return text.split()


def test_text_and_html_say_the_same_words_in_all_three_files() -> None:
    message = parsed()
    assert message.get_content_type() == "multipart/alternative"
    assert [p.get_content_type() for p in message.iter_parts()] == ["text/plain", "text/html"]
    plain, html = part(message, "plain"), part(message, "html")
    assert words(plain) == words(DRAFT.body)
    assert words(html_text(html)) == words(f"{DRAFT.subject} {DRAFT.body}")
    assert email_html(FACTS, DRAFT).decode() == html
    pasted = email_text(FACTS, DRAFT).decode()
    assert words(pasted.partition("\r\n\r\n")[2]) == words(DRAFT.body)


def test_the_figures_of_the_html_are_facts_and_one_that_is_not_is_found() -> None:
    assert ungrounded_figures(html_text(html_page(DRAFT, DRAFT.subject)), FACTS) == ()
    page = (
        html_page(DRAFT, DRAFT.subject).replace("$185,000", "$185,001").replace("<p ", '<p title="12.5%" ', 1)
    )
    assert ungrounded_figures(html_text(page), FACTS) == ("12.5%", "$185,001")


def test_the_same_draft_gives_the_same_bytes() -> None:
    assert email_bytes(FACTS, DRAFT) == email_bytes(FACTS, DRAFT)


@pytest.mark.parametrize(
    "typed", ["Smith & Co <x>", "a ]]> b", "</td></table>", "Zoë Øst 李", '"quoted"', "{{ 7*7 }}"]
)
def test_what_a_record_holds_comes_out_as_typed(typed: str) -> None:
    draft = replace(DRAFT, subject=f"About {typed}", greeting=f"Dear {typed},")
    message = parsed(draft=draft)
    assert message["Subject"] == f"About {typed}"
    assert f"Dear {typed}," in part(message, "plain")
    assert f"Dear {typed}," in html_text(part(message, "html"))


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\x0b", "\x85"])
def test_a_line_end_in_subject_or_name_begins_no_header(end: str) -> None:
    evil = f"Hello{end}Bcc: x@example.com{end}{end}<b>body</b>"
    message = parsed(draft=replace(DRAFT, subject=evil, greeting=f"Dear {evil},"))
    assert message["Subject"] == "Hello Bcc: x@example.com <b>body</b>"
    assert {name.casefold() for name in message} == {
        "x-unsent", "to", "subject", "mime-version", "content-type",
    }  # fmt: skip
    assert b"<b>" not in re.sub(
        rb"<body.*?>", b"", email_html(FACTS, replace(DRAFT, greeting=f"Dear {evil},"))
    )


@pytest.mark.parametrize(
    ("typed", "to"),
    [
        ("rick@x.com", ("rick@x.com",)),
        ("rick@x.com; ellen@y.org", ("rick@x.com", "ellen@y.org")),
        ("rick@x.com,ellen@y.org\nRICK@X.com", ("RICK@X.com", "ellen@y.org")),
        ("rick@x.com;", ("rick@x.com",)),
        ("o'brien+tax@x-y.co.uk", ("o'brien+tax@x-y.co.uk",)),
        ("rick@x.com; ellen at y", ()),
        ("Rick <rick@x.com>", ()),
        ("rick@x.com\r\nBcc: ellen@y.org", ()),
        ("rick@xn--bcher-kva.example", ("rick@xn--bcher-kva.example",)),
        ("rîck@x.com", ()),
        ("rick@x..com", ()),
        ("", ()),
    ],
)
def test_every_address_is_taken_or_none(typed: str, to: tuple[str, ...]) -> None:
    facts = addressed(typed)
    assert recipients(facts) == to
    message = parsed(facts)
    assert message["To"] == (", ".join(to) if to else None)
    first = email_text(facts, DRAFT).decode().partition("\r\n")[0]
    assert first == (f"To: {'; '.join(to)}" if to else f"Subject: {DRAFT.subject}")


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))


def test_the_html_is_what_outlook_and_a_reader_that_speaks_can_take() -> None:
    """Styles in the elements, a language, a title, a layout table that says it is none, nothing loaded or run."""
    tags = Tags()
    tags.feed(html_page(DRAFT, DRAFT.subject))
    names = [tag for tag, _ in tags.seen]
    assert set(names) <= {"html", "head", "meta", "title", "body", "table", "tr", "td", "p", "br"}
    by_name = dict(reversed(tags.seen))
    assert by_name["html"]["lang"] == "en-US"
    assert by_name["table"]["role"] == "presentation"
    paragraphs = [attrs for tag, attrs in tags.seen if tag == "p"]
    assert len(paragraphs) == len(DRAFT.paragraphs) + 2
    assert all("font-family" in (attrs["style"] or "") for attrs in paragraphs)
    assert "http" not in html_page(DRAFT, DRAFT.subject)
    assert html_page(DRAFT, DRAFT.subject).isascii() or "charset" in html_page(DRAFT, DRAFT.subject)


def test_a_letter_on_old_data_has_no_recipient_and_is_marked_outside_the_clients_words() -> None:
    old = "prices of October 1, 2026"
    stale = Fact("OLD_DATA", Topic.HEADER, FactKind.TEXT, old, old, "data that is older than the firm allows")
    facts = replace(FACTS, facts=(*FACTS, stale))
    message = parsed(facts)
    assert message["To"] is None
    assert message["Subject"] == f"NOT TO BE SENT (old data): {DRAFT.subject}"
    lines = email_text(facts, DRAFT).decode().splitlines()
    assert lines[:2] == [
        "NOT TO BE SENT before the data is refreshed: prices of October 1, 2026.",
        f"Subject: NOT TO BE SENT (old data): {DRAFT.subject}",
    ]
    assert "NOT TO BE SENT" not in "\n".join(lines[2:])
    assert email_html(facts, DRAFT).decode().count("NOT TO BE SENT") == 1  # its title
