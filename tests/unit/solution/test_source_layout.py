"""The source layout: whatever is unpacked packs to the same, and a folder packs to one package."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from d365pop.errors import BundleError
from d365pop.solution.content_types import content_types
from d365pop.solution.package import read_package
from d365pop.solution.source_layout import pack, unpack

SOLUTION = (
    b"<ImportExportXml><SolutionManifest><Managed>0</Managed></SolutionManifest></ImportExportXml>"
)
WEB_RESOURCE = (
    "    <WebResource>\r\n      <Name>{0}</Name>\r\n"
    "      <FileName>/WebResources/{0}-ID</FileName>\r\n    </WebResource>\r\n"
)


def package(*names: str) -> dict[str, bytes]:
    """Return a small package with scripts called ``names``."""
    resources = "".join(WEB_RESOURCE.format(name) for name in names)
    customizations = (
        '<ImportExportXml xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\r\n'
        f"  <Entities />\r\n  <WebResources>\r\n{resources}  </WebResources>\r\n"
        "</ImportExportXml>"
    ).encode()
    contents = {f"WebResources/{name}-ID": name.encode() for name in names}
    return with_types({"solution.xml": SOLUTION, "customizations.xml": customizations, **contents})


def with_types(parts: dict[str, bytes]) -> dict[str, bytes]:
    rest = {name: part for name, part in parts.items() if name != "[Content_Types].xml"}
    return {"[Content_Types].xml": content_types(rest), **rest}


def c14n(data: bytes) -> bytes:
    return etree.tostring(etree.fromstring(data), method="c14n")


def assert_same(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    assert set(before) == set(after)
    for name, content in before.items():
        if name in {"solution.xml", "customizations.xml"}:
            assert c14n(content) == c14n(after[name]), name
        else:
            assert content == after[name], name


def sample_folder(shared: Path) -> dict[str, bytes]:
    root = shared / "samples" / "unpacked" / "sb_mock"
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file()
    }


def test_every_sample_package_packs_to_the_same_again(shared: Path) -> None:
    packages = sorted((shared / "samples" / "packages").glob("*.zip"))
    assert len(packages) == 7
    for path in packages:
        parts = read_package(path.read_bytes())
        assert_same(parts, pack(unpack(parts)))


@pytest.mark.parametrize("managed", [False, True])
def test_sample_folder_packs_and_unpacks_to_the_same(shared: Path, *, managed: bool) -> None:
    files = sample_folder(shared)
    parts = pack(files, managed=managed)
    assert_same(parts, pack(unpack(parts)))
    assert set(unpack(parts)) == {name for name in files if not name.endswith("_managed.xml")}


def test_sample_folder_packs_to_all_its_components(shared: Path) -> None:
    files = sample_folder(shared)
    root = etree.fromstring(pack(files)["customizations.xml"])
    found = {
        item: len(root.findall(f".//{item}"))
        for item in ("Entity", "systemform", "savedquery", "Workflow", "WebResource", "Dashboard")
    }
    assert found == {
        "Entity": sum(name.endswith("/Entity.xml") for name in files),
        "systemform": sum("/FormXml/" in n and not n.endswith("_managed.xml") for n in files),
        "savedquery": sum("/SavedQueries/" in name for name in files),
        "Workflow": 3,
        "WebResource": 2,
        "Dashboard": 2,
    }
    parts = pack(files)
    resource = "WebResources/sb_jssb_mockrecordformjs6E19B941-083A-EB11-A813-000D3A0B97CA"
    assert parts[resource] == files["WebResources/sb_/js/sb_mockrecord.form.js"]
    assert "Formulas/sb_primarybusinessprocessflow-bpf_duration.xaml" in parts


def test_managed_package_of_a_folder_of_both_kinds_takes_the_managed_twins(shared: Path) -> None:
    files = sample_folder(shared)
    twin = next(name for name in files if "/main/" in name and name.endswith("_managed.xml"))
    files[twin] = files[twin].replace(b"<systemform>", b"<systemform solutionaction='Added'>")
    unmanaged, managed = pack(files), pack(files, managed=True)
    assert b"<Managed>0</Managed>" in unmanaged["solution.xml"]
    assert b"<Managed>1</Managed>" in managed["solution.xml"]
    assert b"solutionaction" not in unmanaged["customizations.xml"]
    assert b"solutionaction" in managed["customizations.xml"]


def test_folder_of_one_kind_does_not_pack_to_the_other() -> None:
    files = unpack(package("pop_a.js"))
    with pytest.raises(BundleError) as caught:
        pack(files, managed=True)
    assert caught.value.reference == "source-file-invalid"


def test_layout_is_the_one_of_solutionpackager() -> None:
    files = unpack(package("pop_/b.js", "pop_/c.js"))
    assert set(files) == {
        "Other/Customizations.xml",
        "Other/Solution.xml",
        "WebResources/pop_/b.js",
        "WebResources/pop_/b.js.data.xml",
        "WebResources/pop_/c.js",
        "WebResources/pop_/c.js.data.xml",
    }
    assert files["WebResources/pop_/b.js"] == b"pop_/b.js"
    assert b"<WebResources />" in files["Other/Customizations.xml"]
    assert files["WebResources/pop_/b.js.data.xml"] == (
        b'\xef\xbb\xbf<?xml version="1.0" encoding="utf-8"?>\n'
        b'<WebResource xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n'
        b"  <Name>pop_/b.js</Name>\n"
        b"  <FileName>/WebResources/pop_/b.js-ID</FileName>\n"
        b"</WebResource>"
    )


def test_order_that_names_do_not_tell_is_kept_by_marks() -> None:
    parts = package("pop_z.js", "pop_a.js")
    files = unpack(parts)
    assert b"<?d365pop WebResources/pop_z.js.data.xml?>" in files["Other/Customizations.xml"]
    assert_same(parts, pack(files))


def test_file_that_was_added_is_packed_and_one_that_was_removed_is_not() -> None:
    files = unpack(package("pop_z.js", "pop_a.js"))
    added = unpack(package("pop_m.js"))
    del files["WebResources/pop_a.js"], files["WebResources/pop_a.js.data.xml"]
    files |= {name: text for name, text in added.items() if name.startswith("WebResources/")}
    root = etree.fromstring(pack(files)["customizations.xml"])
    assert [name.text for name in root.iter("Name")] == ["pop_z.js", "pop_m.js"]


def test_component_whose_name_is_no_file_stays_where_it_was() -> None:
    parts = package("a?b.js", "CON", "pop_a.js")
    files = unpack(parts)
    assert b"<Name>a?b.js</Name>" in files["Other/Customizations.xml"]
    assert {name for name in files if name.endswith(".data.xml")} == {
        "WebResources/pop_a.js.data.xml"
    }
    assert_same(parts, pack(files))


def test_content_types_that_cannot_be_told_again_are_kept() -> None:
    parts = package("pop_a.js")
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b" />", b"/>")
    files = unpack(parts)
    assert files["[Content_Types].xml"] == parts["[Content_Types].xml"]
    assert_same(parts, pack(files))


def test_content_types_that_no_longer_fit_are_made_anew() -> None:
    parts = package("pop_a.js")
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(b" />", b"/>")
    files = unpack(parts) | {"extra/part": b""}
    assert b'PartName="/extra/part"' in pack(files)["[Content_Types].xml"]


@pytest.mark.parametrize("missing", ["solution.xml", "customizations.xml", "[Content_Types].xml"])
def test_package_without_a_root_part_is_refused(missing: str) -> None:
    parts = package("pop_a.js")
    del parts[missing]
    with pytest.raises(BundleError) as caught:
        unpack(parts)
    assert caught.value.reference == "package-incomplete"


@pytest.mark.parametrize(
    "part",
    ["Other/solution.xml", "WebResources/pop_a.js", "hidden/.x", "Entities/x/Entity.xml"],
)
def test_part_in_the_way_of_the_layout_is_refused(part: str) -> None:
    with pytest.raises(BundleError) as caught:
        unpack(with_types({**package("pop_a.js"), part: b"<x/>"}))
    assert caught.value.reference in {"layout-not-lossless", "source-file-invalid"}


@pytest.mark.parametrize(
    ("path", "content", "reference"),
    [
        pytest.param("Other/Solution.xml", None, "source-file-invalid", id="no manifest"),
        pytest.param("Other/Else.xml", b"<x/>", "source-file-invalid", id="unknown place"),
        pytest.param("Roles/A.xml", b"<x/>", "source-file-invalid", id="other root"),
        pytest.param("Roles/A.xml", b"<Role", "xml-invalid", id="no XML"),
    ],
)
def test_folder_that_cannot_be_packed_is_refused(
    path: str, content: bytes | None, reference: str
) -> None:
    files = unpack(package("pop_a.js"))
    if content is None:
        del files[path]
    else:
        files[path] = content
    with pytest.raises(BundleError) as caught:
        pack(files)
    assert caught.value.reference == reference


TEXT = st.text(alphabet="ab\n \t<&>-'\"é", max_size=12)
NAME = st.text(alphabet="aB./_- ", min_size=1, max_size=8)


@st.composite
def elements(draw: st.DrawFn, tag: str) -> str:
    """Draw an element with odd white space, comments and escapes."""
    text = draw(TEXT).replace("&", "&amp;").replace("<", "&lt;")
    inner = draw(st.sampled_from(["", "<!-- /> -->", "<b c='d'/>", "<b>\n      </b>\n    "]))
    name = draw(NAME).replace("&", "")
    return f"<{tag} Name='{name}' name='{name}'><Name>{name}</Name>{inner}{text}</{tag}>"


@settings(deadline=None)
@given(
    resources=st.lists(elements("WebResource"), max_size=4),
    choices=st.lists(elements("optionset"), max_size=3),
    relations=st.lists(elements("EntityRelationship"), max_size=3),
    entities=st.lists(elements("Entity"), max_size=3),
    gap=st.sampled_from(["", "\n    ", "\n  ", " ", "\n    <!-- x -->"]),
)
def test_any_package_packs_to_the_same_again_or_is_refused(
    resources: list[str], choices: list[str], relations: list[str], entities: list[str], gap: str
) -> None:
    customizations = (
        f"<ImportExportXml>\n  <Entities>{gap}{gap.join(entities)}\n  </Entities>"
        f"<EntityRelationships>{gap}{gap.join(relations)}</EntityRelationships>"
        f"<optionsets>{gap}{gap.join(choices)}\n  </optionsets>"
        f"<WebResources>{gap}{gap.join(resources)}\n  </WebResources></ImportExportXml>"
    ).encode()
    parts = with_types({"solution.xml": SOLUTION, "customizations.xml": customizations})
    try:
        files = unpack(parts)
    except BundleError as error:
        assert error.hint  # noqa: PT017 - the refusal is one of the two right outcomes
    else:
        assert_same(parts, pack(files))


def test_document_without_a_canonical_form_is_refused() -> None:
    parts = package("pop_a.js")
    parts["customizations.xml"] = parts["customizations.xml"].replace(
        b"<Entities", b"<x:E xmlns:x='u'/><Entities"
    )
    with pytest.raises(BundleError) as caught:
        unpack(parts)
    assert caught.value.reference == "xml-invalid"


def test_forms_of_a_table_with_foreign_attributes_and_order_are_kept() -> None:
    table = (
        '<Entity><Name>T</Name><FormXml>\n      <forms type="quick" x="1"><systemform>'
        '<formid>{B}</formid></systemform></forms><forms type="main"><!-- c --><systemform>'
        "<formid>{A}</formid></systemform><systemform /></forms></FormXml>"
        "<RibbonDiffXml>\n    <a /></RibbonDiffXml></Entity>"
    )
    parts = package("pop_a.js")
    parts["customizations.xml"] = parts["customizations.xml"].replace(
        b"<Entities />", f"<Entities>{table}</Entities>".encode()
    )
    files = unpack(parts)
    assert {"Entities/T/FormXml/main/{A}.xml", "Entities/T/FormXml/quick/{B}.xml"} <= set(files)
    assert_same(parts, pack(files))
