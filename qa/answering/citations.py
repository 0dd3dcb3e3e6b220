"""Citations: how a source is named, how markers are set, and the check before they are shown."""

import logging
from collections.abc import Callable, Sequence
from datetime import date

from corpus.article import Article
from corpus.errors import ArticleNotFound
from corpus.text.quantities import month_name
from qa.results import ArticleInfo, Citation, Passage, Sentence

log = logging.getLogger(__name__)


def describe(article: ArticleInfo, paragraph: int, page: int | None = None) -> str:
    """Name a source for people, in the manner of the article's language.

    >>> info = ArticleInfo("x", "Sturm", published=date(2024, 10, 25), source="Der Bote",
    ...                    language="de")
    >>> describe(info, 3)
    'Sturm, Der Bote, 25.10.2024, Abs. 3'
    >>> describe(ArticleInfo("x", "Storm", published=date(2024, 10, 25), language="en"), 3, page=2)
    'Storm, 25 October 2024, p. 2, para. 3'
    """
    german = article.language == "de"
    parts = [article.title or article.uri, article.source]
    if article.published is not None:
        parts.append(write_date(article.published, article.language))
    if page is not None:
        parts.append(f"S. {page}" if german else f"p. {page}")
    parts.append(f"Abs. {paragraph}" if german else f"para. {paragraph}")
    return ", ".join(part for part in parts if part)


def write_date(day: date, language: str) -> str:
    """Write a date: "25.10.2024" in German, "25 October 2024" otherwise.

    >>> write_date(date(2024, 3, 1), "de"), write_date(date(2024, 3, 1), "fr")
    ('01.03.2024', '1 March 2024')
    """
    if language == "de":
        return day.strftime("%d.%m.%Y")
    # strftime would follow the machine's locale.
    return f"{day.day} {month_name(day.month, 'en')} {day.year}"


QuoteSpan = tuple[Passage, int, int]
"""A passage, and the offsets into the article of the words that support a sentence."""


def cite(sentences: Sequence[tuple[str, Sequence[QuoteSpan]]]) -> tuple[Sentence, ...]:
    """Give each passage a number in order of appearance, where sentences have several sources.

    Args:
        sentences: (text, quotes); the first quote is the sentence's own, the others say the same.
    """
    markers: dict[tuple[str, int], int] = {}
    found = []
    for text, quotes in sentences:
        citations = []
        for passage, start, end in quotes:
            marker = markers.setdefault((passage.article.uri, passage.paragraph), len(markers) + 1)
            quote = passage.text[start - passage.start : end - passage.start]
            citations.append(Citation(marker, passage, quote, start, end))
        found.append(Sentence(text, tuple(citations)))
    return tuple(found)


def add_markers(sentences: Sequence[Sentence]) -> str:
    """Write sentences as one text with their markers.

    >>> add_markers([Sentence("Es war kalt.", ()), Sentence("Sehr.", ())])
    'Es war kalt. Sehr.'
    """
    return " ".join(
        " ".join([item.text, *(f"[{citation.marker}]" for citation in item.citations)])
        for item in sentences
    )


def holds(citation: Citation, article: Article) -> bool:
    """Tell whether quote and passage stand in the article at the offsets given."""
    passage = citation.passage
    return (
        bool(citation.quote)
        and article.text[citation.start : citation.end] == citation.quote
        and article.text[passage.start : passage.end] == passage.text
        and passage.start <= citation.start < citation.end <= passage.end
    )


def keep_true(
    sentences: Sequence[Sentence], article: Callable[[str], Article]
) -> tuple[Sentence, ...]:
    """Leave out sentences whose quote does not stand in its article, letter for letter."""
    kept = []
    for sentence in sentences:
        try:
            right = all(
                holds(citation, article(citation.passage.article.uri))
                for citation in sentence.citations
            )
        except ArticleNotFound:
            right = False
        if right:
            kept.append(sentence)
        else:
            log.warning("a quote that its article no longer holds was left out")
    return tuple(kept)


def order_citations(sentences: Sequence[Sentence]) -> tuple[Citation, ...]:
    """Return the sentences' citations in the order of their markers."""
    found = [citation for sentence in sentences for citation in sentence.citations]
    return tuple(sorted(found, key=lambda citation: (citation.marker, citation.start)))
