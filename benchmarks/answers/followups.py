"""Follow-up questions over the samples: `python -m benchmarks.answers.followups --cache DIR`.

Of the pairs in tests/data/followups.jsonl that lean on the last turn: how many are completed
with the words that are needed, and for how many the passage with the answer is then among the
first five, and quoted; beside it the same for the follow-up asked alone, and for both questions
one after the other. Of those that stand alone: how many are left alone. Writes followups.json.
The held-out half was written before the rules were tuned, by the same hand.
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from benchmarks.answers.features import open_samples, remembering_reader
from benchmarks.retrieval.ours import encoder
from corpus.catalog.articles import Catalog
from corpus.catalog.selection import Filters
from index.encoder import SentenceTransformerEncoder
from qa.answering.answerer import answer
from qa.answering.follow_up import complete
from qa.answering.question import read_question
from qa.answering.question_model import needs_conversation
from qa.collection import Collection
from qa.options import Choice
from qa.reader import Reader
from qa.results import Answer


def ask(collection: Collection, reader: Reader, question: str) -> Answer:
    """Answer a question with a reader that remembers."""
    found = collection._answerer.finder.find(question, 8, Choice(Filters.of()))
    assert found is not None
    return answer(
        read_question(found.question.text), found, collection.encoder, collection.article, reader
    )


def tally(
    collection: Collection, reader: Reader, rows: Sequence[dict[str, object]]
) -> Counter[str]:
    """Count what became of pairs."""
    counts: Counter[str] = Counter()
    for row in rows:
        previous, follow_up = str(row["previous"]), str(row["follow_up"])
        first = ask(collection, reader, previous)
        whole = complete(
            follow_up,
            [first],
            partial(needs_conversation, SentenceTransformerEncoder()),
            Catalog(collection._database).has,
        )
        counts["pairs"] += 1
        if not row["leans"]:
            counts["left alone"] += whole == follow_up
            continue
        needs = row["needs"]
        assert isinstance(needs, list)
        held = all(word.casefold() in whole.casefold() for word in needs)
        counts["completed"] += whole != follow_up and held
        variants = (("completed", whole), ("alone", follow_up), ("both", f"{previous} {follow_up}"))
        for name, question in variants:
            given = ask(collection, reader, question)
            words = str(row["quote_contains"])
            counts[f"{name}: among the first five"] += any(
                words in item.text for item in given.passages[:5]
            )
            counts[f"{name}: quoted"] += any(words in item.quote for item in given.citations)
    return counts


def main(arguments: Sequence[str] | None = None) -> None:
    here = Path(__file__).parent
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--cache", type=Path, required=True, help="Keeps embeddings and readings.")
    parser.add_argument("--out", type=Path, default=here / "followups.json")
    options = parser.parse_args(arguments)
    pairs = here.parents[1] / "tests" / "data" / "followups.jsonl"
    rows = [json.loads(line) for line in pairs.read_text(encoding="utf-8").splitlines()]
    encode = encoder(None, options.cache)
    reader = remembering_reader(encode, options.cache)
    found = {}
    with open_samples(encode, options.cache) as collection:
        for split in ("held-out", "tuning"):
            for leans in (True, False):
                chosen = [row for row in rows if row["split"] == split and row["leans"] is leans]
                name = f"{split}, {'leans' if leans else 'stands alone'}"
                found[name] = dict(tally(collection, reader, chosen))
                print(name, json.dumps(found[name]), flush=True)
    command = "python -m benchmarks.answers.followups --cache DIR"
    report = {"command": command, "pairs": found}
    options.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
