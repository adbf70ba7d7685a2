"""The light of a line: computed from its tasks and its orders, with the words that say why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _, ngettext

from yipanqi.meetings.lights import SHADES, Colour

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


def line_light(tasks: Mapping[str, int], cases: Orders | None) -> LineLight:
    """Of so many tasks by shade. red: a task is past a limit, or more than one in ten of the open orders is · yellow: a task wants attention, or
    an order is late · grey: nothing is under way (nothing issued, all put off with approval, or all on hold) · blue:
    every task is closed and no order open · green: all else. Dropped tasks count for nothing; the line of a principle has no light at all."""
    colours = {colour for shade, colour in SHADES.items() if tasks.get(shade) and shade != "grey"}
    open_, late, held = (cases.open, cases.late, cases.on_hold) if cases else (0, 0, 0)
    why = _why(tasks, open_, late, held)
    if "red" in colours or late * RED_SHARE > open_:
        return LineLight("red", _("已超期"), why)
    if "yellow" in colours or late:
        return LineLight("yellow", _("需要关注"), why)
    if "green" in colours or open_ > held:
        return LineLight("green", _("正常推进"), why)
    if held or "grey" in colours:
        return LineLight("grey", _("已批准延期") if "grey" in colours else _("挂账"), why)
    if colours:
        return LineLight("blue", _("已办结"), why)
    return LineLight("grey", _("尚未开始"), why)


def many_light(counts: Mapping[str, int]) -> Colour:
    """The light of tasks counted by shade, as of a unit and a theme: a line's, but that red is more than one in ten of
    those under way, for where there are hundreds one is always late. Of fewer than ten, one late makes it red."""
    going = sum(number for shade, number in counts.items() if shade not in ("grey", "blue"))
    if counts.get("red", 0) * RED_SHARE > going:
        return "red"
    if any(counts.get(shade) for shade in ("red", "yellow", "problem")):
        return "yellow"
    if counts.get("green"):
        return "green"
    return "blue" if counts.get("blue") and not counts.get("deferred") else "grey"


def _why(tasks: Mapping[str, int], open_: int, late: int, held: int) -> list[str]:
    """The reasons, the worst first."""
    lines = []
    red, problems, yellow = (tasks.get(shade, 0) for shade in ("red", "problem", "yellow"))
    if red:
        lines.append(ngettext("%(n)d 项任务超期", "%(n)d 项任务超期", red) % {"n": red})
    if late:
        lines.append(ngettext("%(n)d 件诉求超期", "%(n)d 件诉求超期", late) % {"n": late})
    if problems:
        lines.append(ngettext("%(n)d 项任务需协调", "%(n)d 项任务需协调", problems) % {"n": problems})
    if yellow:
        lines.append(ngettext("%(n)d 项任务临期或滞后", "%(n)d 项任务临期或滞后", yellow) % {"n": yellow})
    if not lines and held and held == open_:
        lines.append(ngettext("%(n)d 件诉求挂账", "%(n)d 件诉求挂账", held) % {"n": held})
    return lines
