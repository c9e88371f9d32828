"""Two packages, component by component: what counts as a difference and what does not."""

from collections.abc import Mapping

from d365pop.compare.difference import Change, Comparison, Detail, Lines
from d365pop.compare.packages import MOST_COMPARED, compare
from d365pop.compare.source_maps import Sources
from d365pop.contents import content_hash
from tests.unit.compare.samples import HANDLER, LIBRARY, parts, side, system_form


def compared(
    before: Mapping[str, bytes],
    after: Mapping[str, bytes],
    sources: Mapping[str, Sources] | None = None,
) -> Comparison:
    return compare(side("old", before, sources), side("new", after, sources))


def changes(comparison: Comparison) -> list[tuple[str, str, str]]:
    return [(str(d.change), d.kind, d.name) for d in comparison.differences]


def on_load(*functions: str) -> str:
    handlers = "".join(HANDLER.format(function) for function in functions)
    return f'<events><event name="onload"><Handlers>{handlers}</Handlers></event></events>'


def libraries(*names: str) -> str:
    return f"<formLibraries>{''.join(map(LIBRARY.format, names))}</formLibraries>"


def test_package_is_the_same_as_itself() -> None:
    package = parts(scripts={"a.js": b"1"}, forms=system_form(on_load("A")), more="<Roles/>")
    comparison = compared(package, package)
    assert comparison.is_same
    assert comparison.unchanged == {
        "solution": ("Pop",),
        "web resources": ("a.js",),
        "forms": ("account / Main (main)",),
        "tables": ("account",),
    }


def test_added_removed_and_changed_components_come_by_kind_and_name() -> None:
    before = parts(
        version="1.0",
        scripts={"b.js": b"1", "c.js": b"1"},
        more='<Roles><Role name="Old" /><Role name="Same" /></Roles>',
    )
    after = parts(
        version="1.1",
        scripts={"a.js": b"1", "c.js": b"2"},
        more='<Roles><Role name="Same" a="1" /></Roles>',
    )
    assert changes(compared(before, after)) == [
        ("changed", "solution", "Pop"),
        ("added", "web resources", "a.js"),
        ("removed", "web resources", "b.js"),
        ("changed", "web resources", "c.js"),
        ("removed", "security roles", "Old"),
        ("changed", "security roles", "Same"),
    ]


def test_fields_of_the_solution_are_named_by_their_path() -> None:
    extra = b"<Publisher><UniqueName>p</UniqueName></Publisher><RootComponents>"
    extra += b'<RootComponent type="61" schemaName="a" behavior="0"/></RootComponents>'
    after = parts(version="2.0")
    after["solution.xml"] = after["solution.xml"].replace(b"<Managed>0", extra + b"<Managed>1")
    (difference,) = compared(parts(version="1.0"), after).differences
    assert difference.details == (
        Detail("Version", "1.0", "2.0"),
        Detail("Managed", "unmanaged", "managed"),
        Detail("Publisher/UniqueName", "", "p"),
        Detail("root component added", "", "type 61 a, behavior 0"),
    )


def test_white_space_attribute_order_and_order_of_a_forms_parts_mean_nothing() -> None:
    tab = '<tabs><tab name="a" id="{AB000000-0000-0000-0000-000000000001}" /></tabs>'
    other = '<tabs>\n  <tab id="ab000000-0000-0000-0000-000000000001"   name="a"></tab>\n</tabs>'
    before = parts(forms=system_form(tab + on_load("A")))
    after = parts(forms=system_form(f"{on_load('A')}\n<!-- x -->{other}"))
    assert compared(before, after).is_same


def test_another_order_of_tabs_is_a_difference() -> None:
    before = parts(forms=system_form("<tabs><tab name='a'/><tab name='b'/></tabs>"))
    after = parts(forms=system_form("<tabs><tab name='b'/><tab name='a'/></tabs>"))
    assert changes(compared(before, after)) == [("changed", "forms", "account / Main (main)")]


def test_form_tells_its_handlers_and_libraries_apart_from_its_layout() -> None:
    before = parts(forms=system_form(libraries("a.js", "b.js") + on_load("A", "B")))
    after = parts(forms=system_form(libraries("b.js", "a.js", "c.js") + on_load("B")))
    (difference,) = compared(before, after).differences
    handler = "onload: A in a.js (without execution context, id 2)"
    assert difference.details == (
        Detail("library added", "", "c.js"),
        Detail("library order", "a.js → b.js", "b.js → a.js"),
        Detail("handler removed", handler, ""),
    )
    assert difference.lines[0].of == "FormXml, as an outline"


def test_script_without_a_proven_map_is_compared_as_stored() -> None:
    before = parts(scripts={"a.js": b"var a;\nvar b;\n"})
    after = parts(scripts={"a.js": b"var a;\nvar c;\n"})
    (difference,) = compared(before, after).differences
    assert difference.lines == (
        Lines("file", ("@@ -1,2 +1,2 @@", " var a;", "-var b;", "+var c;")),
    )


def test_minified_script_is_broken_into_lines() -> None:
    before = b"function a(){" + b"b();" * 200 + b"return 1}"
    after = before.replace(b"return 1", b"return 2")
    (difference,) = compared(
        parts(scripts={"a.js": before}), parts(scripts={"a.js": after})
    ).differences
    (lines,) = difference.lines
    assert lines.of == "script, broken into lines"
    assert [line for line in lines.text if line[0] in "+-"] == ["-  return 1", "+  return 2"]


def test_script_with_proven_maps_on_both_sides_is_compared_by_its_sources() -> None:
    sources = {
        content_hash(b"1"): {"core/a.js": "one\ntwo\n", "core/b.js": "same\n"},
        content_hash(b"2"): {"core/a.js": "one\nthree\n", "core/b.js": "same\n"},
    }
    before, after = parts(scripts={"a.js": b"1"}), parts(scripts={"a.js": b"2"})
    (difference,) = compared(before, after, sources).differences
    assert difference.lines == (
        Lines("source core/a.js", ("@@ -1,2 +1,2 @@", " one", "-two", "+three")),
    )


def test_map_on_one_side_alone_is_not_used() -> None:
    sources = {content_hash(b"1"): {"core/a.js": "one\n"}}
    before, after = parts(scripts={"a.js": b"1"}), parts(scripts={"a.js": b"2"})
    (difference,) = compared(before, after, sources).differences
    assert [lines.of for lines in difference.lines] == ["file"]


def test_binary_is_compared_by_its_hash() -> None:
    before = parts(scripts={"a.js": b"\xff\x00"})
    after = parts(scripts={"a.js": b"\xff\x01\x02"})
    (difference,) = compared(before, after).differences
    assert difference.lines == ()
    assert difference.details == (
        Detail(
            "content",
            f"2 bytes, SHA-256 {content_hash(bytes([255, 0]))}",
            f"3 bytes, SHA-256 {content_hash(bytes([255, 1, 2]))}",
        ),
    )


def test_files_of_other_components_are_compared() -> None:
    name = "customapis/a/customapi.xml"
    before = parts(files={name: b'<a x="1" y="2"/>', "stray.bin": b"1"})
    same = parts(files={name: b'<a y="2"\n x="1"></a>', "stray.bin": b"1"})
    other = parts(files={name: b'<a x="2"/>', "stray.bin": b"2"})
    assert compared(before, same).is_same
    assert changes(compared(before, other)) == [
        ("changed", "custom APIs", "a"),
        ("changed", "other files", "stray.bin"),
    ]


def test_change_of_a_column_is_not_a_change_of_its_table() -> None:
    entity = (
        "<Entities><Entity><Name>x</Name><EntityInfo><entity><attributes>"
        '<attribute PhysicalName="a"><MaxLength>{}</MaxLength></attribute></attributes>'
        "</entity></EntityInfo></Entity></Entities>"
    )
    before, after = parts(more=entity.format(1)), parts(more=entity.format(2))
    assert changes(compared(before, after)) == [("changed", "columns", "x.a")]


def test_values_of_variables_are_compared_and_none_is_not_empty() -> None:
    folder = "environmentvariabledefinitions/v"
    definition = f"{folder}/environmentvariabledefinition.xml"
    empty = b"<environmentvariabledefinition><defaultvalue/></environmentvariabledefinition>"
    before = parts(files={definition: b"<environmentvariabledefinition/>"})
    after = parts(files={definition: empty})
    (difference,) = compared(before, after).differences
    assert difference.details == (Detail("default value", "(none)", "(empty)"),)


def test_repeated_names_are_compared_one_by_one() -> None:
    twice = parts(more='<Roles><Role name="a" /><Role name="a" b="1" /></Roles>')
    once = parts(more='<Roles><Role name="a" /></Roles>')
    assert changes(compared(twice, once)) == [("removed", "security roles", "a")]
    assert compared(once, twice).count(Change.ADDED) == 1


def test_lines_of_web_resources_are_left_out_where_nobody_wants_them() -> None:
    before, after = parts(scripts={"a.js": b"1"}), parts(scripts={"a.js": b"2"})
    (difference,) = compare(side("a", before), side("b", after), detailed=False).differences
    assert (difference.change, difference.lines) == (Change.CHANGED, ())


def test_lines_end_where_nobody_reads_on_and_that_is_said() -> None:
    large = b"x" * (MOST_COMPARED // 2 - 2)
    before = parts(scripts={"a.js": b"1", "b.js": large, "c.js": b"1", "d.js": large})
    after = parts(scripts={"a.js": b"2", "b.js": large + b"y", "c.js": b"2", "d.js": large})
    comparison = compared(before, after)
    assert [(d.name, bool(d.lines)) for d in comparison.differences] == [
        ("a.js", True),
        ("b.js", True),
        ("c.js", False),
    ]
    assert comparison.notes == ("behind 32 MB web resources are compared by size and hash alone",)


def test_dependencies_of_a_web_resource_are_compared_by_meaning() -> None:
    def package(dependencies: str) -> dict[str, bytes]:
        found = parts(scripts={"a.js": b"1"})
        element = f"<Name>a.js</Name><DependencyXml>{dependencies}</DependencyXml>".encode()
        changed = found["customizations.xml"].replace(b"<Name>a.js</Name>", element)
        return found | {"customizations.xml": changed}

    first = package("&lt;D&gt;&lt;L a='1' b='2'/&gt;&lt;/D&gt;")
    second = package("&lt;D&gt;  &lt;L b='2' a='1'&gt;&lt;/L&gt; &lt;/D&gt;")
    other = package("&lt;D&gt;&lt;L a='1'")
    assert compared(first, second).is_same
    (difference,) = compared(first, other).differences
    assert difference.details == (Detail("dependencies", '<D> <L a="1" b="2">', "<D><L a='1'"),)
