"""The brief of a conference: what was held, which units attended, what was required by theme, and how far it is."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from django.utils.translation import gettext as _, ngettext

from yipanqi.core import gate
from yipanqi.core.gate import Channel, Viewer
from yipanqi.exchange.paper import Block, Figure, Heading, Lead, Paper, Run, Table, Words, listed, woven
from yipanqi.insight import behind
from yipanqi.insight.board import LineRow, lines_now
from yipanqi.insight.linesums import TaskRow
from yipanqi.insight.official.frame import BoardOf, PageOf, TasksOf, own_unit, paper
from yipanqi.meetings.lights import Colour
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.models import FORMS, KINDS, Conference, Invitation
from yipanqi.notices.letters import day_words
from yipanqi.notices.papers import BRIEF

COLOURS: tuple[Colour, ...] = ("red", "yellow", "green", "blue", "grey")


def brief(conference: Conference, viewer: Viewer, at: dt.datetime, light_name: Callable[[str], str]) -> Paper:
    """The brief of a conference that this viewer may find; each figure counts what its list shows them. `light_name` is
    what the board calls a light."""
    rows = lines_now(conference, viewer, at).rows
    shown = {row.line.pk: behind.tasks([row], viewer) for row in rows}
    view = _planned(conference, viewer)
    blocks: list[Block] = [Heading(_("会议情况")), *_held(conference, view)]
    if view is not None:
        blocks += _attended(view)
    blocks += [Heading(_("会议要求")), *_required(conference, rows, shown)]
    tasks = [task for each in shown.values() for task in each]
    blocks += [Heading(_("任务落实")), *_tasks(conference, tasks, light_name)]
    issuer = (view.unit if view is not None else "") or own_unit(viewer)
    return paper(BRIEF, {"conference": str(conference)}, blocks, issuer=issuer, at=at)


def _planned(conference: Conference, viewer: Viewer) -> MeetingView | None:
    """The conference as its own page shows it, where it was planned here and the viewer finds it."""
    if conference.matter_id is None:
        return None
    matter = gate.find(conference.matter_id, viewer, Channel.DESK)
    found: MeetingView | None = gate.present(matter, viewer, Channel.DESK) if matter is not None else None
    return found


def _held(conference: Conference, view: MeetingView | None) -> list[Block]:
    """When, of which kind, where; what was conveyed and who spoke, as units."""
    day = day_words(conference.held_on) if conference.held_on else conference.held_text
    told = [
        (_("时间"), day),
        (_("类型"), str(KINDS[conference.kind])),
        (_("形式"), str(FORMS[conference.form]) if conference.form else ""),
        (_("主会场"), conference.main_venue),
        (_("主持"), conference.chair_post),
        (_("参会范围"), _("；").join(conference.attended.split("\n")) if conference.attended else ""),
    ]
    said = _("；").join(_("%(label)s：%(value)s") % {"label": label, "value": v} for label, v in told if v)
    blocks: list[Block] = [Words([_("%(text)s。") % {"text": said}])]
    papers = list(conference.papers.order_by("number").values_list("title", flat=True))
    if papers:
        text = ngettext(
            "会议传达文件 %(n)d 份：%(titles)s。", "会议传达文件 %(n)d 份：%(titles)s。", len(papers)
        )
        blocks.append(Words([text % {"n": len(papers), "titles": _("；").join(papers)}]))
    spoke = list(conference.exchanges.order_by("number").values_list("speaker", flat=True))
    if spoke:
        blocks.append(Words([_("交流发言：%(units)s。") % {"units": _("、").join(spoke)}]))
    if view is not None and view.venues:
        venues = [f"{venue.unit} {venue.room}" for venue in view.venues]
        blocks.append(Words([_("会场：%(venues)s。") % {"venues": _("；").join(venues)}]))
    return blocks


def _attended(view: MeetingView) -> list[Block]:
    """Which units were invited with how many posts and, for whom that is meant, how many of these came. Units in the
    published order, those who attend before those who observe."""
    source = PageOf(view.matter.pk, "invited")
    units: dict[str, list[Invitation]] = {}
    for row in view.invited:
        units.setdefault(str(row.invitation.unit), []).append(row.invitation)
    told = {row.invitation.unit_id for row in view.invited if row.told}
    every = [row.invitation for row in view.invited]
    posts_invited = Figure(len(every), _("邀请参会岗位"), source)
    words = woven(
        _("邀请参会岗位 {0} 个，来自 {1} 个单位。"), posts_invited, Figure(len(units), _("邀请单位"), source)
    )
    rows: list[list[Run]] = []
    for unit, posts in units.items():
        attend = sum(post.seat == Invitation.ATTEND for post in posts)
        came = sum(post.arrived_at is not None for post in posts)
        rows.append(
            [
                unit,
                str(attend or ""),
                str(len(posts) - attend or ""),
                str(came) if posts[0].unit_id in told else "—",
            ]
        )
    headers = [_("单位"), _("出席"), _("列席"), _("到会")]
    return [Words(words), Table(_("参会单位"), headers, [6, 1, 1, 1], rows, _("还没有邀请单位。"))]


def _required(
    conference: Conference, rows: Sequence[LineRow], shown: dict[int, list[TaskRow]]
) -> list[Block]:
    if not rows:
        return [Words([_("会议还没有录入要求。")])]
    principles = sum(row.line.principle for row in rows)
    total = Figure(len(rows), _("会议要求"), BoardOf(conference.pk))
    words = woven(_("会议提出要求 {0} 条。"), total)
    if principles:
        text = ngettext(
            "其中原则性要求 %(n)d 条，传达学习，不计进度。",
            "其中原则性要求 %(n)d 条，传达学习，不计进度。",
            principles,
        )
        words += [" ", text % {"n": principles}]
    table = Table(
        _("要求和任务"),
        [_("主题"), _("要求"), _("牵头单位"), _("任务"), _("超期"), _("灯")],
        [3, 7, 4, 1, 1, 2],
        [_line(row, shown[row.line.pk]) for row in rows],
        "",
    )
    return [Words(words), table]


def _line(row: LineRow, tasks: Sequence[TaskRow]) -> list[Run]:
    line = row.line
    name = f"{line.number}. {line}"
    if line.principle:
        return [line.theme_name, name, _("原则性要求"), "", "", ""]
    late = sum(task.light.colour == "red" for task in tasks)
    units = list(dict.fromkeys(str(task.unit) for task in tasks if task.unit))
    return [
        line.theme_name,
        Lead(name, TasksOf(line.conference_id, line.pk)),
        _("、").join(units) or _("还没有落到单位"),
        Figure(len(tasks), _("任务"), TasksOf(line.conference_id, line.pk)),
        Figure(late, _("超期"), TasksOf(line.conference_id, line.pk, "red")),
        row.light.word if row.light else "",
    ]


def _tasks(conference: Conference, tasks: Sequence[TaskRow], light_name: Callable[[str], str]) -> list[Block]:
    """How many tasks show each light."""
    if not tasks:
        return [Words([_("您看得到的范围内还没有任务。")])]
    counts = Counter(task.light.colour for task in tasks)
    total = woven(_("共分解任务 {0} 项，其中："), Figure(len(tasks), _("任务"), TasksOf(conference.pk)))
    lights: list[list[Run]] = []
    for colour in (c for c in COLOURS if counts[c]):
        label = light_name(colour)
        lights.append([f"{label} ", Figure(counts[colour], label, TasksOf(conference.pk, light=colour))])
    return [Words([*total, *listed(lights, _("；")), _("。")])]
