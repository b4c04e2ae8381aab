"""The forms with which the Direction prepares a call."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import fields as dataclass_fields
from typing import Any

from wtforms import (
    BooleanField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional

from portal.calls.operations.calling import CallRules
from portal.calls.operations.calling_contents import CriterionTerms, DocumentTerms
from portal.calls.rules.calling import CallDates
from portal.calls.states import (
    CallKind,
    DauphinRule,
    DocumentCase,
    EnvelopeStatus,
    LabelledEnum,
    PreviousBilansRule,
    ResidentsRule,
)
from portal.contracts.models import Nature
from portal.foundation.fields import DayField, EurosField, InstantField, ShareField
from portal.foundation.forms import Form

REQUIRED = InputRequired("Répondez à cette question.")
LONG = 20_000


def _whole(text: str | int | None) -> int:
    """The version a page was opened with; what was tampered with is no version."""
    typed = str(text or "")
    return int(typed) if typed.isdecimal() and len(typed) < 16 else 0


def _labelled(members: Iterable[LabelledEnum]) -> list[SelectChoice]:
    return [SelectChoice(member.value, member.label) for member in members]


def _tidy(text: str | None) -> str | None:
    return (text or "").strip() or None


class VersionedForm(Form):
    """A form that knows which version of its thing was on the page."""

    version = HiddenField(filters=[_whole])

    def save(self, operation: Callable[..., Any], thing: Any, *args: Any, **values: Any) -> bool:
        """Attempt `operation` on `thing` as it was seen.

        After a conflict the form takes the stored version: saving again keeps one's own values.
        """
        done = self.attempt(operation, thing, *args, version=self.version.data, **values)
        if self.conflict is not None:
            self.version.data = thing.version
        return done


class NewCallForm(Form):
    """Where a new call starts from: `source` is « appel:ID » or « vierge:ID of the contract »."""

    source = RadioField("Point de départ", [REQUIRED])
    kind = SelectField("Nature de l’appel", [REQUIRED])
    year = IntegerField("Année des actions", [REQUIRED, NumberRange(2000, 2100)])
    title = StringField("Titre", [REQUIRED, Length(max=200)], description="Par exemple « Appel à projets 2027 ».")

    def offer(self, sources: list[tuple[str, str]]) -> None:
        self.source.choices = [SelectChoice(value, label) for value, label in sources]
        self.kind.choices = _labelled(kind for kind in CallKind if kind is not CallKind.PAST)


class DatesForm(VersionedForm):
    opens_at = InstantField("Ouverture du dépôt", [REQUIRED], description="Heure de Paris.")
    closes_at = InstantField(
        "Clôture du dépôt",
        [REQUIRED],
        description="Heure de Paris. Un dossier ouvert avant la clôture garde deux minutes pour être déposé.",
    )
    actions_start_on = DayField("Début des actions", [REQUIRED])
    actions_end_on = DayField("Fin des actions", [REQUIRED])
    bilan_due_on = DayField("Remise du bilan final")

    def dates(self) -> CallDates:
        return CallDates(**{each.name: self[each.name].data for each in dataclass_fields(CallDates)})


class RulesForm(VersionedForm):
    previous_bilans_rule = RadioField(
        "Bilans des années passées",
        [REQUIRED],
        choices=_labelled(PreviousBilansRule),
        description="Au dépôt, le portail regarde le bilan intermédiaire de l’an dernier et le bilan final "
        "de l’année d’avant.",
    )
    residents_rule = RadioField(
        "Part d’habitants des quartiers prioritaires", [REQUIRED], choices=_labelled(ResidentsRule)
    )
    public_share_warn_bp = ShareField(
        "Avertir quand les financements publics dépassent",
        description="Laissez vide pour ne pas avertir.",
    )
    reversement_allowed = BooleanField("Un porteur peut reverser une part de la subvention à ses partenaires")
    dauphin_rule = RadioField(
        "Demande à l’État sur DAUPHIN",
        [REQUIRED],
        choices=_labelled(DauphinRule),
        default=DauphinRule.OFF.value,
        description="« DAUPHIN d’abord » : le porteur dépose sa demande à l’État sur DAUPHIN, puis son dossier ici "
        "avec le numéro reçu.",
    )
    scoring_enabled = BooleanField("Le comité technique note les dossiers avec la grille")
    blind_scoring = BooleanField("Chacun note sans voir les notes des autres")

    def rules(self) -> CallRules:
        return CallRules(
            PreviousBilansRule(self.previous_bilans_rule.data),
            ResidentsRule(self.residents_rule.data),
            self.public_share_warn_bp.data,
            self.reversement_allowed.data,
            self.scoring_enabled.data,
            self.blind_scoring.data,
            DauphinRule(self.dauphin_rule.data),
        )


class ScenariosForm(VersionedForm):
    is_enabled = BooleanField(
        "La Direction peut calculer des scénarios de répartition",
        description="Un scénario propose un montant par financement selon des règles que vous choisissez. "
        "Il ne décide rien. S’il sert, les courriers le disent aux porteurs, comme la loi le demande.",
    )


class PresentationForm(VersionedForm):
    title = StringField("Titre", [REQUIRED, Length(max=200)])
    presentation = TextAreaField(
        "Présentation",
        [Length(max=LONG)],
        description="À quoi sert l’appel, ce qui est attendu cette année.",
    )
    who_may_apply = TextAreaField(
        "Qui peut répondre", [Length(max=LONG)], description="Quelles structures, pour quelles actions."
    )


class PublishedPresentationForm(PresentationForm):
    """The same once associations have read it."""

    tell = BooleanField("Prévenir par courriel ceux qui ont commencé un dossier")


class QuartiersForm(VersionedForm):
    quartiers = SelectMultipleField(
        "Quartiers d’intervention", coerce=int, description="Ceux où les actions peuvent se dérouler."
    )

    def offer(self, quartiers: list[tuple[int, str]]) -> None:
        self.quartiers.choices = [SelectChoice(value, label) for value, label in quartiers]


class DocumentForm(VersionedForm):
    label = StringField("Document demandé", [REQUIRED, Length(max=200)])
    help = StringField("Aide", [Length(max=500)], description="Une phrase pour le porteur.")
    case = SelectField("Demandé à qui", [REQUIRED], choices=_labelled(DocumentCase))
    is_compulsory = BooleanField("Obligatoire pour déposer", default=True)
    is_reusable = BooleanField("Document de la structure, repris d’une année sur l’autre")
    valid_months = IntegerField(
        "Durée de validité, en mois",
        [Optional(), NumberRange(1, 120)],
        description="Vide si le document sert tant que rien ne change.",
    )

    def terms(self) -> DocumentTerms:
        return DocumentTerms(
            str(self.label.data).strip(),
            _tidy(self.help.data),
            DocumentCase(self.case.data),
            self.is_compulsory.data,
            self.is_reusable.data,
            self.valid_months.data,
        )


class CriterionForm(VersionedForm):
    label = StringField("Critère", [REQUIRED, Length(max=200)])
    help = StringField("Question posée à qui note", [Length(max=500)])
    weight = IntegerField("Poids", [REQUIRED, NumberRange(1, 100)], description="Sur 100 pour toute la grille.")
    level_0 = TextAreaField("Note 0", [REQUIRED, Length(max=500)])
    level_1 = TextAreaField("Note 1", [REQUIRED, Length(max=500)])
    level_2 = TextAreaField("Note 2", [REQUIRED, Length(max=500)])
    level_3 = TextAreaField("Note 3", [REQUIRED, Length(max=500)])
    level_4 = TextAreaField("Note 4", [REQUIRED, Length(max=500)])

    def terms(self) -> CriterionTerms:
        levels = (self.level_0, self.level_1, self.level_2, self.level_3, self.level_4)
        words = [str(level.data).strip() for level in levels]
        return CriterionTerms(
            str(self.label.data).strip(),
            _tidy(self.help.data),
            self.weight.data,
            (words[0], words[1], words[2], words[3], words[4]),
        )


class RemovalForm(VersionedForm):
    """A lone button that takes away a line of a call, as it was seen."""


class ExtendForm(VersionedForm):
    closes_at = InstantField("Nouvelle clôture", [REQUIRED], description="Heure de Paris.")
    reason = TextAreaField(
        "Motif", [REQUIRED, Length(max=1_000)], description="Publié avec l’appel et écrit aux porteurs."
    )


class EnvelopeForm(VersionedForm):
    """The amount and status of an envelope; `NewEnvelopeForm` also names it."""

    amount_cents = EurosField("Montant", [REQUIRED])
    status = RadioField("Statut", [REQUIRED], choices=_labelled(EnvelopeStatus))
    reason = StringField(
        "Motif ou référence",
        [REQUIRED, Length(max=500)],
        description="Courrier de notification, délibération, décision budgétaire…",
    )


class NewEnvelopeForm(EnvelopeForm):
    funder_id = SelectField("Financeur", [REQUIRED], coerce=int)
    nature = SelectField(
        "Nature des crédits", [REQUIRED], choices=[SelectChoice(nature.value, nature.label) for nature in Nature]
    )
    scheme = StringField(
        "Dispositif", [Length(max=80)], description="P147, FIPD, CLAS… Laissez vide s’il n’y en a qu’un."
    )
    reason = StringField("Motif ou référence", [Optional(), Length(max=500)])

    def offer(self, funders: list[tuple[int, str]]) -> None:
        self.funder_id.choices = [SelectChoice(value, label) for value, label in funders]


OFFERS = [
    SelectChoice("", "Non proposé"),
    SelectChoice("offered", "Au choix du porteur"),
    SelectChoice("compulsory", "Obligatoire"),
]


def indicators_form(catalogue: list[tuple[int, str]], offered: dict[int, bool], version: int) -> VersionedForm:
    """A form with one question for each indicator of the catalogue: [(id, label)]."""
    fields = {f"indicator_{id_}": SelectField(label, choices=OFFERS) for id_, label in catalogue}
    words = {True: "compulsory", False: "offered"}
    current = {f"indicator_{id_}": words[compulsory] for id_, compulsory in offered.items()}
    return type("IndicatorsForm", (VersionedForm,), fields)(data=current | {"version": version})


def chosen_indicators(form: VersionedForm) -> dict[int, bool]:
    """What was answered: {indicator id: compulsory}."""
    answers = {name: value for name, value in form.data.items() if name.startswith("indicator_") and value}
    return {int(name.removeprefix("indicator_")): value == "compulsory" for name, value in answers.items()}


def weights_form(criteria: list[tuple[int, str, int]], version: int) -> VersionedForm:
    """A form with the weight of each criterion: [(id, label, weight)]."""
    fields = {f"weight_{id_}": IntegerField(label, [REQUIRED, NumberRange(1, 100)]) for id_, label, _weight in criteria}
    current = {f"weight_{id_}": weight for id_, _label, weight in criteria}
    return type("WeightsForm", (VersionedForm,), fields)(data=current | {"version": version})


def chosen_weights(form: VersionedForm) -> dict[int, int]:
    """What was answered: {criterion id: weight}."""
    return {int(name.removeprefix("weight_")): value for name, value in form.data.items() if name.startswith("weight_")}
