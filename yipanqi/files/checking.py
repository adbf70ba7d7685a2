"""Whether a file is taken, and the copy of it that may be looked at. Decoding happens in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from yipanqi.core.errors import Refused
from yipanqi.files import formats
from yipanqi.files.convert import PIXELS, Copies
from yipanqi.text.encodings import decoded

# A telephone's best photo has 12 MB, a scan of ten pages 5: what is larger is a film or a mistake, and is sealed and
# kept for years.
LARGEST = 20 * 1024 * 1024
MOST = 6  # a place from all sides and two letters; more is a file on paper, which an office takes
SECONDS = 40  # by the clock, where the machine is busy
# Each may take a gigabyte: uploads wait for one another rather than for the machine.
_AT_ONCE = threading.BoundedSemaphore(2)


class FileRefused(Refused):
    """Which file is not taken, why, and what to do."""


def check(name: str, data: bytes) -> tuple[str, Copies]:
    """The kind of a file by its content, and its copies. Raises `FileRefused`: extension, first bytes and a full decode
    must agree (S13)."""
    if len(data) > LARGEST:
        raise refused(name, "large")
    if not data:
        raise refused(name, "empty")
    kind = formats.kind_of(data)
    if kind == "heic":
        raise refused(name, "heic")
    if not kind:
        raise refused(name, "kind")
    if formats.extension_of(name) not in formats.EXTENSIONS[kind]:
        raise refused(name, "extension")
    return kind, _converted(name, kind, data)


def _converted(name: str, kind: str, data: bytes) -> Copies:
    told, rest = _asked("convert", name, kind, data)
    served = rest[: told["served"]]
    return Copies(served, rest[told["served"] :], told["width"], told["height"], told["located"])


def words_of(name: str, data: bytes) -> str:
    """The words of a document that staff bring (text, HTML, DOCX, PDF), a paragraph a line. Raises `FileRefused`."""
    if len(data) > LARGEST:
        raise refused(name, "large")
    if not data.strip():
        raise refused(name, "empty")
    kind = formats.document_of(data)
    if kind in ("docx", "pdf"):
        text = _asked("words", name, kind, data)[1].decode()
    else:
        text = _decoded(name, data)
        if kind == "html":
            text = _asked("words", name, kind, text.encode())[1].decode()
    if not text.strip():
        raise refused(name, "empty")
    return text


@dataclass(frozen=True)
class MailPart:
    """What of a mail can be read; without a name its own words. `size` in bytes."""

    number: int
    name: str
    size: int


def mail_parts(data: bytes) -> tuple[str, list[MailPart]]:
    """The subject of a mail, and what of it can be read as a report. Raises `FileRefused`."""
    told, _rest = _asked("mails", _("邮件"), "list", data)
    parts = [MailPart(number, part["name"], part["size"]) for number, part in enumerate(told["parts"])]
    return told["subject"], parts


def words_of_mail(data: bytes, number: int) -> str:
    """The words of one part of a mail, as of a file that staff bring. Raises `FileRefused`."""
    told, rest = _asked("mails", _("邮件"), str(number), data)
    return words_of(told["name"] or _("邮件正文"), rest)


def _decoded(name: str, data: bytes) -> str:
    text = decoded(data)
    if text is None or "\x00" in text:
        raise refused(name, "words")
    return text


def _asked(module: str, name: str, kind: str, data: bytes) -> tuple[dict[str, Any], bytes]:
    """The answer of a fresh process, which gets nothing of ours: no address of a database, no key, no other file."""
    command = [sys.executable, "-I", "-m", f"yipanqi.files.{module}", kind]
    try:
        with _AT_ONCE:
            done = subprocess.run(
                command, input=data, capture_output=True, timeout=SECONDS, env={}, cwd="/", check=False
            )
    except subprocess.TimeoutExpired:
        raise refused(name, "heavy") from None
    head, _line, rest = done.stdout.partition(b"\n")
    if done.returncode or not head:
        raise refused(name, "heavy")  # killed by its limits
    told: dict[str, Any] = json.loads(head)
    if "refused" in told:
        raise refused(name, told["refused"])
    return told, rest


def refused(name: str, why: str) -> FileRefused:
    """The refusal of a file, for one of the reasons below."""
    return FileRefused(_("“%(name)s”没有收下：%(why)s") % {"name": shortened(name), "why": reason(why)})


def shortened(name: str) -> str:
    """A file's name on one line: it is somebody's words, and may be long."""
    plain = "".join(
        c if c.isprintable() else " " for c in name.rpartition("/")[2].rpartition("\\")[2]
    ).strip()
    return plain if len(plain) <= 60 else f"{plain[:40]}…{plain[-16:]}"


def reason(why: str) -> str:
    """Why a file is not taken, and what to do."""
    return {
        "large": _("超过 %(n)d MB。照片请在手机里选“中等大小”再传；文件请分成几份。")
        % {"n": LARGEST // 1024 // 1024},
        "empty": _("里面是空的。请重新选一次。"),
        "kind": _("只收照片（JPEG、PNG、WebP）和 PDF。Word 文件请另存为 PDF，视频请截几张图。"),
        "heic": _(
            "这是 HEIC 照片，我们打不开。苹果手机请到“设置—相机—格式”选“兼容性最佳”重拍，或者把照片截屏再传。"
        ),
        "extension": _("文件名的后缀和内容不符。请传原来的文件，或者截屏再传。"),
        "broken": _("文件不完整或已损坏，打不开。请重新拍照、重新导出，或者截屏再传。"),
        "polyglot": _("里面除了图片或页面，还夹带了别的数据（例如动态照片的视频）。请截屏再传。"),
        "pixels": _("像素太多，最多 %(n)d 百万。请缩小后再传。") % {"n": PIXELS // 1_000_000},
        "encrypted": _("这份 PDF 有密码，打不开。请去掉密码后再传。"),
        "active": _("这份 PDF 里有会自动运行的内容或附件。请用“打印成 PDF”另存一份再传。"),
        "heavy": _("打开它太费力，没有成功。请截屏或者缩小后再传。"),
        "words": _("读不出文字。请存成 Word（.docx）、PDF 或纯文本再传，或者把文字粘贴进来。"),
        "scanned": _("这份 PDF 里只有图片，没有文字。请传 Word 文件，或者把文字粘贴进来。"),
        "virus": _("扫描出病毒。请换一台电脑重新扫描或导出。"),
        "again": _("没有存上，请再传一次。"),
        "many": _("最多 %(n)d 个。请先去掉不要紧的，或者提交后到窗口交材料。") % {"n": MOST},
    }[why]
