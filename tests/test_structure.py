"""The house: which room may import which, and where the heavy libraries live."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from conftest import ROOT

# From the top of the house down: a module imports only from rows below its own. A pipeline with rooms of its own
# (`filling`, `printing`) stands in the row of the door it is used through; inside it there are no cycles.
ROWS: list[set[str]] = [
    {"__main__"},
    {"cli"},
    {"commands"},
    {"founding", "preview"},
    {"scaffold", "vet"},
    {"checks"},
    {"checking"},
    {"batch", "demo", "doctor", "session"},
    {"talking"},
    {"tracing"},
    {"rebuild", "verify"},
    {"changes", "proof", "pressroom"},
    {"batching"},
    {"desk"},
    {"pieces"},
    {"drafts", "press"},
    {"interview", "assemble", "names", "word", "pdf", "output", "redline", "confidential"},
    {"provenance"},
    {"asking", "disclosure"},
    {"filling", "printing", "answers", "advice"},
    {"prompts", "law", "vetting"},
    {"vouching"},
    {"acts"},
    {"misprints"},
    {"extras", "places"},
    {"library"},
    {"wording", "facts"},
    {"fields"},
    {"kinds"},
    {"model"},
    {"request", "holdings"},
    {"paper", "requester"},
    {"workdays"},
    {"rules", "values"},
    {"sheets"},
    {"package", "limits", "signing"},
    {"citations", "comparing", "dates", "english", "errors", "personal", "toml", "workers"},
]

# Where each heavy library lives: one module, imported only when needed.
HOME = {
    "docxtpl": "filling.parts",
    "weasyprint": "printing.engine",
    "pydyf": "printing.composing.file",
    "questionary": "talking.terminal",
    "prompt_toolkit": "talking.terminal",
    "docx": None,
    "holidays": "workdays",
    "openpyxl": "batching.sheets",
    "dask": "batching.cluster",
    "distributed": "batching.cluster",
    "fsspec": "batching.remote",
    "pikepdf": "printing.pdf_text proof.binder provenance.printed",  # read there, bound here
}


def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name below `letters`."""
    files = sorted((ROOT / "letters").rglob("*.py"))
    assert len(files) > 20
    named = {".".join(file.relative_to(ROOT / "letters").with_suffix("").parts): file for file in files}
    return {
        name: ast.parse(file.read_text(encoding="utf-8"))
        for name, file in named.items()
        if not name.endswith("__init__")
    }


def room(name: str) -> str:
    return name.split(".")[0]


def imports(tree: ast.Module, *, only_at_top: bool = False) -> set[str]:
    found: set[str] = set()
    nodes = tree.body if only_at_top else ast.walk(tree)
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return found


def cycles(graph: dict[str, set[str]]) -> list[str]:
    done: set[str] = set()
    found: list[str] = []

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            found.append(" → ".join((*path[path.index(name) :], name)))
        elif name not in done:
            for other in sorted(graph.get(name, ())):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())
    return found


def own_imports() -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for name, tree in modules().items():
        taken = {each.removeprefix("letters.") for each in imports(tree) if each.startswith("letters.")}
        graph[name] = taken
    return graph


def test_imports_go_one_way() -> None:
    assert cycles(own_imports()) == []


def test_a_module_imports_only_from_rows_below_its_own() -> None:
    row_of = {name: number for number, row in enumerate(ROWS) for name in row}
    graph = own_imports()
    assert {room(name) for name in graph} == set(row_of), "a new room needs a row"
    wrong = [
        f"{name} imports {other}"
        for name, others in graph.items()
        for other in others
        if room(other) != room(name) and row_of[room(other)] <= row_of[room(name)]
    ]
    assert wrong == []


def test_each_heavy_library_lives_in_one_module_and_is_imported_when_needed() -> None:
    homes: dict[str, set[str]] = {library: set() for library in HOME}
    at_top: set[str] = set()
    for name, tree in modules().items():
        for each in imports(tree):
            if each.split(".")[0] in homes:
                homes[each.split(".")[0]].add(name)
        at_top |= {each.split(".")[0] for each in imports(tree, only_at_top=True)} - (
            {"questionary"} if name == "talking.terminal" else set()
        )
    assert homes == {library: set((home or "").split()) for library, home in HOME.items()}
    assert not at_top & {"docxtpl", "weasyprint", "questionary"}


@pytest.mark.parametrize("quiet", ["print", "input"])
def test_nothing_below_the_command_line_prints_or_asks(quiet: str) -> None:
    for name, tree in modules().items():
        if room(name) in ("cli", "commands"):
            continue
        calls = {
            node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert quiet not in calls, name


def test_nothing_below_the_command_line_reads_the_clock_or_the_environment() -> None:
    for name, tree in modules().items():
        if room(name) in ("cli", "commands"):
            continue
        reads = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not reads & {"os.environ", "os.getenv", "datetime.now", "date.today", "time.time"}, name


def test_the_project_ships_what_it_needs() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", ".ci/run"):
        assert (ROOT / name).stat().st_size > 100, name
    assert Path(ROOT / "letters" / "py.typed").exists()
