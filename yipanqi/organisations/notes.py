"""What units say to each other beside the work (docs/adr/0021): one declaration for whatever they do together."""

from __future__ import annotations

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.kinds import Taking
from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Role, Step


def note_step(
    does: Label,
    sources: frozenset[str],
    *,
    needs: str,
    sender_needs: str,
    roles: tuple[Role, ...] = (Role.LEAD, Role.CO, Role.SENDER),
) -> Step:
    """The step of writing a note: for all units that have a part, telling those that are ticked."""
    return Step(
        "note", Label("内部便签", "Internal note"), does,
        sources, None, roles, needs=needs, sender_needs=sender_needs,
        asks=(
            Ask("text", Label("便签", "Note"), longest=1000),
            Ask("mention", Label("请谁看", "Whom to tell"), Kind.PARTS, required=False),
        ),
        while_pending=True, aside=True,
    )  # fmt: skip


def note(taking: Taking) -> None:
    """Nobody is told of a matter who has no part in it."""
    with_part = set(taking.matter.parts.filter(until__isnull=True).values_list("unit_id", flat=True))
    strangers = [str(unit) for unit in taking.answers["mention"] if unit.pk not in with_part]
    if strangers:
        why = _("“%(unit)s”没有参与这件事。") % {"unit": _("、").join(strangers)}
        raise Refused(why, fields={"mention": why})
