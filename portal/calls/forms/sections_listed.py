"""The sections whose fields follow the lists of the call: quartiers, themes, public, indicators."""

from __future__ import annotations

from typing import Any

from wtforms import RadioField, SelectField, SelectMultipleField

from portal.calls.forms.sections import SectionForm, Typed, chosen_id, line_count, with_fields
from portal.calls.models import Application
from portal.calls.operations import sections_typed as write
from portal.calls.queries import offered as queries
from portal.calls.rules.apportioning import equal_shares
from portal.calls.rules.filing import AgeCount, Choice, Dossier, OfferedIndicator, PeopleCount, PlacedShare, Target
from portal.calls.states import Section, Sex
from portal.foundation.actors import Actor
from portal.foundation.fields import Asked, CountField, EurosField, ShareField, ThousandthsField, choices, line, words
from portal.foundation.refusals import Refusal
from portal.quartiers.models import QuartierKind


class QuartiersSection(SectionForm):
    """For each quartier of the call a share, the residents expected, and what is different there."""

    section = Section.QUARTIERS
    quartiers: list[tuple[int, str, QuartierKind]]

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        offered = queries.offered_quartiers(application.call)
        themes = {"": "Celle de tout le projet"}
        themes |= {str(theme.id): theme.label for theme in queries.themes_of(application.call.contract_id)}
        # A theme retired since stays for the quartier that has it.
        themes |= {str(place.theme.id): place.theme.label for place in dossier.placements if place.theme}
        fields: dict[str, Any] = {"quartiers": offered}
        for quartier_id, name, _kind in offered:
            fields |= {
                f"share_{quartier_id}": ShareField(f"Part du public venant de {name}"),
                f"residents_{quartier_id}": CountField(f"Habitants attendus de {name}"),
                f"theme_{quartier_id}": SelectField(
                    f"Thématique à {name}", coerce=chosen_id, choices=choices(themes.items()), default=""
                ),
                f"text_{quartier_id}": words(f"Ce qui est différent à {name}", longest=2000),
            }
        return with_fields(cls, fields)

    @classmethod
    def helped(cls, typed: Typed) -> Typed:
        """« Répartir à parts égales »: among the quartiers of which something is said, else among all."""
        if "repartir" not in typed:
            return typed
        every = [name.removeprefix("share_") for name in typed if name.startswith("share_")]
        said = [id_ for id_ in every if _is_said(typed, f"share_{id_}") or _is_said(typed, f"residents_{id_}")]
        parts = equal_shares(said or every)
        return {**typed, **{f"share_{id_}": [ShareField.written(share)] for id_, share in parts.items()}}

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for place in dossier.placements:
            shown[f"share_{place.quartier_id}"] = place.share_bp
            shown[f"residents_{place.quartier_id}"] = place.residents_expected
            shown[f"theme_{place.quartier_id}"] = place.theme.id if place.theme else None
            shown[f"text_{place.quartier_id}"] = place.description
        return shown

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        answers = [self._placed(quartier_id, name) for quartier_id, name, _kind in self.quartiers]
        # A quartier of which something is said but no share yet stays on the page; a share of 0 takes it away.
        write.write_placements(
            application, [each for each in answers if each.share_bp or (each.share_bp is None and _is_begun(each))]
        )

    def _placed(self, quartier_id: int, name: str) -> PlacedShare:
        theme_id = self[f"theme_{quartier_id}"].data
        return PlacedShare(
            quartier_id,
            name,
            False,
            self[f"share_{quartier_id}"].data,
            self[f"residents_{quartier_id}"].data,
            Choice(theme_id, "") if theme_id else None,
            self[f"text_{quartier_id}"].data,
        )


def _is_begun(place: PlacedShare) -> bool:
    return place.residents_expected is not None or place.theme is not None or bool(place.description)


def _is_said(typed: Typed, name: str) -> bool:
    return any(text.strip() not in ("", "0") for text in typed.get(name, ()))


class ThemesSection(SectionForm):
    """The themes under their pillars, the axes, the priorities of the year."""

    section = Section.THEMES
    themes: list[queries.ThemeChoice]

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        contract_id = application.call.contract_id
        themes = queries.themes_of(contract_id)
        listed = [(theme.id, theme.label) for theme in themes]
        fields: dict[str, Any] = {
            "themes": themes,
            "main_theme": RadioField(
                "Thématique principale", [Asked()], coerce=chosen_id, choices=choices(listed), validate_choice=False
            ),
            "secondary_themes": SelectMultipleField("Autres thématiques touchées", coerce=int, choices=choices(listed)),
        }
        if axes := queries.axes_of(contract_id):
            fields["axes"] = SelectMultipleField("Axes transversaux servis", coerce=int, choices=choices(axes))
        if priorities := queries.priorities_of(contract_id, application.call.year):
            fields["priorities"] = SelectMultipleField(
                "Priorités municipales auxquelles le projet répond", coerce=int, choices=choices(priorities)
            )
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        policy = dossier.policy
        return {
            "main_theme": policy.main_theme.id if policy.main_theme else None,
            "secondary_themes": [each.id for each in policy.secondary_themes],
            "axes": [each.id for each in policy.axes],
            "priorities": [each.id for each in policy.priorities],
        }

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        values, known = self.data, {theme.id for theme in self.themes}
        main = values["main_theme"] if values["main_theme"] in known else None
        write.write_policy(
            application, main, values["secondary_themes"], values.get("axes", []), values.get("priorities", [])
        )


class PublicSection(SectionForm):
    """People expected: in all, by quartier of the project and sex, by age."""

    section = Section.PUBLIC
    quartiers: list[tuple[int, str]]
    age_bands: list[tuple[int, str]]

    people_expected = CountField("Nombre de personnes attendues", [Asked()])
    public_characteristics = words(
        "Qui sont ces personnes ?", longest=3000, help="Familles monoparentales, jeunes sans emploi, personnes âgées…"
    )
    outreach = words(
        "Comment allez-vous vers ce public ?",
        asked=True,
        longest=3000,
        help="Relais, horaires, lieux, bouche-à-oreille…",
    )

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        quartiers = [(place.quartier_id, place.quartier) for place in dossier.placements]
        bands = queries.age_bands_of(application.call.contract_id)
        fields: dict[str, Any] = {"quartiers": quartiers, "age_bands": bands}
        for quartier_id, _name in quartiers:
            for sex in Sex:
                fields[f"people_{quartier_id}_{sex.value}"] = CountField(sex.label)
        for band_id, label in bands:
            fields[f"age_{band_id}"] = CountField(label)
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        public = dossier.public
        return {
            "people_expected": public.people_expected,
            "public_characteristics": public.characteristics,
            "outreach": public.outreach,
            **{f"people_{count.quartier_id}_{count.sex.value}": count.people for count in public.by_quartier},
            **{f"age_{count.age_band_id}": count.people for count in public.by_age},
        }

    def by_quartier(self) -> list[PeopleCount]:
        """The people counted in each quartier, by sex."""
        return [
            PeopleCount(quartier_id, sex, people)
            for quartier_id, _name in self.quartiers
            for sex in Sex
            if (people := self[f"people_{quartier_id}_{sex.value}"].data) is not None
        ]

    def by_age(self) -> list[AgeCount]:
        """The people counted in each age band."""
        return [
            AgeCount(band_id, label, people)
            for band_id, label in self.age_bands
            if (people := self[f"age_{band_id}"].data) is not None
        ]

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        write.write_public(application, self.data, self.by_quartier(), self.by_age())


class IndicatorsSection(SectionForm):
    """A target for each indicator of the call, and the applicant's own."""

    section = Section.INDICATORS
    indicators: list[OfferedIndicator]
    own_lines: int

    evaluation_method = words(
        "Comment évaluerez-vous le projet ?", asked=True, longest=3000, help="Qui mesure, quand, avec quel outil."
    )

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        fields: dict[str, Any] = {"indicators": list(dossier.offered_indicators)}
        for indicator in dossier.offered_indicators:
            fields |= _target_fields(indicator)
        own = sum(1 for target in dossier.targets if target.indicator_id is None)
        fields["own_lines"] = line_count(typed, "own", max(own + 1, 2), longest=10)
        for index in range(fields["own_lines"]):
            fields[f"own_{index}_label"] = line("Votre indicateur", longest=150)
            fields[f"own_{index}_value"] = ThousandthsField("Objectif")
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {"evaluation_method": dossier.evaluation_method}
        own = 0
        for target in dossier.targets:
            if target.indicator_id is None:
                shown |= {f"own_{own}_label": target.label, f"own_{own}_value": target.value_thousandths}
                own += 1
                continue
            key = target.indicator_id
            shown[f"value_{key}"] = _shown(target)
            shown |= {f"num_{key}": target.numerator, f"den_{key}": target.denominator}
            shown[f"why_{key}"] = target.not_measured_reason
        return shown

    def targets(self) -> list[Target]:
        """The targets filled: the call's indicators, then the applicant's own."""
        targets = [target for indicator in self.indicators if (target := self._target(indicator)) is not None]
        for index in range(self.own_lines):
            if label := self[f"own_{index}_label"].data:
                value = self[f"own_{index}_value"].data
                targets.append(Target(None, label, "", "count", value_thousandths=value))
        return targets

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        """Raises Refusal beside the name of an indicator that has a value and no name: it would be lost."""
        for index in range(self.own_lines):
            if self[f"own_{index}_value"].data is not None and not self[f"own_{index}_label"].data:
                raise Refusal("Nommez cet indicateur.", f"own_{index}_label")
        write.write_targets(application, self.targets(), self.evaluation_method.data)

    def _target(self, indicator: OfferedIndicator) -> Target | None:
        values = {
            name: self[f"{name}_{indicator.id}"].data
            for name in ("value", "num", "den", "why")
            if f"{name}_{indicator.id}" in self
        }
        if all(value is None for value in values.values()):
            return None
        value = values.get("value")
        return Target(
            indicator.id,
            indicator.label,
            indicator.unit,
            indicator.kind,
            value_thousandths=None if value is None else value * _THOUSANDTHS.get(indicator.kind, 1),
            numerator=values.get("num"),
            denominator=values.get("den"),
            not_measured_reason=values.get("why"),
        )


_THOUSANDTHS = {"count": 1000, "people": 1000, "amount": 10}
"""Thousandths of a unit in what the field holds: whole numbers, cents; a score is typed in thousandths."""


def _target_fields(indicator: OfferedIndicator) -> dict[str, Any]:
    marks = [Asked()] if indicator.is_compulsory else []
    fields: dict[str, Any] = {}
    if indicator.kind == "ratio":
        fields[f"num_{indicator.id}"] = CountField(indicator.numerator_label or "Nombre concerné", marks)
        fields[f"den_{indicator.id}"] = CountField(indicator.denominator_label or "Sur un total de", marks)
    else:
        kind = {"amount": EurosField, "score": ThousandthsField}.get(indicator.kind, CountField)
        fields[f"value_{indicator.id}"] = kind("Objectif", marks)
    fields[f"why_{indicator.id}"] = line("Non mesurable ? Dites pourquoi", longest=500)
    return fields


def _shown(target: Target) -> int | None:
    if target.value_thousandths is None:
        return None
    return target.value_thousandths // _THOUSANDTHS.get(target.kind, 1)
