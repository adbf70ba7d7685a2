"""Words of the desk for stored codes, and what in a text may give a person away, marked."""

from __future__ import annotations

from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _, ngettext

from yipanqi.core.models import Limit
from yipanqi.core.procedure import Procedure
from yipanqi.text.privacy import Kind, identifying
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


def anonymity_word(code: str) -> str:
    """How much of the person may be known to whom."""
    return {
        "named": _("实名"),
        "hidden": _("对办理单位隐去"),
        "anonymous": _("匿名"),
    }.get(code, code)


def part_word(role: str, kind: str = "order") -> str:
    """What part a unit has in a matter; an order and a task each have words of their own for it."""
    words = {"sender": _("转办单位"), "lead": _("主办单位"), "co": _("协办单位")}
    if kind == "task":
        words = {"sender": _("下达单位"), "lead": _("牵头单位"), "co": _("配合单位")}
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
    if row.unit == Limit.WORKING:
        text = ngettext("%(n)d 个工作日", "%(n)d 个工作日", row.amount)
    else:
        text = ngettext("%(n)d 天", "%(n)d 天", row.amount)
    amount = text % {"n": row.amount}
    return _("所填日期，最长 %(amount)s") % {"amount": amount} if own_date else amount
