"""The light of a line: computed from its tasks and its orders, with the words that say why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _, ngettext

from yipanqi.meetings.lights import Colour, TaskLight

# A city always has some order that is late: a line turns red for its orders when more than one in ten is.
RED_SHARE = 10


class Orders(Protocol):
    """The figures of orders that a light looks at."""

    @property
    def open(self) -> int: ...
    @property
    def late(self) -> int: ...
    @property
    def on_hold(self) -> int: ...


@dataclass(frozen=True)
class LineLight:
    """Colour (green, yellow, red, grey, blue), its word, and why."""

    colour: Colour
    word: str
    why: Sequence[str]


def line_light(tasks: Sequence[TaskLight], cases: Orders | None) -> LineLight:
    """red: a task is past a limit, or more than one in ten of the open orders is · yellow: a task wants attention, or
    an order is late · grey: nothing is under way (nothing issued, or all on hold) · blue: every task is closed and no
    order open · green: all else. Dropped tasks count for nothing; the line of a principle has no light at all."""
    colours = [light.colour for light in tasks if light.colour != "grey"]
    open_, late, held = (cases.open, cases.late, cases.on_hold) if cases else (0, 0, 0)
    why = _why(colours, open_, late, held)
    if "red" in colours or late * RED_SHARE > open_:
        return LineLight("red", _("已超期"), why)
    if "yellow" in colours or late:
        return LineLight("yellow", _("需要关注"), why)
    if "green" in colours or open_ > held:
        return LineLight("green", _("正常推进"), why)
    if held:
        return LineLight("grey", _("挂账"), why)
    if colours:
        return LineLight("blue", _("已办结"), why)
    return LineLight("grey", _("尚未开始"), why)


def _why(colours: Sequence[str], open_: int, late: int, held: int) -> list[str]:
    """The reasons, the worst first."""
    lines = []
    red, yellow = colours.count("red"), colours.count("yellow")
    if red:
        lines.append(ngettext("%(n)d 项任务超期", "%(n)d 项任务超期", red) % {"n": red})
    if late:
        lines.append(ngettext("%(n)d 件诉求超期", "%(n)d 件诉求超期", late) % {"n": late})
    if yellow:
        lines.append(ngettext("%(n)d 项任务临期或滞后", "%(n)d 项任务临期或滞后", yellow) % {"n": yellow})
    if not lines and held and held == open_:
        lines.append(ngettext("%(n)d 件诉求挂账", "%(n)d 件诉求挂账", held) % {"n": held})
    return lines
