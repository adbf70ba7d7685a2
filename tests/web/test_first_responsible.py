"""The first person responsible for a unit: seen beside it where it is late, named to whoever sees its posts, and nowhere
else."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from django.urls import reverse

from tests.factories import PASSWORD, City, make_city
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import EN, NOW, matter_url, signed_in, text_of
from yipanqi.core.gate import Viewer
from yipanqi.meetings.models import Task
from yipanqi.organisations.actions import appoint
from yipanqi.organisations.models import Posting
from yipanqi.organisations.queries import Responsible, first_responsible
from yipanqi.people.actions import create_accounts
from yipanqi.people.models import Role

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TODAY = NOW.date()
SAID = "第一责任人：示例处长"


def add_head(city: City, since: dt.date = TODAY - dt.timedelta(days=60)) -> None:
    """The person in charge of the lamps' unit."""
    (account,) = create_accounts(
        rows=[("lampshead", "示例人", "business")], password=PASSWORD, by=None, at=city.at
    )
    row = (account, Role.objects.get(code="handler"), city.units["lamps"], "示例处长", "Head of lamps")
    appoint(rows=[row], valid_from=since, by=None, at=city.at)
    Posting.objects.filter(account=account).update(in_charge=True)
    city.accounts["lampshead"] = account


def found(city: City, viewer: Viewer, day: dt.date = TODAY) -> Responsible | None:
    lamps = city.units["lamps"].pk
    return first_responsible([lamps, city.units["roads"].pk], viewer, day).get(lamps)


def test_the_post_is_told_and_its_holder_to_whoever_sees_the_posts_of_the_unit() -> None:
    city = make_city()
    add_head(city)
    deputy = city.viewer("deputy")
    assert found(city, deputy) == Responsible("示例处长", "示例人")
    assert found(city, city.viewer("stranger")) == Responsible("示例处长")
    elsewhere = dataclasses.replace(deputy, capabilities={"cases.oversee": (city.units["roads"].path,)})
    assert found(city, elsewhere) == Responsible("示例处长")


def test_a_post_of_another_day_or_of_an_account_that_ended_is_nobodys() -> None:
    city = make_city()
    add_head(city)
    deputy = city.viewer("deputy")
    assert found(city, deputy, TODAY - dt.timedelta(days=90)) is None
    Posting.objects.filter(in_charge=True).update(valid_to=TODAY)
    assert found(city, deputy) is None
    Posting.objects.filter(in_charge=True).update(valid_to=None)
    city.accounts["lampshead"].is_active = False
    city.accounts["lampshead"].save(update_fields=["is_active"])
    assert found(city, deputy) is None


def late(city: City, days: int = 30) -> Task:
    """A task of the lamps' unit that was due yesterday, or so many days before."""
    then = NOW - dt.timedelta(days=days)
    due = TODAY - dt.timedelta(days=1)
    one = task(city, lines(city, "改进路灯维修", at=then)[0], at=then, due_on=due, milestones=())
    bring(city, one, "working", then)
    return one


def test_it_stands_beside_the_unit_of_a_late_task_on_its_page_the_board_and_the_supervisors_page() -> None:
    city = make_city(NOW - dt.timedelta(days=40))
    add_head(city)
    one = late(city)
    client = signed_in(city, "deputy")
    pages = [matter_url(one.pk), reverse("desk:board"), reverse("desk:supervision")]
    for address in pages:
        assert SAID in text_of(client.get(address)), address
    assert "First person responsible: Head of lamps" in text_of(signed_in(city, "deputy", EN).get(pages[0]))


def test_nobody_is_named_where_nothing_is_late() -> None:
    city = make_city(NOW - dt.timedelta(days=40))
    add_head(city)
    one = task(city, lines(city, "改进路灯维修", at=NOW)[0], at=NOW)
    bring(city, one, "working", NOW)
    client = signed_in(city, "deputy")
    for address in (matter_url(one.pk), reverse("desk:board"), reverse("desk:supervision")):
        assert "第一责任人" not in text_of(client.get(address)), address
