"""Reading a report of a conference, or its minutes: what was held, who was there, and what is demanded of whom.

Reading proposes; a person confirms, edits, merges and drops. What the text does not say is empty. A text that reports of
no conference has no requirements. Every pattern is bounded or starts where it can start once, as in `text.clean`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from yipanqi.text.clean import clean
from yipanqi.text.reports import demands, facts, genre, parties, people
from yipanqi.text.reports.layout import unwrapped
from yipanqi.text.reports.shape import Kind, Person, Report, Requirement

__all__ = ["Kind", "Person", "Report", "Requirement", "read_report"]


def read_report(text: str) -> Report:
    """The report in a text as it was found; it is mended first, and positions are of the mended text."""
    mended = clean(text).text
    # A page of print breaks its lines within words: it is read without the breaks, and places are told with them.
    words, places = unwrapped(mended)
    title = facts.title_of(words)
    if not genre.is_report(words, title):
        return Report(text=mended, is_report=False)
    held = not genre.is_notice(words)
    who = people.people_of(words)
    return Report(
        text=mended,
        is_report=True,
        date=facts.date_of(words),
        title=title,
        form=facts.form_of(words, title),
        chair=who.chair,
        attending=who.attending,
        conveyed=parties.conveyed_of(words) if held else (),
        speakers=parties.speakers_of(words) if held else (),
        main_venue=facts.main_venue_of(words),
        branch_venues=facts.branch_venues_of(words),
        attendees=parties.attendees_of(words, who.named),
        leaders=who.leaders,
        speech_by=who.speech_by,
        requirements=tuple(_placed(mended, places, each) for each in demands.requirements_of(words)),
    )


def _placed(mended: str, places: Sequence[int], found: Requirement) -> Requirement:
    start, end = places[found.start], places[found.end - 1] + 1
    return replace(found, clause=mended[start:end], start=start, end=end)
