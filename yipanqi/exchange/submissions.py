"""Submissions as an import's target: what people said elsewhere becomes submissions with cases."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.cases.actions import Filing, Words, check_words, file_submissions, longest
from yipanqi.cases.models import Anonymity, Channel, ExternalRef
from yipanqi.core.errors import Refused
from yipanqi.core.gate import Actor
from yipanqi.core.labels import Label
from yipanqi.exchange.dates import read_moment
from yipanqi.exchange.models import System
from yipanqi.exchange.places import areas, categories
from yipanqi.exchange.targets import Field, Good, Outcome, Target, Values, Work, one_of
from yipanqi.text.clean import clean
from yipanqi.text.sentences import title_of

FIELDS = (
    Field("title", Label("标题", "Title"), also=("题目", "主题", "诉求标题", "留言标题", "留言主题", "subject")),
    Field("text", Label("内容", "Text"), required=True, also=("正文", "诉求内容", "留言详情", "详情", "信访内容", "detail", "details", "content", "body")),
    Field("time", Label("时间", "Time"), also=("留言时间", "来电时间", "提交时间", "受理时间", "登记时间", "信访日期", "日期", "date", "received")),
    Field("name", Label("姓名", "Name"), also=("来电人", "诉求人", "信访人", "留言人", "联系人", "信访人姓名")),
    Field("phone", Label("电话", "Telephone"), also=("联系电话", "手机", "手机号", "来电号码", "联系方式", "phone number", "mobile")),
    Field("email", Label("电子邮箱", "E-mail"), also=("邮箱", "email")),
    Field("address", Label("联系地址", "Address"), also=("住址", "地址", "信访人地址")),
    Field("place", Label("地点", "Place"), also=("事发地点", "发生地点", "位置", "location")),
    Field("category", Label("类别", "Category"), also=("分类", "诉求类别", "问题类别", "内容分类")),
    Field("area", Label("区域", "Area"), also=("事发区域", "所在街道", "街道", "问题属地")),
    Field("channel", Label("来源渠道", "Channel"), also=("渠道", "来源", "信访形式")),
    Field("anonymity", Label("身份方式", "Anonymity"), also=("是否匿名", "身份")),
    Field("number", Label("外部编号", "External number"), also=("编号", "工单编号", "工单号", "留言编号", "信访编号", "信访件编号", "msg_id", "row_id", "number", "id")),
    Field("kind", Label("诉求种类", "Kind"), also=("种类", "诉求类型", "kind of case")),
)  # fmt: skip

CHANNELS = {
    Channel.PORTAL.value: ("portal", "网上", "网站", "网络", "信息网络", "门户", "微信", "web"),
    Channel.PHONE.value: ("phone", "电话", "来电", "热线", "12345"),
    Channel.VISIT.value: ("visit", "来访", "走访", "窗口"),
    Channel.PAPER.value: ("paper", "来信", "书信", "信件", "传真"),
    Channel.API.value: ("api", "接口", "其他"),
}
ANONYMITIES = {
    Anonymity.NAMED.value: ("named", "实名", "否"),
    Anonymity.HIDDEN.value: ("hidden", "隐名", "隐去", "保密"),
    Anonymity.HANDLER_ONLY.value: ("handler_only", "只让办理单位知道"),
    Anonymity.ANONYMOUS.value: ("anonymous", "匿名", "是"),
}
KIND_WORDS = {
    "order": ("order", "工单", "求助", "咨询", "投诉"),
    "suggestion": ("suggestion", "建议", "意见建议", "人民建议"),
    "claim": ("claim", "诉求", "求决", "申诉求决", "信访"),
}
_LOST_DIGITS = re.compile(r"\d(?:\.\d+)?E\+?\d{1,3}", re.IGNORECASE)
FILING = " filing"  # under which a row's values keep what is made of them
CONTACTS = ("name", "phone", "email", "address")


def _words_of(codes: Mapping[str, Sequence[str]], theirs: Mapping[str, str]) -> dict[str, str]:
    """Our code by word; what the other system calls it comes last and prevails."""
    ours = {word: code for code, words in codes.items() for word in words}
    return ours | {word: code for code, word in theirs.items() if code in codes}


def read_number(text: str) -> str:
    """A telephone or a number of another system, as text that no spreadsheet has shortened. Raises `Refused`."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if _LOST_DIGITS.fullmatch(plain):
        raise Refused(_("数字太长，后几位已经丢失。请把这一列设为“文本”格式，重新填写。"))
    if len(plain) > 80:
        raise Refused(_("最多 %(n)d 字，现有 %(m)d 字。") % {"n": 80, "m": len(plain)})
    return plain


class Submissions(Work):
    """`history`: long past, without limits and notices, its time may be unknown. `mend`: the case gets the mended
    text, the words stay sealed as they were. `system`: whose numbers the numbers are."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self.history = bool(options.get("history"))
        self.mend = bool(options.get("mend"))
        self.kind = str(options.get("kind") or "order")
        self.system = str(options.get("system") or "")
        found = System.objects.filter(pk=self.system).first()
        theirs: dict[str, dict[str, str]] = found.values if found else {}
        self.readers = {
            "time": read_moment,
            "phone": read_number,
            "number": read_number,
            "category": categories(theirs.get("category")),
            "area": areas(theirs.get("area")),
            "channel": one_of(_words_of(CHANNELS, theirs.get("channel", {})), _("没有这种渠道。")),
            "anonymity": one_of(
                _words_of(ANONYMITIES, theirs.get("anonymity", {})), _("应为实名、隐名或匿名。")
            ),
            "kind": one_of(_words_of(KIND_WORDS, theirs.get("kind", {})), _("没有这一类诉求。")),
        }

    def check(self, values: Values) -> None:
        if values.get("time") and values["time"] > dt.datetime.now(dt.UTC):
            raise Refused(_("时间在将来。"), fields={"time": _("时间在将来。")})
        filing = self._filing(values)
        check_words(filing.words, filing.anonymity, filing.kind, history=self.history)
        values[FILING] = filing

    def _filing(self, values: Values) -> Filing:
        said = {name: values.get(name) or "" for name in Words.__dataclass_fields__}
        mended = clean(said["text"]).text if self.mend else ""
        said["title"] = said["title"] or title_of(mended or said["text"])
        title = clean(said["title"]).text if self.mend else ""
        known_by = any(said[name] for name in CONTACTS)
        number = values.get("number")
        return Filing(
            words=Words(**said),
            anonymity=values.get("anonymity") or (Anonymity.NAMED if known_by else Anonymity.ANONYMOUS),
            channel=values.get("channel") or Channel.API,
            kind=values.get("kind") or self.kind,
            category=values.get("category"),
            area=values.get("area"),
            received_at=values.get("time"),
            external=((self.system, number),) if number and self.system else (),
            history=self.history,
            title=title if title != said["title"] and len(title) <= longest("title") else "",
            text=mended if mended != said["text"] else "",
        )

    def write(self, rows: Sequence[Good], *, by: Actor, at: dt.datetime) -> list[Outcome]:
        """File what is new. A number that is known already is not doubled, and what stands there is not touched."""
        known = self._known(rows)
        fresh: list[Good] = []
        first: dict[str, int] = {}
        for row in rows:
            number = row.values.get("number") if self.system else None
            if number in known:
                continue
            if number is None or number not in first:
                first[number or f"\0{row.number}"] = row.number
                fresh.append(row)
        filed = file_submissions(
            filings=[row.values[FILING] for row in fresh], by=by, at=at, secrets_for=False
        )
        case_of = {row.number: str(one.case.pk) for row, one in zip(fresh, filed, strict=True)}
        outcomes = []
        for row in rows:
            number = row.values.get("number") if self.system else None
            if row.number in case_of:
                outcomes.append(Outcome(case_of[row.number]))
            else:
                outcomes.append(Outcome(known.get(number) or case_of[first[number or ""]], known=True))
        return outcomes

    def _known(self, rows: Sequence[Good]) -> dict[str | None, str]:
        if not self.system:
            return {}
        numbers = [row.values["number"] for row in rows if row.values.get("number")]
        refs = ExternalRef.objects.filter(system=self.system, number__in=numbers)
        return {number: str(case) for number, case in refs.values_list("number", "case_id")}


TARGET = Target(
    code="submissions",
    label=Label("诉求", "Submissions"),
    capability="cases.import",
    fields=FIELDS,
    open=Submissions,
    once=True,
)
