"""Fit how sure an answer is: `python -m training.answerability --data DIR --cache DIR`.

Asks the product the questions of the sets below DIR, each over its own pool of articles:
news and turns of phrase (the fifth of their articles that no reader was trained on), near
misses of SQuAD, and XQuAD and MLQA with what answers taken away. Writes down the signals of
the passages that were read (`qa.answering.signals`), fits `qa.answering.answerability` on
them, and writes qa/answering/answerability.json. dev-news-de chooses the operating points
and nothing else. To be run again when the reader's weights or the fused score change; what
was embedded and read is kept below the cache.
"""

import argparse
import json
import logging
import random
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.answers.reading import remembering_reader
from benchmarks.retrieval.ours import RememberingEncoder, encoder
from corpus.catalog.selection import Filters
from corpus.text.normalize import clean
from qa.answering.question import read_question
from qa.answering.signals import NAMES, UNREAD, measure_signals, values_of_signals
from qa.collection import Collection, open_collection
from qa.evaluation.answers import holds_answer
from qa.evaluation.calibration import as_json, calibration_error, reliability
from qa.evaluation.span_metrics import auroc, f1
from qa.options import Choice
from qa.reader.read import RERANK_WEIGHT
from qa.results import Passage
from qa.retrieval.reading import READ, key, read_passages
from training.reader.data import parts, read_lines, read_set
from training.reader.evaluate import development_questions, unseen_part

log = logging.getLogger("training.answerability")
ROOT = Path(__file__).parents[1]
OUT = ROOT / "qa" / "answering" / "answerability.json"
REPORT = ROOT / "benchmarks" / "answers" / "answerability.json"
DEEP = 20
"""Passages that are retrieved."""
SQUAD_ARTICLES = 6
SAMPLE = 220


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
    folders: tuple[Path, ...]
    articles: frozenset[str] = frozenset()
    """Of these alone; of all where there are none."""

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield its paragraphs as a table's rows."""
        for folder in self.folders:
            for line in _table_of(folder):
                if not self.articles or line["article"] in self.articles:
                    yield line

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
    named = ("title", "source", "published")
    articles = [folder / "articles.jsonl", folder / "articles.jsonl.gz"]
    if any(path.is_file() for path in articles):
        for row in read_lines(articles[0]):
            about = {name: row[name] for name in named if row.get(name)}
            for text in row["paragraphs"]:
                yield {"article": row["id"], "text": clean(text), **about}
        return
    for row in read_set(folder).paragraphs.values():
        about = {name: row[name] for name in named if row.get(name)}
        yield {"article": row["article"], "text": clean(row["text"]), **about}


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


FAMILIES = {
    "train-news-q": "foreign",
    "train-turns-q": "foreign",
    "train-news": "news",
    "dev-news": "news",
    "train-turns": "turns",
    "squad2": "squad",
    "xquad": "xquad",
}
"""How a set's name begins -> what it is counted among; the first that fits."""
SHARES = {"news": 0.5, "turns": 0.2, "foreign": 0.1, "squad": 0.1, "xquad": 0.1}
"""What a family of sets weighs in the fit; German news leads."""
ABSENT = frozenset({"no article", "no paragraph", "removed"})
"""Kinds of question whose answer was taken away; all others without one are near misses."""
PENALTIES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
FOLDS = 5
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rows:
    """The first passages of questions: signals (questions, signals), truth, weights, groups."""

    signals: Floats
    right: NDArray[np.bool_]
    weights: Floats
    groups: list[str]


def rows_of(asked: Sequence[Asked], *, read: bool = True) -> Rows:
    """Return what is fitted: of each question its first passage, and whether that answers."""
    kept = [item for item in asked if item.seen]
    # As the product orders them now, whatever weight reading had when they were collected.
    weight, reading = RERANK_WEIGHT if read else 0.0, NAMES.index("read")
    first = [
        max(item.seen, key=lambda seen: seen.score + weight * seen.signals[reading])
        for item in kept
    ]
    right = np.array([seen.holds for seen in first])
    signals = np.array([seen.signals for seen in first])
    if not read:
        signals[:, [n for n, name in enumerate(NAMES) if name in UNREAD]] = 0.0
    weights = np.zeros(len(kept))
    families = np.array([_family(item.set) for item in kept])
    near = np.array([item.kind not in ABSENT for item in kept])
    for family, share in SHARES.items():
        inside = families == family
        # Half for what is answered; of the rest near misses weigh as much as absent topics.
        for chosen, part in (
            (inside & right, 0.5),
            (inside & ~right & near, 0.25),
            (inside & ~right & ~near, 0.25),
        ):
            if chosen.any():
                weights[chosen] = share * part / chosen.sum()
    groups = [f"{families[n]}:{item.group}" for n, item in enumerate(kept)]
    return Rows(signals, right, weights * len(kept), groups)


def _family(name: str) -> str:
    return next(family for begin, family in FAMILIES.items() if name.startswith(begin))


def fit(rows: Rows, penalty: float, columns: Sequence[int]) -> dict[str, Any]:
    """Fit a logistic regression over standardised signals; returns bias and weights by name."""
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

    used = rows.signals[:, columns]
    middle, spread = used.mean(0), np.maximum(used.std(0), 1e-9)
    model = LogisticRegression(C=penalty, max_iter=5000)
    model.fit((used - middle) / spread, rows.right, sample_weight=rows.weights)
    slopes = model.coef_[0] / spread
    bias = float(model.intercept_[0] - (slopes * middle).sum())
    named = {NAMES[n]: round(float(w), 5) for n, w in zip(columns, slopes, strict=True)}
    return {"bias": round(bias, 5), "weights": named}


def predict(model: dict[str, Any], signals: Floats) -> Floats:
    """Return the chance of each row."""
    weights = np.array([model["weights"].get(name, 0.0) for name in NAMES])
    return np.asarray(1 / (1 + np.exp(-np.clip(signals @ weights + model["bias"], -30, 30))))


def choose(rows: Rows, columns: Sequence[int]) -> tuple[float, dict[float, float]]:
    """Return the penalty with the least weighted log loss over folds by article, and all losses."""
    losses = {}
    for penalty in PENALTIES:
        found = out_of_fold(rows, penalty, columns)
        likely = np.where(rows.right, found, 1 - found)
        losses[penalty] = float(np.average(-np.log(np.maximum(likely, 1e-9)), weights=rows.weights))
    return min(losses, key=lambda penalty: losses[penalty]), losses


WANTED = {"lenient": 0.85, "balanced": 0.65, "strict": 0.5}
"""Strictness -> share of the answerable questions of dev-news-de that it is to answer."""
SURE, FAIR = 0.9, 0.7
"""Share of right answers that the two upper bands of the words are to hold."""
LEAST_GIVEN = 20
"""Answers that a band is judged by at least: of fewer, those that are missing count as wrong."""


def out_of_fold(rows: Rows, penalty: float, columns: Sequence[int]) -> Floats:
    """Return each row's chance by a model that was fitted on the other folds."""
    fold = _folds(rows.groups)
    found = np.zeros(len(fold))
    for n in range(FOLDS):
        inside = fold != n
        part = Rows(rows.signals[inside], rows.right[inside], rows.weights[inside], [])
        found[~inside] = predict(fit(part, penalty, columns), rows.signals[~inside])
    return found


def _folds(groups: Sequence[str]) -> NDArray[np.int64]:
    numbers = {group: n % FOLDS for n, group in enumerate(sorted(set(groups)))}
    return np.array([numbers[group] for group in groups])


def choose_points(chance: Floats, answerable: NDArray[np.bool_]) -> dict[str, float]:
    """Return for each strictness the chance that lets the wanted share of answers through."""
    return {
        name: round(float(np.quantile(chance[answerable], 1 - share)), 3)
        for name, share in WANTED.items()
    }


def choose_bands(chance: Floats, right: NDArray[np.bool_], least: float) -> dict[str, float]:
    """Return the least chances of the words for how sure an answer is.

    Each is the lowest from which on the share of right answers is as wanted; those below are
    "low".
    """
    given = chance >= least
    order = np.argsort(-chance[given])
    values, hits = chance[given][order], right[given][order]
    share = np.cumsum(hits) / np.maximum(np.arange(len(hits)) + 1, LEAST_GIVEN)
    found = {}
    for name, wanted in (("high", SURE), ("fair", FAIR)):
        places = np.flatnonzero(share >= wanted)
        found[name] = round(float(values[places[-1]]), 3) if len(places) else 0.99
    return found | {"low": 0.0}


def fit_all(asked: Sequence[Asked]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Fit everything; returns what is shipped and how well it holds."""
    dev = [item for item in asked if item.set == "dev-news-de"]
    others = [item for item in asked if item.set != "dev-news-de"]
    shipped: dict[str, Any] = {}
    report: dict[str, Any] = {}
    for name, read in (("read", True), ("unread", False)):
        columns = [n for n, key in enumerate(NAMES) if read or key not in UNREAD]
        rows = rows_of(others, read=read)
        penalty, losses = choose(rows, columns)
        shipped[name] = fit(rows, penalty, columns)
        found = out_of_fold(rows, penalty, columns)
        report[name] = {
            "penalty": penalty,
            "log_loss": {str(key): round(value, 4) for key, value in losses.items()},
            "auroc": _aurocs(rows, found),
            "questions": len(rows.groups),
            **_calibration_of(found, rows.right),
        }
    rows = rows_of(dev, read=True)
    answerable = np.array([item.kind == "answered" for item in dev if item.seen])
    found = predict(shipped["read"], rows.signals)
    shipped["least"] = choose_points(found, answerable)
    report["least"] = shipped["least"]
    shipped["bands"] = choose_bands(found, rows.right, shipped["least"]["balanced"])
    report["dev-news-de"] = {
        **_calibration_of(found, rows.right),
        "auroc": round(auroc(found[answerable].tolist(), found[~answerable].tolist()), 4),
        "auroc_of_reading": round(
            auroc(rows.signals[answerable, 0].tolist(), rows.signals[~answerable, 0].tolist()), 4
        ),
        "points": {
            name: {
                "least": least,
                "answered": round(float((found[answerable] >= least).mean()), 3),
                "near_misses_answered": round(float((found[~answerable] >= least).mean()), 3),
                "right_of_answered": round(float(rows.right[found >= least].mean()), 3),
            }
            for name, least in shipped["least"].items()
        },
    }
    return shipped, report


def _calibration_of(found: Floats, right: NDArray[np.bool_]) -> dict[str, Any]:
    """Return how well chances hold."""
    bars = reliability(found.tolist(), right.tolist())
    return {"calibration_error": round(calibration_error(bars), 4), "reliability": as_json(bars)}


def _aurocs(rows: Rows, found: Floats) -> dict[str, float]:
    families = np.array([group.split(":")[0] for group in rows.groups])
    return {
        family: round(
            auroc(
                found[(families == family) & rows.right].tolist(),
                found[(families == family) & ~rows.right].tolist(),
            ),
            4,
        )
        for family in sorted(set(families))
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, collect, fit and write."""
    parser = argparse.ArgumentParser(prog="python -m training.answerability", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--collected", action="store_true", help="fit on what the cache holds")
    parser.add_argument("--set", action="append", default=[], help="collect these alone")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    if not options.collected:
        collect(options.data, options.cache, options.set)
    shipped, report = fit_all(read_collected(options.cache / "evidence"))
    command = "python -m training.answerability --data DIR --cache DIR"
    about = {"fitted": date.today().isoformat(), "command": command}
    OUT.write_text(json.dumps(about | shipped, indent=1) + "\n", encoding="utf-8")
    REPORT.write_text(json.dumps(about | report, indent=1) + "\n", encoding="utf-8")
    log.info("%s", json.dumps(report))


if __name__ == "__main__":
    main()
