"""The report of a week or a month: the figures of the supervisor's page by kind and by unit. Of units, never of persons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import replace

from django.utils.translation import gettext as _

from yipanqi.core.counting import day_of
from yipanqi.core.gate import Viewer
from yipanqi.core.kinds import all_kinds
from yipanqi.exchange.paper import Block, Figure, Heading, Paper, Run, Table, Words, listed
from yipanqi.insight import closed, queue
from yipanqi.insight.closed import Closed
from yipanqi.insight.official.frame import own_unit, paper
from yipanqi.insight.queue import Count, Wanted, kind_label
from yipanqi.insight.supervision import MONTH_WISHES, WEEK_WISHES, Supervision, supervision
from yipanqi.notices.letters import day_words
from yipanqi.notices.papers import MONTH, WEEK

SPANS: Mapping[str, tuple[int, Mapping[str, Wanted]]] = {WEEK: (7, WEEK_WISHES), MONTH: (30, MONTH_WISHES)}
# Served answers wait for the submitter: they stand at no unit.
WHOLE = ("answered", "answered_month")


def words_of(code: str) -> dict[str, str]:
    """What the figures of a week or a month are called, by the names of their wishes."""
    if code == WEEK:
        return {
            "came": _("七天内收到，还没有办结"),
            "answered": _("七天内送达答复，正在等评价"),
            "late": _("已超期"),
            "week": _("七天内到期"),
        }
    return {
        "came_month": _("三十天内收到，还没有办结"),
        "answered_month": _("三十天内送达答复，正在等评价"),
        "late": _("已超期"),
        "month": _("三十天内到期"),
    }


def report(code: str, viewer: Viewer, at: dt.datetime) -> Paper:
    """The report of a viewer who oversees units: each figure is the length of a list of open matters."""
    days, wishes = SPANS[code]
    today, span = day_of(at), dt.timedelta(days=days)
    period = _("%(from)s至%(to)s") % {"from": day_words(today - span), "to": day_words(today)}
    found, words = supervision(viewer, at, wishes), words_of(code)
    blocks: list[Block] = [
        Heading(_("总体情况")),
        Words(_whole(found.figures, wishes, words)),
        _by_kind(viewer, at, wishes, words),
        Heading(_("各单位情况")),
        Words([_("按公布的单位顺序，不按数字排列。")]),
        _by_unit(found, words),
        Heading(_("办结情况")),
        *_closed(viewer, Closed(days), at),
    ]
    if found.bounded or found.more:
        blocks.append(Words([_("事项或者单位太多：表里的数字至少是这些，单位只列前一百个。")]))
    return paper(code, {"period": period}, blocks, issuer=own_unit(viewer), at=at)


def _figure(count: Count, label: str, wish: Wanted) -> Figure:
    return Figure(count.number, label, wish, least=count.bounded)


def _whole(
    figures: Mapping[str, Count], wishes: Mapping[str, Wanted], words: Mapping[str, str]
) -> Sequence[Run]:
    if not any(count.number for count in figures.values()):
        return [_("没有收到、到期或者超期的事项。")]
    groups: list[list[Run]] = [
        [_("%(label)s：") % {"label": word}, _figure(figures[name], word, wishes[name])]
        for name, word in words.items()
    ]
    return [*listed(groups, _("；")), _("。")]


def _by_kind(
    viewer: Viewer, at: dt.datetime, wishes: Mapping[str, Wanted], words: Mapping[str, str]
) -> Table:
    """Tasks, and each kind of case."""
    by_kind = {
        kind.procedure.code: {name: replace(wish, kind=kind.procedure.code) for name, wish in wishes.items()}
        for kind in all_kinds()
    }
    counts = queue.counts(viewer, [wish for own in by_kind.values() for wish in own.values()], at)
    rows: list[list[Run]] = [
        [kind_label(code), *(_figure(counts[own[name]], words[name], own[name]) for name in words)]
        for code, own in by_kind.items()
        if any(counts[wish].number for wish in own.values())
    ]
    headers = [_("种类"), *words.values()]
    return Table(_("各类事项"), headers, [3, *(3 for _word in words)], rows, _("各类事项都没有。"))


def _closed(viewer: Viewer, wanted: Closed, at: dt.datetime) -> list[Block]:
    """What was closed in the period: how many in all, of each kind, and led by each unit."""
    whole, label = closed.count(viewer, wanted, at), _("办结、销号")
    if not whole.number:
        return [Words([_("这段时间没有办结的事项。")])]
    kinds: list[list[Run]] = [
        [kind_label(code), Figure(number.number, label, replace(wanted, kind=code), least=number.bounded)]
        for code, number in closed.by_kind(viewer, wanted, at).items()
    ]
    split = closed.by_unit(viewer, wanted, at)
    units: list[list[Run]] = [
        [str(unit), Figure(number, label, replace(wanted, unit=unit.pk), least=split.bounded)]
        for unit, number in split.rows
    ]
    told: list[Run] = [_("%(label)s：") % {"label": label}]
    return [
        Words([*told, Figure(whole.number, label, wanted, least=whole.bounded), _("。")]),
        Table(_("办结的各类事项"), [_("种类"), label], [5, 3], kinds, ""),
        Table(_("各单位办结的事项"), [_("单位"), label], [5, 3], units, _("办结的都没有牵头单位。")),
    ]


def _by_unit(found: Supervision, words: Mapping[str, str]) -> Table:
    split = {name: word for name, word in words.items() if name not in WHOLE}
    rows: list[list[Run]] = []
    for row in found.units:
        figures: list[Run] = [
            Figure(row.figures[name], word, row.wanted(name), least=found.bounded)
            if row.figures[name]
            else ""
            for name, word in split.items()
        ]
        if any(figures):
            rows.append([str(row.unit), *figures])
    headers = [_("单位"), *split.values()]
    return Table(_("各单位"), headers, [5, *(3 for _word in split)], rows, _("各单位都没有这样的事项。"))
