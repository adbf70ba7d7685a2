"""How staff sign in, from two settings; whatever is not said plainly is refused at start-up."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

REQUIRED, OFFERED = "required", "offered"
PROFILES = ("asvs", "mlps")


def second_factor(said: str, *, demo: bool) -> str:
    """Whether staff must show a second factor. Only a demonstration, whose accounts share a printed password, may leave
    it open; nobody may turn it off."""
    found = said or (OFFERED if demo else REQUIRED)
    if found not in (REQUIRED, OFFERED):
        raise ImproperlyConfigured(f"YIPANQI_SECOND_FACTOR must be {REQUIRED} or {OFFERED}.")
    if found == OFFERED and not demo:
        raise ImproperlyConfigured(
            f"YIPANQI_SECOND_FACTOR={OFFERED} is for demonstrations alone: this city holds real matters "
            "(YIPANQI_DEMO=0)."
        )
    return found


def password_profile(said: str) -> str:
    """Which rules passwords follow (people.passwords.PROFILES)."""
    found = said or PROFILES[0]
    if found not in PROFILES:
        raise ImproperlyConfigured(f"YIPANQI_PASSWORD_PROFILE must be one of {', '.join(PROFILES)}.")
    return found
