"""Forgetting an article everywhere: catalog, indexes, copies, conversations; and verifying it."""

import shutil
from dataclasses import dataclass
from pathlib import Path

from corpus.catalog.backup import free_bytes
from corpus.catalog.database import Database
from corpus.catalog.erase import (
    PENDING_SETTING,
    clean_file,
    find_traces,
    forget_rows,
    see_room,
)
from corpus.errors import CollectionError
from index.reference import background_texts
from qa.chat_history import ConversationStore
from qa.conversation_file import conversation_place


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was deleted, and what was searched afterwards."""

    uri: str
    embeddings: int
    """Deleted, of this article and of others that were removed before."""
    answers: int
    """Of kept conversations, that quoted the article."""
    files: int
    """Whose bytes were searched for its text, without finding any."""


class NotForgotten(CollectionError):
    """Some of an article's text is still in a file of the collection, or may be."""


def forget(database: Database, folder: Path, uri: str) -> Forgotten:
    """Delete all that the collection's folder holds of an article; the caller holds the lock.

    Of a collection in PostgreSQL the rows go, and what is built from them here; what the server's
    log and its backups hold is its administrators' to delete.

    Raises:
        ArticleNotFound: there is none with this URI.
        CollectionNotWritable: there is no room for writing the catalog anew.
        CollectionLocked: another process still reads what was there before.
        NotForgotten: text of the article was found in a file afterwards, or the files could
            not be searched.
    """
    if database.server is None:
        see_room(folder, free_bytes(folder))
    traces, embeddings = forget_rows(database, uri, background_texts())
    # Indexes hold terms and vectors; the next question has them built without these.
    shutil.rmtree(folder / "copies", ignore_errors=True)
    for pattern in ("catalog.schema-*.sqlite3", ".catalog.schema-*"):
        for kept in folder.glob(pattern):
            kept.unlink()
    answers = 0
    place = conversation_place(database.server or folder)
    if not isinstance(place, Path) or place.is_file():
        store = ConversationStore(place)
        try:
            answers = store.forget_article(uri)
        finally:
            store.close()
    clean_file(database)
    try:
        left, files = find_traces(folder, traces, database)
    except OSError as exc:
        raise NotForgotten(
            f"{uri} is removed, but the collection's files could not be searched for what is left "
            f"of its text: {exc}. Run the same command again."
        ) from exc
    if left:
        raise NotForgotten(
            f"{uri} is removed, but its text is still in {left[0]!r}"
            + (f" and {len(left) - 1} other places" if len(left) > 1 else "")
            + ". If that file is yours, delete it from the collection's folder; a question that "
            "repeats the text can be deleted in the chat. Then run the same command again."
        )
    with database.transaction():
        database.run("DELETE FROM meta WHERE key = ?", (PENDING_SETTING,))
    return Forgotten(uri, embeddings, answers, files)
