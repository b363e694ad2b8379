"""Runs an interview through a front end: says and asks whatever the current step calls for, and loses nothing typed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import shorten
from typing import Any

from letters.errors import Problem
from letters.interview import answering, derived_answers, kind_choice, navigation, next_letter, review, seldom
from letters.interview.applicability import applicable_questions, is_required
from letters.interview.deadline_notices import new_notices
from letters.interview.live_letter import LiveLetter
from letters.interview.navigation import KIND, Step
from letters.interview.options import Option, default_for, options_for
from letters.interview.recall import take, to_recall
from letters.interview.state import InterviewState
from letters.interview.terminal.frontend import Command, Frontend
from letters.interview.terminal.list_prompts import ListPrompter
from letters.interview.terminal.prompter import Prompter
from letters.interview.text_input import as_typed
from letters.interview.wording import sentence_with
from letters.library.prompts import Question


class InterviewRunner:
    """Asks until the letter can be written, or counsel stops.

    Args:
        save: called after every answer.
        letter_so_far: returns the letter so far as text, marking the answer to the field named.
        live_letter: returns the letter while the field named is being answered, with the value of a choice.
        edit: returns a text after editing it in another program, and why that failed; usually empty.
    """

    def __init__(
        self,
        frontend: Frontend,
        state: InterviewState,
        save: Callable[[], None],
        letter_so_far: Callable[[str], str],
        live_letter: Callable[[str, Any], LiveLetter | None] = lambda name, value: None,
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
        current, offered = self._start_from(question)
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

    def _start_from(self, question: Question) -> tuple[Any, bool]:
        """Say what there is to say before the question.

        Returns:
            The answer to start from, and whether typing replaces it.
        """
        state, name, say = self._state, question.field.name, self._prompter.say
        conflict, previous = state.conflicts.get(name, ""), state.previous.get(name, "")
        if question.help:
            say(question.help, "aside")
        if previous:
            say(f"Previous answer: {self._in_words(question, previous)}", "problem")
        claim = state.claims.get(name, "")
        if claim:
            say(f"The returned form says: {claim}", "problem")
        if conflict:
            say(f"Please check this answer. {conflict}", "problem")
        if half_typed := state.half_typed.get(name):
            return half_typed, question.field.kind == "date"
        self._say_proposal(question)
        current: Any = default_for(state, question)
        if (claim or previous) and current is None and question.field.kind in ("text", "list", "persons"):
            return claim or previous, True
        return current, True

    def _say_proposal(self, question: Question) -> None:
        """Say what the request that was read in proposes here, where that stands, and why it may be wrong."""
        state, name = self._state, question.field.name
        if name == "request.sought" and (subject := state.proposals.get("subject")):
            self._prompter.say(f"Subject of the request: {subject.value}", "aside")
        proposal = state.proposals.get(name)
        if proposal is None or answering.current_answer(state, question) is not None:
            return
        self._prompter.say(f"Read from the request: {proposal.source}.", "aside")
        if proposal.doubt:
            self._prompter.say(f"Check it: {proposal.doubt}.", "problem")

    def _in_words(self, question: Question, said: str) -> str:
        """What an earlier answer said, with the line of each choice for its value."""
        if question.field.kind not in ("choice", "choices"):
            return said
        lines = {option.value: option.line for option in options_for(self._state, question)}
        return "; ".join(lines.get(each, each) for line in said.splitlines() for each in line.split("; "))

    def _after_answer(self, question: Question, typed: Any) -> None:
        state, prompter = self._state, self._prompter
        prompter.last = question.field.name
        prompter.save()
        given = answering.current_answer(state, question)
        if question.field.kind == "date" and given and str(typed).strip() != (words := as_typed(question, given)):
            prompter.say(f"= {words}", "aside")
        if frame := sentence_with(question, given):
            prompter.say(f"It will read: {frame}", "aside")
        if question.field.library == "bases":
            self._say_cautions(question, typed or [])
        for notice in new_notices(state):
            prompter.say(notice, "problem")

    def _say_cautions(self, question: Question, picked: Sequence[str]) -> None:
        cautions = {option.value: option.caution for option in options_for(self._state, question)}
        found = [cautions[value] for value in picked if cautions.get(value)]
        if found:
            self._prompter.say("Before you cite these:", "section")
        for caution in found:
            self._prompter.say(f"• {caution}")

    def _say_filled(self) -> None:
        """Fill in what need not be asked, and show it."""
        state, prompter = self._state, self._prompter
        if not (found := derived_answers.fill(state)):
            return
        prompter.save()
        for question in found:
            shown = review.shown_answer(state, question).splitlines()
            words = shown[0] if len(shown) == 1 else f"{len(shown)} entries, shown in the review"
            prompter.say(f"Filled in: {question.field.title}: {words}", "aside")
        for notice in new_notices(state):
            prompter.say(notice, "problem")

    # --- the next letter of a matter ---

    def _ask_about_next(self) -> None:
        state, prompter = self._state, self._prompter
        picked = prompter.menu(
            "Which request is this letter about?",
            next_letter.options(state),
            None,
            help_="A new request is asked about afresh; the old one joins the earlier requests, with our answer to it.",
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
        matches = to_recall(state)
        if not matches:
            return
        prompter.say("\nThe register remembers:", "section")
        for number, match in enumerate(matches, 1):
            prompter.say(f"  {number}. {match.line}.")
        same = "The same as {}: list it as an earlier request" if len(matches) > 1 else "The same request again"
        options = [Option("all", "The same as all of them")] if len(matches) > 1 else []
        options += [Option(str(number), same.format(number + 1)) for number in range(len(matches))]
        picked = prompter.menu(
            "Is this the same request again, or a new one?",
            [*options, Option("new", "A new request: list none of them")],
            help_="A request that repeats an earlier one gets another letter than a new one; the advice goes by this.",
        )
        if not picked:
            return
        state.recalled = True
        if picked != "new":
            for sentence in take(state, matches if picked == "all" else [matches[int(picked)]]):
                prompter.say(sentence, "aside")
        prompter.save()

    def _ask_kind(self) -> None:
        self._recall()
        if self._prompter.is_over or navigation.current_step(self._state).what != "kind":
            return
        self._show_advice()
        picked = self._prompter.menu(
            "Which letter do you want to write?",
            kind_choice.kind_options(self._state),
            kind_choice.default_kind(self._state) or None,
            help_="The advice applies the rules in prompts/advice.toml to the facts you gave. "
            "The text on each kind of letter says when to use it.",
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
        state = self._state
        if titles and state.kind:
            self._prompter.say(
                f"Set aside, because this kind of letter ({state.kind_title(state.kind).lower()}) does not use it: "
                f"{'; '.join(titles)}. It will come back if you choose a kind of letter that does.",
                "problem",
            )

    def _show_advice(self) -> None:
        """Show the advice once, and again whenever it has changed."""
        lines = kind_choice.advice_lines(self._state)
        if not lines or lines == self._advice_shown:
            return
        self._advice_shown = lines
        self._prompter.say("")
        for style, text in lines:
            self._prompter.say(text, style)
        self._prompter.say("This is advice only. The decision is yours.", "aside")

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
