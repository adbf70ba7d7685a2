"""Words of the desk for stored codes, and what in a text may give a person away, marked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from yipanqi.cases.actions import KINDS
from yipanqi.cases.models import Anonymity, Mandate, anonymities
from yipanqi.cases.persons import Gathering
from yipanqi.core.gate import Viewer
from yipanqi.core.models import Limit
from yipanqi.core.procedure import Procedure
from yipanqi.insight.queue import kind_label
from yipanqi.organisations.queries import first_responsible
from yipanqi.text.privacy import Kind, identifying
from yipanqi.web.components.words import amount_text
from yipanqi.web.looking import kind_word


def channel_word(code: str) -> str:
    """Through which door a submission came."""
    return {
        "portal": _("网上"),
        "phone": _("电话"),
        "visit": _("来访"),
        "paper": _("来信"),
        "api": _("其他系统"),
    }.get(code, code)


def kind_words(code: str) -> str:
    """What somebody may say, as a clerk asks it."""
    return {
        "order": _("反映问题、求助（工单）"),
        "suggestion": _("提建议（人民建议）：为公共的事出主意"),
        "claim": _("申诉求决：对自己受到的处理或决定不服"),
        "accusation": _("检举控告：举报公职人员或单位违纪违法"),
    }.get(code, code)


def ways_to_be_known() -> list[tuple[str, list[tuple[str, str]]]]:
    """All that there are, each under the kinds that allow it: the page cannot know yet what is being said."""
    words = {
        Anonymity.NAMED: _("实名：办理单位须说明用途才能看到姓名和联系方式"),
        Anonymity.ANONYMOUS: _("匿名：谁也不知道，我们也无法回电"),
        Anonymity.HIDDEN: _("对办理单位隐去：只有受理单位能联系本人"),
        Anonymity.HANDLER_ONLY: _("只让办理单位知道：被反映的一方看不到；依法由它自己办理的除外"),
    }
    groups: dict[tuple[str, ...], list[tuple[str, str]]] = {}
    for way, label in words.items():
        kinds = tuple(code for code in KINDS if way in anonymities(code))
        groups.setdefault(kinds, []).append((way.value, label))
    return [
        (
            _("哪一种都可以选")
            if kinds == tuple(KINDS)
            else _("只能用于：%(kinds)s") % {"kinds": _("、").join(kind_label(code) for code in kinds)},
            ways,
        )
        for kinds, ways in groups.items()
    ]


def anonymity_word(code: str) -> str:
    """How much of the person may be known to whom."""
    return {
        "named": _("实名"),
        "hidden": _("对办理单位隐去"),
        "handler_only": _("只让办理单位知道"),
        "anonymous": _("匿名"),
    }.get(code, code)


def relation_word(code: str) -> str:
    """For whom a submission was filed."""
    return {"": _("替自己"), "helper": _("替别人反映"), "guardian": _("监护人代为反映")}.get(code, code)


def how_word(code: str) -> str:
    """How it was said that somebody may speak for another."""
    return {
        "declared": _("网上声明"),
        "written": _("看过书面委托书或监护证明"),
        "present": _("本人也在场"),
        "oral": _("口头说明"),
    }.get(code, code)


def mandate_word(mandate: Mandate) -> str:
    """A mandate in words, without a name."""
    told = _("%(relation)s（%(how)s）") % {
        "relation": relation_word(mandate.relation),
        "how": how_word(mandate.how),
    }
    return _("%(told)s；已结束，由本人自己办") % {"told": told} if mandate.ended else told


def gathering_word(gathering: Gathering) -> str:
    """That several filed it together, and how many are named; a collective one is called so (集体)."""
    told = _("走访代表 %(n)d 名") if gathering.form == "visit" else _("联名信，%(n)d 人")
    told = told % {"n": gathering.people}
    return (
        _("%(told)s（集体）") % {"told": told} if gathering.form == "joint" and gathering.collective else told
    )


def beside_word(name: str) -> str:
    """What those are called who stand beside whoever filed it."""
    return {
        "representatives": _("其他代表"),
        "signatories": _("其他联名人"),
        "second_agent": _("另一名代办人"),
    }.get(name, name)


def duty_word(code: str) -> str:
    """The duty of accounts and roles: business, or one of the three administrators'."""
    return {
        "business": _("业务"),
        "system": _("系统管理"),
        "security": _("安全管理"),
        "audit": _("审计管理"),
    }.get(code, code)


def part_word(role: str, kind: str = "order") -> str:
    """What part a unit has in a matter; an order and a task each have words of their own for it."""
    words = {"sender": _("转办单位"), "lead": _("主办单位"), "co": _("协办单位"), "superior": _("共同上级")}
    if kind == "task":
        words = {"sender": _("下达单位"), "lead": _("牵头单位"), "co": _("配合单位")}
    if kind == "meeting":
        words = {"sender": _("召开单位"), "co": _("参会单位")}
    if kind == "plan":
        words = {"sender": _("起草单位"), "co": _("牵头和配合单位")}
    if kind == "instruction":
        words = {"sender": _("承办批示件的单位")}
    return words.get(role, role)


# What stands in the suggested text instead of a finding: the text is Chinese in whatever language the clerk works.
_LEFT_OUT = {
    Kind.EMAIL: "［邮箱略］",
    Kind.ID_NUMBER: "［证件号略］",
    Kind.MOBILE: "［电话略］",
    Kind.LANDLINE: "［电话略］",
    Kind.WECHAT: "［微信略］",
    Kind.QQ: "［QQ略］",
    Kind.PLATE: "［车牌略］",
    Kind.ADDRESS: "［门牌略］",
    Kind.NAME: "［姓名略］",
}


def marked(text: str) -> SafeString:
    """The text, escaped, with line breaks; what may give a person away stands in <mark>."""
    parts, last = [], 0
    for found in identifying(text):
        parts.append(_lines(text[last : found.start]))
        parts.append(
            format_html('<mark title="{}">{}</mark>', kind_word(found.kind), text[found.start : found.end])
        )
        last = found.end
    parts.append(_lines(text[last:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def _lines(text: str) -> SafeString:
    return mark_safe(conditional_escape(text).replace("\n", "<br>"))  # noqa: S308 - escaped in this line


def without_findings(text: str) -> str:
    """The text with each finding replaced by a word for what it was: a suggestion, for a person to read.

    A building and its entrance stay: without them nobody finds the lift, and dozens live there. They are marked all
    the same, and asked about before the text goes out.
    """
    parts, last = [], 0
    for found in identifying(text):
        if found.kind == Kind.ADDRESS and text[found.start : found.end].endswith("单元"):
            continue
        parts += [text[last : found.start], _LEFT_OUT[found.kind]]
        last = found.end
    return "".join([*parts, text[last:]])


def choice_word(procedure: Procedure, step: str, ask: str, code: object) -> str:
    """The label of a chosen code, from the step that asked for it."""
    found = procedure.step.get(step)
    for each in found.asks if found else ():
        if each.name == ask:
            return next((str(label) for value, label in each.choices if value == code), str(code))
    return str(code)


def amount_words(row: Limit, *, own_date: bool = False) -> str:
    """How long a limit is; `own_date`: at most, for its date is given."""
    amount = amount_text(row)
    if row.off:
        return _("停用（%(amount)s）") % {"amount": amount}
    return _("所填日期，最长 %(amount)s") % {"amount": amount} if own_date else amount


def responsible_words(units: Iterable[UUID | None], viewer: Viewer, day: dt.date) -> dict[UUID, str]:
    """Who is first responsible for each unit that is late, in words, to stand beside the unit: the one way in which any
    page says it."""
    found = first_responsible([unit for unit in units if unit], viewer, day)
    return {
        unit: _("第一责任人：%(who)s") % {"who": f"{one.post} {one.name}".strip()}
        for unit, one in found.items()
    }
