"""An application that signs, and sends through the cloud."""

import base64
from typing import Any

from simulator.car.car import Car

from ..signer import INFOTAINMENT, SECURITY, Reply, Signer
from .client import Client
from .client import Reply as Http

PATH = "/api/1/vehicles"


class Remote:
    """Signs for a car and sends through the cloud."""

    def __init__(self, client: Client, car: Car) -> None:
        self.client, self.car = client, car
        self.signer = Signer(car.vin, lambda sent: sent)
        self.path = f"{PATH}/{car.vin}/signed_command"

    async def post(self, message: Any) -> Http:
        text = base64.b64encode(message.SerializeToString()).decode()
        return await self.client.post(self.path, {"routable_message": text})

    async def send(self, message: Any) -> Reply:
        reply = await self.post(message)
        assert reply.status == 200, reply.text
        return self.signer.open(message, base64.b64decode(reply.response))

    async def meet(self, *domains: int) -> None:
        for domain in domains or (SECURITY, INFOTAINMENT):
            hello = self.signer.hello(domain)
            self.signer.learn(domain, hello, (await self.send(hello)).message)

    async def command(self, domain: int, payload: bytes, **changes: Any) -> Reply:
        return await self.send(self.signer.sign(domain, payload, **changes))

    async def ask(self, domain: int, payload: bytes, **changes: Any) -> Http:
        return await self.post(self.signer.sign(domain, payload, **changes))
