"""Accounts of staff and the roles they can hold. Residents need no account."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac

from yipanqi.core.labels import pick
from yipanqi.core.models import Seal, new_id


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
    # Since when its password is this one; none where it never had one, or it was reset.
    password_set_at = models.DateTimeField(null=True)
    # Raised whenever every session of the account has to end: those that exist name the number they began under.
    generation = models.PositiveIntegerField(default=0, db_default=0)
    # The posts it holds and covers (organisations.Posting), where they were read with it.
    posts: list[Any] | None = None

    objects = AccountManager()

    USERNAME_FIELD = "login"

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "duty"], name="an_account_has_one_duty"),
            models.CheckConstraint(condition=Q(duty__in=Duty.values), name="a_duty_is_known"),
        ]

    def get_session_auth_hash(self) -> str:
        """What a session has to know to go on: it ends with the password, and with the generation (S25)."""
        return self._hash_of(settings.SECRET_KEY)

    def get_session_auth_fallback_hash(self) -> Iterator[str]:
        return (self._hash_of(key) for key in settings.SECRET_KEY_FALLBACKS)

    def _hash_of(self, key: str | bytes) -> str:
        said = f"{self.password}\0{self.generation}"
        return salted_hmac("yipanqi.people.Account", said, secret=key, algorithm="sha256").hexdigest()


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


class Factor(models.Model):
    """What an account shows besides its password: an app that counts one-time codes, or a passkey.

    The secret of an app lies under a seal, so that a dump of the database gives no code away; of a passkey only the
    public half is ever here.
    """

    TOTP, PASSKEY = "totp", "passkey"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=[(TOTP, TOTP), (PASSKEY, PASSKEY)])
    name = models.CharField(max_length=60)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    seal = models.ForeignKey(Seal, on_delete=models.PROTECT, null=True, db_index=False)
    # The step of the last code that was shown: neither it nor an earlier one is taken again.
    last_step = models.BigIntegerField(default=0)
    credential = models.BinaryField(null=True, unique=True)
    public_key = models.BinaryField(null=True)
    sign_count = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind="totp", seal__isnull=False, credential__isnull=True, public_key__isnull=True)
                | Q(kind="passkey", seal__isnull=True, credential__isnull=False, public_key__isnull=False),
                name="a_factor_has_what_its_kind_needs",
            ),
        ]


class OneTimeCode(models.Model):
    """A code that works once: to sign in without one's device, or to set password and factor up anew.

    Stored as a keyed hash. A code that was spent, by use or because others took its place, is never made good again.
    """

    RECOVERY, SET_UP = "recovery", "set_up"

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="codes")
    kind = models.CharField(max_length=10, choices=[(RECOVERY, RECOVERY), (SET_UP, SET_UP)])
    digest = models.BinaryField(max_length=32)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    spent_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["account", "kind", "digest"], name="a_code_is_given_once"),
            models.UniqueConstraint(
                fields=["account"],
                condition=Q(kind="set_up", spent_at__isnull=True),
                name="an_account_has_one_living_set_up_code",
            ),
            models.CheckConstraint(
                condition=Q(kind="recovery") | Q(expires_at__isnull=False), name="a_set_up_code_expires"
            ),
        ]


class SignIn(models.Model):
    """That somebody came in with an account, or tried to: when, from which kind of device and which network.

    What its owner reads of their own sessions; kept for half a year. `session` is a hash: who reads this table can be
    nobody with it.
    """

    ENTERED, PASSWORD, FACTOR = "entered", "password", "factor"
    OUTCOMES = (ENTERED, PASSWORD, FACTOR)

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="sign_ins", db_index=False)
    at = models.DateTimeField(db_index=True)
    outcome = models.CharField(max_length=10)
    browser = models.CharField(max_length=20)
    system = models.CharField(max_length=20)
    network = models.CharField(max_length=50)
    new_device = models.BooleanField(default=False)
    session = models.BinaryField(max_length=32, null=True, unique=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(outcome__in=["entered", "password", "factor"]), name="a_sign_in_ended_somehow"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["account", "id"], name="sign_in_of_account")]
