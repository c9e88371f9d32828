"""Reads a certificate with its private key, PEM or PFX; signs nothing itself."""

import base64
import binascii
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from d365pop.auth.kinds import Certificate, File
from d365pop.auth.surroundings import STDIN, Surroundings, place_of
from d365pop.errors import ConfigurationError, SignInError

if TYPE_CHECKING:
    from cryptography import x509


def certificate_credential(
    kind: Certificate, surroundings: Surroundings, now: datetime | None = None
) -> dict[str, str]:
    """Return MSAL's credential for a certificate.

    Raises:
        ConfigurationError: it cannot be read, or holds no key.
        SignInError: its time is over, or has not come.
    """
    place = place_of(kind.certificate)
    key, certificates = _read(kind, surroundings)
    if not certificates and not kind.thumbprint:
        raise ConfigurationError(
            "certificate-without-certificate",
            f"{place} holds a private key and no certificate.",
            hint="Put the certificate into the same file, or set certificate_thumbprint.",
        )
    if certificates:
        _check_time(certificates[0], place, now or datetime.now(UTC))
    return {
        "private_key": key,
        **({"thumbprint": kind.thumbprint.replace(":", "")} if kind.thumbprint else {}),
        **({"public_certificate": _as_pem(certificates)} if certificates else {}),
    }


def certificate_end(kind: Certificate, surroundings: Surroundings) -> datetime | None:
    """Return when a certificate expires; None where it cannot be read.

    Standard input is left alone: it can be read once, and the sign-in needs it.
    """
    if kind.certificate == File(STDIN):
        return None
    try:
        _key, certificates = _read(kind, surroundings)
    except ConfigurationError:
        return None
    return certificates[0].not_valid_after_utc if certificates else None


def _read(kind: Certificate, surroundings: Surroundings) -> "tuple[str, list[x509.Certificate]]":
    content = surroundings.content(kind.certificate, "certificate")
    passphrase = (
        surroundings.text(kind.passphrase, "certificate's passphrase").encode()
        if kind.passphrase
        else None
    )
    read = _read_pem if b"-----BEGIN" in content else _read_pfx
    return read(content, passphrase, place_of(kind.certificate))


def _read_pem(
    content: bytes, passphrase: bytes | None, place: str
) -> tuple[str, "list[x509.Certificate]"]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415 - 60 ms
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        load_pem_private_key,
    )
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415

    try:
        key = load_pem_private_key(content, passphrase)
        found = load_pem_x509_certificates(content) if b"BEGIN CERTIFICATE" in content else []
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise _unreadable(place, exc, with_passphrase=passphrase is not None) from exc
    return _key_text(key), found


def _read_pfx(
    content: bytes, passphrase: bytes | None, place: str
) -> tuple[str, "list[x509.Certificate]"]:
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization.pkcs12 import (  # noqa: PLC0415
        load_key_and_certificates,
    )

    try:
        key, certificate, others = load_key_and_certificates(_unwrapped(content), passphrase)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise _unreadable(place, exc, with_passphrase=passphrase is not None) from exc
    if key is None:
        raise ConfigurationError(
            "certificate-without-key",
            f"{place} holds no private key.",
            hint="Export the certificate again, with its private key.",
        )
    return _key_text(key), [certificate, *others] if certificate else []


def _unwrapped(content: bytes) -> bytes:
    """Return a PFX as it is; a variable can hold it in base64 only."""
    try:
        return base64.b64decode(b"".join(content.split()), validate=True)
    except binascii.Error:
        return content


def _key_text(key: object) -> str:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey  # noqa: PLC0415
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    if not isinstance(key, RSAPrivateKey):
        raise ConfigurationError(
            "certificate-key-kind",
            "The certificate's key is no RSA key.",
            context="Microsoft Entra accepts assertions signed with RSA only.",
            hint="Make a certificate with an RSA key of 2048 bits or more.",
        )
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _as_pem(certificates: "list[x509.Certificate]") -> str:
    from cryptography.hazmat.primitives.serialization import Encoding  # noqa: PLC0415

    return "".join(each.public_bytes(Encoding.PEM).decode() for each in certificates)


def _check_time(certificate: "x509.Certificate", place: str, now: datetime) -> None:
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    if now > ends:
        raise SignInError(
            "certificate-expired",
            f"The certificate in {place} has expired.",
            context=f"It was valid until {ends:%Y-%m-%d %H:%M} UTC.",
            hint="Make a new one and upload it to the app registration's Certificates & secrets."
            " Who can: an owner of the app registration.",
        )
    if now < begins:
        raise SignInError(
            "certificate-not-yet-valid",
            f"The certificate in {place} is not valid yet.",
            context=f"It is valid from {begins:%Y-%m-%d %H:%M} UTC; here it is {now:%H:%M}.",
            hint="Check this machine's clock. Who can: you.",
        )


def _unreadable(place: str, exc: Exception, *, with_passphrase: bool) -> ConfigurationError:
    # The library's own text may quote what it was given.
    return ConfigurationError(
        "certificate-unreadable",
        f"The certificate in {place} cannot be read.",
        context=f"{type(exc).__name__}; expected PEM with a private key, or PFX"
        + (", and its passphrase" if with_passphrase else ""),
        hint="Check the passphrase: certificate_passphrase_variable names what holds it.",
    )
