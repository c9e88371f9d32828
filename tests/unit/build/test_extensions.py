"""A customer's modules: read beside their entry, and bundled with ours."""

from pathlib import Path

import pytest

from d365pop.build import build
from d365pop.build.extensions import MODULE, extension_sources
from d365pop.config import load
from d365pop.errors import BundleError
from d365pop.models import WebResource
from d365pop.settings import BundleSettings, Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def settings() -> Settings:
    plain = load(ROOT / "d365pop.toml", {})
    return plain.model_copy(update={"bundle": BundleSettings(extensions="own/hooks.js")})


def write(folder: Path, **files: str) -> None:
    (folder / "own" / "lib").mkdir(parents=True)
    for name, text in files.items():
        (folder / "own" / f"{name.replace('__', '/')}.js").write_text(text, encoding="utf-8")


def softphone(resources: tuple[WebResource, ...]) -> bytes:
    (found,) = (r.content for r in resources if r.name.endswith("/softphone.js"))
    return found


def test_without_extensions_each_hook_is_undefined(tmp_path: Path) -> None:
    (text,) = extension_sources("", tmp_path).values()
    assert text == (
        "export const lookup = undefined;\n"
        "export const normalise = undefined;\n"
        "export const policy = undefined;\n"
    )


def test_what_the_entry_imports_is_read_and_nothing_else(tmp_path: Path) -> None:
    write(
        tmp_path,
        hooks='import { cut } from "./lib/cut.js";\nimport "./gone.js";\nimport "../../x.js";\n'
        "export { cut as normalise };\n",
        lib__cut='export * from "../more.js";',
        more="export const cut = 1;",
        other="export const other = 1;",
    )
    assert set(extension_sources("own/hooks.js", tmp_path)) == {
        MODULE,
        "customer/hooks.js",
        "customer/lib/cut.js",
        "customer/more.js",
    }


def test_missing_entry_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BundleError) as caught:
        extension_sources("own/hooks.js", tmp_path)
    assert caught.value.reference == "extension-unreadable"


def test_hooks_are_in_the_page_and_their_sources_in_the_manifest(
    tmp_path: Path, settings: Settings
) -> None:
    write(
        tmp_path,
        hooks='import { mark } from "./lib/mark.js";\nexport const normalise = () => mark;',
        lib__mark='export const mark = "from the customer";',
    )
    made = build(settings, folder=tmp_path)
    assert b"from the customer" in softphone(made.solution.web_resources)
    assert b"extensions/customer/lib/mark.js" in made.manifest


def test_page_is_the_same_wherever_the_customers_folder_lies(
    tmp_path: Path, settings: Settings
) -> None:
    packages = []
    for name in ("a", "b"):
        write(tmp_path / name, hooks="export const policy = () => 'off';")
        packages.append(build(settings, folder=tmp_path / name).package)
    assert packages[0] == packages[1]


def test_mistake_in_an_extension_names_its_file_and_line(
    tmp_path: Path, settings: Settings
) -> None:
    write(tmp_path, hooks="export const policy = 1;\nconst broken = a ?? b;")
    with pytest.raises(BundleError) as caught:
        build(settings, folder=tmp_path)
    assert caught.value.reference == "script-syntax"
    assert caught.value.message.startswith("own/hooks.js:2")


def test_module_that_lacks_an_export_is_named_as_it_lies(
    tmp_path: Path, settings: Settings
) -> None:
    write(
        tmp_path,
        hooks='import { cut } from "./lib/cut.js";\nexport const policy = cut;',
        lib__cut="export const other = 1;",
    )
    with pytest.raises(BundleError) as caught:
        build(settings, folder=tmp_path)
    assert caught.value.message.startswith("own/hooks.js:1")
    assert "customer/" not in caught.value.message + caught.value.context


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("export function normalize(a) { return a; }", "did you mean “normalise”?"),
        ("export default 3;", "exports default"),
        ("function cut() {}\nexport { cut as lookupp };", "did you mean “lookup”?"),
        ("const a = 1;", "exports nothing."),
    ],
    ids=["spelling", "default", "list", "nothing"],
)
def test_export_that_nobody_calls_is_refused(tmp_path: Path, text: str, message: str) -> None:
    write(tmp_path, hooks=text)
    with pytest.raises(BundleError) as caught:
        extension_sources("own/hooks.js", tmp_path)
    assert caught.value.reference == "extension-export-unknown"
    assert message in caught.value.message


def test_every_way_to_export_a_hook_is_accepted(tmp_path: Path) -> None:
    write(
        tmp_path,
        hooks="export async function lookup() {}\nexport const policy = () => 'auto';\n"
        "function cut(a) { return a.text; }\nexport { cut as normalise };\n",
    )
    assert MODULE in extension_sources("own/hooks.js", tmp_path)
