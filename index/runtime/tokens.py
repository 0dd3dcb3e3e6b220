"""Text to token ids with a model's own tokenizer, without transformers."""

from collections.abc import Sequence
from pathlib import Path
from threading import Lock, Thread
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corpus.text.normalize import replace_surrogates
from index.arrays import Ids
from index.runtime.pieces import PieceTable, open_table, write_table

FEW_CHARACTERS = 40_000
"""Texts of one call up to this length are tokenised without the whole tokenizer."""
SOON = 150_000
"""Characters after which the whole tokenizer is loaded: more will come."""


class TextTokenizer:
    """A fast tokenizer that frames a text by one token before it and one behind.

    The whole tokenizer of a folder takes a second to load. Until that is worth it, texts are
    divided with the pieces that occur in them.
    """

    def __init__(self, description: str | None = None, folder: Path | None = None) -> None:
        """Take what a `tokenizer.json` holds, or the folder where one lies.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is damaged, or frames texts otherwise.
        """
        self._folder = folder
        self._lock = Lock()
        self._whole: Any = None
        self._seen = 0
        self._table = open_table(folder) if folder is not None else None
        if self._table is None:
            if description is None:
                assert folder is not None
                description = (folder / "tokenizer.json").read_text(encoding="utf-8")
            self._whole = whole_tokenizer(description)
            if folder is not None:
                write_table(folder, description)
        tokenizer, ids = self._tokenizer_for([""])
        frame = tokenizer.encode("").ids
        if len(frame) != 2:
            raise ValueError("the tokenizer frames texts by other than two tokens")
        self.begin, self.end = (int(at if ids is None else ids[at]) for at in frame)

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """Return the ids of each text, without the frame."""
        clean = [replace_surrogates(text) for text in texts]
        tokenizer, names = self._tokenizer_for(clean)
        coded = tokenizer.encode_batch_fast(clean, add_special_tokens=False)
        return [_rename(entry.ids, names) for entry in coded]

    def spans(self, texts: Sequence[str]) -> list[tuple[Ids, Ids]]:
        """Return the ids of each text and the (start, end) of its tokens: (n,) and (n, 2)."""
        clean = [replace_surrogates(text) for text in texts]
        tokenizer, names = self._tokenizer_for(clean)
        coded = tokenizer.encode_batch(clean, add_special_tokens=False)
        return [
            (
                _rename(entry.ids, names),
                np.array(entry.offsets, dtype=np.int64).reshape(-1, 2),
            )
            for entry in coded
        ]

    def _tokenizer_for(self, texts: Sequence[str]) -> tuple[Any, Ids | None]:
        """Return a tokenizer for texts, and the ids that its own stand for where they differ."""
        if self._whole is None:
            characters = sum(map(len, texts))
            with self._lock:
                began_at, self._seen = self._seen, self._seen + characters
            if began_at <= SOON < began_at + characters:
                Thread(target=self._load, name="tokenizer", daemon=True).start()
            table: PieceTable | None = self._table
            if table is not None and characters <= FEW_CHARACTERS:
                found = table.tokenizer_for(texts)
                if found is not None:
                    return found
            self._load()
        return self._whole, None

    def _load(self) -> None:
        with self._lock:
            if self._whole is None:
                assert self._folder is not None
                path = self._folder / "tokenizer.json"
                self._whole = whole_tokenizer(path.read_text(encoding="utf-8"))


def whole_tokenizer(description: str) -> Any:
    """Return the tokenizer that a `tokenizer.json` describes, without cutting or padding.

    Raises:
        ValueError: it is damaged.
    """
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_str(description)
    except Exception as exc:  # the library raises no narrower one
        raise ValueError(f"the tokenizer cannot be read: {exc}") from exc
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def _rename(ids: Sequence[int], names: Ids | None) -> NDArray[np.int64]:
    own = np.array(ids, dtype=np.int64)
    return own if names is None else names[own]
