"""Signing in and up, and the password."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import InputRequired, Length, ValidationError

from portal.accounts.forms.validators import NAME, checked, stripped
from portal.accounts.rules.credentials import MAXIMUM_LENGTH, MINIMUM_LENGTH, accepted_password, email_address
from portal.foundation.forms import Form
from portal.foundation.refusals import Refusal

PASSWORD_HELP = (
    f"Au moins {MINIMUM_LENGTH} caractères. Une phrase que vous retenez bien convient mieux qu’un mot compliqué."
)


class SignInForm(Form):
    """`kept` carries what was sent after a session had ended (accounts/resuming.py)."""

    kept = HiddenField()
    email = EmailField("Adresse électronique", [InputRequired("Indiquez votre adresse électronique.")])
    password = PasswordField(
        "Mot de passe", [InputRequired("Indiquez votre mot de passe."), Length(max=MAXIMUM_LENGTH)]
    )


class SignUpForm(Form):
    given_name = StringField("Prénom", [InputRequired("Indiquez votre prénom."), *NAME], filters=[stripped])
    family_name = StringField("Nom", [InputRequired("Indiquez votre nom."), *NAME], filters=[stripped])
    email = EmailField(
        "Adresse électronique",
        [InputRequired("Indiquez votre adresse électronique."), checked(email_address)],
        description="Nous y envoyons un lien pour choisir votre mot de passe.",
    )


class AddressForm(Form):
    """An address alone: a forgotten password, a new address."""

    email = EmailField(
        "Adresse électronique", [InputRequired("Indiquez une adresse électronique."), checked(email_address)]
    )


class NewPasswordForm(Form):
    """A password to choose; `personal` are the words it must not be made of alone."""

    password = PasswordField(
        "Nouveau mot de passe", [InputRequired("Choisissez un mot de passe.")], description=PASSWORD_HELP
    )

    def __init__(self, personal: Iterable[str], **values: object) -> None:
        super().__init__(**values)
        self.personal = list(personal)

    def validate_password(self, field: PasswordField) -> None:
        try:
            accepted_password(field.data or "", self.personal)
        except Refusal as refusal:
            raise ValidationError(refusal.message)


class CodeForm(Form):
    kept = HiddenField()
    code = StringField(
        "Code",
        [InputRequired("Indiquez le code."), Length(max=40)],
        description="Les 6 chiffres affichés par votre application, ou l’un de vos codes de secours.",
    )


class SetUpForm(Form):
    code = StringField(
        "Code affiché par l’application",
        [InputRequired("Indiquez les 6 chiffres affichés par l’application."), Length(max=10)],
    )


class ConfirmAgainForm(Form):
    secret = PasswordField(
        "Mot de passe, ou code de votre application",
        [InputRequired("Indiquez votre mot de passe ou un code."), Length(max=MAXIMUM_LENGTH)],
    )


class ProfileForm(Form):
    given_name = StringField("Prénom", [InputRequired("Indiquez votre prénom."), *NAME], filters=[stripped])
    family_name = StringField("Nom", [InputRequired("Indiquez votre nom."), *NAME], filters=[stripped])
    phone = StringField("Téléphone", [Length(max=30)], filters=[stripped])
