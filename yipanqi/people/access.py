"""Signing in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.http import HttpRequest

from yipanqi.people.models import Account


def second_factor_required() -> bool:
    """Whether staff must show a second factor. Only a demonstration can leave it open, whatever else is set."""
    return settings.SECOND_FACTOR != "offered" or not settings.DEMO_CITY


class Argon2Hasher(Argon2PasswordHasher):
    """Argon2id at the lowest setting that OWASP recommends (19 MiB, 2 passes): 21 ms of CPU instead of 177."""

    time_cost = 2
    memory_cost = 19456
    parallelism = 1


class PasswordBackend:
    """Login and password of an active account."""

    def authenticate(
        self,
        request: HttpRequest | None,
        login: str | None = None,
        password: str | None = None,
        **kwargs: Any,
    ) -> Account | None:
        if not login or password is None:
            return None
        account = Account.objects.filter(login=login).first()
        if account is None:
            # The same work for an unknown login, so that time does not tell which logins exist (S22).
            Account().set_password(password)
            return None
        # The password first: an inactive account must not answer sooner than another either.
        return account if account.check_password(password) and account.is_active else None

    def get_user(self, user_id: UUID) -> Account | None:
        return Account.objects.filter(pk=user_id, is_active=True).first()
