"""The generated mass behind the twelve written stories: orders of every kind, at every stage.

Each story has a random generator of its own, seeded by the city's seed and its number, so a longer mass
begins with the shorter one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from random import Random

from yipanqi.demo.categories import Leaf, branches, leaves
from yipanqi.demo.drafting import Draft
from yipanqi.demo.duties import DutyList, duties
from yipanqi.demo.people import neighbours
from yipanqi.demo.places import DISTRICT_OF_ZONE_STREET, areas
from yipanqi.demo.plots import PLOTS, Context
from yipanqi.demo.shapes import Anonymity, Channel, Filing, Story
from yipanqi.demo.texts import Message, Place, choose_place, message
from yipanqi.demo.units import district_unit, street_unit, units

_CHANNELS: dict[Channel, int] = {"portal": 46, "phone": 42, "visit": 8, "paper": 4}
_ANONYMITY: dict[Channel, tuple[int, int, int]] = {  # named, hidden, anonymous
    "portal": (62, 22, 16),
    "phone": (74, 20, 6),
    "visit": (95, 5, 0),
    "paper": (78, 0, 22),
}
_NAMES: tuple[Anonymity, ...] = ("named", "hidden", "anonymous")
_HELPERS = ("city-management", "housing", "police", "market", "emergency")


@lru_cache(maxsize=4)
def _duty_list(seed: int) -> DutyList:
    return DutyList(duties(), areas(seed))


def lead_of(seed: int, leaf: str, area: str) -> str:
    """The unit that acts by the duty list."""
    return _duty_list(seed).find(leaf, area).unit


@lru_cache(maxsize=4)
def _unit_names(seed: int) -> dict[str, str]:
    return {unit.code: unit.name_zh for unit in units(seed)}


def _leaf(random: Random, among: tuple[str, ...]) -> Leaf:
    if among:
        return leaves()[random.choice(among)]
    every = branches()
    return random.choice(random.choices(every, [branch.weight for branch in every])[0].leaves)


def _filing(
    random: Random, leaf: Leaf, place: Place, said: Message, channel: Channel, seed: int, *, judged: bool
) -> Filing:
    named, hidden, anonymous = _ANONYMITY[channel]
    if judged and channel != "portal":
        anonymous = 0  # nobody can call back who left no number
    anonymity = random.choices(_NAMES, (named, hidden, anonymous))[0]
    # Residents often leave the category open; a clerk at the desk fills it in.
    chosen = leaf.code if channel != "portal" or random.random() < 0.6 else None
    who = None if anonymity == "anonymous" else random.choice(neighbours(seed)[place.home])
    return Filing(channel, said.title, said.text, chosen, place.area, anonymity, who)


def _co_units(random: Random, lead: str, place: Place) -> tuple[str, ...]:
    if random.random() > 0.18:
        return ()
    local = street_unit(place.area)
    return (local if lead != local else random.choice(_HELPERS),)


def _other_unit(lead: str, place: Place) -> str:
    """To whom an order goes that `lead` gave back: the district, or the street where the district had it."""
    district = district_unit(DISTRICT_OF_ZONE_STREET.get(place.area, place.street.area))
    return street_unit(place.area) if lead == district else district


def _story(seed: int, number: int) -> Story:
    random = Random(f"{seed}:mass:{number}")
    plot = random.choices(PLOTS, [plot.weight for plot in PLOTS])[0]
    leaf = _leaf(random, plot.leaves)
    place = choose_place(random, leaf, seed)
    channel: Channel = plot.channel or random.choices(tuple(_CHANNELS), tuple(_CHANNELS.values()))[0]
    said = message(random, leaf, place, channel)
    lead = lead_of(seed, leaf.code, place.area)
    other = _other_unit(lead, place)
    draft = Draft(
        random,
        _filing(random, leaf, place, said, channel, seed, judged=plot.judged),
        lead,
        _co_units(random, lead, place),
    )
    context = Context(draft, said, leaf.code, other, _unit_names(seed)[other])
    return plot.write(context, f"mass-{number:05}", (said.title, said.title_en))


def generate_mass(seed: int, count: int) -> Iterator[Story]:
    """`count` stories in no order of time; the loader may sort their events."""
    return (_story(seed, number) for number in range(1, count + 1))
