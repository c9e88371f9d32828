"""No file of the source layout takes the place of another, and none passes for another's twin."""

import pytest

from d365pop.errors import BundleError
from d365pop.solution.source_layout import pack, unpack
from tests.unit.solution.test_source_layout import assert_same, package


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("solution.xml", "solution.xml"),
        ("Customizations.XML", "customizations.xml"),
        ("[content_types].xml", "[Content_Types].xml"),
        ("webresources/POP_A.js-id", "WebResources/pop_a.js-ID"),
    ],
)
def test_two_files_that_make_one_part_are_refused(path: str, part: str) -> None:
    files = unpack(package("pop_a.js"))
    assert part in pack(files)
    with pytest.raises(BundleError) as caught:
        pack(files | {path: b"<evil/>"})
    assert caught.value.reference == "source-file-invalid"
    assert path in caught.value.message


@pytest.mark.parametrize("part", ["solution.xml", "WebResources/pop_b.js-ID"])
def test_web_resource_does_not_take_the_place_of_another_part(part: str) -> None:
    files = unpack(package("pop_a.js", "pop_b.js"))
    path = "WebResources/pop_a.js.data.xml"
    files[path] = files[path].replace(b"/WebResources/pop_a.js-ID", f"/{part}".encode())
    with pytest.raises(BundleError) as caught:
        pack(files)
    assert f"the part {part} too" in caught.value.message


@pytest.mark.parametrize("managed", [None, False])
def test_component_called_managed_is_packed_where_nothing_has_its_other_name(
    managed: bool | None,  # noqa: FBT001 - a parameter of the table
) -> None:
    files = unpack(package("pop_a.js"))
    files["OptionSets/pre_managed.xml"] = b'<optionset Name="pre_managed" />'
    parts = pack(files, managed=managed)
    assert b'Name="pre_managed"' in parts["customizations.xml"]
    assert "OptionSets/pre_managed.xml" in unpack(parts)
    files["OptionSets/pre.xml"] = b'<optionset Name="pre" />'
    assert b'Name="pre_managed"' not in pack(files, managed=managed)["customizations.xml"]


@pytest.mark.parametrize("names", [("pre", "pre_managed"), ("pre_managed", "pre")])
def test_component_that_would_pass_for_a_managed_twin_gets_no_file(names: tuple[str, str]) -> None:
    parts = package("pop_a.js")
    choices = "".join(f'<optionset Name="{name}" />' for name in names)
    parts["customizations.xml"] = parts["customizations.xml"].replace(
        b"<WebResources>", f"<optionsets>{choices}</optionsets><WebResources>".encode()
    )
    files = unpack(parts)
    kept = [path for path in files if path.startswith("OptionSets/")]
    assert kept == [f"OptionSets/{names[0]}.xml"]
    assert f'Name="{names[1]}"'.encode() in files["Other/Customizations.xml"]
    assert_same(parts, pack(files))


def test_relationships_of_tables_that_look_like_twins_stay_together() -> None:
    parts = package("pop_a.js")
    relations = "".join(
        f'\n    <EntityRelationship Name="to_{table}">\n      <ReferencedEntityName>{table}'
        "</ReferencedEntityName>\n    </EntityRelationship>"
        for table in ("pre", "pre_managed")
    )
    parts["customizations.xml"] = parts["customizations.xml"].replace(
        b"<WebResources>",
        f"<EntityRelationships>{relations}\n  </EntityRelationships><WebResources>".encode(),
    )
    files = unpack(parts)
    assert not [path for path in files if path.startswith("Other/Relationships")]
    assert_same(parts, pack(files))
