"""Documents that are sealed elsewhere: which are to go out, and what came back."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import override

from yipanqi.core.kinds import kind_of
from yipanqi.core.models import Move
from yipanqi.notices.documents import pdf, sheet, submitter_called
from yipanqi.notices.models import IssuedDocument, SealedCopy
from yipanqi.organisations.timeline import documents, history_of


@dataclass(frozen=True)
class ToSeal:
    """A document as it goes out: it bears no submitter's name."""

    issued: IssuedDocument
    title: str
    content: bytes


def to_seal(*, since: dt.datetime, most: int) -> Iterator[ToSeal]:
    """Documents with a number that did not go out yet, the oldest first. One that was taken back does not."""
    waiting = IssuedDocument.objects.filter(sealed__isnull=True, move__at__gte=since)
    for issued in waiting.select_related("move__matter", "unit").order_by("pk")[:most]:
        found = _made(issued)
        if found is not None:
            yield found


def _made(issued: IssuedDocument) -> ToSeal | None:
    matter = issued.move.matter
    with override("zh-hans"):
        own = [one for one in documents(history_of(matter)) if one.move == issued.pk and not one.record]
        if not own or not own[0].text:
            return None  # taken back, or erased
        words = next(iter(kind_of(matter).words([matter.pk])), None)
        made = sheet(
            own[0],
            issued,
            reference=words.reference if words else "",
            addressee=submitter_called(matter.procedure),
            city="",
        )
        return ToSeal(issued, made.title, pdf(made))


def went_out(*, document: ToSeal, reference: str, at: dt.datetime) -> None:
    """Note that a document was handed over. A second run that did the same leaves one row."""
    row = SealedCopy(
        issued=document.issued,
        reference=reference,
        submitted=hashlib.sha256(document.content).hexdigest(),
        submitted_at=at,
    )
    SealedCopy.objects.bulk_create([row], ignore_conflicts=True)


def forget(*, matter: UUID, number: int) -> None:
    """Erase the sealed file of what was said in one move, with the eraser's role."""
    move = Move.objects.filter(matter=matter, number=number).values_list("pk", flat=True).first()
    SealedCopy.objects.filter(pk=move)._raw_delete("default")


def out() -> Iterator[SealedCopy]:
    """What went out and is not back, the oldest first."""
    return SealedCopy.objects.filter(sealed_at__isnull=True).order_by("submitted_at", "pk").iterator()


def came_back(*, copy: SealedCopy, content: bytes, content_type: str, at: dt.datetime) -> None:
    """Keep the sealed file: from now on it is what people are given."""
    SealedCopy.objects.filter(pk=copy.pk, sealed_at__isnull=True).update(
        content=content, content_type=content_type, sealed_at=at
    )


def sealed(move: UUID | None) -> SealedCopy | None:
    """The sealed file of a document, where it has come back."""
    return SealedCopy.objects.filter(pk=move, sealed_at__isnull=False).first() if move else None
