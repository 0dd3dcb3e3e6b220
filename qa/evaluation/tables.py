"""An evaluation for the terminal: pure functions to Rich renderables."""

from collections.abc import Mapping

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from qa.evaluation.results import AnswerQuality, Evaluation, Measure, Quality

_SHOWN_PROBLEMS = 10
_NAMES = {
    "answered_answerable": "answerable questions answered",
    "answered_unanswerable": "unanswerable questions answered (smaller is better)",
    "right_paragraph_cited_first": "right paragraph cited first, of those answered",
    "first_quote_holds_answer": "first quote holds the answer, of those answered",
    "any_quote_holds_answer": "any quote holds the answer, of those answered",
    "f1": "F1 of the answer's words, a due refusal counting 1",
    "exact": "exact match, a due refusal counting 1",
    "f1_of_answerable": "F1 of the answerable ones, a refusal counting 0",
    "f1_when_answered": "F1 of those answered",
    "exact_when_answered": "exact match of those answered",
    "short_answer_given": "short answer given, of those answered",
    "f1_of_short_answers": "F1 of the short answers",
    "citation_recall": "sentences whose citation stands in its article",
    "citation_precision": "citations that hold the answer",
    "right": "right: quote holds the answer, or a due refusal",
}


def evaluation_view(found: Evaluation) -> RenderableType:
    """Show an evaluation: overall, by language and kind, and what could not be used."""
    parts: list[RenderableType] = [
        Text(f"{found.questions:,} questions, {found.seconds:,.0f} s; 95 % intervals")
    ]
    for title, groups in (
        ("Retrieval by kind", found.kinds),
        ("Retrieval by language", found.languages),
    ):
        table = _retrieval(groups)
        if table is not None and (len(groups) > 1 or title.endswith("kind")):
            parts += [Text(f"\n{title}", style="bold"), table]
    if found.overall.answers is not None:
        parts += [Text("\nAnswers", style="bold"), _answers(found.overall.answers)]
        if len(found.languages) > 1:
            parts += [Text("\nAnswers by language", style="bold"), _short(found.languages)]
    if found.remark:
        parts.append(Padding(Text(found.remark, style="dim"), (1, 0, 0, 0)))
    return Group(*parts)


def problems_view(found: Evaluation) -> RenderableType:
    """List the lines that could not be used."""
    lines = [
        Text.assemble((f"Line {item.line} left out: ", "yellow"), item.reason)
        for item in found.problems[:_SHOWN_PROBLEMS]
    ]
    more = len(found.problems) - _SHOWN_PROBLEMS
    if more > 0:
        lines.append(Text(f"… and {more} more; --json FILE lists them all."))
    return Group(*lines)


def _retrieval(groups: Mapping[str, Quality]) -> Table | None:
    measured = {name: item.retrieval for name, item in groups.items() if item.retrieval}
    if not measured:
        return None
    table = Table(box=None, pad_edge=False, header_style="bold")
    first = next(iter(measured.values()))
    for name in ("", "questions", *first.measures):
        table.add_column(name, justify="left" if not name else "right")
    for name, quality in measured.items():
        # Two lines a cell, so that five fit into 80 columns.
        cells = [_stack_interval(value) for value in quality.measures.values()]
        table.add_row(name, f"{quality.questions:,}", *cells)
    return table


def _answers(quality: AnswerQuality) -> RenderableType:
    confusion = quality.confusion
    counts = Table(box=None, pad_edge=False, header_style="bold")
    for name in ("", "answered", "refused"):
        counts.add_column(name, justify="left" if not name else "right")
    counts.add_row(
        "the articles say it",
        f"{confusion.answerable_answered:,}",
        f"{confusion.answerable_refused:,}",
    )
    counts.add_row(
        "they do not", f"{confusion.unanswerable_answered:,}", f"{confusion.unanswerable_refused:,}"
    )
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(justify="right")
    table.add_column(overflow="fold")
    for name, value in quality.measures.items():
        table.add_row(_cell(value), f"{value.count:,}", _NAMES[name])
    given = confusion.answerable_answered + confusion.unanswerable_answered
    if given:
        table.add_row(_number(quality.area_under_risk), f"{given:,}", "area under the risk curve")
        table.add_row(
            _number(quality.calibration_error), f"{given:,}", "expected calibration error"
        )
    quotes = quality.quotes
    checked = Text(
        f"{quotes.citations:,} citations checked against their articles: {quotes.wrong_quotes} "
        f"wrong quotes, {quotes.loose_markers} markers without a source"
    )
    return Group(counts, Text(), table, checked)


def _short(groups: Mapping[str, Quality]) -> Table:
    names = ("answered_answerable", "answered_unanswerable", "first_quote_holds_answer", "right")
    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in (
        "",
        "questions",
        "answerable answered",
        "unanswerable answered",
        "quote holds",
        "right",
    ):
        table.add_column(title, justify="left" if not title else "right")
    for language, quality in groups.items():
        if quality.answers is not None:
            values = [quality.answers.measures.get(name) for name in names]
            cells = [_stack_interval(value) if value else "–" for value in values]
            table.add_row(language, f"{quality.answers.questions:,}", *cells)
    return table


def _cell(value: Measure) -> str:
    """Write a measure with its interval.

    >>> _cell(Measure(0.75, 0.3006, 1.0, 4))
    '.750 (.301–1.000)'
    """
    return f"{_number(value.mean)} ({_number(value.low)}–{_number(value.high)})"


def _stack_interval(value: Measure) -> str:
    r"""Write the interval below the mean.

    >>> _stack_interval(Measure(0.75, 0.3006, 1.0, 4))
    '.750\n.301–1.000'
    """
    return _cell(value).replace(" (", "\n").removesuffix(")")


def _number(value: float) -> str:
    return f"{value:.3f}".removeprefix("0")
