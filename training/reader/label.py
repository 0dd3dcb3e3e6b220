"""Let a reader label questions whose answers are unknown, to train on them.

    python -m training.reader.label --data DIR/unlabelled-mlqa-test-de --reader RUN --out FOLDER

Only spans the reader is sure of are kept. The result is a folder in the evaluation
format, for `python -m training.reader.train --also FOLDER`; labels.json in it says what was
labelled and by which reader, for the model card.
"""

import argparse
import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from index.encoder import SentenceTransformerEncoder
from qa.reader import reader_from
from qa.reader.read import EncoderReader
from qa.reader.weights import read_sidecar
from training.reader.data import parts
from training.reader.sets import read_set

log = logging.getLogger("training.reader.label")

LABELS_NAME = "labels.json"
LEAST_ANSWERABLE = 0.6
LONGEST = 80
"""Characters of an answer; longer ones are mostly wrong."""


def label_question(reader: EncoderReader, row: dict[str, Any], text: str) -> dict[str, Any] | None:
    """Return a question with the span that the reader finds, or None where it is unsure."""
    (reading,) = reader.read(row["question"], [text])
    found = text[reading.start : reading.end]
    if reading.answerable < LEAST_ANSWERABLE or not 0 < len(found) <= LONGEST:
        return None
    return {
        "id": row["id"],
        "question": row["question"],
        "paragraph_id": row["paragraph_id"],
        "answers": [{"text": found, "start": reading.start}],
        "confidence": round(reading.answerable, 4),
        "label": "self",
    }


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line and label."""
    parser = argparse.ArgumentParser(prog="python -m training.reader.label", description=__doc__)
    parser.add_argument("--data", required=True, type=Path, help="the unlabelled set")
    parser.add_argument("--reader", required=True, type=Path, help="folder of a reader's weights")
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--model", help="another encoder: a folder or a name")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    reader = reader_from(options.reader, SentenceTransformerEncoder(options.model))
    data = parts(read_set(options.data))[0]
    rows = []
    for row in data.questions:
        found = label_question(reader, row, data.paragraphs[row["paragraph_id"]]["text"])
        if found is not None:
            rows.append(found)
    options.out.mkdir(parents=True, exist_ok=True)
    write_lines(options.out / "questions.jsonl", rows)
    write_lines(options.out / "paragraphs.jsonl", list(data.paragraphs.values()))
    origin = {"set": data.name, "reader": read_sidecar(options.reader)["sha256"]}
    (options.out / LABELS_NAME).write_text(json.dumps(origin) + "\n", encoding="utf-8")
    log.info("%d of %d questions labelled", len(rows), len(data.questions))


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write rows as JSONL."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
