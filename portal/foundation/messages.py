"""What the forms' own checks say, in plain French; anything rarer comes from WTForms' French catalogue."""

from __future__ import annotations

from wtforms.i18n import get_builtin_gnu_translations

WORDS = {
    "This field is required.": "Répondez à cette question.",
    "Not a valid integer value.": "Indiquez un nombre entier, sans virgule.",
    "Not a valid decimal value.": "Indiquez un nombre.",
    "Not a valid choice.": "Choisissez une réponse de la liste.",
    "Invalid Choice: could not coerce.": "Choisissez une réponse de la liste.",
    "Invalid choice(s): one or more data inputs could not be coerced.": "Choisissez parmi les réponses de la liste.",
    "'%(value)s' is not a valid choice for this field.": "Choisissez parmi les réponses de la liste.",
    "'%(value)s' are not valid choices for this field.": "Choisissez parmi les réponses de la liste.",
    "Invalid email address.": "Indiquez une adresse électronique complète, par exemple nom@exemple.fr.",
    "Invalid URL.": "Indiquez une adresse complète, par exemple https://exemple.fr.",
    "Number must be at least %(min)s.": "Indiquez au moins %(min)s.",
    "Number must be at most %(max)s.": "Indiquez au plus %(max)s.",
    "Number must be between %(min)s and %(max)s.": "Indiquez un nombre de %(min)s à %(max)s.",
    "Field cannot be longer than %(max)d characters.": "Écrivez au plus %(max)d caractères.",
    "Field must be at least %(min)d characters long.": "Écrivez au moins %(min)d caractères.",
    "Field must be between %(min)d and %(max)d characters long.": "Écrivez de %(min)d à %(max)d caractères.",
    "Field must be equal to %(other_name)s.": "Les deux réponses doivent être identiques.",
}


class French:
    """The translations object that WTForms asks of a form."""

    def __init__(self) -> None:
        self.catalogue = get_builtin_gnu_translations(["fr"])

    def gettext(self, message: str) -> str:
        return WORDS.get(message) or str(self.catalogue.gettext(message))

    def ngettext(self, one: str, many: str, count: int) -> str:
        return WORDS.get(many if count > 1 else one) or str(self.catalogue.ngettext(one, many, count))


FRENCH = French()
