"""The address book of a contract, kept by the Direction."""

from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.accounts.access import current_actor, requires
from portal.contracts.forms.partners import PartnerForm
from portal.contracts.models import Contract, PartnerContact
from portal.contracts.operations import partners as operations
from portal.contracts.queries import partners as queries
from portal.contracts.views.blueprint import READERS, blueprint
from portal.extensions import db
from portal.foundation.forms import perform
from portal.foundation.pagination import asked_page, paged
from portal.foundation.quantities import plain_number


@blueprint.get("/contrats/<int:contract_id>/partenaires")
@requires(*READERS, on=Contract)
def partners(contract: Contract) -> ResponseReturnValue:
    words = request.args.get("q", "").strip()[:200]
    found = paged(queries.listed_partners(contract.id, words), asked_page())
    return render_template("contracts/partners.html", contract=contract, page=found)


@blueprint.route("/contrats/<int:contract_id>/partenaires/ajouter", methods=["GET", "POST"])
@requires(*READERS, on=Contract)
def add_partner(contract: Contract) -> ResponseReturnValue:
    """`?dossier=` leads back to the application on which the opinion was about to be asked."""
    form = PartnerForm()
    if form.validate_on_submit() and form.attempt(
        operations.add_partner, contract, form.sheet(), actor=current_actor()
    ):
        flash("La ligne est ajoutée au carnet d’adresses.", "success")
        application_id = plain_number(request.args.get("dossier"))
        if application_id is not None:
            return redirect(url_for("committee.ask_on_application", application_id=application_id))
        return redirect(url_for(".partners", contract_id=contract.id))
    return render_template("contracts/partner.html", contract=contract, form=form, partner=None)


@blueprint.route("/contrats/<int:contract_id>/partenaires/<int:partner_contact_id>", methods=["GET", "POST"])
@requires(*READERS, on=Contract)
def edit_partner(contract: Contract, partner_contact_id: int) -> ResponseReturnValue:
    partner = _partner(contract, partner_contact_id)
    form = PartnerForm.of(partner)
    if form.validate_on_submit() and form.attempt(
        operations.edit_partner, contract, partner, form.seen_version(), form.sheet(), actor=current_actor()
    ):
        flash("La ligne est modifiée.", "success")
        return redirect(url_for(".partners", contract_id=contract.id))
    form.keep_mine(partner.version)
    return render_template("contracts/partner.html", contract=contract, form=form, partner=partner)


@blueprint.post("/contrats/<int:contract_id>/partenaires/<int:partner_contact_id>/retirer")
@requires(*READERS, on=Contract)
def retire_partner(contract: Contract, partner_contact_id: int) -> ResponseReturnValue:
    perform(operations.retire_partner, _partner(contract, partner_contact_id), actor=current_actor())
    flash("Ce partenaire n’est plus proposé ; ses avis restent.", "success")
    return redirect(url_for(".partners", contract_id=contract.id))


@blueprint.post("/contrats/<int:contract_id>/partenaires/<int:partner_contact_id>/remettre")
@requires(*READERS, on=Contract)
def restore_partner(contract: Contract, partner_contact_id: int) -> ResponseReturnValue:
    perform(operations.restore_partner, _partner(contract, partner_contact_id), actor=current_actor())
    flash("Ce partenaire est de nouveau proposé.", "success")
    return redirect(url_for(".partners", contract_id=contract.id))


@blueprint.post("/contrats/<int:contract_id>/partenaires/<int:partner_contact_id>/oublier")
@requires(*READERS, on=Contract)
def forget_partner_person(contract: Contract, partner_contact_id: int) -> ResponseReturnValue:
    perform(operations.forget_person, _partner(contract, partner_contact_id), actor=current_actor())
    flash("L’adresse et le nom de la personne sont effacés ; les liens envoyés ne servent plus.", "success")
    return redirect(url_for(".partners", contract_id=contract.id))


def _partner(contract: Contract, partner_id: int) -> PartnerContact:
    partner = db.session.get(PartnerContact, partner_id)
    if partner is None or partner.contract_id != contract.id:
        abort(404)
    return partner
