"""oidc-provider, the reference implementation of OpenID Connect, as the sign-in service."""

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Browser, Page

from tests.contract.sign_in.desk import CLIENTS, SECRET, TENANT, Authority, Desk
from tests.workspace import ROOT

MODULES = ROOT / "webresources" / "node_modules"
NODE = Path(sys.executable).parent / "node"
PROGRAM = Path(__file__).with_name("authority.mjs")


def _certificate(key: rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "deployer")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).serial_number(7)
    builder = builder.public_key(key.public_key())
    builder = builder.not_valid_before(now - timedelta(1)).not_valid_after(now + timedelta(1))
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)


def _jwk(key: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(key))
    return {name: value for name, value in found.items() if name != "key_ops"}


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    folder = tmp_path_factory.mktemp("authority")
    ca = trustme.CA()
    server = ca.issue_cert("localhost", "127.0.0.1")
    ca.cert_pem.write_to_path(folder / "ca.pem")
    key = rsa.generate_private_key(65537, 2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "deployer.pem").write_bytes(pem + _certificate(key))
    settings = {
        "modules": str(MODULES),
        "tenant": TENANT,
        "secret": SECRET,
        "clients": CLIENTS,
        "seconds": 3600,
        "key": server.private_key_pem.bytes().decode(),
        "certificate": "".join(blob.bytes().decode() for blob in server.cert_chain_pems),
        "jwk": _jwk(key.public_key()),
        "signingKey": _jwk(rsa.generate_private_key(65537, 2048)),
    }
    with subprocess.Popen(
        [NODE, PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.write(json.dumps(settings).encode())
        process.stdin.close()
        origin = process.stdout.readline().decode().strip()
        assert origin, process.stderr.read().decode() if process.stderr else ""
        yield Authority(origin, folder / "ca.pem", folder / "deployer.pem", key)
        process.terminate()


@pytest.fixture
def desk(tmp_path: Path, authority: Authority) -> Desk:
    return Desk(tmp_path, authority)


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(ignore_https_errors=True)
    yield context.new_page()
    context.close()
