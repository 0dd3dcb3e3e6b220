"""The documentation holds: generated pages are fresh, and commands and names in it exist."""

import importlib.util
import json
import re
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from typer.main import get_command

import qa
from benchmarks.answers.report import parts as answers
from benchmarks.retrieval import report
from corpus.catalog.sql.address import parse_address
from qa.cli.app import app
from qa.places import ENVIRONMENT

ROOT = Path(__file__).parents[1]
PAGES = sorted([ROOT / "README.md", *ROOT.glob("docs/**/*.md")])
COMMANDS: Any = get_command(app)


def _cli() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_cli", ROOT / "docs" / "cli.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _notebook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_notebook", ROOT / "docs" / "notebook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_notebook_has_the_scripts_cells_and_ran_without_errors() -> None:
    module = _notebook()
    cells = json.loads(module.PAGE.read_text(encoding="utf-8"))["cells"]
    found = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    assert found == module.CELLS, "run python docs/notebook.py"
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    outputs = [output for cell in code for output in cell["outputs"]]
    assert outputs
    assert {output["output_type"] for output in outputs} <= {"execute_result", "stream"}


def _named(page: Path) -> list[str]:
    """The commands of a page: indented ones, and those between back-ticks with an argument."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"^ {4}(article-qa .+)$", text, re.M)
    found += re.findall(r"`(article-qa [^`]+)`", text)
    return [line.split("  #")[0].split(" > ")[0] for line in found]


def test_the_command_reference_is_fresh() -> None:
    module = _cli()
    assert module.PAGE.read_text(encoding="utf-8") == module.reference(), "run python docs/cli.py"


def test_making_the_reference_leaves_the_command_line_as_it_is() -> None:
    before = app.rich_markup_mode
    _cli().reference()
    assert app.rich_markup_mode == before


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_and_options_on_the_page_exist(page: Path) -> None:
    shared = {option for item in COMMANDS.params for option in item.opts}
    for line in _named(page):
        words = shlex.split(line)[1:]
        name = next((word for word in words if word in COMMANDS.commands), None)
        options = {word.split("=")[0] for word in words if word.startswith("-")}
        if name is None:
            assert words[0].startswith(("-", "FOLDER", "…")), line
            known = shared | {"--help"}
        else:
            command = COMMANDS.commands[name]
            inner = getattr(command, "commands", {})
            command = next((inner[word] for word in words if word in inner), command)
            own = {
                option for item in command.params for option in (*item.opts, *item.secondary_opts)
            }
            known = shared | own | {"--help"}
        assert options <= known, line


def test_the_compose_file_starts_what_there_is() -> None:
    path = ROOT / "packaging" / "compose.yaml"
    made = yaml.safe_load(path.read_text(encoding="utf-8"))
    servers = [item for item in made["services"].values() if "build" in item]
    assert len(servers) == 2
    known = {option for item in COMMANDS.commands["serve"].params for option in item.opts}
    for item in servers:
        name, *words = item["command"]
        assert name in COMMANDS.commands
        assert {word for word in words if word.startswith("-")} <= known
        built = path.parent / item["build"]["context"] / item["build"]["dockerfile"]
        assert "postgres" in built.read_text(encoding="utf-8")
        assert set(item["environment"]) == {ENVIRONMENT, "PGPASSWORD"}
        address = urlsplit(parse_address(item["environment"][ENVIRONMENT]).dsn)
        kept = made["services"][address.hostname]
        assert address.path == f"/{kept['environment']['POSTGRES_DB']}"
        assert address.username == kept["environment"]["POSTGRES_USER"]
        assert item["depends_on"][address.hostname]["condition"] == "service_healthy"
    mounted = [name.split(":")[0] for item in made["services"].values() for name in item["volumes"]]
    assert {name for name in mounted if "/" not in name} == set(made["volumes"])
    assert len({port for item in servers for port in item["ports"]}) == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_files_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), target


def test_the_readme_begins_with_the_two_commands() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    commands = [line.split("#")[0].strip() for line in lines if line.startswith("    ")]
    assert commands[:2] == ["make run", "make test"]


def test_every_command_is_on_a_page_besides_the_reference() -> None:
    lines = [line for page in PAGES if page.name != "cli.md" for line in _named(page)]
    words = {word for line in lines for word in shlex.split(line)}
    assert set(COMMANDS.commands) <= words


def test_every_public_name_is_in_the_python_reference() -> None:
    text = (ROOT / "docs" / "python-api.md").read_text(encoding="utf-8")
    for name in qa.__all__:
        assert re.search(rf"\b{name}\b", text), name


def test_benchmark_tables_are_those_of_the_results() -> None:
    results = json.loads(report.RESULTS.read_text(encoding="utf-8"))
    tables = {report.PAGE: report.page(results, answers()), report.README: report.figures(results)}
    for page, made in tables.items():
        text = page.read_text(encoding="utf-8")
        assert text == report.with_figures(text, made), "run python -m benchmarks.retrieval.report"


def test_every_page_is_in_the_navigation() -> None:
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))

    def pages(items: list[dict[str, Any]]) -> list[str]:
        found: list[str] = []
        for item in items:
            (value,) = item.values()
            found += pages(value) if isinstance(value, list) else [value]
        return found

    there = sorted(path.name for path in (ROOT / "docs").glob("*.md"))
    assert sorted(pages(settings["nav"])) == there, "name each page once in mkdocs.yml"
