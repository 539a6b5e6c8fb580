"""The broker: there when it says so, on its own port again, and gone when it ends."""

import asyncio

import pytest

from simulator.broker import Broker, BrokerFailed


async def listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


async def test_it_listens_until_it_ends(socket_enabled: None) -> None:
    async with Broker() as broker:
        assert broker.running
        assert await listens(broker.port)
        assert broker.address == f"127.0.0.1:{broker.port}"

    assert not await listens(broker.port)


async def test_it_keeps_its_port(socket_enabled: None) -> None:
    async with Broker() as broker:
        port = broker.port
        await broker.stop()
        assert not await listens(port)
        await broker.stop()
        await broker.start()
        await broker.start()
        assert broker.port == port
        await broker.restart()
        assert await listens(port)


async def test_it_says_why_it_did_not_come_up(socket_enabled: None) -> None:
    async with Broker() as broker:
        other = Broker(port=broker.port)
        with pytest.raises(BrokerFailed, match="Address already in use"):
            await other.start()
        assert not other.running
        await other.__aexit__()


async def test_without_the_program_it_says_how_to_get_it(socket_enabled: None) -> None:
    broker = Broker(program="no-such-broker")
    with pytest.raises(BrokerFailed, match="debian-packages"):
        await broker.start()
    await broker.__aexit__()
