"""The pages of systems of record: the numbers of a day, the cases behind them, and the field map."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.exchange.files import csv_of
from tests.exchange.world import entered, importer
from tests.factories import City, bring_to, file, make_city
from tests.web.desk_helpers import EN, NOW, matter_url, signed_in, text_of
from yipanqi.cases.models import ExternalRef
from yipanqi.core.gate import SYSTEM
from yipanqi.core.models import AccessLog
from yipanqi.exchange.models import Exported, System
from yipanqi.exchange.reading import opened
from yipanqi.exchange.systems import keep_system

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def city() -> City:
    found = make_city()
    keep_system(code="hotline", name_zh="热线系统", name_en="Hotline", takes="编号 = number", gives="编号 = number\n答复 = answer", values="", by=SYSTEM, at=NOW)  # fmt: skip
    for number, state in (("A1", "handling"), ("A2", "served")):
        filed = file(found, at=NOW)
        bring_to(found, filed, state, NOW)
        ExternalRef.objects.create(case=filed.case, system="hotline", number=number, added_at=NOW)
        found.extra[number] = filed
    return found


def page(client: Client, **query: str) -> str:
    return text_of(client.get(reverse("desk:reconciliation"), query))


def figures(text: str) -> dict[str, str]:
    """The numbers of the page by what they lead to; nought leads nowhere."""
    return dict(re.findall(r'what=(\w+)">(\d+)<', text))


def test_each_number_leads_to_its_cases(city: City) -> None:
    client = signed_in(city, "clerk")
    assert figures(page(client)) == {"came": "2", "open": "1", "waiting": "1"}
    assert "今天</span></h2>" in page(client)
    found = page(client, what="open")
    assert matter_url(city.extra["A1"].case.pk) in found
    assert matter_url(city.extra["A2"].case.pk) not in found
    before = page(client, day=(NOW.date() - dt.timedelta(days=1)).isoformat())
    assert "came" not in figures(before)
    assert "今天</span></h2>" not in before


@pytest.mark.parametrize("query", [{"day": "x"}, {"day": "9999-12-31"}, {"what": HOSTILE}, {"system": "\x00"}, {"after": "x", "what": "open"}])  # fmt: skip
def test_an_address_can_ask_for_anything(city: City, query: dict[str, str]) -> None:
    client = signed_in(city, "clerk", EN)
    answer = client.get(reverse("desk:reconciliation"), query)
    assert answer.status_code == 200
    assert HOSTILE not in text_of(answer)


def test_the_table_goes_back_once_and_the_look_is_written_down(city: City) -> None:
    client = signed_in(city, "clerk")
    answer = client.post(reverse("desk:give", args=["hotline"]))
    assert "attachment" in answer.headers["Content-Disposition"]
    with opened(io.BytesIO(answer.content)) as table:
        assert [row.cells for row in table.rows()] == [("A2", "已修好。")]
    assert Exported.objects.count() == 1
    assert AccessLog.objects.filter(page="reconciliation", account=city.accounts["clerk"].pk).exists()
    again: Any = client.post(reverse("desk:give", args=["hotline"]), follow=True)
    assert "现在没有要回传的。" in text_of(again)
    assert "已有结果，还没有回传" in text_of(again)


def test_a_field_map_is_changed_on_its_page(city: City) -> None:
    client = signed_in(city, "clerk")
    here = reverse("desk:system", args=["hotline"])
    fields = {"name_zh": HOSTILE, "takes": "单号 = number", "gives": "单号 = number", "values": ""}
    assert client.post(here, fields).status_code == 302
    assert System.objects.get().takes == [["单号", "number"]]
    shown = text_of(client.get(here))
    assert HOSTILE not in shown
    assert "进来的列、回传的列<" in shown, "what was changed is told"
    wrong = client.post(here, fields | {"takes": "单号 = nothing"})
    assert wrong.status_code == 422
    assert "第 1 行" in text_of(wrong)
    assert "单号 = nothing" in text_of(wrong)


def test_a_system_is_added_once(city: City) -> None:
    client = signed_in(city, "clerk")
    new = reverse("desk:system", args=["new"])
    fields = {"code": "petitions", "name_zh": "信访系统", "takes": "", "gives": "", "values": ""}
    assert client.post(new, fields).status_code == 302
    assert client.post(new, fields).status_code == 422
    assert client.get(reverse("desk:system", args=["nowhere"])).status_code == 404


def test_a_city_without_systems_says_what_to_do() -> None:
    found = text_of(signed_in(make_city(), "clerk").get(reverse("desk:reconciliation")))
    assert reverse("desk:system", args=["new"]) in found


def test_a_units_page_shows_its_history() -> None:
    city = make_city()
    unit = city.units["lamps"]
    rows = csv_of(["category", "area", "unit", "basis"], ["lamps", "3701", "lamps", "新三定方案 9"])
    entered(rows, importer(city, "sysadmin"), target="duties")
    shown = text_of(signed_in(city, "sysadmin").get(reverse("desk:unit", args=[unit.pk])))
    assert "终止日期：无 → 2026-11-24" in shown
    assert "新增" in shown
