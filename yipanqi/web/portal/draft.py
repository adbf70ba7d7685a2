"""What a resident has typed so far. It travels in hidden fields from page to page, by POST alone, and never in an
address, a cookie or the session. Nothing of it is on the server before it is submitted, unless its writer has it kept
(actions.py): then every turn of a page keeps it anew, and the pages carry a handle to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from django import forms
from django.core import signing
from django.http import QueryDict

from yipanqi.cases.actions import ForAnother, Words
from yipanqi.cases.models import Anonymity, How, Relation
from yipanqi.core.models import new_id
from yipanqi.files.actions import Taken
from yipanqi.organisations.models import Area, Category
from yipanqi.web.portal.actions import Content, Kept, change_draft, code_in, handle_of
from yipanqi.web.portal.forms import (
    FOR_ANOTHER,
    TOGETHER,
    ContactForm,
    KindForm,
    KnownForm,
    PageForm,
    TogetherForm,
    WhatForm,
    WhereForm,
)

FORMS: Mapping[str, type[PageForm]] = {
    "kind": KindForm,
    "what": WhatForm,
    "where": WhereForm,
    "known": KnownForm,
    "contact": ContactForm,
    "together": TogetherForm,
}
CHECK, FILES, WHERE = "check", "files", "where"
FIRST = next(iter(FORMS))
PAGES = ("kind", "what", "where", FILES, "known", "contact", "together", CHECK)
CONTACT = tuple(name for name in ContactForm.base_fields if name not in FOR_ANOTHER)
FIELDS = tuple(name for form in FORMS.values() for name in form.base_fields)
SALT = "portal.filing"
TOKEN_LASTS = 24 * 3600  # seconds


def new_token(matter: UUID | None = None) -> str:
    """A signed id for the matter to be: filing the same page twice meets the same id, and nobody can choose one."""
    return signing.dumps((matter or new_id()).hex, salt=SALT)


def read_token(token: str) -> UUID | None:
    """The id in a token; None where we did not sign it or it is too old."""
    try:
        return UUID(signing.loads(token, salt=SALT, max_age=TOKEN_LASTS))
    except (signing.BadSignature, ValueError):
        return None


def _files(kept: Kept) -> list[Taken]:
    return [Taken(**row) for row in kept.content.get("files", [])]


@dataclass
class Draft:
    """The answers so far, as typed, and the token of the filing. `checked`: the last page has been reached once.
    `code`: it is kept on the server under this code, with its `files`; `lost`: it was, and is there no longer."""

    values: dict[str, str] = field(default_factory=dict)
    token: str = field(default_factory=new_token)
    checked: bool = False
    code: str = ""
    lost: bool = False
    files: list[Taken] = field(default_factory=list)

    @classmethod
    def read(cls, data: QueryDict) -> Draft:
        """The draft in a request's data. Whoever stays anonymous carries no contact along, and nobody's name; who
        speaks for themselves nobody else's."""
        values = {name: str(data.get(name, "")).replace("\r\n", "\n") for name in FIELDS}
        if values["anonymity"] == Anonymity.ANONYMOUS:
            values |= dict.fromkeys((*CONTACT, "person", "person_phone"), "")
        if values["relation"] not in Relation.values:
            values |= dict.fromkeys(FOR_ANOTHER, "")
        if values["relation"] == Relation.GUARDIAN:
            values["person_phone"] = ""
        if values["relation"] != TOGETHER or values["anonymity"] == Anonymity.ANONYMOUS:
            values["signatories"] = ""
        if data.get("unpoint"):
            values["point"] = ""
        code = code_in(str(data.get("draft", "")))
        return cls(values, str(data.get("token", "")) or new_token(), data.get("checked") == "1", code)

    @classmethod
    def resumed(cls, kept: Kept) -> Draft:
        """A kept draft, to go on with. It files the same matter as the pages on which it was written."""
        content = kept.content
        token = new_token(UUID(content["matter"]) if content["matter"] else None)
        typed = {name: str(content["values"].get(name, "")) for name in FIELDS}
        return cls(typed, token, content["checked"], kept.code, files=_files(kept))

    def content(self, page: str) -> Content:
        """What is kept of it, with the page to go on at."""
        matter = read_token(self.token)
        return {
            "values": {name: value for name, value in self.values.items() if value},
            "checked": self.checked,
            "page": page,
            "matter": matter.hex if matter else "",
        }

    def keep(self, page: str, at: dt.datetime) -> Kept | None:
        """Keep what was typed since, where it is kept at all."""
        if not self.code:
            return None
        kept = change_draft(code=self.code, change=lambda before: before | self.content(page), at=at)
        if kept is None:
            self.code, self.lost = "", True
        else:
            self.files = _files(kept)
        return kept

    def change_files(self, change: Callable[[list[Content]], list[Content]], at: dt.datetime) -> None:
        """Change which files it has, as they stand: another page of it may have added some."""
        kept = change_draft(
            code=self.code, change=lambda before: before | {"files": change(before.get("files", []))}, at=at
        )
        if kept is not None:
            self.files = _files(kept)

    @property
    def anonymous(self) -> bool:
        return self.values.get("anonymity") == Anonymity.ANONYMOUS

    @property
    def kind(self) -> str:
        return self.values.get("kind", "")

    @property
    def relation(self) -> str:
        """What the writer is to the person for whom they speak; empty where it is themselves."""
        relation = self.values.get("relation", "")
        return relation if relation in Relation.values else ""

    @property
    def together(self) -> bool:
        """Whether others sign it as well."""
        return self.values.get("relation") == TOGETHER and not self.anonymous

    @property
    def pages(self) -> tuple[str, ...]:
        """The pages this person meets: somebody anonymous is not asked for a contact, only, where they speak for
        another, whether that person agrees. Whoever signs with others says who they are."""
        left_out = set() if self.together else {"together"}
        if self.anonymous and not self.relation:
            left_out.add("contact")
        return tuple(page for page in PAGES if page not in left_out)

    def form(self, page: str, *, checked: bool) -> forms.Form:
        """The form of a page: with errors where `checked`, else just filled in."""
        return FORMS[page](
            self.values if checked else None,
            initial=None if checked else self.values,
            kind=self.kind,
            relation=self.relation,
            anonymous=self.anonymous,
            together=self.together,
        )

    def first_wrong(self) -> str | None:
        """The first page with something wrong or missing."""
        pages = (page for page in self.pages if page in FORMS)
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
        if self.code:
            yield "draft", handle_of(self.code)

    def words(self) -> Words:
        """What is filed; spaces around it and full-width digits of a telephone number do not matter."""
        return Words(**{name: self.values.get(name, "").strip() for name in Words.__dataclass_fields__})

    def mandate(self) -> ForAnother | None:
        """That it is filed for somebody else, as it was declared."""
        agreed = bool(self.values.get("agreed"))
        return ForAnother(self.relation, How.DECLARED, agreed) if self.relation else None

    def category(self) -> Category | None:
        return Category.objects.filter(pk=self.values.get("category", "")).first()

    def area(self) -> Area | None:
        return Area.objects.filter(pk=self.values.get("area", "")).first()
