"""A TLS server that keeps every byte it was told."""

import asyncio
import hashlib
from pathlib import Path
import ssl

from cryptography.hazmat.primitives.serialization import Encoding

from simulator.certificates import server_certificate, stranger

WELL = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"


class Listening:
    """A TLS server with a certificate, and all that it was told once the handshake was done."""

    def __init__(self, *names: str, days: tuple[float, float] = (1.0, 90.0)) -> None:
        self.authority = stranger("Proxy authority")
        self.leaf = server_certificate(self.authority, *(names or ("127.0.0.1",)), days=days)
        self.heard = bytearray()
        self.answer = WELL
        self.base = ""

    @property
    def fingerprint(self) -> str:
        return hashlib.sha256(self.leaf.certificate.public_bytes(Encoding.DER)).hexdigest()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while part := await reader.read(65536):
            self.heard += part
            if b"\r\n\r\n" in self.heard:
                writer.write(self.answer)
                await writer.drain()
                break
        writer.close()

    async def start(self, file: Path) -> asyncio.Server:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.leaf.write(file))
        server = await asyncio.start_server(self.take, "127.0.0.1", 0, ssl=context)
        self.base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        return server
