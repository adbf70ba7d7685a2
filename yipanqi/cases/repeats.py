"""Whether whoever filed a case may have filed the same before (重复信访, 信访工作条例 19¶3): by the keyed hash of the telephone
number of the person concerned, which stands beside the seal already. It answers for one case that somebody is looking at
and gives the ids of a few: no list, count or order of persons can be made of it (trust-and-ux H1).
"""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q

from yipanqi.cases.models import Anonymity, Case, Relation, Submission
from yipanqi.cases.procedure import ACCUSATION
from yipanqi.cases.queries import knows_person, mandate_of
from yipanqi.core import sealing
from yipanqi.core.gate import Viewer
from yipanqi.organisations.queries import parts_of

MOST = 20  # earlier cases that are compared, the newest
FEWEST_DIGITS = 7  # of a number that tells a person from another
# Whoever hid from the handler, or said nothing of who they are, is tied to nothing.
TIED = (Anonymity.NAMED, Anonymity.HANDLER_ONLY)


def of_same_contact(case: Case, viewer: Viewer) -> list[UUID]:
    """Earlier cases of whoever left this telephone number for themselves, the newest first, of those whose submitter this
    viewer may be told of. What a helper filed for others is theirs for whom it was filed, never the helper's own."""
    if not _may_be_tied([case], viewer):
        return []
    number = _number_of(case.submission)
    if sum(character.isdigit() for character in number) < FEWEST_DIGITS:
        return []
    theirs = sealing.find_by(number, "phone", "person_phone")
    concerned = Q(submission__seal__in=sealing.find_by(number, "person_phone"))
    found = (
        Case.objects.filter(submission__seal__in=theirs, pk__lt=case.pk, reviews__isnull=True)
        .filter(~Q(submission__mandate__relation=Relation.HELPER) | concerned)
        .exclude(submission=case.submission_id)
        .exclude(matter__procedure=ACCUSATION.code)
        .select_related("submission", "matter")
        .order_by("-pk")[:MOST]
    )
    return _may_be_tied(found, viewer)


def _may_be_tied(cases: Iterable[Case], viewer: Viewer) -> list[UUID]:
    """Those of which this viewer may learn that their submitter is somebody else's: what was kept from the other side is
    for those alone who may know who filed it."""
    found = [case for case in cases if case.submission.anonymity in TIED and not case.reviews_id]
    kept = [case.pk for case in found if case.submission.anonymity != Anonymity.NAMED]
    parts = parts_of(kept) if kept else {}
    return [
        case.pk
        for case in found
        if case.pk not in kept or knows_person(case.submission.anonymity, parts.get(case.pk, []), viewer)
    ]


def _number_of(submission: Submission) -> str:
    """The telephone number of the person concerned: whoever is spoken for has their own, a child its guardian's."""
    mandate = mandate_of(submission)
    helped = mandate is not None and mandate.relation == Relation.HELPER
    name = "person_phone" if helped else "phone"
    return sealing.open_field([submission.seal_id], name).get(submission.seal_id, "")
