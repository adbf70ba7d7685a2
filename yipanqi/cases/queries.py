"""Reading cases."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from yipanqi.cases.models import (
    Anonymity,
    CallRequest,
    Case,
    Mandate,
    MandateEnd,
    Publication,
    Submission,
    TrackingSecret,
)
from yipanqi.cases.references import proves, read_reference
from yipanqi.core import attempts, sealing
from yipanqi.core.calendar import EDITIONS, read_editions
from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Viewer
from yipanqi.core.held import Held
from yipanqi.core.kinds import Words
from yipanqi.core.models import Matter
from yipanqi.core.prepared import id_slot
from yipanqi.core.terms import Limits
from yipanqi.organisations.access import in_any_part
from yipanqi.organisations.models import Part, Unit

# A 16-digit secret at ten tries an hour a reference is not to be guessed; an office behind one address is not
# locked out by one visitor's slips; the whole bounds a botnet.
HOUR = 3600
TRIES = (("reference", 10), ("network", 60), ("all", 3000))
OPENING = dt.timedelta(minutes=30)
# An earlier call-back, opening the number for it, being abused in it and a consent taken down or taken back are what
# somebody does who speaks with the submitter, and no part in the case.
CALLING = (
    "record_verdict", "open_identity", "log_call", "report_abuse", "record_consent", "withdraw_consent",
)  # fmt: skip
NEVER = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
CALL_AGAIN = dt.timedelta(hours=1)
LOST_WITHIN = dt.timedelta(days=15)  # how far somebody's memory of the day may be off


class NotProved(Refused):
    """Reference and secret do not belong together."""


def intake_unit() -> Unit:
    """The unit that takes in what comes from outside: the hotline."""
    return intake()[0]


def intake() -> tuple[Unit, Limits]:
    """The same, with the limits of what is taken in now."""
    # As SQL and at once: every submission asks, and to word the question costs Django more than the answer does.
    found = list(
        Unit.objects.raw(
            f"SELECT *, {EDITIONS} FROM organisations_unit WHERE kind = 'intake' AND valid_to IS NULL "
            "ORDER BY path LIMIT 1"
        )
    )
    if not found:
        raise Refused(_("还没有设定受理单位，暂时不能提交。"))
    unit: Any = found[0]
    known = read_editions(unit.newest_notice, unit.notices, unit.newest_limit, unit.limits)
    return found[0], Limits(known)


def living_secrets() -> QuerySet[TrackingSecret]:
    """The secrets that open something: no newer one was given out, and their holder has not handed the case over."""
    void = MandateEnd.objects.filter(secret=OuterRef("pk"))
    return TrackingSecret.objects.filter(~Exists(void), revoked_at__isnull=True)


def prove(*, reference: str, secret: str, network: str, at: dt.datetime) -> tuple[Submission, TrackingSecret]:
    """The submission that secret and reference (or the number of any case split from it) open. Raises `NotProved`, or `TooMany` behind the three limits.

    The same answer for an unknown reference and a wrong secret, after the same work. A right secret gives its try back:
    a resident who looks every day, and a partner who asks for hundreds, guess at nothing.
    """
    code = read_reference(reference) or ""
    values = {"reference": code or reference[:40], "network": network, "all": ""}
    limits = [(f"track-{kind}", values[kind], most) for kind, most in TRIES]
    attempts.count_each(limits=limits, seconds=HOUR, at=at)
    row = living_secrets().select_related("submission").filter(submission__cases__number=code).first()
    probe = row or TrackingSecret(salt=b"0" * 16, digest=b"0" * 32)
    if not proves(probe, secret) or row is None:
        raise NotProved(_("查询号和密码对不上。请核对后再试；密码丢失可到窗口或由我们回拨登记电话重发。"))
    for kind, _most in TRIES:
        attempts.give_back(kind=f"track-{kind}", value=values[kind], seconds=HOUR, at=at)
    return row.submission, row


def viewer_of_submission(submission: Submission, secret: TrackingSecret) -> Viewer:
    """The submitter as a viewer: the cases of this submission; the verdict only with a secret nobody handed out."""
    cases = frozenset(submission.cases.values_list("pk", flat=True))
    return Viewer(proved=cases, own_secret=cases if secret.issued_by is None else frozenset())


def whole() -> QuerySet[Case]:
    """Cases with what their pages and steps ask of them."""
    return Case.objects.select_related(
        "matter", "submission__mandate__end", "category", "area", "publication"
    )


def subjects(ids: Iterable[UUID]) -> Mapping[UUID, Case]:
    """The cases of matters, locked after their matters (which the engine has locked in the order of their ids)."""
    wanted = list(ids)
    cases = _LOCKED_ONE.read({id_slot(0): wanted[0]}) if len(wanted) == 1 else _locked(pk__in=wanted)
    return {case.pk: case for case in cases}


def _locked(**of: Any) -> QuerySet[Case]:
    return whole().select_for_update(of=("self",)).filter(**of).order_by("pk")


_LOCKED_ONE = Held(lambda: _locked(pk=id_slot(0)))


def searched(ids: Iterable[UUID]) -> list[Words]:
    """What of cases is searched: title and text as they are handled, which are empty until a clerk has cleared them."""
    rows = Case.objects.filter(pk__in=list(ids)).values_list("pk", "number", "title", "text")
    return [Words(*row) for row in rows]


def mandate_of(submission: Submission) -> Mandate | None:
    """The mandate under which a submission was filed, whether it lasts or has ended; None of who spoke for themselves."""
    found: Mandate | None = getattr(submission, "mandate", None)
    return found


def ended(submission: Submission) -> bool:
    """Whether whoever filed it for another may no longer be told or called."""
    mandate = mandate_of(submission)
    return mandate is not None and mandate.ended


def can_take_over(submission: Submission) -> bool:
    """Whether the person concerned can take it over: it lasts, and somebody is named to whom a secret can be given."""
    mandate = mandate_of(submission)
    return mandate is not None and not mandate.ended and submission.anonymity != Anonymity.ANONYMOUS


def knows_person(anonymity: str, parts: Sequence[Part], viewer: Viewer) -> bool:
    """Whether this viewer may learn, with a purpose, who is behind a case: intake and the lead; intake alone where the
    submitter is hidden from the handler. With a claim kept from the other side those who sit in the two units
    themselves, and nobody above or beside them: who stands there may be that side."""
    if anonymity == Anonymity.ANONYMOUS:
        return False
    roles = ("sender",) if anonymity == Anonymity.HIDDEN else ("sender", "lead")
    if anonymity != Anonymity.HANDLER_ONLY:
        return in_any_part(parts, viewer, "cases.identify", *roles)
    seats = viewer.capabilities.get("cases.identify", ())
    return any(part.role in roles and part.until is None and part.unit.path in seats for part in parts)


def find_lost(*, phone: str, on: dt.date, among: QuerySet[Matter]) -> Case | None:
    """The one case that whoever left this telephone number filed nearest to that day: for the counter, when a
    reference is lost. Never more than one and never how many: a list of what somebody filed is a list of persons who
    complain (trust-and-ux H1)."""
    day0, day1 = (dt.datetime.combine(on + span, dt.time(), SHANGHAI) for span in (-LOST_WITHIN, LOST_WITHIN))
    noon = dt.datetime.combine(on, dt.time(12), SHANGHAI)
    found = Case.objects.filter(
        submission__seal__in=sealing.find_by(phone, "phone", "person_phone"),
        submission__received_at__gte=day0,
        submission__received_at__lt=day1,
        matter__in=among.values("pk"),
    ).select_related("submission", "matter")
    return min(found, key=lambda case: abs((case.submission.received_at or noon) - noon), default=None)


def next_call(at: dt.datetime, *, last_today: bool) -> dt.datetime:
    """When somebody whom a call did not reach may be called again; `last_today`: the day after."""
    tomorrow = dt.datetime.combine(day_of(at) + dt.timedelta(days=1), dt.time(), SHANGHAI)
    return tomorrow if last_today else at + CALL_AGAIN


def may_see_calls(viewer: Viewer) -> bool:
    """Whether the viewer sees to those who ask to be telephoned: the intake unit's people."""
    path = intake_unit().path
    return any(viewer.reaches(capability, path) for capability in ("cases.callback", "cases.register"))


def call_requests(at: dt.datetime) -> QuerySet[CallRequest]:
    """Those who wait to be telephoned now."""
    due = Q(call_after__isnull=True) | Q(call_after__lte=at)
    return CallRequest.objects.filter(due, closed_at__isnull=True)


def call_request(pk: UUID, viewer: Viewer) -> CallRequest | None:
    """A request that is not seen to yet, if the viewer sees to such."""
    if not may_see_calls(viewer):
        return None
    found = CallRequest.objects.filter(pk=pk, closed_at__isnull=True).select_related("submission")
    return found.first()


def number_of(case: Case) -> str:
    """The number of the case's public page; empty where there is none."""
    row: Publication | None = getattr(case, "publication", None)
    return row.number if row is not None and row.withdrawn_at is None else ""


@dataclass(frozen=True)
class Others:
    """A page of what others said, the newest first, and where to go on; empty where there is nothing."""

    rows: list[Publication]
    previous: str
    next: str


def published(*, kind: str = "", category: str = "", area: str = "") -> QuerySet[Publication]:
    """What is published, of a kind, a category with those below it, and a place with those in it (empty: any). Whatever
    is published is everybody's: no gate."""
    found = Publication.objects.filter(withdrawn_at__isnull=True).select_related("category", "area", "unit")
    if kind:
        found = found.filter(kind=kind)
    if category:
        found = found.filter(Q(category=category) | Q(category__parent=category))
    return found.filter(area__path__contains=f"/{area}/") if area else found


def others(found: QuerySet[Publication], *, after: str = "", before: str = "", size: int = 20) -> Others:
    """A page of them after or before the one with this number, which may have been taken off meanwhile."""
    newest = found.order_by("-published_at", "number")
    place = Publication.objects.filter(number=before or after).values_list("published_at", "number").first()
    if place is None:
        rows = list(newest[: size + 1])
        return Others(rows[:size], "", rows[size - 1].number if len(rows) > size else "")
    at, number = place
    if before:
        earlier = Q(published_at__gt=at) | Q(published_at=at, number__lt=number)
        rows = list(newest.filter(earlier).reverse()[: size + 1])
        shown = rows[:size][::-1]
        return Others(shown, shown[0].number if len(rows) > size else "", shown[-1].number if shown else "")
    later = Q(published_at__lt=at) | Q(published_at=at, number__gt=number)
    rows = list(newest.filter(later)[: size + 1])
    shown = rows[:size]
    return Others(shown, shown[0].number if shown else "", shown[-1].number if len(rows) > size else "")


def with_categories_in_area(*, categories: Iterable[str], area_path: str | None) -> Q:
    """The clause over `Case` of everything of these categories in an area (or below it; None: anywhere)."""
    place = Q(area__isnull=False) if area_path is None else Q(area__path__startswith=area_path)
    return Q(category__in=list(categories)) & place
