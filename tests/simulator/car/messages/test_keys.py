"""Questions and orders about the keychain."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.proto import keys_pb2, vcsec_pb2
from simulator.car.car import Car
from simulator.world import World

from ...signer import SECURITY, Signer, paired


@pytest.fixture
def signer(car: Car) -> Signer:
    return paired(car)


def asked_of_keys(**request: Any) -> bytes:
    return vcsec_pb2.UnsignedMessage(
        InformationRequest=vcsec_pb2.InformationRequest(**request)
    ).SerializeToString()


def about_keys(member: str, public: bytes, role: str = "") -> bytes:
    message = vcsec_pb2.UnsignedMessage()
    change = getattr(message.WhitelistOperation, member)
    if hasattr(change, "PublicKeyRaw"):
        change.PublicKeyRaw = public
        return message.SerializeToString()
    change.key.PublicKeyRaw = public
    change.keyRole = keys_pb2.Role.Value(role or "ROLE_NONE")
    return message.SerializeToString()


async def test_the_keychain_is_listed(car: Car, signer: Signer) -> None:
    info = signer.command(SECURITY, asked_of_keys(informationRequestType=5)).security.whitelistInfo
    assert (info.numberOfEntries, info.slotMask) == (6, 0b111111)

    for request in (
        {"slot": 5},
        {"publicKey": signer.public},
        {"keyId": vcsec_pb2.KeyIdentifier(publicKeySHA1=info.whitelistEntries[5].publicKeySHA1)},
    ):
        one = signer.command(SECURITY, asked_of_keys(informationRequestType=6, **request)).security
        assert one.whitelistEntryInfo.publicKey.PublicKeyRaw == signer.public
        assert one.whitelistEntryInfo.metadataForKey.keyFormFactor == vcsec_pb2.KEY_FORM_FACTOR_CLOUD_KEY
    empty = signer.command(SECURITY, asked_of_keys(informationRequestType=6, slot=19))
    assert empty.payload == b""


async def test_an_owner_adds_and_removes_keys(car: Car, signer: Signer) -> None:
    other = Signer(car.vin, car.receive)
    add = about_keys("addKeyToWhitelistAndAddPermissions", other.public, "ROLE_DRIVER")
    status = signer.command(SECURITY, add).security.commandStatus.whitelistOperationStatus
    assert (status.whitelistOperationInformation, status.operationStatus) == (0, 0)
    assert other.lock().fault == 0

    remove = about_keys("removePublicKeyFromWhitelist", other.public)
    assert signer.command(SECURITY, remove).security.commandStatus.operationStatus == 0
    assert other.unlock().fault == 3


@pytest.mark.parametrize(
    ("member", "key", "role", "information"),
    [
        ("removePublicKeyFromWhitelist", "own", "", 2),
        ("removePublicKeyFromWhitelist", "unknown", "", 12),
        ("addPublicKeyToWhitelist", "unknown", "", 19),
        ("addKeyToWhitelistAndAddPermissions", "unknown", "ROLE_SERVICE", 20),
        ("addKeyToWhitelistAndAddPermissions", "none", "ROLE_DRIVER", 6),
        ("addImpermanentKeyAndRemoveExisting", "unknown", "ROLE_DRIVER", 1),
    ],
)
async def test_the_keychain_is_not_changed_by_anything(  # noqa: PLR0913, PLR0917  # a row of the table
    car: Car, signer: Signer, member: str, key: str, role: str, information: int
) -> None:
    public = {"own": signer.public, "unknown": Signer(car.vin, car.receive).public, "none": b"\x04"}[key]
    before = len(car.keychain)

    status = signer.command(SECURITY, about_keys(member, public, role)).security.commandStatus

    assert status.operationStatus == 2
    assert status.whitelistOperationStatus.whitelistOperationInformation == information
    assert len(car.keychain) == before


async def test_a_full_keychain_takes_no_more(world: World) -> None:
    car = world.add_car("untyped")
    signer = paired(car)
    another = Signer(car.vin, car.receive)

    add = about_keys("addKeyToWhitelistAndAddPermissions", another.public, "ROLE_DRIVER")
    status = signer.command(SECURITY, add).security.commandStatus.whitelistOperationStatus
    assert status.whitelistOperationInformation == 4
    with pytest.raises(ValueError, match="full"):
        car.pair_key(another.public)


@pytest.mark.parametrize(("role", "may_add", "may_remove"), [("FM", 5, 7), ("SERVICE", 5, 0)])
async def test_others_may_not_change_the_keychain(car: Car, role: str, may_add: int, may_remove: int) -> None:
    guest, signer = paired(car, "GUEST"), paired(car, role)
    add = about_keys("updateKeyAndPermissions", guest.public, "ROLE_OWNER")
    remove = about_keys("removePublicKeyFromWhitelist", guest.public)

    for payload, expected in ((add, may_add), (remove, may_remove)):
        status = signer.command(SECURITY, payload).security.commandStatus.whitelistOperationStatus
        assert status.whitelistOperationInformation == expected
