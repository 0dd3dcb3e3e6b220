"""A unigram tokenizer for a few texts, without loading its 250,000 pieces.

How a text is divided depends only on the pieces that occur in it. A table of hashes beside the
model says which of a text's stretches are pieces; the tokenizer that is made of those alone
divides the text as the whole one does, and is made in milliseconds rather than in a second.
"""

import hashlib
import json
import logging
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.arrays import Ids

log = logging.getLogger(__name__)

TABLE = "pieces.npy"
FRAME = "pieces.json"
_ROW = np.dtype([("hash", "<u8"), ("id", "<i4"), ("score", "<f8")])
_Piece = tuple[int, float]
"""Its id and its score."""


class PieceTable:
    """The pieces of one tokenizer: a file of hashes, sorted, and all else that describes it."""

    def __init__(self, frame: dict[str, Any], rows: NDArray[Any]) -> None:
        from tokenizers import Tokenizer

        self._frame = frame
        self._rows = rows
        self._longest = int(frame["longest"])
        self._always = {str(piece): (int(at), float(score)) for piece, at, score in frame["always"]}
        self._special = [str(token["content"]) for token in frame["tokenizer"]["added_tokens"]]
        self._known: dict[str, dict[str, _Piece]] = {}
        """The pieces of each word that was met; few, as the whole tokenizer is loaded for many."""
        self._divider = Tokenizer.from_str(self._describe(sorted(self._always.items(), key=_place)))

    def tokenizer_for(self, texts: Sequence[str]) -> tuple[Any, Ids] | None:
        """Return a tokenizer that divides these texts, and the ids that its own stand for.

        Returns:
            None where a text writes one of the special tokens out, which are met before words.
        """
        from tokenizers import Tokenizer

        if any(special in text for text in texts for special in self._special):
            return None
        pieces = self._pieces_of(texts)
        ordered = sorted((self._always | pieces).items(), key=_place)
        ids = np.array([at for _, (at, _) in ordered], dtype=np.int64)
        tokenizer = Tokenizer.from_str(self._describe(ordered, normalizer=None))
        # Its table of characters takes longer to read than everything else.
        tokenizer.normalizer = self._divider.normalizer
        return tokenizer, ids

    def _pieces_of(self, texts: Iterable[str]) -> dict[str, _Piece]:
        """Return all pieces that texts could be divided into."""
        normalise = self._divider.normalizer.normalize_str
        divide = self._divider.pre_tokenizer.pre_tokenize_str
        words = {word for text in texts for word, _ in divide(normalise(text))}
        # Questions of one conversation find the same paragraphs, and texts mostly the same words.
        new = {word: self._stretches(word) for word in words if word not in self._known}
        found = self._find(list({item for stretches in new.values() for item in stretches}))
        for word, stretches in new.items():
            self._known[word] = {item: found[item] for item in stretches & found.keys()}
        return {piece: place for word in words for piece, place in self._known[word].items()}

    def _stretches(self, word: str) -> set[str]:
        return {
            word[begin:end]
            for begin in range(len(word))
            for end in range(begin + 1, min(begin + self._longest, len(word)) + 1)
        }

    def _find(self, stretches: list[str]) -> dict[str, _Piece]:
        hashes = np.array([hash_piece(stretch) for stretch in stretches], dtype=np.uint64)
        places = np.searchsorted(self._rows["hash"], hashes)
        places = np.minimum(places, len(self._rows) - 1)
        held = np.flatnonzero(self._rows["hash"][places] == hashes)
        rows = self._rows[places[held]]
        return {
            stretches[number]: (int(at), float(score))
            for number, at, score in zip(held, rows["id"], rows["score"], strict=True)
        }

    def _describe(self, ordered: Sequence[tuple[str, _Piece]], **parts: Any) -> str:
        """Return a `tokenizer.json` of these pieces, with some parts in the place of its own."""
        places = {piece: place for place, (piece, _) in enumerate(ordered)}
        whole = self._frame["tokenizer"]
        added = [{**token, "id": places[token["content"]]} for token in whole["added_tokens"]]
        model = {
            **whole["model"],
            "unk_id": places[self._frame["unknown"]],
            "vocab": [(piece, score) for piece, (_, score) in ordered],
        }
        return json.dumps({**whole, **parts, "added_tokens": added, "model": model})


def _place(item: tuple[str, _Piece]) -> int:
    return item[1][0]


def hash_piece(piece: str) -> int:
    """Return a piece's hash: 64 bits, so that no stretch is taken for a piece that it is not."""
    return int.from_bytes(hashlib.blake2b(piece.encode(), digest_size=8).digest(), "little")


def open_table(folder: Path) -> PieceTable | None:
    """Return the table that was written beside a tokenizer, or None where it cannot be used."""
    try:
        frame = json.loads((folder / FRAME).read_text(encoding="utf-8"))
        if frame["of"] != _stamp(folder):
            return None
        rows = np.load(folder / TABLE, mmap_mode="r", allow_pickle=False)
        if rows.dtype != _ROW or len(rows) != frame["pieces"]:
            return None
        return PieceTable(frame, rows)
    except Exception:  # noqa: BLE001 - the tokenizers library raises no narrower one
        return None


def write_table(folder: Path, description: str) -> None:
    """Write the table of a folder's tokenizer beside it, where it is a unigram one.

    A folder that cannot be written is no error: the whole tokenizer serves as well.
    """
    whole = json.loads(description)
    model = whole["model"]
    if model.get("type") != "Unigram" or model.get("byte_fallback"):
        return
    vocabulary = model.pop("vocab")
    rows = np.array(
        [(hash_piece(piece), at, score) for at, (piece, score) in enumerate(vocabulary)], _ROW
    )
    rows.sort(order="hash")
    special = {token["content"] for token in whole["added_tokens"]}
    # What no piece covers costs a constant more than the least likely piece.
    least = min(range(len(vocabulary)), key=lambda at: vocabulary[at][1])
    always = [
        (piece, at, score)
        for at, (piece, score) in enumerate(vocabulary)
        if piece in special or at in (least, model["unk_id"])
    ]
    frame = {
        "of": _stamp(folder),
        "pieces": len(rows),
        "longest": max(len(piece) for piece, _ in vocabulary),
        "unknown": vocabulary[model["unk_id"]][0],
        "always": always,
        "tokenizer": whole,
    }
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".pieces-") as scratch:
            np.save(Path(scratch) / TABLE, rows, allow_pickle=False)
            (Path(scratch) / FRAME).write_text(json.dumps(frame), encoding="utf-8")
            # The frame last: it says that the table is there.
            (Path(scratch) / TABLE).replace(folder / TABLE)
            (Path(scratch) / FRAME).replace(folder / FRAME)
    except OSError as exc:
        log.info("The table of pieces is not kept in %s: %s", folder, exc)


def _stamp(folder: Path) -> list[int]:
    """Return what tells whether the tokenizer is still the one that the table is of."""
    found = (folder / "tokenizer.json").stat()
    return [found.st_size, found.st_mtime_ns]
