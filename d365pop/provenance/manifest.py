"""``manifest.json``: what was built from what, by which tools; written, read back, no clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from d365pop.contents import content_hash
from d365pop.errors import UsageError
from d365pop.models import Solution
from d365pop.provenance.digest import provenance_digest, stamped_digest

FORMAT: Final = 2

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class BuiltPackage:
    """One package of a build."""

    file_name: str
    managed: bool
    package: bytes = field(repr=False)
    parts: Mapping[str, bytes] = field(repr=False)


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True)


class PackageRecord(_Entry):
    """What the manifest says of one package."""

    managed: bool
    package_sha256: Sha256
    content_digest: Sha256
    parts: dict[str, Sha256]


class BuildManifest(_Entry):
    """The part of a manifest that a package and its sources are proven against."""

    format: Literal[2]
    version: str
    packages: dict[str, PackageRecord]
    framework_sha256: Sha256
    host_sha256: Sha256 | None = None
    """None where no page but Dynamics gets the softphone."""
    inputs: dict[str, Sha256]
    tools: dict[str, str]

    def scripts(self) -> dict[str, str]:
        """Return the digests of the scripts that are shipped beside the packages, by file name."""
        host = {"host.js": self.host_sha256} if self.host_sha256 else {}
        return {"framework.js": self.framework_sha256, **host}


def write_manifest(
    solution: Solution,
    packages: Sequence[BuiltPackage],
    *,
    scripts: Mapping[str, bytes],
    inputs: Mapping[str, bytes],
    tools: Mapping[str, str],
) -> bytes:
    """Return the manifest of a build; ``tools`` is whatever shapes its bytes, by name.

    ``scripts`` are shipped beside the packages, by file name. The engine and Python are not among
    the tools: the bytes are the same in all that we support.
    """
    records = {package.file_name: _record(package) for package in packages}
    first = records[packages[0].file_name]
    document = {
        "format": FORMAT,
        "solution": solution.unique_name,
        "version": solution.version,
        "package_sha256": first["package_sha256"],
        "content_digest": first["content_digest"],
        "packages": records,
        **{f"{Path(name).stem}_sha256": content_hash(code) for name, code in scripts.items()},
        "web_resources": {r.name: r.content_hash for r in solution.web_resources},
        "inputs": {name: content_hash(content) for name, content in inputs.items()},
        "tools": dict(tools),
    }
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def read_manifest(data: bytes, name: str) -> BuildManifest:
    """Return the manifest of a build.

    Raises:
        UsageError: it is no manifest of this format.
    """
    try:
        return BuildManifest.model_validate_json(data)
    except ValidationError as error:
        raise UsageError(
            "manifest-invalid",
            f"{name} is no manifest of d365pop build.",
            context="; ".join(_mistake(detail["loc"], detail["msg"]) for detail in error.errors()),
            hint="Name the manifest.json that was written beside the package.",
        ) from error


def _mistake(place: tuple[int | str, ...], message: str) -> str:
    where = "/".join(str(part) for part in place)
    return f"{where}: {message}" if where else message


def _record(package: BuiltPackage) -> dict[str, object]:
    return {
        "managed": package.managed,
        "package_sha256": content_hash(package.package),
        # A stamp is the digest; to take it again would read every byte once more.
        "content_digest": stamped_digest(package.parts) or provenance_digest(package.parts),
        "parts": {name: content_hash(content) for name, content in package.parts.items()},
    }
