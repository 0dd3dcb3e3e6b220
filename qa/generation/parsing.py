"""A language model's text into sentences and the sources that each cites, while it is written."""

import re
from dataclasses import dataclass

from corpus.text.normalize import clean
from corpus.text.sentences import sentence_spans

MOST_CHARACTERS = 8000
"""Of an answer; what follows is not read."""
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|$)", re.DOTALL | re.IGNORECASE)
_BEGUN_THOUGHT = re.compile(r"<[a-z]{0,8}$", re.IGNORECASE)
_MARKER = re.compile(
    r"[ \t\u00a0]?[\[【](?:(?:Quelle|Quellen|source|sources|Nr\.?|#|\^)\s*)?"
    r"(\d{1,4}(?:\s*[,;&]\s*(?:(?:Quelle|source)\s*)?\d{1,4})*)[^\]】\d]{0,12}[\]】]",
    re.IGNORECASE,
)
_MARKDOWN = re.compile(
    r"^[ \t]*(?:#{1,6}[ \t]+|[-*•][ \t]+|\d{1,2}\)[ \t]+)|\*\*|__|`", re.MULTILINE
)
_BEGUN_MARKER = re.compile(r"[\[【][^\]】]{0,40}$")


@dataclass(frozen=True, slots=True)
class Written:
    """A sentence as a language model wrote it."""

    text: str
    """Without markers, in one line."""
    markers: tuple[int, ...]


def sentences(text: str, language: str, *, complete: bool = True) -> list[Written]:
    """Return the sentences of a text with the sources that they cite.

    A marker belongs to the sentence that it stands in or after; one that opens a line, to the
    sentence that follows.

    Args:
        text: what the language model has written so far.
        language: ISO 639-1.
        complete: whether nothing will follow; else the last sentence is left out.

    >>> sentences("Es regnete. [2] Dann [1] schien, lt. Bote, die Sonne [1, 3].", "de")[0]
    Written(text='Es regnete.', markers=(2,))
    """
    plain, markers = _without_markers(_tidy(text))
    spans = sentence_spans(plain, language)
    found: list[tuple[str, list[int]]] = []
    for start, end in spans:
        found.append((" ".join(plain[start:end].split()), []))
    for at, numbers in markers:
        opens = not plain[:at].rpartition("\n")[2].strip()
        owner = sum(1 for start, _ in spans if start < at) - (0 if opens else 1)
        if found:
            own = found[min(max(owner, 0), len(found) - 1)][1]
            own += [number for number in numbers if number not in own]
    # Markers leave blanks before a sentence's end.
    written = [
        Written(re.sub(r"\s+([.,;:!?…])", r"\1", item), tuple(own))
        for item, own in found
        if any(char.isalnum() for char in item)
    ]
    return written if complete else written[:-1]


def is_unfinished(text: str) -> bool:
    """Tell whether a text ends where no sentence does.

    >>> is_unfinished("Es regnete [1]. Dann"), is_unfinished("Es regnete. [1]")
    (True, False)
    """
    plain = _without_markers(_tidy(text))[0].rstrip(" \n\"'”“»)")
    return not plain.endswith((".", "!", "?", "…", "。", "！", "？"))


def without_thoughts(text: str) -> str:
    """Return a text without what a model thinks aloud, and without a tag that has just begun.

    >>> without_thoughts("<think>hm</think>Ja."), without_thoughts("Ja. <thi")
    ('Ja.', 'Ja. ')
    """
    return _BEGUN_THOUGHT.sub("", _THOUGHT.sub("", text))


def _tidy(text: str) -> str:
    tidied = _MARKDOWN.sub("", _THOUGHT.sub("", clean(text[: 4 * MOST_CHARACTERS])))
    return tidied[:MOST_CHARACTERS].strip()


def _without_markers(text: str) -> tuple[str, list[tuple[int, list[int]]]]:
    """Return the text without markers, and where in it each stood with its numbers."""
    parts: list[str] = []
    markers: list[tuple[int, list[int]]] = []
    end = length = 0
    for match in _MARKER.finditer(text):
        parts.append(text[end : match.start()])
        length += match.start() - end
        markers.append((length, [int(number) for number in re.findall(r"\d+", match[1])]))
        end = match.end()
    parts.append(text[end:])
    return "".join(parts), markers


def is_border(piece: str, text: str) -> bool:
    """Tell whether a new piece may have completed a sentence of a text that ends with it."""
    return any(char in piece for char in ".!?…。\n]】") and not _BEGUN_MARKER.search(text[-50:])


class Redactor:
    """Takes a secret out of a text that comes in pieces, wherever it is cut.

    >>> redactor = Redactor("abc")
    >>> [redactor.take("xa"), redactor.take("bcy ab"), redactor.rest()]
    ['x', '********y ', 'ab']
    """

    def __init__(self, secret: str) -> None:
        """Take out `secret`; an empty one is nowhere."""
        self._secret = secret
        self._kept = ""

    def take(self, piece: str) -> str:
        """Return what can be shown after one more piece."""
        if not self._secret:
            return piece
        text = (self._kept + piece).replace(self._secret, "********")
        longest = next(
            (
                size
                for size in range(min(len(self._secret) - 1, len(text)), 0, -1)
                if self._secret.startswith(text[-size:])
            ),
            0,
        )
        self._kept = text[len(text) - longest :]
        return text[: len(text) - longest]

    def rest(self) -> str:
        """Return what was held back."""
        kept, self._kept = self._kept, ""
        return kept
