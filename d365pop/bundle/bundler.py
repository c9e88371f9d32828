"""ES modules in, minified scripts and source maps out; knows no Dataverse names, no settings."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypedDict, cast

from d365pop.bundle.cache import ResultCache
from d365pop.bundle.engine import Opener, open_engine
from d365pop.bundle.problem import Problem, problem_error
from d365pop.bundle.threads import run_on_threads
from d365pop.errors import BundleError
from d365pop.models import Json
from d365pop.resources import toolchain_root

DRIVER = Path(__file__).with_name("driver.js")


@dataclass(frozen=True, slots=True)
class Entry:
    """One bundle: the module it starts from and the global that holds its exports.

    Without ``global_name`` nothing is reachable from outside, whatever the module exports.
    """

    source: str
    global_name: str = ""


@dataclass(frozen=True, slots=True)
class Script:
    """A minified script and its source map, which holds the sources."""

    code: bytes
    source_map: bytes


@dataclass(frozen=True, slots=True)
class Toolchain:
    """What runs in the engine: the packages' script, our driver, and a hash of both."""

    script: str
    driver: str
    digest: str


class _Request(TypedDict):
    """One entry, with the modules that it reaches and no others."""

    modules: dict[str, str]
    entry: str
    globalName: str


def bundle(
    sources: Mapping[str, str],
    entries: Sequence[Entry],
    constants: Mapping[str, Mapping[str, Json]],
    *,
    cache: Path | None = None,
    opener: Opener = open_engine,
) -> dict[str, Script]:
    """Return one script per entry, by the entry's ``source``.

    ``sources`` is text by POSIX path relative to the source root; ``constants`` is the exports of
    virtual modules (``"d365pop:build"``). Same input, same bytes, in whichever engine and folder.

    Raises:
        BundleError: a source is not ES2018 (``script-syntax``), imports what is not there
            (``import-unresolved``, ``export-missing``), or the engine was stopped.
    """
    for entry in entries:
        _check_entry(entry, sources)
    toolchain = load_toolchain(toolchain_root())
    virtual = {name: _module_text(exports) for name, exports in sorted(constants.items())}
    modules = {**dict(sorted(sources.items())), **virtual}
    workshop = _Workshop(toolchain, ResultCache(cache), opener)
    imports = workshop.imports(modules)
    requests = {
        entry.source: _Request(
            modules={name: modules[name] for name in _reached(entry.source, imports)},
            entry=entry.source,
            globalName=entry.global_name,
        )
        for entry in entries
    }
    results = workshop.bundles(requests)
    return {
        source: Script(code=result["code"].encode(), source_map=result["map"].encode())
        for source, result in results.items()
    }


def read_sources(root: Path) -> dict[str, str]:
    """Return every module under ``root`` by its POSIX path, sorted, with LF line ends.

    Raises:
        BundleError: a file cannot be read or is not UTF-8.
    """
    return {
        path.relative_to(root).as_posix(): _read_source(path)
        for path in sorted(root.rglob("*.js"), key=lambda path: path.relative_to(root).as_posix())
    }


def toolchain_versions() -> dict[str, str]:
    """Return the version of every package in the toolchain, by name.

    Raises:
        BundleError: the toolchain is missing.
    """
    facts = json.loads((toolchain_root() / "toolchain.json").read_bytes())
    return {package["name"]: package["version"] for package in facts["packages"]}


def load_toolchain(folder: Path) -> Toolchain:
    """Return the toolchain of ``folder``, proved against its own description.

    Raises:
        BundleError: it is not what was built.
    """
    script = read_toolchain_script(folder, "toolchain.js")
    driver = DRIVER.read_bytes()
    digest = hashlib.sha256(script + driver).hexdigest()
    return Toolchain(script.decode(), driver.decode(), digest)


def read_toolchain_script(folder: Path, name: str) -> bytes:
    """Return one script of the toolchain, proved against its own description.

    Raises:
        BundleError: it is not what was built.
    """
    expected = json.loads((folder / "toolchain.json").read_bytes())["files"].get(name)
    script = (folder / name).read_bytes() if expected else b""
    if hashlib.sha256(script).hexdigest() != expected:
        raise BundleError(
            "toolchain-damaged",
            f"{folder / name} is not the file that was built",
            context=f"its SHA-256 should be {expected}",
            hint="pip install --force-reinstall d365pop, or delete the folder in a checkout",
        )
    return script


def _check_entry(entry: Entry, sources: Mapping[str, str]) -> None:
    if entry.source not in sources:
        raise BundleError(
            "entry-missing",
            f"There is no module {entry.source} to bundle",
            context=f"{len(sources)} modules were read: {', '.join(sorted(sources))}",
        )


def _reached(entry: str, imports: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the modules that ``entry`` imports, itself and theirs included; sorted."""
    reached: set[str] = set()
    waiting = [entry]
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += imports[name]
    return sorted(reached)


@dataclass(frozen=True, slots=True)
class _Workshop:
    """Asks the driver, where the cache does not know the answer already."""

    toolchain: Toolchain
    cache: ResultCache
    opener: Opener

    def imports(self, modules: Mapping[str, str]) -> dict[str, list[str]]:
        """Return what each module imports.

        Raises:
            BundleError: one of them does not parse, or imports what is not there.
        """
        key = self._key("imports", modules)
        kept = self.cache.read(key)
        if kept is None:
            (answer,) = self._ask("readImports", [{"modules": {**modules}}])
            kept = {"imports": json.dumps(answer["imports"])}
            self.cache.write(key, kept)
        found: dict[str, list[str]] = json.loads(kept["imports"])
        return found

    def bundles(self, requests: Mapping[str, _Request]) -> dict[str, dict[str, str]]:
        """Return code and source map of every request.

        What an entry does not reach is no input of its bundle: where that changes, it is kept.
        """
        keys = {source: self._key("bundle", request) for source, request in requests.items()}
        results = {source: self.cache.read(key) for source, key in keys.items()}
        missing = [source for source, result in results.items() if result is None]
        asked = [cast("dict[str, Json]", requests[source]) for source in missing]
        answers = cast("list[dict[str, str]]", self._ask("bundleEntry", asked))
        made = dict(zip(missing, answers, strict=True))
        for source, result in made.items():
            self.cache.write(keys[source], result)
        return {source: result or made[source] for source, result in results.items()}

    def _ask(self, function: str, requests: Sequence[dict[str, Json]]) -> list[dict[str, Json]]:
        """Ask for each an engine that is opened for it alone."""
        return run_on_threads([partial(self._answer, function, request) for request in requests])

    def _answer(self, function: str, request: dict[str, Json]) -> dict[str, Json]:
        with self.opener() as engine:
            engine.run(self.toolchain.script)
            engine.run(self.toolchain.driver)
            answer = cast("dict[str, Json]", engine.call(function, request))
        if "problem" in answer:
            modules = cast("dict[str, str]", request["modules"])
            raise problem_error(cast("Problem", answer["problem"]), modules)
        return answer

    def _key(self, kind: str, facts: object) -> str:
        canonical = json.dumps([kind, self.toolchain.digest, facts], sort_keys=True)
        return hashlib.sha256(canonical.encode()).hexdigest()


def _module_text(exports: Mapping[str, Json]) -> str:
    """Return a module of constants; ASCII JSON is valid in every version of the language."""
    return "".join(
        f"export const {name} = {json.dumps(value)};\n" for name, value in sorted(exports.items())
    )


def _read_source(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as exc:
        raise BundleError(
            "source-encoding",
            f"{path} is not UTF-8",
            context=f"byte {exc.start} cannot be decoded",
            hint="Save the file as UTF-8",
        ) from exc
    except OSError as exc:
        raise BundleError("source-unreadable", f"{path} cannot be read", context=str(exc)) from exc
