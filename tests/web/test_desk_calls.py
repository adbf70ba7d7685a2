"""The calls to make: who asked to be called and whose verdict is asked, in one list; the call; and what comes of it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import City, add_caller, make_city, submitter, take
from tests.standing import standing
from tests.web.conftest import Clock
from tests.web.desk_helpers import EN, NOW, ONE_DAY, case_in, signed_in, text_of
from tests.web.portal_helpers import form_of
from yipanqi.cases.actions import Filed, ask_to_be_called
from yipanqi.cases.models import CallRequest, Case, Verdict
from yipanqi.cases.references import issue_secret
from yipanqi.core import sealing
from yipanqi.core.models import AccessLog
from yipanqi.insight import calls
from yipanqi.notices.actions import set_silence
from yipanqi.web.desk.nav import landing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
LIST = "/desk/calls/"


@standing
def town() -> City:
    return add_caller(make_city())


@pytest.fixture
def city() -> City:
    return town()


def asked(at: dt.datetime = NOW, **more: Any) -> UUID:
    key = uuid4()
    ask_to_be_called(request=key, phone="199 0000 0009", name="王女士", about="路灯还没有修", at=at, **more)
    return key


def on_list(city: City, login: str = "caller", at: dt.datetime = NOW) -> list[UUID]:
    return ids(calls.page(city.viewer(login), at))


def ids(page: calls.Page) -> list[UUID]:
    """What a page calls about: a request, or a matter."""
    both = [call.request or call.row for call in page.calls]
    return [one.pk if isinstance(one, CallRequest) else one.id for one in both if one]


def call_url(filed: Filed) -> str:
    return reverse("desk:call", args=[filed.case.pk])


def press(city: City, filed: Filed, step: str, login: str = "caller", **typed: str) -> Any:
    client, url = signed_in(city, login), call_url(filed)
    action = f"?step={step}"
    return client.post(url + action, form_of(client.get(url), action) | typed)


def test_who_asked_comes_first_then_whose_time_ends_first(city: City) -> None:
    later, sooner = case_in(city, "served"), case_in(city, "served", at=NOW - 3 * ONE_DAY)
    second, first = asked(), asked(NOW - ONE_DAY)
    assert on_list(city) == [first, second, sooner.case.pk, later.case.pk]
    # A clerk takes in what is said on the telephone, and asks for no verdict.
    assert on_list(city, "clerk") == [first, second]
    assert on_list(city, "insider") == on_list(city, "auditor") == []


def test_pages_go_on_where_the_last_one_ended_and_back(city: City) -> None:
    wanted = [asked(NOW - n * ONE_DAY) for n in (3, 2, 1)]
    wanted += [case_in(city, "served", at=NOW - n * ONE_DAY).case.pk for n in (3, 2, 1)]
    viewer, seen, place = city.viewer("caller"), [], None
    for _ in range(3):
        page = calls.page(viewer, NOW, after=place, size=2)
        seen += ids(page)
        place, before = page.next, page.previous
    assert (seen, place) == (wanted, None)
    back = calls.page(viewer, NOW, before=before, size=2)
    assert ids(back) == wanted[2:4]
    assert back.previous is not None
    assert calls.Place.read(back.previous.text) == back.previous
    for broken in ("", "x", "asked~~", "served~2026-01-01~x", f"other~{NOW.isoformat()}~{uuid4()}"):
        assert calls.Place.read(broken) is None


def test_nobody_is_called_who_left_no_number_wants_no_messages_or_has_judged(city: City) -> None:
    wanted = case_in(city, "served")
    case_in(city, "served", anonymity="anonymous")
    silent, judged, closed = (case_in(city, "served") for _ in range(3))
    set_silence(submission=silent.submission, silent=True)
    take(judged.case.pk, "evaluate", submitter(judged), NOW, solved="yes", grade="satisfied")
    assert wanted.case.pk in on_list(city)
    assert set(on_list(city)) == {wanted.case.pk, closed.case.pk}
    assert on_list(city, at=NOW + 40 * ONE_DAY) == []
    assert calls.count(city.viewer("caller"), NOW).number == 2
    assert calls.count(city.viewer("caller"), NOW, most=1).bounded
    assert signed_in(city, "caller").get(call_url(silent)).status_code == 302


def test_whoever_worked_on_a_case_does_not_ask_for_its_verdict(city: City) -> None:
    filed = case_in(city, "served")
    take(filed.case.pk, "open_identity", city.actor("caller"), NOW, purpose="contact")
    assert on_list(city) == [filed.case.pk]
    issue_secret(submission=filed.submission, at=NOW, issued_by=city.accounts["caller"].pk)
    assert on_list(city) == []


def test_the_number_is_opened_by_purpose_and_the_verdict_noted_in_one_press(city: City) -> None:
    filed = case_in(city, "served")
    page = signed_in(city, "caller", EN).get(call_url(filed))
    assert "199 0000 0001" not in text_of(page)
    assert "saying that you are not satisfied does you no harm" in text_of(page)
    answer = press(city, filed, "open_identity", purpose="contact")
    assert (answer.status_code, answer["Location"]) == (302, call_url(filed))
    assert "199 0000 0001" in text_of(signed_in(city, "caller").get(call_url(filed)))
    assert AccessLog.objects.filter(page="call", matter=filed.case.pk, fields__contains="person").exists()
    answer = press(city, filed, "record_verdict", solved="no", grade="not_satisfied", comment="没有修")
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    verdict = Verdict.objects.get()
    assert (verdict.grade, verdict.taken_by) == ("not_satisfied", city.accounts["caller"].pk)
    assert on_list(city) == []


def test_a_verdict_that_is_not_complete_is_not_lost(city: City) -> None:
    answer = press(city, case_in(city, "served"), "record_verdict", comment="等了三天")
    assert answer.status_code == 422
    assert form_of(answer, "?step=record_verdict")["comment"] == "等了三天"


def test_ids_on_the_page_of_a_call_are_unique(city: City) -> None:
    page = text_of(signed_in(city, "caller").get(call_url(case_in(city, "served"))))
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_other_steps_are_not_taken_here(city: City) -> None:
    filed = case_in(city, "served")
    assert signed_in(city, "caller").post(call_url(filed) + "?step=close").status_code == 422


def test_two_calls_without_an_answer_wait_until_the_next_day(city: City, clock: Clock) -> None:
    filed = case_in(city, "served")
    assert press(city, filed, "log_call", outcome="no_answer").status_code == 302
    assert on_list(city, at=clock.now) == []
    clock.forward(hours=1)
    assert on_list(city, at=clock.now) == [filed.case.pk]
    assert press(city, filed, "log_call", outcome="later").status_code == 302
    clock.forward(hours=5)
    assert on_list(city, at=clock.now) == []
    clock.forward(hours=12)
    assert on_list(city, at=clock.now) == [filed.case.pk]
    assert "2 earlier calls led to nothing" in text_of(signed_in(city, "caller", EN).get(call_url(filed)))
    # The submitter sees that they were called, and not what is said of them.
    seen = submitter(filed).viewer
    told = [e for e in _tracked(filed, seen) if e.step == "log_call"]
    assert [event.facts for event in told] == [[], []]
    assert {event.label for event in told} <= {"我们打过电话给您", "We tried to reach you by telephone"}


def _tracked(filed: Filed, viewer: Any) -> Any:
    from yipanqi.core import gate
    from yipanqi.core.gate import Channel

    matter = Case.objects.get(pk=filed.case.pk).matter
    return gate.present(matter, viewer, Channel.PORTAL).events


def test_whoever_does_not_want_to_be_asked_is_not_called_again(city: City) -> None:
    filed = case_in(city, "served")
    press(city, filed, "log_call", outcome="declined")
    assert on_list(city, at=NOW + 10 * ONE_DAY) == []


# --- who asked -------------------------------------------------------------------------------------------------------


def request_url(key: UUID) -> str:
    return reverse("desk:call_request", args=[key])


def test_the_number_of_who_asked_is_opened_by_a_press_that_is_written_down(city: City) -> None:
    key = asked(suits="morning")
    client = signed_in(city, "caller")
    closed = text_of(client.get(request_url(key)))
    assert "0009" not in closed
    assert "路灯还没有修" not in closed
    opened = text_of(client.post(request_url(key), {"outcome": "open"}))
    assert "199 0000 0009" in opened
    assert "路灯还没有修" in opened
    assert AccessLog.objects.get(page="call").fields == "number,name,about"


@pytest.mark.parametrize("outcome", ["settled", "declined"])
def test_an_outcome_closes_the_request_and_its_number_is_gone(city: City, outcome: str) -> None:
    key, client = asked(), signed_in(city, "caller")
    assert client.post(request_url(key), {"outcome": outcome})["Location"] == LIST
    one = CallRequest.objects.get()
    assert (one.outcome, one.closed_at, one.taken_by) == (outcome, NOW, city.units["hotline"].pk)
    with pytest.raises(sealing.Erased):
        sealing.open_seal(one.seal_id)
    assert on_list(city) == []
    # A colleague who has the page open is led back to the list.
    late = signed_in(city, "clerk").post(request_url(key), {"outcome": "open"})
    assert (late.status_code, late["Location"]) == (302, LIST)


def test_who_was_not_reached_is_called_again_and_given_up_only_after_four_calls(
    city: City, clock: Clock
) -> None:
    key = asked()

    def press_at_once(outcome: str) -> int:
        return int(signed_in(city, "caller").post(request_url(key), {"outcome": outcome}).status_code)

    assert press_at_once("not_reached") == 422
    for waits in ({"hours": 1}, {"days": 1}, {"hours": 1}, {"days": 1}):
        assert press_at_once("no_answer") == 302
        assert on_list(city, at=clock.now) == []
        clock.forward(**waits)
        assert on_list(city, at=clock.now) == [key]
    assert press_at_once("x") == 422
    assert press_at_once("not_reached") == 302
    assert on_list(city, at=clock.now + ONE_DAY) == []


def test_what_was_said_becomes_a_case_with_the_words_carried_along(city: City) -> None:
    key, client = asked(), signed_in(city, "clerk")
    page = client.post("/desk/intake/", {"call": str(key), "go": "from_call"})
    shown = text_of(page)
    assert "199 0000 0009" in shown
    assert "王女士" in shown
    typed = {
        "call": str(key), "once": str(uuid4()), "kind": "order", "channel": "phone", "title": "路灯还没有修",
        "text": "三号杆", "anonymity": "named", "name": "王女士", "phone": "199 0000 0009",
    }  # fmt: skip
    assert client.post("/desk/intake/", typed).status_code == 200
    one = CallRequest.objects.get()
    assert (one.outcome, one.submission) == ("case", Case.objects.get().submission)
    # Sent once more, or of a request that a colleague closed meanwhile: what was filed is not lost over it.
    again = typed | {"once": str(uuid4())}
    assert client.post("/desk/intake/", again).status_code == 200
    assert client.post("/desk/intake/", {"call": str(key), "go": "from_call"}).status_code == 404
    assert client.post("/desk/intake/", {"call": "x", "go": "from_call"}).status_code == 404


def test_the_case_that_a_call_is_about_is_named(city: City) -> None:
    filed = case_in(city, "handling")
    key = asked(submission=filed.submission)
    page = text_of(signed_in(city, "caller").get(request_url(key)))
    assert reverse("desk:matter", args=[filed.case.pk]) in page


# --- where it is met -------------------------------------------------------------------------------------------------


def test_a_call_back_officer_begins_at_the_calls_and_the_queue_tells_how_many(city: City) -> None:
    case_in(city, "served")
    asked()
    assert landing(city.viewer("caller")) == LIST
    assert landing(city.viewer("clerk")) == "/desk/queue/"
    queue = text_of(signed_in(city, "caller", EN).get("/desk/queue/"))
    tab = queue[queue.index('class="tabs') :]
    tab = tab[tab.rindex(LIST, 0, tab.index("</nav>")) :]
    assert ">2<" in tab[:200].replace("\n", "")
    assert LIST not in text_of(signed_in(city, "insider").get("/desk/queue/"))


def test_the_list_asks_no_more_of_many_than_of_one(city: City) -> None:
    case_in(city, "served")
    asked()
    viewer = city.viewer("caller")
    with CaptureQueriesContext(connection) as one:
        calls.page(viewer, NOW)
    for _ in range(4):
        case_in(city, "served")
        asked()
    with CaptureQueriesContext(connection) as several:
        assert len(calls.page(viewer, NOW).calls) == 10
    assert len(several) <= len(one) + 1
