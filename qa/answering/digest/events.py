"""When what a sentence tells was: its own words first, else what stands before it or is printed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from corpus.text.quantities import Time
from corpus.text.quantities.periods import Period, find_periods
from qa.answering.digest.statements import Statement

_BACKGROUND_DAYS = 31
"""The opening of an article tells what is new: a time further back is what it goes back to."""


@dataclass(frozen=True, slots=True)
class DatedStatement:
    """A sentence and the days that it tells of; of one day, the time of day orders."""

    statement: Statement
    first: date
    last: date
    when: str
    """The words that say the time, or ""."""
    certain: bool
    clock: Time

    @property
    def order(self) -> tuple[date, int, int, date, str, int]:
        """By what events are sorted: by time, and of one time as they were told."""
        published = self.statement.article.published or self.first
        clock = (self.clock.hour, self.clock.minute)
        return (self.first, *clock, published, self.statement.article.uri, self.statement.number)


def date_statements(statements: Sequence[Statement]) -> list[DatedStatement]:
    """Return the sentences whose time is known, in the order of the events.

    What names no time of its own happened when its article was printed, as far as is known; a
    sentence with a time of day goes on from the day before it. Sentences of an article without a
    date are left out where they name no time.

    Args:
        statements: in the order of their articles.
    """
    events = []
    day: Period | None = None
    clock = Time(0)
    place = ("", 0)
    for statement in statements:
        if place[0] != statement.article.uri:
            clock = Time(0)
        if place != (statement.article.uri, statement.passage.paragraph):
            day = None
        place = (statement.article.uri, statement.passage.paragraph)
        own = _own_period(statement)
        clock_here = _clock(statement)
        clock = clock_here or (Time(0) if own else clock)
        day = own or day
        event = _date(statement, own, day if clock_here else None, clock)
        if event is not None:
            events.append(event)
    return sorted(events, key=lambda event: event.order)


def _date(
    statement: Statement, own: Period | None, before: Period | None, clock: Time
) -> DatedStatement | None:
    if own is not None:
        return DatedStatement(statement, own.first, own.last, own.text, own.certain, clock)
    if before is not None:
        return DatedStatement(statement, before.first, before.last, "", certain=False, clock=clock)
    printed = statement.article.published
    if printed is None:
        return None
    return DatedStatement(statement, printed, printed, "", certain=False, clock=clock)


def _own_period(statement: Statement) -> Period | None:
    """Return the time of what a sentence tells, of several the first."""
    printed = statement.article.published
    for period in find_periods(statement.text, printed):
        if period.until or period.aside:
            continue
        opens_article = statement.number == 0 and printed is not None
        if opens_article and printed and (printed - period.last).days > _BACKGROUND_DAYS:
            continue
        return period
    return None


def _clock(statement: Statement) -> Time | None:
    values = (item.value for item in statement.quantities)
    return next((value for value in values if isinstance(value, Time)), None)
