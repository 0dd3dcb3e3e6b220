"""An answer as a chat message in Markdown: its text, then a list of its sources.

Titles and quotes come from articles that somebody else wrote. Their characters that make
links, pictures, emphasis or HTML are escaped; markers [n] stay as they are.
"""

import re
from collections.abc import Mapping
from typing import Any

from qa.results import Answer, Citation

_SPECIAL = re.compile(r"[\\`*_\[\]<>]|&(?=#?\w+;)|^[#+=-]")
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=\s|$)")
_MARKERS = re.compile(r"\\\[(\d{1,3})\\\]")
_SOURCES: Mapping[str, str] = {"de": "Quellen", "en": "Sources"}
_ONLY_TEXT: Mapping[str, str] = {
    "de": "Nur der Text der Frage wurde gelesen; Bilder, Ton und Dateien bleiben außer Betracht.",
    "en": "Only the text of the question was read; pictures, sound and files are left out.",
}


def markdown(text: str) -> str:
    r"""Escape a text for Markdown.

    >>> markdown("![x](http://evil.example) <b>")
    '!\\[x\\](http://evil.example) \\<b\\>'
    """
    escaped = _SPECIAL.sub(r"\\\g<0>", " ".join(text.split()))
    return _NUMBERED.sub(r"\1\\\2", escaped)  # else "12. April" begins a list


def message_text(answer: Answer, *, partly: bool = False) -> str:
    """Return the answer with its markers, and its sources with their quotes.

    Args:
        answer: of the articles.
        partly: whether only the question's text was read, which is then said at the end.
    """
    known = {str(citation.marker) for citation in answer.citations}
    lines = [_with_markers(line, known) for line in answer.text.split("\n")]
    if answer.articles:
        lines = [line.replace("\\-", "-", 1) for line in lines]
    blocks = ["\n".join(lines)]
    if not answer.citations:
        blocks.append("\n".join(f"- {markdown(question)}" for question in answer.suggestions))
    if answer.citations:
        heading = _SOURCES.get(answer.language, _SOURCES["en"])
        blocks += [f"**{heading}**", *map(_source, answer.citations)]
    if partly:
        blocks.append(_ONLY_TEXT.get(answer.language, _ONLY_TEXT["en"]))
    return "\n\n".join(block for block in blocks if block)


def annotations(answer: Answer, text: str) -> list[dict[str, Any]]:
    """Return the markers in `text` whose articles have an address, in OpenAI's shape."""
    cited = {citation.marker: citation for citation in answer.citations}
    found = []
    for match in re.finditer(r"(?<!\\)\[(\d{1,3})\]", text):
        citation = cited.get(int(match[1]))
        if citation is not None and citation.passage.article.url:
            article = citation.passage.article
            place = {"start_index": match.start(), "end_index": match.end()}
            named = {"url": article.url, "title": article.title}
            found.append({"type": "url_citation", "url_citation": {**place, **named}})
    return found


def _with_markers(line: str, known: set[str]) -> str:
    """Escape a line of the answer, but for the markers that it has citations for."""

    def keep(match: re.Match[str]) -> str:
        return f"[{match[1]}]" if match[1] in known else match[0]

    # A marker is followed by no bracket or colon, which would make a link of it.
    escaped = _MARKERS.sub(keep, markdown(line))
    return re.sub(r"(\[\d{1,3}\])(?=[(:])", r"\1 ", escaped)


def _source(citation: Citation) -> str:
    article = citation.passage.article
    left, right = "„“" if article.language == "de" else "“”"
    quote = f"{left}{markdown(citation.quote)}{right}"
    line = f"[{citation.marker}] {markdown(citation.passage.citation)}: {quote}"
    # Between blanks an address is a link in most readers; one with brackets could be more.
    plain = re.fullmatch(r"https?://[^\s<>()\[\]]+", article.url)
    return f"{line} {article.url}" if plain else line
