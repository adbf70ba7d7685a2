"""The steps of a resident: reply, judge, ask for second handling, withdraw. Nothing typed is ever lost."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city, submitter, take
from tests.web.conftest import Clock
from tests.web.portal_helpers import case_url, form_of, press_step, step_url, text_of, tracking
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Verdict
from yipanqi.core.models import Matter, Move

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filed(city: City, clock: Clock) -> Filed:
    return file(city, at=clock.now)


@pytest.fixture
def asked(city: City, filed: Filed, clock: Clock) -> Filed:
    bring_to(city, filed, "handling", clock.now)
    take(filed.case.pk, "ask", city.actor("insider"), clock.now, question="哪一根灯杆？<i>")
    return filed


@pytest.fixture
def served(city: City, filed: Filed, clock: Clock) -> Filed:
    bring_to(city, filed, "served", clock.now)
    return filed


def state(filed: Filed) -> str:
    return Matter.objects.get(pk=filed.case.pk).state


def test_a_question_is_shown_and_answered(asked: Filed) -> None:
    client = tracking(asked)
    page = text_of(client.get(case_url(asked)))
    assert "哪一根灯杆？&lt;i&gt;" in page
    assert "请您最晚这天补充" in page
    answer = press_step(client, asked, "reply", text="三号杆。")
    assert (answer.status_code, answer.headers["Location"]) == (302, case_url(asked))
    assert state(asked) == "handling"
    page = text_of(client.get(case_url(asked)))
    assert "您的回答已交给负责单位" in page
    assert "三号杆。" in page
    assert "您的回答已交给负责单位" not in text_of(client.get(case_url(asked)))


def test_a_double_click_replies_once(asked: Filed) -> None:
    client = tracking(asked)
    form = form_of(client.get(case_url(asked)), step_url(asked, "reply")) | {"text": "三号杆。"}
    assert client.post(step_url(asked, "reply"), form).status_code == 302
    again = client.post(step_url(asked, "reply"), form)
    assert again.status_code == 409
    assert "三号杆。" in text_of(again)
    assert Move.objects.filter(matter=asked.case.pk, step="reply").count() == 1


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"comment": "来了人，没修好。"}, "请填写"),
        ({"comment": "来了人，没修好。", "grade": "best", "solved": "no"}, "请从所列选项中选择"),
        ({"comment": "x" * 1001, "grade": "satisfied", "solved": "yes"}, "最多 1000 字，现有 1001 字"),
    ],
)
def test_errors_keep_what_was_typed(served: Filed, typed: dict[str, str], told: str) -> None:
    client = tracking(served)
    answer = press_step(client, served, "evaluate", **typed)
    assert answer.status_code == 422
    page = text_of(answer)
    assert told in page
    again = form_of(answer, step_url(served, "evaluate"))
    assert again["comment"] == typed["comment"]
    assert again.get("solved") == typed.get("solved")
    assert not Verdict.objects.exists()


def test_a_verdict_is_noted_and_can_be_changed_while_the_window_is_open(served: Filed) -> None:
    client = tracking(served)
    typed = {"grade": "basically", "solved": "no", "pressed": "on", "comment": "还差一盏。"}
    assert press_step(client, served, "evaluate", **typed).status_code == 302
    verdict = Verdict.objects.get()
    assert (verdict.grade, verdict.solved, verdict.pressed, verdict.taken_by) == (
        "basically",
        False,
        True,
        None,
    )
    answer = client.get(case_url(served))
    shown = form_of(answer, step_url(served, "evaluate"))
    assert (shown["grade"], shown["solved"]) == ("basically", "no")
    # What was said of pressure stands on no page: somebody may be looking on.
    timeline = text_of(answer).split('class="timeline')[1].split("</ol>")[0]
    assert "有人要求或劝我给好评" not in timeline
    press_step(client, served, "evaluate", grade="satisfied", solved="yes")
    assert Verdict.objects.get().grade == "satisfied"


def test_second_handling_is_offered_with_its_price_and_wants_a_yes(served: Filed) -> None:
    client = tracking(served)
    assert step_url(served, "second_handling") not in text_of(client.get(case_url(served)))
    press_step(client, served, "evaluate", grade="not_satisfied", solved="no")
    page = text_of(client.get(case_url(served)))
    assert "办理单位会由此知道您不满意。只有一次。" in page
    assert "我知道办理单位会看到我的评价" in page
    assert press_step(client, served, "second_handling").status_code == 422
    assert state(served) == "served"
    assert press_step(client, served, "second_handling", understood="on").status_code == 302
    assert state(served) == "handling"
    assert "二次办理" in text_of(client.get(case_url(served)))


def test_withdrawing_is_offered_and_never_put_before_anybody(filed: Filed) -> None:
    """It may be the only step there is; unfolded, it would fill a phone's screen with a red button."""
    page = text_of(tracking(filed).get(case_url(filed)))
    card = page.split('id="step-withdraw"')[1].split("</details>")[0]
    assert card.startswith(">")
    assert "button-danger" in card


def test_withdrawing_ends_it(filed: Filed) -> None:
    client = tracking(filed)
    assert press_step(client, filed, "withdraw", reason="").status_code == 302
    assert state(filed) == "withdrawn"
    page = text_of(client.get(case_url(filed)))
    assert "您已撤回" in page
    assert "/steps/" not in page


def test_whoever_was_overtaken_sees_by_what_and_keeps_the_text(asked: Filed, clock: Clock) -> None:
    client = tracking(asked)
    form = form_of(client.get(case_url(asked)), step_url(asked, "reply"))
    take(asked.case.pk, "reply", submitter(asked), clock.now, text="在另一个窗口里说了。")
    answer = client.post(step_url(asked, "reply"), form | {"text": "写了很久的回答。"})
    page = text_of(answer)
    assert answer.status_code == 409
    assert "这件事刚刚有了变化" in page
    assert "您补充了说明" in page
    assert "写了很久的回答。" in re.sub("</?mark>", "", page)
    # What happened before stays out of it.
    assert "哪一根灯杆" not in page


def test_overtaken_by_a_step_that_leaves_it_open_it_can_be_sent_again(
    city: City, asked: Filed, clock: Clock
) -> None:
    client = tracking(asked)
    form = form_of(client.get(case_url(asked)), step_url(asked, "reply"))
    take(asked.case.pk, "open_identity", city.actor("clerk"), clock.now, purpose="contact")
    answer = client.post(step_url(asked, "reply"), form | {"text": "三号杆。"})
    assert answer.status_code == 409
    assert "身份信息被打开" in text_of(answer)
    reader = text_of(answer)
    seen = str(Matter.objects.get(pk=asked.case.pk).moves_count)
    assert f'value="{seen}"' in reader
    assert client.post(step_url(asked, "reply"), {"text": "三号杆。", "seen": seen}).status_code == 302
    assert state(asked) == "handling"


def test_when_the_window_has_closed_the_reason_and_the_text_are_shown(served: Filed, clock: Clock) -> None:
    client = tracking(served)
    form = form_of(client.get(case_url(served)), step_url(served, "evaluate"))
    clock.forward(days=16)
    client = tracking(served)
    answer = client.post(
        step_url(served, "evaluate"),
        form | {"grade": "satisfied", "solved": "yes", "comment": "来晚了的话。"},
    )
    page = text_of(answer)
    assert answer.status_code == 422
    assert "这一步的期限已过" in page
    assert "来晚了的话。" in page


@pytest.mark.parametrize(
    "name", ["clear", "accept", "answer", "serve", "record_verdict", "close", "register", "nonsense"]
)
def test_steps_of_others_do_not_exist_here(served: Filed, name: str) -> None:
    client = tracking(served)
    before = Move.objects.count()
    answer = client.post(step_url(served, name), {"seen": "6", "text": "x", "outcome": "solved"})
    assert answer.status_code == 404
    assert Move.objects.count() == before


@pytest.mark.parametrize("seen", ["", "-1", "99", "x", "9" * 40])
def test_a_form_that_does_not_say_what_was_seen_is_in_conflict(asked: Filed, seen: str) -> None:
    client = tracking(asked)
    assert client.post(step_url(asked, "reply"), {"text": "三号杆。", "seen": seen}).status_code == 409
    assert state(asked) == "asked"


def test_what_nobody_asked_for_is_not_taken(asked: Filed) -> None:
    client = tracking(asked)
    press_step(client, asked, "reply", text="三号杆。", question="forged", actor_unit="forged")
    move = Move.objects.select_related("payload").get(matter=asked.case.pk, step="reply")
    assert "forged" not in move.payload.body


def test_a_get_of_a_step_leads_back(asked: Filed) -> None:
    answer = tracking(asked).get(step_url(asked, "reply"))
    assert (answer.status_code, answer.headers["Location"]) == (302, case_url(asked))


def test_a_session_that_ends_while_somebody_writes_costs_no_word(asked: Filed, clock: Clock) -> None:
    client = tracking(asked)
    form = form_of(client.get(case_url(asked)), step_url(asked, "reply")) | {
        "text": "写了四十分钟。\n第二行。"
    }
    clock.forward(minutes=40)
    answer = client.post(step_url(asked, "reply"), form)
    assert answer.status_code == 403
    assert "您写的内容还在" in text_of(answer)
    assert state(asked) == "asked"
    login = form_of(answer, reverse("portal:track"))
    assert login["reference"] == asked.reference
    # A slip in the secret does not cost it either.
    answer = client.post(reverse("portal:track"), login | {"secret": "1"})
    login = form_of(answer, reverse("portal:track"))
    answer = client.post(reverse("portal:track"), login | {"secret": asked.secret})
    assert answer.status_code == 200
    resumed = form_of(answer, step_url(asked, "reply"))
    assert resumed["text"] == "写了四十分钟。\n第二行。"
    assert state(asked) == "asked"
    assert client.post(step_url(asked, "reply"), resumed).status_code == 302
    assert state(asked) == "handling"
    assert "四十分钟" not in str(list(Session.objects.values_list("session_data", flat=True)))


def test_the_timeline_tells_who_opened_the_identity_by_post_and_never_by_name(
    city: City, asked: Filed, clock: Clock
) -> None:
    take(asked.case.pk, "open_identity", city.actor("clerk"), clock.now, purpose="visit")
    page = text_of(tracking(asked).get(case_url(asked)))
    timeline = page.split('class="timeline')[1]
    assert "身份信息被打开" in timeline
    assert "示例热线 clerk岗" in timeline
    assert "上门办理" in timeline
    assert "示例clerk" not in page


HOSTILE = [
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=alert(1)>",
    "{{ view.matter.head }}{% load x %}",
]


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_of_staff_and_residents_are_only_words(
    city: City, filed: Filed, clock: Clock, payload: str
) -> None:
    at = clock.now
    bring_to(city, filed, "handling", at)
    take(filed.case.pk, "ask", city.actor("insider"), at, question=payload)
    client = tracking(filed)
    press_step(client, filed, "reply", text=payload)
    take(filed.case.pk, "answer", city.actor("insider"), at, text=payload, outcome="partly")
    take(filed.case.pk, "serve", city.actor("auditor"), at, method="portal", proof="p")
    pages: list[Any] = [client.get(case_url(filed)), press_step(client, filed, "evaluate", comment=payload)]
    for answer in pages:
        page = text_of(answer)
        assert "<script>alert" not in page
        assert "<img src=x" not in page
    assert form_of(pages[1], step_url(filed, "evaluate"))["comment"] == payload


def test_whoever_was_turned_away_elsewhere_says_so(city: City, clock: Clock) -> None:
    filed = file(city, at=clock.now, kind="claim")
    bring_to(city, filed, "forwarded", clock.now)
    day = (clock.now + dt.timedelta(days=20)).date().isoformat()
    letter = {
        "path": "court",
        "where": "示例法院",
        "how": "递交起诉状",
        "by_when": "六个月内",
        "call_on": day,
    }
    take(filed.case.pk, "guide", city.actor("insider"), clock.now, **letter)
    client = tracking(filed)
    page = text_of(client.get(case_url(filed)))
    assert "这件事有法定途径，已书面告诉您怎么走" in page
    assert "最晚这天打电话问您" in page
    assert press_step(client, filed, "come_back", reason="").status_code == 422
    assert press_step(client, filed, "come_back", reason="法院说不归它管。").status_code == 302
    assert state(filed) == "registered"
    assert "您说那边不受理，我们重新确定由谁办" in text_of(client.get(case_url(filed)))
