"""Ask the product the questions of the sets, and keep the signals of what it read."""

import json
import logging
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.answers.reading import remembering_reader
from benchmarks.retrieval.ours import RememberingEncoder, encoder
from corpus.catalog.selection import Filters
from corpus.text.normalize import clean
from qa.answering.question import read_question
from qa.answering.signals import measure_signals, values_of_signals
from qa.collection import Collection, open_collection
from qa.evaluation.answers import holds_answer
from qa.evaluation.span_metrics import f1
from qa.options import Choice
from qa.results import Passage
from qa.retrieval.reading import READ, key, read_passages
from training.reader.data import load_set, parts
from training.reader.evaluate import development_questions, unseen_part
from training.reader.sets import read_lines, read_set, story_of

log = logging.getLogger(__name__)
DEEP = 20
"""Passages that are retrieved."""
SQUAD_ARTICLES = 6
SAMPLE = 220
NAMED = ("title", "source", "published")
"""What is known of an article beside its text."""


@dataclass(frozen=True, slots=True)
class Seen:
    """One passage that was read, beside the label of its question."""

    signals: tuple[float, ...]
    score: float
    """Retrieval's fused score."""
    right: bool
    """Whether it is the paragraph that answers."""
    holds: bool
    """Whether it holds an answer's words."""
    f1: float
    """Of the words that reading found."""
    span: str


@dataclass(frozen=True, slots=True)
class Asked:
    """One question over its pool, or over what is left of it."""

    set: str
    id: str
    group: str
    """What it has in common with others: its article."""
    question: str
    kind: str
    """"answered", a near miss's kind or "near miss", "no article", "no paragraph"."""
    answers: tuple[str, ...]
    seen: tuple[Seen, ...]
    """As reading ordered them."""


@dataclass(frozen=True, slots=True)
class Pool:
    """Articles that questions are asked of."""

    name: str
    folders: tuple[Path, ...] = ()
    articles: frozenset[str] = frozenset()
    """Of these alone; of all where there are none."""
    paragraphs: tuple[Mapping[str, Any], ...] = ()
    """Others that no folder holds."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield its paragraphs as a table's rows."""
        for folder in self.folders:
            for line in _table_of(folder):
                if not self.articles or line["article"] in self.articles:
                    yield line
        yield from map(_as_line, self.paragraphs)

    def open(self, encode: RememberingEncoder, cache: Path) -> Collection:
        """Return a collection of them, made below `cache` at the first time."""
        table = cache / f"{self.name}.jsonl"
        if not table.exists():
            lines = (json.dumps(row, ensure_ascii=False) for row in self.rows())
            table.write_text("\n".join(lines) + "\n", encoding="utf-8")
        place = cache / "collections" / self.name
        collection = open_collection(place, create=True, encoder=encode)
        collection.add(table, group_by="article")
        collection.embed()
        return collection


def _table_of(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield an article's paragraphs a row each: of whole articles where the folder has them."""
    articles = [folder / "articles.jsonl", folder / "articles.jsonl.gz"]
    if any(path.is_file() for path in articles):
        for row in read_lines(articles[0]):
            about = {name: row[name] for name in NAMED if row.get(name)}
            for text in row["paragraphs"]:
                yield {"article": row["id"], "text": clean(text), **about}
        return
    yield from map(_as_line, read_set(folder).paragraphs.values())


def _as_line(row: Mapping[str, Any]) -> dict[str, Any]:
    about = {name: row[name] for name in NAMED if row.get(name)}
    return {"article": row["article"], "text": clean(row["text"]), **about}


@dataclass(frozen=True, slots=True)
class Task:
    """Questions of one set over a pool."""

    set: str
    pool: Pool
    rows: list[dict[str, Any]]
    paragraphs: dict[str, dict[str, Any]]
    removed: float = 0.0
    """Share of the answerable questions that are asked again without the article or paragraph."""


def news_pool(data: Path) -> Pool:
    """Return the German and English news articles, whole."""
    return Pool("news", (data / "train-news-de", data / "train-news-en"))


def written_pool(data: Path) -> Pool:
    """Return the German articles that this project wrote."""
    found = load_set(data, "written-news-de")
    return Pool(found.name, paragraphs=tuple(found.paragraphs.values()))


def written_task(data: Path, name: str, most: int, rng: random.Random) -> Task:
    """Return held-out questions that this project wrote, over all the articles of their kind.

    Of Wikipedia these are the whole articles, so that most of what comes near a question is of
    its own subject.
    """
    found = load_set(data, name)
    late = parts(found)[1]
    tellings: dict[str, set[str]] = defaultdict(set)
    for row in late.paragraphs.values():
        tellings[story_of(row)].add(row["article"])
    alone = {key for key, row in late.paragraphs.items() if len(tellings[story_of(row)]) == 1}
    # What one telling of a story leaves out another may say.
    sure = [row for row in late.questions if row["answers"] or row["paragraph_id"] in alone]
    chosen = rng.sample(sure, min(most, len(sure)))
    whole = Pool(name, paragraphs=tuple(late.paragraphs.values()))
    pool = whole if name.startswith("written-wiki") else written_pool(data)
    return Task(name, pool, chosen, found.paragraphs, 0.2)


def tasks(data: Path) -> Iterator[Task]:
    """Yield what is fitted on."""
    rng = random.Random(7)
    news = news_pool(data)
    turns = Pool("turns", (data / "train-turns-de",))
    written = (
        ("train-news-de", news, 450),
        ("train-news-qen-pde", news, 120),
        ("train-news-qde-pen", news, 60),
        ("train-news-en", news, 60),
        ("train-turns-de", turns, 150),
        ("train-turns-qen", turns, 60),
    )
    for name, pool, most in written:
        late = parts(read_set(data / name))[1]
        chosen = rng.sample(late.questions, min(most, len(late.questions)))
        yield Task(name, pool, chosen, late.paragraphs, removed=0.2)
    for name, most in (("written-news-de", 450), ("written-wiki-de", 450)):
        yield written_task(data, name, most, rng)
    squad = read_set(data / "squad2-dev")
    unseen = unseen_part(squad, parts(read_set(data / "xquad-en"))[0])
    articles = sorted({str(row["article"]) for row in unseen.paragraphs.values()})
    # Half of the articles is left for measuring; of the other half some are enough.
    kept = frozenset(articles[::2][:SQUAD_ARTICLES])
    rows = [
        row for row in unseen.questions if unseen.paragraphs[row["paragraph_id"]]["article"] in kept
    ]
    pool = Pool("squad2-dev", (data / "squad2-dev",), kept)
    yield Task(
        "squad2-dev", pool, rng.sample(rows, min(SAMPLE, len(rows))), squad.paragraphs, removed=0.2
    )
    for what in ("article", "paragraph"):
        name = f"xquad-de-abstain-{what}"
        found, full = read_set(data / name), read_set(data / "xquad-de")
        rows = development_questions(found, full)
        # The others are for measuring.
        half = rows[::4]
        yield Task(name, Pool(name, (data / name,)), half, full.paragraphs)


def development_task(data: Path) -> Task:
    """Return what chooses the operating points."""
    dev = read_set(data / "dev-news-de")
    pool = Pool("dev-news-de", (data / "dev-news-de",))
    return Task("dev-news-de", pool, dev.questions, dev.paragraphs)


def ask_all(task: Task, encode: RememberingEncoder, reader: Any, cache: Path) -> Iterator[Asked]:
    """Yield a task's questions, some of them again without what answers."""
    rng = random.Random(3)
    with task.pool.open(encode, cache) as collection:
        for row in task.rows:
            gold = task.paragraphs[row["paragraph_id"] or row["gold_text_paragraph"]]
            answers = tuple(clean(answer["text"]) for answer in row["answers"])
            kind = "answered" if answers else row.get("kind") or "near miss"
            if row["paragraph_id"] is None:
                kind = "removed"
            text = clean(gold["text"])
            yield _ask(task, collection, reader, row, kind, answers, text, gold, "")
            if answers and rng.random() < task.removed:
                what = "no article" if rng.random() < 0.6 else "no paragraph"
                yield _ask(task, collection, reader, row, what, answers, text, gold, what)


def _ask(
    task: Task,
    collection: Collection,
    reader: Any,
    row: dict[str, Any],
    kind: str,
    answers: tuple[str, ...],
    text: str,
    gold: dict[str, Any],
    removed: str,
) -> Asked:
    found = collection._answerer.finder.find(row["question"], DEEP, Choice(Filters.of()))
    assert found is not None

    def stays(item: Passage) -> bool:
        if removed == "no article" and item.article.uri.endswith(f"#{gold['article']}"):
            return False
        return item.text != text and not holds_answer(item.text, answers)

    if removed:
        found = replace(found, passages=tuple(filter(stays, found.passages)))
        answers = ()
    question = read_question(found.question.text)
    seen = []
    if found.passages:
        ordered, spans = read_passages(question.text, found.passages, reader)
        before = {key(item): item.score for item in found.passages}
        for item in ordered[:READ]:
            span = spans[key(item)]
            words = item.text[span.start - item.start : span.end - item.start]
            seen.append(
                Seen(
                    values_of_signals(measure_signals(found, question, item, spans)),
                    before[key(item)],
                    bool(answers) and (item.text == text or text in item.text),
                    bool(answers) and holds_answer(item.text, answers),
                    f1(words, answers) if answers else 0.0,
                    words,
                )
            )
    group = str(gold["article"])
    return Asked(task.set, row["id"], group, question.text, kind, answers, tuple(seen))


def collect(data: Path, cache: Path, only: Sequence[str] = ()) -> None:
    """Write every set's signals below `cache`/evidence; those that are there are made again."""
    encode = encoder(None, cache)
    reader = remembering_reader(encode, cache)
    (cache / "evidence").mkdir(parents=True, exist_ok=True)
    for task in [development_task(data), *tasks(data)]:
        if only and task.set not in only:
            continue
        rows = [
            json.dumps(asdict(item), ensure_ascii=False)
            for item in ask_all(task, encode, reader, cache)
        ]
        path = cache / "evidence" / f"{task.set}.jsonl"
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
        log.info("%s: %d questions", task.set, len(rows))


def read_collected(folder: Path) -> list[Asked]:
    """Read what `collect` wrote."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for row in read_lines(path):
            seen = tuple(Seen(tuple(item.pop("signals")), **item) for item in row.pop("seen"))
            found.append(Asked(answers=tuple(row.pop("answers")), seen=seen, **row))
    return found
