"""What no module of the product does: run what it was given, or load what could run."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILES = sorted(path for name in ("corpus", "index", "qa") for path in (ROOT / name).rglob("*.py"))
MODULES = {"pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "dbm"}
STARTERS = {"subprocess", "pty", "multiprocessing"}
MAY_START = {
    Path("corpus/ingest/sandbox_child.py"),
    Path("corpus/ingest/conversion.py"),
    Path("corpus/bytes_search.py"),
}


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield (node.module or "").split(".")[0]


def name_of(node: ast.expr) -> str:
    """Return a called name with its dots: "torch.load"."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".lstrip(".")
    return node.id if isinstance(node, ast.Name) else ""


def is_true(call: ast.Call, keyword: str) -> bool:
    values = [item.value for item in call.keywords if item.arg == keyword]
    return bool(values) and isinstance(values[0], ast.Constant) and values[0].value is True


def faults(source: str) -> list[str]:
    """Return what a module may not do, with its line."""
    tree = ast.parse(source)
    found = [f"imports {name}" for name in imported(tree) if name in MODULES]
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = name_of(node.func)
        last = name.rpartition(".")[2]
        if name in ("eval", "exec", "compile", "__import__", "os.system", "os.popen"):
            found.append(f"line {node.lineno}: {name}()")
        if name == "torch.load" and not is_true(node, "weights_only"):
            found.append(f"line {node.lineno}: torch.load without weights_only=True")
        if name in ("yaml.load", "yaml.load_all", "yaml.unsafe_load", "yaml.full_load"):
            found.append(f"line {node.lineno}: {name}")
        if is_true(node, "allow_pickle") or is_true(node, "trust_remote_code"):
            found.append(f"line {node.lineno}: {name} may run code from a file")
        if is_true(node, "shell"):
            found.append(f"line {node.lineno}: a shell")
        takes_code = last in ("from_pretrained", "SentenceTransformer", "CrossEncoder")
        if takes_code and "trust_remote_code" not in {item.arg for item in node.keywords}:
            found.append(f"line {node.lineno}: {last} without trust_remote_code=False")
    return found


def test_nothing_that_was_read_is_run() -> None:
    found = {path: faults(path.read_text(encoding="utf-8")) for path in FILES}
    assert {path: said for path, said in found.items() if said} == {}


def test_only_these_start_a_process() -> None:
    starting = {
        path.relative_to(ROOT)
        for path in FILES
        if set(imported(ast.parse(path.read_text(encoding="utf-8")))) & STARTERS
    }
    assert starting == MAY_START


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "def f():\n    from marshal import loads",
        "import os\nos.system('a')",
        "eval('1')",
        "import torch\ntorch.load('a')",
        "import torch\ntorch.load('a', weights_only=False)",
        "import yaml\nyaml.load('a', yaml.Loader)",
        "import numpy as np\nnp.load('a', allow_pickle=True)",
        "AutoModel.from_pretrained('a')",
        "SentenceTransformer('a', trust_remote_code=True)",
        "subprocess.run('a', shell=True)",
    ],
)
def test_each_of_these_is_found(source: str) -> None:
    assert faults(source)
