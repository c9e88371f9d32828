"""Uninstalling, promoting and patching solutions."""

from d365pop.emulator.customizing.catalog import customizing
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.histories import Deed, Way, described, entry
from d365pop.emulator.importing.upgrade import promote
from d365pop.emulator.jobs import start_in_background
from d365pop.emulator.layering.removal import check_uninstall, forget_solution, remove_solution
from d365pop.emulator.metadata import Row
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.patches import VERSION_RULE, check_patch_version, numbers
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.rules.solutions import check_deletable
from d365pop.emulator.solutions import add_component, patches_of, solution_named
from d365pop.emulator.store import Selection
from d365pop.emulator.writing import new_row

NAME = frozenset({"SolutionUniqueName"})
PROMOTED = frozenset({"UniqueName"})
CLONE = frozenset({"ParentSolutionUniqueName", "DisplayName", "VersionNumber"})


def _uninstall(call: Call) -> JsonObject:
    environment = call.environment
    solution = solution_named(environment, call.text("SolutionUniqueName"))
    check_deletable(solution)
    environment.lock.acquire("Uninstall")
    job_id = start_in_background(
        environment, call.caller, "UninstallSolution", lambda: _run_uninstall(environment, solution)
    )
    return {"AsyncOperationId": job_id}


def _run_uninstall(environment: Environment, solution: Row) -> None:
    with entry(environment, Deed.UNINSTALL, **described(solution), suboperation=Way.DELETE):
        environment.sleep(environment.import_seconds)
        with customizing(environment):
            if solution["ismanaged"]:
                check_uninstall(environment, solution)
                remove_solution(environment, solution)
            else:
                forget_solution(environment, str(solution["solutionid"]))


def _promote(call: Call) -> JsonObject:
    environment, unique_name = call.environment, call.text("UniqueName")
    solution = solution_named(environment, unique_name)
    with environment.lock.held_for("DeleteAndPromote"):
        return {"SolutionId": _run_promote(environment, solution)}


def _promote_async(call: Call) -> JsonObject:
    environment, unique_name = call.environment, call.text("UniqueName")
    solution = solution_named(environment, unique_name)
    environment.lock.acquire("DeleteAndPromote")
    job_id = start_in_background(
        environment, call.caller, "DeleteAndPromote", lambda: _run_promote(environment, solution)
    )
    return {"AsyncOperationId": job_id}


def _run_promote(environment: Environment, solution: Row) -> str:
    with entry(environment, Deed.IMPORT, **described(solution), suboperation=Way.UPGRADE):
        environment.sleep(environment.import_seconds)
        with customizing(environment):
            return str(promote(environment, str(solution["uniquename"]))["solutionid"])


def _clone_as_patch(call: Call) -> JsonObject:
    environment = call.environment
    parent = solution_named(environment, call.text("ParentSolutionUniqueName"))
    version = call.text("VersionNumber")
    check_patch_version(environment, parent, version)
    name = f"{parent['uniquename']}_Patch_{environment.new_id()[:8]}"
    return {"SolutionId": _new_solution(call, parent, name, version)}


def _new_solution(call: Call, parent: Row, unique_name: str, version: str) -> str:
    environment, table = call.environment, call.environment.table("solution")
    row: Row = {
        "solutionid": environment.new_id(),
        "uniquename": unique_name,
        "friendlyname": call.text("DisplayName"),
        "version": version,
        "ismanaged": 0,
        "installedon": environment.timestamp(),
        "publisherid": parent["publisherid"],
        "publisherid__type": "publisher",
        "parentsolutionid": parent["solutionid"],
        "parentsolutionid__type": "solution",
    }
    environment.store.insert(table, new_row(environment, call.caller, table) | row)
    return str(row["solutionid"])


def _clone_as_solution(call: Call) -> JsonObject:
    """Roll all patches of a solution up into it, under a higher version."""
    environment = call.environment
    parent = solution_named(environment, call.text("ParentSolutionUniqueName"))
    version = call.text("VersionNumber")
    if numbers(version)[:2] <= numbers(str(parent["version"]))[:2]:
        raise bad_request(
            f"A clone of version {parent['version']} raises one of its first two numbers; "
            f"{version} does not.",
            VERSION_RULE,
        )
    table = environment.table("solutioncomponent")
    with environment.store.transaction():
        for patch in patches_of(environment, parent):
            held = Selection('t."solutionid" = ?', (patch["solutionid"],))
            for row in environment.store.select(table, held):
                object_id, kind = str(row["objectid"]), int(row["componenttype"] or 0)
                name = str(row["componentname"] or "")
                add_component(environment, parent, object_id, kind, name=name)
            forget_solution(environment, str(patch["solutionid"]))
        changes: Row = {"version": version, "friendlyname": call.text("DisplayName")}
        environment.store.update(environment.table("solution"), str(parent["solutionid"]), changes)
    return {"SolutionId": str(parent["solutionid"])}


OPERATIONS = (
    Operation("UninstallSolutionAsync", _uninstall, NAME),
    Operation("DeleteAndPromote", _promote, PROMOTED),
    Operation("DeleteAndPromoteAsync", _promote_async, PROMOTED),
    Operation("CloneAsPatch", _clone_as_patch, CLONE),
    Operation("CloneAsSolution", _clone_as_solution, CLONE),
)
