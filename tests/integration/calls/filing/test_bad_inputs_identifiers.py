"""Numbers and addresses that identify nobody: told at their field, shown back, nothing half-saved."""

from __future__ import annotations

import pytest

from portal.accounts.queries.organisation import bank_account_of
from portal.extensions import db
from tests.integration.calls.filing.bad_inputs import filled, refused, shown, typed_rows
from tests.integration.calls.filing.scene import IBAN

SIRET_DIGITS = "Un numéro SIRET ne contient que des chiffres, par exemple 362 521 879 00034."
SIRET_LENGTH = "Un numéro SIRET compte 14 chiffres. Il figure sur l’avis de situation Insee."
SIRET_KEY = "Ce numéro SIRET n’existe pas : un chiffre est sans doute mal recopié."
RNA = (
    "Un numéro RNA commence par W et compte 9 chiffres, par exemple W132001234. "
    "Il figure sur le récépissé de la préfecture."
)
POSTCODE = "Un code postal compte 5 chiffres, par exemple 13100."
PHONE = "Indiquez un numéro de téléphone complet, par exemple 04 42 00 00 00."
EMAIL = "Indiquez une adresse électronique, par exemple prenom.nom@exemple.fr."
WEBSITE = "Recopiez l’adresse complète du site, par exemple https://association.fr."


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("siret", "362 521 879", SIRET_LENGTH),
        ("siret", "362 521 879 0003O", SIRET_DIGITS),
        ("siret", "362 521 879 00035", SIRET_KEY),
        ("siret", "00000000000000", SIRET_KEY),
        ("siret", "３６２５２１８７９０００３４", SIRET_DIGITS),
        ("siret", "٣٦٢٥٢١٨٧٩٠٠٠٣٤", SIRET_DIGITS),
        ("siret", "9" * 5000, SIRET_LENGTH),
        ("rna", "132001234", RNA),
        ("rna", "X132001234", RNA),
        ("rna", "W13200123", RNA),
        ("rna", "W13200123４", RNA),
        ("rna", "W132001234; DROP TABLE organisation", RNA),
        ("postcode", "1310", POSTCODE),
        ("postcode", "1310O", POSTCODE),
        ("postcode", "１３１００", POSTCODE),
        ("postcode", "Aix", POSTCODE),
        ("phone", "04 42 00", PHONE),
        ("phone", "pas de téléphone", PHONE),
        ("phone", "04 42 OO OO OO", PHONE),
        ("phone", "０４４２００００００", PHONE),
        ("phone", "00 42 00 00 00 00 00 00 00 00", PHONE),
        ("email", "contact", EMAIL),
        ("email", "contact@association", EMAIL),
        ("email", "a b@association.fr", EMAIL),
        ("email", "a@b@association.fr", EMAIL),
        ("email", "<script>@association.fr", EMAIL),
        ("email", "a@b.fr,c@d.fr", EMAIL),
        ("website", "association.fr", WEBSITE),
        ("website", "javascript:alert(1)", WEBSITE),
        ("website", "javascript://association.fr/%0aalert(1)", WEBSITE),
        ("website", "https://", WEBSITE),
        ("website", 'https://a.fr/"onmouseover="alert(1)', WEBSITE),
    ],
)
def test_an_identifier_that_is_none_is_told_at_its_field(owner, it, draft, field, typed, told):
    filled(owner, it, draft, "structure")
    assert refused(owner, it, draft, "structure", field, typed) == told


@pytest.mark.parametrize(("typed", "told"), [("camille", EMAIL), ("camille@@ateliers.test", EMAIL)])
def test_the_address_of_the_contact_is_checked_too(owner, it, draft, typed, told):
    filled(owner, it, draft, "projet")
    assert refused(owner, it, draft, "projet", "contact_email", typed) == told


def test_the_phone_of_the_contact_is_checked_too(owner, it, draft):
    filled(owner, it, draft, "projet")
    assert refused(owner, it, draft, "projet", "contact_phone", "à la permanence") == PHONE


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("+33 4 42 00 00 00", "+33 4 42 00 00 00"), ("+33 (0)4.42.00.00.00", "+33 (0)4.42.00.00.00"),
     ("0442000000", "0442000000"), ("+262 262 00 00 00", "+262 262 00 00 00")],
)  # fmt: skip
def test_a_phone_number_may_be_written_in_several_ways(owner, it, draft, typed, kept):
    assert owner.save(draft, "structure", **{**_structure(it), "phone": typed}).status_code == 302
    assert typed_rows(draft).organisation.phone == kept


def _structure(it):
    from tests.integration.calls.filing.scene import sections_of

    return sections_of(it)["structure"]


def test_the_siret_of_another_structure_is_refused_at_its_field(owner, it, draft):
    from tests import factories

    other = factories.organisation("Une autre")
    filled(owner, it, draft, "structure")
    told = refused(owner, it, draft, "structure", "siret", other.siret)
    assert told.startswith("Ce SIRET n’appartient pas à votre structure")


IBAN_KEY = "Cet IBAN n’existe pas : un caractère est sans doute mal recopié."
IBAN_SHAPE = "Recopiez l’IBAN du RIB, par exemple FR76 3000 6000 0112 3456 7890 189."
BIC = "Un BIC compte 8 ou 11 caractères, par exemple AGRIFRPP. Il figure sur le RIB."


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("iban", "FR76 3000 6000 0112 3456 7890 188", IBAN_KEY),
        ("iban", "FR76 3000 6000 O112 3456 7890 189", None),
        ("iban", "FR76 3000", None),
        ("iban", "30006000011234567890189", None),
        ("iban", "ＦＲ７６３００060000112345678９０189", None),
        ("iban", "'; DROP TABLE bank_account; --", IBAN_SHAPE),
        ("bic", "AGRI", BIC),
        ("bic", "AGRIFRPP12", BIC),
        ("bic", "１２３４ＦＲＰＰ", BIC),
        ("holder", "   ", "Recopiez le nom du titulaire."),
    ],
)
def test_a_bank_account_that_is_none_is_told_at_its_field_and_the_one_known_stays(owner, it, field, typed, told):
    owner.give_bank_account(it)
    before = account(it)
    sent = {"holder": it.organisation.name, "iban": IBAN, "bic": "AGRIFRPP", field: typed}
    page = owner.post(f"/structures/{it.organisation.id}/compte-bancaire", **sent)
    assert page.status_code == 200
    assert list(page.errors) == [field]
    assert page.errors[field] in ((told,) if told else (IBAN_KEY, IBAN_SHAPE))
    assert shown(page, field).strip() == typed.strip()
    assert account(it) == before


def account(it):
    found = bank_account_of(it.organisation.id)
    told = (found.id, found.iban, found.bic, found.holder)
    db.session.rollback()
    return told
