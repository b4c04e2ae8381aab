"""What may be typed on the screens of a contract: plain values, checked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from portal.foundation.folding import fold, printed_key
from portal.foundation.refusals import Refusal, Refusals


@dataclass(frozen=True)
class ContractSettings:
    """The settings of a contract; thresholds in cents."""

    name: str
    start_year: int
    end_year: int
    source: str | None
    steering_act_label: str
    convention_threshold_cents: int
    convention_counts_in_kind: bool
    auditor_threshold_cents: int
    open_data_threshold_cents: int
    small_count_threshold: int
    payment_days: int
    first_payment_bp: int
    adjustment_days: int
    bilan_reminder_days: str
    opinion_reminder_days: str
    opinion_grace_days: int
    disagreement_points: int
    contact_service: str
    contact_address: str | None
    contact_email: str | None
    contact_phone: str | None
    appeal_notice: str | None


@dataclass(frozen=True)
class IndicatorDefinition:
    """What a version of an indicator means; changing any of it makes another version."""

    label: str
    definition: str
    unit: str
    kind: str
    numerator_label: str | None
    denominator_label: str | None


@dataclass(frozen=True)
class Band:
    """An age band; `to_age` None means and above."""

    from_age: int
    to_age: int | None


def checked_settings(settings: ContractSettings) -> ContractSettings:
    """The settings, or Refusals at the fields that contradict each other."""
    refusals = []
    if settings.end_year < settings.start_year:
        refusals.append(Refusal("L’année de fin ne peut pas précéder l’année de début.", "end_year"))
    if settings.small_count_threshold < 2:
        refusals.append(Refusal("Sous 2, rien n’est masqué : indiquez au moins 2.", "small_count_threshold"))
    for field in ("bilan_reminder_days", "opinion_reminder_days"):
        try:
            reminder_days(getattr(settings, field))
        except ValueError:
            refusals.append(Refusal(NOT_DAYS, field))
    if refusals:
        raise Refusals(refusals)
    return settings


NOT_DAYS = "Indiquez des nombres de jours séparés par des virgules, par exemple : -30, -7, 7, 30."


def reminder_days(text: str) -> tuple[int, ...]:
    """« -30, -7, 7 »: days before (negative) and after a date, in order; none when empty.

    Raises ValueError when a part is no number of days, or is more than a year away.
    """
    days = sorted({int(part) for part in text.replace("\u2212", "-").split(",") if part.strip()})
    if any(abs(each) > 366 for each in days):
        raise ValueError(f"too far: {text}")
    return tuple(days)


def checked_definition(definition: IndicatorDefinition) -> IndicatorDefinition:
    """A ratio names its two parts, the others have none. Raises Refusals otherwise."""
    if definition.kind != "ratio":
        return IndicatorDefinition(
            definition.label, definition.definition, definition.unit, definition.kind, None, None
        )
    missing = [
        Refusal("Une part se calcule de deux nombres : nommez celui-ci.", name)
        for name in ("numerator_label", "denominator_label")
        if not getattr(definition, name)
    ]
    if missing:
        raise Refusals(missing)
    return definition


def checked_band(band: Band, others: Iterable[Band]) -> Band:
    """A band that begins before it ends and meets none of the others."""
    if band.to_age is not None and band.to_age < band.from_age:
        raise Refusal("Cet âge ne peut pas être inférieur au premier.", "to_age")
    for other in others:
        if _ends(other) >= band.from_age and _ends(band) >= other.from_age:
            raise Refusal("Cette tranche en recouvre une autre.", "from_age")
    return band


def _ends(band: Band) -> int:
    return 200 if band.to_age is None else band.to_age


def checked_new_label(label: str, known: Iterable[str], field: str = "label") -> str:
    """A label nobody uses yet in its list; apostrophes, spaces and case make no difference."""
    if printed_key(label) in {printed_key(other) for other in known}:
        raise Refusal("Cette ligne existe déjà.", field)
    return label


def alias_lines(text: str | None) -> list[str]:
    """One name per line, blank lines and repetitions left out."""
    kept: dict[str, str] = {}
    for line in (text or "").splitlines():
        if line.strip():
            kept.setdefault(fold(line), line.strip())
    return list(kept.values())
