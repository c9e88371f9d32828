"""Puts an exported package together; knows no request."""

import copy
import io
import zipfile
from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import (
    APP,
    FORM,
    TABLE,
    VARIABLE,
    VARIABLE_VALUE,
    VIEW,
    WEB_RESOURCE,
)
from d365pop.emulator.environment import Environment
from d365pop.emulator.exporting.apps import write_apps
from d365pop.emulator.exporting.forms import write_forms
from d365pop.emulator.exporting.manifest import content_types, solution_xml
from d365pop.emulator.exporting.ribbons import write_ribbons
from d365pop.emulator.exporting.source import read_source
from d365pop.emulator.exporting.variables import FOLDER, write_variables
from d365pop.emulator.exporting.views import write_views
from d365pop.emulator.exporting.web_resources import write_web_resources
from d365pop.emulator.faults import not_implemented
from d365pop.emulator.metadata import Row

KNOWN = frozenset({TABLE, VIEW, FORM, WEB_RESOURCE, APP, VARIABLE, VARIABLE_VALUE})


def export_package(environment: Environment, solution: Row, *, managed: bool) -> bytes:
    """Return a package of an unmanaged solution, as it is published.

    Raises:
        Fault: it holds a component that no package brought and that this emulator cannot write.
    """
    source = read_source(environment, solution)
    for component in source.components:
        kind, object_id = int(component["componenttype"] or 0), str(component["objectid"])
        if kind not in KNOWN and (kind, object_id) not in source.imported:
            raise not_implemented(f"Exporting a component of type {kind}")
    files = {path: data for path, data in source.files.items() if not path.startswith(FOLDER)}
    files |= write_web_resources(source)
    files |= write_variables(source)
    write_forms(source, managed=managed)
    write_views(source)
    write_apps(source)
    write_ribbons(source)
    customizations = copy.deepcopy(source.customizations)
    ET.indent(customizations)
    parts = {
        "solution.xml": solution_xml(source, managed=managed),
        "customizations.xml": ET.tostring(customizations, encoding="unicode").encode(),
        **dict(sorted(files.items())),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", content_types(list(parts)))
        for path, content in parts.items():
            archive.writestr(path, content)
    return buffer.getvalue()
