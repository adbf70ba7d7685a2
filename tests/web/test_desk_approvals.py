"""What waits for a decision, in one list: why it is asked for, what it would change, and the two buttons that decide."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.urls import reverse

from tests.factories import City, add_head, make_city, take
from tests.meetings.world import bring, lines, task
from tests.standing import standing
from tests.web.desk_helpers import EN, NOW, ONE_DAY, case_in, signed_in, text_of
from tests.web.portal_helpers import form_of
from yipanqi.cases.actions import Filed
from yipanqi.core.models import Matter, Term
from yipanqi.insight import approvals

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/approvals/"


@standing
def town() -> City:
    return add_head(make_city())


@pytest.fixture
def city() -> City:
    return town()


def asked(city: City, step: str, state: str = "handling", kind: str = "order", **answers: Any) -> Filed:
    filed = case_in(city, state, kind=kind)
    take(filed.case.pk, step, city.actor("insider"), NOW, **answers)
    return filed


def waiting(city: City, login: str) -> list[UUID]:
    return [one.row.id for one in approvals.page(city.viewer(login), NOW).waiting]


def action(matter: UUID, step: str) -> str:
    return f"{URL}?of={matter}&amp;step={step}"


def decide(city: City, login: str, matter: UUID, step: str, **typed: str) -> Any:
    client = signed_in(city, login)
    page = text_of(client.get(URL)).replace("&amp;", "&")
    assert action(matter, step).replace("&amp;", "&") in page
    url = f"{URL}?of={matter}&step={step}"
    return client.post(url, form_of(client.get(URL), url) | typed)


def test_everything_that_waits_for_this_viewer_stands_in_one_list_by_time_left(city: City) -> None:
    extension = asked(city, "request_extension", reason="等配件", days=3)
    back = asked(city, "request_return", "forwarded", reason="不归我们")
    hold = asked(city, "request_hold", plan="明年改造", review_on="2027-01-05")
    own = asked(city, "request_extension", kind="claim", reason="情况复杂", days=20)
    case_in(city, "handling")
    dues = dict(Matter.objects.values_list("pk", "due_at"))
    found = waiting(city, "clerk")
    assert set(found) == {extension.case.pk, back.case.pk, hold.case.pk}
    assert [dues[pk] for pk in found] == sorted(filter(None, (dues[pk] for pk in found)))
    # Whose unit asks may be whose unit decides: the head's, of a claim.
    assert waiting(city, "head") == [own.case.pk]
    assert waiting(city, "auditor") == waiting(city, "insider") == []


def test_a_finished_task_waits_for_who_checks_it(city: City) -> None:
    [line] = lines(city, "改进路灯维修", at=NOW)
    one = task(city, line, at=NOW)
    bring(city, one, "working", NOW)
    assert waiting(city, "deputy") == []
    take(one.pk, "apply_to_close", city.actor("insider"), NOW, text="已全部更换")
    assert waiting(city, "deputy") == [one.pk]
    assert decide(city, "deputy", one.pk, "close").status_code == 302
    assert Matter.objects.get(pk=one.pk).state == "closed"


def test_an_extension_says_from_which_day_to_which_and_is_granted_in_one_press(city: City) -> None:
    filed = asked(city, "request_extension", reason="等配件", days=3)
    [one] = approvals.page(city.viewer("clerk"), NOW).waiting
    term = Term.objects.get(matter=filed.case.pk, code="answer")
    assert one.now_due == term.due_effective
    page = text_of(signed_in(city, "clerk", EN).get(URL))
    assert "becomes" in page
    answer = decide(city, "clerk", filed.case.pk, "approve_extension")
    assert (answer.status_code, answer["Location"]) == (302, URL)
    term.refresh_from_db()
    assert term.due_effective == one.then_due
    assert term.due_effective is not None
    assert waiting(city, "clerk") == []


def test_a_refusal_needs_its_reason_and_what_was_typed_stays(city: City) -> None:
    filed = asked(city, "request_return", "forwarded", reason="不归我们")
    other = asked(city, "request_return", "forwarded", reason="也不归我们")
    empty = decide(city, "clerk", filed.case.pk, "refuse_return")
    assert empty.status_code == 422
    assert text_of(empty).count("field-wrong") == 1
    assert decide(city, "clerk", filed.case.pk, "refuse_return", reason="职责清单第三条").status_code == 302
    assert decide(city, "clerk", other.case.pk, "agree_return").status_code == 302
    assert Matter.objects.get(pk=other.case.pk).state == "registered"


def test_ids_are_unique_with_several_of_a_kind(city: City) -> None:
    for _ in range(2):
        asked(city, "request_extension", reason="等配件", days=3)
    ids = re.findall(r'\sid="([^"]+)"', text_of(signed_in(city, "clerk").get(URL)))
    assert len(ids) == len(set(ids))


def test_other_steps_and_other_peoples_matters_are_not_decided_here(city: City) -> None:
    filed = asked(city, "request_extension", reason="等配件", days=3)
    client = signed_in(city, "clerk")
    for query in ("", "?of=x&step=close", f"?of={filed.case.pk}&step=clear", f"?of={filed.case.pk}"):
        assert client.post(URL + query).status_code == 404
    url = f"{URL}?of={filed.case.pk}&step=approve_extension"
    # Somebody who may approve, and elsewhere.
    assert signed_in(city, "head").post(url, {"seen": "4", "notice": "x"}).status_code == 404
    assert signed_in(city, "insider").post(url).status_code == 404


def test_pages_go_on_where_the_last_one_ended(city: City) -> None:
    for _ in range(3):
        asked(city, "request_extension", reason="等配件", days=3)
    viewer = city.viewer("clerk")
    first = approvals.page(viewer, NOW, size=2)
    second = approvals.page(viewer, NOW + ONE_DAY, after=first.next, size=2)
    assert len({one.row.id for one in (*first.waiting, *second.waiting)}) == 3
    assert second.next is None
    assert reverse("desk:approvals") == URL
