"""A planned conference as the desk shows it: its row in the list, its facts, and the tables of its page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _

from yipanqi.core.kinds import procedure_of
from yipanqi.core.procedure import Role, Step
from yipanqi.meetings.arrivals import kept_by
from yipanqi.meetings.burden import advice
from yipanqi.meetings.mechanism_models import Mechanism
from yipanqi.meetings.meeting_access import Invited, MeetingView
from yipanqi.meetings.models import (
    FORMS,
    INSTRUCTION,
    KINDS,
    AgendaItem,
    Conference,
    Invitation,
    Venue,
    VideoSystem,
)
from yipanqi.meetings.video import health_of
from yipanqi.web.components.shapes import Badge, Column, Row, TableRow
from yipanqi.web.components.words import day_text, moment_text

Words = Mapping[str, Callable[[], str]]
SEATS: Words = {Invitation.ATTEND: lambda: _("出席"), Invitation.OBSERVE: lambda: _("列席")}
REPLIES: Words = {
    "": lambda: _("还没有答复"),
    Invitation.COMES: lambda: _("参加"),
    Invitation.STAND_IN: lambda: _("换人"),
    Invitation.LEAVE: lambda: _("请假"),
}
ENDED = ("signed", "read")
TONES: Mapping[str, Any] = {"": "waiting", Invitation.LEAVE: "neutral"}


def time_text(conference: Conference) -> str:
    """When it is held, in the city's time; an end on the same day is its hour alone."""
    if conference.starts_at is None or conference.ends_at is None:
        return ""
    first, last = timezone.localtime(conference.starts_at), timezone.localtime(conference.ends_at)
    end = last.strftime("%H:%M") if first.date() == last.date() else moment_text(conference.ends_at)
    return _("%(start)s 至 %(end)s") % {"start": moment_text(conference.starts_at), "end": end}


def row_of_meeting(one: Conference) -> dict[str, Any]:
    """A conference in the list: one that is planned here leads to its own page, any other to what it laid down."""
    board = f"{reverse('desk:board')}?conference={one.pk}"
    held = day_text(one.held_on) if one.held_on else one.held_text
    if one.matter is None:
        return {
            "title": str(one),
            "url": board,
            "facts": held,
            "tasks": reverse("desk:conference", args=[one.pk]),
            "report": reverse("desk:report", args=[one.pk]) if hasattr(one, "report") else "",
        }
    state = procedure_of(one.matter).state[one.matter.state]
    badge = Badge(str(state.label), "active" if state.open else "done" if state.code in ENDED else "neutral")
    if one.kind == INSTRUCTION:
        return {
            "title": str(one),
            "url": reverse("desk:matter", args=[one.matter.pk]),
            "facts": " · ".join(filter(None, [one.number, str(KINDS[one.kind]), held])),
            "badge": badge,
        }
    number = _("计划编号 %(number)s") % {"number": one.plan_number} if one.plan_number else _("计划外")
    return {
        "title": str(one),
        "url": reverse("desk:matter", args=[one.matter.pk]),
        "facts": " · ".join([number, time_text(one), str(KINDS[one.kind])]),
        "badge": badge,
    }


def row_of_mechanism(one: Mechanism) -> dict[str, Any]:
    """A coordination mechanism in the list; one that ended stands there with its meetings."""
    return {
        "title": str(one),
        "url": reverse("desk:mechanism", args=[one.pk]),
        "facts": _("召集：%(unit)s") % {"unit": str(one.unit)},
        **({"badge": Badge(_("已结束"), "neutral")} if one.valid_to else {}),
    }


def meeting_facts(view: MeetingView) -> list[Row]:
    """What is known of a planned conference beside its text."""
    one = view.conference
    main = next((venue for venue in view.venues if venue.main), None)
    return [
        Row(_("时间"), time_text(one)),
        Row(_("主会场"), _place(main) if main else _("还没有定")),
        Row(_("会议类型"), str(KINDS[one.kind])),
        Row(_("召开形式"), str(FORMS[one.form])),
        Row(_("召开单位"), view.unit),
        Row(_("主持人岗位"), one.chair_post or _("还没有定")),
        Row(_("年度会议计划编号"), one.plan_number or _("计划外")),
        *([Row(_("开会日期"), day_text(one.held_on))] if one.held_on else []),
        *([Row(_("录像"), _link(one.recording))] if one.recording else []),
    ]


def _place(venue: Venue) -> str:
    return _("%(unit)s %(room)s") % {"unit": str(venue.unit), "room": venue.room}


def own_posts(view: MeetingView) -> list[tuple[int, str]]:
    """The invited posts for which this viewer may reply, by their number."""
    return [
        (row.invitation.number, _("%(unit)s %(post)s（%(seat)s）") % {
            "unit": str(row.invitation.unit), "post": row.invitation.post, "seat": SEATS[row.invitation.seat]()
        })
        for row in view.invited if row.mine
    ]  # fmt: skip


def meeting_choices(view: MeetingView) -> dict[str, list[tuple[int, str]]]:
    """What the steps of a meeting may choose from, by the name of the ask: invited posts, papers that have a file."""
    papers = [(one.number, f"{one.number}. {one.title}") for one in view.papers if one.file_id is not None]
    return {"invitation": own_posts(view), "paper": papers}


def meeting_as_it_is(step: Step, one: Conference) -> dict[str, Any]:
    """What the form of a step on a conference is filled with beforehand: what it is now."""
    if step.name not in ("revise", "change", "draft_minutes"):
        return {}
    main = one.venues.filter(main=True).first()
    found = {ask.name: getattr(one, ask.name, None) for ask in step.asks}
    found |= {name: _typed(getattr(one, name)) for name in ("starts_at", "ends_at") if name in found}
    return found | {"room": main.room if main else "", "text": one.minutes}


def _typed(at: dt.datetime | None) -> str:
    """A moment as the browser's field takes it."""
    return timezone.localtime(at).strftime("%Y-%m-%dT%H:%M") if at else ""


def meeting_of(view: MeetingView, at: dt.datetime) -> dict[str, Any]:
    """The tables of a conference's page. What the rules say is for who prepares it, and while something can be changed."""
    preparing = view.convenes and view.state_code in ("planned", "convened")
    # Whoever issues and drafts nothing reads what the rules say, and prepares nothing.
    sender = view.units.get(Role.SENDER, ())
    drafts = any(view.viewer.reaches("decisions.draft", unit.path) for unit in sender)
    return {
        "prepare": reverse("desk:prepare", args=[view.conference.pk]) if preparing and drafts else "",
        "roster": _roster(view),
        "advice": advice(view.conference, at) if preparing else [],
        "agenda": agenda_table(view.agenda),
        "venues": venue_table(view.venues),
        "invited": invited_groups(view.invited, papers=bool(view.papers)),
        "replied": _replied(view),
        "reply_due": view.reply_due,
    }


def _replied(view: MeetingView) -> str:
    """How many have replied and have the papers, for whoever convenes it."""
    if not view.convenes or view.state_code == "planned":
        return ""
    replied = sum(bool(row.invitation.reply) for row in view.invited)
    told = _("已答复 %(n)d / %(of)d 个岗位") % {"n": replied, "of": len(view.invited)}
    if not view.papers:
        return told
    units = {row.invitation.unit_id: row.papers for row in view.invited}
    had = _("文件收到 %(n)d / %(of)d 个单位") % {"n": sum(units.values()), "of": len(units)}
    return f"{told} · {had}"


def _roster(view: MeetingView) -> str:
    """Where who has come is ticked off, for whoever keeps a venue."""
    if view.state_code not in ("convened", "held") or not kept_by(view.viewer, view.conference, view.venues):
        return ""
    return reverse("desk:roster", args=[view.conference.pk])


def agenda_table(items: list[AgendaItem]) -> dict[str, Any]:
    """The agenda in its order."""
    columns = [
        Column("title", _("议题"), main=True),
        Column("speaker", _("发言单位或岗位")),
        Column("minutes", _("分钟"), "number"),
    ]
    rows = [
        TableRow(
            cells={
                "title": f"{item.number}. {item.title}",
                "speaker": str(item.speaker) if item.speaker else item.speaker_post,
                "minutes": item.minutes,
            },
            note=_("主要讲话") if item.main else "",
        )
        for item in items
    ]
    return {"columns": columns, "rows": rows}


def venue_table(venues: list[Venue]) -> dict[str, Any]:
    """The main venue, then the branches in the order in which they were entered."""
    columns = [
        Column("unit", _("会场"), main=True),
        Column("room", _("房间")),
        Column("link", _("视频地址")),
        Column("keeper", _("管理岗位")),
        Column("heads", _("预计人数"), "number"),
        Column("tested", _("试机"), "badge"),
    ]
    rows, health = [], health_of(venue.link for venue in venues)
    for one in venues:
        kind = _("主会场") if one.main else _("分会场")
        untested: Badge | str = "" if one.main else Badge(_("还没有试机"), "waiting")
        tested = Badge(_("已试机"), "done") if one.tested_at else untested
        system = health.get(one.link)
        cells = {
            "unit": _("%(label)s：%(value)s") % {"label": kind, "value": str(one.unit)},
            "room": one.room,
            "link": _link(one.link),
            "keeper": one.keeper,
            "heads": one.heads if one.heads is not None else "",
            "tested": tested,
        }
        rows.append(TableRow(cells=cells, note=_health(system) if system else ""))
    return {"columns": columns, "rows": rows}


def _health(system: VideoSystem) -> str:
    """Whether the city's video system answers, as it was found last."""
    found = (
        _("视频系统连得上（%(at)s 查）") if system.answers else _("视频系统从 %(since)s 起连不上，请先打电话")
    )
    return found % {"at": moment_text(system.at), "since": moment_text(system.since)}


def _link(link: str) -> object:
    """An address to open; what calls a room and no page is shown to be typed into the terminal."""
    if not link.startswith(("https://", "http://")):
        return link
    return format_html('<a href="{}" rel="noopener noreferrer" target="_blank">{}</a>', link, link)


def invited_groups(invited: list[Invited], *, papers: bool) -> list[dict[str, Any]]:
    """Who is invited, 出席 and 列席 apart, in the published order; replies as far as the viewer is told."""
    rows = {
        seat: [_row(row, papers=papers) for row in invited if row.invitation.seat == seat] for seat in SEATS
    }
    return [{"seat": word(), "rows": rows[seat]} for seat, word in SEATS.items() if rows[seat]]


def _row(row: Invited, *, papers: bool) -> dict[str, Any]:
    one = row.invitation
    if not row.told:
        return {"one": one}
    return {
        "one": one,
        "reply": Badge(REPLIES[one.reply](), TONES.get(one.reply, "done")),
        "who": _who(one),
        "papers": _("文件收到") if papers and row.papers else "",
        "came": one.arrived_at is not None,
    }


def _who(one: Invitation) -> str:
    if one.reply == Invitation.LEAVE:
        return _("%(reason)s（向%(leader)s请假）") % {"reason": one.reason, "leader": one.leader}
    if one.reply == Invitation.STAND_IN:
        return _("%(who)s（%(reason)s）") % {"who": one.who, "reason": one.reason}
    return ""
