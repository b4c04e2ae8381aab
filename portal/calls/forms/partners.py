"""The lines of the partners, in the section of the project."""

from __future__ import annotations

from typing import Any

from wtforms import SelectField

from portal.accounts.forms.organisation import SiretField
from portal.calls.rules.filing import Dossier
from portal.calls.rules.partners import Partner
from portal.calls.states import Participation
from portal.foundation.fields import EurosField, ShareField, choices, line
from portal.foundation.refusals import Refusal

STEM = "partner"
MOST = 20

_PARTS = ("name", "siret", "participation", "brings", "share", "amount")


def partner_fields(lines: int, *, reversement_allowed: bool) -> dict[str, Any]:
    """The fields of that many partners; a sum passed on only where the call allows it."""
    offered = [("", "À préciser"), *((each.value, each.label) for each in Participation)]
    fields: dict[str, Any] = {}
    for index in range(lines):
        stem = f"{STEM}_{index}"
        fields |= {
            f"{stem}_name": line("Structure partenaire"),
            f"{stem}_siret": SiretField("Numéro SIRET", description="Facultatif."),
            f"{stem}_participation": SelectField("Participation", choices=choices(offered), default=""),
            f"{stem}_brings": line("Ce qu’elle fait ou apporte", longest=500),
            f"{stem}_share": ShareField("Part du projet qu’elle mène", description="Facultatif."),
        }
        if reversement_allowed:
            fields[f"{stem}_amount"] = EurosField("Somme qui lui est reversée")
    return fields


def partners_shown(dossier: Dossier) -> dict[str, Any]:
    """What the lines show of the partners kept."""
    shown: dict[str, Any] = {}
    for index, partner in enumerate(dossier.partners):
        values = (
            partner.name,
            partner.siret,
            partner.participation.value if partner.participation else "",
            partner.brings,
            partner.share_bp,
            partner.reversement_cents or None,
        )
        shown |= {f"{STEM}_{index}_{part}": value for part, value in zip(_PARTS, values, strict=True)}
    return shown


def partners_typed(form: Any, lines: int) -> dict[int, Partner]:
    """The partners of the lines filled, by the rank of each line.

    Raises Refusal beside the name of a line that says something of nobody.
    """
    partners = {}
    for index in range(lines):
        said = {part: _data(form, index, part) for part in _PARTS}
        if not any(said.values()):
            continue
        if not said["name"]:
            raise Refusal("Indiquez le nom de cette structure.", f"{STEM}_{index}_name")
        chosen = said["participation"]
        partners[index] = Partner(
            said["name"], said["brings"], said["amount"] or 0, said["siret"],
            Participation(chosen) if chosen else None, said["share"],
        )  # fmt: skip
    return partners


def _data(form: Any, index: int, part: str) -> Any:
    name = f"{STEM}_{index}_{part}"
    return form[name].data if name in form else None
