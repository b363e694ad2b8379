"""Fills in the pages of an interview as a browser without JavaScript does: reads the form of a page, and sends it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from lxml import html

from helpers.web import Answer, Client
from letters._text.dates import long_date
from letters.interview.text_input import typed
from letters.model.fields import get

Pairs = list[tuple[str, str]]


class FormPage:
    """A page with the form of an interview."""

    def __init__(self, answer: Answer) -> None:
        assert answer.status == 200, answer.words
        self.root = html.fromstring(answer.text)
        self.words = answer.words
        forms = self.root.xpath("//form[@id='answers']")
        self.form = forms[0] if forms else None

    @property
    def title(self) -> str:
        return str(self.root.findtext(".//title"))

    @property
    def place(self) -> str:
        return self.one("place")

    def one(self, name: str) -> str:
        """The value of a field as it stands on the page."""
        return next((value for key, value in self.pairs() if key == name), "")

    def names(self) -> list[str]:
        """The fields of the form, each once."""
        assert self.form is not None
        found = [each.get("name") for each in self.form.xpath(".//input|.//textarea|.//select")]
        return [each for each in dict.fromkeys(found) if each]

    def options(self, name: str) -> list[str]:
        """The values of the radio buttons or boxes of a field."""
        assert self.form is not None
        return [each.get("value") for each in self.form.xpath(f".//input[@name='{name}']")]

    def buttons(self) -> list[str]:
        """What the buttons do."""
        assert self.form is not None
        return [each.get("value") for each in self.form.xpath(".//button")]

    def pairs(self) -> Pairs:
        """What the form would send as it stands."""
        assert self.form is not None
        found: Pairs = []
        for each in self.form.xpath(".//input|.//textarea"):
            name, kind = each.get("name"), each.get("type", "")
            if not name or each.get("disabled") is not None:
                continue
            if kind in ("radio", "checkbox"):
                if each.get("checked") is not None:
                    found.append((name, each.get("value")))
            elif each.tag == "textarea":
                found.append((name, (each.text or "").removeprefix("\n")))
            else:
                found.append((name, each.get("value", "")))
        return found

    def filled(self, action: str, values: Mapping[str, list[str]]) -> Pairs:
        """What it sends with these values and this button."""
        kept = [(name, value) for name, value in self.pairs() if name not in values and name != "token"]
        given = [(name, value) for name, several in values.items() for value in several]
        return [*kept, *given, ("do", action)]


class BrowsingCounsel:
    """Answers the questions of an interview page by page, as wanted."""

    def __init__(self, client: Client, kind: str, wanted: dict[str, Any]) -> None:
        self.client, self.kind, self.wanted = client, kind, wanted
        self.address = ""
        self.sample = wanted
        self.pages: list[str] = []

    def start(self, kind: str = "") -> FormPage:
        answer = self.client.post("start", {"kind": kind})
        page = FormPage(answer)
        assert page.form is not None
        self.address = page.form.get("action").removeprefix(self.client.server.guard.root)
        return page

    def send(self, page: FormPage, action: str = "continue", **values: list[str]) -> FormPage:
        """Send a page with these values in place of its own; __ stands for a period in a name."""
        renamed = {name.replace("__", "."): value for name, value in values.items()}
        return FormPage(self.client.post(self.address, page.filled(action, renamed)))

    def until_review(self, page: FormPage, pages: int = 90) -> FormPage:
        """Answer everything."""
        for _ in range(pages):
            self.pages.append(page.place)
            if page.place == "?review":
                if "open" not in page.buttons():
                    return page
                page = FormPage(self.client.post(self.address, page.filled("open", {})))
                continue
            page = self.answer(page)
        raise AssertionError(self.pages, page.words)

    def answer(self, page: FormPage) -> FormPage:
        """Answer one page as wanted."""
        place = page.place
        if place == "kind":
            return FormPage(self.client.post(self.address, page.filled("continue", {"menu": [self.kind]})))
        if place in ("seldom", "seldom-facts"):
            ticked = [name for name in page.options("menu") if get(self.wanted, name)]
            return FormPage(self.client.post(self.address, page.filled("continue", {"menu": ticked})))
        if place.endswith(":part"):
            return self._part(page, place.removesuffix(":part"))
        if "list:add" in page.buttons():
            return self._list(page, place)
        if place == "departure":
            self.wanted.setdefault(place, "Counsel decided so.")
        wrong = page.root.xpath("//*[contains(@class, 'wrong')]/@data-field")
        values = {
            name: self._values(page, name, get(self.sample if name in wrong else self.wanted, name))
            for name in page.names()
            if name not in ("token", "version", "place") and not name.startswith("order:")
        }
        for name in [name for name in page.names() if name.startswith("order:")]:
            chosen = get(self.wanted, "legal_basis") or []
            own = name.removeprefix("order:")
            values[name] = [str(chosen.index(own) + 1)] if own in chosen else [""]
        return FormPage(self.client.post(self.address, page.filled("continue", values)))

    def _values(self, page: FormPage, name: str, value: Any) -> list[str]:
        options = page.options(name)
        types = page.root.xpath(f"//input[@name='{name}']/@type")
        if types and types[0] in ("radio", "checkbox"):
            if value is None:
                return [each for key, each in page.pairs() if key == name] if types[0] == "radio" else []
            if isinstance(value, bool):
                return ["yes" if value else "no"]
            return [each for each in options if each in (value if isinstance(value, list) else [value])]
        return [typed(value)]

    def _list(self, page: FormPage, place: str) -> FormPage:
        wanted, entries = get(self.wanted, place) or [], page.root.xpath("//ol[@class='entries']/li")
        if len(entries) > len(wanted):
            return FormPage(self.client.post(self.address, page.filled("list:remove-0", {})))
        if len(entries) == len(wanted):
            return FormPage(self.client.post(self.address, page.filled("continue", {})))
        new = {"new": [typed([wanted[len(entries)]])]} if "new" in page.names() else {}
        return FormPage(self.client.post(self.address, page.filled("list:add", new)))

    def _part(self, page: FormPage, place: str) -> FormPage:
        number = int(page.root.xpath("string(//*[@class='progress'])").rpartition("entry ")[2] or 1)
        entry = (get(self.wanted, place) or [{}])[number - 1]
        values = {}
        for name in page.names():
            if name.startswith(f"{place}."):
                value = entry.get(name.removeprefix(f"{place}."))
                values[name] = [long_date(value) if isinstance(value, date) else typed(value)]
        return FormPage(self.client.post(self.address, page.filled("continue", values)))
