"""A certificate authority made on the fly and a server certificate of it, kept in a folder."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.x509 import load_pem_x509_certificate

from d365pop.emulator.certificate_authority import issue

DAYS = 30
MARGIN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Certificates:
    """Where the files are; clients trust ``authority``."""

    authority: Path
    certificate: Path
    key: Path

    def server_context(self) -> ssl.SSLContext:
        """Return what a server listens with."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(self.certificate, self.key)
        return context


def certificates(folder: Path, *names: str) -> Certificates:
    """Return the folder's certificates for hosts, made anew where they are absent or too old."""
    stem = "server-" + "".join(c if c.isalnum() else "-" for c in "+".join(names))
    found = Certificates(folder / "ca.pem", folder / f"{stem}.pem", folder / f"{stem}.key")
    if not _usable(found):
        _make(found, names)
    return found


def _usable(found: Certificates) -> bool:
    try:
        texts = (found.authority.read_bytes(), found.certificate.read_bytes())
        authority, certificate = map(load_pem_x509_certificate, texts)
        certificate.verify_directly_issued_by(authority)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    soon = datetime.now(UTC) + MARGIN
    return found.key.exists() and certificate.not_valid_after_utc > soon


def _make(found: Certificates, names: tuple[str, ...]) -> None:
    made = issue(names, timedelta(days=DAYS), MARGIN)
    found.authority.parent.mkdir(parents=True, exist_ok=True)
    found.authority.write_bytes(made.authority)
    found.certificate.write_bytes(made.certificate)
    found.key.touch(mode=0o600)
    found.key.write_bytes(made.key)
