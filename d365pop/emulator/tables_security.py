"""Roles and privileges, and who has which; knows no rows."""

from d365pop.emulator.metadata import Column, Kind
from d365pop.emulator.table_kit import columns, flag, lookup, managed, number, table, texts

ROLE = table(
    "role",
    "roles",
    "name",
    [
        *texts("name", "description"),
        lookup("businessunitid", "businessunit"),
        lookup("parentroleid", "role"),
        *columns(Kind.ID, "roletemplateid", "roleidunique", "solutionid"),
        number("isinherited", 1),
        Column("componentstate", Kind.INTEGER, default=0, read_only=True),
        Column("ismanaged", Kind.BOOLEAN, default=0, read_only=True),
        Column("overwritetime", Kind.DATETIME, read_only=True),
        managed("iscustomizable"),
        managed("canbedeleted"),
        Column("organizationid", Kind.ID, read_only=True),
    ],
    object_type_code=1036,
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
    writable=False,
    virtual=True,
)
ROLE_PRIVILEGE = table(
    "d365pop_roleprivilege",
    "d365pop_roleprivileges",
    "roleid",
    [*columns(Kind.ID, "roleid"), *texts("held")],
    writable=False,
)
"""What each role holds: JSON of depth by privilege name; never served."""
USER_ROLE = table(
    "d365pop_userrole",
    "d365pop_userroles",
    "systemuserid",
    [*columns(Kind.ID, "systemuserid", "roleid")],
    writable=False,
)
"""Which user has which role; never served."""
APPLICATION = table(
    "d365pop_application",
    "d365pop_applications",
    "clientid",
    texts("clientid", "secret", "certificate", "issuer", "subject"),
    writable=False,
)
"""The directory's registrations; never served."""

SERVED = (ROLE, PRIVILEGE)
INTERNAL = (ROLE_PRIVILEGE, USER_ROLE, APPLICATION)
