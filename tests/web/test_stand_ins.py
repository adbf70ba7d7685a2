"""Stand-ins: they act for an absent post from a day to a day, under their own account, and stop by themselves."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.web.desk_helpers import EN, NOW, city_with, page_of, signed_in, text_of
from yipanqi.core import gate
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Actor, Channel
from yipanqi.core.models import Change, Matter
from yipanqi.organisations.access import viewer_of
from yipanqi.organisations.actions import end_stand_in, give_stand_in
from yipanqi.organisations.models import Posting, StandIn

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
FIRST, LAST = dt.date(2026, 11, 25), dt.date(2026, 11, 27)


def cover(city: City, account: str = "stranger", absent: str = "insider", **more: Any) -> StandIn:
    given: dict[str, Any] = {
        "since": FIRST,
        "until": LAST,
        "basis": "示例请假单",
        "by": city.viewer("secadmin"),
        "at": NOW,
    }
    people: dict[str, Any] = {"account": city.accounts[account], "absent": city.accounts[absent]}
    return give_stand_in(**people, **(given | more))[0]


def local(day: dt.date, hour: int, minute: int = 0) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(hour, minute), SHANGHAI)


def test_it_begins_and_ends_at_midnight_in_the_city_by_itself() -> None:
    city = make_city()
    cover(city)
    lamps = city.units["lamps"].path
    for moment, reaches in (
        (local(FIRST - dt.timedelta(days=1), 23, 59), False),
        (local(FIRST, 0), True),
        (local(LAST, 23, 59), True),
        (local(LAST + dt.timedelta(days=1), 0), False),
    ):
        viewer = viewer_of(city.accounts["stranger"], moment)
        assert viewer.reaches("cases.handle", lamps) is reaches, moment
        assert viewer.unit == city.units["schools"].pk, "their own unit stays theirs"


def test_a_step_for_an_absent_post_says_so_and_names_nobody() -> None:
    city, filed = city_with("forwarded")
    cover(city)
    moment = local(FIRST, 9)
    take(filed.case.pk, "accept", Actor(viewer_of(city.accounts["stranger"], moment)), moment)
    matter = Matter.objects.get(pk=filed.case.pk)
    move = matter.moves.get(step="accept")
    assert (move.actor_account, move.actor_unit) == (city.accounts["stranger"].pk, city.units["lamps"].pk)
    page = page_of(city, "clerk", filed.case.pk)
    assert "示例路灯处 insider岗（代办）" in page
    assert "stand-in" in page_of(city, "clerk", filed.case.pk, EN)
    told = gate.present(matter, submitter(filed).viewer, Channel.PORTAL).events
    assert not any("示例stranger" in event.who or "示例insider" in event.who for event in told)


def test_what_they_may_by_their_own_post_is_their_own() -> None:
    city, filed = city_with("registered")
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="schools")
    cover(city)
    moment = local(FIRST, 9)
    take(filed.case.pk, "accept", Actor(viewer_of(city.accounts["stranger"], moment)), moment)
    move = Matter.objects.get(pk=filed.case.pk).moves.get(step="accept")
    assert move.actor_unit == city.units["schools"].pk
    assert "stands_in" not in move.payload.body


def test_the_guards_of_a_verdict_hold_for_who_really_acted() -> None:
    city = make_city()
    filed = file(city, at=NOW)
    moment = local(FIRST, 9)
    cover(city, "callback", "clerk")
    bring_to(city, filed, "registered", NOW)
    by = Actor(viewer_of(city.accounts["callback"], moment))
    take(filed.case.pk, "route", by, moment, unit="lamps")
    take(filed.case.pk, "accept", city.actor("insider"), moment)
    take(filed.case.pk, "answer", city.actor("insider"), moment, text="已修好", outcome="solved")
    take(filed.case.pk, "serve", city.actor("auditor"), moment, method="portal", proof="示例")
    with pytest.raises(Refused, match="另一位同事"):
        take(filed.case.pk, "record_verdict", city.actor("callback"), moment, solved="yes", grade="satisfied")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"account": "insider"}, "自己的岗位"),
        ({"until": FIRST - dt.timedelta(days=1)}, "开始的那天"),
        ({"since": dt.date(2026, 11, 23)}, "今天"),
        ({"until": dt.date(2027, 11, 23)}, "最长"),
        ({"basis": " "}, "依据"),
        ({"account": "audadmin"}, "三员"),
        ({"account": "secadmin"}, "自己代办"),
    ],
)
def test_what_makes_no_stand_in(more: dict[str, Any], says: str) -> None:
    city = make_city()
    with pytest.raises(Refused, match=says):
        cover(city, **more)
    assert not StandIn.objects.exists()


def test_the_database_holds_what_the_action_checks() -> None:
    city = make_city()
    first = cover(city)

    def row(**change: Any) -> StandIn:
        fields: dict[str, Any] = {"account": city.accounts["colleague"], "posting": first.posting, "absent": first.absent, "duty": "business"}  # fmt: skip
        days: dict[str, Any] = {"since": LAST + dt.timedelta(days=1), "until": LAST + dt.timedelta(days=2)}
        given: dict[str, Any] = {"basis": "示例", "given_at": NOW, "given_by": city.accounts["secadmin"].pk}
        return StandIn(**(fields | days | given | change))

    row().save()
    for wrong in (
        {"since": LAST},  # overlaps the first
        {"until": FIRST},
        {"account": first.absent},
        {"basis": ""},
        {"account": city.accounts["audadmin"]},
        {"duty": "audit"},
        {"absent": city.accounts["clerk"]},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            row(**wrong).save()
    with pytest.raises(Refused, match="已有人代办"):
        cover(city, "colleague", since=LAST, until=LAST)


def test_ending_it_early_bites_at_once_and_is_on_record() -> None:
    city = make_city()
    one = cover(city)
    moment = local(FIRST, 9)
    assert viewer_of(city.accounts["stranger"], moment).covers
    with pytest.raises(NotAllowed):
        end_stand_in(stand_in=one, by=city.viewer("insider"), at=moment)
    end_stand_in(stand_in=one, by=city.viewer("secadmin"), at=moment)
    assert not viewer_of(city.accounts["stranger"], moment).covers
    with pytest.raises(Refused):
        end_stand_in(stand_in=one, by=city.viewer("secadmin"), at=moment)
    assert Change.objects.filter(what="stand_in").count() == 2
    cover(city, "colleague")


def test_the_head_of_a_unit_arranges_it_within_the_unit_alone() -> None:
    city = make_city()
    with pytest.raises(NotAllowed):
        cover(city, by=city.viewer("insider"))
    Posting.objects.filter(account=city.accounts["insider"]).update(in_charge=True)
    with pytest.raises(Refused, match="下属单位"):
        cover(city, by=city.viewer("insider"))
    with pytest.raises(NotAllowed):
        cover(city, absent="colleague", by=city.viewer("insider"))
    Posting.objects.filter(account=city.accounts["stranger"]).update(unit=city.units["lamps"])
    assert cover(city, by=city.viewer("insider")).account == city.accounts["stranger"]


def test_what_is_covered_is_not_given_on() -> None:
    city = make_city()
    Posting.objects.filter(account=city.accounts["insider"]).update(in_charge=True)
    Posting.objects.filter(account=city.accounts["stranger"]).update(unit=city.units["lamps"])
    cover(city)
    moment = local(FIRST, 9)
    by = viewer_of(city.accounts["stranger"], moment)
    with pytest.raises(NotAllowed):
        cover(city, "colleague", by=by, at=moment, since=LAST, until=LAST)


def test_the_page_lists_adds_keeps_what_was_typed_and_ends() -> None:
    city = make_city()
    client, url = signed_in(city, "secadmin"), reverse("desk:stand_ins")
    assert "现在没有代办" in text_of(client.get(url))
    typed = {"absent": "insider", "account": "nobody-there", "since": "2026-11-25", "until": "2026-11-27", "basis": "示例请假单"}  # fmt: skip
    refused = client.post(url, typed)
    assert refused.status_code == 422
    assert "没有这个账号" in text_of(refused)
    empty = text_of(client.post(url, typed | {"absent": " ", "account": "", "basis": ""}))
    assert [empty.count(f'id="id_{name}_error"') for name in typed] == [1, 1, 0, 0, 1], "all at once"
    assert "没有这个账号" not in empty
    assert f'<a href="{url}" aria-current="page"' in empty, "the bar says where this is"
    assert "示例请假单" in text_of(refused)
    assert client.post(url, typed | {"account": "stranger"}).status_code == 302
    assert "covers the post of" in text_of(signed_in(city, "secadmin", EN).get(url))
    assert client.post(reverse("desk:end_stand_in", args=[StandIn.objects.get().pk])).status_code == 302
    assert "现在没有代办" in text_of(client.get(url))
    for login in ("insider", "sysadmin", "audadmin", "clerk"):
        assert signed_in(city, login).get(url).status_code == 404
    Posting.objects.filter(account=city.accounts["insider"]).update(in_charge=True)
    head = signed_in(city, "insider")
    assert "insider" in text_of(head.get(url))
    assert "clerk" not in text_of(head.get(url))
    assert f'href="{url}"' in text_of(head.get(reverse("desk:queue")))
