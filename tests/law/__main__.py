"""Writes docs/law.md."""

from __future__ import annotations

from tests.law.table import PAGE, page

PAGE.write_text(page(), encoding="utf-8")
print(f"wrote {PAGE}")
