"""Scripts in, findings out; knows no package, no web resource, no report.

Every script is parsed once. What cannot be checked is said, never passed over.
"""

import codecs
import hashlib
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TypedDict, cast

from d365pop.bundle.cache import ResultCache
from d365pop.bundle.engine import EngineKind, Opener
from d365pop.check.finding import Finding, Location, Rule
from d365pop.check.scripts.definitions import Definitions, read_definitions
from d365pop.check.scripts.official import UNSUPPORTED_SYNTAX
from d365pop.check.scripts.own import HARDCODED_SECRET, NOT_CHECKED, SCRIPT_MODULE, SCRIPT_SYNTAX
from d365pop.check.scripts.pages import ScriptKind, inline_scripts
from d365pop.check.scripts.rules import RULE_BY_ESLINT_NAME
from d365pop.check.scripts.session import (
    Answer,
    ask_all,
    checker_digest,
    opener,
    time_for,
)
from d365pop.check.scripts.suppressions import Directive, apply_suppressions, moved
from d365pop.errors import BundleError
from d365pop.models import Json

CEILING = 2018  # what Solution Checker reads
LARGEST = 5 * 1024 * 1024
SECONDS = 60.0
ALL_SECONDS = 600.0
"""What all scripts together may take; whoever waits longer has stopped waiting."""

Ask = Callable[[str, Sequence[Mapping[str, Json]]], list[Answer]]


@dataclass(frozen=True, slots=True)
class Piece:
    """One text that is checked by itself, and what stands before it in its part."""

    part: str
    code: str = field(repr=False)
    lines: int = 0
    columns: int = 0
    is_library: bool = False
    kind: ScriptKind = ScriptKind.SCRIPT
    only: Rule | None = None
    """The one rule that says something about a text that is no script."""


class _Problem(TypedDict):
    rule: str | None
    line: int
    column: int
    message: str
    evidence: str


class _Syntax(TypedDict):
    kind: str
    line: int
    column: int
    message: str


class _Directive(TypedDict):
    text: str
    line: int
    column: int
    last: int


class _Report(TypedDict):
    syntax: _Syntax | None
    problems: list[_Problem]
    directives: list[_Directive]
    failed: list[str]
    exports: object


@dataclass(frozen=True, slots=True)
class Texts:
    """What is looked through, each by part."""

    scripts: Mapping[str, bytes]
    pages: Mapping[str, bytes] = field(default_factory=dict)
    """Pages and drawings, for the scripts inside."""
    values: Mapping[str, str] = field(default_factory=dict)
    """Texts that are no scripts, but may hold a secret."""
    libraries: Collection[str] = ()
    """The scripts whose definitions are asked for."""


@dataclass(frozen=True, slots=True)
class Study:
    """What one look at all scripts brought: findings, and what each library defines."""

    findings: tuple[Finding, ...]
    definitions: Mapping[str, Definitions | None]
    """By part, for the libraries that were asked for; None where nothing can be told."""


def check_scripts(
    scripts: Mapping[str, bytes],
    *,
    pages: Mapping[str, bytes] | None = None,
    cache: Path | None = None,
    seconds: float = SECONDS,
    engine: EngineKind | None = None,
) -> tuple[Finding, ...]:
    """Return what the rules say about scripts and about the scripts inside of HTML pages.

    Both are content by part. ``seconds`` is what one script may take before it is given up.
    Findings are sorted by place; the same input gives the same findings in whichever engine.

    Raises:
        BundleError: there is no engine, or its toolchain is not what was built.
    """
    open_checker = opener(seconds, engine)
    return study_scripts(
        Texts(scripts, pages or {}), cache=cache, open_checker=open_checker
    ).findings


def study_scripts(
    texts: Texts,
    *,
    cache: Path | None = None,
    open_checker: Opener | None = None,
    has_time: Callable[[], bool] | None = None,
) -> Study:
    """Return findings and, for the libraries, definitions, from one parse of each text.

    ``has_time`` is asked before each; the rest is given up when it says no.

    Raises:
        BundleError: there is no engine, or its toolchain is not what was built.
    """
    findings = [_too_large(part, content) for part, content in _large(texts)]
    definitions: dict[str, Definitions | None] = dict.fromkeys(texts.libraries)
    pieces = list(_pieces(texts))
    ask = partial(
        ask_all,
        open_checker=open_checker or opener(SECONDS),
        has_time=has_time or time_for(ALL_SECONDS),
    )
    answers = _answers(pieces, cache, ask)
    for piece, answer in zip(pieces, answers, strict=True):
        if isinstance(answer, BundleError):
            findings.append(_given_up(piece, answer))
            continue
        report = cast("_Report", answer)
        findings += _findings(piece, report)
        if piece.is_library:
            definitions[piece.part] = read_definitions(report["exports"])
    return Study(tuple(sorted(findings, key=_order)), definitions)


def decode_script(content: bytes) -> str:
    """Return a script's text as browsers read it: by its byte-order mark, else as UTF-8."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if content.startswith(mark):
            return content.decode(encoding, "replace")
    return content.decode("utf-8-sig", "replace")


def _order(finding: Finding) -> tuple[Location, str, str]:
    return finding.location, finding.rule.rule_id, finding.message


def _large(texts: Texts) -> Iterator[tuple[str, bytes]]:
    values = {part: text.encode() for part, text in texts.values.items()}
    everything = {**texts.scripts, **texts.pages, **values}
    return ((part, content) for part, content in everything.items() if len(content) > LARGEST)


def _pieces(texts: Texts) -> Iterator[Piece]:
    for part, content in texts.scripts.items():
        if len(content) <= LARGEST:
            yield Piece(part, decode_script(content), is_library=part in texts.libraries)
    for part, content in texts.pages.items():
        if len(content) <= LARGEST:
            for script in inline_scripts(decode_script(content)):
                first = script.line - 1
                yield Piece(part, script.code, first, script.column, kind=script.kind)
    for part, text in texts.values.items():
        if len(text.encode()) <= LARGEST:
            yield _value_piece(part, text)


def _value_piece(part: str, text: str) -> Piece:
    """Return a value as the script that would hold it: JSON as an object, else one text."""
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        text = json.dumps(text)
    return Piece(part, f"void ({text});", only=HARDCODED_SECRET)


def _answers(pieces: list[Piece], cache: Path | None, ask: Ask) -> list[Answer]:
    """Return the report of every piece, made where the cache has none."""
    stored = ResultCache(cache)
    requests = [_request(piece) for piece in pieces]
    keys = [_cache_key(request) if cache else "" for request in requests]
    reports = {key: stored.read(key) for key in keys if key}
    answers: list[Answer] = [
        json.loads(report["report"]) if (report := reports.get(key)) else None for key in keys
    ]
    missing = [index for index, answer in enumerate(answers) if answer is None]
    made = ask("lintScript", [requests[index] for index in missing])
    for index, answer in zip(missing, made, strict=True):
        answers[index] = answer
        if not isinstance(answer, BundleError) and keys[index]:
            stored.write(keys[index], {"report": json.dumps(answer)})
    return answers


def _request(piece: Piece) -> dict[str, Json]:
    names: list[Json] = [*RULE_BY_ESLINT_NAME]
    return {
        "code": piece.code,
        "exports": piece.is_library,
        "reading": piece.kind.value,
        "rules": names,
        "ceiling": CEILING,
    }


def _cache_key(request: Mapping[str, Json]) -> str:
    content = json.dumps([checker_digest(), request], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _findings(piece: Piece, report: _Report) -> list[Finding]:
    """Return the findings of one report, after its suppressions."""
    found = [_finding(piece, problem) for problem in report["problems"]]
    if piece.only:
        return _value_findings(piece, found, looked=not (report["syntax"] or report["failed"]))
    found += [_failed(piece, name) for name in report["failed"]]
    if report["syntax"] is not None:
        found.append(_syntax(piece, report["syntax"]))
    directives = [_directive(piece, facts) for facts in report["directives"]]
    return apply_suppressions(found, directives)


def _value_findings(piece: Piece, found: list[Finding], *, looked: bool) -> list[Finding]:
    """Return what the one rule says of a value, which has no lines of its own."""
    if not looked:
        # JSON that is no script, such as an object that names __proto__ twice.
        message = "Not checked: the value cannot be read as a script"
        return [Finding(NOT_CHECKED, Location(piece.part), message, evidence="value")]
    ours = [each for each in found if each.rule == piece.only]
    return [replace(each, location=Location(piece.part)) for each in ours]


def _finding(piece: Piece, problem: _Problem) -> Finding:
    # A problem without a rule is ESLint's own word that it could not go on.
    rule = RULE_BY_ESLINT_NAME[problem["rule"]] if problem["rule"] else NOT_CHECKED
    place = _place(piece, problem["line"], problem["column"])
    return Finding(rule, place, problem["message"].strip(), evidence=problem["evidence"])


def _syntax(piece: Piece, syntax: _Syntax) -> Finding:
    place = _place(piece, syntax["line"], syntax["column"])
    said = syntax["message"]
    kinds: dict[str, tuple[Rule, str]] = {
        "newer": (UNSUPPORTED_SYNTAX, f"Syntax newer than ES{CEILING}: {said}"),
        "module": (SCRIPT_MODULE, f"This is an ES module, not a classic script: {said}"),
        "syntax": (SCRIPT_SYNTAX, f"Syntax error: {said}"),
    }
    rule, message = kinds[syntax["kind"]]
    return Finding(rule, place, message, evidence=said)


def _directive(piece: Piece, facts: _Directive) -> Directive:
    place = Location(piece.part, facts["line"], facts["column"])
    directive = Directive(facts["text"], place, facts["last"])
    return moved(directive, piece.part, piece.lines, piece.columns)


def _failed(piece: Piece, name: str) -> Finding:
    rule_id = RULE_BY_ESLINT_NAME[name].rule_id
    message = f"The rule {rule_id} broke on this script; the other rules did not"
    return Finding(NOT_CHECKED, _place(piece, 0, 0), message, evidence=rule_id)


def _given_up(piece: Piece, error: BundleError) -> Finding:
    message = f"Not checked: {error.message}"
    return Finding(NOT_CHECKED, _place(piece, 0, 0), message, evidence=error.reference)


def _too_large(part: str, content: bytes) -> Finding:
    said = f"{len(content) / 2**20:.1f} MB; scripts are read up to {LARGEST // 2**20} MB"
    return Finding(NOT_CHECKED, Location(part), f"Not checked: {said}", evidence="too-large")


def _place(piece: Piece, line: int, column: int) -> Location:
    if not line:
        return Location(piece.part, piece.lines + 1 if piece.lines else 0)
    first = piece.columns if line == 1 else 0
    return Location(piece.part, line + piece.lines, column + first)
