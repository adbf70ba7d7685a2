"""What filing writes bears no index that nothing reads by.

Django makes one for every foreign key; those of moves, limits and seals are covered by a unique key, or serve the
deletion of rows that are never deleted. A sealed text is known by its seal and its name, and needs no id.
"""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


def _bare(to: str, related_name: str, *, null: bool = False) -> models.ForeignKey:
    return models.ForeignKey(to, on_delete=PROTECT, related_name=related_name, null=null, db_index=False)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0005_search")]
    operations: ClassVar = [
        migrations.RunSQL("SET LOCAL lock_timeout = '5s'", migrations.RunSQL.noop),
        migrations.AlterField("move", "matter", _bare("core.matter", "moves")),
        migrations.AlterField("term", "limit", models.ForeignKey("core.limit", PROTECT, db_index=False)),
        migrations.AlterField("term", "started_by", _bare("core.move", "started")),
        migrations.AlterField("term", "ended_by", _bare("core.move", "ended", null=True)),
        migrations.AlterField("termpause", "began_by", _bare("core.move", "+")),
        migrations.AlterField("termpause", "ended_by", _bare("core.move", "+", null=True)),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.RemoveConstraint("sealedtext", "a_seal_holds_a_field_once"),
                migrations.RemoveField("sealedtext", "id"),
                migrations.AddField(
                    "sealedtext",
                    "pk",
                    models.CompositePrimaryKey("seal_id", "name", primary_key=True, serialize=False),
                ),
            ],
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE core_sealedtext DROP CONSTRAINT core_sealedtext_pkey, DROP COLUMN id, "
                    "DROP CONSTRAINT a_seal_holds_a_field_once, ADD PRIMARY KEY (seal_id, name)"
                )
            ],
        ),
        migrations.AlterField("sealedtext", "seal", _bare("core.seal", "texts")),
    ]
