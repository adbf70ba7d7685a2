"""How alike two texts are, and why: character bigrams of the folded text, the rare ones and the title's counting most.

It compares what is said, never who says it. The measure is a cosine: 0 is nothing in common, 1 the same words in the
same weights. Against plain TF-IDF the title counts double and rarity more than once: see bench/similar.py.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from yipanqi.text.privacy import identifying
from yipanqi.text.variants import folded

MOST = 5
_TITLE = 2.0
_RARITY = 1.5
# So many of the heaviest terms find the candidates, so many candidates are compared in full.
_TERMS, _COMPARED = 64, 60
_LONGEST = 10  # characters of what is said to be shared

_TOKEN = re.compile(r"[㐀-䶿一-鿿]+|[^\W_㐀-䶿一-鿿]+")


@dataclass(frozen=True, slots=True)
class Document:
    """What is compared."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Why:
    """What two texts have in common, in their own words."""

    places: tuple[str, ...] = ()
    things: tuple[str, ...] = ()
    words: tuple[str, ...] = ()

    def __str__(self) -> str:
        parts = (("地点", self.places), ("事项", self.things), ("字句", self.words))
        return "；".join(f"{name}：{'、'.join(said)}" for name, said in parts if said)


@dataclass(frozen=True, slots=True)
class Alike:
    """A document that is like another, how much, and why."""

    id: str
    score: float
    why: Why


Rarity = Callable[[str], float]


def rarity(texts: int, having: int) -> float:
    """What a term is worth that so many of so many texts have."""
    return math.pow(math.log((1 + texts) / (1 + having)) + 1, _RARITY)


def terms(title: str, text: str) -> Counter[str]:
    """Bigrams of Chinese characters, whole words of others; a character that stands alone is one too."""
    found: Counter[str] = Counter()
    for part, weight in ((title, _TITLE), (text, 1.0)):
        for token in _TOKEN.findall(folded(part)):
            if len(token) > 1 and "㐀" <= token[0] <= "鿿":
                for at in range(len(token) - 1):
                    found[token[at : at + 2]] += weight  # type: ignore[assignment]
            else:
                found[token] += weight  # type: ignore[assignment]
    return found


def without_persons(document: Document) -> Document:
    """The document without names, numbers and rooms, so that nothing is found because the same person wrote it."""
    return Document(document.id, _without_persons(document.title), _without_persons(document.text))


def _without_persons(text: str) -> str:
    for finding in reversed(identifying(text)):
        text = f"{text[: finding.start]} {text[finding.end :]}"
    return text


def vector(document: Document, worth: Rarity) -> dict[str, float]:
    """The terms with their weights, of length 1; in the order of their weight."""
    weights = {
        term: (1 + math.log(times)) * worth(term)
        for term, times in terms(document.title, document.text).items()
    }
    length = math.sqrt(sum(weight * weight for weight in weights.values())) or 1.0
    heaviest = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    return {term: weight / length for term, weight in heaviest}


def likeness(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of two vectors."""
    return min(1.0, sum(weight * other[term] for term, weight in one.items() if term in other))


def ranked(
    document: Document, candidates: Iterable[Document], worth: Rarity, *, least: float = 0.0, most: int = MOST
) -> list[Alike]:
    """The candidates that are most like the document, the same id left out."""
    document = without_persons(document)
    own = vector(document, worth)
    scored = [
        (likeness(own, vector(each, worth)), nth, each)
        for nth, each in enumerate(candidates)
        if each.id != document.id
    ]
    best = heapq.nlargest(
        most, (each for each in scored if each[0] > least), key=lambda each: (each[0], -each[1])
    )
    return [Alike(each.id, score, why(document, each, own)) for score, _, each in best]


class Index:
    """Documents to be found by likeness, in memory: for files, not for a city."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = documents
        having = Counter(term for each in documents for term in terms(each.title, each.text))
        self._worth: Rarity = lambda term: rarity(len(documents), having[term])
        self._vectors = [vector(each, self._worth) for each in documents]
        self._with: defaultdict[str, list[int]] = defaultdict(list)
        for nth, each in enumerate(self._vectors):
            for term in each:
                self._with[term].append(nth)

    def like(self, document: Document, *, most: int = MOST) -> list[Alike]:
        """The documents most like this one, and why."""
        asked = without_persons(document)
        own = vector(asked, self._worth)
        return [
            Alike(each.id, score, why(asked, each, own)) for score, each in self._nearest(asked.id, own, most)
        ]

    def nearest(self, document: Document, *, most: int = MOST) -> list[str]:
        """Their ids alone."""
        own = vector(without_persons(document), self._worth)
        return [each.id for _, each in self._nearest(document.id, own, most)]

    def _nearest(self, but: str, own: Mapping[str, float], most: int) -> list[tuple[float, Document]]:
        """The same id left out; a tie goes to the earlier row."""
        sums: defaultdict[int, float] = defaultdict(float)
        for term in list(own)[:_TERMS]:
            weight = own[term]
            for nth in self._with.get(term, ()):
                sums[nth] += weight * self._vectors[nth][term]
        found = heapq.nlargest(max(_COMPARED, most), sums, key=lambda nth: (sums[nth], -nth))
        scored = [
            (likeness(own, self._vectors[nth]), -nth) for nth in found if self._documents[nth].id != but
        ]
        return [(score, self._documents[-nth]) for score, nth in heapq.nlargest(most, scored)]


# --- why ------------------------------------------------------------------------------------------------------------

# A name ends like this; what stands before it, cut free of the words that only lead up to it.
_PLACE = re.compile(
    "(?:街道|社区|小区|大道|公路|国道|省道|高速|广场|花园|公园|小学|中学|大学|学院|医院|车站|大厦|大桥|工业园|开发区|市场|景区|水库|号线"
    "|[区县镇乡村街巷弄苑园湾庄桥河湖站]|(?<![铁道马公网出思线上走])路(?![灯面况])|(?<![旧新商全])城|(?<!政)府)(?![局委内长的道])"
)
_LEADS = re.compile(
    "^(?:尊敬|投诉|反映|举报|关于|位于|附近|当前|希望|什么|本身|有关|相关|部门|加强|注重|保护"
    "|[我你他她它们请在是的了就到从往向把被对和与及或于为由这那该本各全住去来有要让给按前朝着市区县号])+"
)
# What stands before these is no part of a name: 上万块一台的路, 住在示例小区.
_ENDED = re.compile("[的了在到]")
_NO_PLACE = re.compile(
    "^(?:小|市|城|社|地|辖|景|园|片)区$|^(?:高速|公路|乡镇|城镇|农村|乡村|学校|高铁站|出路|修路|小城|小城镇|母亲河)$"
)
_LOOSE = "的了是在与和要被等着为而就都也还这那对把从到有并又请及或其我你他们个不"
_THING = re.compile(
    "路灯|路面|道路|井盖|停车|车位|噪音|噪声|扰民|施工|物业|业委会|电梯|供暖|暖气|供水|停水|自来水|污水|排水|积水|内涝|"
    "下水道|垃圾|公厕|油烟|异味|臭味|粉尘|扬尘|违建|违章|拆迁|安置|补偿|征地|土地|房产证|不动产|购房|开发商|质量|漏水|公积金|"
    "社保|医保|养老金|养老|退休|低保|工资|欠薪|劳动合同|学位|入学|招生|补课|收费|幼儿园|教师|校车|医生|就诊|疫苗|公交|地铁|"
    "红绿灯|信号灯|斑马线|天桥|拥堵|超速|渣土|占道|摊贩|夜市|广场舞|养狗|犬只|消防|燃气|天然气|停电|用电|电压|宽带|基站|"
    "变电站|污染|排污|废气|河道|树木|绿化|健身|残疾|户口|落户|身份证|居住证|驾照|出租车|网约车|单车|快递|外卖|食品|餐饮|假冒|"
    "退款|诈骗|传销|非法集资|贷款|网贷|选举|村务|农田|灌溉|宅基地|危房|公租房|廉租房|人才|补贴|摇号|捆绑|招聘|编制|职称|规划|"
    "采砂|采石|养殖|猪场|殡葬|墓地|网吧|酒吧|烟花|高铁|铁路|航班|旅游|门票"
)


def why(one: Document, other: Document, weights: Mapping[str, float]) -> Why:
    """The longest strings that both have, the weightiest first: those that name a place, those that name a thing."""
    runs = _shared_runs(one, folded(f"{other.title}\n{other.text}"), weights)
    places: list[str] = []
    things: list[str] = []
    words: list[str] = []
    for run in sorted(runs, key=lambda run: (-runs[run], run)):
        place, named, said = _place(run), _THING.findall(run), run.strip(_LOOSE)
        if place:
            _add(places, [place], 2)
        if named:
            _add(things, named, 3)
        elif not place and len(said) > 1:
            _add(words, [said if len(said) <= _LONGEST else said[:_LONGEST] + "…"], 3)
    return Why(tuple(places), tuple(things), tuple(words))


def _place(run: str) -> str:
    """The name of a place in it, nothing where there is none."""
    ends = [match.end() for match in _PLACE.finditer(run)]
    name = _LEADS.sub("", _ENDED.split(run[: ends[-1]])[-1]) if ends else ""
    return name if 2 <= len(name) <= _LONGEST and not _NO_PLACE.match(name) else ""


def _add(said: list[str], more: Iterable[str], most: int) -> None:
    """What is not said yet, as long as there is room."""
    for each in more:
        if len(said) < most and not any(each in known or known in each for known in said):
            said.append(each)


def _shared_runs(one: Document, theirs: str, weights: Mapping[str, float]) -> dict[str, float]:
    """Each string of the first text that is in the other and cannot be longer, with the weight of its terms."""
    found: dict[str, float] = {}
    for token in _TOKEN.findall(folded(f"{one.title}\n{one.text}")):
        if "㐀" <= token[0] <= "鿿":
            for run in _runs(token, theirs):
                found[run] = sum(weights.get(run[at : at + 2], 0.0) for at in range(len(run) - 1))
        elif token in theirs and not token.isdigit():
            found[token] = weights.get(token, 0.0)
    return found


def _runs(token: str, theirs: str) -> Iterator[str]:
    """Each stretch of the token that is in the other text, of two characters or more."""
    at = 0
    while at < len(token) - 1:
        end = at + 1
        while end < len(token) and end - at < 30 and token[at : end + 1] in theirs:
            end += 1
        if end - at > 1:
            yield token[at:end]
        at = max(end, at + 1) if end - at > 1 else at + 1
