"""How what was written reaches the submitter (送达): the methods, each with its basis, and what a step asks of it.

The petition regulation asks for an answer in writing and has no rules of its own for service; those of the Civil Procedure
Law are applied by analogy, which is the usual assumption.
"""

from __future__ import annotations

from dataclasses import dataclass

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind


@dataclass(frozen=True)
class Method:
    """A method of service with its basis. `needs` are the asks that are not left empty with it; `days` after a notice to
    the public it counts as served."""

    code: str
    label: Label
    basis: Label
    needs: tuple[str, ...] = ()
    days: int = 0


LEFT, PUBLIC = "left", "public"
LAWFUL = (
    Method("in_person", Label("直接送达（当面交本人）", "Handed over in person"), Label("参照民事诉讼法 88", "by analogy with the Civil Procedure Law 88")),
    Method(LEFT, Label("留置送达（拒收）", "Left at the address after a refusal"), Label("参照民事诉讼法 89", "by analogy with the Civil Procedure Law 89"), ("refusal", "witness")),
    Method("post", Label("邮寄送达", "By post"), Label("参照民事诉讼法 91", "by analogy with the Civil Procedure Law 91"), ("served_on",)),
    Method("portal", Label("电子送达（本人同意）", "Electronically, as the person agreed"), Label("参照民事诉讼法 90", "by analogy with the Civil Procedure Law 90"), ("agreed",)),
    Method("entrusted", Label("委托送达", "By another organ that was asked to"), Label("参照民事诉讼法 91", "by analogy with the Civil Procedure Law 91"), ("served_on",)),
    Method(PUBLIC, Label("公告送达", "By notice to the public"), Label("参照民事诉讼法 95", "by analogy with the Civil Procedure Law 95"), ("announced_on",), days=30),
)  # fmt: skip
BY_CODE = {method.code: method for method in LAWFUL}

# How a hotline tells an answer: no law says how, and a call will do.
USUAL = (
    ("portal", Label("网上查看", "On the portal")),
    ("phone", Label("电话告知", "By telephone")),
    ("message", Label("短信", "By text message")),
    ("post", Label("邮寄", "By post")),
    ("in_person", Label("当面送达", "In person")),
    ("left", Label("留置送达", "Left at the address")),
)

_PROOF = Ask("proof", Label("凭据", "Proof"), Kind.LINE, longest=200, hint=Label("例如通话时间、邮件单号、签收人与本人关系。", "For instance the time of the call, the number of the letter."), shown=False)  # fmt: skip
TELLING = (
    Ask("method", Label("送达方式", "How it was served"), Kind.CHOICE, choices=USUAL, written=False),
    _PROOF,
    Ask("served_on", Label("送达日期", "Served on"), Kind.DATE, required=False, written=False, hint=Label("不填就是今天；邮寄的填签收那天。评价期从这天起算。", "Today if left empty; for a letter the day it was signed for. The time to judge it starts then.")),
)  # fmt: skip
SERVICE = (
    Ask("method", Label("送达方式", "How it was served"), Kind.CHOICE, choices=tuple((m.code, m.label) for m in LAWFUL), written=False),
    Ask("proof", Label("凭据", "Proof"), Kind.LINE, longest=200, hint=Label("签收人与本人的关系、邮件回执单号、公告登在哪里。", "Who signed and what they are to the person, the number of the post-office receipt, where the notice appeared."), shown=False),
    Ask("refusal", Label("拒收的情形（留置送达）", "How it was refused (where it was left)"), Kind.LINE, required=False, only_with="method=left", longest=200, hint=Label("谁在哪天拒收，什么理由。", "Who refused it, on which day, and why."), shown=False),
    Ask("witness", Label("见证人（留置送达）", "Witnesses (where it was left)"), Kind.LINE, required=False, only_with="method=left", longest=200, hint=Label("基层组织或者所在单位的代表；没有人见证的，写明怎样拍照、录像。", "People of the grassroots organisation or the workplace; without any, how it was photographed or filmed."), shown=False),
    Ask("agreed", Label("本人同意电子送达", "The person agreed to be served electronically"), Kind.TICK, required=False, only_with="method=portal", told=False),
    Ask("announced_on", Label("公告日期（公告送达）", "Day of the notice (to the public)"), Kind.DATE, required=False, only_with="method=public", written=False, hint=Label("满三十日视为送达。", "It counts as served thirty days later.")),
    Ask("served_on", Label("送达日期", "Served on"), Kind.DATE, required=False, written=False, hint=Label("本人收到那天；邮寄、委托的一定要填，其他不填就是今天。没有收到，请求复查的时间不起算。", "The day of actual receipt; for post and where another organ was asked it must be given, else it is today. Without receipt the time to ask for a review does not start.")),
)  # fmt: skip
