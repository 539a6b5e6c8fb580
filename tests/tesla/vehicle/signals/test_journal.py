from custom_components.tesla_direct.tesla.vehicle.signals import _signals_of, journal


def test_no_car_sends_what_we_compute() -> None:
    computed = _signals_of(journal)

    assert len(computed) == 10
    assert all(signal.path is None and signal.field is None for signal in computed)


def test_a_source_is_one_that_we_know() -> None:
    assert journal.DATA_SOURCE.kind("receiver") == "receiver"
    assert journal.DATA_SOURCE.kind("hearsay") is None


def test_how_sources_fare_is_told_by_name() -> None:
    assert journal.SOURCES.kind({"receiver": {"works": True}}) == {"receiver": {"works": True}}
    assert journal.SOURCES.kind("receiver") is None
