"""Guiding a claim to its statutory path at the desk, by the departments' lists."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from tests.cases.test_claim import LETTER
from tests.factories import City
from tests.web.desk_helpers import NOW, city_with, page_of, post_step, signed_in, text_of
from yipanqi.cases.actions import Filed
from yipanqi.cases.models import Case, StatutoryPath
from yipanqi.cases.paths import PathRow, keep_paths
from yipanqi.core.models import Matter

pytestmark = pytest.mark.django_db
ROW = PathRow("L1", "lamps", "review", "对罚款不服", "复议窗口", "填申请书", "六十日内", "行政复议法 20")


@pytest.fixture
def claim() -> tuple[City, Filed]:
    return city_with("registered", kind="claim")


def card(page: str) -> str:
    return page.split('id="step-redirect"')[1].split("</details>", maxsplit=1)[0]


def test_the_list_is_offered_where_there_is_one(claim: tuple[City, Filed]) -> None:
    city, filed = claim
    assert "redirect_listed" not in card(page_of(city, "clerk", filed.case.pk))
    keep_paths(rows=[ROW], by=None, at=NOW)
    here = card(page_of(city, "clerk", filed.case.pk))
    assert "对罚款不服：行政复议、裁决、确认、许可、处罚（示例路灯处）" in here
    assert "不按清单，在下面填写" in here


def test_a_line_of_the_list_is_enough(claim: tuple[City, Filed]) -> None:
    city, filed = claim
    keep_paths(rows=[ROW], by=None, at=NOW)
    line = StatutoryPath.objects.get()
    given: dict[str, Any] = {"listed": str(line.pk), "call_on": "2026-12-20"}
    assert post_step(signed_in(city, "clerk"), filed.case.pk, "redirect", **given).status_code == 302
    assert Matter.objects.get(pk=filed.case.pk).state == "guided"
    assert Case.objects.get(pk=filed.case.pk).route == "review"
    assert "复议窗口" in page_of(city, "clerk", filed.case.pk)


def test_what_is_missing_is_said_beside_it_and_nothing_typed_is_lost(claim: tuple[City, Filed]) -> None:
    city, filed = claim
    typed: dict[str, Any] = LETTER | {"where": "", "call_on": "2026-11-01", "how": "先去窗口取号再递交起诉状"}
    answer = post_step(signed_in(city, "clerk"), filed.case.pk, "redirect", **typed)
    assert answer.status_code == 422
    assert "去哪里：请填写，或者在清单里选一条。" in text_of(answer)
    assert "先去窗口取号再递交起诉状" in text_of(answer)
    assert Matter.objects.get(pk=filed.case.pk).state == "registered"


def test_a_unit_shows_its_lines_and_what_became_of_them(claim: tuple[City, Filed]) -> None:
    city, _filed = claim
    page = reverse("desk:unit", args=[city.units["lamps"].pk])
    client = signed_in(city, "sysadmin")
    assert "法定途径清单" not in text_of(client.get(page))
    keep_paths(rows=[ROW], by=None, at=NOW)
    shown = text_of(client.get(page))
    assert "法定途径清单" in shown
    assert "复议窗口" in shown
    assert "法定途径：L1" in shown
