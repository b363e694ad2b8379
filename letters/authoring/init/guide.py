"""The README of a new library, with the tag language on one page: generated from what the program knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from letters.assembly.template_context import PROVIDED
from letters.library.library import Kind
from letters.model.fields import Field, fields_of

# What each filter does, with an example that the tests fill.
FILTERS_SHOWN = {
    "date": ('{{ date|date("%A, %B %-d") }}', "a date in another form: Friday, August 2"),
    "and_list": ("{{ copies|and_list }}", "a list as part of a sentence: one, two, and three"),
    "or_list": ("{{ copies|or_list }}", "the same with “or”"),
    "join": ('{{ copies|join("; ") }}', "a list with another separator"),
    "count": ('{{ copies|count("copy", "copies") }}', "how many, with the right word: 1 copy, 2 copies"),
    "plural": ('{{ copies|plural("copy", "copies") }}', "the right word alone: copy, copies"),
    "ordinal": ("{{ copies|length|ordinal }}", "1st, 2nd, 3rd, in the language of the letter"),
    "quoted": ("{{ office.unit|quoted }}", "between the quotation marks of the language: “Office of General Counsel”"),
    "rich": (
        "{{ office.accepts_service|rich }}",
        "a formatted answer: **bold**, *italics*, links, lists; alone in its paragraph",
    ),
    "picture": ("{{ office.accepts_service|picture }}", "a picture that is an answer, with its alternative text"),
    "length": ("{% if copies|length == 1 %}one{% endif %}", "how many entries a list has, for a condition"),
    "first": ("{{ copies|first }}", "the first entry of a list"),
    "last": ("{{ copies|last }}", "the last entry of a list"),
    "upper": ("{{ office.name|upper }}", "in capital letters"),
    "lower": ("{{ office.unit|lower }}", "in lowercase letters"),
    "capitalize_first": ("{{ office.short_name|capitalize_first }}", "with a capital first letter"),
    "default": ('{{ reference|default("no number") }}', "another text if there is no answer"),
}
TAGS_SHOWN = (
    ("{{ request.requester.agency }}", "prints an answer"),
    ("{% if reference %} … {% endif %}", "words within a paragraph, printed only if there is a reference"),
    ('{% if request.access == "bulk" %} … {% elif request.purpose %} … {% else %} … {% endif %}', "one of several"),
    ("{%p if copies %}", "whole paragraphs, printed only if …; the tag is alone in its paragraph"),
    ("{%p endif %}", "… and this where they end, also alone in its paragraph"),
    ("{%p for person in responsible %}", "whole paragraphs, once for each; inside, {{ person.name }}"),
    ("{%p endfor %}", "… and this where they end"),
    (
        "{%tr for each in earlier_letters %}",
        "rows of a table, once for each; alone in its row, like {%tr endfor %}",
    ),
    ('{%p include "signature" %}', "the paragraphs of templates/shared/signature.docx"),
    ("{{ extra.room }}", "the answer to a question of your own, from prompts/<kind>.toml"),
    ("{# a note #}", "nothing: a note to whoever edits the template"),
)


KEPT = "Law that was kept"
"""Heading of the section on legal bases that nobody chose."""


def guide(office: str, kinds: Sequence[Kind], kept: Mapping[str, Sequence[str]]) -> str:
    """The README of a library.

    Args:
        kept: legal bases that were not chosen but are needed, each with what needs it.
    """
    return "\n".join([*_lines(office, kinds), *_kept(kept)]) + "\n"


def _kept(kept: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if not kept:
        return
    yield from (
        "",
        f"## {KEPT}",
        "",
        "These legal bases were not chosen when the library was made, but something in it needs them. To take one out",
        "of `templates/legal_basis.toml`, change what needs it first; `letters check` names whatever is left.",
        "",
        "| legal basis | needed by |",
        "|---|---|",
        *(f"| `{basis}` | {_in_table(', '.join(needing))} |" for basis, needing in kept.items()),
    )


def _lines(office: str, kinds: Sequence[Kind]) -> Iterator[str]:
    yield from (
        f"# The letters of {office}",
        "",
        "This folder is a library for Letters: Word templates, the questions that",
        "fill them, and the law they may cite. Run `letters` anywhere inside it and it is found by `letters.toml`.",
        "",
        "| kind | what it does |",
        "|---|---|",
        *(f"| `{kind.name}` | {kind.summary} |" for kind in kinds),
        "",
        "## What to do when",
        "",
        "| you want to | do this |",
        "|---|---|",
        "| change wording | open `templates/<kind>/letter.docx` in Word; wording shared by several letters is in "
        "`templates/shared` |",
        "| see it while you edit | `letters preview <kind> --watch` |",
        "| find mistakes | `letters check` |",
        "| change a question | `prompts/<kind>.toml`; what all letters ask is in `prompts/letter.toml`, and about a "
        "request in `prompts/request.toml` |",
        "| add a letter | `letters scaffold letter.docx --kind <kind>`; after changing its tags, "
        "`letters scaffold --kind <kind> --sync` |",
        "| add one that answers no records request | the same with `--form none`, or with `--form <name>` for a form "
        "of your own: its questions are in `prompts/<name>.toml` |",
        "| send a form or a page with it | `templates/<kind>/enclosures`; to take a PDF form in: "
        "`letters enclose form.pdf --kind <kind>` |",
        "| read everything a letter can say | `letters vet <kind> --proof proof.pdf` |",
        "| see what changed | `letters vet <kind> --redline changes.docx` |",
        "| write it in another language too | save it as `templates/<kind>/letter.es.docx`, with "
        "`templates/phrases.es.toml` and `templates/office.es.toml`; `letters check` compares the two |",
        "| approve it | `letters vet <kind> --by NAME --title TITLE --why REASON` |",
        "| see what is approved | `letters vet --status` |",
        "",
        "Until a kind is approved, and after any of its files changes, its letters are marked as drafts on every page.",
        "`templates/vetted.toml` says who approved what, and `templates/.vetted` keeps the approved files; do not edit",
        "either one: `letters vet` does.",
        "",
        "## The tag language",
        "",
        "Type tags into the Word text, in braces. Word's curly quotes and automatic capitals do no harm.",
        "",
        "| tag | what it does |",
        "|---|---|",
        *(f"| `{_in_table(tag)}` | {_in_table(what)} |" for tag, what in TAGS_SHOWN),
        "",
        "A bar and one of these words after a name change how it is printed:",
        "",
        "| word | for example | what it does |",
        "|---|---|---|",
        *(f"| `{word}` | `{_in_table(tag)}` | {what} |" for word, (tag, what) in FILTERS_SHOWN.items()),
        "",
        "A condition compares with `==` and `!=`, combines with `and`, `or`, and `not`, and searches lists with",
        '`"wage" in request.records`. A name that does not exist stops the letter with a message; none prints blank.',
        "",
        "## Names every letter has",
        "",
        "`letters fields <kind>` also lists what one kind adds.",
        "",
        "| name | what it is | type |",
        "|---|---|---|",
        *(f"| `{field.name}` | {_in_table(field.description)} | {_type(field)} |" for field in fields_of("").values()),
        "",
        "## Other names that templates may use",
        "",
        "| name | what it is |",
        "|---|---|",
        *(f"| `{name}` | {_in_table(meaning)} |" for name, meaning in PROVIDED.items()),
    )


def _in_table(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _type(field: Field) -> str:
    return _in_table(field.type_in_words)
