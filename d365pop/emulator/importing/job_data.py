"""The ``data`` of an import job and the workbook made from it; knows no environment."""

import copy
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET

from d365pop.emulator.faults import Fault
from d365pop.emulator.importing.validate import MissingDependenciesFault
from d365pop.emulator.package.contents import Package

SECTIONS_BEFORE = (
    "entities",
    "nodes",
    "settings",
    "dashboards",
    "securityroles",
    "workflows",
    "templates",
    "optionSets",
    "ConnectionRoles",
    "SolutionPluginAssemblies",
    "SdkMessageProcessingSteps",
    "ServiceEndpoints",
    "webResources",
    "reports",
    "FieldSecurityProfiles",
)
ITEMS = {
    "entities": (1, "entity"),
    "optionSets": (9, "optionSet"),
    "securityroles": (20, "securityrole"),
    "workflows": (29, "workflow"),
    "reports": (31, "report"),
    "templates": (36, "template"),
    "FieldSecurityProfiles": (70, "FieldSecurityProfile"),
    "SolutionPluginAssemblies": (91, "SolutionPluginAssembly"),
    "SdkMessageProcessingSteps": (92, "SdkMessageProcessingStep"),
    "ServiceEndpoints": (95, "ServiceEndpoint"),
}
"""Component type and element by section. ASSUMED: all but the option set's."""
EPOCH = datetime(1, 1, 1)  # noqa: DTZ001 - .NET ticks count from here, without a zone
SPREADSHEET = "urn:schemas-microsoft-com:office:spreadsheet"


@dataclass(frozen=True, slots=True)
class JobTimes:
    """When a job began and ended."""

    started: datetime
    stopped: datetime


def success_data(package: Package, times: JobTimes) -> str:
    """Return the record of an import that went well."""
    root = _root(times, "100")
    manifest = _manifest(root, package)
    ET.SubElement(manifest, "results")
    _result(manifest, times)
    upgrade = ET.SubElement(root, "upgradeSolutionPackageInformation")
    ET.SubElement(upgrade, "upgradeRequired").text = "0"
    ET.SubElement(upgrade, "upgradeValid").text = "1"
    for name in SECTIONS_BEFORE:
        section = ET.SubElement(root, name)
        if name == "webResources":
            for part in package.web_resources:
                _item(section, "webResource", part.name, part.display_name, times)
        kind, tag = ITEMS.get(name, (0, ""))
        for other in package.others:
            if tag and other.component_type == kind:
                _item(section, tag, other.component_id or other.name, other.name, times)
    _result(ET.SubElement(ET.SubElement(root, "languages"), "language"), times)
    handlers = ET.SubElement(root, "entitySubhandlers")
    # ASSUMED: that forms are told of here.
    for form in package.forms:
        _item(handlers, "entitySubhandler", f"{{{form.form_id}}}", form.name, times)
    ET.SubElement(ET.SubElement(root, "publishes"), "publish", {"processed": "false"})
    for name, tag in (("rootComponents", "rootComponent"), ("dependencies", "dependency")):
        item = ET.SubElement(ET.SubElement(root, name), tag, {"processed": "true"})
        _result(item, times)
    return ET.tostring(root, encoding="unicode")


def failure_data(package: Package | None, fault: Fault, times: JobTimes, progress: float) -> str:
    """Return the record of an import that was refused."""
    root = _root(times, f"{progress:.13f}".rstrip("0").rstrip("."))
    manifest = _manifest(root, package)
    ET.SubElement(manifest, "results")
    result = _result(manifest, times, fault)
    if isinstance(fault, MissingDependenciesFault):
        parameters = ET.SubElement(result, "parameters")
        name = package.manifest.unique_name if package else ""
        for text in (name, fault.missing_xml, "False"):
            ET.SubElement(parameters, "parameter").text = text
    return ET.tostring(root, encoding="unicode")


def formatted_results(data: str) -> str:
    """Return a workbook that says what the record says."""
    record = ET.fromstring(data) if data else ET.Element("importexportxml")
    ET.register_namespace("ss", SPREADSHEET)
    book = ET.Element(f"{{{SPREADSHEET}}}Workbook")
    _sheet(book, "Solution", _solution_lines(record))
    header = ["Date/Time", "ItemType", "Id", "Name", "Localized Name", "Original Name"]
    header += ["Description", "Status", "ErrorCode", "ErrorText"]
    _sheet(book, "Components", [header, *_component_lines(record)])
    text = ET.tostring(book, encoding="unicode")
    return f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>{text}'


def messages(data: str, result: str) -> list[str]:
    """Return the texts of all results of one kind."""
    record = ET.fromstring(data) if data else ET.Element("importexportxml")
    return [
        item.get("errortext", "") for item in record.iter("result") if item.get("result") == result
    ]


def _root(times: JobTimes, progress: str) -> ET.Element:
    return ET.Element(
        "importexportxml",
        {
            "start": str(_ticks(times.started)),
            "stop": str(_ticks(times.stopped)),
            "progress": progress,
            "processed": "true",
        },
    )


def _manifest(root: ET.Element, package: Package | None) -> ET.Element:
    manifests = ET.SubElement(root, "solutionManifests")
    if package is None:
        return ET.SubElement(manifests, "solutionManifest", {"processed": "true"})
    source = package.manifest
    element = ET.SubElement(
        manifests,
        "solutionManifest",
        {
            "languagecode": source.language_code,
            "id": source.unique_name,
            "LocalizedName": source.friendly_name,
            "processed": "true",
        },
    )
    for name in ("UniqueName", "LocalizedNames", "Descriptions", "Version", "Managed", "Publisher"):
        found = source.element.find(name)
        if found is not None:
            element.append(copy.deepcopy(found))
    return element


def _item(parent: ET.Element, tag: str, name: str, label: str, times: JobTimes) -> None:
    attributes = {"id": name, "LocalizedName": label, "Description": "", "processed": "true"}
    _result(ET.SubElement(parent, tag, attributes), times)


def _result(parent: ET.Element, times: JobTimes, fault: Fault | None = None) -> ET.Element:
    return ET.SubElement(
        parent,
        "result",
        {
            "result": "failure" if fault else "success",
            "errorcode": fault.code if fault else "0",
            "errortext": fault.message if fault else "",
            "datetime": times.stopped.strftime("%H:%M:%S.%f")[:-4],
            "datetimeticks": str(_ticks(times.stopped)),
        },
    )


def _ticks(moment: datetime) -> int:
    span = moment.replace(tzinfo=None) - EPOCH
    return (span.days * 86_400 + span.seconds) * 10_000_000 + span.microseconds * 10


def _solution_lines(record: ET.Element) -> list[list[str]]:
    lines = [["Solution"]]
    for manifest in record.iter("solutionManifest"):
        mode = "Managed" if manifest.findtext("Managed") == "1" else "Unmanaged"
        lines += [
            ["Name", manifest.findtext("UniqueName") or ""],
            ["Display Name", manifest.get("LocalizedName", "")],
            ["Version", manifest.findtext("Version") or ""],
            ["Package Type", mode],
        ]
    return [*lines, ["Progress [%]", record.get("progress", "")]]


def _component_lines(record: ET.Element) -> list[list[str]]:
    lines: list[list[str]] = []
    for item in record.iter():
        for result in item.findall("result"):
            lines.append(  # noqa: PERF401 - two loops read better than one expression
                [
                    result.get("datetime", ""),
                    item.tag,
                    item.get("id", ""),
                    item.get("id", ""),
                    item.get("LocalizedName", ""),
                    item.get("OriginalName", ""),
                    item.get("Description", ""),
                    result.get("result", ""),
                    result.get("errorcode", ""),
                    result.get("errortext", ""),
                ]
            )
    return lines


def _sheet(book: ET.Element, name: str, lines: list[list[str]]) -> None:
    sheet = ET.SubElement(book, f"{{{SPREADSHEET}}}Worksheet", {f"{{{SPREADSHEET}}}Name": name})
    table = ET.SubElement(sheet, f"{{{SPREADSHEET}}}Table")
    for line in lines:
        row = ET.SubElement(table, f"{{{SPREADSHEET}}}Row")
        for text in line:
            cell = ET.SubElement(row, f"{{{SPREADSHEET}}}Cell")
            data = ET.SubElement(
                cell, f"{{{SPREADSHEET}}}Data", {f"{{{SPREADSHEET}}}Type": "String"}
            )
            data.text = text
