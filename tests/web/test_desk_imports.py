"""The pages of imports: from a file to its result, without JavaScript, in both languages."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.exchange.files import csv_of
from tests.factories import make_city
from tests.web.desk_helpers import EN, NOW, signed_in, text_of
from yipanqi.cases.models import Submission
from yipanqi.core.gate import Actor
from yipanqi.core.models import AccessLog
from yipanqi.core.procedure import Role
from yipanqi.exchange import actions, queries
from yipanqi.exchange.jobs import import_run, resume_imports
from yipanqi.exchange.models import ImportRun
from yipanqi.exchange.reading import opened
from yipanqi.web import uploads

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
TABLE = csv_of(
    ["标题", "正文", "时间"], ["路灯", "灯不亮", "2026-11-20"], ["井盖", "井盖丢了", "前天"]
).getvalue()
HOSTILE = "<script>alert(1)</script>"


def upload(
    client: Client, content: bytes = TABLE, name: str = "来信.csv", target: str = "submissions"
) -> Any:
    file = SimpleUploadedFile(name, content, "text/csv")
    return client.post(reverse("desk:imports"), {"target": target, "file": file})


def columns(run: ImportRun, go: str, **more: str) -> dict[str, str]:
    return {f"column_{name}": header for name, header in run.mapping.items()} | {"go": go} | more


def work(run: ImportRun) -> ImportRun:
    """What the worker does."""
    import_run(str(run.pk))
    return ImportRun.objects.get(pk=run.pk)


def test_a_file_is_uploaded_checked_and_imported() -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    answer = upload(client)
    run = ImportRun.objects.get()
    here = reverse("desk:import", args=[run.pk])
    assert answer.headers["Location"] == here
    assert "selected>正文" in text_of(client.get(here))
    assert client.post(here, columns(run, "check", history="on")).headers["Location"] == here
    page = client.get(here)
    assert "正在检查" in text_of(page)
    assert page.headers["Refresh"].endswith(here)
    assert "Refresh" not in client.get(f"{here}?still=1").headers
    assert work(run).state == "checked"
    page = client.get(here)
    assert "Refresh" not in page.headers
    assert "“前天”不是日期" in text_of(page)
    assert "导入可以导入的 1 行" in text_of(page)
    assert text_of(page).index("导入可以导入的") < text_of(page).index("不能导入的行"), "before what cannot"
    assert re.search(r'<button [^>]*value="enter" form="columns"', text_of(page))
    assert '<form method="post" id="columns"' in text_of(page)
    assert not Submission.objects.exists()
    client.post(here, columns(run, "enter", history="on"))
    assert work(run).state == "done"
    assert Submission.objects.count() == 1
    assert "已导入" in text_of(client.get(here))


def test_what_cannot_go_in_at_all_is_not_offered() -> None:
    client = signed_in(make_city(), "clerk")
    upload(client, csv_of(["标题", "正文", "时间"], ["井盖", "井盖丢了", "前天"]).getvalue())
    run = ImportRun.objects.get()
    client.post(reverse("desk:import", args=[run.pk]), columns(run, "check"))
    assert work(run).state == "checked"
    page = text_of(client.get(reverse("desk:import", args=[run.pk])))
    assert 'value="enter"' not in page
    assert 'value="check"' in page


def test_the_result_speaks_english_where_the_reader_does() -> None:
    city = make_city()
    client = signed_in(city, "clerk", EN)
    upload(client)
    run = ImportRun.objects.get()
    here = reverse("desk:import", args=[run.pk])
    client.post(here, columns(run, "check"))
    work(run)
    page = text_of(client.get(here))
    assert "is not a date" in page
    assert "Rows that cannot go in" in page
    assert "Import the row that can go in" in page


def test_failed_rows_are_downloaded_by_whoever_brought_the_file_alone() -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    upload(client)
    run = ImportRun.objects.get()
    client.post(reverse("desk:import", args=[run.pk]), columns(run, "check"))
    work(run)
    for kind in ("csv", "xlsx"):
        answer = client.get(reverse("desk:failed_rows", args=[run.pk, kind]))
        assert "attachment" in answer.headers["Content-Disposition"]
        with opened(io.BytesIO(answer.content)) as table:
            assert [row.cells[1] for row in table.rows()] == ["井盖丢了"]
    assert AccessLog.objects.filter(page="import", fields="failed_rows").count() == 2
    other = signed_in(city, "clerk2")
    assert other.get(reverse("desk:failed_rows", args=[run.pk, "csv"])).status_code == 404
    assert "前天" not in text_of(other.get(reverse("desk:import", args=[run.pk])))
    client.post(reverse("desk:import", args=[run.pk]), {"go": "forget"})
    assert client.get(reverse("desk:failed_rows", args=[run.pk, "csv"])).status_code == 404


@pytest.mark.parametrize(
    ("content", "told"), [(b"", "文件"), (b"\xff\xfe", "编码"), ("标题\n".encode(), "表头下面没有内容")]
)
def test_what_is_no_table_is_told_on_the_page(content: bytes, told: str) -> None:
    client = signed_in(make_city(), "clerk")
    answer = upload(client, content)
    assert answer.status_code == 422
    assert told in text_of(answer)
    assert not ImportRun.objects.exists()


def test_a_column_that_is_not_there_is_told_beside_its_field() -> None:
    client = signed_in(make_city(), "clerk")
    upload(client)
    run = ImportRun.objects.get()
    answer = client.post(reverse("desk:import", args=[run.pk]), {"go": "check", "column_title": HOSTILE})
    assert answer.status_code == 422
    assert 'href="#id_column_text"' in text_of(answer)
    assert HOSTILE not in text_of(answer)


def test_columns_that_go_nowhere_are_named_before_anything_is_checked() -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    upload(client, csv_of(["正文", "留言者", "留言主题"], ["灯不亮", "甲某", "路灯"]).getvalue())
    run = ImportRun.objects.get()
    here = reverse("desk:import", args=[run.pk])
    page = text_of(client.get(here))
    assert "文件里这些列没有用上" in page
    assert "<p>留言者</p>" in page
    assert '<details class="disclosure" open>' in page, "the fields it could fill stand open"
    client.post(here, columns(run, "check", column_name="留言者"))
    assert "没有用上" not in text_of(client.get(reverse("desk:import", args=[work(run).pk])))


def test_hostile_names_and_headers_are_texts() -> None:
    client = signed_in(make_city(), "clerk")
    upload(client, csv_of(["text", HOSTILE], ["a", "b"]).getvalue(), name=f"{HOSTILE}.csv")
    run = ImportRun.objects.get()
    for url in (reverse("desk:imports"), reverse("desk:import", args=[run.pk])):
        assert HOSTILE not in text_of(client.get(url))


def test_each_imports_what_is_theirs() -> None:
    city = make_city()
    clerk, keeper = signed_in(city, "clerk"), signed_in(city, "sysadmin")
    upload(clerk)
    run = ImportRun.objects.get()
    assert upload(keeper, target="submissions").status_code == 404
    assert upload(clerk, target="units").status_code == 404
    assert keeper.get(reverse("desk:import", args=[run.pk])).status_code == 404
    assert "来信.csv" not in text_of(keeper.get(reverse("desk:imports")))
    assert signed_in(city, "insider").get(reverse("desk:imports")).status_code == 404


def test_an_upload_touches_no_disk_and_a_large_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TemporaryUploadedFile, "__init__", lambda *a, **k: pytest.fail("on the disk"))
    city = make_city()
    large = b"text\n" + b"some words of a row\n" * 150_000
    assert upload(signed_in(city, "clerk"), large).status_code == 302
    monkeypatch.setattr(uploads, "LARGEST", 1000)
    answer = upload(signed_in(city, "clerk"), large)
    assert answer.status_code == 422
    # Nobody who has not signed in, and no other page, makes us hold a file.
    assert upload(Client()).status_code == 302


def test_an_import_whose_worker_was_killed_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    upload(client)
    run = ImportRun.objects.get()
    client.post(reverse("desk:import", args=[run.pk]), columns(run, "enter", history="on"))
    resumed: list[str] = []
    monkeypatch.setattr(import_run, "defer", lambda **job: resumed.append(job["run"]))
    resume_imports(0)
    assert resumed == []
    later = NOW + dt.timedelta(minutes=3)
    monkeypatch.setattr(timezone, "now", lambda: later)
    resume_imports(0)
    assert resumed == [str(run.pk)]


def test_who_may_no_longer_import_stops_it(monkeypatch: pytest.MonkeyPatch) -> None:
    city = make_city()
    client = signed_in(city, "clerk")
    upload(client)
    run = ImportRun.objects.get()
    client.post(reverse("desk:import", args=[run.pk]), columns(run, "enter", history="on"))
    city.accounts["clerk"].is_active = False
    city.accounts["clerk"].save()
    assert work(run).state == "stopped"
    assert not Submission.objects.exists()
    page = text_of(signed_in(city, "clerk2").get(reverse("desk:import", args=[run.pk])))
    assert "您没有导入的权限。" in page


@pytest.mark.parametrize("what", ["units", "duties"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_units_and_duties_go_out_and_come_in_unchanged(what: str, kind: str) -> None:
    city = make_city()
    client = signed_in(city, "sysadmin")
    out = client.get(reverse("desk:rows_out", args=[what, kind]))
    assert upload(client, out.content, f"{what}.{kind}", target=what).status_code == 302
    run = ImportRun.objects.get()
    by = Actor(city.viewer("sysadmin"), Role.SENDER)
    run = actions.start_import(
        run=run, mapping=run.mapping, options={}, for_good=True, by=by, at=NOW, queued=False
    )
    actions.advance_import(run=run, source=actions.stored(run), by=by, now=lambda: NOW)
    assert (run.entered, run.known, list(queries.failures(run))) == (0, run.rows, [])
    again = client.get(reverse("desk:rows_out", args=[what, kind]))
    with opened(io.BytesIO(out.content)) as one, opened(io.BytesIO(again.content)) as two:
        assert list(one.rows()) == list(two.rows())


def test_nothing_else_goes_out() -> None:
    client = signed_in(make_city(), "sysadmin")
    for what, kind in (("accounts", "csv"), ("units", "pdf")):
        assert client.get(reverse("desk:rows_out", args=[what, kind])).status_code == 404
