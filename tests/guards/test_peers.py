"""What befell systems like this one (spec/trust-and-ux §1), tried on ours. docs/security.md names the others of the list,
which have a test elsewhere."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import PASSWORD, WORDS, bring_to, file, make_city
from tests.files import pictures
from tests.files.test_files_security import taken
from tests.web.desk_helpers import NOW, case_in, city_with, matter_url, page_of, post_step, signed_in, text_of
from tests.web.portal_helpers import case_url, tracking
from yipanqi.cases.actions import Words
from yipanqi.core import sealing
from yipanqi.files.models import File
from yipanqi.files.queries import of_seal
from yipanqi.organisations.models import Unit
from yipanqi.people.models import Account

pytestmark = pytest.mark.django_db
CARRIER = "\"'><script>alert(1)</script><img src=x onerror=alert(2)>"


def test_an_account_is_found_by_its_login_and_never_by_an_address() -> None:
    """Zammad CVE-2026-84458: a sign-in was linked to an account by an e-mail address nobody had verified."""
    make_city()
    assert not [field.name for field in Account._meta.get_fields() if "mail" in field.name]
    for login in ("insider@example.org", "INSIDER@", "示例insider"):
        answer = Client().post(reverse("desk:sign_in"), {"login": login, "password": PASSWORD})
        assert answer.status_code == 422, login


@pytest.mark.parametrize("login", ["stranger", "sysadmin", ""])
def test_no_parameter_of_a_link_opens_what_the_gate_keeps_shut(login: str) -> None:
    """Zammad CVE-2026-34722: a parameter of a link skipped the authorisation."""
    city, filed = city_with("handling")
    client = signed_in(city, login) if login else Client()
    extra = (
        "as=insider",
        "user=1",
        "token=1",
        "preview=1",
        "format=json",
        "signature=x",
        "step=answer",
        "seen=1",
    )
    for query in ("", *extra, "&".join(extra)):
        answer = client.get(f"{matter_url(filed.case.pk)}?{query}")
        assert answer.status_code == (404 if login else 302), query
        assert "路灯" not in text_of(answer)


def test_a_portal_session_opens_its_own_case_whatever_the_link_says() -> None:
    city = make_city()
    mine, other = file(city, at=NOW), file(city, at=NOW)
    client = tracking(mine)
    for query in ("", f"?reference={mine.reference}", f"?secret={mine.secret}", "?proved=1"):
        answer = client.get(case_url(other) + query)
        assert answer.status_code in (302, 403, 404), query
        assert other.case.number not in text_of(answer)


def test_the_id_of_a_file_is_drawn_and_opens_it_to_nobody_else() -> None:
    """Zammad CVE-2024-33668, Decidim CVE-2025-65017: the id of an upload could be guessed, an export's met another's."""
    city = make_city()
    filed = file(city, at=NOW, files=[taken("门牌.jpg", pictures.located((400, 300)))])
    bring_to(city, filed, "handling", NOW)
    [one] = of_seal(filed.submission.seal_id)
    ids = {str(File._meta.get_field("id").get_default()) for _number in range(200)}
    # What is drawn is more than the moment: no two of one moment agree in what follows it.
    assert len({each[19:] for each in ids}) == 200
    # The insider handles the case, and the clerk let no file go along with it.
    for login in ("stranger", "sysadmin", "insider"):
        answer = signed_in(city, login).get(reverse("desk:file", args=[one.pk]))
        assert answer.status_code == 404, login


def test_one_address_of_an_export_gives_each_what_is_theirs() -> None:
    """Decidim CVE-2025-65017: the id of a private export met another's. Here an export has none and lies nowhere: it is
    made anew for whoever asks, also when somebody of more rights has just taken it out."""
    city, filed = city_with("handling")
    address = reverse("desk:queue_out", args=["csv"]) + "?whose=all"
    for login, reads in (("insider", True), ("stranger", False), ("insider", True), ("accused", False)):
        answer = signed_in(city, login).get(address)
        assert answer.status_code == 200
        assert (filed.reference in text_of(answer)) == reads, login


def test_names_are_words_on_every_page_that_bears_them() -> None:
    """Decidim CVE-2026-23891: a user's name was a script in the pages of others."""
    city = make_city()
    Unit.objects.filter(code="lamps").update(name_zh=CARRIER[:80], name_en=CARRIER[:80])
    Account.objects.filter(login="insider").update(name=CARRIER[:60])
    said = Words(
        title=CARRIER, text=CARRIER, name=CARRIER[:60], phone="199 0000 0001", email="", address=CARRIER
    )
    filed = case_in(city, "handling", words=said)
    pages = [page_of(city, login, filed.case.pk) for login in ("clerk", "insider", "deputy")]
    pages += [
        text_of(signed_in(city, login).get(reverse("desk:queue"))) for login in ("clerk", "insider", "deputy")
    ]
    pages.append(text_of(tracking(filed).get(case_url(filed))))
    assert any("&lt;script&gt;alert(1)" in page for page in pages)
    for page in pages:
        assert "<script>alert" not in page
        assert not re.search(r"<img src=x", page)


@pytest.mark.parametrize(
    "name", ["sort", "order", "order_by", "o", "after", "before", "whose", "when", "kind", "state"]
)
def test_no_word_of_an_address_reaches_the_order_of_a_statement(name: str) -> None:
    """Decidim CVE-2026-45376: ORDER BY was taken from the address."""
    city, _filed = city_with("handling")
    client = signed_in(city, "insider")
    for value in (
        "id; DROP TABLE core_matter",
        "(SELECT 1)",
        "-due_at,id",
        "state DESC, (CASE WHEN 1=1 THEN id END)",
    ):
        with CaptureQueriesContext(connection) as seen:
            answer = client.get(reverse("desk:queue"), {name: value})
        assert answer.status_code in (200, 302, 404, 422)
        assert not [one["sql"] for one in seen if value in one["sql"] and f"'{value}'" not in one["sql"]]


def test_what_cannot_be_unsealed_is_not_shown_and_no_opening_is_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A key service that fails must not open the door."""
    city, filed = city_with("handling")

    def fails(*_given: Any) -> Any:
        raise RuntimeError("the key is away")

    monkeypatch.setattr(sealing, "open_seal", fails)
    client = signed_in(city, "insider")
    client.raise_request_exception = False
    post_step(client, filed.case.pk, "open_identity", purpose="contact")
    answer = client.get(matter_url(filed.case.pk))
    assert answer.status_code in (200, 500, 503)
    assert not [told for told in (WORDS.name, WORDS.phone) if told in text_of(answer)]
    # With the key back, nobody reads what they did not open.
    monkeypatch.undo()
    assert WORDS.phone not in page_of(city, "colleague", filed.case.pk)
