"""The fourteen written stories: ten orders told to the point where each stands, a suggestion and a claim told whole, a
claim that was assigned with a report back, and one over which two units dispute.

They stand in `data/stories/*.toml`, in the order in which the demo shows them. `at` is (day, hour, minute), days
being working days (`yipanqi.demo.schedule`); the offsets keep every limit as the title says in any week. {c} is
the made-up community in which a story happens: the first of its street.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import Any

from yipanqi.demo.people import neighbours
from yipanqi.demo.shapes import Answer, Day, Event, Filing, Story
from yipanqi.demo.texts import Place, places
from yipanqi.demo.units import HOTLINE


@cache
def _told() -> tuple[tuple[str, dict[str, Any]], ...]:
    """(key, story as it stands in its file)."""
    folder = resources.files("yipanqi.demo").joinpath("data", "stories")
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".toml")), key=lambda e: e.name
    )
    return tuple(
        (file.name.removesuffix(".toml").partition("-")[2], tomllib.loads(file.read_text(encoding="utf-8")))
        for file in files
    )


def _filing(raw: dict[str, Any], place: Place, seed: int) -> Filing:
    return Filing(
        channel=raw["channel"],
        title=raw["title"],
        text=raw["text"].format(c=place.community),
        category=raw.get("category"),
        area=place.area,
        anonymity=raw["anonymity"],
        kind=raw.get("kind", "order"),
        resident=None if raw["anonymity"] == "anonymous" else neighbours(seed)[place.home][0],
    )


def _answers(step: str, raw: dict[str, Any], place: Place) -> dict[str, Answer]:
    answers: dict[str, Answer] = {}
    for name, value in raw.items():
        if isinstance(value, dict):
            answers[name] = Day(value["day"])
        else:
            answers[name] = tuple(value) if isinstance(value, list) else value
    if step == "clear":
        cleared = str(answers["text"]).format(c=place.community)
        answers |= {"text": f"{place.district}{place.street.name}：{cleared}", "area": place.area}
    elif step in ("route", "assign"):
        answers.setdefault("co_units", ())
    return answers


def _events(rows: list[dict[str, Any]], place: Place) -> tuple[Event, ...]:
    """Whom "lead", its "head" and "co" mean is read off the last `route` or `assign` before them; "co" is the first co-unit."""
    acting: dict[str, str | None] = {"submitter": None, "system": None}
    events = []
    for row in rows:
        day, hour, minute = row["at"]
        answers = _answers(row["step"], row.get("answers", {}), place)
        unit = acting.get(row["actor"], HOTLINE)
        events.append(Event(day, hour, row["step"], row["actor"], answers, unit, minute))
        if row["step"] in ("route", "assign"):
            acting["lead"] = acting["head"] = str(answers["unit"])
            acting["co"] = next(iter(row["answers"].get("co_units", ())), None)
    return tuple(events)


def stories(seed: int) -> tuple[Story, ...]:
    """The fourteen."""
    found = []
    for key, raw in _told():
        place = next(place for place in places(seed) if place.area == raw["filing"]["street"])
        found.append(
            Story(
                key=key,
                title_zh=raw["title_zh"],
                title_en=raw["title_en"],
                order=_filing(raw["filing"], place, seed),
                events=_events(raw["event"], place),
                ends=raw["ends"],
                pending=raw.get("pending"),
                late=raw.get("late", False),
            )
        )
    return tuple(found)
