"""Keeping what units told of their experience as cases that others can reuse, and finding them again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor
from yipanqi.core.models import Change
from yipanqi.meetings.exchange_models import Exchange
from yipanqi.text.privacy import identifying

LONGEST = {"title": 60, "theme": 30, "text": 10_000}
MOST_FOUND, MOST_THEMES = 50, 100


@dataclass(frozen=True)
class ExchangeDraft:
    """What a unit told, as it is to be shared; without a text it is shared no more. `sure`: what may name somebody was
    looked at and stays."""

    title: str
    theme: str
    text: str
    sure: bool = False


@transaction.atomic
def share_exchange(*, exchange: Exchange, draft: ExchangeDraft, by: Actor, at: dt.datetime) -> Exchange:
    """Clear what was told for sharing, write it anew, or share it no more.

    Raises `NotAllowed` without `decisions.draft`; `Refused` where it may name or reach somebody and nobody said that it
    stays: who did well at a meeting does not have to stand by name, or be reached, before every unit.
    """
    if not by.viewer.has("decisions.draft"):
        raise NotAllowed(_("您没有整理交流发言的权限。"))
    exchange = Exchange.objects.select_for_update(of=("self",)).get(pk=exchange.pk)
    told = {name: getattr(draft, name).strip() for name in LONGEST}
    if told["text"]:
        _check(told, sure=draft.sure)
    for name, value in told.items():
        setattr(exchange, name, value)
    exchange.shared_at, exchange.shared_by = (at, by.viewer.account) if told["text"] else (None, None)
    exchange.save()
    Change.objects.create(
        at=at,
        account=by.viewer.account,
        what="exchange",
        object_id=str(exchange.pk),
        after={"shared": bool(told["text"])},
    )
    return exchange


def _check(told: dict[str, str], *, sure: bool) -> None:
    wrong = {}
    for name, longest in LONGEST.items():
        if len(told[name]) > longest:
            wrong[name] = _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(told[name])}
    if not told["title"]:
        wrong["title"] = _("请填写。")
    found = [told[n][f.start : f.end] for n in ("title", "text") for f in identifying(told[n])]
    if found and not sure and not wrong:
        what = _("、").join(dict.fromkeys(found[:10]))
        why = _("这里可能写到了具体的人：%(what)s。请改成岗位或单位，或在下面确认需要保留。")
        wrong["sure"] = why % {"what": what}
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)


def themes() -> list[str]:
    """The themes of what is shared, in their order."""
    shared = Exchange.objects.filter(shared_at__isnull=False).exclude(theme="")
    return list(shared.order_by("theme").values_list("theme", flat=True).distinct()[:MOST_THEMES])


def exchanges(*, theme: str = "", words: str = "") -> tuple[list[Exchange], bool]:
    """What is shared of this theme with all of these words in it, what was shared last first; the second says that there
    is more."""
    found = Exchange.objects.filter(shared_at__isnull=False).select_related("conference", "unit")
    if theme:
        found = found.filter(theme=theme)
    for word in words.split()[:5]:
        found = found.filter(Q(title__icontains=word) | Q(text__icontains=word) | Q(speaker__icontains=word))
    rows = list(found.order_by("-shared_at", "-pk")[: MOST_FOUND + 1])
    return rows[:MOST_FOUND], len(rows) > MOST_FOUND
