"""What a resident has typed so far. It travels in hidden fields from page to page, by POST alone; before it is
submitted nothing of it is on the server, and never is it in an address, a cookie or the session."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django import forms
from django.core import signing
from django.http import QueryDict

from yipanqi.cases.actions import Words
from yipanqi.cases.models import Anonymity
from yipanqi.core.models import new_id
from yipanqi.organisations.models import Area, Category
from yipanqi.web.portal.forms import ContactForm, KnownForm, PageForm, WhatForm, WhereForm

FORMS: Mapping[str, type[PageForm]] = {
    "what": WhatForm,
    "where": WhereForm,
    "known": KnownForm,
    "contact": ContactForm,
}
CHECK = "check"
PAGES = (*FORMS, CHECK)
CONTACT = tuple(ContactForm.base_fields)
FIELDS = tuple(name for form in FORMS.values() for name in form.base_fields)
SALT = "portal.filing"
TOKEN_LASTS = 24 * 3600  # seconds


def new_token() -> str:
    """A signed id for the matter to be: filing the same page twice meets the same id, and nobody can choose one."""
    return signing.dumps(new_id().hex, salt=SALT)


def read_token(token: str) -> UUID | None:
    """The id in a token; None where we did not sign it or it is too old."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=TOKEN_LASTS))
    except (signing.BadSignature, ValueError):
        return None


@dataclass
class Draft:
    """The answers so far, as typed, and the token of the filing. `checked`: the last page has been reached once."""

    values: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=new_token)
    checked: bool = False

    @classmethod
    def read(cls, data: QueryDict) -> Draft:
        """The draft in a request's data. Whoever stays anonymous carries no contact along."""
        values = {name: str(data.get(name, "")).replace("\r\n", "\n") for name in FIELDS}
        if values["anonymity"] == Anonymity.ANONYMOUS:
            values |= dict.fromkeys(CONTACT, "")
        return cls(values, str(data.get("token", "")) or new_token(), data.get("checked") == "1")

    @property
    def anonymous(self) -> bool:
        return self.values.get("anonymity") == Anonymity.ANONYMOUS

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages this person meets: somebody anonymous is not asked for a contact."""
        return tuple(page for page in PAGES if not (self.anonymous and page == "contact"))

    def form(self, page: str, *, checked: bool) -> forms.Form:
        """The form of a page: with errors where `checked`, else just filled in."""
        return FORMS[page](self.values) if checked else FORMS[page](initial=self.values)

    def first_wrong(self) -> str | None:
        """The first page with something wrong or missing."""
        pages = (page for page in self.pages if page != CHECK)
        return next((page for page in pages if not self.form(page, checked=True).is_valid()), None)

    def after(self, page: str) -> str:
        """The next page: back to the answers, once they have been reached, as soon as nothing is missing."""
        if self.checked:
            return self.first_wrong() or CHECK
        return self.pages[min(self.pages.index(page) + 1, len(self.pages) - 1)]

    def before(self, page: str) -> str:
        return self.pages[max(self.pages.index(page) - 1, 0)]

    def hidden(self, page: str) -> Iterator[tuple[str, str]]:
        """What the page must carry along: everything but its own fields."""
        shown = FORMS[page].base_fields if page in FORMS else ()
        yield from ((name, value) for name, value in self.values.items() if value and name not in shown)
        yield from (("token", self.token), ("page", page), ("checked", "1" if self.checked else ""))

    def words(self) -> Words:
        """What is filed; spaces around it and full-width digits of a telephone number do not matter."""
        return Words(**{name: self.values.get(name, "").strip() for name in Words.__dataclass_fields__})

    def category(self) -> Category | None:
        return Category.objects.filter(pk=self.values.get("category", "")).first()

    def area(self) -> Area | None:
        return Area.objects.filter(pk=self.values.get("area", "")).first()
