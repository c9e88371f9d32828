"""Microsoft's schemas are made portable in memory, and newer exports are no violations."""

import io
import zipfile
from pathlib import Path

import pytest

from d365pop.check.schemas import Schemas, read_schemas
from d365pop.errors import UsageError
from d365pop.solution.package import read_package
from tests.unit.check.schema_set import FORM, MAIN, TEXTS, schemas

GOOD = b"<ImportExportXml><Languages><Language>1033</Language></Languages></ImportExportXml>"
# Neither any parameters in any number nor the percentage is valid before the changes.
PORTABLE = (
    b"<ImportExportXml><control><parameters><Url/><Any/><Url/></parameters></control>"
    b"<width>50%</width></ImportExportXml>"
)


def zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


@pytest.mark.parametrize("document", [GOOD, PORTABLE], ids=["good", "portable"])
def test_document_that_follows_the_schema_has_no_violation(document: bytes) -> None:
    assert list(schemas().violations(document)) == []


def test_violation_has_its_line() -> None:
    wrong = GOOD.replace(b"<Languages>", b"<Languages>\n").replace(b"1033", b"en")
    ((line, message),) = schemas().violations(wrong)
    assert line == 2
    assert "'en'" in message


def test_percentage_is_still_checked() -> None:
    assert list(schemas().violations(PORTABLE.replace(b"50%", b"500%"))) != []


def test_what_the_set_names_nowhere_is_taken_for_newer() -> None:
    newer = GOOD.replace(b"<ImportExportXml>", b'<ImportExportXml New="1"><Newer><X/></Newer>')
    assert list(schemas().violations(newer)) == []


def test_what_the_set_names_is_not_let_through_elsewhere() -> None:
    assert list(schemas().violations(GOOD.replace(b"<Languages>", b"<Languages><width/>"))) != []


@pytest.mark.parametrize("folder", ["", "9.0.0.2090/", "Schemas/9.0.0.2090/"])
def test_zip_and_folder_are_read_alike(tmp_path: Path, folder: str) -> None:
    archive = tmp_path / "Schemas.zip"
    archive.write_bytes(zipped({f"{folder}{name}": text for name, text in TEXTS.items()}))
    unpacked = tmp_path / "unpacked"
    for name, text in TEXTS.items():
        file = unpacked / folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text)
    wrong = GOOD.replace(b"1033", b"en")
    found = [list(read_schemas(path).violations(wrong)) for path in (archive, unpacked)]
    assert found[0] == found[1] != []


def test_newest_set_of_several_is_taken(tmp_path: Path) -> None:
    archive = tmp_path / "Schemas.zip"
    old = {f"8.0/{name}": b"<old/>" for name in TEXTS}
    new = {f"9.0/{name}": text for name, text in TEXTS.items()}
    archive.write_bytes(zipped({**old, **new}))
    assert list(read_schemas(archive).violations(GOOD)) == []


@pytest.mark.parametrize(
    ("files", "reference"),
    [
        ({}, "schemas-invalid"),
        ({"CustomizationsSolution.xsd": b"<a>"}, "schemas-invalid"),
        ({"CustomizationsSolution.xsd": b"<a/>"}, "schemas-invalid"),
        ({"CustomizationsSolution.xsd": MAIN}, "schemas-invalid"),
        ({"FormXml.xsd": FORM}, "schemas-invalid"),
        ({"CustomizationsSolution.xsd": b"<!DOCTYPE a><a/>"}, "schemas-invalid"),
    ],
    ids=["empty", "no XML", "no schema", "include missing", "main missing", "doctype"],
)
def test_unusable_schemas_are_one_clear_error(
    tmp_path: Path, files: dict[str, bytes], reference: str
) -> None:
    archive = tmp_path / "Schemas.zip"
    archive.write_bytes(zipped(files))
    with pytest.raises(UsageError) as caught:
        read_schemas(archive)
    assert (caught.value.reference, caught.value.hint != "") == (reference, True)


@pytest.mark.parametrize("content", [None, b"no archive"], ids=["absent", "no archive"])
def test_unreadable_schemas_are_one_clear_error(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "Schemas.zip"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        read_schemas(path)
    assert caught.value.reference == "schemas-missing"


def test_include_from_elsewhere_is_not_followed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.xsd"
    outside.write_bytes(FORM)
    location = outside.as_uri().encode()
    with pytest.raises(UsageError):
        Schemas({"CustomizationsSolution.xsd": MAIN.replace(b"FormXml.xsd", location)})


def test_real_set_is_made_portable_and_catches_a_wrong_value(shared: Path) -> None:
    real = read_schemas(shared / "schemas" / "9.0.0.2090")
    name = "ms_DependentOptionSetsSample_2_0_0_0_managed_pkg8.0.zip"
    parts = read_package((shared / "samples" / "packages" / name).read_bytes())
    sample = parts["customizations.xml"]
    assert list(real.violations(sample)) == []
    wrong = sample.replace(b"<FormActivationState>1<", b"<FormActivationState>on<", 1)
    assert wrong != sample
    assert len(list(real.violations(wrong))) >= 1
