"""The desk as a role sees it, for the security administrator: samples alone, nothing to be done, each look written down."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import resolve, reverse

from tests.factories import ROLES, City, bring_to, file, make_city
from tests.web.desk_helpers import EN, NOW, ZH, signed_in, text_of
from yipanqi.cases.actions import Words
from yipanqi.cases.models import Case
from yipanqi.core.models import AccessLog, Matter
from yipanqi.organisations.models import Area, Category, Duty, Unit
from yipanqi.web.desk.samples import STATES, samples

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

REAL = Words(title="真事一件", text="真有其事，三号杆。", name="真某某", phone="199 0000 0061")
SEES = [code for code, (duty, _c) in ROLES.items() if duty == "business"]


@pytest.fixture
def city() -> City:
    """A city with real matters in every state, some of them as they were said."""
    city = make_city()
    for state in ("", "forwarded", "handling", "answered", "served"):
        filed = file(city, at=NOW, words=REAL)
        if state:
            bring_to(city, filed, state, NOW)
    return city


def shown(city: City, role: str, what: str, language: str = ZH) -> Any:
    return signed_in(city, "secadmin", language).get(reverse("desk:role_preview", args=[role, what]))


def everything() -> dict[str, list[Any]]:
    """All rows of the city but of the access log and the sessions."""
    return {
        model._meta.label: sorted(map(str, model._default_manager.values_list()))
        for model in apps.get_models()
        if model.__module__.startswith("yipanqi.") and model is not AccessLog
    }


@pytest.mark.parametrize("role", SEES)
def test_every_role_is_shown_with_samples_and_no_real_matter(city: City, role: str) -> None:
    numbers = list(Case.objects.values_list("number", flat=True))
    ids = [str(pk) for pk in Matter.objects.values_list("pk", flat=True)]
    found = 0
    for what in ("queue", *STATES):
        answer = shown(city, role, what)
        page = text_of(answer)
        assert answer.status_code == 200, what
        for real in (*numbers, *ids, REAL.title, REAL.text, REAL.name, REAL.phone, "路灯不亮", "示例lamps"):
            assert real not in page, (what, real)
        found += 'class="preview stack"' in page
        assert ("这个角色看不到" in page) == ((role, what) == ("handler", "registered"))
    assert found == len(STATES) + (role != "handler")
    url = reverse("desk:role_preview", args=[role, "queue"])
    assert f'href="{url}?whose=all' in text_of(shown(city, role, "queue"))
    number = Case.objects.get(matter__state="handling").number
    answer = signed_in(city, "secadmin").get(f"{url}?whose=all&number={number}")
    queue = text_of(answer)
    assert answer.status_code == 200
    assert REAL.title not in queue
    assert "路灯不亮" not in queue
    assert [s for s in STATES if reverse("desk:role_preview", args=[role, s]) in queue]


def test_it_is_the_very_desk_of_that_role(city: City) -> None:
    clerk, handler = (text_of(shown(city, role, "queue")) for role in ("clerk", "handler"))
    assert "示例：楼道灯不亮" in clerk
    assert "示例：路灯杆歪了" in handler
    assert "示例：楼道灯不亮" not in handler, "nothing that was not sent on yet"
    steps = text_of(shown(city, "handler", "forwarded"))
    assert 'id="step-accept"' in steps
    assert 'id="step-route"' not in steps
    taken_in = text_of(shown(city, "clerk", "registered"))
    assert 'id="step-clear"' in taken_in
    assert "示例文字" in taken_in
    assert "示**" in taken_in, "who it is stays masked"
    assert "199****0000" in taken_in


@pytest.mark.parametrize("language", [ZH, EN])
def test_it_says_what_it_is_and_leads_back(city: City, language: str) -> None:
    page = text_of(shown(city, "handler", "queue", language))
    assert {ZH: "没有一件真事", EN: "not one real matter"}[language] in page
    assert reverse("desk:role", args=["handler"]) in page
    assert reverse("desk:role_preview", args=["handler", "handling"]) in page, "its rows lead to the samples"
    assert reverse("desk:accounts") in page, "with one's own bar"
    assert 'href="/desk/matters/' not in page


def test_nothing_of_it_is_kept(city: City) -> None:
    client = signed_in(city, "secadmin")
    before = everything()
    for what in ("queue", *STATES):
        client.get(reverse("desk:role_preview", args=["clerk", what]))
    assert everything() == before
    assert not Unit.objects.filter(code__startswith="preview").exists()


def test_nothing_can_be_done(city: City) -> None:
    client = signed_in(city, "secadmin")
    for what in ("queue", "handling"):
        url = reverse("desk:role_preview", args=["handler", what])
        for method in ("post", "put", "delete", "patch"):
            assert getattr(client, method)(url).status_code == 405
    page = text_of(client.get(reverse("desk:role_preview", args=["handler", "forwarded"])))
    content = page[page.index('<fieldset class="preview') : page.rindex("</fieldset>")]
    assert content.startswith('<fieldset class="preview stack" disabled>')
    assert "data-here" not in page
    actions = set(re.findall(r'<form method="post" action="([^"]+)"', content))
    assert actions
    before = everything()
    for action in actions:
        assert client.post(action, {"seen": "1"}).status_code in (404, 405), action
    assert everything() == before


def test_each_look_is_written_down(city: City) -> None:
    shown(city, "clerk", "registered")
    signed_in(city, "secadmin").get(reverse("desk:role", args=["clerk"]))
    looks = list(
        AccessLog.objects.filter(page="role_preview").order_by("id").values_list("account", "fields")
    )
    account = city.accounts["secadmin"].pk
    assert looks == [(account, "role:clerk,registered"), (account, "role:clerk")]
    assert not AccessLog.objects.exclude(page="role_preview").filter(matter__isnull=False).exists()
    query = "login=secadmin&since=2026-11-01T00:00&until=2026-12-01T00:00"
    page = text_of(signed_in(city, "audadmin").get(f"{reverse('desk:access_log')}?{query}"))
    assert "按角色预览（示例）" in page


@pytest.mark.parametrize("login", ["clerk", "insider", "deputy", "sysadmin", "audadmin"])
def test_nobody_else_can_look(city: City, login: str) -> None:
    client = signed_in(city, login)
    for name, args in (("roles", []), ("role", ["clerk"]), ("role_preview", ["clerk", "queue"])):
        assert client.get(reverse(f"desk:{name}", args=args)).status_code == 404
    assert Client().get(reverse("desk:role_preview", args=["clerk", "queue"])).status_code == 302


@pytest.mark.parametrize("role", ["sysadmin", "secadmin", "audadmin"])
def test_of_an_administrator_there_is_nothing_to_preview(city: City, role: str) -> None:
    assert shown(city, role, "queue").status_code == 404
    page = text_of(signed_in(city, "secadmin").get(reverse("desk:role", args=[role])))
    assert "看不到任何诉求和任务" in page
    assert "能办的步骤" not in page


def test_what_there_is_not_is_not_found(city: City) -> None:
    assert shown(city, "nobody", "queue").status_code == 404
    assert shown(city, "clerk", "closed").status_code == 404


def test_the_page_of_a_role_says_what_it_may_do(city: City) -> None:
    client = signed_in(city, "secadmin")
    assert "handler" in text_of(client.get(reverse("desk:roles")))
    page = text_of(client.get(reverse("desk:role", args=["handler"])))
    for words in ("办理诉求", "待办", "接收", "（主办单位）", "协办意见", "（协办单位）"):
        assert words in page
    assert "转给负责单位" not in page


def test_a_city_that_is_not_set_up_shows_as_much_as_it_can(city: City) -> None:
    Duty.objects.all().delete()
    Case.objects.update(category=None, area=None, cleared=False)
    Category.objects.exclude(parent=None).delete()
    Category.objects.all().delete()
    assert "示例：" in text_of(shown(city, "clerk", "registered"))
    empty = shown(city, "clerk", "handling")
    assert "还没有类别和地点" in text_of(empty)
    assert Area.objects.exists()


def test_who_sits_at_the_samples_reaches_nothing_real(city: City) -> None:
    from yipanqi.core import gate
    from yipanqi.core.gate import Channel
    from yipanqi.people.capabilities import CAPABILITIES

    real = list(Matter.objects.values_list("pk", flat=True))
    with samples(NOW) as made:
        viewer = made.viewer(CAPABILITIES)
        for channel in (Channel.DESK, Channel.FIGURES):
            found = Matter.objects.filter(gate.visible(viewer, channel))
            assert found.exists()
            assert not found.filter(pk__in=real).exists()


def test_no_address_of_a_preview_leads_to_a_sample(city: City) -> None:
    page = text_of(signed_in(city, "secadmin").get("/desk/roles/handler/handling/"))
    assert "/desk/matters/" not in page
    for address in set(re.findall(r'(?:href|action)="(/desk/roles/[^"?#]*)', page)):
        assert resolve(address).view_name.startswith("desk:role"), address
