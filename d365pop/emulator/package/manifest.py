"""``solution.xml``: names, version, publisher, root components, required components."""

from dataclasses import dataclass
from xml.etree import ElementTree as ET

from d365pop.emulator.faults import bad_request
from d365pop.emulator.numerals import is_natural, natural_or
from d365pop.emulator.package.archive import INVALID_XML
from d365pop.emulator.xmltext import attribute_of, text_of

NEWEST_PACKAGE = (9, 2)
PACKAGE_TOO_NEW = "0x80048068"
PACKAGE_VERSION_INVALID = "0x80048067"
PACKAGE_VERSION_MISSING = "0x80048066"
NULL_REFERENCE = "0x80040216"


@dataclass(frozen=True, slots=True)
class PublisherPart:
    """The publisher as the package describes it."""

    unique_name: str
    friendly_name: str
    description: str
    prefix: str
    option_prefix: int
    email: str
    website: str


@dataclass(frozen=True, slots=True)
class RootComponent:
    """One ``RootComponent``, known by schema name or by id."""

    component_type: int
    schema_name: str
    component_id: str
    behavior: int


@dataclass(frozen=True, slots=True)
class Dependency:
    """One ``MissingDependency``: what the environment must already have, and for what."""

    required: ET.Element
    dependent: ET.Element

    @property
    def component_type(self) -> int:
        """The required component's type."""
        return int(self.required.get("type", "0"))

    @property
    def solution(self) -> str:
        """The required solution's name, without its version."""
        return self.required.get("solution", "").partition(" (")[0]


@dataclass(frozen=True, slots=True)
class Manifest:
    """Everything that ``solution.xml`` says."""

    unique_name: str
    friendly_name: str
    description: str
    version: str
    managed: bool
    package_version: str
    language_code: str
    publisher: PublisherPart
    root_components: tuple[RootComponent, ...]
    dependencies: tuple[Dependency, ...]
    element: ET.Element


def read_manifest(root: ET.Element) -> Manifest:
    """Return what ``solution.xml`` says.

    Raises:
        Fault: it lacks what the platform needs, or was made by a newer platform.
    """
    package_version = _checked_package_version(root)
    manifest = root.find("SolutionManifest")
    if root.tag != "ImportExportXml" or manifest is None:
        raise bad_request(
            "The import file is invalid. XSD validation failed: solution.xml has no "
            "SolutionManifest.",
            INVALID_XML,
        )
    if manifest.find("MissingDependencies") is None:
        # What the platform really says when the element is absent.
        raise bad_request("Object reference not set to an instance of an object.", NULL_REFERENCE)
    return Manifest(
        unique_name=text_of(manifest, "UniqueName"),
        friendly_name=attribute_of(manifest, "LocalizedNames/LocalizedName", "description"),
        description=attribute_of(manifest, "Descriptions/Description", "description"),
        version=_checked_version(text_of(manifest, "Version")),
        managed=_checked_mode(text_of(manifest, "Managed")),
        package_version=package_version,
        language_code=root.get("languagecode", "1033"),
        publisher=_publisher(manifest.find("Publisher")),
        root_components=tuple(
            _root_component(item) for item in manifest.findall("RootComponents/RootComponent")
        ),
        dependencies=tuple(
            _dependency(item) for item in manifest.findall("MissingDependencies/MissingDependency")
        ),
        element=manifest,
    )


def _checked_package_version(root: ET.Element) -> str:
    text = root.get("SolutionPackageVersion", "")
    if not text:
        raise bad_request("The package version is missing.", PACKAGE_VERSION_MISSING)
    numbers = text.split(".")
    if not all(is_natural(number) for number in numbers):
        raise bad_request(f"The package version '{text}' is invalid.", PACKAGE_VERSION_INVALID)
    if tuple(int(number) for number in numbers) > NEWEST_PACKAGE:
        raise bad_request(
            "The solution package you are importing was generated on a version of Microsoft "
            "Dynamics 365 that can't be imported into this system. Package Version: "
            f"{text}, System Version: {'.'.join(map(str, NEWEST_PACKAGE))}.",
            PACKAGE_TOO_NEW,
        )
    return text


def _checked_version(text: str) -> str:
    numbers = text.split(".")
    if not all(is_natural(number) for number in numbers) or len(numbers) not in range(2, 5):
        raise bad_request(f"Invalid solution version '{text}'.", INVALID_XML)
    return text


def _checked_mode(text: str) -> bool:
    if text not in {"0", "1"}:
        raise bad_request(
            f"The import file is invalid. 'Managed' is '{text}', not 0 or 1.", INVALID_XML
        )
    return text == "1"


def _publisher(element: ET.Element | None) -> PublisherPart:
    if element is None:
        raise bad_request("The import file is invalid. It has no Publisher.", INVALID_XML)
    option_prefix = text_of(element, "CustomizationOptionValuePrefix")
    return PublisherPart(
        unique_name=text_of(element, "UniqueName"),
        friendly_name=attribute_of(element, "LocalizedNames/LocalizedName", "description"),
        description=attribute_of(element, "Descriptions/Description", "description"),
        prefix=text_of(element, "CustomizationPrefix"),
        option_prefix=natural_or(option_prefix, 0),
        email=text_of(element, "EMailAddress"),
        website=text_of(element, "SupportingWebsiteUrl"),
    )


def _root_component(element: ET.Element) -> RootComponent:
    kind, behavior = element.get("type", ""), element.get("behavior", "0")
    if not is_natural(kind) or not is_natural(behavior):
        raise bad_request("The import file is invalid. A RootComponent has no type.", INVALID_XML)
    component_id = element.get("id", "").strip("{}").lower()
    return RootComponent(int(kind), element.get("schemaName", ""), component_id, int(behavior))


def _dependency(element: ET.Element) -> Dependency:
    required, dependent = element.find("Required"), element.find("Dependent")
    if required is None or dependent is None or not is_natural(required.get("type", "")):
        raise bad_request(
            "The import file is invalid. A MissingDependency is incomplete.", INVALID_XML
        )
    return Dependency(required, dependent)
