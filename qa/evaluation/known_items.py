"""Questions made from the collection itself, for where there are no labels.

    heading   a section heading            -> a paragraph below it
    title     an article's title           -> a paragraph of the article
    cloze     a sentence without a name    -> the paragraph it stands in

Source of the idea: Azzopardi, de Rijke and Balog, "Building Simulated Queries for
Known-Item Topics", 2007.
"""

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import regex

from corpus.article import ANSWERING_ROLES, Article
from corpus.text.sentences import sentence_spans
from qa.evaluation.places import EvaluatedCollection, Target

REMARK = (
    "Made from the collection's own words, without labels. The figures show whether indexing and "
    "search work, compare settings and models on one collection, and point to articles that are "
    "hard to find. They do not say how well people's questions are answered: those use other "
    "words, so expect lower figures for them. Titles and headings are searched with their "
    "paragraphs, which makes these two kinds the easiest."
)
KINDS = ("heading", "title", "cloze")
_NAME = regex.compile(r"(?<=\S\s)\p{Lu}[\p{L}\p{M}'’-]+(?:\s\p{Lu}[\p{L}\p{M}'’-]+)+")
"""Two or more capitalised words in a row, not at the beginning."""
_WORDS = range(8, 41)
"""Words of a sentence that makes a cloze."""


@dataclass(frozen=True, slots=True)
class Item:
    """A question and what it was made from."""

    kind: str
    question: str
    language: str
    target: Target


def known_items(collection: EvaluatedCollection, count: int, seed: int = 1) -> list[Item]:
    """Make questions, as many of each kind as there are, at most `count` together.

    The same ones for the same collection and seed.
    """
    rng = random.Random(seed)  # noqa: S311 (sampling)
    infos = sorted(collection.articles(), key=lambda info: info.uri)
    titles = Counter(info.title.casefold() for info in infos)
    # Enough articles for `count` questions of each kind; a large collection is not read whole.
    rng.shuffle(infos)
    found: dict[str, list[Item]] = {kind: [] for kind in KINDS}
    for info in infos:
        if all(len(items) >= count for items in found.values()):
            break
        for item in _items(collection.article(info.uri), rng, titles):
            found[item.kind].append(item)
    chosen: list[Item] = []
    while len(chosen) < count and any(found.values()):
        for kind in KINDS:
            if found[kind] and len(chosen) < count:
                chosen.append(found[kind].pop(rng.randrange(len(found[kind]))))
    return chosen


def _items(article: Article, rng: random.Random, titles: Counter[str]) -> Iterator[Item]:
    body = [p for p in article.paragraphs if p.role in ANSWERING_ROLES]
    if len(article.title.split()) > 1 and titles[article.title.casefold()] == 1 and body:
        yield Item("title", article.title, article.language, Target(uris=frozenset({article.uri})))
    for heading in dict.fromkeys(p.heading for p in body):
        if len(heading.split()) > 1:
            below = frozenset(article.paragraph_text(p) for p in body if p.heading == heading)
            yield Item("heading", heading, article.language, Target(texts=below))
    for paragraph in body:
        text = article.paragraph_text(paragraph)
        clozes = [
            made
            for start, end in sentence_spans(text, paragraph.language)
            if (made := cloze(text[start:end], rng))
        ]
        if clozes:
            target = Target(texts=frozenset({text}))
            yield Item("cloze", rng.choice(clozes), paragraph.language, target)


def cloze(sentence: str, rng: random.Random) -> str:
    """Return a sentence with one of its names left out, or "" where it does not fit.

    >>> cloze("Die Bahn fährt laut Leiterin Nele Durchholz ab April wieder ins Tal.",
    ...       random.Random(1))
    'Die Bahn fährt laut … ab April wieder ins Tal.'
    """
    names = list(_NAME.finditer(sentence))
    if len(sentence.split()) not in _WORDS or not names:
        return ""
    name = rng.choice(names)
    return f"{sentence[: name.start()]}…{sentence[name.end() :]}"
