"""Reads what a smoke test needs to know of an environment; writes nothing."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from d365pop.dataverse import odata
from d365pop.dataverse.client import Dataverse
from d365pop.dataverse.forms import retrieve_forms
from d365pop.dataverse.reading import optional_text, text
from d365pop.errors import UsageError
from d365pop.models import Desired, FormEvent, FormRegistration, RemoteForm
from d365pop.own_rows import RowKind
from d365pop.smoke.callers import Caller, StoredRow, choose_caller
from d365pop.smoke.verdict import ExpectedForm


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the deployed page is told, as far as a call is concerned."""

    voice: str
    frame_url: str
    columns: Mapping[str, tuple[str, ...]]
    """The columns that hold numbers, by table."""


def page_settings(desired: Desired) -> PageSettings:
    """Return the settings that the page of a deploy reads."""
    document: dict[str, Any] = json.loads(next(iter(desired.variable_values.values())))
    screen_pop = document["screenPop"]
    return PageSettings(
        voice=screen_pop["policies"]["voice"],
        frame_url=document["genesys"]["frameUrl"],
        columns={each["table"]: tuple(each["columns"]) for each in screen_pop["tables"]},
    )


def find_caller(dataverse: Dataverse, settings: PageSettings) -> Caller:
    """Return whose phone rings: a row that is there and that its number names beyond doubt.

    Raises:
        UsageError: no row will do; nothing is made for it.
    """
    caller = choose_caller([*_rows(dataverse, settings.columns)])
    if caller is None:
        tables = ", ".join(settings.columns)
        raise UsageError(
            "smoke-no-caller",
            "No row of the local Dataverse can call in a smoke test.",
            context=f"Looked for a number that begins with + and stands in one row only: {tables}.",
            hint="Give a contact such a number, or start anew: a fresh state has rows that call.",
        )
    return caller


def shows_notifications(desired: Desired) -> bool:
    """Return whether the softphone's host has notifications; version 1 of the panel has none."""
    return all(row.kind is not RowKind.PROVIDER for row in desired.rows)


def expected_forms(dataverse: Dataverse, desired: Desired) -> tuple[ExpectedForm, ...]:
    """Return the forms to open, with the handlers that run when they open."""
    tables = sorted({registration.form.table for registration in desired.registrations})
    forms = retrieve_forms(dataverse, tables)
    return tuple(
        ExpectedForm(
            registration.form.table,
            _form_id(registration, forms),
            tuple(
                f"{handler.event} {handler.function_name}"
                for handler in registration.handlers
                if handler.event is FormEvent.ON_LOAD and handler.enabled
            ),
        )
        for registration in desired.registrations
    )


def _form_id(registration: FormRegistration, forms: tuple[RemoteForm, ...]) -> str:
    wanted = registration.form
    if wanted.form_id or not wanted.name:
        return wanted.form_id.strip("{}").lower()
    key = (wanted.table, wanted.name)
    return next((form.form_id for form in forms if (form.table, form.name) == key), "")


def _rows(dataverse: Dataverse, columns: Mapping[str, tuple[str, ...]]) -> Iterator[StoredRow]:
    names = odata.query(
        "EntityDefinitions",
        {
            "$select": "LogicalName,EntitySetName,PrimaryIdAttribute",
            "$filter": odata.in_filter("LogicalName", list(columns)),
        },
    )
    for definition in dataverse.rows("look for the tables of callers", names):
        table, key = text(definition, "LogicalName"), text(definition, "PrimaryIdAttribute")
        path = odata.query(
            text(definition, "EntitySetName"),
            {
                "$select": ",".join((key, *columns[table])),
                "$filter": " or ".join(f"{column} ne null" for column in columns[table]),
                "$orderby": key,
            },
        )
        for row in dataverse.rows(f"find a caller in {table}", path, page_size=5000):
            numbers = (optional_text(row, column) for column in columns[table])
            yield StoredRow(table, text(row, key), tuple(filter(None, numbers)))
