"""Shapes of requests and answers. Descriptions are msgids: `openapi.py` gives them in the caller's language."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Annotated, Any

from django.utils.translation import gettext_noop as _
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from yipanqi.cases.actions import KINDS, LONGEST, LONGEST_OTHER
from yipanqi.cases.models import Anonymity, anonymities

# In classes of regular expressions. What is blank to Python (U+001C to U+001F, U+0085) is not blank to all of them.
CONTROL = "\\u0000-\\u001f\\u007f-\\u009f"
VISIBLE = re.compile(r"[^\s\u0000-\u001f\u007f-\u009f]")
#: For examples. The reference's last character does not fit the others: it can never be anybody's.
REFERENCE, SECRET = "K7MQ-3Q9X-D", "0000 0000 0000 0000"


def _storable(value: str) -> str:
    if "\x00" in value:
        raise PydanticCustomError("unstorable", "a character that cannot be stored")
    return value


def _one_line(value: str) -> str:
    if any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in value):
        raise PydanticCustomError("control", "control characters in a line")
    return value


def _said(value: str) -> str:
    if not VISIBLE.search(value):
        raise PydanticCustomError("blank", "nothing is said")
    return value


def _one_of(*choices: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in choices:
            raise PydanticCustomError("choice", "another choice", {"choices": ", ".join(choices)})
        return value

    return AfterValidator(check)


def _pattern(text: str) -> dict[str, Any]:
    return {"pattern": text}


Line = Annotated[
    str,
    Field(max_length=LONGEST_OTHER, json_schema_extra=_pattern(f"^[^{CONTROL}]*$")),
    AfterValidator(_storable),
    AfterValidator(_one_line),
]
FilledLine = Annotated[
    str,
    Field(
        max_length=LONGEST["title"],
        json_schema_extra=_pattern(f"^[^{CONTROL}]*[^\\s{CONTROL}][^{CONTROL}]*$"),
    ),
    AfterValidator(_storable),
    AfterValidator(_one_line),
    AfterValidator(_said),
]
FilledText = Annotated[
    str,
    Field(max_length=LONGEST["text"], json_schema_extra=_pattern(f"^[^\\u0000]*[^\\s{CONTROL}][^\\u0000]*$")),
    AfterValidator(_storable),
    AfterValidator(_said),
]


class Asked(BaseModel):
    """A request: nothing is taken that nobody asked for, and nothing is guessed from another type."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Contact(Asked):
    __doc__ = _("姓名和联系方式；加密保存，由 anonymity 决定谁能看到。")

    name: Line | None = Field(None, description=_("姓名。"))
    phone: Line | None = Field(None, description=_("电话。丢失查询密码时凭它回拨重发。"))
    email: Line | None = Field(None, description=_("电子邮箱。"))

    @property
    def given(self) -> bool:
        """Whether anything stands in it."""
        return bool(self.name or self.phone or self.email)


class SubmissionRequest(Asked):
    __doc__ = _("一件诉求。")

    kind: Annotated[str, _one_of(*KINDS)] = Field(
        "order",
        description=_(
            "诉求的种类。order：反映问题、求助（工单）；suggestion：为公共的事提建议（人民建议）；"
            "claim：对自己受到的处理或决定不服（申诉求决）。不填按 order。"
        ),
        json_schema_extra={"enum": list(KINDS)},
    )
    title: FilledLine = Field(description=_("标题，一行。"))
    text: FilledText = Field(description=_("正文，本人原话。加密保存，办理单位看到的是受理员清理过的文字。"))
    category: Line | None = Field(None, description=_("类别的代码或名称；不确定就不填，由受理员定。"))
    area: Line | None = Field(None, description=_("区划的代码或名称；不确定就不填，由受理员定。"))
    contact: Contact | None = Field(None, description=_("姓名和联系方式；可以都不填。"))
    anonymity: Annotated[str, _one_of(*Anonymity.values)] | None = Field(
        None,
        description=_(
            "named：实名；hidden：只有受理单位知道是谁，办理单位看不到，不能用于 claim；handler_only：只用于 claim，代替 hidden，"
            "受理单位和办理单位知道是谁，被反映的一方看不到（依法由它自己办理的除外），请在提交之前告诉本人；"
            "anonymous：匿名，不能带姓名和联系方式。不填时：有联系方式按 hidden（claim 按 handler_only），没有按 anonymous。"
        ),
    )

    no_notices: bool = Field(
        False,
        description=_("true：不给本人发消息。默认在有新进展时给留下的邮箱发邮件，里面不说是什么事。"),
    )

    def chosen(self) -> str:
        """The anonymity; where none was chosen, the one that shows the least."""
        if self.anonymity is not None:
            return self.anonymity
        if self.contact is None or not self.contact.given:
            return str(Anonymity.ANONYMOUS)
        return str(next(a for a in anonymities(self.kind) if a not in (Anonymity.NAMED, Anonymity.ANONYMOUS)))


class Links(BaseModel):
    __doc__ = _("可以转给本人的地址。")

    track: str = Field(
        description=_("查询页；地址里只有查询号，密码由本人输入。"), json_schema_extra={"format": "uri"}
    )


class Submitted(BaseModel):
    __doc__ = _("已登记。密码只给这一次，请交给本人；我们只存它的摘要。")

    reference: str = Field(description=_("查询号。"))
    secret: str = Field(description=_("查询密码，只给这一次。"))
    links: Links


class TrackRequest(Asked):
    __doc__ = _("查询号和密码。")

    reference: Line = Field(description=_("查询号；大小写、全角半角、有无连字符都可以。"))
    secret: Line = Field(description=_("查询密码；空格可有可无。"))


class State(BaseModel):
    __doc__ = _("现在到了哪一步。")

    code: str = Field(description=_("代码，例如 registered、handling、served。"))
    label: str = Field(description=_("写给本人看的话，用调用方的语言。"))


class ResponsibleUnit(BaseModel):
    __doc__ = _("负责的单位。")

    name: str
    telephone: str = Field(description=_("没有公布时为空。"))


class Event(BaseModel):
    __doc__ = _("经过里的一条。")

    at: dt.datetime = Field(description=_("发生的时间。"))
    what: str = Field(description=_("发生了什么。"))
    who: str = Field(description=_("谁做的：单位和岗位，从不写工作人员姓名；本人为“您”。"))
    text: str = Field(description=_("当时写了什么；没有时为空。"))


class Term(BaseModel):
    __doc__ = _("一项期限，说得清自己是怎么算出来的。")

    code: str = Field(description=_("代码，例如 answer。"))
    label: str = Field(description=_("写给本人看的话。"))
    due: dt.date | None = Field(description=_("到期日，到当天 24:00 为止；暂停时为空。"))
    due_raw: dt.date | None = Field(description=_("遇休息日顺延之前的日期；暂停时可能为空。"))
    state: str = Field(
        description=_("running：在计时；paused：暂停；ended：已结束。"),
        json_schema_extra={"enum": ["running", "paused", "ended"]},
    )
    late: bool = Field(description=_("现在已超期，或者结束时超了期。"))
    provisional: bool = Field(description=_("涉及的年份还没有公布放假安排，日期为暂定。"))
    basis: str = Field(description=_("依据的规定；没有规定时写明是工作惯例。"))
    derivation: Sequence[str] = Field(description=_("一步一步的算法，用调用方的语言。"))


class Document(BaseModel):
    __doc__ = _("送达本人的文书。")

    kind: str = Field(description=_("产生它的步骤，例如 serve。"))
    title: str
    text: str
    served_at: dt.datetime = Field(description=_("送达的时间。"))


class TrackedCase(BaseModel):
    __doc__ = _("一件事项。一次提交可以分成几件。")

    number: str = Field(description=_("事项编号。"))
    state: State
    unit: ResponsibleUnit | None = Field(description=_("负责的单位；还没有转办时为空。"))
    timeline: Sequence[Event] = Field(description=_("经过，从早到晚。"))
    terms: Sequence[Term] = Field(description=_("期限，从早到晚。"))
    documents: Sequence[Document] = Field(description=_("送达的文书，从早到晚。"))


class Tracked(BaseModel):
    __doc__ = _("这次提交的全部事项。")

    cases: Sequence[TrackedCase]
    terms: Sequence[Term] = Field(description=_("全部事项的期限，合在一起。"))


class WrongMember(BaseModel):
    __doc__ = _("一处不对的地方。")

    field: str = Field(description=_("项名，例如 contact.phone；整个请求不对时为空。"))
    message: str = Field(description=_("怎么改。"))


class ProblemDetails(BaseModel):
    __doc__ = _("问题说明（RFC 9457），用调用方的语言，不重复本人写的内容。")

    type: str = Field(
        description=_("问题的种类：相对地址，只作标识。"), json_schema_extra={"format": "uri-reference"}
    )
    title: str
    status: int
    detail: str
    errors: Sequence[WrongMember] | None = None
