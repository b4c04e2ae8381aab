"""The budget by account, and the funding asked of each funder."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from wtforms import Field, ValidationError
from wtforms.fields.core import UnboundField

from portal.calls.forms.sections import SectionForm, Typed, line_count, with_fields
from portal.calls.models import Application
from portal.calls.operations.budget import TypedForecast, TypedFunding, TypedLine, write_budget, write_funding
from portal.calls.queries import budget as queries
from portal.calls.queries.dauphin import other_holder
from portal.calls.queries.offered import chart_of
from portal.calls.rules.budget_chart import Account
from portal.calls.rules.budget_lines import calculated
from portal.calls.rules.budget_rows import MAX_LINES_PER_ACCOUNT, BudgetRow, group_totals
from portal.calls.rules.budget_years import YearLine, aligned
from portal.calls.rules.dauphin import LONGEST, TAKEN, checked_number
from portal.calls.rules.filing import Dossier
from portal.calls.states import DauphinRule, Section, Side
from portal.contracts.models import Nature
from portal.foundation.actors import Actor
from portal.foundation.fields import EurosField, line, words
from portal.foundation.refusals import Refusal


def key_of(side: str, code: str) -> str:
    """The name of an account's lines in the form."""
    return f"{side}_{code}"


def amount_name(year_index: int) -> str:
    """The end of the name of an amount: « amount » for the call's year, « amount_2 » for the next one…"""
    return "amount" if year_index == 1 else f"amount_{year_index}"


def typed_lines(dossier: Dossier) -> list[YearLine]:
    """The lines of the budget that the applicant typed; the others follow what is asked of the funders."""
    return [line for line in aligned([lines for _, lines in dossier.budgets]) if line.first.funder_id is None]


class BudgetSection(SectionForm):
    """Lines under each account, with an amount for each year of the project.

    `accounts` lists (account, number of lines) in the chart's order; `years` the calendar years.
    """

    section = Section.BUDGET
    accounts: list[tuple[Account, int]]
    years: list[int]

    indirect_costs_rule = words(
        "Règle de répartition des charges indirectes", longest=2000,
        help="Si vous affectez une part du loyer, de la comptabilité… : comment la calculez-vous ?",
    )  # fmt: skip

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        known = Counter(key_of(line.first.side.value, line.first.account_code) for line in typed_lines(dossier))
        accounts: list[tuple[Account, int]] = []
        years = [year for year, _ in dossier.budgets]
        fields: dict[str, Any] = {"accounts": accounts, "years": years}
        for account in chart_of(application.call.chart_version):
            key = key_of(account.side, account.code)
            count = line_count(
                typed, f"line_{key}", max(known[key], 1), extra=extra == key, longest=MAX_LINES_PER_ACCOUNT
            )
            accounts.append((account, count))
            for index in range(count):
                fields[f"line_{key}_{index}_label"] = line("Détail", longest=150)
                for place, year in enumerate(years, start=1):
                    words_of = "Montant" if len(years) == 1 else f"Montant {year}"
                    fields[f"line_{key}_{index}_{amount_name(place)}"] = EurosField(words_of)
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {"indirect_costs_rule": dossier.indirect_costs_rule}
        counts: dict[str, int] = defaultdict(int)
        for each in typed_lines(dossier):
            entry = each.first
            key = key_of(entry.side.value, entry.account_code)
            stem = f"line_{key}_{counts[key]}"
            shown[f"{stem}_label"] = None if entry.label == entry.account_label else entry.label
            for place, cents in enumerate(each.amounts, start=1):
                shown[f"{stem}_{amount_name(place)}"] = cents
            counts[key] += 1
        return shown

    def lines_of(self, account: Account, count: int) -> list[tuple[Any, list[Any]]]:
        """The fields of an account's lines: the label, then the amount of each year."""
        stem = f"line_{key_of(account.side, account.code)}"
        places = range(1, len(self.years) + 1)
        return [
            (self[f"{stem}_{index}_label"], [self[f"{stem}_{index}_{amount_name(place)}"] for place in places])
            for index in range(count)
        ]

    def rows(self) -> list[BudgetRow]:
        """The lines as far as they can be read."""
        return [
            BudgetRow(account, label.data or "", _cents(label.data, [amount.data for amount in amounts]))
            for account, count in self.accounts
            for label, amounts in self.lines_of(account, count)
            if label.data or any(amount.data is not None for amount in amounts)
        ]

    def group_totals(self) -> dict[tuple[str, int], int]:
        """The cents of each group of accounts in each year, as far as they can be read."""
        return group_totals(self.rows())

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        lines = [
            TypedLine(Side(row.account.side), row.account.code, row.label or row.account.label, cents, year)
            for row in self.rows()
            for year, cents in enumerate(row.amounts, start=1)
            if cents is not None
        ]
        write_budget(application, lines, self.indirect_costs_rule.data)


def _cents(label: str | None, amounts: list[int | None]) -> tuple[int | None, ...]:
    """The amounts of a line. One that has only words so far is worth what they work out, else nothing yet."""
    if label and all(amount is None for amount in amounts):
        return (calculated(label) or 0, *amounts[1:])
    return tuple(amounts)


def typed_of(rows: Sequence[BudgetRow], indirect_costs_rule: str | None) -> dict[str, list[str]]:
    """The words that fill the form with these lines."""
    typed = {"indirect_costs_rule": [indirect_costs_rule or ""]}
    counts: Counter[str] = Counter()
    for row in rows:
        key = key_of(row.account.side, row.account.code)
        stem = f"line_{key}_{counts[key]}"
        counts[key] += 1
        typed[f"{stem}_label"] = [row.label]
        for place, cents in enumerate(row.amounts, start=1):
            typed[f"{stem}_{amount_name(place)}"] = ["" if cents is None else EurosField.written(cents)]
    return typed


class FundingSection(SectionForm):
    """One amount per funder and nature of the call. `funders` groups them: (name, is_state, lines)."""

    section = Section.FUNDING
    offers: list[queries.FundingOffer]
    later: list[tuple[int, int]]
    """(index, calendar year) of the years of a multi-year project after the call's."""

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        offers = queries.funding_offers(application)
        later = [(each.index, each.year) for each in dossier.later_years]
        fields: dict[str, Any] = {"offers": offers, "later": later}
        for offer in offers:
            fields[f"asked_{offer.key}"] = EurosField(offer.label)
            for index, year in later:
                fields[f"later_{offer.key}_{index}"] = EurosField(f"Envisagé pour {year}")
            if offer.is_state:
                fields[f"ref_{offer.key}"] = _dauphin_number(application)
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for asked in dossier.funding:
            key = f"{asked.funder_id}_{asked.nature}"
            shown |= {f"asked_{key}": asked.requested_cents, f"ref_{key}": asked.external_ref}
        for year in dossier.later_years:
            for each in year.funding:
                shown[f"later_{each.funder_id}_{each.nature}_{year.index}"] = each.requested_cents
        return shown

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        """Raises Refusal beside a number of the State's tool that goes with no amount: it would be lost."""
        for offer in self.offers:
            if offer.is_state and self[f"ref_{offer.key}"].data and not self[f"asked_{offer.key}"].data:
                raise Refusal("Indiquez aussi le montant demandé.", f"asked_{offer.key}")
        asked = [
            TypedFunding(
                offer.funder_id, Nature(offer.nature), cents,
                checked_number(self[f"ref_{offer.key}"].data or "") or None if offer.is_state else None,
            )
            for offer in self.offers
            if (cents := self[f"asked_{offer.key}"].data)
        ]  # fmt: skip
        forecasts = [
            TypedForecast(offer.funder_id, Nature(offer.nature), index, cents)
            for offer in self.offers
            for index, _ in self.later
            if (cents := self[f"later_{offer.key}_{index}"].data)
        ]
        write_funding(application, asked, forecasts)


def _dauphin_number(application: Application) -> UnboundField:
    """The number that the State's own tool gave, which no other application of the call has."""
    first = application.call.dauphin_rule is not DauphinRule.OFF
    help = "L’appel demande de déposer d’abord sur DAUPHIN la demande à l’État, et d’indiquer ici le numéro reçu."

    def check(_form: object, field: Field) -> None:
        try:
            number = checked_number(field.data or "")
        except Refusal as refusal:
            raise ValidationError(refusal.message) from None
        if number and other_holder(application.call_id, application.id, number) is not None:
            raise ValidationError(TAKEN)

    label = "Numéro DAUPHIN" if first else "Numéro DAUPHIN, si le dossier y est déjà déposé"
    return line(label, longest=LONGEST, help=help if first else "", validators=[check])
