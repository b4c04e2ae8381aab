"""The charts of a report, as Vega-Lite: bars that read in grey, numbers written on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from portal.evaluation.rules import wording
from portal.evaluation.rules.report import Json

Spec = dict[str, Any]


def charts(report: Json) -> dict[str, Spec]:
    """The specifications by name ("themes", "funders"); a chart with nothing to show is not there."""
    found = {"themes": _themes(report), "funders": _funders(report)}
    return {name: spec for name, spec in found.items() if spec is not None}


def theme_counts(report: Json) -> list[tuple[str, int]]:
    return [(each["theme"] or wording.UNATTACHED, each["actions"]) for each in report["counts"]["by_theme"]]


def granted_by_funder(report: Json) -> list[tuple[str, int]]:
    """What each funder gave, all natures together, in the report's order; unknown amounts left out."""
    sums: dict[str, int] = {}
    for each in report["funding"]["by_funder"]:
        if each["granted_cents"] is not None:
            sums[each["funder"]] = sums.get(each["funder"], 0) + each["granted_cents"]
    return list(sums.items())


def _themes(report: Json) -> Spec | None:
    counts = theme_counts(report)
    if not counts:
        return None
    step = -(-counts[0][1] // 5)
    ticks = list(range(0, counts[0][1] + step, step))
    return _bars([(theme, count, str(count)) for theme, count in counts], "Actions", {"values": ticks, "format": "d"})


def _funders(report: Json) -> Spec | None:
    granted = granted_by_funder(report)
    if not any(cents for _, cents in granted):
        return None
    return _bars([(funder, cents / 100, wording.euros(cents)) for funder, cents in granted], "Euros attribués")


def _bars(rows: Sequence[tuple[str, float, str]], title: str, axis: Spec | None = None) -> Spec:
    values = [{"name": name, "value": value, "shown": shown} for name, value, shown in rows]
    y = {"field": "name", "type": "nominal", "sort": None, "title": None, "axis": {"labelLimit": 320}}
    x = {"field": "value", "type": "quantitative", "title": title, "axis": axis or {}, "scale": {"zero": True}}
    return {
        "width": 220,
        "height": {"step": 24},
        "data": {"values": values},
        "encoding": {"y": y, "x": x},
        "layer": [
            {"mark": {"type": "bar"}},
            {
                "mark": {"type": "text", "align": "left", "dx": 4},
                "encoding": {"text": {"field": "shown", "type": "nominal"}},
            },
        ],
    }
