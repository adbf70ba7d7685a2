"""The page of a review at the desk."""

from __future__ import annotations

import pytest

from tests.cases.ladder_world import add_bodies, ask_review, at, served
from tests.factories import OPINION, make_city
from tests.web.conftest import Clock
from tests.web.desk_helpers import page_of

pytestmark = pytest.mark.django_db


def test_the_reviewer_reads_the_reasons_and_the_opinion_first(clock: Clock) -> None:
    city = add_bodies(make_city())
    review = ask_review(city, served(city, "2026-11-20"), at("2026-11-23"))
    page = page_of(city, "reviewer", review.pk)
    assert "没有查清" in page.split("不服的理由</h2>")[1].split("<h2")[0]
    first = page.split('<details class="disclosure" open>')[1].split("</details>")[0]
    assert OPINION["text"] in first
    assert "送达回证" not in first
