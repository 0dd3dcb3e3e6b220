"""Near-identical articles of a catalog: looked up as each article is put in.

An article is compared with those that share a bucket of its signature, not with all, and
of a crowded bucket (thousands of reports from one template) with the newest. Those that
are near-identical form a group; its paragraphs that say the same share a text hash, by
which retrieval makes them one passage.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from corpus.article import ANSWERING_ROLES, Article
from corpus.catalog.database import Database
from corpus.text.duplicates import (
    TextWords,
    buckets,
    may_be_alike,
    near_identical,
    same_paragraph,
    signature,
)

_CROWD = 50
"""Articles of one bucket that are looked at."""
_CANDIDATES = 20
"""Articles whose texts are compared with a new one."""
_SHORTEST_PARAGRAPH = 5
"""Words; a shorter paragraph is one with another only where their texts are identical."""


@dataclass(frozen=True, slots=True)
class _Stored:
    """A paragraph as the catalog holds it."""

    id: int
    words: TextWords
    text_hash: bytes


class DuplicateGroups:
    """Finds and keeps the groups; every method that writes runs inside a transaction."""

    def __init__(self, database: Database) -> None:
        """See `corpus.catalog.database.open_database`."""
        self._database = database

    def note(self, article_id: int, article: Article) -> None:
        """Give a stored article its signature, and its group where it is near-identical."""
        answering = [item for item in article.paragraphs if item.role in ANSWERING_ROLES]
        words = _words([article.paragraph_text(item) for item in answering])
        hashes = signature(words)
        keys = buckets(hashes)
        alike = self._alike(words, hashes, keys)
        self._database.run(
            "INSERT INTO signatures VALUES (?, ?)", (article_id, hashes.astype("<u4").tobytes())
        )
        self._database.run_many(
            "INSERT INTO buckets VALUES (?, ?) ON CONFLICT DO NOTHING",
            [(key, article_id) for key in keys],
        )
        if alike:
            self._join(article_id, alike)

    def forget(self, article_id: int) -> None:
        """Take an article out of the look-up and its group, before it changes or goes."""
        row = self._database.one(
            "SELECT hashes FROM signatures WHERE article_id = ?", (article_id,)
        )
        if row is None:
            return
        keys = buckets(np.frombuffer(row["hashes"], "<u4"))
        self._database.run_many(
            "DELETE FROM buckets WHERE bucket = ? AND article_id = ?",
            [(key, article_id) for key in keys],
        )
        self._database.run("DELETE FROM signatures WHERE article_id = ?", (article_id,))
        self._database.run("DELETE FROM duplicate_groups WHERE article_id = ?", (article_id,))

    def find_unsigned(self) -> list[str]:
        """Return the URIs of articles without a signature: an older version put them in."""
        rows = self._database.all(
            "SELECT uri FROM articles WHERE id NOT IN (SELECT article_id FROM signatures) "
            "ORDER BY id"
        )
        return [row["uri"] for row in rows]

    def group(self, article_id: int) -> list[int]:
        """Return the ids of all articles of an article's group, ascending, or none."""
        rows = self._database.all(
            "SELECT article_id FROM duplicate_groups WHERE group_id = (SELECT group_id FROM "
            "duplicate_groups WHERE article_id = ?) ORDER BY article_id",
            (article_id,),
        )
        return [row["article_id"] for row in rows]

    def _alike(self, words: TextWords, hashes: np.ndarray, keys: Sequence[int]) -> list[int]:
        """Return the ids of stored articles that are near-identical to a text."""
        shared: Counter[int] = Counter()
        for key in keys:
            rows = self._database.all(
                "SELECT article_id FROM buckets WHERE bucket = ? ORDER BY article_id DESC LIMIT ?",
                (key, _CROWD),
            )
            shared.update(row["article_id"] for row in rows)
        candidates = [article_id for article_id, _ in shared.most_common(_CROWD)]
        near = [
            row["article_id"]
            for row in self._database.by_ids(
                "SELECT article_id, hashes FROM signatures WHERE article_id IN", candidates
            )
            if may_be_alike(hashes, np.frombuffer(row["hashes"], "<u4"))
        ]
        near.sort(key=candidates.index)
        return [
            article_id
            for article_id in near[:_CANDIDATES]
            if near_identical(words, _words([text for _, text, _ in self._answering(article_id)]))
        ]

    def _answering(self, article_id: int) -> list[tuple[int, str, bytes]]:
        """Return (id, text, hash) of an article's paragraphs that answer; the hash is shared."""
        roles = sorted(map(str, ANSWERING_ROLES))
        marks = ",".join("?" * len(roles))
        rows = self._database.all(
            'SELECT paragraphs.id, substr(text, start + 1, "end" - start) AS body, '  # noqa: S608
            "coalesce(same.text_hash, paragraphs.text_hash) AS name FROM paragraphs "
            "JOIN articles ON articles.id = article_id "
            "LEFT JOIN same_paragraphs AS same ON same.paragraph_id = paragraphs.id "
            f"WHERE article_id = ? AND role IN ({marks}) ORDER BY number",
            (article_id, *roles),
        )
        return [(row["id"], row["body"], row["name"]) for row in rows]

    def _join(self, article_id: int, alike: Sequence[int]) -> None:
        """Make one group of an article, those that it is like, and theirs."""
        members = {member for other in alike for member in (other, *self.group(other))}
        first = min(members)
        everyone = sorted({*members, article_id})
        self._database.run_many(
            "DELETE FROM duplicate_groups WHERE article_id = ?", [(member,) for member in everyone]
        )
        self._database.run_many(
            "INSERT INTO duplicate_groups VALUES (?, ?)", [(member, first) for member in everyone]
        )
        theirs = [item for other in sorted(members) for item in self._read_signature(other)]
        for own in self._read_signature(article_id):
            match = next((item for item in theirs if _says_the_same(own, item)), None)
            if match is not None and match.text_hash != own.text_hash:
                self._database.run("DELETE FROM same_paragraphs WHERE paragraph_id = ?", (own.id,))
                self._database.run(
                    "INSERT INTO same_paragraphs VALUES (?, ?)", (own.id, match.text_hash)
                )

    def _read_signature(self, article_id: int) -> list[_Stored]:
        return [
            _Stored(paragraph_id, TextWords.of(text), name)
            for paragraph_id, text, name in self._answering(article_id)
        ]


def _says_the_same(own: _Stored, other: _Stored) -> bool:
    if own.text_hash == other.text_hash:
        return True
    if min(len(own.words.folded), len(other.words.folded)) < _SHORTEST_PARAGRAPH:
        return False
    return same_paragraph(own.words, other.words)


def _words(texts: Sequence[str]) -> TextWords:
    return TextWords.of("\n".join(texts))
