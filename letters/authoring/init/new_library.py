"""The files of a new library: chosen from another one, with the office's own details and nobody's approval."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import tomli
from msgspec import Struct
from msgspec.structs import replace

from letters._system.output import write_all
from letters._text.lazy_pattern import pattern
from letters.approval.approve import kind_problems
from letters.assembly.assembler import Assembler
from letters.authoring.init.examples import IGNORED
from letters.authoring.init.guide import guide
from letters.authoring.init.office_details import office_file, translated_office_file
from letters.authoring.init.own_short_name import with_short_name
from letters.authoring.init.sample_names import OwnNames
from letters.errors import Collector, InvalidAnswers, LibraryAtFault, Problem
from letters.library.advice_file import load_advice
from letters.library.answers import parse_answers
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.library.rules_file import roles_needed
from letters.linter.law_usage import uncitable
from letters.model.kinds import KINDS
from letters.model.rulebook import Rulebook

_ENTRY = pattern(r"^(?=\[\[)", re.M)
_RULE = pattern(r"^(?=\[\[(?:topic|process|power|fact|rule)\]\])", re.M)
_HEADING = pattern(r"^# --- .*\n\n?(?:# .*\n)*", re.M)
_ID = pattern(r'^id\s*=\s*"([^"]+)"', re.M)
_SHARED = ("request", "letter", "advice")
_TABLES = ("rules", "conditions", "contradictions", "objections", "reasons", "showing", "phrases")
# Entries that only some kinds of letter take their words from.
_ENTRIES_FOR = {
    "conditions.toml": ("condition", {"conditional-approval"}),
    "objections.toml": ("objection", {"subpoena-response"}),
    "reasons.toml": ("reason", {"denial", "repeat-denial"}),
    "showing.toml": (
        "element",
        {"request-for-justification", "denial", "repeat-denial", "contact-notice", "policy-statement"},
    ),
}
_ANSWERS_PROCESS = "subpoena-response"
CHECKS = """\
# An example: checks the library whenever someone changes it, and warns about letters that are not approved.
# GitHub runs it from this folder; other services need the same two commands.
name: letters
on: [push, pull_request]
jobs:
  check:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      # Pages in HTML alone need this line.
      - run: sudo apt-get update && sudo apt-get install --yes libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
      - run: pip install letters
      - run: letters check --without-seal
      - run: letters vet --status --without-seal || echo "::warning::some letters are drafts until they are vetted"
"""
_LETTERS = (
    "# This folder is a library for Letters: the folders templates and prompts next to this file. See README.md.\n"
)
# Approvals cover exact bytes, so no program may change line endings.
_ATTRIBUTES = "templates/** -text\nprompts/** -text\n"


class NewLibrary(Struct, frozen=True):
    """A new library.

    Args:
        files: the bytes of each file, by its name in the library.
        kept: legal bases that were not chosen but are needed, each with the files that need it.
    """

    files: Mapping[str, bytes]
    kept: Mapping[str, tuple[str, ...]]


def new_library(
    assembler: Assembler, office: Mapping[str, Any], kinds: Collection[str], bases: Collection[str] | None
) -> NewLibrary:
    """A library with some of the kinds of another.

    Args:
        assembler: of the library to copy from.
        office: the office's details, already checked.
        kinds: the kinds of letter to copy.
        bases: the legal bases to copy; None for all that letters of these kinds can cite.

    Raises:
        LibraryAtFault: what was chosen does not work together; with every problem.
    """
    library = assembler.library
    files = dict(_copied(assembler, kinds))
    for name, (table, takers) in _ENTRIES_FOR.items():
        if f"templates/{name}" in files and not takers & set(kinds):
            text = files[f"templates/{name}"].decode("utf-8-sig")
            files[f"templates/{name}"] = _without_entries(text, table, lambda entry: True).encode()
    rules = files["templates/rules.toml"].decode("utf-8-sig")
    files["templates/rules.toml"] = _rules_for(kinds, rules).encode()
    dropped = set(assembler.rulebook.bases) - set(bases) if bases is not None else set(_without_use(assembler, kinds))
    files, needed = _without_law(assembler, kinds, files, dropped)
    kept = needed if bases is not None else {}
    signs = office["signatory"][0]["id"]
    own = OwnNames.of(assembler.office.model_dump(mode="json"), office)
    files = {name: own.put_into(_signed_by(signs, data)) if "/sample" in name else data for name, data in files.items()}
    left_out = library.kinds.keys() - {*kinds, *KINDS}  # kinds that no other library knows
    law = _without(library.read(library.templates / "legal_basis.toml"), left_out).decode()
    gone = dropped - needed.keys()
    law = _without_entries(law, "basis", lambda entry: _is_one_of(entry, gone))
    files["templates/legal_basis.toml"] = law.encode()
    files["README.md"] = guide(str(office["name"]), [library.kinds[kind] for kind in kinds], kept).encode()
    files = with_short_name(files, assembler.office.short_name, str(office["short_name"]))
    files["templates/office.toml"] = office_file(office).encode()
    for language in _languages(library, kinds):
        text = library.text(library.templates / f"office.{language}.toml")
        files[f"templates/office.{language}.toml"] = translated_office_file(office, text, language).encode()
    files["letters.toml"] = _LETTERS.encode()
    files[".github/workflows/letters.yml"] = CHECKS.encode()
    files[".gitattributes"] = _ATTRIBUTES.encode()
    files[".gitignore"] = IGNORED.encode()
    _try_out(files)
    return NewLibrary(files, kept)


def _without_use(assembler: Assembler, kinds: Collection[str]) -> Iterator[str]:
    """The legal bases that no letter of these kinds can cite."""
    scripts = {kind: load_questionnaire(assembler.library, kind) for kind in kinds}
    used = {kind: [use.path for each in assembler.templates(kind) for use in each.uses] for kind in kinds}
    advised = {name for rule in assembler.advice.rules for name in rule.bases}
    rulebook = assembler.rulebook
    if not _ENTRIES_FOR["conditions.toml"][1].intersection(kinds):
        rulebook = replace(rulebook, conditions={})
    return uncitable(rulebook, scripts, used, advised)


def _without_law(
    assembler: Assembler, kinds: Collection[str], files: Mapping[str, bytes], dropped: Collection[str]
) -> tuple[dict[str, bytes], dict[str, tuple[str, ...]]]:
    """The files without some legal bases, and those of them that something needs after all, with what needs each."""
    kept = _for_roles(assembler.rulebook, dropped, _roles_asked_for(assembler, kinds, files))
    while True:  # what is kept may need more in its turn
        kept |= _cited_together(assembler.rulebook, kinds, set(dropped) - kept.keys())
        gone = sorted(set(dropped) - kept.keys())
        left = {name: _without(data, gone) if name.endswith(".toml") else data for name, data in files.items()}
        needed = {each: needing for each in gone if (needing := tuple(_needing(each, left, assembler, kinds)))}
        if not needed:
            return left, dict(sorted(kept.items()))
        kept |= needed


def _copied(assembler: Assembler, kinds: Collection[str]) -> Iterator[tuple[str, bytes]]:
    library = assembler.library
    passages = {passage for kind in kinds for each in assembler.templates(kind) for passage in each.passages}
    shared = [library.templates / f"{name}.toml" for name in (*_TABLES, "legal_basis")]
    shared += [library.prompts / f"{name}.toml" for name in (*_SHARED, *_forms(library, kinds), *kinds)]
    translated = [library.translation(file, language) for language in _languages(library, kinds) for file in shared]
    places = [
        *(file for kind in kinds for file in sorted(library.kinds[kind].folder.iterdir()) if _is_ours(file)),
        *(library.templates / "shared" / f"{passage}.docx" for passage in sorted(passages)),
        *(file for name in _TABLES if (file := library.templates / f"{name}.toml").is_file()),
        *(library.prompts / f"{name}.toml" for name in (*_SHARED, *_forms(library, kinds), *kinds)),
        *filter(None, translated),
    ]
    enclosed = [library.root / name for kind in kinds for name in assembler.enclosures.files_of(kind)]
    for place in dict.fromkeys((*places, *enclosed)):
        yield library.name_of(place), library.read(place)


def _languages(library: Library, kinds: Collection[str]) -> list[str]:
    """The languages besides the office's own that some of these kinds can be written in."""
    return sorted({language for kind in kinds for language in library.kinds[kind].translations})


def _forms(library: Library, kinds: Collection[str]) -> list[str]:
    """The forms of the office's own that some of these kinds have chosen."""
    return sorted({library.kinds[kind].form for kind in kinds} - {"none", *_SHARED})


def _is_ours(file: Path) -> bool:
    return file.is_file() and file.suffix in (".docx", ".toml") and not file.name.startswith(("~", "."))


def _without_entries(text: str, table: str, drops: Callable[[str], bool]) -> str:
    """A file without some entries of one table; comments and order stay."""
    head, *entries = _ENTRY.split(text)
    return head + "".join(entry for entry in entries if not (entry.startswith(f"[[{table}]]") and drops(entry)))


def _rules_for(kinds: Collection[str], text: str) -> str:
    """The rules on letters of these kinds; comments and order stay."""

    def concerns(entry: str) -> bool:
        (table, (entries)), *_ = tomli.loads(entry).items()
        named = entries[0].get("kinds", []) if table == "rule" else [_ANSWERS_PROCESS]
        return table not in ("rule", "process", "power") or not named or bool(set(named) & set(kinds))

    head, *entries = _RULE.split(text)
    kept = "".join(entry if concerns(entry) else "".join(_HEADING.findall(entry)[-1:]) for entry in entries)
    return re.sub(rf"(?m){_HEADING.pattern}(?=# ---|\Z)", "", head + kept)


def _is_one_of(entry: str, ids: Collection[str]) -> bool:
    return (found := _ID.search(entry)) is not None and found[1] in ids


def _without(data: bytes, dropped: Collection[str]) -> bytes:
    """A text file with some ids removed from its lists."""
    text = data.decode("utf-8-sig")
    for basis in dropped:
        quoted = re.escape(f'"{basis}"')
        text = re.sub(rf"(?m)^(?!\s*#)([^#\n]*\[[^\]\n]*?){quoted},\s*", r"\1", text)
        text = re.sub(rf"(?m)^(?!\s*#)([^#\n]*\[[^\]\n]*?)(?:,\s*)?{quoted}(?=\])", r"\1", text)
    return text.encode()


def _signed_by(signatory: str, data: bytes) -> bytes:
    """A sample, signed by someone at this office."""
    return re.sub(rb'(?m)^signatory\s*=\s*"[^"]*"', f'signatory = "{signatory}"'.encode(), data)


def _roles_asked_for(
    assembler: Assembler, kinds: Collection[str], files: Mapping[str, bytes]
) -> Mapping[str, Sequence[str]]:
    """The roles of law that the rules on these kinds ask for, or tags in templates and wording, each with where."""
    asked = {
        role: [f"templates/rules.toml ({', '.join(entries)})"]
        for role, entries in roles_needed(assembler.rulebook.office_rules, kinds).items()
    }
    words = {name: data.decode("utf-8-sig") for name, data in files.items() if name.endswith((".toml", ".html"))}
    named = [(role, name) for name, text in words.items() for role in re.findall(r"\blaw\.([\w-]+)", text)]
    for kind in kinds:
        paths = [use.path.split(".") for use in assembler.template(kind).uses]
        named += [(path[1], f"templates/{kind}/letter.docx") for path in paths if path[0] == "law" and path[1:]]
    for name, where in dict.fromkeys((name.replace("_", "-"), where) for name, where in named):
        if name not in assembler.rulebook.bases and not (where == "templates/rules.toml" and name in asked):
            asked.setdefault(name, []).append(where)
    return asked


def _for_roles(
    rulebook: Rulebook, dropped: Collection[str], asked: Mapping[str, Sequence[str]]
) -> dict[str, tuple[str, ...]]:
    """Law with a role that is asked for and that no other law has, with where it is asked for."""
    kept: dict[str, tuple[str, ...]] = {}
    for role, places in asked.items():
        holders = [basis.id for basis in rulebook.bases.values() if role in basis.roles]
        if all(basis in dropped for basis in holders):
            kept |= {basis: tuple(dict.fromkeys((*kept.get(basis, ()), *places))) for basis in holders}
    return kept


def _cited_together(rulebook: Rulebook, kinds: Collection[str], dropped: Collection[str]) -> dict[str, tuple[str, ...]]:
    """Law that letters of these kinds must cite with law that stays, with what it is cited with."""
    kept: dict[str, tuple[str, ...]] = {}
    waiting = [basis for name, basis in rulebook.bases.items() if name not in dropped]
    while waiting:
        basis = waiting.pop()
        for name in basis.pair_with:
            together = {*kinds}.intersection(basis.supports, rulebook.bases[name].supports)
            if name in dropped and name not in kept and together:
                kept[name] = (f"{basis.id}, with which it must be cited",)
                waiting.append(rulebook.bases[name])
    return kept


def _needing(basis: str, files: Mapping[str, bytes], assembler: Assembler, kinds: Collection[str]) -> Iterator[str]:
    """The files that still name a legal basis."""
    name = basis.replace("-", "_")
    due = [deadline.id for deadline in assembler.rulebook.bases[basis].deadlines]
    for file, data in files.items():
        if file.endswith((".toml", ".html")):
            words = re.sub(r"(?m)^\s*#.*$", "", data.decode("utf-8-sig"))
            quoted = any(f'"{each}"' in words for each in (basis, *due))
            clocks = any(re.search(rf"\b(?:late\.|deadlines\.|deadline ){each}\b", words) for each in due)
            if quoted or clocks or re.search(rf"\blaw\.{name}\b", words):
                yield file
    for kind in kinds:
        template = assembler.template(kind)
        paths = [f"law.{name}", *(f"deadlines.{each.replace('-', '_')}" for each in due)]
        if any(f"{use.path}.".startswith(f"{path}.") for use in template.uses for path in paths) or any(
            f'"{basis}"' in tag.says for tag in template.tags
        ):
            yield f"templates/{kind}/letter.docx"


def _try_out(files: Mapping[str, bytes]) -> None:
    """Try the new library out in a temporary folder. Raises LibraryAtFault with every problem."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_all({root / name: data for name, data in files.items()})
        assembler, problems = Assembler(Library(root)), Collector()
        for kind in assembler.library.kinds:
            for problem in kind_problems(assembler, kind, ["docx"]):
                problems.add(problem)
        with problems.collect():
            load_advice(assembler.library, assembler.rulebook)
    if len(problems):
        raise LibraryAtFault(dict.fromkeys(problems))


def office_of(data: bytes, name: str) -> dict[str, Any]:
    """The office's details from a file like `office.toml`. Raises InvalidAnswers naming each line that is wrong."""
    office = parse_answers(data, name)
    for key in ("kinds", "bases"):
        chosen = office.get(key, [])
        if not isinstance(chosen, list) or not all(isinstance(each, str) for each in chosen):
            raise InvalidAnswers(
                Problem("is not a list of short names.", f"{name}, {key}", f'Write: {key} = ["…", "…"]')
            )
    return office
