"""Answers ``?sql=`` by way of what answers FetchXML.

The client PowerPlatform-Dataverse-Client documents the subset and the form of request and answer.
"""

from d365pop.emulator.exchange import Exchange
from d365pop.emulator.fetchxml.answering import answer_query
from d365pop.emulator.metadata import Table
from d365pop.emulator.odata.cookies import read_cookie
from d365pop.emulator.odata.options import forbid_options, split_query
from d365pop.emulator.odata.reading import next_page_address
from d365pop.emulator.protocol import Response
from d365pop.emulator.tsql.parsing import parse_select

OPTION = "sql"
OPTIONS = frozenset({OPTION, "$skiptoken"})


def answer(exchange: Exchange, table: Table) -> Response:
    """Answer a SELECT over the rows of a table.

    Raises:
        Fault: it is none, or asks for what is not there or not allowed.
    """
    request = exchange.request
    forbid_options(request.query, OPTIONS)
    options = split_query(request.query)
    page = read_cookie(options.get("$skiptoken", ""), ()).page
    fetch = parse_select(options[OPTION], page, table.primary_id)
    pages = fetch.top is None and fetch.count is None
    address = next_page_address(f"{exchange.root}{table.entity_set_name}", request.query)
    return answer_query(exchange, table, fetch, address=address if pages else "")
