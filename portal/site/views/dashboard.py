"""The home of whoever is signed in: what waits for each role, and where to go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import render_template

from portal.accounts import access
from portal.accounts.queries.mails import stuck_mails
from portal.accounts.queries.structures import TO_CHECK, accounts_to_check
from portal.accounts.rules import STAFF_ROLES, Role
from portal.calls.queries.milestones import due_steps
from portal.calls.queries.pre_projects import to_answer
from portal.foundation.web.formats import plural
from portal.site.queries import calls
from portal.site.queries import dashboard as queries
from portal.site.rules.moments import Moment
from portal.site.views.blueprint import blueprint
from portal.site.views.doors import door

DIRECTION = frozenset({Role.OFFICER, Role.MANAGER})
FUNDER_PEOPLE = frozenset({Role.FUNDER_AGENT, Role.STATE_OFFICER})


@dataclass(frozen=True)
class Tile:
    """A door with what is behind it. `counts_work`: what it counts needs this person."""

    label: str
    url: str | None
    figure: int | None = None
    text: str = ""
    counts_work: bool = True

    @property
    def waits(self) -> bool:
        return self.counts_work and bool(self.figure)


@dataclass(frozen=True)
class Panel:
    """What one role finds on its home: only the tiles that lead somewhere."""

    title: str
    tiles: tuple[Tile, ...]


@blueprint.get("/accueil")
@access.signed_in
def dashboard() -> str:
    roles = access.all_roles()
    person_id = access.current_person().id
    applies = Role.APPLICANT in roles or not roles
    works = bool(roles & STAFF_ROLES)
    return render_template(
        "site/dashboard.html",
        panels=[panel for panel in (make(person_id) for wanted, make in PANELS if roles & wanted) if panel.tiles],
        own=_own_work(person_id) if applies else None,
        open_calls=_open_calls() if applies else [],
        followed=_followed(person_id) if works else [],
        due_steps=due_steps(access.my_scope_ids(*DIRECTION)) if roles & DIRECTION else [],
        sittings=_sittings() if works or Role.RESIDENT in roles else [],
        quartiers=queries.quartiers_followed(access.usable_grants()) if Role.RESIDENT in roles else [],
        organisations_url=door("accounts.organisations"),
        applications_url=door("calls.my_applications"),
        lacks_second_factor=bool({grant.role for grant in access.my_grants()} & STAFF_ROLES)
        and not access.second_factor_given(),
    )


# -- the applicant ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Step:
    """An errand with its door."""

    errand: queries.Errand
    url: str | None


ERRAND_DOORS = {
    "draft": ("calls.application", "application_id"),
    "correction": ("committee.answer_changes", "application_id"),
    "message": ("calls.messages", "application_id"),
    "bilan_interim": ("evaluation.show", "bilan_id"),
    "bilan_final": ("evaluation.show", "bilan_id"),
    "adjustment": ("committee.adjustment", "adjustment_id"),
    "convention": ("committee.convention", "convention_id"),
}


def _own_work(person_id: int) -> tuple[queries.OwnWork, list[Step]]:
    work = queries.own_work(person_id)
    steps = []
    for errand in work.errands[: queries.SHOWN]:
        endpoint, name = ERRAND_DOORS[errand.kind]
        steps.append(Step(errand, door(endpoint, **{name: errand.id})))
    return work, steps


def _open_calls() -> list[tuple[calls.PublicCall, str | None]]:
    return [(call, door("calls.start_application", call_id=call.id)) for call in calls.public_calls()[Moment.OPEN]]


# -- those who instruct, follow or decide ----------------------------------------------------------


CALL_DOORS = (
    ("Instruction", "committee.desk"),
    ("Programmation", "committee.programme"),
    ("Actes", "committee.acts"),
    ("Versements", "committee.payments"),
    ("Appel", "calls.call_overview"),
)


def _followed(person_id: int) -> list[tuple[queries.FollowedCall, list[tuple[str, str]]]]:
    """The calls of the person's roles, each with the pages of it that they may open."""
    found = queries.followed_calls(person_id, access.usable_grants())
    return [(call, _doors_of(call)) for call in found]


def _doors_of(call: queries.FollowedCall) -> list[tuple[str, str]]:
    opened = ((label, door(endpoint, call.scopes(), call_id=call.id)) for label, endpoint in CALL_DOORS)
    return [(label, url) for label, url in opened if url]


def _sittings() -> list[tuple[queries.ComingSitting, str | None]]:
    found = queries.coming_sittings(access.usable_grants())
    return [(sitting, door("committee.sitting", sitting.scopes(), sitting_id=sitting.id)) for sitting in found]


def _panel(title: str, tiles: Sequence[Tile]) -> Panel:
    return Panel(title, tuple(tile for tile in tiles if tile.url))


def _notes_tile(person_id: int) -> Tile:
    """The notes to answer; to the call's queue when only one call has some."""
    waiting = to_answer(access.my_scope_ids(*DIRECTION), person_id)
    only = next(iter(waiting)) if len(waiting) == 1 else None
    url = door("calls.call_notes", call_id=only) if only else door("calls.call_list")
    return Tile("Notes d’opportunité", url, sum(waiting.values()), "À répondre")


def _accounts_tile(person_id: int) -> Tile:
    """The bank accounts that wait for their call-back."""
    waiting = accounts_to_check(access.my_scope_ids(*DIRECTION), person_id)
    url = door("accounts.followed_structures", **({"etat": TO_CHECK} if waiting else {}))
    return Tile("Comptes bancaires", url, waiting, "À vérifier par téléphone avant tout versement")


def _direction(person_id: int) -> Panel:
    waiting = queries.waiting_for_direction(person_id, access.usable_grants())
    after = queries.after_grants_of_direction(person_id, access.usable_grants())
    return _panel(
        "À traiter par la Direction",
        [
            Tile("Dossiers à vérifier", door("committee.desk_calls"), waiting.to_examine, "Déposés, sans proposition"),
            Tile("Corrections reçues", door("committee.desk_calls"), waiting.corrections_to_read, "À relire"),
            Tile("Messages à lire", door("calls.conversations"), waiting.messages, "Écrits par les structures"),
            Tile(
                "Bilans reçus",
                door("evaluation.all_bilans"),
                waiting.bilans_to_read,
                f"{plural(waiting.postponements, 'prolongation demandée', 'prolongations demandées')}",
            ),
            Tile("Projets ajustés reçus", door("committee.adjustments"), after.adjustments, "À lire et à accepter"),
            Tile("Conventions signées", door("committee.programmes"), after.conventions, "Exemplaires à vérifier"),
            _notes_tile(person_id),
            _accounts_tile(person_id),
            Tile("Appels à projets", door("calls.call_list"), text="Préparer, publier, suivre"),
            Tile("Programmation", door("committee.programmes"), text="Demandé, proposé, arbitré, attribué"),
            Tile("Séances", door("committee.sittings"), text="Comités et commissions"),
            Tile("Contrats et quartiers", door("contracts.index"), text="Cadre, thématiques, chiffres"),
            Tile("Comptes rendus", door("evaluation.report_list"), text="Par quartier et par année"),
            Tile("Exports", door("exchange.exports"), text="Classeur Excel de la programmation"),
        ],
    )


def _reviewer(person_id: int) -> Panel:
    analyses = queries.analyses_of(person_id, access.usable_grants())
    given = plural(analyses.given, "dossier confié", "dossiers confiés")
    return _panel("Mes analyses", [Tile("Analyses à rendre", door("committee.my_assessments"), analyses.to_do, given)])


def _funder(person_id: int) -> Panel:
    work = queries.funder_work(person_id, access.usable_grants())
    after = queries.after_grants_of_funder(person_id, access.usable_grants())
    return _panel(
        "Côté financeur",
        [
            Tile("Avis à rendre", door("committee.opinions_to_give"), work.opinions, "Demandes sans avis"),
            Tile("Actes à enregistrer", door("committee.programmes"), work.acts, "Montants arbitrés, sans acte"),
            Tile("Notifications à faire", door("committee.programmes"), work.notifications, "Actes pris, non notifiés"),
            Tile("Conventions signées", door("committee.programmes"), after.conventions, "Exemplaires à vérifier"),
            Tile("Versements à faire", door("committee.programmes"), after.payments, "Notifiés, pas encore versés"),
            Tile("Bilans", door("evaluation.all_bilans"), text="Lire les bilans reçus"),
        ],
    )


def _delegate(person_id: int) -> Panel:
    """The délégué gives the State's opinion; acts and notifications are others' to make."""
    work = queries.funder_work(person_id, access.usable_grants())
    return _panel(
        "Délégué du Préfet",
        [
            Tile("Avis de l’État à rendre", door("committee.opinions_to_give"), work.opinions, "Demandes sans avis"),
            Tile("Programmation", door("committee.programmes"), text="Demandé, proposé, arbitré, attribué"),
            Tile("Bilans", door("evaluation.all_bilans"), text="Lire les bilans reçus"),
            Tile("Comptes rendus", door("evaluation.report_list"), text="Par quartier et par année"),
            Tile("Exports", door("exchange.exports"), text="Classeur Excel de la programmation"),
        ],
    )


def _steering(person_id: int) -> Panel:
    return _panel(
        "Comité de pilotage",
        [
            Tile("Programmation", door("committee.programmes"), text="Demandé, proposé, arbitré, attribué"),
            Tile("Séances", door("committee.sittings"), text="Ordres du jour et décisions"),
            Tile("Comptes rendus", door("evaluation.report_list"), text="Ce que les actions ont donné"),
        ],
    )


def _admin(person_id: int) -> Panel:
    accounts = queries.accounts()
    return _panel(
        "Administration",
        [
            Tile("Comptes", door("accounts.accounts"), accounts.people, "Inscrits ou invités", counts_work=False),
            Tile("Comptes non confirmés", door("accounts.accounts"), accounts.unconfirmed, "Le lien n’a pas été suivi"),
            Tile("Rôles", door("accounts.people"), text="Qui fait quoi"),
            Tile("Courriels non partis", door("accounts.mails"), stuck_mails(), "À renvoyer"),
        ],
    )


PANELS: tuple[tuple[frozenset[Role], Callable[[int], Panel]], ...] = (
    (DIRECTION, _direction),
    (frozenset({Role.REVIEWER}), _reviewer),
    (FUNDER_PEOPLE, _funder),
    (frozenset({Role.DELEGATE}), _delegate),
    (frozenset({Role.STEERING}), _steering),
    (frozenset({Role.ADMIN}), _admin),
)
