from dataclasses import replace

import pytest
from lxml import etree

from d365pop.errors import BundleError
from d365pop.ribbons import Ribbon, RibbonKind, RibbonNode
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.ribbons import parsed_node, ribbon_element, ribbons_of
from tests.unit.solution.test_manifest import SOLUTION, TEMPLATE_ROOT

ACTION = parsed_node(
    RibbonKind.ACTION, "a", '<CustomAction Id="a" Location="b"><X/></CustomAction>'
)
LABEL = parsed_node(RibbonKind.LABEL, "l", '<LocLabel Id="l"/>')
RIBBON = Ribbon("contact", (ACTION, LABEL))


def test_node_is_the_same_however_dataverse_writes_it() -> None:
    other = '<CustomAction\n Location="b" Id="a">\n  <X />\n</CustomAction>'
    assert parsed_node(RibbonKind.ACTION, "a", other) == ACTION
    assert parsed_node(RibbonKind.ACTION, "a", other.replace('"b"', '"c"')) != ACTION


def test_node_that_is_no_xml_is_kept() -> None:
    assert parsed_node(RibbonKind.LABEL, "l", "<Loc") == RibbonNode(RibbonKind.LABEL, "l", "<Loc")


def test_every_section_stands_in_the_order_of_the_schema() -> None:
    assert [child.tag for child in ribbon_element([LABEL, ACTION])] == [
        *("CustomActions", "Templates", "CommandDefinitions", "RuleDefinitions", "LocLabels"),
    ]


@pytest.mark.parametrize("managed", [False, True])
def test_package_brings_the_ribbon_and_nothing_else_of_its_table(*, managed: bool) -> None:
    solution = replace(SOLUTION, ribbons=(RIBBON,))
    parts = package_parts(solution, read_templates(TEMPLATE_ROOT), managed=managed)
    customizations = etree.fromstring(parts["customizations.xml"])
    assert ribbons_of(customizations) == (RIBBON,)
    (entity,) = customizations.iterfind("Entities/Entity")
    info = [] if managed else ["EntityInfo"]
    assert [child.tag for child in entity] == ["Name", *info, "RibbonDiffXml"]
    assert b'<RootComponent type="1" schemaName="contact" behavior="2" />' in parts["solution.xml"]


def test_template_without_a_place_for_tables_is_refused() -> None:
    templates = read_templates(TEMPLATE_ROOT)
    templates["customizations.xml.j2"] = "<ImportExportXml/>"
    with pytest.raises(BundleError) as refused:
        package_parts(replace(SOLUTION, ribbons=(RIBBON,)), templates, managed=False)
    assert refused.value.reference == "packaged-form-invalid"
