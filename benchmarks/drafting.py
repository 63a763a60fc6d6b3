"""Measures the guards of drafting on seeded corpora and prints a table: python benchmarks/drafting.py [--clients N]

Letters of the sample firm, of tables made by hand and of generated households are changed one thing at a time; phrases,
entries and answers come from tests/data/drafting. Requests go to a server on this computer, which keeps the bytes it gets.
Phrases marked "never tuned on" were written before the matcher and looked at by nobody who changed it.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from pytest_httpserver import HTTPServer
from werkzeug import Response

from tests.drafting.corpora import clients, lines_of, sample_book
from tests.drafting.endpoint import GOOD, Endpoint, completion, failure
from tests.drafting.mutations import DRAFTER, clean_tokens, mutants, turned, with_text, wrong_tokens
from tests.drafting.similarity import shared_sentences
from tests.drafting.tables import hartwell
from tests.drafting.test_crm_is_data import ALONE, faults_of, figures, names, obeying, with_entry
from xl_rebal import app
from xl_rebal.drafting.grounding import check_draft, check_text, prohibited_phrases
from xl_rebal.drafting.openai_drafter import OpenAIDrafter
from xl_rebal.drafting.privacy import identifiers, name_parts
from xl_rebal.drafting.template import TemplateDrafter
from xl_rebal.facts.types import Facts

Row = tuple[str, str, str]


def share(part: int, whole: int) -> str:
    return f"{part} of {whole} ({part / whole:.1%})" if whole else "none"


def figure_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    made = list(mutants(every, 5, seed=11))
    missed = [m for m in made if not m.caught]
    yield (
        "letters with a figure changed, swapped or added: caught",
        share(len(made) - len(missed), len(made)),
        "100 %",
    )
    for kind, count in sorted(Counter(m.kind for m in made).items()):
        yield f"  {kind}", share(count - sum(m.kind == kind for m in missed), count), ""
    tokens = list(wrong_tokens(every, 3, seed=11))
    caught = sum(bool(t.faults) for t in tokens)
    yield "token of another fact: caught", share(caught, len(tokens)), "100 %"
    edits = list(turned(every))
    caught = sum(m.caught for m in edits)
    yield (
        "true figure, word of direction, term, kind or owner turned: caught",
        share(caught, len(edits)),
        ">= 95 %",
    )
    facts, wrong, right = hartwell(), lines_of("wrong_claims"), lines_of("right_claims")
    caught = sum(bool(check_text(line, facts)) for line in wrong)
    yield (
        "false sentences in free words (44 of 52 before tuning): caught",
        share(caught, len(wrong)),
        ">= 95 %",
    )
    yield (
        "true sentences in free words: refused",
        share(sum(bool(check_text(line, facts)) for line in right), len(right)),
        "<= 1 %",
    )


def clean_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    letters = [(facts, DRAFTER.draft(facts)) for facts in every]
    refused = sum(bool(check_draft(draft, facts)) for facts, draft in letters)
    yield "template's letters: refused", share(refused, len(letters)), "<= 1 %"
    extra, refused = lines_of("harmless"), 0
    for number, (facts, draft) in enumerate(letters):
        last = len(draft.paragraphs) - 1
        edited = with_text(draft, last, f"{draft.paragraphs[last].text} {extra[number % len(extra)]}")
        faults = [f for f in check_draft(edited, facts) if " words; it must have " not in f]
        refused += bool(faults)
    yield "letters with a harmless sentence added: refused", share(refused, len(letters)), "<= 1 %"
    paragraphs = list(clean_tokens(every))
    yield (
        "paragraphs with the right tokens: refused",
        share(sum(bool(p.faults) for p in paragraphs), len(paragraphs)),
        "<= 1 %",
    )
    words = [draft.words for _, draft in letters]
    yield "words of a letter", f"{min(words)} to {max(words)}", "150 to 230"
    alike = shared_sentences([(facts, draft) for facts, draft in letters])
    yield "sentences that two letters share, mean of all pairs", f"{alike.mean:.1%}", ""
    yield "  the most alike pair", f"{alike.most:.1%} ({' and '.join(alike.pair)})", ""


def phrase_rows() -> Iterator[Row]:
    for name, said in (
        ("prohibited", "forbidden phrases: caught"),
        ("prohibited_held_out", "  written before tuning, kept apart: caught"),
        ("prohibited_held_out_2", "  by another hand (25 of 30 before its misses were mended): caught"),
    ):
        lines = lines_of(name)
        yield said, share(sum(bool(prohibited_phrases(line)) for line in lines), len(lines)), ">= 98 %"
    for name, said in (
        ("harmless", "harmless look-alikes: refused"),
        ("harmless_held_out", "  kept apart (2 of 50 before two rules were mended): refused"),
        ("harmless_held_out_2", "  by another hand (1 of 30 at first sight, too): refused"),
    ):
        lines = lines_of(name)
        yield said, share(sum(bool(prohibited_phrases(line)) for line in lines), len(lines)), "<= 2 %"


@contextmanager
def endpoint() -> Iterator[Endpoint]:
    with HTTPServer(threaded=True) as server:
        yield Endpoint(server)


def privacy_rows(every: tuple[Facts, ...]) -> Iterator[Row]:
    entries = lines_of("crm_private")
    with endpoint() as there:
        there.play(completion("no letter"))
        drafter = OpenAIDrafter("m", there.url, api_key="k", retries=0)
        found = asked = 0
        for line in entries:
            there.bodies.clear()
            drafter.draft(with_entry(re.sub(r"[{}]", "", line)))
            asked += len(there.bodies)
            known = re.findall(r"\{([^}]+)\}", line)
            for body in there.bodies:
                crm = json.dumps(json.loads(body), ensure_ascii=False).split("<<<CRM")[1].split("CRM>>>")[0]
                found += sum(bool(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", crm)) for i in known)
        for facts in every:
            there.bodies.clear()
            drafter.draft(facts)
            asked += len(there.bodies)
            known = [*identifiers(facts), *name_parts(facts)]
            for body in there.bodies:
                said = json.dumps(json.loads(body), ensure_ascii=False)
                crm = said.split("<<<CRM")[1].split("CRM>>>")[0]
                found += sum(bool(re.search(rf"(?<!\w){re.escape(i)}(?!\w)", crm)) for i in known)
                found += sum(i in said for i in identifiers(facts) if len(i) > 5)
        drafter.close()
    yield f"identifiers in {asked} captured request bodies", str(found), "0"


def injection_rows() -> Iterator[Row]:
    entries = lines_of("crm_injections")
    changed = 0
    for entry in entries:
        draft = TemplateDrafter().draft(with_entry(entry))
        frame = (draft.greeting, draft.closing, draft.subject) == (
            ALONE.greeting,
            ALONE.closing,
            ALONE.subject,
        )
        weights = {"66.2%", "60%", "55%", "65%", "30.1%", "35%", "60.0%"}
        changed += not (frame and figures(draft) <= figures(ALONE) | weights and names(draft) <= names(ALONE))
    yield (
        "CRM injections that change the template's figures, recommendation or recipient",
        share(changed, len(entries)),
        "0",
    )
    believed = sum(not faults_of(obeying(entry), with_entry(entry)) for entry in entries)
    yield "CRM injections that a model obeys and that are believed", share(believed, len(entries)), "0"


def failing(stop: threading.Event) -> dict[str, Response | Callable[[dict[str, Any]], Response]]:
    def slow(_: dict[str, Any]) -> Response:
        stop.wait(1)
        return completion(json.dumps(GOOD))

    def drip(_: dict[str, Any]) -> Response:
        return Response(
            (b"" if stop.wait(0.05) else b" " for _ in range(40)), content_type="application/json"
        )

    return {
        "slow": slow, "drips": drip, "refusing": completion(None, refusal="No."), "truncated": completion('{"email": [', "length"),
        "invalid": completion("Dear client, all is well."), "wrong schema": completion('{"letter": 1}'), "empty": completion(""),
        "429": failure(429), "500": failure(500), "not HTTP JSON": Response("<html>"), "elsewhere": Response("", 307, {"location": "/x"}),
        "filtered": completion(None, "content_filter"),
    }  # fmt: skip


def endpoint_rows() -> Iterator[Row]:
    book = sample_book()
    withheld = len(app.withheld(book))
    due = len(book.households) - withheld
    stop = threading.Event()
    for kind, answer in [("down", None), *failing(stop).items()]:
        with endpoint() as there, tempfile.TemporaryDirectory() as folder:
            url = there.url if answer is not None else "http://127.0.0.1:9/v1"
            if answer is not None:
                there.play(answer)
            drafter = OpenAIDrafter("m", url, api_key="k", timeout_seconds=0.4, retries=1)
            result = app.make_briefs(book, Path(folder), drafter=drafter)
            drafter.close()
            marked = sum(f.drafted_by.startswith("template (model ") for f in result.filed)
        yield f"endpoint {kind}: briefs filed and marked", share(marked, due), "every client"
    stop.set()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--clients", type=int, default=300, help="generated households beside the sample firm's"
    )
    started = time.process_time()
    every = clients(parser.parse_args().clients)
    print(f"{len(every)} clients\n\n| measure | found | target |\n|---|---|---|")
    for rows in (
        figure_rows(every), clean_rows(every), phrase_rows(), privacy_rows(every), injection_rows(), endpoint_rows(),
    ):  # fmt: skip
        for row in rows:
            print(f"| {' | '.join(row)} |", flush=True)
    print(f"\n{time.process_time() - started:.0f} seconds of processor time")


if __name__ == "__main__":
    main()
