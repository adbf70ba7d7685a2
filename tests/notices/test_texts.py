"""The texts of messages: what may stand in them, versions, and that each change is kept."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation
from hypothesis import given, strategies as st

from tests.factories import EPOCH, City, make_city
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.models import Change
from yipanqi.notices import texts
from yipanqi.notices.actions import write_text
from yipanqi.notices.models import Text
from yipanqi.notices.queries import text_in_force

GOOD = {
    "subject_zh": "有消息",
    "subject_en": "News",
    "body_zh": "请看 {link}\n电话 {telephone}",
    "body_en": "Look at {link}\nTelephone {telephone}",
}
VALUES = {"telephone": "12345", "reference": "R", "link": "https://city.example/track/R/", "due": ""}


def write(city: City, code: str = texts.NEWS, login: str = "sysadmin", **changed: str) -> Text:
    return write_text(code=code, given=GOOD | changed, by=city.viewer(login), at=EPOCH)


def refused(code: str, **changed: str) -> dict[str, str]:
    with translation.override("en"):
        return texts.faults(code, GOOD | changed)


@pytest.mark.parametrize("code", texts.CODES)
def test_what_comes_with_the_product_keeps_to_its_own_rules(code: str) -> None:
    text = texts.default(code)
    assert texts.faults(code, {name: getattr(text, name) for name in texts.LONGEST}) == {}


@pytest.mark.parametrize(
    "name", ["title", "text", "category", "unit", "name", "phone", "secret", "标题", "Title", " area "]
)
def test_a_variable_that_would_tell_what_it_is_about_is_refused_by_a_sentence(name: str) -> None:
    wrong = refused(texts.NEWS, body_zh=f"关于{{{name}}}")
    assert "others see messages" in wrong["body_zh"]
    assert f"{{{name.strip()}}}" in wrong["body_zh"]


@pytest.mark.parametrize(
    ("body", "says"),
    [("{nothing}", "no variable {nothing}"), ("{due}", "cannot have {due}"), ("{link", "Braces"), ("link}", "Braces"),
     ("{{link}}", "Braces"), ("{}", "no variable"), ("{0.__class__}", "no variable"), ("\x00", "cannot be stored"), (" ", ""),
     ("x" * 1001, "1000")],
)  # fmt: skip
def test_what_cannot_be_filled_in_is_refused(body: str, says: str) -> None:
    assert says in refused(texts.NEWS, body_zh=body)["body_zh"]


def test_a_subject_has_one_line_and_no_variable() -> None:
    assert "one line" in refused(texts.NEWS, subject_zh="有消息\nBcc: x@y.example")["subject_zh"]
    assert "one line" in refused(texts.NEWS, subject_en="News\rX")["subject_en"]
    assert "locked screens" in refused(texts.NEWS, subject_zh="{reference}")["subject_zh"]


def test_a_text_message_leads_to_no_case() -> None:
    wrong = refused(texts.SMS, body_zh="请看{link}", body_en="Look: {reference}")
    assert set(wrong) == {"body_zh", "body_en"}


@given(body=st.text(max_size=200))
def test_whatever_is_not_refused_can_be_filled_and_leaves_no_brace(body: str) -> None:
    if "body_zh" not in texts.faults(texts.WAITS, GOOD | {"body_zh": body}):
        filled = texts.fill(body, VALUES | {"due": "2026-12-01"})
        assert "{" not in filled
        assert "}" not in filled


def test_a_line_whose_value_is_empty_is_left_out() -> None:
    assert texts.fill("A {link}\nB {due}\nC", VALUES) == "A https://city.example/track/R/\nC"


@pytest.mark.django_db
def test_a_new_version_holds_from_now_on_and_the_change_is_kept() -> None:
    city = make_city()
    assert text_in_force(texts.NEWS).version == 0
    write(city)
    write(city, body_zh="请看\r\n{link}")
    assert text_in_force(texts.NEWS).version == 2
    with translation.override("zh-hans"):
        assert text_in_force(texts.NEWS).body == "请看\n{link}"
    with translation.override("en"):
        assert text_in_force(texts.NEWS).subject == "News"
    change = Change.objects.filter(what="notice_text").order_by("-id")[0]
    assert (change.object_id, change.account) == (texts.NEWS, city.accounts["sysadmin"].pk)
    before, after = change.before, change.after
    assert before is not None
    assert after is not None
    assert (before["version"], after["version"]) == (1, 2)
    assert text_in_force(texts.RECEIPT).version == 0


@pytest.mark.django_db
def test_a_text_is_the_system_administrators() -> None:
    city = make_city()
    for login in ("clerk", "deputy", "secadmin", "audadmin"):
        with pytest.raises(NotAllowed):
            write(city, login=login)
    with pytest.raises(Refused):
        write(city, code="nothing")
    with pytest.raises(Refused) as caught:
        write(city, body_en="{title}")
    assert set(caught.value.fields) == {"body_en"}
    assert Text.objects.count() == Change.objects.filter(what="notice_text").count() == 0


@pytest.mark.django_db
def test_two_administrators_at_once_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    stale: Any = text_in_force(texts.NEWS)
    write(city)
    monkeypatch.setattr("yipanqi.notices.actions.text_in_force", lambda _code: stale)
    with pytest.raises(Refused):
        write(city)
