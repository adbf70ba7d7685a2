"""Templates of what staff write to submitters: their variables and what may not stand in them.

They stand here and not with the cases, for they are texts that go to people, as messages are (texts.py); what a step asks
and what a case says they read, and a case knows nothing of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core import gate
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.kinds import all_kinds
from yipanqi.core.labels import Label
from yipanqi.core.models import Matter
from yipanqi.core.procedure import Ask, Kind, Role, Step
from yipanqi.notices.letters import day_words
from yipanqi.notices.models import ReplyTemplate
from yipanqi.notices.texts import fill
from yipanqi.text.variants import folded

VARIABLES: Mapping[str, Label] = {
    "title": Label("这件事的标题", "the title of the case"),
    "unit": Label("主办单位", "the lead unit"),
    "telephone": Label("主办单位的电话", "the lead unit's telephone number"),
    "due": Label("最近的一个期限，本人看得到的", "the nearest limit that the submitter can see"),
    "reference": Label("编号", "the number"),
}  # fmt: skip
LONGEST_TITLE, LONGEST_TEXT = 60, 3000
_NAME = re.compile(r"\{([^{}\n]*)\}")

_PROMISE = Label(
    "不能要人承诺不再反映：反映问题是权利，答复里不写“息访”“不再上访”一类的话。",
    "Nobody may be made to promise not to petition again: it is a right, and no answer asks anybody to give it up.",
)  # fmt: skip
_WITHDRAW = Label(
    "不能要人承诺撤诉、撤回或放弃复查：要不要撤回、要不要复查，由本人自己决定。",
    "Nobody may be made to promise to withdraw or to forgo a review: that is for the submitter to decide.",
)  # fmt: skip
_BEG = Label(
    "不能请人给好评：评价的请求只由系统发出，办理的人不能影响（有人请求或劝说，本人可以说出来）。",
    "Nobody may be asked for a good verdict: the system alone asks for one, and who handled the case stays out of it.",
)  # fmt: skip
#: What no template may say (trust-and-ux H6), as a pattern over the text without spaces and punctuation, and why.
FORBIDDEN: tuple[tuple[str, Label], ...] = (
    (r"(?:不再|不得再|不会再|停止|放弃)(?:(?!受理)\w){0,4}(?:上访|信访|投诉|反映|申诉)", _PROMISE),
    (r"息访|息诉|罢访|停访|息诉罢访", _PROMISE),
    (r"(?:not|never|stop|nolonger)(?:to)?(?:petition|complain)\w*(?:again|anymore)?", _PROMISE),
    (r"(?:承诺|保证|同意|自愿|签订|签署)\w{0,6}(?:撤诉|撤回|撤访|放弃复查|放弃复核|不复查|不再复查)", _WITHDRAW),
    (r"撤诉(?:承诺|保证|协议)", _WITHDRAW),
    (r"(?:promise|agree)\w{0,12}(?:withdraw|forgo|waive)", _WITHDRAW),
    (r"(?:请|望|麻烦|务必|烦请)\w{0,8}(?:好评|五星|满意评价|评价满意|打满意|选满意)", _BEG),
    (r"(?:please|kindly)\w{0,20}(?:goodverdict|goodrating|satisfied|fivestars)", _BEG),
)  # fmt: skip


def forbidden(text: str) -> str:
    """Why a text may not stand in a template; empty where it may. Spaces, punctuation, width and traditional characters
    hide nothing."""
    plain = "".join(c for c in folded(text).lower() if c.isalnum())
    return next((str(why) for pattern, why in FORBIDDEN if re.search(pattern, plain)), "")


def asks_for_submitter(step: Step) -> list[Ask]:
    """The questions of a step whose text its submitter will read."""
    reaches = step.produces is not None or Role.SUBMITTER in step.tells or step.name == "answer"
    staff = any(role in (Role.SENDER, Role.LEAD) for role in step.by)
    if not reaches or not staff or step.initial:
        return []
    return [ask for ask in step.shown_asks if ask.kind == Kind.TEXT]


def places() -> Iterator[tuple[str, Step, Ask]]:
    """Every question a template can be written for, with its procedure."""
    for kind in all_kinds():
        for step in kind.procedure.steps:
            for ask in asks_for_submitter(step):
                yield kind.procedure.code, step, ask


def values_of(matter: Matter) -> dict[str, str]:
    """The variables as the submitter of this matter may know them: from what their own page shows."""
    view: Any = gate.present(matter, Viewer(proved=frozenset({matter.pk})), Channel.PORTAL)
    days = [due.effective for due in view.dues if due.met is None and due.effective and not due.paused]
    return {
        "title": view.title,
        "unit": view.unit,
        "telephone": view.unit_telephone,
        "due": day_words(min(days)) if days else "",
        "reference": view.number,
    }


def filled(template: ReplyTemplate, values: Mapping[str, str]) -> str:
    """The text with its variables in place; a line is left out whose value there is not."""
    return fill(template.text, values)


def clean(title: str, text: str) -> tuple[str, str]:
    """Title and text as they may stand. Raises `Refused` with the fields that are wrong."""
    title, text = " ".join(title.split()), text.replace("\r\n", "\n").strip()
    wrong = {}
    for name, said, longest in (("title", title, LONGEST_TITLE), ("text", text, LONGEST_TEXT)):
        why = _fault(said, longest, variables=name == "text")
        if why:
            wrong[name] = why
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return title, text


def _fault(text: str, longest: int, *, variables: bool) -> str:
    if not text:
        return _("请填写。")
    if len(text) > longest:
        return _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(text)}
    if any(ord(c) < 0x20 and c != "\n" for c in text):
        return _("含有不能保存的字符。")
    if variables:
        for name in _NAME.findall(text):
            if name.strip() not in VARIABLES:
                return _("没有 %(name)s 这个变量。可以用的写在下面。") % {"name": "{" + name[:40] + "}"}
    if re.search(r"[{}]", _NAME.sub("", text) if variables else text):
        return _("花括号要成对，里面写变量的名字，例如 {telephone}。")
    return forbidden(text)
