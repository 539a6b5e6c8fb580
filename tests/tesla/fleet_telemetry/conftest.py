"""Authorities in the shape of Tesla's, made once, and what they issued."""

import time

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue, make_authority
from simulator.certificates import Authorities, Credential, stranger

HOST = "telemetry.example.org"


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture(scope="session")
def impostor() -> Credential:
    """An authority that bears the name of one of Tesla's."""
    return stranger()


@pytest.fixture(scope="session")
def own_authority() -> Pair:
    return make_authority(time.time())


@pytest.fixture(scope="session")
def own_leaf(own_authority: Pair) -> Pair:
    return issue(own_authority, HOST, time.time())
