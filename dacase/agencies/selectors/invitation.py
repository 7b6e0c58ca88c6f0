"""Reads for the public page of an invitation."""

from dacase.agencies.models import User


def has_account(email: str) -> bool:
    """Whether a user has the address. Told only to somebody who holds an invitation sent to it."""
    return User.objects.filter(email=email).exists()
