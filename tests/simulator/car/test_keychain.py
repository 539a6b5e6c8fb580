"""The keys of a car."""

import pytest

from simulator.car.authentication import is_public_key, public_bytes
from simulator.car.keychain import CLOUD, ROOM, Keychain, KeychainIsFull, family, made_up_key, role_of

KEYS = [public_bytes(made_up_key("test", number)) for number in range(ROOM + 1)]


def test_a_key_is_the_same_in_each_run() -> None:
    assert public_bytes(made_up_key("a", 1)) == public_bytes(made_up_key("a", 1))
    assert public_bytes(made_up_key("a", 1)) != public_bytes(made_up_key("a", 2))


def test_slots_are_filled_from_below_and_again() -> None:
    chain = Keychain()
    for key in KEYS[:3]:
        chain.add(key)
    chain.remove(KEYS[1])

    assert chain.add(KEYS[3]).slot == 1
    assert [key.public for key in chain] == [KEYS[0], KEYS[3], KEYS[2]]
    assert chain.at(1) == chain.get(KEYS[3])
    assert chain.at(9) is None


def test_there_is_room_for_twenty() -> None:
    chain = Keychain()
    for key in KEYS[:ROOM]:
        chain.add(key)

    with pytest.raises(KeychainIsFull):
        chain.add(KEYS[ROOM])
    chain.add(KEYS[0], role_of("driver"))  # one that is there may change its role
    assert len(chain) == ROOM


def test_a_key_that_is_gone_cannot_go_again() -> None:
    chain = Keychain()
    chain.add(KEYS[0])

    assert chain.remove(KEYS[0])
    assert not chain.remove(KEYS[0])


@pytest.mark.parametrize(
    "data",
    [
        b"",
        KEYS[0][1:],
        b"\x03" + KEYS[0][1:],
        KEYS[0][:-1] + bytes([KEYS[0][-1] ^ 1]),
        bytes([4]) + bytes(64),
    ],
)
def test_what_is_no_point_of_the_curve_is_no_key(data: bytes) -> None:
    assert not is_public_key(data)
    with pytest.raises(ValueError, match="not a public key"):
        Keychain().add(data)


def test_a_family_has_an_owner_and_no_application() -> None:
    chain = family("5YJ3E7EB0SF000001", 5)

    assert len(chain) == 5
    assert chain.virtual() == []
    assert [key.role for key in chain] == [role_of("OWNER"), *[role_of("DRIVER")] * 4]
    assert chain.add(KEYS[0]).form == CLOUD


def test_a_role_has_a_name() -> None:
    with pytest.raises(ValueError, match="ROLE_KING"):
        role_of("king")
