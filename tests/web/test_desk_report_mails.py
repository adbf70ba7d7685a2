"""Reports from a mailbox, by a real IMAP server: what lies there is seen and taken, and stays as it was."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.utils.html import escape
from imapclient import IMAPClient, SocketTimeout

from config.mail import report_mailbox
from tests.exchange.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.factories import make_city
from tests.files.test_words import docx_of
from tests.web.desk_helpers import signed_in, text_of
from yipanqi.core.models import AccessLog
from yipanqi.exchange import letterbox
from yipanqi.files.checking import FileRefused, mail_parts
from yipanqi.text.headers import header_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]

SAID = "会议强调，要健全工作机制，建强工作队伍。"
URL = "/desk/meetings/from-report/mail"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as running:
        yield running


@pytest.fixture
def box(server: MailServer, settings: Any, tmp_path: Path) -> MailServer:
    """The server with an empty folder, named in the settings."""
    for each in server.folder.glob("[cn]*/*"):
        each.unlink()
    secret = tmp_path / "password"
    secret.write_text(f"{PASSWORD}\n", encoding="utf-8")
    settings.REPORT_MAILBOX = report_mailbox(server.url, str(secret))
    return server


@pytest.fixture
def client() -> Client:
    return signed_in(make_city(), "deputy")


def mail(subject: str = "关于会议的报道", text: str = SAID, html: str = "") -> EmailMessage:
    made = EmailMessage()
    made["Subject"] = subject
    if text:
        made.set_content(text)
    if html:
        made.set_content(html, subtype="html")
    return made


def attached(name: str, data: bytes, kind: str = "octet-stream", **more: Any) -> EmailMessage:
    made = mail(**more)
    made.add_attachment(data, maintype="application", subtype=kind, filename=name)
    return made


def listed(client: Client) -> str:
    answer = client.get(URL)
    assert answer.status_code == 200
    return text_of(answer)


def first(client: Client) -> str:
    """Where the newest mail is."""
    found = re.search(rf'href="({URL}/\d+/\d+)"', listed(client))
    assert found is not None
    return found[1]


def taken(client: Client, part: int = 0) -> str:
    """What stands in the form after that part of the newest mail was taken."""
    answer = client.post(first(client), {"part": part})
    assert answer.status_code == 200
    found = re.search(r'<textarea[^>]* name="text"[^>]*>\n?(.*?)</textarea>', text_of(answer), re.DOTALL)
    assert found is not None
    return found[1]


def test_what_lies_there_is_listed_the_newest_first_with_what_is_attached(
    client: Client, box: MailServer
) -> None:
    box.bring(bytes(mail("第一封")))
    box.bring(bytes(attached("市社会工作会议.docx", docx_of(SAID), subject="第二封 & <b>")))
    page = listed(client)
    assert page.index(escape("第二封 & <b>")) < page.index("第一封")
    assert "市社会工作会议.docx" in page
    assert "2026" in page  # when it came in
    assert AccessLog.objects.filter(page="report_mail").exists()


def test_its_words_and_files_go_into_the_form_that_takes_a_paste(client: Client, box: MailServer) -> None:
    box.bring(bytes(attached("报道.docx", docx_of(SAID), text="附件是报道。")))
    page = text_of(client.get(first(client)))
    assert "<h1>关于会议的报道</h1>" in page
    assert "报道.docx" in page
    assert re.search(r'value="1"[^>]*checked', page)  # the file stands before what says that it is attached
    assert taken(client, 0).strip() == "附件是报道。"
    assert taken(client, 1) == SAID
    answer = text_of(client.post(first(client), {"part": 1}))
    assert 'action="/desk/meetings/from-report"' in answer
    read = client.post("/desk/meetings/from-report", {"text": SAID})
    assert "健全工作机制" in text_of(read)


def test_nothing_is_marked_moved_or_deleted(client: Client, box: MailServer) -> None:
    box.bring(bytes(mail()))
    taken(client)
    assert box.names == [f"{box.put:04}.test.example:2,"]  # no flag: not even seen
    assert "关于会议的报道" in listed(client)


def test_the_folder_is_examined_and_never_selected(
    client: Client, box: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.bring(bytes(mail()))
    real, seen = IMAPClient.select_folder, list[bool]()

    def watched(self: Any, folder: str, readonly: bool = False) -> Any:
        seen.append(readonly)
        return real(self, folder, readonly=readonly)

    monkeypatch.setattr("imapclient.IMAPClient.select_folder", watched)
    taken(client)
    assert seen == [True, True]


def test_fifty_are_looked_at_and_no_more(client: Client, box: MailServer) -> None:
    for number in range(53):
        box.bring(bytes(mail(f"第{number}封")))
        if number == 2:
            assert "第2封" in listed(client)  # the server has seen these before those
    page = listed(client)
    assert len(set(re.findall(rf"{URL}/\d+/\d+", page))) == letterbox.MOST == 50
    assert "第52封" in page
    assert "第3封" in page
    assert "第2封" not in page


# --- hostile mails ---------------------------------------------------------------------------------------------------

RAW = b"\r\n".join


@pytest.mark.parametrize("charset", ["gb18030", "gb2312", "GBK", "utf-8", "x-nobody-knows", ""])
def test_words_in_older_encodings_are_read(client: Client, box: MailServer, charset: str) -> None:
    real = "utf-8" if charset == "utf-8" else "gb18030"
    kind = f"; charset={charset}" if charset else ""
    said = "镕基同志讲话：" + SAID  # 镕 is not in GB2312, whatever the mail says
    box.bring(RAW([b"Subject: x", f"Content-Type: text/plain{kind}".encode(), b"", said.encode(real)]))
    assert taken(client).strip() == said


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?GB2312?B?" + __import__("base64").b64encode("镕基报道".encode("gb18030")) + b"?=", "镕基报道"),
        (b"=?utf-8?B?5YWz5LqO5Lya?=\r\n =?utf-8?B?6K6u?=", "关于会议"),
        (b"=?utf-8?B?5YWz5LqO5Lya6K?=\r\n =?utf-8?B?6u?=", None),
        ("生字节标题".encode("gb18030"), "生字节标题"),
        ("生字节标题".encode(), "生字节标题"),
        (b"=?nobody?B?5YWz?=", None),
        (b"=?utf-8?B?####?=", None),
        (b"a\x00b\tc", "a b c"),
        (b"x" * 5000, "x" * 200 + "…"),
        (b"", ""),
    ],
)
def test_subjects_are_read_whatever_they_are(raw: bytes, shown: str | None) -> None:
    text = header_text(raw)
    assert shown is None or text == shown
    assert text.isprintable()


def test_a_mail_of_html_alone_is_read_without_its_tags_and_scripts(client: Client, box: MailServer) -> None:
    box.bring(bytes(mail(text="", html=f"<div><script>alert(1)</script><p>{SAID}</p><p>第二段。</p></div>")))
    assert taken(client) == f"{SAID}\n第二段。"


@pytest.mark.parametrize("name", ["../../etc/报道.docx", "..\\..\\报道.docx", "/etc/报道.docx"])
def test_a_name_is_no_path(client: Client, box: MailServer, name: str) -> None:
    box.bring(bytes(attached(name, docx_of(SAID))))
    for page in (listed(client), text_of(client.get(first(client)))):
        assert "报道.docx" in page
        assert "etc" not in page
        assert "..\\" not in page
    assert taken(client, 1) == SAID


@pytest.mark.parametrize(
    "body",
    [
        b"Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain\r\n",
        b"Content-Type: multipart/mixed\r\n\r\nno boundary at all",
        b"Content-Type: text/plain\r\nContent-Transfer-Encoding: base64\r\n\r\n####",
        b"Content-Type: \x00\x01/;;;=\r\n\r\nx",
        b"\x00\xff\xfe",
        b"",
        b"\r\n".join([b"Content-Type: multipart/mixed; boundary=b"] + [b""] + [b"--b\r\n"] * 3000),
        b"".join(b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(40)),
    ],
)  # fmt: skip
def test_a_broken_mail_breaks_neither_the_list_nor_its_page(
    client: Client, box: MailServer, body: bytes
) -> None:
    box.bring(bytes(mail("好的")))
    box.bring(b"Subject: broken\r\n" + body)
    page = listed(client)
    assert "好的" in page
    for place in sorted(set(re.findall(rf"{URL}/\d+/\d+", page))):
        assert client.get(place).status_code == 200
        assert client.post(place, {"part": "0"}).status_code in (200, 422)


def test_a_file_that_is_not_what_it_says_is_refused_beside_the_choice(
    client: Client, box: MailServer
) -> None:
    box.bring(bytes(attached("报道.pdf", b"%PDF-1.7 broken", "pdf")))
    answer = client.post(first(client), {"part": 1})
    assert answer.status_code == 422
    assert "报道.pdf" in text_of(answer)
    assert client.post(first(client), {"part": 7}).status_code == 422


def test_what_cannot_be_read_is_not_offered(client: Client, box: MailServer) -> None:
    box.bring(bytes(attached("setup.exe", b"MZ", text=" ")))
    assert "setup.exe" in listed(client)
    assert "没有可读的内容" in text_of(client.get(first(client)))


def test_a_huge_mail_is_named_and_not_fetched(
    client: Client, box: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.bring(bytes(mail("太大的", text="字" * 20000)))
    place = first(client)
    monkeypatch.setattr(letterbox, "LARGEST_MAIL", 30000)
    page = listed(client)
    assert "太大，读不了" in page
    assert place not in page
    assert "这封邮件太大" in text_of(client.get(place))


def test_a_report_that_is_too_long_is_refused_and_the_choice_stays(client: Client, box: MailServer) -> None:
    box.bring(bytes(mail(text=SAID * 20000)))
    answer = client.post(first(client), {"part": 0})
    assert answer.status_code == 422
    assert "太长" in text_of(answer)


def test_what_nests_without_end_ends_with_its_process() -> None:
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(3000)
    )
    with pytest.raises(FileRefused, match="太费力"):
        mail_parts(deep)


def test_names_in_a_structure_are_read_however_a_server_says_them() -> None:
    def name(shown: Any = None, given: Any = None) -> list[str]:
        part = (b"application", b"pdf", given, None, None, b"base64", 4, None, shown, None, None)
        return list(letterbox._names(([part], b"mixed", None, None, None)))

    assert name((b"attachment", (b"filename", b"a.pdf"))) == ["a.pdf"]
    assert name((b"ATTACHMENT", (b"FILENAME*", b"utf-8''%E6%8A%A5.pdf"))) == ["报.pdf"]
    split = (b"filename*0*", b"utf-8''%E6%8A", b"filename*1*", b"%A5.pdf")
    assert name((b"attachment", split)) == ["报.pdf"]
    assert name((b"attachment", (b"filename", b"=?GB2312?B?sai1wC5wZGY=?="))) == ["报道.pdf"]
    assert name(given=(b"name", "报道.pdf".encode("gb18030"))) == ["报道.pdf"]
    assert name((b"attachment", None), (b"name", b"b.pdf")) == ["b.pdf"]
    assert name() == name((b"inline", None)) == []


# --- what is not there -----------------------------------------------------------------------------------------------


def test_without_a_setting_no_host_is_called_and_the_page_says_so(client: Client, settings: Any) -> None:
    settings.REPORT_MAILBOX = None
    assert "没有设置收报道的邮箱" in listed(client)
    assert URL not in text_of(client.get("/desk/meetings/from-report"))
    assert client.get(f"{URL}/1/1").status_code == 404


def test_with_one_the_form_leads_to_it(client: Client, box: MailServer) -> None:
    assert URL in text_of(client.get("/desk/meetings/from-report"))
    assert "邮箱里没有邮件" in listed(client)


def test_a_mail_that_is_gone_is_said_to_be(client: Client, box: MailServer) -> None:
    box.bring(bytes(mail()))
    place = first(client)
    (box.folder / "cur" / box.names[0]).unlink()
    assert "已经不在邮箱里" in text_of(client.get(place))
    assert "已经不在邮箱里" in text_of(client.get(f"{URL}/1/1"))  # another UIDVALIDITY


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("imap://reports:wrong@127.0.0.1:{port}/", "不接受所设的账号或密码"),
        ("imap://reports:{password}@127.0.0.1:{port}/Nowhere", "没有所设的文件夹"),
        ("imap://reports:{password}@127.0.0.1:1/", "现在连不上"),
        (
            "imaps://reports:{password}@127.0.0.1:{port}/",
            "现在连不上",
        ),  # it speaks no TLS: nothing is said in clear
        ("imap+starttls://reports:{password}@127.0.0.1:{port}/", "现在连不上"),
    ],
)
def test_each_trouble_is_said_and_no_password_is_logged(
    client: Client, box: MailServer, settings: Any, caplog: pytest.LogCaptureFixture, url: str, words: str
) -> None:
    from urllib.parse import quote

    settings.REPORT_MAILBOX = report_mailbox(url.format(port=box.port, password=quote(PASSWORD)))
    assert words in listed(client)
    assert PASSWORD not in caplog.text
    assert "wrong" not in caplog.text


def test_a_server_that_says_nothing_is_given_up(
    client: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "TIMEOUT", SocketTimeout(connect=1, read=1))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        settings.REPORT_MAILBOX = report_mailbox(f"imap://a:b@127.0.0.1:{silent.getsockname()[1]}/")
        assert "现在连不上" in listed(client)


def test_two_are_let_in_at_once_and_a_third_is_told(
    client: Client, box: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(letterbox, "_AT_ONCE", threading.BoundedSemaphore(1))
    letterbox._AT_ONCE.acquire()
    assert "正有别人在读邮箱" in listed(client)
    letterbox._AT_ONCE.release()
    assert "邮箱里没有邮件" in listed(client)
    assert "邮箱里没有邮件" in listed(client)  # it was given back


@pytest.mark.parametrize("login", ["insider", "clerk", "secadmin"])
def test_it_is_for_whoever_may_read_reports(box: MailServer, login: str) -> None:
    assert signed_in(make_city(), login).get(URL).status_code == 404


@pytest.mark.parametrize(
    "url",
    ["imap://a:b@mail.example/", "http://a:b@mail.example/", "imaps://mail.example/", "imaps://a@mail.example/",
     "imaps://a:b@/", "imaps://a:b@mail.example:x/", "imaps://a:b%0d@mail.example/", "imaps://a:%E5%AF%86@mail.example/"],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_and_tells_no_password(url: str) -> None:
    with pytest.raises(ImproperlyConfigured) as refusal:
        report_mailbox(url)
    assert "mail.example" not in str(refusal.value)


def test_a_setting_is_read_with_its_password_from_a_file(tmp_path: Path) -> None:
    secret = tmp_path / "password"
    secret.write_text("p w\n")
    box = report_mailbox(f"imaps://{USER}@mail.example/%E6%8A%A5%E9%81%93", str(secret))
    assert box is not None
    assert (box.host, box.port, box.user, box.password, box.folder) == (
        "mail.example",
        993,
        USER,
        "p w",
        "报道",
    )
    assert "p w" not in repr(box)
    with pytest.raises(ImproperlyConfigured):
        report_mailbox("imaps://a@mail.example/", str(tmp_path / "none"))
