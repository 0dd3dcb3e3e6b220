"""Plain text, written as such or copied from a page.

Where blank lines separate paragraphs, they are the paragraphs. Text that was copied from a
page often has none: then each line is a paragraph, unless the lines were wrapped at a
width, which shows in lines that stop short of it and go on in the middle of a sentence.
"""

import re
from itertools import pairwise
from pathlib import PurePosixPath

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput
from corpus.structure.assemble import assemble
from corpus.structure.boilerplate import is_section_name, line_role
from corpus.structure.bylines import read_line
from corpus.structure.tables import tabbed
from corpus.text.normalize import clean

_BLANK = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_SENTENCE_END = re.compile(r"[.!?…:。！？؟।][\"'”“„»«›‹’‘)\]]*$")
_LIST_ITEM = re.compile(r"(?:[-*•·–—‣▪]|\d{1,3}[.)])\s+\S")
_SPEAKER = re.compile(r"[^\s:][^:\n]{0,40}:\s")
_COMPANY = re.compile(r"\b(?:GmbH|AG|SE|KG|e\.\s?V\.|mbH|Ltd|Inc|plc|LLC)\.?$")
_TITLE_LONGEST = 200


def read_plain(text: str, name: str, *, uri: str) -> Article:
    """Return the article in a plain text; its title is the first line, or else the name.

    Raises EmptyInput where there is no text.
    """
    text = clean(text)
    blocks = _blocks(text)
    if not blocks:
        raise EmptyInput("there is no text in it")
    title = _title(blocks)
    return assemble(blocks, uri=uri, metadata=Metadata(title=title or title_from(name)))


def title_from(name: str) -> str:
    """Return a title made of a file's name.

    >>> title_from("press/seilbahn_im-tal.txt")
    'seilbahn im-tal'
    """
    stem = PurePosixPath(name.replace("\\", "/")).stem
    return " ".join(stem.replace("_", " ").split())


def split(text: str) -> list[str]:
    r"""Return the paragraphs of a cleaned text, without the blanks around them.

    >>> split("Ein Absatz.\nNoch einer.\n\nUnd der dritte.")
    ['Ein Absatz.', 'Noch einer.', 'Und der dritte.']
    """
    return [paragraph for chunk in _chunks(text) for paragraph in chunk]


def _blocks(text: str) -> list[Block]:
    """Return the paragraphs as blocks; lines that stand together may be a box."""
    chunks = _chunks(text)
    alone = sum(1 for chunk in chunks if len(chunk) == 1)
    blocks = []
    for number, chunk in enumerate(chunks, start=1):
        # Where blank lines separate paragraphs, a heading has one below it too.
        boxed = 2 <= len(chunk) <= 5 and sum(map(len, chunk)) <= 450 and alone >= 6
        box = number if boxed else 0
        for piece, is_row in tabbed(chunk):
            blocks.append(Block(piece, "row" if is_row else "paragraph", box=box))
    return blocks


def _chunks(text: str) -> list[list[str]]:
    """Return the paragraphs between each two blank lines."""
    chunks = [chunk.strip("\n") for chunk in _BLANK.split(text)]
    width = _width(chunks)
    found = []
    for chunk in chunks:
        lines = [line.strip() for line in chunk.split("\n")]
        found.append(_paragraphs([line for line in lines if line], width))
    return [chunk for chunk in found if chunk]


def _width(chunks: list[str]) -> int:
    """Return the width at which the text was wrapped, in characters, or 0."""
    inner = [len(line.rstrip()) for chunk in chunks for line in chunk.split("\n")[:-1]]
    if not inner:
        return 0
    widest = max(inner)
    full = sum(1 for length in inner if length >= widest - 16)
    return widest if 45 <= widest <= 120 and full * 2 >= len(inner) else 0


def _paragraphs(lines: list[str], width: int) -> list[str]:
    """Return the paragraphs of lines with no blank line between them."""
    if len(lines) < 2:
        return lines
    if width and _wrapped(lines, width):
        return _unwrapped(lines, width)
    if _is_verse(lines):
        return ["\n".join(lines)]
    return lines


def _wrapped(lines: list[str], width: int) -> bool:
    """Say whether lines break in the middle of sentences."""
    long = [line for line in lines[:-1] if len(line) >= width - 16]
    broken = [line for line in long if not _SENTENCE_END.search(line)]
    return bool(broken) and len(broken) * 2 >= len(long) and len(long) * 3 >= len(lines) - 1


def _unwrapped(lines: list[str], width: int) -> list[str]:
    """Join wrapped lines; one that stops well short of the width ends its paragraph."""
    paragraphs = [lines[0]]
    for above, line in pairwise(lines):
        short = len(above) < width - 16
        new = (short and (_SENTENCE_END.search(above) or len(above) < width // 2)) or (
            _LIST_ITEM.match(line) is not None
        )
        if new:
            paragraphs.append(line)
        elif re.search(r"\w-$", above) and line[:1].islower():
            paragraphs[-1] = paragraphs[-1][:-1] + line
        else:
            paragraphs[-1] += " " + line
    return paragraphs


def _is_verse(lines: list[str]) -> bool:
    """Say whether short lines belong together: a poem, or an address."""
    if len(lines) < 3 or max(map(len, lines)) > 70:
        return False
    if any(line_role(line) or is_section_name(line) for line in lines):
        return False
    if sum(1 for line in lines if _SPEAKER.match(line) or _LIST_ITEM.match(line)) * 2 >= len(lines):
        return False
    return sum(1 for line in lines if re.search(r"[,;]$", line)) * 4 >= len(lines)


def _title(blocks: list[Block]) -> str:
    """Return the line that can be the title, and mark its block as one.

    It stands above the first running text. Where a menu or a section line stands below the
    first line, that line is the paper's name, and the title comes after.
    """
    lines: list[tuple[Block, bool]] = []  # each with whether page furniture stands above it
    furniture = False
    for block in blocks[:15]:
        text = block.text
        facts = read_line(text)
        if facts and not facts.section:
            continue
        if line_role(text) or is_section_name(text) or _COMPANY.search(text):
            furniture = furniture or not lines or len(lines[0][0].text.split()) <= 4
            continue
        if not _can_be_title(text):
            break
        lines.append((block, furniture))
    if not lines or len(blocks) < 2:
        return ""
    chosen = lines[0][0]
    if not lines[0][1]:
        later = [block for block, below in lines if below]
        if later and len(chosen.text.split()) <= 4:
            chosen = later[0]
    short = [block for block, _ in lines if block is not chosen]
    if len(chosen.text.split()) <= 2 and (lines[0][1] or lines[-1][1]) and short:
        longer = [block for block in short if len(block.text.split()) >= 4]
        chosen = longer[0] if longer else chosen
    chosen.kind = "title"
    return chosen.text


def _can_be_title(text: str) -> bool:
    if "\n" in text or len(text) > _TITLE_LONGEST:
        return False
    return not text.endswith((".", ":", ",", ";")) or text.endswith("...")
