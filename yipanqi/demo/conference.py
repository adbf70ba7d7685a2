"""The generated conference: what it decided, who carries it, and how far each task has come.

It stands in `data/conference.toml`, written for this demo in the spirit of such a meeting; nobody is named, persons
appear by post. Days are working days (`yipanqi.demo.schedule`).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from functools import cache
from importlib import resources
from typing import Any

from yipanqi.demo.shapes import BindingSeed, ConferenceSeed, Event, LineSeed, MilestoneSeed, TaskSeed


def _task(raw: dict[str, Any], convener: str) -> TaskSeed:
    acting = {"drafter": convener, "sender": convener, "lead": raw["lead"]}
    if raw["co_units"]:
        acting["co"] = raw["co_units"][0]
    return TaskSeed(
        key=raw["key"],
        title_zh=raw["title_zh"],
        title_en=raw["title_en"],
        goal=raw["goal"],
        lead=raw["lead"],
        co_units=tuple(raw["co_units"]),
        due_offset=raw["due_offset"],
        milestones=tuple(MilestoneSeed(*milestone) for milestone in raw["milestones"]),
        events=tuple(
            Event(day, hour, step, actor, answers, acting[actor])
            for day, hour, step, actor, answers in raw["events"]
        ),
        ends=raw["ends"],
        late=raw.get("late", False),
        under=raw.get("under", ""),
    )


def _line(raw: dict[str, Any], convener: str) -> LineSeed:
    return LineSeed(
        number=raw["number"],
        theme_zh=raw["theme_zh"],
        theme_en=raw["theme_en"],
        text_zh=raw["text_zh"],
        text_en=raw["text_en"],
        tasks=tuple(_task(task, convener) for task in raw.get("task", ())),
        bindings=tuple(BindingSeed(**binding) for binding in raw.get("bindings", ())),
        principle=raw.get("principle", False),
    )


@cache
def conference() -> ConferenceSeed:
    """The one conference of the demo; the same for every seed."""
    source = resources.files("yipanqi.demo").joinpath("data", "conference.toml")
    raw = tomllib.loads(source.read_text(encoding="utf-8"))
    lines = tuple(_line(line, raw["convener"]) for line in raw.pop("line"))
    return ConferenceSeed(**{**raw, "present_zh": tuple(raw["present_zh"])}, lines=lines)


def report_of(seed: ConferenceSeed, held: dt.date) -> str:
    """What a newspaper would have printed of it."""
    demands = "；".join(f"要{line.text_zh}" for line in seed.lines)
    return (
        f"{held.month}月{held.day}日，{seed.title_zh}召开。{seed.present_zh[0]}出席会议并讲话，{seed.chair_zh}主持会议。\n"
        f"会议强调，{demands}。\n"
        f"会议以视频形式召开，地点在{seed.venue_zh}。{'、'.join(seed.present_zh[2:])}参加会议。"
    )
