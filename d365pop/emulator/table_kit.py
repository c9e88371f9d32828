"""Shorthand for table definitions; knows no table."""

from d365pop.emulator.metadata import WRITES, Collection, Column, Kind, Table

NONE: frozenset[str] = frozenset()
"""What a table takes that only the platform writes."""


def texts(*names: str) -> list[Column]:
    """Return text columns."""
    return [Column(name) for name in names]


def columns(kind: Kind, *names: str, read_only: bool = False) -> list[Column]:
    """Return columns of one kind."""
    return [Column(name, kind, read_only=read_only) for name in names]


def flag(name: str, *, default: bool = False) -> Column:
    """Return a yes/no column."""
    return Column(name, Kind.BOOLEAN, default=int(default))


def number(name: str, default: int | None = None) -> Column:
    """Return a whole-number column."""
    return Column(name, Kind.INTEGER, default=default)


def managed(name: str, *, default: bool = True) -> Column:
    """Return a managed property."""
    return Column(name, Kind.MANAGED, default=int(default))


def lookup(name: str, target: str, navigation: str = "") -> Column:
    """Return a lookup of one target table."""
    return Column(name, Kind.LOOKUP, {navigation or name: target})


def nameless_lookups(*names: str) -> list[Column]:
    """Return lookups that are shown, always empty, and cannot be set."""
    return [Column(name, Kind.LOOKUP, read_only=True) for name in names]


def system_columns(*, versioned: bool) -> list[Column]:
    """Return the columns that every table has."""
    return [
        *columns(Kind.DATETIME, "createdon", "modifiedon", read_only=True),
        Column("createdby", Kind.LOOKUP, {"createdby": "systemuser"}, read_only=True),
        Column("modifiedby", Kind.LOOKUP, {"modifiedby": "systemuser"}, read_only=True),
        *nameless_lookups("createdonbehalfby", "modifiedonbehalfby"),
        Column("versionnumber", Kind.BIG, read_only=True, hidden=not versioned),
    ]


def ownership(*, state: bool = True) -> list[Column]:
    """Return the columns of rows that somebody owns."""
    columns = [
        Column("ownerid", Kind.LOOKUP, {"ownerid": "systemuser"}),
        Column("owninguser", Kind.LOOKUP, {"owninguser": "systemuser"}, read_only=True),
        Column(
            "owningbusinessunit",
            Kind.LOOKUP,
            {"owningbusinessunit": "businessunit"},
            read_only=True,
        ),
    ]
    return [*columns, *([number("statecode", 0), number("statuscode", 1)] if state else [])]


def component_columns() -> list[Column]:
    """Return the columns of rows that are solution components."""
    return [
        Column("componentstate", Kind.INTEGER, default=0, read_only=True),
        Column("ismanaged", Kind.BOOLEAN, default=0, read_only=True),
        Column("solutionid", Kind.ID, read_only=True),
        Column("overwritetime", Kind.DATETIME, read_only=True),
        Column("introducedversion", default="1.0"),
        managed("iscustomizable"),
        # Whether an unmanaged layer, the "Active" one, lies over what a managed solution brought.
        Column("activelayer", Kind.BOOLEAN, default=0, hidden=True),
    ]


def address(number: int) -> list[Column]:
    """Return the columns of one address."""
    names = (
        "name line1 line2 line3 city county stateorprovince postalcode postofficebox country "
        "telephone1 telephone2 telephone3 fax upszone"
    )
    prefix = f"address{number}_"
    return [
        *texts(*(prefix + name for name in names.split())),
        *columns(Kind.INTEGER, f"{prefix}addresstypecode", f"{prefix}shippingmethodcode"),
        *columns(Kind.INTEGER, f"{prefix}utcoffset"),
        *columns(Kind.NUMBER, f"{prefix}latitude", f"{prefix}longitude"),
        *columns(Kind.ID, f"{prefix}addressid"),
    ]


def table(  # noqa: PLR0913 - a table has that many names
    logical_name: str,
    entity_set_name: str,
    primary_name: str,
    columns: list[Column],
    *,
    collections: tuple[Collection, ...] = (),
    object_type_code: int = 0,
    component_type: int = 0,
    publishable: bool = False,
    hangs_on: str = "",
    writes: frozenset[str] = WRITES,
    virtual: bool = False,
    keys: tuple[tuple[str, ...], ...] = (),
    versioned: bool = True,
    primary_id: str = "",
    indexed: tuple[str, ...] = (),
    hierarchy: str = "",
) -> Table:
    """Return a table with its id and its system columns."""
    id_column = Column(primary_id or f"{logical_name}id", Kind.ID)
    named = {
        column.name: column
        for column in [id_column, *columns, *system_columns(versioned=versioned)]
    }
    return Table(
        logical_name=logical_name,
        entity_set_name=entity_set_name,
        primary_id=id_column.name,
        primary_name=primary_name,
        columns=named,
        collections={collection.name: collection for collection in collections},
        object_type_code=object_type_code,
        publishable=publishable,
        hangs_on=hangs_on,
        component_type=component_type,
        writes=writes,
        virtual=virtual,
        keys=keys,
        versioned=versioned,
        indexed=indexed,
        hierarchy=hierarchy,
    )


def pairs(name: str, entity_set_name: str, sides: tuple[str, str]) -> Table:
    """Return the table of a many-to-many relationship's pairs; ``sides`` are its two columns."""
    own = [Column(column, Kind.ID) for column in (f"{name}id", *sides)]
    version = Column("versionnumber", Kind.BIG, read_only=True)
    return Table(
        logical_name=name,
        entity_set_name=entity_set_name,
        primary_id=own[0].name,
        primary_name=own[0].name,
        columns={column.name: column for column in (*own, version)},
        writes=NONE,
        indexed=sides,
        is_intersect=True,
    )
