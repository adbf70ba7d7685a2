"""What the portal's tests share: visitors, and a reader of forms that does what a browser without scripts does."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from django.test import Client
from django.urls import reverse

from yipanqi.cases.actions import Filed

ANSWERS = {
    "what": {
        "title": "The lamp at our gate",
        "text": "It has been dark for a week.\nPlease mend it.",
        "category": "lamps",
    },
    "where": {"place": "Sample Road, north gate", "area": "370199001"},
    "files": {},
    "known": {"anonymity": "named"},
    "contact": {"name": "Jia Mou", "phone": "199 0000 0001", "email": "jia@example.com", "address": ""},
}


def visitor(language: str = "zh-hans", **options: Any) -> Client:
    """A fresh visitor."""
    return Client(headers={"accept-language": language}, **options)


class _Forms(HTMLParser):
    """The forms of a page by their action, each with what it would send if nobody touched it."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[dict[str, str], dict[str, str]]] = []
        self._name: str | None = None
        self._kind = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.forms.append((given, {}))
        if not self.forms:
            return
        values = self.forms[-1][1]
        if tag == "input" and given.get("name"):
            kind = given.get("type", "text")
            if kind not in ("radio", "checkbox") or "checked" in given:
                values[given["name"]] = given.get("value", "on" if kind == "checkbox" else "")
        elif tag in ("textarea", "select"):
            self._name, self._kind = given["name"], tag
            values.setdefault(given["name"], "")
        elif tag == "option" and "selected" in given and self._name:
            values[self._name] = given["value"]

    def handle_data(self, data: str) -> None:
        if self._kind == "textarea" and self._name:
            values = self.forms[-1][1]
            # A line break right after the tag belongs to the markup.
            before = values[self._name]
            values[self._name] = before + (data.removeprefix("\n") if not before else data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("textarea", "select"):
            self._name, self._kind = None, ""


def form_of(response: Any, action: str) -> dict[str, str]:
    """What the form with this action would send as it stands (the first one with it), but for the token."""
    reader = _Forms()
    reader.feed(response.content.decode())
    found = next(values for given, values in reader.forms if given.get("action") == action)
    return {name: value for name, value in found.items() if name != "csrfmiddlewaretoken"}


def text_of(response: Any) -> str:
    return str(response.content.decode())


class Filing:
    """Somebody who fills in the pages of the filing one after the other, as a browser would send them."""

    def __init__(self, client: Client, kind: str = "order") -> None:
        self.client, self.url = client, reverse("portal:file")
        self.response: Any = client.get(self.url)
        self.press(kind=kind)

    @property
    def form(self) -> dict[str, str]:
        return form_of(self.response, self.url)

    @property
    def page(self) -> str:
        return self.form["page"]

    def press(self, go: str = "next", **typed: str) -> Any:
        """Type into the page's fields and press a button."""
        self.response = self.client.post(self.url, self.form | typed | {"go": go})
        return self.response

    def to_check(self, **changed: str) -> Any:
        """Go to the last page with the usual answers, some of them changed."""
        anonymous = changed.get("anonymity") == "anonymous"
        for page, answers in ANSWERS.items():
            if not (anonymous and page == "contact"):
                self.press(**{name: changed.get(name, value) for name, value in answers.items()})
        assert self.page == "check", text_of(self.response)
        return self.response


def codes(response: Any) -> tuple[str, str]:
    """Reference and secret of the page after filing."""
    form = form_of(response, reverse("portal:filed"))
    return form["reference"], form["secret"]


def tracking(filed: Filed, language: str = "zh-hans") -> Client:
    """A visitor who showed reference and secret."""
    client = visitor(language)
    answer = client.post(reverse("portal:track"), {"reference": filed.reference, "secret": filed.secret})
    assert answer.status_code == 302, answer.content.decode()
    return client


def case_url(filed: Filed) -> str:
    return reverse("portal:case", args=[filed.reference])


def step_url(filed: Filed, name: str) -> str:
    return reverse("portal:step", args=[filed.reference, name])


def press_step(client: Client, filed: Filed, name: str, **typed: str) -> Any:
    """Open the case, fill in the form of a step and send it."""
    form = form_of(client.get(case_url(filed)), step_url(filed, name))
    return client.post(step_url(filed, name), form | typed)
