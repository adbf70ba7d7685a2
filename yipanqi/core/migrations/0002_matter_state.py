"""A matter's state, and whether it is open, is one that its procedure knows. The rows come from the procedures
themselves (`yipanqi migrate` writes them), so that the constraint is derived and never written twice."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations


class Migration(migrations.Migration):
    dependencies: ClassVar = [("core", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            "ALTER TABLE core_matter ADD CONSTRAINT a_matter_is_in_a_state_of_its_procedure "
            "FOREIGN KEY (procedure, version, state, open) "
            "REFERENCES core_procedurestate (procedure, version, code, open)",
            "ALTER TABLE core_matter DROP CONSTRAINT a_matter_is_in_a_state_of_its_procedure",
        )
    ]
