"""The site of docs/ builds, and what it links to is there."""

import subprocess
import sys
from pathlib import Path

from tests.workspace import ROOT


def build(configuration: Path, out: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mkdocs", "build", "-f", str(configuration)]
    return subprocess.run(
        [*command, "-d", str(out)], capture_output=True, text=True, timeout=120, check=False
    )


def test_site_builds_without_a_warning_and_loads_nothing_from_elsewhere(tmp_path: Path) -> None:
    built = build(ROOT / ".ci" / "mkdocs.yml", tmp_path)
    assert built.returncode == 0, built.stderr
    assert "WARNING" not in built.stderr
    pages = {path.parent.name for path in tmp_path.glob("*/index.html")}
    assert pages >= {path.stem for path in (ROOT / "docs").glob("*.md")} - {"index"}
    for page in tmp_path.rglob("*.html"):
        text = page.read_text("utf-8")
        assert 'src="http' not in text
        assert 'src="//' not in text
        # A blank line in a table ends it: what follows would be a paragraph of bars.
        assert "<p>|" not in text, page


def test_dead_link_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "index.md").write_text("# A\n\n[gone](gone.md)\n")
    (tmp_path / "ci").mkdir()
    text = (ROOT / ".ci" / "mkdocs.yml").read_text("utf-8")
    (tmp_path / "ci" / "mkdocs.yml").write_text(text)
    built = build(tmp_path / "ci" / "mkdocs.yml", tmp_path / "out")
    assert built.returncode == 1
    assert "gone.md" in built.stderr
