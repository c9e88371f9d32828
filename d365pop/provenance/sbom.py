"""The build's bill of materials, CycloneDX 1.6: same build, same bytes; no clock, no chance."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Final
from urllib.parse import quote
from uuid import uuid5

from d365pop import __version__
from d365pop.contents import content_hash
from d365pop.models import ID_NAMESPACE, Json, Solution, WebResource, WebResourceType

SPECIFICATION: Final = "1.6"

_MEDIA_TYPES: Final = {
    WebResourceType.HTML: "text/html",
    WebResourceType.CSS: "text/css",
    WebResourceType.SCRIPT: "text/javascript",
    WebResourceType.SVG: "image/svg+xml",
    WebResourceType.RESX: "application/xml",
}
_DEFAULT_MEDIA_TYPE: Final = "application/octet-stream"


def write_sbom(
    solution: Solution,
    scripts: Mapping[str, bytes],
    *,
    npm: Sequence[Mapping[str, str]],
    python: Mapping[str, str],
) -> bytes:
    """Return the bill of materials of a build.

    ``scripts`` are shipped beside the package, by file name; ``npm`` is name, version and licence
    of each package of the toolchain; ``python`` versions of the packages that render and bundle, by
    name.
    """
    root = f"solution:{solution.unique_name}@{solution.version}"
    libraries = [*map(_npm, npm), *(_python(name, python[name]) for name in python)]
    beside = [_file(name, code) for name, code in scripts.items()]
    files = [*map(_web_resource, solution.web_resources), *beside]
    components = sorted([*libraries, *files], key=lambda component: str(component["bom-ref"]))
    document: dict[str, Json] = {
        "$schema": f"http://cyclonedx.org/schema/bom-{SPECIFICATION}.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": SPECIFICATION,
        "version": 1,
        "metadata": {
            "tools": {
                "components": [
                    {
                        "type": "application",
                        "bom-ref": f"pkg:pypi/d365pop@{__version__}",
                        "name": "d365pop",
                        "version": __version__,
                    }
                ]
            },
            "component": {
                "type": "application",
                "bom-ref": root,
                "name": solution.unique_name,
                "version": solution.version,
                "description": solution.description,
                "supplier": {"name": solution.publisher.display_name},
            },
        },
        "components": [*components],
        "dependencies": _dependencies(root, files, libraries),
    }
    body = json.dumps(document, sort_keys=True)
    document["serialNumber"] = f"urn:uuid:{uuid5(ID_NAMESPACE, body)}"
    return (json.dumps(document, indent=2, sort_keys=True) + "\n").encode()


def _npm(package: Mapping[str, str]) -> dict[str, Json]:
    name, version = package["name"], package["version"]
    purl = f"pkg:npm/{quote(name, safe='/')}@{quote(version)}"
    return {
        **_library(name, version, purl),
        "licenses": [{"license": {"id": package["license"]}}]
        if " " not in package["license"]
        else [{"expression": package["license"]}],
    }


def _python(name: str, version: str) -> dict[str, Json]:
    return _library(name, version, f"pkg:pypi/{quote(name.lower())}@{quote(version)}")


def _library(name: str, version: str, purl: str) -> dict[str, Json]:
    # "excluded": it makes the files, and none of it is in them.
    return {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": version,
        "purl": purl,
        "scope": "excluded",
    }


def _web_resource(resource: WebResource) -> dict[str, Json]:
    media_type = _MEDIA_TYPES.get(resource.type, _DEFAULT_MEDIA_TYPE)
    return _file(resource.name, resource.content, media_type)


def _file(name: str, content: bytes, media_type: str = "text/javascript") -> dict[str, Json]:
    return {
        "type": "file",
        "bom-ref": f"file:{name}",
        "name": name,
        "mime-type": media_type,
        "hashes": [{"alg": "SHA-256", "content": content_hash(content)}],
    }


def _dependencies(
    root: str, files: Iterable[Mapping[str, Json]], libraries: Iterable[Mapping[str, Json]]
) -> list[Json]:
    references = sorted(str(component["bom-ref"]) for component in [*files, *libraries])
    leaves: list[Json] = [{"ref": reference} for reference in references]
    return [{"ref": root, "dependsOn": [*references]}, *leaves]
