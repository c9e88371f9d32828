"""What Dataverse demands of a web resource, by request or by import alike."""

import base64
import binascii
import re

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import BAD_PAYLOAD, Fault, bad_request
from d365pop.emulator.form_references import refuse_where_used
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer, Selection

TYPES = frozenset(range(1, 13))
NAME = re.compile(r"[A-Za-z0-9_.\-/]+")
FORBIDDEN_EXTENSIONS = (".aspx", ".ascx", ".asmx", ".ashx")
LONGEST_NAME = 256


def check_web_resource(name: str, kind: int, size: int, largest: int) -> None:
    """Check what is independent of other web resources.

    Raises:
        Fault: with the platform's code for each mistake.
    """
    if kind not in TYPES:
        raise bad_request("Invalid web resource type specified.", "0x8004f111")
    if not name:
        raise bad_request("A web resource cannot have an empty name.", "0x8004f116")
    if NAME.fullmatch(name) is None or "//" in name or len(name) > LONGEST_NAME:
        raise bad_request(
            "Web resource names may only include letters, numbers, periods, and nonconsecutive "
            "forward slash characters.",
            "0x8004f117",
        )
    if name.lower().endswith(FORBIDDEN_EXTENSIONS):
        raise bad_request(
            "Webresource names cannot have the following file extensions: "
            ".aspx, .ascx, .asmx or .ashx.",
            "0x8004f119",
        )
    if size > largest:
        raise bad_request("Webresource content size is too big.", "0x8004f114")


def check_prefix(environment: Environment, name: str, new_prefix: str = "") -> None:
    """Demand that a publisher's prefix starts the name, a known one's or that of a new one.

    Raises:
        Fault: there is no such publisher.
    """
    prefix, underscore, _ = name.partition("_")
    publishers = environment.table("publisher")
    known = prefix.lower() == new_prefix.lower() or environment.store.find(
        publishers, "customizationprefix", prefix, Layer.DRAFT
    )
    if not (prefix and underscore and known):
        raise bad_request(
            f"A web resource name must start with a valid prefix: '{name}'.", "0x8004f118"
        )


def largest_size(environment: Environment) -> int:
    """Return the environment's ``maxuploadfilesize`` in bytes."""
    organizations = environment.store.select(environment.table("organization"), Selection())
    return int(organizations[0]["maxuploadfilesize"] or 0)


def _before_write(environment: Environment, row: Row, before: Row | None) -> Row:
    content = str(row.get("content") or "")
    try:
        size = len(base64.b64decode(content, validate=True))
    except (binascii.Error, ValueError) as exc:
        raise bad_request(
            "Content of the web resource is not a valid Base64 string.", BAD_PAYLOAD
        ) from exc
    name, kind = str(row.get("name") or ""), int(row.get("webresourcetype") or 0)
    check_web_resource(name, kind, size, largest_size(environment))
    if before is not None:
        if str(before["name"]).lower() != name.lower():
            # ASSUMED: the platform does not rename a web resource; the exact text is unknown.
            raise bad_request("The name of a web resource cannot be changed.", "0x80040203")
        return {}
    check_prefix(environment, name)
    table = environment.table("webresource")
    if environment.store.find(table, "name", name, Layer.DRAFT):
        raise Fault(
            412, "0x8004f115", "A web resource with the same name already exists. Use another name."
        )
    return {"webresourceidunique": environment.new_id()}


def _before_delete(environment: Environment, row: Row) -> None:
    refuse_where_used(environment, str(row["name"]), str(row["webresourceid"]))


RULES = Rules(write=_before_write, delete=_before_delete)
