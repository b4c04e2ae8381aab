"""Where a file stands with the antivirus, in words. Plain values."""

from __future__ import annotations

from enum import StrEnum


class ScanState(StrEnum):
    """`not_scanned`: no antivirus was set when it came, or the portal made it."""

    NOT_SCANNED = "not_scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"

    @property
    def is_held(self) -> bool:
        """Whether nobody may open the file."""
        return self in (ScanState.PENDING, ScanState.INFECTED, ScanState.FAILED)

    @property
    def label(self) -> str:
        return _WORDS[self.value][0]

    @property
    def tone(self) -> str:
        return _WORDS[self.value][1]

    @property
    def told(self) -> str:
        """Why the file does not open, for whoever would open it; empty when it does."""
        return _WORDS[self.value][2]


_WORDS = {
    "not_scanned": ("Non vérifié", "neutral", ""),
    "pending": (
        "En cours de vérification",
        "info",
        "L’antivirus vérifie ce fichier : il s’ouvrira dès que ce sera fait. Vous n’avez rien à faire.",
    ),
    "clean": ("Vérifié", "success", ""),
    "infected": (
        "Virus détecté",
        "danger",
        "L’antivirus a trouvé un virus dans ce fichier : il est supprimé. Renvoyez un fichier sain.",
    ),
    "failed": (
        "Non vérifiable",
        "warning",
        "L’antivirus n’a pas pu lire ce fichier : il reste fermé. Renvoyez-le sous une autre forme, "
        "par exemple en PDF.",
    ),
}
