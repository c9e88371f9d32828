"""Where the packaged files are, in an installed wheel and in a checkout; the one home of that."""

from pathlib import Path

from d365pop.errors import BundleError

PACKAGE = Path(__file__).resolve().parent


def webresources_root(package: Path = PACKAGE) -> Path:
    """Return the folder with ``src``, ``html``, ``css`` and ``images``.

    Raises:
        BundleError: the installation is incomplete.
    """
    return _data(package, "webresources")


def solution_template_root(package: Path = PACKAGE) -> Path:
    """Return the folder of the package's templates.

    Raises:
        BundleError: the installation is incomplete.
    """
    return _data(package, "solution_template")


def example_configuration(package: Path = PACKAGE) -> bytes:
    """Return the commented ``d365pop.toml`` that works as it is.

    Raises:
        BundleError: the installation is incomplete.
    """
    return _data(package, "d365pop.toml").read_bytes()


def toolchain_root(package: Path = PACKAGE) -> Path:
    """Return the folder of ``toolchain.js``, ``checker.js`` and ``toolchain.json``.

    Raises:
        BundleError: the toolchain was never made here.
    """
    folder = package / "bundle" / "toolchain"
    if (folder / "toolchain.json").is_file():
        return folder
    raise BundleError(
        "toolchain-missing",
        f"The JavaScript toolchain is not in {folder}",
        context="it is made when the package is built, and is never committed",
        hint="python3 dev.py build  (in a checkout), or pip install --force-reinstall d365pop",
    )


def _data(package: Path, name: str) -> Path:
    """Prefer what a wheel installed beside the code over the checkout's own file or folder."""
    places = (package / "data" / name, package.parent / name)
    for place in places:
        if place.exists():
            return place
    raise BundleError(
        "packaged-files-missing",
        f"{name} is missing from this installation of d365pop",
        context="looked in " + " and ".join(str(place) for place in places),
        hint="pip install --force-reinstall d365pop",
    )
