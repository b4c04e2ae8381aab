"""The people who come to the settings of a contract."""

from __future__ import annotations

import pytest
from flask import Flask

from portal.accounts.rules import Role
from portal.contracts.models import Contract
from tests import factories
from tests.visitors import Visitor


@pytest.fixture
def contract(app: Flask) -> Contract:
    return factories.contract("contrat-essai")


@pytest.fixture
def manager(app: Flask, contract: Contract) -> Visitor:
    return Visitor(app, factories.staff(Role.MANAGER, contract))


@pytest.fixture
def officer(app: Flask, contract: Contract) -> Visitor:
    return Visitor(app, factories.staff(Role.OFFICER, contract))


@pytest.fixture
def stranger(app: Flask) -> Visitor:
    """The manager of another contract."""
    return Visitor(app, factories.staff(Role.MANAGER, factories.contract("autre")))
