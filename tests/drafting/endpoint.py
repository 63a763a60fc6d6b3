"""A real server on this computer that speaks the OpenAI wire format, and an answer that passes every check."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

GOOD: dict[str, Any] = {
    "email": [
        {
            "fact_ids": ["CURRENT_EQUITY", "DRIFT_EQUITY", "TARGET_EQUITY"],
            "text": "We have finished this quarter's review, and one thing stands out. Equity now makes up "
            "[[CURRENT_EQUITY]] of your household's portfolio, which is [[DRIFT_EQUITY]] above its target of "
            "[[TARGET_EQUITY]]. A strong run in a few large holdings explains most of it.",
        },
        {
            "fact_ids": ["TRIM_TOTAL", "TRIM_NVDA_PROCEEDS", "PLAN_LT_GAIN", "BUDGET_EXCESS", "ALT_TRIM"],
            "text": "To bring the mix back, we propose trimming a total of [[TRIM_TOTAL]], the largest part of it in NVDA "
            "with [[TRIM_NVDA_PROCEEDS]]. These sales would realize a long-term gain of [[PLAN_LT_GAIN]], which would "
            "exceed the gain budget we set with you by [[BUDGET_EXCESS]]. If you would rather stay within it, we can trim "
            "[[ALT_TRIM]] instead and leave the rest for another year. Either choice is sound, and we are glad to talk it "
            "through with you.",
        },
        {
            "fact_ids": ["RMD_LEFT", "RMD_DUE"],
            "text": "Please keep in mind that [[RMD_LEFT]] of your required minimum distribution still has to be taken by "
            "[[RMD_DUE]], and we will coordinate the timing with these trades.",
        },
        {
            "fact_ids": ["NOTE_1_DATE"],
            "text": "Since you told us on [[NOTE_1_DATE]] that meeting in person in the morning suits you best, we will "
            "offer times like that. Nothing will be traded until you confirm, so please reply with your approval or with "
            "any questions.",
        },
    ],
    "notes": [
        {"fact_ids": ["NOTE_1", "NOTE_1_DATE"], "text": "CRM on [[NOTE_1_DATE]]: [[NOTE_1]]"},
        {
            "fact_ids": ["BUDGET_EXCESS"],
            "text": "Ask which they prefer: the plan exceeds the budget by [[BUDGET_EXCESS]].",
        },
    ],
}


def changed(old: str, new: str) -> dict[str, Any]:
    answer: dict[str, Any] = json.loads(json.dumps(GOOD).replace(old, new))
    assert answer != GOOD
    return answer


def completion(content: Any, finish: str = "stop", refusal: str | None = None) -> Response:
    body = {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "test",
        "choices": [
            {"index": 0, "finish_reason": finish,
             "message": {"role": "assistant", "content": content, "refusal": refusal}}
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 300, "total_tokens": 1200},
    }  # fmt: skip
    return Response(json.dumps(body), content_type="application/json")


def failure(status: int, message: str = "no") -> Response:
    """An error that asks to be retried at once."""
    body = json.dumps({"error": {"message": message, "type": "x", "code": None, "param": None}})
    return Response(body, status, {"retry-after-ms": "1"}, content_type="application/json")


class Endpoint:
    """Plays its answers one after the other, the last one for good, and keeps every body it was sent."""

    def __init__(self, server: HTTPServer) -> None:
        self.answers: list[Response | Callable[[dict[str, Any]], Response]] = []
        self.bodies: list[bytes] = []
        self.url = server.url_for("/v1")
        server.expect_request("/v1/chat/completions", method="POST").respond_with_handler(self._answer)

    def play(self, *answers: Response | Callable[[dict[str, Any]], Response]) -> None:
        self.answers = list(answers)

    def _answer(self, request: Request) -> Response:
        self.bodies.append(request.get_data())
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(json.loads(self.bodies[-1])) if not isinstance(answer, Response) else answer

    @property
    def requests(self) -> list[dict[str, Any]]:
        return [json.loads(body) for body in self.bodies]
