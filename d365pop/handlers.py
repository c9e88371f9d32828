"""Whether the functions that forms will call exist in the libraries that a package brings."""

from pathlib import Path

from d365pop.check.scripts.functions import definitions
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired


def require_functions(desired: Desired, cache: Path | None = None) -> None:
    """Refuse a registration that would deploy well and then fail on every form.

    Dataverse does not look at the function's name. A library that is not of the package, or that
    makes names at run time, proves nothing and is let pass.

    Raises:
        PlanRefusedError: a library defines no such function; all of them are in the context.
    """
    handlers = [handler for each in desired.registrations for handler in each.handlers]
    named = {handler.library_name for handler in handlers}
    scripts = {
        resource.name: resource.content
        for resource in desired.solution.web_resources
        if resource.name in named
    }
    known = definitions(scripts, cache=cache)
    wrong = [
        f"{handler.event}: {handler.library_name} has no function {handler.function_name}, but "
        f"{', '.join(sorted(found.functions)) or 'none'}"
        for handler in dict.fromkeys(handlers)
        if (found := known.get(handler.library_name))
        and not found.may_define(handler.function_name)
    ]
    if wrong:
        raise PlanRefusedError(
            "function-missing",
            "A form would call a function that does not exist.",
            context="\n".join(wrong),
            hint="Correct [[forms]] in d365pop.toml, or build the script that has it.",
        )
