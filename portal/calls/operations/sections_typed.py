"""Turning what a section holds into typed rows. Each function replaces what the section said before."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from portal.calls.models import (
    Application,
    ApplicationAxis,
    ApplicationPriority,
    ApplicationTheme,
    Attestation,
    Measure,
    PartnerOrganisation,
    PeopleByAge,
    PeopleByQuartier,
    Placement,
)
from portal.calls.operations.apportioning import reapportion
from portal.calls.queries.sections import PROJECT_COLUMNS
from portal.calls.rules.budget_years import years_of
from portal.calls.rules.filing import AgeCount, PeopleCount, PlacedShare, Target
from portal.calls.rules.partners import Partner, check_partners
from portal.calls.rules.sections import WORDS_VERSION
from portal.calls.states import Phase
from portal.extensions import db
from portal.foundation import clock
from portal.foundation.actors import Actor
from portal.foundation.folding import fold
from portal.foundation.refusals import Refusal


def write_project(application: Application, values: Mapping[str, Any]) -> None:
    """The project's own columns. Raises Refusal on `ends_on` when it ends before it starts, on `years` when a
    multi-year project does not say how many."""
    starts_on, ends_on = values["starts_on"], values["ends_on"]
    if starts_on and ends_on and ends_on < starts_on:
        raise Refusal("La date de fin précède la date de début.", "ends_on")
    years = years_of(values["duration"], values.get("years"))
    for name in PROJECT_COLUMNS:
        setattr(application, name, values.get(name))
    application.years = years
    application.title = values["title"] or ""
    application.title_fold = fold(application.title)


def write_partners(application: Application, partners: Mapping[int, Partner]) -> None:
    """The organisations that take part, by the rank of their line. Raises Refusals beside the lines."""
    check_partners(partners, application.organisation.siret, reversement_allowed=application.call.reversement_allowed)
    db.session.execute(sa.delete(PartnerOrganisation).where(PartnerOrganisation.application_id == application.id))
    db.session.add_all(
        PartnerOrganisation(
            application_id=application.id, name=partner.name, brings=partner.brings, siret=partner.siret,
            participation=partner.participation, share_bp=partner.share_bp,
            reversement_cents=partner.reversement_cents, position=position,
        )
        for position, partner in partners.items()
    )  # fmt: skip
    db.session.flush()


def write_placements(application: Application, shares: Sequence[PlacedShare]) -> None:
    """The quartiers and their shares; what was counted in a quartier taken away goes with it."""
    session = db.session()
    kept = [share.quartier_id for share in shares]
    session.execute(
        sa.delete(PeopleByQuartier).where(
            PeopleByQuartier.application_id == application.id,
            PeopleByQuartier.phase == Phase.EXPECTED,
            PeopleByQuartier.quartier_id.not_in(kept),
        )
    )
    session.execute(
        sa.delete(Placement).where(Placement.application_id == application.id, Placement.quartier_id.not_in(kept))
    )
    known = {
        placement.quartier_id: placement
        for placement in session.scalars(sa.select(Placement).where(Placement.application_id == application.id))
    }
    for share in shares:
        placement = known.get(share.quartier_id)
        if placement is None:
            placement = Placement(application_id=application.id, quartier_id=share.quartier_id)
            session.add(placement)
        placement.share_bp, placement.residents_expected = share.share_bp, share.residents_expected
        placement.theme_id = share.theme.id if share.theme else None
        placement.description = share.description
    session.flush()
    session.expire(application, ["placements"])
    reapportion(application)


def write_policy(
    application: Application,
    main_theme_id: int | None,
    secondary: Iterable[int],
    axes: Iterable[int],
    priorities: Iterable[int],
) -> None:
    """The main theme, the other themes, the axes, the priorities answered."""
    application.main_theme_id = main_theme_id
    _replace(application, ApplicationTheme, "theme_id", [theme for theme in secondary if theme != main_theme_id])
    _replace(application, ApplicationAxis, "axis_id", axes)
    _replace(application, ApplicationPriority, "priority_id", priorities)


def _replace(application: Application, table: Any, column: str, ids: Iterable[int]) -> None:
    db.session.execute(sa.delete(table).where(table.application_id == application.id))
    rows = [{"application_id": application.id, column: each} for each in sorted(set(ids))]
    if rows:
        db.session.execute(sa.insert(table), rows)


def write_public(
    application: Application,
    values: Mapping[str, Any],
    by_quartier: Sequence[PeopleCount],
    by_age: Sequence[AgeCount],
) -> None:
    """The people expected: in all, by quartier and sex, by age."""
    application.people_expected = values["people_expected"]
    application.public_characteristics = values["public_characteristics"]
    application.outreach = values["outreach"]
    common = {"application_id": application.id, "phase": Phase.EXPECTED}
    _replace_counts(
        application,
        PeopleByQuartier,
        [{**common, "quartier_id": c.quartier_id, "sex": c.sex, "people": c.people} for c in by_quartier],
    )
    _replace_counts(
        application, PeopleByAge, [{**common, "age_band_id": c.age_band_id, "people": c.people} for c in by_age]
    )


def _replace_counts(application: Application, table: Any, rows: list[dict[str, Any]]) -> None:
    db.session.execute(sa.delete(table).where(table.application_id == application.id, table.phase == Phase.EXPECTED))
    if rows:
        db.session.execute(sa.insert(table), rows)


def write_targets(application: Application, targets: Sequence[Target], method: str | None) -> None:
    """The targets of the indicators, the call's and the applicant's own. Two own ones never share a name."""
    own = [target.label for target in targets if target.indicator_id is None]
    if len({fold(label) for label in own}) < len(own):
        raise Refusal("Deux indicateurs portent le même nom.", "own_0_label")
    application.evaluation_method = method
    rows = [
        {
            "application_id": application.id,
            "phase": Phase.EXPECTED,
            "indicator_id": target.indicator_id,
            "own_label": None if target.indicator_id is not None else target.label,
            "value_thousandths": target.value_thousandths,
            "numerator": target.numerator,
            "denominator": target.denominator,
            "not_measured_reason": target.not_measured_reason,
        }
        for target in targets
    ]
    _replace_counts(application, Measure, rows)


def write_attestations(application: Application, codes: Iterable[str], *, actor: Actor) -> None:
    """The statements made; one already made keeps its hour and its author."""
    wanted = set(codes)
    made = {
        statement.code: statement
        for statement in db.session.scalars(sa.select(Attestation).where(Attestation.application_id == application.id))
    }
    for code in made.keys() - wanted:
        db.session.delete(made[code])
    db.session.add_all(
        Attestation(
            application_id=application.id,
            code=code,
            words_version=WORDS_VERSION,
            made_at=clock.now(),
            made_by_id=actor.person_id,
        )
        for code in sorted(wanted - made.keys())
    )
    db.session.flush()
