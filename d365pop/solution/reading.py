"""Reads the parts of a package into ``Contents``; judges nothing, so that rules can.

Only what makes reading impossible is an error: a root part that is missing or is no XML.
Everything else that a real export leaves out or puts in is kept as it is found. Ids are given in
lower case without braces, tables by logical name.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from lxml import etree

from d365pop.errors import BundleError
from d365pop.solution.contents import Contents, FormEntry, WebResourceEntry
from d365pop.solution.formxml import RegisteredHandler
from d365pop.solution.reading_components import iter_components
from d365pop.solution.reading_manifest import read_manifest
from d365pop.solution.reading_variables import read_variables
from d365pop.solution.reading_xml import guid, line_of, local_label, number, text
from d365pop.solution.xml import parse_xml

SOLUTION: Final = "solution.xml"
CUSTOMIZATIONS: Final = "customizations.xml"
_ROOT = "ImportExportXml"
_XSI = ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
_TRUE = frozenset({"true", "1"})


def read_contents(parts: Mapping[str, bytes]) -> Contents:
    """Return what the parts of a package say; their bytes are referred to, never copied.

    Raises:
        BundleError: ``package-part-missing``, ``package-part-unknown`` or ``xml-invalid``.
    """
    manifest = read_manifest(read_root(parts, SOLUTION))
    customizations = read_root(parts, CUSTOMIZATIONS)
    others: dict[str, list[str]] = {}
    for component in iter_components(customizations, parts):
        others.setdefault(component.kind, []).append(component.name)
    return Contents(
        parts=parts,
        manifest=manifest,
        web_resources=tuple(
            _web_resource(element, parts)
            for element in customizations.iterfind("WebResources/WebResource")
        ),
        forms=tuple(
            _form(table, kind, element) for table, kind, element in form_elements(customizations)
        ),
        variables=tuple(read_variables(customizations, parts)),
        other_components={kind: tuple(sorted(names)) for kind, names in sorted(others.items())},
    )


def read_root(parts: Mapping[str, bytes], name: str) -> etree._Element:
    """Return the root element of solution.xml or customizations.xml.

    Raises:
        BundleError: there is none, or it is something else.
    """
    if name not in parts:
        raise BundleError(
            "package-part-missing",
            f"The package has no {name}",
            context=_near_miss(parts, name),
            hint="Give a solution package, or the folder that it was unpacked to.",
        )
    root = parse_xml(parts[name], name)
    if root.tag != _ROOT:
        raise BundleError(
            "package-part-unknown",
            f"{name} is not what its name says",
            context=f"{name}:{line_of(root)}: its root is {root.tag}, not {_ROOT}",
            hint="Export or build the package again.",
        )
    return root


def form_elements(
    customizations: etree._Element,
) -> Iterator[tuple[str, str, etree._Element]]:
    """Yield table, type and element of each form of a table, then of each dialog."""
    for entity in customizations.iterfind("Entities/Entity"):
        table = text(entity, "Name").lower()
        for forms in entity.iterfind("FormXml/forms"):
            for element in forms.iterfind("systemform"):
                yield table, forms.get("type", ""), element
    for element in customizations.iterfind("Dialogs/Dialog"):
        yield "", "dialog", element


def form_body(element: etree._Element) -> etree._Element | None:
    """Return the ``form`` of a ``systemform`` or a ``Dialog``."""
    form = element.find("form")
    return element.find("FormXml/forms/form") if form is None else form


def _near_miss(parts: Mapping[str, bytes], name: str) -> str:
    similar = [part for part in parts if part.rpartition("/")[2].lower() == name]
    if similar:
        return f"There is {min(similar, key=len)}; the name must be exact and at the root."
    found = ", ".join(sorted(parts)[:3]) or "nothing"
    return f"At the root it would have to be; there is {found}{' …' if len(parts) > 3 else ''}"  # noqa: PLR2004 - as many as were named


def _web_resource(element: etree._Element, parts: Mapping[str, bytes]) -> WebResourceEntry:
    file_name = text(element, "FileName")
    return WebResourceEntry(
        web_resource_id=guid(text(element, "WebResourceId")),
        name=text(element, "Name"),
        display_name=text(element, "DisplayName"),
        type_code=number(text(element, "WebResourceType")),
        file_name=file_name,
        dependency_xml=text(element, "DependencyXml"),
        line=line_of(element),
        content=parts.get(file_name.lstrip("/")),
    )


def _form(table: str, kind: str, element: etree._Element) -> FormEntry:
    form = form_body(element)
    return FormEntry(
        table=table,
        form_id=guid(text(element, "formid") or text(element, "FormId")),
        name=local_label(element),
        form_type=kind,
        form_xml="" if form is None else _form_xml(form),
        libraries=() if form is None else tuple(_libraries(form)),
        handlers=() if form is None else tuple(_handlers(form)),
        line=line_of(element),
    )


def _form_xml(form: etree._Element) -> str:
    written = etree.tostring(form, encoding="unicode", with_tail=False)
    # lxml repeats the root's declaration here; an environment's FormXml has none.
    return written if "xsi:" in written.replace(_XSI, "", 1) else written.replace(_XSI, "", 1)


def _libraries(form: etree._Element) -> Iterator[str]:
    for library in form.iterfind("formLibraries/Library"):
        yield library.get("name", "")
    # Dialogs load their scripts so.
    for file in form.iterfind("clientresources/internalresources/clientincludes/*[@src]"):
        yield file.get("src", "").removeprefix("$webresource:")


def _handlers(form: etree._Element) -> Iterator[RegisteredHandler]:
    for event in form.iterfind("events/event"):
        for handler in event.iterfind("Handlers/Handler"):
            yield RegisteredHandler(
                event=event.get("name", ""),
                attribute=event.get("attribute", ""),
                function_name=handler.get("functionName", ""),
                library_name=handler.get("libraryName", ""),
                handler_unique_id=handler.get("handlerUniqueId", ""),
                enabled=handler.get("enabled", "").strip() in _TRUE,
                pass_execution_context=handler.get("passExecutionContext", "").strip() in _TRUE,
                parameters=handler.get("parameters", ""),
            )
