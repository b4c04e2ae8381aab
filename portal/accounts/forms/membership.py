"""Structures and their members."""

from __future__ import annotations

from wtforms import EmailField, RadioField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from portal.accounts.forms.validators import NAME, checked, stripped
from portal.accounts.models import OrganisationKind
from portal.accounts.rules import MemberLevel, Role
from portal.accounts.rules.credentials import email_address
from portal.accounts.rules.identifiers import rna_number, siret_number
from portal.foundation.forms import Form

LEVEL_HINTS = {
    "owner": "Remplit et dépose les dossiers, invite et retire des membres.",
    "editor": "Remplit les dossiers, et les dépose si elle représente la structure ou a une délégation de signature.",
    "reader": "Consulte sans rien modifier.",
}


class NewOrganisationForm(Form):
    name = StringField(
        "Nom de la structure",
        [InputRequired("Indiquez le nom de la structure."), Length(max=200)],
        filters=[stripped],
        description="Tel qu’il figure dans les statuts.",
    )
    kind = SelectField(
        "Nature de la structure",
        choices=[
            SelectChoice(kind.value, kind.label) for kind in OrganisationKind if kind is not OrganisationKind.UNKNOWN
        ],
        coerce=OrganisationKind,
    )
    siret = StringField(
        "Numéro SIRET",
        [InputRequired("Indiquez le numéro SIRET."), checked(siret_number)],
        description="14 chiffres. Sans SIRET, une association l’obtient gratuitement auprès de l’Insee.",
    )
    rna = StringField(
        "Numéro RNA",
        [Optional(), checked(rna_number)],
        filters=[stripped],
        description="Pour une association, si vous l’avez : W suivi de 9 chiffres.",
    )


class InviteForm(Form):
    """Who is invited. Names serve only when the address has no account yet."""

    email = EmailField("Adresse électronique", [InputRequired("Indiquez son adresse."), checked(email_address)])
    given_name = StringField("Prénom", [InputRequired("Indiquez son prénom."), *NAME], filters=[stripped])
    family_name = StringField("Nom", [InputRequired("Indiquez son nom."), *NAME], filters=[stripped])


class InviteMemberForm(InviteForm):
    level = RadioField(
        "Que pourra faire cette personne\u202f?",
        [InputRequired("Choisissez un niveau.")],
        choices=[SelectChoice(level.value, level.label.capitalize()) for level in MemberLevel],
        coerce=MemberLevel,
        default=MemberLevel.EDITOR,
    )


class LevelForm(Form):
    level = RadioField(
        "Niveau",
        [InputRequired("Choisissez un niveau.")],
        choices=[SelectChoice(level.value, level.label.capitalize()) for level in MemberLevel],
        coerce=MemberLevel,
    )


class InviteStaffForm(InviteForm):
    role = RadioField("Rôle", [InputRequired("Choisissez un rôle.")], coerce=Role)


class ReasonForm(Form):
    """Why an admin does what they do; it stays in the journal."""

    reason = StringField(
        "Motif",
        [InputRequired("Indiquez pourquoi."), Length(max=300)],
        filters=[stripped],
        description="Comment l’identité de la personne a été vérifiée, qui l’a demandé.",
    )
