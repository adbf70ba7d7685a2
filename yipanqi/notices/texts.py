"""The texts of messages, and of what is said on the telephone: what comes with the product, what may stand in them, and
how they are filled.

No text can say what a case is about: whoever is made to show their telephone shows that they asked an office something
(trust-and-ux H3). So there is no name for it that would be filled in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.core.labels import Label
from yipanqi.notices.models import Text

RECEIPT, NEWS, WAITS, SMS = "receipt", "news", "waits", "sms"
INVITATION = "invitation"  # to a unit: written in invitations.py, and no administrator's
CALL_BACK, CALL = "call_back", "call"  # said by an officer, sent to nobody
VARIABLES: Mapping[str, Label] = {
    "telephone": Label("热线电话", "the hotline's telephone number"),
    "reference": Label("查询号", "the reference"),
    "link": Label("查询页的地址，里面只有查询号", "the address of the tracking page, which holds the reference alone"),
    "due": Label("在哪天之前；没有期限时整行不出现", "by which day; the whole line is left out where there is no limit"),
}  # fmt: skip
TITLES: Mapping[str, Label] = {
    RECEIPT: Label("收到以后的回执（邮件）", "Receipt (e-mail)"),
    NEWS: Label("有新进展（邮件）", "News (e-mail)"),
    WAITS: Label("等本人回复或评价（邮件）", "The submitter's turn (e-mail)"),
    SMS: Label("短信", "Text message"),
    CALL_BACK: Label("回访时怎么说", "What to say when calling back"),
    CALL: Label("回电时怎么说", "What to say to who asked to be called"),
}
# A text message shows on a locked screen: it carries nothing that leads to a case.
ALLOWED: Mapping[str, frozenset[str]] = {
    RECEIPT: frozenset({"telephone", "reference", "link"}),
    NEWS: frozenset({"telephone", "reference", "link"}),
    WAITS: frozenset(VARIABLES),
    SMS: frozenset({"telephone"}),
    CALL_BACK: frozenset({"telephone", "reference"}),
    CALL: frozenset({"telephone"}),
}
# What somebody may think of putting in, and would tell what it is about or who asked.
LEAKS = frozenset(
    [
        "title",
        "text",
        "subject",
        "category",
        "area",
        "place",
        "address",
        "unit",
        "department",
        "name",
        "phone",
        "email",
        "answer",
        "reply",
        "question",
        "step",
        "state",
        "reason",
        "secret",
        "password",
        "标题",
        "内容",
        "正文",
        "类别",
        "地点",
        "单位",
        "姓名",
        "电话",
        "邮箱",
        "地址",
        "答复",
        "密码",
    ]
)
LONGEST = {"subject_zh": 60, "subject_en": 120, "body_zh": 1000, "body_en": 2000}
LONGEST_SMS = {"body_zh": 70, "body_en": 160}  # one text message
# Nobody is asked for a good verdict, neither in writing nor on the telephone (trust-and-ux H6).
_BEGGING = re.compile(
    r"(?:请|麻烦|帮忙|希望您|拜托)您?(?:能|给|打|选|评){1,2}.{0,6}(?:好评|满意|五星|满分|高分)"
    r"|please (?:give|choose|rate|say|mark).{0,30}(?:satisf|good|five|positive|best|top)",
    re.IGNORECASE,
)
NAME = re.compile(r"\{([^{}\n]*)\}")

_FOOT_ZH = "\n\n查询号：{reference}\n咨询电话：{telephone}\n\n这是自动发出的邮件，请不要回复。不想再收到，可以在查询页上关闭。"
_FOOT_EN = (
    "\n\nReference: {reference}\nTelephone: {telephone}\n\n"
    "This message was sent automatically; please do not reply. You can turn messages off on the tracking page."
)
_DEFAULTS: Mapping[str, tuple[Label, Label]] = {
    RECEIPT: (
        Label("已经收到", "We received it"),
        Label(
            "您好！\n\n您提交的内容已经收到。随时可以用查询号和密码查看：\n{link}\n\n密码只给过您一次，我们不会向您要密码。" + _FOOT_ZH,
            "Hello,\n\nwe received what you sent us. You can look at any time, with the reference and the secret:\n{link}\n\nThe secret was shown to you once; we never ask for it." + _FOOT_EN,
        ),
    ),
    NEWS: (
        Label("有新进展", "There is news"),
        Label(
            "您好！\n\n您提交的内容有新进展。请用查询号和密码查看：\n{link}" + _FOOT_ZH,
            "Hello,\n\nthere is news about what you sent us. Please look, with the reference and the secret:\n{link}" + _FOOT_EN,
        ),
    ),
    WAITS: (
        Label("等您看一看", "It is your turn"),
        Label(
            "您好！\n\n您提交的内容有一处在等您。请用查询号和密码查看：\n{link}\n请在 {due} 之前回复。" + _FOOT_ZH,
            "Hello,\n\nsomething about what you sent us waits for you. Please look, with the reference and the secret:\n{link}\nPlease reply by {due}." + _FOOT_EN,
        ),
    ),
    SMS: (
        Label("", ""),
        Label(
            "您提交的内容有新进展，请在网上用查询号和密码查看，或拨打{telephone}。",
            "There is news about what you sent us. Please look with your reference and secret, or call {telephone}.",
        ),
    ),
    CALL_BACK: (
        Label("照着说，照实记", "Say it as it stands, note what is said"),
        Label(
            "您好，这里是热线，您的诉求（查询号 {reference}）已经有了答复。现在方便说话吗？\n不方便，可以换个时间；不想接受回访也完全可以。\n\n"
            "一、事情解决了吗？\n二、您对办理满意、基本满意，还是不满意？怎么想就怎么说，说不满意对您没有任何影响。\n三、有没有人要求或劝您给好评？\n四、还有什么想说的？\n\n"
            "评价期结束以前，办理单位看不到您的评价。我们不会问您的查询密码。谢谢您，再见。",
            "Hello, this is the hotline: your request (reference {reference}) has been answered. Is this a good moment?\nIf not, we can call at another time; you need not answer at all.\n\n"
            "1. Is it solved?\n2. Are you satisfied with how it was handled, basically satisfied, or not satisfied? Say what you think: saying that you are not satisfied does you no harm.\n3. Did anybody press you for a good verdict?\n4. Is there anything to add?\n\n"
            "The unit cannot see your verdict before the time to judge is over. We never ask for your secret. Thank you, goodbye.",
        ),
    ),
    CALL: (
        Label("先听，再记", "Listen first, then note"),
        Label(
            "您好，这里是热线，您请我们给您打电话。现在方便说话吗？不方便，可以换个时间。\n\n"
            "一、请您说说是什么事。\n二、希望怎样解决？\n三、要记成一件的：念给本人听三种署名方式，由本人选；记完念一遍，给出查询号和密码。\n\n"
            "不要问查询密码。这个号码只为这次回电，办完就删除。",
            "Hello, this is the hotline: you asked us to call you. Is this a good moment? If not, we can call at another time.\n\n"
            "1. Please tell us what it is about.\n2. What would you like to be done?\n3. Where it becomes a case: read out the three ways to be known and let the person choose; read back what you noted, and give reference and secret.\n\n"
            "Do not ask for the secret. The number is for this call alone and is deleted afterwards.",
        ),
    ),
}  # fmt: skip
CODES = tuple(_DEFAULTS)


def default(code: str) -> Text:
    """The text that comes with the product."""
    return version_nought(code, *_DEFAULTS[code])


def version_nought(code: str, subject: Label, body: Label) -> Text:
    """A text that comes with the product as a version of its own, in no table."""
    return Text(
        code=code,
        version=0,
        subject_zh=subject.zh,
        subject_en=subject.en,
        body_zh=body.zh,
        body_en=body.en,
    )


def fill(body: str, values: Mapping[str, str]) -> str:
    """The body with the values in their places; a line is left out whose value is empty."""
    lines = [
        line for line in body.splitlines() if all(values.get(name.strip()) for name in NAME.findall(line))
    ]
    return NAME.sub(lambda found: values[found.group(1).strip()], "\n".join(lines))


def clean(code: str, given: Mapping[str, str]) -> dict[str, str]:
    """The fields of a text as somebody wrote it; what the text has not is empty. Raises `Refused` with the fields that
    are wrong."""
    has = LONGEST_SMS if code == SMS else LONGEST
    # A browser sends line breaks as two characters.
    typed = {
        name: given.get(name, "").replace("\r\n", "\n").strip() if name in has else "" for name in LONGEST
    }
    wrong = faults(code, typed)
    if wrong:
        raise Refused(_("有几处需要改一下。"), fields=wrong)
    return typed


def faults(code: str, given: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a text as somebody wrote it, field by field."""
    wrong = {}
    for field, longest in (LONGEST_SMS if code == SMS else LONGEST).items():
        why = _fault(code, field, given.get(field, ""), longest)
        if not why and _BEGGING.search(given.get(field, "")):
            why = _("不能请人给好评：评价要照本人的意思。")
        if why:
            wrong[field] = why
    return wrong


def _fault(code: str, field: str, text: str, longest: int) -> str:
    if not text.strip():
        return _("请填写。")
    if len(text) > longest:
        return _("最多 %(n)d 字，现有 %(m)d 字。") % {"n": longest, "m": len(text)}
    subject = field.startswith("subject")
    if any(ord(c) < 0x20 and (subject or c != "\n") for c in text) or "\x7f" in text:
        return _("标题只能有一行。") if subject else _("含有不能保存的字符。")
    allowed = frozenset() if subject else ALLOWED[code]
    for name in NAME.findall(text):
        why = _wrong_name(name.strip(), allowed, subject=subject)
        if why:
            return why
    if re.search(r"[{}]", NAME.sub("", text)):
        return _("花括号要成对，里面写变量的名字，例如 {telephone}。")
    return ""


def _wrong_name(name: str, allowed: frozenset[str], *, subject: bool) -> str:
    if name in allowed:
        return ""
    shown = {"name": "{" + name[:40] + "}"}
    if subject:
        return _("标题里不能用变量 %(name)s：它会留在通知栏和锁屏上。") % shown
    if name.lower() in LEAKS:
        return _("%(name)s 不能用：消息会被别人看到，不能说出是什么事、归谁办、是谁提的。") % shown
    if name in VARIABLES:
        return _("这条消息里不能用 %(name)s。") % shown
    return _("没有 %(name)s 这个变量。可以用的写在下面。") % shown
