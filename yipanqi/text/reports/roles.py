"""Who is to do it and by when, where that stands beside the demand: labels, brackets, 由…牵头，…配合."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from yipanqi.text.reports.facts import whole_date
from yipanqi.text.reports.layout import items

_WHO = r"(?:牵头|责任|主办|承办|主责|配合|协办|参与|参加|落实|实施|督办|协同|承接|第一责任)(?:责任)?(?:单位|部门|处室|主体|区县|科室)"
_WHEN = r"(?:完成|办理|办结|整改|落实)?(?:时限(?:要求)?|期限|时间(?:节点|要求)?|完成日期|截止(?:时间|日期))"
# Written in a line of its own, in brackets, or behind the full stop of its demand.
_LABEL = re.compile(
    rf"(?P<open>[(（【\[])?(?:(?P<who>{_WHO})|(?<!会议)(?P<when>(?:完成|办理|办结|整改|落实){_WHEN}|完成时限|时限要求|时限|完成时间|期限))\s{{0,3}}[：:]\s{{0,3}}(?P<value>[^\n。；;)）】\]]{{1,300}})[；;。]?(?P<close>[)）】\]])?"
)
_BRACKET = re.compile(
    r"[(（](?P<value>[^()（）\n]{2,80}?(?:牵头|负责|配合|按职责分工负责|落实|分工负责)[^()（）\n]{0,60})[)）]"
)
_ROLE = re.compile(
    r"^(?:会议(?:明确|决定|议定|要求))?(?:工作)?(?:由|请)?(?P<who>[^，。；]{2,60}?)(?:共同|联合|具体|分别|按照?职责分工|按职责)?(?:牵头负责|牵头抓总|牵头落实|牵头|负责落实|负责|承担|配合|协助|参与|协同|承办|主办|负责督促落实|督促落实|负责组织实施|组织实施|负责实施|抓好落实|抓落实|具体落实|负责推进|负责指导|督办|落实|支持配合|予以配合|积极配合|密切配合|做好配合)$"
)
_BY = re.compile(
    r"^由(?P<who>[^，。；]{2,40}?)(?:负责)?(?:牵头|负责|会同|承担|联合)(?P<with>(?:，)?会同[^，。；]{2,40}?)?(?=.{3,})"
)
_SPLIT = re.compile(
    r"(?<=[局委办部会区县镇道站院心司队社村团处厅校所组门位府业])(?:和|及|以及|与|会同)(?=[一-鿿]{2,})"
)
_ALONE = re.compile(
    r"(?:[各每参市区县省镇]|全[市区县省]|相关|有关|街道|社区|国家|中央|[一-鿿]{2,6}[市区县镇]|行业|志愿|物业|党|主要|分管|牵头|责任|成员|部门|单位|机关|企业|学校|医院|公安|民政|财政|卫健|教育|住建|人社|社会|基层|广大|驻|乡|村|团|妇|工|两|综|网|首)"
)
_SUFFIX = re.compile(
    r"(?:部门|单位|党委|党组|党工委|工委|政府|街道|街道办|社区|镇|乡|区县|县区|各级|各地|局|委|办|部|院|中心|公司|企业|协会|商会|组织|干部|党员|同志|负责人|书记|专班|小组|办公室|镇街|街镇|乡镇|工会|妇联|联合会|学校|医院|机关|"
    r"志愿者|工作者|市县|市|(?<!小)区|县|组|站|社|室|科|处|厅|所|队|法院|检察院|联席会议|领导小组|指挥部|支部|集团|支队|大队|管委会|委员会|居委会|村委会|主体|成员|网格员|人员|领导|各方|各地区|地区|部长|主任|局长|村居|功能区|高校|银行|平台|党支部)(?:[(（][^()（）]{1,20}[)）])?(?:等)?$"
)


@dataclass(frozen=True, slots=True)
class Note:
    """At ``start:end`` the text says whose it is (``units``) or by when (``due``)."""

    start: int
    end: int
    units: tuple[str, ...] = ()
    due: str = ""


def notes(text: str) -> list[Note]:
    """All labels and brackets, in order; none overlaps another."""
    found: list[Note] = []
    for match in _LABEL.finditer(text):
        value = match["value"].strip()
        end = match.end()
        # （责任单位：甲；完成时限：6月底前）: the second is found by itself; the bracket closes behind it.
        if match["who"]:
            found.append(Note(match.start(), end, units=tuple(listed(value))))
        else:
            found.append(Note(match.start(), end, due=due_as_told(value)))
    taken = [(note.start, note.end) for note in found]
    nth = 0
    for match in _BRACKET.finditer(text):
        while nth < len(taken) and taken[nth][1] <= match.start():
            nth += 1
        if nth < len(taken) and taken[nth][0] < match.end():
            continue
        units = _units_of_bracket(match["value"])
        if units:
            found.append(Note(match.start(), match.end(), units=units))
    return sorted(found, key=lambda note: note.start)


def masked(text: str, found: list[Note]) -> str:
    """The text with full stops where the notes stand: they are no clause of any demand. Positions stay."""
    pieces, at = [], 0
    for note in found:
        pieces += [text[at : note.start], "。" * (note.end - note.start)]
        at = note.end
    return "".join([*pieces, text[at:]])


def due_as_told(words: str) -> str:
    return whole_date(words) or words.strip().rstrip("。；;，, ")


def _units_of_bracket(value: str) -> tuple[str, ...]:
    units: list[str] = []
    for piece in re.split("[，,；;]", value):
        match = _ROLE.match(piece.strip())
        if not match:
            return ()
        units += listed(match["who"])
    return tuple(units)


def assigned(words: str) -> tuple[str, ...]:
    """The units of a clause that says nothing but whose part it is: 由市民政局牵头, 市财政局配合."""
    match = _ROLE.match(words)
    units = tuple(listed(match["who"])) if match else ()
    return units if units and all(is_unit(each) for each in units) else ()


def by_whom(words: str) -> tuple[tuple[str, ...], int]:
    """由市民政局牵头制定…: the units, and where what they do begins."""
    match = _BY.match(words)
    if not match:
        return (), 0
    return tuple(listed(match["who"] + (match["with"] or "").replace("，", ""))), match.end()


def is_unit(words: str) -> bool:
    return len(words) < 41 and (_SUFFIX.search(words) is not None)


def listed(words: str) -> Iterator[str]:
    """Single units of a list. 等 says that there are more, which nobody can name."""
    for chunk in re.split("[，,；;]|\\s{1,3}", words.strip()):
        for span in items(chunk, 0, len(chunk)):
            for each in _SPLIT.split(chunk[span.start : span.end]):
                unit = re.sub(
                    "等(?:相关|有关)?(?:部门|单位)?$|(?:按照?职责分工|牵头|配合|分别|负责|具体)$|^(?:由|请|会同|以及|和|及)",
                    "",
                    each.strip(),
                )
                if unit:
                    yield unit


def subject_of(words: str) -> tuple[str, ...]:
    """The units that a subject names; nobody where it is no unit."""
    words = re.sub(
        r"^(?:会议(?:强调|要求|指出)|同时|并且?|而且|另外|此外|今年|当前|下一步|今后|\d{4}年|特别是|尤其是|希望|请|由)+[，,]?",
        "",
        words.strip(),
    )
    if not words or not is_unit(words.removesuffix("都").removesuffix("们")):
        return ()
    return tuple(listed(words))


_LEADING_UNIT = re.compile(
    r"^(?:每个?(?:街道|社区|区县|县区|镇|乡镇|单位|部门|村)|各级(?:党委|党组|党组织|各部门|各单位|领导干部|社会工作部门|[一-鿿]{0,8}?部门)?(?:[(（][^()（）]{1,12}[)）])?|各(?:区县|县区|县|区|镇街|街镇|乡镇|街道|社区|部门|单位|地区|地|有关部门|有关单位|相关部门|责任单位|牵头单位|成员单位|级部门)[一-鿿]{0,0}(?:[(（][^()（）]{1,12}[)）])?)"
    r"(?:[、和]?各?(?:区县|县区|县|区|镇街|街镇|乡镇|街道|社区|部门|单位|有关部门|有关单位|有关方面))*"
    r"|^[一-鿿、]{1,40}?(?:局|委|办|部门|单位|街道|社区|中心|党委|政府|委员会|负责同志|负责人|人员|书记|区县|党支部|党组织)(?=(?:[一-鿿]{2}))"
)


def leading_units(words: str) -> tuple[tuple[str, ...], int]:
    """The units that open a clause without a modal verb, and where the rest begins; whether it is a demand shows there."""
    match = _LEADING_UNIT.match(words)
    if not match or not _ALONE.match(match[0]):
        return (), 0
    return tuple(listed(match[0])), match.end()
