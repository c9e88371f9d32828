from pathlib import Path

import pytest
from lxml import etree

from d365pop.dataverse.publishing import parameter_xml, publish
from d365pop.errors import D365PopError
from tests.unit.dataverse.fake import NO_CONTENT, environment

ID = "0f3f2c8e-6f4b-4f0e-8a51-2f4f6f1f0a11"


def test_tables_stand_before_web_resources() -> None:
    server = environment(NO_CONTENT)
    publish(server.client, tables=["account", "lead"], web_resource_ids=[ID])
    assert server.calls == ["POST PublishXml"]
    assert server.body() == {
        "ParameterXml": "<importexportxml>"
        "<entities><entity>account</entity><entity>lead</entity></entities>"
        f"<webresources><webresource>{{{ID}}}</webresource></webresources>"
        "</importexportxml>"
    }


@pytest.mark.parametrize(
    ("tables", "ids", "expected"),
    [
        (["account"], [], "<entities><entity>account</entity></entities>"),
        ([], [ID], f"<webresources><webresource>{{{ID}}}</webresource></webresources>"),
        (["a", "a"], [], "<entities><entity>a</entity></entities>"),
        ([], [f"{{{ID}}}"], f"<webresources><webresource>{{{ID}}}</webresource></webresources>"),
        (["a&<"], [], "<entities><entity>a&amp;&lt;</entity></entities>"),
    ],
    ids=["tables only", "web resources only", "twice the same", "id in braces", "escaped"],
)
def test_only_what_is_named_is_published(tables: list[str], ids: list[str], expected: str) -> None:
    assert parameter_xml(tables, ids) == f"<importexportxml>{expected}</importexportxml>"


def test_publishing_nothing_is_refused_before_any_call() -> None:
    with pytest.raises(D365PopError) as caught:
        publish(environment().client, tables=[], web_resource_ids=[])
    assert caught.value.reference == "nothing-to-publish"


@pytest.fixture
def schema(shared: Path) -> etree.XMLSchema:
    path = shared / "schemas" / "9.0.0.2090-portable" / "ParameterXml.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


@pytest.mark.parametrize(
    ("tables", "ids"), [(["account", "lead"], [ID, ID[::-1]]), (["account"], []), ([], [ID])]
)
def test_parameter_fits_microsoft_s_schema(
    tables: list[str], ids: list[str], schema: etree.XMLSchema
) -> None:
    schema.assertValid(etree.fromstring(parameter_xml(tables, ids)))


def test_schema_refuses_the_other_order(schema: etree.XMLSchema) -> None:
    swapped = "<importexportxml><webresources/><entities/></importexportxml>"
    assert not schema.validate(etree.fromstring(swapped))
