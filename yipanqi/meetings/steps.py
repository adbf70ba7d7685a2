"""The steps of the task, in the order in which a task usually meets them."""

from __future__ import annotations

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.meetings.nodes import NODES, TARGETS
from yipanqi.meetings.plan_tasks import IN_NO_PLAN
from yipanqi.meetings.reminders import PRESSED, TO_REMIND, URGED
from yipanqi.meetings.tree import NO_OPEN_CHILD, PARENT_ISSUED
from yipanqi.organisations.notes import note_step

SENDER, LEAD, CO = Role.SENDER, Role.LEAD, Role.CO

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)

HELPED = Condition(
    "helped", lambda task: task.matter.parts.filter(role="co", until__isnull=True).exists(),
    Label("现在没有配合单位。", "No unit is helping."),
)  # fmt: skip

WHAT = (
    Ask("title", Label("任务", "Task"), Kind.LINE, longest=60),
    Ask("goal", Label("目标和标准", "Goal and standard"), longest=2000, hint=Label("写清做到什么程度算完成。", "Say what will count as done.")),
    Ask("due_on", Label("完成日期", "Due"), Kind.DATE),
    Ask("unit", Label("牵头单位", "Lead unit"), Kind.UNIT),
    Ask(
        "co_units", Label("配合单位", "Co-units"), Kind.SHARES, required=False, longest=500,
        hint=Label("一行一个单位：它负责哪一份、哪天以前交来。只写单位的，随时配合，没有自己的日期。", "One unit a row: its part, and by when. A unit alone helps as it is needed and has no date of its own."),
    ),
)  # fmt: skip

ISSUING = (
    Step(
        "draft", Label("起草", "Draft"), Label("把一条要求分解成任务：一个牵头单位、一个完成日期。下达之前，承办单位看不到。", "Turn a requirement into a task with one lead unit and one date. Until it is issued, the units do not see it."),
        frozenset(), "drafted", (SENDER,), needs="decisions.draft",
        asks=WHAT,
    ),
    Step(
        "redraft", Label("修改草稿", "Change the draft"), Label("下达之前都可以改，节点和指标也一样。", "It can be changed until it is issued, its milestones and targets as well."),
        frozenset({"drafted"}), None, (SENDER,), needs="decisions.draft", asks=(*WHAT, NODES, TARGETS), when=(IN_NO_PLAN,),
    ),
    Step(
        "settle", Label("按征求意见调整分工", "Change a role after consultation"), Label("分解方案里的异议成立：分工随即改过来。", "A dispute in a decomposition plan was upheld: the role changes at once."),
        frozenset({"drafted"}), None, (Role.SYSTEM,),
        asks=(
            Ask("role", Label("分工", "Role"), Kind.CHOICE, choices=(("lead", Label("牵头", "Leads")), ("co", Label("配合", "Helps")))),
            Ask("former", Label("原来的单位", "Former unit"), Kind.UNIT),
            Ask("unit", Label("改由", "From now on"), Kind.UNIT, required=False),
        ),
    ),
    Step(
        "issue", Label("下达", "Issue"), Label("任务交到牵头单位和配合单位；签收期限和完成期限从现在起算。", "The task goes to the lead unit and the co-units; the limits for receipt and for the work start now."),
        frozenset({"drafted"}), "issued", (SENDER,), needs="decisions.issue", starts=("receipt", "work"), when=(IN_NO_PLAN, PARENT_ISSUED), tells=(LEAD, CO),
    ),
    Step(
        "drop", Label("撤销或免办", "Drop or waive"), Label("不再要求这项任务，办到一半的也不用再办。写明理由，各单位都能看到。", "The task is no longer asked for, however far it is. Give the reason: all units concerned will see it."),
        frozenset({"drafted", "issued", "working", "closing"}), "dropped", (SENDER,), needs="decisions.issue", asks=(REASON,), drops=("receipt", "work", "check", "explain"), when=(IN_NO_PLAN, NO_OPEN_CHILD), tells=(LEAD, CO),
    ),
    Step(
        "hand_over", Label("改由别的单位牵头", "Hand it to another lead"), Label("换一个牵头单位，由它重新签收；完成日期、节点和已有的进展都不变。原牵头单位不再办，理由写在经过里。", "Another unit takes the lead and confirms receipt; date, milestones and progress stay. The former lead has no more part in it; the reason stands on record."),
        frozenset({"issued", "working"}), "issued", (SENDER,), needs="decisions.issue",
        asks=(Ask("unit", Label("新的牵头单位", "New lead unit"), Kind.UNIT), REASON), drops=("receipt", "explain"), starts=("receipt",), tells=(LEAD, CO), tells_left=(LEAD,),
    ),
)  # fmt: skip

WORKING = (
    Step(
        "receive", Label("签收", "Confirm receipt"), Label("确认由本单位牵头办理。完成日期不变。", "Your unit takes the lead. The date for the work does not change."),
        frozenset({"issued"}), "working", (LEAD,), needs="decisions.work", stops=("receipt",), tells=(SENDER, CO),
    ),
    Step(
        "progress", Label("记录进展", "Record progress"), Label("勾掉一个已完成的节点，填一个指标的数，或者写一句进展。不填百分比；系统里已经有的数据不用再报。", "Tick off a milestone that is done, give the amount of a target, or say in a sentence how far it is. No percentage; what the system knows already is not reported again."),
        frozenset({"working"}), None, (LEAD,), needs="decisions.work",
        asks=(
            Ask("milestone", Label("完成的节点", "Milestone done"), Kind.MILESTONE, required=False),
            Ask("target", Label("有新数的指标", "Target with a new amount"), Kind.TARGET, required=False),
            Ask("amount", Label("到今天一共完成", "Done so far, in all"), Kind.NUMBER, required=False, told=False, beside="target", least=0, most=2_000_000_000, hint=Label("写总数，不写这次新增的，也不写百分比。", "The whole amount, not what was added, and no percentage.")),
            Ask("text", Label("进展", "How far it is"), required=False, longest=2000),
        ),
        while_pending=True, tells=(SENDER,),
    ),
    Step(
        "contribute", Label("配合情况", "Contribute"), Label("把本单位完成的一份交给牵头单位。", "Give your unit's part to the lead unit."),
        frozenset({"working"}), None, (CO,), needs="decisions.work", asks=(Ask("text", Label("配合情况", "Your part"), longest=2000),), while_pending=True, tells=(LEAD,),
    ),
    Step(
        "apply_to_close", Label("申请办结", "Apply to close"), Label("写明做到了什么，由下达单位核查。核查期间不算本单位的时间。", "Say what was achieved; the issuing unit checks it. The check is not counted as your time."),
        frozenset({"working"}), "closing", (LEAD,), needs="decisions.work",
        asks=(Ask("text", Label("完成情况", "What was achieved"), hint=Label("对照目标写；佐证写文号或链接，不要求照片。", "Measured against the goal; give document numbers or links as evidence, no photographs are asked for.")),),
        stops=("explain",), pauses=("work",), starts=("check",), when=(NO_OPEN_CHILD,), tells=(SENDER,),
    ),
)  # fmt: skip

COORDINATING = (
    Step(
        "raise_problem", Label("提请协调", "Raise a problem"), Label("办不下去的，写明问题，请能解决它的单位在一天以前答复。它成为配合单位；解决之前，这项任务标为“需协调”。", "Where the work cannot go on: say what the problem is and ask the unit that can solve it, by a day. It becomes a co-unit, and until it is solved the task shows that it needs coordinating."),
        frozenset({"working"}), None, (LEAD, CO), needs="decisions.work",
        asks=(
            Ask("text", Label("问题，请它做什么", "The problem, and what it is asked to do"), longest=500),
            Ask("unit", Label("请哪个单位", "Which unit"), Kind.UNIT),
            Ask("until", Label("哪天以前", "By when"), Kind.DATE),
        ),
        while_pending=True, tells=(CO, LEAD, SENDER),
    ),
    Step(
        "release_co_unit", Label("不再请其配合", "Release a co-unit"), Label("这个单位不用再配合；提请协调的，问题不再等它。写明理由。", "The unit need do nothing more; a problem raised with it waits for it no longer. Give the reason."),
        frozenset({"working"}), None, (LEAD, SENDER), needs="decisions.work", sender_needs="decisions.check",
        asks=(Ask("unit", Label("配合单位", "Co-unit"), Kind.CO_UNIT), REASON), when=(HELPED,), while_pending=True, tells=(LEAD, CO, SENDER),
    ),
)  # fmt: skip

# Another date, asked for by who works and decided by who issued it.
DEFERRING = (
    Step(
        "request_extension", Label("申请延期", "Ask for an extension"), Label("写明理由和新的完成日期，由下达单位决定。决定之前仍是原来的日期。", "Give the reason and the new date; the issuing unit decides. Until then the old date holds."),
        frozenset({"working"}), None, (LEAD,), needs="decisions.work",
        asks=(REASON, Ask("due_on", Label("新的完成日期", "New date"), Kind.DATE)), requests="extension", tells=(SENDER,),
    ),
    Step(
        "approve_extension", Label("批准延期", "Grant the extension"), Label("完成日期改为所申请的那天；在那天之前，灯显示“已批准延期”。节点的日期不变。", "The date becomes the one asked for; until then the light says that it was put off. The dates of milestones stay."),
        frozenset({"working"}), None, (SENDER,), needs="decisions.check", decides="extension", extends="work", tells=(LEAD, CO),
    ),
    Step(
        "refuse_extension", Label("不批准延期", "Refuse the extension"), Label("完成日期不变。", "The date stays."),
        frozenset({"working"}), None, (SENDER,), needs="decisions.check", asks=(REASON,), decides="extension", tells=(LEAD,),
    ),
)  # fmt: skip

URGING = (
    Step(
        "urge", Label("催办", "Urge"), Label("打电话或留言催一下：写一句话，记在经过里，并告诉牵头单位。期限不变；一小时以内只催一次。", "Urge the unit by telephone or message: one line, on the record, and the lead unit is told. No limit changes; once an hour at most."),
        frozenset({"issued", "working"}), None, (SENDER,), needs="decisions.check",
        asks=(Ask("line", Label("一句话", "One line"), Kind.LINE, longest=200),), while_pending=True, aside=True, apart=60, tells=(LEAD,),
    ),
    Step(
        "remind", Label("到期提醒", "Remind of the date"), Label("完成日期快到了，提醒牵头单位。到日子由系统代下达单位发出；期限不变。", "The date is near: the lead unit is reminded. On the day the system sends it for the issuing unit; no limit changes."),
        frozenset({"issued", "working"}), None, (SENDER,), needs="decisions.check", when=(TO_REMIND,), while_pending=True, aside=True, tells=(LEAD,),
    ),
    Step(
        "press", Label("书面督促", "Notice in writing"), Label("提醒、催办以后仍未办结的，发书面通知，要求在期限内说明原因、提出措施。到日子由系统代下达单位发出。", "Reminded and urged in vain: a notice in writing, to be answered in time with the reason and what will be done. On the day the system sends it for the issuing unit."),
        frozenset({"issued", "working"}), None, (SENDER,), needs="decisions.check", asks=(Ask("text", Label("通知内容", "The notice"), longest=2000),),
        starts=("explain",), when=(URGED,), while_pending=True, aside=True, produces=Label("督促通知", "notice in writing"), tells=(LEAD,),
    ),
    Step(
        "answer_notice", Label("答复督促", "Answer the notice"), Label("说明没有按期完成的原因、要采取的措施。完成日期不变；需要改日期的，另申请延期。", "Say why it was not done in time and what you will do. The date stays; for another one ask for an extension."),
        frozenset({"issued", "working"}), None, (LEAD,), needs="decisions.work",
        asks=(Ask("reason", Label("原因", "Reason"), longest=2000), Ask("plan", Label("措施和完成安排", "What will be done, and when"), longest=2000)),
        stops=("explain",), when=(PRESSED,), while_pending=True, tells=(SENDER,),
    ),
)  # fmt: skip

NOTING = (
    note_step(
        Label("写给一起办这项任务的单位看，不计入数字；勾选的单位会收到通知。", "For the units that have a part in the task; no figure counts it. The units you tick are told."),
        frozenset({"issued", "working", "closing"}), needs="decisions.work", sender_needs="decisions.check",
    ),
)  # fmt: skip

CHECKING = (
    Step(
        "send_back", Label("继续办理", "Send it back"), Label("还没有达到目标：写明还差什么。完成日期不变。", "The goal is not reached: say what is missing. The date for the work does not change."),
        frozenset({"closing"}), "working", (SENDER,), needs="decisions.check", asks=(REASON,), stops=("check",), resumes=("work",), tells=(LEAD,), rules=True,
    ),
    Step(
        "close", Label("销号", "Close"), Label("核查通过，任务办结。是否按期，看申请办结的那一天。", "The check is passed and the task is closed. Whether it was in time is judged by the day it was applied for."),
        frozenset({"closing"}), "closed", (SENDER,), needs="decisions.check",
        asks=(Ask("text", Label("核查意见", "Finding of the check"), required=False, longest=2000),), stops=("check", "work"), when=(NO_OPEN_CHILD,), tells=(LEAD, CO), rules=True,
    ),
    Step(
        "reopen", Label("恢复办理", "Reopen"), Label("销号以后发现没有做到的：写明理由和新的完成日期，由原牵头单位接着办。", "Closed, and found not to be done: give the reason and a new date; the same lead goes on with it."),
        frozenset({"closed"}), "working", (SENDER,), needs="decisions.check",
        asks=(REASON, Ask("due_on", Label("新的完成日期", "New date"), Kind.DATE)), starts=("work",), reopens=True, tells=(LEAD, CO),
    ),
)  # fmt: skip

STEPS = (*ISSUING, *WORKING, *COORDINATING, *DEFERRING, *URGING, *NOTING, *CHECKING)
