"""Compares two environment variables; of a secret it tells that it changed, never the text."""

from collections.abc import Iterator

from d365pop.compare.difference import Detail
from d365pop.redaction import MASK
from d365pop.solution.contents import VariableEntry


def variable_details(
    before: VariableEntry, after: VariableEntry, *, remote: bool
) -> Iterator[Detail]:
    """Yield what changed; ``remote`` is where one of the two is an environment's."""
    # Only one side may know that it is a secret.
    secret = before.is_secret or after.is_secret
    values = [("value", before.value, after.value)]
    if remote:
        # A package without a value leaves the environment's alone.
        values = values if before.value is not None and after.value is not None else []
    else:
        values.append(("default value", before.default_value, after.default_value))
        for what, old, new in (
            ("display name", before.display_name, after.display_name),
            ("type", str(before.type_code), str(after.type_code)),
        ):
            if old != new:
                yield Detail(what, old, new)
    for what, old_value, new_value in values:
        if old_value == new_value:
            continue
        if secret and old_value is not None and new_value is not None:
            yield Detail(what, after="changed; a secret is not shown")
        else:
            yield Detail(what, _shown(old_value, secret=secret), _shown(new_value, secret=secret))


def _shown(value: str | None, *, secret: bool) -> str:
    if value is None:
        return "(none)"
    return MASK if secret else value or "(empty)"
