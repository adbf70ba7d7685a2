"""The steps of a planned conference, in the order in which it usually meets them.

Who comes is said by post and never by name. What one unit replies is no other unit's business, and no unit's reply
overtakes another's: replies and receipts are said beside the work (docs/adr/0021).
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.meetings.models import FORMS, HELD, Conference, Invitation
from yipanqi.organisations.notes import note_step

SENDER, CO = Role.SENDER, Role.CO

REASON = Ask("reason", Label("理由", "Reason"), longest=1000)
STARTS = Ask("starts_at", Label("开始时间", "Begins"), Kind.MOMENT)
ENDS = Ask("ends_at", Label("结束时间", "Ends"), Kind.MOMENT)
ABOUT = (
    Ask("title", Label("会议名称", "Title"), Kind.LINE, longest=60),
    Ask("kind", Label("会议类型", "Kind"), Kind.CHOICE, choices=tuple(HELD.items())),
    Ask("form", Label("召开形式", "Form"), Kind.CHOICE, choices=tuple(FORMS.items())),
    Ask("plan_number", Label("年度会议计划编号", "Number in the annual plan"), Kind.LINE, required=False, longest=20, hint=Label("计划外的会议留空。", "Leave it empty for a meeting outside of the plan.")),
    STARTS,
    ENDS,
    Ask("chair_post", Label("主持人岗位", "Post of the chair"), Kind.LINE, required=False, longest=60, hint=Label("写岗位，不写姓名。", "The post, not the name.")),
    Ask("purpose", Label("要解决什么问题", "What it is to settle"), longest=2000),
    Ask("comprehensive", Label("是全系统综合性会议", "It is a comprehensive meeting of the whole system"), Kind.TICK, required=False, hint=Label("一年一次；打电话、发通知能办的不开会。", "One a year; what a call or a notice can do needs no meeting.")),
)  # fmt: skip

INVITED = Condition(
    "invited",
    lambda conference: conference.invitations.exists(),
    Label("还没有邀请谁：先在“筹备”里列出名单。", 'Nobody is invited yet: list them under "Prepare" first.'),
)
ASSIGNED = Condition(
    "a venue",
    lambda conference: conference.venues.filter(main=True).exists(),
    Label("还没有主会场：先在“筹备”里登记。", 'There is no main venue yet: enter it under "Prepare" first.'),
)
CONVEYED = Condition(
    "papers",
    lambda conference: conference.papers.exists(),
    Label("没有会议文件。", "There are no papers."),
    quiet=True,
)
ATTACHED = Condition(
    "files",
    lambda conference: conference.papers.filter(file__isnull=False).exists(),
    Label("会议文件都没有附件。", "No paper has a file."),
    quiet=True,
)
PAPER = Ask("paper", Label("会议文件", "Paper"), Kind.MILESTONE)


MINUTED = Condition(
    "minutes",
    lambda conference: conference.minutes != "",
    Label("纪要还没有起草。", "The minutes are not drafted yet."),
    found=lambda: Exists(Conference.objects.filter(matter=OuterRef("pk")).exclude(minutes="")),
)

PLANNING = (
    Step(
        "plan", Label("筹备会议", "Plan a meeting"), Label("登记进年度会议计划。通知发出之前，别的单位看不到。", "Enter it in the annual plan. Until it is convened no other unit sees it."),
        frozenset(), "planned", (SENDER,), needs="decisions.draft", asks=ABOUT,
    ),
    Step(
        "revise", Label("修改计划", "Revise the plan"), Label("还没有通知任何单位，改了也不用告诉谁。", "No unit has been told: nobody needs to hear of it."),
        frozenset({"planned"}), None, (SENDER,), needs="decisions.draft", asks=ABOUT,
    ),
    Step(
        "convene", Label("发会议通知", "Convene"), Label("通知发到名单上的单位，请它们按岗位答复谁来。", "The units on the list are told and asked to reply by post who comes."),
        frozenset({"planned"}), "convened", (SENDER,), needs="decisions.issue",
        asks=(
            Ask("reply_by", Label("哪天以前答复", "Replies by"), Kind.DATE),
            Ask("checked", Label("名单逐个核对过了", "The list was checked, one by one"), Kind.TICK, told=False),
        ),
        starts=("meeting",), when=(INVITED, ASSIGNED), tells=(CO,),
    ),
    Step(
        "cancel", Label("取消会议", "Cancel"), Label("会议不开了。写明理由，已通知的单位都会看到。", "The meeting is off. Give the reason: the units that were told will see it."),
        frozenset({"planned", "convened"}), "cancelled", (SENDER,), needs="decisions.issue", asks=(REASON,), drops=("meeting",), tells=(CO,),
    ),
)  # fmt: skip

REPLYING = (
    Step(
        "change", Label("改时间或会场", "Change time or room"), Label("改期或换会场，名单上的单位都会收到通知；已经答复的不用再答复，来不了的再改。", "Another time or room: the units on the list are told. Replies stand; whoever cannot come any more replies anew."),
        frozenset({"convened"}), None, (SENDER,), needs="decisions.draft",
        asks=(STARTS, ENDS, Ask("room", Label("主会场", "Main venue"), Kind.LINE, longest=120), REASON),
        drops=("meeting",), starts=("meeting",), tells=(CO,),
    ),
    Step(
        "reply", Label("答复参会", "Reply"), Label("答复本单位受邀的一个岗位：来，换人来，或者请假。只写岗位，不写姓名；别的单位看不到。", "Reply for one invited post of your unit: it comes, another comes in its place, or it asks for leave. Posts only, no names; other units do not see it."),
        frozenset({"convened"}), None, (CO,), needs="decisions.work",
        asks=(
            Ask("invitation", Label("受邀岗位", "Invited post"), Kind.MILESTONE),
            Ask("reply", Label("答复", "Reply"), Kind.CHOICE, choices=(
                (Invitation.COMES, Label("本岗位参加", "The post itself comes")),
                (Invitation.STAND_IN, Label("由其他岗位代为参加", "Another post comes in its place")),
                (Invitation.LEAVE, Label("请假", "Leave")),
            )),
            Ask("who", Label("代为参加的岗位", "Post that comes in its place"), Kind.LINE, required=False, longest=60),
            Ask("reason", Label("换人或请假的理由", "Why another comes, or nobody"), required=False, longest=300),
            Ask("leader", Label("向哪位领导请的假", "Of which leader leave was asked"), Kind.LINE, required=False, longest=60, hint=Label("写岗位，例如：分管副市长。", "The post, for instance: the deputy mayor in charge.")),
        ),
        aside=True, for_sender=True, tells=(SENDER,),
    ),
    Step(
        "receive_papers", Label("文件收到", "Papers received"), Label("会议文件收到了：一个单位回一次，不要学习笔记，也不要照片。", "Your unit has the papers: once a unit, no notes and no photographs."),
        frozenset({"convened", "held"}), None, (CO,), needs="decisions.work", when=(CONVEYED,), aside=True, for_sender=True,
    ),
    Step(
        "invite_also", Label("补邀", "Invite one more"), Label("名单上漏了的单位或岗位，补上并请它答复；别的单位不受打扰。", "A unit or post that the list forgot is added and asked to reply; nobody else is troubled."),
        frozenset({"convened"}), None, (SENDER,), needs="decisions.draft",
        asks=(
            Ask("unit", Label("补邀的单位", "Unit"), Kind.UNIT),
            Ask("post", Label("岗位", "Post"), Kind.LINE, longest=60, hint=Label("写岗位，不写姓名。", "The post, not the name.")),
            Ask("seat", Label("席位", "Seat"), Kind.CHOICE, choices=(
                (Invitation.ATTEND, Label("出席", "Attends")), (Invitation.OBSERVE, Label("列席", "Observes")),
            )),
            Ask("reply_by", Label("哪天以前答复", "Replies by"), Kind.DATE),
            Ask("mention", Label("同时告诉哪些单位", "Also tell"), Kind.PARTS, required=False, hint=Label("不勾就只告诉补邀的单位。", "Nobody ticked: only the unit that is invited.")),
        ),
    ),
    Step(
        "uninvite", Label("撤回邀请", "Withdraw invitations"), Label("请错了的单位不用来了：从名单上去掉。有值班邮箱的会收到取消的邮件，没有的请打电话告诉；别的单位不受打扰。", "Units that were invited by mistake are taken off the list. Those with a duty mailbox are sent a cancellation, call the others; nobody else is troubled."),
        frozenset({"convened"}), None, (SENDER,), needs="decisions.draft",
        asks=(Ask("units", Label("哪些单位", "Which units"), Kind.PARTS), REASON),
    ),
    Step(
        "urge", Label("催答复", "Urge"), Label("提醒还没有答复的单位：写一句话。只告诉没有答复的，一小时以内只催一次。", "Remind the units that have not replied: one line. Only they are told, once an hour at most."),
        frozenset({"convened"}), None, (SENDER,), needs="decisions.draft",
        asks=(
            Ask("line", Label("一句话", "One line"), Kind.LINE, longest=200),
            Ask("mention", Label("催哪些单位", "Which units"), Kind.PARTS, required=False, hint=Label("不勾就是所有没有答复的。", "Nobody ticked: all that have not replied.")),
        ),
        aside=True, apart=60,
    ),
    note_step(
        Label("写给一起参会的单位看，不计入数字；勾选的单位会收到通知。", "For the units that take part; no figure counts it. The units you tick are told."),
        frozenset({"convened", "held"}), needs="decisions.work", sender_needs="decisions.draft", roles=(CO, SENDER),
    ),
)  # fmt: skip

# Who was invited is told; a unit has confirmed receipt once, whatever is replaced later.
CONVEYING = (
    Step(
        "attach_paper", Label("上传会议文件", "Add the file of a paper"), Label("把文件附在一份会议文件上；换一份要写明原因。受邀单位都看得到，不用再回收到。", "Put a file to a paper; for another in its place give the reason. The invited units see it and confirm nothing anew."),
        frozenset({"planned", "convened", "held"}), None, (SENDER,), needs="decisions.draft",
        asks=(
            PAPER,
            Ask("file", Label("文件", "File"), Kind.FILES, told=False),
            Ask("reason", Label("为什么换", "Why it is replaced"), Kind.LINE, required=False, longest=200),
        ),
        when=(CONVEYED,), aside=True, tells=(CO,),
    ),
    Step(
        "withdraw_paper", Label("收回会议文件", "Withdraw the file of a paper"), Label("从现在起谁也打不开这份文件，题名还在。写明理由，受邀单位都会看到。", "Nobody opens the file any more; the paper stays named. Give the reason: the invited units will see it."),
        frozenset({"planned", "convened", "held", "signed", "cancelled"}), None, (SENDER,), needs="decisions.draft", asks=(PAPER, REASON), when=(ATTACHED,), aside=True, tells=(CO,),
    ),
)  # fmt: skip

HOLDING = (
    Step(
        "hold", Label("会议已开", "Held"), Label("记下哪天开的；谁到了按签到名单，不另外统计。", "Note the day on which it was held; who came is in the roster and is not counted anew."),
        frozenset({"convened"}), "held", (SENDER,), needs="decisions.draft", asks=(
            Ask("held_on", Label("开会日期", "Held on"), Kind.DATE),
            Ask("recording", Label("录像地址", "Where the recording is"), Kind.LINE, required=False, longest=300, hint=Label("市里自己的视频系统里的链接；本平台不存录像。", "A link into the city's own video system; no recording is kept here.")),
        ),
        starts=("minutes",), stops=("meeting",),
    ),
    Step(
        "draft_minutes", Label("起草纪要", "Draft the minutes"), Label("纪要的草稿；签发之前，别的单位看不到。", "A draft of the minutes. Until they are signed no other unit sees them."),
        frozenset({"held"}), None, (SENDER,), needs="decisions.draft", asks=(Ask("text", Label("纪要", "Minutes"), longest=20000, told=False),), for_sender=True,
    ),
    Step(
        "sign_minutes", Label("签发纪要", "Sign the minutes"), Label("纪要印发给参会单位，会议办结。", "The minutes go to the units that took part, and the meeting is done."),
        frozenset({"held"}), "signed", (SENDER,), needs="decisions.issue",
        when=(MINUTED,), stops=("minutes",), tells=(CO,), rules=True,
    ),
)  # fmt: skip

STEPS = (*PLANNING, *REPLYING, *CONVEYING, *HOLDING)
