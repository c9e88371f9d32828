"""Real packages live a whole life: imported, exported, imported again, uninstalled."""

import base64
import io
import json
import zipfile
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from d365pop.emulator.metadata import Row
from d365pop.emulator.package.contents import read_package
from d365pop.emulator.store import Layer, Selection
from tests.unit.emulator.harness import LocalEnvironment
from tests.unit.emulator.solution_parts import started

UNMANAGED = (
    "CustomActivityDialog.zip",
    "EnvVarsSample_1_0_0_2.zip",
    "cdsifyintegrationtests.zip",
    "terraform_TerraformSolutionExample_1_0_0_1.zip",
)
MANAGED = (
    "ms_DependentOptionSetsSample_2_0_0_0_managed_pkg8.0.zip",
    "terraform_TerraformSolutionExample_1_0_0_1_managed.zip",
)
REFUSED = "ms_SecondaryRecordSource_1_23091_1_managed.zip"
KEPT = ("publisher", "importjob", "asyncoperation", "msdyn_solutionhistory")


def package(shared: Path, name: str) -> bytes:
    return (shared / "samples/packages" / name).read_bytes()


def solution_name(content: bytes) -> str:
    return read_package(content).manifest.unique_name


def components(content: bytes) -> dict[str, object]:
    """Return what a package holds, by meaning."""
    read = read_package(content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        other = {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.startswith(("WebResources/", "environmentvariabledefinitions/"))
            and name not in {"solution.xml", "customizations.xml", "[Content_Types].xml"}
            and not name.endswith("/")
        }
    return {
        "roots": sorted(map(repr, read.manifest.root_components)),
        "publisher": read.manifest.publisher,
        "version": read.manifest.version,
        "missing": [ET.tostring(d.required) for d in read.manifest.dependencies],
        "resources": {p.name: (p.web_resource_id, p.kind, p.content) for p in read.web_resources},
        "forms": {p.form_id: (p.table, p.kind, canonical(p.form_xml)) for p in read.forms},
        "variables": {p.schema_name: (p.kind, p.default_value, p.value) for p in read.variables},
        "others": sorted(map(repr, read.others)),
        "files": other,
    }


def canonical(form_xml: str) -> str:
    return ET.canonicalize(form_xml, strip_text=True) if form_xml else ""


def export(local: LocalEnvironment, name: str, *, managed: bool = False) -> bytes:
    local.expect(204, "POST", "PublishAllXml", {})
    body = {"SolutionName": name, "Managed": managed}
    keys = local.expect(200, "POST", "ExportSolutionAsync", body)
    local.run_waiting()
    row = local.get(f"asyncoperations({keys['AsyncOperationId']})")
    assert (row["statuscode"], row["message"]) == (30, None)
    body = {"ExportJobId": keys["ExportJobId"]}
    file = local.expect(200, "POST", "DownloadSolutionExportData", body)["ExportSolutionFile"]
    return base64.b64decode(file)


@pytest.mark.parametrize("name", UNMANAGED)
def test_unmanaged_package_comes_out_as_it_went_in_and_goes_in_again(
    shared: Path, name: str
) -> None:
    local, content = LocalEnvironment(), package(shared, name)
    assert local.import_package(content)["statuscode"] == 30
    exported = export(local, solution_name(content))
    assert components(exported) == components(content)
    other = LocalEnvironment()
    row = other.import_package(exported)
    assert (row["statuscode"], row["message"]) == (30, None)
    assert components(export(other, solution_name(content))) == components(content)


@pytest.mark.parametrize("name", UNMANAGED)
def test_managed_export_imports_into_a_fresh_environment(shared: Path, name: str) -> None:
    local, content = LocalEnvironment(), package(shared, name)
    local.import_package(content)
    exported = export(local, solution_name(content), managed=True)
    other = LocalEnvironment()
    row = other.import_package(exported)
    assert (row["statuscode"], row["message"]) == (30, None)
    assert other.get(f"solutions(uniquename='{solution_name(content)}')")["ismanaged"] is True


def everything(local: LocalEnvironment) -> dict[str, list[Row]]:
    return {
        f"{table.logical_name}{layer}": [
            {k: v for k, v in row.items() if k not in {"versionnumber", "publishedon"}}
            for row in local.environment.store.select(table, Selection(), layer)
        ]
        for table in local.environment.catalog.stored
        if table.logical_name not in KEPT
        for layer in Layer
    }


@pytest.mark.parametrize("name", MANAGED)
def test_managed_package_refuses_export_and_leaves_without_trace(shared: Path, name: str) -> None:
    local, content = LocalEnvironment(), package(shared, name)
    before = everything(local)
    assert local.import_package(content)["statuscode"] == 30
    body = {"SolutionName": solution_name(content), "Managed": True}
    code, text = local.refusal(400, "POST", "ExportSolution", body)
    assert (code, text) == (
        "0x80048036",
        "An error occurred while exporting a solution. Managed solutions cannot be exported.",
    )
    body = {"SolutionUniqueName": solution_name(content)}
    row = started(local, "UninstallSolutionAsync", body)
    assert (row["statuscode"], row["message"]) == (30, None)
    assert json.dumps(everything(local)) == json.dumps(before)


def test_package_with_missing_dependencies_leaves_nothing(shared: Path) -> None:
    local = LocalEnvironment()
    before = everything(local)
    row = local.import_package(package(shared, REFUSED))
    data = ET.fromstring(local.get(f"importjobs({row['ImportJobKey']})")["data"])
    (missing,) = data.findall(".//parameters/parameter[2]")
    assert row["errorcode"] == -2147188707  # 0x8004801D
    assert len(ET.fromstring(missing.text or "").findall("MissingDependency")) == 21
    assert json.dumps(everything(local)) == json.dumps(before)
