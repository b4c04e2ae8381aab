"""The states of this room, with their French words. Plain values."""

from __future__ import annotations

from portal.calls.states import LabelledEnum


class BilanKind(LabelledEnum):
    INTERIM = "interim", "Bilan intermédiaire"
    FINAL = "final", "Bilan final"


class BilanStatus(LabelledEnum):
    DUE = "due", "À rendre"
    BEGUN = "begun", "Commencé"
    SUBMITTED = "submitted", "Envoyé"
    TO_CORRECT = "to_correct", "À corriger"
    ACCEPTED = "accepted", "Accepté"
    NOT_CARRIED_OUT = "not_carried_out", "Action non réalisée"
    POSTPONEMENT_ASKED = "postponement_asked", "Prolongation demandée"
