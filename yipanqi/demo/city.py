"""The whole demo city from one seed number."""

from __future__ import annotations

from yipanqi.demo.categories import categories
from yipanqi.demo.conference import conference
from yipanqi.demo.duties import duties
from yipanqi.demo.people import ROLES, residents, staff
from yipanqi.demo.places import areas
from yipanqi.demo.shapes import City
from yipanqi.demo.stories import stories
from yipanqi.demo.units import units

SEED = 370100


def city(seed: int = SEED) -> City:
    """The demo city. The same seed gives the same city, in every process and on every machine."""
    return City(
        seed=seed,
        areas=areas(seed),
        units=units(seed),
        categories=categories(),
        duties=duties(),
        roles=ROLES,
        staff=staff(seed),
        residents=residents(seed),
        stories=stories(seed),
        conference=conference(),
    )
