"""What a question is asked of and what comes first: filters and preferences, read and checked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from corpus.errors import QuestionError
from index.boosts import IN_RANGE_WEIGHT, Preferences, diversity, half_life, recency
from index.filters import Filters
from qa.results import RecognisedDate

MAX_K = 1000
PREFERENCES = ("per_article", "recency", "diversity", "boost_dates")


@dataclass(frozen=True, slots=True)
class Choice:
    """Options of a question, checked.

    Attributes:
        filters: what passages may be found.
        per_article: at most so many of one article, or any number.
        half_life: days in which what is new loses half of its weight, or None.
        diversity: from 0 to 1.
        boost_dates: whether articles of the time that the question names gain.
    """

    filters: Filters
    per_article: int | None = None
    half_life: float | None = None
    diversity: float = 0.0
    boost_dates: bool = False

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> "Choice":
        """Read the options of `Collection.retrieve`.

        Raises:
            QuestionError: one is unknown or cannot be used.
        """
        others = dict(options)
        taken = {name: others.pop(name, None) for name in PREFERENCES}
        try:
            filters = Filters.of(**others)
        except TypeError as exc:
            raise QuestionError(f"{exc}. `help(Collection.retrieve)` lists the filters.") from exc
        if taken["per_article"] is not None:
            check_number("per_article", taken["per_article"])
        return cls(
            filters,
            taken["per_article"],
            half_life(taken["recency"]),
            diversity(taken["diversity"] or 0.0),
            bool(taken["boost_dates"]),
        )

    @property
    def needs_dates(self) -> bool:
        """Tell whether `preferences` needs the articles' dates."""
        return self.half_life is not None or self.boost_dates

    def preferences(
        self, published: Mapping[int, date], named: tuple[RecognisedDate, ...], today: date
    ) -> Preferences:
        """Return the preferences for one question.

        Args:
            published: article -> its date; read only where `needs_dates`.
            named: the times that the question names.
            today: the present day.
        """
        boosts: dict[int, float] = {}
        if self.half_life is not None:
            boosts = recency(published, self.half_life, today)
        if self.boost_dates and named:
            for article, day in published.items():
                if any(_within(day, item) for item in named):
                    boosts[article] = boosts.get(article, 0.0) + IN_RANGE_WEIGHT
        return Preferences(self.per_article, boosts, self.diversity)


def check_number(name: str, value: int) -> None:
    """See that a number of passages is one.

    Raises:
        QuestionError: it is not from 1 to MAX_K.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_K:
        raise QuestionError(f"{name}={value!r} is not possible. Give a number from 1 to {MAX_K}.")


def several(questions: Iterable[str]) -> Iterable[str]:
    """See that several questions are not one: its letters would be asked one by one.

    Raises:
        QuestionError: they are one text, or cannot be gone through.
    """
    if isinstance(questions, (str, bytes)) or not isinstance(questions, Iterable):
        raise QuestionError(f"Give several questions as a list, not {questions!r:.80}.")
    return questions


def _within(day: date, named: RecognisedDate) -> bool:
    return (named.since is None or day >= named.since) and (
        named.until is None or day <= named.until
    )
