"""Whether the five most alike contain another message of the same event: ours beside plain TF-IDF, in the same run.

`bench/similar.py [FILE]`: a CSV with the columns `event`, `title`, `text` or `detail`, and `time` where known; without
one, messages made up here. Plain TF-IDF is scikit-learn's, over one to three characters, by cosine. The second rate
counts earlier messages alone, which is what a clerk has.
"""

from __future__ import annotations

import argparse
import csv
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from yipanqi.text.similar import MOST, Document, Index

PLACES = [f"{name}{kind}" for name in ("示例", "阳光", "和平", "北园", "南苑", "新华", "东风", "西湖", "文化", "建设")
          for kind in ("路", "小区", "街", "花园")]  # fmt: skip
THINGS = {
    "路灯不亮": ("一排路灯都黑着", "晚上没有一盏灯亮", "灯杆上的灯坏了", "天黑以后看不清路"),
    "施工扰民": ("工地夜里还在打桩", "凌晨机器声很大", "夜间施工噪音吵得睡不着", "渣土车整晚进出"),
    "电梯坏了": ("电梯停了好几天", "老人爬不上楼", "电梯按了没有反应", "一部电梯总是困人"),
    "污水外溢": ("下水道往外冒水", "井盖旁边全是污水", "一下雨就返臭水", "排水管堵了没人疏通"),
    "停车难": ("车位被占", "消防通道停满了车", "晚上回来没有地方停车", "外来车辆乱停"),
    "暖气不热": ("暖气片是凉的", "屋里只有十三度", "交了供暖费不热", "供暖以来一直没有热过"),
}
FILLERS = (
    "请有关部门管一管",
    "已经反映过多次",
    "物业说不归他们管",
    "希望尽快解决",
    "打过电话没有人来",
    "居民意见很大",
    "谢谢",
)


_LOOKED_AT = 300  # of ours: among these the earlier ones are looked for


class Message(NamedTuple):
    """One message, the event it belongs to (empty: none known), and when it came."""

    document: Document
    event: str
    at: str


def made_up() -> list[Message]:
    """Events of a place and a thing, each told in ways of its own, among messages that share one of the two."""
    own = random.Random(7)
    found: list[Message] = []
    for place in PLACES:
        for thing, told in THINGS.items():
            for _ in range(own.choice((1, 1, 2, 3))):
                said = [
                    *own.sample(told, 2),
                    *own.sample(FILLERS, 3),
                    f"在{place}{own.choice(('东头', '西头', '门口', '旁边'))}",
                ]
                own.shuffle(said)
                title = own.choice((f"{place}{thing}", thing, own.choice(told)))
                number = str(len(found))
                found.append(
                    Message(Document(number, title, "，".join(said)), place + thing, f"{own.random():.9f}")
                )
    return found


def read(file: Path) -> list[Message]:
    csv.field_size_limit(10**9)
    with file.open(encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [
        Message(
            Document(str(nth), row["title"], row.get("text") or row.get("detail") or ""),
            row["event"],
            row.get("time") or "",
        )
        for nth, row in enumerate(rows)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=Path, nargs="?")
    file = parser.parse_args().file
    messages = read(file) if file else made_up()
    print(f"{len(messages)} messages, {sum(bool(each.event) for each in messages)} of an event")
    for name, earlier in (("any", False), ("earlier", True)):
        plain, asked = _rate(messages, _plain, earlier=earlier)
        ours, _ = _rate(messages, _ours, earlier=earlier)
        print(
            f"{name:8} of {asked}: plain TF-IDF {plain / asked:.4f}  ours {ours / asked:.4f}  ratio {ours / plain:.3f}"
        )
    index = Index([each.document for each in messages])
    began = time.perf_counter()
    for each in messages[:200]:
        index.like(each.document)
    print(
        f"one question, with its reasons: {(time.perf_counter() - began) / len(messages[:200]) * 1000:.1f} ms"
    )


Ranking = Callable[[list[Message]], Callable[[int], list[int]]]


def _ours(messages: list[Message]) -> Callable[[int], list[int]]:
    index = Index([each.document for each in messages])
    places = {each.document.id: nth for nth, each in enumerate(messages)}
    return lambda nth: [places[each] for each in index.nearest(messages[nth].document, most=_LOOKED_AT)]


def _plain(messages: list[Message]) -> Callable[[int], list[int]]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [f"{each.document.title}\n{each.document.text}" for each in messages]
    rows = TfidfVectorizer(analyzer="char", ngram_range=(1, 3)).fit_transform(texts)

    def ranked(nth: int) -> list[int]:
        scores = (rows @ rows[nth].T).toarray().ravel()
        return [int(each) for each in (-scores).argsort(kind="stable") if each != nth]

    return ranked


def _rate(messages: list[Message], ranking: Ranking, *, earlier: bool) -> tuple[int, int]:
    """In how many of how many the first five contain one of the same event."""
    ranked = ranking(messages)
    hits = asked = 0
    for nth, each in enumerate(messages):
        known = {
            other
            for other, message in enumerate(messages)
            if each.event
            and other != nth
            and message.event == each.event
            and (not earlier or message.at < each.at)
        }
        if not known:
            continue
        asked += 1
        found = [other for other in ranked(nth) if not earlier or messages[other].at < each.at]
        hits += any(other in known for other in found[:MOST])
    return hits, asked


if __name__ == "__main__":
    main()
