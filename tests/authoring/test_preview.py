"""`letters preview`: the sample letter as PDF, and as a page in a real browser that follows every save."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.browser import CHROMIUM, Browser
from helpers.edits import edit, replace
from helpers.web import Client, served

from letters.assembly.assembler import Assembler
from letters.authoring.preview.sample_letter import PreviewedLetter, Variant
from letters.library.library import Library
from letters.pdf.pdf_file import pdf_words

KIND = "contact-notice"


@pytest.fixture
def own(tmp_path: Path) -> Path:
    root = tmp_path / "own"
    for folder in ("templates", "prompts"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns(".vetted", "vetted.toml"))
    (root / "letters.toml").touch()
    sample = (root / "templates" / KIND / "sample.toml").read_text(encoding="utf-8")
    (root / "templates" / KIND / "sample-short.toml").write_text(
        "\n".join(line for line in sample.splitlines() if not line.startswith("reference")), encoding="utf-8"
    )
    return root


@pytest.fixture
def client(own: Path) -> Iterator[Client]:
    with served(Library(own), f"preview/{KIND}/") as client:
        client.get(f"preview/{KIND}/")
        yield client


def state(client: Client, until: Any) -> dict[str, Any]:
    """The first state that is as wanted."""
    after = 0
    for _ in range(60):
        answer = client.get(f"preview/{KIND}/state?after={after}")
        assert answer.status == 200
        found: dict[str, Any] = json.loads(answer.body)
        if found.get("paragraphs") is not None and until(found):
            return found
        after = found["version"]
    raise AssertionError(found)


# --- once ---


def test_the_sample_letter_is_written_as_pdf(own: Path, letters: Any, tmp_path: Path) -> None:
    done = letters("preview", KIND, "--no-open", "-o", tmp_path / "a.pdf", "--library", own)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == str(tmp_path / "a.pdf")
    assert "Fromnowon" in "".join(pdf_words((tmp_path / "a.pdf").read_bytes()).body.split())
    assert "is not vetted" in done.stderr
    wrong = letters("preview", KIND, "--sample", "other.toml", "--no-open", "--library", own)
    assert wrong.returncode == 2
    assert "sample.toml, sample-short.toml" in wrong.stderr


# --- what is shown ---


def test_each_paragraph_says_where_it_comes_from_and_why(own: Path) -> None:
    at = Assembler(Library(own))
    look = PreviewedLetter(at, KIND, Variant("sample.toml"))
    look.find_sources(at.anatomy(KIND))
    by_place = {each["place"]: each for each in look.paragraphs}
    reference = by_place["templates/shared/address.docx, paragraph 8"]
    assert reference["template"] == "Our reference:\t{{ reference }}".replace("\t", " ")
    assert reference["names"] == ["reference"]
    assert reference["conditions"] == ["reference"]
    assert reference["words"].startswith("Our reference: OGC-2019-")
    assert any(each["place"].startswith("templates/contact-notice/letter.docx, body") for each in look.paragraphs)
    assert {each.says: each.holds for each in look.conditions}["reference"] is True


def test_a_save_is_seen_and_the_last_letter_stays_while_something_is_wrong(client: Client, own: Path) -> None:
    first = state(client, lambda found: found["paragraphs"])
    template = own / "templates" / KIND / "letter.docx"
    edit(template, "word/document.xml", "From now on", "As of today")
    second = state(client, lambda found: any("As of today" in each["words"] for each in found["paragraphs"]))
    assert second["pdf"] > first["pdf"]
    edit(template, "word/document.xml", "As of today", "As of {{ tody }}")
    broken = state(client, lambda found: found["problems"])
    assert "tody" in broken["problems"][0]
    assert "templates/contact-notice/letter.docx" in broken["problems"][0]
    assert broken["pdf"] == second["pdf"]
    assert (second["outdated"], broken["outdated"]) == (False, True)
    assert client.get(f"preview/{KIND}/letter.pdf").body.startswith(b"%PDF")
    found = state(client, lambda found: found["findings"])["findings"]
    assert any("tody" in each["message"] and each["file"].endswith("letter.docx") for each in found)


def test_samples_are_switched_and_conditions_turned(client: Client) -> None:
    shown = state(client, lambda found: found["conditions"])
    assert shown["samples"] == ["sample.toml", "sample-short.toml"]
    number = next(each["number"] for each in shown["conditions"] if each["says"] == "reference")
    assert client.post(f"preview/{KIND}/flip", {"condition": number}).status == 200
    turned = state(client, lambda found: found["changes"] and not found["conditions"][number]["holds"])
    assert [each["field"] for each in turned["changes"]] == ["reference"]
    assert not any("Our reference" in each["words"] for each in turned["paragraphs"])
    client.post(f"preview/{KIND}/reset")
    state(client, lambda found: not found["changes"] and found["conditions"][number]["holds"])
    client.post(f"preview/{KIND}/sample", {"sample": "sample-short.toml"})
    other = state(
        client, lambda found: found["sample"] == "sample-short.toml" and found["conditions"][number]["holds"] is False
    )
    assert not other["changes"]


def test_a_change_to_a_question_file_is_seen_too(client: Client, own: Path) -> None:
    state(client, lambda found: found["paragraphs"])
    replace(own / "templates" / "office.toml", "Morgan Example", "Dana Exemplar")
    state(client, lambda found: any("Dana Exemplar" in each["words"] for each in found["paragraphs"]))


def test_orders_that_make_no_sense_are_refused(client: Client) -> None:
    page = f"preview/{KIND}/"
    for path, fields in (("flip", {"condition": "-1"}), ("flip", {"condition": "x"}), ("sample", {}), ("other", {})):
        assert client.post(page + path, fields).status == 400, path
    assert client.get("preview/no-such-kind/").status == 404
    assert client.get(page + "sample.toml").status == 404


# --- in a real browser ---


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt-get install chromium")
def test_in_a_browser_the_page_follows_a_save_and_turns_a_condition(own: Path, tmp_path: Path) -> None:
    template = own / "templates" / KIND / "letter.docx"
    turn = (
        "[...document.querySelectorAll('#conditions li')]"
        ".find((each) => each.querySelector('code').textContent === 'reference').querySelector('button')"
    )
    with (
        served(Library(own), f"preview/{KIND}/", come_in=False) as client,
        closing(Browser(tmp_path / "profile")) as browser,
    ):
        browser.open(client.server.guard.first_address)
        browser.until("document.querySelectorAll('#paragraphs li').length > 10")
        browser.until("document.querySelectorAll('#letter iframe').length === 1")
        assert "/letter.pdf?v=1#" in browser.run("document.querySelector('#letter iframe').src")
        edit(template, "word/document.xml", "From now on", "As of &lt;b>today")
        browser.until("document.querySelector('#paragraphs').textContent.includes('As of <b>today')")
        assert browser.run("document.querySelectorAll('#paragraphs b').length") == 0  # words are words, never markup
        browser.until("document.querySelector('#letter iframe').src.includes('v=2')")
        assert browser.run(f"{turn}.textContent") == "yes"
        browser.run("document.querySelector('[data-tab=conditions]').click()")
        browser.run(f"{turn}.click()")
        browser.until(f"{turn}.textContent === 'no'")
        assert "Our reference" in browser.run("document.querySelector('#changes').textContent")
        browser.run("document.querySelector('#reset').click()")
        browser.until(f"{turn}.textContent === 'yes'")
        browser.run("document.querySelector('#sample').value = 'sample-short.toml'")
        browser.run("document.querySelector('#sample').dispatchEvent(new Event('change'))")
        browser.until(f"{turn}.textContent === 'no'")
        edit(template, "word/document.xml", "As of ", "As of {{ tody }} ")
        problems = browser.until("document.querySelector('#problems').textContent")
        assert "tody" in problems
        assert f"letters check {KIND}" in problems
        assert browser.run("document.querySelectorAll('#letter iframe').length") >= 1
        assert "Out of date" in browser.run("document.querySelector('#outdated').textContent")
        over_the_pages = "getComputedStyle(document.querySelector('#letter'), '::after').content"
        assert browser.run(over_the_pages) == '"Out of date"'
