"""The labelled documents: what a reader gets, and what each line of it is."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from corpus.article import Role

FOLDER = Path(__file__).resolve().parents[2] / "tests" / "data" / "roles"
_LETTERS = {
    "H": Role.HEADLINE,
    "L": Role.LEAD,
    "G": Role.HEADING,
    "B": Role.BODY,
    "C": Role.CAPTION,
    "S": Role.SOURCE,
    "P": Role.PROMO,
}
_LABEL = re.compile(r"([HLGBCSP])\|")
_MARKUP = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|^(?:#+|>|[*-])\s+|^\||\|$|\*+")


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is read, and its labelled lines in order."""

    name: str
    data: bytes
    lines: tuple[tuple[str, Role], ...]


def documents(half: str, folder: Path = FOLDER) -> list[Document]:
    """Return the documents of one half, "development" or "held", by name."""
    below = folder / "held" if half == "held" else folder
    paths = sorted(path for path in below.iterdir() if path.is_file() and path.name != "README.md")
    return [_document(path) for path in paths]


def _document(path: Path) -> Document:
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".html":
        return Document(path.name, text.encode(), tuple(_labelled_html(text)))
    lines, kept = [], []
    for line in text.splitlines():
        hit = _LABEL.match(line)
        own = line[hit.end() :] if hit else line
        kept.append(own)
        if hit:
            plain = _MARKUP.sub(r"\1", own) if path.suffix == ".md" else own
            # Cells of a table are looked for one by one: a reader may name their columns.
            lines.append((re.sub(r"\t|(?<=\S) \| (?=\S)", "\0", plain), _LETTERS[hit[1]]))
    return Document(path.name, ("\n".join(kept) + "\n").encode(), tuple(lines))


def _labelled_html(text: str) -> Iterator[tuple[str, Role]]:
    from lxml import html

    for element in html.document_fromstring(text).iter():
        role = element.get("data-role") if isinstance(element.tag, str) else None
        if role:
            cells = [cell.text_content() for cell in element.iter("td", "th")]
            yield "\x00".join(cells) if cells else element.text_content(), Role(role)
