"""The numbers that identify an organisation, checked and told in plain French."""

from __future__ import annotations

import re

from stdnum.exceptions import InvalidChecksum, InvalidFormat, InvalidLength, ValidationError
from stdnum.fr import siret as stdnum_siret

from portal.foundation.refusals import Refusal

_RNA = re.compile(r"W[0-9][A-Z0-9][0-9]{7}")


def siret_number(text: str) -> str:
    """The 14 digits of a SIRET, its key checked (La Poste's rule included). Raises Refusal on `siret`."""
    try:
        bare = "".join(text.split())
        if not bare.isascii():
            raise InvalidFormat  # digits of other writings, which the library reads as ours
        number = str(stdnum_siret.validate(bare))
        if not number.strip("0"):
            raise InvalidChecksum  # fourteen zeros have a right key and are nobody's
        return number
    except InvalidLength:
        message = "Un numéro SIRET compte 14 chiffres. Il figure sur l’avis de situation Insee."
    except InvalidFormat:
        message = "Un numéro SIRET ne contient que des chiffres, par exemple 362 521 879 00034."
    except InvalidChecksum:
        message = "Ce numéro SIRET n’existe pas : un chiffre est sans doute mal recopié."
    except ValidationError:
        message = "Ce numéro SIRET n’est pas valable."
    raise Refusal(message, "siret")


def siren_of(siret: str) -> str:
    """The SIREN (9 digits) within a checked SIRET."""
    return siret[:9]


def rna_number(text: str) -> str:
    """The RNA number of an association, « W132001234 ». Raises Refusal on `rna`."""
    number = "".join(text.split()).upper()
    if not _RNA.fullmatch(number):
        raise Refusal(
            "Un numéro RNA commence par W et compte 9 chiffres, par exemple W132001234. "
            "Il figure sur le récépissé de la préfecture.",
            "rna",
        )
    return number
