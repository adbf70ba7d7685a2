"""What begins with one unit: a matter that its sender opens, nobody else having a part in it yet."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from yipanqi.core import asks, engine, writing
from yipanqi.core.gate import Actor
from yipanqi.core.models import Matter, new_id
from yipanqi.core.procedure import Procedure, Role
from yipanqi.organisations.models import Part, Unit
from yipanqi.organisations.parts import new_part


def open_by_sender(
    procedure: Procedure, sender: Unit, told: Mapping[str, Any], *, by: Actor, at: dt.datetime, **more: Any
) -> Matter:
    """Take the first step of a procedure with its clean answers, within a transaction; `more` joins its payload."""
    opening = engine.Opening(
        procedure=procedure.code,
        step=procedure.initial.name,
        matter_id=new_id(),
        units={Role.SENDER: sender.pk},
        payload={**asks.payload_of(procedure.initial, told), **more},
    )
    [matter], rows = engine.opened(openings=[opening], by=Actor(by.viewer, Role.SENDER), at=at)
    writing.insert([*rows, new_part(matter=matter, unit=sender, role=Part.SENDER, at=at)])
    return matter
