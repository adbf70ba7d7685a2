"""The pages of the filing as they are shown, whatever led to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.forms import BooleanField, Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _

from yipanqi.cases.models import Anonymity
from yipanqi.files.checking import LARGEST, MOST
from yipanqi.files.queries import small_of
from yipanqi.web import display
from yipanqi.web.components.shapes import Row
from yipanqi.web.components.words import size_text
from yipanqi.web.portal import pins
from yipanqi.web.portal.draft import CHECK, FILES, FIRST, FORMS, WHERE, Draft
from yipanqi.web.portal.forms import FilesForm, anonymity_hints, kind_hints, relation_hints
from yipanqi.web.portal.revealing import sentences


def show(
    request: HttpRequest, draft: Draft, page: str, checked: bool = False, *, refused: str = ""
) -> HttpResponse:
    """Show a page; with its errors where it was `checked`."""
    if page == CHECK:
        wrong = draft.first_wrong()
        if wrong is None:
            return _check_page(request, draft, refused)
        page, checked = wrong, True
    if page == FILES:
        return files_page(request, draft, [])
    form = draft.form(page, checked=checked)
    context = carried(draft, page) | {
        "form": form,
        "hints": kind_hints() if page == FIRST else anonymity_hints(),
        "relation_hints": relation_hints(),
        "refused": refused,
        "number": draft.pages.index(page) + 1,
        "first": page == FIRST,
    }
    if page == WHERE:
        context["pin"] = pins.asked(draft.values["point"])
    return render(request, f"portal/file-{page}.html", context, status=422 if checked or refused else 200)


def files_page(request: HttpRequest, draft: Draft, refusals: Sequence[str]) -> HttpResponse:
    """The page of the files, with those that were just refused, each with its reason; what was taken stays."""
    form, full = FilesForm({}), len(draft.files) >= MOST
    form.full_clean()
    for refusal in refusals:
        form.add_error(None if full else "enclosed", refusal)
    small = small_of(file.box for file in draft.files if not (file.held or file.quarantined))
    context = carried(draft, FILES) | {
        "form": form,
        "number": draft.pages.index(FILES) + 1,
        "first": False,
        "files": [
            {"file": file, "size": size_text(file.size), "small": small.get(UUID(file.id))}
            for file in draft.files
        ],
        "full": full,
        "most": MOST,
        "megabytes": LARGEST // 1024 // 1024,
    }
    return render(request, "portal/file-files.html", context, status=422 if refusals else 200)


def carried(draft: Draft, page: str) -> dict[str, object]:
    """What every page of the filing needs."""
    return {
        "hidden": list(draft.hidden(page)),
        "total": len(draft.pages),
        "anonymous": draft.anonymous,
        "anonymity": draft.values.get("anonymity", ""),
        "kind": draft.kind,
        "relation": draft.relation,
        "kept": bool(draft.code),
        "lost": draft.lost,
    }


def _check_page(request: HttpRequest, draft: Draft, refused: str) -> HttpResponse:
    draft.checked = True
    hides = draft.values["anonymity"] != Anonymity.NAMED
    context = carried(draft, CHECK) | {
        "rows": _rows(draft),
        "sentences": list(sentences(draft.values)) if hides else [],
        "who_sees": anonymity_hints()[draft.values["anonymity"]],
        "refused": refused,
    }
    return render(request, "portal/file-check.html", context, status=422 if refused else 200)


def _rows(draft: Draft) -> list[Row]:
    """The answers, with what changes each. A choice is shown by its words."""
    rows = []
    for page in draft.pages:
        if page == FILES:
            names = "\n".join(file.name for file in draft.files)
            rows.append(Row(_("照片和文件"), names or _("没有"), change_go=page))
        if page not in FORMS:
            continue
        form = draft.form(page, checked=True)
        for bound in form:
            value = draft.values[bound.name].strip() or bound.field.initial or ""
            if bound.name == "point":
                rows += pins.told(str(bound.label), value, page)
                continue
            rows.append(Row(str(bound.label), _chosen(form, bound.name, value), change_go=page))
    return rows


def _chosen(form: Form, name: str, value: str) -> str:
    """The words of a choice, its group before it; anything else as it was typed."""
    if isinstance(form.fields[name], BooleanField):
        return _("是") if value else _("否")
    for code, label in getattr(form.fields[name], "choices", ()):
        if code == value:
            return str(label)
        for key, text in label if isinstance(label, list) else ():
            if key == value:
                return str(text) if str(text).startswith(str(code)) else f"{code} · {text}"
    return value


def switched(request: HttpRequest, view: Callable[..., HttpResponse], *args: Any) -> HttpResponse:
    """A page that only an answer to a post can show, in the other language or size; nothing typed is lost."""
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()
    display.wear(request)
    response = view(request, *args)
    if language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            secure=settings.HTTPS,
            samesite=settings.LANGUAGE_COOKIE_SAMESITE,
        )
    display.remember(request, response)
    return response
