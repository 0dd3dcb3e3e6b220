"""Moving a collection from one engine to another: row by row, resumable, and verified.

Ids and embeddings stay as they are, so that nothing is read or embedded again. What is built from
the rows, counts and the log of changes, the target's triggers make.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

from corpus.article import Article
from corpus.catalog.changes import restart_log
from corpus.catalog.database import Database
from corpus.catalog.integrity import hash_of
from corpus.catalog.lock import writer_lock
from corpus.catalog.sql.store import SqlStore
from corpus.errors import CollectionDamaged, CollectionLocked
from qa.conversation_file import conversation_place, open_conversation_file
from qa.places import MIGRATING_SETTING, CollectionPlace, open_catalog
from qa.results import Passage, Status

_AT_ONCE = 2_000
_KEYS = {
    "articles": "id",
    "versions": "article_id, number",
    "paragraphs": "id",
    "embeddings": "id",
    "windows": "id",
    "sentences": "id",
    "inputs": "origin",
    "input_articles": "origin, article_id",
    "vanished": "origin, article_id",
    "members": "list, origin",
    "fetched": "origin",
    "corrections": "article_id, field",
    "duplicates": "origin, uri",
    "removed": "id",
    "signatures": "article_id",
    "buckets": "bucket, article_id",
    "duplicate_groups": "article_id",
    "same_paragraphs": "paragraph_id",
}
"""Table -> its key; a table comes after those that it names."""
_CONVERSATION_KEYS = {
    "conversations": "id",
    "turns": "conversation, number",
    "standing": "id",
    "dossiers": "id",
    "dossier_items": "id",
}
_SETTINGS = ("model", "model_name", "window_tokens", "linked", "signed")
"""What is noted of the collection that is no matter of the engine or of one copy."""
_LEFT_OUT = ("row_hash", "rowid")
_LOCK_TIMEOUT_S = 2.0
_WORDS = 12
"""Of a paragraph, that are asked as a question."""

CopyProgress = Callable[[str, int], None]
"""Called with a table and how many of its rows are done."""


@dataclass(frozen=True, slots=True)
class Migrated:
    """What was moved, and found to be the same on both sides."""

    source: str
    target: str
    rows: dict[str, int]
    """Table -> its rows, the same in number and content."""


def migrate(
    source: CollectionPlace, target: CollectionPlace, progress: CopyProgress | None = None
) -> Migrated:
    """Copy a collection to another place, which is new or where an earlier try was cut short.

    The source stays as it is. It must not be written meanwhile; a folder is locked.

    Raises:
        CollectionNotFound: there is no collection at the source.
        CollectionLocked: the source is being written, or the target holds something else.
        CollectionDamaged: the two are not the same afterwards.
    """
    with ExitStack() as stack:
        opened, _ = open_catalog(source, create=False)
        stack.enter_context(closing(opened))
        if isinstance(source, Path):
            stack.enter_context(writer_lock(source, _LOCK_TIMEOUT_S))
        made, _ = open_catalog(target, create=True, unfinished=True)
        stack.enter_context(closing(made))
        if isinstance(target, Path):
            stack.enter_context(writer_lock(target, _LOCK_TIMEOUT_S))
        _begin(opened, made)
        rows = _copy(opened, made, _KEYS, progress)
        rows |= _copy_conversations(source, target, progress)
        _finish(opened, made)
        return Migrated(opened.place, made.place, rows)


class ComparedCollection(Protocol):
    """The part of a collection that is compared."""

    def status(self) -> Status:
        """Return what it holds."""

    def each_article(self) -> Iterator[Article]:
        """Yield its articles with their texts."""

    def retrieve_many(self, questions: Sequence[str], k: int = 8) -> list[list[Passage]]:
        """Return the passages closest to each question."""


@dataclass(frozen=True, slots=True)
class Rankings:
    """How many questions were asked of two collections, and how many had the same passages."""

    asked: int
    same: int


def compare_rankings(one: ComparedCollection, other: ComparedCollection, most: int) -> Rankings:
    """Ask two collections for the beginnings of up to `most` paragraphs, the longest of each."""
    each = -(-most // max(1, one.status().articles))
    questions: list[str] = []
    for article in islice(one.each_article(), most):
        texts = sorted(map(article.paragraph_text, article.paragraphs), key=len, reverse=True)
        words = [text.split()[:_WORDS] for text in texts[:each]]
        questions += [" ".join(some) for some in words if some]
    questions = questions[:most]
    asked = [item.retrieve_many(questions) for item in (one, other)]
    found = [[[item.citation for item in some] for some in all_of_one] for all_of_one in asked]
    return Rankings(len(questions), sum(map(list.__eq__, *found)))


def _begin(source: Database, target: Database) -> None:
    begun = target.setting(MIGRATING_SETTING)
    if begun is None and (
        target.one("SELECT 1 FROM articles LIMIT 1") or target.one("SELECT 1 FROM inputs LIMIT 1")
    ):
        raise CollectionLocked(
            "{target} holds a collection already. Name a place where there is none; nothing was "
            "changed.",
            target=target.place,
        )
    if begun not in (None, source.identity):
        raise CollectionLocked(
            "{target} was begun to be filled from another collection. Delete it, or name another "
            "place; nothing was changed.",
            target=target.place,
        )
    target.set_setting(MIGRATING_SETTING, source.identity)


def _copy_conversations(
    source: CollectionPlace, target: CollectionPlace, progress: CopyProgress | None
) -> dict[str, int]:
    there = conversation_place(source)
    if isinstance(there, Path) and not there.is_file():
        return {}
    with (
        closing(open_conversation_file(there)) as kept,
        closing(open_conversation_file(conversation_place(target))) as made,
    ):
        return _copy(kept, made, _CONVERSATION_KEYS, progress)


def _copy(
    source: SqlStore, target: SqlStore, keys: dict[str, str], progress: CopyProgress | None
) -> dict[str, int]:
    for table, key in keys.items():
        done = int(target.one(f"SELECT count(*) FROM {table}")[0])  # noqa: S608
        last = target.one(f"SELECT {key} FROM {table} ORDER BY {_descending(key)} LIMIT 1")  # noqa: S608
        for rows in _batches(source, table, key, tuple(last) if last else None):
            _insert(target, table, rows)
            done += len(rows)
            if progress is not None:
                progress(table, done)
        target.follow_numbers(table)
    found = {}
    for table in keys:
        found[table], ours = _sum(source, table, keys[table])
        if (found[table], ours) != _sum(target, table, keys[table]):
            raise CollectionDamaged(
                "The rows of {table} are not the same on both sides: the source was written "
                "meanwhile, or since an earlier try. Delete what was made, and migrate again "
                "while nobody writes.",
                table=table,
            )
    return found


def _batches(
    store: SqlStore, table: str, key: str, last: tuple[Any, ...] | None
) -> Iterator[list[dict[str, Any]]]:
    """Yield the rows of a table after a key, in the key's order."""
    while True:
        condition, values = "TRUE", list(last or ())
        if last is not None:
            condition = f"({key}) > ({','.join('?' * len(last))})"
        rows = [
            {name: row[name] for name in row.keys() if name not in _LEFT_OUT}  # noqa: SIM118 - a row
            for row in store.all(
                f"SELECT * FROM {table} WHERE {condition} ORDER BY {key} LIMIT {_AT_ONCE}",  # noqa: S608
                values,
            )
        ]
        if not rows:
            return
        yield rows
        last = tuple(rows[-1][name] for name in key.split(", "))


def _insert(target: SqlStore, table: str, rows: Sequence[dict[str, Any]]) -> None:
    names = list(rows[0])
    columns = ", ".join(f'"{name}"' for name in names)
    marks = ",".join("?" * len(names))

    def insert() -> None:
        with target.transaction():
            target.run_many(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})",  # noqa: S608
                [[row[name] for name in names] for row in rows],
            )

    target.retry(insert)


def _sum(store: SqlStore, table: str, key: str) -> tuple[int, bytes]:
    """Return how many rows a table has, and a hash of what they say in the order of their keys."""
    count, said = 0, b""
    for rows in _batches(store, table, key, None):
        count += len(rows)
        said = hash_of(said, *(row[name] for row in rows for name in sorted(row)))
    return count, said


def _descending(key: str) -> str:
    return ", ".join(f"{name} DESC" for name in key.split(", "))


def _finish(source: Database, target: Database) -> None:
    """Note what is known of the collection; from here on it can be opened."""
    with target.transaction():
        for name in _SETTINGS:
            value = source.setting(name)
            if value is not None:
                target.set_setting(name, value)
        restart_log(target)
        target.raise_generation()
        target.run("DELETE FROM meta WHERE key = ?", (MIGRATING_SETTING,))
