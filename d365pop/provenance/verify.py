"""Proves that a package or script is the one of a manifest; reads and writes nothing."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from d365pop.contents import content_hash
from d365pop.errors import VerificationError
from d365pop.provenance.digest import provenance_digest, stamped_digest
from d365pop.provenance.manifest import BuildManifest, PackageRecord

_MANAGED = re.compile(rb"<Managed>\s*1\s*</Managed>")


@dataclass(frozen=True, slots=True)
class Proof:
    """A package that is what was built."""

    file_name: str
    content_digest: str
    same_archive: bool
    """False where the same parts were packed again by another program, or lie in a folder."""


def prove_package(
    package: bytes | None, parts: Mapping[str, bytes], manifest: BuildManifest, name: str
) -> Proof:
    """Return the proof that ``parts``, the content of ``package``, are what was built.

    A folder is no archive: ``package`` is None then.

    Raises:
        VerificationError: ``package-differs``; the context names each part that does.
    """
    file_name, record = _record(manifest, parts, name)
    found = _differences(record, parts)
    if found:
        raise VerificationError(
            "package-differs",
            f"{name} is not the package that was built as {file_name}.",
            context="\n".join(found),
            hint="Do not import it; take the package from where it was built.",
        )
    same_archive = package is not None and content_hash(package) == record.package_sha256
    if package is not None and not same_archive and not _is_bare(package):
        raise VerificationError(
            "package-differs",
            f"{name} holds more than the package that was built as {file_name}.",
            context="There are bytes before or behind its parts, which no packing program adds.",
            hint="Do not import it; take the package from where it was built.",
        )
    return Proof(
        file_name=file_name,
        content_digest=record.content_digest,
        same_archive=same_archive,
    )


def prove_script(script: bytes, manifest: BuildManifest, name: str) -> Proof:
    """Return the proof that a script is one of those that were built beside the packages.

    Raises:
        VerificationError: ``script-differs``, or ``script-unknown`` where none has this name.
    """
    built, digest = manifest.scripts(), content_hash(script)
    if name not in built:
        raise VerificationError(
            "script-unknown",
            f"The manifest describes no script {name}.",
            context=f"It describes: {', '.join(sorted(built))}",
            hint="Name the manifest.json that was written beside the script.",
        )
    if built[name] != digest:
        raise VerificationError(
            "script-differs",
            f"{name} is not the script that was built.",
            context=f"{name}: has SHA-256 {digest}, built was {built[name]}",
            hint="Do not upload it; take the script from where it was built.",
        )
    return Proof(file_name=name, content_digest=digest, same_archive=True)


def prove_origin(manifest: BuildManifest, rebuilt: BuildManifest) -> None:
    """Prove that what is here now, built again, gives what ``manifest`` describes.

    Raises:
        VerificationError: ``origin-differs``; the context names each input and tool that does.
    """
    found = [
        *_changed("input", manifest.inputs, rebuilt.inputs),
        *_changed("tool", manifest.tools, rebuilt.tools),
        *_changed("package", _digests(manifest), _digests(rebuilt)),
        *_changed("script", manifest.scripts(), rebuilt.scripts()),
    ]
    if found:
        raise VerificationError(
            "origin-differs",
            "The sources and tools that are here are not those of the manifest.",
            context="\n".join(found),
            hint="Check out the commit that was built, and install the versions that are named.",
        )


def _changed(kind: str, built: Mapping[str, str], here: Mapping[str, str]) -> list[str]:
    return [
        f"{kind} {name}: built was {built.get(name, 'without it')},"
        f" here is {here.get(name, 'none of it')}"
        for name in sorted(built.keys() | here.keys())
        if built.get(name) != here.get(name)
    ]


def _digests(manifest: BuildManifest) -> dict[str, str]:
    return {name: record.package_sha256 for name, record in manifest.packages.items()}


def _is_bare(package: bytes) -> bool:
    """Return whether an archive begins with its first entry and ends without a comment."""
    return package.startswith(b"PK\x03\x04") and package[-22:-18] == b"PK\x05\x06"


def _record(
    manifest: BuildManifest, parts: Mapping[str, bytes], name: str
) -> tuple[str, PackageRecord]:
    """Return the package meant: that of the name, else that of the kind."""
    if name in manifest.packages:
        return name, manifest.packages[name]
    managed = bool(_MANAGED.search(parts.get("solution.xml", b"")))
    for file_name, record in sorted(manifest.packages.items()):
        if record.managed is managed:
            return file_name, record
    raise VerificationError(
        "package-unknown",
        f"The manifest describes no {'managed' if managed else 'unmanaged'} package.",
        context=f"It describes: {', '.join(sorted(manifest.packages)) or 'none'}",
        hint="Name the manifest.json that was written beside the package.",
    )


def _differences(record: PackageRecord, parts: Mapping[str, bytes]) -> list[str]:
    hashes = {name: content_hash(content) for name, content in parts.items()}
    found = [
        f"{name}: {_difference(name, record.parts, hashes)}"
        for name in sorted(record.parts.keys() | hashes.keys())
        if record.parts.get(name) != hashes.get(name)
    ]
    if not found and provenance_digest(parts) != record.content_digest:
        found.append("manifest: its content digest is not that of the parts that it lists")
    if not found and stamped_digest(parts) != record.content_digest:
        found.append("solution.xml: its description does not say the digest of the build")
    return found


def _difference(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    if name not in before:
        return "was not built, and is there"
    if name not in now:
        return "was built, and is missing"
    return f"has SHA-256 {now[name]}, built was {before[name]}"
