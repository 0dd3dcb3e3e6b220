"""How each passage came by its rank: what each side of the score adds, and which terms match."""

import math

from index.analysis import terms
from index.fusion import COVERAGE_WEIGHT, LEXICAL_WEIGHT, SENTENCE_SHARE
from qa.answering.sentences import Found, in_article
from qa.results import Passage, PassageExplanation, Term

FORMULA = (
    f"score = {1 - SENTENCE_SHARE:g} × z + {SENTENCE_SHARE:g} × z of the best sentence "
    f"+ {LEXICAL_WEIGHT:g} × BM25 / ln(1 + N) + {COVERAGE_WEIGHT:g} × coverage (+ boost)"
)
"""See `index.fusion`."""


def explain_ranks(found: Found) -> tuple[PassageExplanation, ...]:
    """Explain the rank of every passage that was found."""
    return tuple(_passage(found, passage) for passage in found.passages)


def _passage(found: Found, passage: Passage) -> PassageExplanation:
    scores = passage.scores
    rarest = math.log1p(max(1, found.index.paragraph_count))
    parts = {
        "dense": (1 - SENTENCE_SHARE) * scores["dense_z"],
        "sentence": SENTENCE_SHARE * scores["sentence_z"],
        "lexical": LEXICAL_WEIGHT * scores["lexical"] / rarest,
        "coverage": COVERAGE_WEIGHT * scores["coverage"],
    }
    if "boost" in scores:
        parts["boost"] = scores["boost"]
    return PassageExplanation(
        passage, parts, _terms(found, passage), found.question.is_foreign(passage.language)
    )


def _terms(found: Found, passage: Passage) -> tuple[Term, ...]:
    held = set(terms(in_article(passage, passage.text), passage.language))
    rarities = found.rarities(passage.language)
    ranked = sorted(rarities.items(), key=lambda item: (-item[1], item[0]))
    return tuple(Term(text, rarity, text in held) for text, rarity in ranked)
