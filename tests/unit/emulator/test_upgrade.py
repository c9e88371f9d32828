"""Upgrades drop what the new version no longer has; holding solutions wait to be promoted."""

import base64
from dataclasses import replace

import pytest

from d365pop.emulator.faults import signed_code
from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import functions, install, layers, started, with_handler

OLD = PackageSource(managed=True, web_resources={"smp_/a.js": b"old", "smp_/b.js": b"gone"})
NEW = replace(OLD, version="2.0.0.0", web_resources={"smp_/a.js": b"new"})


def upgrade_body(source: PackageSource) -> dict[str, object]:
    return {
        "CustomizationFile": base64.b64encode(source.zip()).decode(),
        "OverwriteUnmanagedCustomizations": False,
        "PublishWorkflows": False,
    }


def names(local: LocalEnvironment) -> list[str]:
    found: list[str] = local.filtered("webresourceset", "name", "startswith(name,'smp_')")
    return found


def test_upgrade_removes_what_the_new_version_lacks(local: LocalEnvironment) -> None:
    install(local, OLD)
    row = started(local, "StageAndUpgradeAsync", upgrade_body(NEW))
    assert (row["statuscode"], row["message"]) == (30, None)
    assert names(local) == ["smp_/a.js"]
    assert local.get("solutions(uniquename='Sample')")["version"] == "2.0.0.0"
    assert local.filtered("solutions", "uniquename", "startswith(uniquename,'Sample')") == [
        "Sample"
    ]


def test_plain_update_keeps_what_the_new_version_lacks(local: LocalEnvironment) -> None:
    install(local, OLD)
    install(local, NEW)
    assert names(local) == ["smp_/a.js", "smp_/b.js"]


@pytest.mark.parametrize(
    ("installed", "code"), [(None, "0x80048061"), (NEW, "0x80048063")], ids=["absent", "no-newer"]
)
def test_upgrade_needs_an_older_installed_solution(
    local: LocalEnvironment, installed: PackageSource | None, code: str
) -> None:
    if installed:
        install(local, installed)
    row = started(local, "StageAndUpgradeAsync", upgrade_body(NEW))
    assert (row["statuscode"], row["errorcode"]) == (31, signed_code(code))


def test_holding_solution_is_promoted_into_the_place_of_the_old_one(
    local: LocalEnvironment,
) -> None:
    install(local, OLD)
    other = replace(OLD, unique_name="Other", web_resources={"smp_/a.js": b"other"})
    install(local, other)
    install(local, NEW, HoldingSolution=True)
    assert names(local) == ["smp_/a.js", "smp_/b.js"]
    script = web_resource_id(0)
    assert [name for name, _ in layers(local, script, "WebResource")] == [
        "Sample_Upgrade",
        "Other",
        "Sample",
    ]
    row = started(local, "DeleteAndPromoteAsync", {"UniqueName": "Sample"})
    assert row["statuscode"] == 30
    assert [name for name, _ in layers(local, script, "WebResource")] == ["Other", "Sample"]
    assert names(local) == ["smp_/a.js"]
    assert base64.b64decode(local.get(f"webresourceset({script})")["content"]) == b"other"


@pytest.mark.parametrize("action", ["DeleteAndPromote", "DeleteAndPromoteAsync"])
def test_promotion_lasts_as_long_as_an_import(action: str) -> None:
    local = LocalEnvironment(import_seconds=3.0)
    install(local, OLD)
    install(local, NEW, HoldingSolution=True)
    local.sleeps.clear()
    local.call("POST", action, {"UniqueName": "Sample"})
    local.run_waiting()
    assert sum(local.sleeps) == 3.0


def test_nothing_is_promoted_without_a_holding_solution(local: LocalEnvironment) -> None:
    install(local, OLD)
    assert local.refusal(400, "POST", "DeleteAndPromote", {"UniqueName": "Sample"})[0] == (
        "0x80048062"
    )
    assert names(local) == ["smp_/a.js", "smp_/b.js"]


def test_upgrade_replaces_the_handlers_of_its_own_version(local: LocalEnvironment) -> None:
    install(local, with_handler("First", "one"))
    install(local, with_handler("Second", "two", first_id=1))
    row = started(
        local, "StageAndUpgradeAsync", upgrade_body(with_handler("First", "three", "2.0"))
    )
    assert row["statuscode"] == 30, row["message"]
    assert sorted(functions(local)) == ["three", "two"]


@pytest.mark.parametrize(
    ("version", "status"),
    [("1.0.0.1", 200), ("1.0.1.0", 200), ("1.1.0.0", 400), ("1.0.0.0", 400)],
)
def test_patch_raises_only_the_last_two_numbers(
    local: LocalEnvironment, version: str, status: int
) -> None:
    install(local, PackageSource(web_resources={"smp_/a.js": b"1"}))
    body = {
        "ParentSolutionUniqueName": "Sample",
        "DisplayName": "A patch",
        "VersionNumber": version,
    }
    local.expect(status, "POST", "CloneAsPatch", body)


def test_clone_takes_the_patches_components_in(local: LocalEnvironment) -> None:
    install(local, PackageSource(web_resources={"smp_/a.js": b"1"}))
    body = {"ParentSolutionUniqueName": "Sample", "DisplayName": "P", "VersionNumber": "1.0.0.1"}
    patch_id = local.expect(200, "POST", "CloneAsPatch", body)["SolutionId"]
    patch = local.get(f"solutions({patch_id})")["uniquename"]
    script = {"name": "smp_/c.js", "displayname": "c", "webresourcetype": 3, "content": "MQ=="}
    script_id = local.create("webresourceset", script, **{"MSCRM.SolutionUniqueName": patch})
    body["VersionNumber"] = "1.1.0.0"
    solution_id = local.expect(200, "POST", "CloneAsSolution", body)["SolutionId"]
    held = local.filtered("solutioncomponents", "objectid", f"_solutionid_value eq {solution_id}")
    assert script_id in held
    local.refusal(404, "GET", f"solutions({patch_id})")
