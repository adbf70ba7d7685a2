"""Units and classes of people: what was conveyed, who spoke of their experience, who attended."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yipanqi.text.reports.layout import Paragraph, items, paragraphs, sentences

# --- conveyed ----------------------------------------------------------------------------------------------------

_CONVEYED = re.compile(
    r"(?<!要)(?:书面|原文)?(?:传达(?![到给至])(?:并|和|学习|贯彻|落实|部署|安排|、)*|学习传达|(?:集体|集中|专题)学习|学习(?:贯彻|研讨)?(?=了))了?(?P<what>[^。；\n]{4,400})"
)
_CONVEYING = re.compile(
    r"(?:^|会议|会上|书记|长|主任|现场|上午|下午|首先|先后|认真|共同|分别|[，,：:]|[一-鿿])$"
)
_OWNER = r"(?=习近平|中共|中央|全国|国家|国务院|全省|全市|全区|全县|省|市|区|县|州|自治区|党的|党中央|《|有关|上级|相关)"
_DOCUMENT = re.compile(
    "(?:精神|讲话|指示|批示|论述|会议?|大会|》|”|文件|通知|意见|通报|要求|条例|规定|办法|决定|报告|贺信|悼词|回信|部署|方案|计划|纪要|公报|文章|思想)$"
)
_DONE = re.compile(
    "，(?:听取|研究|部署|安排|审议|通报|分析|总结|宣读|讨论|观看|并|就|对|表彰|解读|为|书面|现场|[^，]{0,20}(?:发言|汇报|主持(?!召开)|讲话(?!精神)|出席)|\\d{1,3}家|要求|强调|指出|会议)"
)
_SPIRIT = re.compile("(?:会议|全会|大会|座谈会|推进会)$")


def conveyed_of(text: str) -> tuple[str, ...]:
    """The documents and speeches conveyed, each by itself."""
    found: dict[str, None] = {}
    for paragraph in paragraphs(text):
        for sentence in sentences(text, paragraph.start, paragraph.end):
            words = text[sentence.start : sentence.end]
            match = _CONVEYED.search(words)
            if match and _is_told(words, match):
                for each in _documents(match["what"]):
                    found.setdefault(each)
    return tuple(found)


def _is_told(words: str, match: re.Match[str]) -> bool:
    """That it was done; not that it is demanded, nor what somebody else did."""
    before = words[: match.start()]
    if (
        re.search("(?<![主重需纲])要|请|应|务必|及时|深入|抓好|做好|强调|指出", before[-14:])
        or "习近平" in before
    ):
        return False
    return re.match("书面|原文|传达|学习传达|集体|集中|专题", match[0]) is not None or bool(
        re.search("会议?$|会上", before)
    )


def _documents(words: str) -> Iterator[str]:
    end = _DONE.search(words)
    words = words[: end.start()] if end else words
    pieces = re.split(
        rf"(?:[、，]|和|以及|及|与){_OWNER}|(?<=会议)、|(?<=[谈进署员协调]会)、|(?<=精神)、|(?<=》)(?:、|和|以及|及)?(?=《)|(?:，|以及)",
        words,
    )
    pieces = _rejoined(words, [piece for piece in pieces if piece])
    spirit = words.rstrip("”").endswith("精神")
    for nth, piece in enumerate(pieces):
        each = re.sub("^(?:了|《(?=[^》]*$))", "", piece.strip(" ，、"))
        if spirit and nth < len(pieces) - 1 and _SPIRIT.search(each):
            each += "精神"
        if len(each) > 3:
            yield each


def _rejoined(words: str, pieces: list[str]) -> list[str]:
    """全国、全省信访局长会议, 市委书记、市长某某的讲话: what is no document yet goes on."""
    done: list[str] = []
    for piece in pieces:
        if done and not _DOCUMENT.search(done[-1].rstrip()):
            start = words.find(done[-1])
            done[-1] = words[start : words.find(piece, start + len(done[-1])) + len(piece)]
        else:
            done.append(piece)
    return done


# --- speakers ----------------------------------------------------------------------------------------------------

_SPEECH = re.compile(
    r"(?:作|做|进行|开展|发表)?了?(?:大会|书面|典型|经验|工作|现场|会议|表态|汇报|情况)?(?:和)?"
    r"(?:(?:经验)?交流发言|典型发言|表态发言|大会发言|经验交流|经验介绍|交流经验|介绍经验|交流讲话|汇报发言|书面交流|交流汇报|作?表态|作?发言|介绍(?:了)?(?:经验|做法|有关做法|工作经验|经验做法))"
)
_SPEECH_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]、)?\s?(?:交流发言|典型发言|发言单位|交流发言单位|会议发言|表态发言)(?:单位)?[：:]\s?(?P<who>[^。\n]{2,400})"
)
_COUNTED = re.compile(
    r"等?[一二三四五六七八九十\d]{1,3}(?:个|家|名|位)(?:[一-鿿]{0,8}(?:单位|部门|协会商会|企业|街道|社区))?(?:负责人|有关负责人|单位|部门|代表|企业|区县|县区|区|县|街道|社区|同志|街道社区)?(?:代表)?$|等(?:单位|部门|地|区县|县区|街道|地方)?$"
)
_OF_UNIT = re.compile(
    r"(?:的)?(?:(?:有关|主要|分管|相关|党组织)?(?:负责同志|负责人|领导|主要领导)|代表|同志|(?:党组|党委|区委|县委|党工委|工委|党支部|党总支|支部)?(?:副)?书记(?:[一-鿿]{2,3})?|(?:副)?(?:主任|局长|会长|部长|站长|区长|县长|董事长|总经理|经理|镇长)(?:[一-鿿]{2,3})?)$"
)
_ABOUT = re.compile("(?:分别|先后|依次|现场|书面|上台|登台)*+(?:(?:围绕|就(?!业|是|医|近)|结合|作为).*)?$")
_TOLD = re.compile("了|传达|通报|主持|出席|讲话|听取(?!了)|观看|召开|部署|宣读")
_LEAD_IN = re.compile(
    r"^(?:会上|会议期间|随后|其间|期间|会议现场|在会上|现场|会议安排|刚才|今天|座谈会上|推进会上|活动中|由|来自|其中|(?:会议)?听取了?)[，,：:]?"
)


def speakers_of(text: str) -> tuple[str, ...]:
    """The units that told their experience, as the text names them."""
    found: dict[str, None] = {}
    for paragraph in paragraphs(text):
        label = _SPEECH_LABEL.match(text[paragraph.start : paragraph.end])
        if label:
            found |= dict.fromkeys(_units(label["who"]))
            continue
        for sentence in sentences(text, paragraph.start, paragraph.end):
            words = text[sentence.start : sentence.end]
            match = next((m for m in _SPEECH.finditer(words) if m.start() > 2), None)
            if match and not re.search("(?<![主重需])要|请", words[: match.start()]):
                found |= dict.fromkeys(_units(words[: match.start()]))
    return tuple(found)


def _units(words: str) -> Iterator[str]:
    chunks = [
        _ABOUT.sub("", _LEAD_IN.sub("", chunk.strip())) for chunk in re.split("[，,]", words.rstrip("的"))
    ]
    # Where several things were said in the sentence, who spoke stands last.
    told = max((n for n, chunk in enumerate(chunks) if _TOLD.search(chunk)), default=-1)
    for piece in (piece for chunk in chunks[told + 1 :] for piece in _listed(chunk)):
        unit = _COUNTED.sub("", _LEAD_IN.sub("", piece.strip()))
        unit = _OF_UNIT.sub("", _COUNTED.sub("", unit))
        unit = _OF_UNIT.sub("", unit)
        if (
            len(unit) > 1
            and not re.search("领导|负责同志|负责人|与会", unit)
            and not re.fullmatch(
                r"[\d一二三四五六七八九十]+(?:家|个|名|位)?(?:单位|部门)?|.{0,4}(?:单位|部门|区县|代表|与会人员|大家|同志们|会议)",
                unit,
            )
        ):
            yield unit


def _listed(words: str) -> Iterator[str]:
    for span in items(words, 0, len(words)):
        piece = words[span.start : span.end]
        # 和 joins two units only where either is one.
        yield from re.split(
            r"(?<=[局委办部会区县镇乡道站院心司队社村团处厅校所])(?:和|及|以及|与)(?=[一-鿿]{2,})", piece
        )


# --- attendees ---------------------------------------------------------------------------------------------------

_ATTEND = re.compile(
    r"(?:在[^，。；]{0,10}分会场)?(?:以视频(?:的)?(?:形式|方式))?(?:等|代表)?(?:分别|共同|同时)?(?:在|到|于)?(?:主|各?分|各自)?(?:市|区|县|本地)?(?:会场|会议室)?(?:和[^，。；]{0,8}分会场)?(?:视频|列席|出席|参加|参会|收听收看)(?:了)?(?:会议|大会|活动|座谈|学习|本次会议|此次会议|主会场会议)?$"
)
_AT_END = re.compile(
    r"(?:参加|列席|出席|参会|收听收看)(?:了)?(?:会议|大会|座谈会?|推进会|活动|现场会|学习)?[^，。；]{0,8}$"
)
_CLASS = re.compile(
    r"(?:负责同志|负责人|代表|书记|部长|主任|局长|秘书长|人员|干部|同志|社工|志愿者|委员|党员|成员|职工|镇长|区长|县长|主要领导|分管领导|副职|正职|单位|部门|委员会|校长|会长|网格员|骨干|工作者|班子|领导|企业|街道|等)(?:等)?$"
)
_ATTEND_LABEL = re.compile(
    r"^(?:[一二三四五六七八九十]、|[(（][一二三四五六七八九十][)）])?\s?(?:参会|参加|出席|列席|与会)(?:会议)?(?:人员|范围|对象|单位)?\s?(?:[：:]\s?|$)(?P<who>.{0,1500})$",
    re.DOTALL,
)
_CLASSES = re.compile(
    "[；;，,。]|(?<=负责人)、(?=部分|各|有关|相关|全|其他|[市区县省]|社区|驻)|(?<=[代人领成同][表员导志])、(?=部分|各|有关|相关|全|其他|[市区县省]|社区|驻)"
)
_NAMED_LEADERS = re.compile("^(?:省|市|区|县|州|镇)(?:委|政府|级)?领导$")


def attendees_of(text: str, named: frozenset[str]) -> tuple[str, ...]:
    """The classes of people who attended, as the text groups them; nobody by name."""
    found: dict[str, None] = {}
    all_paragraphs = list(paragraphs(text))
    for nth, paragraph in enumerate(all_paragraphs):
        words = text[paragraph.start : paragraph.end]
        label = _ATTEND_LABEL.match(words)
        if label:
            who = label["who"]
            if not who and nth + 1 < len(all_paragraphs):
                who = "；".join(_below(text, all_paragraphs[nth + 1 :]))
            found |= dict.fromkeys(_classes(who, named))
            continue
        for who in _told(words):
            found |= dict.fromkeys(_classes(who, named))
    return tuple(found)


def _below(text: str, following: list[Paragraph]) -> Iterator[str]:
    """What stands under a heading, to the next of its kind."""
    for nth, paragraph in enumerate(following):
        if paragraph.level == 1 or (nth and not paragraph.level):
            return
        yield text[paragraph.start : paragraph.end]


def _told(words: str) -> Iterator[str]:
    """What stands before 参加会议, back to the full stop: semicolons part classes."""
    for sentence in re.split(r"[。！？\n]|(?<=[一-鿿])\.(?=[一-鿿\s]|$)", words):
        match = _AT_END.search(sentence)
        if not match or re.search(
            "强调|要求|指出|(?<![主重需纲])要(?!闻)|请(?!假)", sentence[: match.start()]
        ):
            # Two attended in one sentence: those in the hall, those at the branches.
            continue
        yield sentence[: match.end()]


def _classes(words: str, named: frozenset[str]) -> Iterator[str]:
    for chunk in re.split(_CLASSES, words):
        each = _AT_END.sub("", _strip(chunk))
        each = _ATTEND.sub("", each)
        each = re.sub(
            "(?:分别|共同)?(?:在|于)?(?:各自|各地|各|主|市|本地)?(?:分)?会场(?:以视频(?:的)?(?:形式|方式))?$|^(?:和|以及|及)",
            "",
            each,
        ).strip("、 ")
        each = re.sub("等$", "", each)
        if not _CLASS.search(each) or len(each) < 3:
            continue
        for name in named & set(_after_names(each)):
            each = re.sub("^.*" + re.escape(name) + "(?:等)?(?:和|及|以及|，)", "", each)
        if any(name in each for name in named) or _NAMED_LEADERS.match(each):
            continue
        yield each


def _after_names(words: str) -> Iterator[str]:
    """What may be a name before 和: 副区长某某和各单位分管副职."""
    for match in re.finditer("(?:和|及|以及)", words):
        yield from (words[max(0, match.start() - n) : match.start()] for n in (2, 3, 4))


def _strip(chunk: str) -> str:
    return re.sub(
        r"^(?:[主分]会场[：:]|会上|会议|\d{1,2}月\d{1,2}日|参加会议的有|出席会议的(?:还)?有|参加人员(?:为|有)?|其他)[：:]?",
        "",
        chunk.strip(),
    )
