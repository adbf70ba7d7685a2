"""Filing without an account: nothing typed is lost, nothing is kept before it is submitted, nothing is filed twice."""

from __future__ import annotations

import pytest
from django.contrib.sessions.models import Session
from django.core import signing
from django.urls import reverse

from tests.factories import City, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import ANSWERS, Filing, codes, form_of, text_of, visitor
from yipanqi.cases.models import Case, Submission, TrackingSecret
from yipanqi.core import sealing
from yipanqi.core.models import Matter, SealedText
from yipanqi.web.portal.draft import SALT

# The portal alone, as it runs on a host of its own.
pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

URL = "/file/"


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filing(city: City) -> Filing:
    return Filing(visitor())


def test_page_by_page_to_a_reference_and_a_secret(filing: Filing) -> None:
    filing.to_check()
    answer = filing.press("submit")
    reference, secret = codes(answer)
    submission = Submission.objects.get(reference=reference)
    sealed = sealing.open_seal(submission.seal_id)
    typed = {
        k: v
        for page in ANSWERS.values()
        for k, v in page.items()
        if k not in ("category", "area", "anonymity")
    }
    assert {k: sealed.get(k, "") for k in typed} == typed
    assert (submission.channel, submission.anonymity) == ("portal", "named")
    case = Case.objects.get(submission=submission)
    assert (case.category_id, case.area_id) == ("lamps", "370199001")
    assert TrackingSecret.objects.get(submission=submission).issued_by is None
    # Shown in this one answer: kept in no cache, no address, no cookie and no session.
    assert answer.headers["Cache-Control"] == "no-store"
    assert text_of(answer).count(secret) >= 1
    kept = str(filing.client.cookies) + "".join(Session.objects.values_list("session_data", flat=True))
    assert secret not in kept
    assert Session.objects.count() == 0


def test_what_happens_by_when_is_told_with_its_derivation(filing: Filing) -> None:
    filing.to_check()
    page = text_of(filing.press("submit"))
    assert "最晚这天转给负责单位" in page
    assert "2026年11月25日" in page
    assert "第 0 天：2026-11-24" in page
    assert "5 个工作日内答复您" in page


def test_errors_keep_what_was_typed_and_say_how_to_mend_it(filing: Filing) -> None:
    answer = filing.press(title="路灯 <b>", text="", category="lamps")
    assert answer.status_code == 422
    assert {k: filing.form[k] for k in ("title", "text", "category")} == {
        "title": "路灯 <b>",
        "text": "",
        "category": "lamps",
    }
    page = text_of(answer)
    assert 'href="#id_text"' in page
    assert "请写下事情的经过" in page
    assert Matter.objects.count() == 0


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"title": "字" * 61}, "最多 60 字，现有 61 字"),
        ({"text": "字" * 5001}, "最多 5000 字，现有 5001 字"),
        ({"category": "nonsense"}, "nonsense"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_on_its_page(
    filing: Filing, typed: dict[str, str], told: str
) -> None:
    answer = filing.press(**(ANSWERS["what"] | typed))
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert filing.page == "what"
    assert filing.form["title"] == (ANSWERS["what"] | typed)["title"]


def test_5000_characters_in_many_lines_are_5000(filing: Filing) -> None:
    """Browsers send a line break as two characters."""
    answer = filing.press(**(ANSWERS["what"] | {"text": "\r\n".join(["字"] * 2500) + "。"}))
    assert answer.status_code == 200
    assert filing.page == "where"


def test_a_name_is_wanted_and_a_telephone_number_is_a_number(filing: Filing) -> None:
    for page in ("what", "where", "files", "known"):
        filing.press(**ANSWERS[page])
    answer = filing.press(name="", phone="call me", email="nowhere")
    page = text_of(answer)
    assert "请填写姓名" in page
    assert "电话号码只用数字和短横" in page
    assert "这不像一个邮箱地址" in page
    assert filing.form["phone"] == "call me"


def test_back_and_change_lose_nothing(filing: Filing) -> None:
    filing.to_check()
    before = dict(filing.form)
    filing.press("known")
    for page in ("files", "where"):
        filing.press("back")
        assert filing.page == page
    assert filing.form["place"] == ANSWERS["where"]["place"]
    filing.press("next", place="Sample Road, south gate")
    # Once the answers have been reached, one change leads straight back to them.
    assert filing.page == "check"
    assert dict(filing.form) == before | {"place": "Sample Road, south gate"}


def test_who_stays_anonymous_is_asked_for_no_contact_and_carries_none(filing: Filing) -> None:
    filing.to_check()
    filing.press("known")
    filing.press("next", anonymity="anonymous")
    assert filing.page == "check"
    assert {"name", "phone", "email"} & set(filing.form) == set()
    forged = {
        "name": "Sentinel Name",
        "phone": "19900000009",
        "email": "s@example.com",
        "address": "Sentinel Street",
    }
    reference, _secret = codes(filing.press("submit", **forged))
    submission = Submission.objects.get(reference=reference)
    assert (submission.anonymity, submission.has_contact) == ("anonymous", False)
    names = set(SealedText.objects.filter(seal=submission.seal_id).values_list("name", flat=True))
    assert names == {"title", "text", "place", "salt"}


def test_a_change_of_mind_about_the_name_asks_for_it(filing: Filing) -> None:
    filing.to_check(anonymity="anonymous")
    filing.press("known")
    answer = filing.press("next", anonymity="hidden")
    assert (filing.page, answer.status_code) == ("contact", 200)


def test_a_page_cannot_be_skipped(filing: Filing) -> None:
    """The last page, asked for at once, is the first that lacks something (S7)."""
    for go in ("check", "submit"):
        answer = filing.press(go)
        assert (filing.page, answer.status_code) == ("what", 422)
    assert Matter.objects.count() == 0


def test_submitting_twice_files_once_and_shows_the_secret_once(filing: Filing) -> None:
    filing.to_check()
    form = filing.form | {"go": "submit"}
    reference, secret = codes(filing.client.post(URL, form))
    again = filing.client.post(URL, form)
    assert Case.objects.count() == 1
    page = text_of(again)
    assert again.status_code == 200
    assert "这件事已经提交过了" in page
    assert reference in page
    assert secret not in page
    assert secret.replace(" ", "") not in page


def test_what_was_filed_can_be_filed_anew_on_purpose(filing: Filing) -> None:
    """Whoever never saw the secret, because the line broke, is not lost: above all if anonymous."""
    filing.to_check(anonymity="anonymous")
    form = filing.form | {"go": "submit"}
    filing.client.post(URL, form)
    filing.response = filing.client.post(URL, form)
    filing.press("another")
    assert filing.page == "check"
    assert filing.form["title"] == form["title"]
    codes(filing.press("submit"))
    assert Case.objects.count() == 2


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="none"),
        pytest.param("01900000-0000-7000-8000-000000000000", id="unsigned"),
        pytest.param(signing.dumps("0" * 32, key="x" * 32, salt=SALT), id="another key"),
        pytest.param("\x00", id="nonsense"),
    ],
)
def test_an_id_that_we_did_not_sign_is_never_taken(filing: Filing, token: str) -> None:
    filing.to_check()
    answer = filing.press("submit", token=token)
    if token:
        assert answer.status_code == 422
        assert "页面打开得太久了" in text_of(answer)
        assert Matter.objects.count() == 0
        # Under the new token it is filed as usual.
        assert "提交成功" in text_of(filing.press("submit"))
    assert Matter.objects.count() == 1


def test_an_old_page_is_checked_once_more(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    filing.to_check()
    monkeypatch.setattr("yipanqi.web.portal.draft.TOKEN_LASTS", -1)
    answer = filing.press("submit")
    assert answer.status_code == 422
    assert Matter.objects.count() == 0


def test_a_token_is_an_id_under_our_signature(filing: Filing) -> None:
    filing.to_check()
    chosen = signing.loads(filing.form["token"], salt=SALT)
    filing.press("submit")
    assert Matter.objects.get().pk.hex == chosen


@pytest.mark.parametrize("anonymity", ["hidden", "anonymous"])
def test_sentences_that_identify_the_writer_are_shown(filing: Filing, anonymity: str) -> None:
    text = "路灯不亮。我叫王小明，请打13912345678。晚上很黑。"
    page = text_of(filing.to_check(anonymity=anonymity, text=text))
    assert "这几句话可能让人认出您" in page
    assert "<mark>王小明</mark>" in page
    assert "<mark>13912345678</mark>" in page
    assert "（姓名、手机号）" in page
    marked = page[page.index('class="revealing"') :]
    assert "晚上很黑" not in marked[: marked.index("</ul>")]
    filing.press("what")
    assert filing.form["text"] == text


def test_whoever_gives_a_name_is_not_warned_of_it(filing: Filing) -> None:
    assert "这几句话可能让人认出您" not in text_of(filing.to_check(text="我叫王小明。"))


def test_who_sees_what_is_told_before_the_choice(filing: Filing) -> None:
    filing.press(**ANSWERS["what"])
    filing.press(**ANSWERS["where"])
    filing.press()
    page = text_of(filing.response)
    assert "办理单位从头到尾看不到您的姓名和联系方式" in page
    assert "没有办法给您打电话" in page
    assert "anonymity" not in filing.form  # nothing is chosen for anybody


HOSTILE = [
    "<script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "{{ 7777*7777 }}{% csrf_token %}",
    "</textarea></title><svg onload=alert(1)>",
    "javascript:alert(1)",
    "%00%0d%0aSet-Cookie: a=b",
]


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_words_are_only_words(filing: Filing, payload: str) -> None:
    line = payload[:60]
    page = text_of(filing.to_check(title=line, text=payload, place=payload, name=payload))
    for sign in ("<script>alert", "<img src=x", "<svg onload"):
        assert sign not in page
    assert str(7777 * 7777) not in page
    assert filing.form["text"] == payload
    filing.press("what")
    assert filing.form["title"] == line
    assert filing.form["text"] == payload


def test_fields_that_the_form_does_not_have_change_nothing(filing: Filing) -> None:
    filing.to_check()
    filing.press("submit", channel="phone", recorded_by="1", matter_id="1", state="closed", number="X")
    submission = Submission.objects.get()
    assert (submission.channel, submission.kind, submission.recorded_by) == ("portal", "order", None)
    assert Matter.objects.get().state == "registered"


def test_what_kind_it_is_is_asked_first_and_is_one_of_three(city: City) -> None:
    filing = Filing(visitor(), kind="task")
    assert (filing.page, filing.response.status_code) == ("kind", 422)
    assert "请从三种里选一种" in text_of(filing.response)
    filing.press("next", kind="suggestion")
    filing.to_check()
    filing.press("submit", kind="task")
    assert filing.page == "kind"
    assert Matter.objects.count() == 0


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", ["order", "suggestion", "claim"])
def test_each_kind_is_filed_in_its_own_words(city: City, kind: str, language: str) -> None:
    """Who sees what is said before the choice, and what follows by when after it."""
    english = language == "en"
    filing = Filing(visitor(language), kind=kind)
    asked = {
        "order": ("您要说什么事？", "What is it about?"),
        "claim": ("您要说什么事？", "What is it about?"),
    }
    heading = asked.get(kind, ("您有什么建议？", "What do you suggest?"))[english]
    assert heading in text_of(filing.response)
    hidden = "handler_only" if kind == "claim" else "hidden"
    for page in ("what", "where", "files"):
        filing.press(**ANSWERS[page])
    known = text_of(filing.response)
    assert f'value="{hidden}"' in known
    assert known.count('type="radio" name="anonymity"') == 3
    told = ("依法由被反映的单位自己办理的，它会知道", "If by law the two are the same")[english]
    assert (told in known) == (kind == "claim")
    filing.press(anonymity=hidden)
    filing.press(**ANSWERS["contact"])
    check = text_of(filing.response)
    assert (told in check) == (kind == "claim"), "and once more where all is checked"
    opened = ("打开过您的身份信息", "who opened your identity")[english]
    assert check.count(opened) == (kind == "claim")
    answer = filing.press("submit")
    reference, _secret = codes(answer)
    submission = Submission.objects.get(reference=reference)
    assert (submission.kind, submission.anonymity) == (kind, hidden)
    assert Matter.objects.get().procedure == kind
    long = {
        "order": ("5 个工作日内答复您", "5 working days"),
        "suggestion": ("30 天内答复您采纳没有", "30 calendar days of being sent for study"),
        "claim": ("受理以后 60 天内给您处理意见书", "60 calendar days of acceptance"),
    }[kind][english]
    assert long in text_of(answer)
    if not english:
        assert ("重新办理一次" in text_of(answer)) == (kind == "order")


def test_a_change_of_kind_asks_again_how_one_wants_to_be_known(city: City) -> None:
    filing = Filing(visitor(), kind="claim")
    filing.to_check(anonymity="handler_only")
    filing.press("kind")
    answer = filing.press("next", kind="order")
    assert (filing.page, answer.status_code) in (("known", 200), ("known", 422))
    filing.press("next", anonymity="hidden")
    assert filing.page == "check"


def test_language_and_large_print_can_be_changed_on_the_way(filing: Filing) -> None:
    filing.press(**ANSWERS["what"])
    # Half-typed and not valid yet: it is all kept.
    typed = filing.form | {"place": "半句话"}
    answer = filing.client.post(URL, typed | {"language": "en"})
    assert 'lang="en"' in text_of(answer)
    assert "Where is it?" in text_of(answer)
    assert form_of(answer, URL) == typed | form_of(answer, URL)
    answer = filing.client.post(URL, form_of(answer, URL) | {"elder": "1"})
    assert "data-elder" in text_of(answer)
    assert "Where is it?" in text_of(answer)
    assert form_of(answer, URL)["place"] == "半句话"
    assert (filing.client.cookies["elder"].value, filing.client.cookies["django_language"].value) == (
        "1",
        "en",
    )


def test_the_enter_key_goes_on_and_does_not_switch(filing: Filing) -> None:
    """A browser presses the first button that belongs to the form; on these pages the switches belong to it too."""
    page = text_of(filing.response)
    first = page.index('form="filing"')
    assert 'name="go" value="next"' in page[first : page.index(">", first)]


def test_the_secret_can_be_seen_in_the_other_language_by_who_has_it(filing: Filing) -> None:
    filing.to_check()
    given = form_of(filing.press("submit"), reverse("portal:filed"))
    answer = filing.client.post(reverse("portal:filed"), given | {"language": "en"})
    assert answer.status_code == 200
    assert codes(answer) == (given["reference"], given["secret"])
    assert "We have received it" in text_of(answer)
    wrong = filing.client.post(
        reverse("portal:filed"), given | {"secret": "0000 0000 0000 0000", "language": "en"}
    )
    assert (wrong.status_code, wrong.headers["Location"]) == (302, reverse("portal:track"))


def test_before_anybody_is_set_up_to_take_it_in_nothing_is_acknowledged(clock: Clock) -> None:
    filing = Filing(visitor())
    for page in ("what", "where", "files", "known", "contact"):
        filing.press(**(ANSWERS[page] | {"category": "", "area": ""}))
    answer = filing.press("submit")
    assert answer.status_code == 422
    assert "还没有提交" in text_of(answer)
    assert filing.form["title"] == ANSWERS["what"]["title"]


@pytest.mark.parametrize(
    "path", ["/file/", "/file/filed/", "/track/", "/track/K7MQ-3Q9X-D/steps/reply", "/end/"]
)
def test_no_post_without_its_token(city: City, path: str) -> None:
    answer = visitor(enforce_csrf_checks=True).post(path, {"go": "submit"})
    assert answer.status_code == 403
