"""Two extractions of one document side by side: each difference has a reason, or is a fault."""

import difflib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.text.normalize import clean
from tests.corpus.readers.independent import CLOSE, KINDS, OPEN

REASONS = {
    "footnote mark": "a mark is no part of the sentence",
    "script": "a raised or lowered figure is a character: m², CO₂",
    "left out": "controls, navigation and hidden elements are no text of the article",
    "column names": "a row of a table carries the names of its columns",
    "quotation marks": "a browser draws those of <q> without having them as text",
    "symbol": "LibreOffice leaves the numbers of a symbol font's characters as they are",
    "ruby": "the reading above a word stands in brackets behind it",
    "running line": "the head and foot of a printed page are not the article's",
    "bullet": "the sign before an item is layout",
    "divided word": "a word divided at the end of a line is whole",
}
"""All that may differ, beside struck-out text and marks, which are taken away before."""

_TOKEN = re.compile(r"\w+|[^\w\s]")
_QUOTES = frozenset("„“”‚‘’«»‹›\"'")
_BULLETS = frozenset("•◦▪·–-●■○❑➢✓o")
_HYPHENS = str.maketrans({"−": "-", "‐": "-"})
_SCRIPTS = re.compile("[²³¹⁰-₎]")
_CLOSE = 2
"""Words between two differences that may be one."""
_SPLIT = re.compile(f"({OPEN}[a-z]|{CLOSE})")


@dataclass(frozen=True, slots=True)
class Token:
    text: str
    kinds: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Difference:
    """Where two texts part: what each has there, and why; "" is a fault."""

    theirs: str
    ours: str
    reason: str
    before: str

    def __str__(self) -> str:
        return f"{self.before} | theirs: {self.theirs!r} | ours: {self.ours!r} | {self.reason}"


def tokens_of(marked: str) -> list[Token]:
    """Return words and signs of a text with marks, each with the kinds that it stands in."""
    found: list[Token] = []
    stack: list[str] = []
    for part in _SPLIT.split(unicodedata.normalize("NFC", marked)):
        if part == CLOSE:
            if stack:
                stack.pop()
        elif part.startswith(OPEN):
            stack.append(KINDS[part[1]])
        else:
            plain = clean(part).replace("\u2011", "-")  # the hyphen at which no line breaks
            found += [Token(text, frozenset(stack)) for text in _TOKEN.findall(plain)]
    return found


def differences(
    marked: str, ours: str, *, marks: Sequence[str] = (), printed: bool = False
) -> list[Difference]:
    """Return where a reader's text differs from another program's, with the reasons.

    `marks` are footnotes' marks of a document whose text cannot be marked, `printed` allows
    for what only pages on paper have.
    """
    their_tokens = tokens_of(marked)
    if printed:
        ours = _with_columns_named_once(ours, marked)
    our_words = _TOKEN.findall(ours.replace("\u2011", "-"))
    allowed = _Allowed(their_tokens, marks, printed=printed)
    kept = [token for token in their_tokens if not token.kinds & {"struck", "mark", "column"}]
    matcher = difflib.SequenceMatcher(None, [t.text for t in kept], our_words, autojunk=False)
    places = [code[1:] for code in matcher.get_opcodes() if code[0] != "equal"]
    reasons = [allowed.reason(kept[i1:i2], our_words[j1:j2]) for i1, i2, j1, j2 in places]
    found = []
    for at, (i1, i2, j1, j2) in enumerate(places):
        reason = reasons[at]
        # Of two equal words side by side the wrong ones may have been laid beside one another.
        for first, last in ((at - 1, at), (at, at + 1)):
            if reason or first < 0 or last == len(places):
                continue
            start, end = places[first], places[last]
            if end[0] - start[1] <= _CLOSE:
                reason = allowed.reason(kept[start[0] : end[1]], our_words[start[2] : end[3]])
        before = " ".join(our_words[max(j1 - 5, 0) : j1])
        theirs = " ".join(token.text for token in kept[i1:i2])
        found.append(Difference(theirs, " ".join(our_words[j1:j2]), reason, before))
    return found


def _with_columns_named_once(ours: str, theirs: str) -> str:
    """Return our text with the names of a printed table's columns above its rows alone.

    Only where the other program has the names in one line, as they stand in the table.
    """
    printed = _folded(theirs.split())
    lines: list[str] = []
    last: list[str] = []
    for line in ours.split("\n"):
        cells = [cell.partition(": ") for cell in line.split("; ")]
        names = [name for name, colon, _ in cells if colon]
        if (
            len(names) < 2
            or len(names) < len(cells)
            or _folded(names).replace(" ", "") not in printed
        ):
            lines.append(line)
            last = last if not line.strip() else []
            continue
        lines += ([] if names == last else names) + [value for _, _, value in cells]
        last = names
    return "\n".join(lines)


class _Allowed:
    """What may differ in one document."""

    def __init__(self, tokens: Sequence[Token], marks: Sequence[str], *, printed: bool) -> None:
        self._columns = {t.text for t in tokens if "column" in t.kinds} | {":", ";"}
        self._quotes = any("quote" in t.kinds for t in tokens)
        self._ruby = any("ruby" in t.kinds for t in tokens)
        self._marks = {part for mark in marks for part in (mark, *_TOKEN.findall(mark))}
        self._printed = printed

    def reason(self, theirs: Sequence[Token], ours: Sequence[str]) -> str:
        """Return why a stretch differs; several reasons are joined by "+"."""
        shown = [t for t in theirs if "left out" not in t.kinds]
        reasons = ["left out"] if len(shown) < len(theirs) else []
        found = self._reason(shown, ours, reasons)
        inner = [t for t in shown if "running" not in t.kinds]
        if found or len(inner) == len(shown):
            return found
        return self._reason(inner, ours, [*reasons, "running line"])

    def _reason(self, rest: Sequence[Token], ours: Sequence[str], known: Sequence[str]) -> str:
        reasons = list(known)
        mine = list(ours)
        for name, signs, able in (
            ("quotation marks", _QUOTES, self._quotes),
            ("ruby", frozenset("()"), self._ruby),
        ):
            if able and any(word in signs for word in mine):
                mine = [word for word in mine if word not in signs]
                reasons.append(name)
        if self._same(rest, mine, reasons) or self._same_one_by_one(rest, mine, reasons):
            return "+".join(dict.fromkeys(reasons))
        without = [word for word in mine if word not in self._columns]
        if len(without) < len(mine) and self._same(rest, without, [*reasons]):
            self._same(rest, without, reasons)
            return "+".join(dict.fromkeys([*reasons, "column names"]))
        return ""

    def _same(self, theirs: Sequence[Token], ours: Sequence[str], reasons: list[str]) -> bool:
        """Say whether two stretches say the same, and add why they do not look it."""
        words = [t.text for t in theirs]
        if words == list(ours):
            return True
        if _folded(words) == _folded(ours) and not _glued(theirs, ours):
            reasons.append("script")
            return True
        if any("\ue000" <= word <= "\uf8ff" for word in words) and len(words) == len(ours):
            pairs = zip(words, ours, strict=True)
            if all(a == b or ("\ue000" <= a <= "\uf8ff" and not b.isalnum()) for a, b in pairs):
                reasons.append("symbol")
                return True
        raised = [t.text for t in theirs if "raised" not in t.kinds]
        if len(raised) < len(words) and (_folded(raised) == _folded(ours)):
            reasons.append("footnote mark")
            return True
        return self._printed and self._same_print(words, list(ours), reasons)

    def _same_one_by_one(
        self, theirs: Sequence[Token], ours: Sequence[str], reasons: list[str]
    ) -> bool:
        """Say so of words side by side, each with its own reason."""
        return 1 < len(theirs) == len(ours) and all(
            self._same([a], [b], reasons) for a, b in zip(theirs, ours, strict=True)
        )

    def _same_print(self, theirs: list[str], ours: list[str], reasons: list[str]) -> bool:
        plain = [word for word in theirs if word not in _BULLETS]
        if len(plain) < len(theirs) and plain == ours:
            reasons.append("bullet")
            return True
        if _folded(theirs).replace("-", "") == _folded(ours).replace("-", ""):
            reasons.append("divided word" if "-" in _folded(theirs) else "script")
            return True
        if self._only_marks_gone(_folded(plain), _folded(ours)):
            reasons.append("footnote mark")
            return True
        return False

    def _only_marks_gone(self, theirs: str, ours: str) -> bool:
        """Say whether what is gone from a stretch are marks, a figure at its end included."""
        matcher = difflib.SequenceMatcher(None, theirs, ours, autojunk=False)
        changes = [code for code in matcher.get_opcodes() if code[0] != "equal"]
        return bool(changes) and all(
            tag == "delete" and theirs[i1:i2] in self._marks for tag, i1, i2, _, _ in changes
        )


def _folded(words: Sequence[str]) -> str:
    return unicodedata.normalize("NFKC", "".join(words)).translate(_HYPHENS)


def _glued(theirs: Sequence[Token], ours: Sequence[str]) -> bool:
    """Say whether a raised figure became a digit like any other."""
    raised = any(t.kinds & {"raised", "script"} and t.text[:1].isdigit() for t in theirs)
    return raised and _SCRIPTS.search("".join(ours)) is None
