"""The receipt of a submission: a QR code that leads to tracking, and a sheet to keep, in small print or in large.

The secret is on neither, and no name is: who filed for another has lines to write who did for whom, if they wish. A file stays on a telephone that others pick up, and a sheet on a kitchen table: there is a
line to write it on by hand (trust-and-ux H3). Nor does either say what was submitted, or of which kind.
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import segno
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from yipanqi.cases.models import Submission
from yipanqi.cases.queries import mandate_of
from yipanqi.core import gate
from yipanqi.core.gate import Channel, Viewer
from yipanqi.core.typesetting import typeset
from yipanqi.web.access import public
from yipanqi.web.components.frames import unit_name
from yipanqi.web.components.words import day_text, moment_text
from yipanqi.web.portal import proof
from yipanqi.web.portal.network import unlisted
from yipanqi.web.portal.promises import follows, hotline

LARGE, USUAL = "large", "usual"


def tracking_address(request: HttpRequest, reference: str) -> str:
    """Where the reference is looked up. It carries the reference alone."""
    return request.build_absolute_uri(f"{reverse('portal:track')}?{urlencode({'reference': reference})}")


def qr_code(address: str) -> SafeString:
    """An address as the SVG of a QR code."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, border=1, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(out.getvalue().decode().strip())  # noqa: S308 - squares alone; the address is not in it as text


@public
@unlisted
@require_POST
def receipt(request: HttpRequest) -> HttpResponse:
    """The sheet for whoever shows reference and secret, as the page after filing does."""
    found = proof.posted(request)
    if isinstance(found, HttpResponse):
        return found
    return _sheet(request, found, request.POST.get("sheet", USUAL))


@public
@unlisted
@require_http_methods(["GET", "HEAD"])
def case_receipt(request: HttpRequest, reference: str, sheet: str) -> HttpResponse:
    """The sheet again, from the page of a case whose secret this session has shown."""
    if sheet not in (LARGE, USUAL):
        raise Http404
    found = proof.proved(request, reference, timezone.now())
    return redirect("portal:track") if found is None else _sheet(request, found[0], sheet)


def _sheet(request: HttpRequest, submission: Submission, sheet: str) -> HttpResponse:
    at = timezone.now()
    reference = str(submission.reference_id)
    data = _words(request, submission, at) | {"large": sheet == LARGE, "reference": reference}
    response = HttpResponse(typeset("receipt", data), content_type="application/pdf")
    # The name says nothing either: what lies among downloads is seen by whoever holds the telephone.
    response["Content-Disposition"] = f'attachment; filename="{reference}.pdf"'
    return response


def dues_of(submission: Submission) -> list[Any]:
    """The limits of what was filed, as its submitter sees them; of several cases those of the first."""
    proved = frozenset(submission.cases.values_list("pk", flat=True))
    viewer = Viewer(proved=proved, own_secret=proved)
    first = gate.find(min(proved), viewer, Channel.PORTAL)
    assert first is not None
    dues: list[Any] = gate.present(first, viewer, Channel.PORTAL).dues
    return dues


def _words(request: HttpRequest, submission: Submission, at: dt.datetime) -> dict[str, Any]:
    line, address = hotline(), tracking_address(request, str(submission.reference_id))
    received = submission.received_at
    return {
        "title": _("回执"),
        "lang": "en" if (get_language() or "").startswith("en") else "zh",
        "unit": unit_name(),
        "code": qr_code(address),
        "address": address,
        "dues": [
            {
                "label": str(due.label)[:1].upper() + str(due.label)[1:],
                "day": day_text(due.effective),
                "how": " ".join(str(one) for one in due.lines),
            }
            for due in dues_of(submission)
            if due.effective is not None and due.met is None
        ],
        "follows": follows(submission.kind, at),
        "office": line.name if line else "",
        "telephone": line.telephone if line else "",
        "for_another": mandate_of(submission) is not None,
        "words": {
            "reference": _("查询号"),
            "secret": _("查询密码："),
            "helper": _("代为反映的人（愿意写才写）："),
            "person": _("替谁（愿意写才写）："),
            "by_hand": _("密码没有印在这里：请照页面上显示的抄写，和这张纸分开放更稳妥。"),
            "call": _("有事打电话"),
            "follows": _("接下来会怎样"),
            "scan": _("扫码或打开网址，用查询号和密码查进度："),
            "received": _("%(at)s 收到。") % {"at": moment_text(received)} if received else "",
        },
    }
