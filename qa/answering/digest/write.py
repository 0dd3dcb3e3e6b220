"""Parts of a digest to what users get: sentences with citations, entries, and one text."""

from collections.abc import Callable, Sequence
from datetime import date

from corpus.article import Article
from corpus.text.quantities import month_name
from qa.answering.citations import QuoteSpan, add_markers, cite, keep_true, write_date
from qa.answering.digest.forms import Quotation, QuotationGroup
from qa.answering.digest.statements import Statement
from qa.answering.messages import message
from qa.results import DigestEntry, DigestPart, Sentence, Side


def cite_parts(
    parts: Sequence[QuotationGroup], article: Callable[[str], Article]
) -> tuple[tuple[Sentence, ...], tuple[DigestPart, ...]]:
    """Return the sentences with their citations, and the parts that they make.

    Args:
        parts: what was chosen.
        article: returns an article by its URI; what it no longer holds is left out.
    """
    lines = [line for part in parts for line in part.lines]
    sentences = cite([(line.statement.text, _quotes(line)) for line in lines])
    kept = {id(item) for item in keep_true(sentences, article)}
    by_statement = {
        line.statement: sentence
        for line, sentence in zip(lines, sentences, strict=True)
        if id(sentence) in kept
    }
    made = []
    for part in parts:
        entries = tuple(
            _entry(line, by_statement) for line in part.lines if line.statement in by_statement
        )
        if entries:
            made.append(DigestPart(part.title, entries))
    return tuple(entry.sentence for part in made for entry in part.entries), tuple(made)


def write_text(parts: Sequence[DigestPart], language: str) -> str:
    """Write the parts as one text: a line for each, or for each event of a timeline."""
    lines = []
    for part in parts:
        if any(entry.since for entry in part.entries):
            lines += [_write_event(entry, language) for entry in part.entries]
        else:
            text = add_markers([entry.sentence for entry in part.entries])
            lines.append(f"{part.title}: {text}" if part.title else text)
    return "\n".join(lines)


def write_days(entry: DigestEntry, language: str) -> str:
    """Write the days that an entry tells of: a day, a month, a year or a stretch of days.

    It says so where they are vague, or only those on which the article was printed.
    """
    if entry.since is None:
        return ""
    text = write_period(entry.since, entry.until or entry.since, language)
    if entry.certain:
        return text
    return message("digest_about" if entry.when else "digest_printed", language, days=text)


def write_period(first: date, last: date, language: str) -> str:
    """Write a stretch of days as short as it can be said.

    >>> write_period(date(2024, 5, 1), date(2024, 5, 31), "de")
    'Mai 2024'
    >>> write_period(date(2024, 1, 1), date(2024, 12, 31), "en")
    '2024'
    >>> write_period(date(2024, 7, 5), date(2024, 7, 7), "de")
    '05.07.2024–07.07.2024'
    """
    if first == last:
        return write_date(first, language)
    opens, closes = first.day == 1, (last.toordinal() + 1)
    if opens and date.fromordinal(closes).day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return f"{month_name(first.month, language)} {first.year}"
        if first.month == 1 and last.month == 12:
            return str(first.year) if first.year == last.year else f"{first.year}–{last.year}"
    return f"{write_date(first, language)}–{write_date(last, language)}"


def _quotes(line: Quotation) -> list[QuoteSpan]:
    return [(item.passage, item.start, item.end) for item in (line.statement, *line.others)]


def _entry(line: Quotation, sentences: dict[Statement, Sentence]) -> DigestEntry:
    event = line.event
    sides = tuple(
        Side(pair.counterpart.text, pair.other.article.published, sentences[pair.other],
             pair.other.corrects)
        for pair in line.differs
        if pair.other in sentences
    )  # fmt: skip
    return DigestEntry(
        sentences[line.statement],
        event.first if event else None,
        event.last if event else None,
        event.when if event else "",
        event.certain if event else True,
        line.statement.corrects,
        sides,
    )


def _write_event(entry: DigestEntry, language: str) -> str:
    return f"{write_days(entry, language)}: {add_markers([entry.sentence])}"
