"""Rank with LanceDB's hybrid search, set up as haiku.rag sets it up.

Cosine distance with a refine factor of 30, a full-text index with positions and stop words and
otherwise LanceDB's defaults (words, English stemming), both fused by LanceDB's reciprocal rank
fusion. Called as: lancedb_ranks.py FOLDER K
"""

import asyncio
import json
import sys
from pathlib import Path

import lancedb
import numpy as np
from lancedb.index import FTS
from lancedb.rerankers import RRFReranker


async def main(folder: Path, k: int) -> None:
    texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
    questions = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
    vectors, asked = np.load(folder / "texts.npy"), np.load(folder / "questions.npy")
    database = await lancedb.connect_async(folder / "lancedb")
    rows = [
        {"id": at, "content": text, "vector": vector.tolist()}
        for at, (text, vector) in enumerate(zip(texts, vectors, strict=True))
    ]
    table = await database.create_table("chunks", rows)
    await table.create_index("content", config=FTS(with_position=True, remove_stop_words=False))
    found = []
    for question, vector in zip(questions, asked, strict=True):
        near = table.query().nearest_to(vector).column("vector")
        near = near.distance_type("cosine").refine_factor(30)
        hybrid = near.nearest_to_text(question, columns="content").rerank(RRFReranker())
        answer = await hybrid.limit(k).to_list()
        found.append([row["id"] for row in answer][:k])
    (folder / "found.json").write_text(json.dumps(found), encoding="utf-8")


asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2])))
