"""The page that shows how a question finds its passages: scores, matched terms, and their fate."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from corpus.errors import ArticleQAError
from qa.i18n import Words
from qa.results import Answer, Explanation, Passage, PassageExplanation, Term
from qa.retrieval.reading import READ, key
from qa.server.page_routes import query_of, route, whole_number
from qa.server.readiness import Readiness
from qa.server.rendering import render_page

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.collection import Collection

USUAL = 10
MOST = 50
"""Passages on the page."""
_PARTS = ("dense", "sentence", "lexical", "coverage", "boost")


class Inspect:
    """The page at `/inspect`."""

    def __init__(self, collection: "Collection", readiness: Readiness | None = None) -> None:
        self.collection = collection
        self.readiness = readiness

    def add_routes(self, app: "FastAPI") -> None:
        """Open the page."""
        route(app, "/inspect", self.inspect)

    async def inspect(self, request: Request, words: Words) -> Response:
        """Show a question's passages."""
        question = request.query_params.get("q", "")
        k = min(max(whole_number(request.query_params.get("k", ""), USUAL), 1), MOST)
        values: dict[str, Any] = {
            "question": question,
            "k": k,
            "most_k": MOST,
            "loading": self.readiness is not None and self.readiness.model == "loading",
            "problem": "",
            "answer": None,
        }
        status = 200
        if question.strip():
            try:
                explanation, answer = await run_in_threadpool(self._find, question, k)
            except ArticleQAError as error:
                values["problem"], status = words.reason(error.text), 400
            else:
                values |= describe(explanation, answer, words)
        return render_page(
            "inspect.html", words, here="/matches", title=words["inspect"],
            query=query_of(request), status=status, **values,
        )  # fmt: skip

    def _find(self, question: str, k: int) -> tuple[Explanation, Answer]:
        explanation = self.collection.explain(question, k)
        # The passages as they are answered from; what a language model writes is another matter.
        return explanation, self.collection.ask(question, k=k, generator=False)


@dataclass(frozen=True, slots=True)
class InspectedPassage:
    """A passage, its scores, and what became of it, in words."""

    passage: Passage
    fate: str
    kind: str
    """ "cited", "refused" or ""."""
    matched: str
    parts: list[tuple[str, float, str]]
    """(name, what it adds to the score, what it was made of) of each part of the score."""
    answerable: float | None
    """The reader's, of 0..1, where it was read."""


def describe(explanation: Explanation, answer: Answer, words: Words) -> dict[str, Any]:
    """Return what was found for a question, and what became of it, for the template."""
    most = max((item.passage.score for item in explanation.passages), default=1.0)
    read = {key(passage): passage for passage in answer.passages}
    return {
        "explanation": explanation,
        "answer": answer,
        "terms": _terms(explanation),
        "most": max(most, 0.01),
        "candidates": [
            _candidate(item, read.get(key(item.passage)), answer, words)
            for item in explanation.passages
        ],
    }


def describe_fate(passage: Passage, read: Passage | None, answer: Answer, words: Words) -> str:
    """Return what became of a passage, in words.

    Args:
        passage: as retrieval ranked it.
        read: the same one as the answer has it, with the reader's scores.
        answer: the answer to the question.
        words: the interface's.
    """
    markers = sorted(
        {item.marker for item in answer.citations if key(item.passage) == key(passage)}
    )
    if markers:
        return words.fill("fate_cited", markers=", ".join(f"[{number}]" for number in markers))
    some_read = any("answerable" in item.scores for item in answer.passages)
    if some_read and (read is None or "answerable" not in read.scores):
        fate = words.fill("fate_unread", n=READ)
    elif answer.answered:
        fate = words["fate_read" if some_read else "fate_unused"]
    else:
        fate = words["fate_nearest" if read is not None and read.rank == 1 else "fate_refused"]
    if read is not None and read.rank != passage.rank:
        fate += " · " + words.fill("fate_moved", rank=read.rank)
    return fate


def _candidate(
    item: PassageExplanation, read: Passage | None, answer: Answer, words: Words
) -> InspectedPassage:
    passage = item.passage
    answerable = read.scores.get("answerable") if read is not None else None
    kind = "refused" if answerable is not None and not answer.answered else ""
    if any(key(citation.passage) == key(passage) for citation in answer.citations):
        kind = "cited"
    raw = _raw(passage.scores, words)
    return InspectedPassage(
        passage,
        describe_fate(passage, read, answer, words),
        kind,
        _show_match(item, words),
        [(name, item.parts[name], raw.get(name, "")) for name in _PARTS if name in item.parts],
        answerable,
    )


def _terms(explanation: Explanation) -> list[Term]:
    known: dict[str, Term] = {}
    for item in explanation.passages:
        if not item.foreign:
            known |= {term.text: term for term in item.terms if term.text not in known}
    return list(known.values())


def _show_match(item: PassageExplanation, words: Words) -> str:
    if item.foreign:
        return words["foreign_passage"]
    held = ", ".join(term.text for term in item.terms if term.held)
    lacking = ", ".join(term.text for term in item.terms if not term.held)
    parts = [words.fill("matched", terms=held)] if held else []
    parts += [words.fill("unmatched", terms=lacking)] if lacking else []
    return " · ".join(parts)


def _raw(scores: Mapping[str, float], words: Words) -> dict[str, str]:
    """Return what a part was made of, where that is a figure people know."""
    return {"coverage": words.percent(scores["coverage"])} if "coverage" in scores else {}
