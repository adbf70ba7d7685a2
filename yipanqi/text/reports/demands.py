"""Which sentences demand something, of whom and under which heading; what was achieved or quoted demands nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from yipanqi.text.reports import cutting, dues, phrases, roles, verbs
from yipanqi.text.reports.layout import ORDINAL, Paragraph, Span, clauses, paragraphs, sentences
from yipanqi.text.reports.shape import Requirement

_NOT_IN = "主重需只不首纲概提摘必简次紧将想快扼机切显险枢冲索津政"
# 要 that demands: no part of a noun, no 为什么要.
_MODAL = re.compile(
    rf"(?:还|也|都|更|就|又|既|同时|一定|始终|首先|坚决|仍|均|重点|关键是|具体)?(?:(?<![{_NOT_IN}])要(?![求素件闻么害义旨职塞道员地价钱挟的]|是(?!否)|点(?![面对亮])|领(?![会导悟])|务(?![必实])|约(?![谈束])|紧(?![紧盯扣抓密贴跟绷])|强(?![化调力]))|必须|应当|务必|务求|须(?!知)|(?<![供急必所按刚内外无军])需要?(?![求的])(?=[一-鿿]{{4}})|应(?=当|及时|按|加强|建立|将|把|严格|进一步|积极|主动|认真|切实|尽快|全面|持续|坚持|结合|于|在))"
)
_QUESTION = re.compile(
    "为什么要|为何要|怎样|如何要|是否要|要不要|只要|如果要|谁要|想要|若要|要不是|既然要|凡是要|快要|将要|就要到"
)
_SAID = re.compile(
    r"^(?P<who>[^，。；“”]{0,40}?)(?P<said>强调指出|强调|指出|要求|提出|明确|议定|决定|认为|表示|希望|部署|安排|同意|确定)(?:了?(?:以下|几点|如下|[一二三四五六七八九十\d]点|[一二三四]个)?(?:要求|意见|事项|希望)?)?(?:[：:])?$"
)
# 按照省委工作要求 is nobody's saying.
_NOT_SAYING = re.compile(
    "^(?:按照|按|根据|落实|围绕|对照|结合|贯彻|以|通过|依据|全面|认真|符合|对标|聚焦|针对)|(?:工作|有关|相关|决策|的|统一|具体|部署|新|任务)$"
)
_DEMANDED = re.compile("(?<![主重需])要|应当|必须")
_VERBS_ONLY = frozenset(("强调", "强调指出", "指出", "议定", "认为", "表示"))
_SAY_ALONE = frozenset(("强调", "要求", "指出", "希望"))
_SPEAKER = re.compile(
    "(?:会议|大会|会上|[他她]|同志|最后|还|并|同时|(?:书记|长|主任|主席|委员)[^，、]{2,3}|会)$"
)
_SAID_AND = re.compile(
    r"^(?P<who>[^，。；“”要]{0,30}?)(?P<said>强调|要求|希望|明确|议定|决定|提出|指出)(?![的了过性]|$)(?=.{3,})"
)
_DEMANDING = frozenset(
    ("强调", "强调指出", "要求", "议定", "决定", "明确", "希望", "提出", "部署", "安排", "确定", "同意")
)
_SUPERIOR = re.compile(
    r"习近平|总书记|党中央|国务院|中央|李强总理|二十大|全会(?:提出|强调|指出)|[省中]委?(?:书记)?[^，]{0,8}(?:强调|指出)|条例|《"
)
_PAST = re.compile(
    r"^(?:近年来?|近些年|去年|过去|截至|多年来|长期以来|[^，]{0,12}以来|[^，]{2,14}年来|上半年|前三季度|目前已|20\d\d年(?:，|以来|[^，]{0,6}(?:取得|完成|实现)))"
)
_ACHIEVED = re.compile(
    r"取得(?:了)?[^，。]{0,16}(?:成效|进展|成绩|成果|突破|实效)|成效(?:显著|明显)|亮点纷呈|迈出[^，]{0,8}步伐|再上新台阶"
)
_FACTS = re.compile(
    r"(?:时间|地点|人员|内容|议程|议题|日程|范围|对象|联系人?|联系方式|附件|背景|基本情况|进展情况|存在(?:的)?问题|会议概况|主要成绩|工作回顾)$"
)
_AGENDA = re.compile(
    r"^(?:传达|学习|听取|研究(?!制定|出台|解决)|审议|通报|讨论|观看|宣读|关于|会议|汇报|解读|交流)"
)
_NARRATIVE = re.compile(
    r"^(?:会上|会前|会后|会议(?:以|采取|采用|由|在|听取|审议|传达|通报|研究了|学习|表彰|宣读|观看|开始前|结束)|与会|参加会议|出席会议|据(?:了解|悉|介绍)|记者|来源|责任编辑|编辑|作者|审核|供稿|图|附件|抄送|主送|印发|联系人)"
)
_AS_NOTICE = re.compile(r"^请(?!示)(?:予|您)?")
_IS = re.compile(
    r"(?<![就要但于不特尤只可还便总凡或正若])是(?!否|非)|意义重大|至关重要|十分重要|事关|关系到|关乎|具有重要|势在必行|责任重大|十分必要|离不开"
)
_TAKES = re.compile("(?:^|要|[^一-鿿])(?:把|将).{2,400}$")
_TO_WHOM = re.compile("(?:要)?(?:对|对于|凡)[^，]{2,40}的")
_GOES_ON_WITH = re.compile("^[与同和]")
_LONGEST_TAKEN = 400
# 开展社区运营工作，是一项重要举措: what is spoken of, not what is demanded.
_TOPIC = re.compile(
    "(?:既|也|正|就|都|始终|不仅|不只|更)?是(?!否)|事关|关系|关乎|意义|具有|责任重大|至关重要"
)
# 监测预警要“迅速”: a name for what follows.
_LABELLED = re.compile("[^，]{2,16}要“[^”]{1,8}”")
_SEEING = re.compile("(?:清醒|深刻|充分|冷静|也|更)*地?(?:看到|认识到|意识到|注意到)")
_GROUND = re.compile(
    "(?:紧紧|始终|严格|全面|紧密|牢牢)?(?:会同|围绕|聚焦|紧盯|瞄准|锚定|立足|着眼|针对|紧扣|对标|对照)(?!.*(?:发力|用力|施策|攻坚|突破))"
)
# In a sentence that demands, a clause of this shape has a verb that no table knows.
_NO_VERB = re.compile(
    r"[各全本该此每某其这那是为以从对作使让等即如和与及在由被把将按向就因经的不未无有没我他她它一二三四五六七八九十\d“《(（]|特别|尤其|同时|包括|其中|以及|由于|目前|当前|会上|会议|作为|特别|现场|市委|市政府|省委|近年|去年|今年|副|书记|市长|记者"
)
_PREDICATE = re.compile(
    "是(?!否)|了|着(?!力|眼|重)|不高|不足|不够|存在|依然|仍然|更加|显著|明显|(?:参加|出席|列席)(?:会议)?$|如下$|重点抓$|领域$|方面$|时$|后$|中$"
)
_SHORTEST_GUESS, _LONGEST_GUESS = 5, 40
_MOST_OF_ITEM = 60
_LONGEST_HEADING = 60
_LONGEST_SUBJECT = 45


@dataclass
class _Scope:
    """What holds while reading on: who speaks, under what, of whom it is demanded."""

    speaking: bool = False  # what opens with a verb is demanded, without any 要
    quoting: bool = False
    headings: dict[int, str] = field(default_factory=dict)  # by level, the deepest last
    group: str = ""  # the clause that opens the sentences on one theme
    alone: bool = False
    subject: tuple[str, ...] = ()
    lead: tuple[str, ...] = ()
    facts: bool = False
    found: list[Requirement] = field(default_factory=list)


@dataclass
class _Sentence:
    """What was found in one sentence."""

    demanded: bool = False
    roles: list[str] = field(default_factory=list)
    found: list[Requirement] = field(default_factory=list)
    bare: bool = True  # nobody is named before the first demand
    due: str = ""
    closed: bool = False  # what follows is what is seen, not what is demanded

    def date(self, words: str) -> None:
        """What a clause of a date alone says: of what follows, or of what was said before it."""
        self.due = dues.due_alone(words) or self.due
        before = dues.due_of_before(words)
        if before and self.found and not self.found[-1].due:
            self.found[-1] = replace(self.found[-1], due=roles.due_as_told(before))


def requirements_of(text: str) -> tuple[Requirement, ...]:
    """Every demand in the order of the text."""
    notes = roles.notes(text)
    reader = _Reader(text, roles.masked(text, notes))
    items = [paragraph.start for paragraph in reader.read()]
    return tuple(_with_notes(reader.scope.found, notes, items))


class _Reader:
    def __init__(self, text: str, words: str) -> None:
        self.text, self.words, self.scope = text, words, _Scope()

    def read(self) -> list[Paragraph]:
        """Read all; the numbered paragraphs, where what is said of units and dates begins anew."""
        numbered = []
        for paragraph in paragraphs(self.words):
            if paragraph.level:
                numbered.append(paragraph)
            self._paragraph(paragraph)
        return numbered

    def _paragraph(self, paragraph: Paragraph) -> None:
        scope, words = self.scope, self.words[paragraph.start : paragraph.end]
        scope.group, scope.quoting = "", False
        if paragraph.level:
            self._heading(paragraph)
        elif _NARRATIVE.match(words):
            scope.speaking = scope.facts = False
            scope.headings.clear()
        elif not scope.headings:
            scope.speaking = False
        if scope.facts:
            return
        for nth, sentence in enumerate(sentences(self.words, paragraph.start, paragraph.end)):
            self._sentence(sentence, opens=bool(paragraph.level) and nth == 0)

    def _heading(self, paragraph: Paragraph) -> None:
        """A numbered paragraph opens with its heading, or is nothing else, or is one of a list of demands."""
        scope, words = self.scope, self.words[paragraph.start : paragraph.end]
        scope.headings = {level: text for level, text in scope.headings.items() if level < paragraph.level}
        first = re.split("[。；\n]", words, maxsplit=1)[0]
        scope.speaking, scope.subject = True, ()
        scope.facts = (
            _FACTS.search(re.split("[：:]", first)[0].strip()) is not None and len(first) < _LONGEST_HEADING
        )
        alone = len(first) == len(words.rstrip("。"))
        more = len(words.strip("。；; ")) > len(first)
        if len(first) < _LONGEST_HEADING and (
            alone or (more and "，" not in first and not _DEMANDED.search(first))
        ):
            scope.headings[paragraph.level] = re.sub("^关于", "", first.strip("：: "))

    def _sentence(self, span: Span, *, opens: bool) -> None:
        scope = self.scope
        words = self.words[span.start : span.end]
        start = span.start
        ordinal = ORDINAL.match(words)
        scope.subject = scope.lead if ordinal else ()
        if ordinal and ordinal.end() < len(words):
            start += ordinal.end() - words[: ordinal.end()].endswith("要")
            if not opens:
                scope.group = ""
                scope.speaking = True
        words = self.words[start : span.end]
        if opens and scope.headings and _AGENDA.match(words) and span.end - span.start < _LONGEST_HEADING:
            return
        if _past(words):
            return
        sentence = _Sentence()
        quoting = False
        pieces = list(self._joined(start, span.end))
        for clause, following in zip_longest(pieces, pieces[1:]):
            if (
                following
                and _TOPIC.match(self.words[following.start : following.end])
                and not self._modal(self.words[clause.start : clause.end])
            ):
                continue
            said = _SAID.match(self.words[clause.start : clause.end])
            if said and _is_saying(said):
                quoting = _SUPERIOR.search(said["who"]) is not None
                scope.speaking = said["said"] in _DEMANDING and not quoting
                continue
            if quoting:
                continue
            self._clause(clause, sentence, more=following is not None)
        # 市民政局要：一是…；二是…: whose they all are.
        scope.lead = () if sentence.found else scope.subject
        self._close(sentence, opens=opens)

    def _joined(self, start: int, end: int) -> Iterator[Span]:
        """The clauses; one that opens with 把 goes on to where its verb stands (把 X，与 Y 结合起来), one that says to whom
        to what is done to them (对逾期的，约谈提醒)."""
        found: list[Span] = []
        for clause in clauses(self.words, start, end):
            if found and self._waits(found[-1], clause):
                found[-1] = Span(found[-1].start, clause.end)
            else:
                found.append(clause)
        yield from found

    def _waits(self, before: Span, clause: Span) -> bool:
        """Whether the clause before it has no verb until this one."""
        if clause.end - before.start > _LONGEST_TAKEN:
            return False
        words, following = self.words[before.start : before.end], self.words[clause.start : clause.end]
        if _TO_WHOM.fullmatch(words) and not self._modal(following):
            return True
        if not _TAKES.search(words):
            return False
        together = _GOES_ON_WITH.match(following) is not None
        return together if phrases.is_taken(words) else together or phrases.is_taken(following)

    def _clause(self, clause: Span, sentence: _Sentence, *, more: bool) -> None:
        start = clause.start
        words = self.words[start : clause.end]
        ordinal = ORDINAL.match(words)
        if ordinal and ordinal.end() < len(words) and not words[: ordinal.end()].endswith("要"):
            start += ordinal.end()
            words = self.words[start : clause.end]
        units = roles.assigned(words)
        if units and words not in verbs.TOGETHER:
            sentence.roles += units
            return
        demanded, start, end = self._demanded(start, clause.end, sentence)
        if _LABELLED.fullmatch(words):
            return
        if _SEEING.match(self.words[start:end]):
            sentence.closed, sentence.demanded = True, False
        elif demanded:
            sentence.closed = False
        # 要聚焦 X，抓好 Y: the modal verb is Y's.
        if more and _GROUND.match(self.words[start:end]):
            return
        if sentence.closed or not (sentence.demanded or self.scope.speaking):
            return
        if not demanded and not sentence.demanded and _IS.search(self.words[start:end]):
            return
        for piece in cutting.cut(self.words, Span(start, end)):
            self._piece(piece, sentence, demanded=demanded)
            demanded = False

    def _demanded(self, start: int, end: int, sentence: _Sentence) -> tuple[bool, int, int]:
        """Whether the clause has a modal verb of its own; where its demand begins; whose it is goes to the scope."""
        scope, words = self.scope, self.words[start:end]
        told = _SAID_AND.match(words)
        if told and _is_told(told):
            start += told.end()
            words = self.words[start:end]
            sentence.demanded = sentence.demanded or told["said"] in _DEMANDING
        polite = _AS_NOTICE.match(words)
        if polite:
            start += polite.end()
            words = self.words[start:end]
            sentence.demanded = True
        by, behind = roles.by_whom(words)
        if by and (sentence.demanded or scope.speaking):
            scope.subject, sentence.bare = by, False
            return True, start + behind, end
        modal = self._modal(words)
        if modal:
            before, due = dues.without_due(words[: modal.start()])
            units, sentence.due = roles.subject_of(before), due or sentence.due
            if units:
                scope.subject = units
            sentence.bare = sentence.bare and (bool(sentence.found) or not units)
            sentence.demanded = True
            return True, start + modal.end(), end
        due, past = dues.due_first(self.words, start, end)
        units, behind = roles.leading_units(self.words[past:end])
        behind += past - start
        if (
            units
            and not phrases.opens_otherwise(self.words[past:end])
            and (sentence.demanded or scope.speaking)
            and phrases.phrase_of(self.words, Span(start + behind, end), demanded=False)
        ):
            scope.subject, sentence.due = units, due or sentence.due
            sentence.bare = sentence.bare and bool(sentence.found)
            return bool(polite), start + behind, end
        return bool(polite), start, end

    def _modal(self, words: str) -> re.Match[str] | None:
        for match in _MODAL.finditer(words):
            before = words[: match.start()]
            if before.count("“") > before.count("”") or before.count("《") > before.count("》"):
                continue
            if (
                _QUESTION.search(words[max(0, match.start() - 3) : match.end() + 1])
                or len(before) > _LONGEST_SUBJECT
            ):
                return None
            if _SUPERIOR.search(before) or (
                re.search("[是的]$", before) and not re.search("(?:重点|关键|核心)是$", before)
            ):
                return None
            if match[0].startswith("需") and not phrases.opens_with_verb(words[match.end() :]):
                return None
            # A verb that opens the clause has its object there: 解决要素保障.
            if (
                before
                and phrases.verb_of(before)
                and not (roles.subject_of(before) or before.startswith("新建"))
            ):
                return None
            return match
        return None

    def _may_demand(self, words: str, sentence: _Sentence) -> bool:
        return (
            (sentence.demanded or self.scope.speaking)
            and bool(sentence.found)
            and _SHORTEST_GUESS <= len(words) <= _LONGEST_GUESS
            and not _NO_VERB.match(words)
            and not _PREDICATE.search(words)
            and "、" not in words[:4]
            and not set(words.split("、")) <= verbs.MANNER
        )

    def _piece(self, piece: Span, sentence: _Sentence, *, demanded: bool) -> None:
        end = piece.end
        while end > piece.start and self.words[end - 1] in "。；，、 等":
            end -= 1
        phrase = phrases.phrase_of(self.words, Span(piece.start, end), demanded=demanded)
        words = self.words[piece.start : end]
        if phrase is None and self._may_demand(words, sentence):
            phrase = phrases.phrase_of(self.words, Span(piece.start, end), demanded=True)
        if phrase is None:
            sentence.date(self.words[piece.start : end])
            return
        due = phrase.due or sentence.due
        sentence.due = ""
        sentence.found.append(
            Requirement(
                clause=self.text[phrase.start : phrase.end],
                start=phrase.start,
                end=phrase.end,
                kind=phrase.kind,
                theme="",
                action=phrase.action,
                object=phrase.object,
                units=self.scope.subject,
                due=roles.due_as_told(due) if due else "",
            )
        )

    def _close(self, sentence: _Sentence, *, opens: bool) -> None:
        """Give the demands of a sentence their theme and the units that it names beside them."""
        scope = self.scope
        found = sentence.found
        scope.speaking = scope.speaking or (sentence.demanded and bool(found))
        if sentence.roles:
            units = tuple(dict.fromkeys(sentence.roles))
            if found:
                found = [replace(each, units=tuple(dict.fromkeys([*each.units, *units]))) for each in found]
            elif scope.found and not scope.found[-1].units:
                scope.found[-1] = replace(scope.found[-1], units=units)
        if not found:
            return
        # One demand alone heads the sentences that say whose part in it is what.
        if sentence.bare or not scope.group:
            scope.group, scope.alone = found[0].clause, len(found) == 1
        above = [
            text
            for text in scope.headings.values()
            if not (opens and self.words.startswith(text, found[0].start))
        ]
        theme = above[-1] if above else (scope.group if sentence.bare or scope.alone else found[0].clause)
        scope.found += [replace(each, theme=theme) for each in found]


def _is_saying(said: re.Match[str]) -> bool:
    """Whether somebody says it; 部署 and 要求 are nouns as often."""
    who = said["who"].strip()
    if _NOT_SAYING.search(who) or _DEMANDED.search(who):
        return False
    return said["said"] in _VERBS_ONLY or len(who) < 5 or _SPEAKER.search(who) is not None


def _is_told(told: re.Match[str]) -> bool:
    """Whether somebody says what follows: 会议决定成立 …, 强调要 …; not 逐案明确责任单位."""
    who = told["who"].strip()
    if _SUPERIOR.search(who):
        return False
    return _SPEAKER.search(who) is not None if who else told["said"] in _SAY_ALONE


def _past(words: str) -> bool:
    """Whether the sentence tells what was: 近年来 …, unless it goes on to demand."""
    if _PAST.match(words) or _ACHIEVED.search(words):
        return not re.search("(?:，|；|但)(?:但)?(?:[一-鿿]{0,12})(?<![主重需])要(?![求素])", words)
    return False


def _with_notes(found: list[Requirement], notes: list[roles.Note], items: list[int]) -> list[Requirement]:
    """What labels say goes to the demands of their item that stand before them."""
    done = list(found)
    events = sorted(
        [(each.start, 1, nth) for nth, each in enumerate(found)]
        + [(note.start, 2, nth) for nth, note in enumerate(notes)]
        + [(start, 0, 0) for start in items]
    )
    current: list[int] = []
    closed = False  # a label has been read: the next demand begins anew
    for _, what, nth in events:
        if what == 0:
            current, closed = [], False
        elif what == 1:
            current = [nth] if closed else [*current, nth]
            closed = False
        else:
            closed = True
            for at in current[-_MOST_OF_ITEM:]:
                units = tuple(dict.fromkeys([*done[at].units, *notes[nth].units]))
                done[at] = replace(done[at], units=units, due=done[at].due or notes[nth].due)
    return done
