"""The shape of the house: `python -m tools.shape` prints what is out of shape.

It ends with 1 where something is.

Read from the source, without running it: folders with too many modules, modules that are too
long, imports that go upwards or in circles (those inside functions too, those for type checkers
not), public types that share a name, and functions named by a bare participle.
"""

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGES = ("corpus", "index", "qa")
"""From the bottom to the top: one imports only what stands before it."""
MOST_MODULES = 18
MOST_LINES = 500
IRREGULAR = frozenset(
    "begun born bought broken brought built chosen done drawn fallen forgotten found given "
    "gone grown heard held hidden kept known left lent lost made meant met paid said seen sent "
    "shown sold sought spoken taken thought thrown told understood worn written".split()
)
"""Participles that are no verb in another form too, as `read` and `set` are."""
NO_PARTICIPLES = frozenset("bed embed exceed feed heed indeed need proceed red seed speed".split())
ADVERBS = frozenset(
    "again apart as at away by elsewhere for from in of off on out over to together up with".split()
)
ONE_IN_EACH = frozenset({"ArticleRetriever"})
"""Types that every adapter has under the name that its framework's users look for."""
PUBLIC_PARTICIPLES = frozenset({"removed"})
"""Names of functions that users call, and which therefore stay."""


def module_name(path: Path, root: Path = ROOT) -> str:
    """Return the name by which a file is imported.

    >>> module_name(ROOT / "qa" / "cli" / "__init__.py")
    'qa.cli'
    """
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def read_modules(packages: Sequence[str] = PACKAGES, root: Path = ROOT) -> dict[str, Path]:
    """Return the files of some packages by module name, sorted."""
    paths = (path for package in packages for path in (root / package).rglob("*.py"))
    return {module_name(path, root): path for path in sorted(paths)}


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_names(tree: ast.AST) -> Iterator[str]:
    """Yield the full names of what a module imports when it runs, wherever in it."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        yield from imported_names(node)


def import_graph(modules: Mapping[str, Path]) -> dict[str, set[str]]:
    """Return for each module the modules of the packages that it imports.

    `from package import name` counts as an import of the module `package.name` where there is
    one, else of the package. The front of the house, `qa`, gathers names and counts for none.
    """
    graph = {}
    for name, path in modules.items():
        found = set()
        for full in imported_names(_parse(path)):
            target = full if full in modules else full.rpartition(".")[0]
            if target in modules and target not in (name, "qa"):
                found.add(target)
        graph[name] = found
    return graph


def find_crowded_folders(modules: Mapping[str, Path]) -> list[str]:
    """Return the folders that hold more than `MOST_MODULES` modules."""
    folders: defaultdict[Path, int] = defaultdict(int)
    for path in modules.values():
        folders[path.parent] += 1
    return [
        f"{folder.relative_to(ROOT)}: {count} modules"
        for folder, count in folders.items()
        if count > MOST_MODULES
    ]


def find_long_modules(modules: Mapping[str, Path]) -> list[str]:
    """Return the modules with more than `MOST_LINES` lines."""
    lengths = {
        name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in modules.items()
    }
    return [f"{name}: {lines} lines" for name, lines in lengths.items() if lines > MOST_LINES]


def find_upward_imports(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the imports from a lower package into a higher one."""
    floor = {package: number for number, package in enumerate(PACKAGES)}
    return [
        f"{name} imports {target}"
        for name, targets in graph.items()
        for target in sorted(targets)
        if floor[target.split(".")[0]] > floor[name.split(".")[0]]
    ]


def find_cycles(graph: Mapping[str, set[str]]) -> list[str]:
    """Return the groups of modules that import one another in circles.

    >>> find_cycles({"a": {"b"}, "b": {"a"}, "c": {"a"}})
    ['a, b']
    """
    reach = {name: _reachable(graph, name) for name in graph}
    groups = {
        tuple(sorted(other for other in reach[name] if name in reach.get(other, ())))
        for name in graph
        if name in reach[name]
    }
    return [", ".join(group) for group in sorted(groups)]


def _reachable(graph: Mapping[str, set[str]], start: str) -> set[str]:
    """Return what is imported by a module, and by what it imports, and so on."""
    found: set[str] = set()
    waiting = list(graph[start])
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(graph.get(name, ()))
    return found


def find_shared_type_names(modules: Mapping[str, Path]) -> list[str]:
    """Return the public types of which two modules have one each."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    for module, path in modules.items():
        for node in _parse(path).body:
            if (name := _type_name(node)) and not name.startswith("_"):
                places[name].append(module)
    return [
        f"{name}: {', '.join(where)}"
        for name, where in places.items()
        if len(where) > 1 and name not in ONE_IN_EACH
    ]


def _type_name(node: ast.stmt) -> str | None:
    """Return the name of a class, or of an alias that is written like one."""
    if isinstance(node, ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        name = node.targets[0].id
        is_alias = isinstance(node.value, ast.Subscript | ast.BinOp)
        if is_alias and name[:1].isupper() and not name.isupper():
            return name
    return None


def find_participles(modules: Mapping[str, Path]) -> list[str]:
    """Return the functions named by a participle alone, or by one and a small word.

    What is named so cannot be searched for, and does not say what the function does.
    Properties are things, and may be.
    """
    return [
        f"{module}: {node.name}"
        for module, path in modules.items()
        for node in ast.walk(_parse(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        if is_bare_participle(node.name) and node.name not in PUBLIC_PARTICIPLES
        if not any(ast.unparse(item).endswith("property") for item in node.decorator_list)
    ]


def is_bare_participle(name: str) -> bool:
    """Say whether a name is a participle without the noun that it describes.

    >>> [is_bare_participle(name) for name in ("_shown", "found_in", "embedded_windows", "embed")]
    [True, True, False, False]
    """
    first, *rest = name.strip("_").split("_")
    is_participle = (first.endswith("ed") and first not in NO_PARTICIPLES) or first in IRREGULAR
    return is_participle and (not rest or rest[0] in ADVERBS)


def find_faults() -> dict[str, list[str]]:
    """Return everything that is out of shape, by kind."""
    modules = read_modules()
    graph = import_graph(modules)
    return {
        "folders with too many modules": find_crowded_folders(modules),
        "modules that are too long": find_long_modules(modules),
        "upward imports": find_upward_imports(graph),
        "import cycles": find_cycles(graph),
        "public types of one name": find_shared_type_names(modules),
        "functions named by a bare participle": find_participles(modules),
    }


def main() -> int:
    """Print the size of each package and what is out of shape."""
    modules = read_modules()
    for package in PACKAGES:
        paths = [path for name, path in modules.items() if name.split(".")[0] == package]
        lines = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in paths)
        print(f"{package}: {len(paths)} modules, {lines} lines")
    faults = find_faults()
    for kind, found in faults.items():
        print(f"{kind}: {len(found)}")
        for fault in found:
            print(f"  {fault}")
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
