"""What Dataverse demands of a form before it is saved."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request
from d365pop.emulator.formxml import FormXmlError, check_form_xml
from d365pop.emulator.metadata import Row
from d365pop.emulator.rules.base import Rules
from d365pop.emulator.store import Layer

INVALID_FORM_XML = "0x80048425"
MISSING_COMPONENT = "0x8004f036"


def check_form(environment: Environment, form_id: str, form_xml: str) -> None:
    """Check FormXml against the schema and the web resources that exist.

    Raises:
        Fault: it does not conform, or a form library is no web resource.
    """
    try:
        libraries = check_form_xml(form_xml)
    except FormXmlError as exc:
        raise bad_request(
            f"The Form XML does not conform to the required schema. {exc}", INVALID_FORM_XML
        ) from exc
    table = environment.table("webresource")
    for name in libraries:
        if not environment.store.find(table, "name", name, Layer.DRAFT):
            raise bad_request(
                f"The dependent component WebResource (Id={name}) does not exist.  Failure trying "
                f"to associate it with SystemForm (Id={form_id}) as a dependency. Missing "
                "dependency lookup type = PrimaryNameLookup.",
                MISSING_COMPONENT,
            )


def _before_write(environment: Environment, row: Row, before: Row | None) -> Row:
    check_form(environment, str(row["formid"]), str(row.get("formxml") or ""))
    if before is not None:
        return {}
    table = str(row.get("objecttypecode") or "")
    if table not in environment.catalog.by_name:
        raise bad_request(
            f"The entity with a name = '{table}' was not found in the MetadataCache.", "0x80041102"
        )
    return {"formidunique": environment.new_id()}


RULES = Rules(write=_before_write)
