"""Real packages import as they would into a real environment, and real forms are accepted."""

import re
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from tests.unit.emulator.harness import LocalEnvironment, web_resource_id

if TYPE_CHECKING:
    from d365pop.emulator.metadata import Row

ACCOUNT_FORM = "8448b78f-8f42-454e-8e2a-f8196b0419af"
SUCCEED = {
    "CustomActivityDialog.zip": {61: 1, 60: 1},
    "EnvVarsSample_1_0_0_2.zip": {380: 2, 1: 2},
    "cdsifyintegrationtests.zip": {61: 1, 60: 3, 80: 1, 91: 1, 62: 1, 432: 1, 431: 2},
    "ms_DependentOptionSetsSample_2_0_0_0_managed_pkg8.0.zip": {61: 3, 60: 4},
    "terraform_TerraformSolutionExample_1_0_0_1.zip": {380: 3, 60: 3},
    "terraform_TerraformSolutionExample_1_0_0_1_managed.zip": {380: 3, 60: 3},
}
TABLES = {
    "cdsifyintegrationtests.zip": ("cdsify_integrationtests", "cdsify_name"),
    "ms_DependentOptionSetsSample_2_0_0_0_managed_pkg8.0.zip": ("sample_tickets", "sample_name"),
    "terraform_TerraformSolutionExample_1_0_0_1.zip": ("terr_terraforms", "terr_name"),
}
"""Entity set of the table that a package brings, and its primary name."""
REFUSED = "ms_SecondaryRecordSource_1_23091_1_managed.zip"


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def package(shared: Path, name: str) -> bytes:
    return (shared / "samples/packages" / name).read_bytes()


def test_every_sample_package_has_an_expected_outcome(shared: Path) -> None:
    names = {file.name for file in (shared / "samples/packages").glob("*.zip")}
    assert names == {*SUCCEED, REFUSED}


@pytest.mark.parametrize("name", SUCCEED)
def test_package_is_imported_with_its_components_and_again(
    local: LocalEnvironment, shared: Path, name: str
) -> None:
    for _ in range(2):
        row = local.import_package(package(shared, name))
        assert (row["statuscode"], row["message"]) == (30, None)
    data = local.get(f"importjobs({row['ImportJobKey']})?$select=data")["data"]
    results = {item.get("result") for item in ET.fromstring(data).iter("result")}
    assert results == {"success"}
    rows = local.get("solutioncomponents?$select=componenttype")["value"]
    kinds = [found["componenttype"] for found in rows]
    expected = SUCCEED[name]
    assert {kind: kinds.count(kind) for kind in expected} == expected


@pytest.mark.parametrize("name", TABLES)
def test_table_of_a_package_takes_rows(local: LocalEnvironment, shared: Path, name: str) -> None:
    entity_set_name, primary_name = TABLES[name]
    local.expect(404, "GET", entity_set_name)
    local.import_package(package(shared, name))
    row_id = local.create(entity_set_name, {primary_name: "First"})
    row = local.get(f"{entity_set_name}({row_id})")
    assert (row[primary_name], row["statecode"]) == ("First", 0)


def test_package_without_its_dependencies_is_refused_and_lists_them(
    local: LocalEnvironment, shared: Path
) -> None:
    row = local.import_package(package(shared, REFUSED))
    assert (row["statuscode"], row["errorcode"]) == (31, 0x8004801D - (1 << 32))
    assert len(re.findall("<Required ", row["message"])) == 21
    assert local.get("solutions?$filter=startswith(uniquename,'Secondary')")["value"] == []


def test_failure_is_recorded_in_the_structure_of_a_real_one(
    local: LocalEnvironment, shared: Path
) -> None:
    row = local.import_package(package(shared, REFUSED))
    ours = ET.fromstring(local.get(f"importjobs({row['ImportJobKey']})")["data"])
    file = shared / "recorded/importjob_data/failure_missing_dependency_2019.xml"
    theirs = ET.fromstring(file.read_bytes())
    manifest = "solutionManifests/solutionManifest"
    assert ours.attrib.keys() == theirs.attrib.keys()
    for path in (manifest, f"{manifest}/result"):
        one, other = ours.find(path), theirs.find(path)
        assert one is not None
        assert other is not None
        assert one.attrib.keys() == other.attrib.keys()
        assert [child.tag for child in one] == [child.tag for child in other]
    path = f"{manifest}/result/parameters/parameter"
    texts = [[item.text or "" for item in root.findall(path)] for root in (ours, theirs)]
    assert [text.partition(">")[0] for text in texts[0][1:]] == [
        text.partition(">")[0] for text in texts[1][1:]
    ]


def form_files() -> list[str]:
    folder = Path(__file__).resolve().parents[4] / "shared/samples/forms"
    # A managed diff is no FormXml of a row.
    whole = [file.name for file in folder.glob("*.xml") if "managed_diff" not in file.name]
    return sorted(whole) or ["absent"]


@pytest.mark.parametrize("name", form_files())
def test_real_form_is_saved_once_its_libraries_are_there(
    local: LocalEnvironment, shared: Path, name: str
) -> None:
    forms = ET.parse(shared / "samples/forms" / name).getroot()
    form = forms.find("systemform/form")
    assert form is not None
    libraries = [item.get("name", "") for item in form.findall("formLibraries/Library")]
    path, body = f"systemforms({ACCOUNT_FORM})", {"formxml": ET.tostring(form, encoding="unicode")}
    if libraries:
        code, _ = local.refusal(400, "PATCH", path, body)
        assert code == "0x8004f036"
    table = local.environment.table("webresource")
    for number, library in enumerate(libraries):
        # Straight into the store: these come with solutions of other publishers.
        row: Row = {"webresourceid": web_resource_id(number), "name": library}
        local.environment.store.insert(table, row)
    local.expect(204, "PATCH", path, body)
