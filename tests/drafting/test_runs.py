"""Whole runs with a model behind a real server on this computer: many at once, kept answers, cost, log, dry run, Ctrl-C."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.drafting.endpoint import GOOD, Endpoint, changed, completion, failure
from tests.drafting.tables import Table, hartwell, quiet
from tests.records import firm
from xl_rebal import app, sample
from xl_rebal.app import drafts
from xl_rebal.cli import app as terminal
from xl_rebal.drafting.document import docx_text
from xl_rebal.drafting.kept import FOLDER, LOG, KeptAnswers, SentLog
from xl_rebal.drafting.openai_drafter import PATIENCE, OpenAIDrafter
from xl_rebal.drafting.prompt import NOT_GIVEN
from xl_rebal.drafting.usage import Usage
from xl_rebal.engine.book import Book, SendCrm

FACTS = hartwell()
NOON = datetime(2026, 10, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A server that answers several at once."""
    with HTTPServer(threaded=True) as server:
        yield Endpoint(server)


def drafter(endpoint: Endpoint, out: Path, **options: Any) -> OpenAIDrafter:
    return OpenAIDrafter("small", endpoint.url, api_key="k", answers=KeptAnswers(out), **options)


def book(endpoint: Endpoint, **settings: object) -> Book:
    values = {
        **sample.firm_settings_values(),
        "Drafter": "OpenAI",
        "Drafter Model": "small",
        "Drafter URL": endpoint.url,
    }
    values.update({name.replace("_", " ").title(): value for name, value in settings.items()})
    return app.book_of(sample.tables_of(sample.firm_rows(), values))


def test_a_rerun_sends_nothing_and_gives_the_same_letter(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    first = drafter(endpoint, tmp_path)
    second = drafter(endpoint, tmp_path)
    one, two = first.drafted(FACTS), second.drafted(FACTS)
    first.close()
    assert one == two  # requests, answers and tokens too: the brief on record stays the same one
    assert len(endpoint.bodies) == 1
    assert (first.usage.requests, second.usage.requests, second.usage.kept) == (1, 0, 1)


def test_one_figure_that_changes_asks_again(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    made = drafter(endpoint, tmp_path)
    made.draft(Table("C-1", "Vale").rmd(5_000).done())
    made.draft(Table("C-1", "Vale").rmd(5_100).done())
    made.close()
    asked = [r["messages"] for r in endpoint.requests]
    assert asked[0][:2] == asked[2][:2]  # a model sees no figure, so the question reads the same


def test_an_answer_that_was_refused_by_the_checks_is_not_paid_for_twice(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.play(completion(json.dumps(changed("A strong run", "A 40% run"))))
    drafts = [drafter(endpoint, tmp_path).draft(FACTS) for _ in range(2)]
    assert drafts[0] == drafts[1]
    assert drafts[0].drafted_by.startswith("template (model answer rejected")
    assert len(endpoint.bodies) == 2  # the question and its repair, once


def test_a_refusal_and_a_cut_are_kept_too(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(None, refusal="No."))
    reasons = [drafter(endpoint, tmp_path).draft(FACTS).drafted_by for _ in range(2)]
    assert reasons == ["template (model answer rejected: The model refused to answer)"] * 2
    assert len(endpoint.bodies) == 1


def test_an_endpoint_that_was_down_is_asked_again_in_the_next_run(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(failure(500))
    assert drafter(endpoint, tmp_path, retries=0).draft(FACTS).drafted_by.startswith("template (model not")
    endpoint.play(completion(json.dumps(GOOD)))
    assert drafter(endpoint, tmp_path).draft(FACTS).drafted_by == "model small"


def test_a_kept_answer_holds_no_figure_and_no_name(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    drafter(endpoint, tmp_path).draft(FACTS)
    (path,) = (tmp_path / FOLDER).rglob("*.json")
    text = path.read_text(encoding="utf-8")
    for known in ("Hartwell", "Ellen", "C-1001", "4417", "121,000", "66.2"):
        assert known not in text


def test_an_answer_with_the_clients_name_in_it_is_not_kept(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(changed("We have finished", "Hartwell, we have finished"))))
    drafter(endpoint, tmp_path).draft(FACTS)
    assert not list((tmp_path / FOLDER).rglob("*.json"))


@pytest.mark.parametrize("content", ["", "[]", "{", '{"text": 5}', '{"what": "is this"}'])
def test_a_damaged_kept_answer_is_asked_for_again(endpoint: Endpoint, tmp_path: Path, content: str) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    drafter(endpoint, tmp_path).draft(FACTS)
    (path,) = (tmp_path / FOLDER).rglob("*.json")
    path.write_text(content)
    assert drafter(endpoint, tmp_path).draft(FACTS).drafted_by == "model small"
    assert len(endpoint.bodies) == 2


def test_after_three_clients_in_a_row_a_dead_endpoint_is_left_alone(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.play(failure(503))
    made = drafter(endpoint, tmp_path, retries=0)
    reasons = [made.draft(quiet()).drafted_by for _ in range(PATIENCE + 2)]
    made.close()
    assert len(endpoint.bodies) == PATIENCE
    assert "after 3 clients in a row it was not asked again" in reasons[-1]
    assert all(reason.startswith("template (model not available: ") for reason in reasons)


def test_a_pause_that_the_endpoint_asks_for_is_kept(endpoint: Endpoint, tmp_path: Path) -> None:
    """Retry-After: 1 on a 429. The second request arrives no sooner than that."""
    arrived: list[float] = []

    def busy(_: dict[str, Any]) -> Response:
        import time

        arrived.append(time.monotonic())
        if len(arrived) == 1:
            return Response("{}", 429, {"retry-after": "1"}, content_type="application/json")
        return completion(json.dumps(GOOD))

    endpoint.play(busy)
    assert drafter(endpoint, tmp_path).draft(FACTS).drafted_by == "model small"
    assert arrived[1] - arrived[0] >= 1


def test_every_body_that_leaves_is_in_the_log_with_its_hash(endpoint: Endpoint, tmp_path: Path) -> None:
    """The retry after a failure leaves too, and is a line of its own."""
    endpoint.play(failure(429), completion(json.dumps(GOOD)))
    log = SentLog(tmp_path, lambda: NOON, with_text=False)
    drafter(endpoint, tmp_path, log=log).draft(FACTS)
    lines = [json.loads(line) for line in (tmp_path / FOLDER / LOG).read_text(encoding="utf-8").splitlines()]
    assert [line["sha256"] for line in lines] == [
        hashlib.sha256(body).hexdigest() for body in endpoint.bodies
    ]
    assert lines[0]["at"] == "2026-10-15T12:00:00+00:00"
    assert lines[0]["client"] == "C-1001"
    assert "text" not in lines[0]


def test_the_log_has_the_text_where_the_firm_asked_for_it(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    drafter(endpoint, tmp_path, log=SentLog(tmp_path, None, with_text=True)).draft(FACTS)
    line = json.loads((tmp_path / FOLDER / LOG).read_text(encoding="utf-8"))
    assert line["text"].encode() == endpoint.bodies[0]


def test_what_can_not_be_logged_is_not_sent(endpoint: Endpoint, tmp_path: Path) -> None:
    (tmp_path / FOLDER).write_text("a file where the folder should be")
    endpoint.play(completion(json.dumps(GOOD)))
    made = drafter(endpoint, tmp_path, log=SentLog(tmp_path, None, with_text=False), retries=0)
    draft = made.draft(FACTS)
    assert "the log of what is sent can't be written" in draft.drafted_by
    assert endpoint.bodies == []


def test_what_would_be_sent_is_what_is_sent(endpoint: Endpoint, tmp_path: Path) -> None:
    endpoint.play(completion(json.dumps(GOOD)))
    made = drafter(endpoint, tmp_path)
    shown = made.outgoing(FACTS)
    assert endpoint.bodies == []
    assert not made.is_kept(FACTS)
    made.draft(FACTS)
    assert endpoint.bodies == [shown]
    assert made.is_kept(FACTS)


def test_the_cost_is_what_was_counted_at_the_prices_of_the_settings() -> None:
    """900 tokens at $2 and 300 at $8 a million: 0.0018 + 0.0024 dollars."""
    usage = Usage("small", 1, 2, 900, 300)
    assert usage.line(2.0, 8.0) == (
        "Model small: 1 request sent; 2 answers kept from earlier runs (free); 900 tokens in, 300 out; about $0.0042."
    )
    assert "cost unknown: no prices on Settings" in usage.line(None, 8.0)
    assert "did not count every answer" in Usage("small", 2, 0, 900, 300, 1).line(2.0, 8.0)
    assert Usage("small").line(2.0, 8.0) == ""


def test_clients_are_asked_about_at_once_and_filed_in_order(endpoint: Endpoint, tmp_path: Path) -> None:
    """A server that answers only once two requests have come would hang if they came one after the other."""
    both = threading.Barrier(2)

    def together(_: dict[str, Any]) -> Any:
        both.wait(10)
        return completion(None, refusal="No.")

    endpoint.play(together)
    result = app.make_briefs(
        book(endpoint, drafter_at_once=2), tmp_path, client_ids=["HAR01", "NAK02"], recording=firm.recording
    )
    assert [one.client_id for one in result.filed] == ["HAR01", "NAK02"]
    assert "Model small: 2 requests sent; 1,800 tokens in, 600 out; cost unknown" in result.usage
    again = app.make_briefs(
        book(endpoint, drafter_at_once=2), tmp_path, client_ids=["HAR01", "NAK02"], recording=firm.recording
    )
    assert "2 answers kept from earlier runs" in again.usage
    assert len(endpoint.bodies) == 2


def test_another_client_of_the_firm_is_not_named_either(endpoint: Endpoint, tmp_path: Path) -> None:
    """'nakamura, kenji' in small letters passes the scrubbing of an entry; the last gate knows every client."""
    entry = "her neighbor is on our books as kenji nakamura"
    facts = Table("C-1", "Vale").rmd(5_000).note(entry, NOON.date()).done()
    endpoint.play(completion(json.dumps(GOOD)))
    made = drafter(endpoint, tmp_path, known=("Kenji Nakamura", "Vale", "8841-2207"))
    draft = made.draft(facts)
    made.close()
    assert "named another client" in draft.drafted_by
    assert endpoint.bodies == []
    assert "Nakamura" not in draft.drafted_by


@pytest.mark.parametrize(
    "answer",
    [
        None, completion(None, refusal="No."), completion('{"email": [', "length"), completion("Dear client, all is well."),
        completion(""), failure(429), failure(500), failure(400), completion(None, "content_filter"),
        completion('{"email": ' + "[" * 200_000), completion("\ud800"), completion([{"type": "text", "text": "Dear client."}, 7]),
        Response(b'{"choices": [{"message": "all is well"}]}', content_type="application/json"),
        Response(b"not gzip", headers={"content-encoding": "gzip"}, content_type="application/json"),
        Response(b'{"id": "c1", "cho', headers={"content-length": "999"}, content_type="application/json"),
    ],
    ids=[
        "down", "refusing", "truncated", "invalid", "empty", "429", "500", "400", "filtered", "nested without end",
        "half a character", "in parts", "wrong shape", "not what it says", "cut in its body",
    ],
)  # fmt: skip
def test_whatever_the_endpoint_does_every_client_gets_a_brief_that_says_so(
    endpoint: Endpoint, tmp_path: Path, answer: Any
) -> None:
    made = OpenAIDrafter("small", endpoint.url if answer else "http://127.0.0.1:9/v1", api_key="k", retries=0)
    if answer:
        endpoint.play(answer)
    result = app.make_briefs(book(endpoint), tmp_path, client_ids=["HAR01", "NAK02"], drafter=made)
    made.close()
    assert [f.client_id for f in result.filed] == ["HAR01", "NAK02"]
    assert all(f.drafted_by.startswith("template (model ") for f in result.filed)


def test_no_more_than_the_settings_allow_are_asked_at_once() -> None:
    now, most, lock = 0, 0, threading.Lock()
    done = threading.Event()

    def work(item: int) -> int:
        nonlocal now, most
        with lock:
            now, most = now + 1, max(most, now + 1)
        done.wait(0.01)
        with lock:
            now -= 1
        return item * item

    found = [(item, result()) for item, result in drafts.in_threads(range(40), work, 3)]
    assert found == [(n, n * n) for n in range(40)]
    assert most <= 3


def test_an_error_of_one_in_a_thread_is_raised_where_its_result_is_asked_for() -> None:
    def work(item: int) -> int:
        return 6 // item

    results = dict(drafts.in_threads(range(4), work, 2))
    assert results[3]() == 2
    with pytest.raises(ZeroDivisionError):
        results[0]()


def test_ctrl_c_leaves_whole_briefs_and_the_next_run_completes_them(
    endpoint: Endpoint, tmp_path: Path
) -> None:
    endpoint.play(completion(None, refusal="No."))
    made = book(endpoint, drafter_at_once=1)

    def interrupt(done: int, total: int, name: str) -> None:
        if done == 3:
            raise KeyboardInterrupt

    ids = [home.client.id for home in made.households if home.client.id not in app.withheld(made)][:5]
    cut = app.make_briefs(made, tmp_path, client_ids=ids, progress=interrupt, recording=firm.recording)
    assert (len(cut.filed), cut.stopped) == (3, 2)
    assert any("run the same command again" in line for line in cut.lines())
    assert firm.verdict(tmp_path).clean
    whole = app.make_briefs(made, tmp_path, client_ids=ids, recording=firm.recording)
    assert len(whole.filed) + len(whole.withheld) == 5
    assert firm.verdict(tmp_path).clean


def test_the_terminal_shows_what_would_be_sent_and_sends_nothing(
    endpoint: Endpoint, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = book(endpoint)
    shown = list(drafts.outgoing(made, tmp_path, ["HAR01"]))
    assert json.loads(shown[0].body)["messages"][0]["role"] == "system"
    assert "bytes, SHA-256" in shown[0].lines()[0]
    assert b"Hartwell" not in shown[0].body
    assert endpoint.bodies == []
    assert not list(tmp_path.iterdir())


RARE = "obbligato"


def with_rare_entries(made: Book) -> Book:
    """The book with a rare word in the text and kind of every CRM entry."""
    homes = [
        replace(h, notes=tuple(replace(n, text=f"{n.text} {RARE}", kind=f"{n.kind} {RARE}") for n in h.notes))
        for h in made.households
    ]
    return replace(made, households=tuple(homes))


@pytest.mark.parametrize("send", ["Yes", "No"])
def test_no_byte_of_a_crm_entry_leaves_where_the_firm_says_so(
    endpoint: Endpoint, tmp_path: Path, send: str
) -> None:
    """Neither in the first request nor in the repair, nor an id, date or kind of one; the brief still quotes the entry."""
    endpoint.play(completion(json.dumps(changed("Equity now", "On Thursday equity now"))))
    values = {**sample.firm_settings_values(), "Drafter": "OpenAI", "Drafter URL": endpoint.url}
    values["Send CRM Entries"] = send
    made = with_rare_entries(app.book_of(sample.tables_of(sample.firm_rows(), values)))
    (shown,) = drafts.outgoing(made, tmp_path / "a", ["HAR01"])
    app.make_briefs(made, tmp_path, client_ids=["HAR01"], recording=firm.recording)
    assert endpoint.bodies[0] == shown.body
    assert len(endpoint.bodies) == 2
    assert [RARE.encode() in body for body in endpoint.bodies] == [send == "Yes"] * 2
    assert ("NOTE_1" in endpoint.requests[0]["messages"][1]["content"]) == (send == "Yes")
    (brief,) = tmp_path.rglob("brief.docx")
    assert RARE in docx_text(brief.read_bytes())


def test_an_answer_drafted_without_entries_stands_and_its_first_note_quotes_the_entry(
    endpoint: Endpoint,
) -> None:
    last = {"fact_ids": [], "text": "Nothing will be traded until you confirm, so please reply with your approval or with "
            "any questions. We are glad to go through each of these points with you, by phone or at our office, and to "
            "explain how the pieces fit together."}  # fmt: skip
    answer = {"email": [*GOOD["email"][:3], last], "notes": [GOOD["notes"][1], GOOD["notes"][1]]}
    endpoint.play(completion(json.dumps(answer)))
    made = OpenAIDrafter("small", endpoint.url, api_key="k", retries=0, send_crm=False)
    draft = made.draft(FACTS)
    made.close()
    assert draft.drafted_by == "model small", draft.faults
    assert draft.notes[0].text.count("\u201c") == 1
    assert NOT_GIVEN in json.dumps(endpoint.requests[0], ensure_ascii=False)


@pytest.mark.parametrize(
    ("typed", "sent"), [("Yes", True), ("", True), ("no", False), ("nope", False), (7, False)]
)
def test_a_word_that_is_neither_yes_nor_no_sends_no_entry(typed: object, sent: bool) -> None:
    values = {**sample.firm_settings_values(), "Send CRM Entries": typed}
    assert (
        app.book_of(sample.tables_of(sample.firm_rows(), values)).settings.send_crm is SendCrm.YES
    ) == sent


def test_a_dry_run_of_the_template_says_that_nothing_leaves(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    workbook = app.write_sample(tmp_path)
    said = CliRunner().invoke(terminal, ["draft", str(workbook), "--client", "HAR01", "--dry-run"])
    assert said.exit_code == 0, said.output
    assert "nothing: the template drafts offline" in said.output
    letters = CliRunner().invoke(terminal, ["draft", str(workbook), "--client", "HAR01"])
    assert "Subject: " in letters.output
    assert "Drafted offline; nothing was sent." in letters.output
    assert not (tmp_path / "clients").exists()
