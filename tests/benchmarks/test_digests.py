"""The measures of the benchmark of digests, by hand."""

from benchmarks.digests.data import DigestQuestion, DigestSet
from benchmarks.digests.measures import Quoted, judge


def question(**given: object) -> DigestQuestion:
    fields = {
        "id": "q", "text": "Was?", "language": "de", "kind": "timeline",
        "must": (("vierzig", "40"), ("Brand",)), "order": ("a1-p0", "a2-p1"),
        "forbidden": frozenset({"a1-p3"}), "first": "40", "old": ("30",), "articles": ("a1", "a2"),
    }  # fmt: skip
    return DigestQuestion(**(fields | given))  # type: ignore[arg-type]


STORIES = [frozenset({"a1", "a2"}), frozenset({"b1"})]
EARLY = Quoted("Ein Brand brach aus.", ("a1-p0",))
LATE = Quoted("Es waren 40, nicht 30.", ("a2-p1",))


def test_a_right_answer_is_right() -> None:
    marks = judge(question(), [EARLY, LATE], STORIES)
    assert (marks.must, marks.order, marks.clean, marks.corrected) == (1.0, 1.0, True, True)


def test_wrong_order_other_stories_and_retracted_values_count() -> None:
    retracted = Quoted("Es waren 30.", ("b1-p0",))
    marks = judge(question(), [retracted, LATE, EARLY], STORIES)
    assert (marks.must, marks.order, marks.clean, marks.corrected) == (1.0, -1.0, False, False)
    assert not judge(question(), [Quoted("Nichts.", ("a1-p3",))], STORIES).clean


def test_a_refusal_holds_nothing() -> None:
    marks = judge(question(), [], STORIES)
    assert (marks.must, marks.order, marks.answered) == (0.0, None, False)


def test_every_second_story_is_of_the_tuning_half() -> None:
    asked = [question(id=name, articles=(name,)) for name in ("a", "b", "c")]
    data = DigestSet((), (*asked, question(id="both", kind="several", articles=("a", "b"))))
    assert data.stories() == [frozenset("a"), frozenset("b"), frozenset("c")]
    assert data.tuning_half() == {"a", "c"}
