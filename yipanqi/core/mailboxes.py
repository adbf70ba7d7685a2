"""What is one address for mail."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email


def one_mailbox(text: str) -> str:
    """One mailbox and nothing else, its domain in ASCII. Raises ValueError for whatever could be two recipients, or a
    header (S12)."""
    try:
        validate_email(text)
    except ValidationError:
        raise ValueError("no mailbox") from None
    local, _at, domain = text.rpartition("@")
    if not local.isascii() or '"' in local:
        raise ValueError("no mailbox")
    try:
        return f"{local}@{domain.encode('idna').decode()}"
    except UnicodeError:
        raise ValueError("no mailbox") from None
