"""Forgetting an article: nothing of it stays in the catalog's file, and that is looked up.

Deleted rows leave their bytes in a SQLite file, so the file is written anew and its
log emptied. Afterwards the folder's files are searched for stretches of the text.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.bytes_search import search_files
from corpus.catalog.database import CATALOG_FILE, Database
from corpus.catalog.integrity import text_hash
from corpus.catalog.near_duplicates import DuplicateGroups
from corpus.catalog.removed import RemovedArticles
from corpus.errors import ArticleNotFound, CollectionLocked, CollectionNotWritable

PENDING_SETTING = "forgetting"
"""Set while an article's rows are gone and the files are not cleaned yet."""
_STRETCH = 32
"""Characters of a text that are searched for at once; SQLite cuts long texts into pages."""
_MOST_STRETCHES = 400
_PATIENCE_S = 10.0


@dataclass(frozen=True, slots=True)
class Traces:
    """What was said in an article and its versions, to look for afterwards."""

    uri: str
    texts: tuple[str, ...]

    def stretches(self) -> list[str]:
        """Return pieces of the texts, spread over all of them, and the address."""
        found = [self.uri]
        for text in self.texts:
            for line in text.splitlines():
                line = line.strip()
                if len(line) >= _STRETCH // 2:
                    starts = range(0, max(1, len(line) - _STRETCH + 1), _STRETCH)
                    found += [line[start : start + _STRETCH] for start in starts]
        every = max(1, len(found) // _MOST_STRETCHES)
        return list(dict.fromkeys([found[0], *found[1::every]]))


def forget_rows(database: Database, uri: str, kept_texts: Iterable[str]) -> tuple[Traces, int]:
    """Delete an article's rows and every embedding that no paragraph uses any more.

    What was removed before under its URI, or with its text, goes too.

    The caller holds the write lock, and then calls `clean_file`.

    Args:
        database: the collection's.
        uri: the article's.
        kept_texts: texts whose embeddings stay although no paragraph has them.

    Returns:
        What to look for afterwards, and how many embeddings were deleted.

    Raises:
        ArticleNotFound: there is none with this URI, and nothing was left to clean.
    """
    kept = [text_hash(text) for text in kept_texts]
    with database.transaction():
        row = database.one("SELECT id, text_hash FROM articles WHERE uri = ?", (uri,))
        removed = RemovedArticles(database).forget(uri, row and row["text_hash"])
        if row is None and not removed and database.setting(PENDING_SETTING) is None:
            raise ArticleNotFound(
                "No article has the URI {uri!r}. `article-qa list` shows those there are.", uri=uri
            )
        traces = Traces(uri, (*(_texts(database, row["id"]) if row else ()), *removed))
        if row is not None:
            _delete(database, row["id"])
        embeddings = database.run(
            "DELETE FROM embeddings WHERE text_hash NOT IN (SELECT text_hash FROM windows) AND "  # noqa: S608
            "text_hash NOT IN (SELECT text_hash FROM sentences) AND "
            f"text_hash NOT IN ({','.join('?' * len(kept))})",
            kept,
        )
        database.set_setting(PENDING_SETTING, "1")
        database.raise_generation()
    return traces, embeddings


def _texts(database: Database, article: int) -> Iterator[str]:
    # As bytes: what has changed on the disk may be no text any more.
    columns = f"{database.bytes_sql('title')} AS title, {database.bytes_sql('text')} AS text"
    rows = database.all(
        f"SELECT {columns} FROM articles WHERE id = ? "  # noqa: S608
        f"UNION ALL SELECT {columns} FROM versions WHERE article_id = ?",
        (article, article),
    )
    for row in rows:
        yield row["title"].decode("utf-8", "replace")
        yield row["text"].decode("utf-8", "replace")


def _delete(database: Database, article: int) -> None:
    origins = [
        row["origin"]
        for row in database.all(
            "SELECT origin FROM input_articles WHERE article_id = ? UNION "
            "SELECT origin FROM vanished WHERE article_id = ? UNION "
            "SELECT uri FROM articles WHERE id = ?",
            (article, article, article),
        )
    ]
    DuplicateGroups(database).forget(article)
    database.run("DELETE FROM buckets WHERE article_id = ?", (article,))
    database.run("DELETE FROM articles WHERE id = ?", (article,))
    for origin in origins:
        others = database.one("SELECT 1 FROM input_articles WHERE origin = ? LIMIT 1", (origin,))
        if others is None:
            database.run("DELETE FROM inputs WHERE origin = ?", (origin,))
            database.run("DELETE FROM members WHERE origin = ?", (origin,))
            database.run("DELETE FROM fetched WHERE origin = ?", (origin,))


def clean_file(database: Database) -> None:
    """See that no bytes of what was deleted are left in the catalog.

    Raises:
        CollectionNotWritable: there is no room; nothing is lost.
        CollectionLocked: another process still reads the old state.
    """
    if not database.overwrite_deleted(_PATIENCE_S):
        raise CollectionLocked(
            "The article is removed, but another process still reads what was there before, "
            "so that its bytes cannot be overwritten. Stop the processes that have the "
            "collection open, and run the same command again."
        )


def see_room(folder: Path, free: int) -> None:
    """See that there is room for writing the catalog anew.

    Raises:
        CollectionNotWritable: there is not.
    """
    needed = 2 * (folder / CATALOG_FILE).stat().st_size + 10_000_000
    if free < needed:
        raise CollectionNotWritable(
            "Forgetting an article writes the catalog anew, which takes {needed:,.0f} MB; "
            "{free:,.0f} MB are free. Make room and try again. Nothing was changed.",
            needed=needed / 1e6,
            free=free / 1e6,
        )


def find_traces(folder: Path, traces: Traces, database: Database) -> tuple[list[str], int]:
    """Search the bytes of all files below a folder for what is left of a text.

    What another article says too, or an input is called, does not count.

    Returns:
        "file: stretch" for each that was found, and how many files were searched.
    """
    stretches = [item for item in traces.stretches() if not _is_said_elsewhere(database, item)]
    forms = {form: item for item in stretches for form in _forms(item)}
    files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
    hits = [
        f"{path.relative_to(folder)}: {forms[form]}" for path, form in search_files(files, forms)
    ]
    return list(dict.fromkeys(hits)), len(files)


def _forms(text: str) -> set[bytes]:
    """Return the bytes that a text may have: as it is, and as JSON escapes it."""
    escaped = json.dumps(text)[1:-1]
    plain = json.dumps(text, ensure_ascii=False)[1:-1]
    return {item.encode("utf-8", "replace") for item in (text, escaped, plain)}


def _is_said_elsewhere(database: Database, text: str) -> bool:
    row = database.one(
        "SELECT 1 FROM articles WHERE instr(text, ?1) + instr(title, ?1) + instr(uri, ?1) > 0 "
        "UNION SELECT 1 FROM versions WHERE instr(text, ?1) + instr(title, ?1) > 0 "
        "UNION SELECT 1 FROM removed WHERE instr(kept, ?2) + instr(uri, ?1) > 0 "
        "UNION SELECT 1 FROM duplicates WHERE instr(said, ?2) + instr(duplicates.uri, ?1) > 0 "
        "UNION SELECT 1 FROM inputs WHERE instr(origin, ?1) > 0 "
        "UNION SELECT 1 FROM members WHERE instr(origin, ?1) + instr(list, ?1) > 0 LIMIT 1",
        (text, json.dumps(text, ensure_ascii=False)[1:-1]),
    )
    return row is not None
