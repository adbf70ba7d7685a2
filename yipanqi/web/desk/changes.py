"""The history of what stands outside matters, as rows of a table: what changed, from what to what, when."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from yipanqi.core.models import Change
from yipanqi.exchange.organisations import DUTY_FIELDS, UNIT_FIELDS
from yipanqi.exchange.paths import FIELDS as PATH_FIELDS
from yipanqi.exchange.reviewers import FIELDS as REVIEWER_FIELDS
from yipanqi.web.components.shapes import Column, TableRow

LABELS = {
    what: {field.name: field.label for field in fields}
    for what, fields in (
        ("unit", UNIT_FIELDS),
        ("duty", DUTY_FIELDS),
        ("statutory_path", PATH_FIELDS),
        ("lawful_reviewer", REVIEWER_FIELDS),
    )
}
#: What an audit row keeps for machines.
NOT_SHOWN = ("path", "unit")


def columns() -> list[Column]:
    return [
        Column("what", _("改了什么"), main=True),
        Column("how", _("怎么改的")),
        Column("at", _("什么时候"), "moment"),
    ]


def rows(changes: Iterable[Change], names: dict[str, str]) -> list[TableRow]:
    """`names`: of categories and areas by code, for the lines of the duty list."""
    found = []
    for change in changes:
        if change.what == "unit":
            what = _("机构")
        elif change.what == "statutory_path":
            what = _("法定途径：%(line)s") % {"line": change.object_id}
        elif change.what == "lawful_reviewer":
            what = _("复查复核机关：%(line)s") % {"line": (change.after or {}).get("reviewer", "")}
        else:
            what = _("职责：%(line)s") % {"line": _line(change.object_id, names)}
        found.append(TableRow(cells={"what": what, "how": _how(change), "at": change.at}))
    return found


def _line(key: str, names: dict[str, str]) -> str:
    category, _at, area = key.partition("@")
    return _("%(category)s · %(area)s") % {
        "category": names.get(category, category),
        "area": names.get(area, area),
    }


def _how(change: Change) -> str:
    before, after = change.before or {}, change.after or {}
    if not before:
        return _("新增")
    told = [
        _("%(field)s：%(before)s → %(after)s")
        % {
            "field": str(LABELS[change.what].get(name, name)),
            "before": before.get(name) or _("无"),
            "after": after.get(name) or _("无"),
        }
        for name in after
        if name not in NOT_SHOWN and before.get(name) != after.get(name)
    ]
    return _("；").join(told)
