"""Questions to what the indexes find for them."""

from collections.abc import Sequence, Set
from dataclasses import replace
from datetime import date

import numpy as np

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from index.encoder import Encoder
from index.search import Analysed, Hit, analyse_many, search, with_near_terms
from index.store import Index
from index.store.keeper import IndexKeeper
from qa.answering.sentences import Found
from qa.options import MAX_K, Choice
from qa.results import ArticleInfo, Passage
from qa.retrieval.date_expressions import recognise_dates
from qa.retrieval.namesakes import boost_named
from qa.retrieval.passages import passages_of


class Finder:
    """Searches one collection."""

    def __init__(self, database: Database, encoder: Encoder, sync: IndexKeeper) -> None:
        """Take the collection's parts."""
        self._database = database
        self._catalog = Catalog(database)
        self._encoder = encoder
        self._sync = sync

    def find(self, text: str, k: int, choice: Choice) -> Found | None:
        """Search; None where the collection holds nothing."""
        found = self.find_many([text], k, choice)
        return None if found is None else found[0]

    def find_many(self, texts: Sequence[str], k: int, choice: Choice) -> list[Found] | None:
        """Search for each question; None where the collection holds nothing."""
        if self._catalog.is_empty():
            return None
        index = self._sync.snapshot()
        questions = [
            with_near_terms(question, index.lexical)
            for question in analyse_many(texts, self._encoder, index.languages)
        ]
        return self._search(questions, index, k, choice)

    def find_among(self, found: Found, uris: Sequence[str], choice: Choice) -> Found:
        """Return all passages of some articles, for the question and the index of `found`.

        Nothing is encoded anew; nor is anything searched where `found` has all of them.

        Args:
            found: what `find` returned.
            uris: the articles'.
            choice: whose filters hold too; its preferences do not.
        """
        own = set(uris)
        filters = replace(choice.filters, uris=tuple(uris))
        if found.is_complete and not any(_straddles(item, own) for item in found.passages):
            return replace(
                found, passages=tuple(item for item in found.passages if item.article.uri in own)
            )
        (again,) = self._search([found.question], found.index, MAX_K, Choice(filters))
        return again

    def _search(
        self, questions: Sequence[Analysed], index: Index, k: int, choice: Choice
    ) -> list[Found]:
        with index.hold():
            return self._search_held(questions, index, k, choice)

    def _search_held(
        self, questions: Sequence[Analysed], index: Index, k: int, choice: Choice
    ) -> list[Found]:
        selection = index.select(choice.filters)
        published = self._catalog.publication_dates() if choice.needs_dates else {}
        today = date.today()
        preferences = [
            choice.preferences(
                published,
                recognise_dates(question.text, today) if choice.boost_dates else (),
                today,
            )
            for question in questions
        ]
        hits = [
            search(index, question, k, selection, preferred)
            for question, preferred in zip(questions, preferences, strict=True)
        ]
        passages = passages_of(self._database, hits)
        for at, question in enumerate(questions):
            named = boost_named(question.text, _articles(index, hits[at], passages[at]))
            if named:
                boosts = dict(preferences[at].boosts)
                boosts.update({key: boosts.get(key, 0.0) + gain for key, gain in named.items()})
                preferred = replace(preferences[at], boosts=boosts)
                hits[at] = search(index, question, k, selection, preferred)
                (passages[at],) = passages_of(self._database, [hits[at]])
        whole = choice == Choice(choice.filters)
        return [
            Found(question, found, index, is_complete=whole and len(hits[at]) < k)
            for at, (question, found) in enumerate(zip(questions, passages, strict=True))
        ]


def _straddles(passage: Passage, uris: Set[str]) -> bool:
    """Tell whether a passage stands for one of these articles and for another one."""
    members = {passage.article.uri, *(info.uri for info in passage.also_in)}
    return bool(members & uris) and not members <= uris


def _articles(
    index: Index, hits: Sequence[Hit], passages: Sequence[Passage]
) -> dict[int, ArticleInfo]:
    """Return the passages' articles by their ids; none where one is gone since the search."""
    if len(hits) != len(passages):
        return {}
    paragraphs = np.array([hit.paragraph_id for hit in hits], dtype=np.int64)
    table = index.describe(np.sort(paragraphs))
    ids = table.articles[np.searchsorted(table.ids, paragraphs)].tolist()
    return {key: passage.article for key, passage in zip(ids, passages, strict=True)}
