"""Rows of the catalog as articles, versions and paragraphs, and a table of all paragraphs."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Paragraph, Role, Version
from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, check_text, damage_error, mismatch_sql
from corpus.catalog.sqlite_file import Row
from corpus.errors import ErrorText

_CONTENT_FIELDS = tuple(
    item.name
    for item in fields(Article)
    if item.name not in ("paragraphs", "versions", "corrected", "unread")
)
_PARAGRAPH_FIELDS = tuple(item.name for item in fields(Paragraph))


@dataclass(frozen=True, slots=True)
class ParagraphRow:
    """A paragraph with its text, its catalog id and its article's title."""

    id: int
    article_id: int
    title: str
    text: str
    paragraph: Paragraph


@dataclass(frozen=True, slots=True)
class ParagraphTable:
    """One row per paragraph, as parallel arrays sorted by id; texts are not in it."""

    ids: NDArray[np.int64]
    articles: NDArray[np.int64]
    roles: NDArray[np.str_]
    languages: NDArray[np.str_]
    text_hashes: NDArray[np.bytes_]
    same_as: NDArray[np.bytes_]
    """The hash of the text that the paragraph repeats with small edits, or its own."""
    lengths: NDArray[np.int64]
    """Characters."""
    seniority: NDArray[np.int64]
    """Of articles with near-identical text, the smallest number is the original's; else 0."""


def paragraph_rows(database: Database, ids: Iterable[int]) -> Iterator[ParagraphRow]:
    """Yield paragraphs with their texts, in any order; unknown ids are left out.

    Raises:
        CollectionDamaged: one has changed on the disk.
    """
    select = (
        'SELECT paragraphs.*, title, substr(text, start + 1, "end" - start) AS body '
        "FROM paragraphs JOIN articles ON articles.id = article_id WHERE paragraphs.id IN"
    )
    for row in database.by_ids(select, ids):
        what = f"Paragraph {row['number']} of “{row['title']}”"
        check_row("paragraphs", row, what)
        check_text(row["body"], row["text_hash"], f"The text of {what[0].lower()}{what[1:]}")
        yield ParagraphRow(
            row["id"], row["article_id"], row["title"], row["body"], paragraph_of(row)
        )


def paragraph_table(database: Database) -> ParagraphTable:
    """Return what filters need of every paragraph."""
    with database.transaction(write=False):
        rows = database.all(
            "SELECT id, article_id, role, language, paragraphs.text_hash, "
            'coalesce(same.text_hash, paragraphs.text_hash), "end" - start FROM paragraphs '
            "LEFT JOIN same_paragraphs AS same ON paragraph_id = id ORDER BY id"
        )
        # The first to be published; of one day, the longest; then the first to be added.
        originals = database.all(
            "SELECT id FROM articles JOIN duplicate_groups ON article_id = id "
            "ORDER BY published IS NULL, published, length(text) DESC, id"
        )
    columns = list(zip(*map(tuple, rows), strict=True)) or [()] * 7
    articles = np.array(columns[1], dtype=np.int64)
    order = {row["id"]: place for place, row in enumerate(originals)}
    return ParagraphTable(
        np.array(columns[0], dtype=np.int64),
        articles,
        np.array(columns[2], dtype=np.str_),
        np.array(columns[3], dtype=np.str_),
        np.array(columns[4], dtype="S16"),
        np.array(columns[5], dtype="S16"),
        np.array(columns[6], dtype=np.int64),
        np.array([order.get(item, 0) for item in columns[1]], dtype=np.int64),
    )


def check_paragraphs(database: Database) -> None:
    """See that the rows that `paragraph_table` is made of are as they were written.

    Raises:
        CollectionDamaged: one is not.
    """
    row = database.one(
        f"SELECT number, article_id FROM paragraphs WHERE {mismatch_sql('paragraphs')} LIMIT 1"  # noqa: S608
    )
    if row is not None:
        raise damage_error(
            ErrorText(
                "Paragraph {number} of article {article}",
                number=row["number"],
                article=row["article_id"],
            )
        )


def paragraph_of(row: Row) -> Paragraph:
    """Return the paragraph of a row of `paragraphs`."""
    return Paragraph(
        row["number"],
        row["start"],
        row["end"],
        Role(row["role"]),
        row["language"],
        row["heading"],
        row["page"],
    )


def article_of(row: Row) -> Article:
    """Return the article of a row of `articles`, without its paragraphs."""
    return Article(
        uri=row["uri"],
        title=row["title"],
        text=row["text"],
        paragraphs=(),
        authors=tuple(json.loads(row["authors"])),
        published=_date(row["published"]),
        modified=_date(row["modified"]),
        source=row["source"],
        section=row["section"],
        language=row["language"],
        url=row["url"],
        corrected=_correction_day(row),
    )


def _correction_day(row: Row) -> date | None:
    """Return the day of the last change of its text: the stated one, or when it came here."""
    if row["replaced_at"] is None:
        return None
    if row["modified"] and row["modified"] > (row["published"] or ""):
        return _date(row["modified"])
    return datetime.fromisoformat(row["replaced_at"]).date()


def version_of(row: Row) -> Version:
    """Return the version of a row of `versions`."""
    return Version(
        row["number"],
        row["title"],
        row["text"],
        _date(row["modified"]),
        datetime.fromisoformat(row["replaced_at"]),
    )


def values_of(article: Article) -> tuple[Any, ...]:
    """Return what a row of `articles` holds of an article, from its title to its address."""
    return (
        article.title,
        article.text,
        json.dumps(article.authors, ensure_ascii=False),
        article.published and article.published.isoformat(),
        article.modified and article.modified.isoformat(),
        article.source,
        article.section,
        article.language,
        article.url,
    )


def stated_day(modified: date | None, published: date | None) -> str:
    """Return the day that a text gives for itself, in ISO form, or ""."""
    day = modified or published
    return day.isoformat() if day else ""


def is_older(article: Article, old: Row) -> bool:
    """Tell whether both state a day, and the article's is earlier than the stored one's."""
    day = stated_day(article.modified, article.published)
    return "" < day < (old["modified"] or old["published"] or "")


def content_of(article: Article) -> str:
    """Return all that an article says of itself as JSON, and not what became of it here."""
    # By hand: `dataclasses.asdict` takes longer than all else that storing an article does.
    own = {name: getattr(article, name) for name in _CONTENT_FIELDS}
    own["paragraphs"] = [
        {name: getattr(item, name) for name in _PARAGRAPH_FIELDS} for item in article.paragraphs
    ]
    own["versions"] = ()
    return json.dumps(own, ensure_ascii=False, default=str, sort_keys=True)


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)
