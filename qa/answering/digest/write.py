"""Parts of a digest to what users get: sentences with citations, entries, and one text."""

from collections.abc import Callable, Sequence

from corpus.article import Article
from qa.answering.citations import QuoteSpan, add_markers, cite, keep_true, write_date
from qa.answering.digest.days import write_days
from qa.answering.digest.material import Quotation, QuotationGroup
from qa.answering.digest.statements import Statement
from qa.answering.values import with_noun
from qa.results import DIFFER, DigestEntry, DigestPart, Sentence, Side


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
            made.append(DigestPart(part.title, entries, part.role))
    return tuple(entry.sentence for part in made for entry in part.entries), tuple(made)


def write_text(parts: Sequence[DigestPart], language: str) -> str:
    """Write the parts as one text: a line for each, or for each event of a timeline."""
    lines = []
    for part in parts:
        if any(entry.since for entry in part.entries):
            lines += [
                f"{write_days(entry, language)}: {add_markers([entry.sentence])}"
                for entry in part.entries
            ]
            continue
        if part.role == DIFFER:
            told = [
                f"({write_origin(entry, language)}) {add_markers([entry.sentence])}"
                for entry in part.entries
            ]
            text = " ".join(told)
        else:
            text = add_markers([entry.sentence for entry in part.entries])
        lines.append(f"{part.title}: {text}" if part.title else text)
    return "\n".join(lines)


def write_origin(entry: DigestEntry, language: str) -> str:
    """Write who says something, and when it was published."""
    info = entry.article
    day = write_date(info.published, language) if info.published else ""
    return ", ".join(filter(None, (info.source or info.title or info.uri, day)))


def _quotes(line: Quotation) -> list[QuoteSpan]:
    return [(item.passage, item.start, item.end) for item in (line.statement, *line.others)]


def _entry(line: Quotation, sentences: dict[Statement, Sentence]) -> DigestEntry:
    event = line.event
    sides = tuple(
        Side(
            with_noun(pair.other.text, pair.counterpart),
            pair.other.article.published,
            sentences[pair.other],
            pair.other.corrects,
        )
        for pair in line.differs
        if pair.other in sentences
    )
    return DigestEntry(
        sentences[line.statement],
        event.first if event else None,
        event.last if event else None,
        event.when if event else "",
        event.certain if event else True,
        line.statement.corrects,
        sides,
        with_noun(line.statement.text, line.differs[0].value) if sides else "",
    )
