"""The paragraphs' terms in PostgreSQL: written with their article, and BM25 over them.

Each paragraph has a row with the keys of its terms, and a GIN index finds the paragraphs that
have a key: lists of numbers, compressed, a tenth of what a row for each term and paragraph takes.
Scores are those of `index.lexical`, to the rounding: tantivy's BM25 (k1 = 1.2, b = .75) with
lengths as tantivy keeps them, in a byte.
"""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from corpus.catalog.database import Database
from corpus.catalog.rows import ParagraphRow, paragraph_rows
from index.analysis import terms
from index.arrays import Floats, Ids
from index.fusion import Doubles
from index.lexical import MAX_TERMS, NO_COUNTS, NO_WEIGHTS, field_of, searched_text, weigh_terms
from index.spelling import Near, most_slips, near_terms

K1, B = 1.2, 0.75
PARAGRAPHS = 0
"""The key under which paragraphs are counted."""
_MOST = 20_000
"""Paragraphs that are scored for a question, but where fewer than are wanted have its rarest terms:
who has only the commoner ones is not among the best that count. Of 100,000 paragraphs of Wikipedia
5,000 left out every twentieth of the best 100; this leaves out one of 10,000, and scores two and a
half times as many."""
_AT_ONCE = 500
_PLACE = "width_bucket(CAST(? AS BIGINT), keys)"
"""SQL for a term's place among a paragraph's; the keys are sorted, and this searches by halves."""
_IS_THERE = f"keys[{_PLACE}] = CAST(? AS BIGINT)"
_COUNT = f"CASE WHEN {_IS_THERE} THEN counts[{_PLACE}] END"
"""SQL for how often a term stands in a paragraph, NULL for not once."""
_SCORE = (
    f"CASE WHEN {_IS_THERE} THEN CAST(? AS FLOAT8) / (1 + (CAST(? AS FLOAT8) "
    f"+ CAST(? AS FLOAT8) * norm) / counts[{_PLACE}]) ELSE 0 END"
)
"""SQL for what a term adds to a paragraph's score. `coalesce` would not be sent to other servers,
and nor would the order by it (postgres_fdw)."""
_CLEAN = """
SELECT count(gin_clean_pending_list(c.oid)) FROM pg_class AS c
JOIN pg_index ON indexrelid = c.oid JOIN pg_am AS kind ON kind.oid = c.relam
WHERE amname = 'gin' AND c.relkind = 'i' AND relnamespace = CAST(current_schema AS regnamespace)
"""
"""Of the table, or of each of its partitions."""
_HAS_EDITS = "SELECT to_regprocedure('levenshtein_less_equal(text, text, integer)') IS NOT NULL"


@lru_cache(maxsize=65536)
def key_of(field: str, term: str) -> int:
    """Return the number that stands for a term of a field; "" is the field itself."""
    digest = blake2b(f"{field}\n{term}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True)


def _lengths() -> list[int]:
    """Return the lengths that a byte stands for: exact up to 40, then three binary digits."""
    wide = [i if i < 8 else (8 | (i & 7)) << ((i >> 3) - 1) for i in range(232)]
    return [*range(24), *(24 + item for item in wide)]


_LENGTHS = _lengths()


def rounded_length(tokens: int) -> int:
    """Return a paragraph's length as tantivy keeps it.

    >>> [rounded_length(tokens) for tokens in (7, 40, 41, 43, 100)]
    [7, 40, 40, 42, 96]
    """
    return _LENGTHS[bisect_right(_LENGTHS, tokens) - 1]


def write_terms(database: Database) -> int:
    """Analyse the paragraphs that have no terms yet, inside `transaction`; return how many."""
    ids = [row["paragraph_id"] for row in database.all("SELECT paragraph_id FROM without_terms")]
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        _put_terms(database, list(paragraph_rows(database, some)))
        database.run(
            "DELETE FROM without_terms WHERE paragraph_id = ANY(CAST(? AS BIGINT[]))", [some]
        )
    return len(ids)


def _put_terms(database: Database, rows: Sequence[ParagraphRow]) -> None:
    totals: Counter[tuple[str, str | None]] = Counter()
    written = []
    for row in rows:
        paragraph = row.paragraph
        field = field_of(paragraph.language)
        words = terms(searched_text(row), paragraph.language)
        counts = Counter(words)
        keyed = sorted((key_of(field, word), count) for word, count in counts.items())
        written.append(
            (
                row.id, str(paragraph.role), paragraph.language,
                key_of(field, ""), len(words), rounded_length(len(words)),
                [key for key, _ in keyed], [count for _, count in keyed], row.article_id,
            )
        )  # fmt: skip
        totals.update((field, word) for word in counts)
        totals[field, None] += len(words)
    database.run_many(
        "INSERT INTO paragraph_terms SELECT CAST(? AS BIGINT), id, coalesce(published, ''), "
        "CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS BIGINT), CAST(? AS INTEGER), "
        "CAST(? AS INTEGER), CAST(? AS BIGINT[]), CAST(? AS INTEGER[]) FROM articles WHERE id = ?",
        written,
    )
    database.run_many(
        "INSERT INTO term_counts (key, field, term, number) VALUES (?, ?, ?, ?)",
        [
            (key_of(field, word or ""), field, word, number)
            for (field, word), number in totals.items()
        ],
    )
    database.run("INSERT INTO term_counts (key, number) VALUES (?, ?)", [PARAGRAPHS, len(written)])


def fold_counts(database: Database) -> None:
    """Make one row of each term's, inside `transaction`; one process does it at a time."""
    database.run(
        "WITH gone AS (DELETE FROM term_counts WHERE key IN "
        "(SELECT key FROM term_counts WHERE NOT folded) RETURNING *) "
        "INSERT INTO term_counts (key, field, term, number, folded) "
        "SELECT key, max(field), max(term), sum(number)::BIGINT, TRUE FROM gone "
        "GROUP BY key HAVING sum(number) <> 0"
    )
    # What was added since lies beside the index of keys, and is read whole for each question.
    database.one(_CLEAN)


@dataclass(frozen=True, slots=True)
class _Weighed:
    """A term of a question, with what BM25 makes of it."""

    key: int
    weight: float
    """What the term adds at most: by its rarity, how often it is asked, and its field's weight."""
    flat: float
    steep: float
    """A paragraph of n tokens that has it c times gets weight / (1 + (flat + steep n) / c)."""
    frequency: int

    def score(self, counts: Doubles, lengths: Doubles) -> Doubles:
        """Return what it adds to paragraphs' scores; 0 where it stands not once."""
        with np.errstate(divide="ignore"):
            return np.asarray(self.weight / (1 + (self.flat + self.steep * lengths) / counts))


class PostgresLexicon:
    """The terms of a collection's paragraphs at one generation."""

    def __init__(self, database: Database) -> None:
        """Read from a collection's schema."""
        self._database = database
        self._numbers: dict[int, int] = {}
        """Of the keys that were asked for."""

    @property
    def paragraph_count(self) -> int:
        """How many paragraphs there are."""
        return self._count([PARAGRAPHS])[PARAGRAPHS]

    def holds(self, field: str, word: str) -> bool:
        """Tell whether any paragraph has a term in a field."""
        return self.document_frequencies(field, [word])[word] > 0

    def document_frequencies(self, field: str, words: Iterable[str]) -> dict[str, int]:
        """Return in how many paragraphs of a field each term stands."""
        keys = {word: key_of(field, word) for word in words}
        counts = self._count(keys.values())
        return {word: counts[key] for word, key in keys.items()}

    def rarities(
        self,
        field: str,
        words: Iterable[str],
        elsewhere: tuple[int, Mapping[str, int]] = (0, NO_COUNTS),
    ) -> dict[str, float]:
        """Return the BM25 weight of terms in a field, see `index.lexical.weigh_terms`."""
        frequencies = self.document_frequencies(field, words)
        return weigh_terms(frequencies, self.paragraph_count, elsewhere)

    def near_terms(self, field: str, word: str) -> list[Near]:
        """Return the terms that a word may be mistyped for, see `index.spelling.near_terms`."""
        slips = most_slips(word)
        if not slips:
            return []
        condition = 'field = ? AND "left"(term, 1) = ? AND length(term) BETWEEN ? AND ?'
        values: list[object] = [field, word[0], len(word) - slips, len(word) + slips]
        if self._database.one(_HAS_EDITS)[0]:
            # A letter swapped with the next counts as two there.
            condition += " AND levenshtein_less_equal(term, CAST(? AS VARCHAR), ?) <= ?"
            values += [word, 2 * slips, 2 * slips]
        rows = self._database.all(
            "SELECT max(term) AS term, CAST(sum(number) AS BIGINT) AS number FROM term_counts "  # noqa: S608
            f"WHERE key IN (SELECT key FROM term_counts WHERE {condition}) GROUP BY key",
            values,
        )
        return near_terms(word, [(row["term"], row["number"]) for row in rows])

    def scores(
        self,
        questions: Mapping[str, Sequence[str]],
        ids: Sequence[int],
        weights: Mapping[str, float] = NO_WEIGHTS,
    ) -> Floats:
        """Return the BM25 scores of given paragraphs, 0 for one that shares no term."""
        weighed = self._weigh(questions, weights)
        counts, lengths = self._look_up([item.key for item in weighed], ids)
        found = np.zeros(len(ids))
        for at, item in enumerate(weighed):
            found += item.score(counts[:, at], lengths)
        return found.astype(np.float32)

    def coverage(self, rarities: Mapping[str, Mapping[str, float]], ids: Sequence[int]) -> Floats:
        """Return the shares, 0 to 1, of a question's terms that given paragraphs hold."""
        shares = {
            key_of(field, word): rarity / total
            for field, words in rarities.items()
            if (total := sum(words.values()))
            for word, rarity in list(words.items())[:MAX_TERMS]
        }
        counts, _ = self._look_up(list(shares), ids)
        held = (counts > 0) @ np.array(list(shares.values()))
        return np.asarray(held.clip(0, 1), dtype=np.float32)

    def find_matching(
        self,
        questions: Mapping[str, Sequence[str]],
        k: int,
        weights: Mapping[str, float],
        condition: str,
        values: Sequence[object],
    ) -> Ids:
        """Return the k paragraphs with the largest BM25 of those that meet an SQL condition.

        Paragraphs with the rarest terms are scored first. What the other terms add together at
        most says whether a paragraph without any of those could be among the best (MaxScore:
        Turtle and Flood, "Query Evaluation: Strategies and Optimizations", 1995).
        """
        weighed = sorted(self._weigh(questions, weights), key=lambda item: item.frequency)
        if not weighed or k < 1:
            return np.zeros(0, dtype=np.int64)
        reach = np.cumsum([item.frequency for item in weighed])
        first = min(len(weighed), int(np.searchsorted(reach, k)) + 1)
        most = int(np.searchsorted(reach, _MOST, side="right"))
        while True:
            rows = self._find_best(weighed, first, k, condition, values)
            needed = len(weighed)
            if len(rows) == k:
                rest = np.cumsum([item.weight for item in weighed[::-1]])[::-1]
                needed = min(most, int((rest > rows[-1]["score"]).sum()))
            if needed <= first:
                return np.array([row["paragraph_id"] for row in rows], dtype=np.int64)
            first = needed

    def _find_best(
        self,
        weighed: Sequence[_Weighed],
        first: int,
        k: int,
        condition: str,
        values: Sequence[object],
    ) -> list[Mapping[str, float]]:
        """Score the paragraphs that have one of the first terms by all terms."""
        total = " + ".join([_SCORE] * len(weighed))
        asked = [
            value
            for item in weighed
            for value in (item.key, item.key, item.weight, item.flat, item.steep, item.key)
        ]
        return self._database.all(
            f"SELECT paragraph_id, {total} AS score FROM paragraph_terms "  # noqa: S608
            f"WHERE keys && CAST(? AS BIGINT[]) AND {condition} "
            "ORDER BY score DESC, paragraph_id LIMIT ?",
            [*asked, [item.key for item in weighed[:first]], *values, k],
        )

    def _weigh(
        self, questions: Mapping[str, Sequence[str]], weights: Mapping[str, float]
    ) -> list[_Weighed]:
        """Return the terms that any paragraph has."""
        asked = {
            (field, word): times * weights.get(field, 1.0)
            for field, words in questions.items()
            for word, times in list(Counter(words).items())[:MAX_TERMS]
        }
        numbers = self._count(
            [*(key_of(*pair) for pair in asked), *(key_of(field, "") for field in questions)]
        )
        total = self.paragraph_count
        found = []
        for (field, word), weight in asked.items():
            key, tokens = key_of(field, word), numbers[key_of(field, "")]
            if numbers[key] > 0:
                rarity = weigh_terms({word: numbers[key]}, total)[word]
                steep = K1 * B * total / tokens
                found.append(
                    _Weighed(key, weight * rarity * (1 + K1), K1 * (1 - B), steep, numbers[key])
                )
        return found

    def _look_up(self, keys: Sequence[int], ids: Sequence[int]) -> tuple[Doubles, Doubles]:
        """Return how often terms stand in paragraphs, (ids, keys), and the paragraphs' lengths."""
        counts = np.zeros((len(ids), len(keys)))
        lengths = np.ones(len(ids))
        if not keys or not len(ids):
            return counts, lengths
        columns = ", ".join([_COUNT] * len(keys))
        wanted = [int(item) for item in ids]
        rows = self._database.all(
            f"SELECT paragraph_id, norm, ARRAY[{columns}] AS counts FROM paragraph_terms "  # noqa: S608
            "WHERE paragraph_id = ANY(CAST(? AS BIGINT[])) AND cardinality(keys) > 0",
            [*(key for key in keys for _ in range(3)), wanted],
        )
        places = {item: at for at, item in enumerate(wanted)}
        for row in rows:
            at = places[row["paragraph_id"]]
            lengths[at] = row["norm"]
            counts[at] = [count or 0 for count in row["counts"]]
        return counts, lengths

    def _count(self, keys: Iterable[int]) -> Mapping[int, int]:
        """Return the numbers under keys, 0 for one that there is not."""
        wanted = list(keys)
        new = [key for key in dict.fromkeys((*wanted, PARAGRAPHS)) if key not in self._numbers]
        if new:
            rows = self._database.all(
                "SELECT key, CAST(sum(number) AS BIGINT) AS number FROM term_counts "
                "WHERE key = ANY(CAST(? AS BIGINT[])) GROUP BY key",
                [new],
            )
            self._numbers.update(dict.fromkeys(new, 0))
            self._numbers.update((row["key"], row["number"]) for row in rows)
        return {key: self._numbers[key] for key in wanted}
