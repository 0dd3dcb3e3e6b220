"""News in the agencies' JSON: ninjs (1 to 3) and dpa's, one item, a list, or one a line."""

import json
import re
from collections.abc import Iterator
from html import escape
from typing import Any

from corpus.errors import InputError
from corpus.readers.press.record import PressRecord
from corpus.text.normalize import decode

_TEXT = re.compile(rb'"(?:body_(?:x?html|text)|article_html|bodies)"\s*:')
_ITEM = re.compile(
    rb'"(?:version_?created|firstcreated|contentcreated|headlines|pubstatus|urn)"\s*:'
)
_LISTS = ("items", "entries", "results", "articles", "_items", "newsItems", "newsitems")


def looks_like_ninjs(head: bytes) -> bool:
    """Say whether the first bytes of a JSON file are an agency's."""
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return start in (b"{", b"[") and bool(_TEXT.search(head)) and bool(_ITEM.search(head))


def ninjs_records(data: bytes) -> Iterator[PressRecord]:
    """Yield the items of a file; a picture has no text.

    Raises InputError where it is no JSON.
    """
    text = decode(data)
    try:
        values: list[Any] = [json.loads(text)]
    except (ValueError, RecursionError) as exc:
        values = list(_lines(text))
        if not values:
            raise InputError(
                "the news items are no JSON that can be read: {reason}", reason=exc
            ) from exc
    for value in values:
        for item in _items(value):
            yield _record(item)


def _lines(text: str) -> Iterator[Any]:
    for line in text.splitlines():
        try:
            yield json.loads(line)
        except (ValueError, RecursionError):
            continue


def _items(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, list):
        for part in value:
            yield from _items(part)
    elif isinstance(value, dict):
        inner = next((value[name] for name in _LISTS if isinstance(value.get(name), list)), None)
        if inner is not None:
            yield from _items(inner)
        else:
            yield value


def _record(item: dict[str, Any]) -> PressRecord:
    from corpus.readers.web.html import markup_blocks

    record = PressRecord(
        title=_first(item, "headline", "title") or _of_role(item, "headlines", "main"),
        kicker=_first(item, "kicker"),
        subtitle=_first(item, "teaser", "subheadline", "abstract"),
        byline=_byline(item),
        language=_first(item, "language"),
        source=_first(item, "source", "provider", "infosource", "copyrightholder"),
        section=_section(item),
        key=_first(item, "uri", "urn", "guid", "altid"),
        url=_first(item, "web_url", "url", "href"),
        rights=_first(item, "copyrightnotice", "usageterms"),
        day=_first(
            item, "contentcreated", "firstcreated", "published", "version_created", "versioncreated"
        ),
    )
    changed = _first(item, "versioncreated", "version_created", "updated")
    record.modified = changed if changed[:10] != record.day[:10] else ""
    markup = _first(item, "body_xhtml", "body_html", "article_html") or _body(item)
    record.blocks = markup_blocks(markup) if markup else []
    if not record.blocks:
        text = _first(item, "body_text")
        record.text = [part for part in re.split(r"\n\s*\n|\n", text) if part.strip()]
    if record.blocks and record.blocks[0].text.strip() == record.title:
        record.blocks.pop(0)
    return record


def _first(item: dict[str, Any], *names: str) -> str:
    """Return the first of these that is text, also as the name or title of an object."""
    for name in names:
        value = item.get(name)
        if isinstance(value, list):
            value = value[0] if value else None
        if isinstance(value, dict):
            value = value.get("name") or value.get("value") or value.get("literal")
        if isinstance(value, str) and value.strip():
            return value.strip()
    return ""


def _of_role(item: dict[str, Any], name: str, role: str) -> str:
    values = item.get(name)
    if not isinstance(values, list):
        return ""
    found = [v for v in values if isinstance(v, dict) and isinstance(v.get("value"), str)]
    chosen = next((v for v in found if v.get("role") == role), next(iter(found), None))
    return str(chosen["value"]) if chosen else ""


def _body(item: dict[str, Any]) -> str:
    """Return the longest of ninjs 2's bodies as markup."""
    bodies = item.get("bodies")
    found = [b for b in bodies if isinstance(b, dict)] if isinstance(bodies, list) else []
    texts = [(str(b.get("value") or ""), str(b.get("contenttype") or "")) for b in found]
    if not texts:
        return ""
    text, kind = max(texts, key=lambda pair: ("html" in pair[1], len(pair[0])))
    if "html" in kind or "<p" in text:
        return text
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n") if part.strip())


def _byline(item: dict[str, Any]) -> str:
    text = _first(item, "byline", "by")
    people = item.get("people") or item.get("authors") or item.get("creators")
    if text or not isinstance(people, list):
        return text
    names = [
        p.get("name") for p in people if isinstance(p, dict) and p.get("rel") in (None, "author")
    ]
    return "; ".join(name for name in names if isinstance(name, str))


def _section(item: dict[str, Any]) -> str:
    for name in ("section", "rubrics", "ressort", "subjects", "subject", "categories"):
        text = _first(item, name)
        if text and len(text) <= 60:
            return text
    return ""
