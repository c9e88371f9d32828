"""Roles and privileges, and who has which; knows no rows."""

from d365pop.emulator.metadata import Collection, Column, Kind
from d365pop.emulator.table_kit import (
    NONE,
    columns,
    flag,
    lookup,
    managed,
    nameless_lookups,
    number,
    pairs,
    table,
    texts,
)

ROLE = table(
    "role",
    "roles",
    "name",
    [
        *texts("name"),
        lookup("businessunitid", "businessunit"),
        lookup("parentroleid", "role"),
        *nameless_lookups("parentrootroleid", "roletemplateid"),
        *columns(Kind.ID, "roleidunique", "solutionid"),
        number("importsequencenumber"),
        Column("overriddencreatedon", Kind.DATETIME),
        number("isinherited", 1),
        Column("componentstate", Kind.INTEGER, default=0, read_only=True),
        Column("ismanaged", Kind.BOOLEAN, default=0, read_only=True),
        Column("overwritetime", Kind.DATETIME, read_only=True),
        managed("iscustomizable"),
        managed("canbedeleted"),
        Column("organizationid", Kind.ID, read_only=True),
    ],
    object_type_code=1036,
    collections=(
        Collection(
            "systemuserroles_association", "systemuser", "roleid", "systemuserroles", "systemuserid"
        ),
    ),
)
PRIVILEGE = table(
    "privilege",
    "privileges",
    "name",
    [
        *texts("name"),
        number("accessright"),
        *(flag(f"canbe{depth}", default=True) for depth in ("basic", "local", "deep", "global")),
    ],
    object_type_code=1023,
    writes=NONE,
    virtual=True,
)
ROLE_PRIVILEGE = table(
    "d365pop_roleprivilege",
    "d365pop_roleprivileges",
    "roleid",
    [*columns(Kind.ID, "roleid"), *texts("held")],
    writes=NONE,
)
"""What each role holds: JSON of depth by privilege name; never served."""
USER_ROLE = pairs("systemuserroles", "systemuserrolescollection", ("systemuserid", "roleid"))
"""Which user has which role."""
APPLICATION = table(
    "d365pop_application",
    "d365pop_applications",
    "clientid",
    texts("clientid", "secret", "certificate", "issuer", "subject", "issuerkey"),
    writes=NONE,
)
"""The directory's registrations; never served."""

SERVED = (ROLE, PRIVILEGE, USER_ROLE)
INTERNAL = (ROLE_PRIVILEGE, APPLICATION)
