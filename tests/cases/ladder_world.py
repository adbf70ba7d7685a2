"""What the review ladder needs beside the small city: bodies above the lamps with somebody who decides there, and the
table that says that they are lawful."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import DAY, OPINION, PASSWORD, City, bring_to, file, submitter, take
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case
from yipanqi.core.gate import Actor, Viewer
from yipanqi.organisations.actions import UnitRow, add_units, appoint
from yipanqi.organisations.reviewers import ReviewerRow, keep_reviewers
from yipanqi.people.actions import create_accounts
from yipanqi.people.models import Role

# Whose table row says whom: the lamps' government or the same department one level up; above either, the province.
ROWS = (
    ("lamps", "government", "信访工作条例 35"),
    ("lamps", "bureau", "信访工作条例 35"),
    ("government", "province", "信访工作条例 36"),
    ("bureau", "province", "信访工作条例 36"),
)
BODIES = {"reviewer": "government", "bureau": "bureau", "second": "province"}
SERVICE = {"method": "in_person", "proof": "示例"}
REVIEWED: dict[str, Any] = {
    "request": "请求撤销原意见",
    "facts": "经审查，事实清楚。",
    "outcome": "upheld",
    "text": "维持原意见。",
    "law": "信访工作条例第三十五条",
    "remedy": "三十日内请求复核",
}


def at(day: str, hour: int = 10) -> dt.datetime:
    return dt.datetime.fromisoformat(f"{day}T{hour:02}:00+08:00")


def add_bodies(city: City, *, rows: tuple[tuple[str, str, str], ...] = ROWS) -> City:
    """The bodies with the people who decide there, and the rows of the table."""
    units = [
        UnitRow(code, name, code.title(), "government", "3701", None, None, None, DAY, "0531-00000001")
        for code, name in (
            ("government", "示例区政府"),
            ("bureau", "示例省路灯局"),
            ("province", "示例省政府"),
        )
    ]
    city.units |= {u.code: u for u in add_units(rows=units, by=None, at=city.at)}
    people = [(login, f"示例{login}", "business") for login in BODIES]
    accounts = {a.login: a for a in create_accounts(rows=people, password=PASSWORD, by=None, at=city.at)}
    role = Role.objects.get(code="handler")
    appoint(
        rows=[
            (accounts[login], role, city.units[code], f"{login}岗", login) for login, code in BODIES.items()
        ],
        valid_from=DAY,
        by=None,
        at=city.at,
    )
    city.accounts |= accounts
    keep_reviewers(rows=[ReviewerRow(*row, valid_from=DAY) for row in rows], by=None, at=city.at)
    return city


def served(city: City, day: str, *, outcome: str = "explained", **more: Any) -> Filed:
    """A claim whose opinion was served on that day."""
    filed = file(city, at=at(day), kind="claim", **more)
    bring_to(city, filed, "handling", at(day))
    take(filed.case.pk, "answer", city.actor("insider"), at(day), **OPINION | {"outcome": outcome})
    take(filed.case.pk, "serve", city.actor("insider"), at(day), **SERVICE)
    return filed


def owner(case: Case) -> Actor:
    """The submitter of everything that belongs to the case's submission."""
    cases = frozenset(Case.objects.filter(submission=case.submission_id).values_list("pk", flat=True))
    return Actor(Viewer(proved=cases, own_secret=cases))


def ask_review(city: City, filed: Filed, moment: dt.datetime, *, body: str = "government", by: Actor | None = None) -> Case:  # fmt: skip
    """Ask for a review; the case that it is."""
    take(filed.case.pk, "ask_review", by or submitter(filed), moment, body=body, reason="没有查清")
    return Case.objects.get(reviews=filed.case.pk, open=True)


def ask_second(city: City, review: Case, moment: dt.datetime) -> Case:
    take(review.pk, "ask_second", owner(review), moment, body="province", reason="还是没有查清")
    return Case.objects.get(reviews=review.pk, open=True)


def decide(city: City, review: Case, moment: dt.datetime, login: str = "reviewer", **said: Any) -> None:
    """Accept a review, give the opinion and serve it."""
    by = city.actor(login)
    take(review.pk, "accept", by, moment, notice="已受理")
    take(review.pk, "answer", by, moment, **REVIEWED | said)
    take(review.pk, "serve", by, moment, **SERVICE)
