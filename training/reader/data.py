"""Labelled questions in the project's evaluation format -> pairs to train and measure on.

A folder holds `paragraphs.jsonl` and `questions.jsonl`, plain or gzip. Sets that do not
exist in the folder are left out with a log line, so that part of the data is enough.
"""

import logging
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from qa.retrieval.reading import write_about
from training.reader.scenes import write_scenes
from training.reader.sets import LabelledSet, is_held_out, read_set, story_of
from training.reader.talks import TALK, read_talks
from training.reader.written import WRITTEN, read_written_set

log = logging.getLogger(__name__)

DEVELOPMENT_ARTICLES = 12
"""The last XQuAD articles, in every language: never trained on."""
HELD_OUT = {"train-squad2-rt-en": 24, "unlabelled-mlqa-test-de": 0}
"""Sets whose last articles (0: every sixth paragraph) only calibrate: never trained on."""
OF_THIS_PROJECT = ("train-news-", "train-turns-", WRITTEN, TALK)
"""Sets of which a fifth of the articles, the same ones in every language, is never trained on."""
UNTITLED = ("train-squad2-rt-en", "train-tydi-en", "train-covidqa-en", "train-nq-fi")
"""Sets whose titles are numbers, or the first words of the text."""
TOLD = 0.75
"""Share of the pairs that come with what their article is: a title is not always known."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question with one passage; `start` is -1 where the passage does not answer."""

    question: str
    passage: str
    start: int
    end: int
    source: str
    about: str = ""
    """What the passage's article is, as the product says it; "" as if nobody knew."""

    @property
    def answerable(self) -> bool:
        """Whether the passage answers."""
        return self.start >= 0


@dataclass(frozen=True, slots=True)
class Source:
    """How much of a set goes into one cycle of training.

    Attributes:
        folder: the set's name.
        answered: answerable pairs in a cycle; more than there are means repeats.
        unanswered: pairs that the set itself calls unanswerable.
        mined: pairs of a question with a similar passage that does not answer it.
        confidence: the least confidence of an inferred span.
    """

    folder: str
    answered: int
    unanswered: int = 0
    mined: int = 0
    confidence: float = 0.0


BASE = (
    Source("xquad-de", 3400, mined=1700),
    Source("xquad-en", 900, mined=400),
    Source("xquad-es", 400),
    Source("xquad-ru", 200),
    Source("xquad-tr", 150),
    Source("xquad-ar", 100),
    Source("xquad-zh", 100),
    Source("xquad-qde-pen", 900, mined=200),
    Source("xquad-qen-pde", 700, mined=200),
    Source("train-qed-en", 3200, mined=700),
    Source("train-tydi-en", 2000, mined=400),
    Source("train-covidqa-en", 200),
    Source("train-norquad-no", 2500, mined=800),
    Source("train-piaf-fr", 2200, mined=700),
    Source("train-squad-it", 1500, mined=300),
    Source("train-faquad-pt", 400, mined=100),
    Source("train-squad2-sv", 2000, unanswered=1700, mined=200),
    Source("train-squad2-rt-en", 8000, unanswered=8500, mined=1500, confidence=0.85),
    Source("train-nq-fi", 800, mined=200),
)
"""One cycle. German weighs far more than its size, languages near it and SQuAD's kind of
question come next, and two pairs in five have no answer."""

PARTS = ("answered", "unanswered", "mined")
NEWS = (
    Source("train-news-de", 640, unanswered=360, mined=120),
    Source("train-news-qen-pde", 180, unanswered=100, mined=20),
    Source("train-news-qde-pen", 65, unanswered=40, mined=10),
    Source("train-news-en", 65, unanswered=40, mined=10),
    Source("train-turns-de", 190, unanswered=130),
    Source("train-turns-qen", 50, unanswered=35),
    Source("train-wiki-de", 800, unanswered=560, mined=120),
    Source("train-wiki-qen-pde", 200, unanswered=130, mined=20),
    Source("train-squad2-rt-en", 700, unanswered=500, confidence=0.85),
    Source("xquad-de", 280, mined=80),
    Source("xquad-en", 80, mined=20),
    Source("xquad-qde-pen", 70, mined=20),
    Source("xquad-qen-pde", 50, mined=15),
    Source("train-qed-en", 120, mined=20),
    Source("train-tydi-en", 120, mined=20),
    Source("train-norquad-no", 80, mined=15),
    Source("train-piaf-fr", 80, mined=15),
)
"""One cycle for a reader that knows `BASE`: German news and its near misses lead, and a third
is of the older sets, so that what was learned there is kept."""

BALANCED = (
    *(source for source in NEWS if source.folder.startswith(("train-news", "train-turns"))),
    Source("train-wiki-de", 1200, unanswered=800, mined=200),
    Source("train-wiki-qen-pde", 300, unanswered=200, mined=40),
    Source("train-squad2-rt-en", 2600, unanswered=2400, mined=300, confidence=0.85),
    Source("train-squad2-sv", 400, unanswered=400),
    Source("xquad-de", 900, mined=450),
    Source("xquad-en", 280, mined=120),
    Source("xquad-qde-pen", 250, mined=60),
    Source("xquad-qen-pde", 200, mined=60),
    Source("train-qed-en", 700, mined=150),
    Source("train-tydi-en", 500, mined=100),
    Source("train-norquad-no", 500, mined=150),
    Source("train-piaf-fr", 450, mined=120),
)
"""One cycle for a reader that knows `NEWS`: a quarter is news, and what fell meanwhile on
encyclopaedic sets comes more often."""
TURNS = (
    *(source for source in BALANCED if not source.folder.startswith("train-turns")),
    Source("train-turns-de", 380, unanswered=260),
    Source("train-turns-qen", 100, unanswered=70),
    Source("scenes-de", 3000, unanswered=1400),
    Source("scenes-en", 900, unanswered=450),
)
"""One cycle for a reader that knows `BALANCED`: passages with two values of one kind, written
anew for each cycle (`training.reader.scenes`), are a fifth of it."""
TALKS = (
    *(
        replace(item, **{part: getattr(item, part) * 3 // 5 for part in PARTS})
        for item in BALANCED
        if not item.folder.startswith("train-turns")
    ),
    Source("train-turns-de", 380, unanswered=260),
    Source("train-turns-qen", 100, unanswered=70),
    Source("scenes-de", 2000, unanswered=1000),
    Source("scenes-en", 600, unanswered=300),
    Source("written-news-de", 3000, unanswered=1800, mined=600),
    Source("written-news-en", 500, unanswered=300, mined=100),
    Source("written-wiki-de", 4500, unanswered=2600, mined=800),
    Source("talk-de", 1600, unanswered=300, mined=300),
    Source("talk-en", 300, unanswered=60, mined=60),
)
"""One cycle for a reader that knows `TURNS`: two fifths are articles and questions written for it
(`training.reader.written`), and questions that are read with what was asked before them."""
MIXTURES = {"base": BASE, "news": NEWS, "balanced": BALANCED, "turns": TURNS, "talks": TALKS}
SCENES = "scenes-"
"""How the names of sets begin that are drawn from scenes."""
MADE = (SCENES, WRITTEN, TALK)
"""How the names of sets begin that no folder holds."""


def load_set(folder: Path, name: str) -> LabelledSet:
    """Read a set of a folder, or what was written for training the reader.

    Raises:
        FileNotFoundError: the folder does not hold it.
    """
    if name.startswith(WRITTEN):
        return read_written_set(name, folder)
    if name.startswith(TALK):
        return read_talks(name, folder)
    return read_set(folder / name)


def write_set(name: str, count: int, seed: int) -> LabelledSet:
    """Write a set of scenes in the language that its name ends with."""
    paragraphs, questions = write_scenes(count, seed, name.removeprefix(SCENES))
    return LabelledSet(name, {row["id"]: row for row in paragraphs}, questions)


def parts(data: LabelledSet) -> tuple[LabelledSet, LabelledSet]:
    """Return what of a set may be trained on, and what is kept for development.

    Of XQuAD the last articles are for development, the same ones in every language;
    of the sets in `HELD_OUT` a part is, and of `OF_THIS_PROJECT` a fifth of the articles; of
    the others nothing is.
    """
    ids = list(data.paragraphs)
    articles = list(dict.fromkeys(row["article"] for row in data.paragraphs.values()))
    last = HELD_OUT.get(data.name)
    if data.name.startswith("xquad-"):
        last = DEVELOPMENT_ARTICLES
    if data.name.startswith(OF_THIS_PROJECT):
        kept = {i for i in ids if is_held_out(story_of(data.paragraphs[i]))}
    elif last is None:
        kept = set()
    elif last == 0:
        kept = set(ids[::6])
    else:
        late = set(articles[-last:])
        kept = {i for i in ids if data.paragraphs[i]["article"] in late}
    return restrict(data, set(ids) - kept), restrict(data, kept)


def restrict(data: LabelledSet, ids: set[str]) -> LabelledSet:
    """Keep some paragraphs, and the questions whose paragraph is (or was) among them."""
    paragraphs = {i: row for i, row in data.paragraphs.items() if i in ids}
    questions = [
        row
        for row in data.questions
        if (row["paragraph_id"] or row.get("gold_text_paragraph")) in ids
    ]
    return LabelledSet(data.name, paragraphs, questions)


def build_cycle(folder: Path, seed: int, mixture: Sequence[Source]) -> list[Pair]:
    """Read the mixture's sets and draw one cycle of pairs, in random order."""
    rng = random.Random(seed)
    pairs: list[Pair] = []
    for source in mixture:
        if source.folder.startswith(SCENES):
            count = 2 * (source.answered + source.unanswered)
            data = write_set(source.folder, count, seed)
            pairs += draw(data, source, rng)
            continue
        try:
            data = parts(load_set(folder, source.folder))[0]
        except FileNotFoundError:
            log.warning("%s holds no %s: left out", folder, source.folder)
            continue
        drawn = draw(data, source, rng)
        log.info("%s: %d pairs", source.folder, len(drawn))
        pairs += drawn
    rng.shuffle(pairs)
    return pairs


def draw(data: LabelledSet, source: Source, rng: random.Random) -> list[Pair]:
    """Draw a source's share of a cycle."""
    usable = [q for q in data.questions if q.get("confidence", 1.0) >= source.confidence]
    answered = [q for q in usable if q["answers"]]
    pairs = [
        _answered_pair(data, row, rng) for row in draw_repeatedly(answered, source.answered, rng)
    ]
    empty = [q for q in data.questions if q["answers"] == [] and q["paragraph_id"]]
    for row in draw_repeatedly(empty, min(source.unanswered, len(empty)), rng):
        paragraph = data.paragraphs[row["paragraph_id"]]
        about = tell_article(data, paragraph, rng)
        pairs.append(Pair(row["question"], paragraph["text"], -1, -1, data.name, about))
    chosen = draw_repeatedly(answered, min(source.mined, 2 * len(answered)), rng)
    pairs += mine_pairs(data, chosen, rng)
    return pairs


def draw_repeatedly(
    rows: list[dict[str, Any]], count: int, rng: random.Random
) -> list[dict[str, Any]]:
    """Draw `count` rows, every one equally often before one comes again."""
    drawn: list[dict[str, Any]] = []
    while rows and len(drawn) < count:
        order = list(rows)
        rng.shuffle(order)
        drawn += order[: count - len(drawn)]
    return drawn


def _answered_pair(data: LabelledSet, row: dict[str, Any], rng: random.Random) -> Pair:
    answer = rng.choice(row["answers"])
    paragraph = data.paragraphs[row["paragraph_id"]]
    end = answer["start"] + len(answer["text"])
    about = tell_article(data, paragraph, rng)
    return Pair(row["question"], paragraph["text"], answer["start"], end, data.name, about)


def tell_article(data: LabelledSet, paragraph: dict[str, Any], rng: random.Random) -> str:
    """Return what a paragraph's article is, or "" for some that are read without."""
    return article_of(data.name, paragraph) if rng.random() < TOLD else ""


def article_of(name: str, paragraph: dict[str, Any]) -> str:
    """Return a set's paragraph's article as the product tells it: its date and its title."""
    if name in UNTITLED:
        return ""
    published = paragraph.get("published")
    day = date.fromisoformat(published) if published else None
    told = "de" if name.endswith(("-de", "-pde")) else "en"
    language = paragraph.get("language", told)
    return write_about(paragraph.get("title", ""), day, language)


def mine_pairs(data: LabelledSet, rows: Sequence[dict[str, Any]], rng: random.Random) -> list[Pair]:
    """Pair questions with similar passages that do not hold the answer.

    Half come from the answer's own article where it has enough paragraphs, half from
    anywhere: near misses and what retrieval ranks high.
    """
    if not rows:
        return []
    # A dependency of sentence-transformers.
    from sklearn.feature_extraction.text import (  # type: ignore[import-untyped]
        TfidfVectorizer,
    )

    identifiers = list(data.paragraphs)
    texts = [data.paragraphs[i]["text"] for i in identifiers]
    articles = [data.paragraphs[i]["article"] for i in identifiers]
    by_article: dict[str, list[int]] = {}
    for index, article in enumerate(articles):
        by_article.setdefault(article, []).append(index)
    # The first five letters stand in for a stem, in any language.
    vectorizer = TfidfVectorizer(
        tokenizer=lambda text: [word[:5] for word in text.lower().split()],
        token_pattern=None,
        sublinear_tf=True,
    )
    passages = vectorizer.fit_transform(texts).T.tocsr()
    pairs = []
    for begin in range(0, len(rows), 512):
        block = rows[begin : begin + 512]
        scores = (vectorizer.transform([row["question"] for row in block]) @ passages).tocsr()
        for offset, row in enumerate(block):
            line = scores.getrow(offset)
            ranked = [int(line.indices[i]) for i in (-line.data).argsort()[:40]]
            gold = data.paragraphs[row["paragraph_id"]]
            answers = [answer["text"].lower() for answer in row["answers"]]
            own = set(by_article[gold["article"]])
            if rng.random() < 0.5 and len(own) > 3:
                ranked = [i for i in ranked if i in own] or sorted(own)
            fit = [i for i in ranked if _misses(identifiers[i], texts[i], gold, answers)][:4]
            if fit:
                other = data.paragraphs[identifiers[rng.choice(fit)]]
                about = tell_article(data, other, rng)
                named = f"{data.name}:mined"
                pairs.append(Pair(row["question"], other["text"], -1, -1, named, about))
    return pairs


def _misses(identifier: str, text: str, gold: dict[str, Any], answers: Iterable[str]) -> bool:
    """Tell whether a passage is another one, long enough to mislead, and free of the answers."""
    if identifier == gold["id"] or len(text) < 80 or text == gold["text"]:
        return False
    lowered = text.lower()
    return not any(answer in lowered for answer in answers)
