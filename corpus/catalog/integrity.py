"""Hashes of the catalog's rows: a bit that has changed on the disk is noticed, not shown.

SQLite has no checksums of its own. Each row that matters carries a hash of its
other columns (migrations 0005 to 0007), written by triggers and compared where the row is
read for a user, where indexes are built, and for all rows by `rotten_rows`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from corpus.errors import CollectionDamaged

HASHED: Mapping[str, tuple[str, ...]] = {
    "articles": (
        "id", "uri", "title", "authors", "published", "modified", "source", "section",
        "language", "url", "text_hash",
    ),
    "versions": ("article_id", "title", "text", "modified", "replaced_at"),
    "paragraphs": (
        "id", "article_id", "number", "start", "end", "role", "language", "heading", "page",
        "text_hash",
    ),
    "windows": ("id", "paragraph_id", "start", "end", "text_hash"),
    "sentences": ("id", "paragraph_id", "start", "end", "text_hash"),
    "embeddings": ("text_hash", "model", "vector"),
    "corrections": ("article_id", "field", "value", "read"),
    "duplicates": ("origin", "uri", "article_id", "said"),
    "removed": ("id", "uri", "text_hash", "removed_at", "kept"),
    "changes": ("seq", "paragraph_id", "salt"),
}  # fmt: skip
"""Table -> the columns that its `row_hash` is of, in this order."""
_TEXTS = frozenset(
    "uri title authors published modified source section language url text replaced_at role "
    "heading model field value read origin said removed_at kept".split()
)
_ADVICE = "`article-qa doctor --deep --repair` finds what is damaged and mends what can be."


def hash_of(*values: bytes | str | int | float | None) -> bytes:
    """Return 16 bytes of blake2b over some values, with their lengths and what is NULL.

    A text and its UTF-8 bytes have the same hash: SQL hands over texts as bytes, since a
    damaged one may no longer be text.
    """
    parts = []
    for value in values:
        if value is None:
            parts.append(b"-")
            continue
        data = value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")
        parts.append(b"%d:%b" % (len(data), data))
    return hashlib.blake2b(b"".join(parts), digest_size=16).digest()


def row_hash_sql(table: str, alias: str = "") -> str:
    """Return SQL for the hash that a row of `table` should have."""
    prefix = f"{alias}." if alias else ""
    columns = ", ".join(
        f"CAST({prefix}{name} AS BLOB)" if name in _TEXTS else f'{prefix}"{name}"'
        for name in HASHED[table]
    )
    return f"hash_of({columns})"


def mismatch_sql(table: str, alias: str = "") -> str:
    """Return an SQL condition that holds for the damaged rows of `table`."""
    prefix = f"{alias}." if alias else ""
    return f"{prefix}row_hash IS NOT {row_hash_sql(table, alias)}"


def text_hash(text: str) -> bytes:
    """Return 16 bytes of sha256: the name of a text."""
    return hashlib.sha256(text.encode()).digest()[:16]


def check_row(table: str, row: Any, what: str) -> None:
    """See that a row, with its `row_hash` and all its hashed columns, is as it was written.

    Raises:
        CollectionDamaged: it is not; the message names `what`.
    """
    if not is_intact(table, row):
        raise damage_error(what)


def is_intact(table: str, row: Any) -> bool:
    """Tell whether a row is as it was written; of a server's rows the server sees to that."""
    if getattr(row, "kept_by_server", False):
        return True
    return bool(row["row_hash"] == hash_of(*(row[name] for name in HASHED[table])))


def check_text(text: str, expected: bytes, what: str) -> None:
    """See that a text is the one that was hashed by `text_hash`.

    Raises:
        CollectionDamaged: it is not; the message names `what`.
    """
    if hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16] != expected:
        raise damage_error(what)


def damage_error(what: str) -> CollectionDamaged:
    """Return the error that says what has changed on the disk, and what to do."""
    return CollectionDamaged(
        "{what} has changed on the disk since it was written. {advice}", what=what, advice=_ADVICE
    )


def loss_error(what: str) -> CollectionDamaged:
    """Return the error for what the catalog once held and can no longer be found in it."""
    return CollectionDamaged(
        "{what} has been lost from the catalog's file. {advice}", what=what, advice=_ADVICE
    )
