"""What the programming table points out."""

from __future__ import annotations

from portal.committee.rules.programme import warnings


def told(**values):
    usual = {"asks_state": True, "quartier_kinds": {"qpv"}, "public_share_bp": None, "public_share_limit_bp": 8000}
    return warnings(**(usual | values))


def test_the_state_in_active_watch_alone_is_pointed_out():
    assert told(quartier_kinds={"active_watch"}) == ("Crédits de l’État demandés en veille active seulement",)
    assert told(quartier_kinds={"active_watch", "qpv"}) == ()
    assert told(quartier_kinds={"active_watch"}, asks_state=False) == ()


def test_public_money_above_the_share_of_the_call_is_pointed_out():
    assert told(public_share_bp=8001) == ("Financements publics\u00a0: 80,01\u00a0% du budget",)
    assert told(public_share_bp=8000) == ()
    assert told(public_share_bp=9000, public_share_limit_bp=None) == ()
