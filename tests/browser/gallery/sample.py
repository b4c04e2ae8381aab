"""A page showing every macro with sample data: what the look is judged on. Never part of the portal."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace as Item

from flask import Blueprint, Flask, Response, flash, jsonify, render_template, request
from flask_wtf import CSRFProtect
from wtforms import (
    BooleanField,
    FieldList,
    FileField,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields import SelectChoice
from wtforms.form import Form as BareForm
from wtforms.validators import InputRequired, ValidationError

from portal.foundation.fields import DayField, EurosField, InstantField, ShareField
from portal.foundation.forms import Form
from portal.foundation.web import addresses, formats
from portal.foundation.web.security import CONTENT_SECURITY_POLICY as POLICY

PORTAL = Path(formats.__file__).parents[2]
REQUIRED = InputRequired("Répondez à cette question.")

gallery = Blueprint("gallery", __name__, template_folder=".")


def choices(*labels):
    return [SelectChoice(str(rank), label) for rank, label in enumerate(labels, start=1)]


class LineForm(BareForm):
    label = StringField("Intitulé de la dépense", [REQUIRED])
    amount = EurosField("Montant", [REQUIRED])


class SampleForm(Form):
    title = StringField(
        "Titre du projet",
        [REQUIRED],
        description="Court et parlant : il sera public si le projet est retenu.",
    )
    need = TextAreaField("À quel besoin répond-il ?")
    amount = EurosField("Montant demandé à la Ville", [REQUIRED])
    share = ShareField("Part d’habitants du quartier")
    start = DayField("Début de l’action", [REQUIRED])
    closing = InstantField("Clôture")
    count = IntegerField("Nombre de participants attendus")
    axis = SelectField("Pilier principal", choices=choices("Cohésion sociale", "Développement économique et emploi"))
    nature = RadioField("Nature de la demande", [REQUIRED], choices=choices("Première demande", "Renouvellement"))
    quartiers = SelectMultipleField(
        "Quartiers d’intervention", choices=choices("Beisson", "Corsy", "Encagnane", "Jas de Bouffan")
    )
    rib = FileField("Relevé d’identité bancaire", description="PDF ou image, 10 Mo au plus.")
    password = PasswordField("Mot de passe")
    sincere = BooleanField("J’atteste que ces renseignements sont exacts", [REQUIRED])
    lines = FieldList(FormField(LineForm), min_entries=1)

    def validate_share(self, share):
        if share.data and share.data < 5_000:
            raise ValidationError("Indiquez au moins la moitié d’habitants du quartier.")


@dataclass
class Page:
    number: int = 4
    last: int = 12
    total: int = 1_168
    has_previous: bool = True
    has_next: bool = True
    rows: list = field(default_factory=list)


ROWS = [
    Item(
        title="Un été au pied de l’immeuble",
        organisation="Association Les Tisseurs",
        status=("Recevable", "success"),
        asked=1_250_000,
        granted=980_000,
        share=7_840,
    ),
    Item(
        title="Atelier numérique du jeudi",
        organisation="Régie de quartier La Passerelle",
        status=("Pièces demandées", "warning"),
        asked=640_050,
        granted=None,
        share=10_000,
    ),
    Item(
        title="Permanences d’accès aux droits et à l’anti­constitutionnellement­long",
        organisation="Point d’appui",
        status=("Non retenu", "danger"),
        asked=300_000,
        granted=0,
        share=3_333,
    ),
    Item(
        title="Chantier jeunes",
        organisation="Lycée de la Colline",
        status=("Brouillon", "neutral"),
        asked=None,
        granted=None,
        share=0,
    ),
]


@gallery.route("/galerie", methods=["GET", "POST"])
def show():
    form = SampleForm()
    if request.method == "POST":
        form.validate()
    else:
        flash("La clôture est prolongée ; les porteurs ayant commencé sont prévenus.", "success")
        flash("Votre session se termine dans cinq minutes.", "warning")
    return render_template(
        "gallery.html", form=form, rows=ROWS, page=Page(),
        day=date(2026, 8, 1), instant=datetime(2026, 11, 21, 13, 5, tzinfo=UTC),
        steps=[
            Item(label="Structure", url="#1", state="done", detail=""),
            Item(label="Projet", url="#2", state="done", detail=""),
            Item(label="Quartiers et thèmes", url="#3", state="error", detail=""),
            Item(label="Budget", url="#4", state="current", detail=""),
            Item(label="Documents", url="#5", state="todo", detail="2 sur 6"),
            Item(label="Signature et dépôt", url=None, state="todo", detail=""),
        ],
        events=[
            Item(when=datetime(2026, 11, 12, 9, 30, tzinfo=UTC), title="Dossier déposé",
                 text="Accusé de réception envoyé.", by="Nadia Roche, présidente"),
            Item(when=date(2026, 11, 20), title="Dossier déclaré complet", text="", by=""),
            Item(when=None, title="Passage en comité technique", text="", by=""),
        ],
        tabs=[
            Item(label="Dossier", url="#", current=True, count=None),
            Item(label="Pièces", url="#", current=False, count=6),
            Item(label="Avis", url="#", current=False, count=0),
        ],
    )  # fmt: skip


@gallery.get("/travail")
def job():
    return jsonify(state="finished", done=12, total=12, message="Le classeur est prêt.", url="/galerie")


@gallery.get("/erreur/<int:code>")
def error(code: int):
    values = {"theirs": {"Montant": "1 200,00 €"}, "mine": {"Montant": "1 500,00 €"}} if code == 409 else {}
    words = {"title": "Page introuvable", "message": "Cette page n’existe pas.", "reference": "a1b2c3d4"}
    return render_template(f"errors/{code}.html", **words, **values), code


def make_app() -> Flask:
    app = Flask("gallery", template_folder=str(PORTAL / "templates"), static_folder=str(PORTAL / "static"))
    app.config.update(SECRET_KEY="gallery", TESTING=True)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    CSRFProtect(app)
    formats.register(app)
    addresses.register(app)
    app.register_blueprint(gallery)
    app.context_processor(_frame)
    app.after_request(_policy)
    return app


def _frame():
    signed_in = request.args.get("visiteur") is None
    account = [
        Item(label="Mon compte", url="#compte", current=False),
        Item(label="Se déconnecter", url="/galerie", current=False, method="post"),
    ]
    visitor = [
        Item(label="Se connecter", url="#1", current=False),
        Item(label="Créer un compte", url="#2", current=False),
    ]
    return {
        "navigation": [
            Item(label="Accueil", url="/", current=False),
            Item(label="Appels à projets", url="/appels", current=True),
            Item(label="Dossiers", url="/dossiers", current=False),
            Item(label="Séances", url="/seances", current=False),
            Item(label="Quartiers", url="/quartiers", current=False),
        ],
        "nav_account": account if signed_in else visitor,
        "current_person": Item(display_name="Nadia Roche") if signed_in else None,
        "city_name": "Aix-en-Provence",
        "demo_notice": "Démonstration : personnes, montants et avis fictifs.",
    }


def _policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response
