"""Questions in another language: `prompts/request.es.toml` beside `prompts/request.toml`.

A translation names a field and gives its words: ``ask``, ``help``, ``seldom``, and the wording of each choice; under
``[seldom]`` it gives the question that lists what is seldom needed. Everything else
about a question (its order, its conditions, its defaults) stays where it is. What is not translated is asked as it
stands.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct, field

from letters.errors import Problem
from letters.library.library import Library
from letters.library.office_languages import Untranslated

_KEYS = ("field", "ask", "help", "seldom", "choices", "item")


class PromptTranslation(Struct, frozen=True):
    """The words of one prompt file in another language.

    Args:
        name: of the file, for messages.
        sections: titles by the title in the prompt file.
        questions: the words of each question, by field.
        seldom: the words of the question that lists what is seldom needed.
    """

    name: str
    sections: Mapping[str, str] = field(default_factory=dict)
    questions: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    seldom: Mapping[str, str] = field(default_factory=dict)

    def section(self, title: str) -> str:
        """The title of a section in this language."""
        return self.sections.get(title, title)

    def entry(self, entry: Mapping[str, Any]) -> dict[str, Any]:
        """A question as a prompt file gives it, with the words of this language."""
        name = entry.get("field")
        words = self.questions.get(name, {}) if isinstance(name, str) else {}
        return _with_words(entry, words, f"{self.name}, question {name}")


def load_translation(library: Library, prompt_file: str, language: str) -> PromptTranslation:
    """The translation of `prompts/<prompt_file>.toml`; an empty one if there is none.

    Raises:
        LibraryAtFault: it is not TOML.
    """
    own = library.prompts / f"{prompt_file}.toml"
    file = library.translation(own, language)
    if file is None:
        return PromptTranslation(f"{library.name_of(library.prompts)}/{prompt_file}.{language}.toml")
    data = library.toml(file)
    sections, questions, seldom = data.get("section", {}), data.get("question", []), data.get("seldom", {})
    return PromptTranslation(
        library.name_of(file),
        sections if isinstance(sections, dict) else {},
        {each["field"]: each for each in questions if isinstance(each, dict) and isinstance(each.get("field"), str)},
        seldom if isinstance(seldom, dict) and all(isinstance(text, str) for text in seldom.values()) else {},
    )


def translation_problems(
    translation: PromptTranslation, data: Mapping[str, Any], titles: Mapping[str, Mapping[str, Any]]
) -> Iterator[Problem]:
    """What a translation says about questions that do not exist, or says wrongly.

    Args:
        data: the prompt file itself.
        titles: its questions, by field.
    """
    known = {section.get("title") for section in data.get("section", [])}
    for title in translation.sections.keys() - known:
        yield Problem(f"There is no section “{title}”.", translation.name, _near(title, [str(each) for each in known]))
    for name, words in translation.questions.items():
        where = f"{translation.name}, question {name}"
        if name not in titles:
            yield Problem("No such question is asked there.", where, _near(name, list(titles)))
            continue
        yield from _wrong_words(words, titles[name], where)


def _wrong_words(words: Mapping[str, Any], entry: Mapping[str, Any], where: str) -> Iterator[Problem]:
    for key in words.keys() - set(_KEYS):
        yield Problem(f"“{key}” is not part of a translation.", where, f"Use: {', '.join(_KEYS)}.")
    for key in ("ask", "help", "seldom"):
        if not isinstance(words.get(key, ""), str):
            yield Problem(f"“{key}” must be text.", where, f'Write: {key} = "…"')
    choices, offered = words.get("choices", {}), entry.get("choices", {})
    if not isinstance(choices, dict) or not all(isinstance(each, str) for each in choices.values()):
        yield Problem("“choices” must give each value its wording.", where, 'Write: choices = { value = "wording" }')
        return
    for value in choices.keys() ^ offered.keys() if choices else ():
        message = f"offers “{value}”, which the question does not." if value in choices else f"lacks “{value}”."
        yield Problem(f"“choices” {message}", where, "Give exactly the values that the question offers.")
    parts = {each.get("field"): each for each in entry.get("item", [])}
    for part in words.get("item", []):
        name = part.get("field") if isinstance(part, dict) else None
        if name not in parts:
            yield Problem(f"“{name}” is not part of an entry.", where, _near(str(name), [str(each) for each in parts]))
        else:
            yield from _wrong_words(part, parts[name], f"{where}, {name}")


def _with_words(entry: Mapping[str, Any], words: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The entry in another language. The wording of a choice, which a letter may print, is marked if it is missing."""
    new = dict(entry) | {key: words[key] for key in ("ask", "help", "seldom") if isinstance(words.get(key), str)}
    for key in ("ask", "help"):  # wordings by another answer are those of the prompt file's own language
        if key in words:
            new.pop(f"{key}_by", None)
    if isinstance(entry.get("choices"), dict):
        given = words.get("choices", {})
        given = given if isinstance(given, dict) else {}
        new["choices"] = {
            value: given.get(value, Untranslated(line, where) if isinstance(line, str) else line)
            for value, line in entry["choices"].items()
        }
    items = {each["field"]: each for each in words.get("item", []) if isinstance(each, dict) and "field" in each}
    if items and isinstance(entry.get("item"), list):
        new["item"] = [_with_words(each, items.get(each.get("field"), {}), where) for each in entry["item"]]
    return new


def _near(name: str, known: list[str]) -> str:
    near = get_close_matches(name, known, n=1)
    return f"Did you mean “{near[0]}”?" if near else "Remove it, or correct its name."
