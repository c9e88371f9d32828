"""A schema of our own in the place of Microsoft's, which tests without it can use."""

from d365pop.check.schemas import Schemas

MAIN = b"""\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:include schemaLocation="FormXml.xsd" />
  <xs:element name="ImportExportXml">
    <xs:complexType>
      <xs:sequence>
        <xs:element name="Languages" minOccurs="0">
          <xs:complexType>
            <xs:sequence>
              <xs:element name="Language" type="xs:nonNegativeInteger" maxOccurs="unbounded" />
            </xs:sequence>
          </xs:complexType>
        </xs:element>
        <xs:element name="control" type="FormXmlControlType" minOccurs="0" />
        <xs:element name="width" type="PercentageType" minOccurs="0" />
      </xs:sequence>
    </xs:complexType>
  </xs:element>
</xs:schema>
"""
FORM = b"""\
<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:complexType name="FormXmlControlType">
    <xs:sequence>
      <xs:element name="parameters" minOccurs="0">
        <xs:complexType>
          <xs:choice>
            <xs:choice maxOccurs="unbounded"><xs:element name="Url" minOccurs="0" /></xs:choice>
            <xs:choice maxOccurs="unbounded"><xs:element name="Url" minOccurs="0" /></xs:choice>
          </xs:choice>
        </xs:complexType>
      </xs:element>
    </xs:sequence>
  </xs:complexType>
  <xs:simpleType name="PercentageType">
    <xs:restriction base="xs:string"><xs:pattern value="^(100|[0-9]{1,2})%$" /></xs:restriction>
  </xs:simpleType>
  <xs:simpleType name="ParameterName">
    <xs:restriction base="xs:string">
      <xs:pattern value="(?![cC][rR][mM]_)([A-Za-z0-9])+" />
    </xs:restriction>
  </xs:simpleType>
</xs:schema>
"""
TEXTS = {"CustomizationsSolution.xsd": MAIN, "FormXml.xsd": FORM}


def schemas() -> Schemas:
    return Schemas(TEXTS)
