"""The house: which room may import which, what only certain rooms may do, and where the heavy libraries live.

Every import counts: `import x`, `from x import y`, those inside functions, those for type checking only, and those by
name (`import_module("letters.x")`).
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from helpers import ROOT

# From the top of the house down: a room imports only from floors below its own.
FLOORS: tuple[frozenset[str], ...] = tuple(
    frozenset(floor.split())
    for floor in (
        "__main__",
        "cli",
        "web",
        "authoring",
        "approval api",
        "interview batches linter",
        "assembly",
        "forms matters",
        "provenance",
        "library pdf privacy",
        "model docx _system",
        "_text errors",
    )
)

# Where each heavy library lives: one module, imported only when needed.
HOME = {
    "docxtpl": "assembly.template.template_part",
    "docx": "",
    "weasyprint": "pdf.html.weasyprint",
    "uharfbuzz": "pdf.fonts pdf.embedded_fonts pdf.compose.shaping",
    "questionary": "interview.terminal.keyboard interview.terminal.list_keys",
    "prompt_toolkit": "interview.terminal.keyboard interview.terminal.letter_pane interview.terminal.list_keys"
    " interview.terminal.narrowing interview.terminal.text_keys interview.terminal.waiting_keys",
    "holidays": "model.calendar",
    "openpyxl": "batches.excel",
    "dask": "batches.cluster",
    "distributed": "batches.cluster",
    "fsspec": "batches.remote_storage",
    "pikepdf": "pdf.pdf_objects",
    "sqlite3": "matters.sqlite_file",
    "psycopg": "matters.postgresql",
    "olefile": "matters.intake.outlook",
    "pypdfium2": "matters.intake.documents web.letter_images",
}
_AT_TOP = {(library, name) for library in ("questionary", "prompt_toolkit") for name in HOME[library].split()}

# What only certain rooms may do, as it is spelt in code; a whole room, or one module of it.
CLOCK = r"\b(datetime\.(now|utcnow)|date\.today|time\.(time|monotonic|perf_counter|localtime|gmtime|sleep)(_ns)?)\b"
ENVIRONMENT = r"\b(os\.environ|os\.getenv|Path\.cwd|os\.getcwd|Path\.home|os\.path\.expanduser|getpass\.getuser)\b"
PRINTING = r"^(print|input)$|\bsys\.(stdout|stderr|stdin)\b"
NETWORK = r"^(socket|ssl|http|http\..*|urllib\.request|ftplib|smtplib|webbrowser)$"
ALLOWED = {
    CLOCK: {"cli", "api.whole_library", "_system.stopwatch"},
    ENVIRONMENT: {"cli", "_system.environment"},
    PRINTING: {"cli", "interview.terminal"},
    NETWORK: {"cli.browser", "web"},
}


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of the package by its dotted name below `letters`; a package by its own name."""
    found: dict[str, ast.Module] = {}
    for file in sorted((ROOT / "letters").rglob("*.py")):
        parts = file.relative_to(ROOT / "letters").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = ast.parse(file.read_text(encoding="utf-8"))
    assert len(found) > 200
    return found


@cache
def imports_of(name: str) -> frozenset[str]:
    """Every module that a module imports, by its full name, whenever it does so."""
    return frozenset(imported(modules()[name]))


def imported(tree: ast.AST) -> Iterator[str]:
    """Every module a piece of code imports, by its full name, whenever it does so."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name their module in full"
            for alias in node.names:
                below = f"{node.module}.{alias.name}"
                yield below if below.removeprefix("letters.") in modules() else str(node.module)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and node.args:
            text = ast.unparse(node.args[0])
            yield re.sub(r"\.?\{.*", "", text.lstrip("f").strip("'\""))


@cache
def own_imports() -> dict[str, frozenset[str]]:
    """What each module imports of the house."""
    return {
        name: frozenset(each.removeprefix("letters.") for each in imports_of(name) if each.startswith("letters."))
        for name in modules()
        if name
    }


def room(name: str) -> str:
    return name.split(".")[0]


def cycles(graph: dict[str, frozenset[str]]) -> list[str]:
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


def test_no_module_imports_itself_by_way_of_others() -> None:
    assert cycles(own_imports()) == []


def test_a_room_imports_only_from_floors_below_its_own() -> None:
    floor_of = {name: number for number, floor in enumerate(FLOORS) for name in floor}
    assert {room(name) for name in own_imports()} == set(floor_of), "a new room needs a floor"
    wrong = [
        f"{name} imports {other}"
        for name, others in own_imports().items()
        for other in others
        if room(other) != room(name) and floor_of[room(other)] <= floor_of[room(name)]
    ]
    assert wrong == []


def test_the_package_shows_its_rooms_and_little_else() -> None:
    folder = ROOT / "letters"
    files = {each.name for each in folder.iterdir() if each.is_file()}
    rooms = {each.name for each in folder.iterdir() if each.is_dir() and each.name != "__pycache__"}
    assert files == {"__init__.py", "__main__.py", "errors.py", "py.typed"}
    assert rooms == {name for floor in FLOORS for name in floor} - {"__main__", "errors"}
    for name, tree in modules().items():
        if (folder / name.replace(".", "/")).is_dir():
            assert len(ast.get_docstring(tree) or "") > 40, f"the room {name or 'letters'} says what it is for"


# A file of one name in several rooms is about the same thing in each: a command and the work behind it; the blocks,
# boxes, tables … of a Word file, as the reader and the two PDF writers each have a module for them.
SAME_THING = frozenset(
    [
        "blocks",
        "columns",
        "boxes",
        "demo",
        "doctor",
        "fields",
        "lists",
        "paragraphs",
        "pictures",
        "positions",
        "rebuild",
        "register",
        "tables",
        "text",
        "verify",
        "writer",
    ]
)


def test_no_name_stands_for_two_things() -> None:
    classes: dict[str, list[str]] = {}
    files: dict[str, list[str]] = {}
    for name, tree in modules().items():
        if not (ROOT / "letters" / name.replace(".", "/")).is_dir():
            files.setdefault(name.split(".")[-1], []).append(name)
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                classes.setdefault(node.name.lstrip("_"), []).append(name)
    assert {name: where for name, where in classes.items() if len(where) > 1} == {}
    twice = {name: where for name, where in files.items() if len(where) > 1}
    assert set(twice) == SAME_THING, twice


def test_the_converter_of_word_letters_needs_nothing_else_of_the_house() -> None:
    rooms = {
        each.split(".")[1]
        for name in modules()
        if name.split(".")[0] in ("pdf", "docx")
        for each in imports_of(name)
        if each.startswith("letters.")
    }
    assert rooms <= {"pdf", "docx", "errors", "_system", "_text"}


def test_the_version_is_that_of_the_package() -> None:
    import tomllib

    import letters

    assert letters.__version__ == tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]


def test_each_heavy_library_lives_in_one_module_and_is_imported_when_needed() -> None:
    homes: dict[str, set[str]] = {library: set() for library in HOME}
    at_top: set[tuple[str, str]] = set()
    for name, tree in modules().items():
        for library in {each.split(".")[0] for each in imports_of(name)} & set(homes):
            homes[library].add(name)
        for node in tree.body:
            if isinstance(node, (ast.Import, ast.ImportFrom)):
                at_top |= {(each.split(".")[0], name) for each in imported(node)}
    assert homes == {library: set(home.split()) for library, home in HOME.items()}
    late = {
        "psycopg",
        "olefile",
        "pypdfium2",
        "docxtpl",
        "weasyprint",
        "questionary",
        "prompt_toolkit",
        "openpyxl",
        "dask",
        "distributed",
        "fsspec",
    }
    assert {(library, name) for library, name in at_top if library in late} <= _AT_TOP


def test_printing_one_letter_loads_neither_the_model_nor_what_is_slow_to_load() -> None:
    """What `letters pdf` imports when it begins and when it prints; a process for one letter mostly loads."""
    loaded: set[str] = set()
    waiting = ["cli.main", "cli.pdf", "pdf.convert", "assembly.letter_pdf", "provenance.record_comparison"]
    while waiting:
        name = waiting.pop()
        if name not in loaded:
            loaded.add(name)
            for node in modules().get(name, ast.Module([], [])).body:
                if isinstance(node, ast.Import | ast.ImportFrom):
                    waiting += [each.removeprefix("letters.") for each in imported(node)]
    assert {"pdf.compose.drawing", "lxml", "hashlib"} <= loaded
    slow = {"dataclasses", "multiprocessing", "pickle", "pydantic", "tomli", "tomllib", "urllib.parse", "html"}
    assert loaded & slow == set()
    assert not any(name.startswith("model") for name in loaded)


def test_no_pattern_is_compiled_when_a_module_is_imported() -> None:
    """`letters._text.lazy_pattern` compiles it when it is first used."""
    compiled = {
        f"{name}, line {call.lineno}"
        for name, tree in modules().items()
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for call in ast.walk(statement)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "re.compile"
    }
    assert compiled == set()


def test_only_named_rooms_read_the_clock_or_the_environment_print_or_reach_the_network() -> None:
    seen: dict[str, set[str]] = {what: set() for what in ALLOWED}
    for name, tree in modules().items():
        said = set(imports_of(name))
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute):
                said.add(ast.unparse(node))
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                said.add(node.func.id)
        for what, modules_seen in seen.items():
            if any(re.search(what, each) for each in said):
                modules_seen.add(name)
    for what, allowed in ALLOWED.items():
        wrong = {each for each in seen[what] if not any(each == one or each.startswith(f"{one}.") for one in allowed)}
        assert seen[what], "the guard sees what it guards"
        assert wrong == set(), what


def test_the_project_ships_what_it_needs() -> None:
    for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "LICENSE", "Makefile", ".ci/run"):
        assert (ROOT / name).stat().st_size > 100, name
    assert Path(ROOT / "letters" / "py.typed").exists()


def test_no_module_names_a_state_its_code_or_its_offices() -> None:
    """The law is data in an office's library; the code knows the forms of all States' citations, and no State."""
    import tomllib

    forms = tomllib.loads((ROOT / "letters" / "_text" / "citation_forms.toml").read_text("utf-8"))
    law = tomllib.loads((ROOT / "templates" / "legal_basis.toml").read_text("utf-8"))["basis"]
    states = {state["name"] for state in forms["state"]} - {"Georgia"}  # which is also a font
    assert len(states) >= 50
    ids = {basis["id"] for basis in law if basis["jurisdiction"] != "us"}
    words = "|".join(map(re.escape, sorted({*states, *ids})))
    named = re.compile(
        rf"\b({words}|NMSA|NMAC|RCW|WAC|us-[a-z]{{2}}|[Ss]ecretar(y|ies)(?! of))\b|Inspection of Public|secretary_"
    )
    assert named.search("with the consent of the Secretary")
    assert named.search("NMSA 1978")
    found = {
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in (ROOT / "letters").rglob("*.py")
        if not file.match("letters/_text/citation*.py")  # the forms of citations in all of them
        for match in named.finditer(file.read_text(encoding="utf-8"))
    }
    assert found == set()
