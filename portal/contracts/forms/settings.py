"""The settings of a contract, its funders, its age bands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import cast

from wtforms import BooleanField, EmailField, Field, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from portal.accounts.forms.validators import checked, stripped
from portal.accounts.rules.credentials import email_address
from portal.accounts.rules.identifiers import siret_number
from portal.contracts.models import Contract, FunderKind
from portal.contracts.rules.settings import ContractSettings
from portal.foundation.fields import CountField, EurosField, ReadField, ShareField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number


def between(lowest: int, highest: int) -> Callable[[Form, Field], None]:
    """A validator: a number that could be read stands between these two, both included."""

    def check(_form: Form, field: Field) -> None:
        if field.data is not None and not lowest <= field.data <= highest:
            raise ValidationError(f"Indiquez un nombre de {lowest} à {highest}.")

    return check


def given(_form: Form, field: Field) -> None:
    """A validator: what is sent is not empty; what is not sent keeps its value."""
    if not field.raw_data:
        field.data = field.object_data
    elif field.data is None and not field.errors:
        raise ValidationError("Indiquez un nombre.")


def year_field(label: str) -> CountField:
    return CountField(label, [InputRequired("Indiquez une année."), between(1900, 2100)])


class VersionedForm(Form):
    """A form that knows which version of the thing its reader saw."""

    version = HiddenField()

    def seen_version(self) -> int:
        """The version shown with the form; 0, which never exists, when it is not a number."""
        return plain_number(self.version.data) or 0

    def keep_mine(self, current: int) -> None:
        """After a conflict, validating again keeps what was typed: the form takes the current version."""
        if self.conflict is not None:
            self.version.data = str(current)

    def both_values(self) -> tuple[dict[str, str], dict[str, str]]:
        """After a conflict, what is recorded and what was typed, by label, where they differ."""
        if self.conflict is None:
            return {}, {}
        theirs = cast(dict[str, object], self.conflict.theirs)
        mine = cast(dict[str, object], self.conflict.mine)
        differing = [name for name in mine if theirs[name] != mine[name]]
        return self._labelled(theirs, differing), self._labelled(mine, differing)

    def _labelled(self, values: dict[str, object], names: list[str]) -> dict[str, str]:
        return {self[name].label.text: _shown(self[name], values[name]) for name in names}


def _shown(field: Field, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "oui" if value else "non"
    if isinstance(field, ReadField):
        return type(field).written(value)
    return str(getattr(value, "label", value))


class ContractForm(VersionedForm):
    name = StringField("Nom du contrat", [InputRequired("Nommez le contrat."), Length(max=200)], filters=[stripped])
    start_year = year_field("Première année")
    end_year = year_field("Dernière année")
    source = TextAreaField(
        "Source",
        [Length(max=1000)],
        filters=[stripped],
        description="Le document d’où viennent les données, cité sur les pages publiques.",
    )
    steering_act_label = StringField(
        "Comment nommer la décision du COPIL",
        [InputRequired("Nommez cette décision."), Length(max=80)],
        filters=[stripped],
        description="Par exemple : validation de la programmation, vote.",
    )
    convention_threshold_cents = EurosField(
        "Seuil de convention",
        [InputRequired("Indiquez un montant.")],
        description="Au-delà, pour un financeur et dans l’année, une convention est obligatoire (23 000 €).",
    )
    convention_counts_in_kind = BooleanField("Compter les aides en nature dans ce seuil")
    auditor_threshold_cents = EurosField(
        "Seuil du commissaire aux comptes",
        [InputRequired("Indiquez un montant.")],
        description="Subventions publiques reçues dans l’année (153 000 €).",
    )
    open_data_threshold_cents = EurosField(
        "Seuil de publication des conventions", [InputRequired("Indiquez un montant.")]
    )
    small_count_threshold = CountField(
        "Masquer les effectifs inférieurs à",
        [InputRequired("Indiquez un nombre."), between(0, 100)],
        description="Dans ce qui est public, pour que personne ne soit reconnu.",
    )
    payment_days = CountField(
        "Délai de versement, en jours", [InputRequired("Indiquez un nombre de jours."), between(1, 730)]
    )
    first_payment_bp = ShareField(
        "Premier versement d’une convention",
        [InputRequired("Indiquez une part, par exemple 80.")],
        description="À la signature ; le solde attend l’acceptation du bilan final.",
    )
    adjustment_days = CountField(
        "Délai pour ajuster un projet, en jours",
        [InputRequired("Indiquez un nombre de jours."), between(1, 365)],
        description="Laissé au porteur quand le montant notifié est inférieur au montant demandé.",
    )
    bilan_reminder_days = StringField(
        "Rappels des bilans, en jours",
        [Length(max=100)],
        filters=[lambda text: (text or "").strip()],
        description="Avant l’échéance en négatif, après en positif : -30, -7, 7, 30. Vide : aucun rappel.",
    )
    opinion_reminder_days = StringField(
        "Rappels des avis demandés, en jours",
        [Length(max=100)],
        filters=[lambda text: (text or "").strip()],
        description="Autour de la date demandée : -5, -1, 2. Vide : aucun rappel.",
    )
    opinion_grace_days = CountField(
        "Délai de grâce d’un avis demandé, en jours",
        [given, between(0, 90)],
        description="Après la date demandée, le temps pendant lequel son lien prend encore un premier avis.",
    )
    disagreement_points = CountField(
        "Écart qui signale des analyses divergentes, en points",
        [given, between(1, 100)],
        description="Sur 100, entre la note la plus haute et la plus basse d’un dossier.",
    )
    contact_service = StringField(
        "Service à contacter", [InputRequired("Nommez le service."), Length(max=200)], filters=[stripped]
    )
    contact_address = TextAreaField("Adresse postale", [Length(max=500)], filters=[stripped])
    contact_email = EmailField("Adresse électronique", [Optional(), checked(email_address)], filters=[stripped])
    contact_phone = StringField("Téléphone", [Length(max=40)], filters=[stripped])
    appeal_notice = TextAreaField(
        "Voies et délais de recours",
        [Length(max=3000)],
        filters=[stripped],
        description="Repris dans les accusés de réception et les lettres.",
    )

    @classmethod
    def of(cls, contract: Contract) -> ContractForm:
        return cls(obj=contract)

    def settings(self) -> ContractSettings:
        return ContractSettings(**{field.name: self[field.name].data for field in fields(ContractSettings)})


class FunderForm(Form):
    name = StringField("Nom", [InputRequired("Nommez le financeur."), Length(max=200)], filters=[stripped])
    kind = SelectField("Type", choices=[SelectChoice(kind.value, kind.label) for kind in FunderKind])
    siret = StringField(
        "SIRET",
        [Optional(), checked(siret_number)],
        filters=[stripped],
        description="14 chiffres, si vous le connaissez.",
    )
    account_code = StringField(
        "Compte du budget",
        [Optional(), Length(max=20)],
        filters=[stripped],
        description="Le compte 74 où les porteurs inscrivent sa subvention, par exemple 745.",
    )
    deciding_body = StringField(
        "Qui décide",
        [Optional(), Length(max=200)],
        filters=[stripped],
        description="Par exemple : conseil municipal, préfet.",
    )

    def values(self) -> tuple[str, str, str | None, str | None, str | None]:
        """What the operations take, in their order."""
        return self.name.data, self.kind.data, self.siret.data, self.account_code.data, self.deciding_body.data


class AgeBandForm(Form):
    label = StringField("Nom de la tranche", [InputRequired("Nommez la tranche."), Length(max=60)], filters=[stripped])
    from_age = CountField("À partir de, en années", [InputRequired("Indiquez un âge."), between(0, 120)])
    to_age = CountField("Jusqu’à, compris", [Optional(), between(0, 120)], description="Laissez vide pour « et plus ».")
