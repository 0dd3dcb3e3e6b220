"""Who may import whom, beside `tests.tools.test_shape`, and what is imported only when needed."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import qa
from index.runtime.compile import has_openvino
from qa import Collection
from tests.fakes import run_python

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "qa")
DOORS = ("qa.cli", "qa.server", "qa.mcp", "qa.integrations")
HEAVY = {
    "asyncpg", "docx", "faiss", "gradio", "httpcore2", "httpx2", "lxml", "mcp", "openai",
    "openvino", "pandas",
    "pyarrow", "pypdfium2", "ray", "sentence_transformers", "tantivy", "tokenizers", "torch",
    "trafilatura", "transformers",
}  # fmt: skip


def module_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path: Path) -> Iterator[str]:
    """Yield the full names of the modules that a file imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where one goes"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") == "import_module":
            (name,) = node.args
            assert isinstance(name, ast.Constant), f"{path}: imports what cannot be read off"
            yield str(name.value)


def within(name: str, package: str) -> bool:
    return name == package or name.startswith(f"{package}.")


@cache
def read_imports() -> dict[str, set[str]]:
    """Return what each module imports, by its name."""
    paths = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {module_of(path): set(imports_of(path)) for path in sorted(paths)}


def importers(package: str) -> list[str]:
    return [
        module
        for module, names in read_imports().items()
        if any(within(name, package) for name in names)
    ]


@pytest.mark.parametrize("package", ["tests", "benchmarks", "training", "tools"])
def test_the_product_imports_nothing_beside_it(package: str) -> None:
    assert importers(package) == []


@pytest.mark.parametrize(
    ("library", "rooms"),
    [
        ("faiss", ["index.dense"]),
        ("tantivy", ["index.lexical"]),
        ("openvino", ["index.runtime"]),
        ("tokenizers", ["index.runtime", "index.default_model"]),
        ("torch", ["index.runtime", "qa.reader"]),
        ("sqlite3", ["corpus.catalog"]),
        ("asyncpg", ["corpus.catalog.sql.connection"]),
        ("docx", ["qa.server.exports.docx", "qa.server.exports.footnotes"]),
        ("trafilatura", ["corpus.readers"]),
        ("pyarrow", ["corpus.readers.tables.parquet"]),
        (
            "pypdfium2",
            [
                "corpus.readers.office.pdf",
                "corpus.readers.office.pdf_layout",
                "corpus.readers.scans.page_picture",
                "corpus.readers.scans.pdf_pages",
            ],
        ),
        ("httpcore2", ["corpus.web"]),
        ("protego", ["corpus.web"]),
        ("gradio", ["qa.server.chat"]),
        ("openai", ["qa.generation.openai_client"]),
        ("mcp", ["qa.mcp"]),
        ("argon2", ["qa.server.auth.users"]),
        ("prometheus_client", ["qa.server.metrics"]),
        ("langchain_core", ["qa.integrations.langchain"]),
        ("llama_index", ["qa.integrations.llamaindex"]),
        ("haystack", ["qa.integrations.haystack"]),
        ("pandas", ["qa.integrations.pandas"]),
        ("ray", ["index.runtime.ray_workers"]),
        ("typer", ["qa.cli"]),
        ("rich", ["qa.cli", "qa.evaluation.tables"]),
    ],
)
def test_a_library_is_met_in_its_room_alone(library: str, rooms: list[str]) -> None:
    found = importers(library)
    assert found
    assert [module for module in found if not any(within(module, room) for room in rooms)] == []


CONNECTING = ("aiohttp", "ftplib", "http.client", "httpcore2", "httpx", "httpx2", "requests",
              "socket", "ssl", "urllib.request", "urllib3")  # fmt: skip


@pytest.mark.parametrize("library", CONNECTING)
def test_below_the_doors_only_one_package_opens_connections_to_what_it_was_given(
    library: str,
) -> None:
    below = [name for name in importers(library) if within(name, "corpus") or within(name, "index")]
    assert [name for name in below if not within(name, "corpus.web")] == []


def test_rooms_below_know_nothing_of_the_doors() -> None:
    for door in DOORS:
        strangers = [
            module
            for module in importers(door)
            if not any(within(module, other) for other in DOORS)
        ]
        assert strangers == []
    assert [module for module in importers("qa.collection") if within(module, "qa")] == [
        module
        for module in importers("qa.collection")
        if module == "qa" or any(within(module, door) for door in DOORS)
    ]


def test_the_public_names_are_sorted_and_there() -> None:
    # Sorted as people look names up, and complete: whatever qa imports for its users.
    assert qa.__all__ == sorted(qa.__all__)
    assert len(qa.__all__) == len(set(qa.__all__))
    for name in qa.__all__:
        assert getattr(qa, name).__doc__
    own = {
        name
        for name, value in vars(qa).items()
        if not name.startswith("_")
        and name != "Any"
        and getattr(value, "__module__", "").split(".")[0] in PACKAGES
    }
    assert own == set(qa.__all__)


UNUSED = (
    "corpus.readers", "corpus.structure", "gradio", "lxml", "onnxruntime", "openvino_telemetry",
    "pandas", "py3langid", "pyarrow", "scipy", "sentence_transformers", "sklearn", "torch",
    "trafilatura", "transformers",
)  # fmt: skip


@pytest.mark.skipif(not has_openvino(), reason="OpenVINO has no wheel here")
@pytest.mark.parametrize(("command", "shows"), [("ask", "12. April"), ("search", "Bad Lauten")])
def test_a_cold_question_imports_only_what_answers_it(
    samples: Collection, command: str, shows: str
) -> None:
    code = (
        "import atexit, sys\n"
        f"unused = set({UNUSED!r})\n"
        "atexit.register(lambda: print(*sorted(unused & set(sys.modules)), file=sys.stderr))\n"
        "from qa.cli import main; main()"
    )
    question = "Wann soll die Seilbahn in Bad Lauten wieder fahren?"
    done = run_python(code, "--collection", samples.path, command, question)
    assert done.returncode == 0, done.stderr
    assert shows in done.stdout
    assert done.stderr.splitlines()[-1].strip() == ""


@pytest.mark.parametrize(
    "code",
    [
        "import qa",
        "import qa.cli.app",
        "import sys; sys.argv[1:] = ['--help']; import qa.cli.app\n"
        "try: qa.cli.app.main()\nexcept SystemExit as stop: assert not stop.code",
        "from qa import open_collection; import tempfile\n"
        "c = open_collection(tempfile.mkdtemp(), create=True)\n"
        "c.status(); c.articles(); c.retrieve('Wann?'); c.ask('Wann?'); c.close()",
    ],
    ids=["import qa", "import qa.cli.app", "--help", "an empty collection"],
)
def test_heavy_libraries_wait_until_they_are_needed(code: str) -> None:
    code += f"\nimport sys; print(sorted(set({sorted(HEAVY)!r}) & set(sys.modules)))"
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    assert result.stdout.splitlines()[-1] == "[]"


def test_logging_is_left_to_the_caller() -> None:
    code = "import logging, qa, qa.collection, index.sync; print(logging.getLogger().handlers)"
    result = run_python(code)
    assert result.returncode == 0, result.stderr
    assert result.stdout == "[]\n"
