"""Named points where a test may kill the process, to prove that nothing is half done."""

import os
import signal


def fault_point(name: str) -> None:
    """Die here as by a power cut when PORTAL_FAULT names this point; otherwise nothing.

    The variable is set only by the tests' own child processes.
    """
    if os.environ.get("PORTAL_FAULT") == name:
        os.kill(os.getpid(), signal.SIGKILL)
