"""Patches follow on their parent, which they lock; a managed parent takes them along."""

import pytest

from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import (
    form_change,
    functions,
    handlers,
    install,
    started,
)

SCRIPT = {"smp_/a.js": b"1"}
BASE = PackageSource(unique_name="Base", web_resources=SCRIPT)
MANAGED = PackageSource(unique_name="Base", managed=True, web_resources=SCRIPT)
PATCH_NAME = "Base_Patch_0a1b2c3d"


@pytest.fixture
def local() -> LocalEnvironment:
    return LocalEnvironment()


def patch(*, managed: bool = True, version: str = "1.0.0.1") -> PackageSource:
    return PackageSource(
        unique_name=PATCH_NAME,
        managed=managed,
        version=version,
        customizations=form_change(handlers("patched")) if managed else "",
    )


def clone(local: LocalEnvironment, parent: str, version: str, status: int = 200) -> str:
    body = {"ParentSolutionUniqueName": parent, "DisplayName": "P", "VersionNumber": version}
    answer = local.expect(status, "POST", "CloneAsPatch", body)
    if status != 200:
        return str(answer["error"]["code"])
    row = local.get(f"solutions({answer['SolutionId']})?$select=uniquename")
    return str(row["uniquename"])


def test_later_patch_is_higher_than_every_earlier_one(local: LocalEnvironment) -> None:
    install(local, BASE)
    clone(local, "Base", "1.0.0.5")
    assert clone(local, "Base", "1.0.0.5", status=400) == "0x80048065"
    assert clone(local, "Base", "1.0.0.4", status=400) == "0x80048065"
    clone(local, "Base", "1.0.1.0")


def test_patch_has_no_patches(local: LocalEnvironment) -> None:
    install(local, BASE)
    name = clone(local, "Base", "1.0.0.1")
    assert clone(local, name, "1.0.0.2", status=400) == "0x80048067"


@pytest.mark.parametrize("deed", ["add", "remove", "write into", "change", "export"])
def test_solution_with_a_patch_is_neither_changed_nor_exported(
    local: LocalEnvironment, deed: str
) -> None:
    install(local, BASE)
    other = local.create_script("smp_/other.js")
    solution = local.get("solutions?$filter=uniquename eq 'Base'")["value"][0]["solutionid"]
    clone(local, "Base", "1.0.0.1")
    component = {"ComponentId": other, "ComponentType": 61, "SolutionUniqueName": "Base"}
    own = {"solutioncomponentid": web_resource_id(0)}
    held = {"SolutionComponent": own, "ComponentType": 61, "SolutionUniqueName": "Base"}
    script = {"name": "smp_/new.js", "webresourcetype": 3, "content": "MQ=="}
    method, path, body, headers = {
        "add": ("POST", "AddSolutionComponent", {**component, "AddRequiredComponents": False}, {}),
        "remove": ("POST", "RemoveSolutionComponent", held, {}),
        "write into": ("POST", "webresourceset", script, {"MSCRM.SolutionUniqueName": "Base"}),
        "change": ("PATCH", f"solutions({solution})", {"friendlyname": "x"}, {}),
        "export": ("POST", "ExportSolution", {"SolutionName": "Base", "Managed": False}, {}),
    }[deed]
    code, message = local.refusal(400, method, path, body, **headers)
    assert (code, "has patches" in message) == ("0x80048066", True)


def test_component_is_not_removed_from_a_patch(local: LocalEnvironment) -> None:
    install(local, BASE)
    name = clone(local, "Base", "1.0.0.1")
    add = {"ComponentId": web_resource_id(0), "ComponentType": 61, "SolutionUniqueName": name}
    local.expect(200, "POST", "AddSolutionComponent", {**add, "AddRequiredComponents": False})
    own = {"solutioncomponentid": web_resource_id(0)}
    body = {"SolutionComponent": own, "ComponentType": 61, "SolutionUniqueName": name}
    assert local.refusal(400, "POST", "RemoveSolutionComponent", body)[0] == "0x80048068"


@pytest.mark.parametrize(
    ("parent", "package", "code"),
    [
        pytest.param(None, patch(), "0x80048067", id="no parent"),
        pytest.param(BASE, patch(), "0x80048067", id="managed over unmanaged"),
        pytest.param(MANAGED, patch(managed=False), "0x80048067", id="unmanaged over managed"),
        pytest.param(MANAGED, patch(version="1.1.0.0"), "0x80048065", id="of another version"),
        pytest.param(MANAGED, patch(version="1.0.0.0"), "0x80048065", id="no higher version"),
    ],
)
def test_patch_that_does_not_follow_on_its_parent_is_refused(
    local: LocalEnvironment, parent: PackageSource | None, package: PackageSource, code: str
) -> None:
    if parent is not None:
        install(local, parent)
    row = local.import_package(package.zip())
    assert (row["statuscode"], row["errorcode"]) == (31, int(code, 16) - (1 << 32))


def test_imported_patch_names_its_parent_and_goes_with_it(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    install(local, patch())
    row = local.get(f"solutions?$filter=uniquename eq '{PATCH_NAME}'&$expand=parentsolutionid")
    assert row["value"][0]["parentsolutionid"]["uniquename"] == "Base"
    assert functions(local) == ["patched"]
    started(local, "UninstallSolutionAsync", {"SolutionUniqueName": "Base"})
    assert local.get("solutions?$filter=startswith(uniquename,'Base')")["value"] == []
    assert functions(local) == []


def test_patch_is_imported_again(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    install(local, patch())
    install(local, patch())


def test_plain_import_takes_a_lower_version(local: LocalEnvironment) -> None:
    install(local, PackageSource(managed=True, version="2.0.0.0", web_resources=SCRIPT))
    install(local, PackageSource(managed=True, version="1.0.0.0", web_resources=SCRIPT))
    row = local.get("solutions?$select=version&$filter=uniquename eq 'Sample'")["value"][0]
    assert row["version"] == "1.0.0.0"
