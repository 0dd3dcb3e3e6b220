"""Which articles are about a topic: those whose text and title hold enough of its words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from corpus.text.language import UNDETERMINED
from index.analysis import terms
from index.lexical import field_of
from qa.answering.sentences import Found
from qa.results import ArticleInfo, Passage

LEAST_SHARE = 0.5
"""Of the topic's words, by rarity, that an article has to hold."""
_PART_LETTERS = 4
"""A word of so many letters counts within a longer one: "Brand" in "Großbrand"."""


def articles_about(found: Found, language: str) -> list[ArticleInfo]:
    """Return the articles of the passages found that are about the topic, the newest first.

    Args:
        found: what retrieval found for the topic alone.
        language: the whole question's. In articles of another one only the words count that
            some article has: names, mostly.
    """
    passages: dict[str, list[Passage]] = defaultdict(list)
    for passage in found.passages:
        passages[passage.article.uri].append(passage)
    about = [
        some[0].article
        for some in passages.values()
        if _share(_weights(found, some[0].language, language), some) >= LEAST_SHARE
    ]
    return sorted(about, key=lambda info: str(info.published or ""), reverse=True)


def _weights(found: Found, language: str, asked_in: str) -> Mapping[str, float]:
    """Return the topic's terms in a language with their rarities."""
    weights = found.rarities(language)
    if UNDETERMINED in (language, asked_in) or field_of(language) == field_of(asked_in):
        return weights
    counts = found.index.lexical.document_frequencies(field_of(language), weights)
    return {term: weight for term, weight in weights.items() if counts[term] > 0}


def _share(weights: Mapping[str, float], passages: Iterable[Passage]) -> float:
    """Return the share of the terms, by weight, that passages of one article hold."""
    total = sum(weights.values())
    held = {
        term
        for passage in passages
        for term in terms(f"{passage.article.title}\n{passage.text}", passage.language)
    }
    return sum(weights[term] for term in weights if _holds(held, term)) / total if total else 0.0


def _holds(held: set[str], term: str) -> bool:
    """Tell whether some terms have one among them, or at the beginning or end of a compound.

    >>> [_holds({"grossbrand"}, term) for term in ("grossbrand", "brand", "rand", "gross", "ros")]
    [True, True, True, True, False]
    """
    if term in held:
        return True
    return len(term) >= _PART_LETTERS and any(
        word.startswith(term) or word.endswith(term) for word in held
    )
