"""Markdown, with or without YAML front matter."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from corpus.article import Article
from corpus.blocks import Block, Metadata
from corpus.errors import EmptyInput
from corpus.readers.text.plain import title_from
from corpus.structure.assemble import assemble
from corpus.structure.tables import table_row
from corpus.text.normalize import clean
from corpus.text.quantities import MONTHS, find_date, order_of
from corpus.text.scripts import END, SUB, SUPER, set_scripts

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,65536}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.S)
_FIELD = re.compile(r"([A-Za-z][\w-]{0,40}:[ \t]+)(\S.*?)[ \t]*\Z")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_NOTE = re.compile(r"(?:^|(?<=\s))\[\^[\w-]{1,30}\]:\s*")
_NOTE_MARK = re.compile(r"\[\^[\w-]{1,30}\]")
"""Before a footnote's text, and where it is referred to."""
_FIELDS = {
    "title": ("title", "titel", "headline"),
    "authors": ("authors", "author", "autor", "autoren", "by"),
    "published": ("published", "date", "datum", "pubdate", "created"),
    "modified": ("modified", "updated", "lastmod", "aktualisiert"),
    "source": ("source", "quelle", "publisher", "site", "sitename"),
    "section": ("section", "ressort", "category", "kategorie", "rubrik"),
    "url": ("url", "link", "canonical", "canonical_url", "permalink", "original"),
    "language": ("language", "lang", "sprache"),
}


def read_markdown(text: str, name: str, *, uri: str) -> Article:
    """Return the article in a Markdown text; its URI is the front matter's `uri`, if any.

    Raises EmptyInput where there is no text.
    """
    text = clean(text)
    front: Mapping[str, Any] = {}
    hit = _FRONT.match(text)
    if hit:
        parsed = _front_matter(hit[1])
        if parsed is not None:
            front, text = parsed, text[hit.end() :]
    # Nested deeper than the parser goes, or nothing but markup: the lines are left.
    blocks = _blocks(text) or [Block(line.lstrip("> ")) for line in text.split("\n")]
    if not any(block.text.strip() for block in blocks):
        raise EmptyInput(
            "there is no text in it but front matter" if front else "there is no text in it"
        )
    metadata = _metadata(front)
    if not metadata.title:
        metadata.title = _first_heading(blocks) or title_from(name)
    given = front.get("uri")
    return assemble(
        blocks, uri=given if isinstance(given, str) and given else uri, metadata=metadata
    )


def _front_matter(source: str) -> Mapping[str, Any] | None:
    r"""Return the fields above the text, or None where it is no YAML mapping.

    People write headlines as they are: `title: Fire in the mill: two hurt`. A line that is
    no YAML by itself counts as a field with that text.

    >>> _front_matter("title: Fire in the mill: two hurt\nsource: Bote")
    {'title': 'Fire in the mill: two hurt', 'source': 'Bote'}
    """
    fields = _yaml(source)
    if fields is None:
        lines = [_quote_field(line) for line in source.split("\n")]
        fields = _yaml("\n".join(lines))
    return (
        {str(key).lower(): value for key, value in fields.items()}
        if isinstance(fields, dict)
        else None
    )


def _quote_field(line: str) -> str:
    """Return a field's line with its text in quotes where YAML takes it for something else."""
    hit = _FIELD.match(line)
    if hit is None or _yaml(line) is not None:
        return line
    return hit[1] + json.dumps(hit[2], ensure_ascii=False)


def _yaml(source: str) -> Any:
    """Return what YAML says, or None where it is none."""
    import yaml

    try:
        return yaml.safe_load(source)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: a date such as 2024-13-01
        return None


def _metadata(front: Mapping[str, Any]) -> Metadata:
    found = {ours: _first(front, names) for ours, names in _FIELDS.items()}
    url = _string(found["url"])
    tag = _string(found["language"])
    metadata = Metadata(
        title=_string(found["title"]),
        authors=_strings(found["authors"]),
        source=_string(found["source"]),
        section=_string(found["section"]),
        url=url if url.startswith(("http://", "https://")) else "",
        language=tag[:2].lower(),
        order=order_of(tag),
    )
    if isinstance(found["published"], date):
        metadata.published = _day(found["published"])
    else:
        metadata.set_published(_string(found["published"]))
    metadata.modified = (
        _day(found["modified"])
        if isinstance(found["modified"], date)
        else find_date(_string(found["modified"]), metadata.order)
    )
    return metadata


def _first(front: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((front[name] for name in names if front.get(name) not in (None, "")), None)


def _string(value: Any) -> str:
    """Return a scalar as text; lists and mappings of YAML are no values here."""
    if isinstance(value, list) and value:
        value = value[0]
    return clean(str(value)).strip() if isinstance(value, str | int | float | date) else ""


def _strings(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for text in (_string(item) for item in value[:50]) if text]
    parts = re.split(r"\s*(?:,|;|\bund\b|\band\b)\s*", _string(value))
    return [part for part in parts if part]


def _day(value: date) -> date:
    return value.date() if isinstance(value, datetime) else value


def _first_heading(blocks: list[Block]) -> str:
    """Return the text of a heading that opens the text, and make it the title."""
    for block in blocks[:3]:
        if block.kind == "heading":
            block.kind = "title"
            return " ".join(block.text.split())
    return ""


def _blocks(text: str) -> list[Block]:
    """Return the blocks of Markdown, markup taken off."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = parser.parse(text)
    blocks: list[Block] = []
    kinds: list[str] = []
    header: list[str] = []
    row: list[str] | None = None
    in_head = False
    dates = _dates(tokens)
    for at, token in enumerate(tokens):
        if token.type in _OPENING:
            kinds.append(_OPENING[token.type])
        elif token.type in _CLOSING:
            kinds.pop()
        elif token.type in ("thead_open", "thead_close"):
            in_head = token.type == "thead_open"
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            if in_head:
                header = row
            else:
                blocks.append(Block(table_row(header, row), "row"))
            row = None
        elif token.type == "inline":
            content = _inline(token.children or [])
            if row is not None:
                row.append(" ".join(content.split()))
            else:
                kind = kinds[-1] if kinds and at not in dates else "paragraph"
                content = dates.get(at, "") + content
                blocks.append(Block(content, "heading" if _is_bold_line(token, kind) else kind))
        elif token.type in ("fence", "code_block"):
            blocks.append(Block(token.content.rstrip("\n"), "verbatim"))
        elif token.type == "html_block":
            blocks += _html(token.content)
    return [block for block in blocks if block.text.strip()]


def _html(markup: str) -> list[Block]:
    """Return the blocks of HTML between paragraphs: tables, boxes."""
    from corpus.readers.web.html import markup_blocks

    blocks = markup_blocks(_COMMENT.sub("", markup))
    for block in blocks:  # a fragment is no page with an article and things beside it
        block.suspicion, block.box = 0.0, 0
    return blocks


# What note-taking programs add: [[page|words]], %%comment%%, ==words==, "[x] done", "[!note]".
_WIKI_LINK = re.compile(r"!?\[\[(?:[^\[\]|]{1,200}\|)?([^\[\]|]{1,200})\]\]")
_HIDDEN = re.compile(r"%%(?=\S)[^%]{1,2000}(?<=\S)%%")
_HIGHLIGHT = re.compile(r"(?<![=\w])==(?=[^\s=])([^=\n]{1,500})(?<=\S)==(?!=)")
_TORN = re.compile(r" (?=[.,;:!?](?:\s|$))")
"""A blank before a sign, where what stood between was left out."""
_BOX = re.compile(r"^\s*\[(?:[ xX]|![a-z]{1,20})\][+-]?\s+")
_STRUCK_TAG = re.compile(r"<(/?)(?:del|s|strike)\b", re.I)
_TAG_NAME = re.compile(r"</?[a-z]+", re.I)
_ELEMENTS = {"<br": "\n", "<sup": SUPER, "</sup": END, "<sub": SUB, "</sub": END,
             "<q": "“", "</q": "”"}  # fmt: skip


def _dates(tokens: Sequence[Any]) -> dict[int, str]:
    """Return the days that were taken for a list's numbers, by the place of what follows them.

    "1. Januar 2026 ist Feiertag." opens a paragraph, and no list.
    """
    return {
        at + 2: f"{token.info}. "
        for at, token in enumerate(tokens)
        if token.type == "list_item_open"
        and token.markup == "."
        and tokens[at + 2].type == "inline"
        and _MONTH_FIRST.match(tokens[at + 2].content)
    }


_MONTH_FIRST = re.compile(rf"(?:{'|'.join(MONTHS)})\b", re.IGNORECASE)
_OPENING = {
    "heading_open": "heading",
    "list_item_open": "item",
    "blockquote_open": "quote",
}
_CLOSING = {"heading_close", "list_item_close", "blockquote_close"}


def _is_bold_line(token: Any, kind: str) -> bool:
    """Say whether a paragraph is one short bold line, which writers use as a heading."""
    types = [child.type for child in token.children or [] if child.content or child.nesting]
    bold = types[:1] == ["strong_open"] and types[-1:] == ["strong_close"]
    bold = bold and types.count("strong_open") == 1
    return (
        bold
        and kind == "paragraph"
        and len(token.content) <= 100
        and not re.search(r"[.!:,;…]\**$", token.content)
    )


def _inline(children: list[Any]) -> str:
    """Return the text of inline tokens; what is struck out is left out."""
    parts: list[str] = []
    struck = 0
    for child in children:
        if child.type in ("s_open", "s_close"):
            struck += child.nesting
        elif child.type == "html_inline":
            struck = max(struck + _struck(child.content), 0)
            parts.append("" if struck else _element(child.content))
        elif struck:
            continue
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak":
            parts.append("\n")
    text = set_scripts(_NOTE_MARK.sub("", _NOTE.sub("", "".join(parts))))
    text = _HIGHLIGHT.sub(r"\1", _WIKI_LINK.sub(r"\1", _HIDDEN.sub("", _BOX.sub("", text))))
    return "\n".join(_TORN.sub("", " ".join(line.split())) for line in text.split("\n"))


def _struck(tag: str) -> int:
    """Return 1 for a tag that begins struck-out text, -1 for one that ends it, or 0."""
    hit = _STRUCK_TAG.match(tag)
    return 0 if hit is None else -1 if hit[1] else 1


def _element(tag: str) -> str:
    """Return what an HTML tag in running text stands for."""
    hit = _TAG_NAME.match(tag)
    return _ELEMENTS.get(hit[0].lower(), "") if hit else ""
