"""What in a text may give its writer away, and masks for names and numbers.

``identifying`` helps a person look (guard H5: the resident is told which sentence identifies them, the clerk
what to leave out). It warns and decides nothing: a text without findings can still give its writer away.

Every pattern is linear: repetitions are bounded or possessive and start where the character before them
cannot belong to the match (S11).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What was found."""

    EMAIL = "email"
    ID_NUMBER = "id_number"
    MOBILE = "mobile"
    LANDLINE = "landline"
    WECHAT = "wechat"
    QQ = "qq"
    PLATE = "plate"
    ADDRESS = "address"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """``text[start:end]`` may identify the writer; it stands in ``text[sentence_start:sentence_end]``.
    Positions count characters of the text as given."""

    start: int
    end: int
    kind: Kind
    sentence_start: int
    sentence_end: int


# Both tables map one character to one character, so positions stay true.
_WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_NUMERALS = _WIDE | {ord(zh): str(n) for n, zh in enumerate("零一二三四五六七八九")} | {
    ord("〇"): "0",
    ord("○"): "0",
    ord("幺"): "1",
}  # fmt: skip

_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9._%+\-]++@(?:[A-Za-z0-9\-]{1,63}\.){1,5}[A-Za-z]{2,24}", re.ASCII
)

_PROVINCE = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3]|91)"
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_ID18 = re.compile(
    rf"(?<!\d){_PROVINCE}\d{{4}} ?(?:18|19|20)\d{{2}}{_MONTH_DAY} ?\d{{3}}[\dXx](?![\dA-Za-z])", re.ASCII
)
_ID15 = re.compile(rf"(?<!\d){_PROVINCE}\d{{6}}{_MONTH_DAY}\d{{3}}(?!\d)", re.ASCII)

_MOBILE = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[ \-]?)?"
    r"(?:1[3-9]\d{9}|1[3-9]\d([ \-])\d{4}\1\d{4}|1[3-9]\d\d([ \-])\d{3}\2\d{4})(?!\d)",
    re.ASCII,
)
_MOBILE_IN_WORDS = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)", re.ASCII)

_LANDLINE = re.compile(r"(?<!\d)\(?0[1-9]\d{1,2}\)?[ \-]?[2-9]\d{6,7}(?:-\d{1,5})?(?!\d)", re.ASCII)
_LOCAL_LINE = re.compile(r"(?:电话|座机|固话|致电)[^\d\n]{0,6}([2-9]\d{6,7})(?!\d)", re.ASCII)

_AFTER_LABEL = r"(?:号码|号|[iI][dD])?[为是: ]{0,4}"
_WECHAT = re.compile(
    rf"(?:微信|薇信|[vV]信|(?<![A-Za-z])(?i:wechat|weixin|vx|wx)){_AFTER_LABEL}"
    r"([A-Za-z][A-Za-z0-9_\-]{5,19})(?![A-Za-z0-9_\-])",
    re.ASCII,
)
_QQ = re.compile(rf"(?:扣扣|(?<![A-Za-z])[qQ]{{2}}){_AFTER_LABEL}([1-9]\d{{4,10}})(?!\d)", re.ASCII)

_PLATE = re.compile(
    r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][ ·•.\-]?"
    r"(?=[A-Z]{0,5}\d)(?:[A-HJ-NP-Z\d]{5,6}|[A-HJ-NP-Z\d]{4}[挂学警港澳])(?![A-Z\d])",
    re.ASCII | re.IGNORECASE,
)

_N = r"(?:\d{1,4}|[一二三四五六七八九十百零〇]{1,5})"
_SEP = r"[ ,，\-]?"
_BUILDING = rf"(?:{_N}|[A-Za-z]) ?(?:号楼|号院|栋|幢|座|#楼?|楼)"
_FLOOR = rf"(?:{_N}(?:层|楼){_SEP})?"
_ROOM = r"(?:\d{3,4}(?:室|户(?!居民)|号房|号|房)|\d{3,4}(?!\d|[多余]|户居民|[人元米平块年个月套]))"
_ADDRESS = re.compile(
    rf"(?<![A-Za-z\d])(?:"
    rf"{_BUILDING}{_SEP}{_N}单元(?:{_SEP}{_FLOOR}(?:{_ROOM}|{_N}(?:室|户)))?"
    rf"|{_BUILDING}{_SEP}{_FLOOR}{_ROOM}"
    rf"|{_N}单元{_SEP}{_FLOOR}(?:{_ROOM}|{_N}(?:室|户))"
    rf"|\d{{3,4}}(?:室|号房)"
    rf"|(?<!-)[A-Za-z]?\d{{1,2}}-\d{{1,2}}-(?!(?:19|20)\d\d(?!\d))\d{{3,4}}(?![\d\-])"
    rf")",
    re.ASCII,
)

_COMPOUND_SURNAMES = (
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "夏侯", "端木",
    "轩辕", "宇文", "长孙", "独孤", "南宫", "西门", "闻人", "申屠", "呼延", "澹台", "淳于", "钟离", "闾丘",
)  # fmt: skip
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
    "常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季"
    "裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦"
    "戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻"
    "苑迟邝官封谈匡鞠惠荆乐冀郁胥南班储原栗燕楚鄢劳谌奚皮粟冼蔺楼盘满闻位厉伊仝区郜海阚花权强帅屠豆朴盖练"
    "廉禹井祖漆巴丰支卿国狄平计索宣晋相初门云容敬来扈晁芮都普阙浦戈伏鹿薄邸雍辜羊阎"
)
# Words that begin with a surname's character, where no name follows.
_NO_NAME = (
    r"(?!曾[经多于向在是被因]|于[\d今昨前去本上当该是二每]|向[贵你有各相上政市区社物]|常[年常住来]|时[常任隔]|应[该当]"
    r"|计划|全[家体程部力]|万分|方[便才]|安[全徽]|高[中度层新铁]|任[职何教]|强[烈制调]|查[阅询看处证]|连[续夜同日]|平[时常日阴冤反]"
    r"|白[天领血]|关[于注]|单[位独身亲]|成[年都]|和[家我他]|相[关信]|来[自到济说讲发]|明[确知]|时间|都[是在未没不已]|原[来先文回]|初[中次婚]"
    r"|国[家企]|从|支持|满[意足]|解[决放]|石家|江[苏西南北]|海[南外]|云南|广|路[过边]|车|位于|门[口前]|花[费了]"
    r"|区|司机|师傅|包工|管理|农[民村]|党[员委]|官|班|商[户家]|房[东主客]|游客|华[为联]|金[融属]|敬礼|谢[谢意]|祝[好您你愿福])"
)
_GIVEN = r"(?![的了是在与及们我你他她它您住系])[一-鿿]"
_NAME = rf"{_NO_NAME}(?:(?:{'|'.join(_COMPOUND_SURNAMES)})|[{_SURNAMES}])"
_DOTTED = r"[一-鿿]{2,6}[·•][一-鿿]{2,8}"
_NAME_ENDS = r"(?=\s|$|[,.;:!?()、。\"'“”]|家住|现住|男|女|今年|现年|身份证|电话|手机|联系|反映|投诉|来自)"
# 我是高中生, 我是孙村人: after words that need not bring a name, what ends like this is none.
_NOT_A_PERSON = r"(?<![人区市县村镇街民户员校厂店师者工路院局委会司部])(?<!中生)"
_SAYS_NAME = re.compile(
    r"(?:我叫|俺叫|本人叫|我的名字[是叫]|真实姓名[是为]?|(?:姓名|联系人|反映人|投诉人|举报人|诉求人|申请人|信访人|署名)[是为]?[: ])"
    rf"[: ]{{0,3}}({_DOTTED}|{_NAME}(?:(?:{_GIVEN}){{1,2}}?{_NAME_ENDS}|(?:{_GIVEN}){{1,2}}))"
)
_TITLE = r"(?<![市省州区县镇乡村局厅部院所处科队校组会]长)(?<!书记)(?<!主任)(?<!先生)(?<!女士)(?<!经理)(?<!老师)(?<!医生)"
_MAY_SAY_NAME = re.compile(
    rf"(?:本人|我是|俺是|我系|名叫)[: ]{{0,2}}"
    rf"({_DOTTED}|{_NAME}(?:{_GIVEN}){{1,2}}?){_NAME_ENDS}{_NOT_A_PERSON}{_TITLE}"
)
# A signature: a line with a name and nothing else. A line with a title (周市长) greets the reader.
_SIGNS = re.compile(
    rf"^[ \t]{{0,40}}({_DOTTED}|{_NAME}(?:{_GIVEN}){{1,2}}){_NOT_A_PERSON}{_TITLE}(?=[ \t]{{0,40}}$)",
    re.MULTILINE,
)
# 我曾祖父任某某出生于: a relative's name is the writer's.
_KIN = (
    r"(?:曾?祖[父母]|爷爷|奶奶|外[公婆]|姥[姥爷]|父亲|母亲|爸爸?|妈妈?|岳[父母]|公公|婆婆|丈夫|妻子|老[公婆]|爱人|儿子|女儿|[孙侄]子"
    r"|[孙侄]女|小?孩子?|哥哥?|姐姐?|弟弟?|妹妹?)"
)
_SAYS_KIN = re.compile(
    rf"(?:我|本人|俺)(?:的|家)?{_KIN}(?:名?叫)?[: ]{{0,2}}"
    rf"({_DOTTED}|{_NAME}(?:{_GIVEN}){{1,2}}?)(?:{_NAME_ENDS}|(?=出生|生于|生前|去世|病逝)){_NOT_A_PERSON}{_TITLE}"
)
# Several who sign: 王某甲 王某乙 王某丙, on a line or after the village they come from.
_SIGN_TOGETHER = re.compile(
    rf"(?<![一-鿿])({_NAME}(?:{_GIVEN}){{1,2}}(?: {{1,4}}{_NAME}(?:{_GIVEN}){{1,2}}){{2,40}})(?![一-鿿])"
)
# The last words of a letter: 一名无助的杨医生. At its beginning the same words greet the reader.
_SIGNS_BY_SURNAME = re.compile(
    rf"(?:^|[\s,.;:!?]|[一-鿿]的|一[名位个])((?:{'|'.join(_COMPOUND_SURNAMES)}|[{_SURNAMES}])"
    r"(?:先生|女士|小姐|老师|医生|大夫|师傅))[\s.。!]{0,8}\Z"
)
_SAYS_SURNAME = re.compile(rf"(?:我|本人|俺|免贵)姓((?:{'|'.join(_COMPOUND_SURNAMES)})|[{_SURNAMES}])")

# In the order in which they win where two overlap; group 1, where there is one, is the finding.
_PATTERNS: tuple[tuple[Kind, re.Pattern[str], int], ...] = (
    (Kind.EMAIL, _EMAIL, 0),
    (Kind.ID_NUMBER, _ID18, 0),
    (Kind.ID_NUMBER, _ID15, 0),
    (Kind.MOBILE, _MOBILE, 0),
    (Kind.LANDLINE, _LANDLINE, 0),
    (Kind.LANDLINE, _LOCAL_LINE, 1),
    (Kind.WECHAT, _WECHAT, 1),
    (Kind.QQ, _QQ, 1),
    (Kind.PLATE, _PLATE, 0),
    (Kind.ADDRESS, _ADDRESS, 0),
    (Kind.NAME, _SAYS_NAME, 1),
    (Kind.NAME, _MAY_SAY_NAME, 1),
    (Kind.NAME, _SIGN_TOGETHER, 1),
    (Kind.NAME, _SIGNS, 1),
    (Kind.NAME, _SAYS_KIN, 1),
    (Kind.NAME, _SIGNS_BY_SURNAME, 1),
    (Kind.NAME, _SAYS_SURNAME, 1),
)

_SENTENCE_END = re.compile(r"[。！？!?；;…\n]+[”’」』）)\"]?")


def identifying(text: str) -> list[Finding]:
    """What in ``text`` may identify its writer, in order, never overlapping. Full-width characters are read
    as plain ones, and a mobile number also when it is written in Chinese numerals."""
    taken = bytearray(len(text))
    spans: list[tuple[int, int, Kind]] = []
    for start, end, kind in _spans(text):
        if not any(taken[start:end]):
            taken[start:end] = b"\x01" * (end - start)
            spans.append((start, end, kind))
    # A sentence runs from the end of the one before to its own closing mark.
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    found: list[Finding] = []
    for start, end, kind in sorted(spans):
        nth = bisect_left(ends, end)
        before = bisect_left(ends, start + 1) - 1
        first = ends[before] if before >= 0 else 0
        last = ends[nth] if nth < len(ends) else len(text)
        found.append(Finding(start, end, kind, first, last))
    return found


_ORGANISATION = re.compile(
    r"[一-鿿A-Za-z0-9（）()]{2,24}?(?:公司|集团|工厂|厂|商店|超市|饭店|酒店|医院|诊所|学校|小学|中学|大学|学院|幼儿园|物业"
    r"|合作社|事务所|银行|支行|派出所|管理局|委员会|居委会|村委会|办事处|局|委|处|中心)(?![一-鿿]{0,1}(?:长|面|理|于|于是))"
)


def organisations(text: str) -> list[str]:
    """What in ``text`` reads like the name of an organisation, in order, each once. It warns and decides nothing: a
    name without such an ending is not found, and a word that ends like one is."""
    return list(dict.fromkeys(match[0] for match in _ORGANISATION.finditer(text.translate(_WIDE))))


def _spans(text: str) -> Iterator[tuple[int, int, Kind]]:
    plain = text.translate(_WIDE)
    for kind, pattern, group in _PATTERNS:
        for match in pattern.finditer(plain):
            if pattern is _ID18 and not _checks(match[0]):
                continue
            yield match.start(group), match.end(group), kind
    for match in _MOBILE_IN_WORDS.finditer(text.translate(_NUMERALS)):
        yield match.start(), match.end(), Kind.MOBILE


def _checks(number: str) -> bool:
    """The check character of an 18-digit number (GB 11643, ISO 7064 MOD 11-2)."""
    digits = number.replace(" ", "").upper()
    total = sum(int(digit) * pow(2, 17 - n, 11) for n, digit in enumerate(digits[:17]))
    return "10X98765432"[total % 11] == digits[17]


def mask_name(name: str) -> str:
    """The surname, then a star a character: 张**, 欧阳*; names in other scripts keep one letter: J***."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    if not "一" <= name[0] <= "鿿" or "·" in name or "•" in name or " " in name:
        return name[0] + "***"
    shown = 2 if len(name) > 2 and name[:2] in _COMPOUND_SURNAMES else 1
    return name[:shown] + "*" * min(len(name) - shown, 3)


def mask_phone(phone: str) -> str:
    """138****1234 for a mobile number, 0531-****1234 for a landline; of anything else at most the last four
    digits, and nothing of what is shorter than seven."""
    digits = re.sub(r"\D", "", phone.translate(_WIDE), flags=re.ASCII)
    for prefix in ("0086", "86"):
        if re.fullmatch(rf"{prefix}1[3-9]\d{{9}}", digits, re.ASCII):
            digits = digits[len(prefix) :]
    if re.fullmatch(r"1[3-9]\d{9}", digits, re.ASCII):
        return f"{digits[:3]}****{digits[-4:]}"
    landline = re.fullmatch(r"(0(?:10|2\d|[3-9]\d\d))\d{3,4}(\d{4})", digits, re.ASCII)
    if landline:
        return f"{landline[1]}-****{landline[2]}"
    return f"****{digits[-4:]}" if len(digits) >= 7 else "****" if phone.strip() else ""
