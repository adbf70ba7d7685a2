"""A small city made by the same actions as everything else, and the standing people of the tests."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from tests.standing import standing
from yipanqi.cases.actions import Filed, Filing, Words, file_submission, file_submissions
from yipanqi.cases.models import Case
from yipanqi.core import engine
from yipanqi.core.gate import NOBODY, SYSTEM, Actor, Viewer
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Role as Part
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.actions import (
    UnitRow,
    add_areas,
    add_categories,
    add_units,
    appoint,
    assign_duties,
)
from yipanqi.organisations.models import Area, Category, Unit
from yipanqi.people.actions import create_accounts, define_role
from yipanqi.people.models import Account
from yipanqi.text.geo import Point

EPOCH = dt.datetime(2026, 1, 1, 1, tzinfo=dt.UTC)
DAY = dt.date(2026, 1, 1)
PASSWORD = "a long password for tests"

ROLES = {
    "clerk": (
        "business",
        ["cases.register", "cases.import", "cases.route", "cases.approve", "cases.identify"],
    ),
    "auditor": ("business", ["cases.audit"]),
    "callback": ("business", ["cases.callback"]),
    "handler": ("business", ["cases.handle", "cases.identify", "decisions.work", "board.see"]),
    "deputy": (
        "business",
        ["cases.oversee", "board.see", "decisions.draft", "decisions.issue", "decisions.check"],
    ),
    "sysadmin": ("system", ["organisations.manage", "calendar.manage", "limits.manage", "system.manage"]),
    "secadmin": ("security", ["accounts.manage"]),
    "audadmin": ("audit", ["access.audit"]),
}

# By login: the role and the unit.
STAFF = {
    "clerk": ("clerk", "hotline"),
    "clerk2": ("clerk", "hotline"),
    "auditor": ("auditor", "hotline"),
    "callback": ("callback", "hotline"),
    "insider": ("handler", "lamps"),
    "colleague": ("handler", "roads"),
    "stranger": ("handler", "schools"),
    "accused": ("handler", "market"),
    "deputy": ("deputy", "socialwork"),
    "sysadmin": ("sysadmin", "city"),
    "secadmin": ("secadmin", "city"),
    "audadmin": ("audadmin", "city"),
}


@dataclass
class City:
    """The small city: units by code, accounts by login."""

    units: dict[str, Unit]
    accounts: dict[str, Account]
    category: Category
    area: Area
    at: dt.datetime = EPOCH
    extra: dict[str, Any] = field(default_factory=dict)

    def viewer(self, login: str) -> Viewer:
        return viewer_of(self.accounts[login], self.at)

    def actor(self, login: str) -> Actor:
        return Actor(self.viewer(login))


@standing
def make_city(at: dt.datetime = EPOCH) -> City:
    """City, hotline, five units, one category and place with its duty, and the standing people."""
    add_areas(
        rows=[
            ("3701", "示例市", "Sample City", "city", None),
            ("370199", "示例区", "Sample District", "district", "3701"),
            ("370199001", "示例街道", "Sample Street", "street", "370199"),
        ],
        by=None,
        at=at,
        centres={"370199001": Point(36.65, 117.0)},
    )

    def unit(code: str, name: str, kind: str = "department", managing: str | None = "city") -> UnitRow:
        return UnitRow(code, name, code.title(), kind, "3701", managing, managing, None, DAY, "0531-00000000")

    units = add_units(
        rows=[
            unit("city", "示例市", "city", None),
            unit("hotline", "示例热线", "intake"),
            unit("socialwork", "示例社会工作部"),
            unit("lamps", "示例路灯处"),
            unit("roads", "示例道路处"),
            unit("schools", "示例教育局"),
            unit("market", "示例市场监管局"),
        ],
        by=None,
        at=at,
    )
    by_code = {u.code: u for u in units}
    categories = add_categories(
        rows=[("city", "城市管理", "City services", None), ("lamps", "路灯", "Street lamps", "city")],
        valid_from=DAY,
        by=None,
        at=at,
    )
    assign_duties(rows=[("lamps", "3701", "lamps", "示例三定方案 3")], valid_from=DAY, by=None, at=at)
    roles = {
        code: define_role(code=code, name_zh=code, name_en=code, duty=duty, capabilities=caps, by=None, at=at)
        for code, (duty, caps) in ROLES.items()
    }
    rows = [(login, f"示例{login}", ROLES[role][0]) for login, (role, _u) in STAFF.items()]
    accounts = {a.login: a for a in create_accounts(rows=rows, password=PASSWORD, by=None, at=at)}
    appoint(
        rows=[
            (accounts[login], roles[role], by_code[code], f"{login}岗", login)
            for login, (role, code) in STAFF.items()
        ],
        valid_from=DAY,
        by=None,
        at=at,
    )
    # The head of the deputy's view is the whole city, as a leader in charge sees it.
    appoint(
        rows=[(accounts["deputy"], roles["deputy"], by_code["city"], "分管领导", "leader in charge")],
        valid_from=DAY,
        by=None,
        at=at,
    )
    return City(by_code, accounts, categories[1], Area.objects.get(pk="370199001"), at)


WORDS = Words(title="路灯不亮", text="示例路三号杆的路灯不亮一周了。", name="甲某", phone="199 0000 0001")


def file(
    city: City, *, at: dt.datetime, anonymity: str = "named", words: Words = WORDS, **more: Any
) -> Filed:
    """File a submission as a resident on the portal."""
    if anonymity == "anonymous":
        words = Words(title=words.title, text=words.text)
    return file_submission(
        words=words, anonymity=anonymity, channel="portal", by=Actor(NOBODY, Part.SUBMITTER), at=at, **more
    )


def record(city: City, at: dt.datetime, **more: Any) -> Filed:
    """Keep something that was handled long ago, as an import does."""
    filing = Filing(
        Words(title="路灯不亮", text="二号杆不亮，已修好。"), "named", "paper", history=True, **more
    )
    by = Actor(Viewer(system=True), Part.SENDER)
    return file_submissions(filings=[filing], by=by, at=at)[0]


def submitter(filed: Filed, *split: Case) -> Actor:
    """The resident who filed it (and whose these other cases are), with the secret nobody else has seen."""
    cases = frozenset({filed.case.pk, *(case.pk for case in split)})
    return Actor(Viewer(proved=cases, own_secret=cases))


def take(matter: UUID, step: str, by: Actor, at: dt.datetime, **answers: Any) -> Matter:
    """Take a step and return the matter as it stands."""
    engine.take(matters=[matter], step=step, by=by, at=at, answers=answers)
    return Matter.objects.get(pk=matter)


_Way = list[tuple[str, str, str, dict[str, Any]]]
_SENT: _Way = [
    ("registered", "clear", "clerk", {"title": "路灯不亮", "text": "三号杆路灯不亮", "category": "lamps"}),
    ("forwarded", "route", "clerk", {"unit": "lamps", "co_units": ["roads"]}),
]  # fmt: skip
OPINION = {
    "request": "退还多收的费用",
    "facts": "经核实，多收一次。",
    "text": "退还多收的费用。",
    "law": "示例办法第三条",
    "remedy": "三十日内向示例市政府请求复查",
    "outcome": "explained",
}
# Step by step from filing to service, so that a test can begin in any state.
_WAYS: dict[str, _Way] = {
    "order": [
        *_SENT,
        ("handling", "accept", "insider", {}),
        ("answered", "answer", "insider", {"text": "已修好。", "outcome": "solved"}),
        ("served", "serve", "auditor", {"method": "portal", "proof": "示例"}),
    ],
    "suggestion": [
        *_SENT,
        ("handling", "accept", "insider", {}),
        ("answered", "answer", "insider", {"text": "明年改造时采用。", "outcome": "adopted"}),
        ("served", "serve", "auditor", {"method": "portal", "proof": "示例"}),
    ],
    "claim": [
        *_SENT,
        ("handling", "accept", "insider", {"notice": "已受理，六十日内答复。"}),
        ("answered", "answer", "insider", OPINION),
        ("served", "serve", "insider", {"method": "in_person", "proof": "示例"}),
    ],
}  # fmt: skip


def bring_to(city: City, filed: Filed, state: str, at: dt.datetime) -> Matter:
    """Bring a filed case to a state of the usual way: registered, forwarded, handling, answered, served, closed."""
    matter = Matter.objects.get(pk=filed.case.pk)
    for reached, step, login, answers in _WAYS[matter.procedure]:
        place = {"area": city.area.pk} if step == "clear" else {}
        matter = take(filed.case.pk, step, city.actor(login), at, **answers, **place)
        if reached == state:
            return matter
    return take(filed.case.pk, "close", SYSTEM, at)


def add_head(city: City) -> City:
    """The head of the lamps' unit, who decides what the unit asks for itself."""
    role = define_role(
        code="head",
        name_zh="head",
        name_en="head",
        duty="business",
        capabilities=["cases.handle", "cases.approve"],
        by=None,
        at=city.at,
    )
    rows = [("head", "示例head", "business")]
    (account,) = create_accounts(rows=rows, password=PASSWORD, by=None, at=city.at)
    appoint(
        rows=[(account, role, city.units["lamps"], "head岗", "head")], valid_from=DAY, by=None, at=city.at
    )
    city.accounts["head"] = account
    return city


def add_caller(city: City) -> City:
    """Somebody at the hotline who does nothing but call, and may open a number for it."""
    role = define_role(
        code="caller",
        name_zh="caller",
        name_en="caller",
        duty="business",
        capabilities=["cases.callback", "cases.identify"],
        by=None,
        at=city.at,
    )
    (account,) = create_accounts(
        rows=[("caller", "示例caller", "business")], password=PASSWORD, by=None, at=city.at
    )
    row = (account, role, city.units["hotline"], "caller岗", "caller")
    appoint(rows=[row], valid_from=DAY, by=None, at=city.at)
    city.accounts["caller"] = account
    return city
