"""Certificates as files hold them, made here."""

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)

from d365pop.auth.certificate import certificate_credential
from d365pop.auth.kinds import Certificate, File, Variable
from d365pop.auth.surroundings import Surroundings
from d365pop.errors import ConfigurationError, SignInError

NOW = datetime(2026, 6, 1, tzinfo=UTC)
KEY = rsa.generate_private_key(65537, 2048)
PASSPHRASE = "marked-passphrase"


def self_signed(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "deployer")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    builder = builder.public_key(key.public_key()).serial_number(7)
    builder = builder.not_valid_before(NOW - timedelta(1)).not_valid_after(NOW + timedelta(1))
    return builder.sign(key, hashes.SHA256())


CERTIFICATE = self_signed(KEY)
CERTIFICATE_PEM = CERTIFICATE.public_bytes(Encoding.PEM)
KEY_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
LOCKED_PEM = KEY.private_bytes(
    Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE.encode())
)
PFX = pkcs12.serialize_key_and_certificates(
    b"x", KEY, CERTIFICATE, None, BestAvailableEncryption(PASSPHRASE.encode())
)
OPEN_PFX = pkcs12.serialize_key_and_certificates(b"x", KEY, CERTIFICATE, None, NoEncryption())
WHOLE = {"private_key": KEY_PEM.decode(), "public_certificate": CERTIFICATE_PEM.decode()}


def read(
    content: bytes, passphrase: str = "", thumbprint: str = "", now: datetime = NOW
) -> dict[str, str]:
    kind = Certificate("app", File(Path("-")), Variable("PASS") if passphrase else None, thumbprint)
    surroundings = Surroundings({"PASS": passphrase}, stdin=lambda: content)
    return certificate_credential(kind, surroundings, now)


@pytest.mark.parametrize(
    ("content", "passphrase"),
    [
        pytest.param(KEY_PEM + CERTIFICATE_PEM, "", id="PEM"),
        pytest.param(LOCKED_PEM + CERTIFICATE_PEM, PASSPHRASE, id="PEM with a passphrase"),
        pytest.param(PFX, PASSPHRASE, id="PFX"),
        pytest.param(OPEN_PFX, "", id="PFX without a passphrase"),
        pytest.param(base64.encodebytes(PFX), PASSPHRASE, id="PFX in base64"),
    ],
)
def test_certificate_is_read_with_its_key(content: bytes, passphrase: str) -> None:
    assert read(content, passphrase) == WHOLE


def test_key_alone_goes_with_its_thumbprint() -> None:
    thumbprint = ":".join(["AB"] * 20)
    assert read(KEY_PEM, thumbprint=thumbprint) == {
        "private_key": KEY_PEM.decode(),
        "thumbprint": "AB" * 20,
    }


ELLIPTIC = ec.generate_private_key(ec.SECP256R1())
ELLIPTIC_PEM = ELLIPTIC.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
# PKCS #8: version 0, the algorithm 1.2.3.4, two bytes of key.
UNKNOWN_KIND_PEM = (
    b"-----BEGIN PRIVATE KEY-----\n%b-----END PRIVATE KEY-----\n"
    % base64.encodebytes(bytes.fromhex("300e 020100 3005 06032a0304 0402 0500"))
)


@pytest.mark.parametrize(
    ("content", "passphrase", "reference"),
    [
        pytest.param(KEY_PEM, "", "certificate-without-certificate", id="key alone"),
        pytest.param(CERTIFICATE_PEM, "", "certificate-unreadable", id="certificate alone"),
        pytest.param(LOCKED_PEM, "wrong", "certificate-unreadable", id="wrong passphrase"),
        pytest.param(LOCKED_PEM, "", "certificate-unreadable", id="no passphrase"),
        pytest.param(PFX, "wrong", "certificate-unreadable", id="wrong passphrase of a PFX"),
        pytest.param(b"nonsense", "", "certificate-unreadable", id="nonsense"),
        pytest.param(UNKNOWN_KIND_PEM, "", "certificate-unreadable", id="key of no known kind"),
        pytest.param(b"", "", "secret-missing", id="nothing"),
        pytest.param(
            ELLIPTIC_PEM + self_signed(ELLIPTIC).public_bytes(Encoding.PEM),
            "",
            "certificate-key-kind",
            id="elliptic curve",
        ),
        pytest.param(
            pkcs12.serialize_key_and_certificates(b"x", None, CERTIFICATE, None, NoEncryption()),
            "",
            "certificate-without-key",
            id="PFX without key",
        ),
    ],
)
def test_certificate_that_cannot_serve_is_refused(
    content: bytes, passphrase: str, reference: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(content, passphrase)
    assert caught.value.reference == reference
    assert PASSPHRASE not in str(caught.value.context)


@pytest.mark.parametrize(
    ("now", "reference"),
    [
        (NOW + timedelta(2), "certificate-expired"),
        (NOW - timedelta(2), "certificate-not-yet-valid"),
    ],
)
def test_certificate_outside_its_time_is_refused_with_the_date(
    now: datetime, reference: str
) -> None:
    with pytest.raises(SignInError) as caught:
        read(KEY_PEM + CERTIFICATE_PEM, now=now)
    assert caught.value.reference == reference
    assert "2026-0" in caught.value.context
