"""Official documents: their numbers, what they keep for ever, and to whom they go."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import override

from tests.factories import OPINION, City, bring_to, file, make_city, take
from yipanqi.cases.actions import Filed
from yipanqi.core.labels import Label
from yipanqi.core.models import Matter, Move
from yipanqi.notices import papers, series
from yipanqi.notices.actions import write_text
from yipanqi.notices.documents import Sheet, issued, sheet
from yipanqi.notices.models import IssuedDocument
from yipanqi.organisations.models import Unit
from yipanqi.organisations.timeline import DocumentView, documents, history_of

pytestmark = [pytest.mark.django_db]
MONDAY = dt.datetime.fromisoformat("2026-11-23T10:00+08:00")


def claim(city: City, state: str, at: dt.datetime = MONDAY) -> Filed:
    filed = file(city, at=at, kind="claim")
    bring_to(city, filed, state, at)
    return filed


def views(filed: Filed, *, public: bool = False) -> list[DocumentView]:
    return documents(history_of(Matter.objects.get(pk=filed.case.pk)), public=public)


def sheet_of(view: DocumentView) -> Sheet:
    own = issued([view]).get(view.move) if view.move else None
    return sheet(view, own, reference="K7MQ-3Q9X-D", addressee="信访人", city="示例市")


def test_a_units_documents_of_a_series_and_a_year_count_from_one() -> None:
    city = make_city()
    for _each in range(3):
        claim(city, "served")
    claim(city, "handling", MONDAY + dt.timedelta(days=60))
    rows = IssuedDocument.objects.order_by("move")
    assert [str(one.number) for one in rows] == [
        "示例路灯处信受〔2026〕1号",
        "示例路灯处信处〔2026〕1号",
        "示例路灯处信受〔2026〕2号",
        "示例路灯处信处〔2026〕2号",
        "示例路灯处信受〔2026〕3号",
        "示例路灯处信处〔2026〕3号",
        "示例路灯处信受〔2027〕1号",
    ]


def test_a_step_that_fails_uses_up_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "forwarded", MONDAY)

    def fail(**_all: Any) -> None:
        raise OSError

    with monkeypatch.context() as patch:
        patch.setattr("yipanqi.core.engine.matter_moved", fail)
        with pytest.raises(OSError):
            take(filed.case.pk, "accept", city.actor("insider"), MONDAY, notice="已受理。")
    assert not IssuedDocument.objects.exists()
    take(filed.case.pk, "accept", city.actor("insider"), MONDAY, notice="已受理。")
    assert IssuedDocument.objects.get().serial == 1


def test_the_database_itself_lets_no_gap_and_no_double_be() -> None:
    city = make_city()
    claim(city, "handling")
    own = IssuedDocument.objects.get()
    other = Move.objects.exclude(pk=own.move_id).earliest("number")
    for serial, follows in ((1, None), (3, 2), (2, None), (3, None), (3, 1)):
        row = IssuedDocument.objects.get()
        row.move, row.serial, row.follows = other, serial, follows
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    assert IssuedDocument.objects.count() == 1


def test_an_opinion_has_its_number_before_it_is_served_and_keeps_it() -> None:
    city = make_city()
    filed = claim(city, "answered")
    waiting = views(filed)[-1]
    assert (waiting.title, waiting.open) == ("信访处理意见书", True)
    assert not [one for one in views(filed, public=True) if one.title == waiting.title], (
        "not yet the submitter's"
    )
    number = sheet_of(waiting).number
    assert number == "示例路灯处信处〔2026〕1号"
    take(filed.case.pk, "serve", city.actor("insider"), MONDAY, method="in_person", proof="本人签收")
    (served,) = [one for one in views(filed, public=True) if one.kind == "serve"]
    assert sheet_of(served).number == number
    assert not [one for one in views(filed) if one.open]


def test_the_word_of_the_unit_stands_in_the_number_and_stays_in_it() -> None:
    city = make_city()
    Unit.objects.filter(code="lamps").update(word="示灯")
    filed = claim(city, "answered")
    Unit.objects.filter(code="lamps").update(word="示照")
    found = sheet_of(views(filed)[-1])
    assert (found.number, found.unit) == ("示灯信处〔2026〕1号", "示例路灯处")


def test_one_that_was_taken_back_keeps_its_number_and_the_next_has_another() -> None:
    city = make_city()
    filed = claim(city, "answered")
    take(filed.case.pk, "take_back", city.actor("insider"), MONDAY, reason="漏了一项")
    assert not [one for one in views(filed) if one.open]
    take(filed.case.pk, "answer", city.actor("insider"), MONDAY, **OPINION)
    assert sheet_of(views(filed)[-1]).number == "示例路灯处信处〔2026〕2号"


def test_a_document_reads_the_same_after_its_text_and_its_units_name_have_changed() -> None:
    city = make_city()
    filed = claim(city, "served")
    before = [sheet_of(one) for one in views(filed)]
    administrator = city.actor("sysadmin").viewer
    for code in ("doc_opinion", "doc_acceptance"):
        text = {
            "subject_zh": "新题",
            "subject_en": "New",
            "body_zh": "新的说法。\n{content}\n{issuer}",
            "body_en": "New words.\n{content}\n{issuer}",
        }
        write_text(code=code, given=text, by=administrator, at=timezone.now())
    unit = city.units["lamps"]
    unit.name_zh = "改名后的单位"
    unit.save()
    after = [sheet_of(one) for one in views(filed)]
    assert [(one.unit, one.signer, one.title, one.opening, one.number) for one in after[:-1]] == [
        (one.unit, one.signer, one.title, one.opening, one.number) for one in before[:-1]
    ]
    other = claim(city, "served")
    assert [one.title for one in map(sheet_of, views(other))][:2] == ["新题", "新题"]
    assert sheet_of(views(other)[0]).number == "改名后的单位信受〔2026〕2号"


def test_the_words_that_come_with_the_product_stay_as_they_are() -> None:
    """Documents of a city that has no version of its own were produced with these. Words that are to change are another
    version: let a migration write the old ones down, or begin a series of its own."""
    said = "".join(
        f"{one.code}{one.word}{papers.default(one.code).subject_zh}{papers.default(one.code).body_zh}"
        for one in series.ALL
    )
    assert hashlib.sha256(said.encode()).hexdigest()[:16] == "3fe5370293850d23"


@pytest.mark.parametrize("one", series.ALL, ids=lambda one: one.code)
def test_the_words_that_come_with_the_product_may_be_put_into_force(one: series.Series) -> None:
    text = papers.default(one.code)
    given = {name: getattr(text, name) for name in ("subject_zh", "subject_en", "body_zh", "body_en")}
    assert papers.clean(one.code, given) == given
    for name in one.names:
        assert series.series_of(Label(name, "x")) is one


def test_what_has_no_series_of_its_own_is_a_letter_with_a_number_all_the_same() -> None:
    assert series.series_of(Label("从未有过的文书", "something new")).code == series.OTHER
    city = make_city()
    filed = file(city, at=MONDAY)
    bring_to(city, filed, "registered", MONDAY)
    take(filed.case.pk, "redirect", city.actor("clerk"), MONDAY, where="法院")
    (view,) = views(filed)
    assert sheet_of(view).number.endswith("函〔2026〕1号")
    assert sheet_of(view).title == "引导告知"


def test_the_opinion_has_its_parts_as_numbered_headings_and_the_reference() -> None:
    city = make_city()
    filed = claim(city, "served")
    with override("zh-hans"):
        opinion = sheet_of(views(filed)[1])
    assert [heading for heading, _lines in opinion.parts] == [
        "一、投诉请求", "二、事实和理由", "三、结果", "四、处理意见", "五、法律法规依据", "六、救济途径和期限",
    ]  # fmt: skip
    assert opinion.greeting == "信访人："
    assert "K7MQ-3Q9X-D" in opinion.opening[0]
    assert opinion.day == "2026年11月23日"


def test_letters_between_units_go_to_the_unit_and_not_on_the_submitters_page() -> None:
    city = make_city()
    filed = file(city, at=MONDAY, kind="claim")
    bring_to(city, filed, "forwarded", MONDAY)
    said = {"reason": "不归本单位管。", "duty": "三定方案第三条"}
    take(filed.case.pk, "request_return", city.actor("insider"), MONDAY, **said)
    history = history_of(Matter.objects.get(pk=filed.case.pk))
    with override("zh-hans"):
        (objection,) = documents(history)
        assert (objection.title, objection.to) == ("异议函", "示例热线")
        assert all(words in objection.text for words in said.values())
        assert sheet_of(objection).greeting == "示例热线："
    assert documents(history, public=True) == []
