"""Renders the parts of a solution package from values and templates; knows no ZIP, no server."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final
from uuid import UUID
from xml.sax import saxutils

from jinja2 import DictLoader, StrictUndefined, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape

from d365pop.errors import BundleError
from d365pop.models import EnvironmentVariable, Solution
from d365pop.solution.content_types import (
    CONTENT_TYPES,
    content_types,
    extensions_and_overrides,
)
from d365pop.solution.dependencies import dependency_xml
from d365pop.solution.packaged_tables import table_behaviors, with_tables
from d365pop.solution.ribbons import ribbons_of
from d365pop.solution.rules import check_solution
from d365pop.solution.xml import parse_xml

TEMPLATES: Final = (
    "customizations.xml.j2",
    "environmentvariabledefinition.xml.j2",
    "solution.xml.j2",
)

_BASE_LANGUAGE = 1033
_TYPE_TABLE = "1"
_TYPE_FORM = "60"
_TYPE_WEB_RESOURCE = "61"
_TYPE_VARIABLE = "380"
_FILE_NAME_LENGTH = 50
_NOT_IN_FILE_NAME = re.compile(r"[^A-Za-z0-9_-]")
_NAMESPACE = "{http://schemas.openxmlformats.org/package/2006/content-types}"


def read_templates(root: Path) -> dict[str, str]:
    """Read the templates of the package parts from the folder ``root``."""
    try:
        return {name: (root / name).read_text(encoding="utf-8") for name in TEMPLATES}
    except (OSError, UnicodeDecodeError) as exc:
        raise BundleError(
            "template-unreadable",
            f"The templates of the solution package cannot be read from {root}",
            context=str(exc),
            hint="Install d365pop again.",
        ) from exc


def package_parts(
    solution: Solution, templates: Mapping[str, str], *, managed: bool
) -> dict[str, bytes]:
    """Return the content of each part of the package by its path.

    Every generated part is parsed again and compared with ``solution`` before it is returned.

    Raises:
        BundleError: a name, type or size that an import would refuse; a broken template.
    """
    check_solution(solution)
    context = _context(solution, managed=managed)
    render = _Renderer(templates, context)
    parts = {
        "solution.xml": render("solution.xml.j2"),
        "customizations.xml": with_tables(
            render("customizations.xml.j2"), solution.forms, solution.ribbons, managed=managed
        ),
    }
    for resource in solution.web_resources:
        parts[file_name(resource.name, resource.web_resource_id).lstrip("/")] = resource.content
    for variable in solution.environment_variables:
        parts[_variable_part(variable)] = render(
            "environmentvariabledefinition.xml.j2", variable=variable
        )
    parts[CONTENT_TYPES] = content_types(parts)
    _verify(parts, solution, managed=managed)
    return parts


def file_name(name: str, web_resource_id: UUID) -> str:
    """Return the ``FileName`` that the platform gives a web resource when it exports it."""
    kept = _NOT_IN_FILE_NAME.sub("", name)[:_FILE_NAME_LENGTH]
    return f"/WebResources/{kept}{str(web_resource_id).upper()}"


class _Renderer:
    """Templates with what all of them may say."""

    def __init__(self, templates: Mapping[str, str], context: Mapping[str, object]) -> None:
        self._context = context
        # CRLF and no newline at the end, as the platform's own exports.
        self._environment = ImmutableSandboxedEnvironment(
            loader=DictLoader(dict(templates)),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            newline_sequence="\r\n",
        )
        self._environment.filters["attribute"] = _attribute
        self._environment.filters["text"] = _text

    def __call__(self, name: str, **values: object) -> bytes:
        try:
            text = self._environment.get_template(name).render(**self._context, **values)
        except TemplateError as exc:
            raise BundleError(
                "template-invalid",
                f"The template {name} of the solution package cannot be rendered",
                context=f"{type(exc).__name__}: {exc}",
                hint="Install d365pop again.",
            ) from exc
        return text.encode()


def _attribute(text: str) -> Markup:
    # A parser turns a line break inside an attribute into a blank unless it is a reference.
    return Markup(str(escape(text)).replace("\n", "&#xA;"))  # noqa: S704 - escaped just here


def _text(text: str) -> Markup:
    # Quotes need no escape inside an element, and the platform writes none.
    return Markup(saxutils.escape(text))  # noqa: S704 - escaped just here


def _context(solution: Solution, *, managed: bool) -> dict[str, object]:
    resources = sorted(solution.web_resources, key=lambda resource: resource.name)
    return {
        "solution": solution,
        "managed": managed,
        "language_code": _BASE_LANGUAGE,
        "root_components": [
            {"type": kind, "key": key, "name": name, "behavior": behavior}
            for kind, key, name, behavior in _root_components(solution, managed=managed)
        ],
        "web_resources": [
            {
                "id": str(resource.web_resource_id),
                "name": resource.name,
                "display_name": resource.display_name,
                "description": resource.description,
                "type": int(resource.type),
                "file_name": file_name(resource.name, resource.web_resource_id),
                "dependency_xml": dependency_xml(resource),
            }
            for resource in resources
        ],
    }


def _root_components(solution: Solution, *, managed: bool) -> list[tuple[str, str, str, str]]:
    """Return type, key, name and behavior of each; a managed form counts to its table."""
    # ASSUMED: type 380 belongs here. Older exports with environment variables lack it; people who
    # write packages by hand report that without it a definition is imported but stays outside
    # the solution.
    resources = sorted(resource.name for resource in solution.web_resources)
    variables = sorted(variable.schema_name for variable in solution.environment_variables)
    tables = sorted(table_behaviors(solution.forms, solution.ribbons).items())
    forms = [] if managed else sorted(form.form_id for form in solution.forms)
    return [
        *((_TYPE_TABLE, "schemaName", name, behavior) for name, behavior in tables),
        *((_TYPE_FORM, "id", form_id, "0") for form_id in forms),
        *((_TYPE_WEB_RESOURCE, "schemaName", name, "0") for name in resources),
        *((_TYPE_VARIABLE, "schemaName", name, "0") for name in variables),
    ]


def _variable_part(variable: EnvironmentVariable) -> str:
    folder = f"environmentvariabledefinitions/{variable.schema_name}"
    return f"{folder}/environmentvariabledefinition.xml"


def _verify(parts: Mapping[str, bytes], solution: Solution, *, managed: bool) -> None:
    """Read back what was rendered: a template that loses or bends a value must not ship."""
    documents = {
        path: parse_xml(content, path)
        for path, content in parts.items()
        if not path.startswith("WebResources/")
    }
    _verify_manifest(documents["solution.xml"], solution, managed=managed)
    _same(
        "customizations.xml",
        _web_resources(documents["customizations.xml"]),
        sorted(
            (f"{{{r.web_resource_id}}}", r.name, r.display_name, r.description, str(int(r.type)))
            for r in solution.web_resources
        ),
    )
    _same("customizations.xml", ribbons_of(documents["customizations.xml"]), solution.ribbons)
    for element in documents["customizations.xml"].iter("FileName"):
        _same("customizations.xml", (element.text or "").lstrip("/") in parts, expected=True)
    for variable in solution.environment_variables:
        root = documents[_variable_part(variable)]
        label = root.find("displayname/label")
        found = (
            root.get("schemaname"),
            root.findtext("type"),
            None if label is None else label.get("description"),
        )
        expected = (variable.schema_name, str(int(variable.type)), variable.display_name)
        _same(_variable_part(variable), found, expected)
    overrides = [
        (element.get("PartName") or "").lstrip("/")
        for element in documents[CONTENT_TYPES].iter(f"{_NAMESPACE}Override")
    ]
    _same(CONTENT_TYPES, overrides, extensions_and_overrides(parts)[1])


def _verify_manifest(root: etree._Element, solution: Solution, *, managed: bool) -> None:
    manifest = root.find("SolutionManifest")
    if manifest is None:
        raise _differs("solution.xml", "no SolutionManifest", "one")
    found = tuple(
        manifest.findtext(path)
        for path in (
            "UniqueName",
            "Version",
            "Managed",
            "Publisher/UniqueName",
            "Publisher/CustomizationPrefix",
            "Publisher/CustomizationOptionValuePrefix",
        )
    )
    publisher = solution.publisher
    expected = (
        solution.unique_name,
        solution.version,
        "1" if managed else "0",
        publisher.unique_name,
        publisher.customization_prefix,
        str(publisher.option_value_prefix),
    )
    _same("solution.xml", found, expected)
    components = [
        tuple(str(part) for item in element.attrib.items() for part in item)
        for element in root.iter("RootComponent")
    ]
    expected_components = [
        ("type", kind, key, name, "behavior", behavior)
        for kind, key, name, behavior in _root_components(solution, managed=managed)
    ]
    _same("solution.xml", components, expected_components)


def _web_resources(root: etree._Element) -> list[tuple[str, ...]]:
    fields = ("WebResourceId", "Name", "DisplayName", "Description", "WebResourceType")
    return sorted(
        tuple(element.findtext(field) or "" for field in fields)
        for element in root.iter("WebResource")
    )


def _same(part: str, found: object, expected: object) -> None:
    if found != expected:
        raise _differs(part, found, expected)


def _differs(part: str, found: object, expected: object) -> BundleError:
    return BundleError(
        "package-part-differs",
        f"{part} does not say what it was made from",
        context=f"read back: {found!r}; expected: {expected!r}",
        hint="A template of the solution package is broken: install d365pop again.",
    )
