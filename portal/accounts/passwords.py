"""Argon2: slow on purpose, so always called outside the unit of work."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app


@lru_cache(maxsize=2)
def _hasher(cheap: bool) -> PasswordHasher:
    # Tests sign in hundreds of times; the algorithm is the same, only its price differs.
    return PasswordHasher(time_cost=1, memory_cost=8, parallelism=1) if cheap else PasswordHasher()


@lru_cache(maxsize=2)
def _nobodys_hash(cheap: bool) -> str:
    return _hasher(cheap).hash("the password of nobody")


def hashed(password: str) -> str:
    """The Argon2id hash to store."""
    return _hasher(current_app.testing).hash(password)


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the right one; takes the same time when there is nobody to compare with."""
    hasher = _hasher(current_app.testing)
    try:
        hasher.verify(password_hash or _nobodys_hash(current_app.testing), password)
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None


def outdated(password_hash: str) -> bool:
    """Whether the hash was made with cheaper settings than today's."""
    return _hasher(current_app.testing).check_needs_rehash(password_hash)
