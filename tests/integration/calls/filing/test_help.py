"""Help beside the fields, words explained in place, and what is missing told with a link to each field."""

from __future__ import annotations

from portal.calls.forms.sections import of_rows
from portal.calls.forms.submission import SignatureSection
from portal.calls.queries.filing_checklist import checklist_of
from portal.calls.queries.sections import dossier_of
from portal.calls.rules.help import every_help, help_of
from portal.calls.states import Section
from portal.calls.views.sections import FORMS
from portal.extensions import db
from tests.integration.calls.filing.scene import fresh, sections_of
from tests.visitors import Visitor


def fields_of(application_id):
    application = fresh(application_id)
    dossier = dossier_of(application)
    kinds = [*FORMS.values(), SignatureSection]
    found = {kind.section: [field.name for field in of_rows(kind, application, dossier)] for kind in kinds}
    db.session.rollback()
    return found


def test_no_help_is_written_for_a_field_that_does_not_exist(owner, it, draft):
    names = fields_of(draft)
    for section, fields in every_help().items():
        known = {help_of(Section(section), name) for name in names[Section(section)]}
        assert [name for name, said in fields.items() if said not in known] == [], section


def test_the_help_the_example_and_the_words_stand_beside_their_field(owner, it, draft):
    page = owner.get(f"/dossiers/{draft}/projet")
    described = page.tree.xpath('//input[@id="title"]/@aria-describedby')
    assert described == ["title-help title-example"]
    assert "Exemple : Lire en bas des tours" in page.text
    assert page.texts('//details[@class="word"]/summary').count("Droit commun : qu’est-ce que c’est ?") == 1
    assert page.tree.xpath('//a[@href="/les-mots#droit_commun"]')


def test_anybody_reads_the_words_explained(app):
    page = Visitor(app).get("/les-mots")
    assert page.status_code == 200
    assert "300 000 € sur trois ans" in page.text
    assert page.tree.xpath('//*[@id="reversement"]')
    assert page.tree.xpath('//footer//a[@href="/les-mots"]')


def test_the_task_list_says_in_words_what_is_missing_and_leads_to_each_field(owner, it, draft):
    home = owner.get(f"/dossiers/{draft}").text
    assert "0 rubrique complète sur 10. Il reste 10 rubriques à commencer." in home
    owner.save(draft, "projet", title="Lire en bas des tours")
    page = owner.get(f"/dossiers/{draft}")
    assert "Il reste 1 rubrique à compléter et 9 rubriques à commencer." in page.text
    assert f"/dossiers/{draft}/projet#need" in page.tree.xpath("//ol[@class='tasks']//a/@href")
    assert "Cette rubrique attend 1 réponse." in owner.get(f"/dossiers/{draft}/thematiques").text


def test_each_point_that_is_missing_has_its_place_on_the_page_of_its_section(owner, it, draft):
    for name in sections_of(it):
        owner.post(f"/dossiers/{draft}/{name}", version="0", page="p")
    checklist = checklist_of(fresh(draft))
    db.session.rollback()
    for standing in checklist.standings:
        path = "depot" if standing.section is Section.SIGNATURE else standing.section.value
        page = owner.get(f"/dossiers/{draft}/{path}")
        ids = set(page.tree.xpath("//@id"))
        assert [lack.field for lack in standing.lacks if lack.field not in ids] == [], standing.section
