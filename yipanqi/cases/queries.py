"""Reading cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.models import Case, Submission, TrackingSecret
from yipanqi.cases.references import proves, read_reference
from yipanqi.core import attempts, sealing
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Matter, Move
from yipanqi.organisations.models import Unit

# A 16-digit secret at ten tries an hour a reference is not to be guessed; an office behind one address is not
# locked out by one visitor's slips; the whole bounds a botnet.
TRIES = (("reference", 10, 3600), ("network", 60, 3600), ("all", 3000, 3600))
OPENING = dt.timedelta(minutes=30)
LOST_WITHIN = dt.timedelta(days=15)  # how far somebody's memory of the day may be off


class NotProved(Refused):
    """Reference and secret do not belong together."""


def intake_unit() -> Unit:
    """The unit that takes in what comes from outside: the hotline."""
    unit = Unit.objects.filter(kind="intake", valid_to__isnull=True).order_by("path").first()
    if unit is None:
        raise Refused(_("还没有设定受理单位，暂时不能提交。"))
    return unit


def prove(*, reference: str, secret: str, network: str, at: dt.datetime) -> tuple[Submission, TrackingSecret]:
    """The submission that reference and secret open. Raises `NotProved`, or `TooMany` behind the three limits.

    The same answer for an unknown reference and a wrong secret, after the same work. A right secret gives its try back:
    a resident who looks every day, and a partner who asks for hundreds, guess at nothing.
    """
    code = read_reference(reference) or ""
    values = {"reference": code or reference[:40], "network": network, "all": ""}
    for kind, most, seconds in TRIES:
        attempts.count(kind=f"track-{kind}", value=values[kind], most=most, seconds=seconds, at=at)
    row = (
        TrackingSecret.objects.select_related("submission")
        .filter(submission__reference=code, revoked_at__isnull=True)
        .first()
    )
    probe = row or TrackingSecret(salt=b"0" * 16, digest=b"0" * 32)
    if not proves(probe, secret) or row is None:
        raise NotProved(_("查询号和密码对不上。请核对后再试；密码丢失可到窗口或由我们回拨登记电话重发。"))
    for kind, _most, seconds in TRIES:
        attempts.give_back(kind=f"track-{kind}", value=values[kind], seconds=seconds, at=at)
    return row.submission, row


def viewer_of_submission(submission: Submission, secret: TrackingSecret) -> Viewer:
    """The submitter as a viewer: the cases of this submission; the verdict only with a secret nobody handed out."""
    cases = frozenset(submission.cases.values_list("pk", flat=True))
    return Viewer(proved=cases, own_secret=cases if secret.issued_by is None else frozenset())


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Case]:
    """The cases of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    cases = (
        Case.objects.select_for_update(of=("self",))
        .select_related("submission", "category", "area")
        .filter(pk__in=list(ids))
        .order_by("pk")
    )
    return {case.pk: case for case in cases}


def opened(*, matter: UUID, viewer: Viewer, step: str, at: dt.datetime) -> bool:
    """Whether this account opened the identity or the text within the last half hour."""
    if viewer.account is None:
        return False
    return Move.objects.filter(
        matter=matter, step=step, actor_account=viewer.account, at__gt=at - OPENING, at__lte=at
    ).exists()


def find_lost(*, phone: str, on: dt.date, among: QuerySet[Matter]) -> Case | None:
    """The one case that whoever left this telephone number filed nearest to that day: for the counter, when a
    reference is lost. Never more than one and never how many: a list of what somebody filed is a list of persons who
    complain (trust-and-ux H1)."""
    day0, day1 = (dt.datetime.combine(on + span, dt.time(), SHANGHAI) for span in (-LOST_WITHIN, LOST_WITHIN))
    noon = dt.datetime.combine(on, dt.time(12), SHANGHAI)
    found = Case.objects.filter(
        submission__seal__in=sealing.find_by("phone", phone),
        submission__received_at__gte=day0,
        submission__received_at__lt=day1,
        matter__in=among.values("pk"),
    ).select_related("submission", "matter")
    return min(found, key=lambda case: abs(case.submission.received_at - noon), default=None)


def with_categories_in_area(*, categories: Iterable[str], area_path: str | None) -> Q:
    """The clause over `Case` of everything of these categories in an area (or below it; None: anywhere)."""
    place = Q(area__isnull=False) if area_path is None else Q(area__path__startswith=area_path)
    return Q(category__in=list(categories)) & place
