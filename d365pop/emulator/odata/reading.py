"""Rows to JSON as Dataverse answers: select, expand, annotations, paging; knows no HTTP."""

from dataclasses import dataclass, replace
from urllib.parse import quote, unquote_plus

from d365pop.emulator.choices import formatted
from d365pop.emulator.environment import Environment
from d365pop.emulator.faults import bad_request, unknown_property
from d365pop.emulator.metadata import Collection, Column, Kind, Row, SqlValue, Table
from d365pop.emulator.odata.annotations import (
    FORMATTED,
    LOOKUP_NAVIGATION,
    LOOKUP_TABLE,
    TOTAL,
    TOTAL_EXCEEDED,
)
from d365pop.emulator.odata.conditions import Asker
from d365pop.emulator.odata.cookies import Level, Place, read_cookie, write_cookie, write_inner
from d365pop.emulator.odata.filter import parse_filter
from d365pop.emulator.odata.options import Expand, Query, is_nested, only_selected
from d365pop.emulator.odata.sql import Translator, belonging
from d365pop.emulator.odata.values import to_json
from d365pop.emulator.protocol import Json, JsonObject
from d365pop.emulator.store import Layer, Selection

MAX_PAGE = 5000
DRAFT_EXTRAS = ("objecttypecode", "type", "organizationid")
"""Columns that an unpublished read shows although nobody asked for them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows of one layer, in the form that the request prefers."""

    environment: Environment
    root: str
    """Address of the Web API, ending in a slash."""
    asker: Asker
    layer: Layer = Layer.PUBLISHED
    annotations: frozenset[str] = frozenset()
    page_size: int = 0
    """How many rows a page shall hold; 0: the request does not say."""
    listed: bool = False
    """Whether the rows come as a list, where what they expand has an address of its own."""
    nested: bool = False
    """Whether what is expanded in the list expands others."""

    def context(self, table: Table, query: Query, *, entity: bool = False) -> str:
        """Return ``@odata.context``."""
        shape = _shape(query)
        shape = f"({shape})" if shape else ""
        suffix = "/$entity" if entity else ""
        return f"{self.root}$metadata#{table.entity_set_name}{shape}{suffix}"

    def one(self, table: Table, row: Row, query: Query) -> JsonObject:
        """Return one row as the answer to a read of it."""
        context: JsonObject = {"@odata.context": self.context(table, query, entity=True)}
        return context | self.render(table, row, query)

    def many(self, table: Table, query: Query, address: str) -> JsonObject:
        """Return the rows that a query asks for, one page of them.

        Raises:
            Fault: the query names what does not exist.
        """
        store, levels = self.environment.store, self.translator(table).order(query.orderby)
        selection = self.selection(table, query)
        # Documented so: beside a page size $top is ignored.
        paged = query.top is None or self.page_size > 0
        limit = min(self.page_size or MAX_PAGE, MAX_PAGE) if paged else query.top or 0
        place = read_cookie(query.skiptoken, levels)
        wanted = replace(
            _beginning_at(selection, place, limit), limit=limit + 1 if paged else limit
        )
        rows = store.select(table, wanted, self.layer)
        answer: JsonObject = {"@odata.context": self.context(table, query)}
        counted = store.count(table, selection, self.layer) if query.count else None
        answer |= self.totals(counted)
        reader = replace(self, listed=True, nested=is_nested(query))
        answer["value"] = [*reader.render_all(table, rows[:limit], query)]
        if paged and len(rows) > limit:
            cookie = _cookie(levels, place.page, rows[0], rows[limit - 1])
            answer["@odata.nextLink"] = f"{address}$skiptoken={quote(cookie, safe='')}"
        return answer

    def totals(self, counted: int | None) -> JsonObject:
        """Return what an answer says of how many rows there are in all; None: nobody asked."""
        total = -1 if counted is None else min(counted, MAX_PAGE)
        answer: JsonObject = {} if counted is None else {"@odata.count": total}
        if TOTAL in self.annotations:
            answer[f"@{TOTAL}"] = total
        if TOTAL_EXCEEDED in self.annotations:
            answer[f"@{TOTAL_EXCEEDED}"] = (counted or 0) > MAX_PAGE
        return answer

    def translator(self, table: Table) -> Translator:
        """Return what turns filters over this table into SQL."""
        return Translator(self.environment.catalog, table, self.layer, self.asker)

    def selection(self, table: Table, query: Query) -> Selection:
        """Return the condition and order of a query."""
        translator = self.translator(table)
        order = ", ".join(level.order for level in translator.order(query.orderby))
        if not query.filter.strip():
            return Selection(order_by=order)
        condition = translator.condition(parse_filter(query.filter, query.aliases))
        return Selection(condition.text, condition.parameters, order)

    def render(self, table: Table, row: Row, query: Query) -> JsonObject:
        """Return a row as JSON."""
        return self.render_all(table, [row], query)[0]

    def render_all(self, table: Table, rows: list[Row], query: Query) -> list[JsonObject]:
        """Return rows as JSON; what is selected is found out once for all."""
        return self._rendered_all(table, rows, query, self._columns(table, query))

    def _rendered_all(
        self, table: Table, rows: list[Row], query: Query, columns: list[Column]
    ) -> list[JsonObject]:
        return [self._rendered(table, row, query, columns) for row in rows]

    def _rendered(self, table: Table, row: Row, query: Query, columns: list[Column]) -> JsonObject:
        answer: JsonObject = {"@odata.etag": etag(row)} if table.versioned else {}
        for column in columns:
            value = row[column.name]
            if value is None and self.layer is Layer.DRAFT:
                continue
            if self.annotations and column.kind is Kind.LOOKUP and value is not None:
                answer |= self._lookup_annotations(column, row)
            elif FORMATTED in self.annotations:
                text = formatted(table, column, value)
                if text is not None:
                    answer[f"{column.property_name}@{FORMATTED}"] = text
            answer[column.property_name] = to_json(column, value)
        for expand in query.expand:
            answer |= self._expanded(table, row, expand)
        return answer

    def _columns(self, table: Table, query: Query) -> list[Column]:
        if not query.select:
            return [column for column in table.columns.values() if not column.hidden]
        chosen: dict[str, Column] = {}
        for name in query.select:
            # Selecting a lookup by its navigation property gives its value column.
            lookup = table.lookup_for(name)
            column = table.column_for(name) or (lookup[0] if lookup else None)
            if column is None:
                raise unknown_property(name, table.logical_name)
            chosen[column.name] = column
        extras = DRAFT_EXTRAS if self.layer is Layer.DRAFT else ()
        for name in (*extras, table.primary_id):
            if name in table.columns:
                chosen.setdefault(name, table.columns[name])
        return list(chosen.values())

    def _expanded(self, table: Table, row: Row, expand: Expand) -> JsonObject:
        lookup = table.lookup_for(expand.navigation)
        if lookup is not None and expand.reference:
            return self._reference(*lookup, row, expand.navigation)
        if lookup is not None:
            return {expand.navigation: self._expanded_lookup(*lookup, row, expand.query)}
        collection = table.collections.get(expand.navigation)
        if collection is None:
            raise unknown_property(expand.navigation, table.logical_name)
        if expand.reference:
            raise bad_request(
                "Expand with $ref is only supported on lookup type navigation property."
            )
        return self._expanded_collection(table, row, expand, collection)

    def _expanded_collection(
        self, table: Table, row: Row, expand: Expand, collection: Collection
    ) -> JsonObject:
        """Return the rows behind a collection, and in a list where they are read by themselves.

        Source: "Join tables using OData": only beside a nested ``$expand`` they come in pages. One
        row alone was recorded, and is documented, without these addresses.
        """
        other = self.environment.table(collection.table)
        selection = self.selection(other, expand.query)
        where = f"({selection.where}) AND {belonging(collection, other)}"
        parameters = (*selection.parameters, row[table.primary_id])
        paged = self.nested and self.page_size > 0
        size = self.page_size if paged else MAX_PAGE
        limit = min(size, MAX_PAGE if expand.query.top is None else expand.query.top)
        wanted = replace(selection, where=where, parameters=parameters, limit=limit)
        rows = self.environment.store.select(other, wanted, self.layer)
        columns = self._columns(other, expand.query)
        link = other.columns.get(collection.lookup)
        if self.listed and not (
            self.nested or collection.intersect or link is None or link in columns
        ):
            columns.append(link)
        answer: JsonObject = {
            expand.navigation: [*self._rendered_all(other, rows, expand.query, columns)]
        }
        if self.listed:
            options = [expand.options] if expand.options else []
            options += [f"$skiptoken={quote(write_cookie(1), safe='')}"] if paged else []
            address = f"{self.root}{table.entity_set_name}({row[table.primary_id]})"
            query = f"?{'&'.join(options)}" if options else ""
            answer[f"{expand.navigation}@odata.nextLink"] = f"{address}/{expand.navigation}{query}"
        return answer

    def _reference(self, column: Column, target: str, row: Row, navigation: str) -> JsonObject:
        """Return the id that a lookup holds, and the address of its row."""
        value = row[column.name]
        answer: JsonObject = {column.property_name: value, navigation: None}
        if value is not None and row[column.type_column] == target:
            entity_set = self.environment.table(target).entity_set_name
            answer[navigation] = {"@odata.id": f"{self.root}{entity_set}({value})"}
        return answer

    def _expanded_lookup(self, column: Column, target: str, row: Row, query: Query) -> Json:
        if query.orderby or query.top is not None:
            raise only_selected()
        if query.filter:
            raise bad_request(
                "Query options other than $select and $expand are not supported on a "
                f"single-valued navigation property. (property '{column.name}')"
            )
        other = self.environment.table(target)
        self._columns(other, query)
        value = row[column.name]
        if value is None or row[column.type_column] != target:
            return None
        found = self.environment.store.get(other, str(value), self.layer)
        return self.render(other, found, query) if found else None

    def _lookup_annotations(self, column: Column, row: Row) -> JsonObject:
        target, name = str(row[column.type_column]), column.property_name
        answer: JsonObject = {}
        if LOOKUP_TABLE in self.annotations:
            answer[f"{name}@{LOOKUP_TABLE}"] = target
        if LOOKUP_NAVIGATION in self.annotations:
            for navigation, table in column.navigations.items():
                if table == target:
                    answer.setdefault(f"{name}@{LOOKUP_NAVIGATION}", navigation)
        if FORMATTED in self.annotations:
            shown = self.name_of(target, str(row[column.name]))
            if shown is not None:
                answer[f"{name}@{FORMATTED}"] = shown
        return answer

    def name_of(self, target: str, row_id: str) -> SqlValue:
        """Return the name of a row that a lookup points to, None where it is gone."""
        other = self.environment.table(target)
        found = self.environment.store.get(other, row_id)
        return found[other.primary_name] if found else None


def _shape(query: Query) -> str:
    """Return what a query selects and expands as ``@odata.context`` has it."""
    parts = list(query.select)
    for item in query.expand:
        if item.reference:
            parts += [item.navigation, f"{item.navigation}/$ref()"]
        else:
            parts.append(f"{item.navigation}({_shape(item.query)})")
    return ",".join(parts)


def etag(row: Row) -> str:
    """Return the row's version as HTTP shows it."""
    return f'W/"{row["versionnumber"]}"'


def next_page_address(address: str, raw_query: str) -> str:
    """Return the address of a list without its paging cookie, ready for another one."""
    kept = [
        part
        for part in raw_query.split("&")
        if part and unquote_plus(part.partition("=")[0]) != "$skiptoken"
    ]
    return f"{address}?{''.join(f'{part}&' for part in kept)}"


def _beginning_at(selection: Selection, place: Place, size: int) -> Selection:
    """Return what a selection has from a place on."""
    if place.after is None:
        return replace(selection, offset=(place.page - 1) * size)
    where = f"({selection.where}) AND {place.after.text}"
    return replace(
        selection, where=where, parameters=(*selection.parameters, *place.after.parameters)
    )


def _cookie(levels: tuple[Level, ...], page: int, first: Row, last: Row) -> str:
    """Return the cookie of a page; one in the order of another table knows its number only."""
    if any("." in level.name for level in levels):
        return write_cookie(page)
    begin, end = ([row[level.name] for level in levels] for row in (first, last))
    return write_cookie(page, write_inner(levels, page, begin, end))
