"""Publishing a case: the effects of the steps by which its submitter consents and the desk publishes."""

from __future__ import annotations

from secrets import token_hex
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.models import Case, Publication
from yipanqi.cases.steps.publishing import standing_consent
from yipanqi.core.calendar import in_force
from yipanqi.core.counting import day_of, remaining
from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking
from yipanqi.core.models import Term
from yipanqi.core.procedure import Role
from yipanqi.organisations.models import Area, Part, Unit

# How many of the places from the city down are told.
DEPTHS = {"city": 1, "district": 2, "street": 3}


def consent(taking: Taking) -> None:
    """The submitter's own, with a secret that nobody handed out: with another a clerk could consent in their place."""
    if taking.subject.pk not in taking.by.viewer.own_secret:
        raise Refused(_("这个密码是工作人员给出的，不能用来同意公开；愿意公开可以打热线，由另一位同事记下。"))
    offer(taking)


def offer(taking: Taking) -> None:
    """Tell the desk of a consent that is under no veil any more; while one may judge, closing tells of it."""
    if not taking.matter.open:
        taking.then.append(("offer_publication", {}))


def offer_if_given(taking: Taking) -> None:
    """With the end of the time to judge a consent comes out from under its veil."""
    if standing_consent(taking.subject) is not None:
        taking.then.append(("offer_publication", {}))


def take_off(taking: Taking) -> None:
    """The public page is gone, in this transaction."""
    Publication.objects.filter(case=taking.subject.pk, withdrawn_at__isnull=True).update(
        withdrawn_at=taking.at
    )


def publish(taking: Taking) -> None:
    """Two must agree that nothing in it gives anybody away: whoever handled the case, or took down that its submitter
    consents, does not publish it."""
    case, answers, given = taking.subject, taking.answers, standing_consent(taking.subject)
    account = taking.by.viewer.account
    handled = taking.matter.moves.filter(actor_account=account, actor_role__in=(Role.LEAD, Role.CO)).exists()
    if given is None or handled or given.actor_account == account:
        raise Refused(_("办过这件事的人、记录本人同意的人不能公开它，请由另一位同事来办。"))
    Publication.objects.update_or_create(
        case=case,
        defaults={
            "consent": given,
            "number": token_hex(5),
            "title": answers["title"],
            "said": answers["said"],
            "came_of_it": answers["came_of_it"],
            "area": _place(case.area, answers["place"]),
            "published_at": taking.at,
            "withdrawn_at": None,
            **_as_it_stands(case),
        },
    )


def _as_it_stands(case: Case) -> dict[str, Any]:
    """What is told of the case besides the words: how long it took from receipt to the last service, and whether its
    submitter said that it is solved, which staff may see by now (trust-and-ux H6)."""
    served = (
        Term.objects.filter(matter=case.pk, code="evaluate").order_by("-id").values_list("day0", flat=True)
    )
    received = day_of(case.submission.received_at or case.matter.opened_at)
    spent, _late = remaining(today=received, due=served[0], calendar=in_force())
    said = case.verdicts.filter(open_to_staff=True, round=case.round, of="handler").values_list(
        "solved", flat=True
    )
    return {
        "kind": case.matter.procedure,
        "category": case.category,
        "unit": _answering(case),
        "month": served[0].replace(day=1),
        "working_days": spent,
        "solved": said.first(),
    }


def _answering(case: Case) -> Unit:
    return Part.objects.select_related("unit").get(matter=case.pk, role=Part.LEAD, until__isnull=True).unit


def _place(area: Area, place: str) -> Area:
    codes = [code for code in area.path.split("/") if code][: DEPTHS[place]]
    return Area.objects.get(pk=codes[-1])
