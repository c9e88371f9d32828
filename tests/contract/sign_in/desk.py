"""A desk to sign in at: a configuration, the command line, and what stands around it."""

import http.server
import json
import re
import ssl
import subprocess
import sys
import threading
import time
import tomllib
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from tests.workspace import ROOT, clean_environment

TENANT = "11111111-2222-4333-8444-555555555555"
SECRET = "marked-client-secret"
CLIENTS = {
    name: f"00000000-0000-4000-8000-00000000000{number}"
    for number, name in enumerate(("secret", "certificate", "federated", "person"))
}


RECIPES = {
    tomllib.loads(block)["environments"]["prod"]["sign_in"]: block
    for block in re.findall(
        r"^```toml\n(.*?)^```",
        (ROOT / "docs" / "sign-in.md").read_text(encoding="utf-8"),
        re.MULTILINE | re.DOTALL,
    )
}


class Authority(NamedTuple):
    """Where it listens, what makes it trusted, and the application's key and certificate."""

    origin: str
    ca_file: Path
    certificate_file: Path
    key: RSAPrivateKey

    def assertion(self) -> str:
        """Return a federated token that it accepts once."""
        claims = {
            "iss": CLIENTS["federated"],
            "sub": CLIENTS["federated"],
            "aud": f"{self.origin}/{TENANT}/v2.0",
            "exp": 4_000_000_000,
            "jti": str(uuid.uuid4()),
        }
        return jwt.encode(claims, self.key, algorithm="RS256")

    def application_token(self) -> str:
        """Return a token of the application with a secret, got by a plain form."""
        form = {
            "grant_type": "client_credentials",
            "client_id": CLIENTS["secret"],
            "client_secret": SECRET,
            "scope": f"{self.origin}/.default",
        }
        body = urllib.parse.urlencode(form).encode()
        answer = self._post(f"/{TENANT}/v2.0/token", body)
        token: str = json.loads(answer)["access_token"]
        return token

    def refuse_all_seen(self) -> None:
        """Let the environment refuse every token that it has seen so far."""
        self._post("/_test/refuse-all-seen", b"")

    def _post(self, path: str, body: bytes) -> bytes:
        context = ssl.create_default_context(cafile=str(self.ca_file))
        with urllib.request.urlopen(f"{self.origin}{path}", body, context=context) as answer:
            content: bytes = answer.read()
        return content


class Desk:
    """A folder with a configuration whose environment is the authority's."""

    def __init__(self, folder: Path, authority: Authority) -> None:
        self.folder = folder
        self.authority = authority

    def configure(self, sign_in: str, **keys: str) -> None:
        """Write a recipe of docs/sign-in.md as it stands, but for the environment's address."""
        text = (ROOT / "d365pop.toml").read_text(encoding="utf-8")
        text = text.replace('client_id = ""', 'client_id = "genesys"')
        recipe = RECIPES[sign_in].replace(
            "https://contoso.crm4.dynamics.com", self.authority.origin
        )
        for name, value in keys.items():
            recipe = re.sub(rf"^{name} = .*\n", "", recipe, flags=re.MULTILINE)
            recipe += f'{name} = "{value}"\n'
        (self.folder / "d365pop.toml").write_text(f"{text}\n{recipe}", encoding="utf-8")

    def environ(self, **variables: str) -> dict[str, str]:
        return {
            **clean_environment(),
            "REQUESTS_CA_BUNDLE": str(self.authority.ca_file),
            "HOME": str(self.folder),
            **variables,
        }

    def start(self, *arguments: str, **variables: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "d365pop", *arguments, "--env", "prod"],
            cwd=self.folder,
            env=self.environ(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def has(self, name: str) -> str:
        """Return the text of a file that another process is about to write."""
        path = self.folder / name
        deadline = time.monotonic() + 30
        while not (path.is_file() and path.read_text(encoding="utf-8").endswith("\n")):
            assert time.monotonic() < deadline, f"{name} was not written"
            time.sleep(0.02)
        return path.read_text(encoding="utf-8").strip()

    def run(
        self, *arguments: str, stdin: str = "", **variables: str
    ) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "d365pop", *arguments, "--env", "prod"],
            cwd=self.folder,
            env=self.environ(**variables),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


def says_who(output: str) -> tuple[str, str]:
    """Return who the environment saw, and for what the token was good."""
    who = re.search(r"business unit\s+(\S+)", output)
    scope = re.search(r"organization\s+(\S+)", output)
    assert who, output
    assert scope
    return who[1], scope[1]


@contextmanager
def local_endpoint(answer: object) -> Iterator[tuple[str, list[tuple[str, str, dict[str, str]]]]]:
    """Run what a pipeline or an Azure machine offers; it notes what it was asked."""
    seen: list[tuple[str, str, dict[str, str]]] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _answer(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            seen.append((self.command, self.path, headers))
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = json.dumps(answer).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = _answer  # noqa: N815 - the library's own names

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Keep the test's output clean."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}", seen
        server.shutdown()
        thread.join()
