"""Children that never outlive their parent, even one killed by SIGKILL."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

# Loaded here and not at each call: between fork and exec nothing may be imported.
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when the process `parent` (a pid) dies.

    Called in the child, after the fork. Elsewhere than on Linux it does nothing: there a `portal up`
    killed by SIGKILL leaves children behind, to be stopped by hand.
    """
    if _libc is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died between the fork and the call above
        os._exit(1)
