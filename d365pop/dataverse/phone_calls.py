"""Counts phone calls on the server; no row of a call is read, and none of a customer.

A call belongs to the span that its ``actualstart`` lies in. Dataverse aggregates 50,000 rows and
answers 5,000 groups at most (Microsoft, "Aggregate data using FetchXml", "Page results").
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from d365pop.dataverse import odata
from d365pop.dataverse.client import Call, Dataverse, Row
from d365pop.dataverse.reading import flag, optional_number, optional_text, text, whole_number
from d365pop.errors import DataverseError

LIMIT_EXCEEDED: Final = "0x8004e023"
MOST_GROUPS: Final = 5_000
_FORMATTED: Final = "OData.Community.Display.V1.FormattedValue"
_DOING: Final = "count phone calls"

_GROUPS: Final = """\
<attribute name="directioncode" groupby="true" alias="outgoing"/>\
<attribute name="actualdurationminutes" groupby="true" alias="minutes"/>\
<attribute name="activityid" aggregate="count" alias="calls"/>\
<attribute name="regardingobjectid" aggregate="countcolumn" alias="known"/>"""
_AGENTS: Final = """\
<attribute name="ownerid" groupby="true" alias="agent"/>\
<attribute name="activityid" aggregate="count" alias="calls"/>\
<attribute name="actualdurationminutes" aggregate="sum" alias="minutes"/>"""
_CONNECTED: Final = '<condition attribute="actualdurationminutes" operator="gt" value="0"/>'


class TooManyCallsError(Exception):
    """The span holds more than one query can count: ask for its halves."""


@dataclass(frozen=True, slots=True)
class CallGroup:
    """Calls of one direction and one length; ``known`` of them are about a record."""

    outgoing: bool
    minutes: int
    """Connected time in whole minutes; 0 where the row has none."""
    calls: int
    known: int


@dataclass(frozen=True, slots=True)
class AgentGroup:
    """The connected calls of one owner."""

    agent: str
    name: str
    """Empty where names were not asked for."""
    calls: int
    minutes: int


def count_calls(dv: Dataverse, begin: datetime, end: datetime) -> list[CallGroup]:
    """Return the calls from ``begin`` up to before ``end`` by direction and length.

    Raises:
        TooManyCallsError: there are more than Dataverse counts at once.
        DataverseError: the environment refuses.
    """
    return [
        CallGroup(
            # ASSUMED: a row of somebody else's may lack the direction; its default is outgoing.
            outgoing=row.get("outgoing") is None or flag(row, "outgoing"),
            minutes=max(0, optional_number(row, "minutes")),
            calls=whole_number(row, "calls"),
            known=optional_number(row, "known"),
        )
        for row in _rows(dv, _GROUPS, begin, end)
    ]


def count_agents(dv: Dataverse, begin: datetime, end: datetime, *, names: bool) -> list[AgentGroup]:
    """Return the calls with connected time by owner, as ``count_calls`` does.

    Raises:
        TooManyCallsError: there are more than Dataverse counts at once.
        DataverseError: the environment refuses.
    """
    return [
        AgentGroup(
            agent=text(row, "agent"),
            name=optional_text(row, f"agent@{_FORMATTED}"),
            calls=whole_number(row, "calls"),
            minutes=optional_number(row, "minutes"),
        )
        for row in _rows(dv, _AGENTS, begin, end, also=_CONNECTED, formatted=names)
    ]


def _rows(
    dv: Dataverse,
    attributes: str,
    begin: datetime,
    end: datetime,
    *,
    also: str = "",
    formatted: bool = False,
) -> Iterator[Row]:
    fetch = (
        f'<fetch aggregate="true"><entity name="phonecall">{attributes}<filter>'
        f'<condition attribute="actualstart" operator="ge" value="{_moment(begin)}"/>'
        f'<condition attribute="actualstart" operator="lt" value="{_moment(end)}"/>{also}'
        "</filter></entity></fetch>"
    )
    prefer = {"Prefer": f'odata.include-annotations="{_FORMATTED}"'} if formatted else {}
    path = odata.query("phonecalls", {"fetchXml": fetch})
    try:
        page = dv.fetch(Call(_DOING, "GET", path, headers=prefer, idempotent=True))
    except DataverseError as error:
        if error.code.lower() == LIMIT_EXCEEDED:
            raise TooManyCallsError from error
        raise _explained(error) from error
    rows = page.get("value")
    if not isinstance(rows, list):
        raise dv.unexpected(_DOING, "a list without value")
    if len(rows) >= MOST_GROUPS:
        raise TooManyCallsError
    return (row for row in rows if isinstance(row, dict))


def _explained(error: DataverseError) -> DataverseError:
    """Return what a reader of reports can do, who needs no right to customize."""
    if error.reference not in {"dataverse-privilege-missing", "dataverse-forbidden"}:
        return error
    return DataverseError(
        "metrics-privilege-missing",
        "This sign-in may not read phone calls.",
        status=error.status,
        code=error.code,
        request_id=error.request_id,
        context=error.message,
        hint="Give it a security role with the privilege prvReadActivity; with the access level"
        " Organization it counts everybody's calls, else those that it may see.",
    )


def _moment(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")
