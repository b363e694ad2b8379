"""`letters check`: a maintainer breaks a template, and learns where, what is wrong, and what to type instead."""

# ruff: noqa: RUF001 - typographic quotes and dashes are what some of these tests are about

from __future__ import annotations

import datetime as dt
import doctest
import io
import json
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import docx as python_docx
import pytest
from helpers import KINDS, ROOT
from helpers.documents import PIXEL, STYLES, docx, field, paragraph, picture, text
from helpers.libraries import keep_kinds

from letters.assembly.assembler import Assembler
from letters.cli.main import main
from letters.docx.package import open_package
from letters.errors import InvalidAnswers, Usage
from letters.library.library import Library
from letters.linter.copies import annotated_copies, fixed_copies
from letters.linter.findings import Finding, LintReport
from letters.linter.lint import lint, lint_files, lint_library
from letters.linter.report_formats import as_json, as_text
from letters.linter.service_formats import as_sarif
from letters.linter.template_names import NameShape, names_of

TODAY = dt.date(2026, 11, 22)
Sample = Callable[[str], dict[str, Any]]
JARGON = re.compile(r"\b[Tt]oken|NoneType|column \d|[Jj]inja|undefined|<w:|XML|Error\b|regex|None\b|object at")


def table(*rows: list[str], header: bool = False) -> str:
    mark = "<w:trPr><w:tblHeader/></w:trPr>"
    borders = '<w:tblBorders><w:top w:val="single" w:sz="4"/><w:insideH w:val="single" w:sz="4"/></w:tblBorders>'
    lines = [
        f"<w:tr>{mark if header and not number else ''}"
        + "".join(f"<w:tc><w:tcPr/>{cell if cell.startswith('<w:p>') else paragraph(cell)}</w:tc>" for cell in row)
        + "</w:tr>"
        for number, row in enumerate(rows)
    ]
    grid = '<w:gridCol w:w="2000"/>' * len(rows[0])
    return f"<w:tbl><w:tblPr>{borders}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(lines)}</w:tbl>"


def found_in(body: str, **more: Any) -> list[Finding]:
    """The findings in a Word file that is not part of a library."""
    return list(lint_files({"a.docx": docx(body, **more)}).findings)


def with_part(data: bytes, name: str, old: str, new: str) -> bytes:
    """The file with one part changed, as a word processor would."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(out, "w") as target:
        assert old in source.read(name).decode(), old
        for each in source.namelist():
            content = source.read(each)
            target.writestr(each, content.decode().replace(old, new).encode() if each == name else content)
    return out.getvalue()


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A copy of the library, to be broken."""
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    return tmp_path


def edit(own: Path, file: str, old: str, new: str) -> None:
    path = own / "templates" / file
    if path.suffix == ".docx":
        path.write_bytes(with_part(path.read_bytes(), "word/document.xml", old, new))
        return
    said = path.read_text(encoding="utf-8")
    assert old in said, old
    path.write_text(said.replace(old, new, 1), encoding="utf-8")


def check(own: Path) -> LintReport:
    report = lint_library(Assembler(Library(own)), TODAY)
    for each in report.findings:
        assert not JARGON.search(each.message + each.hint), each
    return report


def errors(report: LintReport) -> list[str]:
    return [str(each) for each in report.findings if each.severity == "error"]


TRACKED = (
    '<w:p><w:r><w:t xml:space="preserve">We write {% if request.sought %}of it {% endif %}.</w:t></w:r>'
    '<w:ins w:id="900" w:author="Pat" w:date="2026-01-01T00:00:00Z"><w:r><w:t> Now.</w:t></w:r></w:ins></w:p>'
)


def test_no_mistake_hides_another_or_makes_others_follow(own: Path) -> None:
    keep_kinds(own, "denial")
    edit(own, "office.toml", "America/Denver", "America/Denvr")
    edit(own, "legal_basis.toml", 'id = "', "id = “")
    (own / "templates" / "showing.toml").write_bytes(b"# caf\xe9\n" + (own / "templates" / "showing.toml").read_bytes())
    edit(own, "denial/sample.toml", "kind = ", "<<<<<<< HEAD\n=======\n# theirs\n>>>>>>> other\nkind = ")
    body = zipfile.ZipFile(own / "templates" / "denial" / "letter.docx").read("word/document.xml").decode()
    end = body[body.rindex("<w:sectPr") :]
    edit(own, "denial/letter.docx", end, TRACKED + TRACKED.replace("request.sought", "request.sougth") + end)
    report = lint(own, kinds=["denial"], day=TODAY)
    told = [(each.file, each.code) for each in report.findings if each.severity == "error"]
    letter = "templates/denial/letter.docx"
    assert told == [
        ("templates/denial/sample.toml", "merge-conflict"),
        ("templates/legal_basis.toml", "curly-quotes"),
        ("templates/office.toml", "value"),
        ("templates/showing.toml", "wording"),
        (letter, "tracked-changes"),
        (letter, "slip"),
        (letter, "name"),
    ]
    assert "America/Denvr”, which is not a time zone. Did you mean America/Denver?" in "".join(errors(report))


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("templates/office.toml", "short_name =", "shortname =", "unknown"),
        ("templates/denial/sample.toml", "channel =", "chanel =", "unknown"),
        ("templates/legal_basis.toml", "as_of = ", 'as_of = "', "toml"),
        ("templates/legal_basis.toml", '"denial"', '"denail"', "law"),
        ("templates/office.toml", "state = ", "state : ", "toml"),
        ("prompts/denial.toml", "ask = ", "aks = ", "prompts"),
        ("prompts/denial.toml", 'field = "', 'field = "reqest.', "prompts"),
    ],
)
def test_a_mistyped_line_is_one_finding(own: Path, file: str, old: str, new: str, told: str) -> None:
    keep_kinds(own, "denial")
    path = own / file
    path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    found = lint(own, kinds=["denial"], day=None, without_seal=True).findings
    assert [(each.file, each.code) for each in found] == [(file, told)]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("required = true", "requried = true", "“requried” is not part of a question"),
        ("required = true", 'required = "yes"', "must be true or false"),
        ('type = "choice"', 'type = "choise"', "Did you mean choice?"),
        ('when = { "extra.size"', 'when = { "extra.sise"', "Did you mean extra.size?"),
        ('field = "extra.pages"', 'feild = "extra.pages"', "Did you mean field?"),
        ('field = "extra.pages"\n', "", "The question does not say which answer it asks for"),
    ],
)
def test_a_question_that_cannot_be_read_is_no_fault_of_the_template(
    tmp_path: Path, old: str, new: str, told: str
) -> None:
    shutil.copytree(ROOT / "examples" / "city-records", tmp_path / "own")
    file = tmp_path / "own" / "prompts" / "fee-estimate.toml"
    said = file.read_text(encoding="utf-8")
    assert old in said
    file.write_text(said.replace(old, new, 1), encoding="utf-8")
    found = lint(tmp_path / "own", kinds=["fee-estimate"], day=None, without_seal=True).findings
    assert [each.file for each in found] == ["prompts/fee-estimate.toml"]
    assert told in f"{found[0].message} {found[0].hint}"
    letter = tmp_path / "own" / "templates" / "fee-estimate" / "letter.docx"
    letter.write_bytes(with_part(letter.read_bytes(), "word/document.xml", "extra.deposit ", "extra.deposti "))
    files = {each.file for each in lint(tmp_path / "own", day=None, without_seal=True).findings}
    assert "templates/fee-estimate/letter.docx" in files


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ("this is our library\n", [("error", "An equals sign is missing.")]),
        ("register = 5\n", [("error", "“register” is not text.")]),
        ('regster = "register.db"\n', [("error", "“regster” is not a setting, so nothing reads it.")]),
        ("office = 1\n", [("note", "“office” is not a setting, so nothing reads it.")]),
        ('register = "register.db"\n', []),
    ],
)
def test_the_library_s_own_settings_are_checked(tmp_path: Path, settings: str, told: list[tuple[str, str]]) -> None:
    shutil.copytree(ROOT / "examples" / "city-records", tmp_path / "own")
    (tmp_path / "own" / "letters.toml").write_text(settings, encoding="utf-8")
    found = lint(tmp_path / "own", day=None, without_seal=True).findings
    assert [(each.severity, each.message) for each in found] == told
    assert {each.file for each in found} <= {"letters.toml"}


def test_a_file_that_is_missing_or_a_kind_in_conflict_hides_nothing(own: Path) -> None:
    keep_kinds(own, "denial", "closing")
    (own / "templates" / "phrases.toml").unlink()
    edit(own, "closing/kind.toml", "title = ", "<<<<<<< HEAD\n=======\n>>>>>>> other\ntitle = ")
    edit(own, "denial/sample.toml", "kind = ", "= ")
    told = {(each.file, each.code) for each in lint(own, day=TODAY).findings if each.severity == "error"}
    assert told == {
        ("templates/phrases.toml", "wording"),
        ("templates/closing/kind.toml", "merge-conflict"),
        ("templates/denial/sample.toml", "syntax"),
    }


def test_a_tag_that_cannot_be_read_is_one_mistake_and_its_names_are_checked_all_the_same() -> None:
    lines = [
        "{% if request.access == 'bulk' }Yes{% endif %}",  # only the first lacks something
        "{% iff request.sought %}No{% else %}Yes{% endif %}",
        "{% for one in many %}{{ loop.idx }}{% endfor }",
        "{% set words = 1 %}{{ words }}",
        "\uff5b\uff5b requester.name \uff5d\uff5d",
        "{%p set words = 2 %} beside it",
        "{% endif %}",
    ]
    found = found_in("".join(map(paragraph, lines)))
    told = [(int(each.where.partition("paragraph ")[2].partition(",")[0]), each.code) for each in found]
    assert sorted(told) == [
        (1, "unclosed-tag"),
        (2, "template-syntax"),
        (3, "template-syntax"),
        (3, "unclosed-tag"),
        (4, "beyond"),
        (5, "not-a-tag"),
        (6, "beyond"),
        (6, "lift"),
        (7, "block"),
    ]


def test_only_numbers_are_calculated_with(own: Path) -> None:
    tags = ["{{ reference \u2013 1 }}", "{{ request.sought + 'x' }}", "{{ copies|length - 1 }}", "{{ copies + 1 }}"]
    report = lint_files({"a.docx": docx("".join(map(paragraph, tags)))}, Assembler(Library(own)), "denial")
    assert [each.message.partition(" in {{")[0] for each in report.findings if each.code == "shape"] == [
        "“reference” is a text, so it cannot be calculated with",
        "“copies” is a list, so it cannot be calculated with",
    ]


def test_a_name_is_looked_up_even_under_a_filter_that_does_not_exist(own: Path) -> None:
    body = "".join(map(paragraph, ["{{ requestor.name|uper }}", "{% for a in request %}{{ a.b }}{% endfor %}"]))
    report = lint_files({"a.docx": docx(body)}, Assembler(Library(own)), "denial")
    told = [(each.code, each.hint) for each in report.findings if each.severity == "error"]
    assert ("name", "Did you mean “request.requester.name”?") in told
    assert [code for code, _ in told if code in ("name", "shape")] == ["name", "shape"]


def test_a_text_box_shifts_no_paragraph_and_notes_are_counted_one_by_one() -> None:
    box = "<w:txbxContent>{}</w:txbxContent>".format(paragraph("In the box") + paragraph("{{ a"))
    both = (
        f"<mc:Choice Requires='wps'><w:drawing>{box}</w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict>{box}</w:pict></mc:Fallback>"
    )
    space = "http://schemas.openxmlformats.org/markup-compatibility/2006"
    body = f'<w:p><w:r><mc:AlternateContent xmlns:mc="{space}">{both}</mc:AlternateContent></w:r></w:p>'
    mark = '<w:r><w:footnoteReference w:id="{}"/></w:r>'
    body += f"<w:p>{mark.format(7)}</w:p><w:p>{mark.format(3)}</w:p>{paragraph('{{ b')}"
    notes = "".join(
        f'<w:footnote w:id="{number}"{kind}>{inside}</w:footnote>'
        for number, kind, inside in (
            (0, ' w:type="separator"', paragraph("")),
            (3, "", paragraph("{{ c")),
            (7, "", paragraph("Fine.") + paragraph("{{ d")),
        )
    )
    found = [each for each in found_in(body, footnotes=notes) if each.code == "unclosed-tag"]
    told = {(each.words, each.where.split(", “")[0]) for each in found}
    assert told == {
        ("{{ a", "body, paragraph 3"),
        ("{{ b", "body, paragraph 6"),
        ("{{ c", "footnote 2"),
        ("{{ d", "footnote 1, paragraph 2"),
    }


# --- our own library ---


@pytest.fixture(scope="module")
def shipped() -> LintReport:
    return lint_library(Assembler(Library(ROOT)), TODAY)


def test_the_shipped_library_has_no_errors_and_few_notes(shipped: LintReport) -> None:
    assert errors(shipped) == []
    assert {each.code for each in shipped.findings} <= {"stale-law"}
    assert {f"templates/{kind}/letter.docx" for kind in KINDS} <= set(shipped.files)


def test_the_shipped_templates_need_no_fixes(shipped: LintReport) -> None:
    assert fixed_copies(shipped) == {}


def test_the_names_match_what_templates_are_filled_with(assembler: Assembler, sample: Sample) -> None:
    for kind in KINDS:
        context = assembler.context(assembler.check(sample(kind)))
        names = names_of(kind, assembler.rulebook, assembler.phrases, assembler.library.kinds, assembler.extras(kind))
        assert list(disagreements(context, names.root, kind)) == []


def disagreements(value: Any, shape: NameShape | None, path: str) -> Iterator[str]:
    """Where what a template is filled with differs from its description."""
    kinds = {str: "text", int: "number", bool: "yes-no", dt.date: "date", list: "list"}
    if shape is None:
        if "legal_basis[]." not in path:  # templates may only use what law outside the library has too
            yield f"{path} is unknown"
    elif value is None:
        if not shape.optional:
            yield f"{path} has no value"
    elif shape.kind != "any" and kinds.get(type(value), "group") != shape.kind:
        yield f"{path} is not a {shape.kind}"
    elif shape.kind == "group":
        for name in value:
            yield from disagreements(value[name], shape.parts.get(name), f"{path}.{name}")
        if path.partition(".")[2] not in ("law", "deadlines"):
            yield from (f"{path}.{name} is not there" for name, part in shape.parts.items() if name not in value)
    elif shape.kind == "list":
        for each in value:
            yield from disagreements(each, shape.entry, f"{path}[]")
    elif shape.values and value not in shape.values:
        yield f"{path} is {value}"


# --- Word files that are not part of a library ---

INSERTED = '<w:ins w:id="1" w:author="A. Associate">{}</w:ins>'
DELETED = '<w:del w:id="2" w:author="A. Associate"><w:r><w:delText>{{{{ old }}}}</w:delText></w:r></w:del>'
BOUND = '<w:sdt><w:sdtPr><w:dataBinding w:xpath="/x"/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>'
PROMPT = "<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{}</w:sdtContent></w:sdt>"
BREAK = '<w:sectPr><w:pgSz w:w="15840" w:h="12240"/></w:sectPr>'

# Each as its author typed it: the body of the file, then the severity, the code, and part of the message or hint.
CASES = {
    "a07 braces": (paragraph("Dear {name}},"), "error", "not-a-tag", "Write {{ name }}."),
    "a07 brackets": (paragraph("Dear [[name]],"), "error", "not-a-tag", "Write {{ name }}."),
    "a04 dash": (paragraph("{%– if urgent %}now{% endif %}"), "error", "template-syntax", "Remove the dash."),
    "b02 two formats": (
        paragraph(inner=text("{{ na", "<w:b/>") + text("me }}", "<w:i/>")),
        "note",
        "formatting",
        "gets the format of its first brace",
    ),
    "b03 over two paragraphs": (
        paragraph("Dear {{ na") + paragraph("me }}, text"),
        "error",
        "split-tag",
        "Put the whole tag in one paragraph.",
    ),
    "b07 never closed": (paragraph("Dear {{ name, thank you"), "error", "unclosed-tag", "}} is missing"),
    "c01 text beside": (
        paragraph("Dear Sir, {%p if urgent %} you must"),
        "error",
        "lift",
        "the text “Dear Sir, you must”",
    ),
    "c02 two in one": (paragraph("{%p if urgent %}now{%p endif %}"), "error", "lift", "without the letter"),
    "c05 into a table": (
        paragraph("Before {% if urgent %}") + table(["cell {% endif %}"]),
        "error",
        "block",
        "Put both in the same cell",
    ),
    "c07 loop in one row": (
        table(["{%tr for i in items %}{{ i.d }}{%tr endfor %}"]),
        "error",
        "lift",
        "a row of its own",
    ),
    "c08 over two cells": (table(["{% for i in items %}", "{% endfor %}"]), "error", "block", "{%tr for i in items %}"),
    "c11 section break": (
        paragraph("{%p if urgent %}", BREAK) + paragraph("now") + paragraph("{%p endif %}"),
        "error",
        "lift",
        "a section break",
    ),
    "c13 unclosed": (paragraph("Clause 4 {% if urgent %}applies."), "error", "block", "Put {% endif %} where"),
    "c15 dash before a table": (
        paragraph("{% if a -%}b{% endif -%}") + table(["x"]),
        "error",
        "dash",
        "Remove the dash.",
    ),
    "c16 one entry": (paragraph("Parties: {{ parties[0] }}"), "note", "index", "Loop over the list"),
    "d05 named r": (paragraph("Value {{r }}"), "error", "template-syntax", "Write {{ r }}, with a space"),
    "f01 tracked": (
        paragraph(inner=INSERTED.format(text("{{ name }}")) + DELETED.format()),
        "error",
        "tracked-changes",
        "The tag {{ old }} is in deleted text.",
    ),
    "f06 hidden": (paragraph("secret", run="<w:vanish/>"), "error", "hidden-text", "“secret” is hidden"),
    "f07 bound": (
        paragraph(inner=BOUND.format(text("{{ name }}"))),
        "note",
        "bound-control",
        "Word would show instead",
    ),
    "f08 prompt": (paragraph(inner=PROMPT.format(text("{{ name }}"))), "note", "placeholder", "a placeholder"),
    "f09 into a control": (
        f"<w:sdt><w:sdtContent>{paragraph('{%p if urgent %}')}</w:sdtContent></w:sdt>{paragraph('{%p endif %}')}",
        "error",
        "block",
        "{%p endif %}",
    ),
    "g11 reaching in": (paragraph("{{ a.__class__() }}"), "error", "code", "cannot call anything"),
    "g12 for ever": (paragraph("{% for i in range(99999) %}x{% endfor %}"), "error", "code", "cannot call"),
    "fetching field": (
        paragraph(inner=field("INCLUDETEXT c:/secret.docx", "words")),
        "error",
        "outside",
        "fetches something",
    ),
    "no header row": (table(["a", "b"], ["c", "d"]), "note", "table-header", "Repeat Header Rows"),
    "pale": (paragraph("small print", run='<w:color w:val="AAAAAA"/>'), "note", "contrast", "#aaaaaa on #ffffff"),
    "tiny": (paragraph("small print", run='<w:sz w:val="2"/>'), "note", "small", "is in 1-point type"),
    "quoted twice": (paragraph("“All of it.”", run="<w:i/>"), "note", "english", "take the italics away"),
    "quoted by a tag": (paragraph("{{ a|quoted }}", run="<w:i/>"), "note", "english", "by italics and by"),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_mistake_in_a_template_is_reported_with_its_place_and_a_remedy(case: tuple[str, str, str, str]) -> None:
    body, severity, code, words = case
    found = [each for each in found_in(paragraph("First.") + body + paragraph("Last.")) if each.code == code]
    assert found, code
    assert {each.severity for each in found} == {severity}
    assert any(words in f"{each.message} {each.hint}" for each in found), found
    assert all(each.file == "a.docx" and each.part == "body" and each.paragraph >= 2 and each.words for each in found)
    assert not any(JARGON.search(each.message + each.hint) for each in found)


SOUND = [
    paragraph("{% if service == “post” %}by post{% else %}{{ note|default(‘none’) }}{% endif %}"),
    paragraph("{% if a == «b» %}c{% endif %}"),
    paragraph("{{\u00a0ser\u00advice\u200b }}"),
    paragraph("{% If urgent %}now{% Endif %}"),
    paragraph("{% p if urgent %}") + paragraph("now") + paragraph("{% p endif %}"),
    paragraph("{%p if a == '%' %}") + paragraph("now") + paragraph("{%p endif %}"),
    table([paragraph("{%p if a %}") + paragraph("b") + paragraph("{%p endif %}")]),
    paragraph("{% if urgent %}") + paragraph("now") + paragraph("{% endif %}"),
    paragraph("A variable is written {_{ name }_} and a condition {_% if %_}: {{ name }}"),
    table(["{#tr this row is a remark #}", "with cells"], ["{{ a }}", "{{ b }}"], header=True),
]


@pytest.mark.parametrize("body", SOUND)
def test_what_word_does_to_a_tag_is_accepted(body: str) -> None:
    assert [
        each for each in found_in(body + paragraph("Last.")) if each.code not in ("spaces", "table-header", "docxtpl")
    ] == []


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (paragraph("{%p if a == '%' %}") + paragraph("x") + paragraph("{%p endif %}"), "does not find the end"),
        (paragraph("{%p if a %}") + paragraph("x") + paragraph("{% endif %}"), "with less or more around it"),
        (table(["{% tr for x in y %}"], ["{{ x }}"], ["{% tr endfor %}"], header=True), "does not read the letters"),
        (paragraph("{% for x in y %}{{ x }}{% endfor %}{{ x }}"), "exists only inside its loop"),
    ],
)
def test_what_docxtpl_cannot_do_is_noted_in_files_that_it_fills(body: str, told: str) -> None:
    found = found_in(body + paragraph("Last."))
    assert any(told in each.message for each in found), found
    assert {each.severity for each in found} == {"note"}


DOCXTPL_ONLY = [
    "{{ name.upper() }}", "{{ name|e }}", "{{ list|count }}", "{{p subdocument }}", "{% set a = 1 %}{{ a }}",
    "{% if name is mapping %}x{% endif %}", "{{ a ~ b }}", "{% for k, v in pairs %}x{% endfor %}", "a brace { here",
]  # fmt: skip


@pytest.mark.parametrize("typed", DOCXTPL_ONLY)
def test_what_docxtpl_accepts_is_only_a_note_outside_a_library(typed: str) -> None:
    found = found_in(paragraph("First.") + paragraph(typed) + paragraph("Last."))
    assert found
    assert {each.severity for each in found} == {"note"}


def test_a_merge_field_is_reported_once_with_what_it_shows() -> None:
    found = found_in(paragraph(inner=field('MERGEFIELD "First Name"', "«First_Name»") + text(" and «Town»")))
    assert [(each.code, each.message.partition("”")[0]) for each in found] == [
        ("field", "The merge field “First Name"),
        ("placeholder", "“«Town»"),
    ]


def test_a_merge_field_under_a_heading_is_reported_once() -> None:
    heading = paragraph("Facts", '<w:pStyle w:val="H"/>')
    style = '<w:style w:type="paragraph" w:styleId="H"><w:name w:val="heading 1"/></w:style>'
    simple = f'<w:fldSimple w:instr="MERGEFIELD Last">{text("«Last»")}</w:fldSimple>'
    found = found_in(heading + paragraph(inner=simple), styles=STYLES + style)
    assert [(each.code, each.heading) for each in found] == [("field", "Facts")]


@pytest.mark.parametrize("prompt", ["Click or tap to enter a date.", "Choose an item.", "Day of the hearing"])
def test_a_prompt_left_in_a_control_is_one_finding(tmp_path: Path, prompt: str) -> None:
    shutil.copytree(ROOT / "examples" / "city-records", tmp_path / "own")
    letter = tmp_path / "own" / "templates" / "fee-estimate" / "letter.docx"
    body = zipfile.ZipFile(letter).read("word/document.xml").decode()
    end = body[body.rindex("<w:sectPr") :]
    added = paragraph(inner=text("On ") + PROMPT.format(text(prompt)))
    letter.write_bytes(with_part(letter.read_bytes(), "word/document.xml", end, added + end))
    found = lint(tmp_path / "own", kinds=["fee-estimate"], day=None, without_seal=True).findings
    assert [(each.severity, each.code) for each in found] == [("error", "placeholder")]
    assert prompt in found[0].message


def test_documents_from_which_no_letter_is_made_are_named(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples" / "city-records", tmp_path / "own")
    folder = tmp_path / "own" / "templates" / "fee-estimate"
    for name in ("letter_es.docx", "letter - Copy.docx", "letter.docm", "~$letter.docx", "notes.txt"):
        shutil.copy(folder / "letter.docx", folder / name)
    found = lint(tmp_path / "own", kinds=["fee-estimate"], day=None, without_seal=True).findings
    assert {(each.severity, each.code) for each in found} == {("note", "unread")}
    assert [Path(each.file).name for each in found] == ["letter - Copy.docx", "letter.docm", "letter_es.docx"]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (paragraph("{# a comment") + paragraph("of two #} and more"), ["split-tag"]),
        (paragraph("{% if urgent") + paragraph("%}now{% endif %}"), ["split-tag"]),
        (paragraph("{%tr if urgent %}") + paragraph("now") + paragraph("{%tr endif %}"), ["lift", "lift"]),
        (paragraph("Dear { {name} }, and [[day]]"), ["not-a-tag", "not-a-tag"]),
    ],
)
def test_one_mistake_with_braces_is_one_finding(body: str, told: list[str]) -> None:
    assert [each.code for each in found_in(body)] == told


def test_a_block_across_two_paragraphs_is_only_a_note_outside_a_library() -> None:
    found = found_in(paragraph("Projects: {% for p in ps %}{{ p }}") + paragraph("and {% endfor %} no more."))
    assert [(each.severity, each.code) for each in found] == [("note", "beyond")]


def test_a_mistake_in_a_header_a_footnote_or_a_property_names_it() -> None:
    note = f'<w:footnote w:id="2">{paragraph("See {{ name }")}</w:footnote>'
    data = docx(
        paragraph("Body"),
        headers={"first": paragraph("Dear {{ na")},
        footnotes=note,
        title="About {{ name",
        section="<w:titlePg/>",
    )
    found = lint_files({"a.docx": data}).findings
    assert {each.part for each in found} == {"first-page header", "footnotes", "document property Title"}


def test_pictures_tracking_and_names_of_people_are_reported() -> None:
    data = docx(
        paragraph("{{ name }}") + paragraph(inner=picture()),
        pictures={"rIdPicture": PIXEL},
        settings="<w:trackRevisions/>",
    )
    data = with_part(
        data, "docProps/core.xml", "<dc:language>", "<dc:creator>Former Employee</dc:creator><dc:language>"
    )
    found = {each.code: each for each in lint_files({"a.docx": data}).findings}
    assert set(found) == {"alternative-text", "tracking", "metadata"}
    assert "Former Employee" in found["metadata"].message
    assert found["alternative-text"].paragraph == 2


def test_signs_of_what_was_lost_are_reported_with_their_paragraph() -> None:
    data = docx(paragraph("Dear {{ name }}") + paragraph("The \ufffcseal") + paragraph("Stra\ufffde"))
    found = [each for each in lint_files({"a.docx": data}).findings if each.code == "lost-character"]
    assert [(each.paragraph, each.message.split()[2]) for each in found] == [(2, "U+FFFC"), (3, "U+FFFD")]
    assert not any("\ufffc" in str(each) for each in found)


def test_a_file_that_is_not_a_word_document_is_one_finding_and_the_others_are_checked() -> None:
    sound = docx(paragraph("{{ name }}"))
    macro = with_part(sound, "[Content_Types].xml", "document.main+xml", "document.macroEnabled.main+xml")
    bomb = with_part(sound, "word/document.xml", "<w:document", "<!DOCTYPE x [<!ENTITY a 'b'>]><w:document")
    files = {
        "a.docx": sound,
        "b.docm": macro,
        "c.docx": bomb,
        "d.docx": sound[:400],
        "e.docx": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    }
    found = lint_files(files).findings
    assert [each.file for each in found] == ["b.docm", "c.docx", "d.docx", "e.docx"]
    assert ["macros" in each.message for each in found] == [True, False, False, False]
    assert not any(JARGON.search(each.message + each.hint) for each in found)


# --- templates of a library ---


def test_all_mistakes_in_a_library_are_reported_in_one_run(own: Path) -> None:
    keep_kinds(own, "denial", "repeat-denial", "policy-statement", "conditional-approval", "contact-notice", "closing")
    edit(own, "denial/letter.docx", "{{ request.sought }}.", "{{ request.sougth }}.")
    edit(own, "denial/letter.docx", "{%p if request.quoted %}", "{%p if requester.agency %}")
    edit(
        own,
        "policy-statement/letter.docx",
        "{{ request.sought }}",
        "{{ request.records }}{{ law.nmac_106_q.citation }}{{ request.requester.agency-kind }}",
    )
    edit(own, "shared/earlier-letters.docx", "{{ each.said }}", "{{ each.sayd }}")
    edit(own, "shared/decision-limits.docx", 'request.access == "bulk"', 'request.access == "bulky"')
    edit(own, "conditional-approval/letter.docx", "{%p for category in approved %}", "{%p for category in agreement %}")
    edit(
        own,
        "shared/salutation.docx",
        "{{ request.requester.greeting }}",
        "{{ date|and_list }} {{ request.released }} {{ request }}{% if delivery == 'mail' %}.{% endif %}",
    )
    edit(own, "shared/contact.docx", "{{ contact.name }}", "{{ contact.nam")
    edit(own, "conditional-approval/letter.docx", "{{ date }}", "{{ category }} {{ date }}")
    edit(own, "conditions.toml", "pays {{ cost }}", "pays {{ costs }}")
    edit(own, "office.toml", 'time_zone = "America/Denver"', 'time_zone = "New Mexico"')
    edit(own, "legal_basis.toml", 'authority = "persuasive"', 'authority = "strong"')
    edit(own, "denial/kind.toml", 'title = "', 'tittle = "')
    report = check(own)
    said = "\n".join(errors(report))
    for told in (
        "Unknown name “request.sougth” in {{ request.sougth }}. Did you mean {{ request.sought }}?",
        "Did you mean “request.requester.agency”?",
        "“request.records” is a list. Write {{ request.records|and_list }}, or loop over it.",
        "agency-kind }}, the name has hyphens. Write underscores: {{ request.requester.agency_kind }}.",
        "Unknown name “sayd” in {{ each.sayd }}: an entry of earlier_letters has no such part. Did you mean “said”?",
        "“request.access” never is “bulky”. Did you mean “bulk”?",
        '“delivery” is a list, so it is never “mail”. Write {% if "mail" in delivery %}.',
        "“agreement” is a text, not a list, so it cannot be looped over.",
        "“date” is a date, not a list. Write {{ date }}.",
        "“category” in {{ category }} exists only inside its loop, {%p for category in agreement %}.",
        "“request.released” is yes or no, which cannot be printed. Use {% if request.released %}.",
        "“request” is a group of fields. Print one of them:",
        "templates/shared/contact.docx, paragraph 4, “",
        "}} is missing after “{{ contact.nam",
        "templates/conditions.toml, cost",
        "Unknown name “costs” in {{ costs }}. Did you mean {{ cost }}?",
        "is not a time zone",
        "templates/legal_basis.toml, basis",
        "“title” is missing",
    ):
        assert told in said, told
    passage = next(each for each in report.findings if "sayd" in each.message)
    assert len(passage.kinds) >= 5
    assert (passage.file, passage.part, passage.tag) == ("templates/shared/earlier-letters.docx", "", "{{ each.sayd }}")
    assert said.count("Unknown name “sayd”") == 2  # once for each of the two places, however many kinds include them


def test_law_that_a_kind_may_not_cite_and_impossible_conditions_are_reported(own: Path) -> None:
    keep_kinds(own, "denial", "policy-statement", "contact-notice", "routing-memo")
    edit(own, "denial/letter.docx", "The following law bears on", "{{ law.ssa_303_e_child_support.citation }} on")
    edit(
        own, "policy-statement/letter.docx", "The following law bears on", "The {{ law.nmac_106_dd.citation }} rests on"
    )
    nested = '{% if request.access == "bulk" %}a{% if request.access == "targeted" %}b{% endif %}{% endif %}'
    edit(own, "contact-notice/letter.docx", "From now on", f"{nested}From now on")
    edit(own, "routing-memo/letter.docx", "Be courteous", '{% if kind == "denial" %}a {% endif %}Be courteous')
    said = "\n".join(errors(check(own)))
    for told in (
        "“law.ssa_303_e_child_support” may not be cited in this kind of letter. Add this kind to what ssa-303-e",
        "Unknown name “law.nmac_106_dd.citation”",
        '{% if request.access == "targeted" %} can never be true here.',
        '{% if kind == "denial" %} can never be true here.',
    ):
        assert told in said, told
    assert 'request.access == "bulk" %} can never' not in said


def test_letters_are_written_with_every_condition_flipped(own: Path) -> None:
    keep_kinds(own, "denial", "policy-statement", "contact-notice")
    edit(own, "denial/letter.docx", "The following law bears on", "Our file {{ reference }} rests on")
    edit(
        own,
        "policy-statement/letter.docx",
        "The following law bears on",
        "It {% if reference %}({{ reference }}){% endif %} rests on",
    )
    edit(own, "contact-notice/letter.docx", "From now on", "From now on {% if reference %}only{% endif %}, please,")
    edit(own, "shared/responsibility.docx", "{%p if responsible %}", "{%p if request.sought %}")
    said = "\n".join(errors(check(own)))
    assert "If reference has no value, the letter cannot be written: “reference” has no value here." in said
    assert "If reference has no value, there are two spaces in a row" in said
    assert "If reference has no value, there is a space before a punctuation mark" in said
    assert "If responsible has no value, this paragraph introduces something that does not follow" in said


def test_an_answer_that_may_be_missing_is_never_printed_without_a_condition(own: Path) -> None:
    keep_kinds(own, "denial", "repeat-denial")
    said = "{{ request.requester.title }} {% if request.purpose %}{{ request.purpose }}{% endif %}"
    edit(own, "denial/letter.docx", "The following law bears on", f"Of {said} rests on")
    entry = "{% for each in request.earlier %}{{ each.reference }}{% endfor %}"
    edit(own, "repeat-denial/letter.docx", "bears on", f"{entry} bears on")
    edit(own, "repeat-denial/sample.toml", "[[request.earlier]]", '[[request.earlier]]\nreference = "OGC-2019-0142"')
    found = [each for each in check(own).findings if each.severity == "error" and each.tag]
    assert {(each.kinds[0], each.tag) for each in found} == {
        ("denial", "{{ request.requester.title }}"),
        ("repeat-denial", "{{ each.reference }}"),
    }
    assert "If request.requester.title has no value, the letter cannot be written" in "".join(map(str, found))


def test_nothing_follows_from_a_tag_that_is_wrong(own: Path) -> None:
    keep_kinds(own, "denial")
    wrong = "{% if nobody %} {{ law.nmac-106-d.citation }}"
    edit(own, "denial/letter.docx", "The following law bears on", f"{wrong} {{{{ loop.index }}}} It bears on")
    found = [each for each in lint(own, kinds=["denial"], day=TODAY).findings if each.code != "stale-law"]
    assert [(each.file, each.code, each.tag) for each in found] == [
        ("templates/denial/letter.docx", "block", "{% if nobody %}"),
        ("templates/denial/letter.docx", "name", "{% if nobody %}"),
        ("templates/denial/letter.docx", "name", "{{ law.nmac-106-d.citation }}"),
        ("templates/denial/letter.docx", "name", "{{ loop.index }}"),
    ]
    assert "`letters fields denial` lists the names" in found[1].hint
    assert "exists only inside a loop" in found[3].message


def test_a_sample_that_breaks_the_rules_is_reported(own: Path) -> None:
    keep_kinds(own, "denial")
    edit(own, "denial/sample.toml", 'signatory = "chief-counsel"', 'signatory = "nobody"')
    found = [each for each in check(own).findings if each.severity == "error"]
    assert [(each.file, each.kinds) for each in found] == [("templates/denial/sample.toml", ("denial",))]
    assert "nobody" in found[0].message


def test_questions_and_law_that_nothing_uses_are_notes(own: Path) -> None:
    keep_kinds(own, "denial", "contact-notice")
    prompts = own / "prompts" / "denial.toml"
    extra = '\n[[section]]\ntitle = "Ours"\n[[section.question]]\nfield = "extra.mood"\nask = "How do you feel?"\n'
    prompts.write_text(prompts.read_text(encoding="utf-8") + extra, encoding="utf-8")
    letter = own / "prompts" / "letter.toml"
    text = letter.read_text(encoding="utf-8")
    start = text.index('[[section.question]]\nfield = "copies"')
    letter.write_text(text[:start] + text[text.index("[[section.question]]", start + 1) :], encoding="utf-8")
    shutil.copy(own / "templates" / "shared" / "contact.docx", own / "templates" / "shared" / "spare.docx")
    edit(
        own,
        "legal_basis.toml",
        'supports = ["conditional-approval", "routing-memo", "policy-statement"]',
        'supports = ["contact-notice"]',
    )
    found = {each.code: each for each in check(own).findings}
    assert "extra.mood" in found["unused-question"].message
    assert "No question asks for copies" in found["unasked"].message
    assert found["unused-passage"].file == "templates/shared/spare.docx"
    assert {found[code].severity for code in ("unused-question", "unused-passage", "stale-law", "unasked")} == {"note"}


def test_the_library_is_checked_by_kind_and_by_file(own: Path, tmp_path: Path) -> None:
    keep_kinds(own, "contact-notice", "routing-memo")
    edit(own, "contact-notice/letter.docx", "{{ request.sought }}.", "{{ request.sougth }}.")
    letter = own / "templates" / "contact-notice" / "letter.docx"
    of_kind = lint(own, kinds=["contact-notice"], day=TODAY).findings
    assert [(each.code, each.tag) for each in of_kind] == [("name", "{{ request.sougth }}")]
    assert [each.tag for each in lint(own, files=[letter]).findings] == ["{{ request.sougth }}"]
    assert lint(own, files=[own / "templates" / "shared" / "salutation.docx"]).findings == ()
    assert {each.code for each in lint(own, day=TODAY).findings} >= {"name", "stale-law"}
    copy = shutil.copy(letter, tmp_path.parent / "copy.docx")
    assert not lint(own, files=[copy]).has_errors, "by itself it may use any name"
    assert [each.tag for each in lint(own, files=[copy], as_kind="contact-notice").findings] == ["{{ request.sougth }}"]
    with pytest.raises(Usage, match="cannot be checked in one run"):
        lint(own, kinds=["contact-notice"], files=[copy])
    with pytest.raises(Usage, match="no kind of letter called “denail”"):
        lint(own, kinds=["denail"])
    with pytest.raises(InvalidAnswers, match="no such file"):
        lint(own, files=["nowhere.docx"])


def test_the_example_in_the_documentation_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert doctest.testmod(sys.modules["letters.linter.lint"]) == doctest.TestResults(failed=0, attempted=4)


# --- reports and copies ---


def broken() -> dict[str, bytes]:
    changed = INSERTED.format(text("Dear {{ name }},")) + DELETED.format()
    remark = '<w:commentRangeStart w:id="0"/>{}<w:commentRangeEnd w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>'
    body = (
        paragraph(inner=changed)
        + paragraph(inner=remark.format(text("{% p if service == “post” %}")))
        + paragraph("By post")
        + paragraph("{%p Endif %}")
        + paragraph(inner=BOUND.format(text("{{ client }}")))
        + paragraph("Signed {{ name }")
    )
    return {"sub/a.docx": docx(body, settings="<w:trackRevisions/>")}


def test_json_and_sarif_contain_every_finding() -> None:
    report = lint_files(broken())
    told = json.loads(as_json(report.findings, report.files))
    assert (told["version"], told["files"], told["errors"]) == (1, ["sub/a.docx"], 3)
    unclosed = next(each for each in told["findings"] if each["code"] == "unclosed-tag")
    assert unclosed["file"] == "sub/a.docx"
    assert (unclosed["part"], unclosed["paragraph"], unclosed["words"]) == ("body", 6, "Signed {{ name }")
    run = json.loads(as_sarif(report.findings, "1.0"))["runs"][0]
    assert len(run["results"]) == len(report.findings)
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    for result in run["results"]:
        assert rules[result["ruleIndex"]] == result["ruleId"]
        assert result["level"] in ("error", "note")
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "sub/a.docx"
    lines = as_text(report.findings).splitlines()
    assert lines[0] == "sub/a.docx"
    assert "  error: body, paragraph 6, “Signed {{ name }”" in lines
    assert "    → Close it with }}." in lines


def test_an_annotated_copy_has_a_word_comment_at_each_finding() -> None:
    report = lint_files(broken())
    data = annotated_copies(report, TODAY)["sub/a.docx"]
    document = python_docx.Document(io.BytesIO(data))
    comments = [comment.text for comment in document.comments if comment.author == "letters check"]
    assert len(comments) == len(report.findings)
    assert any("}} is missing after “{{ name }”" in comment and "Close it with }}." in comment for comment in comments)
    body = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
    last = body.index("Signed")
    assert "commentRangeStart" in body[body.rindex("<w:p>", 0, last) : last]


def test_a_fixed_copy_changes_what_is_safe_to_fix_and_nothing_else() -> None:
    report = lint_files(broken())
    data, done = fixed_copies(report)["sub/a.docx"]
    assert set(done) == {
        "tracked changes accepted",
        "comments removed",
        "content controls unbound from data",
        "tags rewritten in plain form",
        "Track Changes turned off",
    }
    document = python_docx.Document(io.BytesIO(data))
    assert [each.text for each in document.paragraphs][:4] == [
        "Dear {{ name }},",
        '{%p if service == "post" %}',
        "By post",
        "{%p endif %}",
    ]
    package = open_package(data, "a.docx")
    assert not any(name.startswith("word/comments") for name in package.parts)
    left = [(each.severity, each.code) for each in lint_files({"a.docx": data}).findings]
    assert left == [("error", "unclosed-tag")]
    assert fixed_copies(lint_files({"a.docx": data})) == {}


# --- the command ---


def test_the_command_checks_kinds_and_files(own: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keep_kinds(own, "denial")
    edit(own, "denial/letter.docx", "{{ request.sought }}.", "{{ request.sougth }}.")
    assert main(["check", "denial", "--library", str(own)]) == 1
    told = capsys.readouterr()
    assert "Did you mean {{ request.sought }}?" in told.out
    assert "1 error" in told.err
    assert main(["check", str(own / "templates" / "shared" / "contact.docx"), "--library", str(own)]) == 0
    draft = tmp_path / "draft.docx"
    shutil.copy(own / "templates" / "denial" / "letter.docx", draft)
    capsys.readouterr()
    assert main(["check", str(draft), "--library", str(ROOT), "--as", "denial", "--format", "json"]) == 1
    found = json.loads(capsys.readouterr().out)["findings"]
    assert [each["tag"] for each in found if each["severity"] == "error"] == ["{{ request.sougth }}"]
    assert main(["check", "nothing", "--library", str(ROOT)]) == 2


def test_the_command_writes_copies_into_a_folder(
    tmp_path: Path, letters: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.docx").write_bytes(broken()["sub/a.docx"])
    (tmp_path / "in" / "~$a.docx").write_bytes(b"x")
    done = letters("check", "in", "--fix", "--annotate", "seen", "--format", "sarif")
    assert done.returncode == 1
    assert json.loads(done.stdout)["version"] == "2.1.0"
    assert "tracked changes accepted" in done.stderr
    assert "somebody has this file open" in done.stderr
    assert (tmp_path / "fixed" / "in" / "a.docx").is_file()
    assert (tmp_path / "seen" / "in" / "a.docx").is_file()


def test_a_reference_to_a_clause_that_a_letter_leaves_out_is_found_before_anyone_fills_it(own: Path) -> None:
    keep_kinds(own, "denial")
    kept = '<w:bookmarkStart w:id="901" w:name="_Ref1"/>{}<w:bookmarkEnd w:id="901"/>'
    body = "<w:p><w:r><w:t>{%p if request.period %}</w:t></w:r></w:p><w:p>" + kept.format(
        "<w:r><w:t>The period.</w:t></w:r>"
    )
    body += "</w:p><w:p><w:r><w:t>{%p endif %}</w:t></w:r></w:p><w:p><w:r><w:t>As in </w:t></w:r>"
    body += '<w:fldSimple w:instr=" REF _Ref1 "><w:r><w:t>The period.</w:t></w:r></w:fldSimple></w:p><w:sectPr'
    edit(own, "denial/letter.docx", "<w:sectPr", body)
    assert "REF _Ref1 } refers to the bookmark “_Ref1”, which this letter does not contain" in " ".join(
        errors(check(own))
    )


def test_a_choice_that_is_printed_as_its_code_is_found_with_the_tag_for_its_words(own: Path) -> None:
    keep_kinds(own, "denial")
    edit(
        own,
        "denial/letter.docx",
        "The following law bears on",
        "You asked for {{ request.access }}. The following law bears on",
    )
    (found,) = errors(check(own))
    assert "Write {{ request.access_words }}." in found


def test_copies_that_nothing_calls_for_are_not_promised_silently(letters: Any, tmp_path: Path) -> None:
    done = letters("check", "closing", "--fix", "--annotate", "notes", "--library", ROOT, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "no Word file needs a copy, so nothing was written to notes" in done.stderr
    assert "no Word file needs a copy, so nothing was written to fixed" in done.stderr
    assert not (tmp_path / "notes").exists()


def test_a_kind_is_found_by_one_of_its_words(letters: Any, tmp_path: Path) -> None:
    done = letters("check", "denial", "--as", "records", "--library", ROOT / "examples" / "washington", cwd=tmp_path)
    assert (done.returncode, "Did you mean public-records-denial?" in done.stderr) == (2, True), done.stderr
