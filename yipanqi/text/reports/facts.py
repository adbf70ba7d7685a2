"""When, what, how and where: the date, the name of the meeting, its form and its venues."""

from __future__ import annotations

import re

# --- date --------------------------------------------------------------------------------------------------------

_DIGITS = {zh: n for n, zh in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "Ｏ": 0}
_NUMBER = r"\d{1,2}|[一二三四五六七八九十]{1,3}"
DATE = re.compile(
    rf"(?<![\d〇零○一二三四五六七八九])(?:(?P<year>\d{{4}}|[〇零○一二三四五六七八九]{{4}})\s?年\s?)?(?P<month>{_NUMBER})\s?月\s?(?P<day>{_NUMBER})\s?[日号]"
    r"|(?<![\d.\-/])(?P<y>(?:19|20)\d{2})[-./](?P<m>\d{1,2})[-./](?P<d>\d{1,2})(?![\d.])"
)
_DAY = re.compile(rf"(?<![月至到\-—~～\d一二三四五六七八九十])(?P<day>{_NUMBER})日(?=[上下]午|，|晚|，)")
_MET = re.compile("召开|举行|举办|主持|会议时间|会期")
# Whose date it is: the newspaper's, the printer's, a rule's, a limit's.
_OTHER_BEFORE = re.compile(
    r"(?:发布时间|发布日期|发布|更新时间|印发日期|来源|日期：?\s?印|截至|截止|截至目前|自|从|于)[：: \t]{0,3}$"
)
_OTHER_AFTER = re.compile(
    r"\s{0,2}(?:习近平|李[强克]|党中央|国务院|中共中央|中央|讯|电(?!视)|消息|报道|印发|发布|刊发|前|之前|以前|以来|起|\d{1,2}[:：]\d{2}\s{0,2}(?:来源|发布|浏览|阅读|作者|字体|\n))"
)
_DATELINE = re.compile(rf"(?P<month>{_NUMBER})月(?P<day>{_NUMBER})日\s{{0,2}}(?:讯|电(?!视)|消息)")
_LABEL = re.compile(r"(?:会议时间|时\s{0,4}间|会议日期|日\s{0,4}期)\s{0,4}[：:]?\s{0,4}$")
LEAD = 1500  # characters in which a report says what it is about


def date_of(text: str) -> str:
    """The day of the meeting, the first of several: its label, else the date beside its being held, else the first."""
    found = [(match, _iso(match)) for match in DATE.finditer(text)]
    dates = [(match, iso) for match, iso in found if iso and not _of_another(text, match)]
    iso = _first(text, dates)
    # 定于2026年3月12日召开 …会议时间：3月12日: one day, said twice.
    return (
        next((whole for _, whole in dates if len(whole) > len(iso) and whole.endswith(iso)), iso)
        if iso
        else ""
    )


def _first(text: str, dates: list[tuple[re.Match[str], str]]) -> str:
    for match, iso in dates:
        if _LABEL.search(text, max(0, match.start() - 20), match.start()):
            return iso
    for match, iso in dates:
        end = re.compile("[。；\n]").search(text, match.end())
        sentence = text[match.end() : min(end.start() if end else len(text), match.end() + 120)]
        if match.start() < LEAD and _MET.search(sentence):
            return iso
    told = _day_of_dateline(text)
    if told:
        return told
    return next((iso for match, iso in dates if match.start() < LEAD // 3), "")


def _of_another(text: str, match: re.Match[str]) -> bool:
    before = text[max(0, match.start() - 8) : match.start()]
    return bool(
        _OTHER_AFTER.match(text, match.end())
        or (_OTHER_BEFORE.search(before) and not before.endswith("定于"))
    )


def _day_of_dateline(text: str) -> str:
    """3月6日讯 … 5日下午: the month is said. Where the day is a later one it was the month before, which is not."""
    line = _DATELINE.search(text[:LEAD])
    day = _DAY.search(text, line.end(), LEAD) if line else None
    if not line or not day:
        return ""
    month, sent, held = number(line["month"]), number(line["day"]), number(day["day"])
    return f"{month:02d}-{held:02d}" if 0 < held <= sent and 0 < month < 13 else ""


def _iso(match: re.Match[str]) -> str:
    month, day = number(match["month"] or match["m"]), number(match["day"] or match["d"])
    if not (0 < month < 13 and 0 < day <= (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]):
        return ""
    year = match["year"] or match["y"] or ""
    digits = "".join(str(_DIGITS.get(each, each)) for each in year)
    return f"{digits}-{month:02d}-{day:02d}" if year else f"{month:02d}-{day:02d}"


def number(words: str) -> int:
    """Up to 99, in digits or words; 0 where it is none."""
    if words.isascii():
        return int(words)
    tens, ten, ones = words.rpartition("十")
    if not ten:
        return _DIGITS.get(words, 0)
    return (_DIGITS.get(tens, 0) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)


def whole_date(words: str) -> str:
    """The date in ISO form where the words hold a whole one."""
    match = DATE.search(words)
    iso = _iso(match) if match else ""
    return iso if len(iso) > len("MM-DD") else ""


# --- title -------------------------------------------------------------------------------------------------------

# Bodies, not meetings: 协会, 社会, 常委会 … and what is held without anything being decided: 庙会, 音乐会 …
_MEETING = (
    r"(?:会议|全会|常务会|办公会|例会|调度会|推进会|座谈会|动员会|部署会|协调会|现场会|恳谈会|交流会|研讨会|务虚会|视频会|观摩会|启动会|研判会|汇报会|总结会|通报会|"
    r"专题会|述职会|评议会|分析会|碰头会|对接会|工作会|培训会|学习会|生活会|党组会|联席会|讲评会|誓师会|论证会|督导会|反馈会|约谈会|宣讲会|宣贯会|教育会|点评会|调研会|"
    r"(?:动员|部署|表彰|总结|誓师|推进|工作|教育|警示|代表|党员|干部|职工|群众|建设|发展|攻坚|整治|电视电话|视频|治理)大会|电视电话会|会商会|专班会|安委会(?:全体)?会议)"
)
_NAME = re.compile(
    rf"[^，。；：！？\s,;:!?]{{0,60}}?{_MEETING}(?:暨[^，。；：！？\s,;:!?]{{1,40}}?{_MEETING})?(?!会议)(?=[^一-鿿]|召开|举行|举办|在|以|上|由|的|精神|纪要|通知|并|，|要求|强调|指出|圆满|顺利|结束|闭幕|开幕|主?会场|采取|采用|通过|今|于|暨|部署|听取|研究|传达|对|是)"
)
_HELD_BEFORE = re.compile(
    r"(?:主持召开|组织召开|召开了?|举行了?|举办了?|出席了?|参加了?|主持了?|在|列席|定于.{0,30}?)(?=[^，。；]*$)"
)
_HELD_AFTER = re.compile(r"[^，。；\n]{0,40}?(?:召开|举行|举办)(?!后|之后|以后|前)")
_LATER = re.compile(r"[^，。；\n]{0,12}?(?:召开|结束|举行)(?:之|以)?后")
_ONLY_MEETING = re.compile(r"^(?:本次|这次|此次|该|全体|视频)?会议$")
_NO_NAME = re.compile("传达|学习了|了|强调|要求|指出|还")
# 召开创文冲刺会: whatever it is called, unless it is a body or a feast.
_HELD_ANY = re.compile(
    r"(?:召开|举行)了?(?P<name>[^，。；：\s]{2,40}会)(?<!协会)(?<!商会)(?<!社会)(?<!员会)(?<!委会)(?<!工会)(?<!学会)(?<!合会)(?<!金会)(?<!理事会)(?<!董事会)(?<!监事会)(?<!机会)"
    r"(?<!庙会)(?<!动会)(?<!乐会)(?<!览会)(?<!聘会)(?<!销会)(?<!易会)(?<!晚会)(?<!灯会)(?<!布会)(?<!歌会)(?<!书会)(?<!欢会)(?<!园会)(?<!友会)(?<!谊会)(?=[，。；\n])"
)
# 市政府党组召开会议: called by who met.
_BODY_MET = re.compile(
    r"(?P<body>[一-鿿]{0,10}(?:党组|常委会|委员会|领导小组|党委|党工委|指挥部|安委会))(?:日前|近日|昨日|今日)?召开(?P<wide>扩大)?会议"
)
_LEADING = re.compile(
    r"^(?:关于|根据|按照|经|[0-9〇一二三四五六七八九十年月日号上下午晚]{2,16}(?:[上下]午|晚)?|(?:近日|日前|今天|昨天|昨日|今日|当日|随后|近期)|会上|由|的)"
)
_CONVENED = re.compile(
    r"^.{0,30}?(?:主持召开|组织召开|召开了?|举行了?|举办了?|出席了?|参加了?|主持了?|列席了?)"
)


def title_of(text: str) -> str:
    """The name of the meeting, the longer form where the headline has one. Its minutes are called as it is."""
    names = _names(text[:LEAD])
    if not names:
        held, met = _HELD_ANY.search(text[:LEAD]), _BODY_MET.search(text[:LEAD])
        return held["name"] if held else f"{met['body']}{met['wide'] or ''}会议" if met else ""
    best = max(names, key=lambda name: name[1])
    longer = [
        name
        for name, weight in names
        if weight > -1000
        and name in text
        and (name.endswith(best[0]) or name.startswith(f"{best[0]}暨"))
        and len(name) <= len(best[0]) + 20
    ]
    return max(longer, key=len, default=best[0])


def _names(lead: str) -> list[tuple[str, int]]:
    """What may be the name, and how much speaks for it."""
    found: list[tuple[str, int]] = []
    for match in _NAME.finditer(lead):
        name, before = _bare(match[0])
        composed = name not in match[0]
        if len(name) < len("工作会议") or _ONLY_MEETING.match(name) or _NO_NAME.search(name):
            continue
        after = lead[match.end() : match.end() + 40]
        weight = (1 if composed else 3) * bool(
            before or _HELD_BEFORE.search(lead[max(0, match.start() - 12) : match.start()])
        )
        weight += 3 * bool(_HELD_AFTER.match(after)) + 4 * after.startswith(("纪要", "通知"))
        weight -= 6 * after.startswith(("精神", "部署", "的", "要求"))
        weight -= 6 * bool(_LATER.match(after))
        weight += bool(match.start() < lead.find("\n")) if "\n" in lead else 0
        weight -= 3 * bool(
            re.search(
                "传达|学习|贯彻|落实|中央.{0,4}社会工作会议",
                lead[max(0, match.start() - 30) : match.start()] + name[:6],
            )
            is not None
        )
        found.append((name, weight))
    # Of equals the first.
    return [(name, weight * 1000 - nth) for nth, (name, weight) in enumerate(found)]


def _bare(name: str) -> tuple[str, bool]:
    """The name without who held it and when; whether that it was held stood before it."""
    held = _CONVENED.match(name)
    body = (
        re.search(
            "(?:[省市区县州镇]?[一-鿿]{0,6}(?:常委会|委员会|党组|常务会|联席会|工作领导小组|政府))(?=(?:主持|组织)?召开)",
            held[0],
        )
        if held
        else None
    )
    name = name[held.end() :] if held else name
    if body and name.startswith(("第", "20")):
        return body[0] + name, True
    if name.startswith(("在", "关于")) or re.match("^[一-鿿]{2,4}在", name):
        name = re.sub("^[一-鿿]{0,4}?(?:在|关于)", "", name)
    for _ in range(3):
        name = _LEADING.sub("", name)
    opened = max(name.rfind(mark) for mark in "“《(（")
    if opened >= 0 and not any(mark in name[opened:] for mark in "”》)）"):
        name = name[opened + 1 :]
    return name, held is not None


# --- form and venues ---------------------------------------------------------------------------------------------

_BY_FORM = re.compile(r"(?:以|采取|采用|通过)(?P<form>[^，。；\n]{2,20}?)(?:会议)?(?:的)?(?:形式|方式)")
_FORMS = (
    (
        "线上线下相结合",
        re.compile("线上线下|线上\\+线下|线下\\+线上|现场\\+视频|现场会议\\+视频|视频\\+现场"),
    ),
    ("电视电话", re.compile("电视电话会")),
    ("视频", re.compile("视频会|视频连线|视频调度|视频推进|视频动员|视频形式|视频点名")),
    ("现场", re.compile("现场(?:推进|观摩|办公|协调|调度|交流)?会|现场推进")),
)
_NAMED_FORM = {"视频会议": "视频", "视频": "视频", "电视电话会议": "电视电话", "电视电话": "电视电话"}


def form_of(text: str, title: str) -> str:
    """What the text says of the form; nothing where it says nothing."""
    for match in _BY_FORM.finditer(text):
        words = match["form"].strip("“”")
        if words in _NAMED_FORM:
            return _NAMED_FORM[words]
        for form, pattern in _FORMS:
            if pattern.search(words + "会议") or form in words:
                return form
    for form, pattern in _FORMS:
        if pattern.search(title) or any(_of_this(text, match) for match in pattern.finditer(text)):
            return form
    return ""


def _of_this(text: str, match: re.Match[str]) -> bool:
    """Whether it is this meeting that is spoken of, not one whose spirit is conveyed."""
    before, after = text[max(0, match.start() - 30) : match.start()], text[match.end() : match.end() + 12]
    return not _OTHER_MEETING.search(before + after) and _HELD_HERE.search(before + after) is not None


_OTHER_MEETING = re.compile("精神|传达|结束后|召开后|随后")
_HELD_HERE = re.compile("召开|举行|参加|收听|收看|会议室")


_NO_BRANCH = re.compile("(?:不|未|没有|不再)(?:单独|另)?设(?:立|置)?(?:视频)?分会场")
_MAIN = re.compile(
    r"主会场(?:设在|设于|为|地点[：:]|[：:])\s?(?P<place>[^，。；\n]{2,30})|(?:在|于)(?P<at>[^，。；、\n]{2,30}?)设(?:立|置)?(?:了)?主会场"
)
_PLACE = re.compile(
    r"^[ \t]*(?:[一二三四五六七八九十]、|[(（][一二三四五六七八九十][)）])?\s?(?:会议地点|地\s{0,4}点|会\s?场)\s{0,4}(?:[：:]\s{0,4}|\n\s{0,4})(?P<place>[^\n。；]{2,60})",
    re.MULTILINE,
)
_HELD_IN = re.compile(
    r"[一-鿿]在(?P<place>[^，。；、：\n在]{2,20}?(?:会议室|会议中心|中心|礼堂|大厅|会堂|宾馆|酒店|大楼|楼|街道|社区|学院|党校|镇|村|公司))(?:主持|组织)?召开"
)
_HELD_AT = re.compile(
    rf"{_MEETING}(?:日前|近日|今天|[上下]午)?(?:在|于)(?P<place>(?!主会场)[^，。；、：\n]{{2,24}}?)(?:顺利|隆重)?(?:召开|举行)"
)


def main_venue_of(text: str) -> str:
    """Where it was held as the text says it: a place, or 主会场 where it says no more."""
    for pattern in (_MAIN, _PLACE, _HELD_AT, _HELD_IN):
        match = pattern.search(text)
        if match:
            place = next(group for group in match.groups() if group)
            return re.split("[（(]?(?:设主会场|主会场)", place)[0].strip() or "主会场"
    return "主会场" if "主会场" in text else ""


def branch_venues_of(text: str) -> bool:
    return "分会场" in text and not _NO_BRANCH.search(text)
