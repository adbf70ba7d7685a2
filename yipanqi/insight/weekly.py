"""The week in figures, told once to whoever heads units or sees their board. The figures are those of the supervisor's
page: of units, never of persons, and each is the length of a list that the reader may open."""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

from yipanqi.core.counting import day_of
from yipanqi.insight import queue
from yipanqi.insight.supervision import WEEK_WISHES
from yipanqi.notices.actions import tell_week
from yipanqi.organisations.access import living_postings, viewer_of
from yipanqi.people.models import Account

SEES = ("board.see", "cases.oversee")  # whoever may open the page


def monday_of(at: dt.datetime) -> dt.date:
    """The Monday of the week of this moment, in the city."""
    day = day_of(at)
    return day - dt.timedelta(days=day.weekday())


def readers(at: dt.datetime) -> list[Account]:
    """Heads of units and who sees a board, each once, with the posts they hold themselves."""
    sees = Q(in_charge=True) | Q(role__capabilities__contains=["board.see"])
    posts = living_postings(at).filter(sees, duty="business", account__is_active=True)
    return list(Account.objects.filter(pk__in=posts.values("account")).order_by("pk"))


def tell_weeks(*, at: dt.datetime) -> int:
    """Tell each of them the week before this one; returns how many were told. It may be killed and run again."""
    told = 0
    for account in readers(at):
        viewer = viewer_of(account, at)
        if not any(viewer.has(capability) for capability in SEES):
            continue
        counts = queue.counts(viewer, WEEK_WISHES.values(), at)
        figures = {name: (counts[w].number, counts[w].bounded) for name, w in WEEK_WISHES.items()}
        told += tell_week(account=account.pk, monday=monday_of(at), figures=figures)
    return told
