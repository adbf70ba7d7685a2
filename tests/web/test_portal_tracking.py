"""Tracking: who showed the secret sees that one case, for a while, and nothing tells a stranger whether there is one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse

from tests.factories import City, bring_to, file, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import case_url, form_of, press_step, step_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed, reissue_secret
from yipanqi.cases.models import TrackingSecret, Verdict
from yipanqi.core.models import AccessLog, Attempt, Matter, Move

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

TRACK = "/track/"
WRONG = "0000 0000 0000 0000"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filed(city: City, clock: Clock) -> Filed:
    return file(city, at=clock.now)


def show(reference: str, secret: str, client: Any = None, **more: Any) -> Any:
    return (client or visitor()).post(TRACK, {"reference": reference, "secret": secret}, **more)


def test_both_codes_open_the_case(filed: Filed) -> None:
    client = visitor()
    answer = show(filed.reference, filed.secret, client)
    assert (answer.status_code, answer.headers["Location"]) == (302, case_url(filed))
    page = text_of(client.get(case_url(filed)))
    assert filed.reference in page
    assert "我们已收到，正在确定由谁办理" in page
    assert "第 0 天：2026-11-24" in page


@pytest.mark.parametrize(
    "spell", [str.lower, lambda code: f" {code.replace('-', '')} ", lambda code: code.replace("-", "－")]
)
def test_the_reference_is_read_as_people_write_it(filed: Filed, spell: Any) -> None:
    assert show(spell(filed.reference), filed.secret.replace(" ", "")).status_code == 302


def test_the_session_holds_ids_under_a_new_key_and_never_the_secret(filed: Filed) -> None:
    client = visitor()
    session = client.session
    session["before"] = 1
    session.save()
    old = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = str(old)
    show(filed.reference, filed.secret, client)
    row = Session.objects.get()
    assert row.session_key != old
    held = row.get_decoded()["tracking"]
    secret = TrackingSecret.objects.get(submission=filed.submission)
    assert (held["submission"], held["secret"]) == (str(filed.submission.pk), secret.pk)
    assert set(held) == {"submission", "secret", "since"}
    told = json.dumps(row.get_decoded()) + row.session_data + str(client.cookies)
    assert filed.secret not in told
    assert filed.secret.replace(" ", "") not in told
    assert filed.reference not in told


def test_a_wrong_secret_and_an_unknown_reference_are_told_alike(filed: Filed) -> None:
    def told(reference: str) -> str:
        answer = show(reference, WRONG)
        assert answer.status_code == 422
        page = text_of(answer).replace(reference, "…")
        return page[page.index("<main") : page.index("</main>")].partition("csrfmiddlewaretoken")[0]

    assert told(filed.reference) == told("K7MQ-3Q9X-D")
    # What was typed stands there again: one wrong digit of sixteen is to be mended, not the other fifteen.
    assert form_of(show(filed.reference, WRONG), TRACK)["secret"] == WRONG


@pytest.mark.parametrize(
    "typed", [("", ""), ("K7MQ-3Q9X-D", ""), ("\x00", "1"), ("x" * 5000, "9" * 5000), ("😀", "😀")]
)
def test_nonsense_is_refused(city: City, typed: tuple[str, str]) -> None:
    assert show(*typed).status_code == 422


def test_ten_tries_an_hour_for_a_reference_and_then_not_even_the_right_secret(
    filed: Filed, clock: Clock
) -> None:
    for number in range(10):
        assert show(filed.reference, WRONG, REMOTE_ADDR=f"192.0.{number}.1").status_code == 422
    answer = show(filed.reference, filed.secret)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    clock.forward(seconds=int(answer.headers["Retry-After"]))
    assert show(filed.reference, filed.secret).status_code == 302


def test_sixty_tries_an_hour_for_a_network(city: City) -> None:
    answers = [show(f"{number}", WRONG, REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(61)]
    assert answers == [422] * 60 + [429]
    assert show("another", WRONG, REMOTE_ADDR="192.0.3.1").status_code == 422


def test_what_a_client_says_of_its_address_is_not_believed(city: City) -> None:
    """Otherwise a new header a try would lift the limit (S34)."""
    answers = [
        show(
            f"{n}", WRONG, headers={"x-forwarded-for": f"10.0.{n}.1", "x-real-ip": f"10.0.{n}.1"}
        ).status_code
        for n in range(61)
    ]
    assert answers[-1] == 429


def test_no_address_of_a_visitor_is_stored(filed: Filed) -> None:
    show(filed.reference, filed.secret, REMOTE_ADDR="198.51.100.7")
    stored = str(list(Attempt.objects.values())) + str(list(Session.objects.values()))
    assert "198.51.100" not in stored


def test_a_session_reads_the_case_it_proved_and_no_other(city: City, filed: Filed, clock: Clock) -> None:
    other = file(city, at=clock.now)
    client = tracking(filed)
    for url in (case_url(other), step_url(other, "withdraw")):
        answer = client.get(url)
        assert (answer.status_code, answer.headers["Location"]) == (
            302,
            f"{TRACK}?reference={other.reference}",
        )
    client.post(step_url(other, "withdraw"), {"seen": "1"})
    assert client.post(step_url(other, "withdraw"), {"seen": "1", "reason": "not mine"}).status_code == 403
    assert Matter.objects.get(pk=other.case.pk).state == "registered"


def test_proving_another_case_closes_the_first(city: City, filed: Filed, clock: Clock) -> None:
    other = file(city, at=clock.now)
    client = tracking(filed)
    show(other.reference, other.secret, client)
    assert client.get(case_url(other)).status_code == 200
    assert client.get(case_url(filed)).status_code == 302


def test_a_revoked_secret_closes_the_sessions_it_opened(city: City, filed: Filed, clock: Clock) -> None:
    client = tracking(filed)
    reissue_secret(case=filed.case, checked="counter", by=city.actor("clerk"), at=clock.now)
    assert client.get(case_url(filed)).status_code == 302
    client.post(step_url(filed, "withdraw"), {"seen": "2"})
    assert Matter.objects.get(pk=filed.case.pk).state == "registered"


def test_a_secret_that_a_clerk_gave_out_opens_the_case_but_judges_nothing(
    city: City, filed: Filed, clock: Clock
) -> None:
    bring_to(city, filed, "served", clock.now)
    secret = reissue_secret(case=filed.case, checked="callback", by=city.actor("clerk"), at=clock.now)
    client = visitor()
    show(filed.reference, secret, client)
    page = text_of(client.get(case_url(filed)))
    assert "另一位同事会打电话听您的评价" in page
    assert step_url(filed, "evaluate") not in page
    seen = str(Matter.objects.get(pk=filed.case.pk).moves_count)
    answer = client.post(step_url(filed, "evaluate"), {"seen": seen, "grade": "satisfied", "solved": "yes"})
    assert answer.status_code == 422
    assert "不能用来评价" in text_of(answer)
    assert not Verdict.objects.exists()


def test_who_left_no_way_to_be_reached_is_promised_no_call(city: City, clock: Clock) -> None:
    filed = file(city, at=clock.now, anonymity="anonymous")
    bring_to(city, filed, "served", clock.now)
    client = visitor()
    show(
        filed.reference,
        reissue_secret(case=filed.case, checked="counter", by=city.actor("clerk"), at=clock.now),
        client,
    )
    page = text_of(client.get(case_url(filed)))
    assert "可以打热线，由另一位同事记下您的评价" in page
    assert "会打电话" not in page


def test_an_e_mail_is_promised_to_whoever_left_one_alone(filed: Filed) -> None:
    assert "留了邮箱的，有新进展时会发到邮箱" in text_of(tracking(filed).get(case_url(filed)))


def test_ending_leaves_no_session(filed: Filed) -> None:
    client = tracking(filed)
    answer = client.post("/end/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert not Session.objects.filter(session_data__contains="tracking").exists()
    assert "已退出查询" in text_of(client.get("/"))
    assert client.get(case_url(filed)).status_code == 302


def test_one_tap_leads_away_and_ends_it(filed: Filed) -> None:
    client = tracking(filed)
    page = client.get(case_url(filed))
    assert 'href="/leave/"' in text_of(page)
    answer = client.get("/leave/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("https://")
    assert Session.objects.count() == 0
    assert client.get(case_url(filed)).status_code == 302


def test_it_ends_when_idle_and_after_twelve_hours_at_the_latest(filed: Filed, clock: Clock) -> None:
    client = tracking(filed)
    for _visit in range(25):
        clock.forward(minutes=29)
        client.get(case_url(filed))
    assert client.get(case_url(filed)).status_code == 302
    client = tracking(filed)
    clock.forward(minutes=31)
    assert client.get(case_url(filed)).status_code == 302


@pytest.mark.parametrize(
    "reference", ["K7MQ-3Q9X-D", "k7mq3q9xd", "<script>alert(1)</script>", "//evil.example", "x" * 300]
)
def test_a_reference_in_the_address_only_fills_in_the_form(city: City, reference: str) -> None:
    client = visitor()
    answer = client.get(
        reverse("portal:case", args=["PLACE"]).replace("PLACE", reference.replace("/", "%2F"))
    )
    if answer.status_code == 302:
        assert answer.headers["Location"].startswith(f"{TRACK}?reference=")
        answer = client.get(answer.headers["Location"])
    else:
        assert answer.status_code == 404  # a slash is no part of a reference
    assert "<script>alert" not in text_of(answer)


def test_the_page_looks_like_any_enquiry(filed: Filed, city: City, clock: Clock) -> None:
    """H3: neither the title of the window nor the address tells what it is about."""
    bring_to(city, filed, "handling", clock.now)
    page = text_of(tracking(filed).get(case_url(filed)))
    title = page[page.index("<title>") : page.index("</title>")]
    assert "路灯" not in title
    assert filed.reference not in title


def test_reading_writes_no_move(filed: Filed) -> None:
    client = tracking(filed)
    before = (
        Move.objects.count(),
        Matter.objects.get(pk=filed.case.pk).moves_count,
        AccessLog.objects.count(),
    )
    client.get(case_url(filed))
    assert (Move.objects.count(), Matter.objects.get(pk=filed.case.pk).moves_count) == before[:2]


def test_the_answer_is_seen_when_it_is_served_and_not_before(city: City, filed: Filed, clock: Clock) -> None:
    bring_to(city, filed, "answered", clock.now)
    client = tracking(filed)
    page = text_of(client.get(case_url(filed)))
    assert "负责单位已答复，正在审核" in page
    assert "已修好" not in page
    # The rest of the way, from here.
    from tests.factories import take

    take(filed.case.pk, "serve", city.actor("auditor"), clock.now, method="portal", proof="凭据在此")
    page = text_of(client.get(case_url(filed)))
    assert "已修好" in page
    assert "凭据在此" not in page
    assert press_step(client, filed, "evaluate", grade="satisfied", solved="yes").status_code == 302
