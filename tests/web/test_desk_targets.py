"""Targets and what the system reads itself, on the pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import make_city
from tests.meetings.world import bring, lines, task
from tests.web.desk_helpers import NOW, ONE_DAY, case_in, matter_url, page_of, post_step, signed_in, text_of
from tests.web.test_desk_tree import FORM
from yipanqi.meetings.models import LineBinding, Target

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]


def test_targets_are_typed_with_a_draft_and_recorded_with_progress() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    deputy, url = signed_in(city, "deputy"), reverse("desk:new_task", args=[line.pk])
    given = FORM | {"sender": str(city.units["socialwork"].pk)}
    wrong = deputy.post(url, given | {"targets": "更换路灯三百盏"})
    assert wrong.status_code == 422
    assert "没有看懂“更换路灯三百盏”" in text_of(wrong)
    assert deputy.post(url, given | {"targets": "更换路灯 300 盏\n培训：2场"}).status_code == 302
    targets = Target.objects.order_by("number").values_list("title", "wanted", "measure")
    assert list(targets) == [("更换路灯", 300, "盏"), ("培训", 2, "场")]
    one = Target.objects.earliest("number").task
    bring(city, one, "working", NOW)
    insider = signed_in(city, "insider")
    assert post_step(insider, one.pk, "progress", target="1", amount="120").status_code == 302
    page = page_of(city, "deputy", one.pk)
    assert "更换路灯 120/300 盏" in page
    assert 'max="300" value="120"' in page


def test_a_task_without_targets_is_asked_for_no_amount() -> None:
    city = make_city()
    one = task(city, lines(city, at=NOW)[0], at=NOW)
    bring(city, one, "working", NOW)
    page = page_of(city, "insider", one.pk)
    assert 'id="step-progress"' in page
    assert "到今天一共完成" not in page


def test_progress_that_the_system_reads_leads_to_the_cases_it_counts() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    one = task(city, line, at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    client, url = signed_in(city, "deputy"), reverse("desk:bind_line", args=[line.pk])
    form = text_of(client.get(url, {"task": str(one.pk)}))
    assert f'<option value="{one.pk}" selected>' in form
    assert client.post(url, {"category": "lamps", "area": "", "task": str(one.pk)}).status_code == 302
    assert LineBinding.objects.get().task == one
    closed, opened = case_in(city, "closed", at=NOW - ONE_DAY), case_in(city, "handling", at=NOW - ONE_DAY)
    page = page_of(city, "deputy", one.pk)
    assert "办结 1 / 共 2 件" in page
    base = reverse("desk:line", args=[line.pk])
    assert f"{base}?task={one.pk}&amp;show=closed" in page
    listed = text_of(client.get(base, {"task": str(one.pk), "show": "closed"}))
    assert closed.reference in listed
    assert opened.reference not in listed
    assert "只列这条要求的一项任务所关联的诉求。" in listed
    # Of a task that has none nothing is listed, whatever the requirement has.
    other = task(city, line, at=NOW)
    none = text_of(client.get(base, {"task": str(other.pk), "show": "closed"}))
    assert closed.reference not in none


def test_whoever_may_bind_comes_from_the_task_to_the_form_and_back() -> None:
    city = make_city()
    [line] = lines(city, "改进路灯维修", at=NOW - ONE_DAY)
    one = task(city, line, at=NOW - ONE_DAY)
    bring(city, one, "working", NOW - ONE_DAY)
    deputy, url = signed_in(city, "deputy"), f"{reverse('desk:bind_line', args=[line.pk])}?task={one.pk}"
    page = page_of(city, "deputy", one.pk)
    assert f'href="{url}"' in page
    assert "没有关联诉求。" in page
    assert f'href="{matter_url(one.pk)}"' in deputy.get(url).content.decode()
    answer = deputy.post(url, {"category": "lamps", "area": "", "task": str(one.pk)})
    assert answer.headers["Location"] == matter_url(one.pk)
    # Who works on it is told what is read, and not led to the form.
    theirs = page_of(city, "insider", one.pk)
    section = theirs.split('id="bound"')[1].split("</section>")[0]
    assert "路灯" in section
    assert "不用再报" in section
    assert "关联一类诉求" not in section
    bring(city, one, "closed", NOW - ONE_DAY)
    assert f'href="{url}"' not in page_of(city, "deputy", one.pk)
