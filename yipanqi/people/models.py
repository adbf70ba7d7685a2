"""Accounts of staff and the roles they can hold. Residents need no account."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q

from yipanqi.core.labels import pick
from yipanqi.core.models import new_id


class Duty(models.TextChoices):
    """The three administrators (三员) and everybody else: an account has one duty, and its roles are of that duty."""

    BUSINESS = "business"
    SYSTEM = "system"
    SECURITY = "security"
    AUDIT = "audit"


class AccountManager(BaseUserManager["Account"]):
    def get_by_natural_key(self, username: str | None) -> Account:
        return self.get(login=username)


class Account(AbstractBaseUser):
    """A member of staff. What the account may do follows from its posts (organisations.Posting)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    login = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    duty = models.CharField(max_length=10, choices=Duty.choices, default=Duty.BUSINESS)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    objects = AccountManager()

    USERNAME_FIELD = "login"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "duty"], name="an_account_has_one_duty"),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="a_duty_is_known"),
        ]


class Role(models.Model):
    """A named set of capabilities. The table is data: code asks for capabilities, never for roles."""

    code = models.CharField(max_length=40, primary_key=True)
    name_zh = models.CharField(max_length=60)
    name_en = models.CharField(max_length=60)
    duty = models.CharField(max_length=10, choices=Duty.choices)
    capabilities = models.JSONField(default=list)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["code", "duty"], name="a_role_has_one_duty")]

    def __str__(self) -> str:
        return pick(self.name_zh, self.name_en)
