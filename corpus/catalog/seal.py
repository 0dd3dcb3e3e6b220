"""What has been embedded to the end: an embedding that is missing there was lost, not waited for.

A row that is damaged says so by its hash; one that SQLite can no longer look up, because a
block of the file was zeroed, says nothing. Ids are never used twice, so that the largest id
of windows and of sentences at the end of embedding is all that has to be kept.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from corpus.catalog.database import Database
from corpus.catalog.integrity import loss_error, text_hash

SEAL_SETTING = "embedded_through"


@dataclass(frozen=True, slots=True)
class Seal:
    """What was embedded to the end."""

    window: int = 0
    """All windows up to this id."""
    sentence: int = 0
    """All sentences up to this id."""
    background: str = ""
    """The hash of the general texts that a question is compared with (`index.reference`)."""

    def covers(self, texts: Sequence[str]) -> bool:
        """Tell whether just these general texts were embedded."""
        return self.background == _name(texts)


def seal_of(database: Database, model: str) -> Seal:
    """Return how far everything was embedded by the model of this fingerprint.

    A note that is damaged itself protects nothing, until everything is embedded again.
    """
    try:
        kept = json.loads(database.setting(SEAL_SETTING) or "{}")
        if kept["model"] != model:
            return Seal()
        seal = kept["seal"]
        return Seal(int(seal["window"]), int(seal["sentence"]), str(seal["background"]))
    except (ValueError, KeyError, TypeError):
        return Seal()


def put_seal(database: Database, model: str, background: Sequence[str]) -> None:
    """Note that all that there is now has been embedded; the caller holds the write lock."""
    seal = Seal(_last(database, "windows"), _last(database, "sentences"), _name(background))
    if seal_of(database, model) != seal:
        kept = {"model": model, "seal": asdict(seal)}
        database.set_setting(SEAL_SETTING, json.dumps(kept))


def lift_seal(database: Database) -> None:
    """Let what is missing count as not embedded yet, until everything is embedded again."""
    database.set_setting(SEAL_SETTING, "{}")


def count_lost_embeddings(database: Database, model: str, background: Sequence[str]) -> int:
    """Return how many windows, sentences and general texts have lost their embedding."""
    seal = seal_of(database, model)
    hashes = [text_hash(text) for text in background] if seal.covers(background) else []
    texts = sum(
        database.one("SELECT 1 FROM embeddings WHERE text_hash = ? AND model = ?", (item, model))
        is None
        for item in hashes
    )
    return texts + sum(
        int(
            database.one(
                f"SELECT count(*) FROM {table} WHERE id <= ? AND NOT EXISTS (SELECT 1 FROM "  # noqa: S608
                f"embeddings WHERE embeddings.text_hash = {table}.text_hash AND model = ?)",
                (last, model),
            )[0]
        )
        for table, last in (("windows", seal.window), ("sentences", seal.sentence))
    )


def check_windows_found(database: Database, seal: Seal, found: int) -> None:
    """See that as many windows up to the seal have an embedding as there are.

    Raises:
        CollectionDamaged: some have lost theirs.
    """
    row = database.one("SELECT count(*) FROM windows WHERE id <= ?", (seal.window,))
    if found < row[0]:
        raise loss_error(f"The embedding of {row[0] - found:,} stretches of text")


def _last(database: Database, table: str) -> int:
    return int(database.one(f"SELECT coalesce(max(id), 0) FROM {table}")[0])  # noqa: S608


def _name(texts: Sequence[str]) -> str:
    return text_hash("\n".join(texts)).hex()
