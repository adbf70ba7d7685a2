"""The steps of the task, in the order in which a task usually meets them."""

from __future__ import annotations

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Kind, Role, Step

SENDER, LEAD, CO = Role.SENDER, Role.LEAD, Role.CO

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)

ISSUING = (
    Step(
        "draft", Label("起草", "Draft"), Label("把一条要求分解成任务：一个牵头单位、一个完成日期。下达之前，承办单位看不到。", "Turn a requirement into a task with one lead unit and one date. Until it is issued, the units do not see it."),
        frozenset(), "drafted", (SENDER,), needs="decisions.draft",
        asks=(
            Ask("title", Label("任务", "Task"), Kind.LINE, longest=60),
            Ask("goal", Label("目标和标准", "Goal and standard"), longest=2000, hint=Label("写清做到什么程度算完成。", "Say what will count as done.")),
            Ask("due_on", Label("完成日期", "Due"), Kind.DATE),
            Ask("unit", Label("牵头单位", "Lead unit"), Kind.UNIT),
            Ask("co_units", Label("配合单位", "Co-units"), Kind.UNITS, required=False),
        ),
    ),
    Step(
        "issue", Label("下达", "Issue"), Label("任务交到牵头单位和配合单位；签收期限和完成期限从现在起算。", "The task goes to the lead unit and the co-units; the limits for receipt and for the work start now."),
        frozenset({"drafted"}), "issued", (SENDER,), needs="decisions.issue", starts=("receipt", "work"), tells=(LEAD, CO),
    ),
    Step(
        "drop", Label("撤销", "Drop"), Label("不再要求这项任务。写明理由，各单位都能看到。", "The task is no longer asked for. Give the reason: all units concerned will see it."),
        frozenset({"drafted", "issued"}), "dropped", (SENDER,), needs="decisions.issue", asks=(REASON,), drops=("receipt", "work"), tells=(LEAD, CO),
    ),
)  # fmt: skip

WORKING = (
    Step(
        "receive", Label("签收", "Confirm receipt"), Label("确认由本单位牵头办理。完成日期不变。", "Your unit takes the lead. The date for the work does not change."),
        frozenset({"issued"}), "working", (LEAD,), needs="decisions.work", stops=("receipt",), tells=(SENDER, CO),
    ),
    Step(
        "progress", Label("记录进展", "Record progress"), Label("勾掉一个已完成的节点，或者写一句进展。不填百分比；系统里已经有的数据不用再报。", "Tick off a milestone that is done, or say in a sentence how far it is. No percentage; what the system knows already is not reported again."),
        frozenset({"working"}), None, (LEAD,), needs="decisions.work",
        asks=(
            Ask("milestone", Label("完成的节点", "Milestone done"), Kind.MILESTONE, required=False),
            Ask("text", Label("进展", "How far it is"), required=False, longest=2000),
        ),
        tells=(SENDER,),
    ),
    Step(
        "contribute", Label("配合情况", "Contribute"), Label("把本单位完成的一份交给牵头单位。", "Give your unit's part to the lead unit."),
        frozenset({"working"}), None, (CO,), needs="decisions.work", asks=(Ask("text", Label("配合情况", "Your part"), longest=2000),), tells=(LEAD,),
    ),
    Step(
        "apply_to_close", Label("申请办结", "Apply to close"), Label("写明做到了什么，由下达单位核查。核查期间不算本单位的时间。", "Say what was achieved; the issuing unit checks it. The check is not counted as your time."),
        frozenset({"working"}), "closing", (LEAD,), needs="decisions.work",
        asks=(Ask("text", Label("完成情况", "What was achieved"), hint=Label("对照目标写；佐证写文号或链接，不要求照片。", "Measured against the goal; give document numbers or links as evidence, no photographs are asked for.")),),
        pauses=("work",), starts=("check",), tells=(SENDER,),
    ),
)  # fmt: skip

CHECKING = (
    Step(
        "send_back", Label("继续办理", "Send it back"), Label("还没有达到目标：写明还差什么。完成日期不变。", "The goal is not reached: say what is missing. The date for the work does not change."),
        frozenset({"closing"}), "working", (SENDER,), needs="decisions.check", asks=(REASON,), stops=("check",), resumes=("work",), tells=(LEAD,),
    ),
    Step(
        "close", Label("销号", "Close"), Label("核查通过，任务办结。是否按期，看申请办结的那一天。", "The check is passed and the task is closed. Whether it was in time is judged by the day it was applied for."),
        frozenset({"closing"}), "closed", (SENDER,), needs="decisions.check",
        asks=(Ask("text", Label("核查意见", "Finding of the check"), required=False, longest=2000),), stops=("check", "work"), tells=(LEAD, CO),
    ),
)  # fmt: skip

STEPS = (*ISSUING, *WORKING, *CHECKING)
