"""The full form of an organisation. Everything may be saved half filled; only what cannot be read is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_wtf.file import FileField
from wtforms import BooleanField, SelectField
from wtforms.validators import InputRequired, Optional

from portal.accounts.forms.validators import checked
from portal.accounts.models import OrganisationKind
from portal.accounts.rules.banking import bic_number, grouped, iban_number
from portal.accounts.rules.contacts import phone_number, postcode_number, website_address
from portal.accounts.rules.credentials import email_address
from portal.accounts.rules.identifiers import rna_number, siret_number
from portal.accounts.rules.organisation import OrganisationSheet, YearSheet, leaves
from portal.foundation.fields import (
    Asked,
    CountField,
    DayField,
    EurosField,
    HundredthsField,
    ReadField,
    choices,
    line,
    words,
)
from portal.foundation.forms import Form
from portal.foundation.refusals import Refusal


def _told(rule: Callable[[str], str]) -> Callable[[str], str]:
    """A rule's refusal as the message of a field."""

    def read(text: str) -> str:
        try:
            return rule(text)
        except Refusal as refusal:
            raise ValueError(refusal.message)

    return read


def spaced_siret(siret: str) -> str:
    """« 362 521 879 00034 »."""
    return f"{siret[:3]} {siret[3:6]} {siret[6:9]} {siret[9:]}"


class SiretField(ReadField):
    read = staticmethod(_told(siret_number))
    written = staticmethod(spaced_siret)


class RnaField(ReadField):
    read = staticmethod(_told(rna_number))
    written = staticmethod(str)


class IbanField(ReadField):
    read = staticmethod(_told(iban_number))
    written = staticmethod(grouped)


class BicField(ReadField):
    read = staticmethod(_told(bic_number))
    written = staticmethod(str)


EMAIL = [Optional(), checked(email_address)]
PHONE = [Optional(), checked(phone_number)]
POSTCODE = [Optional(), checked(postcode_number)]
WEBSITE = [Optional(), checked(website_address)]


class MeansFields:
    """The people and the money of one year."""

    volunteers = CountField("Bénévoles")
    civic_volunteers = CountField("Volontaires en service civique")
    employees = CountField("Personnes salariées")
    fte_hundredths = HundredthsField("Équivalents temps plein", description="Par exemple 2,5.")
    aided_jobs = CountField("Dont emplois aidés")
    members_women = CountField("Adhérentes")
    members_men = CountField("Adhérents")
    budget_cents = EurosField("Budget de la structure", [Asked()])
    public_subsidies_cents = EurosField(
        "Subventions publiques reçues",
        [Asked()],
        description="Toutes collectivités et État réunis ; 0 s’il n’y en a pas.",
    )
    reserves_cents = EurosField("Réserves et fonds associatifs")


class OrganisationFields(MeansFields):
    """The fields of the sheet, for the form of the organisation and for the section of an application."""

    name = line("Nom de la structure", asked=True)
    acronym = line("Sigle", longest=40)
    kind = SelectField(
        "Nature de la structure",
        [Asked()],
        choices=choices((kind.value, kind.label) for kind in OrganisationKind),
        default=OrganisationKind.UNKNOWN.value,
    )
    siret = SiretField("Numéro SIRET", [Asked()], description="14 chiffres, sur l’avis de situation Insee.")
    rna = RnaField("Numéro RNA", description="Associations : W suivi de 9 chiffres, sur le récépissé de la préfecture.")
    created_on = DayField("Date de création")
    jo_published_on = DayField("Date de publication au Journal officiel")

    address = line("Adresse du siège", asked=True, help="Numéro et voie.")
    postcode = line("Code postal", asked=True, longest=10, validators=POSTCODE)
    town = line("Commune", asked=True)
    correspondence_address = words("Adresse de correspondance, si elle est différente", longest=500)
    email = line("Adresse électronique", asked=True, validators=EMAIL)
    phone = line("Téléphone", asked=True, longest=30, validators=PHONE)
    website = line("Site internet", validators=WEBSITE)

    representative_name = line("Prénom et nom", asked=True)
    representative_role = line("Fonction", asked=True, help="Par exemple présidente, directeur, maire.")
    representative_email = line("Adresse électronique de cette personne", validators=EMAIL)
    representative_phone = line("Téléphone de cette personne", longest=30, validators=PHONE)
    signatory_name = line("Signataire, si c’est une autre personne", help="Une délégation sera demandée.")
    signatory_role = line("Fonction du signataire")
    contact_name = line("Personne chargée du dossier", help="Prénom et nom, si ce n’est pas le représentant légal.")
    contact_email = line("Adresse électronique de la personne chargée du dossier", validators=EMAIL)
    contact_phone = line("Téléphone de la personne chargée du dossier", longest=30, validators=PHONE)

    public_utility = BooleanField("Reconnue d’utilité publique")
    subject_to_commercial_taxes = BooleanField("Assujettie aux impôts commerciaux")
    has_auditor = BooleanField("Dotée d’un commissaire aux comptes")
    networks = words("Réseaux, unions ou fédérations d’appartenance", longest=1000)


class OrganisationForm(Form, OrganisationFields):
    """The sheet on a page of its own."""


class YearForm(Form, MeansFields):
    """The means of one year."""


class ApprovalForm(Form):
    """One approval."""

    kind = line("Agrément", help="Par exemple : jeunesse et éducation populaire, centre social, entreprise solidaire.",
                asked=True, validators=[InputRequired("Indiquez de quel agrément il s’agit.")])  # fmt: skip
    given_by = line("Donné par", help="Par exemple la préfecture, la CAF.")
    given_on = DayField("Le")


def initial(sheet: OrganisationSheet) -> dict[str, Any]:
    """What the fields show of a sheet."""
    identity = {name: value for name, value in vars(sheet).items() if name not in _NOT_FIELDS}
    return identity | initial_year(sheet.means)


_NOT_FIELDS = frozenset({"means", "bank", "approvals", "past_years"})


def initial_year(means: YearSheet) -> dict[str, Any]:
    """What the fields show of one year."""
    return {name: value for name, value in vars(means).items() if name != "year"}


def differences(theirs: OrganisationSheet, mine: Form) -> list[tuple[str, str, str]]:
    """(label, their words, mine) of each field of the sheet that differs."""
    shown = OrganisationForm(formdata=None, data=initial(theirs), meta={"csrf": False})
    return [
        (str(field.label.text), told_by(field), told_by(mine[field.name]))
        for field in shown
        if field.name in mine and not _same(field, mine[field.name])
    ]


def _same(theirs: Any, mine: Any) -> bool:
    """Whether two fields say the same, however it is typed (« 1200 », « 1 200,00 »)."""
    if leaves(theirs.name, mine.data):
        return True
    return told_by(theirs) == told_by(mine) or (not mine.errors and (theirs.data or None) == (mine.data or None))


def told_by(field: Any) -> str:
    """What a field says, for somebody who compares."""
    if field.type == "BooleanField":
        return "oui" if field.data else "non"
    if field.type == "SelectField":
        return ", ".join(choice[1] for choice in field.iter_choices() if choice[2])
    return str(field._value()).strip().replace("\r\n", "\n")


class BankAccountForm(Form):
    """The account on which grants are paid."""

    holder = line(
        "Titulaire du compte", help="Tel qu’il est imprimé sur le RIB.",
        validators=[InputRequired("Recopiez le nom du titulaire.")],
    )  # fmt: skip
    iban = IbanField(
        "IBAN", [InputRequired("Recopiez l’IBAN du RIB.")], description="Il commence par FR et compte 27 caractères."
    )
    bic = BicField("BIC", description="8 ou 11 caractères.")
    file = FileField("RIB (facultatif)", description="PDF ou photo ; il peut aussi être joint à votre dossier.")
