"""The receipt file, the published checkpoints, and the page that checks the one against the other.

The page works without the server: what it shows is worked out in the browser from the files that are chosen, and it
can be downloaded as one file that needs no network (docs/adr/0037).
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import logging
from typing import Any

from django.conf import settings
from django.contrib import messages as flash
from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language, gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import condition, require_safe

from yipanqi.cases.models import Case
from yipanqi.cases.procedure import LADDER, PROCEDURES
from yipanqi.core import published, receipts
from yipanqi.core.procedure import Kind, Procedure
from yipanqi.core.receipts import NotInOrder, Shown
from yipanqi.organisations.timeline import history_of, provable
from yipanqi.web.access import public
from yipanqi.web.portal import proof
from yipanqi.web.portal.network import unlisted
from yipanqi.web.portal.promises import hotline
from yipanqi.web.portal.tracking import own_case, to_track

log = logging.getLogger(__name__)
SCRIPT, STYLES = (
    "js/check-receipt.js",
    ("css/tokens.css", "css/base.css", "css/components.css", "css/portal.css"),
)


def made(row: Case, at: dt.datetime) -> dict[str, Any]:
    """The receipt of a case. Raises `NotInOrder`."""
    shown = [Shown(move, fields) for move, fields in provable(history_of(row.matter))]
    value = receipts.receipt(matter=row.matter, shown=shown, reference=row.number, at=at)
    return value | {"kind": row.matter.procedure}


@public
@unlisted
@require_safe
def receipt_file(request: HttpRequest, reference: str) -> HttpResponse:
    """The receipt file of a case whose secret this session has shown."""
    at = timezone.now()
    found = proof.proved(request, reference, at)
    if found is None:
        return to_track(reference)
    row, _viewer = own_case(reference, *found)
    try:
        value = made(row, at)
    except NotInOrder:
        log.exception("a receipt file could not be made")
        flash.error(
            request, _("回执文件现在开不出来：存着的记录和已签名的对不上。请打电话告诉我们，我们来查。")
        )
        return redirect("portal:case", row.number)
    text = json.dumps(value, ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/json; charset=utf-8")
    # The name says nothing: what lies among downloads is seen by whoever holds the telephone.
    response["Content-Disposition"] = f'attachment; filename="{row.number}.json"'
    return response


def _newest_line(request: HttpRequest) -> str | None:
    """The list's ETag: its last line says all that went before."""
    line = published.newest()
    return f'"{hashlib.sha256(line.line().encode()).hexdigest()[:32]}"' if line else None


@public
@require_safe
# Whoever keeps a copy asks whether it is the newest: a list older than a receipt proves nothing of it.
@cache_control(public=True, no_cache=True)
@condition(etag_func=_newest_line)
def checkpoints(request: HttpRequest) -> HttpResponse:
    """The published list. It names nobody, and copies of it are welcome anywhere."""
    text = "".join(f"{line.line()}\n" for line in published.read())
    response = HttpResponse(text, content_type="application/jsonl; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="checkpoints.jsonl"'
    return response


@public
@require_safe
def check_receipt(request: HttpRequest) -> HttpResponse:
    """The page that checks a receipt file in the browser."""
    return render(request, "portal/check-receipt.html", _context())


@public
@require_safe
def check_receipt_file(request: HttpRequest) -> HttpResponse:
    """The same page as one file that needs no network and asks for none: its own rules forbid it to."""
    script, style = _static(SCRIPT), "\n".join(map(_static, STYLES))
    context = _context() | {
        "script": script,
        "style": style,
        "policy": f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; form-action 'none'",
    }
    response = render(request, "portal/check-receipt-alone.html", context)
    response["Content-Disposition"] = 'attachment; filename="check-receipt.html"'
    return response


def _context() -> dict[str, Any]:
    line = published.newest()
    return {
        "newest": line,
        "at": dt.datetime.fromisoformat(line.at) if line else None,
        "fingerprint": _in_groups(hashlib.sha256(line.key).hexdigest()) if line else "",
        "words": _words(),
        "hotline": hotline(),
    }


def _in_groups(digest: str) -> str:
    """A digest as people compare it."""
    return " ".join(digest[n : n + 8] for n in range(0, len(digest), 8))


def _static(name: str) -> str:
    path = finders.find(name)
    if path is None:
        raise LookupError(name)
    with open(str(path), encoding="utf-8") as file:
        return file.read()


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _words() -> dict[str, Any]:
    """What the script says, in the reader's language: of the steps and questions, and of its checks."""
    kinds = {procedure.code: _steps(procedure) for procedure in (*PROCEDURES, *LADDER)}
    # Of the other kinds what differs alone: most steps are the same for all.
    for code in kinds.keys() - {"order"}:
        kinds[code] = {name: each for name, each in kinds[code].items() if kinds["order"].get(name) != each}
    return {"kinds": kinds, "zone": settings.TIME_ZONE, "lang": _locale(), "said": _said()}


def _steps(procedure: Procedure) -> dict[str, Any]:
    """By name of the steps that a submitter sees: what they are called, and what they ask."""
    return {
        step.name: {
            "label": str(step.plain),
            "asks": {ask.name: str(ask.label) for ask in step.asks if ask.public and ask.told},
            "choices": {
                ask.name: {code: str(label) for code, label in ask.choices}
                for ask in step.asks
                if ask.kind == Kind.CHOICE
            },
        }
        for step in procedure.steps
        if step.plain is not None
    }


def _locale() -> str:
    """For dates as the pages write them."""
    return "en-GB" if (get_language() or "").startswith("en") else "zh-CN"


def _said() -> dict[str, str]:
    return {
        "checking": _("正在核对……"),
        "no_json": _("这个文件读不出来，不是回执文件。"),
        "no_receipt": _("这不是我们的回执文件，或者已经损坏。"),
        "no_list": _("第二个文件不是公布的签名清单，或者已经损坏。"),
        "no_crypto": _("这个浏览器不能核对：请换一个新的浏览器，或者用 https 打开这一页。"),
        "no_signature": _(
            "这个浏览器不会核对签名（Ed25519）；其余各项已核对。要核对签名，请换一个新的浏览器。"
        ),
        "good": _("没有被改动"),
        "good_text": _("文件里的每一项都和签名、和公布的清单一致。"),
        "bad": _("对不上"),
        "bad_text": _(
            "至少有一项和签名或公布的清单对不上。请保存这两个文件，打电话告诉我们，也可以拿给监督部门看。"
        ),
        "half": _("还没有核对完"),
        "half_text": _("文件自己前后一致。再选上公布的签名清单，才能知道后来有没有被改动。"),
        "half_signature": _("各项内容都一致，只是签名没有核对。"),
        "nothing": _("里面的事项还没有公布签名，没有可以核对的。请明天再下载一次。"),
        "signature_good": _("签名有效，%(at)s 签。"),
        "signature_bad": _("签名无效。"),
        "details": _("核对了什么"),
        "fingerprint": _("签名公钥的指纹：%(fingerprint)s"),
        "entry_bad": _("和签过名的不一样。"),
        "erased": _("内容已在 %(at)s 依法删除；这一步办过，时间没有改动。"),
        "place": _("第 %(leaf)s 条记录在签名的清单里；它是旧式的，内容不能单独核对。"),
        "one_case_bad": _("文件里混有不同诉求的记录。"),
        "list_signed_good": _("公布的 %(lines)s 个签名都是同一把钥匙签的，都有效。"),
        "list_signed_bad": _("公布的签名有的无效，或者不是同一把钥匙签的。"),
        "list_whole_good": _("公布的每一次都接着上一次，到 %(at)s。"),
        "list_whole_bad": _("%(at)s 公布的接不上前一次：历史被改写过。"),
        "list_older": _("这份清单比回执旧：请下载新的清单再核对。"),
        "published_good": _("回执的签名在公布的清单里。"),
        "published_bad": _("回执的签名不在公布的清单里：历史被改写过，或者回执是假的。"),
        "waiting": _("还有 %(n)s 项没有公布签名，请明天再下载一次回执文件。"),
        "own_words": _("您提交的内容的校验值：%(digest)s"),
        "files": _("随附文件的校验值：%(digest)s"),
        "yes": _("是"),
        "no": _("否"),
    }
