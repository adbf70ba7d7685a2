"""The fixed words of documents: what comes with the product holds to the rules, and what may be written."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.factories import EPOCH, City, make_city
from yipanqi.core.errors import NotAllowed, Refused
from yipanqi.core.models import Change
from yipanqi.notices import papers
from yipanqi.notices.actions import write_text
from yipanqi.notices.models import Text
from yipanqi.notices.queries import text_in_force

GOOD = {
    "subject_zh": "关于{task}的督办通知",
    "subject_en": "Notice on {task}",
    "body_zh": "{unit}：\r\n请看。\r\n{content}\r\n请于 {answer_by} 以前答复。\r\n中共示例市委社会工作部",
    "body_en": "To {unit}:\n{content}\nAnswer by {answer_by}.\nSocial Work Department",
}
VALUES = {name: f"<{name}>" for name in papers.VARIABLES}


def write(city: City, login: str = "sysadmin", code: str = papers.URGING, **changed: str) -> Text:
    return write_text(code=code, given=GOOD | changed, by=city.viewer(login), at=EPOCH)


@pytest.mark.parametrize("code", papers.CODES)
def test_what_comes_with_the_product_holds_to_the_rules(code: str) -> None:
    text = papers.default(code)
    fields = {name: getattr(text, name) for name in GOOD}
    assert papers.clean(code, fields) == fields
    for language in ("zh", "en"):
        frame = papers.framed(fields[f"subject_{language}"], fields[f"body_{language}"], VALUES)
        assert frame.signer == "<issuer>"
        assert frame.title


def test_the_words_stand_where_they_belong() -> None:
    frame = papers.framed(GOOD["subject_zh"], papers.clean(papers.URGING, GOOD)["body_zh"], VALUES)
    assert frame == papers.Frame(
        "关于<task>的督办通知",
        "<unit>：",
        ("请看。",),
        ("请于 <answer_by> 以前答复。",),
        "中共示例市委社会工作部",
    )
    # A line whose value is empty is left out.
    assert papers.framed("x", "{due}\n{content}\nA\n{issuer}", VALUES | {"due": ""}).opening == ()


@pytest.mark.parametrize(
    ("field", "text", "says"),
    [
        ("subject_zh", "", "请填写"),
        ("subject_zh", "长" * 61, "最多 60 字"),
        ("subject_zh", "{content}", "这里没有 {content} 这个变量"),
        ("subject_en", "two\nlines", "只能有一行"),
        ("body_zh", "{content}\n{phone}\n某局", "这里没有 {phone} 这个变量"),
        ("body_zh", "{content}\n{period}\n某局", "这里没有 {period} 这个变量"),
        ("body_zh", "{content}\n{unit\n某局", "花括号要成对"),
        ("body_zh", "没有正文\n某局", "要有一行只写 {content}"),
        ("body_zh", "正文：{content}\n某局", "要有一行只写 {content}"),
        ("body_zh", "{content}\n{content}\n某局", "要有一行只写 {content}"),
        ("body_en", "Dear all,\n{content}", "最后一行写落款的单位"),
        ("body_en", "\x00\n{content}\nx", "不能保存"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_written_is_refused_at_its_field(field: str, text: str, says: str) -> None:
    city = make_city()
    with translation.override("zh-hans"), pytest.raises(Refused) as refused:
        write(city, **{field: text})
    assert set(refused.value.fields) == {field}
    assert says in refused.value.fields[field]
    assert Text.objects.count() == 0


@pytest.mark.django_db
def test_versions_stay_with_their_moments_and_the_latest_holds() -> None:
    city = make_city()
    assert text_in_force(papers.URGING).version == 0
    write(city)
    write(city, subject_zh="督办通知（{number}）")
    assert [(row.version, row.at) for row in Text.objects.order_by("version")] == [(1, EPOCH), (2, EPOCH)]
    assert text_in_force(papers.URGING).subject_zh == "督办通知（{number}）"
    assert text_in_force(papers.BRIEF).version == 0
    assert Change.objects.filter(what="notice_text", object_id=papers.URGING).count() == 2
    for login in ("deputy", "secadmin"):
        with pytest.raises(NotAllowed):
            write(city, login)
