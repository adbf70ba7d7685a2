"""How rare a pair of characters is decides by which words similar matters are looked for (insight/similar.py); what
ANALYZE lists by default are the thousand most frequent, and each of these is in every sixteenth text."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0007_recount")]
    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE core_searchentry ALTER COLUMN lexemes SET STATISTICS 1000",
            "ALTER TABLE core_searchentry ALTER COLUMN lexemes SET STATISTICS -1",
        )
    ]
