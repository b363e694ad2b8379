"""The pages of an interview: questions, lists, the review of the answers, and the finished letter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from pathlib import Path

from msgspec import Struct

from letters._system.output import write_all
from letters.errors import LettersError, Problem
from letters.interview import kind_choice, review
from letters.interview.applicability import applicable_questions
from letters.interview.completion import letter_of
from letters.interview.state import InterviewState
from letters.interview.wording import without_ids
from letters.library.library import Library
from letters.library.prompts import Question
from letters.matters.email_draft import email_draft, to_attach
from letters.web.http_messages import HttpResponse, PostedForm, file_response, media_of
from letters.web.open_interviews import OpenInterviews
from letters.web.page_renderer import PageRenderer
from letters.web.web_interview import WebInterview

_NAMES = {".pdf": "The PDF", ".docx": "The Word file", ".eml": "The email, not yet sent", ".toml": "The answers"}


class AnswersPage(Struct, frozen=True):
    """The review of all answers, problems first.

    Args:
        problems: each in words, with the field and the title of the question that solves it.
        findings: what else counsel should know, with styles.
        sections: for each section its name, and for each question its field, title, and the lines of the answer.
    """

    kind: str
    problems: Sequence[tuple[str, str, str]]
    findings: Sequence[tuple[str, str]]
    sections: Sequence[tuple[str, Sequence[tuple[str, str, Sequence[str]]]]]
    alternative: str
    ready: bool
    incomplete: bool


class InterviewPages:
    """Answers everything under ``interview/``."""

    def __init__(self, interviews: OpenInterviews, renderer: PageRenderer, library: Library) -> None:
        self._interviews, self._renderer, self._library = interviews, renderer, library

    def get(self, id: str, rest: str) -> HttpResponse | None:
        """A page or a file of an interview; None if there is none."""
        interview = self._interviews.find(id)
        if interview is None:
            return self._gone(id)
        if rest == "":
            return self._show(interview)
        if rest.startswith("files/"):
            return _file(interview, rest.removeprefix("files/"))
        if rest.startswith("letter/"):
            return _page_image(interview, rest.removeprefix("letter/"))
        return None

    def post(self, id: str, rest: str, form: PostedForm) -> HttpResponse | None:
        """Do what a page that was sent asks for, and show the next."""
        interview = self._interviews.find(id)
        if interview is None:
            return self._gone(id)
        if rest == "live":
            return self._live(interview, form)
        if rest != "":
            return None
        action = form.text("do")
        if interview.is_written:
            if action == "mail":
                self._write_mail(interview)
        elif action == "write" and form.text("version") == str(interview.version):
            self._write(interview)
        else:
            interview.receive(form)
        return self._renderer.go_to(f"interview/{id}/")

    def _show(self, interview: WebInterview) -> HttpResponse:
        if interview.is_written:
            return self._show_written(interview)
        interview.settle()
        page: object = interview.question_page()
        template = "question.html"
        if page is None:
            page, template = interview.list_page(), "list.html"
        if page is None:
            page, template = _answers_page(interview), "answers.html"
        beside = interview.beside() if interview.shows_letter else None
        said = interview.take_said()
        return self._renderer.page(template, page=page, interview=interview, said=said, beside=beside)

    def _live(self, interview: WebInterview, form: PostedForm) -> HttpResponse:
        """The letter with what is being typed; only what stands beside the questions."""
        if interview.is_written or form.text("version") != str(interview.version):
            return self._renderer.page("stale.html", HTTPStatus.CONFLICT)
        interview.keep_typed(form)
        return self._renderer.page("beside.html", interview=interview, beside=interview.beside(form))

    def _show_written(self, interview: WebInterview) -> HttpResponse:
        files = [
            (number, _NAMES.get(path.suffix, "A page that goes with it"), path.name)
            for number, path in enumerate(interview.written)
        ]
        letter = letter_of(interview.state)
        registration = self._interviews.registration
        registered = registration is not None
        entries = registration.register.of_reference(letter.reference) if registration and letter.reference else []
        waits = letter.kind in self._interviews.assembler.office.review and registered
        has_mail = any(path.suffix == ".eml" for path in interview.written)
        return self._renderer.page(
            "written.html",
            interview=interview,
            said=interview.take_said(),
            files=sorted(files, key=lambda each: (each[2].endswith(".toml"), each[0])),
            folder=str(interview.session.out),
            reference=letter.reference or "",
            entry=entries[0].id if entries else 0,
            title=interview.state.kind_title(letter.kind),
            waits=waits,
            registered=registered,
            has_mail=has_mail,
        )

    def _write(self, interview: WebInterview) -> None:
        problems = review.problems_to_fix(interview.state)
        if not review.is_ready(interview.state, problems):
            interview.said.append(("problem", "The letter cannot be written yet."))
            return
        try:
            paths, notes = interview.session.finish(self._interviews.settings.formats)
        except LettersError as error:
            interview.said += [("problem", problem) for problem in error.in_words]
            return
        interview.written = paths
        interview.said += [("problem", str(note)) for note in notes]

    def _write_mail(self, interview: WebInterview) -> None:
        """Write the mail with the letter; asked for twice, it is written once."""
        if any(path.suffix == ".eml" for path in interview.written):
            return
        try:
            made = {path.name: path.read_bytes() for path in interview.written if path.suffix != ".toml"}
            letter = letter_of(interview.state)
            draft = email_draft(letter, self._interviews.assembler.office, to_attach(made))
            interview.written += write_all({interview.written[0].with_suffix(".eml"): draft})
        except LettersError as error:
            interview.said += [("problem", problem) for problem in error.in_words]
        except OSError as error:
            interview.said.append(
                ("problem", f"The mail could not be written: {(error.strerror or str(error)).lower()}.")
            )

    def _gone(self, id: str) -> HttpResponse:
        words = "This interview is not open anymore, because Letters was started again. Your answers are saved."
        if id in self._interviews.discarded:
            words = "This draft was discarded, and its answers were deleted."
        return self._renderer.page("gone.html", HTTPStatus.NOT_FOUND, words=words)


def _answers_page(interview: WebInterview) -> AnswersPage:
    state = interview.state
    problems = review.problems_to_fix(state)
    asked = applicable_questions(state)
    alternative = kind_choice.alternative(state)
    return AnswersPage(
        state.kind_title(state.kind) if state.kind else "",
        [_with_question(state, problem, asked) for problem in problems],
        [line for line in review.findings(state, ()) if line[1].strip()],
        list(_sections(interview)),
        state.kind_title(alternative).lower() if alternative else "",
        review.is_ready(state, problems),
        review.is_incomplete(state),
    )


def _with_question(state: InterviewState, problem: Problem, asked: Sequence[Question]) -> tuple[str, str, str]:
    question = review.question_about(problem, asked)
    words = without_ids(state, str(problem))
    return (words, question.field.name, question.field.title) if question else (words, "", "")


def _sections(interview: WebInterview) -> Iterator[tuple[str, list[tuple[str, str, list[str]]]]]:
    asked = applicable_questions(interview.state)
    for section in dict.fromkeys(question.section for question in asked):
        yield (
            section,
            [
                (each.field.name, each.field.title, review.shown_answer(interview.state, each).splitlines())
                for each in asked
                if each.section == section
            ],
        )


def _file(interview: WebInterview, number: str) -> HttpResponse | None:
    """One of the files that were written, by its number."""
    if not (number.isascii() and number.isdigit() and len(number) < 4 and int(number) < len(interview.written)):
        return None
    path: Path = interview.written[int(number)]
    return file_response(
        path.read_bytes(), media_of(path.name), path.name, download=path.suffix not in (".pdf", ".toml")
    )


def _page_image(interview: WebInterview, rest: str) -> HttpResponse | None:
    """A page of the letter, ``DIGEST/NUMBER`` or ``DIGEST/NUMBER-large``."""
    digest, _, name = rest.removesuffix(".png").partition("/")
    number, _, size = name.partition("-")
    images = interview.images(digest)
    if images is None or not (number.isascii() and number.isdigit() and len(number) < 4) or size not in ("", "large"):
        return None
    if int(number) >= images.pages:
        return None
    return HttpResponse(images.png(int(number), large=size == "large"), "image/png")
