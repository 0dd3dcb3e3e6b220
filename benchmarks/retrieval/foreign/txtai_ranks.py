"""Rank with txtai's defaults: its default model, all-MiniLM-L6-v2, from a folder.

Called as: txtai_ranks.py FOLDER K MODEL_FOLDER
"""

import json
import sys
from pathlib import Path

from txtai import Embeddings

folder, k = Path(sys.argv[1]), int(sys.argv[2])
texts = json.loads((folder / "texts.json").read_text(encoding="utf-8"))
questions = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
embeddings = Embeddings(path=sys.argv[3])
embeddings.index(list(enumerate(texts)))
answer = embeddings.batchsearch(questions, k)
found = [[int(at) for at, _ in row] for row in answer]
(folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
