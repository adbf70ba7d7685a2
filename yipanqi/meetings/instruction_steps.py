"""The steps of a leader's written instruction, in the order in which it usually meets them.

The leader writes on paper, as ever: the office takes down the post and the day. Nobody is looked up by name, and what a
leader takes their time over is measured nowhere.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, QuerySet

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step
from yipanqi.meetings.models import Conference, Line, Task

SENDER = (Role.SENDER,)
SECRECY = (
    ("public", Label("公开", "Public")),
    ("internal", Label("内部", "Internal")),
    ("secret", Label("秘密", "Confidential")),
    ("confidential", Label("机密", "Secret")),
    ("top_secret", Label("绝密", "Top secret")),
)
REASON = Ask("reason", Label("理由", "Reason"), longest=1000)
ABOUT = (
    Ask("title", Label("来文标题", "Title of the document"), Kind.LINE, longest=60),
    Ask("document", Label("来文字号", "Its number"), Kind.LINE, required=False, longest=40, hint=Label("没有的留空。", "Leave it empty where there is none.")),
    Ask("origin", Label("来文单位", "Where it is from"), Kind.LINE, longest=60),
    Ask("received_on", Label("收到日期", "Received on"), Kind.DATE),
    Ask("purpose", Label("事由", "What it is about"), longest=2000),
    Ask("secrecy", Label("密级", "Secrecy"), Kind.CHOICE, choices=SECRECY, hint=Label("秘密级及以上的文件不能进本平台。", "What is confidential or above does not go into this platform.")),
)  # fmt: skip
GIVEN = (
    Ask("post", Label("批示领导的岗位", "Post of the leader"), Kind.LINE, longest=60, hint=Label("写岗位，不写姓名，例如：市委副书记。", "The post, not the name, for instance: deputy Party secretary.")),
    Ask("held_on", Label("批示日期", "Day of the instruction"), Kind.DATE),
    Ask("text", Label("批示原文", "The instruction, word by word"), longest=2000),
    Ask("due_on", Label("哪天以前反馈", "Answer due by"), Kind.DATE),
)  # fmt: skip


def _without_task(lines: QuerySet[Line]) -> QuerySet[Line]:
    """Those of the lines under which no task is issued, principles aside."""
    issued = Task.objects.filter(line=OuterRef("pk")).exclude(matter__state__in=("drafted", "dropped"))
    return lines.filter(~Exists(issued), principle=False)


def without_task(conference: Conference) -> list[int]:
    """The numbers of the requirements under which no task is issued, principles aside."""
    left = _without_task(Line.objects.filter(conference=conference))
    return list(left.order_by("number").values_list("number", flat=True))


LAID_DOWN = Condition(
    "laid_down", lambda conference: conference.lines.exists(),
    Label("还没有列出要求：先逐条列出批示要求办的事。", "Nothing is laid down yet: list what the instruction asks, one by one."),
    found=lambda: Exists(Line.objects.filter(conference__matter=OuterRef("pk"))),
)  # fmt: skip
ISSUED = Condition(
    "issued", lambda conference: not without_task(conference),
    Label("还没有下达任务的要求：", "No task is issued yet under requirement "),
    which=lambda conference: "、".join(map(str, without_task(conference))),
    found=lambda: ~Exists(_without_task(Line.objects.filter(conference__matter=OuterRef("pk")))),
)  # fmt: skip

TAKING_IN = (
    Step(
        "register", Label("登记批示件", "Register a document"), Label("登记要呈给领导批示的来文。分办之前，别的单位看不到。", "Register a document that goes to a leader for instruction. Until it is distributed no other unit sees it."),
        frozenset(), "registered", SENDER, needs="decisions.draft", asks=ABOUT, starts=("handling",),
    ),
    Step(
        "propose", Label("拟办", "Propose how to handle it"), Label("写拟办意见，呈给领导批示。", "Say how it may be handled; it goes to the leader."),
        frozenset({"registered"}), "proposed", SENDER, needs="decisions.draft",
        asks=(Ask("handling", Label("拟办意见", "Proposed handling"), longest=2000),), stops=("handling",),
    ),
    Step(
        "void", Label("登记作废", "Void the registration"), Label("登记错了，或者不再呈批。写明理由，记录保留。", "Registered in error, or not submitted after all. Give the reason; the record stays."),
        frozenset({"registered", "proposed"}), "voided", SENDER, needs="decisions.draft", asks=(REASON,), drops=("handling",),
    ),
)  # fmt: skip

GIVING = (
    Step(
        "instruct", Label("录入批示", "Take down the instruction"), Label("照原文录入领导的批示。反馈期限从现在起算。", "Take down what the leader wrote, word by word. The limit for the answer starts now."),
        frozenset({"proposed"}), "instructed", SENDER, needs="decisions.draft", asks=GIVEN, starts=("distribution", "answer"),
    ),
    Step(
        "circulate", Label("圈阅，不用办", "Seen, nothing to be done"), Label("领导看过，没有要求办的事：归档，不分办。", "The leader has seen it and asks for nothing: it is filed and not distributed."),
        frozenset({"proposed"}), "read", SENDER, needs="decisions.draft", asks=GIVEN[:2],
    ),
)  # fmt: skip

HANDING_OUT = (
    Step(
        "distribute", Label("分办", "Distribute"), Label("各条要求的任务都已下达，从现在起各单位看得到要求。", "The task of each requirement is issued; from now on the units see what is required."),
        frozenset({"instructed"}), "distributed", SENDER, needs="decisions.issue", when=(LAID_DOWN, ISSUED), stops=("distribution",), rules=True,
    ),
    Step(
        "change_due", Label("改反馈期限", "Change when the answer is due"), Label("领导同意改期的：写新的日期和理由。各项任务的日期另外办。", "Where the leader agrees to another day: give it and the reason. The dates of tasks are changed by themselves."),
        frozenset({"instructed", "distributed"}), None, SENDER, needs="decisions.issue",
        asks=(Ask("due_on", Label("新的反馈日期", "Answer now due by"), Kind.DATE), REASON), drops=("answer",), starts=("answer",),
    ),
)  # fmt: skip

ANSWERING = (
    Step(
        "report_back", Label("反馈", "Report back"), Label("写办理结果，准备呈给批示的领导。各项任务的进展系统里已有，不用各单位再报。", "Say what came of it, for the leader who instructed it. How far the tasks are is known here: no unit is asked again."),
        frozenset({"distributed"}), "reported", SENDER, needs="decisions.draft",
        asks=(Ask("answer", Label("办理结果", "What came of it"), longest=5000),), stops=("answer",), starts=("reading",),
    ),
    Step(
        "instruct_again", Label("再次批示", "Instructed again"), Label("领导看过反馈，还有要求：照原文录入，重新分办。", "The leader has read the answer and asks for more: take it down word by word and distribute again."),
        frozenset({"reported"}), "instructed", SENDER, needs="decisions.draft", asks=GIVEN, drops=("reading",), starts=("distribution", "answer"),
    ),
    Step(
        "submit_for_reading", Label("呈阅", "Submitted and read"), Label("反馈已呈领导阅过，批示件办结。任务没有销号的，各自继续办。", "The leader has read the answer, and the instruction is done. Tasks that are not closed go on by themselves."),
        frozenset({"reported"}), "read", SENDER, needs="decisions.issue", asks=(Ask("read_on", Label("阅示日期", "Read on"), Kind.DATE),), stops=("reading",), rules=True,
    ),
)  # fmt: skip

STEPS = (*TAKING_IN, *GIVING, *HANDING_OUT, *ANSWERING)
