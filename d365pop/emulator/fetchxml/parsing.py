"""FetchXML text in, values out; knows no table and no SQL."""

from collections import Counter
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from d365pop.emulator.faults import INVALID_ARGUMENT, bad_request
from d365pop.emulator.fetchxml.model import (
    Attribute,
    Condition,
    Fetch,
    Filter,
    Link,
    Member,
    Node,
    Order,
)
from d365pop.emulator.numerals import is_natural
from d365pop.emulator.xmltext import XmlRefusedError, parse_xml

INVALID_XML = "0x80040201"
INVALID_NODE = "0x8004111c"
MISSING_ELEMENT = "0x80041123"
INVALID_FILTER = "0x80041122"
INVALID_LINK_TYPE = "0x80041117"
INVALID_DATE_GROUPING = "0x80041135"
FROM_AND_TO = "0x80041111"
NOT_POSITIVE = "0x8004110c"
TOO_MANY_CONDITIONS = "0x8004430c"
TOO_MANY_LINKS = "0x8004430d"
FLAG_CODES = {
    "distinct": "0x80041115",
    "aggregate": "0x8004111a",
    "descending": "0x80041119",
    "groupby": "0x8004112e",
}
FLAGS = {"true": True, "1": True, "false": False, "0": False, "": False}
JOINS = frozenset({"inner", "outer", "matchfirstrowusingcrossapply"})
TESTS = frozenset({"exists", "in", "any", "not any", "all", "not all"})
DATE_GROUPINGS = frozenset(
    {"", "day", "week", "month", "quarter", "year", "fiscal-period", "fiscal-year"}
)
MOST_CONDITIONS, MOST_LINKS, DEEPEST = 500, 15, 40


def parse_fetch(text: str) -> Fetch:
    """Return what a FetchXML query says.

    Raises:
        Fault: the text is no such query, or uses what the emulator does not have.
    """
    try:
        root = parse_xml(text)
    except XmlRefusedError as exc:
        raise bad_request(f"Invalid XML: {exc}", INVALID_XML) from exc
    _check_size(root)
    _require(root.tag == "fetch", root.tag)
    entity = root.find("entity")
    if entity is None or len(root) != 1:
        raise bad_request("A required element was not specified: entity.", MISSING_ELEMENT)
    top, count, page = (_natural(root, name) for name in ("top", "count", "page"))
    if top is not None and (page is not None or count is not None):
        # ASSUMED: the code.
        raise bad_request(
            "The top attribute can't be specified with paging attribute page.", INVALID_ARGUMENT
        )
    return Fetch(
        entity=_node(entity),
        top=top,
        count=count,
        page=page or 1,
        cookie=root.get("paging-cookie", ""),
        distinct=_flag(root, "distinct"),
        aggregate=_flag(root, "aggregate"),
        aggregate_limit=_natural(root, "aggregatelimit"),
        total=_flag(root, "returntotalrecordcount"),
        raw_order=_flag(root, "useraworderby"),
    )


def _check_size(root: Element) -> None:
    tags = Counter(element.tag for element in root.iter())
    if tags["condition"] > MOST_CONDITIONS:
        raise bad_request(
            "Number of conditions in query exceeded maximum limit.", TOO_MANY_CONDITIONS
        )
    if tags["link-entity"] > MOST_LINKS:
        raise bad_request(
            "Number of link entities in query exceeded maximum limit.", TOO_MANY_LINKS
        )
    if _depth(root) > DEEPEST:
        raise bad_request("The query is nested too deeply.", INVALID_XML)


def _depth(root: Element) -> int:
    depth, level = 0, [root]
    while level:
        depth, level = depth + 1, [child for element in level for child in element]
    return depth


def _node(element: Element) -> Node:
    known = {"attribute", "all-attributes", "order", "filter", "link-entity", "no-attrs"}
    for child in element:
        _require(child.tag in known, child.tag)
    return Node(
        name=_required(element, "name"),
        attributes=tuple(map(_attribute, element.findall("attribute"))),
        all_attributes=element.find("all-attributes") is not None,
        orders=tuple(map(_order, element.findall("order"))),
        filters=tuple(map(_filter, element.findall("filter"))),
        links=tuple(map(_link, element.findall("link-entity"))),
    )


def _attribute(element: Element) -> Attribute:
    grouping = element.get("dategrouping", "")
    if grouping not in DATE_GROUPINGS:
        raise bad_request(
            f"An invalid value was specified for dategrouping: '{grouping}'.",
            INVALID_DATE_GROUPING,
        )
    return Attribute(
        name=_required(element, "name"),
        alias=element.get("alias", ""),
        aggregate=element.get("aggregate", ""),
        group=_flag(element, "groupby"),
        date_grouping=grouping,
        distinct=_flag(element, "distinct"),
        row_aggregate=element.get("rowaggregate", ""),
    )


def _order(element: Element) -> Order:
    return Order(
        attribute=element.get("attribute", ""),
        alias=element.get("alias", ""),
        descending=_flag(element, "descending"),
        entity_name=element.get("entityname", ""),
    )


def _filter(element: Element) -> Filter:
    operator = element.get("type", "and")
    if operator not in {"and", "or"}:
        raise bad_request(
            f"Unsupported filter type '{operator}'. Valid values are 'and', or 'or'.",
            INVALID_FILTER,
        )
    return Filter(operator, tuple(_members(element)))


def _members(element: Element) -> Iterator[Member]:
    for child in element:
        match child.tag:
            case "condition":
                yield _condition(child)
            case "filter":
                yield _filter(child)
            case "link-entity":
                yield _test(child)
            case tag:
                _require(fits=False, tag=tag)


def _test(element: Element) -> Link:
    """Return a link that is a condition; a join cannot stand in a filter.

    ASSUMED: the text.
    """
    link = _link(element)
    if link.kind in JOINS:
        raise bad_request(
            f"The link-type '{link.kind}' is not valid within a filter.", INVALID_LINK_TYPE
        )
    return link


def _condition(element: Element) -> Condition:
    listed = tuple((value.text or "").strip() for value in element.findall("value"))
    single = element.get("value")
    return Condition(
        attribute=_required(element, "attribute"),
        operator=_required(element, "operator"),
        values=listed if single is None else (single,),
        entity_name=element.get("entityname", ""),
        value_of=element.get("valueof", ""),
    )


def _link(element: Element) -> Link:
    kind = element.get("link-type", "inner").replace("natural", "inner")
    if kind not in JOINS | TESTS:
        raise bad_request(
            "The only valid values for link-type attribute are 'natural', 'inner', 'in', "
            "'exists', 'matchfirstrowusingcrossapply' and 'outer'.",
            INVALID_LINK_TYPE,
        )
    source, target = element.get("from", ""), element.get("to", "")
    if bool(source) != bool(target):
        raise bad_request(
            "AttributeFrom and AttributeTo must be either both specified or both omitted.",
            FROM_AND_TO,
        )
    return Link(_node(element), source, target, element.get("alias", ""), kind)


def _required(element: Element, name: str) -> str:
    value = element.get(name, "")
    if not value:
        raise bad_request(
            f"A required attribute was not specified: {name} of {element.tag}.", MISSING_ELEMENT
        )
    return value


def _flag(element: Element, name: str) -> bool:
    value = FLAGS.get(element.get(name, "").lower())
    if value is None:
        raise bad_request(
            f"The only valid values for {name} attribute are 'true', 'false', '1', and '0'.",
            FLAG_CODES.get(name, INVALID_XML),
        )
    return value


def _natural(element: Element, name: str) -> int | None:
    text = element.get(name)
    if text is None:
        return None
    if not is_natural(text) or not 0 < int(text) < 1 << 31:
        raise bad_request(
            f"A value greater than zero must be specified: {name}='{text}'.", NOT_POSITIVE
        )
    return int(text)


def _require(fits: bool, tag: object) -> None:  # noqa: FBT001 - one sentence at the call
    if not fits:
        raise bad_request(f"The element node encountered is invalid: '{tag}'.", INVALID_NODE)
