"""What may be said of an envelope: in words, on plain values. Amounts in cents."""

from __future__ import annotations

from portal.foundation.money import NBSP, format_euros


def room_left(amount_cents: int, granted_cents: int) -> int:
    """What is left to grant; negative when a forecast envelope is exceeded."""
    return amount_cents - granted_cents


def words_of_overdraft(left_cents: int) -> str:
    """Why a grant is refused by a notified envelope."""
    return f"L’enveloppe notifiée n’y suffit pas{NBSP}: il reste {format_euros(left_cents)}."


def words_of_shortfall(granted_cents: int) -> str:
    """Why a notified envelope cannot go below what it has granted."""
    return f"Dépassement à régulariser{NBSP}: {format_euros(granted_cents)} sont déjà attribués sur cette enveloppe."


def words_of_return(granted_cents: int) -> str:
    """Why a notified envelope from which something was granted stays notified."""
    return (
        f"{format_euros(granted_cents)} sont déjà attribués sur cette enveloppe notifiée{NBSP}: "
        "elle ne peut pas redevenir prévisionnelle."
    )


STEPPED_OUT = (
    "Vous vous êtes déporté·e d’un dossier adressé à ce financeur : une autre personne révise ses enveloppes, "
    "qui diraient sinon ce qui lui est attribué."
)
"""An amount tried until it is taken would tell what is granted."""

OVERDRAWN = "L’enveloppe notifiée n’y suffit pas."
