"""Solutions go without trace, what lay below comes up, and nothing goes that others need."""

import base64
from typing import Any

import pytest

from d365pop.emulator.metadata import Row
from d365pop.emulator.store import Layer, Selection
from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id
from tests.unit.emulator.solution_parts import (
    ACCOUNT_FORM,
    functions,
    install,
    layers,
    started,
    with_handler,
)

SCRIPT = "smp_/a.js"
PATH = f"webresourceset({web_resource_id(0)})"
FIRST = PackageSource(unique_name="First", managed=True, web_resources={SCRIPT: b"first"})
SECOND = PackageSource(unique_name="Second", managed=True, web_resources={SCRIPT: b"second"})
KEPT = {"publisher", "importjob", "asyncoperation", "msdyn_solutionhistory", "d365pop_layer"}


def uninstall(local: LocalEnvironment, name: str) -> dict[str, Any]:
    return started(local, "UninstallSolutionAsync", {"SolutionUniqueName": name})


def content(local: LocalEnvironment) -> bytes:
    return base64.b64decode(local.get(PATH)["content"])


def everything(local: LocalEnvironment) -> dict[str, list[Row]]:
    """Return all rows but those that tell of work done, without their versions."""
    found = {}
    for table in local.environment.catalog.stored:
        if table.logical_name in KEPT:
            continue
        for layer in Layer:
            rows = local.environment.store.select(table, Selection(), layer)
            found[f"{table.logical_name}{layer}"] = [
                {k: v for k, v in row.items() if k not in {"versionnumber", "publishedon"}}
                for row in rows
            ]
    return found


def delete(local: LocalEnvironment, name: str) -> None:
    (solution_id,) = local.filtered("solutions", "solutionid", f"uniquename eq '{name}'")
    local.expect(204, "DELETE", f"solutions({solution_id})")


def uninstall_well(local: LocalEnvironment, name: str) -> None:
    assert uninstall(local, name)["statuscode"] == 30


@pytest.mark.parametrize("remove", [delete, uninstall_well], ids=["delete", "uninstall"])
def test_managed_solution_goes_without_trace(local: LocalEnvironment, remove: Any) -> None:
    before = everything(local)
    install(local, with_handler("First", "one"))
    assert functions(local) == ["one"]
    remove(local, "First")
    assert everything(local) == before


def test_deleting_an_unmanaged_solution_leaves_its_components(local: LocalEnvironment) -> None:
    install(local, PackageSource(web_resources={SCRIPT: b"first"}))
    local.expect(204, "POST", "PublishAllXml", {})
    delete(local, "Sample")
    assert content(local) == b"first"


def test_what_lay_below_comes_up_again(local: LocalEnvironment) -> None:
    install(local, FIRST)
    install(local, SECOND)
    assert content(local) == b"second"
    uninstall_well(local, "Second")
    assert content(local) == b"first"
    uninstall_well(local, "First")
    local.refusal(404, "GET", PATH)


def test_lower_layer_goes_and_the_upper_stays(local: LocalEnvironment) -> None:
    install(local, FIRST)
    install(local, SECOND)
    uninstall_well(local, "First")
    assert content(local) == b"second"


def test_handlers_of_other_solutions_and_of_people_stay(local: LocalEnvironment) -> None:
    local.create("publishers", {"uniquename": "own", "customizationprefix": "own"})
    local.create_script("own_/b.js")
    install(local, with_handler("First", "one"))
    install(local, with_handler("Second", "two", first_id=1))
    form = f"systemforms({ACCOUNT_FORM})"
    text = local.get(form)["formxml"].replace(
        "</Handlers>",
        '<Handler functionName="own" libraryName="own_/b.js" handlerUniqueId="{own}" /></Handlers>',
    )
    local.expect(204, "PATCH", form, {"formxml": text})
    local.expect(204, "POST", "PublishAllXml", {})
    assert functions(local) == ["two", "one", "own"]
    uninstall_well(local, "First")
    assert functions(local) == ["two", "own"]
    assert layers(local, ACCOUNT_FORM, "SystemForm") == [
        ("Active", ["formxml"]),
        ("Second", ["formxml"]),
        ("System", [*layers(local, ACCOUNT_FORM, "SystemForm")[2][1]]),
    ]


def test_used_web_resource_keeps_its_solution(local: LocalEnvironment) -> None:
    install(local, FIRST)
    form = f"systemforms({ACCOUNT_FORM})"
    library = f'<formLibraries><Library name="{SCRIPT}" libraryUniqueId="{{a}}"/></formLibraries>'
    text = local.get(form)["formxml"].replace("</form>", f"{library}</form>")
    local.expect(204, "PATCH", form, {"formxml": text})
    row = uninstall(local, "First")
    assert (row["statuscode"], row["message"]) == (
        31,
        "Solution dependencies exist, cannot uninstall.",
    )
    assert content(local) == b"first"
    path = "RetrieveDependenciesForUninstall(SolutionUniqueName='First')"
    (dependency,) = local.get(path)["value"]
    assert (dependency["dependentcomponentobjectid"], dependency["dependentcomponenttype"]) == (
        ACCOUNT_FORM,
        60,
    )
    assert dependency["requiredcomponentobjectid"] == web_resource_id(0)
    local.environment.lock.acquire("Test")


def test_system_solution_is_never_uninstalled(local: LocalEnvironment) -> None:
    body = {"SolutionUniqueName": "Default"}
    code, _ = local.refusal(400, "POST", "UninstallSolutionAsync", body)
    assert code == "0x8004f008"
    local.environment.lock.acquire("Test")


def test_uninstall_waits_for_nobody(local: LocalEnvironment) -> None:
    install(local, FIRST)
    with local.environment.lock.held_for("Import"):
        code, text = local.refusal(
            429, "POST", "UninstallSolutionAsync", {"SolutionUniqueName": "First"}
        )
    assert code == "0x80071151"
    assert text == (
        "Microsoft.Crm.ObjectModel.CustomizationLockException: Cannot start the requested "
        "operation [Uninstall] because there is another [Import] running at this moment. "
        "Use Solution History for more details."
    )
