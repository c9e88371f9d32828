"""A healthy subject of doctor, which a test breaks in one way."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from d365pop.build import Build
from d365pop.config import load
from d365pop.dataverse.client import Dataverse
from d365pop.doctor.catalogue import all_checks
from d365pop.doctor.examination import Examined, Verdict, examine
from d365pop.doctor.subject import Machine, Subject
from d365pop.emulator import protocol
from d365pop.errors import D365PopError
from d365pop.genesys.platform import Platform
from d365pop.models import Json, Publisher, Solution, WebResource, WebResourceType
from d365pop.transport import Headers, Request, Response, RetryPolicy, Transport
from tests.unit.emulator.harness import BASE, HOST, NOON, LocalEnvironment

EXAMPLE = Path(__file__).parents[3] / "d365pop.toml"
APPS = "https://apps.mypurecloud.com"
REDIRECTS = [f"{APPS}/crm/index.html", f"{APPS}/crm/authWindow.html"]


class GenesysCloud:
    """The Platform API's endpoints that doctor asks, over rows that a test changes."""

    def __init__(self) -> None:
        self.client: dict[str, Any] | None = {
            "id": "softphone",
            "name": "Softphone",
            "authorizedGrantType": "CODE",
            "registeredRedirectUri": list(REDIRECTS),
            "state": "active",
            "scope": ["users:readonly"],
        }
        self.integrations: list[dict[str, Any]] = [
            {
                "name": "Dynamics 365 screen pop",
                "integrationType": {"name": "Embeddable Framework"},
                "intendedState": "ENABLED",
                "reportedState": {"code": "ACTIVE"},
            }
        ]
        self.authentication: dict[str, Any] = {
            "domainAllowlistEnabled": True,
            "domainAllowlist": ["127.0.0.1"],
        }
        self.refuses = False

    def __call__(self, request: Request, /) -> Response:
        parts = urlsplit(request.url)
        if parts.path == "/oauth/token":
            return _json(200, {"access_token": "genesys-token"})
        if self.refuses or request.headers["Authorization"] != "Bearer genesys-token":
            return _json(403, {"message": "no permission"})
        return self._answer(request.method, parts.path, json.loads(request.body or b"null"))

    def _answer(self, method: str, path: str, body: Any) -> Response:
        match method, path:
            case "GET", "/api/v2/oauth/clients/softphone":
                return _json(200, self.client) if self.client else _json(404, {})
            case "PUT", "/api/v2/oauth/clients/softphone":
                self.client = body
                return _json(200, body)
            case "GET", "/api/v2/integrations":
                return _json(200, {"entities": self.integrations, "pageCount": 1})
            case "GET", "/api/v2/organizations/authentication/settings":
                return _json(200, self.authentication)
            case "PATCH", "/api/v2/organizations/authentication/settings":
                self.authentication |= body
                return _json(200, self.authentication)
            case _:
                return _json(404, {})


@dataclass
class Patient:
    """An emulator, a Genesys Cloud and a machine, all well until something is changed."""

    local: LocalEnvironment = field(default_factory=LocalEnvironment)
    genesys: GenesysCloud = field(default_factory=GenesysCloud)
    answers: dict[str, Response] = field(default_factory=dict)
    """Answers of the environment by path, in place of the emulator's."""
    variables: dict[str, str] = field(default_factory=dict)
    free_bytes: int = 10**10
    now: datetime = NOON
    protection: str = "Basic"
    client_id: str = "softphone"
    checker_mode: str = "none"
    pasted: tuple[str, ...] = ()
    largest: int = 1000
    broken_build: D365PopError | None = None
    certificate_ends: datetime | None = None
    sign_in: str = "client-secret"
    with_platform: bool = True
    agents_role: str = "Basic User"
    logs_calls: bool = True
    tables: Mapping[str, object] = field(default_factory=dict)
    """Tables of the configuration that the example leaves out."""

    def __call__(self, request: Request, /) -> Response:
        """Answer as the environment."""
        path = request.url.removeprefix(BASE).partition("?")[0]
        for ending, answer in self.answers.items():
            if path.endswith(ending):
                return answer
        if "RetrieveCurrentOrganization" in path:
            return _json(200, {"Detail": {"EnvironmentId": "environment"}})
        return self._emulated(request)

    def _emulated(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = protocol.Request(
            request.method,
            parts.path,
            parts.query,
            {"host": HOST, **headers},
            request.body or b"",
        )
        answer = self.local.gateway.handle(asked)
        fields = {**dict(answer.headers), "Date": format_datetime(NOON, usegmt=True)}
        return Response(answer.status, Headers(fields), answer.body)

    # What the token provider protocol asks for.
    def token(self) -> str:
        return self.local.token

    def renew(self) -> str:
        return self.local.token

    @property
    def subject(self) -> Subject:
        """A subject that has looked at nothing yet."""
        configured = {
            "D365POP_GENESYS__CLIENT_ID": self.client_id,
            "D365POP_GENESYS__FRAMEWORK__ENABLE_CALL_LOGS": str(self.logs_calls).lower(),
        }
        settings = load(EXAMPLE, configured).model_copy(update=self.tables)
        environment = settings.environment("local").model_copy(
            update={"url": BASE, "sign_in": self.sign_in, "softphone_url": None}
        )
        transport = Transport(self, RetryPolicy(deadline=0.0))
        return Subject(
            settings=settings,
            environment=environment,
            machine=self._machine(),
            connect=lambda: Dataverse(BASE, transport, self),
            challenge=lambda: transport.send(Request("GET", f"{BASE}/api/data/v9.2/")),
            governance=lambda _id: self._governance(),
            platform=self._platform(),
            pasted_uris=self.pasted,
            agents_role=self.agents_role,
        )

    def _governance(self) -> Json:
        settings: Json = {"extendedSettings": {"solutionCheckerMode": self.checker_mode}}
        level: Json = {"protectionLevel": self.protection, "settings": settings}
        return {"properties": {"governanceConfiguration": level}}

    def _platform(self) -> Platform | None:
        if not self.with_platform:
            return None
        transport = Transport(self.genesys, RetryPolicy(deadline=0.0))
        return Platform(transport, "mypurecloud.com", "reader", "secret")

    def _machine(self) -> Machine:
        return Machine(
            variables=self.variables,
            versions="test",
            free_bytes=lambda: self.free_bytes,
            now=lambda: self.now,
            build=self._build,
            certificate_ends=lambda: self.certificate_ends,
        )

    def _build(self) -> Build:
        if self.broken_build:
            raise self.broken_build
        script = WebResource("d365pop_/x.js", "x", "", WebResourceType.SCRIPT, b"x" * self.largest)
        publisher = Publisher("d365pop", "d365pop", "d365pop", 72365)
        solution = Solution("Pop", "Pop", "", "1.0.0.0", publisher, (script,), ())
        return Build(
            solution,
            managed=False,
            package=b"",
            parts={},
            host=None,
            framework=b"",
            source_maps={},
            manifest=b"",
            sbom=b"",
        )

    def examine(self) -> list[Examined]:
        return list(examine(all_checks(), self.subject))

    def failures(self) -> dict[str, tuple[str, ...]]:
        """Return the problems by the id of each check that failed."""
        return {
            each.check.rule.rule_id: each.outcome.problems
            for each in self.examine()
            if each.outcome.verdict is Verdict.FAILED
        }

    def gaps(self) -> dict[str, str]:
        """Return the reason by the id of each check that could not look."""
        return {
            each.check.rule.rule_id: each.outcome.not_checked
            for each in self.examine()
            if each.outcome.verdict is Verdict.NOT_CHECKED
        }

    def mend(self) -> list[str]:
        """Apply every fix that is offered, and return the questions."""
        fixes = [each.outcome.fix for each in self.examine() if each.outcome.fix]
        for fix in fixes:
            fix.apply()
        return [fix.question for fix in fixes]

    def organization(self, **columns: object) -> None:
        """Change the environment's own row."""
        (row,) = self.local.get("organizations?$select=organizationid")["value"]
        self.local.expect(204, "PATCH", f"organizations({row['organizationid']})", columns)

    def take(self, privilege: str, role_id: str) -> None:
        """Take a privilege away from a role."""
        row = self.local.get(f"privileges?$select=privilegeid&$filter=name eq '{privilege}'")
        body = {"PrivilegeId": row["value"][0]["privilegeid"]}
        path = f"roles({role_id})/Microsoft.Dynamics.CRM.RemovePrivilegeRole"
        self.local.expect(204, "POST", path, body)

    def form(self, table: str, **columns: object) -> None:
        """Change the main forms of a table, and publish."""
        condition = f"objecttypecode eq '{table}' and type eq 2"
        query = f"systemforms?$select=formid&$filter={condition}"
        for row in self.local.get(query)["value"]:
            self.local.expect(204, "PATCH", f"systemforms({row['formid']})", columns)
        xml = f"<importexportxml><entities><entity>{table}</entity></entities></importexportxml>"
        self.local.expect(204, "POST", "PublishXml", {"ParameterXml": xml})

    def form_xml(self, table: str) -> str:
        """Return the FormXml of a table's main form."""
        condition = f"objecttypecode eq '{table}' and type eq 2"
        rows = self.local.get(f"systemforms?$select=formxml&$filter={condition}")["value"]
        text: str = rows[0]["formxml"]
        return text


def _json(status: int, body: object) -> Response:
    return Response(
        status, Headers({"Content-Type": "application/json"}), json.dumps(body).encode()
    )


def frame_src(*sources: str) -> str:
    return json.dumps({"Frame-Src": {"sources": [{"source": each} for each in sources]}})


def restrict_embedding(patient: Patient) -> None:
    patient.genesys.authentication["domainAllowlist"] = ["contoso.example"]


def utc(year: int, month: int, day: int) -> datetime:
    return datetime(year, month, day, tzinfo=UTC)
