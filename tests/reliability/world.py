"""A local Dataverse without sockets that can be copied, and a client whose calls can fail."""

import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from d365pop.dataverse.client import Dataverse
from d365pop.deploy.clock import Clock
from d365pop.deploy.operation import Operator
from d365pop.deploy.plan import Plan, Step
from d365pop.emulator import protocol, seed
from d365pop.emulator.environment import Environment
from d365pop.emulator.gateway import Gateway
from d365pop.emulator.store import Store
from d365pop.emulator.tables import CATALOG
from d365pop.parallel import one_by_one
from d365pop.transport import Headers, Request, Response, RetryPolicy, Sender, Transport

URL = "http://127.0.0.1:4711"
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of ours is made in it
NOON = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
PATIENCE = 120.0
SHORT_FORM = """<form>
  <tabs><tab><columns><column width="100%" /></columns></tab></tabs>
  <events><event name="onload" application="false" active="false" /></events>
</form>"""
DEFINITIONS: dict[str, Response] = {}
COMPONENTS = (
    *("webresource", "webresource__published", "systemform", "systemform__published"),
    *("environmentvariabledefinition", "environmentvariablevalue"),
    *("solution", "solutioncomponent", "publisher"),
)
VOLATILE = {"versionnumber", "modifiedon", "updatedon", "activelayer"}
OURS = "name LIKE 'pop_/%'"
OUR_FORMS = "objecttypecode IN ('account', 'contact')"


@dataclass(frozen=True)
class State:
    """What an environment holds, by name; ``published`` is what agents get of ours."""

    published: tuple[object, ...]
    drafts: tuple[object, ...]
    variables: tuple[object, ...]
    solutions: tuple[object, ...]
    others: tuple[object, ...]

    def broken_libraries(self) -> tuple[str, ...]:
        """Return the libraries of ours that a published form names and agents do not get."""
        texts = [str(row) for row in self.published]
        there = {str(row[0]) for row in self.published if isinstance(row, tuple)}
        named = {name for text in texts for name in re.findall(r'libraryName="(pop_/[^"]*)"', text)}
        return tuple(sorted(named - there))

    def without(self, other: "State") -> "State":
        """Return the state without the web resources of ``other`` that no published form names."""
        named = " ".join(str(row[1]) for row in self.published if isinstance(row, tuple))
        extra = {row for row in self.published if isinstance(row, tuple)} - {*other.published}
        unused = {
            row for row in extra if str(row[0]).startswith("pop_/") and str(row[0]) not in named
        }
        return replace(self, published=tuple(row for row in self.published if row not in unused))


class Time:
    """Seconds that pass only when somebody waits; background work is done meanwhile."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.waiting: list[Callable[[], None]] = []

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.settle()

    def elapse(self, seconds: float) -> None:
        """Let the server take its time: nobody else gets on with anything."""
        self.seconds += seconds

    def settle(self) -> None:
        """Let everything that was asked for come to its end."""
        while self.waiting:
            self.waiting.pop(0)()

    def clock(self) -> Clock:
        return Clock(lambda: self.seconds, self.sleep)


class Tokens:
    def __init__(self, token: str) -> None:
        self._token = token

    def token(self) -> str:
        return self._token

    def renew(self) -> str:
        return self._token


class Quiet:
    """A progress that nobody watches."""

    def started(self, index: int, step: Step) -> None:
        """Say nothing."""

    def advanced(self, fraction: float) -> None:
        """Say nothing."""

    def warned(self, text: str) -> None:
        """Say nothing."""

    def finished(self, index: int, step: Step, seconds: float) -> None:
        """Say nothing."""


@contextmanager
def quiet(_: Plan) -> Iterator[Quiet]:
    yield Quiet()


@dataclass
class World:
    """One environment in memory."""

    connection: sqlite3.Connection
    time: Time = field(default_factory=Time)

    def __post_init__(self) -> None:
        self.environment = Environment(
            store=Store(self.connection, CATALOG),
            catalog=CATALOG,
            now=lambda: NOON,
            sleep=self.time.elapse,
            run=self.time.waiting.append,
        )
        self.gateway = Gateway(self.environment, clock=lambda: 0.0)

    @classmethod
    def seeded(cls) -> "World":
        world = cls(_connection())
        seed.plant(world.environment)
        for table in ("systemform", "systemform__published"):
            # Real forms are long, and a thousand deploys read them again and again.
            sql = f"UPDATE {table} SET formxml = ? WHERE {OUR_FORMS}"  # noqa: S608 - constants
            world.connection.execute(sql, (SHORT_FORM,))
        return world

    def close(self) -> None:
        """Give the environment's memory back: garbage is collected too late for thousands."""
        self.connection.close()

    def copy(self) -> "World":
        """Return another environment that is the same, once all work there has ended."""
        self.time.settle()
        connection = _connection()
        self.connection.backup(connection)
        return World(connection)

    def send(self, request: Request) -> Response:
        """Answer as the server does; what tables there are never changes: it is kept."""
        if "/EntityDefinitions?" not in request.url:
            return self._answer(request)
        if request.url not in DEFINITIONS:
            DEFINITIONS[request.url] = self._answer(request)
        return DEFINITIONS[request.url]

    def _answer(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        headers = {name.lower(): value for name, value in request.headers.items()}
        answer = self.gateway.handle(
            protocol.Request(
                request.method,
                parts.path,
                parts.query,
                {"host": parts.netloc, **headers},
                request.body or b"",
            )
        )
        return Response(answer.status, Headers(dict(answer.headers)), answer.body)

    def operator(self, runs: Path, sender: Sender | None = None) -> Operator:
        """Return a d365pop that reaches this environment through ``sender``."""
        transport = Transport(
            sender or self.send,
            RetryPolicy(deadline=PATIENCE),
            clock=lambda: self.time.seconds,
            sleep=self.time.sleep,
            random=lambda: 0.5,
        )
        token = self.gateway.sessions.issue_token(seed.ADMINISTRATOR_ID)
        return Operator(
            dataverse=Dataverse(URL, transport, Tokens(token)),
            runs=runs,
            environment="test",
            progress=quiet,
            timeout=PATIENCE,
            clock=self.time.clock(),
            pool=one_by_one,
        )

    def state(self) -> State:
        """Return all that a deploy could touch, without ids and times."""
        return State(
            published=(
                *self._select("name, content", "webresource__published", OURS),
                *self._select("formid, formxml", "systemform__published", OUR_FORMS),
            ),
            drafts=(
                *self._select("name, content", "webresource", OURS),
                *self._select("formid, formxml", "systemform", OUR_FORMS),
            ),
            variables=self._select(
                "d.schemaname, v.value",
                "environmentvariabledefinition d LEFT JOIN environmentvariablevalue v ON "
                "v.environmentvariabledefinitionid = d.environmentvariabledefinitionid",
            ),
            solutions=self._select("uniquename, version, friendlyname, description", "solution"),
            others=(
                *self._select("name, content", "webresource", f"NOT {OURS}"),
                *self._select("name, content", "webresource__published", f"NOT {OURS}"),
                *self._select("formid, formxml", "systemform", f"NOT {OUR_FORMS}"),
                *self._select("formid, formxml", "systemform__published", f"NOT {OUR_FORMS}"),
            ),
        )

    def components(self) -> dict[str, list[dict[str, object]]]:
        """Return every column of every component and solution, but counters, times and layers."""
        return {
            table: [
                {
                    column: row[column]
                    for column in row.keys()  # noqa: SIM118 - a row of SQLite is no mapping
                    if column not in VOLATILE
                }
                for row in self._rows(table)
            ]
            for table in COMPONENTS
        }

    def _rows(self, table: str) -> list[sqlite3.Row]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        return cursor.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()  # noqa: S608 - constants

    def select_names(self) -> tuple[tuple[object, ...], ...]:
        """Return the names of our web resources."""
        return self._select("name", "webresource", OURS)

    def _select(self, columns: str, table: str, where: str = "1") -> tuple[tuple[object, ...], ...]:
        sql = f"SELECT {columns} FROM {table} WHERE {where} ORDER BY 1"  # noqa: S608 - constants
        return tuple(tuple(row) for row in self.connection.execute(sql))


@contextmanager
def journal_folder() -> Iterator[Path]:
    """Yield a folder in memory where there is one: every journal line is flushed to its disk."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        yield Path(folder)


def _connection() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", check_same_thread=False, isolation_level=None)
