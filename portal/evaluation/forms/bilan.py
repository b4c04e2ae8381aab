"""The sections of a bilan. Their fields depend on the application: each form is made for one bilan.

Nothing is compulsory while it is being written; what is missing is told when it is sent.
"""

from __future__ import annotations

from typing import Any

from flask_wtf.file import FileField, FileRequired
from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from portal.calls.states import Sex, Side
from portal.evaluation.models import Bilan
from portal.evaluation.operations.answers import ExtraLine, IndicatorAnswer, RealisedBudget, RealisedPeople
from portal.evaluation.queries.sheet import WORDS, BudgetRow, BudgetSheet, PeopleSheet, Target
from portal.evaluation.rules import gaps
from portal.foundation.fields import CountField, DayField, EurosField, ThousandthsField
from portal.foundation.forms import Form
from portal.foundation.quantities import plain_number
from portal.foundation.refusals import Refusal
from portal.foundation.web.formats import euros, number

LONG = Length(max=8000, message="Ce texte est trop long : au plus 8 000 caractères.")
SHORT = Length(max=200, message="Au plus 200 caractères.")
EXTRA_LINES = 4


class SectionForm(Form):
    """The version its author read travels with what is typed."""

    version = HiddenField()

    @property
    def read_version(self) -> int:
        return plain_number(self.version.data) or 0


class WordsForm(SectionForm):
    done = TextAreaField(
        WORDS["done"],
        [LONG],
        description="Quoi, où, quand, avec qui ; comment les objectifs ont été atteints.",
    )
    difficulties = TextAreaField(
        WORDS["difficulties"], [LONG], description="Ce qui a gêné l’action, et ce que vous en retenez."
    )
    residents_part = TextAreaField(
        WORDS["residents_part"], [LONG], description="Comment les habitants ont pris part à l’action."
    )
    next_steps = TextAreaField(
        WORDS["next_steps"], [LONG], description="Reconduire, changer, arrêter ; vers quel relais."
    )


# -- budget -------------------------------------------------------------------------------------


def budget_form(bilan: Bilan, sheet: BudgetSheet) -> Any:
    """The realised amounts beside the forecast, new lines, a word on each gap above 10 %."""
    fields: dict[str, Any] = {
        row.key: EurosField(_row_label(row), description=_forecast(row), default=row.actual_cents) for row in sheet.rows
    }
    for index in range(EXTRA_LINES):
        fields[f"new_account_{index}"] = SelectField("Compte", choices=_account_choices(sheet), default="")
        fields[f"new_label_{index}"] = StringField("Intitulé", [SHORT])
        fields[f"new_amount_{index}"] = EurosField("Montant réalisé")
    for gap in sheet.to_explain:
        key = (gap.side, gap.account_code)
        fields[explanation_name(*key)] = TextAreaField(
            f"Expliquez l’écart : {sheet.account_label(*key)}",
            [LONG],
            description=f"Prévu : {euros(gap.expected_cents)} ; réalisé : {euros(gap.actual_cents)}.",
            default=sheet.explanations.get(key, ""),
        )
    fields["allocation_rule"] = TextAreaField(
        "Règle de répartition des charges indirectes",
        [LONG],
        description="Comment les charges communes de la structure (loyer, direction…) ont été réparties sur l’action.",
        default=bilan.allocation_rule,
    )
    return type("BudgetForm", (SectionForm,), fields)()


def explanation_name(side: Side, account_code: str) -> str:
    return f"gap_{side.value}_{account_code}"


def _row_label(row: BudgetRow) -> str:
    return f"{row.account_code} {row.label}".strip()


def _forecast(row: BudgetRow) -> str:
    return "Non prévu." if row.expected_cents is None else f"Prévu : {euros(row.expected_cents)}."


def _account_choices(sheet: BudgetSheet) -> list[SelectChoice]:
    return [
        SelectChoice("", "Choisir un compte"),
        *(
            SelectChoice(
                f"{account.side.value}:{account.code}", f"{account.side.label} – {account.code} {account.label}"
            )
            for account in sheet.accounts
        ),
    ]


def typed_budget(form: Any, sheet: BudgetSheet) -> RealisedBudget | None:
    """What the form holds; None when a new line is incomplete (said beside it)."""
    extras = [_typed_extra(form, index) for index in range(EXTRA_LINES)]
    if form.errors:
        return None
    amounts = {row.key: form[row.key].data for row in sheet.rows}
    explanations = {
        (gap.side, gap.account_code): form[name].data or ""
        for gap in sheet.to_explain
        if (name := explanation_name(gap.side, gap.account_code)) in form
    }
    return RealisedBudget(amounts, [extra for extra in extras if extra], explanations, form.allocation_rule.data or "")


def _typed_extra(form: Any, index: int) -> ExtraLine | None:
    account, label, amount = (form[f"new_{part}_{index}"] for part in ("account", "label", "amount"))
    if not account.data and amount.data is None and not (label.data or "").strip():
        return None
    if not account.data:
        form.refuse(Refusal("Choisissez le compte de cette ligne.", account.name))
    if amount.data is None and not amount.errors:
        form.refuse(Refusal("Indiquez le montant de cette ligne.", amount.name))
    if form.errors:
        return None
    side, _, code = account.data.partition(":")
    words = next(choice.label for choice in account.choices if choice.value == account.data).partition(f"{code} ")[2]
    return ExtraLine(Side(side), code, (label.data or "").strip() or words, amount.data)


def needs_words(sheet: BudgetSheet) -> list[gaps.AccountGap]:
    """The accounts whose gap has no word yet."""
    return [gap for gap in sheet.to_explain if not sheet.explanations.get((gap.side, gap.account_code))]


# -- people -------------------------------------------------------------------------------------


def people_form(bilan: Bilan, sheet: PeopleSheet) -> Any:
    fields: dict[str, Any] = {
        "people_reached": CountField(
            "Personnes touchées par l’action",
            description="Chaque personne compte une fois." + _expected_people(bilan),
            default=bilan.people_reached,
        ),
        "not_measured_reason": StringField(
            "Si le nombre n’a pas été mesuré : pourquoi",
            [SHORT],
            description="« Non mesuré » est une réponse, avec sa raison.",
            default=bilan.people_not_measured_reason or "",
        ),
    }
    for quartier_id, name in sheet.quartiers:
        for sex in Sex:
            fields[f"people_{quartier_id}_{sex.value}"] = CountField(
                f"{name} : {sex.label.lower()}",
                description=_expected_count(sheet.expected.get((quartier_id, sex))),
                default=sheet.actual.get((quartier_id, sex)),
            )
    for band_id, label in sheet.ages:
        fields[f"age_{band_id}"] = CountField(
            label,
            description=_expected_count(sheet.expected_ages.get(band_id)),
            default=sheet.actual_ages.get(band_id),
        )
    return type("PeopleForm", (SectionForm,), fields)()


def _expected_people(bilan: Bilan) -> str:
    expected = bilan.application.people_expected
    return "" if expected is None else f" Prévu : {number(expected)}."


def _expected_count(count: int | None) -> str:
    return "" if count is None else f"Prévu : {number(count)}."


def typed_people(form: Any, sheet: PeopleSheet) -> RealisedPeople:
    return RealisedPeople(
        form.people_reached.data,
        form.not_measured_reason.data or "",
        {
            (quartier, sex): form[f"people_{quartier}_{sex.value}"].data
            for quartier, _ in sheet.quartiers
            for sex in Sex
        },
        {band: form[f"age_{band}"].data for band, _ in sheet.ages},
    )


# -- indicators ---------------------------------------------------------------------------------


def indicators_form(targets: list[Target]) -> Any:
    fields: dict[str, Any] = {}
    for target in targets:
        actual = target.actual
        if target.is_ratio:
            fields[f"{target.key}_numerator"] = CountField(
                target.numerator_label, default=actual.numerator if actual else None
            )
            fields[f"{target.key}_denominator"] = CountField(
                target.denominator_label, default=actual.denominator if actual else None
            )
        else:
            fields[f"{target.key}_value"] = ThousandthsField(
                f"Valeur réalisée ({target.unit})" if target.unit else "Valeur réalisée",
                default=actual.value_thousandths if actual else None,
            )
        fields[f"{target.key}_source"] = StringField(
            "D’où vient cette valeur",
            [SHORT],
            description="Feuilles de présence, enquête, logiciel…",
            default=(actual.source or "") if actual else "",
        )
        fields[f"{target.key}_reason"] = StringField(
            "Si elle n’a pas été mesurée : pourquoi", [SHORT], default=target.not_measured_reason
        )
    return type("IndicatorsForm", (SectionForm,), fields)()


def typed_indicators(form: Any, targets: list[Target]) -> dict[str, IndicatorAnswer]:
    return {target.key: _typed_indicator(form, target) for target in targets}


def _typed_indicator(form: Any, target: Target) -> IndicatorAnswer:
    def typed(part: str) -> Any:
        return form[name].data if (name := f"{target.key}_{part}") in form else None

    return IndicatorAnswer(
        typed("value"), typed("numerator"), typed("denominator"), typed("reason") or "", typed("source") or ""
    )


# -- documents, signature, steps ----------------------------------------------------------------


class DocumentForm(Form):
    label = StringField("Ce que contient le document", [SHORT], description="Comptes de l’année, rapport d’activité…")
    file = FileField("Fichier", [FileRequired(message="Choisissez un fichier.")])


class SignForm(Form):
    signatory_name = StringField("Nom de la personne qui signe", [SHORT])
    signatory_role = StringField("Fonction", [SHORT])
    sincere = BooleanField("J’atteste que ce bilan est exact et que j’ai qualité pour l’envoyer.")


class ReasonForm(Form):
    reason = TextAreaField("Pourquoi", [LONG])


class CorrectionForm(Form):
    reason = TextAreaField(
        "Ce qui est à corriger", [LONG], description="Ces mots sont envoyés à l’association, tels quels."
    )


class PostponementForm(Form):
    until = DayField("Date demandée")
    reason = TextAreaField("Pourquoi", [LONG])


class AnswerForm(Form):
    reason = TextAreaField("Votre réponse", [LONG], description="Envoyée à l’association. Obligatoire en cas de refus.")
