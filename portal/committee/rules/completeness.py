"""What the data of an application tell of its completeness: each check with its evidence in words.

A rule that cannot tell says « à vérifier » and why; unknown is never taken for zero.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from portal.accounts.rules.identifiers import rna_number, siret_number
from portal.accounts.rules.organisation import OrganisationSheet
from portal.calls.rules.budget import exceeds, imbalances, totals
from portal.calls.rules.filing import (
    AskedFunding,
    BudgetEntry,
    Dossier,
    JoinedDocument,
    LaterYear,
    PlacedShare,
    Requirement,
)
from portal.calls.rules.residents import is_met
from portal.calls.states import ResidentsRule, Side
from portal.committee.states import CheckResult
from portal.foundation.folding import fold
from portal.foundation.marks import mark_of
from portal.foundation.money import WHOLE_IN_BASIS_POINTS, format_euros, format_share, group_thousands
from portal.foundation.refusals import Refusal
from portal.foundation.scan_states import ScanState

OK, MISSING, TO_CHECK = CheckResult.OK, CheckResult.MISSING, CheckResult.TO_CHECK


@dataclass(frozen=True)
class Check:
    """One automatic line of the checklist."""

    code: str
    label: str
    result: CheckResult
    evidence: str


@dataclass(frozen=True)
class OfficerWord:
    """What the officer says of a line: `says` None lets the automatic result stand.

    `seen` marks the word that its author read there; None when it was not kept.
    """

    says: CheckResult | None
    note: str = ""
    seen: str | None = None

    @property
    def mark(self) -> str:
        return mark_of(self.says or "", self.note)

    @property
    def is_left(self) -> bool:
        """Whether the line was left as it was read."""
        return self.seen == self.mark

    @property
    def words(self) -> str:
        """« Conforme. Reçu par courriel »."""
        says = self.says.label if self.says else "Résultat automatique"
        return f"{says}. {self.note}" if self.note.strip() else says


def automatic_checks(dossier: Dossier) -> list[Check]:
    """The checklist that the data can fill, documents first, in the order shown."""
    checks = [document_check(asked, dossier.documents) for asked in dossier.requirements]
    checks += [
        identifiers_check(dossier.organisation),
        balance_check(dossier.budget),
        *(later_balance_check(year) for year in dossier.later_years),
        asked_check(dossier.budget, dossier.funding),
        shares_check(dossier.placements),
    ]
    if dossier.call.public_share_warn_bp is not None:
        checks.append(public_share_check(dossier.budget, dossier.call.public_share_warn_bp))
    if dossier.call.residents_rule is not ResidentsRule.NONE:
        checks.append(residents_check(dossier.public.people_expected, dossier.placements, dossier.call.residents_rule))
    checks.append(account_holder_check(dossier.organisation))
    return checks


def document_check(asked: Requirement, joined: Sequence[JoinedDocument]) -> Check:
    """Whether a document of the call's list was joined."""
    code = f"document.{asked.code}"
    here = [document for document in joined if document.requirement_id == asked.id]
    kept = [document for document in here if document.scan is not ScanState.INFECTED]
    if kept:
        names = f"Déposé : {', '.join(document.file_name for document in kept)}."
        held = [f"{document.file_name} : {document.scan.label.lower()}" for document in kept if document.scan.is_held]
        return Check(code, asked.label, TO_CHECK if held else OK, " ".join([names, *(f"{each}." for each in held)]))
    if here:
        return Check(code, asked.label, MISSING, "Le fichier déposé contenait un virus : il est supprimé.")
    if asked.is_compulsory:
        return Check(code, asked.label, MISSING, "Aucun fichier déposé, alors que ce document est obligatoire.")
    return Check(code, asked.label, OK, "Aucun fichier déposé ; ce document n’est pas obligatoire.")


def identifiers_check(sheet: OrganisationSheet) -> Check:
    """The SIRET for everybody, the RNA for associations."""
    code, label = "identifiers", "Identifiants de la structure"
    if sheet.siret is None:
        return Check(code, label, MISSING, "SIRET non communiqué.")
    rna = sheet.rna if sheet.kind == "association" else None
    try:
        siret_number(sheet.siret)
        if rna is not None:
            rna_number(rna)
    except Refusal as refusal:
        return Check(code, label, MISSING, refusal.message)
    if sheet.kind == "association" and rna is None:
        return Check(code, label, TO_CHECK, f"SIRET {sheet.siret} valable ; numéro RNA non communiqué.")
    return Check(code, label, OK, f"SIRET {sheet.siret} valable{f' ; RNA {rna} valable' if rna else ''}.")


def balance_check(lines: Sequence[BudgetEntry]) -> Check:
    """Expenses equal income without contributions in kind, and these balance among themselves."""
    code, label = "balance", "Budget équilibré"
    if not lines:
        return Check(code, label, MISSING, "Aucune ligne de budget.")
    sums = totals(lines)
    if not sums.is_balanced:
        return Check(code, label, MISSING, " ".join(imbalances(sums)))
    in_kind = f" ; contributions en nature {format_euros(sums.in_kind_expenses)}" if sums.in_kind_expenses else ""
    found = f"Charges {format_euros(sums.expenses)}, produits {format_euros(sums.income)}{in_kind}."
    return Check(code, label, OK, found)


def later_balance_check(year: LaterYear) -> Check:
    """The same for a later year of a multi-year project."""
    return replace(balance_check(year.budget), code=f"balance.{year.index}", label=f"Budget {year.year} équilibré")


def asked_check(lines: Sequence[BudgetEntry], asked: Sequence[AskedFunding]) -> Check:
    """What is asked of each funder, nature by nature, is what the budget counts on (class 74)."""
    code, label = "asked", "Financements demandés conformes au budget (classe 74)"
    if not asked:
        return Check(code, label, TO_CHECK, "Aucun financement demandé.")
    counted: dict[tuple[int, str | None], int] = {}
    for line in lines:
        if line.side is Side.INCOME and line.funder_id is not None:
            key = (line.funder_id, line.nature)
            counted[key] = counted.get(key, 0) + line.amount_cents
    gaps = [
        f"{each.funder} ({each.nature_label}) : {format_euros(each.requested_cents)} demandés, "
        f"{format_euros(counted.get((each.funder_id, each.nature), 0))} au budget"
        for each in asked
        if counted.get((each.funder_id, each.nature), 0) != each.requested_cents
    ]
    if gaps:
        return Check(code, label, MISSING, " ; ".join(gaps) + ".")
    total = format_euros(sum(each.requested_cents for each in asked))
    return Check(code, label, OK, f"{total} demandés, retrouvés au budget ligne à ligne.")


def shares_check(placements: Sequence[PlacedShare]) -> Check:
    """The quartiers' shares of beneficiaries add to 100 %."""
    code, label = "shares", "Parts des quartiers égales à 100 %"
    if not placements:
        return Check(code, label, MISSING, "Aucun quartier indiqué.")
    known = [place.share_bp for place in placements if place.share_bp is not None]
    if len(known) < len(placements):
        return Check(code, label, TO_CHECK, "Part non communiquée pour au moins un quartier.")
    result = OK if sum(known) == WHOLE_IN_BASIS_POINTS else MISSING
    return Check(code, label, result, f"Total des parts : {format_share(sum(known))}.")


def public_share_check(lines: Sequence[BudgetEntry], at_most_bp: int) -> Check:
    """Public funding against the whole budget, without contributions in kind."""
    code, label = "public_share", f"Financements publics d’au plus {format_share(at_most_bp)}"
    sums = totals(lines)
    if sums.public_share_bp is None:
        return Check(code, label, TO_CHECK, "Aucune charge au budget.")
    evidence = (
        f"{format_euros(sums.public)} de financements publics sur {format_euros(sums.income)}, "
        f"soit {format_share(sums.public_share_bp)}."
    )
    return Check(code, label, TO_CHECK if exceeds(sums, at_most_bp) else OK, evidence)


def residents_check(expected: int | None, placements: Sequence[PlacedShare], rule: ResidentsRule) -> Check:
    """The part of QPV residents that the call asks for, among the people expected."""
    code, label = "residents", rule.label
    said = [place.residents_expected for place in placements if place.is_qpv]
    known = [people for people in said if people is not None]
    if expected is None or len(known) < len(said):
        return Check(code, label, TO_CHECK, "Nombre de bénéficiaires ou d’habitants des QPV non communiqué.")
    if expected == 0:
        return Check(code, label, MISSING, "Aucun bénéficiaire attendu.")
    residents = sum(known)
    evidence = (
        f"{group_thousands(residents)} habitants des QPV sur {group_thousands(expected)} personnes attendues, "
        f"soit {format_share(residents * WHOLE_IN_BASIS_POINTS // expected)}."
    )
    return Check(code, label, OK if is_met(rule, residents, expected) else MISSING, evidence)


def account_holder_check(sheet: OrganisationSheet) -> Check:
    """A bank account in another name is asked about before any payment."""
    code, label = "account_holder", "Titulaire du RIB"
    if sheet.bank is None:
        return Check(code, label, MISSING, "Aucun compte bancaire communiqué.")
    if fold(sheet.bank.holder) == fold(sheet.name):
        return Check(code, label, OK, "Le compte est au nom de la structure.")
    return Check(code, label, TO_CHECK, f"Le compte est au nom de « {sheet.bank.holder} », différent de la structure.")
