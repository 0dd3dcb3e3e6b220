"""Text to token ids with a model's own tokenizer, without transformers."""

from collections.abc import Sequence

import numpy as np

from index.arrays import Ids


class TextTokenizer:
    """A fast tokenizer that frames a text by one token before it and one behind."""

    def __init__(self, description: str) -> None:
        """Take what a `tokenizer.json` holds.

        Raises:
            ValueError: it is damaged, or frames texts otherwise.
        """
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_str(description)
        except Exception as exc:  # the library raises no narrower one
            raise ValueError(f"the tokenizer cannot be read: {exc}") from exc
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        frame = self._tokenizer.encode("").ids
        if len(frame) != 2:
            raise ValueError("the tokenizer frames texts by other than two tokens")
        self.begin, self.end = frame

    def ids(self, texts: Sequence[str]) -> list[Ids]:
        """Return the ids of each text, without the frame."""
        clean = [surrogates_replaced(text) for text in texts]
        coded = self._tokenizer.encode_batch_fast(clean, add_special_tokens=False)
        return [np.array(entry.ids, dtype=np.int64) for entry in coded]

    def spans(self, texts: Sequence[str]) -> list[tuple[Ids, Ids]]:
        """Return the ids of each text and the (start, end) of its tokens: (n,) and (n, 2)."""
        clean = [surrogates_replaced(text) for text in texts]
        coded = self._tokenizer.encode_batch(clean, add_special_tokens=False)
        return [
            (
                np.array(entry.ids, dtype=np.int64),
                np.array(entry.offsets, dtype=np.int64).reshape(-1, 2),
            )
            for entry in coded
        ]


def surrogates_replaced(text: str) -> str:
    r"""Replace lone surrogates, legal in JSON and an error to tokenizers; offsets stay.

    >>> surrogates_replaced("a\ud800b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
