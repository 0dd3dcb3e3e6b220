"""Conversations over news: `python -m benchmarks.answers.conversations --data DIR --cache DIR`.

Asks the turns of train-talk-de, and of the conversations in training/data/written, one after
the other, each with the answers before it: those over articles that no model was trained on.
How many follow-ups are known
as such, and how many quote the answer; how many questions that stand alone are left alone;
how many turns without an answer are refused. Writes conversations.json beside this file.
"""

import argparse
import json
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.retrieval.ours import encoder
from corpus.serialise import plain
from qa.collection import Collection, open_collection
from qa.evaluation.answers import holds_answer
from qa.evaluation.statistics import measure
from qa.results import Answer
from training.answerability.collect import news_pool, written_pool
from training.reader.sets import is_held_out, read_lines
from training.reader.written import read_conversations

OUT = Path(__file__).with_name("conversations.json")


def conversations(data: Path) -> list[list[dict[str, Any]]]:
    """Return the conversations with a turn on a held-out article, each turn by turn."""
    turns: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in read_lines(data / "train-talk-de" / "turns.jsonl"):
        turns[row["conversation"]].append(row)
    return [
        rows
        for rows in turns.values()
        if any(
            is_held_out(row["paragraph_id"].rsplit("-p", 1)[0])
            for row in rows
            if row["paragraph_id"]
        )
    ]


def written_conversations(data: Path) -> list[list[dict[str, Any]]]:
    """Return the same of the conversations that were written for training the reader."""
    return [
        [
            {"question": t.typed, "follow_up": t.typed != t.complete, "answer": t.answer}
            for t in turns
        ]
        for article, turns in read_conversations(data)
        if article.language == "de" and is_held_out(article.story)
    ]


def talk(collection: Collection, rows: Sequence[dict[str, Any]]) -> dict[str, list[bool]]:
    """Ask one conversation, and tell what became of its turns."""
    found: dict[str, list[bool]] = defaultdict(list)
    history: list[Answer] = []
    for row in rows:
        given = collection.ask(row["question"], history, generator=False)
        history.append(given)
        if row["follow_up"]:
            found["follow_ups_known"].append(bool(given.context))
        elif len(history) > 1:
            found["left_alone"].append(not given.context)
        if not row["answer"]:
            found["refused_without_answer"].append(not given.answered)
            continue
        quoted = any(holds_answer(item.quote, [row["answer"]]) for item in given.citations)
        found["follow_ups_quoted" if row["follow_up"] else "alone_quoted"].append(quoted)
    return found


def measure_talks(
    collection: Collection, chosen: Sequence[Sequence[dict[str, Any]]]
) -> dict[str, Any]:
    """Ask conversations, and return the share of the turns that each measure holds of."""
    found: dict[str, list[bool]] = defaultdict(list)
    for rows in chosen:
        for name, values in talk(collection, rows).items():
            found[name] += values
    measures = {
        name: plain(measure([float(value) for value in values]))
        for name, values in sorted(found.items())
    }
    return {"conversations": len(chosen), "measures": measures}


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, talk, and write what was measured."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.answers.conversations")
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--cache", type=Path, required=True, help="keeps embeddings")
    parser.add_argument("--out", type=Path, default=OUT)
    options = parser.parse_args(arguments)
    sets = {
        "train-talk-de": (news_pool(options.data), conversations(options.data)),
        "written": (written_pool(options.data), written_conversations(options.data)),
    }
    result: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "command": "python -m benchmarks.answers.conversations --data DIR --cache DIR",
    }
    for name, (pool, chosen) in sets.items():
        pool.open(encoder(None, options.cache), options.cache).close()
        # With the encoder itself: the reader goes through its layers.
        with open_collection(options.cache / "collections" / pool.name) as collection:
            result[name] = measure_talks(collection, chosen)
        print(name, {key: row["mean"] for key, row in result[name]["measures"].items()})
    options.out.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
