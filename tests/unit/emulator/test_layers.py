"""What an import may be seen to bring, and what it leaves of edits over a managed solution."""

import base64
from typing import Any

import pytest

from d365pop.emulator.faults import signed_code
from tests.unit.emulator.harness import LocalEnvironment, PackageSource, web_resource_id

NAME = "smp_/a.js"
PATH = f"webresourceset({web_resource_id(0)})"
ADDRESS = f"/WebResources/{NAME}"
UNPUBLISHED = "Microsoft.Dynamics.CRM.RetrieveUnpublished()"
LISTED = f"$select=name&$filter=name eq '{NAME}'"
MANAGED = PackageSource(managed=True, web_resources={NAME: b"first"}).zip()
UPDATE = PackageSource(managed=True, version="1.1.0.0", web_resources={NAME: b"second"}).zip()


def encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()


def edit(local: LocalEnvironment, content: bytes, path: str = PATH) -> None:
    local.expect(204, "PATCH", path, {"content": encoded(content)}, if_match="*")


def publish_all(local: LocalEnvironment) -> None:
    local.expect(204, "POST", "PublishAllXml", {})


def install(local: LocalEnvironment, package: bytes, *, overwrite: bool = False) -> None:
    row = local.import_package(package, OverwriteUnmanagedCustomizations=overwrite)
    assert row["statuscode"] == 30, row["message"]


def contents(local: LocalEnvironment, path: str = PATH) -> list[bytes]:
    """Return the published and the newest content."""
    rows = [local.get(address) for address in (path, f"{path}/{UNPUBLISHED}")]
    return [base64.b64decode(row["content"]) for row in rows]


def served(local: LocalEnvironment) -> tuple[int, bytes]:
    response = local.send("GET", ADDRESS, authorization=f"Bearer {local.token}")
    return response.status, response.body


def test_first_unmanaged_import_is_seen_by_nobody_before_it_is_published(
    local: LocalEnvironment,
) -> None:
    install(local, PackageSource(web_resources={NAME: b"first"}).zip())
    drafts = "webresourceset/Microsoft.Dynamics.CRM.RetrieveUnpublishedMultiple()"
    (draft,) = local.get(f"{drafts}?$select=content&$filter=name eq '{NAME}'")["value"]
    assert (draft["webresourceid"], draft["content"]) == (web_resource_id(0), encoded(b"first"))
    local.refusal(404, "GET", PATH)
    assert local.get(f"webresourceset?{LISTED}")["value"] == []
    assert served(local)[0] == 404
    resource = f"<webresource>{{{web_resource_id(0)}}}</webresource>"
    parameter = f"<importexportxml><webresources>{resource}</webresources></importexportxml>"
    local.expect(204, "POST", "PublishXml", {"ParameterXml": parameter})
    assert contents(local) == [b"first", b"first"]
    assert len(local.get(f"webresourceset?{LISTED}")["value"]) == 1
    assert served(local) == (200, b"first")


def test_edit_of_what_was_never_published_is_published_with_it(local: LocalEnvironment) -> None:
    install(local, PackageSource(web_resources={NAME: b"first"}).zip())
    edit(local, b"edited")
    local.refusal(404, "GET", PATH)
    publish_all(local)
    assert contents(local) == [b"edited", b"edited"]


def test_first_managed_import_is_published(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    assert contents(local) == [b"first", b"first"]
    assert served(local) == (200, b"first")


@pytest.mark.parametrize(
    ("overwrite", "expected"), [(False, b"edited"), (True, b"second")], ids=["keep", "overwrite"]
)
def test_published_edit_stays_over_a_managed_update_unless_overwritten(
    local: LocalEnvironment, *, overwrite: bool, expected: bytes
) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    publish_all(local)
    install(local, UPDATE, overwrite=overwrite)
    assert contents(local) == [expected, expected]
    assert local.get("solutions(uniquename='Sample')")["version"] == "1.1.0.0"


@pytest.mark.parametrize(
    ("overwrite", "expected"),
    [(False, [b"first", b"edited"]), (True, [b"second", b"second"])],
    ids=["keep", "overwrite"],
)
def test_edit_that_is_no_more_than_a_draft_stays_one(
    local: LocalEnvironment, *, overwrite: bool, expected: list[bytes]
) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    install(local, UPDATE, overwrite=overwrite)
    assert contents(local) == expected


def test_managed_update_needs_no_overwriting_where_nobody_edited(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    install(local, UPDATE)
    assert contents(local) == [b"second", b"second"]


def test_overwritten_edit_is_gone_for_good(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    edit(local, b"edited")
    install(local, MANAGED, overwrite=True)
    install(local, UPDATE)
    assert contents(local) == [b"second", b"second"]


def test_unmanaged_import_over_a_managed_web_resource_is_an_edit(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    patch = PackageSource(unique_name="Patch", web_resources={NAME: b"edited"})
    install(local, patch.zip())
    publish_all(local)
    install(local, UPDATE)
    assert contents(local) == [b"edited", b"edited"]
    assert local.get(PATH)["ismanaged"] is True


@pytest.mark.parametrize(
    ("overwrite", "expected"), [(False, b"own"), (True, b"first")], ids=["keep", "overwrite"]
)
def test_web_resource_without_a_managed_base_is_an_edit(
    local: LocalEnvironment, *, overwrite: bool, expected: bytes
) -> None:
    local.create("publishers", {"uniquename": "samplepublisher", "customizationprefix": "smp"})
    path = f"webresourceset({local.create_script(NAME, 'own')})"
    install(local, MANAGED, overwrite=overwrite)
    assert contents(local, path) == [expected, expected]
    assert local.get(path)["ismanaged"] is overwrite


def test_layer_is_no_column_that_anybody_sees(local: LocalEnvironment) -> None:
    install(local, MANAGED)
    row: dict[str, Any] = local.get(PATH)
    assert "activelayer" not in row
    local.refusal(400, "GET", f"{PATH}?$select=activelayer")
    response = local.call("PATCH", PATH, {"activelayer": True})
    assert response.status == 400


@pytest.mark.parametrize(("length", "statuscode"), [(2000, 30), (2001, 31)])
def test_import_demands_the_length_of_variable_values_too(
    local: LocalEnvironment, length: int, statuscode: int
) -> None:
    folder = "environmentvariabledefinitions/smp_Settings/environmentvariabledefinition.xml"
    definition = (
        '<environmentvariabledefinition schemaname="smp_Settings"><type>100000000</type>'
        "</environmentvariabledefinition>"
    )
    value = {
        "@odata.type": "Microsoft.Dynamics.CRM.environmentvariablevalue",
        "schemaname": "smp_Settings",
        "value": "x" * length,
    }
    package = PackageSource(files={folder: definition.encode()}).zip()
    row = local.import_package(package, ComponentParameters=[value])
    expected = None if statuscode == 30 else signed_code("0x80044331")
    assert (row["statuscode"], row["errorcode"]) == (statuscode, expected)
