"""Rich Text Format: paragraphs, headings and tables, without deleted and hidden text.

Read by the specification 1.9.1: words, groups and characters, each group with its state.
"""

import re
from dataclasses import dataclass, replace

from corpus.blocks import Block, Document, Metadata
from corpus.errors import EmptyInput, InputError
from corpus.readers.office.properties import people, real_title
from corpus.readers.office.rows import table_blocks
from corpus.readers.text.plain import title_from
from corpus.text.scripts import END, SUB, SUPER, set_scripts

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    r"|([^\\{}\r\n]+)"
)
_MOST_GROUPS = 2000
"""How deep groups may lie in one another."""
_SKIPPED = frozenset(
    "colortbl pict object header headerl headerr headerf footer footerl footerr footerf fldinst "
    "themedata colorschememapping datastore listtable listoverridetable generator xmlnstbl rsidtbl "
    "latentstyles bkmkstart bkmkend filetbl revtbl nonshppict annotation atnid atnauthor atndate "
    "atnref atnparent mmathPr listtext pntext pntxta pntxtb wgrffmtfilter userprops ftnsep ftnsepc "
    "aftnsep aftnsepc docvar private1 sp sn sv datafield factoidname xe tc title subject author "
    "operator keywords comment doccomm company category manager creatim revtim printim buptim "
    "hlinkbase falt panose fontemb template background".split()
)
_KEPT = frozenset("footnote shptxt fldrslt shppict_text".split())
"""Groups that are read though their sign says that they may be left out."""
_SIGNS = {
    "tab": "\t", "line": "\n", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "bullet": "•", "emspace": " ", "enspace": " ",
    "qmspace": " ", "softline": "\n", "page": "\n",
}  # fmt: skip
_ESCAPED = {
    "~": "\u00a0",
    "_": "-",
    "-": "",
    "\n": "\n",
    "\r": "\n",
    "{": "{",
    "}": "}",
    "\\": "\\",
}
_CHARSETS = {
    0: "cp1252", 77: "mac_roman", 128: "cp932", 129: "cp949", 134: "cp936", 136: "cp950",
    161: "cp1253", 162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257",
    204: "cp1251", 222: "cp874", 238: "cp1250", 254: "cp437", 255: "cp850",
}  # fmt: skip
_HEADING = re.compile(r"(?:heading|überschrift|berschrift)\s*(\d)", re.I)


@dataclass(frozen=True, slots=True)
class _State:
    """What holds within a group."""

    place: str = "text"
    """"text", "skip", "fonts", "styles", "info" or "note"."""
    fallback: int = 1
    """Characters that stand for one in Unicode, and are passed over."""
    encoding: str = "cp1252"
    bold: bool = False
    hidden: bool = False
    script: str = ""


@dataclass(slots=True)
class _Paragraph:
    """What is known of the paragraph that is being read."""

    style: int = 0
    level: int = 0
    in_table: bool = False
    is_item: bool = False


def rtf_document(data: bytes, name: str) -> Document:
    """Return the text of an RTF file.

    Raises InputError where it is protected or nested too deeply, EmptyInput without text.
    """
    reader = _Reader(data.decode("latin-1"))
    reader.read()
    blocks = [*reader.blocks, *reader.notes]
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput("there is no text in the document")
    metadata = Metadata(
        title=real_title(reader.info.get("title", ""), blocks) or title_from(name),
        authors=people(reader.info.get("author", "")),
        properties=True,
    )
    return Document(blocks, metadata)


class _Reader:
    """One pass over a file's tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.blocks: list[Block] = []
        self.notes: list[Block] = []
        self.info: dict[str, str] = {}
        self._state = _State()
        self._states: list[_State] = []
        self._default = "cp1252"
        self._fonts: dict[int, str] = {}
        self._font = 0
        self._styles: dict[int, tuple[str, int]] = {}
        self._paragraph = _Paragraph()
        self._parts: list[str] = []
        self._plain = self._bold = 0
        """Characters of the paragraph that are not bold, and that are."""
        self._bytes = bytearray()
        self._passed = 0
        self._starred = False
        self._said: list[str] = []
        """The text of a font's, style's or property's group."""
        self._style = 0
        self._info = ""
        self._cells: list[list[str]] = []
        self._row: list[str] = []
        self._cell: list[str] = []

    def read(self) -> None:
        """Read everything; a file that ends too early gives what there is of it."""
        place, size = 0, len(self._text)
        while place < size:
            hit = _TOKEN.match(self._text, place)
            if hit is None:
                place += 1
                continue
            place = hit.end()
            if hit[1] == "bin" and hit[2]:
                place += max(0, int(hit[2]))
            self._take(hit)
        self._end_paragraph()
        self._end_table()

    def _take(self, hit: re.Match[str]) -> None:
        word, number, code, sign, brace, text = hit.groups()
        if code is not None:
            self._add_byte(int(code, 16))
            return
        self._flush_bytes()
        if word is not None:
            self._word(word, int(number) if number else None)
        elif brace == "{":
            self._open()
        elif brace == "}":
            self._close()
        elif sign == "*":
            self._starred = True
        elif sign is not None:
            self._add(_ESCAPED.get(sign, ""))
        elif text is not None:
            self._add_text(text)

    # Groups

    def _open(self) -> None:
        if len(self._states) >= _MOST_GROUPS:
            raise InputError("its groups lie too deeply in one another")
        self._states.append(self._state)
        self._starred = False

    def _close(self) -> None:
        if self._state.script and self._states and not self._states[-1].script:
            self._parts.append(END)
        if self._state.place == "note" and (not self._states or self._states[-1].place != "note"):
            self._end_note()
        if self._state.place == "styles":
            self._end_style()
        elif self._state.place == "info" and self._info:
            self.info.setdefault(self._info, "".join(self._said).strip())
            self._info, self._said = "", []
        self._state = self._states.pop() if self._states else _State()
        self._passed = 0

    def _enter(self, place: str) -> None:
        self._state = replace(self._state, place=place)
        self._said = []

    def _end_style(self) -> None:
        name = "".join(self._said).strip(" ;")
        if name:
            hit = _HEADING.match(name)
            kinds = {"title": "title", "titel": "title", "caption": "caption", "quote": "quote"}
            kind = "heading" if hit else kinds.get(name.lower(), "paragraph")
            self._styles[self._style] = (kind, int(hit[1]) if hit else 0)
        self._said, self._style = [], 0

    def _end_note(self) -> None:
        text = _text("".join(self._said))
        if text:
            self.notes.append(Block(text))
        self._said = []

    # Words

    def _word(self, word: str, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if self._state.place == "skip":
            return
        if self._destination(word, starred=starred):
            return
        if self._state.place == "fonts":
            if word == "f":
                self._font = number or 0
            elif word == "fcharset":
                self._fonts[self._font] = _CHARSETS.get(number or 0, self._default)
            return
        if self._state.place == "styles" and word == "s":
            self._style = number or 0
            return
        if word == "u" and number is not None:
            self._add(chr(number % 65536))
            self._passed = self._state.fallback
        elif word in _SIGNS:
            self._add(_SIGNS[word])
        elif not self._character_word(word, number):
            self._paragraph_word(word, number)

    def _destination(self, word: str, *, starred: bool) -> bool:
        """Take a word that says what its group is for; whether it was one."""
        if word in ("fonttbl", "stylesheet", "info"):
            self._enter({"fonttbl": "fonts", "stylesheet": "styles", "info": "info"}[word])
            return True
        if self._state.place == "info" and word in ("title", "author"):
            self._info, self._said = word, []
            return True
        if word == "footnote":
            self._enter("note")
            return True
        if word in _SKIPPED or (starred and word not in _KEPT and self._state.place != "styles"):
            self._state = replace(self._state, place="skip")
            if word in ("listtext", "pntext"):
                self._paragraph.is_item = True
            return True
        return False

    def _character_word(self, word: str, number: int | None) -> bool:
        """Take a word about the look of characters; whether it was one."""
        on = number != 0
        if word == "b":
            self._state = replace(self._state, bold=on)
        elif word in ("v", "deleted", "strike", "striked"):
            self._state = replace(self._state, hidden=on)
        elif word in ("super", "sub"):
            self._script(SUPER if word == "super" and on else SUB if on else "")
        elif word in ("nosupersub", "plain"):
            self._script("")
            if word == "plain":
                self._state = replace(self._state, bold=False, hidden=False)
        elif word == "uc":
            self._state = replace(self._state, fallback=max(0, number or 0))
        elif word == "f":
            encoding = self._fonts.get(number or 0, self._default)
            self._state = replace(self._state, encoding=encoding)
        elif word in ("ansicpg", "mac", "pc", "pca"):
            self._set_default(
                {"mac": "mac_roman", "pc": "cp437", "pca": "cp850"}.get(word, f"cp{number}")
            )
        else:
            return False
        return True

    def _set_default(self, encoding: str) -> None:
        try:
            b"".decode(encoding)
        except LookupError:
            return
        self._default = encoding
        self._state = replace(self._state, encoding=encoding)

    def _script(self, script: str) -> None:
        if self._state.place == "text" and script != self._state.script:
            if self._state.script:
                self._parts.append(END)
            if script:
                self._parts.append(script)
        self._state = replace(self._state, script=script)

    def _paragraph_word(self, word: str, number: int | None) -> None:
        if word in ("par", "sect"):
            if self._state.place == "note":
                self._said.append("\n")
            else:
                self._end_paragraph()
        elif word in ("cell", "nestcell"):
            self._end_paragraph(cell=True)
            self._row.append("\n".join(self._cell))
            self._cell = []
        elif word in ("row", "nestrow"):
            self._cells.append(self._row)
            self._row = []
        elif word == "pard":
            self._paragraph = _Paragraph()
        elif word == "intbl":
            self._paragraph.in_table = True
        elif word == "s":
            self._paragraph.style = number or 0
        elif word == "outlinelevel":
            self._paragraph.level = (number or 0) + 1 if (number or 0) < 9 else 0
        elif word == "ls":
            self._paragraph.is_item = True

    # Text

    def _add_byte(self, value: int) -> None:
        if self._passed:
            self._passed -= 1
            return
        self._bytes.append(value)

    def _flush_bytes(self) -> None:
        if self._bytes:
            text = bytes(self._bytes).decode(self._state.encoding, "replace")
            self._bytes.clear()
            self._add(text)

    def _add_text(self, text: str) -> None:
        if self._passed:
            cut = min(self._passed, len(text))
            text, self._passed = text[cut:], self._passed - cut
        if not text.isascii():
            text = text.encode("latin-1", "replace").decode(self._state.encoding, "replace")
        self._add(text)

    def _add(self, text: str) -> None:
        if not text or self._state.hidden or self._state.place == "skip":
            return
        if self._state.place == "text":
            self._parts.append(text)
            if self._state.bold:
                self._bold += len(text)
            elif text.strip():
                self._plain += 1
        elif self._state.place != "fonts":
            self._said.append(text)

    def _end_paragraph(self, *, cell: bool = False) -> None:
        self._flush_bytes()
        text = _text("".join(self._parts))
        is_bold = self._bold > 0 and not self._plain
        self._parts, self._plain, self._bold = [], 0, 0
        paragraph = self._paragraph
        if cell or paragraph.in_table:
            if text:
                self._cell.append(text)
            return
        self._end_table()
        if not text:
            return
        kind, level = self._styles.get(paragraph.style, ("paragraph", 0))
        if paragraph.level and kind == "paragraph":
            kind, level = "heading", paragraph.level
        if kind == "paragraph" and paragraph.is_item:
            kind = "item"
        elif kind == "paragraph" and is_bold and len(text) <= 100 and text[-1:] not in ".!:,;…":
            kind = "heading"
        self.blocks.append(Block(text, kind, level=level))

    def _end_table(self) -> None:
        if self._row or self._cell:
            self._cells.append([*self._row, *(["\n".join(self._cell)] if self._cell else [])])
        self._row, self._cell = [], []
        if self._cells:
            self.blocks += table_blocks(self._cells)
            self._cells = []


def _text(raw: str) -> str:
    """Return a paragraph's text: halves of a character joined, blanks in order."""
    if any("\ud800" <= char <= "\udfff" for char in raw):
        raw = raw.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    text = set_scripts(raw)
    return "\n".join(" ".join(line.split()) for line in text.split("\n")).strip()
