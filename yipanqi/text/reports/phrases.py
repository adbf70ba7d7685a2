"""One clause of a demand: where its verb stands, what the object is, and whether it is a principle or a task."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from yipanqi.text.reports import verbs
from yipanqi.text.reports.dues import due_first, due_within
from yipanqi.text.reports.layout import Span
from yipanqi.text.reports.shape import Kind

_KNOWN = verbs.PRINCIPLE | verbs.WORK | verbs.WEAK
STRONG = (verbs.PRINCIPLE | verbs.WORK) - verbs.WEAK
WHOLE = verbs.TOGETHER | verbs.MANNER
# What may stand before the verb and is no part of the demand.
_CONNECTIVE = re.compile(
    r"^(?:同时|并且|并|而且|而|从而|进而|以及|还|也|又|都|更(?![好加])|且|然后|随后|另外|此外|特别是|尤其是|尤其|关键是|重点是|核心是|一方面|另一方面|下一步|接下来|今后|当前|目前|一定|则|即|再)(?!有|是)"
)
_HOW = verbs.ADVERBS | verbs.MANNER
_PARTICLE = re.compile(r"^[地得]")
_BEFORE_OBJECT = re.compile(r"^(?:把(?![牢握好准关控稳脉住])|将(?!来))(?=.{2,})")
_PREPOSITION = re.compile(
    r"^(?:以(?!及|下|上)|按照|按(?!时|期)|根据|依据|围绕|聚焦|紧扣|通过|借助|依托|结合(?!起来)|针对|对照|对标|对于|对(?!接|照)|为了?(?!民|基)|与|同(?!步|时)|向|从|在|由|用(?!好|足|活)|会同|于|就|因|经|靠|凭|本着|沿着|随着|紧紧围绕|牢牢抓住|紧盯|瞄准|针对性|坚持以|立足|着眼|锚定|突出|坚持)"
)
# These open what is only the ground for the verb that follows; where none follows they demand something themselves.
_MAY_DEMAND = (
    *(
        "聚焦",
        "紧盯",
        "瞄准",
        "锚定",
        "突出",
        "坚持",
        "坚持以",
        "紧扣",
        "围绕",
        "紧紧围绕",
        "对标",
        "对照",
        "牢牢抓住",
    ),
)
_ONLY_DEMANDED = ("聚焦", "紧盯", "瞄准", "锚定", "坚持以", "紧扣", "围绕", "紧紧围绕", "对标", "对照")
_GOES_ON = ("聚焦", "紧盯", "瞄准", "锚定", "立足", "着眼")
IN_WHAT = re.compile(
    r"^[在从](?P<what>.{2,60}?)(?:上|方面|中)(?:再|持续|更|狠|精准|聚焦|协同|共同)?(?P<did>抓落实|抓起|下功夫|用力|发力|求突破|见实效|求实效|聚力|着力|见成效|走在前|作表率|持续用力|持续发力|出实招|取得突破|实现突破|加力)$"
)
_TAKEN = re.compile(
    r"(?P<did>报(?:送|至|告|备)?(?=[市区县省镇各上本相牵有])|摆在|摆到|放在|放到|置于|作为|纳入|融入|落到|落实到|落在|体现到|转化为|转化成|变成|结合起来|统一起来|统一到|贯穿到?|贯穿于|抓紧抓实|抓实抓细|抓好|抓实|抓在|当作|列入|建在|送到|延伸到|传达到|扛在|挺在|办好|做好|做实|抓到|推向|做到|贯彻到|转变为|打造成|解决在|化解在|建成|用在|传导到)"
)
# 补短板、强功能: one character and what it is done to.
SHORT = re.compile("[补强夯建优防保促稳惠抓解办查守固提扩增降破转治除聚鼓压减堵疏](?:[一-鿿]{2})")
_PURPOSE = re.compile(
    r"^(?:努力|奋力|积极|切实)?为.{2,80}(?:作出|做出|作|贡献|提供|奠定|注入|增添|营造|创造|保驾护航|汇聚|夯实|添彩|筑牢)(?:.{0,20})$"
)
_RESULT = re.compile(r"^(?:让|使|使得|以便|以此|以期|从而|只有|如果|即使|虽然|由于|因为|无论|不论|是(?!否))")
_STATED = re.compile(
    r"不断(?:提升|健全|增强|完善|改善|优化|壮大|夯实|提高|巩固|扩大|深化)$|持续(?:增强|提升|向好|夯实|改善|优化|巩固)$|(?:明显|显著|稳步|有效|全面|大幅|进一步)(?:提升|增强|改善|提高|夯实|好转|加强)$|取得了?.{0,12}(?:成效|进展|成绩|成果|突破|实效)$|^取得|^得到|了(?![解然望])|(?:尤为|十分|非常|至关|格外|很|极其|极为)(?:重要|关键|必要|紧迫)$"
)
_FROM = re.compile("从.{2,}(?:高度|角度|大局|全局|层面|出发)$")
_LONGEST_ADVERB = 8
_SHORTEST, _LONGEST_AFTER, _NEAR_END = 4, 12, 24
_TOOK_PART = re.compile("(?:参加|出席|列席)了?(?:视频)?会议$")
_NOTHING = re.compile(r"^(?:等|的|地|了|着|和|与|及|好|到|到了|到位|起来|方面|情况|工作)?$")


# Behind these a verb is a noun: 抓实凝聚服务群众工作, 加强整治.
_NOUN_FOLLOWS = re.compile(
    "^(?:[抓做搞办管用].|加强|强化|加大|深化|开展|实施|提高|提升|突出|注重|加快|确保|保障|健全|筑牢|夯实|打造|打牢|构建|凝聚|汇聚|形成|增强|营造|建立|完善|明确|厘清|落实|制定|组织|丰富|激发|破解|解决)$"
)


_DONE_TOO = frozenset(("完善", "做好", "抓好", "抓实", "做实"))


# 创新调度机制: before a noun they are the verb.
_RATHER_VERBS = frozenset(("创新", "统筹", "突出"))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A demand found at ``start:end``; ``action`` and ``object`` are its words."""

    start: int
    end: int
    action: str
    object: str
    kind: Kind
    due: str


@lru_cache(maxsize=20_000)
def _verb_at(words: str) -> str:
    """The longest known verb that opens the words, given as their first characters."""
    for length in range(min(len(words), verbs.LONGEST_VERB), 0, -1):
        if words[:length] in _KNOWN:
            return words[:length]
    done = verbs.DONE.match(words)
    return done[0] if done else ""


@lru_cache(maxsize=20_000)
def _adverb_at(words: str) -> str:
    """The adverb that opens the words, given as their first characters: 分行业, 坚定不移 before 坚定."""
    many = verbs.ADVERB_PATTERN.match(words)
    lengths = range(min(len(words), verbs.LONGEST_ADVERB), 0, -1)
    return many[0] if many else next((words[:n] for n in lengths if words[:n] in _HOW), "")


def verb_of(words: str) -> str:
    """The verb that opens the words; 化解率 opens with none."""
    verb = _verb_at(words[: verbs.LONGEST_VERB])
    return "" if verb and words[len(verb) : len(verb) + 1] in tuple("率者性型式") else verb


def _adverbs(words: str) -> int:
    """How many characters of adverbs open the words."""
    at = 0
    while True:
        particle = _PARTICLE.match(words[at:])
        if particle and at:
            at += 1
            continue
        # 、 parts adverbs too: 精准、高效推进
        found = _adverb_at(words[at : at + _LONGEST_ADVERB])
        if not found:
            return at
        at += len(found)


def opening(words: str) -> tuple[int, str]:
    """Where the verb stands behind adverbs, and the verb. An adverb that is a verb itself (深入基层) is one where
    nothing else is."""
    skipped = _adverbs(words)
    verb = verb_of(words[skipped:])
    while not verb and skipped:
        shorter = next(
            (n for n in range(skipped - 1, -1, -1) if verb_of(words[n:]) and _is_boundary(words, n)), None
        )
        if shorter is None:
            return skipped, ""
        skipped, verb = shorter, verb_of(words[shorter:])
    whole = verb_of(words)
    if skipped and len(whole) == skipped and whole in _RATHER_VERBS and verb in verbs.WEAK:
        return 0, whole
    # 统筹绿化、改厕资金: what follows the first is a list of nouns.
    if skipped and whole and len(whole) == skipped and words[skipped + len(verb) :][:1] in ("、", "和"):
        return 0, whole
    # 加快 is an adverb before a verb and a verb before a noun; 坚持不懈 is no 坚持.
    if (
        skipped
        and verb in verbs.WEAK
        and whole
        and whole not in verbs.WEAK
        and not words[skipped + len(verb) :].strip()
    ):
        return 0, whole
    return skipped, verb


def _is_boundary(words: str, at: int) -> bool:
    return at == 0 or any(words[:at].endswith(each) for each in verbs.ADVERBS)


def _compound(words: str, at: int, verb: str) -> int:
    """Where the object begins: behind all verbs that share it (改进加强, 健全完善, 坚持和加强, 谋准、谋细、谋实)."""
    end = at + len(verb)
    while True:
        rest = words[end:]
        joint = _JOINT.match(rest)
        skip = joint.end() if joint else 0
        further = verb_of(rest[skip:])
        left = rest[skip + len(further) :]
        if not further or len(left) < 2 or not _goes_on(left):
            return end + (_WELL.match(rest) is not None)
        if not _shares(verb, further, joined=bool(joint)):
            return end
        verb, end = further, end + skip + len(further)


_JOINT = re.compile("[和并、与及]")
# 落实好各项措施: no part of the object, as it is of 好人.
_WELL = re.compile("好[^的人评].|起[^来点步草诉到伏].")


def _goes_on(left: str) -> bool:
    """Whether an object, or one more verb before it, may follow a verb: 接访下访、包案 … goes on with no object."""
    return left[0] not in "，与及的" and (left[0] not in "和、" or bool(verb_of(left[1:])))


def _shares(verb: str, further: str, *, joined: bool) -> bool:
    """Whether two verbs have one object; a noun behind 加强 is its object."""
    if not joined and verb in verbs.PRINCIPLE and further not in verbs.PRINCIPLE | verbs.CARRIED:
        return False
    if not joined and _NOUN_FOLLOWS.match(verb) and further not in _DONE_TOO:
        return verbs.DONE.fullmatch(verb) is not None and verbs.DONE.fullmatch(further) is not None
    return joined or further not in verbs.WEAK or bool({verb, further} & _CARRYING)


_CARRYING = verbs.CARRIED | {"认识", "推动", "学习"}


def phrase_of(text: str, span: Span, *, demanded: bool) -> Phrase | None:
    """The demand in a clause from which subject and modal verb are gone. ``demanded``: a modal verb stood before it,
    so that its verb need not be a known one."""
    start, end = span.start, span.end
    due, start = due_first(text, start, end)
    if _FROM.match(text[start:end]):
        return None
    start = _past_connectives(text, start, end)
    again, start = due_first(text, start, end)
    due = due or again
    words = text[start:end]
    if is_short(words):
        return Phrase(start, end, words[-3], words[-2:], Kind.TASK, due)
    if _says_nothing(words, demanded=demanded):
        return None
    found = (
        _target(words)
        or _taken(words)
        or _in_what(words)
        or behind_preposition(words)
        or _plain(words, demanded=demanded)
    )
    if found is None:
        return None
    action, rest = found
    return Phrase(start, end, action, rest, kind_of(action, rest, words), due or due_within(words))


def is_short(words: str) -> bool:
    """补短板, 全力以赴补短板."""
    return SHORT.fullmatch(words[_adverbs(words) :]) is not None


def _says_nothing(words: str, *, demanded: bool) -> bool:
    """Whether it is no demand whatever its verb: too short, manner alone, a result, a purpose, a statement."""
    if len(words) < _SHORTEST and words not in WHOLE:
        return True
    if _RESULT.match(words) or words in verbs.MANNER or _PURPOSE.match(words):
        return True
    if _TOOK_PART.search(words):
        return True
    return not demanded and _STATED.search(words) is not None


def _past_connectives(text: str, start: int, end: int) -> int:
    for _ in range(3):
        match = _CONNECTIVE.match(text[start:end])
        if not match or _whole_or_verb(text[start:end]):
            return start
        start += match.end()
    return start


def _whole_or_verb(words: str) -> bool:
    return len(verb_of(words)) > 1


_BY_MEANS = re.compile("(?:以|用|通过|从)[^，“]{2,20}?(?=把)")


def _taken(words: str) -> tuple[str, str] | None:
    """把 X 摆在 Y, 以制度形式把 X 巩固下来."""
    by = _BY_MEANS.match(words)
    adverbs = by.end() if by else _adverbs(words)
    match = _BEFORE_OBJECT.match(words[adverbs:])
    if not match:
        return None
    rest = words[adverbs + match.end() :]
    found = list(_TAKEN.finditer(rest))
    if found and found[-1].start() > 1:
        did = found[-1]
        return did["did"], rest[: did.start()]
    for at in range(2, len(rest)):
        if verb_of(rest[at:]) in STRONG and len(rest) - at < _LONGEST_AFTER:
            return verb_of(rest[at:]), rest[:at]
    return (match[0], rest) if len(rest) > _SHORTEST else None


_TARGET = re.compile(
    r"^(?P<what>[^\d把将]{2,20}?)(?P<did>达到|达|不低于|不少于|控制在|提高到|提升到|降低到|降至|下降|增长|超过|保持在)(?=.{0,3}[\d百])"
)


def _target(words: str) -> tuple[str, str] | None:
    """化解率达到 90%: a figure that is to be reached."""
    match = _TARGET.match(words)
    if not match or match["what"][-1] not in "率量数度比例额":
        return None
    return match["did"], match["what"] + words[match.end() :]


def _in_what(words: str) -> tuple[str, str] | None:
    match = IN_WHAT.match(words[_adverbs(words) :])
    return (match["did"], match["what"]) if match else None


def behind_preposition(words: str) -> tuple[str, str] | None:
    """以 X 坚定拥护 Y: the verb behind what the preposition governs. Without one: nothing, it only says how."""
    adverbs = _adverbs(words)
    preposition = _PREPOSITION.match(words[adverbs:])
    if not preposition or (adverbs and preposition[0] in _MAY_DEMAND):
        return None
    by = preposition[0]
    first = adverbs + preposition.end()
    if by in ("为", "为了") and opening(words[first:])[1]:
        return None  # a purpose
    if by == "在":
        first += max((words[first:].rfind(each) + 1 for each in ("中", "上", "下", "方面")), default=0)
    passed = False  # a noun that is a verb too: whatever verb follows is one
    for at in range(first + 2, len(words) - 1):
        if words[at - 1] in "“《(、和与及的" or words.count("“", first, at) > words.count("”", first, at):
            continue
        skipped, verb = opening(words[at:])
        start = at + skipped
        if verb in _NOUNS_TOO and opening(words[start + len(verb) :])[1]:
            passed = True
        elif verb and (passed or skipped or verb in STRONG or verbs.DONE.match(verb)):
            stop = _compound(words, start, verb)
            if _ends_noun(words[first:at]) and _has_object(words[stop:], verb, by):
                return words[start:stop], words[stop:]
    if by in _GOES_ON and re.search("(?:发力|用力|施策|攻坚|突破)", words):
        return by, words[first:]
    return None


def _has_object(rest: str, verb: str, by: str) -> bool:
    """Whether what follows is its object; 对存在的问题立行立改 needs none."""
    if not rest:
        return by == "对" and len(verb) > len("落实")
    return len(rest) > 1 and not _NOTHING.match(rest) and not rest.startswith(("的", "、"))


# 以更强担当谋划项目: nouns as well, even where a principle is made of them.
_NOUNS_TOO = frozenset(
    (
        "担当",
        "发展",
        "保障",
        "统筹",
        "创新",
        "改革",
        "服务",
        "履职",
        "创建",
        "突破",
        "举措",
        "治理",
        "引领",
        "融合",
    )
)


def _ends_noun(words: str) -> bool:
    """Whether what a preposition governs may end here: not in the middle of its own verb and object."""
    verb = verb_of(words)
    return len(words) > len(verb) + 1 and words[-1] not in "的和与及、不"


def _plain(words: str, *, demanded: bool) -> tuple[str, str] | None:
    if words in verbs.TOGETHER:
        return words, ""
    preposition = _PREPOSITION.match(words[_adverbs(words) :])
    if preposition and not _may_demand(preposition[0], demanded=demanded):
        return None
    negative = _NEGATIVE.match(words)
    if negative:
        return negative[0], words[negative.end() :]
    skipped, verb = opening(words)
    if verb:
        return _with_object(words, skipped, verb, demanded=demanded)
    unknown = words[skipped:]
    if unknown not in verbs.MANNER and (demanded or skipped) and _UNKNOWN.match(unknown):
        return unknown[:2], unknown[2:]
    return None


_NEGATIVE = re.compile("(?:坚决)?(?:不得|不要|不能|不准|不搞|决不|绝不|严禁)")
# A verb that no table knows, and its object.
_UNKNOWN = re.compile("[一-鿿]{2}.{2}")


def _may_demand(preposition: str, *, demanded: bool) -> bool:
    return preposition.startswith(_MAY_DEMAND) and (demanded or preposition not in _ONLY_DEMANDED)


def _with_object(words: str, skipped: int, verb: str, *, demanded: bool) -> tuple[str, str] | None:
    """The verb with its object; without one only what is demanded outright (高度警觉)."""
    stop = _compound(words, skipped, verb)
    if _NOTHING.match(words[stop:]):
        stop = skipped + len(verb)
    rest = words[stop:]
    if not _NOTHING.match(rest) and not rest.startswith(("的", "了")):
        return words[skipped:stop], rest
    return (words[skipped:stop], "") if not rest and skipped and demanded else None


# Where a matter is put in one's mind: 把 X 摆在突出位置.
_PLACED = frozenset(
    [
        "摆在",
        "摆到",
        "放在",
        "放到",
        "置于",
        "作为",
        "结合起来",
        "统一起来",
        "统一到",
        "扛在",
        "挺在",
        "当作",
        "体现到",
        "转化为",
    ]
)


def kind_of(action: str, rest: str, words: str) -> Kind:
    """By the verb, then by the object."""
    first = verb_of(action) or action
    bare = rest.rstrip('”"等。')
    if action in verbs.TOGETHER or verbs.AIM.search(bare):
        return Kind.PRINCIPLE
    if any(each in action for each in verbs.CARRIED) and verbs.SPOKEN.search(rest[-_NEAR_END:]):
        return Kind.PRINCIPLE
    if first in ("贯彻", "学习贯彻", "把握"):
        return Kind.TASK if first == "贯彻" else Kind.PRINCIPLE
    if first in verbs.PRINCIPLE or action in verbs.PRINCIPLE:
        return Kind.PRINCIPLE
    if action in _PLACED or words.startswith("在"):
        return Kind.PRINCIPLE
    return Kind.TASK


def opens_otherwise(words: str) -> bool:
    """Whether the words open with a verb or a preposition, hence with no unit."""
    return bool(verb_of(words)) or _PREPOSITION.match(words) is not None


def opens_with_verb(words: str) -> bool:
    return bool(opening(words)[1])


def is_taken(words: str) -> bool:
    """Whether the verb that 把 waits for stands in the words."""
    if _TAKEN.search(words):
        return True
    taken = words.find("把")
    return taken >= 0 and any(verb_of(words[at:]) in STRONG for at in range(taken + 3, len(words) - 1))
