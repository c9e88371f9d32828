"""Wires what doctor examines: the environment, Genesys Cloud and this machine."""

import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path

from d365pop import __version__
from d365pop import build as builder
from d365pop.auth.certificate import certificate_end
from d365pop.auth.clouds import cloud_of
from d365pop.auth.kinds import Certificate, Variable
from d365pop.cli import signing_in
from d365pop.cli.progress import working
from d365pop.cli.servers import open_transport
from d365pop.config import variables
from d365pop.dataverse.client import API_PATH, Dataverse
from d365pop.doctor.catalogue import all_checks
from d365pop.doctor.examination import Examined, examine
from d365pop.doctor.subject import Machine, Subject
from d365pop.genesys.platform import Platform
from d365pop.models import Json
from d365pop.redaction import hide
from d365pop.settings import EnvironmentSettings, Settings
from d365pop.sign_in import kind_of
from d365pop.transport import Request, Transport, host_of

# ASSUMED: the version of the Power Platform's administration API that Microsoft's own provider for
# Terraform calls.
_GOVERNANCE = (
    "https://{host}/providers/Microsoft.BusinessAppPlatform/scopes/admin/environments/{id}"
    "?api-version=2023-06-01"
)


@dataclass(frozen=True)
class Wishes:
    """What the command line says besides the configuration."""

    config: Path
    state: Path
    agents_role: str
    pasted_uris: tuple[str, ...]


def examined(
    name: str, settings: Settings, wishes: Wishes, mend: Callable[[Examined], bool]
) -> tuple[Examined, ...]:
    """Run every check; one that ``mend`` has mended is run anew."""
    environment = settings.environment(name)
    with ExitStack() as stack:
        transport = stack.enter_context(open_transport(environment, wishes.state, 60.0))
        subject = _subject(environment, settings, wishes, transport)
        with working("Looking"):
            found = list(examine(all_checks(), subject))
        for number, each in enumerate(found):
            if mend(each):
                anew = _subject(environment, settings, wishes, transport)
                found[number] = next(iter(examine([each.check], anew)))
        return tuple(found)


def _subject(
    environment: EnvironmentSettings, settings: Settings, wishes: Wishes, transport: Transport
) -> Subject:
    probe = Request("GET", f"{environment.url}{API_PATH}", idempotent=True)
    return Subject(
        settings=settings,
        environment=environment,
        machine=_machine(settings, environment, wishes),
        connect=lambda: Dataverse(
            environment.url, transport, signing_in.tokens(environment, transport)
        ),
        challenge=lambda: transport.send(probe),
        governance=_governance(environment, transport),
        platform=_platform(settings, transport),
        pasted_uris=wishes.pasted_uris,
        agents_role=wishes.agents_role,
    )


def _machine(settings: Settings, environment: EnvironmentSettings, wishes: Wishes) -> Machine:
    kind = kind_of(environment)
    folder = wishes.config.absolute().parent

    @cache
    def build() -> builder.Build:
        return builder.build(
            settings, managed=environment.managed, cache=wishes.state / "cache", folder=folder
        )

    return Machine(
        variables=variables(),
        versions=", ".join(_versions()),
        free_bytes=lambda: shutil.disk_usage(folder).free,
        now=lambda: datetime.now(UTC),
        build=build,
        certificate_ends=lambda: (
            certificate_end(kind, signing_in.surroundings())
            if isinstance(kind, Certificate)
            else None
        ),
    )


def _versions() -> Iterator[str]:
    yield f"d365pop {__version__}"
    yield f"Python {sys.version.split()[0]} on {platform.system()} {platform.machine()}"
    yield from (f"{name} {version(name)}" for name in ("msal", "requests"))


def _governance(
    environment: EnvironmentSettings, transport: Transport
) -> Callable[[str], Json] | None:
    cloud = cloud_of(host_of(environment.url))
    if cloud is None:
        return None

    def read(environment_id: str) -> Json:
        tokens = signing_in.tokens(environment, transport, resource=cloud.administration_resource)
        response = transport.send(
            Request(
                "GET",
                _GOVERNANCE.format(host=cloud.administration, id=environment_id),
                {"Authorization": f"Bearer {hide(tokens.token())}", "Accept": "application/json"},
                idempotent=True,
            )
        )
        try:
            return response.json()
        except ValueError:
            return None

    return read


def _platform(settings: Settings, transport: Transport) -> Platform | None:
    genesys = settings.genesys
    source = Variable(genesys.api_client_secret_variable)
    if not genesys.api_client_id or not variables().get(source.name):
        return None
    secret = signing_in.surroundings().text(source, "client secret of Genesys Cloud")
    return Platform(transport, genesys.region, genesys.api_client_id, secret)
