"""What the tests of planned conferences begin with: one of the small city, convened by the social work department."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.factories import City, take
from tests.meetings.world import MONDAY
from yipanqi.core.counting import SHANGHAI
from yipanqi.core.models import Matter
from yipanqi.meetings.meeting_actions import plan_meeting
from yipanqi.meetings.models import Conference, Invitation, Paper, Venue

STARTS = dt.datetime(2026, 12, 10, 9, tzinfo=SHANGHAI)
ENDS = dt.datetime(2026, 12, 10, 11, tzinfo=SHANGHAI)
AFTER = ENDS + dt.timedelta(hours=1)
ABOUT: dict[str, Any] = {
    "title": "示例市社会工作会议",
    "kind": "conference",
    "form": "video",
    "plan_number": "2026-03",
    "starts_at": "2026-12-10T09:00",
    "ends_at": "2026-12-10T11:00",
    "chair_post": "示例副书记",
    "purpose": "部署明年的工作。",
}
INVITED = (
    ("lamps", "主要负责人", "attend"),
    ("lamps", "分管负责人", "observe"),
    ("roads", "主要负责人", "attend"),
)


def meeting(city: City, **change: Any) -> Conference:
    """A planned conference with a main venue, three invited posts of two units, and one paper, laid in."""
    at = change.pop("at", MONDAY)
    one = plan_meeting(
        sender=city.units["socialwork"], answers=ABOUT | change, by=city.actor("deputy"), at=at
    )
    Venue.objects.create(
        conference=one, number=1, main=True, unit=city.units["socialwork"], room="示例厅", keeper="会务岗"
    )
    Invitation.objects.bulk_create(
        Invitation(conference=one, number=number, unit=city.units[code], post=post, seat=seat)
        for number, (code, post, seat) in enumerate(INVITED, start=1)
    )
    Paper.objects.create(conference=one, number=1, title="示例意见", characters=3000)
    return one


CONVENED: dict[str, Any] = {"reply_by": "2026-12-04", "checked": "on"}


def advance(city: City, one: Conference, state: str, at: dt.datetime = MONDAY) -> Matter:
    """Bring a planned conference to a state of the usual way: planned, convened, held, signed; or cancelled."""
    deputy = city.actor("deputy")
    assert one.matter_id is not None
    matter = Matter.objects.get(pk=one.matter_id)
    if state == "cancelled":
        return take(matter.pk, "cancel", deputy, at, reason="另行安排")
    reached = ["planned", "convened", "held", "signed"]
    for target in reached[reached.index(matter.state) + 1 : reached.index(state) + 1]:
        if target == "convened":
            take(matter.pk, "convene", deputy, at, **CONVENED)
        elif target == "held":
            take(matter.pk, "hold", deputy, max(at, AFTER), held_on="2026-12-10")
        else:
            take(matter.pk, "draft_minutes", deputy, max(at, AFTER), text="会议议定三件事。")
            take(matter.pk, "sign_minutes", deputy, max(at, AFTER))
        matter.refresh_from_db()
        assert matter.state == target
    return matter
