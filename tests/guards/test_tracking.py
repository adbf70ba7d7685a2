"""H3: somebody is made to show their phone. A tracking page looks like any enquiry, one tap leads away from it, nothing
of it is kept, and nothing that leaves says what it is about."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from conftest import owner_connection
from tests.factories import make_city, take
from tests.web.desk_helpers import EN, NOW, ZH, case_in, city_with, text_of
from tests.web.portal_helpers import Filing, case_url, step_url, tracking, visitor
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case

pytestmark = pytest.mark.django_db

SUBJECT = Words(title="举报扰民作坊", text="夜里开工，噪声很大。", name="王小明", phone="19900000001")
TITLES = {ZH: "办理进度 · 一盘棋", EN: "Progress · Yipanqi"}


def title_of(response: Any) -> str:
    found = re.search(r"<title>(.*?)</title>", text_of(response), re.DOTALL)
    assert found
    return " ".join(found[1].split())


@pytest.mark.parametrize("language", [ZH, EN])
def test_title_and_address_of_a_tracking_page_say_nothing_of_the_matter(language: str) -> None:
    city = make_city(NOW)
    one, two = case_in(city, "handling", words=SUBJECT), case_in(city, "closed")
    titles = {title_of(tracking(filed, language).get(case_url(filed))) for filed in (one, two)}
    assert len(titles) == 1
    assert "路灯" not in titles.pop()
    assert case_url(one) == f"/track/{one.reference}/"


def posts_and_pages(filed: Any, client: Client) -> dict[str, Any]:
    """The pages on which somebody may be looked at over the shoulder."""
    filing = Filing(visitor())
    found = {"filing": filing.response, "check": filing.to_check(), "filed": filing.press("submit")}
    found |= {"track": visitor().get(reverse("portal:track")), "case": client.get(case_url(filed))}
    late = {"seen": "1", "text": "第三根"}
    found["overtaken"] = client.post(step_url(filed, "reply"), late)
    found["refused"] = client.post(step_url(filed, "withdraw"), {"seen": "5", "reason": "x" * 2000})
    found["session ended"] = visitor().post(step_url(filed, "reply"), {"seen": "5", "text": "第三根"})
    return found


def test_one_tap_leads_away_from_every_page_of_a_person_and_no_cache_keeps_it() -> None:
    city, filed = city_with("handling", words=SUBJECT, founded=NOW)
    take(filed.case.pk, "ask", city.actor("insider"), NOW, question="哪一家？")
    pages = posts_and_pages(filed, tracking(filed))
    assert pages["overtaken"].status_code == 409
    assert pages["refused"].status_code == 422
    assert pages["session ended"].status_code == 403
    for name, page in pages.items():
        assert f'href="{reverse("portal:leave")}"' in text_of(page), name
        assert "data-leave" in text_of(page), name
        assert page["Cache-Control"] == "no-store", name
        assert "noindex" in page["X-Robots-Tag"], name


@pytest.mark.parametrize(
    "path",
    [
        "/leave/",
        "/track/nothing",
        "/track/XXXX-XXXX-X/",
        "/nowhere/",
        "/desk/",
        "/api/v1/nowhere",
        "/health/",
    ],
)
def test_nor_is_anything_kept_of_where_somebody_was_sent(path: str) -> None:
    make_city(NOW)
    assert "no-store" in Client().get(path)["Cache-Control"]


def test_a_refusal_before_any_page_of_ours_is_not_kept_either() -> None:
    strict = Client(enforce_csrf_checks=True)
    for answer in (
        strict.post("/track/", {"reference": "x"}),
        strict.get("/track/", headers={"host": "evil.example"}),
    ):
        assert answer.status_code in (400, 403)
        assert answer["Cache-Control"] == "no-store"


def test_leaving_ends_the_session_and_leads_to_a_page_of_others() -> None:
    _city, filed = city_with("handling", words=SUBJECT, founded=NOW)
    client = tracking(filed)
    answer = client.get(reverse("portal:leave"))
    assert answer.status_code == 302
    assert answer["Location"].startswith("https://")
    assert filed.reference not in answer["Location"]
    assert answer.cookies[settings.SESSION_COOKIE_NAME]["max-age"] == 0
    again = client.get(case_url(filed))
    assert again.status_code == 302
    assert again["Location"].startswith(reverse("portal:track"))


def test_nothing_that_leaves_says_what_it_is_about() -> None:
    """No mail, no job and no head of any answer holds a word of the matter, on the whole way of a case."""
    _city, filed = city_with("closed", words=SUBJECT, founded=NOW)
    # Plain letters: no head could carry them in another form.
    Case.objects.filter(pk=filed.case.pk).update(title="Noisy workshop", text="Noise at night")
    client = tracking(filed)
    assert "Noisy workshop" in text_of(client.get(case_url(filed)))
    heads = "".join(f"{client.get(path).headers}" for path in (case_url(filed), "/leave/"))
    with owner_connection() as owner:
        jobs = str(owner.execute("SELECT args FROM jobs.procrastinate_jobs").fetchall())
    for said in (SUBJECT.title, SUBJECT.name, "Noisy", "Noise"):
        assert said not in heads + jobs
        assert said not in str(client.cookies)
    assert mail.outbox == []
