"""What the command line prints: pure functions from results to Rich renderables.

Text of articles goes into `Text` objects, which read no markup.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from corpus.article import ANSWERING_ROLES, Article
from corpus.catalog.removed import RemovedArticle
from qa.cli.digest_tables import digest_view
from qa.i18n import Words
from qa.results import (
    AddReport,
    Answer,
    ArticleInfo,
    Citation,
    Explanation,
    Passage,
    PassageExplanation,
    RecognisedDate,
    Status,
)

_SHOWN_SKIPPED = 20
_TABLE_WIDTH = 100
"""Columns that a table of articles needs to be read at a glance."""


@dataclass(frozen=True)
class Indented:
    """A text whose every line begins `by` columns in; unlike `Padding`, no blanks at their ends."""

    text: Text
    by: int
    first: Text | None = None
    """What stands in place of the blanks in the first line."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        by, first = self.by, self.first
        if by > options.max_width // 2:
            # Too narrow to be indented.
            if first is not None:
                first = first.copy()
                first.rstrip()
                yield first
            by, first = 0, None
        for line in self.text.wrap(console, max(1, options.max_width - by)):
            line.rstrip()
            yield Text.assemble(Text(" " * by) if first is None else first, line)
            first = None


def add_summary(report: AddReport) -> RenderableType:
    """Say what an `add` has done, and list what it skipped."""
    counts = (
        f"{report.added} added, {report.updated} updated, {report.unchanged} unchanged, "
        f"{report.duplicates} duplicates, {len(report.skipped)} skipped; "
    )
    if report.moved:
        counts += f"{report.moved} moved; "
    if report.removed:
        counts += f"{report.removed} removed; "
    passages = f"{report.embedded:,} passage{'' if report.embedded == 1 else 's'}"
    embedded = f"{passages} embedded" if report.embedded else "nothing embedded"
    lines = [Text(f"{counts}{embedded} ({report.seconds:.1f} s).")]
    lines += [
        Text.assemble(("Skipped ", "yellow"), name, ": ", reason)
        for name, reason in report.skipped[:_SHOWN_SKIPPED]
    ]
    lines += [
        Text.assemble(("Note: ", "yellow"), name, " ", note)
        for name, note in report.notes[:_SHOWN_SKIPPED]
    ]
    shown = min(len(report.skipped), _SHOWN_SKIPPED) + min(len(report.notes), _SHOWN_SKIPPED)
    more = len(report.skipped) + len(report.notes) - shown
    if more > 0:
        lines.append(Text(f"… and {more} more; --json lists them all."))
    return Group(*lines)


def removed_lines(found: Sequence[RemovedArticle]) -> Iterator[str]:
    """Yield a line for each removed article: when it was removed, its URI, its title."""
    for item in found:
        yield f"{item.removed_at:%Y-%m-%d %H:%M}\t{item.uri}\t{item.title}"


def missing_line(missing: int) -> str:
    """Say how many paragraphs wait for their embedding.

    >>> missing_line(1)
    '1 paragraph is not embedded yet and found by its words alone: article-qa embed'
    """
    if missing == 1:
        return "1 paragraph is not embedded yet and found by its words alone: article-qa embed"
    return (
        f"{missing:,} paragraphs are not embedded yet and found by their words alone: "
        "article-qa embed"
    )


@dataclass(frozen=True)
class ArticleTable:
    """Articles as a table, or where that would be too narrow to read, a few lines for each."""

    articles: Sequence[ArticleInfo]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if options.max_width < _TABLE_WIDTH:
            yield from (part for info in self.articles for part in _article_block(info))
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        for name in ("Date", "Title", "Source", "Language", "URI"):
            short = name in ("Date", "Language")
            table.add_column(name, overflow="fold" if name == "URI" else "ellipsis", no_wrap=short)
        for info in self.articles:
            table.add_row(*map(Text, _cells(info)))
        yield table


def _article_block(info: ArticleInfo) -> Iterable[RenderableType]:
    day, title, source, language, uri = _cells(info)
    yield Indented(Text(title, "bold"), 12, Text(f"{day:<12}"))
    yield Indented(Text(" · ".join(fact for fact in (source, language) if fact)), 12)
    yield Indented(Text(uri, "dim"), 12)


def _cells(info: ArticleInfo) -> tuple[str, str, str, str, str]:
    day = info.published.isoformat() if info.published else ""
    return (day, info.title, info.source, info.language, info.uri)


def article_lines(articles: Sequence[ArticleInfo]) -> list[str]:
    r"""Return a line for each article: date, title, source, language and URI between tabs.

    >>> article_lines([ArticleInfo("file:///a.txt", "Sturm\tin Lauten", language="de")])
    ['\tSturm in Lauten\t\tde\tfile:///a.txt']
    """
    return ["\t".join(" ".join(cell.split()) for cell in _cells(info)) for info in articles]


def article_view(article: Article, corrections: Iterable[str] = ()) -> RenderableType:
    """Show an article's metadata, which of it was corrected, and its paragraphs with roles."""
    facts = [article.source, ", ".join(article.authors)]
    facts += [str(article.published) if article.published else "", article.language]
    lines: list[RenderableType] = [
        Text(article.title, "bold"),
        Text(" · ".join(fact for fact in facts if fact), "dim"),
        Text(article.uri, "dim"),
    ]
    if corrections:
        lines.append(Text(f"Set by you: {', '.join(corrections)}", "dim"))
    lines.append(Text())
    for paragraph in article.paragraphs:
        style = "" if paragraph.role in ANSWERING_ROLES else "dim"
        label = Text(f"{paragraph.number:>3} {paragraph.role:<9}", "cyan")
        text = Text(article.paragraph_text(paragraph), style)
        lines.append(Indented(text, len(label), label))
    return Group(*lines)


def passage_view(passage: Passage) -> RenderableType:
    """Show a passage with its rank, scores and source."""
    scores = "  ".join(f"{name} {value:.3f}" for name, value in passage.scores.items())
    also = ", ".join(info.source or info.title for info in passage.also_in)
    corrected = _correction_note(passage)
    parts: list[RenderableType] = [
        Text.assemble((f"{passage.rank}. {passage.citation}", "bold"), (corrected, "yellow")),
        Indented(Text(f"score {passage.score:.3f}  {scores}", "dim"), 3),
    ]
    if also:
        parts.append(Indented(Text(f"also in: {also}", "dim"), 3))
    return Group(*parts, Indented(Text(passage.text), 3), Text())


def explanation_view(explanation: Explanation) -> RenderableType:
    """Show how each passage came by its rank: what is added up, and which terms match."""
    where = f", {explanation.filters}" if explanation.filters else ""
    head = (
        f"Searched {explanation.searched:,} of {explanation.paragraphs:,} paragraphs{where}; "
        f"the question's language: {explanation.language}.\n{explanation.formula}"
    )
    return Group(Text(head, "dim"), *(_passage_explained(item) for item in explanation.passages))


def _passage_explained(item: PassageExplanation) -> RenderableType:
    passage = item.passage
    parts = " + ".join(f"{name} {value:.2f}" for name, value in item.parts.items())
    lines = [
        Text(),
        Text(f"{passage.rank}. {passage.citation}", "bold"),
        Text(f"   score {passage.score:.2f} = {parts}"),
        Text(
            f"   cosine {passage.scores['dense']:.3f}, {passage.scores['dense_z']:.1f} deviations "
            f"above the mean; BM25 {passage.scores['lexical']:.2f}; "
            f"coverage {passage.scores['coverage']:.0%}",
            "dim",
        ),
    ]
    for label, held, style in (("matched", True, "green"), ("missing", False, "yellow")):
        terms = ", ".join(f"{t.text} ({t.rarity:.1f})" for t in item.terms if t.held == held)
        if terms:
            lines.append(Text.assemble((f"   {label}: ", style), terms))
    if item.foreign:
        lines.append(Text("   in another language: only names and numbers are looked up", "dim"))
    if passage.also_in:
        also = ", ".join(info.source or info.title for info in passage.also_in)
        lines.append(Text(f"   collapsed with the same paragraph in: {also}", "dim"))
    lines.append(Text(f"   {passage.text[:160]}{'…' if len(passage.text) > 160 else ''}", "dim"))
    return Group(*lines)


def dates_line(dates: Sequence[RecognisedDate]) -> str:
    """Say which times a question names, and how to filter by them.

    >>> from datetime import date
    >>> dates_line([RecognisedDate("seit März", 0, date(2026, 3, 1), None)])
    'Recognised: since 1 March 2026 ("seit März"); add --since 2026-03-01 to filter.'
    """
    said = "; ".join(f'{_range(item)} ("{item.text}")' for item in dates)
    options = " or ".join(item.options for item in dates)
    return f"Recognised: {said}; add {options} to filter."


def _range(item: RecognisedDate) -> str:
    first, last = (f"{day.day} {day:%B %Y}" if day else "" for day in (item.since, item.until))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"since {first}" if first else f"until {last}"


def answer_view(answer: Answer) -> RenderableType:
    """Show an answer, and under it each source with the words quoted from it."""
    lines: list[RenderableType] = []
    if answer.about:
        lines.append(Text(f"About: {answer.about}", "dim"))
    if not answer.citations:
        style = "bold" if answer.answered else "yellow"
        return Group(*lines, Text(answer.text, style), *_suggestions(answer))
    if answer.short and answer.short != answer.sentences[0].text:
        lines.append(Text(answer.short, "bold green"))
    if answer.digest is not None and not answer.model:
        lines.append(digest_view(answer.digest, answer.language))
    else:
        lines.append(Text(answer.text, "bold"))
    lines += [*_remarks(answer), Text()]
    shown: set[int] = set()
    for citation in answer.citations:
        if citation.marker not in shown:
            shown.add(citation.marker)
            lines += _source(citation, answer.citations)
    return Group(*lines)


def _suggestions(answer: Answer) -> list[RenderableType]:
    """Return questions that the articles can answer, after one that they do not."""
    heading = Words(answer.language)["suggestions"]
    asked = [Text(f"  {question}") for question in answer.suggestions]
    return [Text(), Text(f"{heading}:", "dim"), *asked] if asked else []


def _remarks(answer: Answer) -> list[RenderableType]:
    """Say which sentences are not supported and why, and what else has to be known."""
    lines = [
        Text.assemble(("! ", "yellow"), sentence.text, " ", (sentence.reason, "yellow"))
        for sentence in answer.sentences
        if not sentence.supported
    ]
    return [*lines, *(Text(note, "yellow") for note in answer.notes)]


def _source(citation: Citation, citations: Sequence[Citation]) -> list[RenderableType]:
    """Show a source's name, its passage with the quotes underlined, and its address."""
    passage = citation.passage
    text = Text(passage.text, "dim")
    for other in citations:
        if other.marker == citation.marker:
            text.stylize(
                "not dim underline", other.start - passage.start, other.end - passage.start
            )
    also = ", ".join(info.source or info.title for info in passage.also_in)
    address = passage.article.url or passage.article.uri
    parts: list[RenderableType] = [
        Text.assemble(
            (f"[{citation.marker}] {passage.citation}", "cyan"),
            (_correction_note(passage), "yellow"),
        )
    ]
    if also:
        parts.append(Indented(Text(f"also in: {also}", "dim"), 4))
    return [*parts, Indented(text, 4), Indented(Text(address, "dim"), 4), Text()]


def _correction_note(passage: Passage) -> str:
    day = passage.article.corrected
    return f", corrected on {day.isoformat()}" if day else ""


def status_view(status: Status) -> RenderableType:
    """Show what a collection holds."""
    rows = {
        "Collection": status.path,
        "Articles": f"{status.articles:,}",
        "Paragraphs": f"{status.paragraphs:,}",
        "Embedded": f"{status.embedded:,} of {status.windows:,} windows"
        + (f"; {missing_line(status.missing)}" if status.missing else ""),
        "Model": f"{status.model} {status.fingerprint}".strip(),
        "Languages": _list_counts(status.languages.items()),
        "Sources": _list_counts(status.sources.items()),
        "Published": f"{status.first} to {status.last}" if status.first else "no dates",
    }
    width = max(map(len, rows)) + 2
    return Group(
        *(
            Indented(Text(value), width, Text(name.ljust(width), "bold"))
            for name, value in rows.items()
        )
    )


def _list_counts(counts: Iterable[tuple[str, int]]) -> str:
    return ", ".join(f"{name} ({count:,})" for name, count in counts) or "none"
