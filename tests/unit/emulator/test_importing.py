"""Imports of packages: what they bring, in which state, and which packages are refused."""

import base64
import io
import zipfile
from xml.etree import ElementTree as ET

import pytest

from d365pop.emulator import seed
from d365pop.emulator.environment import CustomizationLock
from d365pop.emulator.faults import signed_code
from d365pop.emulator.importing.job import INTERRUPTED, end_interrupted_imports
from d365pop.emulator.jobs import COMPLETED, LOGGER
from d365pop.emulator.metadata import Row, Table
from d365pop.emulator.operations.importing import STAGE_ID
from d365pop.emulator.store import Store
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.harness import (
    FORM_XML,
    NOON,
    LocalEnvironment,
    PackageSource,
    web_resource_id,
)

SCRIPTS = {"smp_/a.js": b"let a;", "smp_/b.js": b"let b;"}
SAMPLE = PackageSource(web_resources=SCRIPTS)
SAMPLE_SOLUTION = zipfile.ZipFile(io.BytesIO(SAMPLE.zip())).read("solution.xml").decode()
VARIABLE = (
    '<environmentvariabledefinition schemaname="smp_Settings"><displayname default="Settings"/>'
    "<type>100000003</type><defaultvalue>{}</defaultvalue></environmentvariabledefinition>"
)
VARIABLE_FILES: dict[str, bytes | None] = {
    "environmentvariabledefinitions/smp_Settings/environmentvariabledefinition.xml": (
        VARIABLE.encode()
    )
}
UNPUBLISHED = "Microsoft.Dynamics.CRM.RetrieveUnpublished()"
FORM_ID = "bbbbbbbb-0000-4000-8000-000000000001"
ENTITY = (
    "<Entities><Entity><Name>smp_Thing</Name><FormXml><forms type='main'><systemform>"
    f"<formid>{{{FORM_ID}}}</formid><FormActivationState>1</FormActivationState>{FORM_XML}"
    "<LocalizedNames><LocalizedName description='Thing' languagecode='1033'/></LocalizedNames>"
    "</systemform></forms></FormXml></Entity></Entities><Workflows><Workflow "
    "WorkflowId='{cccccccc-0000-4000-8000-000000000001}' Name='Flow'/></Workflows>"
    "<NewThings><NewThing name='x'/></NewThings>"
)


def required(attributes: str) -> str:
    return (
        f"<MissingDependency><Required {attributes}/>"
        "<Dependent type='61' schemaName='smp_/a.js'/></MissingDependency>"
    )


def components(local: LocalEnvironment, solution: str) -> list[tuple[int, str]]:
    row = local.get(f"solutions(uniquename='{solution}')?$select=solutionid")
    query = f"$select=componenttype,objectid&$filter=_solutionid_value eq {row['solutionid']}"
    rows = local.get(f"solutioncomponents?{query}")["value"]
    return sorted((row["componenttype"], row["objectid"]) for row in rows)


def test_import_brings_solution_publisher_and_web_resources(local: LocalEnvironment) -> None:
    row = local.import_package(SAMPLE.zip())
    assert (row["statecode"], row["statuscode"], row["errorcode"]) == (3, 30, None)
    solution = local.get("solutions(uniquename='Sample')?$expand=publisherid")
    assert (solution["version"], solution["ismanaged"]) == ("1.0.0.0", False)
    assert solution["publisherid"]["customizationprefix"] == "smp"
    for number, (name, content) in enumerate(SCRIPTS.items()):
        found = local.get(f"webresourceset({web_resource_id(number)})/{UNPUBLISHED}")
        assert (found["name"], base64.b64decode(found["content"])) == (name, content)


def test_import_waits_runs_and_ends(local: LocalEnvironment) -> None:
    body = {
        "CustomizationFile": base64.b64encode(SAMPLE.zip()).decode(),
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
        "ImportJobId": FORM_ID,
    }
    keys = local.expect(200, "POST", "ImportSolutionAsync", body)
    assert keys["ImportJobKey"] == FORM_ID
    path = f"asyncoperations({keys['AsyncOperationId']})"
    assert local.get(path)["statuscode"] == 0
    assert local.get(f"importjobs({FORM_ID})")["progress"] == 0
    code, message = local.refusal(429, "POST", "ImportSolutionAsync", body | {"ImportJobId": None})
    assert (code, "[Import]" in message) == ("0x80071151", True)
    local.run_waiting()
    assert local.get(path)["statuscode"] == 30
    job = local.get(f"importjobs({FORM_ID})")
    assert (job["progress"], job["solutionname"]) == (100, "Sample")


def test_progress_grows_while_the_import_lasts() -> None:
    local = LocalEnvironment(import_seconds=3.0)
    seen: list[float] = []

    def sleep(seconds: float) -> None:
        local.sleeps.append(seconds)
        (job,) = local.get("importjobs?$select=progress")["value"]
        seen.append(job["progress"])

    object.__setattr__(local.environment, "sleep", sleep)
    local.import_package(SAMPLE.zip())
    assert round(sum(local.sleeps), 6) == 3.0
    assert seen == sorted(seen)
    assert len(set(seen)) > 3


def test_unmanaged_update_stays_a_draft(local: LocalEnvironment) -> None:
    local.import_package(SAMPLE.zip())
    local.expect(204, "POST", "PublishAllXml", {})
    changed = PackageSource(version="1.0.0.1", web_resources={"smp_/a.js": b"let c;"})
    local.import_package(changed.zip())
    path = f"webresourceset({web_resource_id(0)})"
    draft = local.get(f"{path}/{UNPUBLISHED}")
    assert base64.b64decode(draft["content"]) == b"let c;"
    assert base64.b64decode(local.get(path)["content"]) == b"let a;"
    assert local.get("solutions(uniquename='Sample')")["version"] == "1.0.0.1"


def test_managed_update_is_published(local: LocalEnvironment) -> None:
    local.import_package(PackageSource(managed=True, web_resources=SCRIPTS).zip())
    changed = PackageSource(managed=True, web_resources={"smp_/a.js": b"let c;"})
    assert local.import_package(changed.zip())["statuscode"] == 30
    row = local.get(f"webresourceset({web_resource_id(0)})")
    assert (base64.b64decode(row["content"]), row["ismanaged"]) == (b"let c;", True)


def test_web_resource_of_the_same_name_keeps_its_id(local: LocalEnvironment) -> None:
    local.import_package(SAMPLE.zip())
    local.expect(204, "DELETE", f"webresourceset({web_resource_id(0)})")
    kept = local.create_script("smp_/a.js")
    local.import_package(SAMPLE.zip())
    rows = local.get("webresourceset?$filter=name eq 'smp_/a.js'")["value"]
    assert [row["webresourceid"] for row in rows] == [kept]


def test_every_component_is_kept_in_mind_once(local: LocalEnvironment) -> None:
    package = PackageSource(customizations=ENTITY, web_resources=SCRIPTS, files=VARIABLE_FILES)
    local.import_package(package.zip())
    first = components(local, "Sample")
    assert sorted(kind for kind, _ in first) == [0, 1, 29, 60, 61, 61, 380]
    assert (60, FORM_ID) in first
    assert (29, "cccccccc-0000-4000-8000-000000000001") in first
    local.import_package(package.zip())
    assert components(local, "Sample") == first


def test_form_of_the_package_is_there(local: LocalEnvironment) -> None:
    local.import_package(PackageSource(customizations=ENTITY).zip())
    form = local.get(f"systemforms({FORM_ID})/{UNPUBLISHED}")
    assert (form["objecttypecode"], form["type"], form["name"]) == ("smp_thing", 2, "Thing")
    assert ET.canonicalize(form["formxml"]) == ET.canonicalize(FORM_XML)


def test_variable_value_is_given_with_the_request(local: LocalEnvironment) -> None:
    values = [
        {
            "@odata.type": "Microsoft.Dynamics.CRM.environmentvariablevalue",
            "schemaname": "smp_Settings",
            "value": '{"a":1}',
        }
    ]
    package = PackageSource(files=VARIABLE_FILES).zip()
    for _ in range(2):
        local.import_package(package, ComponentParameters=values)
    expand = "$expand=environmentvariabledefinition_environmentvariablevalue($select=value)"
    path = f"environmentvariabledefinitions?$select=schemaname,defaultvalue,type&{expand}"
    (row,) = local.get(path)["value"]
    (value,) = row["environmentvariabledefinition_environmentvariablevalue"]
    assert (row["schemaname"], row["defaultvalue"], row["type"]) == (
        "smp_Settings",
        "{}",
        100000003,
    )
    assert value["value"] == '{"a":1}'


def test_staged_package_is_imported_by_its_id(local: LocalEnvironment) -> None:
    file = base64.b64encode(SAMPLE.zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    results = staged["StageSolutionResults"]
    assert results["StageSolutionStatus"] == "Passed"
    body = {
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
        "SolutionParameters": {"StageSolutionUploadId": results["StageSolutionUploadId"]},
    }
    local.expect(200, "POST", "ImportSolutionAsync", body)
    local.run_waiting()
    assert local.get("solutions(uniquename='Sample')")["version"] == "1.0.0.0"
    # What was imported is kept no longer.
    _, message = local.refusal(404, "POST", "ImportSolutionAsync", body)
    assert message.startswith("Entity 'stagesolutionupload'")


def test_staged_package_whose_import_fails_is_kept(local: LocalEnvironment) -> None:
    file = base64.b64encode(SAMPLE.zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    upload_id = staged["StageSolutionResults"]["StageSolutionUploadId"]
    local.import_package(PackageSource(managed=True).zip())
    parameters = {"CustomizationFile": None, "SolutionParameters": {STAGE_ID: upload_id}}
    for _ in range(2):
        row = local.import_package(b"", **parameters)
        assert row["errorcode"] == signed_code("0x80048041")


def test_stage_tells_what_is_wrong_and_keeps_nothing(local: LocalEnvironment) -> None:
    file = base64.b64encode(b"no zip").decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    results = staged["StageSolutionResults"]
    assert results["StageSolutionStatus"] == "Failed"
    (problem,) = results["SolutionValidationResults"]
    assert problem["ErrorCode"] == signed_code("0x80048060")
    assert local.get("solutions?$filter=uniquename eq 'Sample'")["value"] == []


def test_import_in_place_answers_with_its_outcome(local: LocalEnvironment) -> None:
    body = {
        "CustomizationFile": base64.b64encode(SAMPLE.zip()).decode(),
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
        "ImportJobId": FORM_ID,
    }
    local.expect(204, "POST", "ImportSolution", body)
    assert local.get(f"importjobs({FORM_ID})")["progress"] == 100
    bad = body | {"CustomizationFile": "bm8gemlw", "ImportJobId": web_resource_id(9)}
    assert local.refusal(400, "POST", "ImportSolution", bad)[0] == "0x80048060"
    local.expect(204, "POST", "PublishAllXml", {})


REFUSED = [
    ("no-zip", "0x80048060", b"PK\x03\x04 nothing"),
    ("no-solution-xml", "0x80048060", PackageSource(files={"solution.xml": None})),
    ("no-content-types", "0x80048060", PackageSource(files={"[Content_Types].xml": None})),
    ("leaves-the-package", "0x80048060", PackageSource(files={"../x.xml": b"<a/>"})),
    ("backslashes", "0x80048060", PackageSource(files={"a\\..\\..\\x.xml": b"<a/>"})),
    ("broken-xml", "0x8004802c", PackageSource(files={"customizations.xml": b"<ImportExportXml>"})),
    (
        "document-type",
        "0x8004802c",
        PackageSource(
            files={"customizations.xml": b"<!DOCTYPE a [<!ENTITY b 'c'>]><ImportExportXml/>"}
        ),
    ),
    ("wrong-root", "0x8004802c", PackageSource(files={"customizations.xml": b"<Other/>"})),
    ("version", "0x8004802c", PackageSource(version="one")),
    ("package-too-new", "0x80048068", PackageSource(package_version="9.3")),
    ("package-version-invalid", "0x80048067", PackageSource(package_version="new")),
    ("package-version-missing", "0x80048066", PackageSource(package_version="")),
    ("solution-name", "0x8004f002", PackageSource(unique_name="1Sample")),
    ("publisher-name", "0x8004f01c", PackageSource(publisher="1publisher")),
    ("publisher-prefix", "0x80040203", PackageSource(prefix="mscrmx")),
    ("system-solution", "0x80048046", PackageSource(unique_name="Default")),
    (
        "missing-file",
        "0x8004f11a",
        PackageSource(web_resources=SCRIPTS, files={"WebResources/smp_ajs": None}),
    ),
    (
        "undeclared-part",
        "0x8004f11a",
        PackageSource(
            web_resources=SCRIPTS,
            files={
                "[Content_Types].xml": (
                    b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
                )
            },
        ),
    ),
    ("web-resource-name", "0x8004f117", PackageSource(web_resources={"smp_/a b.js": b""})),
    ("web-resource-prefix", "0x8004f118", PackageSource(web_resources={"other_/a.js": b""})),
    ("web-resource-without-prefix", "0x8004f118", PackageSource(web_resources={"_/a.js": b""})),
    ("web-resource-extension", "0x8004f119", PackageSource(web_resources={"smp_/a.ashx": b""})),
    (
        "web-resource-size",
        "0x8004f114",
        PackageSource(web_resources={"smp_/a.js": b"x" * (5 * 1024 * 1024 + 1)}),
    ),
]


@pytest.mark.parametrize(
    ("code", "source"),
    [pytest.param(code, source, id=name) for name, code, source in REFUSED],
)
def test_package_is_refused_with_its_code_and_leaves_nothing(
    local: LocalEnvironment, code: str, source: PackageSource | bytes
) -> None:
    package = source if isinstance(source, bytes) else source.zip()
    row = local.import_package(package)
    assert (row["statecode"], row["statuscode"]) == (3, 31)
    assert row["errorcode"] == signed_code(code), row["message"]
    assert row["message"] == row["friendlymessage"]
    data = local.get(f"importjobs({row['ImportJobKey']})")["data"]
    results = {item.get("result"): item.get("errorcode") for item in ET.fromstring(data).iter()}
    assert results["failure"] == code
    assert local.get("publishers?$filter=customizationprefix eq 'smp'")["value"] == []


def test_solution_xml_without_missing_dependencies_fails_as_the_platform_does(
    local: LocalEnvironment,
) -> None:
    text = b"<ImportExportXml SolutionPackageVersion='9.2'><SolutionManifest/></ImportExportXml>"
    row = local.import_package(PackageSource(files={"solution.xml": text}).zip())
    assert row["message"] == "Object reference not set to an instance of an object."


@pytest.mark.parametrize(
    ("first", "code"), [(True, "0x80048041"), (False, "0x80048040")], ids=["managed", "unmanaged"]
)
def test_other_mode_of_an_installed_solution_is_refused(
    local: LocalEnvironment, *, first: bool, code: str
) -> None:
    local.import_package(PackageSource(managed=first).zip())
    row = local.import_package(PackageSource(managed=not first).zip())
    assert row["errorcode"] == signed_code(code)


@pytest.mark.parametrize(
    ("managed", "statuscode"), [(True, 31), (False, 30)], ids=["managed", "unmanaged"]
)
def test_only_a_managed_solution_keeps_its_publisher(
    local: LocalEnvironment, *, managed: bool, statuscode: int
) -> None:
    local.import_package(PackageSource(managed=managed).zip())
    other = PackageSource(managed=managed, publisher="otherpublisher", prefix="oth")
    row = local.import_package(other.zip())
    assert row["statuscode"] == statuscode
    assert row["errorcode"] in {None, signed_code("0x8004801c")}


@pytest.mark.parametrize(
    ("attributes", "statuscode"),
    [
        ("type='1' schemaName='account' solution='Active'", 30),
        ("type='1' schemaName='incident' solution='msdynce_Service (9.0)'", 31),
        ("type='1' schemaName='anything' solution='System (5.0.0)'", 30),
        ("type='2' schemaName='telephone1' parentSchemaName='account' solution='x'", 30),
        ("type='2' schemaName='nope' parentSchemaName='account' solution='x'", 31),
        ("type='61' schemaName='smp_/a.js' solution='x'", 30),
        ("type='61' schemaName='msdyn_/Images/AppModule_Default_Icon.png' solution='x'", 30),
        ("type='61' schemaName='smp_/absent.js' solution='x'", 31),
        ("type='60' id='{8448b78f-8f42-454e-8e2a-f8196b0419af}' solution='x'", 30),
        (f"type='60' id='{{{FORM_ID}}}' solution='x'", 31),
        ("type='20' displayName='Role' id='{aaaaaaaa-0000-4000-8000-00000000000f}'", 31),
    ],
)
def test_required_components_are_looked_for(
    local: LocalEnvironment, attributes: str, statuscode: int
) -> None:
    package = PackageSource(web_resources=SCRIPTS, missing=required(attributes))
    row = local.import_package(package.zip())
    assert row["statuscode"] == statuscode, row["message"]


def test_missing_dependencies_are_listed_as_the_platform_lists_them(
    local: LocalEnvironment,
) -> None:
    missing = required("type='61' schemaName='smp_/x.js' solution='Active'")
    row = local.import_package(PackageSource(missing=missing).zip())
    assert row["errorcode"] == signed_code("0x8004801D")
    data = local.get(f"importjobs({row['ImportJobKey']})")["data"]
    name, listed, updates_only = [item.text or "" for item in ET.fromstring(data).iter("parameter")]
    assert (name, updates_only) == ("Sample", "False")
    (dependency,) = ET.fromstring(listed)
    assert dependency.find("Required").attrib["schemaName"] == "smp_/x.js"  # type: ignore[union-attr]
    result = local.get(f"RetrieveSolutionImportResult(ImportJobId={row['ImportJobKey']})")
    outcome = result["SolutionOperationResult"]
    assert (outcome["Status"], outcome["ErrorMessages"]) == ("Failed", [row["message"]])


def test_result_is_also_read_with_an_alias(local: LocalEnvironment) -> None:
    key = local.import_package(SAMPLE.zip())["ImportJobKey"]
    answer = local.get(f"RetrieveFormattedImportJobResults(ImportJobId=@p)?@p={key}")
    assert "<ss:Workbook" in answer["FormattedResults"]
    assert "Sample" in answer["FormattedResults"]


@pytest.mark.parametrize(
    ("change", "status", "message"),
    [
        ({"PublishWorkflows": None}, 400, "'PublishWorkflows' is missing"),
        ({"CustomizationFile": None}, 400, "'CustomizationFile' is missing"),
        ({"CustomizationFile": "?"}, 400, "Edm.Binary"),
        ({"ImportJobId": "x"}, 400, "no GUID"),
        ({"Surprise": 1}, 400, "'Surprise' in the request payload is not a valid parameter"),
        ({"ComponentParameters": [{"@odata.type": "x"}]}, 501, "'x'"),
        ({"SolutionParameters": {"StageSolutionUploadId": FORM_ID}}, 404, "Does Not Exist"),
    ],
)
def test_wrong_parameter_starts_no_import(
    local: LocalEnvironment, change: dict[str, object], status: int, message: str
) -> None:
    body = {
        "CustomizationFile": "",
        "OverwriteUnmanagedCustomizations": True,
        "PublishWorkflows": False,
        **change,
    }
    _, text = local.refusal(status, "POST", "ImportSolutionAsync", body)
    assert message in text
    assert local.get("importjobs")["value"] == []
    local.expect(204, "POST", "PublishAllXml", {})


def test_times_of_a_job_are_those_of_the_clock(local: LocalEnvironment) -> None:
    row = local.import_package(SAMPLE.zip())
    assert row["completedon"] == NOON.strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        pytest.param(
            PackageSource(
                customizations=(
                    "<Entities><Entity><Name>account</Name><FormXml><forms type='main'>"
                    f"<systemform><formid>{{{FORM_ID}}}</formid><form><tabs/><formLibraries/>"
                    "</form></systemform></forms></FormXml></Entity></Entities>"
                )
            ),
            "0x80048425",
            id="form-breaks-the-schema",
        ),
        pytest.param(
            PackageSource(
                web_resources=SCRIPTS,
                customizations=(
                    "<Entities><Entity><Name>account</Name><FormXml><forms type='main'>"
                    f"<systemform><formid>{{{FORM_ID}}}</formid><form><tabs/><formLibraries>"
                    "<Library name='smp_/no.js' libraryUniqueId='{a}'/></formLibraries>"
                    "</form></systemform></forms></FormXml></Entity></Entities>"
                ),
            ),
            "0x8004f036",
            id="form-library-is-absent",
        ),
        pytest.param(
            PackageSource(
                files={
                    **VARIABLE_FILES,
                    "environmentvariabledefinitions/smp_Settings/environmentvariablevalues.json": (
                        b"{}"
                    ),
                }
            ),
            "0x8004802c",
            id="variable-values-unreadable",
        ),
    ],
)
def test_package_that_fails_late_leaves_nothing_either(
    local: LocalEnvironment, source: PackageSource, code: str
) -> None:
    row = local.import_package(source.zip())
    assert row["errorcode"] == signed_code(code), row["message"]
    for path in ("solutions?$filter=uniquename eq 'Sample'", "environmentvariabledefinitions"):
        assert local.get(path)["value"] == []
    assert local.get("webresourceset?$filter=startswith(name,'smp')")["value"] == []


def test_root_component_that_the_package_lacks_is_refused(local: LocalEnvironment) -> None:
    package = PackageSource(
        web_resources=SCRIPTS, files={"customizations.xml": b"<ImportExportXml/>"}
    )
    row = local.import_package(package.zip())
    assert row["errorcode"] == signed_code("0x8004801f")
    assert "'smp_/a.js'" in row["message"]


@pytest.mark.parametrize("number", ["", "²", "-1", "9" * 30, "one"])
def test_number_that_is_none_is_refused_and_breaks_nothing(
    local: LocalEnvironment, number: str
) -> None:
    text = SAMPLE_SOLUTION.replace('behavior="0"', f'behavior="{number}"')
    package = PackageSource(web_resources=SCRIPTS, files={"solution.xml": text.encode()})
    assert local.import_package(package.zip())["errorcode"] == signed_code("0x8004802c")


def test_import_job_id_is_used_once(local: LocalEnvironment) -> None:
    key = local.import_package(SAMPLE.zip())["ImportJobKey"]
    body = {"CustomizationFile": "", "OverwriteUnmanagedCustomizations": True}
    flags = {"PublishWorkflows": False, "ImportJobId": key}
    assert local.refusal(412, "POST", "ImportSolutionAsync", body | flags)[0] == "0x80040237"


def test_stage_lists_what_the_package_holds_and_what_is_there(local: LocalEnvironment) -> None:
    local.create("publishers", {"uniquename": "smp", "customizationprefix": "smp"})
    local.create_script("smp_/a.js")
    package = PackageSource(customizations=ENTITY, web_resources=SCRIPTS, files=VARIABLE_FILES)
    file = base64.b64encode(package.zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    details = staged["StageSolutionResults"]["SolutionComponentsDetails"]
    listed = [
        (item["ComponentName"], item["ComponentTypeName"], item["IsPresentInOrg"])
        for item in details
    ]
    assert listed == [
        ("A sample", "solution", "Unknown"),
        ("smp_thing", "entity", "False"),
        ("smp_/a.js", "webresource", "True"),
        ("smp_/b.js", "webresource", "False"),
        ("Settings", "EnvironmentVariableDefinition", "False"),
    ]


def test_row_that_tells_of_the_end_tells_how_long_it_took(local: LocalEnvironment) -> None:
    ended: list[object] = []

    class WatchedStore(Store):
        def update(self, table: Table, row_id: str, changes: Row) -> None:
            if changes.get("statecode") == COMPLETED:
                ended.append(changes.get("executiontimespan"))
            super().update(table, row_id, changes)

    object.__setattr__(local.environment, "store", WatchedStore.open(None, CATALOG))
    seed.plant(local.environment)
    row = local.import_package(SAMPLE.zip())
    assert (ended, row["executiontimespan"]) == ([0.0], 0.0)


def test_ended_import_blocks_nobody(local: LocalEnvironment) -> None:
    states: list[int] = []

    class WatchedLock(CustomizationLock):
        def release(self) -> None:
            (row,) = local.get("asyncoperations?$select=statecode")["value"]
            states.append(row["statecode"])
            super().release()

    object.__setattr__(local.environment, "lock", WatchedLock())
    row = local.import_package(SAMPLE.zip())
    assert (states, row["statecode"]) == ([0], 3)


def test_defect_of_ours_ends_the_job_as_failed(local: LocalEnvironment) -> None:
    def break_down(seconds: float) -> None:
        raise ZeroDivisionError(seconds)

    object.__setattr__(local.environment, "sleep", break_down)
    object.__setattr__(local.environment, "import_seconds", 1.0)
    LOGGER.disabled = True
    try:
        row = local.import_package(SAMPLE.zip())
    finally:
        LOGGER.disabled = False
    assert row["statuscode"] == 31
    assert "ZeroDivisionError" in row["message"]
    with local.environment.lock.held_for("Publish"):
        local.refusal(429, "POST", "PublishAllXml", {})


def test_dependent_component_without_a_type_is_staged_all_the_same(local: LocalEnvironment) -> None:
    missing = required("type='61' schemaName='smp_/x.js'").replace(
        "Dependent type='61'", "Dependent type='x'"
    )
    file = base64.b64encode(PackageSource(missing=missing).zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    (dependency,) = staged["StageSolutionResults"]["MissingDependencies"]
    assert dependency["DependentComponentType"] == 0


def test_stage_lists_missing_dependencies_and_fails(local: LocalEnvironment) -> None:
    missing = required("type='61' schemaName='smp_/x.js' solution='Active'")
    file = base64.b64encode(PackageSource(missing=missing).zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    results = staged["StageSolutionResults"]
    (dependency,) = results["MissingDependencies"]
    assert results["StageSolutionStatus"] == "Failed"
    assert dependency["RequiredComponentSchemaName"] == "smp_/x.js"
    assert dependency["RequiredSolutionName"] == "Active"
    assert dependency["RequiredComponentType"] == 61


def test_stage_tells_what_is_installed(local: LocalEnvironment) -> None:
    local.import_package(SAMPLE.zip())
    file = base64.b64encode(PackageSource(version="2.0.0.0").zip()).decode()
    staged = local.expect(200, "POST", "StageSolution", {"CustomizationFile": file})
    details = staged["StageSolutionResults"]["SolutionDetails"]
    assert details["PreviousSolutionVersion"] == "1.0.0.0"
    assert details["PreviousPublisherUniqueName"] == "samplepublisher"


def test_operation_that_was_cut_off_is_marked_failed(local: LocalEnvironment) -> None:
    flags = {"OverwriteUnmanagedCustomizations": True, "PublishWorkflows": False}
    keys = local.expect(200, "POST", "ImportSolutionAsync", {"CustomizationFile": "", **flags})
    end_interrupted_imports(local.environment)
    row = local.get(f"asyncoperations({keys['AsyncOperationId']})")
    assert (row["statecode"], row["statuscode"], row["message"]) == (3, 31, INTERRUPTED)
    job = local.get(f"importjobs({keys['ImportJobKey']})")
    assert job["completedon"] == NOON.strftime("%Y-%m-%dT%H:%M:%SZ")
    result = local.get(f"RetrieveSolutionImportResult(ImportJobId={keys['ImportJobKey']})")
    outcome = result["SolutionOperationResult"]
    assert (outcome["Status"], outcome["ErrorMessages"]) == ("Failed", [INTERRUPTED])


def test_operation_that_ended_before_the_stop_keeps_its_outcome(local: LocalEnvironment) -> None:
    row = local.import_package(SAMPLE.zip())
    job = local.get(f"importjobs({row['ImportJobKey']})")
    end_interrupted_imports(local.environment)
    assert local.get(f"asyncoperations({row['asyncoperationid']})")["statuscode"] == 30
    assert local.get(f"importjobs({row['ImportJobKey']})") == job
