"""An accusation, the organ that is competent for it, and those who look after its seal."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import DAY, PASSWORD, City, file, take
from yipanqi.cases.actions import Filed, Words
from yipanqi.core.models import Matter
from yipanqi.organisations.actions import UnitRow, add_units, appoint
from yipanqi.people.actions import create_accounts, define_role

WORDS = Words(
    title="示例收费不入账", text="示例市场监管局的某人收了费不入账。", name="甲某", phone="199 0000 0001"
)

# By login: capabilities and unit.
PEOPLE = {
    "inspector": (["accusations.handle"], "discipline"),
    "warden": (["accusations.handle", "accusations.approve"], "discipline"),
    "petitions": (["cases.oversee"], "hotline"),
    "petitionhead": (["accusations.approve", "cases.oversee"], "hotline"),
    "window": (["cases.register", "cases.route"], "hotline"),
    # The accused's side: the head of the accused unit, somebody of a unit below it, and its leader's other post.
    "accusedhead": (["cases.handle", "cases.oversee", "board.see"], "market"),
    "accusedbelow": (["cases.handle", "cases.oversee", "accusations.handle"], "stall"),
}


def add_organ(city: City) -> City:
    """The discipline organ, a unit below the accused one, and the people above."""
    rows = [
        UnitRow("discipline", "示例纪检监察机关", "Discipline", "department", "3701", "city", "city", None, DAY, ""),
        UnitRow("stall", "示例市场所", "Stall", "department", "3701", "market", "market", None, DAY, ""),
    ]  # fmt: skip
    units = {unit.code: unit for unit in add_units(rows=rows, by=None, at=city.at)}
    city.units |= units
    logins = [(login, f"示例{login}", "business") for login in PEOPLE]
    accounts = {a.login: a for a in create_accounts(rows=logins, password=PASSWORD, by=None, at=city.at)}
    city.accounts |= accounts
    posts = []
    for login, (capabilities, unit) in PEOPLE.items():
        role = define_role(
            code=login,
            name_zh=login,
            name_en=login,
            duty="business",
            capabilities=capabilities,
            by=None,
            at=city.at,
        )
        posts.append((accounts[login], role, city.units[unit], f"{login}岗", login))
    appoint(rows=posts, valid_from=DAY, by=None, at=city.at)
    return city


def accuse(city: City, *, at: dt.datetime, state: str = "registered", **more: Any) -> Filed:
    """An accusation against the market's unit, filed on the portal and brought to a state."""
    filed = file(city, at=at, kind="accusation", words=WORDS, **more)
    bring(city, filed, state, at)
    return filed


def bring(city: City, filed: Filed, state: str, at: dt.datetime, **said: Any) -> Matter:
    pk = filed.case.pk
    ways = [
        ("forwarded", "route", "window", {"accused": ["market"], "unit": "discipline"} | said),
        ("handling", "accept", "inspector", {}),
        ("closed", "conclude", "inspector", {"outcome": "in_hands"}),
    ]
    matter = Matter.objects.get(pk=pk)
    if state == "registered":
        return matter
    for reached, step, login, answers in ways:
        matter = take(pk, step, city.actor(login), at, **answers)
        if reached == state:
            break
    return matter
