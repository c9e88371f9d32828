"""What each route rests on: a recording, a document, what others observed, or an assumption."""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path

from d365pop.emulator.bound import HANDLERS
from d365pop.emulator.operations import OPERATIONS
from d365pop.emulator.protocol import Json
from d365pop.emulator.tables import CATALOG

FOLDER = Path(__file__).parent
NOTE = re.compile(r"ASSUMED(?::| [a-z])[^\"]*?(?=\n\s*\n|\n\s*[A-Za-z_\"']+.*[=(:]|\"\"\"|\Z)")


class Evidence(StrEnum):
    """How we know what a route answers."""

    RECORDED = "recorded"
    DOCUMENTED = "documented"
    OBSERVED = "observed by others"
    ASSUMED = "assumed"


@dataclass(frozen=True, slots=True)
class Route:
    """One route with its evidence."""

    method: str
    path: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Assumption:
    """One assumed behaviour, where it is programmed."""

    place: str
    text: str


R, D, S, A = Evidence.RECORDED, Evidence.DOCUMENTED, Evidence.OBSERVED, Evidence.ASSUMED
TABLES: Mapping[str, Evidence] = {
    **dict.fromkeys(("organizations", "systemusers", "roles", "accounts", "solutions"), R),
    **dict.fromkeys(("asyncoperations", "publishers"), R),
    **dict.fromkeys(("businessunits", "contacts", "leads", "phonecalls", "activityparties"), D),
    **dict.fromkeys(("webresourceset", "systemforms", "importjobs", "solutioncomponents"), S),
    **dict.fromkeys(("environmentvariabledefinitions", "environmentvariablevalues"), D),
    **dict.fromkeys(("msdyn_componentlayers", "msdyn_solutioncomponentsummaries"), S),
    **dict.fromkeys(("savedqueries", "appmodules"), D),
    **dict.fromkeys(("accountleadscollection", "contactleadscollection"), D),
    "systemuserrolescollection": D,
    "msdyn_solutionhistories": D,
    "privileges": D,
    **dict.fromkeys(("sdkmessages", "sdkmessagefilters"), D),
    "solutioncomponentdefinitions": D,
}
CALLS: Mapping[str, Evidence] = {
    **dict.fromkeys(("WhoAmI", "StageSolution", "ImportSolutionAsync"), R),
    "RetrieveSolutionImportResult": R,
    **dict.fromkeys(("RetrieveVersion", "ImportSolution", "PublishXml", "PublishAllXml"), D),
    "PublishAllXmlAsync": D,
    **dict.fromkeys(("ExportSolution", "ExportSolutionAsync", "DownloadSolutionExportData"), D),
    **dict.fromkeys(("UninstallSolutionAsync", "DeleteAndPromote", "DeleteAndPromoteAsync"), D),
    **dict.fromkeys(("StageAndUpgrade", "StageAndUpgradeAsync"), D),
    **dict.fromkeys(("CloneAsPatch", "CloneAsSolution"), D),
    **dict.fromkeys(("AddSolutionComponent", "RemoveSolutionComponent"), S),
    "RemoveActiveCustomizations": S,
    "RetrieveFormattedImportJobResults": S,
    **dict.fromkeys(
        (
            *("RetrieveDependentComponents", "RetrieveRequiredComponents"),
            *("RetrieveDependenciesForDelete", "RetrieveDependenciesForUninstall"),
        ),
        S,
    ),
    **dict.fromkeys(("RetrieveMissingDependencies", "RetrieveMissingComponents"), D),
    "RetrieveRolePrivilegesRole": D,
}
BOUND: Mapping[str, Evidence] = {
    "systemuserroles_association": D,
    "RetrieveUserPrivileges": D,
    "RetrieveUserPrivilegeByPrivilegeName": D,
    "AddPrivilegesRole": D,
    "RemovePrivilegeRole": D,
}
SIGN_IN = (
    Route("GET", "/{tenant}/v2.0/.well-known/openid-configuration", D),
    Route("POST", "/{tenant}/oauth2/v2.0/token", D),
    Route("POST", "/{tenant}/oauth2/v2.0/devicecode", D),
    Route("GET, POST", "/{tenant}/oauth2/v2.0/authorize", D),
)
UNSHOWN = A


def routes() -> list[Route]:
    """Return every route of the Web API and of the sign-in service."""
    found = [
        Route("GET", "/", D),
        Route("GET", "EntityDefinitions", R),
        Route("GET", "EntityDefinitions(…)/Attributes, Keys, …Relationships", D),
        Route("GET", "RelationshipDefinitions", D),
        Route("GET", "{set}(id)/{navigation}", D),
        Route("GET, POST, PUT, DELETE", "{set}(id)/{navigation}/$ref", D),
        Route("GET", "{set}?fetchXml=", D),
        Route("GET", "{set}?savedQuery=", D),
        Route("GET", "{set}?userQuery=", D),
        Route("GET", "{set}?$apply=", D),
        Route("GET, POST, PATCH, PUT, DELETE", "{set that a package brings}", D),
        Route("GET", "{intersect set that a package brings}", D),
        Route("GET", "$metadata", D),
        Route("POST", "$batch", D),
        Route("OPTIONS", "{any}", D),
        Route("POST", "{set}/Microsoft.Dynamics.CRM.CreateMultiple", D),
        Route("POST", "{set}/Microsoft.Dynamics.CRM.UpdateMultiple", D),
        Route("GET", "{publishable set}/…RetrieveUnpublishedMultiple()", S),
        Route("GET", "{publishable set}(id)/…RetrieveUnpublished()", S),
        *(
            Route(
                "GET, POST, PATCH, PUT, DELETE" if table.writable else "GET",
                table.entity_set_name,
                TABLES.get(table.entity_set_name, UNSHOWN),
            )
            for table in CATALOG.tables
        ),
        *(
            Route(
                "GET" if operation.is_function else "POST",
                name,
                CALLS.get(name, UNSHOWN),
            )
            for name, operation in OPERATIONS.items()
        ),
        *(
            Route("GET, POST", f"{CATALOG.by_name[table].entity_set_name}(id)/{name}", BOUND[name])
            for table, name in HANDLERS
        ),
    ]
    return [*sorted(found, key=lambda route: route.path.lower()), *SIGN_IN]


def assumptions() -> list[Assumption]:
    """Return what the source marks as assumed."""
    found: list[Assumption] = []
    for file in sorted(FOLDER.rglob("*.py")):
        if file.name == Path(__file__).name:
            continue
        text = file.read_text(encoding="utf-8")
        for match in NOTE.finditer(text):
            line = text.count("\n", 0, match.start()) + 1
            place = f"{file.relative_to(FOLDER).as_posix()}:{line}"
            words = re.sub(r"\s*\n\s*#?\s*", " ", match.group()).strip()
            found.append(Assumption(place, re.sub(r"^ASSUMED:?\s*", "", words)))
    return found


def markdown() -> str:
    """Return the table of the documentation."""
    lines = ["| method | route | evidence |", "|---|---|---|"]
    lines += [f"| {r.method} | `{r.path}` | {r.evidence} |" for r in routes()]
    return "\n".join(lines) + "\n"


def fidelity_json() -> list[Json]:
    """Return the routes for an answer."""
    return [{k: str(v) for k, v in asdict(route).items()} for route in routes()]


def assumed_json() -> list[Json]:
    """Return the assumptions for an answer, routes first."""
    found = [Assumption(r.path, "the whole route") for r in routes() if r.evidence is A]
    return [{"place": item.place, "text": item.text} for item in [*found, *assumptions()]]
