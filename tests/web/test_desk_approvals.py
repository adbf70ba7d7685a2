"""What waits for a decision, in one list: why it is asked for, what it would change, and the two buttons that decide."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import City, add_head, make_city, take
from tests.meetings.instruction_world import advance_instruction, instruction
from tests.meetings.meeting_world import AFTER, advance, meeting
from tests.meetings.plan_world import AFTERWARDS, NUMBER, bring_plan, plan
from tests.meetings.world import add_task_head, bring, lines, task
from tests.standing import standing
from tests.web.desk_helpers import EN, NOW, ONE_DAY, case_in, matter_url, signed_in, text_of
from tests.web.portal_helpers import form_of
from yipanqi.cases.actions import Filed
from yipanqi.core.kinds import all_kinds
from yipanqi.core.models import Matter, Term
from yipanqi.insight import approvals
from yipanqi.meetings.actions import LineDraft, lay_down_lines
from yipanqi.meetings.models import Task
from yipanqi.meetings.plan_models import Plan

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


def plan_in(city: City, state: str) -> tuple[UUID, Task]:
    one, drafted = plan(city, at=NOW)
    bring_plan(city, one, state, NOW)
    return one.pk, drafted


def test_a_plan_waits_for_who_approves_it_and_then_for_who_issues_it(city: City) -> None:
    pk, _task = plan_in(city, "countersigning")
    assert waiting(city, "deputy") == []
    bring_plan(city, Plan.objects.get(pk=pk), "approving", NOW)
    assert waiting(city, "deputy") == [pk]
    for login in ("insider", "stranger", "clerk", "head"):
        assert pk not in waiting(city, login)
    assert decide(city, "deputy", pk, "approve", remark="同意").status_code == 302
    assert Matter.objects.get(pk=pk).state == "approved"
    assert decide(city, "deputy", pk, "issue").status_code == 422  # without its document number
    assert decide(city, "deputy", pk, "issue", document_number=NUMBER).status_code == 302
    assert waiting(city, "deputy") == []


def test_a_plan_says_who_is_silent_and_who_objects_to_whom_it_is_brought(city: City) -> None:
    pk, _task = plan_in(city, "consulting")
    take(pk, "agree", city.actor("insider"), NOW)
    take(pk, "circulate", city.actor("deputy"), AFTERWARDS)
    take(pk, "countersign", city.actor("insider"), AFTERWARDS, signature="objects", remark="人手不够")
    take(pk, "submit", city.actor("deputy"), AFTERWARDS)
    page = text_of(signed_in(city, "deputy").get(URL))
    assert "示例道路处" in page
    assert "示例路灯处：人手不够" in page


def test_a_dispute_is_decided_on_the_page_of_its_plan(city: City) -> None:
    pk, _task = plan_in(city, "consulting")
    assert waiting(city, "deputy") == []
    take(pk, "dispute", city.actor("colleague"), NOW, task=1, reason="不归我们")
    assert waiting(city, "deputy") == [pk]
    client = signed_in(city, "deputy")
    assert f'href="{matter_url(pk)}?step=decide#step-decide"' in text_of(client.get(URL))
    assert client.post(f"{URL}?of={pk}&step=decide", {"seen": "3"}).status_code == 404
    take(pk, "decide", city.actor("deputy"), NOW, dispute=1, decision="rejected", reason="职责清单第三条")
    assert waiting(city, "deputy") == []


def test_the_head_of_a_unit_signs_here_what_the_unit_is_asked_to_sign(city: City) -> None:
    add_task_head(city)
    pk, _task = plan_in(city, "countersigning")
    assert waiting(city, "leadhead") == [pk]
    # Roads only help, and are asked to sign nothing; what another unit said is not told.
    assert waiting(city, "colleague") == waiting(city, "stranger") == []
    assert "会签：牵头 1 项" in text_of(signed_in(city, "leadhead").get(URL))
    assert decide(city, "leadhead", pk, "countersign", signature="signs").status_code == 302
    assert waiting(city, "leadhead") == []


def test_minutes_wait_for_who_signs_them_once_they_are_drafted(city: City) -> None:
    one = meeting(city, at=NOW)
    matter = advance(city, one, "held", NOW)
    assert waiting(city, "deputy") == []
    take(matter.pk, "draft_minutes", city.actor("deputy"), AFTER, text="会议议定三件事。")
    assert waiting(city, "deputy") == [matter.pk]
    assert waiting(city, "insider") == waiting(city, "clerk") == []
    assert "会议议定三件事。" in text_of(signed_in(city, "deputy").get(URL))


def test_an_instruction_waits_to_be_distributed_once_each_requirement_has_its_task(city: City) -> None:
    one = instruction(city, at=NOW)
    matter = advance_instruction(city, one, "instructed", NOW)
    assert waiting(city, "deputy") == []
    laid = lay_down_lines(
        conference=one,
        lines=[LineDraft("更换路灯"), LineDraft("坚持为民", principle=True)],
        by=city.actor("deputy"),
        at=NOW,
    )
    assert waiting(city, "deputy") == []
    bring(city, task(city, laid[0], at=NOW), "issued", NOW)
    assert waiting(city, "deputy") == [matter.pk]
    assert waiting(city, "insider") == waiting(city, "clerk") == []
    assert decide(city, "deputy", matter.pk, "distribute").status_code == 302
    take(matter.pk, "report_back", city.actor("deputy"), NOW, answer="已更换三百盏。")
    assert waiting(city, "deputy") == [matter.pk]
    assert "已更换三百盏。" in text_of(signed_in(city, "deputy").get(URL))


def test_the_page_costs_as_much_with_many_plans_as_with_one(city: City) -> None:
    def asked_for() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert len(waiting(city, "deputy")) == Plan.objects.count()
        return len(queries)

    plan_in(city, "approving")
    asked_for()  # the list's SQL is written once
    few = asked_for()
    for _ in range(3):
        plan_in(city, "approving")
    assert asked_for() == few


def test_whom_the_page_is_for_follows_from_the_procedures() -> None:
    assert approvals.needed() == (
        "accusations.approve", "cases.approve", "cases.oversee", "decisions.check", "decisions.issue",
    )  # fmt: skip
    ruled = {
        f"{kind.procedure.code} {step.name}"
        for kind in all_kinds()
        for step in approvals.decisions(kind.procedure)
        if step.rules
    }
    assert ruled == {
        "task send_back", "task close", "plan decide", "plan countersign", "plan approve", "plan issue",
        "plan send_back", "meeting sign_minutes", "instruction distribute", "instruction submit_for_reading",
    }  # fmt: skip
