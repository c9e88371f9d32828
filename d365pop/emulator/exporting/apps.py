"""The model-driven apps of an exported package, as they are published."""

from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import APP
from d365pop.emulator.exporting.sections import put_names, put_texts, section
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.metadata import Row
from d365pop.emulator.store import Layer


def write_apps(source: ExportSource) -> None:
    """Put the solution's apps into the customizations; their components stay as imported."""
    rows = {str(row["uniquename"]).lower(): row for row in source.rows_of(APP, "appmodule")}
    drafts = source.rows_of(APP, "appmodule", Layer.DRAFT)
    held = {str(row["uniquename"]).lower() for row in drafts}
    for apps in source.customizations.findall("AppModules"):
        for app in list(apps):
            name = (app.findtext("UniqueName") or "").lower()
            if name in rows:
                _fill(app, rows.pop(name))
            elif name not in held:
                apps.remove(app)
    for row in rows.values():
        _fill(ET.SubElement(section(source.customizations, "AppModules"), "AppModule"), row)


def _fill(app: ET.Element, row: Row) -> None:
    put_texts(
        app,
        {
            "UniqueName": row["uniquename"],
            "IntroducedVersion": row["introducedversion"],
            "WebResourceId": row["webresourceid"],
            "FormFactor": row["formfactor"],
            "ClientType": row["clienttype"],
            "NavigationType": row["navigationtype"],
        },
    )
    put_names(app, row)
