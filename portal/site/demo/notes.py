"""Two invented notes d'opportunité under the open call: one answered, one that waits for its answer."""

from __future__ import annotations

from collections.abc import Iterable

from portal.accounts.operations.people import by
from portal.accounts.rules import Role
from portal.calls.models import Call
from portal.calls.operations import pre_projects
from portal.calls.rules.pre_projects import NoteWords
from portal.calls.states import PreProjectStatus
from portal.extensions import db
from portal.foundation.actors import Actor
from portal.site.demo.dossiers import Porteur

WAITING = NoteWords(
    "Jardin nourricier au pied des tours (fictif)",
    "Douze parcelles et une permanence hebdomadaire, avec une animatrice et le centre social.",
    "Les habitants demandent un lieu où se retrouver dehors ; le diagnostic en marchant l’a confirmé.",
    9_500_00,
    "Ville 4 000 €, bailleur 2 000 €",
)
ANSWERED = NoteWords(
    "Ateliers de réparation de vélos (fictif)",
    "Un atelier mobile, deux samedis par mois, tenu par des jeunes formés.",
    "Peu d’habitants ont un moyen de transport pour aller travailler tôt le matin.",
    14_000_00,
    None,
)
ANSWER = (
    "L’idée entre dans l’axe emploi. Prenez contact avec la mission locale et précisez combien d’habitants du "
    "quartier seraient formés."
)


def send_notes(porteurs: Iterable[Porteur], call: Call, officer: Actor) -> None:
    """The first two organisations each send a note; the officer has answered the second."""
    for words, porteur in zip((WAITING, ANSWERED), porteurs, strict=False):
        author = by(porteur.person)
        note = pre_projects.start_note(call, porteur.organisation, actor=author)
        db.session.flush()
        places = [quartier.id for quartier in call.quartiers[:1]]
        pre_projects.save_note(note, words, places, version=note.version, actor=author)
        db.session.flush()
        pre_projects.send_note(note, actor=author, roles={Role.APPLICANT})
        if words is ANSWERED:
            pre_projects.answer_note(note, PreProjectStatus.FAVOURABLE, ANSWER, actor=officer, roles={Role.OFFICER})
