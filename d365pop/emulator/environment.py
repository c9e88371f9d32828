"""One local environment: its rows, its clock and its one-at-a-time rule; knows no HTTP."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from d365pop.emulator.disturbances import Disturbances, Kind
from d365pop.emulator.faults import customization_locked
from d365pop.emulator.metadata import Catalog, Table
from d365pop.emulator.store import Store

VERSION = "9.2.24112.200"


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _run_at_once(work: Callable[[], None]) -> None:
    work()


class CustomizationLock:
    """Imports and publishes run one at a time; who comes second is refused, not queued."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._running = ""

    def acquire(self, operation: str) -> None:
        """Start an operation.

        Raises:
            Fault: another one runs.
        """
        with self._guard:
            if self._running:
                raise customization_locked(operation, self._running)
            self._running = operation

    def release(self) -> None:
        """End the operation."""
        with self._guard:
            self._running = ""

    @contextmanager
    def held_for(self, operation: str) -> Iterator[None]:
        """Hold the lock while the block runs."""
        self.acquire(operation)
        try:
            yield
        finally:
            self.release()


@dataclass(frozen=True)
class Environment:
    """What every route and operation works on; time and threads are passed in."""

    store: Store
    catalog: Catalog
    now: Callable[[], datetime] = _utc_now
    sleep: Callable[[float], None] = field(default=time.sleep)
    run: Callable[[Callable[[], None]], None] = _run_at_once
    """Starts background work; at once and in place unless a server passes threads."""
    import_seconds: float = 0.0
    publish_seconds: float = 0.0
    export_seconds: float = 0.0
    phantom_layers: bool = False
    """Whether every managed component shows an unmanaged layer without changes, as seen live."""
    privileges: dict[str, Mapping[str, str]] = field(default_factory=dict)
    """What users may do, as far as somebody asked; whoever changes a role empties it."""
    disturbances: Disturbances = field(default_factory=Disturbances)
    lock: CustomizationLock = field(default_factory=CustomizationLock)

    def __post_init__(self) -> None:
        """Take a catalog of one's own: other environments of the process import other tables."""
        own = Catalog(self.catalog.platform, self.catalog.internal)
        object.__setattr__(self, "catalog", own)

    def timestamp(self) -> str:
        """Return the present time as rows store it."""
        return self.moment().strftime("%Y-%m-%dT%H:%M:%SZ")

    def moment(self) -> datetime:
        """Return the present time, however wrong the clock is meant to be."""
        return self.now() + timedelta(seconds=self.disturbances.standing(Kind.CLOCK_SKEW))

    def new_id(self) -> str:
        """Return an id for a new row."""
        return str(uuid4())

    def table(self, logical_name: str) -> Table:
        """Return a table that the emulator itself relies on."""
        return self.catalog.by_name[logical_name]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and into which solution new components go."""

    user_id: str
    solution_unique_name: str = ""
    acting_id: str = ""
    """Who really asks, where it is on behalf of that user."""
