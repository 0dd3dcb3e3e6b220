"""Pages that stand in an article's place: consent walls, "not found", log-ins, checks, refreshes.

A page is one of them only where its text, but for a small part, is what such pages say to
their reader, and, except for consent walls, its headline or form says so too. A site's banner
above a short article does not make the article one. tests/data/pages has the measure.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from corpus.blocks import Block
from corpus.errors import ErrorText
from corpus.structure.phrases import Phrases
from corpus.text.sentences import sentence_spans

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_SHARE = 0.6
"""Of the page's characters, what has to be said to the reader of such a page."""
_LONGEST = 1200
_LONGEST_CONSENT = 6000
"""Characters of text; consent walls list what they want to do."""
_LITTLE = 300
"""Characters of text that a page that sends on may have."""
_SOON = 15
"""Seconds."""

_PHRASES = Phrases("instead.toml")
_BANNER = re.compile(r"cookie|consent|gdpr|dsgvo|\bcmp\b", re.I)
_SENTENCE = re.compile(r"\w{2,}[.!?…]")
_REPORTED = re.compile(
    r"\b(?:sagt|sagte|sagten|teilte\w*|erklärte\w*|rät|raten|hieß es|laut|berichtet\w*|"
    r"said|says|told|according|reported)\b",
    re.I,
)
_CONSENT = _PHRASES.pattern("consent")
_CONSENT_SPEAKER = _PHRASES.pattern("consent_speaker")
_SPOKEN_TO = re.compile(
    r"\b(?:wir|uns|unser\w*|Sie|Ihre?\w*|du|dich|dir|dein\w*|we|our|us|your?|this (?:web)?site)\b"
    r"|^[^.!?]{0,60}$"
)
_MISSING_TITLE = _PHRASES.pattern("missing_title")
_MISSING = _PHRASES.pattern("missing")
_LOGIN_TITLE = _PHRASES.pattern("login_title")
_LOGIN = _PHRASES.pattern("login")
_CHECK_TITLE = _PHRASES.pattern("check_title")
_CHECK = _PHRASES.pattern("check")
_SCRIPT = _PHRASES.pattern("script")
_REFRESH = re.compile(
    r"\s*(?P<delay>\d+)(?:\.\d*)?\s*[;,]\s*(?:url\s*=)?\s*['\"]?(?P<url>[^'\"]+)", re.I
)


class _Text:
    """What a page says, without what is a link."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self._paragraphs = paragraphs
        self.size = sum(map(len, paragraphs))

    @cached_property
    def sentences(self) -> list[str]:
        return [
            " ".join(paragraph[start:end].split())
            for paragraph in self._paragraphs
            for start, end in sentence_spans(paragraph)
        ]

    def share(self, *patterns: re.Pattern[str]) -> float:
        """Return which part of the characters stands in sentences that match and report nothing."""
        said = sum(
            len(sentence)
            for sentence in self.sentences
            if any(each.search(sentence) for each in patterns) and not _REPORTED.search(sentence)
        )
        return said / max(self.size, 1)


def reason_for_none(
    root: "HtmlElement", blocks: Sequence[Block], titles: Iterable[str], *, dated: bool
) -> str:
    """Return why a page is no article but something in its place, or "".

    `titles` are its headlines, without the site's name; `dated` says whether the page names a
    day of publication.
    """
    named = [" ".join(title.split()) for title in titles if title.strip()]
    text = _text(root, blocks, named)
    if text.size > _LONGEST_CONSENT:
        return ""
    target = _sends_on(root)
    if target and text.size <= _LITTLE:
        return ErrorText(
            "this page only sends on to {target}; add that address", target=target[:200]
        )
    if _is_consent(text, named):
        return (
            "this page asks for consent to cookies and is no article; "
            "answer it in your browser and save the page from there"
        )
    if dated or text.size > _LONGEST:
        return ""
    if _speaks(text, named, _MISSING_TITLE, _MISSING):
        return "this page says that there is nothing at its address; check the address"
    form = root.xpath("boolean(//input[@type='password'])")
    if _speaks(text, named, _LOGIN_TITLE, _LOGIN) or (form and text.share(_LOGIN) >= 0.9):
        return (
            "this is a page to log in, not an article; "
            "log in with your browser and save the article from there"
        )
    if _speaks(text, named, _CHECK_TITLE, _CHECK, _SCRIPT) or text.share(_SCRIPT) >= 0.8:
        return (
            "this page checks who asks for it and holds no article; "
            "save the article from your browser"
        )
    return ""


def _text(root: "HtmlElement", blocks: Sequence[Block], titles: Sequence[str]) -> _Text:
    """Return what the page says: outside of banners and in its main part, where that is prose."""
    own = [
        block
        for block in blocks
        if not block.linked and block.kind != "title" and " ".join(block.text.split()) not in titles
    ]
    boxes = (box for box in root.iter("div", "section", "aside", "dialog") if _is_banner(box))
    banners = " ".join("".join(box.text_content().split()) for box in boxes)
    outside = [block for block in own if "".join(block.text.split()) not in banners]
    chosen = outside if _has_prose(outside) else own
    main = [block for block in chosen if block.suspicion < 0.9]
    return _Text([block.text for block in (main if _has_prose(main) else chosen)])


def _is_banner(element: "HtmlElement") -> bool:
    return bool(_BANNER.search(f"{element.get('class') or ''} {element.get('id') or ''}"))


def _has_prose(blocks: Iterable[Block]) -> bool:
    return any(_SENTENCE.search(block.text) for block in blocks)


def _is_consent(text: _Text, titles: Sequence[str]) -> bool:
    if not any(_CONSENT_SPEAKER.search(item) for item in [*text.sentences, *titles]):
        return False
    said = [
        sentence
        for sentence in text.sentences
        if _CONSENT.search(sentence)
        and _SPOKEN_TO.search(sentence)
        and not _REPORTED.search(sentence)
    ]
    return sum(map(len, said)) >= _SHARE * max(text.size, 1)


def _speaks(
    text: _Text, titles: Sequence[str], title: re.Pattern[str], *said: re.Pattern[str]
) -> bool:
    """Say whether a headline is such a page's, whole, and most of the text too."""
    headed = any(title.fullmatch(item) for item in titles)
    return headed and (text.size == 0 or text.share(*said) >= _SHARE)


def _sends_on(root: "HtmlElement") -> str:
    """Return the address to which a page sends its reader at once, or ""."""
    for element in root.iter("meta"):
        if (element.get("http-equiv") or "").strip().lower() != "refresh":
            continue
        hit = _REFRESH.match(element.get("content") or "")
        if hit and int(hit["delay"][:6]) <= _SOON:
            return hit["url"].strip()
    return ""
