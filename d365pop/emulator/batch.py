"""``$batch``: many requests in one, change sets that happen together or not at all."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from d365pop.emulator.environment import Caller, Environment
from d365pop.emulator.exchange import Exchange, fault_response
from d365pop.emulator.faults import Fault, bad_request, method_not_allowed
from d365pop.emulator.multipart import (
    ChangeSet,
    Item,
    http_part,
    multipart,
    nested_part,
    parse_batch,
)
from d365pop.emulator.protocol import Request, Response

MOST_REQUESTS = 1000
TOO_MANY = "0x80060890"
CONTINUE = frozenset({"odata.continue-on-error", "continue-on-error"})
# What may stand in a URL as it is; a client's own percent signs included.
URL_CHARACTERS = "/?&=$%()',:;@*+!~-._"
REFERENCE = re.compile(rb'(@odata\.(?:bind|id)"\s*:\s*")\$([\w-]+)(")')
ENTITY = re.compile(r"\$metadata#(\w+)(?:\(.*\))?/\$entity")
Handle = Callable[[Environment, Caller, Request, str], Response]


@dataclass(frozen=True, slots=True)
class _Batch:
    exchange: Exchange
    handle: Handle

    def member(self, member: Item | ChangeSet) -> tuple[int, bytes]:
        """Return the worst status of a member, and its part of the answer."""
        try:
            match member:
                case Item():
                    response = self.send(member, {})
                    return response.status, http_part(response, member.content_id)
                case ChangeSet(items):
                    return HTTPStatus.OK, self.together(items)
        except Fault as fault:
            return fault.status, http_part(fault_response(self.exchange.request, fault))

    def together(self, items: tuple[Item, ...]) -> bytes:
        """Do all of a change set; the first fault undoes what went before."""
        parts: list[bytes] = []
        made: dict[str, str] = {}
        with self.undoing():
            for item in items:
                if item.method == "GET":
                    raise bad_request("A change set must not hold a GET request.")
                response = self.send(item, made)
                made[item.content_id] = self.address_of(response)
                parts.append(http_part(response, item.content_id))
        return nested_part(f"changesetresponse_{self.exchange.environment.new_id()}", parts)

    def address_of(self, response: Response) -> str:
        """Return the address of the row that was written, which may have come back instead."""
        row = response.json() if response.body else None
        found = isinstance(row, dict) and ENTITY.search(str(row.get("@odata.context")))
        if not found or not isinstance(row, dict):
            return response.header("OData-EntityId")
        table = self.exchange.environment.catalog.by_set[found.group(1)]
        return f"{self.exchange.root}{table.entity_set_name}({row[table.primary_id]})"

    @contextmanager
    def undoing(self) -> Iterator[None]:
        """Do what follows together or not at all, and remember nothing of what was undone."""
        environment = self.exchange.environment
        with environment.store.transaction():
            try:
                yield
            except BaseException:
                # Somebody may have been given a role for a moment.
                environment.privileges.clear()
                raise

    def send(self, item: Item, made: dict[str, str]) -> Response:
        """Answer one request; ``made`` holds the addresses that ``$1`` and its like mean."""
        exchange = self.exchange
        origin = exchange.root.partition("/api/data/")[0]
        path, _, query = _address(item.target, made, exchange.root).partition("?")
        headers = {**item.headers, "host": exchange.request.header("host")}
        body = REFERENCE.sub(lambda found: _resolved(found, made), item.body)
        named = item.headers.get("mscrm.solutionuniquename")
        caller = replace(exchange.caller, solution_unique_name=named) if named else exchange.caller
        if path.rstrip("/").endswith("$batch"):
            raise bad_request("A batch must not hold another batch.")
        request = Request(item.method, path, query, headers, body)
        return self.handle(exchange.environment, caller, request, origin)


def answer(exchange: Exchange, handle: Handle) -> Response:
    """Answer a batch.

    Raises:
        Fault: it is none, or it is too large.
    """
    request = exchange.request
    if request.method != "POST":
        raise method_not_allowed(request.method)
    members = parse_batch(request.header("content-type"), request.body)
    count = sum(len(m.items) if isinstance(m, ChangeSet) else 1 for m in members)
    if count > MOST_REQUESTS:
        # ASSUMED: the code.
        raise bad_request(
            f"Number of requests in the batch exceeded the limit of {MOST_REQUESTS}.", TOO_MANY
        )
    batch, parts, status = _Batch(exchange, handle), list[bytes](), int(HTTPStatus.OK)
    for member in members:
        worst, part = batch.member(member)
        parts.append(part)
        if worst >= HTTPStatus.BAD_REQUEST and not exchange.preferences().keys() & CONTINUE:
            status = worst
            break
    boundary = f"batchresponse_{exchange.environment.new_id()}"
    headers = (("Content-Type", f"multipart/mixed; boundary={boundary}"),)
    return Response(status, headers, multipart(boundary, parts))


def _address(target: str, made: dict[str, str], root: str) -> str:
    """Return the path and query that a target means: absolute, rooted or relative."""
    first, slash, rest = target.partition("/")
    if first.startswith("$") and first[1:] in made:
        target = f"{made[first[1:]]}{slash}{rest}"
    if not target.startswith(("/", "http://", "https://")):
        target = root + target
    try:
        parts = urlsplit(target)
    except ValueError as exc:
        raise bad_request(f"Invalid URI: '{target}': {exc}.") from exc
    if parts.netloc and parts.netloc.lower() != urlsplit(root).netloc.lower():
        raise bad_request(f"The URI '{target}' is not one of this service.")
    query = f"?{parts.query}" if parts.query else ""
    return quote(parts.path + query, safe=URL_CHARACTERS)


def _resolved(found: re.Match[bytes], made: dict[str, str]) -> bytes:
    address = made.get(found.group(2).decode())
    if not address:
        name = found.group(2).decode()
        raise bad_request(f"Content-ID Reference: '${name}' does not exist in the batch context.")
    return found.group(1) + address.encode() + found.group(3)
