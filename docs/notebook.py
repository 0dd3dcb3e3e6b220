"""Make docs/notebook.ipynb and run it: `python docs/notebook.py` (extra `docs`).

The cells are here; the notebook holds them with what they gave, from the sample articles and
the default model. `make docs` puts it beside the site's pages; a test compares the cells.
"""

import json
import re
from pathlib import Path
from typing import Any

PAGE = Path(__file__).with_name("notebook.ipynb")

CELLS = [
    ("markdown", """\
# Questions to a collection, in a notebook

Made and run by `python docs/notebook.py`, from the articles that come with article-qa. They were
written for it: the towns, people and figures are invented."""),
    ("code", """\
from pathlib import Path
from tempfile import mkdtemp

from corpus.samples import samples_folder
from qa import open_collection

collection = open_collection(Path(mkdtemp()) / "press", create=True)
report = collection.add(samples_folder() / "de", samples_folder() / "en")
report.added, report.skipped"""),
    ("markdown", """\
An answer shows its sentences, and each quote highlighted in its paragraph."""),
    ("code", """\
answer = collection.ask("Wann soll die Seilbahn in Bad Lauten wieder fahren?")
answer"""),
    ("markdown", """\
The quote is the article's text, letter for letter."""),
    ("code", """\
citation = answer.citations[0]
article = collection.article(citation.passage.article.uri)
assert article.text[citation.start : citation.end] == citation.quote
answer.short, round(answer.confidence, 2)"""),
    ("markdown", """\
Passages without an answer, the closest first. A question may be in another language."""),
    ("code", """\
collection.retrieve("When will the cable car run again?", k=3)"""),
    ("markdown", """\
If the articles do not answer, the answer says so and names the closest passage."""),
    ("code", """\
refused = collection.ask("Wer gewann die Fußballweltmeisterschaft 1974?")
print(refused.text)"""),
    ("markdown", """\
Many questions, as a table (extra `pandas`)."""),
    ("code", """\
from qa.integrations.pandas import to_frame

questions = [
    "Wann soll die Seilbahn in Bad Lauten wieder fahren?",
    "Wer gewann die Fußballweltmeisterschaft 1974?",
]
frame = to_frame(collection.ask_each(questions))
frame[["question", "answered", "short", "citations"]]"""),
    ("code", """\
collection.close()"""),
]  # fmt: skip


def made() -> Any:
    """Return the notebook without outputs; ids of cells are their numbers, so that it is stable."""
    from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

    makers = {"markdown": new_markdown_cell, "code": new_code_cell}
    cells = [
        makers[kind](source, id=f"cell-{number}") for number, (kind, source) in enumerate(CELLS)
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def main() -> None:
    """Make the notebook, run it, and write it.

    Raises:
        ValueError: an output names a folder of this machine.
    """
    from nbclient import NotebookClient

    # Without a limit of time: it takes 20 seconds of computing, and a busy machine is slow.
    notebook = NotebookClient(made(), timeout=None, kernel_name="python3").execute()
    for cell in notebook.cells:
        # When a cell ran says nothing to a reader and would change each time.
        cell.metadata.pop("execution", None)
        # Hints of libraries about progress bars, with paths of this machine.
        shown = [item for item in cell.get("outputs", []) if item.get("name") != "stderr"]
        if "outputs" in cell:
            cell.outputs = shown
    notebook.metadata.pop("language_info", None)
    text = json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    named = re.findall(r"file://[^\s\"<]*|/(?:home|root|tmp|work)/[^\s\"<]*", text)
    if named:
        raise ValueError(f"an output names {named[0]}; show something else")
    PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
