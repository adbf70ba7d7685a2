"""What the rules on meetings say to a plan (整治形式主义为基层减负若干规定): advice, and never a wall.

The bounds are dated rows (`BurdenRule`), each with its source; here stands only what each is held against.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yipanqi.core.counting import SHANGHAI, day_of
from yipanqi.core.labels import Label
from yipanqi.meetings.models import BurdenRule, Conference
from yipanqi.organisations.models import Part, Unit

# From the top down. Zones stand where districts do, towns where streets do, villages where communities do.
LEVELS: Mapping[str, int] = {
    "city": 0, "district": 1, "county": 1, "zone": 1, "street": 2, "town": 2, "community": 3, "village": 3,
}  # fmt: skip

# By code: what is bound, and of what there may be so many.
BOUND: Mapping[str, tuple[Label, Label]] = {
    "speech": (Label("主要讲话", "A main speech"), Label("分钟", "minutes")),
    "length": (Label("会期", "A meeting"), Label("分钟", "minutes")),
    "comprehensive": (
        Label("一年的全系统综合性会议", "Comprehensive meetings of a system in a year"), Label("次", ""),
    ),
    "invited": (Label("名单", "The list of the invited"), Label("个岗位", "posts")),
    "levels": (Label("请到下几级", "How many levels down units are called up"), Label("级", "")),
    "document": (Label("政策性文件", "A policy document"), Label("字", "characters")),
    "report": (Label("报告", "A report"), Label("字", "characters")),
}  # fmt: skip


@dataclass(frozen=True)
class Advice:
    """What a rule says, and which it is."""

    code: str
    text: str
    basis: str


def rules_on(day: dt.date) -> dict[str, BurdenRule]:
    """By code, the rows in force on a day."""
    rows = BurdenRule.objects.filter(valid_from__lte=day).order_by("valid_from")
    return {row.code: row for row in rows}


def rules() -> list[BurdenRule]:
    """All rows of the rules that are known, by rule, the latest first."""
    order = list(BOUND)
    found = [row for row in BurdenRule.objects.order_by("-valid_from") if row.code in BOUND]
    return sorted(found, key=lambda row: order.index(row.code))


def advice(conference: Conference, at: dt.datetime) -> list[Advice]:
    """What the rules in force say to this plan as it stands."""
    rules = rules_on(day_of(at))
    found = []
    for check in (_length, _speeches, _invited, _papers, _levels, _comprehensive):
        for code, text in check(conference, {code: rule.amount for code, rule in rules.items()}):
            found.append(Advice(code, text, rules[code].basis))
    return found


Said = Iterator[tuple[str, str]]


def _length(conference: Conference, most: Mapping[str, int]) -> Said:
    if conference.starts_at is None or conference.ends_at is None or "length" not in most:
        return
    minutes = int((conference.ends_at - conference.starts_at).total_seconds()) // 60
    agenda = sum(conference.agenda.values_list("minutes", flat=True))
    if max(minutes, agenda) > most["length"]:
        told = {"n": max(minutes, agenda), "most": most["length"]}
        yield (
            "length",
            _("会期 %(n)d 分钟，超过 %(most)d 分钟：能合并的议程合并，能书面交流的不上会。") % told,
        )


def _speeches(conference: Conference, most: Mapping[str, int]) -> Said:
    if "speech" not in most:
        return
    for item in conference.agenda.filter(main=True, minutes__gt=most["speech"]).order_by("number"):
        told = {"title": item.title, "n": item.minutes, "most": most["speech"]}
        yield "speech", _("“%(title)s”排了 %(n)d 分钟，主要讲话不超过 %(most)d 分钟。") % told


def _invited(conference: Conference, most: Mapping[str, int]) -> Said:
    number = conference.invitations.count()
    if "invited" in most and number > most["invited"]:
        told = {"n": number, "most": most["invited"]}
        yield "invited", _("名单上有 %(n)d 个岗位，超过 %(most)d 个：只请与议题有关的单位。") % told


def _papers(conference: Conference, most: Mapping[str, int]) -> Said:
    """A paper that calls itself a report is held against the bound for reports."""
    for paper in conference.papers.filter(characters__isnull=False).order_by("number"):
        code = "report" if "报告" in paper.title or "汇报" in paper.title else "document"
        if code in most and (paper.characters or 0) > most[code]:
            told = {"title": paper.title, "n": paper.characters, "most": most[code]}
            yield code, _("《%(title)s》%(n)d 字，超过 %(most)d 字。") % told


def level_of(unit: Unit) -> int | None:
    """How many levels below the city a unit stands; None where nobody says."""
    if unit.kind in ("district", "county", "zone", "street", "town", "community", "village"):
        return LEVELS[unit.kind]
    return LEVELS.get(unit.area.level) if unit.area is not None else 0


def _levels(conference: Conference, most: Mapping[str, int]) -> Said:
    """Whether units are called up from farther below than the next level: level after level would sit in."""
    sender = Part.objects.filter(matter=conference.matter_id, role=Part.SENDER, until__isnull=True)
    convener = sender.select_related("unit__area").first()
    own = level_of(convener.unit) if convener is not None else None
    if "levels" not in most or own is None:
        return
    units = Unit.objects.filter(pk__in=conference.invitations.values("unit")).select_related("area")
    levels = {unit: level for unit in units.order_by("path") if (level := level_of(unit)) is not None}
    far = [unit for unit, level in levels.items() if level - own > most["levels"]]
    if far:
        told = {"unit": str(far[0]), "n": len(far), "most": most["levels"]}
        yield (
            "levels",
            _("请到了下 %(most)d 级以外的单位（%(unit)s等 %(n)d 个）：不要层层陪会，由下一级传达。") % told,
        )


def _comprehensive(conference: Conference, most: Mapping[str, int]) -> Said:
    if "comprehensive" not in most or not conference.comprehensive or conference.starts_at is None:
        return
    year = conference.starts_at.astimezone(SHANGHAI).year
    first, last = (dt.datetime(y, 1, 1, tzinfo=SHANGHAI) for y in (year, year + 1))
    sender = Part.objects.filter(matter=conference.matter_id, role=Part.SENDER).values("unit")
    ours = Part.objects.filter(role=Part.SENDER, unit__in=sender).values("matter")
    others = Conference.objects.filter(
        comprehensive=True, matter__in=ours, starts_at__gte=first, starts_at__lt=last
    )
    others = others.exclude(pk=conference.pk).exclude(matter__state="cancelled")
    if others.count() >= most["comprehensive"]:
        told = {
            "year": year,
            "title": str(others.order_by("starts_at").first()),
            "most": most["comprehensive"],
        }
        yield (
            "comprehensive",
            _("%(year)d 年已有全系统综合性会议《%(title)s》，一年不超过 %(most)d 次。") % told,
        )
