"""The TOML file that `letters enclose` proposes.

What each field may mean is guessed from its name and tooltip. Every guess is marked, because only counsel knows what a
form asks."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from letters._text.lazy_pattern import pattern
from letters.forms.acroform import FieldKind, FormField
from letters.forms.form_summary import traits_of

_WORDS = pattern(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")
_IGNORED = frozenset(
    re.findall(
        r"\w+",
        "the a an of or and to in on for form subform page text field box check your our you enter please full is be "
        "by this that if any print type topmostsubform textfield pt area line item part row untitled tf cb p",
    )
)
_SAME = {
    "ref": "reference", "no": "reference", "dept": "agency", "department": "agency", "organization": "agency",
    "phone": "telephone", "tel": "telephone", "mail": "email", "street": "address", "addr": "address",
    "case": "reference", "reason": "purpose", "why": "purpose",
}  # fmt: skip
_ENOUGH = 0.6


class OfferedValue(Struct, frozen=True):
    """A value that a field may get.

    Args:
        name: dotted, as tags and conditions use it.
        title: in words.
        kind: ``text``, ``date``, ``choice``, ``choices``, ``yes-no``, ``list`` or another, as in the model.
        choices: allowed values.
        optional: whether it may be missing.
    """

    name: str
    title: str
    kind: str = "text"
    choices: tuple[str, ...] = ()
    optional: bool = False

    @property
    def tag(self) -> str:
        """What prints it."""
        if self.kind in ("list", "choices"):
            return f"{{{{ {self.name}|and_list }}}}"
        printed = f"{{{{ {self.name}{'_words' if self.kind == 'choice' and self.choices else ''} }}}}"
        return f"{{% if {self.name} %}}{printed}{{% endif %}}" if self.optional else printed


def draft(title: str, fields: Iterable[FormField], names: Iterable[OfferedValue]) -> str:
    """A TOML file for a form.

    Args:
        title: of the form, as the letter lists it.
        names: what a letter of the kind offers.
    """
    names, texts, ticks, choices, empty = list(names), list[str](), list[str](), list[str](), list[str]()
    for field in fields:
        about = f"    # {_comment(field)}"
        key, guess = _quoted(field.name), _guess(field, names)
        match field.kind:
            case FieldKind.TEXT if field.hidden or field.read_only or field.password:
                empty.append(field.name)
            case FieldKind.TEXT if guess is not None:
                texts += [about, f"{key} = {_quoted(guess.tag)}  # GUESS: {guess.title}"]
            case FieldKind.TEXT:
                texts += [about, f'# {key} = "{{{{ … }}}}"']
            case FieldKind.TICK:
                ticks += [about, f"# {key} = \"request.… == '…'\""]
            case FieldKind.ONE_OF | FieldKind.CHOICE:
                choices += [about, *_choice(field, key, guess)]
    return "\n".join([
        "# What goes into the fields of this form. Lines with GUESS were guessed from names and tooltips; check each.",
        "# Give every field a value (remove the #), or name it under [empty]. `letters check` names the rest.",
        "",
        f"title    = {_quoted(title)}",
        "# when   = \"request.access == 'targeted'\"   # without it, the form goes out with every letter of this kind",
        'ships_as = "fixed"                           # or fillable, or flat',
        "smallest = 8",
        'fits     = "stop"                            # or continue',
        *_table("fields", texts), *_table("ticks", ticks), *_table("choices", choices),
        "", "[empty]", f"fields = {json.dumps(empty, ensure_ascii=False)}", "",
    ])  # fmt: skip


def _table(name: str, lines: list[str]) -> list[str]:
    return ["", f"[{name}]", *lines] if lines else []


def _choice(field: FormField, key: str, guess: OfferedValue | None) -> Iterator[str]:
    if guess is None or not guess.choices:
        yield f'# {key} = {{ from = "request.…", … = "{field.options[0][1] if field.options else "…"}" }}'
        return
    pairs = [f"{value} = {_quoted(_nearest(value, field))}" for value in guess.choices]
    yield f"{key} = {{ from = {_quoted(guess.name)}, {', '.join(pairs)} }}  # GUESS: {guess.title}"


def _nearest(value: str, field: FormField) -> str:
    """The choice of a form whose words a value has; empty if none has."""
    wanted = _words(value)
    return next((shown for _, shown in field.options if wanted and wanted <= _words(shown)), "")


def _guess(field: FormField, names: list[OfferedValue]) -> OfferedValue | None:
    """The value whose title or name has the most words in common with a field, if that is enough to be a guess."""
    if same := next((each for each in names if each.name == field.name), None):
        return same
    wanted = _words(f"{field.tooltip} {field.name.rpartition('.')[2]}")
    if not wanted:
        return None
    is_choice = field.kind in (FieldKind.ONE_OF, FieldKind.CHOICE)
    best, likeness = None, 0.0
    for each in names:
        if is_choice != (each.kind == "choice") and (is_choice or each.kind in ("yes-no", "group", "table", "persons")):
            continue
        alike = max(
            _likeness(wanted, _words(text))
            for text in (each.name.rpartition(".")[2], " ".join(each.name.split(".")[-2:]), each.title)
        )
        if alike > likeness:
            best, likeness = each, alike
    return best if likeness >= _ENOUGH else None


def _likeness(wanted: frozenset[str], words: frozenset[str]) -> float:
    """How much of a value's words a field has, and how few others: between 0 and 1."""
    both = len(wanted & words)
    return 0.6 * both / len(words) + 0.4 * both / len(wanted | words) if words else 0.0


def _words(text: str) -> frozenset[str]:
    found = (each.casefold() for each in _WORDS.findall(text))
    return frozenset(_SAME.get(each, each) for each in found if each not in _IGNORED and not each.isdigit())


def _comment(field: FormField) -> str:
    text = " ".join("; ".join(traits_of(field)).split())
    return text if len(text) <= 150 else f"{text[:149]}…"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
