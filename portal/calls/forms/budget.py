"""The budget by account, and the funding asked of each funder."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from portal.calls.forms.sections import SectionForm, Typed, line_count, with_fields
from portal.calls.models import Application
from portal.calls.operations.budget import TypedFunding, TypedLine, write_budget, write_funding
from portal.calls.queries import budget as queries
from portal.calls.queries.sections import Account, chart_of
from portal.calls.rules.filing import Dossier, Partner
from portal.calls.states import Section, Side
from portal.contracts.models import Nature
from portal.foundation.actors import Actor
from portal.foundation.fields import EurosField, line, words


def key_of(side: str, code: str) -> str:
    """The name of an account's lines in the form."""
    return f"{side}_{code}"


class BudgetSection(SectionForm):
    """Lines under each account. `accounts` lists (account, number of lines) in the chart's order."""

    section = Section.BUDGET
    accounts: list[tuple[Account, int]]

    indirect_costs_rule = words(
        "Règle de répartition des charges indirectes", longest=2000,
        help="Si vous affectez une part du loyer, de la comptabilité… : comment la calculez-vous ?",
    )  # fmt: skip

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        known = Counter(
            key_of(entry.side.value, entry.account_code) for entry in dossier.budget if entry.funder_id is None
        )
        accounts: list[tuple[Account, int]] = []
        fields: dict[str, Any] = {"accounts": accounts}
        for account in chart_of(application.call.chart_version):
            key = key_of(account.side, account.code)
            count = line_count(typed, f"line_{key}", max(known[key], 1), extra=extra == key)
            accounts.append((account, count))
            for index in range(count):
                fields[f"line_{key}_{index}_label"] = line("Détail", longest=150)
                fields[f"line_{key}_{index}_amount"] = EurosField("Montant")
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {"indirect_costs_rule": dossier.indirect_costs_rule}
        counts: dict[str, int] = defaultdict(int)
        for entry in dossier.budget:
            if entry.funder_id is not None:
                continue
            key = key_of(entry.side.value, entry.account_code)
            label = None if entry.label == entry.account_label else entry.label
            shown |= {f"line_{key}_{counts[key]}_label": label, f"line_{key}_{counts[key]}_amount": entry.amount_cents}
            counts[key] += 1
        return shown

    def lines_of(self, account: Account, count: int) -> list[tuple[Any, Any]]:
        """The (label, amount) fields of an account."""
        stem = f"line_{key_of(account.side, account.code)}"
        return [(self[f"{stem}_{index}_label"], self[f"{stem}_{index}_amount"]) for index in range(count)]

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        lines = [
            TypedLine(Side(account.side), account.code, label.data or account.label, amount.data or 0)
            for account, count in self.accounts
            for label, amount in self.lines_of(account, count)
            if label.data or amount.data is not None
        ]
        write_budget(application, lines, self.indirect_costs_rule.data)


class FundingSection(SectionForm):
    """One amount per funder and nature of the call. `funders` groups them: (name, is_state, lines)."""

    section = Section.FUNDING
    offers: list[queries.FundingOffer]
    partner_lines: int

    @classmethod
    def made_for(cls, application: Application, dossier: Dossier, typed: Typed, extra: str = "") -> type[SectionForm]:
        offers = queries.funding_offers(application)
        fields: dict[str, Any] = {"offers": offers}
        for offer in offers:
            fields[f"asked_{offer.key}"] = EurosField(offer.label)
            if offer.is_state:
                fields[f"ref_{offer.key}"] = line("Numéro DAUPHIN, si le dossier y est déjà déposé", longest=40)
        count = line_count(typed, "partner", len(dossier.partners) + 1, extra=extra == "partner", longest=20)
        fields["partner_lines"] = count if dossier.call.reversement_allowed else 0
        for index in range(fields["partner_lines"]):
            fields[f"partner_{index}_name"] = line("Structure partenaire")
            fields[f"partner_{index}_brings"] = line("Ce qu’elle fait dans le projet", longest=500)
            fields[f"partner_{index}_amount"] = EurosField("Somme reversée")
        return with_fields(cls, fields)

    @classmethod
    def initial(cls, dossier: Dossier) -> dict[str, Any]:
        shown: dict[str, Any] = {}
        for asked in dossier.funding:
            key = f"{asked.funder_id}_{asked.nature}"
            shown |= {f"asked_{key}": asked.requested_cents, f"ref_{key}": asked.external_ref}
        for index, partner in enumerate(dossier.partners):
            shown |= {
                f"partner_{index}_name": partner.name,
                f"partner_{index}_brings": partner.brings,
                f"partner_{index}_amount": partner.reversement_cents,
            }
        return shown

    def write(self, application: Application, dossier: Dossier, actor: Actor) -> None:
        asked = [
            TypedFunding(
                offer.funder_id, Nature(offer.nature), cents,
                self[f"ref_{offer.key}"].data if offer.is_state else None,
            )
            for offer in self.offers
            if (cents := self[f"asked_{offer.key}"].data)
        ]  # fmt: skip
        partners = [
            Partner(name, self[f"partner_{index}_brings"].data, self[f"partner_{index}_amount"].data or 0)
            for index in range(self.partner_lines)
            if (name := self[f"partner_{index}_name"].data)
        ]
        write_funding(application, asked, partners)
