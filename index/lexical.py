"""The lexical index: BM25 in tantivy over terms that `index.analysis` made.

One field per language, so that a term of one language never counts as that of another;
languages that are rare in the press share one. BM25 has k1 = 1.2 and b = 0.75 (Robertson and
Zaragoza, "The Probabilistic Relevance Framework", 2009).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.catalog.rows import ParagraphRow
from corpus.disk import is_read_only
from index.analysis import STEMMERS, terms
from index.arrays import Ids
from index.filters import Allowed
from index.snapshots import temporary_folder
from index.spelling import Near, most_slips, near_terms

UNSTEMMED = (
    "af", "az", "be", "bg", "bn", "bs", "gl", "gu", "he", "hr", "is", "ja", "ka", "kk", "km", "kn",
    "ko", "la", "lb", "lo", "lv", "mk", "ml", "mn", "mr", "ms", "mt", "my", "pa", "ps", "sk", "sl",
    "sq", "sw", "te", "th", "tl", "uk", "und", "ur", "uz", "vi", "zh",
)  # fmt: skip
"""Languages without a stemmer that have a field of their own, and texts in none that is known."""
OTHER = "other"
"""The field that all further languages share."""
FIELDS = (*sorted((*STEMMERS, *UNSTEMMED)), OTHER)
_HEAP_BYTES = 64_000_000
NO_WEIGHTS: Mapping[str, float] = MappingProxyType({})
NO_COUNTS: Mapping[str, int] = MappingProxyType({})
MAX_TERMS = 256
"""Different terms of a question; more would be a text, not a question."""
_FEW = 50
"""Filters that leave one paragraph in so many go into the query: reading the whole ranking
until k of those turn up takes longer (60,000 paragraphs, 100 of them allowed: 57 ms against 3),
naming many ids in a query does too (10,000 allowed: 4 ms against 13)."""

Scores = NDArray[np.float32]


def field_of(language: str) -> str:
    """Return the field that texts of this language are searched in."""
    return language if language in FIELDS else OTHER


def searched_text(row: ParagraphRow) -> str:
    """Return what the lexical index reads of a paragraph: title and heading stand above it."""
    return f"{row.title}\n{row.paragraph.heading}\n{row.text}"


def _link_files(folder: Path) -> Path:
    """Return a temporary folder of links to an index's files.

    tantivy makes a lock beside them even to read.
    """
    links = temporary_folder()
    for path in folder.iterdir():
        if not path.name.endswith(".lock"):
            (links / path.name).symlink_to(path.absolute())
    return links


class LexicalIndex:
    """Paragraphs' terms under the paragraphs' ids, in a folder of tantivy's."""

    def __init__(self, folder: Path) -> None:
        """Open the index in `folder`, or make one where the folder is empty.

        Raises:
            ValueError, OSError: the folder holds something else, or is damaged.
        """
        import tantivy

        builder = tantivy.SchemaBuilder()
        builder.add_unsigned_field("paragraph", indexed=True, fast=True)
        for field in FIELDS:
            builder.add_text_field(field, tokenizer_name="terms", index_option="freq")
        self._schema = builder.build()
        folder.mkdir(parents=True, exist_ok=True)
        if is_read_only(folder):
            folder = _link_files(folder)
        self._index: Any = tantivy.Index(self._schema, path=str(folder))
        # The texts are analysed already; the index only splits them at the blanks.
        analyzer = tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build()
        self._index.register_tokenizer("terms", analyzer)
        self._tantivy: Any = tantivy

    def __len__(self) -> int:
        """Return how many paragraphs there are."""
        return int(self._index.searcher().num_docs)

    def ids(self) -> Ids:
        """All paragraphs' ids, in no order."""
        searcher = self._index.searcher()
        hits = searcher.search(
            self._tantivy.Query.all_query(), max(1, searcher.num_docs), count=False
        ).hits
        return _ids(searcher, hits)

    def find_ids(self, paragraphs: Ids) -> Ids:
        """Return those of some paragraphs' ids that are in the index, ascending."""
        if not len(paragraphs):
            return paragraphs
        searcher = self._index.searcher()
        ids = [int(item) for item in paragraphs]
        query = self._tantivy.Query.term_set_query(self._schema, "paragraph", ids)
        hits = searcher.search(query, len(ids), count=False).hits
        return np.sort(_ids(searcher, hits))

    def change(self, added: Iterable[tuple[int, str, str]], removed: Iterable[int]) -> None:
        """Remove paragraphs and add others, in one commit.

        Args:
            added: (id, language, text) of each paragraph to add.
            removed: ids of the paragraphs to remove.
        """
        writer = self._index.writer(_HEAP_BYTES, 1)
        try:
            gone = [int(item) for item in removed]
            # Deleting by term takes a number for a signed one, which no paragraph has.
            query = self._tantivy.Query.term_set_query(self._schema, "paragraph", gone)
            writer.delete_documents_by_query(query)
            for item, language, text in added:
                document = self._tantivy.Document()
                document.add_unsigned("paragraph", int(item))
                document.add_text(field_of(language), " ".join(terms(text, language)))
                writer.add_document(document)
            writer.commit()
        finally:
            # Also gives the writer's lock back.
            writer.wait_merging_threads()
        self._index.reload()

    def search(
        self,
        questions: Mapping[str, Sequence[str]],
        k: int,
        allowed: Allowed | None = None,
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> tuple[Ids, Scores]:
        """Return the ids and BM25 scores of the k best paragraphs, the best first.

        Args:
            questions: field -> the question's terms, analysed for that field's language.
            k: how many; fewer come back where fewer share a term with the question.
            allowed: which ids may be returned; by default all.
            weights: field -> what its scores are multiplied with, where that is not 1.
        """
        query = self._query(questions, weights)
        searcher = self._index.searcher()
        total = searcher.num_docs
        if query is None or not total or k < 1:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        if allowed is not None and len(allowed) <= total // _FEW:
            query, allowed = self._restrict(query, allowed.listed), None
        # Filtering the ranking that all paragraphs have keeps their scores what they are;
        # it is read deeper until k allowed ones are found or it ends.
        depth = k if allowed is None else 4 * k
        while True:
            hits = searcher.search(query, min(depth, total), count=False).hits
            ids = _ids(searcher, hits)
            scores = np.array([score for score, _ in hits], dtype=np.float32)
            kept = np.ones(len(ids), bool) if allowed is None else allowed.among(ids)
            if kept.sum() >= k or len(hits) < depth:
                break
            depth *= 4
        ids, scores = ids[kept], scores[kept]
        order = np.lexsort((ids, -scores))[:k]
        return ids[order], scores[order]

    def scores(
        self,
        questions: Mapping[str, Sequence[str]],
        ids: Sequence[int],
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> Scores:
        """Return the BM25 scores of given paragraphs, 0 for one that shares no term."""
        return self._score_these(self._query(questions, weights), ids)

    def coverage(self, rarities: Mapping[str, Mapping[str, float]], ids: Sequence[int]) -> Scores:
        """Return the shares of a question's terms, by rarity, that given paragraphs hold.

        Args:
            rarities: field -> the question's terms there -> their weight (`rarities`).
            ids: paragraphs.

        Returns:
            Shape (len(ids),), from 0 to 1; 0 for a paragraph whose field is not named.
        """
        query, occur = self._tantivy.Query, self._tantivy.Occur
        parts = []
        for field, words in rarities.items():
            total = sum(words.values())
            for word, rarity in list(words.items())[:MAX_TERMS] if total else ():
                term = query.term_query(self._schema, field, word, "freq")
                parts.append((occur.Should, query.const_score_query(term, rarity / total)))
        # Sums of rounded shares may pass 1 by a hair.
        found = self._score_these(query.boolean_query(parts) if parts else None, ids)
        return np.minimum(found, np.float32(1))

    def _score_these(self, query: Any, ids: Sequence[int]) -> Scores:
        """Return the scores that a query gives to these paragraphs, 0 where it finds them not."""
        found = dict.fromkeys((int(item) for item in ids), 0.0)
        if query is not None and found:
            searcher = self._index.searcher()
            hits = searcher.search(self._restrict(query, found), len(found), count=False).hits
            named = _ids(searcher, hits).tolist()
            found.update(zip(named, (score for score, _ in hits), strict=True))
        return np.array([found[int(item)] for item in ids], dtype=np.float32)

    def _restrict(self, query: Any, ids: Iterable[int]) -> Any:
        """Return a query for these paragraphs alone; their scores stay what they are."""
        make, must = self._tantivy.Query, self._tantivy.Occur.Must
        among = make.term_set_query(self._schema, "paragraph", [int(item) for item in ids])
        return make.boolean_query([(must, make.const_score_query(among, 0.0)), (must, query)])

    def _query(self, questions: Mapping[str, Sequence[str]], weights: Mapping[str, float]) -> Any:
        """Return a query for any of the terms, a repeated one counting as often, or None."""
        query, occur = self._tantivy.Query, self._tantivy.Occur
        parts = []
        for field, words in questions.items():
            counted: dict[str, int] = {}
            for word in words:
                counted[word] = counted.get(word, 0) + 1
            for word, count in list(counted.items())[:MAX_TERMS]:
                term = query.term_query(self._schema, field, word, "freq")
                weight = count * weights.get(field, 1.0)
                parts.append((occur.Should, query.boost_query(term, weight)))
        return query.boolean_query(parts) if parts else None

    def near_terms(self, field: str, word: str) -> list[Near]:
        """Return the terms that a word may be mistyped for, see `index.spelling.near_terms`."""
        slips = most_slips(word)
        if not slips:
            return []
        query = self._tantivy.Query.fuzzy_term_query(self._schema, field, word, slips)
        return near_terms(word, self._index.searcher().terms_with_prefix(field, word[0], query))

    def holds(self, field: str, word: str) -> bool:
        """Tell whether any paragraph has a term in a field."""
        return bool(self._index.searcher().doc_freq(field, word))

    def document_frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        """Return in how many paragraphs of a field each term stands."""
        searcher = self._index.searcher()
        return {word: int(searcher.doc_freq(field, word)) for word in words}

    def rarities(
        self,
        field: str,
        words: Iterable[str],
        elsewhere: tuple[int, Mapping[str, int]] = (0, NO_COUNTS),
    ) -> dict[str, float]:
        """Return the BM25 weight of terms in a field, see `weigh_terms`."""
        return weigh_terms(self.document_frequencies(field, words), len(self), elsewhere)


def weigh_terms(
    frequencies: Mapping[str, int],
    paragraphs: int,
    elsewhere: tuple[int, Mapping[str, int]] = (0, NO_COUNTS),
) -> dict[str, float]:
    """Return the BM25 weight of terms: ln(1 + (N - n + .5) / (n + .5)).

    Args:
        frequencies: term -> in how many paragraphs it stands.
        paragraphs: how many there are.
        elsewhere: how many to count in that are not among them, and in how many of those each
            term is.
    """
    total = paragraphs + elsewhere[0]
    found = {}
    for word, here in frequencies.items():
        count = min(total, here + elsewhere[1].get(word, 0))
        found[word] = math.log1p((total - count + 0.5) / (count + 0.5))
    return found


def _ids(searcher: Any, hits: Sequence[Any]) -> Ids:
    """Return the paragraphs' ids of tantivy's (score, address) pairs."""
    addresses = [address for _, address in hits]
    return np.array(searcher.fast_field_values("paragraph", addresses), dtype=np.int64)
