"""The wheel: what is in it, and that it runs where nothing but its own dependencies are.

The empty environment's dependencies are links to this environment's, exactly those that the
wheel's metadata asks for: installing them anew would take minutes and need the registry.
"""

import os
import shutil
import subprocess
import sys
import venv
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "qa")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel from a copy: setuptools would leave and reuse folders in the original."""
    source = tmp_path_factory.mktemp("source")
    for name in (*PACKAGES, "tests", "training", "tools"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / name, source / name, ignore=ignored)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", str(source))
    (built,) = (source / "dist").glob("*.whl")
    return built


def run(*command: str, cwd: Path | None = None) -> str:
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    result = subprocess.run(
        command, capture_output=True, text=True, timeout=300, cwd=cwd, env=environment, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_it_holds_every_file_of_the_packages_and_no_other(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    expected = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert names == expected
    assert {name.split("/")[0] for name in names} == set(PACKAGES)
    for needed in (
        "corpus/catalog/migrations/0001_first.sql",
        "index/reference.de.txt",
        "index/reference.en.txt",
        "qa/py.typed",
    ):
        assert needed in names


def test_its_metadata(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        texts = {
            Path(name).name: archive.read(name).decode()
            for name in archive.namelist()
            if ".dist-info/" in name
        }
    assert "Name: article-qa" in texts["METADATA"]
    assert "License-Expression: Apache-2.0" in texts["METADATA"]
    assert "article-qa = qa.cli:main" in texts["entry_points.txt"]
    assert "Apache License" in texts["LICENSE"]
    assert sorted(texts["top_level.txt"].split()) == list(PACKAGES)


def needed_by(requirements: list[str]) -> dict[str, Distribution]:
    """Return the installed distributions that requirements ask for, theirs included."""
    found: dict[str, Distribution] = {}
    waiting = [(Requirement(text), frozenset({""})) for text in requirements]
    while waiting:
        requirement, extras = waiting.pop()
        marker = requirement.marker
        if marker and not any(marker.evaluate({"extra": extra}) for extra in extras):
            continue
        try:
            installed = distribution(requirement.name)
        except PackageNotFoundError:
            continue  # `pip check` says so
        key = f"{requirement.name.lower()} {sorted(requirement.extras)}"
        if key not in found:
            found[key] = installed
            inner = frozenset({"", *requirement.extras})
            waiting += [(Requirement(text), inner) for text in installed.requires or []]
    return found


def link(installed: Distribution, target: Path) -> None:
    """Link the top of what a distribution has in this environment's site-packages."""
    for top in sorted({file.parts[0] for file in installed.files or [] if file.parts[0] != ".."}):
        source, copy = Path(str(installed.locate_file(top))), target / top
        if source.exists() and not copy.exists() and top != "__pycache__":
            copy.symlink_to(source)


@pytest.fixture(scope="module")
def environment(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the scripts folder of an environment with the wheel and its dependencies."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=True)
    (site,) = folder.glob("lib/python*/site-packages")
    python = folder / "bin" / "python"
    run(
        *(sys.executable, "-m", "pip", "--python", str(python), "--no-cache-dir", "install"),
        *("--quiet", "--no-deps", "--no-index", str(wheel)),
    )
    with ZipFile(wheel) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        lines = archive.read(name).decode().splitlines()
    requirements = [line.partition(": ")[2] for line in lines if line.startswith("Requires-Dist")]
    for installed in needed_by(requirements).values():
        link(installed, site)
    return folder / "bin"


def test_what_it_needs_is_there_and_no_test_library(environment: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "pip", "--python", str(environment / "python"), "check")
    code = "import importlib.util as u; print([n for n in {!r} if u.find_spec(n)])"
    missing = ["pytest", "hypothesis", "playwright", "mypy", "ruff", "build", "tests", "training"]
    found = run(str(environment / "python"), "-c", code.format(missing), cwd=tmp_path)
    assert found == "[]\n"


def test_the_command_runs(environment: Path, tmp_path: Path) -> None:
    command = str(environment / "article-qa")
    assert "Ask questions of your articles" in run(command, "--help", cwd=tmp_path)
    assert run(command, "--version", cwd=tmp_path).startswith("article-qa ")
    (tmp_path / "empty").mkdir()
    code = (
        "from qa import open_collection\n"
        "with open_collection('made', create=True) as c: print(c.ask('Wann?').reason)"
    )
    reason = run(str(environment / "python"), "-c", code, cwd=tmp_path)
    assert "noch keine Artikel" in reason
    assert '"articles": 0' in run(command, "--collection", "made", "status", "--json", cwd=tmp_path)


def test_articles_are_read_without_test_libraries(environment: Path, tmp_path: Path) -> None:
    code = (
        "from corpus.samples import samples_folder; from corpus.readers import read\n"
        "files = [p for name in ('de', 'en') for p in (samples_folder() / name).iterdir()]\n"
        "print(sum(len(list(read(p.read_bytes(), p.name, uri=p.as_uri()))) for p in files))"
    )
    assert int(run(str(environment / "python"), "-c", code, cwd=tmp_path)) >= 24
