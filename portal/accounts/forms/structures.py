"""What the Direction says of an organisation: the call-back of its account, who is responsible for it."""

from __future__ import annotations

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, RadioField
from wtforms.validators import InputRequired

from portal.accounts.forms.membership import InviteForm
from portal.foundation.fields import DayField, choices, line
from portal.foundation.forms import Form


class CallBackForm(Form):
    """Who was called about the account shown, and what they said."""

    account_id = HiddenField()
    called_name = line(
        "Personne appelée", asked=True, validators=[InputRequired("Indiquez qui vous avez appelé.")],
        help="Prénom, nom et fonction.",
    )  # fmt: skip
    called_number = line(
        "Numéro appelé", asked=True, longest=30, validators=[InputRequired("Indiquez le numéro appelé.")],
        help="Un numéro que vous connaissiez avant ce changement, jamais celui du message qui l’annonce.",
    )  # fmt: skip
    answer = RadioField(
        "La structure reconnaît-elle ce compte\u202f?",
        [InputRequired("Choisissez une réponse.")],
        choices=choices([("yes", "Oui, c’est bien son compte"), ("no", "Non, elle ne le reconnaît pas")]),
    )


class OwnershipForm(InviteForm):
    """Somebody made responsible for a structure, on a document that proves it."""

    reason = line(
        "Motif", asked=True, longest=300, validators=[InputRequired("Indiquez pourquoi.")],
        help="Comment vous avez vérifié l’identité et la fonction de cette personne.",
    )  # fmt: skip
    file = FileField(
        "Justificatif",
        [FileRequired("Joignez le justificatif.")],
        description="Liste des dirigeants, procès-verbal de l’assemblée, arrêté de nomination…",
    )


class AbsorbForm(Form):
    """Putting a structure into another, knowingly."""

    reason = line(
        "Motif", asked=True, longest=300, validators=[InputRequired("Indiquez pourquoi.")],
        help="Par exemple : doublon d’une reprise, fusion votée le 12 mars.",
    )  # fmt: skip
    is_sure = BooleanField(
        "J’ai vérifié qu’il s’agit des bonnes structures ; je sais que cela ne se défait pas",
        [InputRequired("Cochez cette case pour confirmer.")],
    )


class DissolveForm(Form):
    on = DayField("Dissoute le", [InputRequired("Indiquez la date de la dissolution.")])
    reason = line("Motif", asked=True, longest=300, validators=[InputRequired("Indiquez pourquoi.")])


class ReviveForm(Form):
    reason = line("Motif", asked=True, longest=300, validators=[InputRequired("Indiquez pourquoi.")])
