"""Questions to what the indexes find for them."""

from collections.abc import Sequence
from datetime import date

from corpus.catalog.articles import Catalog
from corpus.catalog.database import Database
from index.encoder import Encoder
from index.filters import allowed_paragraphs
from index.search import analysed_together, search, with_near_terms
from index.sync import Synchroniser
from qa.answering.sentences import Found
from qa.options import Choice
from qa.retrieval.date_expressions import recognised
from qa.retrieval.passages import passages_of


class Finder:
    """Searches one collection."""

    def __init__(self, database: Database, encoder: Encoder, sync: Synchroniser) -> None:
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
        snapshot = self._sync.snapshot()
        questions = [
            with_near_terms(question, snapshot.lexical)
            for question in analysed_together(texts, self._encoder, snapshot.languages)
        ]
        allowed = allowed_paragraphs(choice.filters, self._database, snapshot.table)
        published = self._catalog.published() if choice.needs_dates else {}
        today = date.today()
        hits = []
        for question in questions:
            named = recognised(question.text, today) if choice.boost_dates else ()
            preferences = choice.preferences(published, named, today)
            hits.append(search(snapshot, question, k, allowed, preferences))
        return [
            Found(question, passages, snapshot)
            for question, passages in zip(questions, passages_of(self._database, hits), strict=True)
        ]
