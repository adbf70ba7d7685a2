"""The receipt file on the tracking page, the published list, and the page that can be kept."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from conftest import owner_connection
from tests.core.test_receipts import sign
from tests.factories import City, bring_to, file, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import case_url, text_of, tracking, visitor
from yipanqi.cases.actions import Filed
from yipanqi.core import ledger
from yipanqi.core.receipt_check import check, read_list, read_receipt

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("config.urls_portal")]

LIST, ALONE = "/check-receipt/checkpoints.jsonl", "/check-receipt/check-receipt.html"


@pytest.fixture
def city(clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> City:
    monkeypatch.setattr(ledger, "checkpoint_file", lambda: tmp_path / "checkpoints.jsonl")
    return make_city()


@pytest.fixture
def filed(city: City, clock: Clock) -> Filed:
    filed = file(city, at=clock())
    bring_to(city, filed, "served", clock())
    sign(clock())
    return filed


def test_who_showed_the_secret_downloads_it_and_nobody_else(filed: Filed) -> None:
    address = f"{case_url(filed)}receipt.json"
    assert visitor().get(address).headers["Location"].startswith("/track/?reference=")
    client = tracking(filed)
    assert address in text_of(client.get(case_url(filed)))
    answer = client.get(address)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{filed.reference}.json"'
    assert answer.headers["Cache-Control"] == "no-store"
    listed = visitor().get(LIST)
    same = visitor().get(LIST, headers={"if-none-match": listed.headers["ETag"]})
    assert same.status_code == 304
    for one in (listed, same):
        assert set(one.headers["Cache-Control"].split(", ")) == {"public", "no-cache"}
    facts = check(read_receipt(answer.content), read_list(listed.content))
    assert all(fact.good for fact in facts)
    assert filed.secret not in answer.content.decode()


def test_where_the_record_was_changed_it_is_said_and_no_file_is_given(filed: Filed) -> None:
    with owner_connection() as owner:
        owner.execute("UPDATE core_movepayload SET body = replace(body, '已修好', '未修好')")
    answer = tracking(filed).get(f"{case_url(filed)}receipt.json", follow=True)
    assert "回执文件现在开不出来" in text_of(answer)


def test_before_anything_is_published_the_pages_say_so(city: City, clock: Clock) -> None:
    filed = file(city, at=clock())
    assert "还没有公布过" in text_of(visitor().get("/check-receipt/"))
    assert visitor().get(LIST).content == b""
    receipt = json.loads(tracking(filed).get(f"{case_url(filed)}receipt.json").content)
    assert [one["step"] for one in receipt["waiting"]] == ["register"]


@pytest.mark.parametrize(("language", "title"), [("zh-hans", "核对回执文件"), ("en", "Check a receipt file")])
def test_the_page_to_keep_has_everything_in_it_and_may_ask_for_nothing(
    city: City, language: str, title: str
) -> None:
    page = text_of(visitor(language).get(ALONE))
    assert title in page
    assert not re.search(r"\bsrc=|\bhref=\"(?!tel:)|url\(|@import", page)
    found = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert found is not None
    policy = found[1].replace("&#x27;", "'")
    assert policy.startswith("default-src 'none'; ")
    for tag in ("script", "style"):
        inside = page.rsplit(f"<{tag}>", 1)[1].split(f"</{tag}>")[0]
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
