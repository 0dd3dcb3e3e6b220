"""Pages of our own as lines with their roles, put together at random from invented pieces.

A page has a head, a menu, the article's head in one of many orders, its text with what stands
between the paragraphs, and what stands below. Its text form is that of a selection in a
browser: elements in lines, with or without blank lines around them.
"""

import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

Pools = dict[str, list[str]]
Prose = Sequence[Sequence[str]]
_SLOT = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class PageLine:
    """A line of a page."""

    text: str
    label: str
    """One of `corpus.structure.line_model.LABELS`."""
    gap: bool
    """A blank line stands above it."""


def load_pools(language: str) -> Pools:
    """Return the pieces of a language's pages, "de" or "en"."""
    path = Path(__file__).with_name(f"{language}.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def make_page(pools: Pools, chance: random.Random, prose: Prose = ()) -> list[PageLine]:
    """Return a page, or what somebody selected of one; `prose` has articles' paragraphs."""
    page = _Page(pools, chance, prose)
    whole = page.whole()
    start = chance.random()
    if start < 0.5:
        return whole
    # From the kicker, the headline or the text on; sometimes without what is below.
    first = "kicker" if start < 0.7 else "headline" if start < 0.95 else "lead"
    begins = [i for i, line in enumerate(whole) if line.label == first]
    cut = whole[begins[0] :] if begins else whole
    if chance.random() < 0.4:
        ends = [i for i, line in enumerate(cut) if line.label in ("body", "lead")]
        cut = cut[: ends[-1] + 1 + chance.choice((0, 0, 2, 5))]
    return cut


class Writer:
    """Fills pieces; what is one article's own shares a topic."""

    def __init__(self, pools: Pools, chance: random.Random) -> None:
        """Choose the article's topic."""
        self.pools, self.chance = pools, chance
        self._fixed: dict[str, str] = {
            "things": chance.choice(pools["things"]),
            "towns": chance.choice(pools["towns"]),
        }

    def fill(self, template: str, *, own: bool = True) -> str:
        """Return a template with its slots filled; what is the article's own has its topic."""
        chance = self.chance

        def slot(hit: re.Match[str]) -> str:
            name = hit[1]
            numbers = {
                "n": str(chance.randint(2, 28)),
                "d": str(chance.randint(1, 28)),
                "m": str(chance.randint(1, 12)),
                "d2": f"{chance.randint(1, 28):02}",
                "m2": f"{chance.randint(1, 12):02}",
                "y": str(chance.randint(2012, 2026)),
                "h": str(chance.randint(6, 22)),
                "min": f"{chance.randint(0, 59):02}",
            }
            if name in numbers:
                return numbers[name]
            if own and name in self._fixed and chance.random() < 0.45:
                return self._fixed[name]
            return self.fill(chance.choice(self.pools[name]), own=own)

        text = _SLOT.sub(slot, template)
        return text[:1].upper() + text[1:]

    def some(self, pool: str, least: int, most: int, *, own: bool = False) -> list[str]:
        """Return between `least` and `most` different pieces of a pool, filled."""
        count = self.chance.randint(least, most)
        picked = self.chance.sample(self.pools[pool], min(count, len(self.pools[pool])))
        return [self.fill(item, own=own) for item in picked]


class _Page(Writer):
    def __init__(self, pools: Pools, chance: random.Random, prose: Prose) -> None:
        super().__init__(pools, chance)
        self._style = chance.choice(("tight", "paragraphs", "loose"))
        self._paper = self.fill("{papers}")
        self._upper = chance.random() < 0.15
        self._article = chance.choice(prose) if prose and chance.random() < 0.7 else ()

    def whole(self) -> list[PageLine]:
        """Return the whole page, with blank lines by its style."""
        lines: list[PageLine] = []
        for group in self._groups():
            for place, (text, label) in enumerate(group):
                prose = label in ("body", "lead", "heading", "headline")
                gap = {
                    "tight": False,
                    "paragraphs": prose or (place == 0 and self.chance.random() < 0.5),
                    "loose": place == 0 or prose or self.chance.random() < 0.3,
                }[self._style]
                lines.append(PageLine(text, label, gap and bool(lines)))
        return lines

    def _groups(self) -> Iterator[list[tuple[str, str]]]:
        yield from self._top()
        yield from self._head()
        yield from self._text()
        yield from self._below()

    def _top(self) -> Iterator[list[tuple[str, str]]]:
        chance = self.chance
        top = [self._paper] if chance.random() < 0.6 else []
        menu = self.some("nav", 4, 30)
        while chance.random() < 0.45 and len(menu) > 1:  # links in one line
            at, size = chance.randrange(len(menu)), chance.randint(2, 8)
            joined = chance.choice((" | ", " ", " ", " · ")).join(menu[at : at + size])
            menu[at : at + size] = [joined]
        yield [
            (text, "navigation") for text in (top + menu if chance.random() < 0.7 else menu + top)
        ]
        if chance.random() < 0.35:  # a ticker
            news = self.some("headline", 1, 4)
            if chance.random() < 0.4:
                news[0] = f"{self.some('label', 1, 1)[0].upper()} {news[0]}"
            yield [(text, "navigation") for text in news]
        if chance.random() < 0.3:
            path = self.some("nav", 1, 3)
            yield [(f" {chance.choice('>›/')} ".join(path), "navigation")]
        if chance.random() < 0.3:
            offers = self.some(chance.choice(("offer", "offer2")), 1, 2) + self.some("tools", 0, 1)
            if chance.random() < 0.3:
                offers = [" ".join(offers)]
            yield [(text, "navigation") for text in offers]

    def _head(self) -> Iterator[list[tuple[str, str]]]:
        """Yield the article's head: its pieces in one of the orders that pages have."""
        chance = self.chance
        title = self.fill(chance.choice(self.pools["headline"]))
        kicker = self.fill(chance.choice(self.pools["kicker"]))
        kicker = kicker.upper() if self._upper else kicker + chance.choice(("", "", ":"))
        pieces = {
            "kicker": [(kicker, "kicker")] if chance.random() < 0.6 else [],
            "headline": [(title, "headline")],
            "lead": [(self.fill(chance.choice(self.pools["lead"])), "lead")]
            if chance.random() < 0.75
            else [],
            "byline": self._byline(),
            "tools": [(text, "boilerplate") for text in self.some("tools", 1, 7)]
            if chance.random() < 0.7
            else [],
            "caption": self._caption() if chance.random() < 0.6 else [],
        }
        orders = (
            "kicker headline lead byline tools caption",
            "kicker headline byline tools caption lead",
            "kicker headline byline tools lead caption",
            "headline lead tools byline caption",
            "byline kicker headline lead caption tools",
            "caption kicker headline lead byline tools",
            "kicker headline caption tools lead byline",
            "headline tools byline lead",
        )
        for name in chance.choice(orders).split():
            lines = pieces[name]
            if name == "byline" and len(lines) > 1 and chance.random() < 0.3:
                joined = chance.choice((" | ", " · ", ", ", " ")).join(text for text, _ in lines)
                lines = [(joined, "byline")]
            if lines:
                yield lines

    def _byline(self) -> list[tuple[str, str]]:
        chance = self.chance
        lines = []
        if chance.random() < 0.85:
            name = self.fill(chance.choice(self.pools["byline"]), own=False)
            lines.append(name.upper() if chance.random() < 0.05 else name)
            lines += self.some("job", 1, 1) if chance.random() < 0.2 else []
        if chance.random() < 0.85 or not lines:
            lines.append(self.fill(chance.choice(self.pools["dateline"])))
        if chance.random() < 0.3:
            lines.reverse()
        if chance.random() < 0.15:
            lines.append(self.fill(chance.choice(self.pools["dateline"])))
        return [(text, "byline") for text in lines]

    def _caption(self) -> list[tuple[str, str]]:
        lines = self.some("caption", 1, self.chance.choice((1, 1, 2)), own=True)
        return [(text, "caption") for text in lines]

    def _text(self) -> Iterator[list[tuple[str, str]]]:
        chance = self.chance
        interview = chance.random() < 0.1
        every = chance.choice((3, 4, 6, 99))
        given = list(self._article)
        for number in range(len(given) or chance.randint(3, 12)):
            if number and number % every == 0 and chance.random() < 0.7:
                yield [(self.fill(chance.choice(self.pools["heading"])), "heading")]
            if interview and chance.random() < 0.6:
                yield [(self.fill(chance.choice(self.pools["question"])), "body")]
            if chance.random() < 0.15:
                yield [(self.some("brief", 1, 1, own=True)[0], "body")]
            if given:
                yield [(given.pop(0), "body")]
            else:
                sentences = self.some("body", 1, chance.choice((1, 1, 2, 3, 5)), own=True)
                yield [(" ".join(sentences), "body")]
            if chance.random() < 0.3:
                yield from self._between()
            elif chance.random() < 0.12:
                yield [(self.some("label", 1, 1)[0], "boilerplate")]

    def _between(self) -> Iterator[list[tuple[str, str]]]:
        chance = self.chance
        kind = chance.choice("teaser teaser teasers caption tools offer list list".split())
        if kind == "teaser":
            head = self.some("teaser_head", 1, 1) if chance.random() < 0.5 else []
            yield [(text, "teaser") for text in head + self.some("headline", 1, 2)]
        elif kind == "teasers":
            yield [(text, "teaser") for text in self._teasers(chance.randint(1, 3))]
        elif kind == "caption":
            tools = self.some("tools", 1, 1) if chance.random() < 0.3 else []
            yield [*((text, "boilerplate") for text in tools), *self._caption()]
        elif kind == "list":
            yield [(text, "body") for text in self.some("item", 2, 5, own=True)]
        elif kind == "offer":
            offers = self.some("offer", 0, 2) + self.some("offer2", 0, 1)
            yield [(text, "boilerplate") for text in offers]
        else:
            yield [(text, "boilerplate") for text in self.some(kind, 1, 3)]

    def _teasers(self, count: int) -> list[str]:
        """Return cards of one form: kicker, headline, text, date, each or not."""
        chance = self.chance
        form = [chance.random() < share for share in (0.4, 0.35, 0.4, 0.2)]
        lines = self.some("teaser_head", 0, 1)
        numbered = chance.random() < 0.15
        for number in range(count):
            lines += [str(number + 1)] if numbered else []
            lines += self.some("kicker", 1, 1) if form[0] else []
            lines += self.some("headline", 1, 1)
            lines += self.some("teaser_text", 1, 1) if form[1] else []
            lines += [self.fill("{date}", own=False)] if form[2] else []
            lines += self.some("tools", 1, 1) if form[3] else []
        return lines

    def _comments(self) -> list[tuple[str, str]]:
        lines = self.some("comment_head", 0, 1)
        for _ in range(self.chance.randint(1, 6)):
            lines += self.some("comment_name", 1, 2) + self.some("comment", 1, 1)
        return [(text, "boilerplate") for text in lines]

    def _below(self) -> Iterator[list[tuple[str, str]]]:
        chance = self.chance
        if chance.random() < 0.4:
            yield [(self.some("tail", 1, 1, own=True)[0], "body")]
        if chance.random() < 0.25:
            yield [(self.fill(chance.choice(self.pools["byline"]), own=False), "byline")]
        parts = ["tools", "offer", "offer2", "teasers", "teasers", "topics", "comments"]
        chance.shuffle(parts)
        for part in parts[: chance.randint(0, 6)]:
            if part == "teasers":
                yield [(text, "boilerplate") for text in self._teasers(chance.randint(2, 8))]
            elif part == "comments":
                yield self._comments()
            elif part == "topics":
                yield [(text, "boilerplate") for text in self.some("kicker", 2, 5, own=True)]
            else:
                yield [(text, "boilerplate") for text in self.some(part, 1, 5)]
        if chance.random() < 0.75:
            yield [(text, "boilerplate") for text in self.some("footer", 3, 22)]
