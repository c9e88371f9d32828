"""Classic ribbons: what imports make of them, who may take them out, what they hold."""

import base64
from xml.etree import ElementTree as ET

import pytest

from d365pop.emulator.package.contents import read_package
from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import started

SECTIONS = {
    "CustomActions": '<CustomAction Id="{}" Location="Mscrm.HomepageGrid.contact.X._children"/>',
    "CommandDefinitions": '<CommandDefinition Id="{}"><Actions><JavaScriptFunction '
    'FunctionName="A.b" Library="$webresource:smp_/a.js"/></Actions></CommandDefinition>',
    "LocLabels": '<LocLabel Id="{}"/>',
}


def package(
    name: str = "Sample", *, managed: bool = False, version: str = "1.0.0.0", **ids: str
) -> bytes:
    """Return a package whose ribbon of contact has these nodes: ids by their section."""
    sections = "".join(
        f"<{section}>{''.join(xml.format(key) for key in ids.get(section, '').split())}</{section}>"
        for section, xml in SECTIONS.items()
    )
    entity = f"<Entity><Name>contact</Name><RibbonDiffXml>{sections}</RibbonDiffXml></Entity>"
    return PackageSource(
        unique_name=name,
        managed=managed,
        version=version,
        customizations=f"<Entities>{entity}</Entities>",
        web_resources={"smp_/a.js": b"1"},
    ).zip()


def publish(local: LocalEnvironment) -> None:
    xml = "<importexportxml><entities><entity>contact</entity></entities></importexportxml>"
    local.expect(204, "POST", "PublishXml", {"ParameterXml": xml})


def ids(local: LocalEnvironment) -> list[str]:
    differences = local.get("ribbondiffs?$select=diffid,entity&$orderby=diffid")["value"]
    commands = local.get("ribboncommands?$select=command,entity&$orderby=command")["value"]
    assert {row["entity"] for row in (*differences, *commands)} <= {"contact"}
    return [*(row["diffid"] for row in differences), *(row["command"] for row in commands)]


def row_of(local: LocalEnvironment, diff_id: str) -> str:
    (row,) = local.get(f"ribbondiffs?$filter=diffid eq '{diff_id}'")["value"]
    return f"ribbondiffs({row['ribbondiffid']})"


def test_unmanaged_nodes_wait_to_be_published_with_their_table() -> None:
    local = LocalEnvironment()
    local.import_package(package(CustomActions="a b", CommandDefinitions="c", LocLabels="l"))
    assert ids(local) == []
    publish(local)
    assert ids(local) == ["a", "b", "l", "c"]


def test_unmanaged_section_replaces_what_is_unmanaged_and_an_empty_one_nothing() -> None:
    local = LocalEnvironment()
    local.import_package(package(CustomActions="a b", CommandDefinitions="c"))
    local.import_package(package("Other", CustomActions="b d"))
    publish(local)
    assert ids(local) == ["b", "d", "c"]


def test_managed_nodes_lie_beside_unmanaged_ones_and_go_with_their_solution() -> None:
    local = LocalEnvironment()
    local.import_package(package(CustomActions="a"))
    publish(local)
    local.import_package(package("Layer", managed=True, CustomActions="m", CommandDefinitions="c"))
    assert ids(local) == ["a", "m", "c"]
    row = started(local, "UninstallSolutionAsync", {"SolutionUniqueName": "Layer"})
    assert row["message"] is None
    assert ids(local) == ["a"]


def test_update_keeps_a_managed_node_and_an_upgrade_drops_it() -> None:
    local = LocalEnvironment()
    local.import_package(package(managed=True, CustomActions="a b"))
    local.import_package(package(managed=True, version="1.1.0.0", CustomActions="a"))
    assert ids(local) == ["a", "b"]
    newest = package(managed=True, version="1.2.0.0", CustomActions="a")
    body = {
        "CustomizationFile": base64.b64encode(newest).decode(),
        "OverwriteUnmanagedCustomizations": False,
        "PublishWorkflows": False,
    }
    assert started(local, "StageAndUpgradeAsync", body)["message"] is None
    assert ids(local) == ["a"]


def test_unmanaged_node_can_be_deleted_and_nothing_else_be_written() -> None:
    local = LocalEnvironment()
    local.import_package(package(managed=True, CustomActions="m"))
    local.import_package(package("Other", CustomActions="a"))
    publish(local)
    local.expect(400, "DELETE", row_of(local, "m"))
    local.expect(405, "PATCH", row_of(local, "a"), {"rdx": "<CustomAction/>"})
    local.expect(405, "POST", "ribbondiffs", {"diffid": "x"})
    local.expect(204, "DELETE", row_of(local, "a"))
    assert ids(local) == ["m"]


def test_script_that_a_button_calls_cannot_be_deleted() -> None:
    local = LocalEnvironment()
    local.import_package(package(CommandDefinitions="c"))
    publish(local)
    refused = local.expect(400, "DELETE", f"webresourceset({web_resource_id(0)})")
    assert refused["error"]["code"] == "0x8004f01f"
    asked = f"RetrieveDependenciesForDelete(ObjectId={web_resource_id(0)},ComponentType=61)"
    (needs,) = local.get(asked)["value"]
    assert needs["dependentcomponenttype"] == 48


@pytest.mark.parametrize("managed", [False, True])
def test_export_holds_what_is_unmanaged_of_the_solutions_tables(*, managed: bool) -> None:
    local = LocalEnvironment()
    local.import_package(package(CustomActions="a", LocLabels="l"))
    local.import_package(package("Layer", managed=True, CustomActions="m"))
    publish(local)
    body = {"SolutionName": "Sample", "Managed": managed}
    answer = local.expect(200, "POST", "ExportSolution", body)
    exported = read_package(base64.b64decode(answer["ExportSolutionFile"])).customizations
    (ribbon,) = exported.findall("Entities/Entity/RibbonDiffXml")
    assert [node.get("Id") for node in ribbon.iter() if node.get("Id")] == [
        *("a", "Mscrm.Templates", "l"),
    ]
    assert [section.tag for section in ribbon] == [
        *("CustomActions", "Templates", "CommandDefinitions", "RuleDefinitions", "LocLabels"),
    ]
    assert isinstance(ribbon, ET.Element)
