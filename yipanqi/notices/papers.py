"""The fixed words of documents: what comes with the product, what may stand in them, and how they are filled.

A text is the whole document with `{content}`, alone on its line, where the figures stand that the data gives. A first
line that ends in a colon is the greeting; the last line is the unit that signs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.labels import Label
from yipanqi.notices import series
from yipanqi.notices.models import Text
from yipanqi.notices.texts import LONGEST, NAME, fill, version_nought

BRIEF, LEDGER, WEEK, MONTH, URGING, INSPECTION = "brief", "ledger", "week", "month", "urging", "inspection"
CONTENT = "content"
VARIABLES: Mapping[str, Label] = {
    "content": Label("系统按数据写出的正文", "what the system writes from the data"),
    "issuer": Label("发文单位", "the unit that signs"),
    "conference": Label("会议名称", "the conference"),
    "scope": Label("台账的范围：会议或者单位", "what the ledger is of: a conference or a unit"),
    "period": Label("起止日期", "from which day to which"),
    "unit": Label("牵头单位", "the lead unit"),
    "task": Label("任务", "the task"),
    "number": Label("任务编号", "the number of the task"),
    "due": Label("完成期限", "the day by which it was due"),
    "answer_by": Label("最晚哪天答复", "the last day for an answer"),
    "title": Label("文书名称", "what the document is called"),
    "addressee": Label("发给谁", "to whom it goes"),
    "reference": Label("查询号", "the reference"),
}  # fmt: skip
TITLES: Mapping[str, Label] = {
    BRIEF: Label("会议简报", "Conference brief"),
    LEDGER: Label("任务台账", "Task ledger"),
    WEEK: Label("一周情况", "Weekly report"),
    MONTH: Label("一月情况", "Monthly report"),
    URGING: Label("督办通知", "Supervision notice"),
    INSPECTION: Label("移交督查的材料", "File for the inspection office"),
    **{one.code: one.title for one in series.ALL},
}
_EVERY = frozenset({"content", "issuer"})
_OF_CASE = frozenset({"title", "addressee", "reference"})
_TASK = frozenset({"unit", "task", "number", "due", "conference"})
ALLOWED: Mapping[str, frozenset[str]] = {
    BRIEF: _EVERY | {"conference"},
    LEDGER: _EVERY | {"scope"},
    WEEK: _EVERY | {"period"},
    MONTH: _EVERY | {"period"},
    URGING: _EVERY | _TASK | {"answer_by"},
    INSPECTION: _EVERY | _TASK,
    **{one.code: _EVERY | _OF_CASE for one in series.ALL},
}
_DEFAULTS: Mapping[str, tuple[Label, Label]] = {
    BRIEF: (
        Label("{conference}简报", "Brief: {conference}"),
        Label(
            "现将会议召开和要求落实的情况简要通报如下。\n{content}\n以上数字由系统按现有数据计算，点开就是来源，不需要另行报送材料。\n{issuer}",
            "How the conference was held, and how far its requirements are.\n{content}\nThe figures are computed from the data as it stands; each leads to its source, and no further report is asked for.\n{issuer}",
        ),
    ),
    LEDGER: (Label("{scope}任务台账", "Task ledger: {scope}"), Label("{content}\n{issuer}", "{content}\n{issuer}")),
    WEEK: (
        Label("一周工作情况（{period}）", "The week, {period}"),
        Label("{content}\n以上数字由系统按现有数据计算，点开就是清单。\n{issuer}", "{content}\nThe figures are computed from the data as it stands; each leads to its list.\n{issuer}"),
    ),
    MONTH: (
        Label("一月工作情况（{period}）", "The month, {period}"),
        Label("{content}\n以上数字由系统按现有数据计算，点开就是清单。\n{issuer}", "{content}\nThe figures are computed from the data as it stands; each leads to its list.\n{issuer}"),
    ),
    URGING: (
        Label("关于{number}号任务的督办通知", "Supervision notice on task {number}"),
        Label(
            "{unit}：\n{conference}部署的任务“{task}”由你单位牵头，完成期限为 {due}。\n{content}\n请于 {answer_by} 以前书面说明没有按期完成的原因、下一步措施和完成安排。\n答复不改变完成期限；确有困难的，请申请延期或者提请协调。\n{issuer}",
            "To {unit}:\nYour unit leads the task '{task}', laid down by {conference}, which was due on {due}.\n{content}\nPlease answer in writing by {answer_by}: why it was not done in time, what you will do, and by when.\nYour answer does not change the date; where the work cannot go on, ask for an extension or raise the problem.\n{issuer}",
        ),
    ),
    INSPECTION: (
        Label("关于移交{number}号任务的函", "Handing over task {number}"),
        Label(
            "督查机构：\n{conference}部署的任务“{task}”由{unit}牵头，完成期限为 {due}。现将任务、提醒催办和答复的情况移交，请按规定研究是否列入督查计划。\n{content}\n是否督查、如何督查，由督查机构依照规定决定。\n{issuer}",
            "To the inspection office:\n{unit} leads the task '{task}', laid down by {conference}, which was due on {due}. We hand over the task, how it was reminded of, and what was answered, for you to consider whether to put it into your plan.\n{content}\nWhether and how to inspect is decided by the inspection office as its rules say.\n{issuer}",
        ),
    ),
    **{one.code: (Label("{title}", "{title}"), one.body) for one in series.ALL},
}  # fmt: skip
CODES = tuple(_DEFAULTS)
OFFICE = tuple(code for code in CODES if code not in series.BY_CODE)


@dataclass(frozen=True)
class Frame:
    """The words around what the data says."""

    title: str
    greeting: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    signer: str


def default(code: str) -> Text:
    """The text that comes with the product."""
    return version_nought(code, *_DEFAULTS[code])


def framed(subject: str, body: str, values: Mapping[str, str]) -> Frame:
    """The words with the values in their places; a line is left out whose value is empty."""
    place = "{" + CONTENT + "}"
    lines = fill(body, {**values, CONTENT: place}).split("\n")
    lines = [line.strip() for line in lines if line.strip()]
    before, after = lines[: lines.index(place)], lines[lines.index(place) + 1 :]
    greeting = before.pop(0) if before and before[0].endswith(("：", ":")) else ""
    signer = after.pop() if after else ""
    return Frame(fill(subject, values), greeting, tuple(before), tuple(after), signer)


def clean(code: str, given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a text as somebody wrote it. Raises `Refused` with the fields that are wrong."""
    typed = {name: given.get(name, "").replace("\r\n", "\n").strip() for name in LONGEST}
    faults = {name: _fault(code, name, typed[name]) for name in LONGEST}
    if wrong := {name: why for name, why in faults.items() if why}:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return typed


def _fault(code: str, field: str, text: str) -> str:
    subject = field.startswith("subject")
    if not text:
        return _("请填写。")
    if len(text) > LONGEST[field]:
        return _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": LONGEST[field], "m": len(text)}
    if any(ord(c) < 0x20 and (subject or c != "\n") for c in text) or "\x7f" in text:
        return _("标题只能有一行。") if subject else _("含有不能保存的字符。")
    for name in NAME.findall(text):
        if name not in ALLOWED[code] or (subject and name == CONTENT):
            return _("这里没有 %(name)s 这个变量。可以用的写在下面。") % {"name": "{" + name[:40] + "}"}
    if re.search(r"[{}]", NAME.sub("", text)):
        return _("花括号要成对，里面写变量的名字，例如 {issuer}。")
    return "" if subject else _shape(text)


def _shape(body: str) -> str:
    """What is wrong with the order of a body, whose last line signs."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    place = "{" + CONTENT + "}"
    if body.count(place) != 1 or place not in lines:
        return _("要有一行只写 {content}，系统按数据写出的正文放在那里。")
    if lines[-1] == place:
        return _("最后一行写落款的单位，例如 {issuer}。")
    return ""
