"""Debian's nginx, set up with the examples of docs/setup/proxy.md as they stand there.

Only what differs from house to house is replaced: names, addresses, ports, paths, the secret.
"""

from collections.abc import Callable
from pathlib import Path
import re
import shutil
import subprocess
import time

from simulator.certificates import Credential
from simulator.ports import free_port
from tests.integration.account import HOST

PAGE = Path(__file__).parents[2] / "docs" / "setup" / "proxy.md"
BLOCK = re.compile(
    r"^### ([^\n]+)$|^## (\d)\. [^\n]+$|^```nginx(?:-location)?\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
SECRET = "the secret from the dialogue"
HOME_ASSISTANT = re.compile(r"(192\.168\.1\.10|127\.0\.0\.1|homeassistant):8443\b")
MODULE = Path("/usr/lib/nginx/modules/ngx_stream_module.so")
LIMIT = 60.0  # real seconds in which it listens, or ends
FRAME = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log info;
"""
HTTP = """\
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
"""


def examples() -> dict[str, str]:
    """Return the examples of the page, by the number of their way and the heading over them."""
    found, way, heading = {}, "", ""
    for sub, main, block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if main:
            way = main
        elif sub:
            heading = sub
        else:
            found[f"{way} {heading}"] = block
    return found


EXAMPLES = examples()


class Nginx:
    """One nginx, in a folder of its own.

    port: where cars call it
    web:  where it hands on what is not for us
    """

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.web = free_port()
        self._folder = folder / "nginx"
        self._process: subprocess.Popen[bytes] | None = None

    def start(  # what differs from house to house
        self,
        example: str,
        home_assistant: int,
        *,
        shown: Credential | None = None,
        secret: str = "",
        change: Callable[[str], str] = str,
    ) -> None:
        """Start it with an example of the page, and return when it listens. Blocks.

        shown:  its certificate, where TLS ends there
        change: what the user has made of the example
        """
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert program, "nginx is not there: run script/debian-packages"
        self._folder.mkdir()
        text = self._filled_in(example, home_assistant, secret)
        if shown:
            text = self._with_certificate(text, shown)
        text = change(text)
        file = self._folder / "nginx.conf"
        file.write_text(self._framed(text))
        self._process = subprocess.Popen(  # noqa: S603  # a file of ours
            [program, "-p", str(self._folder), "-e", str(self._folder / "error.log"), "-c", str(file)]
        )
        self._until_it_listens()

    def stop(self) -> None:
        """End it. Blocks."""
        if self._process:
            self._process.terminate()
            self._process.wait(LIMIT)

    def log(self) -> str:
        return (self._folder / "error.log").read_text()

    def file(self, name: str, text: str) -> Path:
        """Write a file that the configuration can name."""
        self._folder.parent.joinpath(name).write_text(text)
        return self._folder.parent / name

    def _filled_in(self, example: str, home_assistant: int, secret: str) -> str:
        text = re.sub(r"^ *listen \[::\].*\n", "", EXAMPLES[example], flags=re.MULTILINE)
        assert "cars.example.com" in text
        assert HOST == "cars.example.com"
        text, listens = re.subn(r"listen 443\b", f"listen 127.0.0.1:{self.port}", text)
        text, leads = HOME_ASSISTANT.subn(f"127.0.0.1:{home_assistant}", text)
        assert (listens, leads) == (1, 1)
        return text.replace("127.0.0.1:8444", f"127.0.0.1:{self.web}").replace(SECRET, secret)

    def _with_certificate(self, text: str, shown: Credential) -> str:
        chain = self._folder / "shown.pem"
        key = self._folder / "shown.key"
        chain.write_text(shown.certificate_pem())
        key.write_text(shown.key_pem())
        text, chains = re.subn(r"(ssl_certificate +)\S+;", rf"\g<1>{chain};", text)
        text, keys = re.subn(r"(ssl_certificate_key +)\S+;", rf"\g<1>{key};", text)
        assert (chains, keys) == (1, 1)
        return text

    def _framed(self, text: str) -> str:
        """Put an example where it belongs: a whole configuration, or a part of one."""
        frame = FRAME.format(folder=self._folder)
        if MODULE.exists():
            frame = f"load_module {MODULE};\n{frame}"
        http = HTTP.format(folder=self._folder)
        if "events {" in text:
            text = re.sub(r"^worker_processes.*\n", "", text, flags=re.MULTILINE)
            return frame + text.replace("    access_log off;\n", http)
        if text.startswith("server"):
            text = f"http {{\n{http}{text}}}\n"
        return f"{frame}events {{}}\n{text}"

    def _until_it_listens(self) -> None:
        assert self._process is not None
        give_up = time.monotonic() + LIMIT
        pid = self._folder / "nginx.pid"
        while not (pid.exists() and pid.read_text().strip()):  # it listens before it writes that
            assert self._process.poll() is None, self.log()
            assert time.monotonic() < give_up, self.log()
            time.sleep(0.01)
