"""Both indexes in files beside the catalog, and the paragraphs' table in memory."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.database import Database
from corpus.catalog.rows import ParagraphTable
from corpus.catalog.selection import Filters
from index.arrays import Floats, Ids
from index.dense import DenseIndex
from index.filters import Allowed, allowed_paragraphs
from index.fusion import Spread
from index.lexical import LexicalIndex
from index.snapshots import Contents


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both indexes and the paragraphs' table at one generation; nothing in it changes."""

    generation: int
    contents: Contents
    spread: Spread | None
    """None where nothing is embedded."""
    lexical: LexicalIndex
    languages: tuple[str, ...]
    """Languages of the paragraphs."""
    sentences: Callable[[Sequence[int]], tuple[NDArray[np.int64], NDArray[np.float32]]]
    """Paragraphs -> the paragraph of each of their sentences that is embedded, and its vector;
    read from the catalog when it is called."""
    database: Database
    """Whose articles filters are about."""

    @property
    def table(self) -> ParagraphTable:
        """The paragraphs."""
        return self.contents.table

    @property
    def dense(self) -> DenseIndex:
        """The vectors of embedded windows."""
        return self.contents.dense

    @property
    def windows(self) -> NDArray[np.int64]:
        """Ids of embedded windows, ascending."""
        return self.contents.windows

    @property
    def window_paragraphs(self) -> NDArray[np.int64]:
        """The paragraphs' ids of `windows`."""
        return self.contents.window_paragraphs

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there are."""
        return len(self.table.ids)

    def hold(self) -> AbstractContextManager[None]:
        """Do nothing: what is in the snapshot stays."""
        return nullcontext()

    def select(self, filters: Filters) -> "LocalSelection":
        """Return the paragraphs that meet filters."""
        return self.among(allowed_paragraphs(filters, self.database, self.table))

    def among(self, allowed: Allowed) -> "LocalSelection":
        """Return these paragraphs."""
        return LocalSelection(self, allowed)

    def describe(self, paragraphs: Ids) -> ParagraphTable:
        """Return the rows of some paragraphs."""
        return self.table.take(paragraphs)

    def cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its windows; NaN where it has no vector."""
        found = np.full(len(paragraphs), np.nan, dtype=np.float32)
        windows, at = self.contents.windows_of(paragraphs)
        if len(windows):
            # fmax takes the number where one of the two is NaN.
            np.fmax.at(found, at, self.dense.vectors(windows) @ vector)
        return found

    def sentence_cosines(self, vector: Floats, paragraphs: Ids) -> Floats:
        """Return each paragraph's largest cosine over its sentences; NaN where it has none."""
        return best_of_each(vector, paragraphs, *self.sentences(paragraphs.tolist()))

    def nearest_vectors(self, vector: Floats, paragraphs: Sequence[int]) -> Floats:
        """Return the vector of each paragraph's window that is nearest to another vector."""
        found = np.zeros((len(paragraphs), len(vector)), dtype=np.float32)
        for at, paragraph in enumerate(paragraphs):
            windows, _ = self.contents.windows_of(np.array([paragraph]))
            if len(windows):
                vectors = self.dense.vectors(windows)
                found[at] = vectors[int((vectors @ vector).argmax())]
        return found

    def article_vectors(self, article: int) -> Floats:
        """Return the vectors of an article's windows."""
        paragraphs = self.table.ids[self.table.articles == article]
        windows = self.windows[np.isin(self.window_paragraphs, paragraphs)]
        return self.dense.vectors(windows)


class LocalSelection:
    """Some of a snapshot's paragraphs."""

    def __init__(self, snapshot: Snapshot, allowed: Allowed) -> None:
        """Take the paragraphs that are allowed."""
        self._snapshot = snapshot
        self._allowed = allowed
        mask = self._mask_windows()
        self._windows = None if mask is None else Allowed(snapshot.windows, mask)

    def find_near(self, vector: Floats, k: int) -> Ids:
        """Return the paragraph of each of the k nearest windows, the nearest first."""
        snapshot = self._snapshot
        near, _ = snapshot.dense.search(vector, k, self._windows)
        return snapshot.window_paragraphs[np.searchsorted(snapshot.windows, near)]

    def find_matching(
        self, questions: Mapping[str, Sequence[str]], k: int, weights: Mapping[str, float]
    ) -> Ids:
        """Return the k paragraphs with the largest BM25, the best first."""
        return self._snapshot.lexical.search(questions, k, self._allowed, weights)[0]

    def _mask_windows(self) -> NDArray[np.bool_] | None:
        """Return which windows are of allowed paragraphs; None for all of them."""
        snapshot, allowed = self._snapshot, self._allowed
        if allowed.ids is snapshot.table.ids:
            # No id need be looked up.
            mask = None if allowed.mask is None else allowed.mask[snapshot.contents.window_rows]
        else:
            mask = allowed.among(snapshot.window_paragraphs)
        return None if mask is None or mask.all() else mask


def best_of_each(vector: Floats, paragraphs: Ids, owners: Ids, vectors: Floats) -> Floats:
    """Return each paragraph's largest cosine over its own vectors; NaN where it has none.

    Args:
        vector: of length 1.
        paragraphs: ids, ascending.
        owners: the paragraph of each vector, one of `paragraphs`.
        vectors: shape (len(owners), dimension).

    >>> rows = np.float32([[1, 0], [0, 1]])
    >>> best_of_each(rows[0], np.array([3, 5]), np.array([5, 5]), rows).tolist()
    [nan, 1.0]
    """
    found = np.full(len(paragraphs), np.nan, dtype=np.float32)
    if len(owners):
        np.fmax.at(found, np.searchsorted(paragraphs, owners), vectors @ vector)
    return found
