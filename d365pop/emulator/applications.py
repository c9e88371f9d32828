"""The applications of the directory: what they sign in with, and as whom."""

import hmac
from dataclasses import asdict, dataclass, fields
from uuid import uuid5

from d365pop.emulator.auth import CLIENT_SECRET
from d365pop.emulator.environment import Environment
from d365pop.emulator.metadata import METADATA_NAMESPACE
from d365pop.emulator.odata.values import is_guid
from d365pop.emulator.protocol import JsonObject


@dataclass(frozen=True, slots=True)
class Application:
    """One registration; empty where it has no such credential."""

    client_id: str
    secret: str = ""
    certificate: str = ""
    """PEM of the public certificate whose key signs its assertions."""
    issuer: str = ""
    subject: str = ""
    """Of a federated credential, with its issuer."""
    issuer_key: str = ""
    """PEM of the public key that the issuer signs with; nothing is verified without it."""


FIELDS = tuple(field.name for field in fields(Application))
PEM = frozenset({"certificate", "issuer_key"})


def read_application(told: JsonObject) -> Application:
    """Return a registration from what somebody tells.

    Raises:
        ValueError: a property is unknown, or holds what it cannot.
    """
    given: dict[str, str] = {}
    for name, value in told.items():
        if name not in FIELDS:
            raise ValueError(f"'{name}' is none of {', '.join(FIELDS)}.")
        if not isinstance(value, str):
            raise ValueError(f"'{name}' is no text.")  # noqa: TRY004 - as of any body
        if name in PEM and not value.lstrip().startswith("-----BEGIN "):
            raise ValueError(f"'{name}' is no PEM.")
        given[name] = value
    if not is_guid(given.get("client_id", "")):
        raise ValueError("'client_id' is no GUID.")
    return Application(**given)


def register(environment: Environment, application: Application) -> None:
    """Keep a registration, in the place of an earlier one."""
    table = environment.table("d365pop_application")
    values = {name.replace("_", ""): value for name, value in asdict(application).items()}
    row = environment.store.find_one(table, "clientid", application.client_id)
    if row is None:
        row_id = environment.new_id()
        environment.store.insert(table, {"d365pop_applicationid": row_id, **values})
    else:
        environment.store.update(table, str(row["d365pop_applicationid"]), {**values})


def application_of(environment: Environment, client_id: str) -> Application | None:
    """Return a registration; each application user has one, with the local secret at least."""
    table = environment.table("d365pop_application")
    row = environment.store.find_one(table, "clientid", client_id) if client_id else None
    if row is not None:
        names = ("clientid", "secret", "certificate", "issuer", "subject", "issuerkey")
        return Application(*(str(row[name] or "") for name in names))
    users = environment.table("systemuser")
    if client_id and environment.store.find_one(users, "applicationid", client_id):
        return Application(client_id, secret=CLIENT_SECRET)
    return None


def user_of(environment: Environment, application: Application) -> str:
    """Return the id of its user; of one that no environment knows where there is none."""
    users = environment.table("systemuser")
    row = environment.store.find_one(users, "applicationid", application.client_id)
    if row is not None:
        return str(row["systemuserid"])
    return str(uuid5(METADATA_NAMESPACE, f"principal {application.client_id}"))


def secret_fits(application: Application, secret: str) -> bool:
    """Whether a secret is the application's."""
    return bool(application.secret) and hmac.compare_digest(
        secret.encode(), application.secret.encode()
    )
