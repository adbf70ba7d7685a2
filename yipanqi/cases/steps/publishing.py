"""Whether others may read of a case: the submitter's consent, given and taken back, and what the desk makes of it.

Nothing is published without a consent of its own (PIPL Art. 25). It is given for the answer that its submitter has read:
when the case is handled again, it has ended. That it was given is veiled like a verdict as long as one may judge: it says
that somebody has been at the page (trust-and-ux H6). So nothing is published before that time is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from yipanqi.core.labels import Label
from yipanqi.core.procedure import Ask, Condition, Kind, Role, Step

if TYPE_CHECKING:
    from yipanqi.cases.models import Case
    from yipanqi.core.models import Move

SUBMITTER, SENDER, SYSTEM = Role.SUBMITTER, Role.SENDER, Role.SYSTEM
BASIS = "个人信息保护法 14、15、25"
AFTER_AN_ANSWER = frozenset({"served", "closed"})
GIVING = ("consent", "record_consent")
ENDING = ("withdraw_consent", "second_handling", "second_due", "redo")

# No finer than a subdistrict: of fewer people one might know who it was.
PLACES = (
    ("street", Label("街道（镇）", "Subdistrict or town")),
    ("district", Label("区县", "District")),
    ("city", Label("只说本市", "The city alone")),
)
TOLD_AT = (
    ("counter", Label("当面说的", "At the counter")),
    ("callback", Label("回拨登记电话时说的", "When the registered number was called back")),
)


def standing_consent(case: Case) -> Move | None:
    """The move by which the submitter consented to publishing the answer that stands; None where nothing says so."""
    said = case.matter.moves.filter(step__in=(*GIVING, *ENDING)).order_by("-number").first()
    return said if said is not None and said.step in GIVING else None


def _published(case: Case) -> bool:
    return hasattr(case, "publication") and case.publication.withdrawn_at is None


# Of an open case the two steps are always there for staff: a button that comes or goes would tell them of the consent.
NOT_GIVEN = Condition(
    "consent_not_given", lambda case: case.matter.open or standing_consent(case) is None,
    Label("本人已经同意公开。", "The submitter has consented already."),
)  # fmt: skip
GIVEN = Condition(
    "consent_given", lambda case: case.matter.open or standing_consent(case) is not None,
    Label("本人没有同意公开。", "The submitter has not consented."),
)  # fmt: skip
NOT_PUBLISHED = Condition(
    "not_published", lambda case: not _published(case),
    Label("已经公开了。", "It is published already."),
)  # fmt: skip
PUBLISHED = Condition(
    "published", _published,
    Label("没有公开。", "It is not published."),
)  # fmt: skip

AGREED = Ask(
    "agreed", Label("这件事和答复可以隐去我的信息后公开给别人看", "Others may read this case and its answer, without what tells who I am"), Kind.TICK, told=False,
)  # fmt: skip

STEPS = (
    Step(
        "consent", Label("同意公开", "Let others read it"),
        Label("愿意的话，别人遇到同样的事可以看到怎么办的。公开以前由工作人员去掉姓名、号码和住址；同意不同意都不影响办理；随时可以收回，收回后公开的一页马上就没有了。", "If you like, others with the same trouble can read what was done. Before that a member of staff takes out names, numbers and addresses. It makes no difference to how you are treated, and you can take it back at any time: the public page is then gone at once."),
        AFTER_AN_ANSWER, None, (SUBMITTER,), asks=(AGREED,), when=(NOT_GIVEN,), aside=True, for_sender=True, veiled_until="evaluate",
        plain=Label("您同意隐去信息后公开", "You let others read it, without your particulars"), basis=BASIS,
    ),
    Step(
        "record_consent", Label("记录本人同意公开", "Record that the submitter lets others read it"),
        Label("本人自己说愿意才记：说清楚会隐去信息、不愿意没有关系、随时可以收回。不要劝。办理过此事或给出过查询密码的人不能记录。", "Only if the person says so themselves: tell them that particulars are left out, that no is as good as yes, and that it can be taken back at any time. Do not urge. Whoever handled the case or handed out its secret cannot record it."),
        AFTER_AN_ANSWER, None, (SENDER,), needs="cases.register", asks=(Ask("told_at", Label("本人怎样说的", "How the person said it"), Kind.CHOICE, choices=TOLD_AT),),
        when=(NOT_GIVEN,), aside=True, for_sender=True, veiled_until="evaluate",
        plain=Label("按您说的，记下您同意隐去信息后公开", "Noted at your word: others may read it, without your particulars"), basis=BASIS,
    ),
    Step(
        "withdraw_consent", Label("收回公开的同意", "Take back the consent to publish"),
        Label("已经公开的一页马上就没有了，不用说理由。", "The public page is gone at once; no reason is needed."),
        AFTER_AN_ANSWER, None, (SUBMITTER, SENDER), needs="cases.register", when=(GIVEN,), aside=True, for_sender=True, veiled_until="evaluate",
        plain=Label("收回了公开的同意，没有公开的一页了", "The consent was taken back; there is no public page"), basis=BASIS,
    ),
    Step(
        "offer_publication", Label("本人同意公开", "The submitter lets others read it"), Label("评价期已过，可以去掉能认出本人的内容后公开。", "The time to judge is over: it can be published, without what gives the person away."),
        frozenset({"closed"}), None, (SYSTEM,), aside=True, for_sender=True, tells=(SENDER,), basis=BASIS,
    ),
    Step(
        "publish", Label("公开", "Publish"),
        Label("写出给大家看的一段话：说了什么、结果怎样。去掉姓名、号码、住址和能让人认出本人或对方的话。办过这件事的人、记录本人同意的人不能公开。", "Write what everybody may read: what was said, what came of it. Leave out names, numbers, addresses and whatever tells who the person or the other side is. Whoever handled the case or recorded the consent cannot publish it."),
        frozenset({"closed"}), None, (SENDER,), needs="cases.audit",
        asks=(
            Ask("title", Label("标题", "Title"), Kind.LINE, longest=60),
            Ask("said", Label("说了什么", "What was said"), longest=2000),
            Ask("came_of_it", Label("结果怎样", "What came of it"), longest=3000),
            Ask("place", Label("地点写到哪一级", "How closely the place is told"), Kind.CHOICE, choices=PLACES, hint=Label("人少的地方写大一级。", "Where few people live, choose the larger one.")),
        ),
        when=(GIVEN, NOT_PUBLISHED), aside=True, tells=(SUBMITTER,), plain=Label("已隐去您的信息后公开", "Published, without your particulars"), basis=BASIS,
    ),
    Step(
        "unpublish", Label("不再公开", "Take it off"), Label("公开的一页马上就没有了；本人的同意还在，改好后可以重新公开。", "The public page is gone at once; the consent stands, and it can be published anew once it is mended."),
        frozenset({"closed"}), None, (SENDER,), needs="cases.audit", asks=(Ask("reason", Label("理由", "Reason"), longest=1000, public=False),),
        when=(PUBLISHED,), aside=True, tells=(SUBMITTER,), plain=Label("不再公开", "No longer published"), basis=BASIS,
    ),
)  # fmt: skip
