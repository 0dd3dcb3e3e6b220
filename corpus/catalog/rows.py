"""Rows of the catalog as articles, versions and paragraphs, and a table of all paragraphs."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.article import Article, Paragraph, Role, Version
from corpus.catalog.database import Database
from corpus.catalog.integrity import check_row, check_text, damage_error
from corpus.catalog.sql.store import SqlRow
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
    role_codes: NDArray[np.int8]
    """Places in `ROLES`."""
    language_codes: NDArray[np.int16]
    """Places in `language_names`."""
    text_hashes: NDArray[np.bytes_]
    same_as: NDArray[np.bytes_]
    """The hash of the text that the paragraph repeats with small edits, or its own."""
    lengths: NDArray[np.int32]
    """Characters."""
    seniority: NDArray[np.int64]
    """Of articles with near-identical text, the smallest number is the original's; else 0."""
    language_names: tuple[str, ...]

    @property
    def roles(self) -> NDArray[np.str_]:
        """The role of each paragraph."""
        return np.array(ROLES)[self.role_codes]

    @property
    def languages(self) -> NDArray[np.str_]:
        """The language of each paragraph."""
        return np.array([*self.language_names, ""])[self.language_codes]

    def take(self, ids: NDArray[np.int64]) -> "ParagraphTable":
        """Return the rows of ascending ids; those that are not there are left out."""
        at = places_of(self.ids, ids)
        rows = {name: getattr(self, name)[at] for name in COLUMNS}
        return ParagraphTable(**rows, language_names=self.language_names)

    def with_changes(self, changed: Sequence[int], rows: "ParagraphTable") -> "ParagraphTable":
        """Return a copy in which `rows` stand in the place of what was under some ids."""
        gone = places_of(self.ids, np.array(changed, dtype=np.int64))
        strange = [name for name in rows.language_names if name not in self.language_names]
        names = (*self.language_names, *strange)
        theirs = np.array([names.index(name) for name in rows.language_names], dtype=np.int16)
        new = replace(rows, language_codes=theirs[rows.language_codes], language_names=names)
        order: NDArray[np.int64] | None = None
        joined = {}
        for name in COLUMNS:
            kept = getattr(self, name)
            kept = np.delete(kept, gone) if len(gone) else kept
            column = np.concatenate([kept, getattr(new, name)])
            if name == "ids" and (column[1:] < column[:-1]).any():
                order = np.argsort(column, kind="stable")
            joined[name] = column if order is None else column[order]
        return ParagraphTable(**joined, language_names=names)


ROLES = tuple(role.value for role in Role)
COLUMNS = tuple(item.name for item in fields(ParagraphTable) if item.name != "language_names")


def places_of(ids: NDArray[np.int64], wanted: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the places in ascending `ids` of those of `wanted` that are there.

    >>> places_of(np.array([2, 5, 9]), np.array([9, 3, 2])).tolist()
    [2, 0]
    """
    at = np.searchsorted(ids, wanted)
    there = at < len(ids)
    there[there] = ids[at[there]] == wanted[there]
    return at[there]


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


_TABLE = """
SELECT paragraphs.*, coalesce(same.text_hash, paragraphs.text_hash) AS same_as,
    CASE WHEN group_id IS NULL THEN 0 ELSE coalesce(
        (CAST(coalesce(replace(published, '-', ''), '100000000') AS BIGINT) << 24)
        + (CASE WHEN length(text) < 16777215 THEN 16777215 - length(text) ELSE 0 END), 0
    ) END AS seniority
FROM paragraphs
LEFT JOIN same_paragraphs AS same ON paragraph_id = paragraphs.id
LEFT JOIN duplicate_groups AS grouped ON grouped.article_id = paragraphs.article_id
LEFT JOIN articles ON articles.id = grouped.article_id
"""
"""The original of a group is the first to be published; of one day, the longest."""


def paragraph_table(database: Database, ids: Sequence[int] | None = None) -> ParagraphTable:
    """Return what filters need of paragraphs.

    Args:
        database: the catalog's.
        ids: of these alone, each row compared with its hash; or of all.

    Raises:
        CollectionDamaged: a row has changed on the disk.
    """
    if ids is None:
        rows = database.all(f"{_TABLE} ORDER BY paragraphs.id")
    else:
        rows = sorted(
            database.by_ids(f"{_TABLE} WHERE paragraphs.id IN", ids), key=lambda row: int(row["id"])
        )
        for row in rows:
            check_row("paragraphs", row, _name(row))
    names = tuple(sorted({row["language"] for row in rows}))
    roles = {name: place for place, name in enumerate(ROLES)}
    languages = {name: place for place, name in enumerate(names)}
    return ParagraphTable(
        np.array([row["id"] for row in rows], dtype=np.int64),
        np.array([row["article_id"] for row in rows], dtype=np.int64),
        np.array([roles[row["role"]] for row in rows], dtype=np.int8),
        np.array([languages[row["language"]] for row in rows], dtype=np.int16),
        np.array([row["text_hash"] for row in rows], dtype="S16"),
        np.array([row["same_as"] for row in rows], dtype="S16"),
        np.array([row["end"] - row["start"] for row in rows], dtype=np.int32),
        np.array([row["seniority"] for row in rows], dtype=np.int64),
        names,
    )


def check_paragraphs(database: Database) -> None:
    """See that the rows that `paragraph_table` is made of are as they were written.

    Raises:
        CollectionDamaged: one is not.
    """
    row = database.one(
        "SELECT number, article_id FROM paragraphs "  # noqa: S608
        f"WHERE {database.mismatch_sql('paragraphs')} LIMIT 1"
    )
    if row is not None:
        raise damage_error(_name(row))


def _name(row: SqlRow) -> ErrorText:
    return ErrorText(
        "Paragraph {number} of article {article}", number=row["number"], article=row["article_id"]
    )


def paragraph_of(row: SqlRow) -> Paragraph:
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


def article_of(row: SqlRow) -> Article:
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


def _correction_day(row: SqlRow) -> date | None:
    """Return the day of the last change of its text: the stated one, or when it came here."""
    if row["replaced_at"] is None:
        return None
    if row["modified"] and row["modified"] > (row["published"] or ""):
        return _date(row["modified"])
    return datetime.fromisoformat(row["replaced_at"]).date()


def version_of(row: SqlRow) -> Version:
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


def is_older(article: Article, old: SqlRow) -> bool:
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
