"""Classic ribbons as Dataverse keeps them: one row for each node, with the real names; no rows."""

from d365pop.emulator.metadata import Column, Kind
from d365pop.emulator.table_kit import columns, component_columns, table, texts

# ASSUMED: they can be deleted, as others do it, and by nobody else be written than by imports.
WRITES = frozenset({"DELETE"})
RIBBON_DIFF = table(
    "ribbondiff",
    "ribbondiffs",
    "diffid",
    [
        *texts("diffid", "entity", "rdx", "tabid"),
        *columns(Kind.INTEGER, "difftype", "sequence"),
        *columns(Kind.ID, "ribbondiffuniqueid", "contextgroupid"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *component_columns(),
    ],
    object_type_code=1130,
    component_type=55,
    publishable=True,
    hangs_on="entity",
    writes=WRITES,
    indexed=("entity",),
)
RIBBON_COMMAND = table(
    "ribboncommand",
    "ribboncommands",
    "command",
    [
        *texts("command", "entity", "commanddefinition"),
        *columns(Kind.ID, "ribboncommanduniqueid"),
        Column("organizationid", Kind.LOOKUP, {"organizationid": "organization"}, read_only=True),
        *component_columns(),
    ],
    object_type_code=1116,
    component_type=48,
    publishable=True,
    hangs_on="entity",
    writes=WRITES,
    indexed=("entity",),
)
SERVED = (RIBBON_DIFF, RIBBON_COMMAND)
