"""Articles by month and source as a picture: an SVG that the server draws.

It is shown with its figures as a table below, so that nothing is said by colour alone.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from qa.results import ArticleInfo
from qa.server.chat.render import escape
from qa.server.frame import el
from qa.server.library.view import spellings
from qa.server.page_words import PageWords
from qa.server.words import MONTHS

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


def chart(shown: Columns, words: PageWords) -> str:
    """Return the picture with its legend and its table, or "" where nothing has a date."""
    if not shown.periods:
        return ""
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
    keys = "".join(
        el("li", el("span", class_=f"key s{at}", aria_hidden="true"), escape(name))
        for at, name in enumerate(names)
    )
    undated = ""
    if shown.undated:
        text = words.fill("undated_n", n=words.number(shown.undated))
        undated = el("p", escape(text), class_="hint")
    return el(
        "figure",
        el("figcaption", escape(title)),
        _picture(shown, names, f"{title}. {said}", words),
        el("ul", keys, class_="legend"),
        undated,
        _table(shown, names, title, words),
        class_="chart",
    )


def period_name(period: str, words: PageWords, *, inside: bool = False) -> str:
    """Return "Oktober 2024" for "2024-10"; `inside` as "im Oktober 2024".

    >>> period_name("2024-10", PageWords("de"), inside=True), period_name("2024", PageWords("en"))
    ('im Oktober 2024', '2024')
    """
    year, _, month = period.partition("-")
    german = words.language == "de"
    if not month:
        return (f"im Jahr {year}" if german else f"in {year}") if inside else year
    name = f"{MONTHS[words.language].split()[int(month) - 1]} {year}"
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


def _picture(shown: Columns, names: Sequence[str], said: str, words: PageWords) -> str:
    marks = steps(max(shown.total(at) for at in range(len(shown.periods))))
    inner = _HEIGHT - _TOP - _BOTTOM
    unit = inner / marks[-1]
    slot = (_WIDTH - _LEFT) / len(shown.periods)
    width = min(slot * 0.72, 48)
    parts = []
    for mark in marks:
        y = _TOP + inner - mark * unit
        parts.append(el("line", x1=_LEFT, x2=_WIDTH, y1=f"{y:.1f}", y2=f"{y:.1f}", class_="grid"))
        label = escape(words.number(mark))
        parts.append(el("text", label, x=_LEFT - 6, y=f"{y + 4:.1f}", text_anchor="end"))
    for at, period in enumerate(shown.periods):
        y = _TOP + inner
        left = _LEFT + slot * at + (slot - width) / 2
        for row, name in enumerate(names):
            count = shown.counts[row][at]
            if not count:
                continue
            y -= count * unit
            tip = f"{period_name(period, words)}, {name}: {words.number(count)}"
            box = {"x": f"{left:.1f}", "y": f"{y:.1f}", "width": f"{width:.1f}"}
            bar = el("rect", **box, height=f"{count * unit:.1f}", class_=f"s{row}")
            parts.append(el("g", el("title", escape(tip)), bar))
    for at in _labelled(shown.periods):
        x = f"{_LEFT + slot * (at + 0.5):.1f}"
        label = escape(_short(shown.periods[at], words))
        parts.append(el("text", label, x=x, y=_HEIGHT - 5, text_anchor="middle"))
    size = f"0 0 {_WIDTH} {_HEIGHT}"
    picture = el("svg", *parts, viewBox=size, role="img", aria_label=said)
    # On a narrow screen it scrolls: smaller, its letters could not be read.
    return el("div", picture, class_="scroll", tabindex="0", role="group", aria_label=said)


def _labelled(periods: Sequence[str]) -> list[int]:
    """Return the places of the periods that are named below: at most about nine.

    >>> _labelled(["2024-01", "2024-02"])
    [0, 1]
    """
    every = -(-len(periods) // 9)
    return list(range(0, len(periods), every))


def _short(period: str, words: PageWords) -> str:
    """Return "Okt 24" for "2024-10"."""
    year, _, month = period.partition("-")
    if not month:
        return year
    return f"{MONTHS[words.language].split()[int(month) - 1][:3]} {year[2:]}"


def _table(shown: Columns, names: Sequence[str], title: str, words: PageWords) -> str:
    kind = words["year" if shown.yearly else "month"]
    head = [el("th", escape(name), scope="col") for name in (kind, *names, words["total"])]
    rows = []
    for at, period in enumerate(shown.periods):
        total = shown.total(at)
        if not total:
            continue
        name = el("a", escape(period_name(period, words)), href=f"/library?{_days(period)}")
        cells = [el("td", words.number(row[at]) if row[at] else "") for row in shown.counts]
        rows.append(el("tr", el("th", name, scope="row"), *cells, el("td", words.number(total))))
    table = el(
        "table",
        el("caption", escape(title), class_="unseen"),
        el("thead", el("tr", *head)),
        el("tbody", *rows[::-1]),
    )
    box = el("div", table, class_="scroll", tabindex="0", role="region", aria_label=title)
    return el("details", el("summary", escape(words["chart_table"])), box)


def _days(period: str) -> str:
    """Return the filter for a month or year: its first and its last day."""
    year, _, month = period.partition("-")
    if not month:
        return f"since={year}-01-01&until={year}-12-31"
    following = date(int(year) + (month == "12"), int(month) % 12 + 1, 1)
    last = date.fromordinal(following.toordinal() - 1)
    return f"since={period}-01&until={last.isoformat()}"
