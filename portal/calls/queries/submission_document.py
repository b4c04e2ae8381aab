"""The frozen application and its acknowledgement as blocks to print (see docs/decisions/0006-rendering.md)."""

from __future__ import annotations

from typing import Any

from portal.calls.models import Application, Submission
from portal.calls.queries.submission import Contact, contact_of
from portal.calls.rules.filing import Dossier
from portal.calls.rules.filing_sheet import Grid, ReadSection, laid_out
from portal.calls.rules.submission import implicit_refusal_on, thawed
from portal.foundation.money import format_euros
from portal.foundation.web.formats import date_fr, datetime_fr

Blocks = list[dict[str, Any]]


def application_document(application: Application, submission: Submission) -> dict[str, Any]:
    """What was sent, section by section, with the digest that proves it."""
    dossier = thawed(submission.snapshot)
    blocks: Blocks = [
        {
            "kind": "key_values",
            "rows": [
                ["Récépissé", submission.receipt_number],
                ["Déposé le", datetime_fr(submission.received_at)],
                *_typed_by_direction(dossier),
                ["Signé par", f"{submission.signatory_name}, {submission.signatory_role}"],
                ["Empreinte SHA-256", _in_groups(submission.sha256)],
            ],
        }
    ]
    for section in laid_out(dossier):
        blocks += _section(section)
    return {**_frame(application), "kicker": application.call.title, "subtitle": _of(dossier), "blocks": blocks}


def _typed_by_direction(dossier: Dossier) -> list[list[str]]:
    """How the application came, when its organisation did not file it online."""
    came = dossier.reception
    if came is None:
        return []
    told = f"d’après un envoi ({came.channel.label.lower()}) reçu le {datetime_fr(came.received_at)}"
    return [["Saisi par la Direction", told]]


def _in_groups(digest: str) -> str:
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))


def _of(dossier: Dossier) -> str:
    return f"Dossier {dossier.reference} — {dossier.organisation.name}"


def _frame(application: Application) -> dict[str, Any]:
    contract = application.call.contract
    return {"contract": contract.name, "demo": contract.demo_mention}


def _section(section: ReadSection) -> Blocks:
    blocks: Blocks = [{"kind": "heading", "text": section.section.label, "level": 1}]
    if section.rows:
        blocks.append({"kind": "key_values", "rows": [[label, value] for label, value in section.rows]})
    for label, text in section.texts:
        blocks.append({"kind": "paragraph", "text": label, "style": "strong"})
        blocks.append({"kind": "paragraph", "text": text})
    return blocks + [_table(grid) for grid in section.grids]


def _table(grid: Grid) -> dict[str, Any]:
    columns = [
        {"label": label, "align": "right" if index in grid.numbers else "left"}
        for index, label in enumerate(grid.columns)
    ]
    table: dict[str, Any] = {"kind": "table", "caption": grid.caption, "columns": columns,
                             "rows": [list(row) for row in grid.rows], "empty": "Rien n’a été indiqué."}  # fmt: skip
    return table | ({"total": list(grid.total)} if grid.total and grid.rows else {})


def acknowledgement_document(application: Application, submission: Submission) -> dict[str, Any]:
    """What the law asks an acknowledgement to say (CRPA R112-5), in plain words."""
    dossier, contact = thawed(submission.snapshot), contact_of(application)
    refusal_on = date_fr(implicit_refusal_on(submission.received_at))
    blocks: Blocks = [
        {"kind": "letterhead", "sender": _service(contact), "recipient": _recipient(dossier),
         "place_date": f"{contact.city}, le {date_fr(submission.received_at)}"},
        {"kind": "paragraph", "text": "Madame, Monsieur,"},
        {"kind": "paragraph", "text": f"Nous avons bien reçu votre demande de subvention le "
         f"{datetime_fr(submission.received_at)}. Elle porte le numéro de récépissé {submission.receipt_number}."},
        {"kind": "key_values", "rows": [
            ["Projet", dossier.project.title],
            ["Appel à projets", dossier.call.title],
            ["Dossier", dossier.reference],
            *_typed_by_direction(dossier),
            ["Suivi par", contact.service],
        ]},
        {"kind": "heading", "text": "Délai de réponse", "level": 1},
        {"kind": "table", "caption": "Ce que vous demandez à chaque financeur",
         "columns": [{"label": "Financeur"}, {"label": "Nature"}, {"label": "Montant", "align": "right"},
                     {"label": "Refus implicite le", "align": "right"}],
         "rows": [[asked.funder, asked.nature_label, format_euros(asked.requested_cents), refusal_on]
                  for asked in dossier.funding], "empty": "Aucun financement."},
        {"kind": "paragraph", "text": f"Un financeur qui ne vous a rien répondu le {refusal_on} est réputé avoir "
         "refusé votre demande. Cette date ne ferme rien : il peut encore vous accorder une subvention après elle."},
        {"kind": "paragraph", "text": "S’il manque une pièce ou une information, le service vous la demande, et ce "
         "délai s’arrête jusqu’à ce que vous l’ayez fournie."},
        {"kind": "heading", "text": "Si vous contestez un refus", "level": 1},
        {"kind": "paragraph", "text": contact.appeals or _APPEALS},
        {"kind": "heading", "text": "Qui contacter", "level": 1},
        {"kind": "list", "items": _service(contact)},
    ]  # fmt: skip
    return {**_frame(application), "kicker": application.call.title, "blocks": blocks}


_APPEALS = (
    "Dans les deux mois qui suivent le refus, écrit ou implicite, vous pouvez demander au financeur de revoir sa "
    "décision, ou saisir le tribunal administratif (par courrier ou sur www.telerecours.fr). Demander au financeur de "
    "revoir sa décision fait repartir les deux mois pour saisir le tribunal."
)


def _service(contact: Contact) -> list[str]:
    lines = [contact.service, f"Ville de {contact.city}", *(contact.address or "").splitlines()]
    return [line for line in [*lines, contact.email or "", contact.phone or ""] if line]


def _recipient(dossier: Dossier) -> list[str]:
    sheet = dossier.organisation
    town = f"{sheet.postcode or ''} {sheet.town or ''}".strip()
    return [line for line in (sheet.name, sheet.representative_name, sheet.address, town) if line]
