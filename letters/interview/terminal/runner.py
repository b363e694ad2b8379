"""Runs an interview through a front end: says and asks whatever the current step calls for, and loses nothing typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from textwrap import shorten
from typing import Any

from letters.errors import Problem
from letters.interview import answering, kind_choice, navigation, next_letter, question_notes, recall, review, seldom
from letters.interview.applicability import applicable_questions, is_required
from letters.interview.deadline_notices import new_notices
from letters.interview.live_letter import LiveLetter
from letters.interview.navigation import KIND, Step
from letters.interview.options import Option
from letters.interview.state import InterviewState
from letters.interview.terminal.frontend import Command, Frontend
from letters.interview.terminal.list_prompts import ListPrompter
from letters.interview.terminal.prompter import Prompter
from letters.interview.wording import sentence_with
from letters.library.prompts import Question


class InterviewRunner:
    """Asks until the letter can be written, or counsel stops.

    Args:
        save: called after every answer.
        letter_so_far: returns the letter so far as text, marking the answer to the field named.
        live_letter: returns the letter while the field named is being answered, with the value of a choice, and for
            a choice of several the values without the one whose words are to be shown.
        edit: returns a text after editing it in another program, and why that failed; usually empty.
    """

    def __init__(
        self,
        frontend: Frontend,
        state: InterviewState,
        save: Callable[[], None],
        letter_so_far: Callable[[str], str],
        live_letter: Callable[[str, Any, Sequence[str] | None], LiveLetter | None] = lambda name, value, without: None,
        edit: Callable[[str], tuple[str, str]] = lambda text: (text, "No editor is known."),
    ) -> None:
        self._prompter, self._state = Prompter(frontend, state, save, letter_so_far, live_letter, edit), state
        self._lists = ListPrompter(self._prompter)
        self._advice_shown: list[tuple[str, str]] = []
        self._section = ""

    def run(self) -> bool:
        """True: write the letter. False: stop here and keep the answers.

        Raises:
            KeyboardInterrupt, EOFError: counsel pressed Ctrl-C, or the input ended.
        """
        self._say_set_aside(self._state.unused_at_start)
        while not self._prompter.is_over:
            self._say_filled()
            step = navigation.current_step(self._state)
            if step.what == "review":
                if self._review():
                    return True
            elif step.what == "kind":
                self._ask_kind()
            elif step.what == "next":
                self._ask_about_next()
            elif step.what == "seldom":
                self._ask_seldom(facts=step.facts)
            else:
                self._announce(step)
                asks = {"question": self._ask, "list": self._lists.ask_list, "part": self._lists.ask_part}
                asks[step.what](step)
        return False

    def _announce(self, step: Step) -> None:
        """Show the advice once it is known, and each section as it begins."""
        question = step.question
        assert question is not None
        if not question.facts:
            self._show_advice()
        if question.section != self._section:
            self._section = question.section
            number, sections = navigation.section(self._state, question)
            about = "the request" if question.facts else "the letter"
            self._prompter.say(f"\n{question.section}  ({about}, part {number} of {sections})", "section")

    # --- a question ---

    def _ask(self, step: Step) -> None:
        state, prompter, question = self._state, self._prompter, step.question
        assert question is not None
        name = question.field.name
        if question.help:
            prompter.say(question.help, "aside")
        self._say(question_notes.before(state, question))
        current, offered = question_notes.start_from(state, question)
        required = is_required(state, question)
        while True:
            reply = prompter.put(question, current, name=name, offered=offered, required=required)
            if reply.command and reply.command is not Command.SKIP:
                prompter.go(reply.command)
                return
            typed = "" if reply.command is Command.SKIP else prompter.with_certain_date(question, reply.value, name)
            if typed is None:
                return
            error = answering.error_in(state, question, typed)
            if not error:
                break
            prompter.say(error, "problem")
            if frame := sentence_with(question, typed):
                prompter.say(f"It would read: {frame}", "aside")
            current, offered = typed, question.field.kind == "date"
        state.half_typed.pop(name, None)
        answering.accept(state, question, typed)
        self._after_answer(question, typed)

    def _after_answer(self, question: Question, typed: Any) -> None:
        self._prompter.last = question.field.name
        self._prompter.save()
        self._say(question_notes.after(self._state, question, typed))

    def _say(self, lines: Iterable[tuple[str, str]]) -> None:
        for style, text in lines:
            self._prompter.say(text, style)

    def _say_filled(self) -> None:
        """Fill in what need not be asked, and show it."""
        if not (found := list(question_notes.fill_in(self._state))):
            return
        self._prompter.save()
        self._say([*found, *(("problem", notice) for notice in new_notices(self._state))])

    # --- the next letter of a matter ---

    def _ask_about_next(self) -> None:
        state, prompter = self._state, self._prompter
        picked = prompter.menu(
            question_notes.WHICH_REQUEST, next_letter.options(state), None, help_=question_notes.ON_REQUESTS
        )
        if picked:
            next_letter.choose(state, picked)
            prompter.save()

    # --- what is seldom needed ---

    def _ask_seldom(self, *, facts: bool) -> None:
        state, prompter = self._state, self._prompter
        if not facts:
            self._show_advice()
        text, help_ = seldom.question_of(state, facts=facts)
        listed = seldom.options(state, facts=facts)
        chosen = prompter.menu_of_several(text, listed, seldom.picked(state, facts=facts), help_=help_)
        if chosen is not None:
            seldom.pick(state, chosen, facts=facts)
            prompter.save()

    # --- the kind of letter ---

    def _recall(self) -> None:
        """Say what the register remembers of this requester, and ask once whether it is the same request again."""
        state, prompter = self._state, self._prompter
        matches = recall.to_recall(state)
        if not matches:
            return
        prompter.say("\nThe register remembers:", "section")
        for number, match in enumerate(matches, 1):
            prompter.say(f"  {number}. {match.line}.")
        picked = prompter.menu(recall.WHETHER_SAME, recall.options(matches), None, help_=recall.ON_REPEATS)
        if not picked:
            return
        for sentence in recall.choose(state, matches, picked):
            prompter.say(sentence, "aside")
        prompter.save()

    def _ask_kind(self) -> None:
        self._recall()
        if self._prompter.is_over or navigation.current_step(self._state).what != "kind":
            return
        self._show_advice()
        picked = self._prompter.menu(
            question_notes.WHICH_KIND,
            kind_choice.kind_options(self._state),
            kind_choice.default_kind(self._state) or None,
            help_=question_notes.ON_KINDS,
        )
        if picked:
            self._choose_kind(picked)

    def _choose_kind(self, kind: str) -> None:
        self._section = ""
        self._say_set_aside(kind_choice.choose(self._state, kind))
        if warning := next_letter.warning(self._state):
            self._prompter.say(warning, "problem")
        self._prompter.save()

    def _say_set_aside(self, titles: Sequence[str]) -> None:
        if words := question_notes.on_set_aside(self._state, titles):
            self._prompter.say(words, "problem")

    def _show_advice(self) -> None:
        """Show the advice once, and again whenever it has changed."""
        lines = kind_choice.advice_lines(self._state)
        if not lines or lines == self._advice_shown:
            return
        self._advice_shown = lines
        self._prompter.say("")
        for style, text in lines:
            self._prompter.say(text, style)
        self._prompter.say(kind_choice.ADVICE_ONLY, "aside")

    # --- the review ---

    def _review(self) -> bool:
        """Show everything, and do what counsel chooses. True: write the letter."""
        state, prompter = self._state, self._prompter
        self._recall()
        if prompter.is_over or navigation.current_step(state).what != "review":
            return False
        problems = review.problems_to_fix(state)
        for style, text in review.page(state, problems):
            prompter.say(text, style)
        self._advice_shown, self._section = kind_choice.advice_lines(state), ""
        ready = review.is_ready(state, problems)
        match prompter.menu(
            "The letter is ready. What next?" if ready else "What next?", self._review_options(problems)
        ):
            case "write":
                return True
            case "stop":
                prompter.is_over = True
            case "continue":
                navigation.go_to_first_open(state)
            case "other":
                navigation.go_to(state, KIND)
            case "alternative":
                self._choose_kind(kind_choice.alternative(state))
            case "change":
                self._change_answer()
            case picked if picked:
                navigation.go_to(state, picked)
        return False

    def _review_options(self, problems: Sequence[Problem]) -> list[Option]:
        state, asked = self._state, applicable_questions(self._state)
        found = [Option("continue", "Continue with the open questions")] if review.is_incomplete(state) else []
        if review.is_ready(state, problems):
            found.append(Option("write", "Write the letter"))
        if alternative := kind_choice.alternative(state):
            found.append(Option("alternative", f"Write a {state.kind_title(alternative).lower()} instead"))
        to_fix = {each.field.name: each for problem in problems if (each := review.question_about(problem, asked))}
        found += [Option(name, f"Fix: {question.field.title}") for name, question in to_fix.items()]
        found.append(Option("change", "Change an answer"))
        if state.kind:
            found.append(Option("other", "Choose another kind of letter"))
        return [*found, Option("stop", "Stop here and keep the answers")]

    def _change_answer(self) -> None:
        """Go straight to any answer."""
        state = self._state
        options = [
            Option(
                each.field.name,
                shorten(f"{each.field.title}: {review.shown_answer(state, each)}", 120, placeholder=" …"),
            )
            for each in applicable_questions(state)
        ]
        if picked := self._prompter.menu("Which answer?", options, within=True):
            navigation.go_to(state, picked)
