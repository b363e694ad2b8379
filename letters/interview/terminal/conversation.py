"""The conversation with counsel: which step is said and asked in which words, by any face; nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from textwrap import shorten
from typing import Any

from letters.errors import Problem
from letters.interview.interview import KIND, Interview, Option, Step, as_typed
from letters.interview.terminal import review
from letters.interview.terminal.face import Face, Move
from letters.interview.terminal.listing import Listing
from letters.interview.terminal.talk import Talk
from letters.library.prompts import Question


class Conversation:
    """Asks until counsel is content.

    Args:
        save: called after every answer.
        sketch: the letter so far, as text, with the answer to the field named marked.
    """

    def __init__(
        self, face: Face, interview: Interview, save: Callable[[], None], sketch: Callable[[str], str]
    ) -> None:
        self._talk, self._interview = Talk(face, interview, save, sketch), interview
        self._listing = Listing(self._talk)
        self._advised: list[tuple[str, str]] = []
        self._section = ""

    def run(self) -> bool:
        """True: write the letter. False: stop here, with the answers kept.

        Raises:
            KeyboardInterrupt, EOFError: counsel has stopped, or is gone.
        """
        self._tell_aside(self._interview.set_aside)
        while not self._talk.is_over:
            step = self._interview.step()
            if step.what == "review":
                if self._review():
                    return True
            elif step.what == "kind":
                self._kind()
            else:
                self._announce(step)
                asks = {"question": self._question, "list": self._listing.entries, "part": self._listing.part}
                asks[step.what](step)
        return False

    def _announce(self, step: Step) -> None:
        """The advice once it is there, and each section as it begins."""
        question = step.question
        assert question is not None
        if not question.facts:
            self._show_advice()
        if question.section != self._section:
            self._section = question.section
            number, sections, _, _ = self._interview.progress(question)
            of_what = "request" if question.facts else "letter"
            self._talk.say(f"\n{question.section}  (the {of_what}, {number} of {sections})", "section")

    # --- a question ---

    def _question(self, step: Step) -> None:
        interview, question = self._interview, step.question
        assert question is not None
        name = question.field.name
        doubt, before = interview.doubt(question), interview.before(question)
        if question.help:
            self._talk.say(question.help, "aside")
        if before:
            self._talk.say(f"Answered before: {before}", "problem")
        if doubt:
            self._talk.say(f"To be looked at again. {doubt}", "problem")
        given = interview.given(question) is not None
        standing: Any = self._talk.half_typed.pop(name, None)
        again = bool(doubt or given or standing)
        standing = interview.default(question) if standing is None else standing
        if before and standing is None and question.field.kind in ("text", "list", "persons"):
            standing, again = before, True
        needed = interview.required(question)
        while True:
            reply = self._talk.put(question, standing, again=again, needed=needed)
            if reply.move and reply.move is not Move.SKIP:
                if isinstance(reply.value, str) and reply.value.strip():
                    self._talk.half_typed[name] = reply.value
                self._talk.go(reply.move)
                return
            typed = "" if reply.move is Move.SKIP else self._talk.certain(question, reply.value, name)
            if typed is None:
                return
            objection = interview.objection(question, typed)
            if not objection:
                break
            self._talk.say(objection, "problem")
            standing, again = typed, True
        interview.answer(question, typed)
        self._answered(question, typed)

    def _answered(self, question: Question, typed: Any) -> None:
        interview = self._interview
        self._talk.last = question.field.name
        self._talk.save()
        given = interview.given(question)
        if question.field.kind == "date" and given and str(typed).strip() != (words := as_typed(question, given)):
            self._talk.say(f"= {words}", "aside")
        if question.field.library == "bases":
            self._cautions(question, typed or [])
        for notice in interview.new_notices():
            self._talk.say(notice, "problem")

    def _cautions(self, question: Question, picked: Sequence[str]) -> None:
        cautions = {choice.value: choice.caution for choice in self._interview.choices(question)}
        minded = [cautions[value] for value in picked if cautions.get(value)]
        if minded:
            self._talk.say("What to mind before citing:", "section")
        for caution in minded:
            self._talk.say(f"• {caution}")

    # --- which letter ---

    def _kind(self) -> None:
        interview = self._interview
        self._show_advice()
        choices = interview.kind_choices()
        picked = self._talk.menu(
            "Which letter do you want to write?",
            choices,
            interview.kind_default() or None,
            help_="The advice is from prompts/advice.toml, on the facts you gave. Each kind says when to use it.",
        )
        if picked:
            self._write_as(picked)

    def _write_as(self, kind: str) -> None:
        self._section = ""
        self._tell_aside(self._interview.write_as(kind))
        self._talk.save()

    def _tell_aside(self, aside: Sequence[str]) -> None:
        interview = self._interview
        if aside and interview.kind:
            self._talk.say(
                f"Set aside, because this kind of letter ({interview.kind_title(interview.kind).lower()}) has no place "
                f"for it: {'; '.join(aside)}. It comes back with the kind of letter that has.",
                "problem",
            )

    def _show_advice(self) -> None:
        """Say what the facts call for, once; and again when it has changed."""
        lines = self._interview.advice_lines()
        if not lines or lines == self._advised:
            return
        self._advised = lines
        self._talk.say("")
        for style, text in lines:
            self._talk.say(text, style)
        self._talk.say("Advice only: you decide.", "aside")

    # --- the review ---

    def _review(self) -> bool:
        """Show everything, and do what counsel picks. True: write the letter."""
        interview = self._interview
        problems = review.to_mend(interview)
        for style, text in review.page(interview, problems):
            self._talk.say(text, style)
        self._advised, self._section = interview.advice_lines(), ""
        match self._talk.menu(
            "All well. What now?" if review.is_ready(interview, problems) else "What now?", self._on_review(problems)
        ):
            case "write":
                return True
            case "stop":
                self._talk.is_over = True
            case "on":
                interview.go_on()
            case "other":
                interview.go_to(KIND)
            case "instead":
                self._write_as(interview.instead())
            case "change":
                self._change()
            case picked if picked:
                interview.go_to(picked)
        return False

    def _on_review(self, problems: Sequence[Problem]) -> list[Option]:
        interview, asked = self._interview, self._interview.asked()
        found = [Option("on", "Go on with the questions that are open")] if review.is_open(interview) else []
        if review.is_ready(interview, problems):
            found.append(Option("write", "Write the letter"))
        if instead := interview.instead() if interview.kind else "":
            found.append(Option("instead", f"Write a {interview.kind_title(instead).lower()} instead"))
        mend = {each.field.name: each for problem in problems if (each := review.question_of(problem, asked))}
        found += [Option(name, f"Mend: {question.field.title}") for name, question in mend.items()]
        found.append(Option("change", "Change an answer"))
        if interview.kind:
            found.append(Option("other", "Choose another kind of letter"))
        return [*found, Option("stop", "Stop here and keep the answers")]

    def _change(self) -> None:
        """Open any answer directly."""
        interview = self._interview
        choices = [
            Option(each.field.name, shorten(f"{each.field.title}: {interview.shown(each)}", 120, placeholder=" …"))
            for each in interview.asked()
        ]
        if picked := self._talk.menu("Which answer?", choices, within=True):
            interview.go_to(picked)
