"""No command writes over what it reads."""

from pathlib import Path

import pytest

from d365pop.cli.outputs import refuse_inputs
from d365pop.errors import ExitCode, UsageError


@pytest.mark.parametrize(
    "output",
    ["in.zip", "./x/../in.zip", "source/Other/Solution.xml"],
    ids=["same", "way", "inside"],
)
def test_output_that_is_an_input_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in.zip").write_bytes(b"PK")
    (tmp_path / "source").mkdir()
    with pytest.raises(UsageError) as caught:
        refuse_inputs([Path(output)], [Path("in.zip"), Path("source")])
    assert (caught.value.reference, caught.value.exit_code) == ("output-is-input", ExitCode.USAGE)


def test_output_beside_the_inputs_is_accepted(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    refuse_inputs([tmp_path / "out.zip", None], [tmp_path / "source", tmp_path / "in.zip"])
