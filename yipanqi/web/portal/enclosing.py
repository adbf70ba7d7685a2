"""Files on their way in: taken when the page is sent, whichever button was pressed, and kept with the draft."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from django.http import HttpRequest
from django.utils.translation import gettext as _

from yipanqi.core import attempts
from yipanqi.core.attempts import TooMany
from yipanqi.files.actions import take_in
from yipanqi.files.checking import MOST, FileRefused, refused
from yipanqi.web.portal.actions import HOUR, save_draft
from yipanqi.web.portal.draft import Draft
from yipanqi.web.portal.network import network_of
from yipanqi.web.uploads import LARGEST_OF_STRANGERS, too_large

# A hall's computers share an address; the whole bounds what strangers can have us keep.
UPLOADS = (("network", 120), ("all", 3000))


def take(request: HttpRequest, draft: Draft, page: str, at: dt.datetime) -> list[str]:
    """Take out what is to be removed and take in what was sent; the refusals, each with what to do. What was taken
    before one that is refused stays: nothing has to be sent twice."""
    if too_large(request):
        most = LARGEST_OF_STRANGERS // 1024 // 1024
        return [_("这次选的文件加起来超过 %(n)d MB，没有传上来。请一次少选几个，分几次传。") % {"n": most}]
    sent = request.FILES.getlist("enclosed")
    unwanted = request.POST.get("remove", "")
    if not sent and not unwanted:
        return []
    draft.keep(page, at)
    if unwanted and draft.code:
        draft.change_files(lambda files: [file for file in files if file["id"] != unwanted], at)
    refusals = []
    for file in sent:
        try:
            _take_one(request, draft, page, file.name or "", file.read(), at)
        except (FileRefused, TooMany) as refusal:
            refusals.append(refusal.message)
    return refusals


def _take_one(request: HttpRequest, draft: Draft, page: str, name: str, data: bytes, at: dt.datetime) -> None:
    network = network_of(request)
    if len(draft.files) >= MOST:
        raise refused(name, "many")
    limits = [(f"upload-{kind}", network if kind == "network" else "", most) for kind, most in UPLOADS]
    attempts.count_each(limits=limits, seconds=HOUR, at=at)
    taken = take_in(name=name, data=data, at=at)
    if not draft.code:
        draft.code = save_draft(content=draft.content(page), network=network, at=at).code
        draft.lost = False
    draft.change_files(lambda files: [*files, asdict(taken)][:MOST], at)
    if all(file.id != taken.id for file in draft.files):
        raise refused(name, "again")
