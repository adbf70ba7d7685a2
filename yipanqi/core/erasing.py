"""Erasing what the law says must go, with the eraser's role alone. The chain stays whole and says that it was done."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.db import transaction

from yipanqi.core import sealing
from yipanqi.core.models import Change, Erasure, Move, MovePayload


@transaction.atomic
def erase_payload(*, matter: UUID, number: int, basis: str, at: dt.datetime) -> None:
    """Erase what was said in one move. ValueError without a basis; LookupError where there is nothing to erase."""
    _need(basis)
    move = Move.objects.filter(matter=matter, number=number).values_list("pk", flat=True).first()
    if move is None or Erasure.objects.filter(move_id=move).exists():
        raise LookupError("there is no such move, or it was erased before")
    Erasure(move_id=move, at=at, basis=basis).save(force_insert=True)
    # Not `delete()`: it would first read the row, which this role cannot.
    MovePayload.objects.filter(move_id=move)._raw_delete("default")


@transaction.atomic
def erase_seal(*, seal: UUID, basis: str, at: dt.datetime) -> None:
    """Drop the data key of a person's particulars and words: nobody can read them again."""
    _need(basis)
    sealing.erase(seal)
    Change(at=at, what="erasure", object_id=str(seal), after={"basis": basis}).save(force_insert=True)


def _need(basis: str) -> None:
    if not basis.strip():
        raise ValueError("an erasure needs its basis")
