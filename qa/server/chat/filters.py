"""Filters beside the question: what there is to choose from, what is chosen, and as chips."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from corpus.text.language import UNDETERMINED
from index.facets import Facets
from qa.i18n import Words
from qa.server.chat.render import button, escape, tag

NO_SOURCE = "–"
"""Stands among the sources for articles that name none."""
MOST_NAMES = 500
"""Sources to choose from; more make a list that nobody scrolls and the browser feels."""
MOST_ARTICLES = 50
"""Articles that can be chosen one by one."""
_NAME_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is set; the names are those of `Collection.ask`."""

    since: str = ""
    until: str = ""
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    articles: tuple[tuple[str, str], ...] = ()
    """URI and title of those that alone are asked."""
    undated: bool = False
    """Articles without a date: beside those of the time, or alone where no time is set."""
    strictness: str = ""
    """How sure an answer has to be, where that was asked for."""

    @classmethod
    def of(
        cls,
        since: Any,
        until: Any,
        sources: Any,
        languages: Any,
        undated: Any = False,
        articles: Any = "",
    ) -> "Chosen":
        """Read what a browser sent, whatever it is; the articles are JSON."""
        return cls(
            _text(since),
            _text(until),
            _names(sources),
            _names(languages),
            _articles(articles),
            undated is True,
        )

    @classmethod
    def from_options(cls, filters: Mapping[str, Any]) -> "Chosen":
        """Read what `options` returned."""
        names = ("since", "until", "sources", "languages", "undated")
        found = cls.of(*(filters.get(name) for name in names))
        kept = _articles(json.dumps(filters.get("articles") or []))
        return replace(found, articles=kept, strictness=_text(filters.get("strictness")))

    def options(self) -> dict[str, Any]:
        """Return what is set, of JSON's types."""
        set_ = {
            "since": self.since,
            "until": self.until,
            "sources": list(self.sources),
            "languages": list(self.languages),
            "undated": self.undated,
            "articles": [list(pair) for pair in self.articles],
            "strictness": self.strictness,
        }
        return {name: value for name, value in set_.items() if value}

    @property
    def is_reversed(self) -> bool:
        """Whether the first day is after the last."""
        return bool(self.since and self.until and self.since > self.until)

    def resolve(self) -> dict[str, Any]:
        """Return what is set as options of `Collection.ask`."""
        options = self.options()
        if options.pop("articles", None):
            options["uris"] = [uri for uri, _ in self.articles]
        without = ["date"] if options.pop("undated", False) else []
        if NO_SOURCE in self.sources:
            without.append("source")
            options["sources"] = [name for name in self.sources if name != NO_SOURCE]
        options["without"] = without
        return {name: value for name, value in options.items() if value}

    def without(self, name: str, place: int) -> "Chosen":
        """Return the filters without one of them: the `place`th of its names."""
        if name == "since":
            return replace(self, since="")
        if name == "until":
            return replace(self, until="")
        if name == "sources":
            return replace(self, sources=_but(self.sources, place))
        if name == "languages":
            return replace(self, languages=_but(self.languages, place))
        if name == "articles":
            return replace(self, articles=self.articles[:place] + self.articles[place + 1 :])
        return replace(self, undated=False) if name == "undated" else self

    def labels(self, words: Words) -> list[tuple[str, int, str]]:
        """Return (filter, place in it, words for people) of all that is set."""
        found = []
        if self.since:
            found.append(("since", 0, words.fill("since_day", day=_day(self.since, words))))
        if self.until:
            found.append(("until", 0, words.fill("until_day", day=_day(self.until, words))))
        found += [
            ("articles", place, f"„{title}“" if words.language == "de" else f"“{title}”")
            for place, (_, title) in enumerate(self.articles)
        ]
        found += [("undated", 0, words["undated"])] * self.undated
        found += [
            ("sources", place, words["no_source"] if name == NO_SOURCE else name)
            for place, name in enumerate(self.sources)
        ]
        found += [
            ("languages", place, words.language_name(code))
            for place, code in enumerate(self.languages)
        ]
        if self.strictness in ("strict", "lenient"):
            found.append(("strictness", 0, words[f"degree_{self.strictness}"]))
        return found

    def describe(self, words: Words) -> str:
        """Return what a question is asked of, and how strictly; "" where nothing is set."""
        labels = self.labels(words)
        of = [label for name, _, label in labels if name != "strictness"]
        said = [words.fill("only", what=" · ".join(of))] if of else []
        said += [label[:1].upper() + label[1:] for name, _, label in labels if name == "strictness"]
        return " · ".join(said)


def chips(chosen: Chosen, words: Words, editing: int = 0) -> str:
    """Return what is set as buttons that take it away, and the one that opens the filters."""
    buttons = [button(words["filters"], "ui-filters", kind="quiet")]
    if editing:
        label = words.fill("editing", n=editing)
        buttons.append(_chip("do-keep", label, words))
    buttons += [
        _chip(f"do-unfilter-{name}-{place}", label, words)
        for name, place, label in chosen.labels(words)
    ]
    if chosen.is_reversed:
        buttons.append(tag("span", escape(words["range_reversed"]), class_="problem", role="alert"))
    return tag("p", "".join(buttons), class_="chips")


def line(chosen: Chosen, words: Words) -> str:
    """Return what a question was asked with, for below it; "" where nothing was set."""
    said = chosen.describe(words)
    return tag("p", escape(said), class_="with") if said else ""


def choices(counted: Mapping[str, int], named: Callable[[str], str] = str) -> list[tuple[str, str]]:
    """Return (name with its count, value) of each to choose from, the most frequent first.

    >>> choices({"Bote": 12, "": 3, "BOTE": 2})
    [('Bote (14)', 'Bote')]
    """
    there = merge_names(counted)
    names = [name for name in there if name not in ("", UNDETERMINED)]
    return [(f"{named(name)} ({there[name]})", name) for name in names[:MOST_NAMES]]


def source_choices(there: Facets, words: Words) -> list[tuple[str, str]]:
    """Return the sources to choose from, last that of articles that name none."""
    found = choices(there.sources)
    without = there.articles - sum(count for name, count in there.sources.items() if name)
    if without > 0:
        found.append((f"{words['no_source']} ({without})", NO_SOURCE))
    return found


def merge_names(counted: Mapping[str, int]) -> dict[str, int]:
    """Return names with their counts, the most frequent first; a filter knows no capitals.

    >>> merge_names({"BOTE": 2, "Bote": 2, "Kurier": 3})
    {'Bote': 4, 'Kurier': 3}
    """
    spelt: dict[str, str] = {}
    total: dict[str, int] = {}
    # Of two that are as frequent, the one that does not shout.
    for name in sorted(counted, key=lambda name: (-counted[name], name.isupper())):
        shown = spelt.setdefault(name.casefold(), name)
        total[shown] = total.get(shown, 0) + counted[name]
    return dict(sorted(total.items(), key=lambda item: -item[1]))


def _chip(command: str, label: str, words: Words) -> str:
    hidden = tag("span", escape(words["take_away"]) + " ", class_="unseen")
    cross = tag("span", "×", class_="cross")
    return tag("button", f"{hidden}{escape(label)}{cross}", class_="act chip", id=command)


def _articles(value: Any) -> tuple[tuple[str, str], ...]:
    try:
        pairs = json.loads(value or "[]")
        found = {str(uri): str(title)[:_NAME_CHARACTERS] for uri, title in pairs[:MOST_ARTICLES]}
    except (TypeError, ValueError):
        return ()
    return tuple(found.items())


def _but(names: tuple[str, ...], place: int) -> tuple[str, ...]:
    return names[:place] + names[place + 1 :]


def _day(text: str, words: Words) -> str:
    try:
        return words.date(date.fromisoformat(text))
    except ValueError:
        return text


def _text(value: Any) -> str:
    return value.strip()[:_NAME_CHARACTERS] if isinstance(value, str) else ""


def _names(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        return ()
    found = [item[:_NAME_CHARACTERS] for item in value[:MOST_NAMES] if isinstance(item, str)]
    return tuple(dict.fromkeys(filter(None, found)))
