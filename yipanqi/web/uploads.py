"""Where an uploaded file goes: into memory, and only on the pages that take one in.

Django would put a large upload on the disk in plain, where it outlives the request that was broken off.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.urls import Resolver404, resolve

LARGEST = 20 * 1024 * 1024  # bytes, of a table that staff bring; more comes by the command line
STAFF_BRING = (
    "desk:imports",
    "desk:from_report",
    "desk:register_instruction",
    "desk:keep_scan",
    "desk:paper_file",
    "desk:prepare",
)
# Of a whole request by a stranger: two of the largest files, or a day's photos from a telephone. It is held in memory.
LARGEST_OF_STRANGERS = 2 * LARGEST + 1024 * 1024


def too_large(request: Any) -> bool:
    """Whether a stranger's request was too large to be read: its fields are there, its files are not."""
    length = str(request.META.get("CONTENT_LENGTH") or 0)
    return length.isdigit() and int(length) > LARGEST_OF_STRANGERS


class InMemory(MemoryFileUploadHandler):
    """Takes a file that is small enough, and lets everything else run into nothing."""

    def handle_raw_input(self, input_data: Any, meta: Any, content_length: int, *rest: Any) -> None:
        """Called by Django before it reads a byte."""
        self.activated = content_length <= self._most()

    def _most(self) -> int:
        """How many bytes this request may bring."""
        request = self.request
        if request is None:
            return -1
        try:
            page = resolve(request.path_info).view_name
        except Resolver404:
            return -1
        if page == "portal:file":
            return LARGEST_OF_STRANGERS
        return LARGEST if page in STAFF_BRING and request.user.is_authenticated else -1
