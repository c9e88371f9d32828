"""What build and check of our own package take beyond the engine, and with nothing to do."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from d365pop.build import Build, build
from d365pop.build.contents import ENTRIES, constants
from d365pop.build.extensions import extension_sources
from d365pop.bundle.bundler import Toolchain, bundle, load_toolchain, read_sources
from d365pop.bundle.engine import Engine, Opener, open_engine
from d365pop.bundle.threads import run_on_threads
from d365pop.check.scripts.checker import Texts, study_scripts
from d365pop.check.scripts.session import ask_all, opener
from d365pop.check.whole import CheckOptions, check_all
from d365pop.config import load
from d365pop.models import Json, WebResourceType
from d365pop.resources import toolchain_root, webresources_root
from d365pop.settings import Settings
from d365pop.solution.package import read_package
from tests.bench.measure import ROOT, Row, best_seconds, ratio

LIMIT = "1.3"
UNCHANGED = "0.3"

Calls = list[tuple[str, Json]]


def script_rows(runs: int) -> Iterator[Row]:
    """Measure inside this process: starting it is not what is asked for."""
    settings = load(ROOT / "d365pop.toml", {})
    calls = bundle_calls(settings)
    toolchain = load_toolchain(toolchain_root())
    found = ratio(lambda: build(settings), lambda: bundle_alone(toolchain, calls), runs)
    yield Row("build / the engine's own time for its scripts", f"{found:.2f}", LIMIT)
    made = build(settings)
    package = made.package
    lints = lint_requests(made)
    found = ratio(
        lambda: check_all(read_package(package), CheckOptions()),
        lambda: ask_all("lintScript", lints, opener(60.0)),
        runs,
    )
    yield Row("check / the engine's own time for its scripts", f"{found:.2f}", LIMIT)
    yield from unchanged_rows(settings, package, runs)


def unchanged_rows(settings: Settings, package: bytes, runs: int) -> Iterator[Row]:
    """Measure again what was built and checked before."""
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder)
        work: Mapping[str, Callable[[], object]] = {
            "build": lambda: build(settings, cache=cache),
            "check": lambda: check_all(read_package(package), CheckOptions(cache=cache)),
        }
        for name, once in work.items():
            once()
            taken = best_seconds(once, runs)
            yield Row(f"{name} with unchanged scripts, in seconds", f"{taken:.2f}", UNCHANGED)


def bundle_calls(settings: Settings) -> Calls:
    """Return what the bundler asks the engine for."""
    recorded: Calls = []
    sources = read_sources(webresources_root() / "src")
    extensions = extension_sources(settings.bundle.extensions, ROOT)
    bundle(
        {**sources, **extensions},
        ENTRIES,
        constants(settings),
        opener=partial(recording, recorded, open_engine),
    )
    return recorded


def bundle_alone(toolchain: Toolchain, calls: Calls) -> None:
    """Let the engine do just its part, on as many threads as build does."""

    def run(function: str, argument: Json) -> None:
        with open_engine() as engine:
            engine.run(toolchain.script)
            engine.run(toolchain.driver)
            engine.call(function, argument)

    # Which module imports which is known before the first bundle is made.
    run_on_threads([partial(run, *calls[0])])
    run_on_threads([partial(run, *call) for call in calls[1:]])


class Recorder:
    """An engine that writes down what it is asked for."""

    def __init__(self, engine: Engine, recorded: Calls) -> None:
        self._engine = engine
        self._recorded = recorded

    def run(self, script: str) -> None:
        self._engine.run(script)

    def call(self, function: str, argument: Json) -> Json:
        self._recorded.append((function, argument))
        return self._engine.call(function, argument)


@contextmanager
def recording(recorded: Calls, opened: Opener) -> Iterator[Engine]:
    with opened() as engine:
        yield Recorder(engine, recorded)


def lint_requests(made: Build) -> list[dict[str, Json]]:
    """Return what a check of the package asks the engine for."""
    recorded: Calls = []
    contents = {
        kind: {item.name: item.content for item in made.solution.web_resources if item.type is kind}
        for kind in (WebResourceType.SCRIPT, WebResourceType.HTML)
    }
    scripts, pages = contents[WebResourceType.SCRIPT], contents[WebResourceType.HTML]
    study_scripts(
        Texts(scripts, pages, libraries=scripts),
        open_checker=partial(recording, recorded, opener(60.0)),
    )
    return [argument for _, argument in recorded if isinstance(argument, dict)]
