"""A report as the blocks of a printed document (docs/decisions/0006-rendering.md)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from portal.evaluation.rules import wording
from portal.evaluation.rules.charts import granted_by_funder, theme_counts
from portal.evaluation.rules.report import Json
from portal.foundation.money import NBSP

Block = dict[str, Any]


def title(report: Json) -> str:
    return f"{report['quartier']['name']}{NBSP}: compte rendu territorial {report['year']}"


def document(report: Json, pictures: Mapping[str, str], version: int | None = None) -> Json:
    """What `render_pdf("document", …)` takes. `pictures`: the SVG of each chart by name."""
    made = f"établi le {wording.day(report['made_on'])}"
    numbered = f"version {version}, {made}" if version else made
    return {
        "contract": report["contract"]["name"],
        "demo": "Contrat de démonstration : données fictives." if report["contract"]["is_demo"] else None,
        "kicker": report["quartier"]["kind_label"],
        "subtitle": f"Programmation {report['year']}, {numbered}",
        "footer": f"{report['quartier']['name']} {report['year']}, {numbered}",
        "blocks": [
            *_identity(report),
            *_profile(report),
            *_programme(report, pictures.get("themes")),
            *_funding(report, pictures.get("funders")),
            *_results(report),
            _heading("Méthode"),
            {"kind": "list", "items": report["method"]},
        ],
    }


def _heading(text: str, level: int = 1) -> Block:
    return {"kind": "heading", "text": text, "level": level}


def _table(caption: str, columns: Sequence[Any], rows: Sequence[Sequence[Any]], **more: Any) -> Block:
    labelled = [{"label": column} if isinstance(column, str) else column for column in columns]
    return {"kind": "table", "caption": caption, "columns": labelled, "rows": [list(row) for row in rows], **more}


def _right(label: str) -> Block:
    return {"label": label, "align": "right"}


# -- 1 and 2 ------------------------------------------------------------------------------------


def _identity(report: Json) -> list[Block]:
    quartier = report["quartier"]
    blocks = [_heading("Le territoire")]
    if quartier["presentation"]:
        blocks.append({"kind": "paragraph", "text": quartier["presentation"]})
    blocks.append({"kind": "key_values", "rows": identity_rows(report)})
    if quartier["figures"]:
        blocks.append(
            _table(
                "Chiffres connus, avec leur année et leur source",
                [{"label": "Chiffre", "width": 3}, {"label": "Valeur", "width": 2}, {"label": "Source", "width": 2}],
                [
                    [
                        each["label"],
                        wording.value(each["value"], each["unit"]),
                        wording.origin(each["year"], each["source"]),
                    ]
                    for each in quartier["figures"]
                ],
            )
        )
    blocks += [
        {"kind": "callout", "tone": "warning", "title": "Deux valeurs différentes sont imprimées", "text": each}
        for each in contradiction_words(report)
    ]
    return blocks


def identity_rows(report: Json) -> list[list[str]]:
    """The identity in label and value, what is not known left out."""
    quartier = report["quartier"]
    landlords = ", ".join(
        each["name"] if each["share_bp"] is None else f"{each['name']} ({wording.share(each['share_bp'])})"
        for each in quartier["landlords"]
    )
    rows = [
        ["Statut", quartier["kind_label"]],
        ["Code officiel", quartier["official_code"] or ""],
        ["Bailleurs", landlords],
        *([each["category"], ", ".join(each["names"])] for each in quartier["schools"]),
        ["Équipements", ", ".join(quartier["equipment"])],
    ]
    return [row for row in rows if row[1]]


def contradiction_words(report: Json) -> list[str]:
    """One sentence per figure printed with several values, each with its label and source."""
    return [
        " ; ".join(
            f"{each['label']}{NBSP}: {wording.value(each['value'], each['unit'])} "
            f"({wording.origin(each['year'], each['source'])})"
            for each in group
        )
        for group in report["quartier"]["contradictions"]
    ]


def _profile(report: Json) -> list[Block]:
    if not report["profile"]:
        return []
    rows = [
        [each["label"], *(_place(each[where], each["unit"]) for where in ("quartier", "city", "country"))]
        for each in report["profile"]
    ]
    columns = [
        {"label": "Chiffre", "width": 2},
        *({"label": label, "width": 2} for label in ("Quartier", "Ville", "France")),
    ]
    return [_heading("Le quartier dans la ville et le pays"), _table("Profil comparé", columns, rows)]


def _place(place: Json | None, unit: str) -> str:
    if place is None:
        return wording.UNKNOWN
    return f"{wording.value(place['value'], unit)}\n({wording.origin(place['year'], place['source'])})"


# -- 3 ------------------------------------------------------------------------------------------


def _programme(report: Json, picture: str | None) -> list[Block]:
    counts = report["counts"]
    blocks = [_heading(f"Le programme {report['year']}")]
    if report["actions"]:
        said = (
            f"{wording.plural(counts['actions'], 'action', 'actions')} de "
            f"{wording.plural(counts['organisations'], 'structure', 'structures')}."
        )
        blocks.append({"kind": "paragraph", "text": said})
    themes = theme_counts(report)
    by_theme = _table("", ["Thématique", _right("Actions")], [[theme, str(count)] for theme, count in themes])
    if picture:
        finding = wording.leading_theme(themes, counts["actions"])
        blocks.append(_figure(picture, finding, "Actions par thématique", by_theme))
    if counts["by_pillar"]:
        rows = [[each["pillar"] or wording.UNATTACHED, str(each["actions"])] for each in counts["by_pillar"]]
        blocks.append(_table("Actions par pilier", ["Pilier", _right("Actions")], rows))
    blocks.append(
        _table(
            "Les actions, dans l’ordre de la programmation",
            [
                {"label": "Thématique", "width": 2},
                {"label": "Association", "width": 2},
                {"label": "Action", "width": 3},
                {"label": "Descriptif", "width": 5},
            ],
            [
                [each["theme"] or "", each["organisation"], each["action"], each["description"]]
                for each in report["actions"]
            ],
            empty="Aucune action dans la programmation de cette année.",
            size=8.5,
        )
    )
    return blocks


def _figure(picture: str, finding: str, about: str, table: Block) -> Block:
    # The caption says the finding; the table beside needs none of its own.
    beside = {name: kept for name, kept in table.items() if name not in ("kind", "caption")}
    alt = f"{about}, en barres horizontales. Les chiffres sont dans le tableau voisin."
    return {"kind": "figure", "svg": picture, "alt": alt, "caption": finding, "table": beside}


# -- 4 ------------------------------------------------------------------------------------------


def _funding(report: Json, picture: str | None) -> list[Block]:
    funding = report["funding"]
    blocks = [_heading("Les cofinancements")]
    if picture:
        granted = granted_by_funder(report)
        table = _table("", ["Financeur", _right("Attribué")], [[name, wording.euros(cents)] for name, cents in granted])
        blocks.append(_figure(picture, wording.leading_funder(granted), "Montants attribués par financeur", table))
    blocks.append(
        _table(
            "Demandé et attribué, par financeur et nature",
            ["Financeur", "Nature", _right("Demandé"), _right("Attribué"), _right(f"Attribué {report['year'] - 1}")],
            [
                [
                    each["funder"],
                    each["nature_label"],
                    wording.euros(each["requested_cents"]),
                    wording.euros(each["granted_cents"]),
                    wording.euros(each["previous_granted_cents"]),
                ]
                for each in funding["by_funder"]
            ],
            empty="Les montants ne sont pas communiqués pour cette année.",
            **_total(report),
        )
    )
    if funding["by_pillar"]:
        rows = [
            [
                each["pillar"] or wording.UNATTACHED,
                wording.euros(each["requested_cents"]),
                wording.euros(each["granted_cents"]),
            ]
            for each in funding["by_pillar"]
        ]
        blocks.append(_table("Par pilier", ["Pilier", _right("Demandé"), _right("Attribué")], rows))
    return [*blocks, {"kind": "key_values", "rows": funding_rows(report)}]


def _total(report: Json) -> Block:
    funding = report["funding"]
    if not funding["by_funder"]:
        return {}
    amounts = (funding[name] for name in ("requested_cents", "granted_cents", "previous_granted_cents"))
    return {"total": ["Total", "", *map(wording.euros, amounts)]}


def funding_rows(report: Json) -> list[list[str]]:
    """The change against the year before, and the amount per resident on each printed population."""
    funding = report["funding"]
    rows = [[f"Évolution par rapport à {report['year'] - 1}", wording.change(funding["change_bp"])]]
    rows += [
        [
            f"Attribué par habitant ({wording.value(each['population'])} habitants, "
            f"{wording.origin(each['year'], each['source'])})",
            wording.euros(each["granted_cents"]),
        ]
        for each in funding["per_resident"]
    ]
    if funding["unknown_amounts"]:
        rows.append(["Demandes dont le montant n’est pas connu", str(funding["unknown_amounts"])])
    return rows


# -- 5 ------------------------------------------------------------------------------------------


def _results(report: Json) -> list[Block]:
    coverage = report["coverage"]
    blocks: list[Block] = [
        _heading("Les résultats"),
        {"kind": "paragraph", "text": coverage_words(report), "style": "strong"},
        _table(
            "Indicateurs et cibles",
            ["Indicateur", _right("Cible"), _right("Réalisé"), _right("Atteint"), _right("Mesurés")],
            [
                [
                    [each["label"], {"text": f"\n{each['theme'] or 'Commun'}", "italic": True}],
                    wording.value(each["target"], each["unit"]),
                    wording.value(each["actual"], each["unit"]),
                    wording.share(each["achieved_bp"]) if each["actual"] is not None else "",
                    f"{each['measured']} sur {each['asked']}",
                ]
                for each in report["indicators"]
            ],
            empty="Aucun indicateur à montrer pour cette année.",
        ),
    ]
    if report["people"]:
        blocks.append(_table("Personnes, cumul non dédoublonné (usage interne)", *people_table(report)))
    if coverage["not_answered"]:
        blocks.append(
            _table(
                "Bilans attendus et non reçus",
                ["Structure", "Action", "Bilan", "Échéance"],
                [
                    [each["organisation"], each["action"], each["kind"], wording.day(each["due_on"])]
                    for each in coverage["not_answered"]
                ],
            )
        )
    return blocks


def coverage_words(report: Json) -> str:
    coverage = report["coverage"]
    if not coverage["due"]:
        return "Aucun bilan n’était demandé pour cette programmation."
    asked = wording.plural(coverage["due"], "bilan demandé", "bilans demandés")
    received = wording.plural(coverage["received"], "reçu", "reçus")
    return f"{received} sur {asked} ({wording.share(coverage['share_bp'])})."


SEXES = (("women", "Femmes"), ("men", "Hommes"), ("unknown", "Non renseigné"), ("total", "Ensemble"))


def people_table(report: Json) -> tuple[list[Any], list[list[str]]]:
    """Columns and rows of the people by sex, expected and reached."""
    people = report["people"]

    def cell(side: str, name: str) -> str:
        found = people[side]
        return wording.UNKNOWN if found is None else wording.value(found[name])

    rows = [[label, cell("expected", name), cell("actual", name)] for name, label in SEXES]
    return ["Sexe", _right("Prévu"), _right("Réalisé")], rows
