"""Question to ranked paragraphs, with the scores that made their rank."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from corpus.catalog.rows import ParagraphTable
from corpus.errors import QuestionError
from corpus.text.language import UNDETERMINED, question_language
from corpus.text.normalize import clean
from index.analysis import name_terms, question_terms
from index.arrays import Floats, Ids
from index.boosts import Preferences, diversify
from index.encoder import Encoder
from index.fusion import fuse
from index.lexical import field_of
from index.reference import background_counts
from index.store import Index, Lexicon, Selection

MAX_QUESTION = 4000
"""Characters of a question; a longer one costs the model seconds and says no more."""
FOREIGN_WEIGHT = 0.75
"""How much a matching name counts in paragraphs of another language than the question's."""
_DEPTH = 100
"""Candidates that each index gives at first."""
_LONGER = 1.1
"""By how much a paragraph must be longer than another to say more than it."""
_BOOSTED_DEEPER = 4
"""How much deeper is looked where articles gain by their date: it lifts what lies deeper."""
_DIVERSE_FROM = 40
"""Passages that diverse ones are chosen from, at least."""
NO_PREFERENCES = Preferences()


@dataclass(frozen=True, slots=True)
class Hit:
    """A paragraph that was found."""

    paragraph_id: int
    score: float
    """Fused; larger is closer."""
    scores: Mapping[str, float]
    """"dense": cosine; "dense_z": deviations above the mean; "sentence_z": the best
    sentence's; "lexical": BM25; "coverage": share
    of the question's terms, by rarity, that the paragraph holds; "boost": what its article
    gains by its date, where that counts."""
    twins: tuple[int, ...] = ()
    """Ids of paragraphs with the same text, or the same but for small edits, elsewhere."""


def check_question(question: str) -> str:
    """Return a question in normal form.

    Raises:
        QuestionError: it is empty or too long.
    """
    if not isinstance(question, str):
        raise QuestionError("A question is text, not {name}.", name=type(question).__name__)
    text = " ".join(clean(question[: 2 * MAX_QUESTION]).split())
    if not text:
        raise QuestionError("The question is empty. Write what you want to know.")
    if len(question) > MAX_QUESTION:
        raise QuestionError(
            "The question has {question:,} characters; at most {max_question:,} are "
            "read. Shorten it to what you want to know.",
            question=len(question),
            max_question=MAX_QUESTION,
        )
    return text


@dataclass(frozen=True, slots=True)
class Analysed:
    """A question made ready for both indexes."""

    text: str
    vector: Floats
    """Shape (dimension,), length 1."""
    language: str
    """ISO 639-1, or "und" where it is unsure."""
    terms: Mapping[str, Sequence[str]]
    """Field of the lexical index -> the question's terms there."""
    weights: Mapping[str, float]
    """Field -> how much a match there counts."""

    def is_foreign(self, language: str) -> bool:
        """Tell whether a text's language is certainly another than the question's."""
        if UNDETERMINED in (self.language, language):
            return False
        return field_of(language) != field_of(self.language)


def analyse_many(
    questions: Sequence[str], encoder: Encoder, languages: Sequence[str]
) -> list[Analysed]:
    """Encode several questions at once, and analyse them."""
    vectors = encoder.encode(questions, "query")
    return [
        with_terms(Analysed(question, vector, question_language(question), {}, {}), languages)
        for question, vector in zip(questions, vectors, strict=True)
    ]


def with_terms(bare: Analysed, languages: Sequence[str]) -> Analysed:
    """Add to a question the terms to look up in the field of each language.

    Terms of another language than the question's match by accident ("war", "die"), so
    only names and numbers are looked up there. Rare languages share a field; all terms are
    looked up in it where one of them may be the question's.
    """
    found: dict[str, list[str]] = {}
    weights: dict[str, float] = {}
    for language in sorted(languages, key=bare.is_foreign):
        field = field_of(language)
        if field in found:
            continue
        foreign = bare.is_foreign(language)
        found[field] = (name_terms if foreign else question_terms)(bare.text, language)
        weights[field] = FOREIGN_WEIGHT if foreign else 1.0
    return replace(bare, terms=found, weights=weights)


def with_near_terms(question: Analysed, lexical: Lexicon) -> Analysed:
    """Put for each term that no paragraph holds the one nearest to it, if there is one."""
    found = {
        field: [_near_term(question, lexical, field, word) for word in words]
        if question.weights[field] == 1.0
        else words
        for field, words in question.terms.items()
    }
    return replace(question, terms=found)


def _near_term(question: Analysed, lexical: Lexicon, field: str, word: str) -> str:
    if any(lexical.holds(other, word) for other in question.terms):
        return word
    return next((near.term for near in lexical.near_terms(field, word)), word)


def rarities(index: Index, question: Analysed) -> dict[str, dict[str, float]]:
    """Return how rare a question's terms are, by field; none where the field is foreign.

    Everyday text counts too, so that "von" does not look rare in a collection of one
    article. Between languages only names are looked up, and a share of those says little.
    """
    return {
        field_of(language): index.lexical.rarities(
            field_of(language),
            question.terms.get(field_of(language), ()),
            background_counts(language),
        )
        for language in index.languages
        if not question.is_foreign(language)
    }


def search(
    index: Index,
    question: Analysed,
    k: int,
    selection: Selection,
    preferences: Preferences = NO_PREFERENCES,
) -> list[Hit]:
    """Return the k best paragraphs of a selection, the best first.

    Paragraphs with the same text are one hit.

    Args:
        index: of the collection.
        question: made ready by `analyse`.
        k: how many; fewer come back only where fewer are found.
        selection: the paragraphs that may be returned.
        preferences: what else decides the order.
    """
    wanted = k if not preferences.diversity else max(_DIVERSE_FROM, 4 * k)
    depth = max(_DEPTH, 4 * wanted) * (_BOOSTED_DEEPER if preferences.boosts else 1)
    while True:
        near = selection.find_near(question.vector, depth)
        matching = selection.find_matching(question.terms, depth, question.weights)
        ranked = _rank(index, question, np.union1d(near, matching), preferences.boosts)
        hits = _collapse_duplicates(index, ranked, preferences.per_article)
        # A paragraph may have more chunks than the first look is deep.
        if len(hits) >= wanted or max(len(near), len(matching)) < depth:
            break
        depth *= 4
    if not preferences.diversity:
        return hits[:k]
    hits = hits[:wanted]
    vectors = index.nearest_vectors(question.vector, [hit.paragraph_id for hit in hits])
    scores = [hit.score for hit in hits]
    return [hits[at] for at in diversify(scores, vectors, preferences.diversity, k)]


def _rank(
    index: Index, question: Analysed, candidates: Ids, boosts: Mapping[int, float]
) -> list[Hit]:
    """Return the candidates by their fused score, each with all its scores."""
    ids = candidates.tolist()
    cosines = index.cosines(question.vector, candidates)
    bm25 = index.lexical.scores(question.terms, ids, question.weights)
    standardised = _standardise(index, question.vector, cosines)
    best = index.sentence_cosines(question.vector, candidates)
    # A paragraph of one sentence is that sentence.
    best = np.where(np.isnan(best), cosines, best)
    sentences = _standardise(index, question.vector, best)
    covered = index.lexical.coverage(rarities(index, question), ids)
    total = fuse(standardised, sentences, bm25, covered, index.paragraph_count)
    scores = {
        "dense": np.nan_to_num(cosines),
        "dense_z": standardised,
        "sentence_z": sentences,
        "lexical": bm25,
        "coverage": covered,
    }
    if boosts:
        articles = index.describe(candidates).articles.tolist()
        scores["boost"] = np.array([boosts.get(item, 0.0) for item in articles], dtype=np.float32)
        total = total + scores["boost"]
    return [
        Hit(
            int(candidates[at]),
            float(total[at]),
            {name: float(values[at]) for name, values in scores.items()},
        )
        for at in np.lexsort((candidates, -total))
    ]


def _standardise(index: Index, vector: Floats, cosines: Floats) -> Floats:
    """Return by how many deviations cosines stand out; 0 for NaN."""
    spread = index.spread
    if spread is None:
        return np.zeros(len(cosines), dtype=np.float32)
    # What is not embedded yet counts as neither near nor far.
    return np.nan_to_num(spread.standardise(vector, cosines))


def _collapse_duplicates(index: Index, ranked: Sequence[Hit], per_article: int | None) -> list[Hit]:
    """Make paragraphs that say the same one hit, and keep at most `per_article` of an article.

    Of the same text with small edits, the longest is shown, and among those of nearly one
    length the original.
    """
    table = index.describe(np.sort(np.array([hit.paragraph_id for hit in ranked], dtype=np.int64)))
    rows = np.searchsorted(table.ids, [hit.paragraph_id for hit in ranked]).tolist()
    kept: list[tuple[Hit, int]] = []
    places: dict[bytes, int] = {}
    for hit, row in zip(ranked, rows, strict=True):
        names = {bytes(table.text_hashes[row]), bytes(table.same_as[row])}
        place = next((places[name] for name in sorted(names) if name in places), None)
        if place is None:
            place = len(kept)
            kept.append((hit, row))
        else:
            shown, shown_row = kept[place]
            twins = (*shown.twins, hit.paragraph_id)
            if _is_original(table, row, shown_row):
                twins = (shown.paragraph_id, *shown.twins)
                shown, shown_row = replace(hit, score=shown.score, scores=shown.scores), row
            kept[place] = (replace(shown, twins=twins), shown_row)
        places.update(dict.fromkeys(names, place))
    hits = [hit for hit, _ in kept]
    return hits if per_article is None else _thin_out(table, hits, per_article)


def _thin_out(table: ParagraphTable, hits: Sequence[Hit], per_article: int) -> list[Hit]:
    """Keep at most `per_article` hits of an article, the best; its copies are no other article.

    Where a hit's article has had its share, the next that has the same text stands in for it,
    unless that one is named beside a passage of an article with the same text that has: the
    second paragraph of a report would else come from the second paper that prints it.
    """
    counted: Counter[int] = Counter()
    beside: set[tuple[int, int]] = set()
    kept = []
    for hit in hits:
        members = [hit.paragraph_id, *hit.twins]
        articles = table.articles[np.searchsorted(table.ids, members)].tolist()
        full = {item for item in articles if counted[item] >= per_article}
        for paragraph, article in zip(members, articles, strict=True):
            if article in full or any((article, item) in beside for item in full):
                continue
            counted[article] += 1
            beside.update((item, article) for item in articles)
            twins = tuple(item for item in members if item != paragraph)
            kept.append(replace(hit, paragraph_id=paragraph, twins=twins))
            break
    return kept


def _is_original(table: ParagraphTable, row: int, shown: int) -> bool:
    """Tell whether a paragraph is to be shown in place of another that says the same."""
    if table.text_hashes[row] != table.text_hashes[shown]:
        longer, shorter = sorted((int(table.lengths[row]), int(table.lengths[shown])))[::-1]
        if longer > _LONGER * shorter:
            return bool(table.lengths[row] == longer)
    if table.same_as[row] != table.same_as[shown]:
        return False
    one, other = (
        (int(table.seniority[at]), int(table.articles[at]) if table.seniority[at] else 0)
        for at in (row, shown)
    )
    return one < other
