"""Requests that resemble what clients send, well formed and not, made from the tables."""

import json
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote

from hypothesis import strategies as st

from d365pop.emulator.bound import BOUND
from d365pop.emulator.fetchxml.parsing import DATE_GROUPINGS, JOINS, TESTS
from d365pop.emulator.metadata import Kind
from d365pop.emulator.odata.conditions import ARITY
from d365pop.emulator.odata.functions import CRM_OPERATORS
from d365pop.emulator.operations import OPERATIONS
from d365pop.emulator.seed_people import ACCOUNT_IDS, CONTACT_IDS, LEAD_IDS
from d365pop.emulator.tables import CATALOG

API = "/api/data/v9.2/"
CRM = "Microsoft.Dynamics.CRM."
IDS = (
    *("d3650000-0000-4000-8000-000100000001", "d3650000-0000-4000-8000-000200000001"),
    *("d3650000-0000-4000-8000-000000000030", "d3650000-0000-4000-8000-000000000071"),
    "00000000-0000-4000-8000-00000000dead",
)
TABLES = {table.entity_set_name: table for table in CATALOG.tables}
COLUMNS = sorted({c.property_name for t in CATALOG.tables for c in t.columns.values()})
NAMES = sorted({name for t in CATALOG.tables for name in t.columns})
NAVIGATIONS = sorted(
    {name for t in CATALOG.tables for name in t.collections}
    | {name for t in CATALOG.tables for c in t.columns.values() for name in c.navigations}
)
BINDINGS = [f"{navigation}@odata.bind" for navigation in NAVIGATIONS]
JUNK = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        [
            *(
                "",
                "'",
                "''",
                '"',
                "(",
                ")",
                "%00",
                "%",
                "\x00",
                "null",
                "$",
                "@p",
                "..",
                "//",
                "{}",
            ),
            *("9" * 30, "-1", "1e999", "NaN", "0x1", "²"),
        ]
    ),
)
LITERALS = st.one_of(
    st.sampled_from(
        [
            *("null", "true", "false", "0", "-7", "1.5", "'x'", "'O''Neil'", "'%'", "''"),
            *("2026-05-04", "2026-05-04T12:00:00Z", "0001-01-01T00:00:00+14:00", "9" * 25),
            *IDS,
        ]
    ),
    JUNK,
)


@dataclass(frozen=True)
class Sent:
    """One request, ready to be sent."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


def often(usual: list[str], chance: st.SearchStrategy[str] = JUNK) -> st.SearchStrategy[str]:
    """Return one of the usual values nine times of ten."""
    return st.integers(0, 9).flatmap(lambda n: st.sampled_from(usual) if n else chance)


CORE = {"accounts": "account", "contacts": "contact", "phonecalls": "phonecall"}
COMMON_NAMES = ("createdon", "statecode", "ownerid", "description", "versionnumber", "telephone1")
COMMON = ("createdon", "statecode", "_ownerid_value", "description", "versionnumber", "createdby")
COMMON_NAVIGATIONS = ("createdby", "ownerid", "primarycontactid", "contact_customer_accounts")
COLUMN = st.one_of(st.sampled_from(COMMON), st.sampled_from(COMMON), often(COLUMNS))
NAVIGATION = st.one_of(st.sampled_from(COMMON_NAVIGATIONS), often(NAVIGATIONS))
PATH = st.one_of(COLUMN, COLUMN, st.builds("{}/{}".format, NAVIGATION, COLUMN))
FUNCTION = st.builds(
    "{}{}(PropertyName='{}'{})".format,
    st.just(CRM),
    often(sorted(CRM_OPERATORS)),
    COLUMN,
    st.one_of(
        st.just(""),
        LITERALS.map(",PropertyValue={}".format),
        st.lists(LITERALS, max_size=3).map(lambda v: f",PropertyValues=[{','.join(v)}]"),
    ),
)
CONDITION = st.one_of(
    st.builds("{} {} {}".format, PATH, often(["eq", "ne", "gt", "ge", "lt", "le", "in"]), LITERALS),
    st.builds("{}({},{})".format, often(["contains", "startswith", "endswith"]), PATH, LITERALS),
    FUNCTION,
)
FILTER = st.recursive(
    CONDITION,
    lambda inner: st.one_of(
        st.builds("{} {} {}".format, inner, st.sampled_from(["and", "or"]), inner),
        st.builds("not ({})".format, inner),
        st.builds("{}/{}(c:c/{})".format, NAVIGATION, st.sampled_from(["any", "all"]), inner),
    ),
    max_leaves=4,
)
EXPAND = st.recursive(
    st.one_of(
        NAVIGATION,
        st.builds("{}/$ref".format, NAVIGATION),
        st.builds("{}($top={};$orderby={})".format, NAVIGATION, LITERALS, COLUMN),
    ),
    lambda inner: st.builds(
        "{}($select={};$expand={};$filter={})".format, NAVIGATION, COLUMN, inner, CONDITION
    ),
    max_leaves=2,
)
APPLY = st.one_of(
    st.builds("aggregate({} with {} as n)".format, PATH, often(["sum", "average", "min", "max"])),
    st.builds("groupby(({}),aggregate($count as n))".format, PATH),
    st.builds("filter({})/groupby(({}))".format, FILTER, PATH),
    JUNK,
)


def tag(name: str, inner: str, attributes: dict[str, str]) -> str:
    """Return an XML element."""
    escaped = (
        f' {key}="{value.replace("&", "&amp;").replace("<", "&lt;").replace(chr(34), "&quot;")}"'
        for key, value in attributes.items()
        if value
    )
    return f"<{name}{''.join(escaped)}>{inner}</{name}>"


NAME = st.one_of(st.sampled_from(COMMON_NAMES), st.sampled_from(COMMON_NAMES), often(NAMES))
ATTRIBUTE_PARTS = ("name", "alias", "aggregate", "groupby", "dategrouping")
FETCH_ATTRIBUTE = st.builds(
    lambda *values: tag("attribute", "", dict(zip(ATTRIBUTE_PARTS, values, strict=True))),
    NAME,
    st.sampled_from(["", "a", "b"]),
    often(["", "", "count", "sum", "avg", "min", "countcolumn"]),
    often(["", "true"]),
    often(["", *sorted(DATE_GROUPINGS)]),
)
FETCH_CONDITION = st.builds(
    lambda name, operator, values, alias: tag(
        "condition",
        "".join(tag("value", v.replace("&", "").replace("<", ""), {}) for v in values),
        {"attribute": name, "operator": operator, "entityname": alias},
    ),
    NAME,
    often(sorted(ARITY)),
    st.lists(LITERALS.map(lambda text: text.strip("'")), max_size=2),
    st.sampled_from(["", "", "", "l"]),
)
FETCH_PART = st.recursive(
    st.one_of(
        FETCH_ATTRIBUTE,
        NAME.map(lambda name: tag("order", "", {"attribute": name})),
        FETCH_CONDITION.map(lambda text: tag("filter", text, {})),
        st.just("<all-attributes/>"),
    ),
    lambda inner: st.one_of(
        st.builds(
            lambda name, source, target, kind, part: tag(
                "link-entity",
                part,
                {"name": name, "from": source, "to": target, "link-type": kind, "alias": "l"},
            ),
            often([table.logical_name for table in CATALOG.tables]),
            NAME,
            NAME,
            often(sorted(JOINS | TESTS)),
            inner,
        ),
        st.builds(lambda part: tag("filter", part, {"type": "or"}), inner),
    ),
    max_leaves=3,
)
FETCH_OPTIONS = st.dictionaries(
    st.sampled_from(["aggregate", "distinct", "count", "page", "top", "paging-cookie"]),
    often(["true", "1", "2"]),
    max_size=2,
)


def fetch_of(entity: str) -> st.SearchStrategy[str]:
    """Return FetchXML about an entity."""
    return st.builds(
        lambda parts, options: tag(
            "fetch", tag("entity", "".join(parts), {"name": entity}), options
        ),
        st.lists(FETCH_PART, max_size=3),
        FETCH_OPTIONS,
    )


FETCH = st.sampled_from(sorted(CORE.values())).flatmap(fetch_of)

OPTION = st.one_of(
    st.tuples(st.just("$select"), st.lists(COLUMN, max_size=3).map(",".join)),
    st.tuples(st.just("$filter"), FILTER),
    st.tuples(st.just("$expand"), EXPAND),
    st.tuples(st.just("$orderby"), st.builds("{} {}".format, PATH, often(["asc", "desc", ""]))),
    st.tuples(st.sampled_from(["$top", "$count", "$skip", "$skiptoken", "@p", "$id"]), LITERALS),
    st.tuples(st.just("$apply"), APPLY),
    st.tuples(st.just("fetchXml"), FETCH),
    st.tuples(JUNK, JUNK),
)
QUERY = st.lists(OPTION, max_size=3).map(
    lambda options: "&".join(f"{quote(name, safe='$')}={quote(v)}" for name, v in options)
)

KEY = st.one_of(
    st.sampled_from([f"({row_id})" for row_id in IDS]),
    st.builds("({}={})".format, COLUMN, LITERALS),
    st.builds("(schemaname='{}')".format, JUNK),
    JUNK.map("({})".format),
)
TAILS = [
    *("$ref", "$count", "$value", "Attributes", "Keys", "OneToManyRelationships"),
    *(f"{CRM}{name}" for name in ("CreateMultiple", "UpsertMultiple", "RetrieveUnpublished()")),
    *(f"{CRM}{name}()" for name in ("RetrieveUnpublishedMultiple", "PicklistAttributeMetadata")),
    *(name for _, name in BOUND),
    *NAVIGATIONS,
]
TAIL = st.one_of(often(TAILS), COLUMN, st.builds("{}{}".format, often(NAVIGATIONS), KEY))
HEAD = st.one_of(
    often(sorted(TABLES)),
    st.builds("{}{}".format, often(sorted(TABLES)), st.one_of(st.just(""), KEY)),
    st.builds("{}({}={})".format, often(sorted(OPERATIONS)), COLUMN, LITERALS),
    often([*sorted(OPERATIONS), "WhoAmI()", "$metadata", "$batch", "EntityDefinitions", ""]),
    st.builds("EntityDefinitions(LogicalName='{}')".format, often(["account", "phonecall"])),
)
ADDRESS = st.one_of(
    st.builds(
        lambda head, tails: API + quote("/".join([head, *tails]), safe="/()$,='@:%"),
        HEAD,
        st.lists(TAIL, max_size=2),
    ),
    often(
        [
            *("/", "/main.aspx", "/favicon.ico", "/_shell/main.js", "/_emulator/health"),
            *("/api/data/v9.2", "/api/data/v8.0/accounts", "/api/x", "/WebResources/x.js"),
            *("/_emulator/requests", "/_emulator/fidelity", "/organizations/oauth2/v2.0/token"),
        ],
        JUNK.map(lambda text: "/" + quote(text)),
    ),
)

PROPERTY = often(
    [*COLUMNS, *BINDINGS, *NAVIGATIONS, "@odata.id", "@odata.type", "Targets", "value"]
)
VALUE = st.recursive(
    st.one_of(
        st.sampled_from([None, True, False, 0, -1, 1 << 70, 1.5, 1e300, "x", "\ud800", *IDS]),
        st.sampled_from([f"/accounts({IDS[0]})", "contacts(x)", "$1", "2026-05-04", "0001-01-01"]),
        st.text(max_size=8),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(PROPERTY, inner, max_size=2)
    ),
    max_leaves=4,
)
PARAMETERS = sorted(
    [
        *("SolutionUniqueName", "ComponentId", "ComponentType", "ObjectId", "CustomizationFile"),
        *("ImportJobId", "ParameterXml", "SolutionName", "Managed", "RoleId", "PrivilegeName"),
        *("OverwriteUnmanagedCustomizations", "PublishWorkflows", "ComponentParameters"),
        *("SolutionComponent", "Privileges", "PrivilegeId", "ParentSolutionUniqueName"),
    ]
)
OBJECT = st.dictionaries(st.one_of(PROPERTY, often(PARAMETERS)), VALUE, max_size=4)
JSON_BODY = st.one_of(OBJECT, VALUE).map(lambda value: json.dumps(value).encode())


def batch_part(method: str, address: str, body: bytes) -> bytes:
    """Return one request of a batch."""
    head = f"Content-Type: application/http\r\n\r\n{method} {address} HTTP/1.1\r\n"
    return head.encode() + b"Content-Type: application/json\r\n\r\n" + body


METHOD = often(
    [*["GET"] * 6, *["POST"] * 3, *["PATCH"] * 2, "PUT", "DELETE", "OPTIONS", "HEAD"],
    st.just("BREW"),
)
BATCH = st.lists(
    st.one_of(st.builds(batch_part, METHOD, ADDRESS, JSON_BODY), st.binary(max_size=20)),
    max_size=3,
).map(lambda parts: b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--")
BODY = st.one_of(st.just(b""), JSON_BODY, JSON_BODY, BATCH, st.binary(max_size=30))
LATIN = JUNK.map(lambda text: quote(text, safe=" '\"(),;="))
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "Prefer": often(
            [
                'odata.include-annotations="*"',
                "return=representation",
                "odata.maxpagesize=2,odata.include-annotations=*",
                "odata.continue-on-error",
            ],
            LATIN,
        ),
        "If-Match": often(["*", 'W/"1000001"'], LATIN),
        "If-None-Match": often(["*", "null"], LATIN),
        "Content-Type": often(
            ["application/json", "multipart/mixed; boundary=b", 'multipart/mixed;boundary="b"'],
            LATIN,
        ),
        "MSCRM.SolutionUniqueName": often(["Default"], LATIN),
        "Accept": often(["application/json", "application/xml"], LATIN),
        "Origin": often(["http://localhost"], LATIN),
    },
)
SINGLE = st.builds(
    lambda method, address, query, headers, body: Sent(
        method, f"{address}?{query}" if query else address, headers, body
    ),
    METHOD,
    ADDRESS,
    QUERY,
    HEADERS,
    BODY,
)
BATCHED = st.builds(
    lambda headers, body: Sent(
        "POST",
        f"{API}$batch",
        {**headers, "Content-Type": "multipart/mixed; boundary=b"},
        body,
    ),
    HEADERS,
    BATCH,
)
READ = st.builds(
    lambda entity_set, key, query, headers: Sent(
        "GET", f"{API}{entity_set}{quote(key, safe='()=')}?{query}", headers, b""
    ),
    st.sampled_from([*CORE, *CORE, *TABLES]),
    st.one_of(st.just(""), st.just(""), KEY),
    QUERY,
    HEADERS,
)
FETCHED = st.sampled_from(sorted(CORE)).flatmap(
    lambda entity_set: st.builds(
        lambda fetch, headers: Sent(
            "GET", f"{API}{entity_set}?fetchXml={quote(fetch, safe='')}", headers, b""
        ),
        fetch_of(CORE[entity_set]),
        HEADERS,
    )
)
MATTERS = {
    Kind.TEXT: st.text(max_size=8),
    Kind.INTEGER: st.integers(-1, 3),
    Kind.BIG: st.integers(0, 1 << 40),
    Kind.NUMBER: st.floats(0, 1000),
    Kind.BOOLEAN: st.booleans(),
    Kind.DATETIME: st.dates(date(1990, 1, 1)).map("{}T12:00:00Z".format),
}
PEOPLE = {"accounts": ACCOUNT_IDS, "contacts": CONTACT_IDS, "leads": LEAD_IDS}


def fitting_row(entity_set: str) -> st.SearchStrategy[dict[str, object]]:
    """Return rows whose columns exist and mostly hold what they can."""
    columns = {
        column.property_name: MATTERS[column.kind]
        for column in TABLES[entity_set].columns.values()
        if column.kind in MATTERS and not (column.read_only or column.hidden)
    }
    row = st.fixed_dictionaries({}, optional=columns)
    return st.one_of(row, row, row, st.builds(lambda fits, odd: {**fits, **odd}, row, OBJECT))


def write_of(entity_set: str) -> st.SearchStrategy[Sent]:
    """Return requests that create, change or delete rows that there are."""
    keys = st.sampled_from(PEOPLE[entity_set])
    address = st.one_of(
        st.just(("POST", "")),
        keys.map(lambda key: ("PATCH", f"({key})")),
        keys.map(lambda key: ("PATCH", f"({key})")),
        keys.map(lambda key: ("DELETE", f"({key})")),
    )
    return st.builds(
        lambda told, row, headers: Sent(
            told[0], f"{API}{entity_set}{told[1]}", headers, json.dumps(row).encode()
        ),
        address,
        fitting_row(entity_set),
        st.one_of(st.just({}), HEADERS),
    )


WRITE = st.sampled_from(sorted(PEOPLE)).flatmap(write_of)
REQUEST = st.one_of(SINGLE, SINGLE, READ, READ, FETCHED, BATCHED, WRITE, WRITE)
