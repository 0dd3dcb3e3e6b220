"""Rows of the catalog that have changed on the disk, and how they are made again.

Windows, sentences and embeddings are made again from the texts. An article is read
again from the file that it came from, where that is still there. Nothing is fetched.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corpus.article import Article
from corpus.catalog.articles import Catalog
from corpus.catalog.changes import restart_log
from corpus.catalog.corrections import Corrections, with_metadata
from corpus.catalog.database import Database, open_database
from corpus.catalog.embeddings import count_lost_embeddings, lift_seal
from corpus.catalog.integrity import mismatch_sql, text_hash
from corpus.catalog.statistics import recount, wrong_counts
from corpus.errors import ArticleQAError
from corpus.ingest.pipeline import ingest
from corpus.web.addresses import path_of
from index.encoder import Encoder
from index.reference import background_texts
from index.store.keeper import MODEL_SETTING
from index.sync import Synchroniser


@dataclass(frozen=True, slots=True)
class DamagedRows:
    """A row, or rows of one kind, that changed on the disk."""

    table: str
    article: int
    """The article's id, or 0."""
    message: str
    mendable: bool
    origins: tuple[str, ...] = ()
    """Files that the article can be read from again."""


_LOST = {
    "versions": "earlier versions",
    "corrections": "corrections",
    "removed": "removed articles",
}


def find_damaged(database: Database) -> list[DamagedRows]:
    """Return what has changed on the disk: an entry per article, and one for each other table."""
    found = [
        DamagedRows(table, 0, f"{count:,} {table} have changed on the disk; made again from the "
               f"{'files' if table == 'duplicates' else 'texts'}", True)
        for table in ("embeddings", "windows", "sentences", "duplicates", "changes", "counts")
        if (count := _count(database, table))
    ]  # fmt: skip
    model = database.setting(MODEL_SETTING) or ""
    if lost := count_lost_embeddings(database, model, background_texts()):
        text = f"{lost:,} embeddings are missing; made again from the texts"
        found.append(DamagedRows("embeddings", 0, text, True))
    found += [
        DamagedRows(table, 0, f"{count:,} {what} have changed on the disk. Restore a backup", False)
        for table, what in _LOST.items()
        if (count := _count(database, table))
    ]
    return found + [_article(database, item) for item in _articles(database)]


def _count(database: Database, table: str) -> int:
    if table == "counts":
        return wrong_counts(database)
    return int(
        database.one(f"SELECT count(*) FROM {table} WHERE {mismatch_sql(table)}")[0]  # noqa: S608
    )


def _articles(database: Database) -> list[int]:
    """Return the ids of articles whose text, metadata or paragraphs have changed."""
    ids = {
        row["id"]
        for row in database.all(f"SELECT id FROM articles WHERE {mismatch_sql('articles')}")  # noqa: S608
    }
    ids |= {
        row["article_id"]
        for row in database.all(
            f"SELECT article_id FROM paragraphs WHERE {mismatch_sql('paragraphs')}"  # noqa: S608
        )
    }
    for row in database.all("SELECT id FROM articles"):
        one = database.one(
            "SELECT CAST(text AS BLOB) AS text, text_hash FROM articles WHERE id = ?", (row["id"],)
        )
        if text_hash_of(one["text"]) != one["text_hash"]:
            ids.add(row["id"])
    return sorted(ids)


def text_hash_of(data: bytes) -> bytes:
    """Return the hash that a text of these bytes has; b"" where they are no text."""
    try:
        return text_hash(data.decode("utf-8"))
    except UnicodeDecodeError:
        return b""


def _article(database: Database, article: int) -> DamagedRows:
    row = database.one("SELECT CAST(uri AS BLOB) AS uri FROM articles WHERE id = ?", (article,))
    name = row["uri"].decode("utf-8", "replace") if row else f"article {article}"
    origins = tuple(
        item["origin"]
        for item in database.all(
            "SELECT origin FROM input_articles WHERE article_id = ? AND origin LIKE 'file:%'",
            (article,),
        )
    )
    there = tuple(item for item in origins if path_of(item).is_file())
    if there:
        return DamagedRows("articles", article, f"{name} has changed on the disk; read again from "
                      f"{path_of(there[0])}", True, there)  # fmt: skip
    lost = "Its file is not there any more" if origins else "It did not come from a file"
    text = f"{name} has changed on the disk. {lost}: add it again, or restore a backup"
    return DamagedRows("articles", article, text, False)


def repair_rows(
    database: Database, folder: Path, found: Sequence[DamagedRows], encoder: Encoder | None
) -> Iterator[tuple[DamagedRows, bool]]:
    """Make anew what can be; yield each entry with whether it was. The caller holds the lock."""
    done = {item: item.mendable and _repair_row(database, item) for item in found}
    embedded = True
    if any(done.values()):
        # Before anything rests on what is gone.
        with database.transaction():
            database.raise_generation()
        embedded = _embed_missing(database, folder, encoder)
    for item, mended in done.items():
        yield item, mended and (embedded or item.table == "articles")


def _repair_row(database: Database, item: DamagedRows) -> bool:
    if item.table == "articles":
        return any(_read_again(database, item.article, origin) for origin in item.origins)
    with database.transaction():
        if item.table == "counts":
            recount(database)
            return True
        if item.table == "changes":
            restart_log(database)
            return True
        condition = mismatch_sql(item.table)
        if item.table == "embeddings":
            database.run(f"DELETE FROM embeddings WHERE {condition}")  # noqa: S608
            lift_seal(database)
            return True
        if item.table == "duplicates":
            # Their inputs count as incomplete then, and are read again.
            database.run(f"DELETE FROM duplicates WHERE {condition}")  # noqa: S608
            return True
        flag = "windowed" if item.table == "windows" else "in_sentences"
        # Which paragraph a damaged row belongs to is not known: all are divided anew.
        database.run(f"DELETE FROM {item.table}")  # noqa: S608
        database.run(f"UPDATE paragraphs SET {flag} = 0")  # noqa: S608
    return True


def _embed_missing(database: Database, folder: Path, encoder: Encoder | None) -> bool:
    if encoder is None:
        return False
    sync = Synchroniser(database, folder, encoder)
    shutil.rmtree(folder / "copies", ignore_errors=True)
    sync.embed()
    return True


def _read_again(database: Database, article: int, origin: str) -> bool:
    """Read an input again into a catalog of its own, and take the article from there."""
    row = database.one("SELECT options FROM inputs WHERE origin = ?", (origin,))
    options: list[Any] = json.loads(row["options"] or "[]") if row else []
    columns, group_by = (options[1], options[2]) if len(options) == 3 else (None, None)
    with tempfile.TemporaryDirectory(prefix="article-qa-mend-") as folder:
        fresh = open_database(Path(folder), create=True)
        try:
            ingest(fresh, [path_of(origin)], columns=columns, group_by=group_by)
            found = _the_same(database, article, fresh)
        except ArticleQAError:
            return False
        finally:
            fresh.close()
    return found is not None and _write(database, article, found)


def _the_same(database: Database, article: int, fresh: Database) -> Article | None:
    """Return the article among those just read: by its address, or by its text's hash."""
    row = database.one(
        "SELECT CAST(uri AS BLOB) AS uri, text_hash FROM articles WHERE id = ?", (article,)
    )
    catalog = Catalog(fresh)
    uris = [item["uri"] for item in fresh.all("SELECT uri FROM articles")]
    name = row["uri"].decode("utf-8", "replace")
    if name in uris:
        return catalog.article(name)
    same = fresh.one("SELECT uri FROM articles WHERE text_hash = ?", (row["text_hash"],))
    return None if same is None else catalog.article(same["uri"])


def _write(database: Database, article: int, found: Article) -> bool:
    """Write an article anew under its id, with the corrections that the user made."""
    with database.transaction():
        database.run("UPDATE articles SET uri = ? WHERE id = ?", (found.uri, article))
        values = Corrections(database).of(found.uri)
        Catalog(database).rewrite(with_metadata(found, values))
    return True
