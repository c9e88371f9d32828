"""Answers ``?fetchXml=``: runs the SQL, and writes rows and annotations as JSON."""

# ruff: noqa: S608 - every name in the SQL comes from the catalog

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from d365pop.emulator.choices import formatted
from d365pop.emulator.exchange import ANNOTATIONS, Exchange
from d365pop.emulator.faults import bad_request, does_not_exist, not_implemented
from d365pop.emulator.fetchxml.entities import tables_of
from d365pop.emulator.fetchxml.linking import with_columns
from d365pop.emulator.fetchxml.model import Fetch
from d365pop.emulator.fetchxml.outputs import Output
from d365pop.emulator.fetchxml.parsing import parse_fetch
from d365pop.emulator.fetchxml.sql import Statement, selected, statement
from d365pop.emulator.metadata import Kind, SqlValue, Table
from d365pop.emulator.odata.annotations import (
    ATTRIBUTE_NAME,
    FORMATTED,
    LOOKUP_NAVIGATION,
    LOOKUP_TABLE,
    MORE_RECORDS,
    PAGING_COOKIE,
)
from d365pop.emulator.odata.cookies import Place, read_inner, write_cookie, write_inner
from d365pop.emulator.odata.fragments import Sql
from d365pop.emulator.odata.options import forbid_options, split_query
from d365pop.emulator.odata.path import unquote_literal
from d365pop.emulator.odata.reading import MAX_PAGE, Reader
from d365pop.emulator.odata.values import to_json
from d365pop.emulator.protocol import Json, JsonObject, Response
from d365pop.emulator.readers import reader_for
from d365pop.emulator.security.guard import check_rows

OPTION = "fetchXml"
SAVED = {"savedQuery": "savedquery", "userQuery": "userquery"}
"""Which table holds the query that an option names."""
OPTIONS = frozenset({OPTION, "$count"})
ENTITIES_DIFFER = "0x80041128"
MOST_AGGREGATED = 50_000
LIMIT_EXCEEDED = "0x8004e023"
COUNTED = frozenset({"count", "countcolumn"})


def answer(exchange: Exchange, table: Table) -> Response:
    """Answer a FetchXML query over the rows of a table.

    Raises:
        Fault: it is none, or asks for what is not there or not allowed.
    """
    forbid_options(exchange.request.query, OPTIONS)
    options = split_query(exchange.request.query)
    return _answered(exchange, table, options[OPTION], counted=options.get("$count") == "true")


def answer_saved(exchange: Exchange, table: Table) -> Response:
    """Answer the query of a view over the rows of its table.

    Raises:
        Fault: there is no such view, or it is one of another table.
    """
    options = split_query(exchange.request.query)
    (option,) = SAVED.keys() & options.keys()
    forbid_options(exchange.request.query, frozenset({option, "$count"}))
    view_id = unquote_literal(options[option]).strip("{}").lower()
    views = exchange.environment.table(SAVED[option])
    check_rows(exchange.environment, exchange.caller, views, "GET")
    view = exchange.environment.store.get(views, view_id)
    if view is None:
        raise does_not_exist(views.logical_name, view_id)
    counted = options.get("$count") == "true"
    return _answered(exchange, table, str(view["fetchxml"] or ""), counted=counted)


def _answered(exchange: Exchange, table: Table, text: str, *, counted: bool) -> Response:
    return answer_query(exchange, table, parse_fetch(text), counted=counted)


def answer_query(
    exchange: Exchange, table: Table, fetch: Fetch, *, counted: bool = False, address: str = ""
) -> Response:
    """Answer a query that was read; ``address`` begins that of its next page, where it has one.

    Raises:
        Fault: it asks for what is not there or not allowed.
    """
    reader = reader_for(exchange)
    fetch = with_columns(fetch, exchange.environment.catalog)
    _check(exchange, table, fetch)
    found = statement(fetch, exchange.environment.catalog, reader.layer, reader.asker)
    value = Answer(reader, fetch, found, address).json(counted=fetch.total or counted)
    return exchange.answer(value, headers=exchange.applied(ANNOTATIONS))


def _check(exchange: Exchange, table: Table, fetch: Fetch) -> None:
    if fetch.entity.name != table.logical_name:
        raise bad_request(
            "The entity name specified in fetchxml does not match the entity name specified in "
            "the Entity or Query Expression.",
            ENTITIES_DIFFER,
        )
    check_tables(exchange, fetch)


def check_tables(exchange: Exchange, fetch: Fetch) -> None:
    """Demand that the caller may read every table of a query, and that each has rows.

    Raises:
        Fault: a privilege is missing, or rows are made for lists only.
    """
    for other in tables_of(fetch, exchange.environment.catalog):
        if other.virtual:
            raise not_implemented(f"A query over the virtual table '{other.logical_name}'")
        check_rows(exchange.environment, exchange.caller, other, "GET")


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a query that is SQL already."""

    reader: Reader
    fetch: Fetch
    found: Statement
    address: str = ""
    """What the address of the next page begins with; none is told without one."""

    def json(self, *, counted: bool) -> JsonObject:
        """Return the page that was asked for, with the number of all rows where it is wanted."""
        fetch, table = self.fetch, self.found.root.table
        if fetch.aggregate:
            self._check_limit()
        place = self._place()
        distinct = fetch.distinct and not fetch.aggregate
        query = selected(self.found, distinct=distinct, after=place.after)
        size = min(fetch.count or MAX_PAGE, MAX_PAGE)
        limit = min(fetch.top, MAX_PAGE) if fetch.top is not None else size
        offset = 0 if place.after else (place.page - 1) * size
        rows = self._read(f"{query.text} LIMIT ? OFFSET ?", query, limit + 1, offset)
        more = fetch.top is None and len(rows) > limit
        keys = ",".join(item.key for item in self.found.outputs)
        shape = f"({keys})" if fetch.entity.attributes and not fetch.aggregate else ""
        answer: JsonObject = {
            "@odata.context": f"{self.reader.root}$metadata#{table.entity_set_name}{shape}"
        }
        answer |= self.reader.totals(
            self._total(selected(self.found, distinct=distinct)) if counted else None
        )
        answer |= self._paging(rows[:limit], more=more)
        answer["value"] = [self._row(row) for row in rows[:limit]]
        return answer

    def _place(self) -> Place:
        if not self.fetch.cookie or not self.found.levels:
            return Place(self.fetch.page)
        return read_inner(self.fetch.cookie, self.fetch.page, self.found.levels)

    def _read(self, text: str, query: Sql, *further: SqlValue) -> list[sqlite3.Row]:
        return self.reader.environment.store.read(text, (*query.parameters, *further))

    def _total(self, query: Sql) -> int:
        text = f"SELECT count(*) FROM (SELECT 1 FROM ({query.text}) LIMIT ?)"
        return int(self._read(text, query, MAX_PAGE + 1)[0][0])

    def _check_limit(self) -> None:
        """Refuse to aggregate more rows than the platform does.

        Raises:
            Fault: there are more.
        """
        limit = min(self.fetch.aggregate_limit or MOST_AGGREGATED, MOST_AGGREGATED)
        text = f"SELECT count(*) FROM (SELECT 1 {self.found.body.text} LIMIT ?)"
        if self._read(text, self.found.body, limit + 1)[0][0] > limit:
            raise bad_request(
                "The maximum record limit is exceeded. Reduce the number of records.",
                LIMIT_EXCEEDED,
            )

    def _paging(self, rows: list[sqlite3.Row], *, more: bool) -> JsonObject:
        answer: JsonObject = {}
        if PAGING_COOKIE in self.reader.annotations and more and self.found.levels:
            answer[f"@{PAGING_COOKIE}"] = self._cookie(rows[0], rows[-1])
        if MORE_RECORDS in self.reader.annotations:
            answer[f"@{MORE_RECORDS}"] = more
        if self.address and more:
            token = quote(write_cookie(self.fetch.page), safe="")
            answer["@odata.nextLink"] = f"{self.address}$skiptoken={token}"
        return answer

    def _cookie(self, *ends: sqlite3.Row) -> str:
        levels, page = self.found.levels, self.fetch.page
        first, last = ([row[f"o{n}"] for n in range(len(levels))] for row in ends)
        return write_cookie(page, write_inner(levels, page, first, last))

    def _row(self, row: sqlite3.Row) -> JsonObject:
        """Return one row; what has no value is left out, as documented."""
        table = self.found.root.table
        answer: JsonObject = {}
        if self.found.has_ids and table.versioned:
            answer["@odata.etag"] = f'W/"{row["version"]}"'
        for place, item in enumerate(self.found.outputs):
            value, target = row[f"c{place}"], row[f"k{place}"]
            if value is not None:
                answer |= dict(self._annotations(item, value, target))
                answer[item.key] = _json(item, value)
        return answer

    def _annotations(
        self, item: Output, value: SqlValue, target: str | None
    ) -> Iterable[tuple[str, SqlValue]]:
        wanted = self.reader.annotations
        if ATTRIBUTE_NAME in wanted and item.is_named and not item.is_counted:
            yield f"{item.key}@{ATTRIBUTE_NAME}", item.attribute.name
        if target is not None:
            if LOOKUP_TABLE in wanted:
                yield f"{item.key}@{LOOKUP_TABLE}", target
            navigation = _navigation(item, target)
            if LOOKUP_NAVIGATION in wanted and navigation and not item.is_named:
                yield f"{item.key}@{LOOKUP_NAVIGATION}", navigation
        if FORMATTED in wanted:
            shown = self._shown(item, value, target)
            if shown is not None:
                yield f"{item.key}@{FORMATTED}", shown

    def _shown(self, item: Output, value: SqlValue, target: str | None) -> SqlValue:
        """Return a value as people read it."""
        if target is not None:
            return self.reader.name_of(target, str(value))
        grouping = item.attribute.date_grouping
        if grouping:
            return f"Quarter {value}" if grouping == "fiscal-period" else str(value)
        if item.attribute.aggregate in COUNTED:
            return f"{value:,}"
        if item.attribute.aggregate == "sum" and item.column.kind is Kind.INTEGER:
            return f"{value:,}"
        return formatted(item.source.table, item.column, value)


def _navigation(item: Output, target: str) -> str:
    names = (name for name, table in item.column.navigations.items() if table == target)
    return next(names, "")


def _json(item: Output, value: SqlValue) -> Json:
    if item.attribute.date_grouping or item.attribute.aggregate:
        return value
    return to_json(item.column, value)
