"""The words of letters and conventions: placeholders checked with their line and word, values that mark nothing."""

from __future__ import annotations

import pytest

from portal.committee.rules import letters, wording
from portal.committee.rules.templates import MODELS
from portal.committee.rules.wording import Model, Placeholder
from portal.committee.states import TemplateKind
from portal.foundation.refusals import Refusals
from tests.typography import plain

MODEL = Model("{montant}", {"montant": Placeholder("", ""), "motif": Placeholder("", "")}, {"montant": "il le faut"})
FRAME = letters.Frame(("Ville",), ("Les Tisseurs", "12 rue des Tisserands"), "Aix, le 3 avril 2026", "La Ville")


def faults(text, model=MODEL):
    with pytest.raises(Refusals) as told:
        wording.checked(text, model)
    assert {refusal.field for refusal in told.value.refusals} == {"body"}
    return [plain(refusal.message) for refusal in told.value.refusals]


@pytest.mark.parametrize("kind", TemplateKind)
def test_the_usual_words_of_each_kind_pass_their_own_check_and_are_wholly_filled(kind):
    model = MODELS[kind]
    assert wording.checked(model.words, model) == model.words
    assert set(model.required) <= set(model.placeholders)
    made = wording.filled(model.words, dict.fromkeys(model.placeholders, "mot"))
    assert "{" not in made
    assert "}" not in made


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{montant}\n{inconnu}", ["Ligne 2 : le repère {inconnu} n’existe pas."]),
        (
            "{montan} {montant}",
            ["Ligne 1 : le repère {montan} n’existe pas. Vouliez-vous écrire {montant} ?"],
        ),
        (
            "{ Montant } {montant}",
            ["Ligne 1 : le repère { Montant } n’existe pas. Vouliez-vous écrire {montant} ?"],
        ),
        ("{montant} {}", ["Ligne 1 : le repère {} n’existe pas."]),
        ("{montant}\n\nOn dit {motif ici", ["Ligne 3, « {motif » : l’accolade n’est pas fermée."]),
        ("{montant} et motif} fin", ["Ligne 1, « motif} » : l’accolade n’est pas ouverte."]),
        ("{montant} {", ["Ligne 1, « { » : l’accolade n’est pas fermée."]),
        ("{mon\ntant} {montant}", [
            "Ligne 1, « {mon » : l’accolade n’est pas fermée.",
            "Ligne 2, « tant} » : l’accolade n’est pas ouverte.",
        ]),
        ("{{montant}}", [
            "Ligne 1, « { » : l’accolade n’est pas fermée.",
            "Ligne 1, « } » : l’accolade n’est pas ouverte.",
        ]),
        ("Sans rien", ["Il manque le repère {montant} : il le faut."]),
        ("{x}\n{y}", [
            "Ligne 1 : le repère {x} n’existe pas.",
            "Ligne 2 : le repère {y} n’existe pas.",
            "Il manque le repère {montant} : il le faut.",
        ]),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_line_and_word(text, told):
    assert faults(text) == told


def test_a_text_full_of_mistakes_is_not_told_without_end():
    assert len(faults("{faux}\n" * 500)) == wording.MOST_FAULTS


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, model in MODELS.items() for name in model.required])
def test_what_a_kind_must_say_cannot_be_taken_out_of_its_words(kind, name):
    model = MODELS[kind]
    assert any(f"{{{name}}}" in told for told in faults(model.words.replace(f"{{{name}}}", ""), model))


def test_what_a_value_holds_is_never_filled_again():
    assert wording.filled("{montant}", {"montant": "{motif}", "motif": "non"}) == "{motif}"


@pytest.mark.parametrize("typed", ["# Titre", "- élément", "\\ barre", "#", "- "])
def test_a_value_marks_nothing_wherever_it_stands(typed):
    for text in ("{motif}", "Avant\n{motif}\nAprès"):
        made = wording.blocks(wording.filled(text, {"motif": f"{typed}\n{typed}"}))
        assert [block["text"] for block in made if block["text"] not in ("Avant", "Après")] == [typed, typed]
        assert {block["kind"] for block in made} == {"paragraph"}


def test_a_line_that_held_only_empty_values_goes():
    assert wording.filled("Avant\n{motif}\n- {motif}\nAprès", {"motif": ""}) == "Avant\nAprès"


def test_a_list_keeps_each_item_on_its_line():
    made = wording.blocks(wording.filled("Voici : {motif}", {"motif": ["un\ndeux", "# trois"]}))
    assert made == [
        {"kind": "paragraph", "text": "Voici : "},
        {"kind": "list", "items": ["un deux", "# trois"]},
    ]


def test_the_lines_that_open_a_letter_are_its_head():
    made = letters.letter("Objet : {objet}\nDossier : 12\n\nMadame,\nObjet : texte", {"objet": "un don"}, FRAME)
    assert [(block["kind"], block.get("rows") or block.get("text")) for block in made[1:-1]] == [
        ("key_values", [["Objet", "un don"], ["Dossier", "12"]]),
        ("paragraph", "Madame,"),
        ("paragraph", "Objet : texte"),
    ]
    assert (made[0]["kind"], made[0]["recipient"], made[-1]) == (
        "letterhead",
        ["Les Tisseurs", "12 rue des Tisserands"],
        {"kind": "signature", "role": "La Ville"},
    )
