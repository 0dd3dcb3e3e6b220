"""Which of a page's headlines is its article's, and what in its title is the site's name."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.blocks import Block
from corpus.structure.lines import is_prose, stems_of
from corpus.text.normalize import clean, letters_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement


def page_titles(root: "HtmlElement") -> Iterator[str]:
    """Yield the page's title, with and without what may be the site's name, and its headlines."""
    tag = " ".join(clean(root.findtext(".//title") or "").split())
    for marks in ("|·»", "|·»–—-"):
        yield re.split(rf"\s+[{marks}]\s+", tag)[0]
    yield tag
    for headline in root.iter("h1"):
        yield " ".join(clean(headline.text_content()).split())


def find_title(said: str, tag: str, site: str, blocks: Sequence[Block]) -> str:
    """Return the headline, and mark the block that shows it.

    `said` is what the page's metadata call the headline, `tag` its title, `site` the site's
    name, each "" where there is none.
    """
    whole, said = said, _without_site(said, site)
    shown = [
        b for b in blocks if b.level == 1 and b.suspicion < 0.9 and not same_text(b.text, site)
    ]
    if any(same_text(block.text, whole) for block in blocks):
        said = whole  # a dash in the headline parts no name of a site from it
    match = next((b for b in shown if said and _ends_with(b.text, said)), None)
    match = match or next((b for b in blocks if said and same_text(b.text, said)), None)
    if (match is None and len(shown) == 1) or (match is None and shown and not said):
        match = shown[0]
    if match is None and not shown:
        match = _likely_headline(blocks, said or _without_site(tag, site))
    if match is not None:
        match.kind = "title"
        match.suspicion = 0.0
        if not said or not _ends_with(match.text, said):
            return " ".join(match.text.split())
    if said:
        return said
    same = any(same_text(block.text, tag) for block in blocks)
    return " ".join(tag.split()) if same else _without_site(tag, site)


def _likely_headline(blocks: Sequence[Block], said: str) -> Block | None:
    """Return the heading above the first running text that says much of what `said` says."""
    words = stems_of(said)
    found, best = None, 0.5
    for block in blocks:
        if is_prose(block.text) and block.kind != "heading" and block.suspicion < 0.9:
            break
        shared = len(words & stems_of(block.text)) / max(len(words), 1)
        if block.kind == "heading" and block.suspicion < 0.9 and shared >= best:
            found, best = block, shared + 1e-9
    return found


def _without_site(title: str, site: str) -> str:
    """Take the site's name off a page's title: "Headline | Site" becomes "Headline"."""
    title = " ".join(title.split())
    parts = re.split(r"\s+(\||–|—|-|·|»|:)\s+", title)
    while len(parts) > 2:
        tail, mark = parts[-1], parts[-2]
        named = bool(site) and letters_of(tail) == letters_of(site)
        known = mark in "|·»" or (not site and mark != ":" and len(tail.split()) <= 3)
        if not (named or known) or len("".join(parts[:-2])) < 10:
            break
        parts = parts[:-2]
    return " ".join(parts)


def site_in_title(tag: str, blocks: Sequence[Block]) -> str:
    """Return what a page's title adds to the headline that it shows: the site's name."""
    tag = " ".join(tag.split())
    behind = re.fullmatch(r"(?P<head>.+)\s+[|–—·»:-]\s+(?P<site>.+)", tag)
    before = re.fullmatch(r"(?P<site>[^|–—·»:]+?)\s*[|–—·»:]\s+(?P<head>.+)", tag)
    for hit in filter(None, (behind, before)):
        own = any(same_text(block.text, hit["head"]) for block in blocks)
        if own and len(hit["site"].split()) <= 5:
            return clean(hit["site"])
    return ""


def same_text(one: str, other: str) -> bool:
    """Say whether two lines have the same letters."""
    return bool(one) and len(one) < 300 and letters_of(one) == letters_of(other)


def _ends_with(shown: str, said: str) -> bool:
    return bool(letters_of(said)) and letters_of(shown).endswith(letters_of(said))
