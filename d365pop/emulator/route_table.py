"""Every route that is served, by method with its evidence, made from what the server dispatches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from d365pop.emulator import admin, multiple
from d365pop.emulator.bound import BOUND
from d365pop.emulator.operations import OPERATIONS
from d365pop.emulator.tables import CATALOG


class Evidence(StrEnum):
    """How we know what a route answers."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    OBSERVED = "observed by others"
    ASSUMED = "assumed"
    OWN = "our own"


@dataclass(frozen=True, slots=True)
class Route:
    """A path with the evidence of each method that it takes.

    Names in braces stand for any name, ``(id)`` for a row's id or alternate key and ``(…)`` for
    what may stand in brackets or be left out. Without a slash in front it is one of the Web API.
    """

    path: str
    evidence: Mapping[str, Evidence]


R, D, S, A = Evidence.RECORDED, Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.ASSUMED
RECORDED = frozenset(
    {
        ("GET", "WhoAmI(…)"),
        ("GET", "accounts(id)"),
        ("POST", "accounts"),
        ("GET", "asyncoperations(id)"),
        ("GET", "organizations"),
        ("GET", "roles"),
        ("GET", "solutions"),
        ("GET", "systemusers"),
        ("GET", "EntityDefinitions(…)"),
        ("GET", "{set}(id)/{collection}/$ref"),
        ("POST", "ImportSolutionAsync"),
        ("POST", "StageSolution"),
        ("GET", "RetrieveSolutionImportResult(…)"),
    }
)
"""What a recording of the platform shows, and a test compares."""
# By entity set, then by the name of an action or a function: what shows all that is not recorded.
TABLES: Mapping[str, Evidence] = {
    **dict.fromkeys(("organizations", "systemusers", "roles", "privileges", "businessunits"), D),
    **dict.fromkeys(("accounts", "contacts", "leads", "phonecalls", "activityparties"), D),
    **dict.fromkeys(("accountleadscollection", "contactleadscollection"), D),
    **dict.fromkeys(("solutions", "publishers", "asyncoperations"), D),
    **dict.fromkeys(("webresourceset", "systemforms", "importjobs", "solutioncomponents"), S),
    **dict.fromkeys(("environmentvariabledefinitions", "environmentvariablevalues"), D),
    **dict.fromkeys(("msdyn_componentlayers", "msdyn_solutioncomponentsummaries"), S),
    **dict.fromkeys(("savedqueries", "userqueries", "appmodules"), D),
    **dict.fromkeys(("msdyn_solutionhistories", "solutioncomponentdefinitions"), D),
    **dict.fromkeys(("appactions", "entities", "msdyn_ciproviders"), D),
    **dict.fromkeys(("msdyn_channelproviders", "msdyn_appconfigurations"), D),
    "msdyn_notificationtemplates": D,
    "msdyn_appconfig_msdyn_channelproviderset": S,
    **dict.fromkeys(("ribbondiffs", "ribboncommands"), S),
    **dict.fromkeys(("sdkmessages", "sdkmessagefilters"), D),
    "systemuserrolescollection": D,
}
CALLS: Mapping[str, Evidence] = {
    **dict.fromkeys(("WhoAmI", "RetrieveVersion", "RetrieveRolePrivilegesRole"), D),
    "RetrieveCurrentOrganization": D,
    **dict.fromkeys(("StageSolution", "ImportSolution", "ImportSolutionAsync"), D),
    **dict.fromkeys(("RetrieveSolutionImportResult", "PublishXml", "PublishAllXml"), D),
    "PublishAllXmlAsync": D,
    **dict.fromkeys(("ExportSolution", "ExportSolutionAsync", "DownloadSolutionExportData"), D),
    **dict.fromkeys(("UninstallSolutionAsync", "DeleteAndPromote", "DeleteAndPromoteAsync"), D),
    **dict.fromkeys(("StageAndUpgrade", "StageAndUpgradeAsync"), D),
    **dict.fromkeys(("CloneAsPatch", "CloneAsSolution"), D),
    **dict.fromkeys(("AddSolutionComponent", "RemoveSolutionComponent"), S),
    **dict.fromkeys(("RemoveActiveCustomizations", "RetrieveFormattedImportJobResults"), S),
    **dict.fromkeys(("RetrieveDependentComponents", "RetrieveRequiredComponents"), S),
    **dict.fromkeys(("RetrieveDependenciesForDelete", "RetrieveDependenciesForUninstall"), S),
    **dict.fromkeys(("RetrieveMissingDependencies", "RetrieveMissingComponents"), D),
    **dict.fromkeys(("RetrieveUserPrivileges", "RetrieveUserPrivilegeByPrivilegeName"), D),
    **dict.fromkeys(("AddPrivilegesRole", "RemovePrivilegeRole"), D),
    **dict.fromkeys(("CreateMultiple", "UpdateMultiple", "UpsertMultiple"), D),
}
UNSHOWN = A
"""What a route rests on that nobody wrote an evidence for."""

ANY_TABLE = (
    ("", "GET", D),
    ("$metadata", "GET", D),
    ("$batch", "POST", D),
    ("EntityDefinitions", "GET", D),
    ("EntityDefinitions(…)", "GET", D),
    ("EntityDefinitions(…)/{part}(…)", "GET", D),
    ("EntityDefinitions(…)/{part}(…)/Microsoft.Dynamics.CRM.{type}", "GET", D),
    ("EntityDefinitions(…)/{part}(…)/Microsoft.Dynamics.CRM.{type}/{options}", "GET", D),
    ("RelationshipDefinitions(…)", "GET", D),
    ("RelationshipDefinitions(…)/Microsoft.Dynamics.CRM.{type}", "GET", D),
    ("{set that a package brings}", "GET, POST", D),
    ("{set that a package brings}(id)", "GET, PATCH, DELETE", D),
    ("{set}?fetchXml=", "GET", D),
    ("{set}?savedQuery=", "GET", D),
    ("{set}?userQuery=", "GET", D),
    ("{set}?$apply=", "GET", D),
    ("{set}?sql=", "GET", D),
    ("{set}/$count", "GET", D),
    ("{set}(id)/{property}", "GET, PUT, DELETE", D),
    ("{set}(id)/{property}/$value", "GET", D),
    ("{set}(id)/{navigation}", "GET", D),
    ("{set}(id)/{activity parties}", "PUT", D),
    ("{set}(id)/{collection}/$count", "GET", D),
    ("{set}(id)/{collection}/$ref", "GET, POST, DELETE", D),
    ("{set}(id)/{collection}(id)/$ref", "DELETE", D),
    ("{set}(id)/{lookup}/$ref", "GET, PUT, DELETE", D),
    ("{set}/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple(…)", "GET", S),
    ("{set}(id)/Microsoft.Dynamics.CRM.RetrieveUnpublished(…)", "GET", S),
)
OUTSIDE = (
    ("/{tenant}/v2.0/.well-known/openid-configuration", "GET", D),
    ("/{tenant}/.well-known/openid-configuration", "GET", D),
    ("/{tenant}/discovery/v2.0/keys", "GET", D),
    ("/common/discovery/instance", "GET", S),
    ("/{tenant}/oauth2/v2.0/token", "POST", D),
    ("/{tenant}/oauth2/token", "POST", D),
    ("/{tenant}/oauth2/v2.0/devicecode", "POST", D),
    ("/{tenant}/oauth2/v2.0/authorize", "GET, POST", D),
    ("/", "GET", Evidence.OWN),
    ("/main.aspx", "GET", D),
    ("/WebResources/{path}", "GET", D),
    ("/{version}/WebResources/{path}", "GET", D),
    ("/_shell/{file}", "GET", Evidence.OWN),
    ("/favicon.ico", "GET", Evidence.OWN),
)


@cache
def routes() -> tuple[Route, ...]:
    """Return what is served: the Web API, then sign-in, the shell and what steers the emulator."""
    inside: dict[str, dict[str, Evidence]] = {}
    outside: dict[str, dict[str, Evidence]] = {}
    for method, path, evidence in (*_of_any_table(), *_tables(), *_calls()):
        shown = R if (method, path) in RECORDED else evidence
        inside.setdefault(path, {})[method] = shown
    for path, methods, evidence in OUTSIDE:
        outside[path] = dict.fromkeys(methods.split(", "), evidence)
    for method, name in admin.ROUTES:
        outside.setdefault(f"{admin.PREFIX}{name}", {})[method] = Evidence.OWN
    ordered = sorted(inside.items(), key=lambda item: item[0].lower())
    return tuple(Route(path, by_method) for path, by_method in (*ordered, *outside.items()))


def _of_any_table() -> Iterator[tuple[str, str, Evidence]]:
    for path, methods, evidence in ANY_TABLE:
        for method in methods.split(", "):
            yield method, path, evidence


def _tables() -> Iterator[tuple[str, str, Evidence]]:
    for table in CATALOG.tables:
        name = table.entity_set_name
        evidence = TABLES.get(name, UNSHOWN)
        yield "GET", name, evidence
        yield "GET", f"{name}(id)", evidence
        for method in ("POST", "PATCH", "DELETE"):
            if method in table.writes:
                yield method, name if method == "POST" else f"{name}(id)", evidence


def _calls() -> Iterator[tuple[str, str, Evidence]]:
    for operation in OPERATIONS.values():
        evidence = CALLS.get(operation.name, UNSHOWN)
        if operation.is_function:
            yield "GET", f"{operation.name}(…)", evidence
        else:
            yield "POST", operation.name, evidence
    for (table, name), bound in BOUND.items():
        brackets = "(…)" if bound.method == "GET" else ""
        path = f"{CATALOG.by_name[table].entity_set_name}(id)/{name}{brackets}"
        yield bound.method, path, CALLS.get(name.rpartition(".")[2], UNSHOWN)
    for name in multiple.OPERATIONS:
        yield "POST", f"{{set}}/{name}", CALLS.get(name.rpartition(".")[2], UNSHOWN)
