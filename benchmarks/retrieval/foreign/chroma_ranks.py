"""Rank with Chroma's defaults: an HNSW index by Euclidean distance.

Its default model, all-MiniLM-L6-v2, is fetched from the network at first use; here its vectors
come from a file. Called as: chroma_ranks.py FOLDER K
"""

import json
import sys
from pathlib import Path

import chromadb
import numpy as np

folder, k = Path(sys.argv[1]), int(sys.argv[2])
texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
vectors, asked = np.load(folder / "texts.npy"), np.load(folder / "questions.npy")
client = chromadb.EphemeralClient(chromadb.Settings(anonymized_telemetry=False))
collection = client.create_collection("pool", embedding_function=None)
for begin in range(0, len(texts), 1000):
    part = range(begin, min(begin + 1000, len(texts)))
    collection.add(
        ids=[str(at) for at in part],
        documents=[texts[at] for at in part],
        embeddings=[vectors[at] for at in part],
    )
answer = collection.query(query_embeddings=list(asked), n_results=min(k, len(texts)))
found = [[int(name) for name in row] for row in answer["ids"]]
(folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
