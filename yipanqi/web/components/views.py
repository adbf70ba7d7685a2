"""The gallery: one page with every component in every state, in either frame."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yipanqi.web.access import public
from yipanqi.web.components import samples


@public
def gallery(request: HttpRequest) -> HttpResponse:
    """Show the gallery; `?frame=desk` in the desk's frame. It reads nothing and needs no rights."""
    frame = "desk" if request.GET.get("frame") == "desk" else "portal"
    context = samples.context() | {"frame": f"{frame}/frame.html", "in_desk": frame == "desk"}
    return render(request, "components/gallery.html", context)
