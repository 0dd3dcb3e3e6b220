"""Plain text, written as such or copied from a page.

Where blank lines separate paragraphs, they are the paragraphs. Text that was copied from a
page often has none: then each line is a paragraph, unless the lines were wrapped at a
width: then the next line's first word would not have fitted into a line, and sentences go
on over the ends of lines.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import PurePosixPath

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput
from corpus.structure.assemble import assemble
from corpus.structure.boilerplate import is_section_name, line_role
from corpus.structure.bylines import read_line
from corpus.structure.pasted import mark_pasted
from corpus.structure.tables import find_tabbed_rows
from corpus.text.hyphenation import DIVIDED, count_words, join_lines
from corpus.text.normalize import clean

_BLANK = re.compile(r"\n[ \t\u00a0]*(?:\n[ \t\u00a0]*)+")
_SENTENCE_END = re.compile(r"[.!?…:。！？؟।][\"'”“„»«›‹’‘)\]]*$")
_SENTENCE_INSIDE = re.compile(r"[^\W\d_]{3}[.!?][\"'”“»«’]?\s+[\"'„“»«‚]?[A-ZÄÖÜ]")
_LIST_ITEM = re.compile(r"(?:[-*•·–—‣▪]|\d{1,3}[.)])\s+\S")
_SPEAKER = re.compile(r"[^\s:][^:\n]{0,40}:\s")
_COMPANY = re.compile(r"\b(?:GmbH|AG|SE|KG|e\.\s?V\.|mbH|Ltd|Inc|plc|LLC)\.?$")
_TITLE_LONGEST = 200
_NARROWEST, _NARROW, _WIDEST = 24, 45, 150
"""Characters of a wrapped line: at least, without more evidence, and at most."""


def read_plain(text: str, name: str, *, uri: str) -> Article:
    """Return the article in a plain text; its title is the first line, or else the name.

    Raises EmptyInput where there is no text.
    """
    text = clean(text)
    blocks, gaps = _blocks(text)
    if not blocks:
        raise EmptyInput("there is no text in it")
    headline = mark_pasted(blocks, gaps, _find_title(blocks))
    if headline is not None:
        headline.kind = "title"
    title = headline.text if headline is not None else title_from(name)
    return assemble(blocks, uri=uri, metadata=Metadata(title=title))


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


def _blocks(text: str) -> tuple[list[Block], list[bool]]:
    """Return the paragraphs as blocks, and which of them stand below a blank line.

    Lines that stand together may be a box.
    """
    chunks = _chunks(text)
    alone = sum(1 for chunk in chunks if len(chunk) == 1)
    blocks: list[Block] = []
    gaps: list[bool] = []
    for number, chunk in enumerate(chunks, start=1):
        # Where blank lines separate paragraphs, a heading has one below it too.
        boxed = 2 <= len(chunk) <= 5 and sum(map(len, chunk)) <= 450 and alone >= 6
        box = number if boxed else 0
        for place, (piece, is_row) in enumerate(find_tabbed_rows(chunk)):
            blocks.append(Block(piece, "row" if is_row else "paragraph", box=box))
            gaps.append(place == 0 and number > 1)
    return blocks, gaps


def _chunks(text: str) -> list[list[str]]:
    """Return the paragraphs between each two blank lines."""
    stripped = [[line.strip() for line in chunk.split("\n")] for chunk in _BLANK.split(text)]
    chunks = [[line for line in chunk if line] for chunk in stripped]
    width = _width(chunks)
    words = count_words(line for chunk in chunks for line in chunk) if width else Counter[str]()
    return [_paragraphs(chunk, width, words) for chunk in chunks if chunk]


def _width(chunks: list[list[str]]) -> int:
    """Return the width at which the text was wrapped, in characters, or 0."""
    lengths = sorted(len(line) for chunk in chunks for line in chunk[:-1])
    if not lengths:
        return 0
    # A headline above wrapped text, or an address that could not be wrapped, is longer.
    widest = lengths[-1 - len(lengths) // 12]
    full = sum(1 for length in lengths if widest - 16 <= length <= widest)
    if not _NARROWEST <= widest <= _WIDEST or full * 2 < len(lengths):
        return 0
    flows = widest >= _NARROW or any(_is_wrapped(c, widest) and _flows(c) for c in chunks if c[1:])
    return widest if flows else 0


def _paragraphs(lines: list[str], width: int, words: Counter[str]) -> list[str]:
    """Return the paragraphs of lines with no blank line between them."""
    if len(lines) < 2:
        return lines
    if width and _is_wrapped(lines, width):
        return [join_lines(group, words) for group in _unwrap(lines, width)]
    if _is_verse(lines):
        return ["\n".join(lines)]
    return lines


def _is_wrapped(lines: list[str], width: int) -> bool:
    """Say whether lines break where they are full, and in the middle of sentences."""
    pairs = list(pairwise(lines))
    if all(_is_full(*pair, width, slack=0) for pair in pairs) and len(lines[-1]) <= width:
        return True
    broken = [p for p in pairs if _is_full(*p, width) and not _SENTENCE_END.search(p[0])]
    ends = sum(1 for above, _ in pairs if _SENTENCE_END.search(above))
    return len(broken) * 3 >= len(pairs) and len(broken) + ends >= 0.7 * len(pairs) > 0


def _flows(lines: list[str]) -> bool:
    """Say whether sentences go on over the ends of lines, as in no poem and no list.

    Words are divided there, sentences end inside of lines, or most lines go on in small letters.
    """
    pairs = list(pairwise(lines))
    divided = any(DIVIDED.search(above) and line[:1].islower() for above, line in pairs)
    small = sum(1 for a, b in pairs if b[:1].islower() and not a.endswith((",", ";")))
    inside = any(_SENTENCE_INSIDE.search(line) for line in lines)
    return divided or inside or (small * 3 >= len(pairs) and len(lines) > 3)


def _is_full(line: str, following: str, width: int, slack: float = 0.12) -> bool:
    """Say whether the next line's first word would not have fitted into a line.

    In columns that were set in a proportional font, lines of one width differ in characters:
    by a share of `slack`.
    """
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > (1 - slack) * width


def _unwrap(lines: list[str], width: int) -> Iterator[list[str]]:
    """Yield the lines of each paragraph; one that stops short of the width ends its own."""
    group = [lines[0]]
    for above, line in pairwise(lines):
        short = not _is_full(above, line, width) and not DIVIDED.search(above)
        ends = _SENTENCE_END.search(above) or len(above) < width // 2 or len(above) > width + 8
        if (short and ends) or len(above) > 1.25 * width or _LIST_ITEM.match(line):
            yield group
            group = []
        group.append(line)
    yield group


def _is_verse(lines: list[str]) -> bool:
    """Say whether short lines belong together: a poem, or an address."""
    if len(lines) < 3 or max(map(len, lines)) > 70:
        return False
    if any(line_role(line) or is_section_name(line) for line in lines):
        return False
    if sum(1 for line in lines if _SPEAKER.match(line) or _LIST_ITEM.match(line)) * 2 >= len(lines):
        return False
    return sum(1 for line in lines if re.search(r"[,;]$", line)) * 4 >= len(lines)


def _find_title(blocks: list[Block]) -> Block | None:
    """Return the line that can be the title, or None.

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
        return None
    chosen = lines[0][0]
    if not lines[0][1]:
        later = [block for block, below in lines if below]
        if later and len(chosen.text.split()) <= 4:
            chosen = later[0]
    short = [block for block, _ in lines if block is not chosen]
    if len(chosen.text.split()) <= 2 and (lines[0][1] or lines[-1][1]) and short:
        longer = [block for block in short if len(block.text.split()) >= 4]
        chosen = longer[0] if longer else chosen
    return chosen


def _can_be_title(text: str) -> bool:
    if "\n" in text or len(text) > _TITLE_LONGEST:
        return False
    return not text.endswith((".", ":", ",", ";")) or text.endswith("...")
