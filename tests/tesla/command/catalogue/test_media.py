import pytest

from custom_components.tesla_direct.tesla.command.catalogue import media
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected


@pytest.mark.parametrize(
    ("command", "payload"),
    [
        (media.media_toggle_playback(), "12027a00"),
        (media.media_next_track(), "12039a0100"),
        (media.media_prev_track(), "1203a20100"),
        (media.media_next_fav(), "12038a0100"),
        (media.media_prev_fav(), "1203920100"),
        (media.media_volume_up(), "12058201020802"),
        (media.media_volume_down(), "12058201020801"),
    ],
)
def test_keys_do_something_anew_each_time(command: Command, payload: str) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == {}
    assert not command.repeatable
    assert command.holds == ()
    assert command.expects == ()


@pytest.mark.parametrize(
    ("volume", "payload"),
    [
        (0, "12088201051d00000000"),  # zero, and yet on the wire
        (3.3333, "12088201051dca545540"),
        (11, "12088201051d00003041"),  # documented, though Tesla's own client stops at ten
    ],
)
def test_the_volume_is_set(volume: float, payload: str) -> None:
    command = media.adjust_volume(volume)

    assert command.payload.hex() == payload
    assert command.body == {"volume": volume}
    assert expected(command) == {"media_audio_volume": volume}
    assert command.setpoint == "volume"
    assert command.repeatable


@pytest.mark.parametrize("volume", [-0.1, 11.1])
def test_no_car_is_that_loud(volume: float) -> None:
    with pytest.raises(CommandInvalid, match="volume has to be from 0 to 11"):
        media.adjust_volume(volume)
