"""Who may sign for an organisation: whoever files, confirms or corrects an application engages it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.foundation.folding import fold


@dataclass(frozen=True)
class Standing:
    """What is known of somebody about to file: `names` are theirs (name, e-mail), `declared` those that the
    sheet gives to its representative and its signatory."""

    is_owner: bool
    names: Sequence[str]
    declared: Sequence[str | None]
    has_delegation: bool
    owners: Sequence[str] = ()

    @property
    def is_entitled(self) -> bool:
        """An owner, the representative or the signatory declared, or a member with a delegation on file."""
        own = {fold(name) for name in self.names}
        return self.is_owner or self.has_delegation or any(fold(name) in own for name in self.declared if name)


def refused(standing: Standing) -> str:
    """Why somebody who writes may not sign, and what to do."""
    owners = f" ({', '.join(standing.owners)})" if standing.owners else ""
    return (
        "Vous pouvez rédiger ce dossier, mais pas le signer : vous n’êtes ni responsable de la structure, ni la "
        f"personne qui la représente ou signe pour elle. Demandez à une personne responsable{owners} de le faire, "
        "ou ajoutez la délégation de signature aux documents."
    )
