"""Dossiers: articles, passages and answers that belong together, with a note each.

They are the collection's, as its standing questions are, and kept in the same file.
"""

import json
import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from corpus.catalog.sql.store import SqlRow
from corpus.errors import QuestionError
from corpus.serialise import NotRestored, plain, restore
from corpus.text.normalize import replace_surrogates
from qa.conversation_file import KeptFile
from qa.results import Answer, ArticleInfo, Passage, Result

log = logging.getLogger(__name__)

TITLE_CHARACTERS = 120
NOTE_CHARACTERS = 4000
MOST_ITEMS = 500
_KINDS: dict[str, type[Any]] = {"article": ArticleInfo, "passage": Passage, "answer": Answer}


@dataclass(frozen=True, slots=True)
class DossierItem(Result):
    """One thing in a dossier: an article, a passage or an answer."""

    id: int
    added: datetime
    note: str = ""
    article: ArticleInfo | None = None
    passage: Passage | None = None
    answer: Answer | None = None

    @property
    def uris(self) -> list[str]:
        """The articles that it is of."""
        if self.article is not None:
            return [self.article.uri]
        if self.passage is not None:
            return [self.passage.article.uri]
        cited = [item.passage.article.uri for item in self.answer.citations] if self.answer else []
        return list(dict.fromkeys(cited))


@dataclass(frozen=True, slots=True)
class Dossier(Result):
    """A dossier; where dossiers are listed, without what is in it."""

    id: str
    title: str
    created: datetime
    changed: datetime
    size: int
    """How many things are in it."""
    items: tuple[DossierItem, ...] = ()

    @property
    def uris(self) -> list[str]:
        """The articles that its items are of, each once."""
        return list(dict.fromkeys(uri for item in self.items for uri in item.uris))


class Dossiers(KeptFile):
    """The dossiers of one collection; safe to use from several threads."""

    def create(self, title: str) -> str:
        """Make a dossier; return its id.

        Raises:
            QuestionError: the title is blank.
        """
        name, now = secrets.token_urlsafe(9), self.now().isoformat()
        with self._file.transaction():
            self._file.run(
                "INSERT INTO dossiers VALUES (?, ?, ?, ?)", (name, _title(title), now, now)
            )
        return name

    def all(self) -> list[Dossier]:
        """Return the dossiers without their items, the last changed first."""
        rows = self._file.all(
            "SELECT d.*, (SELECT count(*) FROM dossier_items WHERE dossier = d.id) AS size"
            " FROM dossiers AS d ORDER BY changed DESC, title"
        )
        return [_dossier(row) for row in rows]

    def find(self, name: str) -> Dossier | None:
        """Return a dossier with its items, the first one first, or None."""
        found = next((item for item in self.all() if item.id == name), None)
        if found is None:
            return None
        rows = self._file.all("SELECT * FROM dossier_items WHERE dossier = ? ORDER BY id", (name,))
        items = tuple(item for row in rows if (item := _item(row)) is not None)
        return replace(found, items=items)

    def rename(self, name: str, title: str) -> None:
        """Give a dossier another title; raises as `create` does."""
        with self._changing(name):
            self._file.run("UPDATE dossiers SET title = ? WHERE id = ?", (_title(title), name))

    def delete(self, name: str) -> None:
        """Delete a dossier; what is in it stays in the collection."""
        with self._file.transaction():
            self._file.run("DELETE FROM dossiers WHERE id = ?", (name,))

    def put(self, name: str, content: ArticleInfo | Passage | Answer, note: str = "") -> int:
        """Put something into a dossier; return its number there.

        Raises:
            QuestionError: there is no such dossier, or it is full.
        """
        kind = next(key for key, type_ in _KINDS.items() if isinstance(content, type_))
        found = next((item for item in self.all() if item.id == name), None)
        if found is None:
            raise QuestionError("There is no dossier {name}.", name=name)
        if found.size >= MOST_ITEMS:
            raise QuestionError("A dossier holds at most {most} things.", most=MOST_ITEMS)
        with self._changing(name):
            return self._file.insert(
                "INSERT INTO dossier_items (dossier, kind, content, note, added)"
                " VALUES (?, ?, ?, ?, ?)",
                (name, kind, json.dumps(plain(content)), _note(note), self.now().isoformat()),
            )

    def annotate(self, name: str, number: int, note: str) -> None:
        """Write a note on something in a dossier, in place of the one that it has."""
        with self._changing(name):
            self._file.run(
                "UPDATE dossier_items SET note = ? WHERE dossier = ? AND id = ?",
                (_note(note), name, number),
            )

    def take_out(self, name: str, number: int) -> None:
        """Take something out of a dossier."""
        with self._changing(name):
            self._file.run("DELETE FROM dossier_items WHERE dossier = ? AND id = ?", (name, number))

    @contextmanager
    def _changing(self, name: str) -> Iterator[None]:
        """Change a dossier as a whole, and note when."""
        with self._file.transaction():
            yield
            self._file.run(
                "UPDATE dossiers SET changed = ? WHERE id = ?", (self.now().isoformat(), name)
            )


def _title(text: str) -> str:
    title = " ".join(text.split())[:TITLE_CHARACTERS]
    if not title:
        raise QuestionError("A dossier needs a title.")
    return replace_surrogates(title)


def _note(text: str) -> str:
    return replace_surrogates(text.strip()[:NOTE_CHARACTERS])


def _dossier(row: SqlRow) -> Dossier:
    created, changed = (datetime.fromisoformat(row[key]) for key in ("created", "changed"))
    return Dossier(row["id"], row["title"], created, changed, int(row["size"]))


def _item(row: SqlRow) -> DossierItem | None:
    try:
        content = restore(_KINDS[row["kind"]], json.loads(row["content"]))
    except (KeyError, NotRestored, json.JSONDecodeError) as exc:
        log.warning("Something in a dossier cannot be read: %s", exc)
        return None
    added = datetime.fromisoformat(row["added"])
    item = DossierItem(int(row["id"]), added, row["note"])
    kind: dict[str, Any] = {row["kind"]: content}
    return replace(item, **kind)
