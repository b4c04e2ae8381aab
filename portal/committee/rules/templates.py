"""The texts that the Direction may write in its own words."""

from __future__ import annotations

from portal.committee.rules import conventions, letters
from portal.committee.states import TemplateKind

MODELS = letters.MODELS | {TemplateKind.CONVENTION: conventions.MODEL}
