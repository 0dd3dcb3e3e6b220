"""Whether a source gives the dates, numbers and times of a sentence."""

from collections.abc import Sequence
from datetime import date

from corpus.text.quantities import Number, Pair, PartialDate, Quantity, Value, Weekday


def is_given(
    claimed: Quantity,
    source: Sequence[Quantity],
    published: date | None,
    beside: Sequence[Quantity] = (),
) -> bool:
    """Tell whether a quantity occurs among those of a source.

    Args:
        claimed: of a sentence.
        source: those of the passage.
        published: when its article was; a date without a year is of that year.
        beside: all quantities of the sentence. Where a passage names weekdays, the weekday of one
            of its dates counts only if the sentence names that date too.
    """
    value = claimed.value
    given = [item.value for item in source]
    if isinstance(value, Weekday):
        return _is_weekday_given(value, given, published, [item.value for item in beside])
    if isinstance(value, PartialDate):
        return any(_is_day_given(value, item, published) for item in given)
    if isinstance(value, Number):
        return any(_is_number_given(value, item) for item in given)
    return value in given


def may_be_word(quantity: Quantity) -> bool:
    """Tell whether this may be an article and no number: "ein", "one"."""
    return isinstance(quantity.value, Number) and quantity.value.may_be_article


def _is_number_given(claimed: Number, given: Value) -> bool:
    if isinstance(given, PartialDate):
        return not claimed.measured and given.year == claimed.value
    if isinstance(given, Pair):
        return not claimed.measured and claimed.value in (given.low, given.high)
    if not isinstance(given, Number) or claimed.value != given.value:
        return False
    units = {number.unit if number.measured else "" for number in (claimed, given)}
    # "62 parents" is not "62 percent of the parents"; "14 weeks" may be "14".
    return len(units) == 1 or ("" in units and "%" not in units)


def _is_day_given(claimed: PartialDate, given: Value, published: date | None) -> bool:
    if isinstance(given, Number):
        # "im Jahr 1897" may be "1897" there.
        alone = claimed.month is None and claimed.day is None
        return alone and not given.measured and given.value == claimed.year
    if not isinstance(given, PartialDate):
        return False
    if (claimed.month is not None and claimed.month != given.month) or (
        claimed.day is not None and claimed.day != given.day
    ):
        return False
    year = published.year if published else None
    return claimed.year in (None, given.year) or (given.year is None and year == claimed.year)


def _is_weekday_given(
    claimed: Weekday, given: Sequence[Value], published: date | None, beside: Sequence[Value]
) -> bool:
    named = [value for value in given if isinstance(value, Weekday)]
    if claimed in named:
        return True
    days = [value for value in given if isinstance(value, PartialDate)]
    if named:
        own = [value for value in beside if isinstance(value, PartialDate)]
        days = [day for day in days if any(_is_day_given(one, day, published) for one in own)]
    return any(_weekday(day, published) == claimed.number for day in days)


def _weekday(day: PartialDate, published: date | None) -> int | None:
    year = day.year if day.year is not None else published.year if published else None
    whole = PartialDate(year, day.month, day.day).whole()
    return None if whole is None else whole.weekday()
