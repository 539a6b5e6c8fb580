from custom_components.tesla_direct.tesla.vehicle.signals import media

from .spelled import polled, streamed


def test_what_has_stopped_is_idle() -> None:
    assert polled(media.STATUS, "Stopped") == streamed(media.STATUS, "MediaStatusStopped") == "idle"
    assert streamed(media.STATUS, "MediaStatusPlaying") == "playing"


def test_silence_is_a_volume() -> None:
    assert polled(media.VOLUME, 0) == 0


def test_what_plays_is_nobody_elses_business() -> None:
    assert polled(media.TITLE, "") is None
    assert streamed(media.TITLE, "Sample in B minor") == "Sample in B minor"
    assert media.TITLE.private
    assert media.ELAPSED.private
