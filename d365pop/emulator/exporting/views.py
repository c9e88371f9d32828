"""The views of an exported package, as they are published."""

from xml.etree import ElementTree as ET

from d365pop.emulator.component_types import VIEW
from d365pop.emulator.exporting.sections import (
    child,
    entity_element,
    put_names,
    put_texts,
)
from d365pop.emulator.exporting.source import ExportSource
from d365pop.emulator.metadata import Row, SqlValue

FLAGS = ("isquickfindquery", "isprivate", "isdefault")


def write_views(source: ExportSource) -> None:
    """Put the solution's views into the customizations, in the place of what was imported."""
    held = source.ids_of(VIEW)
    rows = {str(row["savedqueryid"]): row for row in source.rows_of(VIEW, "savedquery")}
    for container in source.customizations.findall("Entities/Entity/SavedQueries/savedqueries"):
        for view in list(container):
            row = rows.pop(_bare(view), None)
            if row is not None:
                _fill(view, row)
            elif _bare(view) not in held:
                container.remove(view)
    for row in rows.values():
        entity = entity_element(source.customizations, str(row["returnedtypecode"]))
        views = child(child(entity, "SavedQueries"), "savedqueries")
        _fill(ET.SubElement(views, "savedquery"), row)


def _fill(view: ET.Element, row: Row) -> None:
    put_texts(
        view,
        {
            "IsCustomizable": int(bool(row["iscustomizable"])),
            "CanBeDeleted": int(bool(row["canbedeleted"])),
            **{name: int(bool(row[name])) for name in FLAGS},
            "savedqueryid": f"{{{row['savedqueryid']}}}",
        },
    )
    _put_whole(child(view, "layoutxml"), row["layoutxml"])
    put_texts(view, {"querytype": row["querytype"] or 0})
    _put_whole(child(view, "fetchxml"), row["fetchxml"])
    put_texts(view, {"IntroducedVersion": row["introducedversion"]})
    put_names(view, row)


def _put_whole(holder: ET.Element, text: SqlValue) -> None:
    for old in list(holder):
        holder.remove(old)
    if text:
        holder.append(ET.fromstring(str(text)))


def _bare(view: ET.Element) -> str:
    return (view.findtext("savedqueryid") or "").strip("{} \n").lower()
