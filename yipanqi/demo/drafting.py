"""A draft of a case's story: events are added forwards, then the whole is moved to where it should end."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from yipanqi.demo.shapes import ActorName, Answer, Day, Event, Filing, Story
from yipanqi.demo.units import HOTLINE

OPENS, CLOSES = 8, 18  # the hours in which offices work: events of officers lie between them


class Draft:
    """Events of one case, on days counted from the day of its filing (0)."""

    def __init__(self, random: Random, filing: Filing, lead: str, co_units: tuple[str, ...]) -> None:
        self.random = random
        self.filing = filing
        self.lead = lead
        self.co_units = co_units
        self.day = 0
        self._minute = OPENS * 60  # of the day
        self._events: list[Event] = []
        self._marks: dict[str, int] = {}

    def _unit(self, actor: ActorName) -> str | None:
        if actor in ("lead", "head"):
            return self.lead
        if actor == "co":
            return self.co_units[0]
        return None if actor in ("submitter", "system") else HOTLINE

    def add(
        self, step: str, actor: ActorName, *, after: int = 0, hour: int | None = None, **answers: Answer
    ) -> None:
        """One more step, `after` working days after the one before; on the same day some minutes later.

        The day of the last step of each name is remembered as a mark for `story`.
        """
        if after:
            self.day += after
            # Limits run out at night, and the system acts then; people work by day.
            first, last = (5, 120) if actor == "system" else (OPENS * 60 + 30, 13 * 60)
            self._minute = self.random.randrange(first, last)
        if hour is not None:
            self._minute = max(hour * 60 + self.random.randrange(60), self._minute)
        self._minute += self.random.randrange(4, 40)
        if self._minute >= 23 * 60:
            raise ValueError(f"too many steps on one day before {step}")
        hours, minutes = divmod(self._minute, 60)
        self._events.append(Event(self.day, hours, step, actor, answers, self._unit(actor), minutes))
        self._marks[step] = self.day

    @property
    def hour(self) -> int:
        """The hour of the last step."""
        return self._minute // 60

    def days_since(self, step: str) -> int:
        """Working days from the last step of that name to the last step of all."""
        return self.day - self._marks[step]

    def in_days(self, days: int) -> Day:
        """An answer that is a date: so many working days after the last step; `story` moves it along."""
        return Day(self.day + days)

    def story(
        self,
        key: str,
        titles: tuple[str, str],
        mark: str,
        earliest: int,
        latest: int,
        ends: str,
        *,
        pending: str | None = None,
        late: bool = False,
    ) -> Story:
        """The story moved so that the last step named `mark` falls between `earliest` and `latest`.

        No step may lie after day 0, so the window is cut by what follows the mark.
        """
        latest = min(latest, self._marks[mark] - self.day)
        if earliest > latest:
            raise ValueError(f"{key}: {mark} cannot fall between {earliest} and {latest}")
        shift = self.random.randint(earliest, latest) - self._marks[mark]
        events = tuple(
            replace(
                event,
                day_offset=event.day_offset + shift,
                answers={
                    name: Day(value.offset + shift) if isinstance(value, Day) else value
                    for name, value in event.answers.items()
                },
            )
            for event in self._events
        )
        return Story(key, *titles, self.filing, events, ends, pending, late)
