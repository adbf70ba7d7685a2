"""What the steps of a planned conference do: planning, convening, replies, receipts, changes, minutes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from tests.factories import City, make_city, take
from tests.meetings.meeting_world import ABOUT, AFTER, CONVENED, advance, meeting
from tests.meetings.world import MONDAY
from yipanqi.core import gate
from yipanqi.core.counting import SHANGHAI, end_of
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.gate import Channel
from yipanqi.core.models import Matter, SearchEntry, Term
from yipanqi.insight import queue
from yipanqi.meetings.meeting_access import MeetingView
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.models import Conference, Invitation, Receipt
from yipanqi.meetings.queries import latest_conference
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Notice
from yipanqi.organisations.models import Part

pytestmark = pytest.mark.django_db
COMES: dict[str, Any] = {"reply": "comes"}


def refused(
    city: City, one: Conference, step: str, login: str, *, at: dt.datetime = MONDAY, **told: str
) -> Refused:
    assert one.matter_id is not None
    with pytest.raises(Refused) as found, transaction.atomic():
        take(one.matter_id, step, city.actor(login), at, **told)
    return found.value


def seen(city: City, one: Conference, login: str) -> MeetingView:
    matter = gate.find(one.matter_id, city.viewer(login), Channel.DESK)  # type: ignore[arg-type]
    assert matter is not None
    view = gate.present(matter, city.viewer(login), Channel.DESK)
    assert isinstance(view, MeetingView)
    return view


def told_units(matter: Matter, step: str) -> set[str]:
    moves = matter.moves.filter(step=step)
    tell(moves=[move.pk for move in moves], at=MONDAY)
    return set(Notice.objects.filter(move__in=moves).values_list("unit__code", flat=True))


def test_a_plan_keeps_the_citys_time_and_is_found_by_its_words() -> None:
    city = make_city()
    one = meeting(city)
    assert (one.starts_at, one.ends_at) == (
        dt.datetime(2026, 12, 10, 1, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 10, 3, tzinfo=dt.UTC),
    )
    assert one.number.lower() in SearchEntry.objects.get(pk=one.matter_id).reference
    assert queue.find_number(city.viewer("deputy"), one.number) == one.matter_id
    assert queue.find_number(city.viewer("insider"), one.number) is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("starts_at", "2026-11-01T09:00"),
        ("starts_at", "昨天"),
        ("ends_at", "2026-12-10T09:00"),
        ("ends_at", "2027-01-10T09:00"),
        ("plan_number", "2026-09"),
        ("kind", "party"),
        ("title", ""),
    ],
)
def test_a_plan_says_what_is_wrong_with_it(field: str, value: str) -> None:
    city = make_city()
    plan_meeting(sender=city.units["socialwork"], answers=ABOUT | {"plan_number": "2026-09"}, by=city.actor("deputy"), at=MONDAY)  # fmt: skip
    with pytest.raises(Refused) as found:
        meeting(city, **{field: value})
    assert field in found.value.fields


def test_only_who_drafts_for_a_unit_plans_for_it() -> None:
    city = make_city()
    with pytest.raises(NotAllowed):
        plan_meeting(sender=city.units["lamps"], answers=ABOUT, by=city.actor("insider"), at=MONDAY)


def test_the_database_keeps_a_planned_conference_whole() -> None:
    city = make_city()
    one = meeting(city)
    with pytest.raises(IntegrityError, match="a_planned_conference_has_its_time"), transaction.atomic():
        Conference.objects.filter(pk=one.pk).update(ends_at=one.starts_at)
    with pytest.raises(IntegrityError, match="a_reply_says_who_comes"), transaction.atomic():
        Invitation.objects.filter(conference=one).update(reply="leave", replied_at=MONDAY)


def test_convening_asks_each_unit_once_and_tells_it() -> None:
    city = make_city()
    one = meeting(city)
    assert refused(city, one, "convene", "deputy", reply_by="2026-12-11", checked="on").fields == {
        "reply_by": "须在今天与开会那天之间。"
    }
    assert "checked" in refused(city, one, "convene", "deputy", reply_by="2026-12-04").fields
    matter = advance(city, one, "convened")
    parts = Part.objects.filter(matter=matter, role="co")
    assert {part.unit.code for part in parts} == {"lamps", "roads"}
    assert {part.due_at for part in parts} == {end_of(dt.date(2026, 12, 4))}
    assert Term.objects.get(matter=matter, code="meeting").due_effective == dt.date(2026, 12, 10)
    assert told_units(matter, "convene") == {"lamps", "roads"}


def test_nobody_is_convened_to_an_empty_list_or_to_no_venue() -> None:
    city = make_city()
    one = meeting(city)
    one.venues.update(main=False)
    assert "主会场" in refused(city, one, "convene", "deputy", **CONVENED).message
    one.venues.update(main=True)
    one.invitations.all().delete()
    assert "邀请" in refused(city, one, "convene", "deputy", **CONVENED).message


def test_what_was_convened_waits_in_the_units_queue_until_all_its_posts_replied() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    viewer = city.viewer("insider")

    def waiting() -> list[object]:
        return [row.id for row in queue.page(viewer, queue.Wanted(), MONDAY).rows]

    assert waiting() == [matter.pk]
    take(matter.pk, "reply", city.actor("insider"), MONDAY, invitation="1", **COMES)
    assert waiting() == [matter.pk]
    take(
        matter.pk,
        "reply",
        city.actor("insider"),
        MONDAY,
        invitation="2",
        reply="leave",
        reason="出差",
        leader="副市长",
    )
    assert waiting() == []
    assert Part.objects.get(matter=matter, unit__code="lamps").done_at == MONDAY
    assert Part.objects.get(matter=matter, unit__code="roads").done_at is None
    assert told_units(matter, "reply") == {"socialwork"}


def test_a_reply_says_by_post_who_comes_or_why_nobody_does() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    trials: list[tuple[dict[str, Any], set[str]]] = [
        ({"invitation": "1", "reply": "stand_in"}, {"who", "reason"}),
        ({"invitation": "1", "reply": "leave"}, {"reason", "leader"}),
        ({"invitation": "3", "reply": "comes"}, {"invitation"}),
        ({"invitation": "9", "reply": "comes"}, {"invitation"}),
    ]
    for told, wrong in trials:
        assert set(refused(city, one, "reply", "insider", **told).fields) == wrong
    insider = city.actor("insider")
    take(matter.pk, "reply", insider, MONDAY, invitation="1", reply="stand_in", who="总工程师", reason="出差")
    first = one.invitations.get(number=1)
    assert (first.reply, first.who, first.reason, first.leader) == ("stand_in", "总工程师", "出差", "")
    take(matter.pk, "reply", insider, MONDAY, invitation="1", reason="说错了", **COMES)
    first.refresh_from_db()
    assert (first.reply, first.who, first.reason, first.leader) == ("comes", "主要负责人", "", "")


def test_what_one_unit_replies_no_other_sees() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    take(
        matter.pk,
        "reply",
        city.actor("insider"),
        MONDAY,
        invitation="1",
        reply="leave",
        reason="密不示人",
        leader="某岗",
    )
    mine, theirs, ours = (seen(city, one, login) for login in ("insider", "colleague", "deputy"))
    assert [(row.told, row.mine) for row in mine.invited] == [(True, True), (False, False), (True, True)]
    assert [row.told for row in theirs.invited] == [False, True, False]
    assert all(row.told for row in ours.invited)
    assert "密不示人" in str(ours.events)
    assert "密不示人" not in str(theirs.events)
    assert "reply" not in {event.step for event in theirs.events}
    assert all(view.reply_due is not None for view in (mine, theirs, ours))
    take(matter.pk, "reply", city.actor("insider"), MONDAY, invitation="2", **COMES)
    assert seen(city, one, "insider").reply_due is None  # all its posts have replied
    assert [part.role for part in theirs.parts] == ["sender"]


def test_two_units_reply_at_once_and_neither_is_in_the_others_way() -> None:
    from yipanqi.core import engine, veil

    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    count = veil.told(matter)
    for login, number in (("insider", "1"), ("colleague", "3")):
        engine.take(
            matters=[matter.pk], step="reply", by=city.actor(login), at=MONDAY, seen=count,
            answers={"invitation": number, **COMES},
        )  # fmt: skip


def test_a_unit_has_the_papers_once() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    take(matter.pk, "receive_papers", city.actor("insider"), MONDAY)
    assert "不用再回" in refused(city, one, "receive_papers", "insider").message
    take(matter.pk, "receive_papers", city.actor("colleague"), MONDAY)
    assert Receipt.objects.filter(conference=one).count() == 2


def test_urging_tells_only_who_has_not_replied() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    take(matter.pk, "reply", city.actor("colleague"), MONDAY, invitation="3", **COMES)
    roads = str(city.units["roads"].pk)
    assert "mention" in refused(city, one, "urge", "deputy", line="请答复", mention=roads).fields
    take(matter.pk, "urge", city.actor("deputy"), MONDAY, line="请答复")
    assert told_units(matter, "urge") == {"lamps"}


def test_who_was_forgotten_is_invited_and_nobody_else_is_troubled() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    late: Any = {"unit": "schools", "post": "局长", "seat": "observe", "reply_by": "2026-11-25"}
    assert (
        "post"
        in refused(
            city, one, "invite_also", "deputy", **late | {"unit": "roads", "post": "主要负责人"}
        ).fields
    )
    assert (
        "reply_by" in refused(city, one, "invite_also", "deputy", **late | {"reply_by": "2027-01-01"}).fields
    )
    take(matter.pk, "invite_also", city.actor("deputy"), MONDAY, **late)
    assert told_units(matter, "invite_also") == {"schools"}
    added = one.invitations.get(unit=city.units["schools"])
    assert (added.number, added.post, added.seat) == (4, "局长", "observe")
    assert Part.objects.get(matter=matter, unit=city.units["schools"], role=Part.CO).due_at is not None


def test_another_time_counts_up_and_moves_the_limit() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    one.venues.update(tested_at=MONDAY)
    moved = {
        "starts_at": "2026-12-11T14:00",
        "ends_at": "2026-12-11T15:30",
        "room": "示例二厅",
        "reason": "领导另有安排",
    }
    matter = take(matter.pk, "change", city.actor("deputy"), MONDAY, **moved)
    one.refresh_from_db()
    assert one.starts_at == dt.datetime(2026, 12, 11, 14, tzinfo=SHANGHAI)
    assert one.sequence == 1
    assert Term.objects.get(matter=matter, code="meeting", state="running").due_effective == dt.date(
        2026, 12, 11
    )
    assert list(one.venues.values_list("room", "tested_at")) == [("示例二厅", None)]
    assert told_units(matter, "change") == {"lamps", "roads"}


def test_a_cancelled_meeting_tells_whoever_was_told_and_ends() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "convened")
    matter = advance(city, one, "cancelled")
    one.refresh_from_db()
    assert (matter.open, one.sequence) == (False, 1)
    assert not Term.objects.filter(matter=matter, state="running").exists()
    assert told_units(matter, "cancel") == {"lamps", "roads"}


def test_minutes_go_out_when_they_are_signed_and_not_before() -> None:
    city = make_city()
    one = meeting(city)
    matter = advance(city, one, "held")
    assert "纪要" in refused(city, one, "sign_minutes", "deputy", at=AFTER).message
    take(matter.pk, "draft_minutes", city.actor("deputy"), AFTER, text="议定三件事。")
    assert "议定三件事" not in str(seen(city, one, "insider"))
    assert seen(city, one, "insider").documents == []
    matter = take(matter.pk, "sign_minutes", city.actor("deputy"), AFTER)
    assert [document.text for document in seen(city, one, "insider").documents] == ["议定三件事。"]
    assert told_units(matter, "sign_minutes") == {"lamps", "roads"}


def test_a_meeting_is_not_held_tomorrow() -> None:
    city = make_city()
    one = meeting(city)
    advance(city, one, "convened")
    assert set(refused(city, one, "hold", "deputy", at=AFTER, held_on="2026-12-11").fields) == {"held_on"}


def test_before_it_is_convened_only_its_convener_finds_it_and_no_figure_counts_it() -> None:
    city = make_city()
    one = meeting(city)
    people = ("deputy", "insider", "colleague", "stranger", "clerk", "sysadmin")

    def finders(channel: Channel) -> set[str]:
        return {p for p in people if gate.find(one.matter_id, city.viewer(p), channel)}  # type: ignore[arg-type]

    assert finders(Channel.DESK) == {"deputy"}
    advance(city, one, "convened")
    assert finders(Channel.DESK) == finders(Channel.COMMAND) == {"deputy", "insider", "colleague"}
    assert finders(Channel.FIGURES) == finders(Channel.API) == finders(Channel.PORTAL) == set()


def test_a_plan_is_not_what_the_board_shows_first() -> None:
    city = make_city()
    meeting(city)
    assert latest_conference() is None


def test_a_meeting_without_a_lead_is_not_one_that_nobody_took() -> None:
    city = make_city()
    meeting(city)
    wanted = queue.Wanted(whose=queue.ALL, unassigned=True)
    assert queue.page(city.viewer("deputy"), wanted, MONDAY).rows == []
