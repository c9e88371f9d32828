"""Which forms, commands and ribbons use a web resource, and the refusal to delete what is used."""

from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import REFERENCED, bad_request
from d365pop.emulator.formxml import web_resources_used
from d365pop.emulator.ribbons import web_resources_named
from d365pop.emulator.store import Layer, Selection


def refuse_where_used(environment: Environment, name: str, web_resource_id: str) -> None:
    """Demand that no form, command or ribbon uses a web resource that is to go.

    Raises:
        Fault: one does, published or in its draft.
    """
    count = (
        len(forms_using(environment, name))
        + _commands_calling(environment, web_resource_id)
        + sum(name.lower() == named for *_, named in web_resources_named(environment))
    )
    if count:
        raise bad_request(
            f"The WebResource({web_resource_id}) component cannot be deleted because it is "
            f"referenced by {count} other components. For a list of referenced components, use the "
            "RetrieveDependenciesForDeleteRequest.",
            REFERENCED,
        )


def forms_using(environment: Environment, name: str) -> set[str]:
    """Return the ids of the forms that use a web resource, published or in their draft."""
    table = environment.table("systemform")
    where, parameters = 'instr(lower(t."formxml"), ?) > 0', (name.lower(),)
    found: set[str] = set()
    for layer in Layer:
        for form in environment.store.select(table, Selection(where, parameters), layer):
            if name.lower() in web_resources_used(str(form["formxml"])):
                found.add(str(form["formid"]))
    return found


def _commands_calling(environment: Environment, web_resource_id: str) -> int:
    where = 't."onclickeventjavascriptwebresourceid" = ?'
    commands = environment.table("appaction")
    return environment.store.count(commands, Selection(where, (web_resource_id,)))
