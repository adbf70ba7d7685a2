"""The series of official documents of cases: how each is called, which word its number bears, and its fixed words.

A step names the document that it produces (`Step.produces`); its Chinese name finds the series, and what has no series of
its own belongs to `OTHER`: a new step needs nothing here.
"""

from __future__ import annotations

from dataclasses import dataclass

from yipanqi.core.labels import Label

NOTHING = Label("", "")
OTHER, RECORD = "doc_other", "doc_service"


@dataclass(frozen=True)
class Series:
    """`names`: the Chinese names of its documents; `word` stands in the number behind the unit. The words around what the
    move says stand in `before` and `after`, empty where there are none."""

    code: str
    title: Label
    names: tuple[str, ...]
    word: str
    before: Label = NOTHING
    after: Label = NOTHING
    addressed: bool = True

    @property
    def body(self) -> Label:
        """The text of the whole document as papers.py has it."""
        zh = [
            "{addressee}：" if self.addressed else "",
            self.before.zh,
            "{content}",
            self.after.zh,
            "{issuer}",
        ]
        en = [
            "To {addressee}:" if self.addressed else "",
            self.before.en,
            "{content}",
            self.after.en,
            "{issuer}",
        ]
        return Label("\n".join(filter(None, zh)), "\n".join(filter(None, en)))


ALL = (
    Series(
        "doc_acceptance", Label("受理告知书", "Notice of acceptance"), ("受理告知书", "接收告知书", "受理（接收）告知书"), "信受",
        Label("您反映的信访事项（查询号：{reference}），本单位已经收到并受理。现将有关情况告知如下。", "We have received your petition (reference {reference}) and accepted it. This is how it will be handled."),
    ),
    Series(
        "doc_guidance", Label("引导告知书", "Letter of guidance"), ("引导告知书",), "信引",
        Label("您反映的事项（查询号：{reference}），依法应当通过其他法定途径解决。现告知如下。", "The law has another path for what you wrote about (reference {reference}). This is how to go there."),
        Label("那里书面答复不归其办理的，可以凭书面答复要求我们重新登记。", "Where they tell you in writing that it is not theirs, you can ask us to register it anew."),
    ),
    Series(
        "doc_refusal", Label("不予受理告知书", "Notice of non-acceptance"), ("不予受理告知书",), "信不受",
        Label("您反映的信访事项（查询号：{reference}），经审查不予受理。现告知如下。", "Your petition (reference {reference}) was examined and is not accepted. The reasons follow."),
    ),
    Series(
        "doc_no_more", Label("不再受理告知书", "Notice that it is not accepted again"), ("不再受理告知书",), "信不再",
        Label("您反映的信访事项（查询号：{reference}）已经复核，以同一事实和理由再次提出的，不再受理。现告知如下。", "Your petition (reference {reference}) has had its second review: on the same facts and reasons it is not accepted again. The details follow."),
        Label("有新的事实和理由的，可以另行提出；疏导和帮扶继续进行。", "New facts or reasons can be filed anew, and help goes on."),
    ),
    Series(
        "doc_forward", Label("转送函", "Letter of forwarding"), ("转送函",), "信转",
        Label("现将信访事项（编号：{reference}）转送你单位，请依照《信访工作条例》办理。", "We forward petition {reference} to you, to be handled under the petition regulation."),
        Label("请在法定期限内告知信访人是否受理；认为不属于本单位职权的，请在法定期限内提出异议，并说明理由和依据。", "Tell the petitioner within the time of the law whether you accept it; where it is not yours, object within the time of the law with reasons and the clause on duties."),
    ),
    Series(
        "doc_assign", Label("交办函", "Letter of assignment"), ("交办函",), "信交",
        Label("现将信访事项（编号：{reference}）交你单位办理，请在规定期限内办结并反馈结果，提交办结报告。", "We assign petition {reference} to you: conclude it within the time given, and report the result."),
    ),
    Series(
        "doc_supervise", Label("督办函", "Letter of supervision"), ("督办函",), "信督",
        Label("对你单位办理的信访事项（编号：{reference}）进行督办。有关要求如下。", "We supervise how you handle petition {reference}. This is what we ask."),
    ),
    Series(
        "doc_extension", Label("延期告知书", "Notice of extension"), ("延期告知书",), "信延",
        Label("您反映的信访事项（查询号：{reference}），因情况复杂，经批准延长办理期限。现将延期理由告知如下。", "The time to handle your petition (reference {reference}) was extended by decision, for it is complex. These are the reasons."),
    ),
    Series(
        "doc_objection", Label("异议函", "Letter of objection"), ("异议函",), "信异",
        Label("你单位转来的信访事项（编号：{reference}），经核不属于本单位职权范围。现提出异议，理由和职责依据如下。", "Petition {reference}, which you sent us, is not within our powers. We object; the reasons and the clause on duties follow."),
        Label("请核实并答复。", "Please check and answer."),
    ),
    Series(
        "doc_opinion", Label("信访处理意见书", "Opinion on the claim"), ("信访处理意见书", "处理意见书"), "信处",
        Label("您反映的信访事项（查询号：{reference}），本单位已经调查核实。现作出如下处理意见。", "We have looked into your petition (reference {reference}) and give this opinion."),
    ),
    Series(
        "doc_duty", Label("履职答复书", "Answer on the duty"), ("履职答复书",), "信履",
        Label("您申请履行法定职责的事项（查询号：{reference}），本单位已经依法处理。现答复如下。", "You asked us to do our duty (reference {reference}). This is our answer under the law."),
    ),
    Series(
        "doc_review", Label("复查意见书", "Opinion on review"), ("复查意见书", "信访复查意见书"), "信复查",
        Label("您请求复查的信访事项（查询号：{reference}），本单位已经审查。现作出如下复查意见。", "We have reviewed your petition (reference {reference}) and give this opinion."),
    ),
    Series(
        "doc_second_review", Label("复核意见书", "Opinion on second review"), ("复核意见书", "信访复核意见书"), "信复核",
        Label("您请求复核的信访事项（查询号：{reference}），本单位已经审查。现作出如下复核意见。", "We have reviewed your petition (reference {reference}) for the second time and give this opinion."),
        Label("以同一事实和理由再次提出的，各级机关、单位不再受理。", "On the same facts and reasons no organ accepts it again."),
    ),
    Series(RECORD, Label("送达回证", "Record of service"), ("送达回证",), "", addressed=False),
    Series(
        "doc_answer", Label("答复", "Answer"), ("答复", "建议答复"), "答",
        Label("您反映的事项（查询号：{reference}）已经办理。现答复如下。", "What you wrote about (reference {reference}) has been handled. This is our answer."),
    ),
    Series(OTHER, Label("其他告知", "Other letters"), (), "函"),
)  # fmt: skip
BY_CODE = {one.code: one for one in ALL}
_BY_NAME = {name: one for one in ALL for name in one.names}


def series_of(produces: Label) -> Series:
    """The series of a document that a step produces."""
    return _BY_NAME.get(produces.zh, BY_CODE[OTHER])
