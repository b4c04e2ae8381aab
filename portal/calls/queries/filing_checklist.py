"""Where each section of an application stands."""

from __future__ import annotations

from dataclasses import dataclass

from portal.calls.models import Application
from portal.calls.queries.sections import Draft, dossier_of, drafts_of
from portal.calls.rules import sections
from portal.calls.rules.filing import Carried, Dossier
from portal.calls.rules.sections import SectionState
from portal.calls.states import Section
from portal.foundation.refusals import Refusal


@dataclass(frozen=True)
class SectionStanding:
    """A section: its state, what it lacks, what deserves a second look."""

    section: Section
    number: int
    state: SectionState
    lacks: tuple[Refusal, ...]
    warnings: tuple[str, ...]
    is_readable: bool
    carried: Carried | None = None
    """What it was filled from, as long as nobody has saved it since."""

    @property
    def told(self) -> list[str]:
        """What is missing, in words; a section never opened says nothing yet."""
        if self.state is SectionState.TODO:
            return []
        again = [f"Repris de {self.carried.year} : à relire, puis à enregistrer."] if self.carried else []
        unread = [] if self.is_readable else ["Des réponses sont à corriger."]
        return again + unread + [refusal.message for refusal in self.lacks]


@dataclass(frozen=True)
class Checklist:
    dossier: Dossier
    standings: tuple[SectionStanding, ...]

    def of(self, section: Section) -> SectionStanding:
        return next(standing for standing in self.standings if standing.section is section)

    @property
    def complete(self) -> int:
        return sum(standing.state is SectionState.COMPLETE for standing in self.standings)

    @property
    def warnings(self) -> list[tuple[Section, str]]:
        """Each warning once, with the first section that gives it."""
        told: dict[str, Section] = {}
        for standing in self.standings:
            for warning in standing.warnings:
                told.setdefault(warning, standing.section)
        return [(section, warning) for warning, section in told.items()]

    @property
    def unfinished(self) -> list[SectionStanding]:
        """The sections that keep the application from being filed; the signature comes with the filing."""
        return [
            standing
            for standing in self.standings
            if standing.state is not SectionState.COMPLETE and standing.section is not Section.SIGNATURE
        ]


_MAY_ASK_NOTHING = (Section.DOCUMENTS, Section.QUESTIONS)


def checklist_of(application: Application) -> Checklist:
    """The sections in order, read from the typed rows."""
    dossier, drafts = dossier_of(application), drafts_of(application.id)
    standings = [
        _standing(number, section, dossier, drafts.get(section))
        for number, section in enumerate(dossier.sections, start=1)
    ]
    return Checklist(dossier, tuple(standings))


def standing_of(section: Section, dossier: Dossier, draft: Draft | None) -> SectionStanding:
    return _standing(dossier.sections.index(section) + 1, section, dossier, draft)


def _standing(number: int, section: Section, dossier: Dossier, draft: Draft | None) -> SectionStanding:
    lacks = sections.lacking(section, dossier)
    readable = draft is None or draft.is_readable
    # Documents are not typed: what is joined tells whether somebody has begun. Questions that are all
    # optional keep nobody from filing.
    listed = any(document.question_id is None for document in dossier.documents)
    joined = section is Section.DOCUMENTS and listed
    saved = draft is not None or joined or (section in _MAY_ASK_NOTHING and not lacks)
    carried = next((each for each in dossier.carried if each.section is section and draft is None), None)
    state = sections.state_of(lacks, is_saved=saved, is_readable=readable)
    return SectionStanding(
        section,
        number,
        SectionState.BEGUN if carried else state,
        tuple(lacks),
        tuple(sections.warnings(section, dossier)),
        readable,
        carried,
    )
