"""News in the agencies' XML: NewsML-G2 (and 1.x), NITF."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from corpus.article import Role
from corpus.blocks import Block
from corpus.readers.press.record import PressRecord
from corpus.readers.xml import child_text, local, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

ROOTS = frozenset({"newsitem", "newsmessage", "newsml", "nitf", "packageitem", "knowledgeitem"})
_HTML_NAME = "{http://www.w3.org/XML/1998/namespace}lang"
_KINDS = {
    "h1": "heading", "h2": "heading", "h3": "heading", "h4": "heading", "hl2": "heading",
    "li": "item", "figcaption": "caption", "media-caption": "caption", "blockquote": "quote",
    "bq": "quote",
}  # fmt: skip
_BLOCKS = frozenset({"p", "pre", *_KINDS})


def newsml_records(root: "Element") -> Iterator[PressRecord]:
    """Yield the news items of a document; those without text (pictures, packages) are empty."""
    if local(root) == "nitf":
        yield _nitf_record(root)
        return
    items = [e for e in root.iter() if local(e) == "newsitem"]
    for item in items:
        yield _item_record(item)


def _item_record(item: "Element") -> PressRecord:
    """Read a NewsML-G2 item; in it may lie HTML or NITF."""
    nitf = next((e for e in item.iter() if local(e) == "nitf"), None)
    record = _nitf_record(nitf) if nitf is not None else PressRecord()
    meta = _first(item, "itemmeta")
    content = _first(item, "contentmeta")
    if meta is not None:
        record.modified = child_text(meta, "versioncreated")
        record.day = record.day or child_text(meta, "firstcreated") or record.modified
        record.source = record.source or _name(_first(meta, "provider"))
    if content is not None:
        record.title = record.title or child_text(content, "headline")
        record.byline = record.byline or child_text(content, "by")
        record.source = _name(_first(content, "infosource")) or record.source
        language = _first(content, "language")
        record.language = record.language or ("" if language is None else language.get("tag", ""))
        contentcreated = child_text(content, "contentcreated")
        record.day = contentcreated or record.day
    rights = _first(item, "copyrightnotice")
    record.rights = record.rights or ("" if rights is None else text_of(rights))
    record.title = record.title or _deep(item, "headline")
    record.key = record.key or item.get("guid", "") or _deep(item, "newsitemid")
    record.language = record.language or item.get(_HTML_NAME, "")
    if not record.blocks:
        inline = _first(item, "inlinexml")
        record.blocks = _blocks(inline) if inline is not None else []
    if not record.blocks:
        texts = [text_of(e) for e in item.iter() if local(e) in ("inlinedata", "datacontent")]
        record.blocks = [Block(text) for text in texts if text]
    if record.modified[:10] == record.day[:10]:
        record.modified = ""
    _drop_headline(record)
    return record


def _drop_headline(record: PressRecord) -> None:
    """Take a first heading that repeats the headline out of the text."""
    if record.blocks and record.blocks[0].text == record.title:
        record.blocks.pop(0)


def _nitf_record(root: "Element") -> PressRecord:
    record = PressRecord(
        title=_deep(root, "hl1") or _deep(root, "hedline") or _deep(root, "title"),
        byline=_read_byline(root),
        subtitle=_deep(root, "abstract"),
    )
    head = _first(root, "body.head")
    record.kicker = "" if head is None else _deep(head, "note")
    for element in root.iter():
        name = local(element)
        if name == "date.issue":
            record.day = element.get("norm", "") or text_of(element)
        elif name == "pubdata":
            record.source = record.source or element.get("name", "")
            record.page = record.page or element.get("position.sequence", "")
            record.section = record.section or element.get("position.section", "")
            record.day = record.day or element.get("date.publication", "")
        elif name == "doc-id":
            record.key = record.key or element.get("id-string", "")
        elif name == "doc.copyright":
            holder, year = element.get("holder", ""), element.get("year", "")
            record.rights = f"© {year} {holder}".strip() if holder else ""
    content = _first(root, "body.content")
    record.blocks = _blocks(content if content is not None else root)
    record.language = root.get(_HTML_NAME, "")
    _drop_headline(record)
    return record


def _read_byline(root: "Element") -> str:
    """Return the names of a byline, without what the person is."""
    byline = _first(root, "byline")
    if byline is None:
        return ""
    people = [text_of(e) for e in byline.iter() if local(e) == "person"]
    return "; ".join(people) if people else text_of(byline)


def _blocks(parent: "Element") -> list[Block]:
    blocks = []
    for element in parent.iter():
        name = local(element)
        nested = any(local(above) in _BLOCKS for above in element.iterancestors())
        if name not in _BLOCKS or (nested and name != "li"):
            continue
        kind = _KINDS.get(name, "paragraph")
        role = Role.CAPTION if kind == "caption" else None
        blocks.append(Block(text_of(element), kind, role=role))
    if not blocks:
        text = text_of(parent)
        blocks = [Block(text)] if text else []
    return [block for block in blocks if block.text]


def _first(root: "Element", name: str) -> "Element | None":
    return next((e for e in root.iter() if local(e) == name), None)


def _deep(root: "Element", name: str) -> str:
    found = _first(root, name)
    return "" if found is None else text_of(found)


def _name(element: "Element | None") -> str:
    """Return the name of a provider or a source: its own, or that of its identifier."""
    if element is None:
        return ""
    return child_text(element, "name") or element.get("literal", "")
