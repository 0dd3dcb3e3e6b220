"""Articles by month and source as a picture: what the template draws as SVG.

It is shown with its figures as a table below, so that nothing is said by colour alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qa.i18n import Words
from qa.results import ArticleInfo
from qa.server.library.view import spellings

BY_MONTH = 48
"""More months than this are shown by years."""
SERIES = 5
"""Sources with a colour of their own; the others share one."""
_WIDTH, _HEIGHT, _LEFT, _BOTTOM, _TOP = 1000, 220, 40, 24, 10


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
    """One source's articles of one period, in the units of the picture."""

    row: int
    tip: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Picture:
    """What is drawn, and the table below it."""

    title: str
    said: str
    """The picture in a sentence, read aloud in its place."""
    names: Sequence[str]
    """Of the sources, in the order of their colours."""
    lines: Sequence[tuple[float, str]]
    """(height, label) of each line across."""
    bars: Sequence[ChartBar]
    labels: Sequence[tuple[float, str]]
    """(place, name) of the periods that are named below."""
    heads: Sequence[str]
    rows: Sequence[tuple[str, str, Sequence[int]]]
    """(period, query that shows its articles, figures with their sum), the newest first."""
    undated: int
    width: int = _WIDTH
    height: int = _HEIGHT
    left: int = _LEFT


def picture(shown: Columns, words: Words) -> Picture | None:
    """Return the picture of some columns, or None where nothing has a date."""
    if not shown.periods:
        return None
    names = [source or words["no_source"] for source in shown.sources]
    names += [words["others"]] if shown.others else []
    title = words["by_year" if shown.yearly else "by_month"]
    most = max(range(len(shown.periods)), key=shown.total)
    said = words.fill(
        "chart_said",
        n=words.number(sum(map(sum, shown.counts))),
        first=period_name(shown.periods[0], words),
        last=period_name(shown.periods[-1], words),
        most=words.number(shown.total(most)),
        where=period_name(shown.periods[most], words, inside=True),
    )
    marks = steps(shown.total(most))
    inner = _HEIGHT - _TOP - _BOTTOM
    slot = (_WIDTH - _LEFT) / len(shown.periods)
    lines = [
        (round(_TOP + inner * (1 - mark / marks[-1]), 1), words.number(mark)) for mark in marks
    ]
    labels = [
        (round(_LEFT + slot * (at + 0.5), 1), _short(shown.periods[at], words))
        for at in _choose_labels(shown.periods)
    ]
    rows = [
        (
            period_name(period, words),
            _days(period),
            [*(row[at] for row in shown.counts), shown.total(at)],
        )
        for at, period in enumerate(shown.periods)
        if shown.total(at)
    ]
    heads = [words["year" if shown.yearly else "month"], *names, words["total"]]
    bars = _bars(shown, names, inner / marks[-1], words)
    return Picture(
        title, f"{title}. {said}", names, lines, bars, labels, heads, rows[::-1], shown.undated
    )


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


def steps(most: int) -> list[int]:
    """Return the figures beside the picture: round ones, up to the highest column.

    >>> steps(7), steps(1), steps(1234)
    ([0, 5, 10], [0, 1], [0, 500, 1000, 1500])
    """
    size = 1
    for size in (factor * 10**power for power in range(10) for factor in (1, 2, 5)):
        if most <= size * 3:
            break
    return list(range(0, most + size, size))


def _months(first: date, last: date) -> tuple[str, ...]:
    count = (last.year - first.year) * 12 + last.month - first.month + 1
    start = first.year * 12 + first.month - 1
    # Of a thousand years only the years are shown; their months need not be listed.
    count = min(count, BY_MONTH + 1)
    return tuple(f"{at // 12:04}-{at % 12 + 1:02}" for at in range(start, start + count))


def _bars(shown: Columns, names: Sequence[str], unit: float, words: Words) -> list[ChartBar]:
    slot = (_WIDTH - _LEFT) / len(shown.periods)
    width = min(slot * 0.72, 48)
    bars = []
    for at, period in enumerate(shown.periods):
        y = float(_HEIGHT - _BOTTOM)
        x = round(_LEFT + slot * at + (slot - width) / 2, 1)
        for row, name in enumerate(names):
            count = shown.counts[row][at]
            if count:
                y -= count * unit
                tip = f"{period_name(period, words)}, {name}: {words.number(count)}"
                bars.append(
                    ChartBar(row, tip, x, round(y, 1), round(width, 1), round(count * unit, 1))
                )
    return bars


def _choose_labels(periods: Sequence[str]) -> list[int]:
    """Return the places of the periods that are named below: at most about nine.

    >>> _choose_labels(["2024-01", "2024-02"])
    [0, 1]
    """
    every = -(-len(periods) // 9)
    return list(range(0, len(periods), every))


def _short(period: str, words: Words) -> str:
    """Return "Okt 24" for "2024-10"."""
    year, _, month = period.partition("-")
    if not month:
        return year
    return words.month(date(int(year), int(month), 1), short=True)


def _days(period: str) -> str:
    """Return the filter for a month or year: its first and its last day."""
    year, _, month = period.partition("-")
    if not month:
        return f"since={year}-01-01&until={year}-12-31"
    following = date(int(year) + (month == "12"), int(month) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1)
    return f"since={period}-01&until={last.isoformat()}"
