"""Counts and times for Prometheus; no text of questions or articles is in them."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from qa.results import Answer

MEDIA_TYPE = CONTENT_TYPE_LATEST
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """One server's counts."""

    def __init__(self, working: Callable[[], int]) -> None:
        """`working` returns how many questions are worked on or wait."""
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "article_qa_requests", "Requests by route, method and status.",
            ("route", "method", "status"), registry=self._registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "article_qa_request_seconds", "Until the end of the response.",
            ("route",), buckets=_SECONDS, registry=self._registry,
        )  # fmt: skip
        self._answers = Counter(
            "article_qa_answers", "Questions by what became of them.",
            ("outcome",), registry=self._registry,
        )  # fmt: skip
        under_way = Gauge(
            "article_qa_questions_under_way", "Worked on or waiting.", registry=self._registry
        )
        under_way.set_function(working)

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Count a request; `route` is a template, never what was asked for."""
        self._requests.labels(route, method, str(status)).inc()
        self._seconds.labels(route).observe(seconds)

    def count_answer(self, answer: Answer) -> None:
        """Count what became of a question."""
        self._answers.labels(str(answer.refusal) if answer.refusal else "answered").inc()

    def render(self) -> bytes:
        """Return everything in Prometheus's text format."""
        return generate_latest(self._registry)
