"""The page of all passages for a question, with words left out and phrases that must be there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from corpus.errors import ArticleQAError
from qa.i18n import Words
from qa.results import Passage
from qa.server.library.view import View
from qa.server.page_routes import query_of, route
from qa.server.rendering import render_page

if TYPE_CHECKING:
    from fastapi import FastAPI

    from qa.collection import Collection

MOST = 200
"""Passages that are looked at; what comes later has little to do with the question."""
NEAR = 30
"""Passages that are there without a word of the question, for their meaning."""
SORTS = ("relevance", "date")
_PART = re.compile(r'(?<!\S)(-?)["„“]([^"“”]+)["“”]|(?<!\S)-(\w\S*)|(\S+)')
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class SearchWords:
    """What is searched for: words, "phrases" that have to be there, and -words that may not."""

    text: str
    phrases: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    @classmethod
    def of(cls, typed: str) -> "SearchWords":
        """Read what was typed.

        >>> SearchWords.of('Bahn „wieder fahren“ -fußball')
        SearchWords(text='Bahn wieder fahren', phrases=('wieder fahren',), excluded=('fußball',))
        """
        words: list[str] = []
        phrases: list[str] = []
        excluded: list[str] = []
        for minus, phrase, word, plain in _PART.findall(typed):
            if phrase:
                (excluded if minus else phrases).append(phrase)
                words += [] if minus else [phrase]
            elif word:
                excluded.append(word)
            else:
                words.append(plain)
        return cls(" ".join(words), tuple(phrases), tuple(excluded))

    def admits(self, passage: Passage) -> bool:
        """Tell whether a passage, with its title, has each phrase and no excluded word."""
        text = _plain(f"{passage.article.title} {passage.text}")
        return all(_plain(item) in text for item in self.phrases) and not any(
            _plain(item) in text for item in self.excluded
        )


class Matches:
    """The page at `/matches`."""

    def __init__(self, collection: "Collection") -> None:
        self.collection = collection

    def add_routes(self, app: "FastAPI") -> None:
        """Open the page."""
        route(app, "/matches", self.matches)

    async def matches(self, request: Request, words: Words) -> Response:
        """Show the passages for what is typed."""
        query = request.query_params
        typed, view = query.get("q", "")[:2000], View.of(query)
        sort = "date" if query.get("sort") == "date" else "relevance"
        values: dict[str, Any] = {"typed": typed, "view": view, "sort": sort, "problem": ""}
        values["passages"] = []
        status = 200
        try:
            there = await run_in_threadpool(self.collection.facets)
            if typed.strip():
                values["passages"] = await run_in_threadpool(self._find, typed, view, sort)
        except ArticleQAError as error:
            values["problem"], status = words.reason(error.text), 400
        else:
            names = sorted(filter(None, there.sources), key=str.casefold)
            values["sources"] = [("", words["any"]), *((name, name) for name in names)]
            values["sorts"] = [(name, words[f"by_{name}"]) for name in SORTS]
        return render_page(
            "matches.html", words, here="/matches", title=words["matches"],
            query=query_of(request), status=status, **values,
        )  # fmt: skip

    def _find(self, typed: str, view: View, sort: str) -> Sequence[Passage]:
        searched = SearchWords.of(typed)
        found = self.collection.retrieve(searched.text, k=MOST, **view.filters())
        kept = [
            passage
            for passage in found
            if searched.admits(passage) and (passage.rank <= NEAR or passage.scores.get("lexical"))
        ]
        if sort == "date":
            kept.sort(key=lambda each: each.article.published or date.min, reverse=True)
        return kept


def _plain(text: str) -> str:
    """Return a text's words between blanks, in small letters."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "
