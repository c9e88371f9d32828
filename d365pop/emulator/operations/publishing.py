"""PublishXml and PublishAllXml: drafts become what everybody sees."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.histories import Deed, entry
from d365pop.emulator.jobs import start_in_background
from d365pop.emulator.operations.base import Call, Operation
from d365pop.emulator.protocol import JsonObject
from d365pop.emulator.publication import hanging_on, publish_everything, publish_rows
from d365pop.emulator.store import Layer
from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

PARTS = {
    "entities": "entity",
    "ribbons": "ribbon",
    "dashboards": "dashboard",
    "optionsets": "optionset",
    "sitemaps": "sitemap",
    "webresources": "webresource",
    "appmodules": "appmodule",
}
INVALID_XML = "0x80040203"
NOT_IN_CACHE = "0x80041102"
ROW_ABSENT = "0x80040217"


def _publish_xml(call: Call) -> None:
    environment = call.environment
    requested = _read_parameter(call.text("ParameterXml"))
    ids = _hanging_on(environment, requested.get("entities", []))
    ids["webresource"] = _existing(environment, "webresource", requested.get("webresources", []))
    ids["appmodule"] = _existing(environment, "appmodule", requested.get("appmodules", []))
    with environment.lock.held_for("Publish"), entry(environment, Deed.PUBLISH):
        environment.sleep(environment.publish_seconds)
        publish_rows(environment, ids)


def _publish_all_xml(call: Call) -> None:
    environment = call.environment
    with environment.lock.held_for("PublishAll"):
        _publish_all(environment)


def _publish_all_async(call: Call) -> JsonObject:
    environment = call.environment
    environment.lock.acquire("PublishAll")
    job_id = start_in_background(
        environment, call.caller, "PublishAllXml", lambda: _publish_all(environment)
    )
    return {"AsyncOperationId": job_id}


def _publish_all(environment: Environment) -> None:
    with entry(environment, Deed.PUBLISH_ALL):
        environment.sleep(environment.publish_seconds)
        publish_everything(environment)


def _read_parameter(text: str) -> dict[str, list[str]]:
    """Return what is to be published, by container.

    The schema is a sequence, so containers out of order are refused as the platform does.
    """
    try:
        root = parse_xml(text)
    except XmlRefusedError as exc:
        raise bad_request(f"Invalid ParameterXml: {exc}", INVALID_XML) from exc
    if root.tag != "importexportxml":
        raise bad_request(f"The '{root.tag}' element is not declared.", INVALID_XML)
    order, last = list(PARTS), -1
    requested: dict[str, list[str]] = {}
    for container in root:
        item = PARTS.get(container.tag)
        position = order.index(container.tag) if item else -1
        if item is None or position <= last or any(child.tag != item for child in container):
            raise bad_request(
                "The element 'importexportxml' has invalid child element "
                f"'{container.tag}', or it is out of order.",
                INVALID_XML,
            )
        last = position
        requested[container.tag] = [(child.text or "").strip() for child in container]
    return requested


def _hanging_on(environment: Environment, tables: list[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name in tables:
        hanging = hanging_on(environment, name)
        if not any(hanging.values()) and name not in environment.catalog.by_name:
            raise bad_request(
                f"The entity with a name = '{name}' was not found in the MetadataCache.",
                NOT_IN_CACHE,
            )
        for table, row_ids in hanging.items():
            found.setdefault(table, []).extend(row_ids)
    return found


def _existing(environment: Environment, name: str, ids: list[str]) -> list[str]:
    table = environment.table(name)
    bare = [text.strip("{}").lower() for text in ids]
    for row_id in bare:
        if environment.store.get(table, row_id, Layer.DRAFT) is None:
            raise bad_request(f"{name} With Id = {row_id} Does Not Exist", ROW_ABSENT)
    return bare


OPERATIONS = (
    Operation("PublishXml", _publish_xml, frozenset({"ParameterXml"})),
    Operation("PublishAllXml", _publish_all_xml),
    Operation("PublishAllXmlAsync", _publish_all_async),
)
