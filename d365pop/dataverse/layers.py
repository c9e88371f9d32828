"""The layers of a component: which solution says what of it, and what lies on top."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse, Row
from d365pop.dataverse.reading import optional_text, text, whole_number
from d365pop.models import ComponentType

ACTIVE: Final = "Active"
"""The unmanaged layer; it is always on top."""

LAYERED: Final[Mapping[int, str]] = {
    ComponentType.WEB_RESOURCE: "WebResource",
    ComponentType.FORM: "SystemForm",
}
"""The names by which the table knows components, by their type number."""

# A row that every write leaves behind changes these, and hides nothing.
_MEANINGLESS: Final = frozenset(
    {
        "componentstate",
        "createdby",
        "createdon",
        "modifiedby",
        "modifiedon",
        "overwritetime",
        "solutionid",
        "supportingsolutionid",
        "versionnumber",
    }
)


@dataclass(frozen=True, slots=True)
class ComponentLayer:
    """One layer, and the columns in which it differs from those below it."""

    solution: str
    order: int
    changes: tuple[str, ...]
    written_on: str

    @property
    def is_phantom(self) -> bool:
        """Whether it hides nothing: Dataverse shows such rows on untouched components too."""
        return not self.changes


def retrieve_layers(
    dv: Dataverse, component_id: str, component_type: int
) -> tuple[ComponentLayer, ...]:
    """Return the layers of one component, the topmost first.

    The table is virtual: it needs both conditions, and one call a component.
    """
    path = odata.query(
        "msdyn_componentlayers",
        {
            "$filter": f"msdyn_componentid eq {odata.quote(component_id.strip('{}'))} and "
            f"msdyn_solutioncomponentname eq {odata.quote(LAYERED[component_type])}",
        },
    )
    layers = map(_layer, dv.rows("look at the layers of a component", path))
    return tuple(sorted(layers, key=lambda layer: layer.order, reverse=True))


def hiding_layer(layers: tuple[ComponentLayer, ...]) -> ComponentLayer | None:
    """Return the unmanaged layer where it really hides what lies below it."""
    if layers and layers[0].solution == ACTIVE and not layers[0].is_phantom:
        return layers[0]
    return None


def has_active_layer(dv: Dataverse, object_id: str, component_type: int) -> bool:
    """Return whether an unmanaged layer changes what the component is."""
    return hiding_layer(retrieve_layers(dv, object_id, component_type)) is not None


def _layer(row: Row) -> ComponentLayer:
    return ComponentLayer(
        solution=text(row, "msdyn_solutionname"),
        order=whole_number(row, "msdyn_order"),
        changes=_changes(optional_text(row, "msdyn_changes")),
        written_on=optional_text(row, "msdyn_overwritetime"),
    )


def _changes(document: str) -> tuple[str, ...]:
    """Return the meaningful columns that a layer names; a layer that says nothing has none."""
    try:
        found = json.loads(document or "{}")
    except ValueError:
        return ("something that cannot be read",)
    attributes = found.get("Attributes") if isinstance(found, dict) else None
    names = {
        str(each.get("Key", each.get("key", ""))).lower()
        for each in (attributes if isinstance(attributes, list) else [])
        if isinstance(each, dict)
    }
    return tuple(sorted(names - _MEANINGLESS - {""}))
