"""Conversations that last: what was asked and answered, and what people said of the answers.

A SQLite file of its own beside the catalog: like the articles, it is what users gave and may
not be lost. Each conversation belongs to one owner, a browser or a user; no method shows
anyone another's. Safe to call from several threads; several processes may share the file.
"""

import json
import logging
import re
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from corpus.catalog.sql.store import SqlRow
from corpus.serialise import NotRestored, plain, restore
from corpus.text.normalize import replace_surrogates
from qa.conversation_file import KeptFile
from qa.results import Answer

log = logging.getLogger(__name__)

TITLE_CHARACTERS = 80
NOTE_CHARACTERS = 4000
MOST_LISTED = 200
SNIPPET_CHARACTERS = 120
FORGOTTEN = "(An article that this answer quoted was forgotten.)"


_MARKERS = re.compile(r"(?: ?\[\d+\])+")


class TurnState(StrEnum):
    """How far a question has come."""

    WAITING = "waiting"
    ANSWERED = "answered"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation without its turns."""

    id: str
    title: str
    created: datetime
    changed: datetime
    snippet: str = ""
    """What it found, or where in it the searched words are; where it is listed."""


@dataclass(frozen=True, slots=True)
class ChatTurn:
    """A question and what came of it."""

    number: int
    """From 1, in the conversation."""
    key: str
    """Of this asking: a question that is asked again has another."""
    question: str
    filters: Mapping[str, Any]
    """What it was asked with beside its words; JSON's types."""
    state: TurnState
    said: str = ""
    """What to say in place of an answer, where there is none."""
    answer: Answer | None = None
    helpful: bool | None = None
    note: str = ""


class ConversationStore(KeptFile):
    """The conversations of one collection."""

    # Conversations

    def start(self, owner: str, title: str) -> str:
        """Make a conversation; return its id, which cannot be guessed."""
        name, now = secrets.token_urlsafe(12), self.now().isoformat()
        with self._file.transaction():
            self._file.run(
                "INSERT INTO conversations VALUES (?, ?, ?, ?, ?)",
                (name, owner, _title(title), now, now),
            )
        return name

    def list_conversations(self, owner: str, search: str = "") -> list[Conversation]:
        """Return an owner's conversations, the last changed first.

        With `search`, those whose title, questions or answers hold all of its words. Each has
        the beginning of what was found as its `snippet`, or the place of the first of the words.
        """
        wanted = [word.casefold() for word in search[:TITLE_CHARACTERS].split()]
        first = wanted[0] if wanted else ""
        sql = (
            "SELECT id, title, created, changed, (SELECT said FROM turns WHERE conversation = c.id"
            " AND state = ? ORDER BY instr(folded(said), ?) = 0, number LIMIT 1) AS text"
            " FROM conversations AS c WHERE owner = ?"
        )
        values = [TurnState.ANSWERED, first, owner]
        for word in wanted:
            sql += (
                " AND (instr(folded(title), ?) > 0 OR EXISTS (SELECT 1 FROM turns WHERE"
                " conversation = c.id AND instr(folded(question || ' ' || said), ?) > 0))"
            )
            values += [word] * 2
        rows = self._file.all(
            f"{sql} ORDER BY changed DESC, rowid DESC LIMIT {MOST_LISTED}", values
        )
        return [
            replace(_conversation(row), snippet=excerpt(row["text"] or "", first)) for row in rows
        ]

    def find(self, owner: str, conversation: str) -> Conversation | None:
        """Return one of an owner's conversations, or None."""
        rows = self._file.all(
            "SELECT id, title, created, changed FROM conversations WHERE owner = ? AND id = ?",
            (owner, conversation),
        )
        return _conversation(rows[0]) if rows else None

    def rename(self, owner: str, conversation: str, title: str) -> None:
        """Give a conversation another title; a blank one changes nothing."""
        if title.strip():
            with self._file.transaction():
                self._file.run(
                    "UPDATE conversations SET title = ? WHERE owner = ? AND id = ?",
                    (_title(title), owner, conversation),
                )

    def delete(self, owner: str, conversation: str) -> None:
        """Delete a conversation with its turns and what was said of them."""
        with self._file.transaction():
            self._file.run(
                "DELETE FROM conversations WHERE owner = ? AND id = ?", (owner, conversation)
            )

    # Turns

    def turns(self, owner: str, conversation: str) -> list[ChatTurn]:
        """Return a conversation's turns, the first one first; of another owner's, none."""
        rows = self._file.all(
            "SELECT turns.* FROM turns JOIN conversations ON id = conversation"
            " WHERE owner = ? AND conversation = ? ORDER BY number",
            (owner, conversation),
        )
        return [_turn(row) for row in rows]

    def ask(
        self,
        owner: str,
        conversation: str,
        question: str,
        filters: Mapping[str, Any] = MappingProxyType({}),
        *,
        replacing: int | None = None,
    ) -> ChatTurn | None:
        """Note a question as waiting for its answer.

        Args:
            owner: whose conversation it is.
            conversation: its id.
            question: as it was typed.
            filters: what it is asked with; of JSON's types.
            replacing: the turn in whose place it is asked; that and all later ones go.

        Returns:
            The turn, or None where the owner has no such conversation.
        """
        key = secrets.token_urlsafe(12)
        with self._file.transaction():
            if self.find(owner, conversation) is None:
                return None
            if replacing is not None:
                self._file.run(
                    "DELETE FROM turns WHERE conversation = ? AND number >= ?",
                    (conversation, replacing),
                )
            (row,) = self._file.all(
                "SELECT coalesce(max(number), 0) + 1 AS next FROM turns WHERE conversation = ?",
                (conversation,),
            )
            turn = ChatTurn(
                row["next"], key, replace_surrogates(question), dict(filters), TurnState.WAITING
            )
            self._file.run(
                "INSERT INTO turns (conversation, number, key, question, filters, state, said)"
                " VALUES (?, ?, ?, ?, ?, ?, '')",
                (conversation, turn.number, key, turn.question, _json(filters), turn.state),
            )
            self._file.run(
                "UPDATE conversations SET changed = ? WHERE id = ?",
                (self.now().isoformat(), conversation),
            )
        return turn

    def settle(
        self, key: str, state: TurnState, *, answer: Answer | None = None, said: str = ""
    ) -> bool:
        """Note what came of a question; only the first word counts.

        Returns:
            Whether the question was still there and waiting.
        """
        text = answer.text if answer is not None else said
        kept = None if answer is None else _json(plain(answer))

        def write() -> int:
            with self._file.transaction():
                return self._file.run(
                    "UPDATE turns SET state = ?, answer = ?, said = ? WHERE key = ? AND state = ?",
                    (state, kept, replace_surrogates(text), key, TurnState.WAITING),
                )

        return self._file.retry(write) == 1

    # What people say of answers

    def rate(
        self, owner: str, conversation: str, number: int, helpful: bool | None, note: str = ""
    ) -> None:
        """Note whether an answer helped; None takes that back."""
        with self._file.transaction():
            self._file.run(
                "UPDATE turns SET helpful = ?, note = ? WHERE number = ? AND state = ? AND"
                " conversation = (SELECT id FROM conversations WHERE owner = ? AND id = ?)",
                (
                    helpful,
                    "" if helpful is None else replace_surrogates(note.strip()[:NOTE_CHARACTERS]),
                    number,
                    TurnState.ANSWERED,
                    owner,
                    conversation,
                ),
            )

    def rated_turns(self) -> Iterator[ChatTurn]:
        """Yield all turns that someone said something of, of all owners, the oldest first."""
        rows = self._file.all(
            "SELECT turns.* FROM turns JOIN conversations ON id = conversation"
            " WHERE helpful IS NOT NULL ORDER BY created, number"
        )
        for row in rows:
            turn = _turn(row)
            if turn.answer is not None:
                yield turn

    def forget_article(self, uri: str) -> int:
        """Take the answers that name an article, and what was said of them, out of the file.

        The questions stay; dossiers lose what names it. Returns how many answers that were, of
        all owners.
        """
        held = self._file.all("SELECT id, content FROM dossier_items")
        items = [row["id"] for row in held if _names(json.loads(row["content"]), uri)]
        rows = self._file.all("SELECT key, answer FROM turns WHERE answer IS NOT NULL")
        keys = [row["key"] for row in rows if _names(json.loads(row["answer"]), uri)]
        with self._file.transaction():
            for item in items:
                self._file.run("DELETE FROM dossier_items WHERE id = ?", (item,))
            for key in keys:
                self._file.run(
                    "UPDATE turns SET state = ?, answer = NULL, said = ?, helpful = NULL,"
                    " note = '' WHERE key = ?",
                    (TurnState.FAILED, FORGOTTEN, key),
                )
        self._file.overwrite_deleted()
        return len(keys)


def _names(value: Any, uri: str) -> bool:
    """Tell whether an answer, as JSON, has this URI anywhere."""
    if isinstance(value, dict):
        return any(_names(item, uri) for item in value.values())
    if isinstance(value, list):
        return any(_names(item, uri) for item in value)
    return bool(value == uri)


def _conversation(row: SqlRow) -> Conversation:
    return Conversation(
        row["id"],
        row["title"],
        datetime.fromisoformat(row["created"]),
        datetime.fromisoformat(row["changed"]),
    )


def _turn(row: SqlRow) -> ChatTurn:
    state, said, answer = TurnState(row["state"]), row["said"], None
    if row["answer"] is not None:
        try:
            answer = _restore(row["answer"])
            said = ""
        except (NotRestored, json.JSONDecodeError) as exc:
            # Written by a later version or damaged: its words are still there.
            log.warning("A kept answer cannot be read, its text is shown: %s", exc)
            state = TurnState.FAILED
    return ChatTurn(
        row["number"],
        row["key"],
        row["question"],
        json.loads(row["filters"]),
        state,
        said,
        answer,
        None if row["helpful"] is None else bool(row["helpful"]),
        row["note"],
    )


@lru_cache(maxsize=128)
def _restore(text: str) -> Answer:
    """Return a kept answer; those of a conversation are read again with each of its questions."""
    return restore(Answer, json.loads(text))


def excerpt(text: str, word: str = "") -> str:
    r"""Return a line of a text from where a word is, or from its beginning, without markers.

    >>> excerpt("Am 3. Mai [1][2]\nfährt sie.")
    'Am 3. Mai fährt sie.'
    """
    line = " ".join(_MARKERS.sub("", text).split())
    at = line.casefold().find(word) if word else 0
    start = 0
    if at + len(word) > SNIPPET_CHARACTERS // 2:
        start = line.rfind(" ", 0, max(at - SNIPPET_CHARACTERS // 3, 0)) + 1
    piece = line[start : start + SNIPPET_CHARACTERS]
    if start + len(piece) < len(line):
        piece = (piece.rpartition(" ")[0] or piece) + " …"
    return ("… " if start else "") + piece


def _json(value: Any) -> str:
    return replace_surrogates(json.dumps(value if not isinstance(value, Mapping) else dict(value)))


def _title(text: str) -> str:
    r"""Return a title of one line.

    >>> _title("  Wann fährt\ndie Bahn? ")
    'Wann fährt die Bahn?'
    """
    line = " ".join(replace_surrogates(text[: 20 * TITLE_CHARACTERS]).split())
    if len(line) <= TITLE_CHARACTERS:
        return line
    start = line[: TITLE_CHARACTERS - 2]
    return (start.rpartition(" ")[0] or start) + " …"
