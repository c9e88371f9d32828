from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from d365pop.bundle.engine import Engine, EngineKind
from d365pop.check.finding import Location, Severity
from d365pop.check.scripts.checker import LARGEST, Study, Texts, check_scripts, study_scripts
from d365pop.check.scripts.definitions import Definitions
from d365pop.check.scripts.own import HARDCODED_SECRET, NOT_CHECKED
from d365pop.check.scripts.rules import SCRIPT_RULES
from d365pop.check.scripts.session import time_for
from d365pop.errors import BundleError
from d365pop.models import Json


def told(code: str | bytes) -> list[tuple[str, str]]:
    """Return rule and place of every finding of one script."""
    found = check_scripts({"a.js": code.encode() if isinstance(code, str) else code})
    return [(item.rule.rule_id, str(item.location)) for item in found]


def test_finding_says_what_where_and_which_text() -> None:
    [found] = check_scripts({"a.js": b"'use strict';\nrun();  alert('x');\n"})
    assert found.rule.rule_id == "web-remove-alert"
    assert found.rule.severity is Severity.MEDIUM
    assert found.location == Location("a.js", 2, 9)
    assert found.message == "Unexpected alert."
    assert found.evidence == "alert('x')"


def test_no_script_has_no_finding_and_opens_no_engine() -> None:
    assert study_scripts(Texts({}), open_checker=no_engine) == Study((), {})


def test_syntax_after_the_ceiling_is_said_and_the_rest_is_still_checked() -> None:
    assert told("'use strict';\nvar X = a?.b();\nalert(1);") == [
        ("web-unsupported-syntax", "a.js:2:11"),
        ("web-remove-alert", "a.js:3:1"),
    ]


def test_syntax_of_the_ceiling_is_let_through() -> None:
    code = (
        "'use strict';\nvar X = async ({ a, ...b }) => { for await (const c of a) { X(c, b); } };"
    )
    assert told(code) == []


def test_script_that_is_no_javascript_is_one_finding() -> None:
    assert told("alert(1);\nvar = 2;\neval('x');") == [("script-syntax", "a.js:2:5")]


def test_module_is_named_one_and_checked_as_one() -> None:
    code = "import { a } from './a.js';\nexport function f() { alert(a); }"
    assert told(code) == [("script-module", "a.js:1:1"), ("web-remove-alert", "a.js:2:23")]


def test_deeply_nested_script_is_given_up_and_the_next_one_is_not() -> None:
    found = check_scripts({"deep.js": b"[" * 100_000, "next.js": b"'use strict'; alert(1);"})
    assert [(item.rule.rule_id, item.location.part) for item in found] == [
        ("script-not-checked", "deep.js"),
        ("web-remove-alert", "next.js"),
    ]
    assert "stack" in found[0].message


@pytest.mark.parametrize(
    "code",
    [
        pytest.param(b"a=" + b"(" * 100_000 + b"1" + b")" * 100_000, id="brackets"),
        pytest.param(b"a=" + b"1+" * 50_000 + b"1", id="sum"),
        pytest.param(b"f()" + b".a()" * 20_000, id="calls"),
        pytest.param(b"a=" + b"`${" * 20_000, id="templates"),
    ],
)
def test_script_that_fills_the_stack_is_never_passed_in_silence(code: bytes) -> None:
    assert told(code) == [("script-not-checked", "a.js")]


def test_script_that_takes_too_long_is_given_up() -> None:
    function = b"function f() { var a = 1; return a; }\n"
    found = check_scripts({"a.js": function * 20_000}, seconds=1.0)
    assert [item.rule for item in found] == [NOT_CHECKED]
    assert "stopped after 1 s" in found[0].message


def test_script_over_the_limit_is_said_and_not_parsed() -> None:
    [found] = study_scripts(Texts({"a.js": b"(" * (LARGEST + 1)}), open_checker=no_engine).findings
    assert (found.rule, found.location) == (NOT_CHECKED, Location("a.js"))
    assert "5.0 MB" in found.message


def test_given_up_is_no_proof_of_harm_and_no_trifle() -> None:
    assert NOT_CHECKED.severity is Severity.MEDIUM


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param("\ufeffalert(1);".encode(), "a.js:1:1", id="UTF-8 mark"),
        pytest.param("alert(1);".encode("utf-16"), "a.js:1:1", id="UTF-16"),
        pytest.param(b"/* \xe9 */ alert(1);", "a.js:1:9", id="Latin-1"),
        pytest.param(b"#!/usr/bin/env node\nalert(1);", "a.js:2:1", id="hashbang"),
    ],
)
def test_script_is_read_in_the_encoding_it_has(content: bytes, expected: str) -> None:
    assert told(content) == [("web-remove-alert", expected)]


def test_comments_of_eslint_suppress_nothing() -> None:
    code = "/* eslint-disable */\n'use strict';\nalert(1); // eslint-disable-line\n"
    assert told(code) == [("web-remove-alert", "a.js:3:1")]


def test_same_input_gives_the_same_findings_in_both_engines() -> None:
    scripts = {rule.rule_id: rule.example.encode() for rule in SCRIPT_RULES if rule.example}
    quickjs, v8 = (check_scripts(scripts, engine=kind) for kind in EngineKind)
    assert [item for item in quickjs if item.rule.rule_id != "script-syntax"] == [
        item for item in v8 if item.rule.rule_id != "script-syntax"
    ]


def test_inline_scripts_of_a_page_are_found_where_they_stand() -> None:
    page = (
        b"<!DOCTYPE html>\n<html><head>\n<script src='a.js'>alert(0);</script>\n"
        b"  <script>alert(1);\nalert(2);</script>"
        b"<script type='module'>import 'x'; alert(3);</script>\n"
        b"<script type='application/json'>{\"a\": alert}</script></head></html>"
    )
    found = check_scripts({}, pages={"a.htm": page})
    assert [(item.rule.rule_id, str(item.location)) for item in found] == [
        ("web-remove-alert", "a.htm:4:11"),
        ("web-remove-alert", "a.htm:5:1"),
        ("web-remove-alert", "a.htm:5:53"),
    ]


def test_module_of_a_page_is_judged_as_a_module() -> None:
    module = b"<script type=module>import { a } from 'b'; let c = a; alert(c); d = c</script>"
    classic = module.replace(b" type=module", b"")
    found = check_scripts({}, pages={"a.htm": module, "b.htm": classic})
    assert [(item.rule.rule_id, item.location.part) for item in found] == [
        ("web-remove-alert", "a.htm"),
        ("script-module", "b.htm"),
        ("web-remove-alert", "b.htm"),
    ]


def test_broken_module_of_a_page_is_no_javascript() -> None:
    found = check_scripts({}, pages={"a.htm": b"<script type=module>with (a) { b }</script>"})
    assert [item.rule.rule_id for item in found] == ["script-syntax"]


def test_handler_of_an_element_is_checked_as_the_body_of_a_function() -> None:
    page = b"<p>\n<a onclick=\"var b = 1; eval('a' + b); return false\">x</a>"
    [found] = check_scripts({}, pages={"a.htm": page})
    assert (found.rule.rule_id, str(found.location)) == ("web-avoid-eval", "a.htm:2:24")


@pytest.mark.parametrize(
    ("code", "evidence"),
    [
        ("f(BigInt(1));", "BigInt"),
        ("new window.WeakRef(f);", "window.WeakRef"),
        ("f(globalThis.location);", "globalThis"),
        ("Promise.allSettled([]).then(f);", "Promise.allSettled"),
        ("f(Object.fromEntries([]));", "Object.fromEntries"),
    ],
)
def test_global_that_is_too_new_is_named(code: str, evidence: str) -> None:
    [found] = check_scripts({"a.js": f"'use strict';\n{code}\n{code}".encode()})
    assert (found.rule.rule_id, found.location.line) == ("web-unsupported-syntax", 2)
    assert found.evidence == evidence
    assert evidence.removeprefix("window.") in found.message


@pytest.mark.parametrize(
    "code",
    [
        "if (typeof BigInt === 'function') { f(); }",
        "Promise.all([]).then(f);",
        "f(new Map(), Symbol('BigInt'), a.BigInt, { BigInt: 1 });",
        "(function (Promise) { Promise.allSettled([]); }(f));",
        "function BigInt() {}\nBigInt();",
    ],
)
def test_global_that_is_not_too_new_or_not_used_is_let_through(code: str) -> None:
    assert told(f"'use strict';\n{code}") == []


def test_scripts_after_the_time_for_all_are_said_not_to_be_checked() -> None:
    left = iter([True, False, False])
    scripts = {"a.js": b"'use strict'; alert(1);", "b.js": b"alert(1)", "c.js": b"x"}
    with_time = study_scripts(Texts(scripts), has_time=lambda: next(left)).findings
    assert [(item.rule.rule_id, item.location.part) for item in with_time] == [
        ("web-remove-alert", "a.js"),
        ("script-not-checked", "b.js"),
        ("script-not-checked", "c.js"),
    ]
    assert {item.message for item in with_time[1:]} == {
        "Not checked: The time for all scripts is over"
    }


def test_without_time_no_engine_is_opened() -> None:
    study = study_scripts(Texts({"a.js": b"x"}), open_checker=no_engine, has_time=lambda: False)
    assert [item.rule for item in study.findings] == [NOT_CHECKED]


def test_time_is_over_when_its_seconds_have_gone_by() -> None:
    clock = iter([100.0, 109.9, 110.0])
    has_time = time_for(10, lambda: next(clock))
    assert [has_time(), has_time()] == [True, False]


def test_findings_come_from_the_cache_when_nothing_changed(tmp_path: Path) -> None:
    scripts = {"a.js": b"alert(1);", "b.js": b"eval('x');"}
    first = check_scripts(scripts, cache=tmp_path)
    again = study_scripts(Texts(scripts), cache=tmp_path, open_checker=no_engine)
    assert again.findings == first != ()


def test_changed_script_is_checked_anew(tmp_path: Path) -> None:
    check_scripts({"a.js": b"alert(1);"}, cache=tmp_path)
    found = check_scripts({"a.js": b"eval('x');"}, cache=tmp_path)
    assert [item.rule.rule_id for item in found] == ["web-avoid-eval"]


def test_script_that_was_given_up_is_tried_again(tmp_path: Path) -> None:
    study_scripts(Texts({"a.js": b"alert(1);"}), cache=tmp_path, open_checker=tired)
    found = check_scripts({"a.js": b"alert(1);"}, cache=tmp_path)
    assert [item.rule.rule_id for item in found] == ["web-remove-alert"]


def test_one_look_brings_findings_and_definitions() -> None:
    study = study_scripts(
        Texts(
            {"a.js": b"function f() { 'use strict'; alert(1); }", "b.js": b"function g() {}"},
            libraries={"a.js", "gone.js"},
        )
    )
    assert study.definitions == {
        "a.js": Definitions(frozenset({"f"}), frozenset()),
        "gone.js": None,
    }
    assert [item.rule.rule_id for item in study.findings] == [
        "web-remove-alert",
        "web-use-strict-mode",
    ]


def test_every_script_is_answered_when_each_one_breaks_the_engine() -> None:
    scripts = {f"{number}.js": b"x" for number in range(5)}
    found = study_scripts(Texts(scripts), open_checker=tired).findings
    assert [item.location.part for item in found] == list(scripts)
    assert {item.message for item in found} == {"Not checked: It is tired"}


def test_rule_that_breaks_is_named_and_the_others_stand() -> None:
    found = study_scripts(Texts({"a.js": b"x"}), open_checker=half_broken).findings
    assert [(item.rule.rule_id, item.message) for item in found] == [
        (
            "script-not-checked",
            "The rule web-use-async broke on this script; the other rules did not",
        ),
        ("web-remove-alert", "Unexpected alert."),
    ]


class Fake:
    """An engine that answers, or fails, as it is told."""

    def __init__(self, answer: "Json | BundleError") -> None:
        self.answer = answer

    def run(self, script: str) -> None:
        raise AssertionError(script)

    def call(self, function: str, argument: Json) -> Json:
        assert function == "lintScript"
        assert isinstance(argument, dict)
        if isinstance(self.answer, BundleError):
            raise self.answer
        return self.answer


def no_engine() -> AbstractContextManager[Engine]:
    raise AssertionError("no engine is needed here")


@contextmanager
def tired() -> Iterator[Engine]:
    yield Fake(BundleError("engine-timeout", "It is tired"))


@contextmanager
def half_broken() -> Iterator[Engine]:
    problem: Json = {
        "rule": "no-alert",
        "line": 1,
        "column": 1,
        "message": "Unexpected alert.",
        "evidence": "x",
    }
    failed: list[Json] = ["@microsoft/power-apps/use-async"]
    yield Fake({"syntax": None, "problems": [problem], "directives": [], "failed": failed})


def test_value_is_looked_through_for_secrets_and_for_nothing_else() -> None:
    values = {
        "text.xml": "AuthType=ClientSecret;ClientId=1;ClientSecret=a1B2c3D4e5F6",
        "json.xml": '{"client_secret": "a8Q~zzz99kkXPPq1"}',
        "plain.xml": "alert(1); \u2028 http://example.org/ '*' \\",
        "deep.xml": "[" * 100_000,
    }
    found = study_scripts(Texts({}, values=values)).findings
    assert [(item.rule, item.location) for item in found] == [
        (HARDCODED_SECRET, Location("json.xml")),
        (HARDCODED_SECRET, Location("text.xml")),
    ]


def test_value_that_cannot_be_looked_through_is_said_not_to_be() -> None:
    secret = '"client_secret": "a8Q~zzz99kkXPPq1"'
    values = {
        "twice.xml": f'{{"__proto__": 1, "__proto__": 2, {secret}}}',
        "large.xml": "x" * (LARGEST + 1),
    }
    found = study_scripts(Texts({}, values=values)).findings
    assert [(item.rule, item.location.part) for item in found] == [
        (NOT_CHECKED, "large.xml"),
        (NOT_CHECKED, "twice.xml"),
    ]
