"""Results as HTML for notebooks; every text in it is escaped, and only web addresses are links."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qa.results import Answer, Citation, Passage

_SHOWN = 50
"""Rows of a list that are shown."""


def passage_html(passage: "Passage") -> str:
    """Show a passage with its citation, linked to the original where it is on the web."""
    return (
        f"<p><b>{passage.rank}.</b> {_link(passage.citation, passage.article.url)}</p>"
        f"<blockquote>{escape(passage.text)}</blockquote>"
    )


def answer_html(answer: "Answer") -> str:
    """Show an answer, and each quote marked in its passage; or the refusal and what is near."""
    parts = [f"<p><b>{escape(answer.question)}</b></p>"]
    if answer.note:
        parts.append(f"<p><i>{escape(answer.note)}</i></p>")
    parts += [f"<p>{escape(line)}</p>" for line in answer.text.splitlines()]
    parts += [_citation(citation) for citation in answer.citations]
    if not answer.answered and answer.passages:
        parts.append(f"<details><summary>…</summary>{list_html(answer.passages)}</details>")
    return "".join(parts)


def list_html(items: Sequence[object]) -> str:
    """Show passages or articles as a table; other items by their text."""
    rows = "".join(f"<tr>{_cells(item)}</tr>" for item in items[:_SHOWN])
    more = len(items) - _SHOWN
    rest = f"<p>… and {more:,} more</p>" if more > 0 else ""
    return f"<table><tbody>{rows}</tbody></table>{rest}" if items else "<p>[]</p>"


def _cells(item: Any) -> str:
    if hasattr(item, "citation"):
        cited = _link(item.citation, item.article.url)
        cells = [str(item.rank), f"{item.score:.2f}", cited, escape(item.text)]
    elif hasattr(item, "uri"):
        day = item.published.isoformat() if item.published else ""
        cells = [day, _link(item.title, item.url), escape(item.source), escape(item.uri)]
    else:
        cells = [escape(str(item))]
    return "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells)


def _citation(citation: "Citation") -> str:
    passage = citation.passage
    first, last = citation.start - passage.start, citation.end - passage.start
    text = passage.text
    return (
        f"<p>[{citation.marker}] {_link(passage.citation, passage.article.url)}</p>"
        f"<blockquote>{escape(text[:first])}<mark>{escape(text[first:last])}</mark>"
        f"{escape(text[last:])}</blockquote>"
    )


def _link(text: str, url: str) -> str:
    if not url.casefold().startswith(("http://", "https://")):
        return escape(text)
    return f'<a href="{escape(url)}" rel="noopener noreferrer">{escape(text)}</a>'
