"""Templates in docxtpl's dialect: what is refused, what is filled, and that nothing else happens to it."""

# ruff: noqa: RUF001 - typographic quotes and dashes are what these tests are about

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import docx
import pytest
from lxml import etree

from letters._text import languages
from letters._text.light_markup import FormattedAnswer
from letters.assembly.template.compilation import analyze
from letters.assembly.template.document_properties import DocumentProperties
from letters.assembly.template.shared_passages import NO_PASSAGES
from letters.assembly.template.template import Template, fill_text
from letters.assembly.template_law import TemplateLaw
from letters.docx.names import W
from letters.docx.package import Packed, open_package, write_package
from letters.errors import ANSWER, Problem, TemplateAtFault

NAMESPACES = (
    f'xmlns:w="{W}" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" '
    'xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" mc:Ignorable="w14"'
)
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/"
CORE_REL = f"{PACKAGE}relationships/metadata/core-properties"
TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml."
PAGE = '<w:pgSz w:w="12240" w:h="15840"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" '
PAGE += 'w:header="708" w:footer="708" w:gutter="0"/>'
CLOSING = "Closing words that must survive."
PROPERTIES = DocumentProperties("Denial of <access> & more", "Office of General Counsel", "en-US", dt.date(2019, 8, 2))
PEOPLE = {
    "name": "Ms. Ada Byron",
    "urgent": True,
    "items": [{"d": "Rent", "s": "100"}, {"d": "Costs", "s": "20"}],
}


def escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def run(text: str, properties: str = "") -> str:
    formatting = f"<w:rPr>{properties}</w:rPr>" if properties else ""
    return f'<w:r>{formatting}<w:t xml:space="preserve">{escaped(text)}</w:t></w:r>'


def par(*runs: str, properties: str = "") -> str:
    inside = "".join(piece if piece.startswith("<w:") or piece.startswith("<m") else run(piece) for piece in runs)
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{inside}</w:p>"


def table(*rows: list[str]) -> str:
    def cell(content: str) -> str:
        content = content if content.startswith("<w:p>") else par(content)
        return f'<w:tc><w:tcPr><w:tcW w:w="4500" w:type="dxa"/></w:tcPr>{content}</w:tc>'

    grid = '<w:gridCol w:w="4500"/>' * len(rows[0])
    lines = "".join(f"<w:tr>{''.join(map(cell, row))}</w:tr>" for row in rows)
    width = '<w:tblPr><w:tblW w:w="0" w:type="auto"/></w:tblPr>'
    return f"<w:tbl>{width}<w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"


def drawing(alternative: str = "Seal") -> str:
    return (
        '<w:r><w:drawing><wp:inline><wp:extent cx="9" cy="9"/>'
        f'<wp:docPr id="1" name="Seal" descr="{alternative}"/><a:graphic/></wp:inline></w:drawing></w:r>'
    )


def core(title: str = "", keywords: str = "") -> str:
    return (
        f'<cp:coreProperties xmlns:cp="{PACKAGE}metadata/core-properties" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{escaped(title)}</dc:title><dc:creator>Former Employee</dc:creator>"
        f"<cp:keywords>{keywords}</cp:keywords><cp:lastModifiedBy>paralegal-7</cp:lastModifiedBy>"
        "<cp:revision>41</cp:revision></cp:coreProperties>"
    )


def template_file(
    *body: str,
    parts: dict[str, tuple[str, str]] | None = None,
    links: tuple[tuple[str, str, str, bool], ...] = (),
    section: str = "",
    settings: str = "",
    styles: str = "",
    properties: str = "",
    core_rel: str = CORE_REL,
) -> bytes:
    """The smallest real .docx with this body. ``parts``: name to (type, XML); ``links``: of the body."""
    overrides = {
        "word/document.xml": TYPE + "document.main+xml",
        "word/styles.xml": TYPE + "styles+xml",
        "word/settings.xml": TYPE + "settings+xml",
        "docProps/core.xml": "application/vnd.openxmlformats-package.core-properties+xml",
    }
    normal = '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
    heading = '<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/></w:style>'
    content = {
        "word/document.xml": f"<w:document {NAMESPACES}><w:body>{''.join(body)}{par(CLOSING)}"
        f"<w:sectPr>{section}{PAGE}</w:sectPr></w:body></w:document>",
        "word/styles.xml": f"<w:styles {NAMESPACES}>{normal}{heading}{styles}</w:styles>",
        "word/settings.xml": f"<w:settings {NAMESPACES}>{settings}</w:settings>",
        "docProps/core.xml": properties or core(),
    }
    for name, (kind, xml) in (parts or {}).items():
        content[name] = xml
        if kind:
            overrides[name] = kind
    relations = (
        ("s1", f"{REL}styles", "styles.xml", False),
        ("s2", f"{REL}settings", "settings.xml", False),
        *links,
    )
    content["word/_rels/document.xml.rels"] = _relationships(relations)
    content["_rels/.rels"] = _relationships(
        (
            ("r1", f"{REL}officeDocument", "word/document.xml", False),
            ("r2", core_rel, "docProps/core.xml", False),
        )
    )
    content["[Content_Types].xml"] = (
        f'<Types xmlns="{PACKAGE}content-types"><Default Extension="xml" ContentType="application/xml"/>'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        + "".join(f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in overrides.items())
        + "</Types>"
    )
    return write_package(Packed.of(name, xml.encode()) for name, xml in content.items())


def _relationships(links: Any) -> str:
    mode = ("Internal", "External")
    return (
        f'<Relationships xmlns="{PACKAGE}relationships">'
        + "".join(
            f'<Relationship Id="{id_}" Type="{kind}" Target="{target}" TargetMode="{mode[external]}"/>'
            for id_, kind, target, external in links
        )
        + "</Relationships>"
    )


def header(text: str, kind: str = "hdr") -> str:
    return f"<w:{kind} {NAMESPACES}>{par(text)}</w:{kind}>"


def compiled(*body: str, **more: Any) -> Template:
    return Template.compile(template_file(*body, **more), "denial/letter.docx")


def test_a_letter_comes_out_the_same_whatever_was_filled_before() -> None:
    """What is kept from letter to letter is kept by all that matters to it."""
    body = (
        par("First."),
        par("{{ x }}"),
        par("{%p for each in rows %}"),
        par("{{ each }}", "{{ x }}"),
        par("{%p endfor %}"),
        table(["Head", "{{ x }}"], ["{%tr for each in rows %}", ""], ["{{ each }}", "{{ x }}"], ["{%tr endfor %}", ""]),
    )
    contexts: list[dict[str, Any]] = [
        {"x": x, "rows": rows}
        for x in ("a word", "another", "", " ", "\u00a0", "O'Neill & <Sons>", "{{ braces }}", "two\nlines", '="a"')
        for rows in ([], ["", " "], ["one"], ["two"])
    ]
    alone = [filled(*body, context=context) for context in contexts]
    template = compiled(*body)
    for order in (range(len(contexts)), reversed(range(len(contexts)))):
        for number in order:
            assert template.fill(contexts[number], PROPERTIES) == alone[number]


def filled(*body: str, context: dict[str, Any] | None = None, **more: Any) -> bytes:
    return compiled(*body, **more).fill(PEOPLE if context is None else context, PROPERTIES)


def part_of(letter: bytes, name: str = "word/document.xml") -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        assert archive.testzip() is None
        assert len(set(archive.namelist())) == len(archive.namelist())
        return etree.fromstring(archive.read(name))


def paragraphs(letter: bytes, name: str = "word/document.xml") -> list[str]:
    """The words of every paragraph, with line breaks and tabs as characters."""
    shown = {f"{{{W}}}br": "\n", f"{{{W}}}tab": "\t"}
    found = []
    for paragraph in part_of(letter, name).iter(f"{{{W}}}p"):
        nodes = paragraph.iter(f"{{{W}}}t", *shown)
        found.append("".join(shown.get(str(node.tag), node.text or "") for node in nodes))
    return found


def words(*body: str, context: dict[str, Any] | None = None, **more: Any) -> list[str]:
    """What a letter says before its closing words."""
    found = paragraphs(filled(*body, context=context, **more))
    assert found[-1] == CLOSING
    return found[:-1]


def problems_of(*body: str, context: dict[str, Any] | None = None, **more: Any) -> list[Problem]:
    with pytest.raises(TemplateAtFault) as caught:
        filled(*body, context=context, **more)
    for problem in caught.value.problems:
        assert not re.search(r"token|NoneType|line \d|jinja|undefined|object|Error", str(problem)), problem
        assert problem.where.startswith("denial/letter.docx, "), problem
    return list(caught.value.problems)


def problem_of(*body: str, context: dict[str, Any] | None = None, **more: Any) -> str:
    found = problems_of(*body, context=context, **more)
    assert len(found) == 1, found
    return str(found[0])


# --- Reading tags the way Word leaves them ---


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("{% if service == “post” %}by post{% endif %}", "by post"),
        ("{% if service == «post» %}by post{% endif %}", "by post"),
        ("{% if service == „post“ %}by post{% endif %}", "by post"),
        ("{% if service == ‘post’ %}by post{% endif %}", "by post"),
        ("{{ total – paid }}", "100"),
        ("{{ total − paid }}", "100"),
        ("{{\u00a0service }}", "post"),
        ("{{ ser\u00advice\u200b\ufeff\u200e }}", "post"),
        ("{% If urgent %}now{% Endif %}", "now"),
        ("{% IF urgent %}now{% ELSE %}later{% ENDIF %}", "now"),
        ("{% if age < 18 %}minor{% else %}adult{% endif %}", "minor"),
        ("{% if age ≤ 17 %}minor{% else %}adult{% endif %}", "minor"),
        ("{% if surname == “O’Brien” %}same{% endif %}", "same"),
        ('{% if surname == "O\'Brien" %}same{% endif %}', "same"),
        ("{% if firm == “Smith & Sons” %}same{% endif %}", "same"),
        ("{% if firm != “Smith & Sons” %}other{% else %}same{% endif %}", "same"),
        ('{% if "Smith & Sons" in firms %}in{% endif %}', "in"),
        ("{{ absent|default(“Smith & Sons”) }}", "Smith & Sons"),
        ('{{ "}}" }} and {{ "{%" }}', "}} and {%"),
        ("{{r service }}", "post"),
        ("{%r if urgent %}now{%r endif %}", "now"),
        ("{# a note to ourselves #}{{ service }}", "post"),
        ("{{ parties[0] }} and {{ parties|last }}", "A and B"),
        ("{{ service if urgent else surname }}", "post"),
        ("{% for party in parties %}{{ loop.index }} {{ party }} {% endfor %}", "1 A 2 B "),
    ],
)
def test_a_tag_means_what_its_author_meant_whatever_autocorrect_made_of_it(typed: str, read: str) -> None:
    context = {
        "service": "post",
        "urgent": True,
        "total": 120,
        "paid": 20,
        "age": 17,
        "surname": "O’Brien",
        "firm": "Smith & Sons",
        "firms": ["Smith & Sons"],
        "parties": ["A", "B"],
    }
    assert words(par(typed), context=context) == [read]


def test_a_tag_split_into_single_characters_is_read() -> None:
    noisy = "".join(f'<w:proofErr w:type="spellStart"/>{run(letter)}' for letter in "Dear {{ name }},")
    assert words(par(*[noisy])) == ["Dear Ms. Ada Byron,"]


def test_the_formatting_of_the_run_where_a_tag_starts_wins() -> None:
    letter = filled(
        par(run("Dear {", "<w:b/>"), run("{ na", "<w:i/>"), run("me }"), run("},", "<w:u w:val='single'/>"))
    )
    runs = list(part_of(letter).iter(f"{{{W}}}r"))
    assert ["".join(node.itertext()) for node in runs[:2]] == ["Dear Ms. Ada Byron", ","]
    assert runs[0].find(f"{{{W}}}rPr/{{{W}}}b") is not None
    assert runs[1].find(f"{{{W}}}rPr/{{{W}}}u") is not None


def test_line_breaks_tabs_and_no_break_hyphens_inside_a_tag_are_spaces_and_hyphens() -> None:
    broken = "<w:r><w:t>{% if</w:t><w:br/><w:t>urgent</w:t></w:r><w:r><w:tab/><w:t>%}Now{% endif %}</w:t></w:r>"
    hyphen = "<w:r><w:t>{{ total</w:t><w:noBreakHyphen/><w:t>paid }}</w:t></w:r>"
    context = {"urgent": True, "total": 120, "paid": 20, "totalpaid": "WRONG"}
    assert words(par(broken), par(hyphen), context=context) == ["Now", "100"]


def test_bookmarks_links_and_smart_tags_inside_a_tag_stay_intact() -> None:
    marked = par("Dear {{ na", '<w:bookmarkStart w:id="7" w:name="who"/>', "me }}", '<w:bookmarkEnd w:id="7"/>')
    linked = par("{{ ", f'<w:hyperlink w:anchor="x">{run("na")}</w:hyperlink>', "me }}")
    letter = filled(marked, linked)
    assert paragraphs(letter)[:2] == ["Dear Ms. Ada Byron", "Ms. Ada Byron"]
    root = part_of(letter)
    pairs = [
        [node.get(f"{{{W}}}id") for node in root.iter(f"{{{W}}}{name}")] for name in ("bookmarkStart", "bookmarkEnd")
    ]
    assert pairs == [["7"], ["7"]]


def test_text_outside_tags_is_left_as_it_is() -> None:
    odd = "“Curly”  two  spaces – dash\u00a0nbsp \u00adsoft\u200b ’quote’ & <angle> 100 % # ½ "
    assert words(par(odd + "{{ name }}" + odd)) == [odd + "Ms. Ada Byron" + odd]


@pytest.mark.parametrize("odd", [' w:rsidP="00000000"', "<?letters p?>", "<w:r><?letters r?><w:t></w:t></w:r>"])
def test_text_that_looks_like_our_own_tokens_is_text(odd: str) -> None:
    body = par("{{ name }}" + odd), par(drawing(odd.replace("<", "&lt;").replace('"', "&quot;")))
    letter = filled(*body, context={"name": odd})
    assert paragraphs(letter)[0] == odd * 2
    assert next(part_of(letter).iter("{*}docPr")).get("descr") == odd


def test_comments_in_the_markup_neither_split_a_text_nor_reach_the_letter() -> None:
    letter = filled("<w:p><!-- old --><w:r><w:t>Dear {{ na<!-- x -->me }},<?letters p?> yes</w:t></w:r></w:p>")
    assert paragraphs(letter)[0] == "Dear Ms. Ada Byron, yes"
    assert not list(part_of(letter).iter(etree.Comment, etree.PI))


# --- What only looks like a tag ---


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("Dear {name}},", "“{name}}” is not a tag and would be printed as is. Write {{ name }}."),
        ("Dear { {name}},", "“{ {name}}” is not a tag"),
        ("Dear {name},", "“{name}” is not a tag"),
        ("Dear {{name}", "}} is missing after “{{name}”"),
        ("Dear name }},", "“}}” ends a tag that was never started."),
        ("{% if urgent }now", "%} is missing"),
        ("Dear [[name]],", "“[[name]]” is not a tag"),
        ("Dear <<name>>,", "“<<name>>” is not a tag"),
        ("Dear «first_name»,", "“«first_name»” is not a tag"),
        ("Dear %first_name%,", "“%first_name%” is not a tag"),
        ("Dear $first_name$,", "“$first_name$” is not a tag"),
        ("Dear ${name},", "“${name}” is not a tag and would be printed as is. Write {{ name }}."),
        ("{explain what happened}", "would be printed as is, including the braces"),
        ("Costs } here", "ends a tag that was never started"),
    ],
)
def test_wrong_braces_are_reported(typed: str, told: str) -> None:
    message = problem_of(par("First."), par(typed))
    assert told in message
    assert "body, paragraph 2, “" in message


def test_a_quotation_in_guillemets_is_reported_only_if_it_quotes_a_name_of_the_template() -> None:
    assert words(par("El término «confidencial» {{ name }}")) == ["El término «confidencial» Ms. Ada Byron"]
    assert "“«name»” is not a tag" in problem_of(par("Estimada «name», {{ name }}"))


def test_a_name_between_signs_is_reported_only_if_it_is_a_name_of_the_template() -> None:
    sound = "From 5% to %tax% and 10%, or $x$ {{ name }}"
    assert words(par(sound)) == [sound.replace("{{ name }}", "Ms. Ada Byron")]
    assert "“%name%” is not a tag" in problem_of(par("Dear %name%, {{ name }}"))


def test_a_leftover_merge_field_is_reported_once_per_paragraph() -> None:
    assert "“«first_name»” is not a tag" in problem_of(par("Dear «first_name», or «first_name»?"))


def test_a_tag_split_over_two_paragraphs_is_reported_once() -> None:
    message = problem_of(par("Dear {{ na"), par("me }}, text"))
    assert "A tag starts in paragraph 1 and ends in paragraph 2. Put the whole tag in one paragraph." in message


def test_a_missing_end_does_not_swallow_the_paragraphs_after_it() -> None:
    message = problem_of(par("One"), par("Dear {{ name, thank you"), par("Middle"), par("Signed {{ name }}"))
    assert "paragraph 2, “Dear {{ name, thank you”: }} is missing after “{{ name, thank you”." in message


def test_a_page_of_braces_does_not_stall() -> None:
    assert problems_of(par("{" * 5000), par("{{ ' " + "}}" * 2000), par("{ " * 3000 + "}" * 100), par("{{" * 3000))


# --- What a tag may say ---


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("{{ name.upper() }}", "cannot call"),
        ("{{ range(9) }}", "cannot call"),
        ("{{ cycler.__init__.__globals__ }}", "is not a field"),
        ("{{ ''.__class__ }}", "“__class__” is not a field"),
        ("{{ 'x' * 10 }}", "cannot multiply"),
        ("{{ 2 ** 9 }}", "cannot multiply"),
        ("{{ 1 / 2 }}", "cannot multiply or divide"),
        ("{{ name ~ name }}", "In {{ name ~ name }}, a tag cannot join values with ~"),
        ("{{ name[0:2] }}", "In {{ name[0:2] }}, this tag uses something a template cannot do"),
        ("{{#if urgent}}", "Write {% if urgent %}."),
        ("{{^urgent}}", "Write {% if not urgent %}."),
        ("{{#each names}}", "Write {% for one in names %}."),
        ("{{/if}}", "Write {% endif %}."),
        ("{{> signature}}", 'Write {%p include "signature" %}.'),
        ("{% if !urgent %}x{% endif %}", "Write {% if not urgent %}."),
        ("{% if urgent && name %}x{% endif %}", "Write and."),
        ("{% if name === 'x' %}x{% endif %}", "Write ==."),
        ("{{ name|uper }}", "There is no filter “uper”. Did you mean “upper”?"),
        ("{{ name|attr('x') }}", "There is no filter “attr”"),
        ("{{ name|attribute__ }}", "There is no filter"),
        ("{{ name|count('x') }}", "wrong number of values"),
        ("{% if name is defined %}x{% endif %}", "“is defined” cannot be used"),
        ("{{ name if urgent }}", "has no “else”"),
        ("{{ }}", "is empty"),
        ("{{ the name }}", "two words are next to each other"),
        ("{{ client’s name }}", "a closing quotation mark is missing"),
        ("{{ name § 3 }}", "the character “§” has no meaning"),
        ("{% if name = 'x' %}x{% endif %}", "a single = does not compare"),
        ("{% for items %}x{% endfor %}", "is not a loop"),
        ("{% for a, b in items %}x{% endfor %}", "This loop cannot be read"),
        ("{% set x = 1 %}", "is not a template instruction"),
        ("{% include 'x' %}", 'Write {%p include "x" %}.'),
        ("{% elsif urgent %}", "Did you mean {% elif urgent %}?"),
        ("{% elseif urgent %}", "Did you mean {% elif urgent %}?"),
        ("{% if urgent and %}x{% endif %}", "something is missing after “and”"),
        ("{% if or urgent %}x{% endif %}", "something is missing before “or”"),
        ("{% if name == %}x{% endif %}", "something is missing after “==”"),
        ("{{ name|plural }}", 'Write |plural("one", "many").'),
        ("{%\\n if urgent %}", "is not a template instruction"),
        ("{% if urgent %}a{% else if name %}b{% endif %}", "Write {% elif name %}."),
        ("{% if urgent %}a{% endif urgent %}", "Nothing may follow"),
        ("{{- name }}", "Remove the dash"),
        ("{% if urgent -%}x{% endif %}", "Remove the dash"),
        ("{{r }}", "Write {{ r }}, with a space after the braces."),
        ("{{p name }}", "Write {{ name }}, with a space after the braces."),
        ("{{ budget__ }}", "is not a field"),
        ("{{ 1.5 }}", "The number 1.5 is not allowed in a tag"),
    ],
)
def test_a_tag_with_unsupported_content_is_refused_in_plain_words(tag: str, told: str) -> None:
    assert told in problem_of(par(tag))


@pytest.mark.parametrize(
    ("tag", "told"),
    [
        ("{{ names|join(3) }}", "contain a number, not text. Put quotation marks around"),
        ("{{ names|join(none) }}", "parentheses after a filter contain nothing"),
        ("{{ names|join(order) }}", "parentheses after a filter contain a group of fields"),
        ("{{ names|join(order.sep) }}", "Nothing is called “sep”"),
        ("{{ names|join(*names) }}", "wrong number of values"),
        ("{{ 1|count(1, 2) }}", "parentheses after a filter contain a number"),
        ("{% for loop in names %}x{% endfor %}", "cannot name its entries “loop”"),
        ("{% if 1 == 2 == 3 %}x{% endif %}", "compares three things at once. Compare two at a time"),
        ("{% if 'a' in names != order %}x{% endif %}", "compares three things at once"),
        ("{{ names[order] }}", "The square brackets contain a group of fields, not a name or a number."),
        (f"{{{{ {'(' * 400}1{')' * 400} }}}}", "is too complex. Split it"),
        (f"{{{{ {'[' * 60}{']' * 60} }}}}", "is too complex"),
        (f"{{{{ order{'.a' * 450} }}}}", "is too complex"),
        (f"{{{{ names{'[0]' * 300} }}}}", "is too complex"),
        (f"{{{{ 1{'+1' * 450} }}}}", "is too complex"),
        (f"{{{{ 1{' if 1 else 1' * 80} }}}}", "is too complex"),
        (f"{{{{ {'- ' * 480}1 }}}}", "is too complex"),
        (f"{{% if {'not ' * 240}urgent %}}x{{% endif %}}", "is too complex"),
        ("{% for x in names %}" * 25 + "x" + "{% endfor %}" * 25, "is nested inside 15 other blocks"),
        ("{% if urgent %}" * 110 + "x" + "{% endif %}" * 110, "is nested inside 15 other blocks"),
        ("{% if urgent %}x" + "{% elif urgent %}y" * 3000 + "{% endif %}", "too many conditions and loops"),
    ],
    ids=lambda text: text[:30],
)
def test_what_python_could_not_compile_is_refused_at_its_place(tag: str, told: str) -> None:
    message = problem_of(par("One"), par(tag), context={"names": ["a", "b"], "order": {}, "urgent": True})
    assert told in message
    assert "body, paragraph 2, “{" in message


def test_a_title_with_too_many_branches_is_refused_at_its_place() -> None:
    title = "{% if urgent %}x" + "{% elif urgent %}y" * 3000 + "{% endif %}"
    assert "document property Title" in problem_of(par("x"), properties=core(title))


def test_a_template_just_within_the_limits_is_filled() -> None:
    deep: Any = "x"
    for _ in range(35):
        deep = {"a": deep}
    context = {"deep": deep, "many": [["x"]], "urgent": True, "text": "x"}
    for tag, said in (
        ("{{ (((((((((((((((((((text))))))))))))))))))) }}", "x"),
        (f"{{{{ deep{'.a' * 35} }}}}", "x"),
        (f"{{{{ text{'|upper' * 36} }}}}", "X"),
        (f"{{{{ 1{'+1' * 36} }}}}", "37"),
        (f"{{{{ 1{' if urgent else 1' * 36} }}}}", "1"),
        (f"{{% if {'not ' * 36}urgent %}}x{{% endif %}}", "x"),
        (f"{{% if urgent{' and urgent' * 36} %}}x{{% endif %}}", "x"),
        ("{% for y in many if urgent %}" * 15 + "{{ loop.index }}" + "{% else %}z{% endfor %}" * 15, "1"),
        ("{% if 1 < 2 <= 3 %}x{% endif %}", "x"),
    ):
        assert words(par(tag), context=context) == [said], tag[:40]


def test_every_part_that_does_not_exist_is_named_in_one_run() -> None:
    context = {"order": {"id": 1, "by": {"name": "x"}}, "deadlines": {}, "name": "x"}
    body = [par("{{ order.nmae }} {{ order.by.nme }}"), par("{% if name == 'y' %}{{ order.zz }}{% endif %}")]
    found = [str(each) for each in problems_of(*body, context=context)]
    assert len(found) == 3
    assert all(f"Nothing is called “{name}”" in each for name, each in zip(("nmae", "nme", "zz"), found, strict=True))
    found = [str(each) for each in problems_of(par("{{ nobody }} {{ order.zz }}"), context=context)]
    assert len(found) == 2, found


@pytest.mark.parametrize("tag", ["{{ n }}", "{{ n|count('a', 'b') }}", "{{ [n]|join }}", "{{ -n }}", "{{ [1][n] }}"])
def test_a_number_of_thousands_of_digits_is_refused(tag: str) -> None:
    assert "is too long a number to print." in problem_of(par(tag), context={"n": 10**5000})


@pytest.mark.parametrize(
    "tag",
    [
        "{{ order.zz|count('a', 'b') }}",
        "{% if order.zz in names %}x{% endif %}",
        "{% if order.zz not in names %}x{% endif %}",
        "{% if order.zz in 'text' %}x{% endif %}",
        "{% if 'a' in order.zz %}x{% endif %}",
        "{% colspan order.zz %}x",
        "{% cellbg order.zz %}x",
    ],
)
def test_a_field_that_is_not_there_is_named_wherever_it_is_used(tag: str) -> None:
    assert "Nothing is called “zz”" in problem_of(table([tag]), context={"order": {}, "names": ["a"]})


def test_every_problem_is_reported_at_once_with_part_paragraph_heading_and_words() -> None:
    found = problems_of(
        par("Facts of the case", properties='<w:pStyle w:val="H2"/>'),
        par("Dear {{ nam e }},"),
        par("{% if urgent %}applies."),
        table(["{{ name|foo }}", "fine"]),
        parts={"word/header1.xml": (TYPE + "header+xml", header("{{ name() }}"))},
        links=(("h1", REL + "header", "header1.xml", False),),
        section='<w:headerReference w:type="first" r:id="h1"/>',
    )
    places = [problem.where.removeprefix("denial/letter.docx, ") for problem in found]
    assert places == [
        "body, paragraph 2 under “Facts of the case”, “Dear {{ nam e }},”",
        "body, paragraph 3 under “Facts of the case”, “{% if urgent %}applies.”",
        "body, paragraph 4 under “Facts of the case”, “{{ name|foo }}”",
        "first-page header, paragraph 1, “{{ name() }}”",
    ]


# --- Blocks ---

IF, END = "{%p if urgent %}", "{%p endif %}"


@pytest.mark.parametrize("urgent", [True, False])
def test_a_block_that_crosses_into_a_table_is_refused_in_both_branches(urgent: bool) -> None:
    body = par("Before {% if urgent %}start"), table(["cell {% endif %} text"])
    assert "is in a table cell" in problem_of(*body, context={"urgent": urgent})


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (par("Clause 4 {% if urgent %}applies."), "is never ended. Put {% endif %}"),
        (par("applies.{% endif %}"), "ends an “if” that was never started"),
        (par("{% else %}"), "is not inside an “if”"),
        (par("{% if urgent %}a{% else %}b{% else %}c{% endif %}"), "comes after the “else”"),
        (
            par("{% if urgent %}{% for i in items %}x{% endif %}"),
            "{% for i in items %} is never ended",
        ),
        (par(IF) + par("x {% endif %}"), "do not apply to the same thing"),
        (par("{% if urgent %}one") + par("two{% endif %}"), "{%p if urgent %} and {%p endif %}"),
        (
            table(["{% for i in items %}{{ i.d }}", "{{ i.s }}{% endfor %}"]),
            "Put {%tr for i in items %} in a row",
        ),
        (table(["{%tr for i in items %}{{ i.d }}{%tr endfor %}"]), "Put each in a row of its own"),
        (table([f"{par(IF)}{par('x')}"], [par(END)]), "table cell"),
        (
            par("{% if urgent %}", f"<w:hyperlink w:anchor='x'>{run('x{% endif %}')}</w:hyperlink>"),
            "another place",
        ),
        (par("Dear Sir, {%p if urgent %} you must") + par(END), "including the text “Dear Sir, you must”"),
        (par("{%p if urgent %}Words{%p endif %}"), "There are 2 {%p tags in one paragraph. Use {% if %}"),
        (par(IF, properties=f"<w:sectPr>{PAGE}</w:sectPr>") + par(END), "including a section break"),
        (par(drawing(), IF) + par(END), "including a picture"),
        (par(IF, '<w:r><w:br w:type="page"/></w:r>') + par(END), "including a page break"),
        (par(IF, '<w:r><w:footnoteReference w:id="2"/></w:r>') + par(END), "including a footnote"),
        (table(["{%tr if urgent %}", "words"], ["{%tr endif %}", ""]), "including the text “words”"),
        (par("{%tr for i in items %}") + par("{%tr endfor %}"), "is not in a table"),
        (
            f"<w:sdt><w:sdtContent>{par(IF)}</w:sdtContent></w:sdt>{par('x')}{par(END)}",
            "is in another place",
        ),
        (par("{% vm %}"), "works only inside a loop"),
        (
            par(
                "{% if urgent %}",
                '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
                "{% endif %}",
                '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
            ),
            "is inside a field",
        ),
    ],
)
def test_a_block_that_would_damage_the_document_is_refused(body: str, told: str) -> None:
    assert any(told in str(problem) for problem in problems_of(body))


def test_a_block_over_paragraphs_keeps_or_drops_them_whole() -> None:
    body = (
        par("One"),
        par("{%p if urgent %}"),
        par("Two"),
        par("{%p else %}"),
        par("Three"),
        par("{%p endif %}"),
    )
    assert words(*body, context={"urgent": True}) == ["One", "Two"]
    assert words(*body, context={"urgent": False}) == ["One", "Three"]


@pytest.mark.parametrize("opening", ["{% p if urgent %}", "{%pif urgent %}", "{%P If urgent %}", "{% if urgent %}"])
def test_a_lone_if_takes_its_paragraph_with_it_however_it_is_written(opening: str) -> None:
    body = par(opening), par("Now"), par("{% endif %}" if opening.startswith("{% if") else "{%p endif %}")
    assert words(*body) == ["Now"]
    assert words(*body, context={"urgent": False}) == []


def test_percent_signs_and_braces_inside_a_paragraph_tag_are_read() -> None:
    assert words(par('{%p if total % 2 == 0 and "}" != "%}" %}'), par("even"), par(END), context={"total": 4}) == [
        "even"
    ]


def test_a_paragraph_its_tags_left_empty_is_removed_and_nothing_else_is() -> None:
    empty = par("{% if urgent %}Now{% endif %}")
    context = {"urgent": False}
    assert words(par("One"), empty, par("Two"), context=context) == ["One", "Two"]
    assert words(par("One"), par(""), par("Two"), context=context) == ["One", "", "Two"]
    assert words(table(["a"]), empty, table(["b"]), context=context) == ["a", "", "b"], "two tables must not merge"
    assert words(table([empty]), context=context) == [""], "a cell keeps its last paragraph"
    with_break = par("One"), par("{{ word }}", '<w:r><w:br w:type="page"/></w:r>'), par("Two")
    assert len(words(*with_break, context={"word": ""})) == 3
    section = par("One"), par("{{ word }}", properties=f"<w:sectPr>{PAGE}</w:sectPr>"), par("Two")
    assert len(words(*section, context={"word": ""})) == 3


def test_rows_repeat_and_an_empty_table_is_removed() -> None:
    rows = table(["Item", "Sum"], ["{%tr for i in items %}", ""], ["{{ i.d }}", "{{ i.s }}"], ["{%tr endfor %}", ""])
    assert words(rows) == ["Item", "Sum", "Rent", "100", "Costs", "20"]
    bare = table(["{%tr for i in items %}", ""], ["{{ i.d }}", "{{ i.s }}"], ["{%tr endfor %}", ""])
    letter = filled(bare, context={"items": []})
    assert part_of(letter).find(f".//{{{W}}}tbl") is None


def test_an_emptied_cell_and_an_emptied_control_stay_valid() -> None:
    control = f"<w:sdt><w:sdtContent>{par(IF)}{par('x')}{par(END)}</w:sdtContent></w:sdt>"
    letter = filled(table([par(IF) + par("Content") + par(END)]), control, context={"urgent": False})
    for name in ("tc", "sdtContent"):
        node = part_of(letter).find(f".//{{{W}}}{name}")
        assert node is not None
        assert node[-1].tag == f"{{{W}}}p"


@pytest.mark.parametrize("kept", ["", "<w:tr><w:tc><w:p/></w:tc></w:tr>"])
def test_a_table_is_removed_if_the_control_around_its_rows_is_empty(kept: str) -> None:
    rows = table(["{%tr if urgent %}"], ["x"], ["{%tr endif %}"])
    rows = rows.replace("<w:tr>", "<w:sdt><w:sdtContent><w:tr>", 1)
    rows = rows.replace("</w:tbl>", f"</w:sdtContent></w:sdt>{kept}</w:tbl>")
    for body in (rows, table([rows])):
        root = part_of(filled(body, context={"urgent": False}))
        for found in root.iter(f"{{{W}}}tbl"):
            assert found.find(f"{{{W}}}tr") is not None
            assert found.find(f"{{{W}}}sdt") is None
        assert len(list(root.iter(f"{{{W}}}tbl"))) == bool(kept) + (body is not rows)
        for cell in root.iter(f"{{{W}}}tc"):
            assert cell[-1].tag == f"{{{W}}}p"


def test_a_run_that_filling_left_empty_is_dropped() -> None:
    split = run("{% if urgent %}", "<w:b/>"), run("Now", "<w:i/>"), run("{% endif %}", "<w:b/>")
    alike = run("{{ word }}", '<w:rStyle w:val="A"/><w:lang w:val="en-US"/>'), run("{% if urgent %}Now{% endif %}")
    linked = f'<w:hyperlink w:anchor="x">{run("{{ word }}")}{run("here")}</w:hyperlink>'
    spanned = table(["{% colspan 2 %}", "b"])
    for urgent in (True, False):
        letter = filled(
            par("a", *split), par("b", *alike), par(linked), spanned, context={"urgent": urgent, "word": ""}
        )
        assert paragraphs(letter)[:3] == (["aNow", "bNow", "here"] if urgent else ["a", "b", "here"])
        assert b"letters" not in etree.tostring(part_of(letter))
        for node in part_of(letter).iter(f"{{{W}}}r"):
            assert "".join(node.itertext()), etree.tostring(node)


def test_an_empty_run_that_something_needs_or_the_author_left_stays() -> None:
    own = "<w:r><w:rPr><w:b/></w:rPr><w:t xml:space='preserve'></w:t></w:r>"
    tag = "<w:t>{{ word }}</w:t>"
    result = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        "<w:r><w:instrText> SEQ x </w:instrText></w:r>",
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        f"<w:r>{tag}</w:r>",
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    )
    needed = (
        par("a", own),
        par(
            "b",
            f"<w:r>{tag}<w:br/></w:r>",
            f"<w:r><w:tab/>{tag}</w:r>",
            drawing().replace("<w:drawing>", tag + "<w:drawing>"),
        ),
        par("c", *result),
        par("d", f'<w:fldSimple w:instr=" SEQ x "><w:r>{tag}</w:r></w:fldSimple>'),
        par("e", f"<w:sdt><w:sdtContent><w:r>{tag}</w:r></w:sdtContent></w:sdt>"),
    )
    runs = [
        [
            len(list(paragraph.iter(f"{{{W}}}r")))
            for paragraph in part_of(filled(*needed, context={"word": word})).iter(f"{{{W}}}p")
        ]
        for word in ("", "x")
    ]
    assert runs[0] == runs[1] == [2, 4, 6, 2, 2, 1]


def test_docxtpls_cell_tags_work_and_keep_the_order_word_wants() -> None:
    body = table(
        ["{%tc for i in items %}", "{% cellbg i.colour %}{{ i.d }}", "{%tc endfor %}"],
        ["{% colspan items|length %}Total", "x", "y"],
    )
    context = {"items": [{"d": "A", "colour": "F2F2F2"}, {"d": "B", "colour": "#00ff00"}]}
    letter = filled(body, context=context)
    cells = list(part_of(letter).iter(f"{{{W}}}tc"))
    properties = [[etree.QName(node).localname for node in cell.find(f"{{{W}}}tcPr")] for cell in cells]
    assert properties[:3] == [["tcW", "shd"], ["tcW", "shd"], ["tcW", "gridSpan"]]
    assert [node.get(f"{{{W}}}fill") for node in part_of(letter).iter(f"{{{W}}}shd")] == ["F2F2F2", "00ff00"]
    assert "is not a color" in problem_of(body, context={"items": [{"d": "A", "colour": '"/><w:x'}]})


def test_docxtpls_merged_cells_work_in_loops() -> None:
    rows = table(["{%tr for i in items %}", ""], ["{% vm %}Group", "{{ i.d }}"], ["{%tr endfor %}", ""])
    letter = filled(rows)
    assert [node.get(f"{{{W}}}val") for node in part_of(letter).iter(f"{{{W}}}vMerge")] == [
        "restart",
        "continue",
    ]
    assert paragraphs(letter)[:4] == ["Group", "Rent", "", "Costs"]
    wide = table(["{%tc for i in items %}", "{% hm %}Wide", "{%tc endfor %}"])
    assert [node.get(f"{{{W}}}val") for node in part_of(filled(wide)).iter(f"{{{W}}}gridSpan")] == ["2"]


def test_copies_made_by_a_loop_get_unique_names_and_ids() -> None:
    clause = par('<w:bookmarkStart w:id="3" w:name="clause"/>', "{{ i.d }}", '<w:bookmarkEnd w:id="3"/>', drawing())
    letter = filled(par("{%p for i in items %}"), clause, par("{%p endfor %}"))
    root = part_of(letter)
    starts = list(root.iter(f"{{{W}}}bookmarkStart"))
    assert [node.get(f"{{{W}}}name") for node in starts] == ["clause", "clause_copy2"]
    identifiers = [node.get(f"{{{W}}}id") for node in starts]
    assert identifiers == [node.get(f"{{{W}}}id") for node in root.iter(f"{{{W}}}bookmarkEnd")]
    assert len(set(identifiers)) == 2
    assert len({node.get("id") for node in root.iter("{*}docPr")}) == 2


def test_half_a_bookmark_left_by_a_condition_is_dropped() -> None:
    start, end = '<w:bookmarkStart w:id="3" w:name="clause"/>', '<w:bookmarkEnd w:id="3"/>'
    letter = filled(par(IF), par(start, "x"), par(END), par(end, "y"), context={"urgent": False})
    assert part_of(letter).find(f".//{{{W}}}bookmarkEnd") is None


# --- Values ---

ALLOWED = {
    "ampersand": "Smith & Sons",
    "less than": "if A<B and C>D",
    "angle": "<draft> text",
    "entity": "AT&T; &amp; &lt;",
    "cdata": "]]>",
    "quotes": '"O\'Brien" “x”',
    "spaces": "  lead and trail  ",
    "nbsp": "10\u00a0000",
    "emoji": "ok 🙂",
    "hebrew": "שלום",
    "decomposed": "Ame\u0301lie",
    "long": "x" * 300,
    "braces": "{{ 7*7 }} {% if %} {#c#}",
    "docxtpl": "{_{ 7*7 }_}",
    "one brace": "a { b } c",
    "xml": "</w:t></w:r></w:p><w:p><w:r><w:t>INJECTED",
    "our own": "{{ letters0 }}",
    "tab": "a\tb",
    "newline": "12 High St\nLondon",
    "format": "{what} %s {0}",
    "next line": "one\x85two",
    "separator": "one\u2028two",
    "crlf": "12 High St\r\nLondon",
    "cr": "12 High St\rLondon",
    "mix": "a\n\r\n{{b}}\t& c",
}
REFUSED = [
    "one\x00two",
    "one\x0btwo",
    "one\x0ctwo",
    "one\x07two",
    "one\x1b[0mtwo",
    "one\ufffetwo",
    "x\ud800y",
    "\ufdd0",
]
EVERYWHERE = {
    "parts": {
        "word/header1.xml": (TYPE + "header+xml", header("[{{ v }}]")),
        "word/footer1.xml": (TYPE + "footer+xml", header("[{{ v }}]", "ftr")),
        "word/footnotes.xml": (
            TYPE + "footnotes+xml",
            f'<w:footnotes {NAMESPACES}><w:footnote w:id="2">{par("[{{ v }}]")}</w:footnote></w:footnotes>',
        ),
        "word/endnotes.xml": (
            TYPE + "endnotes+xml",
            f'<w:endnotes {NAMESPACES}><w:endnote w:id="2">{par("[{{ v }}]")}</w:endnote></w:endnotes>',
        ),
    },
    "links": (
        ("h", REL + "header", "header1.xml", False),
        ("f", REL + "footer", "footer1.xml", False),
        ("n", REL + "footnotes", "footnotes.xml", False),
        ("e", REL + "endnotes", "endnotes.xml", False),
    ),
    "section": '<w:headerReference w:type="default" r:id="h"/><w:footerReference w:type="default" r:id="f"/>',
    "properties": core("[{{ v }}]", "{{ v }}"),
}


@pytest.fixture(scope="module")
def everywhere() -> Template:
    return compiled(par("[{{ v }}]"), table(["[{{ v }}]"]), par(drawing("[{{ v }}]")), **EVERYWHERE)


@pytest.mark.parametrize("value", ALLOWED.values(), ids=ALLOWED.keys())
def test_a_value_arrives_unchanged_wherever_it_goes(everywhere: Template, value: str) -> None:
    letter = everywhere.fill({"v": value}, PROPERTIES)
    lines = re.sub("\r\n|[\r\x85\u2028]", "\n", value)
    expected = f"[{lines}]"
    assert paragraphs(letter)[:2] == [expected, expected]
    assert paragraphs(letter)[-1] == CLOSING
    for part in ("header1", "footer1", "footnotes", "endnotes"):
        assert paragraphs(letter, f"word/{part}.xml") == [expected]
    flat = re.sub("[\n\t]", " ", expected)
    description = next(part_of(letter).iter("{*}docPr")).get("descr")
    assert description == flat
    assert docx.Document(io.BytesIO(letter)).core_properties.title == flat
    assert part_of(letter)[0][-1].tag == f"{{{W}}}sectPr"


@pytest.mark.parametrize("value", REFUSED, ids=repr)
def test_a_character_a_letter_cannot_contain_is_refused_with_its_field(value: str) -> None:
    found = problems_of(par("Dear {{ who.v }},"), context={"who": {"v": value}})
    assert "The value of who.v contains the character U+" in str(found[0])
    assert found[0].field == "who.v"


def test_leading_and_trailing_spaces_of_a_value_survive_word() -> None:
    plain = "<w:p><w:r><w:t>{{ v }}</w:t></w:r></w:p>"
    for node in part_of(filled(plain, context={"v": " a\n b "})).iter(f"{{{W}}}t"):
        if (node.text or "").strip() != node.text:
            assert node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"


@pytest.mark.parametrize(
    ("tag", "value", "told"),
    [
        ("{{ v }}", None, "“v” has no value here. Wrap it in {% if v %}"),
        ("{{ v }}", True, "“v” is yes or no"),
        ("{{ v }}", 1.5, "“v” is a number with a decimal point"),
        ("{{ v }}", ["a"], "“v” is a list. Write {{ v|and_list }}"),
        ("{{ v }}", {"a": 1, "b": 2}, "“v” is a group of fields. Print one of them: a, b."),
        ("{{ v.a }}", None, "“a” in {{ v.a }} cannot be found"),
        ("{{ v.nmae }}", {"name": "x"}, "Nothing is called “nmae” in {{ v.nmae }}. Did you mean “name”?"),
        ("{{ v[3] }}", ["a"], "has 1 entries"),
        ("{{ v|upper }}", None, "“v” has no value here"),
        ("{{ v|and_list }}", [], "is an empty list here"),
        ("{{ v|and_list }}", ["a", None], "has no value here"),
        ("{{ v|date }}", "2019-08-02", "“v” is text, not a date"),
        ("{{ v|date('%Q') }}", dt.date(2019, 8, 2), "“%Q” is not a part of a date"),
        ("{{ v|count('a', 'b') }}", "x", "cannot be counted"),
        ("{% for c in v %}{{ c }}{% endfor %}", "text", "“v” is text, not a list"),
        ("{% for c in v %}{{ c }}{% endfor %}", None, "“v” has no value here"),
        ("{% for c in v %}{{ c }}{% endfor %}", {"a": 1}, "“v” is a group of fields, not a list"),
        ("{% if v == 'x' %}a{% endif %}", 3, "compares a number with text"),
        ("{% if v == '2019-08-02' %}a{% endif %}", dt.date(2019, 8, 2), "compares a date with text"),
        ("{% if v > 3 %}a{% endif %}", "x", "cannot be combined"),
        ("{{ v % 2 }}", "%9999999999d", "cannot combine"),
        ("{{ v + 2 }}", "x", "cannot combine"),
    ],
)
def test_a_value_that_cannot_be_printed_is_an_error_and_never_a_blank(tag: str, value: object, told: str) -> None:
    message = problem_of(par("One"), par(f"Dear {tag},"), context={"v": value})
    assert told in message
    assert "body, paragraph 2, “Dear {" in message


def test_misspelled_names_are_found_in_unused_branches_too() -> None:
    found = problems_of(
        par("Dear {{ nmae }},"),
        par("{% if urgent %}a{% else %}{{ naem }}{% endif %}"),
        context={"name": "x", "urgent": True},
    )
    assert sorted(problem.hint for problem in found) == ["Did you mean “name”?"] * 2
    assert {problem.field for problem in found} == {"nmae", "naem"}


LINK = par('<w:fldSimple w:instr="HYPERLINK &quot;{{ url }}&quot;"><w:r><w:t>here</w:t></w:r></w:fldSimple>')


@pytest.mark.parametrize("url", ["file:///c:/x", "javascript:1", "our page", "C:\\x", 'https://example.com/a"b'])
def test_an_answer_that_is_no_address_is_refused_as_an_answer(url: str) -> None:
    (problem,) = problems_of(LINK, context={"url": url})
    assert (problem.code, problem.field) == (ANSWER, "url")


def test_the_address_of_a_link_comes_from_an_answer() -> None:
    letter = part_of(filled(LINK, context={"url": "https://example.com/form"}))
    (link,) = letter.iter(f"{{{W}}}fldSimple")
    assert link.get(f"{{{W}}}instr") == 'HYPERLINK "https://example.com/form"'


def test_what_is_filled_into_an_address_cannot_divide_it() -> None:
    code = "HYPERLINK &quot;mailto:{{ to }}?subject={{ re }}&amp;body={{ re }}&quot; \\o &quot;On {{ re }}&quot;"
    field = par(f'<w:fldSimple w:instr="{code}"><w:r><w:t>here</w:t></w:r></w:fldSimple>')
    letter = part_of(
        filled(field, LINK, context={"to": "a@b.example", "re": "Nos. 1 & 2?", "url": "https://x.example/a b"})
    )
    first, second = (link.get(f"{{{W}}}instr") for link in letter.iter(f"{{{W}}}fldSimple"))
    coded = "Nos.%201%20%26%202%3F"
    assert first == f'HYPERLINK "mailto:a@b.example?subject={coded}&body={coded}" \\o "On Nos. 1 & 2?"'
    assert second == 'HYPERLINK "https://x.example/a%20b"'


def test_a_name_used_outside_its_loop_is_named_with_the_loop() -> None:
    loop = par("{%p for each in names %}"), par("{{ each }}"), par("{%p endfor %}")
    found = problems_of(*loop, par("Last: {{ each }}"), context={"names": ["x"]})
    assert [problem.message for problem in found] == [
        "“each” in {{ each }} exists only inside its loop, {%p for each in names %}."
    ]


@pytest.mark.parametrize("name", ["items", "values", "keys", "get", "pop", "copy", "update", "loop_", "self", "count"])
def test_a_field_named_like_something_of_pythons_prints_the_data(name: str) -> None:
    assert words(par(f"{{{{ order.{name} }}}}"), context={"order": {name: "Rent"}}) == ["Rent"]
    if name not in ("items", "self"):
        assert words(par(f"{{{{ {name} }}}}"), context={name: "Rent"}) == ["Rent"]


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ day }}", "August 2, 2019"),
        ("{{ day|date }}", "August 2, 2019"),
        ("{{ day|date('%d/%m/%y, %A %-d %b') }}", "02/08/19, Friday 2 Aug"),
        ("{{ day.year }}", "2019"),
        ("{{ one|and_list }}", "a"),
        ("{{ two|and_list }}", "a and b"),
        ("{{ three|and_list }}", "a, b, and c"),
        ("{{ three|or_list }}", "a, b, or c"),
        ("{{ 1|count('request', 'requests') }}", "1 request"),
        ("{{ three|count('request', 'requests') }}", "3 requests"),
        ("{{ 0|count('request', 'requests') }}", "0 requests"),
        ("{{ text|upper }} {{ text|lower }} {{ text|capitalize_first }}", "MC DONALD mc donald Mc Donald"),
        ("{{ three|first }}{{ three|last }}{{ three|length }}{{ three|join(';') }}", "ac3a;b;c"),
        ("{{ none|default('nothing') }}", "nothing"),
        ("{{ number }}", "1234"),
    ],
)
def test_filters_say_it_in_english(tag: str, said: str) -> None:
    context = {
        "day": dt.date(2019, 8, 2),
        "one": ["a"],
        "two": ["a", "b"],
        "three": ["a", "b", "c"],
        "text": "mc Donald",
        "none": None,
        "number": 1234,
    }
    assert words(par(tag), context=context) == [said]


def test_loops_cannot_run_for_ever() -> None:
    deep = "".join(f"{{% for x{n} in many %}}" for n in range(5)) + "x" + "{% endfor %}" * 5
    assert "run more than" in problem_of(par(deep), context={"many": list(range(100))})
    long = "{% for x in many %}{{ text }}{% endfor %}"
    assert "larger than any letter" in problem_of(par(long), context={"many": [1] * 500, "text": "x" * 100_000})


# --- Other parts ---


def test_headers_footers_notes_and_both_copies_of_a_text_box_are_filled() -> None:
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wp:inline><wps:txbx><w:txbxContent>'
        f"{par('Box {{ name }}')}</w:txbxContent></wps:txbx></wp:inline></w:drawing></mc:Choice>"
        f"<mc:Fallback><w:pict><v:textbox><w:txbxContent>{par('Box {{ name }}')}</w:txbxContent>"
        "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    assert (
        words(par("Above {{ name }}", box))
        == ["Above Ms. Ada ByronBox Ms. Ada ByronBox Ms. Ada Byron"] + ["Box Ms. Ada Byron"] * 2
    )
    broken = box.replace("{{ name }}", "{{ name() }}")
    assert len(problems_of(par("Above", broken))) == 1, "two copies, one problem"


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {
                "parts": {"docProps/app.xml": ("", "<Properties><Company>{{ name }}</Company></Properties>")},
            },
            "document property Company or Manager: The tag “{{ name }}” is in a place where tags are",
        ),
        (
            {"parts": {"docProps/custom.xml": ("", "<Properties><lpwstr>{{ name }}</lpwstr></Properties>")}},
            "custom document properties",
        ),
        (
            {"links": (("l", REL + "hyperlink", "mailto:%7b%7b%20email%20%7d%7d", True),)},
            "link target: The tag “{{ email }}”",
        ),
        ({"links": (("l", REL + "hyperlink", "mailto:{{ email }}", True),)}, "link target"),
        (
            {
                "properties": core("Letter to {{ name"),
            },
            "document property Title",
        ),
        (
            {
                "properties": core("Letter {% if urgent %}"),
            },
            "is never ended",
        ),
    ],
)
def test_a_tag_where_nothing_is_filled_is_reported(more: dict[str, Any], told: str) -> None:
    assert told in problem_of(par("{{ name }}"), **more)


def test_a_tag_in_a_formula_is_reported() -> None:
    formula = "<m:oMath><m:r><m:t>{{ name }}</m:t></m:r></m:oMath>"
    assert "is in a place where tags are never filled" in problem_of(par("x", formula))


def test_a_field_code_accepts_plain_text_only() -> None:
    code = '<w:r><w:instrText xml:space="preserve"> HYPERLINK "mailto:{{ email }}" </w:instrText></w:r>'
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r>',
        code,
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r>',
        "mail",
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>',
    )
    letter = filled(par(*field), context={"email": "a@b.example"})
    assert "mailto:a@b.example" in "".join(part_of(letter).itertext(f"{{{W}}}instrText"))
    assert "which is not allowed in a field code" in problem_of(par(*field), context={"email": 'a" \\o "x'})


# --- What must not leave the office ---


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            '<w:del w:id="1" w:author="A. Associate"><w:r><w:delText>{{ old }}</w:delText></w:r></w:del>'
            '<w:ins w:id="2" w:author="B. Boss"><w:r><w:t>{{ na</w:t></w:r></w:ins>'
            "<w:r><w:t>me }}</w:t></w:r>",
            "2 tracked changes are left (by A. Associate, B. Boss). "
            "The tag {{ old }} is in deleted text. In Word: Review, Accept All Changes",
        ),
        ('<w:commentRangeStart w:id="0"/><w:r><w:commentReference w:id="0"/></w:r>', "1 comment is left."),
        (run("secret", "<w:vanish/>"), "The text “secret” is hidden"),
        (run("secret", '<w:rStyle w:val="Ghost"/>'), "The text “secret” is hidden"),
        ("<w:r><w:instrText> INCLUDETEXT c:\\x </w:instrText></w:r>", "fetches something from outside"),
    ],
)
def test_tracked_changes_comments_and_hidden_text_are_refused_with_place_and_hint(body: str, told: str) -> None:
    ghost = '<w:style w:type="character" w:styleId="Ghost"><w:rPr><w:vanish/></w:rPr></w:style>'
    message = problem_of(par("Dear"), par(body), styles=ghost)
    assert told in message
    assert "body, paragraph 2" in message


def test_paragraphs_are_counted_the_same_way_for_all_problems() -> None:
    box = (
        '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><w:txbxContent><w:p/></w:txbxContent>'
        "</w:drawing></mc:Choice><mc:Fallback><w:pict><w:txbxContent><w:p/></w:txbxContent></w:pict></mc:Fallback>"
        "</mc:AlternateContent></w:r>"
    )
    found = problems_of(par("One", box), par(run("secret", "<w:vanish/>"), "{{ name() }}"))
    assert ["body, paragraph 3, “secret{{ name() }}”" in problem.where for problem in found] == [True, True]


def test_a_linked_picture_is_refused() -> None:
    assert "loads something from outside" in problem_of(
        par("x"), links=(("i", REL + "image", "https://elsewhere.example/x.png", True),)
    )


def test_nothing_of_the_templates_history_is_in_the_letter() -> None:
    letter = filled(
        '<w:p w:rsidR="00A77427" w14:paraId="12345678"><w:r w:rsidRPr="00A77428">'
        "<w:t>Dear {{ name }}</w:t></w:r></w:p>",
        "<w:p><w:sdt><w:sdtPr><w:dataBinding w:xpath='/x'/><w:showingPlcHdr/><w:lock w:val='sdtLocked'/>"
        f"<w:text/></w:sdtPr><w:sdtContent>{run('{{ name }}')}</w:sdtContent></w:sdt></w:p>",
        parts={
            "customXml/item1.xml": ("", "<c>OLD CLIENT</c>"),
            "docProps/custom.xml": ("", "<Properties>OLD MATTER</Properties>"),
            "word/people.xml": ("", "<people>FORMER</people>"),
            "word/_rels/settings.xml.rels": (
                "",
                _relationships((("t", REL + "attachedTemplate", "file:///R:/dead.dotm", True),)),
            ),
        },
        links=(
            ("c", REL + "customXml", "../customXml/item1.xml", False),
            ("p", REL + "people", "people.xml", False),
        ),
        settings='<w:attachedTemplate r:id="t"/><w:trackRevisions/><w:rsids><w:rsidRoot w:val="00A77427"/></w:rsids>',
        properties=core("Draft for OTHER CLIENT"),
    )
    with zipfile.ZipFile(io.BytesIO(letter)) as archive:
        everything = "".join(archive.read(name).decode() for name in archive.namelist()) + " ".join(archive.namelist())
    for trace in (
        "rsid",
        "paraId",
        "dataBinding",
        "showingPlcHdr",
        "w:lock",
        "OLD CLIENT",
        "OLD MATTER",
        "FORMER",
        "customXml",
        "Former Employee",
        "paralegal",
        "OTHER CLIENT",
        "attachedTemplate",
        "dead.dotm",
        "trackRevisions",
        "revision",
    ):
        assert trace not in everything, trace
    assert paragraphs(letter)[:2] == ["Dear Ms. Ada Byron", "Ms. Ada Byron"]


@pytest.mark.parametrize(
    "core_rel",
    [
        CORE_REL,
        "http://schemas.openxmlformats.org/officedocument/2006/relationships/metadata/core-properties",
    ],
)
def test_properties_come_from_the_letter_once_even_for_a_libreoffice_template(core_rel: str) -> None:
    letter = filled(par("{{ name }}"), core_rel=core_rel)
    found = docx.Document(io.BytesIO(letter)).core_properties
    assert (found.title, found.author, found.language) == (PROPERTIES.title, PROPERTIES.author, "en-US")
    assert found.created == found.modified
    assert str(found.created).startswith("2019-08-02 00:00:00")
    assert (found.last_modified_by, found.keywords) == ("", "")
    language = part_of(letter, "word/styles.xml").find(f".//{{{W}}}docDefaults//{{{W}}}lang")
    assert language is not None
    assert language.get(f"{{{W}}}val") == "en-US"


def test_a_title_with_tags_is_filled_and_escaped_once() -> None:
    letter = filled(par("x"), properties=core("Letter to {{ firm }}"), context={"firm": "Smith & Sons"})
    assert docx.Document(io.BytesIO(letter)).core_properties.title == "Letter to Smith & Sons"


@pytest.mark.parametrize("title", ["a\x00b", "a\ud800b", "a\x0bb"], ids=repr)
def test_a_title_a_file_cannot_contain_is_refused(title: str) -> None:
    with pytest.raises(TemplateAtFault, match="title, office, or language"):
        compiled(par("x")).fill({}, DocumentProperties(title, "Office", "en-US", dt.date(2019, 8, 2)))


def test_conditions_inside_loops_see_the_current_entry() -> None:
    line = "{% for i in items %}{{ i.d }}{% if not loop.last %}, {% endif %}{% else %}nothing{% endfor %}"
    assert words(par(line)) == ["Rent, Costs"]
    assert words(par(line), context={"items": []}) == ["nothing"]
    lines = ("{%p if i.s == '20' %}", "small", "{%p elif i.d %}", "{{ i.d }}", "{%p endif %}")
    rows = table(["{%tr for i in items %}"], ["".join(map(par, lines))], ["{%tr endfor %}"])
    assert words(rows) == ["Rent", "small"]


def test_a_file_that_is_not_a_template_is_refused() -> None:
    with pytest.raises(TemplateAtFault, match="damaged or incomplete"):
        Template.compile(template_file(par("x"))[:500], "x.docx")


def archive_of(part: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(part, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "The file is empty"),
        (b"{\\rtf1 Dear Sir}", "This is an RTF file, whatever its name says. Open it in Word or LibreOffice"),
        (b"%PDF-1.7", r"This is a PDF file, whatever its name says. Choose the Word file \(.docx\)"),
        (b"\n<HTML>", "This is a web page"),
        (b"<?xml version='1.0'?>", "This is an XML file"),
        (archive_of("mimetype"), "This is an OpenDocument file, not a Word document. Open it in Word or LibreOffice"),
        (archive_of("xl/workbook.xml"), "This is an Excel workbook, not a Word document. Choose the Word file"),
        (archive_of("a.txt"), "This is a zip file, not a Word document"),
        (archive_of("word\\document.xml"), r"unsafe name: “word\\document.xml”"),
    ],
)
def test_a_file_of_another_kind_is_called_what_it_is(data: bytes, told: str) -> None:
    with pytest.raises(TemplateAtFault, match=told):
        Template.compile(data, "x.docx")


# --- The finished file ---


def test_the_same_context_gives_the_same_bytes_in_another_process() -> None:
    script = (
        "import sys; sys.path.insert(0, 'tests'); import test_word as t, hashlib; "
        "print(hashlib.sha256(t.filled(t.par('{{ name }}'), t.table(['{{ items|length }}']))).hexdigest())"
    )
    here = hashlib.sha256(filled(par("{{ name }}"), table(["{{ items|length }}"]))).hexdigest()
    for seed in ("1", "2"):
        there = subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
        )
        assert there.stdout.strip() == here


def test_a_template_shared_by_threads_never_mixes_letters(everywhere: Template) -> None:
    def one(number: int) -> bool:
        letter = everywhere.fill({"v": f"Person {number}"}, PROPERTIES)
        return set(paragraphs(letter)[:2]) == {f"[Person {number}]"}

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(one, range(200)))


def test_what_raw_quotes_is_no_fault_of_its_own_and_raw_that_never_ends_hides_nothing() -> None:
    quoted = "{% raw %}{{ a }} {% if %} {{ b b }}{% endraw %} {{ c }} {% raw %}{{ d }}"
    analysis = analyze(open_package(template_file(par(quoted), par("{{ e }}")), "a.docx"), NO_PASSAGES)
    assert [use.path for use in analysis.uses] == ["c", "d", "e"]
    tags = [problem.message.partition(" is not")[0] for problem in analysis.problems]
    assert tags == ["{% raw %}", "{% endraw %}"]


def test_threads_that_ask_at_once_are_told_the_same_law() -> None:
    template, both_ask = compiled(par("{{ law.first_law.citation }}")), Barrier(2, timeout=20)

    def template_of(_: str) -> Template:
        both_ask.wait()  # a thread that was told something before the template was read never comes here
        return template

    law = TemplateLaw({"denial": None}, template_of)
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(law.__getitem__, ["denial"] * 2)) == [frozenset({"first-law"})] * 2


def test_the_names_and_paths_a_template_uses_are_listed() -> None:
    template = compiled(
        par("{{ request.requester.name }} {{ note|default('none') }}"),
        par("{%p for basis in bases %}"),
        par("{{ basis.citation }} {{ loop.index }}"),
        par("{%p endfor %}"),
    )
    assert template.names == {"request", "note", "bases"}
    assert [(use.path, use.optional) for use in template.uses] == [
        ("request.requester.name", False),
        ("note", True),
        ("bases", False),
        ("bases[].citation", False),
    ]


def test_probable_mistakes_are_noted() -> None:
    numbered = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="1"/></w:numPr>'
    template = compiled(
        par("Dear {{ parties[0] }}, we {% if urgent %}urgently{% endif %} ask."),
        par("{%p for i in items %}"),
        par("a", properties=numbered),
        par("b", properties=numbered),
        par("{%p endfor %}"),
    )
    assert sorted(note.code for note in template.notes) == ["index", "numbering", "spaces"]


def test_docxtpl_is_imported_only_when_a_template_needs_it() -> None:
    script = "import sys, letters.assembly.template.template; print('docxtpl' in sys.modules, 'docx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


@pytest.mark.parametrize(
    ("template", "value", "printed"),
    [
        (("It went to {{ v }}.",), "I.C.E.", "It went to I.C.E."),
        (("It went to {{ v }}. It is final.",), "I.C.E.", "It went to I.C.E. It is final."),
        (("(See {{ v }}.) “It is {{ v }}.”",), "Doe, Inc.", "(See Doe, Inc.) “It is Doe, Inc.”"),
        (("It went to ", run("{{ v }}", "<w:b/>"), run(". Then", "<w:i/>")), "I.C.E.", "It went to I.C.E. Then"),
        (("{{ v|rich }}.",), "to **I.C.E.**", "to I.C.E."),
        (("{{ v }}, {{ v }}?",), "I.C.E.", "I.C.E., I.C.E.?"),
        (("He said {{ v }}",), "so ... it is", "He said so ... it is"),
        (("See {{ v }}",), "../a and x..y", "See ../a and x..y"),
        (("It calls this {{ v }}.",), "a “claim”", "It calls this a “claim.”"),
        (
            ("It calls this ", run("{{ v }}", "<w:b/>"), run(", as ever")),
            "a “claim”",
            "It calls this a “claim,” as ever",
        ),
        (("It is {{ v }}. (It is {{ v }}.)",), "“Doe, Inc.”", "It is “Doe, Inc.” (It is “Doe, Inc.”)"),
        (("It asks {{ v }}.",), "“why?”", "It asks “why?”"),
        (("It begins {{ v }}, as ever",), "“Dear Sir:”", "It begins “Dear Sir:”, as ever"),
        (("{{ v }}; {{ v }}.5",), "“a”", "“a”; “a”.5"),
    ],
)
def test_a_value_that_ends_with_a_period_or_a_quotation_ends_its_sentence_as_it_should(
    template: tuple[str, ...], value: str, printed: str
) -> None:
    given = FormattedAnswer(value) if "**" in value else value
    assert paragraphs(filled(par(*template), context={"v": given}))[0] == printed


def test_periods_of_two_paragraphs_or_after_a_tab_stay() -> None:
    letter = filled(par("{{ v }}"), par(".5"), par("{{ v }}", "<w:r><w:tab/></w:r>", run(".")), context={"v": "I.C.E."})
    assert paragraphs(letter)[:3] == ["I.C.E.", ".5", "I.C.E.\t."]


# --- Short texts from TOML ---


def test_a_short_text_ends_with_one_period() -> None:
    assert fill_text("It went to {{ v }}. End.", {"v": "I.C.E."}, "conditions.toml") == "It went to I.C.E. End."
    assert fill_text("It is {{ v }}.", {"v": "“a”"}, "conditions.toml") == "It is “a.”"
    assert fill_text("Es {{ v }}.", {"v": "“a”"}, "conditions.es.toml", languages.Language("es")) == "Es “a”."


def test_a_short_text_is_filled_under_the_same_rules_as_plain_text() -> None:
    context = {"days": 30, "who": "Smith & <Sons>\nLLP {{ x }}", "on": dt.date(2019, 8, 2)}
    text = "Within {{ days|count('day', 'days') }} of {{ on }}{% if who == “x” %}!{% endif %}, {{ who }}."
    assert (
        fill_text(text, context, "conditions.toml") == "Within 30 days of August 2, 2019, Smith & <Sons>\nLLP {{ x }}."
    )
    for wrong, told in (
        ("{{ dyas }}", "Did you mean “days”?"),
        ("{{ days", "}} is missing"),
        ("{{ days() }}", "cannot call"),
        ("{% if days %}", "never ended"),
        ("{%p if days %}x{%p endif %}", "works only in a paragraph"),
        ("{days}", "not a tag"),
    ):
        with pytest.raises(TemplateAtFault, match=re.escape(told)) as caught:
            fill_text(wrong, context, "conditions.toml, condition purpose")
        assert all(problem.where.startswith("conditions.toml, condition purpose") for problem in caught.value.problems)
        assert all(", ," not in problem.where for problem in caught.value.problems)
