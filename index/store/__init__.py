"""What search asks of an index, whoever keeps it: files beside the catalog, or PostgreSQL.

Everything is asked of few paragraphs, the candidates, or answered with few: nothing that search
asks for grows with the collection. How the scores become one is `index.fusion`'s alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Protocol

from corpus.catalog.rows import ParagraphTable
from corpus.catalog.selection import Filters
from index.arrays import Floats, Ids
from index.fusion import Spread
from index.spelling import Near


class Lexicon(Protocol):
    """The terms of all paragraphs, one field for each language; see `index.lexical`."""

    def holds(self, field: str, word: str) -> bool:
        """Tell whether any paragraph has a term in a field."""
        ...

    def near_terms(self, field: str, word: str) -> list[Near]:
        """Return the terms that a word may be mistyped for, see `index.spelling.near_terms`."""
        ...

    def document_frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        """Return in how many paragraphs of a field each term stands."""
        ...

    def rarities(
        self, field: str, words: Iterable[str], elsewhere: tuple[int, Mapping[str, int]] = ...
    ) -> dict[str, float]:
        """Return the BM25 weight of terms in a field, see `index.lexical.weigh_terms`."""
        ...

    def scores(
        self,
        questions: Mapping[str, Sequence[str]],
        ids: Sequence[int],
        weights: Mapping[str, float] = ...,
    ) -> Floats:
        """Return the BM25 scores of given paragraphs, 0 for one that shares no term."""
        ...

    def coverage(self, rarities: Mapping[str, Mapping[str, float]], ids: Sequence[int]) -> Floats:
        """Return the shares, 0 to 1, of a question's terms that given paragraphs hold.

        Args:
            rarities: field -> the question's terms there -> their weight.
            ids: paragraphs.
        """
        ...


class Selection(Protocol):
    """The paragraphs that meet filters: a predicate, that both kinds of search ask."""

    def find_near(self, vector: Floats, k: int) -> Ids:
        """Return the paragraph of each of the k chunks nearest to a vector, the nearest first.

        Fewer come back only where there are fewer.
        """
        ...

    def find_matching(
        self, questions: Mapping[str, Sequence[str]], k: int, weights: Mapping[str, float]
    ) -> Ids:
        """Return the k paragraphs with the largest BM25, the best first.

        Args:
            questions: field -> the question's terms, analysed for that field's language.
            k: how many; fewer come back only where fewer share a term with the question.
            weights: field -> what its scores are multiplied with, where that is not 1.
        """
        ...


class Index(Protocol):
    """A collection as search sees it, at one generation."""

    @property
    def generation(self) -> int:
        """The catalog's, when it was looked at."""
        ...

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there are, embedded or not."""
        ...

    @property
    def languages(self) -> tuple[str, ...]:
        """Those of the paragraphs, sorted."""
        ...

    @property
    def spread(self) -> Spread | None:
        """Where the vectors lie; None where nothing is embedded."""
        ...

    @property
    def lexical(self) -> Lexicon:
        """The paragraphs' terms."""
        ...

    def hold(self) -> AbstractContextManager[None]:
        """Keep what is asked in the block at one state of the collection."""
        ...

    def select(self, filters: Filters) -> Selection:
        """Return the paragraphs that meet filters."""
        ...

    def describe(self, paragraphs: Ids) -> ParagraphTable:
        """Return what tells paragraphs apart, by ascending id; those that are gone are left out."""
        ...

    def cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its chunks; NaN where it has no vector.

        Args:
            vector: of shape (dimension,) and length 1.
            paragraphs: their ids, ascending.
        """
        ...

    def sentence_cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its sentences; NaN where it has none.

        A paragraph of one sentence has none. `paragraphs` are ascending.
        """
        ...

    def nearest_vectors(self, vector: Floats, paragraphs: Sequence[int]) -> Floats:
        """Return the vector of each paragraph's chunk that is nearest to another vector.

        A paragraph that is not embedded yet has zeros: it repeats nothing.
        """
        ...

    def article_vectors(self, article: int) -> Floats:
        """Return the vectors of an article's chunks, shape (n, dimension)."""
        ...
