"""A local Dataverse without sockets, and packages made on the spot, for the tests here."""

import base64
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from d365pop.emulator import seed
from d365pop.emulator.environment import Environment
from d365pop.emulator.gateway import Gateway
from d365pop.emulator.metadata import Catalog
from d365pop.emulator.protocol import Request, Response
from d365pop.emulator.store import Store
from d365pop.emulator.tables import CATALOG
from tests.unit.emulator.listed import route_of

HOST = "127.0.0.1:4711"
BASE = f"http://{HOST}"
API = "/api/data/v9.2/"
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
FORM_XML = "<form><tabs><tab><columns><column width='100%'/></columns></tab></tabs></form>"


@dataclass
class LocalEnvironment:
    """A seeded environment in memory, with a clock that stands still."""

    sleeps: list[float] = field(default_factory=list)
    waiting: list[Callable[[], None]] = field(default_factory=list)
    """Background work that was asked for and has not run yet."""
    import_seconds: float = 0.0
    publish_seconds: float = 0.0
    catalog: Catalog = CATALOG

    def __post_init__(self) -> None:
        self.environment = Environment(
            store=Store.open(None, self.catalog),
            catalog=self.catalog,
            now=lambda: NOON,
            sleep=self.sleeps.append,
            run=self.waiting.append,
            import_seconds=self.import_seconds,
            publish_seconds=self.publish_seconds,
        )
        seed.plant(self.environment)
        self.gateway = Gateway(self.environment)
        self.token = self.gateway.sessions.issue_token(seed.ADMINISTRATOR_ID)

    def send(self, method: str, address: str, body: bytes = b"", **headers: str) -> Response:
        """Send a request with nothing but these headers and a loopback host."""
        path, _, query = address.partition("?")
        named = {name.replace("_", "-").lower(): value for name, value in headers.items()}
        response = self.gateway.handle(Request(method, path, query, {"host": HOST, **named}, body))
        if response.status < HTTPStatus.BAD_REQUEST and method not in {"HEAD", "OPTIONS"}:
            # What succeeds anywhere in the tests stands in the documented table.
            assert route_of(method, path), f"{method} {path} is served and not listed"
        return response

    def call(self, method: str, path: str, body: object = None, **headers: str) -> Response:
        """Call the Web API as the deployment user."""
        content = b"" if body is None else json.dumps(body).encode()
        signed = {"authorization": f"Bearer {self.token}", **headers}
        return self.send(method, API + path.replace(" ", "%20"), content, **signed)

    def get(self, path: str, **headers: str) -> Any:
        """Return the JSON of a read that must go well."""
        return self.expect(200, "GET", path, **headers)

    def expect(
        self, status: int, method: str, path: str, body: object = None, **headers: str
    ) -> Any:
        """Return the JSON of an answer that must have this status."""
        response = self.call(method, path, body, **headers)
        assert response.status == status, response.body.decode()
        return json.loads(response.body) if response.body else None

    def refusal(
        self, status: int, method: str, path: str, body: object = None, **headers: str
    ) -> tuple[str, str]:
        """Return code and message of a refusal that must have this status."""
        error = self.expect(status, method, path, body, **headers)["error"]
        return error["code"], error["message"]

    def create(self, entity_set_name: str, body: Mapping[str, object], **headers: str) -> str:
        """Create a row and return its id."""
        response = self.call("POST", entity_set_name, body, **headers)
        assert response.status == 204, response.body.decode()
        return response.header("OData-EntityId").rpartition("(")[2].rstrip(")")

    def create_script(self, name: str, text: str = "1") -> str:
        """Create a script web resource and return its id."""
        content = base64.b64encode(text.encode()).decode()
        body = {"name": name, "displayname": name, "webresourcetype": 3, "content": content}
        return self.create("webresourceset", body)

    def filtered(self, entity_set_name: str, column: str, condition: str) -> list[Any]:
        """Return one column of the rows that a filter matches."""
        query = f"$select={column}&$filter={quote(condition)}&$orderby={column}"
        return [row[column] for row in self.get(f"{entity_set_name}?{query}")["value"]]

    def import_package(self, package: bytes, **parameters: object) -> dict[str, Any]:
        """Import a package in the background, let it run, and return its operation's row."""
        body = {
            "CustomizationFile": base64.b64encode(package).decode(),
            "OverwriteUnmanagedCustomizations": True,
            "PublishWorkflows": False,
            **parameters,
        }
        keys = self.expect(200, "POST", "ImportSolutionAsync", body)
        self.run_waiting()
        row: dict[str, Any] = self.get(f"asyncoperations({keys['AsyncOperationId']})")
        return row | {"ImportJobKey": keys["ImportJobKey"]}

    def run_waiting(self) -> None:
        """Let the background work run."""
        while self.waiting:
            self.waiting.pop(0)()


@dataclass(frozen=True)
class PackageSource:
    """A small solution; ``files`` adds to or replaces what it is made of, None removes."""

    unique_name: str = "Sample"
    version: str = "1.0.0.0"
    managed: bool = False
    publisher: str = "samplepublisher"
    prefix: str = "smp"
    package_version: str = "9.2"
    missing: str = ""
    customizations: str = ""
    first_id: int = 0
    """Number of the first web resource's id."""
    web_resources: Mapping[str, bytes] = field(default_factory=dict)
    files: Mapping[str, bytes | None] = field(default_factory=dict)

    def zip(self) -> bytes:
        """Return the package."""
        parts: dict[str, bytes | None] = {
            "[Content_Types].xml": self._types().encode(),
            "solution.xml": self._solution().encode(),
            "customizations.xml": self._customizations().encode(),
            **{f"WebResources/{self._file(name)}": c for name, c in self.web_resources.items()},
            **self.files,
        }
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in parts.items():
                if content is not None:
                    archive.writestr(path, content)
        return buffer.getvalue()

    def _file(self, name: str) -> str:
        return name.replace("/", "").replace(".", "")

    def _types(self) -> str:
        overrides = "".join(
            f'<Override PartName="/WebResources/{self._file(name)}" ContentType="a/b"/>'
            for name in self.web_resources
        )
        return (
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="a/b"/><Default Extension="json" '
            f'ContentType="a/b"/>{overrides}</Types>'
        )

    def _solution(self) -> str:
        roots = "".join(
            f'<RootComponent type="61" schemaName="{name}" behavior="0"/>'
            for name in self.web_resources
        )
        return (
            f'<ImportExportXml SolutionPackageVersion="{self.package_version}" '
            f'languagecode="1033"><SolutionManifest><UniqueName>{self.unique_name}</UniqueName>'
            '<LocalizedNames><LocalizedName description="A sample" languagecode="1033"/>'
            f"</LocalizedNames><Descriptions/><Version>{self.version}</Version>"
            f"<Managed>{int(self.managed)}</Managed><Publisher><UniqueName>{self.publisher}"
            "</UniqueName><LocalizedNames><LocalizedName description='A publisher' "
            "languagecode='1033'/></LocalizedNames><Descriptions/>"
            f"<CustomizationPrefix>{self.prefix}</CustomizationPrefix>"
            "<CustomizationOptionValuePrefix>12345</CustomizationOptionValuePrefix>"
            f"</Publisher><RootComponents>{roots}</RootComponents>"
            f"<MissingDependencies>{self.missing}</MissingDependencies></SolutionManifest>"
            "</ImportExportXml>"
        )

    def _customizations(self) -> str:
        resources = "".join(
            f"<WebResource><WebResourceId>{{{web_resource_id(number)}}}</WebResourceId>"
            f"<Name>{name}</Name><DisplayName>{name}</DisplayName>"
            "<WebResourceType>3</WebResourceType>"
            f"<FileName>/WebResources/{self._file(name)}</FileName></WebResource>"
            for number, name in enumerate(self.web_resources, self.first_id)
        )
        return (
            f"<ImportExportXml>{self.customizations}<WebResources>{resources}</WebResources>"
            "</ImportExportXml>"
        )


def web_resource_id(number: int) -> str:
    """Return the id that the package gives to its web resource at this place."""
    return f"aaaaaaaa-0000-4000-8000-{number:012d}"
