"""An account's posts are all of its one duty: system, security and audit administrators are different people."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations

PAIRS = (
    ("an_account_holds_posts_of_its_duty_alone", "(account_id, duty)", "people_account (id, duty)"),
    ("a_post_has_the_duty_of_its_role", "(role_id, duty)", "people_role (code, duty)"),
)


class Migration(migrations.Migration):
    dependencies: ClassVar = [("organisations", "0001_initial"), ("people", "0001_initial")]
    operations: ClassVar = [
        migrations.RunSQL(
            f"ALTER TABLE organisations_posting ADD CONSTRAINT {name} FOREIGN KEY {columns} REFERENCES {target}",
            f"ALTER TABLE organisations_posting DROP CONSTRAINT {name}",
        )
        for name, columns, target in PAIRS
    ]
