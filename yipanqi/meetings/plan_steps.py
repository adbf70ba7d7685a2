"""The steps of a decomposition plan, in the order in which it usually meets them.

A unit answers for all of its roles at once, beside the work: no unit's answer overtakes another's, and none is another
unit's business. Silence is no consent: it is shown as silence to who approves.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.meetings.plan_models import Dispute, Opinion
from yipanqi.organisations.notes import note_step

SENDER, CO = Role.SENDER, Role.CO
TERMS = ("consultation", "countersigning")
# In these the units know of it.
KNOWN = ("consulting", "countersigning", "approving", "approved")

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)
NO_OPEN_DISPUTE = Condition(
    "no_open_dispute",
    lambda plan: not plan.disputes.filter(decision="").exists(),
    Label("还有没有决定的异议。", "There are disputes that are not decided."),
)
DISPUTED = Condition(
    "disputed",
    lambda plan: plan.disputes.filter(decision="").exists(),
    Label("没有等待决定的异议。", "No dispute waits for a decision."),
    quiet=True,
    found=lambda: Exists(Dispute.objects.filter(plan=OuterRef("pk"), decision="")),
)

DRAFTING = (
    Step(
        "draw_up", Label("起草分解方案", "Draw up a plan"), Label("把这次会议已起草的任务汇成一份方案，一起征求意见、会签、批准、印发。征求意见之前，别的单位看不到。", "Gather the drafted tasks of the conference in one plan, to be consulted on, countersigned, approved and issued together. Until it is consulted on no other unit sees it."),
        frozenset(), "drafted", (SENDER,), needs="decisions.draft",
        asks=(Ask("title", Label("方案名称", "Title of the plan"), Kind.LINE, longest=100),),
    ),
    Step(
        "consult", Label("征求意见", "Consult"), Label("方案里的任务从现在起不再改动；每个牵头、配合单位收到一份征求意见，写明它的全部分工。到期不答复的，按没有答复记。", "The tasks in it are changed no more; each unit that is to lead or help is asked once, about all of its roles. Who does not answer by the day is shown as silent."),
        frozenset({"drafted", "revising"}), "consulting", (SENDER,), needs="decisions.draft", starts=("consultation",), tells=(CO,), tells_left=(CO,),
    ),
)  # fmt: skip

CONSULTING = (
    Step(
        "agree", Label("同意分工", "Agree"), Label("本单位在方案里的各项分工都同意。别的单位看不到。", "Your unit agrees to all of its roles in the plan. Other units do not see it."),
        frozenset({"consulting"}), None, (CO,), needs="decisions.work", aside=True, for_sender=True, tells=(SENDER,),
    ),
    Step(
        "dispute", Label("对分工有异议", "Dispute a role"), Label("一次写一项任务：为什么不该由本单位牵头或配合，该由谁。由起草单位的领导决定；别的单位看不到。", "One task at a time: why your unit should not lead it or help with it, and who should. The leader of the drafting unit decides; other units do not see it."),
        frozenset({"consulting"}), None, (CO,), needs="decisions.work",
        asks=(
            Ask("task", Label("哪一项任务", "Which task"), Kind.MILESTONE),
            REASON,
            Ask("instead", Label("建议由哪个单位", "Which unit instead"), Kind.UNIT, required=False),
        ),
        aside=True, for_sender=True, tells=(SENDER,),
    ),
    Step(
        "decide", Label("决定异议", "Decide a dispute"), Label("成立的，分工随即改过来，新的单位另行征求意见；不成立的，分工不变。都要写明理由，并告诉提出的单位。", "Upheld, the role changes at once and the new unit is asked; rejected, it stays. Give the reason: the unit that disputed is told."),
        frozenset({"consulting"}), None, (SENDER,), needs="decisions.issue",
        asks=(
            Ask("dispute", Label("哪一条异议", "Which dispute"), Kind.MILESTONE),
            Ask("decision", Label("决定", "Decision"), Kind.CHOICE, choices=(
                (Dispute.UPHELD, Label("异议成立，改分工", "Upheld: the role changes")),
                (Dispute.REJECTED, Label("异议不成立，分工不变", "Rejected: the role stays")),
            )),
            Ask("unit", Label("改由哪个单位", "Which unit from now on"), Kind.UNIT, required=False, hint=Label("留空就是异议里建议的单位；配合单位可以没有。", "Empty: the unit that the dispute names; a co-unit may be left out.")),
            REASON,
            Ask("mention", Label("另外告诉哪些单位", "Who else is to be told"), Kind.PARTS, required=False, hint=Label("提出异议的单位和新的单位总会收到。", "The unit that disputed and the new one are told anyway.")),
        ),
        when=(DISPUTED,), for_sender=True, rules=True,
    ),
    Step(
        "urge", Label("催答复", "Urge"), Label("提醒还没有答复或会签的单位：写一句话。只告诉它们，一小时以内只催一次。", "Remind the units that have not answered or signed: one line. Only they are told, once an hour at most."),
        frozenset({"consulting", "countersigning"}), None, (SENDER,), needs="decisions.draft",
        asks=(
            Ask("line", Label("一句话", "One line"), Kind.LINE, longest=200),
            Ask("mention", Label("催哪些单位", "Which units"), Kind.PARTS, required=False, hint=Label("不勾就是所有没有答复的。", "Nobody ticked: all that have not answered.")),
        ),
        aside=True, apart=60,
    ),
    Step(
        "circulate", Label("送会签", "Send for countersigning"), Label("各单位都已答复，或者期限已过：请各牵头单位会签。没有答复的，方案上照实写“没有答复”。", "All units have answered, or their day is past: the leads are asked to sign. Who did not answer stands in the plan as silent."),
        frozenset({"consulting"}), "countersigning", (SENDER,), needs="decisions.draft", stops=("consultation",), starts=("countersigning",), when=(NO_OPEN_DISPUTE,), tells=(CO,),
    ),
)  # fmt: skip

DECIDING = (
    Step(
        "countersign", Label("会签", "Countersign"), Label("牵头单位会签：同意，或者不同意并写明意见。批准的领导会看到。", "The lead units sign, or say why they do not. Who approves will see it."),
        frozenset({"countersigning"}), None, (CO,), needs="decisions.work",
        asks=(
            Ask("signature", Label("会签", "Signature"), Kind.CHOICE, choices=(
                (Opinion.SIGNS, Label("同意", "Signs")), (Opinion.OBJECTS, Label("不同意", "Does not sign")),
            )),
            Ask("remark", Label("意见", "Remark"), required=False, longest=500, hint=Label("不同意的必须写。", "Needed where your unit does not sign.")),
        ),
        aside=True, for_sender=True, tells=(SENDER,), rules=True,
    ),
    Step(
        "submit", Label("报请批准", "Submit for approval"), Label("各牵头单位都已会签，或者期限已过：报领导批准。", "All leads have signed, or their day is past: the plan goes to the leader."),
        frozenset({"countersigning"}), "approving", (SENDER,), needs="decisions.draft", stops=("countersigning",),
    ),
    Step(
        "approve", Label("批准", "Approve"), Label("批准以后编文号印发。", "Then it gets its document number and is issued."),
        frozenset({"approving"}), "approved", (SENDER,), needs="decisions.issue", asks=(Ask("remark", Label("批示", "Remark"), required=False, longest=500),), rules=True,
    ),
    Step(
        "issue", Label("印发", "Issue"), Label("编上文号；方案里的任务一次全部下达，签收和完成期限从现在起算。", "The plan gets its document number and all of its tasks are issued at once; their limits start now."),
        frozenset({"approved"}), "issued", (SENDER,), needs="decisions.issue",
        asks=(Ask("document_number", Label("文号", "Document number"), Kind.LINE, longest=60, hint=Label("例如：示社发〔2026〕3号。", "For instance: 示社发〔2026〕3号.")),),
        tells=(CO,), rules=True,
    ),
    Step(
        "send_back", Label("退回修改", "Send it back"), Label("不批准：写明要改什么。改好后重新征求意见。", "Not approved: say what is to change. It is consulted on anew."),
        frozenset({"approving"}), "revising", (SENDER,), needs="decisions.issue", asks=(REASON,), tells=(CO,), rules=True,
    ),
    Step(
        "revise", Label("收回修改", "Take it back to revise"), Label("任务又可以改；改好后重新征求意见，以前的答复和会签不再算数。写明理由。", "Its tasks can be changed again; then it is consulted on anew, and former answers and signatures count no more. Give the reason."),
        frozenset(KNOWN), "revising", (SENDER,), needs="decisions.draft", asks=(REASON,), drops=TERMS, tells=(CO,),
    ),
    Step(
        "withdraw", Label("撤回方案", "Withdraw the plan"), Label("不再用这份方案；起草的任务都还在。写明理由。", "The plan is used no more; the drafted tasks stay. Give the reason."),
        frozenset({"drafted", "revising", *KNOWN}), "withdrawn", (SENDER,), needs="decisions.issue", asks=(REASON,), drops=TERMS, tells=(CO,),
    ),
    note_step(
        Label("写给方案里的单位看，不计入数字；勾选的单位会收到通知。", "For the units in the plan; no figure counts it. The units you tick are told."),
        frozenset({"revising", *KNOWN}), needs="decisions.work", sender_needs="decisions.draft", roles=(CO, SENDER),
    ),
)  # fmt: skip

STEPS = (*DRAFTING, *CONSULTING, *DECIDING)
