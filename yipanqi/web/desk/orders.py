"""A step on several, held for ten seconds: what is ordered, undoing it, and the page that says what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from yipanqi.core.bulk import foresee, take_all
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor, Channel, visible
from yipanqi.core.models import Matter
from yipanqi.insight.queue import ACTING
from yipanqi.insight.rows import rows_of
from yipanqi.organisations.access import viewer_of
from yipanqi.people.models import Account
from yipanqi.web.access import staff, viewer as viewer_of_request
from yipanqi.web.components.shapes import Column, TableRow
from yipanqi.web.desk.models import HeldOrder
from yipanqi.web.desk.queue import row_title

HELD_FOR = 10  # seconds
KEPT = dt.timedelta(days=1)

Answers = Mapping[UUID, Mapping[str, Any]]


@transaction.atomic
def hold_order(*, account: UUID, step: str, label: str, answers: Answers, at: dt.datetime) -> HeldOrder:
    """Order a step on several: the row and its job in one transaction, so that what was acknowledged is done."""
    from yipanqi.web.desk.jobs import run_held_order

    order = HeldOrder.objects.create(
        account_id=account,
        step=step,
        label=label,
        answers={str(matter): dict(given) for matter, given in answers.items()},
        due_at=at + dt.timedelta(seconds=HELD_FOR),
    )
    run_held_order.configure(schedule_at=order.due_at).defer(order=str(order.pk))
    return order


def undo_order(*, order: UUID) -> bool:
    """Undo an order that is still held; whether it was. One that is being run is waited for, and then is not."""
    return bool(HeldOrder.objects.filter(pk=order, state=HeldOrder.HELD).update(state=HeldOrder.UNDONE))


@transaction.atomic
def run_order(*, order: UUID, at: dt.datetime) -> None:
    """Carry out an order that is due and was not undone: checked again, by whoever ordered it as they may now. What can
    no longer follow stays and is written down. Run twice, or beside an undoing, it is done once or not at all."""
    row = HeldOrder.objects.select_for_update().filter(pk=order, state=HeldOrder.HELD).first()
    if row is None or row.due_at > at:
        return
    by = Actor(viewer_of(Account.objects.get(pk=row.account_id), at))
    answers: dict[UUID, Mapping[str, Any]] = {UUID(matter): given for matter, given in row.answers.items()}
    # Locked first, in one order: what was foreseen is still so when it is taken.
    list(Matter.objects.select_for_update().filter(pk__in=answers).order_by("pk").values_list("pk"))
    foreseen = foresee(answers=answers, step=row.step, by=by, at=at)
    can = {matter: given for matter, given in answers.items() if not foreseen[matter]}
    try:
        if can:
            take_all(answers=can, step=row.step, by=by, at=at)
    except Refused as refusal:
        # One that another of them got in the way of: none is done, and the order does not wait for ever.
        foreseen |= dict.fromkeys(can, refusal.message)
    row.state = HeldOrder.DONE
    row.left = {str(matter): why for matter, why in foreseen.items() if why}
    row.save(update_fields=["state", "left"])


def run_due_orders(*, at: dt.datetime) -> None:
    """Carry out what no job has, after a killed worker or a lost job; and forget what is a day old."""
    due = HeldOrder.objects.filter(state=HeldOrder.HELD, due_at__lte=at)
    for order in due.order_by("due_at").values_list("pk", flat=True)[:100]:
        run_order(order=order, at=at)
    HeldOrder.objects.exclude(state=HeldOrder.HELD).filter(due_at__lt=at - KEPT).delete()


def orders_of(account: UUID | None) -> list[HeldOrder]:
    """The orders of this account that are held, or of which something was left."""
    rows = HeldOrder.objects.filter(account=account).exclude(state=HeldOrder.UNDONE).order_by("-due_at")[:20]
    return [row for row in rows if row.state == HeldOrder.HELD or row.left]


@staff(*ACTING)
@require_http_methods(["GET", "HEAD", "POST"])
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    """What became of an order, or when it will be done; undoing it, or putting away what it says."""
    viewer, now = viewer_of_request(request), timezone.now()
    row = HeldOrder.objects.filter(pk=order_id, account=viewer.account).first()
    if row is None:
        raise Http404
    if request.method == "POST":
        if request.POST.get("go") == "read" and row.state != HeldOrder.HELD:
            row.delete()
        elif undo_order(order=order_id):
            messages.success(request, _("已撤销，一件都没有办理，也没有通知任何人。"))
        else:
            messages.error(request, _("来不及撤销：已经办理了。"))
            return HttpResponseRedirect(reverse("desk:order", args=[order_id]))
        return HttpResponseRedirect(reverse("desk:queue"))
    left = Matter.objects.filter(visible(viewer, Channel.DESK), pk__in=list(row.left)).order_by("pk")
    context = {
        "order": row,
        "number": len(row.answers) - len(row.left),
        "seconds": max(0, round((row.due_at - now).total_seconds())),
        "held_for": HELD_FOR,
        "columns": [
            Column("title", _("事项"), main=True),
            Column("note", _("为什么不能")),
            Column("number", _("编号"), "reference"),
        ],
        "left": [
            TableRow(
                cells={"title": row_title(one), "note": row.left[str(one.id)], "number": one.number},
                url=reverse("desk:matter", args=[one.id]),
            )
            for one in rows_of(list(left), viewer, now)
        ],
    }
    return render(request, "desk/order.html", context)
