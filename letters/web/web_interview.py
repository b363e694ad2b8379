"""One interview in the browser: the page to show now, and what a page that was sent does.

The state machine, its checks and its words are those of the terminal; this module only turns its steps into pages of
several questions, and forms into answers. A page says which version of the interview it shows. One that is out of date,
because the interview went on in another tab, changes nothing; what was typed there is kept beside its question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from letters.interview import (
    answering,
    entries,
    kind_choice,
    navigation,
    next_letter,
    question_notes,
    recall,
    seldom,
)
from letters.interview.applicability import applies, is_required
from letters.interview.deadline_notices import new_notices
from letters.interview.entries import entry_line
from letters.interview.navigation import REVIEW, Step
from letters.interview.options import Option, options_for
from letters.interview.session import Session
from letters.interview.state import InterviewState
from letters.interview.text_input import as_typed, clean, parse
from letters.library.prompts import Question
from letters.matters.memory import EarlierMatter
from letters.model.fields import get
from letters.web.controls import (
    Control,
    Line,
    RefusedAnswer,
    control_for,
    control_for_menu,
    control_for_part,
    readings_of,
)
from letters.web.http_messages import PostedForm
from letters.web.letter_beside import LetterBeside, letter_beside
from letters.web.letter_images import PageImages
from letters.web.question_groups import on_page_with, parts_on_page_with

_OUT_OF_DATE = (
    "This interview went on in another window after that page was opened, so nothing on it was entered. What you typed "
    "is kept below; check it and continue."
)
_CHANGED_ELSEWHERE = "This interview was also changed elsewhere. Both versions were kept, in separate drafts."
_MENU = "menu"
_KEPT = 4  # letters whose pages are kept


class QuestionPage(Struct, frozen=True):
    """A page with questions.

    Args:
        heading: the question, where there is only one that is not part of a form with others.
        section: the section they belong to.
        progress: where in the interview this is.
        place: names the page in its form.
        controls: the questions.
        lines: what is said above them, with styles.
        may_skip: whether the whole page may be left unanswered by a button.
        is_first: whether there is nothing to go back to.
    """

    what: str
    section: str
    progress: str
    place: str
    controls: Sequence[Control]
    lines: Sequence[Line] = ()
    may_skip: bool = False
    can_go_forward: bool = False
    is_first: bool = False


class ListPage(Struct, frozen=True):
    """A page with the entries of a list.

    Args:
        entries: each on a line.
        editing: the number of the entry that is being changed here, and its text; -1 for none.
        new: the text for a new entry, where entries are lines.
        is_plain: whether entries are lines.
    """

    section: str
    progress: str
    place: str
    question: Question
    entries: Sequence[str]
    editing: int
    text: str
    new: str
    is_plain: bool
    may_finish: bool
    error: str
    notes: Sequence[Line]
    can_go_forward: bool


class ShownRequest(Struct, frozen=True):
    """The request that an interview started from, to be read beside the questions.

    Args:
        name: of its file.
        text: its words.
        notes: what counsel should know of it.
    """

    name: str
    text: str
    notes: Sequence[Line]


class WebInterview:
    """One session, shown in a browser.

    Args:
        id: names it in addresses; says nothing about it.
    """

    def __init__(self, id: str, session: Session) -> None:
        self.id, self.session = id, session
        self.version = 0
        self.said: list[Line] = []
        self._refused: dict[str, RefusedAnswer] = {}
        self._menu_error = ""
        self._list_error, self._editing, self._line_text, self._new_text = "", -1, "", ""
        self._last_sent: tuple[str, PostedForm] | None = None
        self._warned = False
        self.written: list[Path] = []
        self.arrived: ShownRequest | None = None
        self.shows_letter = True
        self._images: dict[str, PageImages] = {}
        self._say_set_aside(self.state.unused_at_start)

    @property
    def state(self) -> InterviewState:
        return self.session.state

    @property
    def is_written(self) -> bool:
        """Whether the letter has been written."""
        return bool(self.written)

    # --- what to show ---

    def settle(self) -> None:
        """Fill in what need not be asked, before a page is shown."""
        found = list(question_notes.fill_in(self.state))
        if found:
            self.session.save()
            self.said += found
            self.said += [("problem", notice) for notice in new_notices(self.state)]
        if self.session.draft_was_changed and not self._warned:
            self._warned = True
            self.said.append(("problem", _CHANGED_ELSEWHERE))

    def take_said(self) -> list[Line]:
        """What is to be said once, on the next page."""
        said, self.said = self.said, []
        return said

    def step(self) -> Step:
        """The current step."""
        return navigation.current_step(self.state)

    def _remembered(self, step: Step) -> Sequence[EarlierMatter]:
        """Earlier requests to ask about before this step."""
        return recall.to_recall(self.state) if step.what in ("kind", "review") else ()

    def question_page(self) -> QuestionPage | None:
        """The page of questions to show now; None if another sort of page is due."""
        state, step = self.state, self.step()
        if matches := self._remembered(step):
            lines = [("section", "The register remembers:")]
            lines += [("", f"{number}. {match.line}.") for number, match in enumerate(matches, 1)]
            return self._menu(
                "recall", recall.WHETHER_SAME, recall.options(matches), [], help_=recall.ON_REPEATS, lines=lines
            )
        if step.what == "next":
            options = next_letter.options(state)
            return self._menu("next", question_notes.WHICH_REQUEST, options, [], help_=question_notes.ON_REQUESTS)
        if step.what == "kind":
            default = kind_choice.default_kind(state)
            return self._menu(
                "kind",
                question_notes.WHICH_KIND,
                kind_choice.kind_options(state),
                [default] if default else [],
                help_=question_notes.ON_KINDS,
                lines=self.advice(),
            )
        if step.what == "seldom":
            text, help_ = seldom.question_of(state, facts=step.facts)
            place = "seldom-facts" if step.facts else "seldom"
            ticked = seldom.picked(state, facts=step.facts)
            return self._menu(place, text, seldom.options(state, facts=step.facts), ticked, help_=help_, form="several")
        if step.what == "question" and step.question:
            group = [each for each in on_page_with(state, step.question) if each.field.kind != "group"]
            controls = [control_for(state, each, self._refused.get(each.field.name)) for each in group]
            only = controls[0] if len(controls) == 1 else None
            return QuestionPage(
                "question",
                step.question.section,
                self._progress(),
                group[0].field.name,
                controls,
                may_skip=bool(only and only.is_choice and not only.required),
                can_go_forward=navigation.can_go_forward(state),
                is_first=navigation.progress(state)[0] == 1,
            )
        if step.what == "part" and step.question and step.item:
            return self._part_page(step.question, step.item, step.number)
        return None

    def list_page(self) -> ListPage | None:
        """The page of a list to show now; None if another sort of page is due."""
        state, step = self.state, self.step()
        question = step.question
        if step.what != "list" or question is None:
            return None
        listed = entries.entries_of(state, question)
        may_be_empty = not listed and not is_required(state, question)
        error = self._list_error or (answering.error_in(state, question, listed) if listed else "")
        is_plain = not question.items
        editing = self._editing if is_plain and self._editing < len(listed) else -1
        return ListPage(
            question.section,
            self._progress(),
            question.field.name,
            question,
            [entry_line(question, each) for each in listed],
            editing,
            self._line_text or (as_typed(question, [listed[editing]]) if editing >= 0 else ""),
            self._new_text,
            is_plain,
            may_be_empty or bool(listed),
            error,
            tuple(question_notes.before(state, question)),
            navigation.can_go_forward(state),
        )

    def advice(self) -> list[Line]:
        """The advice on the facts, with the words that it is only that."""
        lines = kind_choice.advice_lines(self.state)
        return [*lines, ("aside", kind_choice.ADVICE_ONLY)] if lines else []

    def beside(self, form: PostedForm | None = None) -> LetterBeside:
        """The letter beside the page shown now.

        Args:
            form: what is being typed there, and under ``focus`` in which field; None for what the page starts from.
        """
        state, step = self.state, self.step()
        group = on_page_with(state, step.question) if step.what == "question" and step.question else []
        typed = [(each, self._typed_or_offered(form, each)) for each in group]
        wanted = form.text("focus") if form else ""
        question = next((each for each in group if each.field.name == wanted), group[0] if group else step.question)
        found = letter_beside(self.session.assembler, state, typed, question)
        if found.images:
            self._images[found.images.digest] = found.images
            while len(self._images) > _KEPT:
                del self._images[next(iter(self._images))]
        return found

    def _typed_or_offered(self, form: PostedForm | None, question: Question) -> Any:
        if form is not None:
            return self._sent(form, question, question.field.name, quiet=True)
        refused = self._refused.get(question.field.name)
        return refused.sent if refused else question_notes.start_from(self.state, question)[0]

    def images(self, digest: str) -> PageImages | None:
        """The pages of a letter that was shown lately."""
        return self._images.get(digest)

    # --- what was sent ---

    def receive(self, form: PostedForm) -> None:
        """Do what a page that was sent asks for; answers that are not accepted are shown again with the reason."""
        sent = (form.text("version"), form)
        if sent == self._last_sent:  # sent twice by a double click
            return
        place = form.text("place")
        if form.text("version") != str(self.version):
            self._keep(form)
            self._go_to(place)
            self.said.append(("problem", _OUT_OF_DATE))
            return
        self.version += 1
        self._last_sent = sent
        self._refused, self._menu_error, self._list_error, self._line_text = {}, "", "", ""
        action = form.text("do") or "continue"
        if action == "continue" or action == "skip":
            self._continue(form, place, skip=action == "skip")
        elif action in ("back", "forward", "review"):
            self._keep(form)
            self._move(action)
        elif action.startswith("change:"):
            self._go_to(action.removeprefix("change:"))
        elif action.startswith("list:"):
            self._change_list(form, action.removeprefix("list:"))
        elif action in ("letter:show", "letter:hide"):
            self._keep(form)
            self.shows_letter = action == "letter:show"
            self._go_to(place)
        elif action == "open":
            navigation.go_to_first_open(self.state)
        elif action == "other":
            navigation.go_to(self.state, navigation.KIND)
        elif action == "alternative" and (alternative := kind_choice.alternative(self.state)):
            self._choose_kind(alternative)
        self.session.save()

    def keep_typed(self, form: PostedForm) -> None:
        """Keep what is being typed, without entering it."""
        if form.text("version") == str(self.version):
            before = dict(self.state.half_typed)
            self._keep(form)
            if self.state.half_typed != before:
                self.session.save()

    def _continue(self, form: PostedForm, place: str, *, skip: bool) -> None:
        state, step = self.state, self.step()
        if matches := self._remembered(step):
            picked = form.text(_MENU)
            if picked in {each.value for each in recall.options(matches)}:
                self.said += [("aside", sentence) for sentence in recall.choose(state, matches, picked)]
            else:
                self._menu_error = "Choose one of these."
        elif step.what == "next":
            if (picked := form.text(_MENU)) in (next_letter.SAME, next_letter.NEW):
                next_letter.choose(state, picked)
            else:
                self._menu_error = "Choose one of these."
        elif step.what == "kind":
            if (picked := form.text(_MENU)) in state.library.kinds:
                self._choose_kind(picked)
            else:
                self._menu_error = "Choose a kind of letter."
        elif step.what == "seldom":
            known = {each.value for each in seldom.options(state, facts=step.facts)}
            seldom.pick(state, [each for each in form.all(_MENU) if each in known], facts=step.facts)
        elif step.what == "list" and step.question:
            self._change_list(form, "done")
        elif step.what == "part" and step.question and step.item:
            self._receive_parts(form, step.question, step.item)
        elif step.what == "question" and step.question:
            self._receive_answers(form, step.question, skip=skip)

    def _receive_answers(self, form: PostedForm, question: Question, *, skip: bool) -> None:
        """Enter the answers of a page, one after another, as in a terminal."""
        state = self.state
        group = on_page_with(state, question)
        names = [each.field.name for each in group]
        entered = False
        for each in group:
            name = each.field.name
            sent = "" if skip else self._sent(form, each, name)
            if (each is not question and not applies(state, each)) or self._stands(each, sent):
                continue
            if refused := self._refusal(each, sent, answering.error_in(state, each, sent)):
                self._refused[name] = refused
                if isinstance(sent, str) and each.field.kind not in ("choice", "yes-no"):
                    self._keep_text(name, sent, "")
                continue
            state.half_typed.pop(name, None)
            answering.accept(state, each, sent)
            self.said += question_notes.after(state, each, sent)
            entered = True
        if self._refused:
            state.position = question.field.name
        elif not entered:
            self._go_on_after(names)

    def _go_on_after(self, names: Sequence[str]) -> None:
        """Nothing changed on the page: go to the next one."""
        state = self.state
        while navigation.can_go_forward(state) and navigation.forward(state):
            question = self.step().question
            if question is None or question.field.name not in names:
                return

    def _receive_parts(self, form: PostedForm, question: Question, item: Question) -> None:
        """Enter parts of an entry."""
        state, entry = self.state, self.state.entry
        assert entry is not None
        group = parts_on_page_with(question, entry, item)
        own = {each.field.name for each in group}
        refused: dict[str, RefusedAnswer] = {}
        values: list[tuple[Question, Any]] = []
        for each in group:
            name = f"{question.field.name}.{each.field.name}"
            sent = self._sent(form, each, name)
            if found := self._refusal(each, sent, entries.error_in_part(state, question, each, sent)):
                refused[name] = found
            values.append((each, sent))
        if refused:
            self._refused = refused | {
                f"{question.field.name}.{each.field.name}": RefusedAnswer(sent, "")
                for each, sent in values
                if f"{question.field.name}.{each.field.name}" not in refused
            }
            return
        entry.done[:] = [name for name in entry.done if name not in own]
        for each, sent in values:
            state.half_typed.pop(f"{question.field.name}.{each.field.name}", None)
            if state.entry is None:
                break
            entries.accept_part(state, question, each, sent)

    def _change_list(self, form: PostedForm, action: str) -> None:
        state, question = self.state, self.step().question
        if question is None or self.step().what != "list":
            return
        verb, _, digits = action.partition("-")
        listed = entries.entries_of(state, question)
        number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else -1
        self._editing, self._new_text = -1, form.text("new")
        if verb == "done":
            self._finish_list(form, question)
        elif verb == "add":
            if question.items:
                entries.add_entry(state, question)
            else:
                self._enter_lines(question, listed, len(listed), form.text("new"))
        elif not 0 <= number < len(listed):
            return
        elif verb == "edit" and question.items:
            entries.edit_entry(state, question, number)
        elif verb == "edit":
            self._editing = number
        elif verb == "save":
            self._enter_lines(question, listed, number, form.text("line"))
        elif verb == "remove":
            self.said.append(("aside", f"Removed: {entry_line(question, listed.pop(number))}"))
            entries.replace_entries(state, question, listed)
        elif verb in ("up", "down"):
            other = number - 1 if verb == "up" else number + 1
            if 0 <= other < len(listed):
                listed[number], listed[other] = listed[other], listed[number]
                entries.replace_entries(state, question, listed)

    def _finish_list(self, form: PostedForm, question: Question) -> None:
        if form.text("new").strip():
            self._enter_lines(question, entries.entries_of(self.state, question), -1, form.text("new"))
            if self._list_error:
                return
        if get(self.state.answers, question.field.name) and question.field.name in self.state.filled:
            self._go_on_after([question.field.name])
        else:
            self._list_error = entries.finish_list(self.state, question)

    def _enter_lines(self, question: Question, listed: list[Any], number: int, typed: str) -> None:
        """Put lines into a plain list, in place of line ``number`` or at its end."""
        number = len(listed) if number < 0 else number
        error = entries.error_in_line(self.state, question, listed, number, typed)
        if error or not typed.strip():
            self._list_error = error or "Write the entry first."
            if number < len(listed):
                self._editing, self._line_text = number, typed
            return
        lines = entries.lines_in(self.state, question, typed)
        entries.replace_entries(self.state, question, [*listed[:number], *lines, *listed[number + 1 :]])
        self._new_text = ""

    # --- helpers ---

    def _sent(self, form: PostedForm, question: Question, name: str, *, quiet: bool = False) -> Any:
        """The answer as it was sent, in the shape that the checks take."""
        kind = question.field.kind
        if kind == "choices":
            ticked = form.all(name)
            return [each.value for each in options_for(self.state, question) if each.value in ticked or each.always]
        text = form.text(name)
        if kind == "yes-no":
            return {"yes": True, "no": False}.get(text, "")
        if kind == "choice":
            return text
        if picked := form.text(f"{name}:day"):
            return picked
        cleaned, removed = clean(text)
        if removed and not quiet:
            self.said.append(("problem", f"Invisible characters were removed: {', '.join(removed)}."))
        several_lines = kind in ("list", "persons") or question.several_lines
        return cleaned if several_lines else " ".join(cleaned.split("\n"))

    def _stands(self, question: Question, sent: Any) -> bool:
        """Whether this is the answer already, so that nothing is entered."""
        state, name = self.state, question.field.name
        current = answering.current_answer(state, question)
        if name in state.conflicts:
            return False
        if sent in ("", []):
            return current is None and name in state.skipped and not is_required(state, question)
        try:
            return current is not None and bool(parse(question, sent, state.rulebook, state.today) == current)
        except ValueError:
            return False

    def _refusal(self, question: Question, sent: Any, error: str) -> RefusedAnswer | None:
        offered = [each.value for each in options_for(self.state, question)] if question.field.kind == "choice" else []
        if offered and sent not in ("", *offered):
            return RefusedAnswer("", "Choose one of these.")  # a page of ours cannot send it
        if not error:
            return None
        days = answering.possible_dates(self.state, question, sent)
        words = ("Which date do you mean?" if len(days) > 1 else "Is this the date you mean?") if days else error
        return RefusedAnswer(sent, words, readings_of(days))

    def _keep(self, form: PostedForm) -> None:
        """Keep text that was typed and not entered, unless it is just the answer that was offered."""
        for name in form.fields:
            question = self.state.question(name)
            if question and question.field.kind in ("text", "date", "list", "persons"):
                offered, _ = question_notes.start_from(self.state, question)
                unchanged = "" if name in self.state.half_typed else as_typed(question, offered)
                self._keep_text(name, form.text(name), unchanged)

    def _keep_text(self, name: str, typed: str, unchanged: str) -> None:
        typed = typed.replace("\r\n", "\n")
        if typed.strip() and typed != unchanged:
            self.state.half_typed[name] = typed
        else:
            self.state.half_typed.pop(name, None)

    def _move(self, action: str) -> None:
        if action == "review":
            navigation.go_to(self.state, REVIEW)
        elif action == "forward":
            navigation.forward(self.state)
        else:
            self._go_back()

    def _go_back(self) -> None:
        """Go to the page before this one."""
        step = self.step()
        here = step.question
        names = {each.field.name for each in on_page_with(self.state, here)} if here and step.what == "question" else ()
        while navigation.back(self.state):
            question = self.step().question
            if question is None or question.field.name not in names:
                return

    def _go_to(self, place: str) -> None:
        question = self.state.question(place.partition(":")[0])
        if question and applies(self.state, question):
            navigation.go_to(self.state, question.field.name)

    def _choose_kind(self, kind: str) -> None:
        self._say_set_aside(kind_choice.choose(self.state, kind))
        if warning := next_letter.warning(self.state):
            self.said.append(("problem", warning))

    def _say_set_aside(self, titles: Sequence[str]) -> None:
        if words := question_notes.on_set_aside(self.state, titles):
            self.said.append(("problem", words))

    def _part_page(self, question: Question, item: Question, number: int) -> QuestionPage:
        state, entry = self.state, self.state.entry
        assert entry is not None
        lines: list[Line] = [("problem", entry.error)] if entry.error else []
        group = parts_on_page_with(question, entry, item)
        controls = [
            control_for_part(state, question, each, self._refused.get(f"{question.field.name}.{each.field.name}"))
            for each in group
        ]
        heading = f"{question.field.title}, entry {number + 1}"
        return QuestionPage("part", heading, self._progress(), f"{question.field.name}:part", controls, lines)

    def _menu(
        self,
        place: str,
        text: str,
        options: Sequence[Option],
        chosen: Sequence[str],
        *,
        help_: str = "",
        form: str = "one",
        lines: Iterable[Line] = (),
    ) -> QuestionPage:
        control = control_for_menu(_MENU, text, form, options, chosen, help_=help_, error=self._menu_error)
        can_go_forward = navigation.can_go_forward(self.state)
        return QuestionPage("menu", "", self._progress(), place, [control], tuple(lines), False, can_go_forward)

    def _progress(self) -> str:
        number, total, certain = navigation.progress(self.state)
        return f"Question {number} of {'' if certain else 'about '}{total}"
