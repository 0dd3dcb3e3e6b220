"""Articles by month or year as a strip that filters the list below it, and by source as a table."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qa.i18n import Words
from qa.results import ArticleInfo
from qa.server.library.view import View, spellings

BY_MONTH = 48
"""More months than this are shown by years."""
SERIES = 5
"""Sources with a column of their own in the table; the others share one."""


@dataclass(frozen=True, slots=True)
class Columns:
    """How many articles each source has in each month or year, without gaps."""

    yearly: bool
    periods: tuple[str, ...]
    """ "2024-10" or "2024", ascending."""
    sources: tuple[str, ...]
    """The most frequent first; "" are articles without a source."""
    others: bool
    """Whether a last row has the rest."""
    counts: tuple[tuple[int, ...], ...]
    """A row a source, then the others', with a figure a period."""
    undated: int

    def total(self, at: int) -> int:
        """Return the articles of one period."""
        return sum(row[at] for row in self.counts)


def columns(infos: Iterable[ArticleInfo]) -> Columns:
    """Count articles by month and source, or by year where there are many months."""
    found = list(infos)
    names = spellings(found)
    dated = [
        (info.published, names.get(info.source.casefold(), "")) for info in found if info.published
    ]
    undated = len(found) - len(dated)
    if not dated:
        return Columns(False, (), (), False, (), undated)
    days = [day for day, _ in dated]
    periods = _months(min(days), max(days))
    yearly = len(periods) > BY_MONTH
    if yearly:
        periods = tuple(f"{year:04}" for year in range(min(days).year, max(days).year + 1))
    length = 4 if yearly else 7
    by_source = Counter(source for _, source in dated)
    many = len(by_source) > SERIES + 1
    ranked = [source for source, _ in by_source.most_common(SERIES if many else None)]
    rows = {source: at for at, source in enumerate(ranked)}
    places = {period: at for at, period in enumerate(periods)}
    counts = [[0] * len(periods) for _ in range(len(ranked) + many)]
    for day, source in dated:
        counts[rows.get(source, len(ranked))][places[day.isoformat()[:length]]] += 1
    return Columns(yearly, periods, tuple(ranked), many, tuple(map(tuple, counts)), undated)


@dataclass(frozen=True, slots=True)
class ChartBar:
    """The articles of one period, and what a click on it leads to."""

    tip: str
    height: float
    """In percent of the highest one."""
    query: str
    """Of the library's address: with this period chosen, or with none where it is already."""
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn in a line, and its figures as a table."""

    title: str
    said: str
    """The strip in a sentence, read aloud in its place."""
    bars: Sequence[ChartBar]
    ends: tuple[str, str]
    """The first and the last period."""
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[int]]]
    """(period, query that shows its articles, figures with their sum), the newest first."""
    undated: int


def strip(counted: Columns, view: View, words: Words) -> Strip | None:
    """Return the strip of some columns above a view, or None where nothing has a date."""
    if not counted.periods:
        return None
    names = [source or words["no_source"] for source in counted.sources]
    names += [words["others"]] if counted.others else []
    title = words["by_year" if counted.yearly else "by_month"]
    most = max(range(len(counted.periods)), key=counted.total)
    said = words.fill(
        "chart_said",
        n=words.number(sum(map(sum, counted.counts))),
        first=period_name(counted.periods[0], words),
        last=period_name(counted.periods[-1], words),
        most=words.number(counted.total(most)),
        where=period_name(counted.periods[most], words, inside=True),
    )
    bars, rows = [], []
    for at, period in enumerate(counted.periods):
        total = counted.total(at)
        since, until = days_of(period)
        is_chosen = (view.since, view.until) == (since, until)
        query = view.query(
            since="" if is_chosen else since, until="" if is_chosen else until, page=1
        )
        tip = f"{period_name(period, words)}: {words.count('n_articles', total)}"
        height = round(100 * total / counted.total(most), 1)
        bars.append(ChartBar(tip, height, query, is_chosen))
        if total:
            figures = [*(row[at] for row in counted.counts), total]
            rows.append((period_name(period, words), f"since={since}&until={until}", figures))
    ends = period_name(counted.periods[0], words), period_name(counted.periods[-1], words)
    heads = [words["year" if counted.yearly else "month"], *names, words["total"]]
    return Strip(title, f"{title}. {said}", bars, ends, heads, rows[::-1], counted.undated)


def period_name(period: str, words: Words, *, inside: bool = False) -> str:
    """Return "Oktober 2024" for "2024-10"; `inside` as "im Oktober 2024".

    >>> period_name("2024-10", Words("de"), inside=True), period_name("2024", Words("en"))
    ('im Oktober 2024', '2024')
    """
    year, _, month = period.partition("-")
    german = words.language == "de"
    if not month:
        return (f"im Jahr {year}" if german else f"in {year}") if inside else year
    name = words.month(date(int(year), int(month), 1))
    return f"{'im' if german else 'in'} {name}" if inside else name


def _months(first: date, last: date) -> tuple[str, ...]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    # Of a thousand years only the years are shown; their months need not be listed.
    count = min(count, BY_MONTH + 1)
    return tuple(f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start, start + count))


def days_of(period: str) -> tuple[str, str]:
    """Return the first and the last day of a month or year.

    >>> days_of("2024-02"), days_of("2024")
    (('2024-02-01', '2024-02-29'), ('2024-01-01', '2024-12-31'))
    """
    year, _, month = period.partition("-")
    if not month:
        return f"{year}-01-01", f"{year}-12-31"
    following = date(int(year) + (month == "12"), int(month) % 12 + 1, 1)
    return f"{period}-01", date.fromordinal(following.toordinal() - 1).isoformat()
