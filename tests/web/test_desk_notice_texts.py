"""The page of the texts of messages: preview in both languages, then into force; and what was given up."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from tests.factories import City, file, make_city, take
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.cases.actions import Words
from yipanqi.core.models import Move
from yipanqi.notices.actions import tell
from yipanqi.notices.models import Message, Text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
URL = "/desk/notice-texts/"
TYPED = {
    "text": "waits",
    "subject_zh": "请看一看",
    "subject_en": "Please look",
    "body_zh": "您好，请在 {due} 之前看看。\r\n{link}",
    "body_en": "Please look by {due}.\r\n{link}",
}


def post(city: City, language: str = "zh-hans", **more: str) -> Any:
    return signed_in(city, "sysadmin", language).post(URL, TYPED | more)


@pytest.mark.parametrize(
    ("language", "says"),
    [("zh-hans", ("消息文字", "现行的样子", "可以用的变量")), (EN, ("Message texts", "As in force", "Variables that you can use"))],
)  # fmt: skip
def test_each_text_is_shown_in_both_languages_with_its_variables(
    language: str, says: tuple[str, ...]
) -> None:
    city = make_city()
    for code in ("receipt", "news", "waits", "sms", "nothing"):
        page = text_of(signed_in(city, "sysadmin", language).get(URL, {"text": code}))
        for words in (*says, "{telephone}", "0531-00000000", "您提交的", "what you sent us"):
            assert words in page, (code, words)
        assert ("{due}" in page) == (code == "waits")
        assert ("{reference}" in page) == (code != "sms")


def test_a_preview_changes_nothing_and_fills_both_languages_in() -> None:
    city = make_city()
    page = text_of(post(city, go="preview"))
    assert "您好，请在 2026年12月1日 之前看看。<br>" in page
    assert "Please look by 1 December 2026.<br>" in page
    assert "/track/K7MQ-3Q9X-D/" in page
    assert re.search(r'id="preview">.*value="save" form="texts"', page, re.DOTALL), (
        "it is put into force where it is seen"
    )
    assert 'value="save"' not in text_of(post(city, go="preview", body_zh="{title}"))
    assert Text.objects.count() == 0


def test_saving_puts_it_into_force() -> None:
    city = make_city()
    response = post(city, go="save")
    assert response["Location"] == f"{URL}?text=waits"
    assert Text.objects.get().body_en == "Please look by {due}.\n{link}"
    page = text_of(signed_in(city, "sysadmin").get(URL, {"text": "waits"}))
    assert "现行第 1 版" in page
    assert "Please look by {due}." in page


@pytest.mark.parametrize(
    ("language", "says"), [("zh-hans", "不能说出是什么事"), (EN, "must not say what it is about")]
)
@pytest.mark.parametrize("go", ["preview", "save"])
def test_what_would_tell_is_refused_by_a_sentence_and_what_was_typed_is_kept(
    language: str, says: str, go: str
) -> None:
    city = make_city()
    response = post(city, language, go=go, body_zh="您反映的{title}有进展")
    assert response.status_code == 422
    page = text_of(response)
    assert says in page
    assert "您反映的{title}有进展" in page
    assert Text.objects.count() == 0


def test_what_was_given_up_is_told_to_the_administrator_and_tried_again() -> None:
    city = make_city()
    file(city, at=NOW, words=Words("路灯不亮", "三号杆不亮", email="zqsenm00@home.example"))
    tell(moves=Move.objects.values_list("pk", flat=True), at=NOW)
    assert "没有送出" not in text_of(signed_in(city, "sysadmin").get(URL))
    Message.objects.update(state=Message.DEAD, next_at=None, ended_at=NOW, tries=10, why="smtp 550")
    page = text_of(signed_in(city, "sysadmin").get(URL))
    assert "1 条消息试了多次都没有送出" in page
    assert "zqsen" not in page
    signed_in(city, "sysadmin").post(URL, {"go": "again"})
    assert Message.objects.get().state == Message.WAITING


def take_to_acceptance(city: City) -> None:
    filed = file(city, at=NOW, kind="claim")
    words = {"title": "示例收费", "text": "示例", "category": "lamps", "area": city.area.pk}
    take(filed.case.pk, "clear", city.actor("clerk"), NOW, **words)
    take(filed.case.pk, "route", city.actor("clerk"), NOW, unit="lamps")
    take(filed.case.pk, "accept", city.actor("insider"), NOW, notice="已受理。")


@pytest.mark.parametrize(
    ("language", "says"), [("zh-hans", ("文书模板", "看公文样张（PDF）")), (EN, ("Templates of documents", "See a sample (PDF)"))]
)  # fmt: skip
def test_the_words_of_a_cases_documents_are_looked_at_on_paper_before_they_are_in_force(
    language: str, says: tuple[str, ...]
) -> None:
    city = make_city()
    client = signed_in(city, "sysadmin", language)
    for code in ("doc_opinion", "doc_service", "doc_other"):
        page = text_of(client.get(URL, {"text": code}))
        for words in (*says, "{addressee}", "{reference}"):
            assert words in page, (code, words)
    assert says[1] not in text_of(client.get(URL, {"text": "brief"}))
    typed = {
        "text": "doc_opinion",
        "subject_zh": "{title}",
        "subject_en": "{title}",
        "body_zh": "{addressee}：\n换了一种说法。\n{content}\n{issuer}",
        "body_en": "To {addressee}:\nOther words.\n{content}\n{issuer}",
    }
    response: Any = client.post(URL, typed | {"go": "paper"})
    assert response.headers["Content-Type"] == "application/pdf"
    words = "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    for one in ("张某某：", "换了一种说法。", "示例单位信处〔2026〕1号", "信访处理意见书", "一、投诉请求"):
        assert one in words.replace("\n", "").replace(" ", ""), one
    assert not Text.objects.exists()
    nothing = text_of(client.post(URL, typed | {"go": "preview"}))
    assert ("没有一份文书会不一样" if language == "zh-hans" else "no document would differ") in nothing
    take_to_acceptance(city)
    seen = text_of(client.post(URL, typed | {"go": "preview", "text": "doc_acceptance"}))
    assert ("1 件的 1 份文书" if language == "zh-hans" else "1 documents of 1 cases") in seen
    assert not Text.objects.exists()
    wrong = client.post(URL, typed | {"go": "paper", "body_zh": "没有正文\n{issuer}"})
    assert wrong.status_code == 422
    assert "没有正文" in text_of(wrong)
