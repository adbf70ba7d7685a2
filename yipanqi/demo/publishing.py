"""The few generated orders whose submitters let others read them: all but the last of these are published."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from yipanqi.demo.shapes import Event, Story
from yipanqi.demo.units import HOTLINE

PUBLISHED = 4
# Closer than a subdistrict: whoever publishes would leave it out.
_CLOSER = re.compile("号楼|单元|花园|佳苑|小区|家园|新居|雅居|嘉园|社区|村")
LAST_HOUR = 21  # in which somebody who has judged goes on to consent


def let_read(stories: Iterable[Story]) -> Iterator[Story]:
    """The stories, the first that can be with a consent, given right after the verdict, and what came of it."""
    left = PUBLISHED + 1
    seen: set[str] = set()
    for story in stories:
        title = str(_last(story, "clear").answers["title"]) if _can_be(story) else ""
        if left and title and title not in seen:
            left -= 1
            seen.add(title)
            yield _public(story, published=left > 0)
        else:
            yield story


def _can_be(story: Story) -> bool:
    """Filed by somebody who judged it with their own secret and says that it is solved, and closed for some days."""
    steps = [event.step for event in story.events]
    if story.ends != "closed" or steps[-2:] != ["evaluate", "close"] or "second_due" in steps:
        return False
    words = "".join(
        str(answer) for step in ("clear", "answer") for answer in _last(story, step).answers.values()
    )
    if _CLOSER.search(words):
        return False
    judged = story.events[-2]
    return judged.answers["solved"] == "yes" and judged.hour < LAST_HOUR and story.events[-1].day_offset < -1


def _last(story: Story, step: str) -> Event:
    return next(event for event in reversed(story.events) if event.step == step)


def _public(story: Story, *, published: bool) -> Story:
    *before, judged, close = story.events
    consent = Event(judged.day_offset, judged.hour + 1, "consent", "submitter", {"agreed": True})
    events = [*before, judged, consent, close]
    if published:
        cleared, answer = _last(story, "clear").answers, _last(story, "answer").answers
        words = {
            "title": cleared["title"],
            "said": cleared["text"],
            "came_of_it": _without_formulas(str(answer["text"])),
            "place": "street",
        }
        events.append(Event(close.day_offset + 1, 10, "publish", "auditor", words, HOTLINE, 30))
    return replace(story, events=tuple(events))


def _without_formulas(answer: str) -> str:
    """A letter without its first and last sentence."""
    said = re.sub("^您好[！，][^。：]*[。：]", "", answer)
    return f"{said.rstrip('。').rpartition('。')[0] or said.rstrip('。')}。"
