"""Errors that are told to the person at the console as they stand, without a traceback."""

from __future__ import annotations


class PlainError(Exception):
    """What went wrong, and where possible what to do, in words for the person who ran the command."""
