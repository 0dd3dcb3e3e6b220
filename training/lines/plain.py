"""Texts that nobody copied from a page: interviews, lists of facts, recipes, tickers, notes.

All of such a text is its article but for its byline, however short its lines are. Without
them a model takes each short line for a menu's.
"""

import random
from collections.abc import Callable, Sequence

from training.lines.pages import PageLine, Pools, Writer

Lines = list[tuple[str, str]]


def make_plain(
    pools: Pools, chance: random.Random, prose: Sequence[Sequence[str]]
) -> list[PageLine]:
    """Return a text of one of these kinds."""
    writer = Writer(pools, chance)
    kinds: tuple[Callable[[Writer], Lines], ...] = (
        _interview,
        _facts,
        _recipe,
        _ticker,
        _sections,
        _chat,
        _notes,
        _release,
    )
    kind = chance.choice(kinds)
    lines: Lines = []
    if chance.random() < 0.85:
        lines.append((writer.fill(chance.choice(pools["headline"])), "headline"))
        if chance.random() < 0.4:
            lines.append((writer.fill(chance.choice(pools["byline"]), own=False), "byline"))
        if chance.random() < 0.3:
            lines.append((writer.fill(chance.choice(pools["dateline"])), "byline"))
    if prose and chance.random() < 0.5:
        lines += [(text, "body") for text in chance.choice(prose)[:3]]
    lines += kind(writer)
    if prose and chance.random() < 0.4:
        lines += [(text, "body") for text in chance.choice(prose)[-2:]]
    if chance.random() < 0.15:
        lines.append((writer.fill(chance.choice(pools["byline"]), own=False), "byline"))
    gaps = chance.random() < 0.6
    return [PageLine(text, label, gaps and bool(at)) for at, (text, label) in enumerate(lines)]


def _sentences(writer: Writer, most: int = 3) -> str:
    return " ".join(writer.some("body", 1, writer.chance.randint(1, most), own=True))


def _interview(writer: Writer) -> Lines:
    name = writer.fill("{last}", own=False) if writer.chance.random() < 0.5 else ""
    lines: Lines = []
    for _ in range(writer.chance.randint(3, 8)):
        lines.append((writer.fill(writer.chance.choice(writer.pools["question"])), "body"))
        answer = _sentences(writer)
        lines.append((f"{name}: {answer}" if name else answer, "body"))
    return lines


def _facts(writer: Writer) -> Lines:
    return [(text, "body") for text in writer.some("fact", 3, 9, own=True)]


def _recipe(writer: Writer) -> Lines:
    heads = writer.pools["recipe_head"]
    lines: Lines = [(heads[0], "heading")]
    lines += [(text, "body") for text in writer.some("ingredient", 4, 9)]
    lines.append((heads[1], "heading"))
    return lines + [(text, "body") for text in writer.some("step", 2, 5)]


def _ticker(writer: Writer) -> Lines:
    lines: Lines = []
    minute = writer.chance.random() < 0.5
    for _ in range(writer.chance.randint(3, 7)):
        time = writer.fill("{n} min") if minute else writer.fill(writer.pools["clock"][0])
        lines.append((time, "heading"))
        lines.append((_sentences(writer, 2), "body"))
    return lines


def _sections(writer: Writer) -> Lines:
    lines: Lines = []
    for _ in range(writer.chance.randint(3, 8)):
        pool = writer.chance.choice(("heading", "towns", "things"))
        lines.append((writer.fill(writer.chance.choice(writer.pools[pool]), own=False), "heading"))
        lines.append((_sentences(writer, 2), "body"))
    return lines


def _chat(writer: Writer) -> Lines:
    names = [writer.fill("{first}", own=False) for _ in range(3)]
    lines: Lines = []
    for _ in range(writer.chance.randint(4, 10)):
        said = writer.some(writer.chance.choice(("chat", "chat", "body")), 1, 1)[0]
        lines.append((f"{writer.chance.choice(names)}: {said}", "body"))
    return lines


def _notes(writer: Writer) -> Lines:
    mark = writer.chance.choice(("- ", "* ", "• ", "", "1. "))
    lines: Lines = [(_sentences(writer), "body")]
    lines += [(mark + text, "body") for text in writer.some("item", 2, 6, own=True)]
    return [*lines, (_sentences(writer), "body")]


def _release(writer: Writer) -> Lines:
    lines: Lines = [(_sentences(writer), "body") for _ in range(writer.chance.randint(2, 5))]
    lines += [(text, "byline") for text in writer.some("contact", 2, 5)]
    return lines
