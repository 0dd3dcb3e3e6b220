"""The lexical index against BM25 written out by hand."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.analysis import terms
from index.filters import Allowed
from index.lexical import FIELDS, OTHER, LexicalIndex, field_of
from index.spelling import Near

Document = tuple[int, str, str]
DOCUMENTS: list[Document] = [
    (3, "de", "Die Fähre fährt nicht, sagt die Fährfrau der Fähre."),
    (5, "de", "Die Seilbahn fährt wieder."),
    (7, "en", "The ferry will not run in April."),
    (11, "de", "Ein Fahrschein kostet vier Euro."),
    (12, "cy", "Nid yw'r fferi yn rhedeg ym mis Ebrill."),
]


def bm25(documents: list[Document], questions: dict[str, list[str]]) -> dict[int, float]:
    """Score with k1 = 1.2 and b = .75; N and the mean length count all documents."""
    fields = {
        item: (field_of(language), terms(text, language)) for item, language, text in documents
    }
    scores = dict.fromkeys(fields, 0.0)
    for field, question in questions.items():
        lengths = {item: len(words) for item, (own, words) in fields.items() if own == field}
        mean = sum(lengths.values()) / len(documents)
        for word in question:
            holding = [item for item in lengths if word in fields[item][1]]
            rarity = math.log(1 + (len(documents) - len(holding) + 0.5) / (len(holding) + 0.5))
            for item in holding:
                count = fields[item][1].count(word)
                norm = 1.2 * (0.25 + 0.75 * lengths[item] / mean)
                scores[item] += rarity * count * 2.2 / (count + norm)
    return scores


@pytest.fixture
def index(tmp_path: Path) -> LexicalIndex:
    made = LexicalIndex(tmp_path / "lexical")
    made.change(DOCUMENTS, [])
    return made


QUESTIONS = {
    "one field": {"de": terms("Wann fährt die Fähre?", "de")},
    "a term twice": {"de": ["fahr", "fahr", "die"]},
    "fields": {"de": terms("die Fähre", "de"), "en": terms("the ferry", "en"), OTHER: ["fferi"]},
    "unknown": {"de": ["zeppelin"]},
}


@pytest.mark.parametrize("name", QUESTIONS)
def test_scores_are_those_of_the_formula(index: LexicalIndex, name: str) -> None:
    expected = bm25(DOCUMENTS, QUESTIONS[name])
    ids, scores = index.search(QUESTIONS[name], 10)
    matching = {item: score for item, score in expected.items() if score}
    assert ids.tolist() == sorted(matching, key=lambda item: -matching[item])
    np.testing.assert_allclose(scores, [matching[item] for item in ids.tolist()], rtol=1e-5)
    given_ids = [12, 3, 5, 7]
    np.testing.assert_allclose(
        index.scores(QUESTIONS[name], given_ids),
        [expected[item] for item in given_ids],
        rtol=1e-5,
    )


WORDS = st.lists(st.sampled_from("rot blau grün gelb weiß".split()), min_size=1, max_size=12)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(WORDS.map(" ".join), min_size=1, max_size=12),
    question=WORDS,
    k=st.integers(1, 15),
    data=st.data(),
)
def test_search_among_some_is_the_formula_over_all(
    tmp_path_factory: pytest.TempPathFactory,
    texts: list[str],
    question: list[str],
    k: int,
    data: st.DataObject,
) -> None:
    documents = [(at, "cy", text) for at, text in enumerate(texts)]
    index = LexicalIndex(tmp_path_factory.mktemp("lexical"))
    index.change(documents, [])
    allowed = data.draw(st.lists(st.sampled_from(range(len(texts))), unique=True))
    expected = bm25(documents, {OTHER: question})
    ids, scores = index.search({OTHER: question}, k, Allowed.of(np.array(allowed, dtype=np.int64)))
    best = sorted(-expected[item] for item in allowed if expected[item])[:k]
    np.testing.assert_allclose(-scores, best, rtol=1e-5)
    assert set(ids.tolist()) <= set(allowed)
    np.testing.assert_allclose(scores, [expected[item] for item in ids.tolist()], rtol=1e-5)


@pytest.mark.parametrize("count", [0, 1, 7, 8, 9, 60, 400])
def test_few_allowed_paragraphs_are_found_with_the_scores_they_have_among_all(
    tmp_path: Path, count: int
) -> None:
    # Up to 400 // 50 = 8 of them are named in the query, more are picked from the ranking.
    generator = np.random.default_rng(4)
    colours = np.array("rot blau grün gelb weiß".split())
    documents = [
        (at, "cy", " ".join(generator.choice(colours, generator.integers(1, 9))))
        for at in range(400)
    ]
    index = LexicalIndex(tmp_path / "many")
    index.change(documents, [])
    question = {OTHER: ["rot", "gelb"]}
    allowed = np.sort(generator.choice(400, count, replace=False))
    ids, scores = index.search(question, 400)
    kept = np.isin(ids, allowed)
    for k in (1, 5, 400):
        found, given_scores = index.search(question, k, Allowed.of(allowed))
        np.testing.assert_allclose(given_scores, scores[kept][:k], rtol=1e-5)
        assert set(found.tolist()) <= set(allowed.tolist())
        assert len(set(found.tolist())) == min(k, int(kept.sum()))


def test_weights_scale_a_field(index: LexicalIndex) -> None:
    questions = {"de": ["fahrt"], "en": ["ferri"]}
    plain = index.scores(questions, [5, 7])
    halved = index.scores(questions, [5, 7], {"en": 0.5})
    np.testing.assert_allclose(halved, plain * [1, 0.5], rtol=1e-6)


def test_languages_have_fields_of_their_own_but_rare_ones() -> None:
    assert [field_of(item) for item in ("de", "zh", "ja", "und")] == ["de", "zh", "ja", "und"]
    assert field_of("cy") == field_of("xx") == OTHER
    assert len(set(FIELDS)) == len(FIELDS)


def test_changes_add_and_remove(index: LexicalIndex) -> None:
    index.change([(20, "de", "Eine neue Fähre.")], [3, 7])
    assert sorted(index.ids().tolist()) == [5, 11, 12, 20]
    assert len(index) == 4
    assert index.search({"de": terms("Fähre", "de")}, 5)[0].tolist() == [20]
    assert index.scores({"de": terms("Fähre", "de")}, [3]).tolist() == [0.0]


def test_an_index_is_opened_again_as_it_was(index: LexicalIndex, tmp_path: Path) -> None:
    question = {"de": terms("die Fähre", "de")}
    again = LexicalIndex(tmp_path / "lexical")
    assert sorted(again.ids().tolist()) == [3, 5, 7, 11, 12]
    for one, other in zip(index.search(question, 9), again.search(question, 9), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_empty_index_answers_nothing(tmp_path: Path) -> None:
    empty = LexicalIndex(tmp_path / "empty")
    assert len(empty) == 0
    assert empty.ids().tolist() == []
    assert empty.search({"de": ["fahr"]}, 5)[0].tolist() == []
    assert empty.scores({"de": ["fahr"]}, []).tolist() == []


@pytest.mark.parametrize("questions", [{}, {"de": []}])
def test_a_question_without_terms_finds_nothing(
    index: LexicalIndex, questions: dict[str, list[str]]
) -> None:
    assert index.search(questions, 5)[0].tolist() == []
    assert index.scores(questions, [3, 5]).tolist() == [0.0, 0.0]
    assert index.search({"de": ["fahr"]}, 0)[0].tolist() == []


def test_a_question_of_thousands_of_terms_is_cut(index: LexicalIndex) -> None:
    many = [f"wort{at}" for at in range(5000)]
    assert index.search({"de": ["fahrt", *many]}, 5)[0].tolist() == [5, 3]


def test_rarities_are_the_weights_of_terms(index: LexicalIndex) -> None:
    found = index.rarities("de", ["die", "fahrt", "zeppelin"])
    assert found["die"] == pytest.approx(math.log(1 + (5 - 2 + 0.5) / (2 + 0.5)))
    assert found["zeppelin"] == pytest.approx(math.log(1 + 5.5 / 0.5))
    assert index.rarities("en", ["die"])["die"] == found["zeppelin"]


def test_document_frequencies_are_counted(index: LexicalIndex) -> None:
    german = [set(terms(text, "de")) for _, language, text in DOCUMENTS if language == "de"]
    words = [*set.union(*german), "zeppelin"]
    expected = {word: sum(word in text for text in german) for word in words}
    assert index.document_frequencies("de", words) == expected


def test_coverage_is_the_share_of_rarity_held(index: LexicalIndex) -> None:
    rarities = {"de": {"fahr": 1.0, "die": 2.0, "zeppelin": 5.0}, "en": {"the": 0.5, "will": 1.5}}
    found = index.coverage(rarities, [12, 3, 7, 11])
    held = {word for word in rarities["de"] if word in terms(DOCUMENTS[0][2], "de")}
    expected = sum(rarities["de"][word] for word in held) / 8
    np.testing.assert_allclose(found, [0, expected, 1, 0], rtol=1e-6)
    assert index.coverage({}, [3]).tolist() == [0]
    assert index.coverage({"de": {}}, [3]).tolist() == [0]
    assert index.coverage({"de": {"zeppelin": 0.0}}, [3]).tolist() == [0]
    assert index.coverage(rarities, []).tolist() == []


def test_coverage_of_everything_is_one(index: LexicalIndex) -> None:
    # Each share is rounded, and so is their sum.
    words = sorted(set(terms(DOCUMENTS[0][2], "de")))
    assert index.coverage({"de": dict.fromkeys(words, 0.7)}, [3]).tolist() == [1.0]


def test_a_damaged_folder_is_an_error(index: LexicalIndex, tmp_path: Path) -> None:
    (tmp_path / "lexical" / "meta.json").write_text("{")
    with pytest.raises((ValueError, OSError), match=r"(?i)meta|json|corrupt|deseri"):
        LexicalIndex(tmp_path / "lexical")


@pytest.mark.parametrize(
    ("word", "nearest"),
    [
        ("fahrscheim", "fahrschein"),
        ("fahrschien", "fahrschein"),
        ("farschain", "fahrschein"),
        ("seilban", "seilbahn"),
        ("seliban", None),  # two slips in few letters
        ("vier", None),  # too short
        ("viere", None),
        ("dahrschein", None),  # the first letter is right
        ("fahrschein1", None),
        ("zeppelin", None),
    ],
)
def test_the_nearest_term_is_a_slip_or_two_away(
    index: LexicalIndex, word: str, nearest: str | None
) -> None:
    assert [near.term for near in index.near_terms("de", word)][:1] == (
        [nearest] if nearest else []
    )
    assert index.near_terms("en", word) == []


def test_of_equally_near_terms_the_most_frequent_counts(tmp_path: Path) -> None:
    made = LexicalIndex(tmp_path / "two")
    made.change([(1, "und", "hansen"), (2, "und", "hanses"), (3, "und", "hanses")], [])
    assert made.near_terms("und", "hansel") == [Near("hanses", 1, 2), Near("hansen", 1, 1)]
    assert (made.holds("und", "hansen"), made.holds("und", "hansel")) == (True, False)
