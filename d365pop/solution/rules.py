"""What Dataverse demands of names, types and sizes of a solution, checked without Dataverse."""

import re
from collections.abc import Iterable
from typing import Final

from d365pop.errors import BundleError
from d365pop.models import EnvironmentVariable, Publisher, Solution, WebResource, WebResourceType

MAX_WEB_RESOURCE_BYTES: Final = 5 * 1024 * 1024
"""``organization.maxuploadfilesize`` of an environment where nobody changed it."""

# ASSUMED: the lengths of the webresource and environmentvariabledefinition name columns.
_MAX_WEB_RESOURCE_NAME = 256
_MAX_SCHEMA_NAME = 100

_UNIQUE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PREFIX = re.compile(r"[A-Za-z][A-Za-z0-9]{1,7}")
_VERSION = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9}){3}")
_WEB_RESOURCE_PATH = re.compile(r"[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*|(/[A-Za-z0-9_.-]+)+")
_SCHEMA_NAME = re.compile(r"[A-Za-z0-9_]+")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SERVER_PAGES = (".aspx", ".ascx", ".asmx", ".ashx")
_TYPES: Final = {
    ".htm": WebResourceType.HTML,
    ".html": WebResourceType.HTML,
    ".css": WebResourceType.CSS,
    ".js": WebResourceType.SCRIPT,
    ".xml": WebResourceType.XML,
    ".png": WebResourceType.PNG,
    ".jpg": WebResourceType.JPG,
    ".jpeg": WebResourceType.JPG,
    ".gif": WebResourceType.GIF,
    ".xsl": WebResourceType.XSL,
    ".xslt": WebResourceType.XSL,
    ".ico": WebResourceType.ICO,
    ".svg": WebResourceType.SVG,
    ".resx": WebResourceType.RESX,
}


def check_solution(solution: Solution) -> None:
    """Refuse what an import would refuse, naming the part that is wrong.

    Raises:
        BundleError: the first rule that is broken.
    """
    _check_unique_name("solution", solution.unique_name)
    _check_texts(f"solution {solution.unique_name}", solution.display_name, solution.description)
    if not _VERSION.fullmatch(solution.version):
        raise _refuse(
            "solution-version-invalid",
            f"{solution.version!r} is no version of the solution {solution.unique_name}",
            "A version has four numbers, such as 1.0.0.0.",
        )
    _check_publisher(solution.publisher)
    for resource in solution.web_resources:
        _check_web_resource(resource, solution.publisher.customization_prefix)
    for variable in solution.environment_variables:
        _check_variable(variable, solution.publisher.customization_prefix)
    _refuse_same_names("web resource", (r.name for r in solution.web_resources))
    _refuse_same_names(
        "environment variable", (v.schema_name for v in solution.environment_variables)
    )


def _check_publisher(publisher: Publisher) -> None:
    _check_unique_name("publisher", publisher.unique_name)
    _check_texts(f"publisher {publisher.unique_name}", publisher.display_name)
    prefix = publisher.customization_prefix
    if not _PREFIX.fullmatch(prefix) or prefix.lower().startswith("mscrm"):
        raise _refuse(
            "publisher-prefix-invalid",
            f"{prefix!r} is no customization prefix for the publisher {publisher.unique_name}",
            "A prefix has 2 to 8 letters and digits, a letter first, and does not start with"
            " mscrm.",
        )
    if not 10_000 <= publisher.option_value_prefix <= 99_999:  # noqa: PLR2004 - Dataverse's range
        raise _refuse(
            "publisher-option-prefix-invalid",
            f"{publisher.option_value_prefix} is no option value prefix for the publisher"
            f" {publisher.unique_name}",
            "An option value prefix lies between 10000 and 99999.",
        )


def _check_web_resource(resource: WebResource, prefix: str) -> None:
    name = resource.name
    path = name.removeprefix(f"{prefix}_")
    if path == name:
        raise _refuse(
            "web-resource-prefix-invalid",
            f"The web resource {name!r} does not start with {prefix}_",
            "Dataverse refuses it with 0x8004f118: a name starts with the publisher's prefix.",
        )
    if not _WEB_RESOURCE_PATH.fullmatch(path) or len(name) > _MAX_WEB_RESOURCE_NAME:
        raise _refuse(
            "web-resource-name-invalid",
            f"{name!r} is no name for a web resource",
            f"At most {_MAX_WEB_RESOURCE_NAME} letters, digits, '_', '-' and '.', in folders"
            " that a single '/' divides.",
        )
    _check_texts(f"web resource {name}", resource.display_name, resource.description)
    _check_extension(resource)
    if len(resource.content) > MAX_WEB_RESOURCE_BYTES:
        raise _refuse(
            "web-resource-too-large",
            f"The web resource {name} has {len(resource.content)} bytes",
            f"An environment takes {MAX_WEB_RESOURCE_BYTES} bytes (0x8004f114).",
        )


def _check_extension(resource: WebResource) -> None:
    file_name = resource.name.rpartition("/")[2].lower()
    extension = f".{file_name.rpartition('.')[2]}" if "." in file_name else ""
    if extension in _SERVER_PAGES:
        raise _refuse(
            "web-resource-extension-invalid",
            f"The web resource {resource.name} has an extension of a server page",
            "Dataverse refuses .aspx, .ascx, .asmx and .ashx.",
        )
    expected = _TYPES.get(extension, resource.type)
    if expected is not resource.type:
        raise _refuse(
            "web-resource-type-invalid",
            f"The web resource {resource.name} has type {int(resource.type)}"
            f" ({resource.type.name})",
            f"{extension} files have type {int(expected)} ({expected.name}).",
        )


def _check_variable(variable: EnvironmentVariable, prefix: str) -> None:
    name = variable.schema_name
    rest = name.removeprefix(f"{prefix}_")
    if rest == name or not _SCHEMA_NAME.fullmatch(rest) or len(name) > _MAX_SCHEMA_NAME:
        raise _refuse(
            "environment-variable-name-invalid",
            f"{name!r} is no schema name for an environment variable",
            f"It starts with {prefix}_ and has at most {_MAX_SCHEMA_NAME} letters, digits and '_'.",
        )
    _check_texts(f"environment variable {name}", variable.display_name, variable.description)


def _check_unique_name(kind: str, name: str) -> None:
    if not _UNIQUE_NAME.fullmatch(name):
        raise _refuse(
            f"{kind}-name-invalid",
            f"{name!r} is no unique name for a {kind}",
            "Letters, digits and '_', no digit first (0x8004f002).",
        )


def _check_texts(owner: str, display_name: str, description: str = "") -> None:
    if not display_name.strip() or "\n" in display_name:
        raise _refuse(
            "display-name-invalid", f"The {owner} needs a display name", "It is one line of text."
        )
    found = _CONTROL.search(display_name + description)
    if found:
        raise _refuse(
            "text-invalid",
            f"A text of the {owner} has the character U+{ord(found[0]):04X}",
            "XML cannot carry it, or not unchanged.",
        )


def _refuse_same_names(kind: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name.lower() in seen:
            raise _refuse(
                "name-duplicate",
                f"Two parts would be the {kind} {name}",
                "Dataverse compares names without case (0x80040237).",
            )
        seen.add(name.lower())


def _refuse(reference: str, message: str, context: str) -> BundleError:
    return BundleError(
        reference,
        message,
        context=context,
        hint="Correct the name or the file in d365pop.toml or webresources/, then build again.",
    )
