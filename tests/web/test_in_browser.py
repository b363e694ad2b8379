"""The pages in a real browser: with keys alone, with axe on every page, narrow, dark, and with forced colors."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from helpers import ROOT
from helpers.browser import CHROMIUM, Browser
from helpers.drafts import begin
from helpers.registers import new_register
from helpers.web import Client, served

from letters.assembly.assembler import Assembler
from letters.interview.drafts import format_answers
from letters.library.answers import parse_answers
from letters.library.library import Library
from letters.model.fields import get, put

_AXE = importlib.util.find_spec("axe_playwright_python")  # only the script that it brings is used
KIND = "denial"
OPEN = ("request.requester.agency", "request.sought", "request.earlier", "copies", "legal_basis")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here: scripts/browser installs it")


@pytest.fixture
def client(library: Library, assembler: Assembler, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    new_register(tmp_path, y2019=142).close()
    monkeypatch.setenv("LETTERS_REGISTER", str(tmp_path / "register.db"))
    with served(library, folder=tmp_path, assembler=assembler, come_in=False) as client:
        client.cookie = f"letters={client.server.guard.cookie}"
        yield client


@pytest.fixture
def browser(client: Client, tmp_path: Path) -> Iterator[Browser]:
    with closing(Browser(tmp_path / "profile")) as browser:
        browser.open(client.server.guard.first_address)
        browser.until("!!document.querySelector('.card')")
        browser.look()
        yield browser


def draft_with(assembler: Assembler, tmp_path: Path, *names: str) -> None:
    """A draft that has everything but these fields."""
    answers = parse_answers((ROOT / "templates" / KIND / "sample.toml").read_bytes(), "sample.toml")
    for name in names:
        put(answers, name, None)
    known = begin(assembler, dict(answers), kind=KIND).fields
    skipped = [name for name in known if get(answers, name) is None and name not in names]
    folder = tmp_path / "state" / "letters" / "drafts"
    folder.mkdir(parents=True)
    state = {"decided": ["x"], "recalled": True, "opened": names}
    (folder / "begun.toml").write_bytes(format_answers(answers, skipped, state=state))


def press_button(browser: Browser, words: str) -> None:
    """Tab to the button with these words, and press Enter; fails if keys do not lead there."""
    for _ in range(160):
        browser.press("Tab")
        if browser.run("document.activeElement.textContent.trim()").startswith(words):
            browser.follow(lambda: browser.press("Enter"))
            return
    raise AssertionError(f"no key leads to {words}")


def heading(browser: Browser) -> str:
    return str(browser.run("document.querySelector('h1').textContent.trim()"))


def test_a_letter_is_written_with_keys_alone_and_follows_what_is_typed(
    browser: Browser, client: Client, assembler: Assembler, tmp_path: Path
) -> None:
    draft_with(assembler, tmp_path, "request.requester.agency", "legal_basis")
    press_button(browser, "Drafts")
    press_button(browser, "Continue")
    assert heading(browser).startswith("Which agency")
    while browser.run("document.activeElement.id") != "answer-request-requester-agency":
        browser.press("Tab")
    browser.type("Bureau of Specimens")
    marked = "[...document.querySelectorAll('mark')].some((each) => each.textContent.includes('Bureau of Specimens'))"
    browser.until(marked)
    assert browser.run("document.activeElement.id") == "answer-request-requester-agency"
    assert browser.run("[...document.querySelectorAll('.sheets img')].every((each) => each.naturalWidth > 900)")
    assert "Shaded: the sentences" in browser.run("document.querySelector('#letter-status').textContent")
    browser.follow(lambda: browser.press("Enter"))  # Continue, although Back is a button, too
    for _ in range(4):
        if heading(browser).startswith("What legal"):
            break
        press_button(browser, "Continue")
    chosen = "[...document.querySelectorAll('[name=legal_basis]:checked')].map((each) => each.value)"
    before = browser.run(chosen)
    while browser.run("document.activeElement.type") != "search":
        browser.press("Tab")
    browser.type("subpoena")
    few = browser.run("[...document.querySelectorAll('.option')].filter((each) => !each.hidden).length")
    assert few < browser.run("document.querySelectorAll('.option').length")
    while browser.run("document.activeElement.type") != "checkbox":
        browser.press("Tab")
    browser.press("Space")
    assert {*browser.run(chosen)} ^ {*before} == {browser.run("document.activeElement.value")}
    browser.press("Space")
    assert browser.run(chosen) == before
    press_button(browser, "Continue")
    for _ in range(6):
        if heading(browser) == "Check your answers":
            break
        press_button(browser, "Continue")
    press_button(browser, "Write the letter")
    assert heading(browser) == "The letter is written"
    assert len(list((tmp_path / "out").glob("*.pdf"))) == 1


def problems_found(browser: Browser) -> list[str]:
    """What axe finds wrong with a page, and whether it is wider than the window."""
    found: list[Any] = browser.tell(
        "Runtime.evaluate",
        expression="axe.run(document, {resultTypes: ['violations']}).then((found) => found.violations.map("
        "(each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 120)).slice(0, 3).join(' | ')}`))",
        awaitPromise=True,
        returnByValue=True,
    )["result"]["value"]
    if browser.run("document.documentElement.scrollWidth > window.innerWidth"):
        found.append("the page is wider than the window")
    return [str(each) for each in found]


@pytest.mark.skipif(_AXE is None, reason="axe is not installed: make test brings it")
def test_axe_finds_nothing_on_any_page_and_none_is_wider_than_a_narrow_window(
    browser: Browser, client: Client, assembler: Assembler, tmp_path: Path
) -> None:
    assert _AXE is not None
    assert _AXE.origin is not None
    axe = Path(_AXE.origin).with_name("axe.min.js").read_text(encoding="utf-8")
    draft_with(assembler, tmp_path, *OPEN)
    found: dict[str, list[str]] = {}
    looks: list[dict[str, Any]] = [{}, {"width": 320, "dark": True, "forced": True}]

    def check(name: str, *, everything: bool = False) -> None:
        browser.run(axe)
        for look in looks if everything else looks[:1]:
            browser.look(**look)
            if problems := problems_found(browser):
                found[f"{name} {look}"] = problems
        browser.look(width=320)
        if browser.run("document.documentElement.scrollWidth > window.innerWidth"):
            found[f"{name} at 320 pixels"] = ["wider than the window"]
        browser.look()

    def click(selector: str) -> None:
        browser.follow(lambda: browser.run(f"document.querySelector({selector!r}).click()"))

    root = f"http://{client.host}{client.server.guard.root}"
    for page in ("", "drafts", "register", "review", "preview", "no-such-page", "preview/routing-memo/"):
        browser.visit(root + page)
        check(page)
    browser.visit(f"{root}drafts")
    click("button.link[name=draft]")
    check("discarding a draft")
    browser.visit(f"{root}drafts")
    click("button.second[name=draft]")
    seen = set()
    for _ in range(14):
        name = heading(browser)
        if name not in seen:
            seen.add(name)
            check(name)
        if name == "Check your answers":
            break
        if name.startswith("Which agency"):
            click("button.main")  # an error first
            check("an answer is missing", everything=True)
            browser.run("document.querySelector('input.text').value = 'Bureau of Specimens'")
        elif name.startswith("Has this requester") and "a part" not in seen:
            seen.add("a part")
            click("button[value='list:add']")
            check("a part of an entry")
            click("button[value=back]")
        elif browser.run("!!document.querySelector('textarea[name=copies]')"):
            browser.run("document.querySelector('textarea').value = 'One\\nTwo'")
        elif browser.run("!!document.querySelector('#answers input.text')"):
            browser.run("document.querySelector('#answers input.text').value ||= 'a log-in'")
        click("button.main")
    click("button[value='change:copies']")
    check("a list")
    click("button.main")
    click("button[value=write]")
    check("the letter is written")
    browser.visit(f"{root}register/1")
    check("an entry of the register")
    assert len(seen) >= 5, seen
    assert found == {}
