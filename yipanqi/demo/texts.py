"""Messages, cleared texts and answers, put together from the sentences of a leaf category."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from random import Random

from yipanqi.demo.categories import Leaf
from yipanqi.demo.places import DISTRICTS, ZONES, Street, communities, streets
from yipanqi.demo.shapes import Channel

_SINCE = ("上周", "上个月", "前几天", "前阵子", "半个月前")
_DONE = ("接单当日", "接单次日", "前日上午", "前日下午", "昨日上午")
_ESTATE_FIRST = (
    "福临",
    "景和",
    "翠屏",
    "悦澜",
    "书香",
    "清河",
    "云锦",
    "文澜",
    "春晓",
    "和润",
    "康宁",
    "锦园",
    "朝晖",
)
_ESTATE_SECOND = ("花园", "佳苑", "小区", "家园", "新居", "雅居", "嘉园")

# Where a leaf's matter can lie: by its `spot`, in towns of streets and in villages.
_SPOTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "road": (
        (
            "{c}东侧道路",
            "{c}农贸市场门前",
            "{e}北门外路口",
            "{c}小学门口",
            "{c}公交站附近",
            "{e}与{c}之间的路",
        ),
        ("{c}主街", "{c}村口", "{c}通往镇上的路", "{c}小学门口"),
    ),
    "estate": (("{e}{b}号楼", "{e}", "{e}南区", "{e}{b}号楼{b}单元"), ("{c}安置楼{b}号楼", "{c}新民居")),
    "home": (("{c}", "{e}"), ("{c}",)),
    "community": (("{c}",), ("{c}",)),
    "village": (("{c}", "{c}北边"), ("{c}", "{c}东头", "{c}西头", "{c}北边")),
    "shop": (("{c}沿街商铺", "{c}东门外商业街", "{e}底商", "{c}农贸市场旁"), ("{c}大集旁", "{c}沿街门店")),
    "school": (("{s}片区的小学", "{c}旁边的小学", "{c}旁边的初中"), ("{s}片区的小学", "{s}片区的初中")),
    "office": (("{t}便民服务中心", "{d}一处政务大厅"), ("{t}便民服务中心",)),
    "public": (("{c}文化广场", "{c}农贸市场", "{e}旁的街头游园"), ("{c}文化广场", "{c}大集")),
    "scenic": (("{t}的一处景点",), ("{t}的一处景点",)),
    "river": (("{c}旁的河道", "{c}南边的河沟"), ("{c}旁的河道", "{c}南边的河沟")),
    "hospital": (("{c}附近的医院", "{c}卫生服务站"), ("{c}卫生室", "{t}上的卫生院")),
}
SPOT_KINDS = frozenset(_SPOTS)

_OPENINGS = ("您好，", "你好！", "", "", "领导您好，", "想反映一件事：", "麻烦帮忙看看：", "我是{c}的居民，")
_CLOSINGS = ("谢谢。", "盼回复。", "辛苦了。", "", "", "谢谢你们！", "等你们的消息。")
_ASKS = ("希望{w}。", "请帮忙解决：{w}。", "就一个请求：{w}。", "诉求很简单：{w}。")
_BEFORE = (
    "您好，您反映的问题收悉。",
    "您好！感谢您的反映。",
    "您好，",
    "您好，关于您反映的事项，现答复如下：",
)
_AFTER = (
    "感谢您的理解和支持。",
    "如还有问题，欢迎随时拨打12345。",
    "后续我们会继续跟进。",
    "给您带来不便，请谅解。",
)
_CALLS: dict[Channel, str] = {
    "phone": "市民来电反映：{p}。{x}。诉求：{w}。",
    "visit": "来访人反映：{p}。{x}。诉求：{w}。来访人已确认记录内容。",
    "paper": "来信人反映：{p}。{x}。请求：{w}。（来信原件存档）",
    "portal": "",
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message is about: the area's code and the words for it. `home` is the community's code."""

    area: str
    street: Street
    community: str
    home: str

    @property
    def rural(self) -> bool:
        return self.community.endswith("村")

    @property
    def district(self) -> str:
        if self.street.area in DISTRICTS:
            return DISTRICTS[self.street.area][0]
        return next(zone.short_zh for zone in ZONES if zone.area == self.street.area)


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and the unit's answer to it; `cleared` is fit to be forwarded."""

    title: str
    title_en: str
    text: str
    cleared: str
    outcome: str
    core: str  # the answer's facts
    answer: str  # the same with greeting and close


@lru_cache(maxsize=4)
def places(seed: int) -> tuple[Place, ...]:
    """One place for each community; the matter's area is the street, the words name the community too."""
    by_code = {street.code: street for street in streets()}
    return tuple(
        Place(str(area.parent), by_code[str(area.parent)], area.name_zh, area.code)
        for area in communities(seed)
    )


def choose_place(random: Random, leaf: Leaf, seed: int) -> Place:
    """A place that suits the leaf: what is about farming and villages happens in villages."""
    while True:
        place = random.choice(places(seed))
        if leaf.spot != "village" or place.rural:
            return place


def _spot(random: Random, leaf: Leaf, place: Place) -> str:
    form = random.choice(_SPOTS[leaf.spot][place.rural])
    return form.format(
        c=place.community,
        e=random.choice(_ESTATE_FIRST) + random.choice(_ESTATE_SECOND),
        b=random.randint(1, 9),
        s=place.street.stem,
        t=place.street.name,
        d=place.district,
    )


def message(random: Random, leaf: Leaf, place: Place, channel: Channel) -> Message:
    """A resident's own words on the portal, a clerk's record of a call, a visit or a letter."""
    matter = random.choice(leaf.matters)
    words = {
        "spot": _spot(random, leaf, place),
        "n": random.randint(2, 9),
        "since": random.choice(_SINCE),
        "done": random.choice(_DONE),
    }
    problem, effect, want = (form.format(**words) for form in (matter.problem, matter.effect, matter.want))
    if channel == "portal":
        opening = random.choice(_OPENINGS).format(c=place.community)
        ask = random.choice(_ASKS).format(w=want)
        text = f"{opening}{problem}。{effect}。{ask}{random.choice(_CLOSINGS)}"
    else:
        text = _CALLS[channel].format(p=problem, x=effect, w=want)
    core = matter.answer.format(**words)
    return Message(
        title=matter.title.format(**words),
        title_en=f"{leaf.en}, {place.street.name_en}",
        text=text,
        cleared=f"{place.district}{place.street.name}：{problem}。诉求：{want}。",
        outcome=matter.outcome,
        core=f"{core}。",
        answer=f"{random.choice(_BEFORE)}{core}。{random.choice(_AFTER)}",
    )
