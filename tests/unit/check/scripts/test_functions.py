from pathlib import Path

import pytest

from d365pop.check.scripts.definitions import Definitions
from d365pop.check.scripts.functions import definitions

PROVEN: dict[str, tuple[str, set[str]]] = {
    "function": ("function f() {}\nvar g = function () {};\nvar h = () => 1;", {"f", "g", "h"}),
    "no function": ("var a = 1, b = 'x', c = { d: 2 }, e = [1], f;", set()),
    "implicit global": ("f = function () {};", {"f"}),
    "window": ("window.f = function () {};\nself.g = function () {};", {"f", "g"}),
    "window by a literal": ("window['f'] = function () {};", {"f"}),
    "this of the script": ("this.f = function () {};", {"f"}),
    "this of a called function": ("(function () { this.f = function () {}; })();", {"f"}),
    "this of a strict function": (
        "(function () { 'use strict'; this.f = function () {}; })();",
        set(),
    ),
    "namespace": (
        "var X = {};\nX.Y = {};\nX.Y.f = function () {};\nX.g = () => 1;",
        {"X.Y.f", "X.g"},
    ),
    "namespace or new": ("var X = X || {};\nX.f = function () {};", {"X.f"}),
    "namespace of the window": (
        "window.X = window.X || {};\nwindow.X.f = function () {};",
        {"X.f"},
    ),
    "foreign namespace": ("Contoso.f = function () {};", {"Contoso.f"}),
    "object": (
        "var X = { f: function () {}, g() {}, h: () => 1, 'i': function () {} };",
        {"X.f", "X.g", "X.h", "X.i"},
    ),
    "revealing module": (
        (
            "var X = (function () {\n  function a() {}\n  var hidden = function () {};\n"
            "  return { a: a, b: function () {}, c: 1 };\n})();"
        ),
        {"X.a", "X.b"},
    ),
    "typescript namespace": (
        (
            "var X;\n(function (X) {\n  var Y;\n  (function (Y) {\n"
            "    function f() {}\n    Y.f = f;\n"
            "  })(Y = X.Y || (X.Y = {}));\n})(X || (X = {}));"
        ),
        {"X.Y.f"},
    ),
    "parameter of the window": (
        "(function (w, $) { w.X = w.X || {}; w.X.f = function () {}; })(window, jQuery);",
        {"X.f"},
    ),
    "call with this": ("(function () { this.f = function () {}; }).call(this);", {"f"}),
    "class": (
        (
            "class X {\n  static f() {}\n  static g = () => 1;\n  h() {}\n"
            "  static { this.i = function () {}; }\n}"
        ),
        {"X", "X.f", "X.g", "X.i"},
    ),
    "instance": (
        (
            "function Made() { this.f = function () {}; }\nMade.prototype.g = function () {};\n"
            "var X = new Made();"
        ),
        {"Made", "X.f", "X.g"},
    ),
    "assigned together": ("var X = {};\nObject.assign(X, { f: function () {} });", {"X.f"}),
    "frozen": ("var X = Object.freeze({ f: function () {} });", {"X.f"}),
    "spread": ("var a = { f: function () {} };\nvar X = { ...a };", {"a.f", "X.f"}),
    "choice": ("var X = cond ? { f: function () {} } : { g: function () {} };", {"X.f", "X.g"}),
    "alias": ("var X = {};\nvar y = X;\ny.f = function () {};", {"X.f", "y.f"}),
    "our bundler": (
        'var D365Pop=function(e){"use strict";const n=()=>1;return e.onLoad=()=>{n()},e}({});',
        {"D365Pop.onLoad"},
    ),
    "universal module": (
        (
            "(function (root, factory) {\n"
            "  if (typeof define === 'function' && define.amd) { define([], factory); }\n"
            "  else { root.X = factory(); }\n"
            "})(this, function () { return { f: function () {} }; });"
        ),
        {"X.f"},
    ),
    "universal module of a bundler": (
        (
            "(function (global, factory) {\n"
            "  typeof exports === 'object' && typeof module !== 'undefined' ? factory(exports) :\n"
            "  (global = global || self, factory(global.X = {}));\n"
            "})(this, function (exports) { exports.f = function () {}; });"
        ),
        {"X.f"},
    ),
    "generator and async": ("async function f() {}\nfunction* g() {}", {"f", "g"}),
    "library calls": (
        (
            "'use strict';\nvar X = {};\nX.f = function (c) { console.log(X); Xrm.WebApi.x(c); };\n"
            "setTimeout(X.f, 1);\n$(window).resize(function () {});"
        ),
        {"X.f"},
    ),
    "getter": ("var X = { get f() { return function () {}; } };", {"X.f"}),
    "defined property": (
        "Object.defineProperty(window, 'f', { value: function () {} });",
        {"f"},
    ),
}

UNPROVEN = {
    "syntax error": "function (",
    "module": "export function f() {}",
    "computed global": "window[name] = function () {};",
    "eval": "eval(text);",
    "new function": "new Function('return this')().f = 1;",
    "with": "with (window) { f = 1; }",
    "unknown value": "var X = make();",
    "handed to a stranger": "var X = {};\nextendWith(X);",
    "computed member": "var X = {};\nX[name] = function () {};",
    "window handed to a stranger": "install(window);",
    "foreign value": "var X = Other.api;",
}


@pytest.fixture(scope="module")
def found() -> dict[str, Definitions | None]:
    """What all scripts define; in one batch, because opening the engine costs the most."""
    codes = {name: code for name, (code, _) in PROVEN.items()} | UNPROVEN
    return definitions({name: code.encode() for name, code in codes.items()})


@pytest.mark.parametrize("name", PROVEN)
def test_functions_that_the_text_proves_are_named(
    found: dict[str, Definitions | None], name: str
) -> None:
    assert found[name] == Definitions(frozenset(PROVEN[name][1]), frozenset())


@pytest.mark.parametrize("name", UNPROVEN)
def test_nothing_is_claimed_where_the_text_proves_nothing(
    found: dict[str, Definitions | None], name: str
) -> None:
    about = found[name]
    assert about is None or about.open_names


def test_script_with_open_names_still_tells_about_the_others() -> None:
    code = b"var X = {};\nX.f = function () {};\nX.api = library.make();\nvar g = function () {};"
    found = definitions({"a.js": code})["a.js"]
    assert found == Definitions(frozenset({"X.f", "g"}), frozenset({"X.api"}))
    told = {name: found.may_define(name) for name in ("X.f", "X.api.h", "X.api", "X.h", "g", "h")}
    assert [name for name, may in told.items() if may] == ["X.f", "X.api.h", "X.api", "g"]


def test_scripts_are_told_apart_in_one_batch() -> None:
    scripts = {"a": b"function f() {}", "b": b"function (", "c": b"var x = 1;"}
    assert definitions(scripts) == {
        "a": Definitions(frozenset({"f"}), frozenset()),
        "b": None,
        "c": Definitions(frozenset(), frozenset()),
    }


def test_no_script_is_no_answer() -> None:
    assert definitions({}) == {}


def test_definitions_come_from_the_cache_when_nothing_changed(tmp_path: Path) -> None:
    first = definitions({"a": b"function f() {}"}, cache=tmp_path)
    [stored] = tmp_path.iterdir()
    before = stored.read_bytes()
    assert definitions({"b": b"function f() {}"}, cache=tmp_path)["b"] == first["a"]
    assert stored.read_bytes() == before


def test_deeply_nested_script_is_not_told_about() -> None:
    assert definitions({"deep": b"[" * 100_000}) == {"deep": None}
