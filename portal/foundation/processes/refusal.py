"""Why a process cannot start."""

from __future__ import annotations


class CannotStart(Exception):
    """A process cannot start; the message tells the administrator why and what to do (French)."""
