"""What was typed and not filed yet is kept for whoever has the code, and for nobody else."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from tests.access.outlets import as_portal
from tests.factories import City, make_city
from tests.web.conftest import Clock
from tests.web.portal_helpers import ANSWERS, Filing, codes, form_of, text_of, visitor
from yipanqi.cases.models import Case, Submission
from yipanqi.core.crypto import Unopenable
from yipanqi.core.keys import keyring
from yipanqi.web.portal import actions
from yipanqi.web.portal.models import SavedDraft

pytestmark = [pytest.mark.django_db, pytest.mark.urls("config.urls_portal")]

URL, RESUME = "/file/", "/file/resume/"
CODE = re.compile(r'<dd class="secret-code"[^>]*>((?:\d{4} ){3}\d{4})</dd>')


@pytest.fixture
def city(clock: Clock) -> City:
    return make_city()


@pytest.fixture
def filing(city: City) -> Filing:
    return Filing(visitor())


def saved(filing: Filing, **typed: str) -> str:
    """Press the button, and read the code."""
    found = CODE.search(text_of(filing.press("save", **typed)))
    assert found
    return found[1]


def resumed(code: str, **client: Any) -> Filing:
    """Somebody with the code, elsewhere."""
    other = object.__new__(Filing)
    other.client, other.url = visitor(**client), reverse("portal:file")
    other.response = other.client.post(RESUME, {"code": code})
    return other


def test_every_page_can_be_saved_and_gone_on_with(filing: Filing) -> None:
    """Half-typed and not valid yet: all of it is there again, on the page where it was left."""
    for page in ("what", "where", "files", "known", "contact"):
        code = saved(filing, **ANSWERS[page])
        other = resumed(code)
        assert (other.page, other.response.status_code) == (page, 200)
        typed = {k: v for done in ANSWERS.values() for k, v in done.items() if k in other.form and v}
        assert {name: other.form[name] for name in typed} == typed
        filing.press(page)
        filing.press("next")
    assert filing.page == "check"
    assert resumed(saved(filing)).page == "check"
    assert SavedDraft.objects.count() == 1, "pressed again it is the same draft"


def test_the_code_stands_in_no_page_address_or_cookie_that_was_not_asked_for(filing: Filing) -> None:
    code = saved(filing, **ANSWERS["what"])
    plain = code.replace(" ", "")
    kept = str(filing.client.cookies)
    filing.press("what")
    for text in (text_of(filing.response), kept):
        assert code not in text
        assert plain not in text
    assert saved(filing) == code, "pressed again it is shown again: somebody did not write it down"


def test_once_kept_each_turn_of_a_page_keeps_it_anew(filing: Filing, clock: Clock) -> None:
    code = saved(filing, **ANSWERS["what"])
    filing.press("what")
    clock.forward(days=5)
    filing.press("next", title="又想起来的")
    clock.forward(days=5)
    assert resumed(code).form["title"] == "又想起来的", "and its days are counted from then"
    assert resumed(code).page == "where"


def test_before_anybody_asks_nothing_is_kept(filing: Filing) -> None:
    filing.to_check()
    assert SavedDraft.objects.count() == 0


def test_typing_is_kept_quietly_where_it_is_kept_at_all(filing: Filing) -> None:
    code = saved(filing, **ANSWERS["what"])
    filing.press("what")
    form = filing.form | {"text": "再写一句", "go": "keep"}
    assert filing.client.post(URL, form).status_code == 204
    assert resumed(code).form["text"] == "再写一句"
    assert filing.client.post(URL, form | {"draft": ""}).status_code == 410
    assert SavedDraft.objects.count() == 1


def test_filing_deletes_the_draft_in_the_same_transaction(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    filing.to_check()
    code = saved(filing)
    filing.press("check")
    with monkeypatch.context() as patch:
        patch.setattr("yipanqi.web.portal.filing.forget_draft", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            filing.press("submit")
    assert (Submission.objects.count(), SavedDraft.objects.count()) == (0, 1)
    form = filing.form | {"go": "submit"}
    codes(filing.press("submit"))
    assert (Submission.objects.count(), SavedDraft.objects.count()) == (1, 0)
    assert resumed(code).response.status_code == 422
    # Pressed twice: filed once, and no draft comes back.
    assert "这件事已经提交过了" in text_of(filing.client.post(URL, form))
    assert (Submission.objects.count(), SavedDraft.objects.count()) == (1, 0)


def test_the_draft_on_two_devices_is_filed_once(filing: Filing, clock: Clock) -> None:
    """Days later too: the token of its pages is too old by then, the draft knows its matter."""
    filing.to_check()
    code = saved(filing)
    clock.forward(days=3)
    one, other = resumed(code), resumed(code)
    codes(one.press("submit"))
    assert "这件事已经提交过了" in text_of(other.press("submit"))
    assert Case.objects.count() == 1


def test_what_is_gone_is_said_and_what_was_typed_is_not(filing: Filing, clock: Clock) -> None:
    saved(filing, **ANSWERS["what"])
    filing.press("what")
    clock.forward(days=8)
    page = text_of(filing.press("next"))
    assert "存着的草稿已经不在了" in page
    assert filing.form["title"] == ANSWERS["what"]["title"]
    assert "draft" not in filing.form
    assert "存着的草稿已经不在了" not in text_of(filing.press("back"))


def test_a_wrong_code_and_an_old_one_look_alike(filing: Filing, clock: Clock) -> None:
    """S22: same body, same status."""
    code = saved(filing, **ANSWERS["what"])
    clock.forward(days=7)
    wrong, old = "1234 5678 9012 3456", code
    answers = [visitor().post(RESUME, {"code": each}) for each in (wrong, old)]
    shown = [
        re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text_of(answer)).replace(each, "")
        for answer, each in zip(answers, (wrong, old), strict=True)
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert shown[0] == shown[1]
    assert "没有找到草稿" in shown[0]


def test_codes_are_not_guessed(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "TRIES", (("network", 3), ("all", 5)))
    code = saved(filing, **ANSWERS["what"])

    def tried(code: str, address: str) -> int:
        return int(visitor().post(RESUME, {"code": code}, REMOTE_ADDR=address).status_code)

    assert [tried(code, "192.0.2.1") for _each in range(4)] == [200] * 4, "a right code uses up nothing"
    wrong = "0000 0000 0000 0000"
    assert [tried(wrong, "192.0.2.1") for _each in range(4)] == [422, 422, 422, 429]
    assert [tried(wrong, "198.51.100.1") for _each in range(3)] == [422, 422, 429], "and of all networks"


def test_nobody_keeps_drafts_without_end(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "SAVES", (("network", 1), ("all", 5)))
    saved(filing, **ANSWERS["what"])
    other = Filing(visitor())
    answer = other.press("save", **ANSWERS["what"])
    assert answer.status_code == 422
    assert "没有存下" in text_of(answer)
    assert other.form["title"] == ANSWERS["what"]["title"]


def test_a_code_is_typed_as_people_type(filing: Filing) -> None:
    code = saved(filing, **ANSWERS["what"])
    full_width = code.translate({ord(str(n)): 0xFF10 + n for n in range(10)})
    for typed in (code.replace(" ", ""), code.replace(" ", "-"), full_width):
        assert resumed(typed).form["title"] == ANSWERS["what"]["title"]


def test_a_dump_does_not_open_it_and_nor_do_the_keys_alone(filing: Filing) -> None:
    code = saved(filing, title="Zqsent01", text="Zqsenx01")
    row = SavedDraft.objects.get()
    with connection.cursor() as cursor:
        cursor.execute("SELECT t::text FROM web_portal_saveddraft t")
        assert b"Zqsen".hex() not in str(cursor.fetchall()), "not in the dump"
    assert code.replace(" ", "") not in bytes(row.sealed).hex()
    for guess in ("0000000000000000", ""):
        with pytest.raises(Unopenable):
            keyring().open_answer(keyring().answer_context(guess, b"draft"), bytes(row.sealed))
    opened = keyring().open_answer(
        keyring().answer_context(code.replace(" ", ""), b"draft"), bytes(row.sealed)
    )
    assert json.loads(opened)["values"]["title"] == "Zqsent01"


@pytest.mark.parametrize("handle", ["00", "nonsense", "f" * 200, "\x00"])
def test_a_handle_that_we_did_not_make_is_none(filing: Filing, handle: str) -> None:
    answer = filing.press("next", **ANSWERS["what"], draft=handle)
    assert (answer.status_code, filing.page) == (200, "where")
    assert "draft" not in filing.form


def test_a_draft_can_be_deleted_by_its_writer(filing: Filing) -> None:
    code = saved(filing, **ANSWERS["what"])
    filing.press("forget")
    assert SavedDraft.objects.count() == 0
    assert filing.form["title"] == ANSWERS["what"]["title"]
    assert resumed(code).response.status_code == 422


def test_what_nobody_comes_back_for_is_deleted(filing: Filing, clock: Clock) -> None:
    saved(filing, **ANSWERS["what"])
    assert actions.forget_drafts(at=clock.forward(days=6)) == 0
    assert actions.forget_drafts(at=clock.forward(days=1)) == 1
    assert SavedDraft.objects.count() == 0


def test_the_page_with_the_code_can_be_seen_in_the_other_language(filing: Filing) -> None:
    code = saved(filing, **ANSWERS["what"])
    answer = filing.client.post(URL, form_of(filing.response, URL) | {"language": "en"})
    assert "It is saved, and not filed yet" in text_of(answer)
    assert code in text_of(answer)


@pytest.mark.django_db(transaction=True)
def test_the_portals_own_role_can_do_all_of_it(filing: Filing) -> None:
    with as_portal():
        code = saved(filing, **ANSWERS["what"])
        other = resumed(code)
        assert other.form["title"] == ANSWERS["what"]["title"]
        other.press("next", title="从别处接着写")
        assert resumed(code).form["title"] == "从别处接着写"
        other.press("forget")
        assert SavedDraft.objects.count() == 0
