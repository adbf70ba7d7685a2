"""With a claim one can be known to the handler alone, in place of hidden from it; a suggestion is not asked whether
something was solved."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models
from django.db.models import Q

KNOWN = ["named", "hidden", "handler_only", "anonymous"]


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0007_leaner")]
    operations: ClassVar = [
        migrations.AlterField(
            model_name="submission",
            name="anonymity",
            field=models.CharField(
                choices=[
                    ("named", "Named"),
                    ("hidden", "Hidden"),
                    ("handler_only", "Handler Only"),
                    ("anonymous", "Anonymous"),
                ],
                max_length=12,
            ),
        ),
        migrations.AlterField(
            model_name="verdict",
            name="solved",
            field=models.BooleanField(null=True),
        ),
        migrations.RemoveConstraint(model_name="submission", name="an_anonymity_is_known"),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(condition=Q(anonymity__in=KNOWN), name="an_anonymity_is_known"),
        ),
        migrations.AddConstraint(
            model_name="submission",
            constraint=models.CheckConstraint(
                condition=Q(kind="claim", anonymity__in=["named", "handler_only", "anonymous"])
                | (~Q(kind="claim") & Q(anonymity__in=["named", "hidden", "anonymous"])),
                name="handler_only_stands_for_hidden_with_a_claim",
            ),
        ),
    ]
