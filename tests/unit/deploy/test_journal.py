"""The journal: written before the step, readable after a kill, refused before the first write."""

import base64
import errno
import hashlib
import io
import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from d365pop.deploy.journal import Journal, open_journal, reopen_journal
from d365pop.deploy.plan import EditForm, Plan, UpdateWebResource, WriteRow
from d365pop.deploy.plan_file import read_plan
from d365pop.deploy.run import RunState, UnreadableRun, read_run
from d365pop.deploy.runs import as_seen, find_run, list_runs, unreadable_runs
from d365pop.errors import ConfigurationError, D365PopError, PlanRefusedError
from d365pop.own_rows import LinkKind, RowKind

PLAN = Plan(
    environment_url="https://contoso.crm.dynamics.com",
    organization_id="org",
    steps=(
        UpdateWebResource("id", "pre_/a.js", "differs", b"old", b"new"),
        EditForm("form", "contact", "Contact", "register", 'W/"1"', "<form/>", "<form> </form>"),
    ),
    left=(),
)


def plan_file(runs: Path, plan: Plan = PLAN) -> Path:
    """Begin a run and return its plan file."""
    with open_journal(runs, "prod", plan) as journal:
        return journal.folder / "plan.json"


def records(folder: Path) -> list[dict[str, object]]:
    text = (folder / "journal.jsonl").read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def test_plan_with_what_was_there_before_is_on_the_disk_before_any_step_runs(
    tmp_path: Path,
) -> None:
    with open_journal(tmp_path / "runs", "prod", PLAN) as journal:
        (planned,) = records(journal.folder)
        assert read_plan(journal.folder / "plan.json") == ("prod", PLAN)
    assert planned["event"] == "planned"
    assert planned["environment"] == "https://contoso.crm.dynamics.com"
    assert planned["steps"] == ["update-web-resource", "edit-form"]


def test_rows_and_links_of_every_kind_are_read_back_as_they_were_written(tmp_path: Path) -> None:
    kinds = (*RowKind, *LinkKind)
    steps = tuple(WriteRow(kind, "pre_phone", "", "it is not there", None, {}) for kind in kinds)
    plan = replace(PLAN, steps=steps)
    path = plan_file(tmp_path, plan)
    _, found = read_plan(path)
    assert found == plan
    assert [type(step.kind) for step in found.steps if isinstance(step, WriteRow)] == [
        type(kind) for kind in kinds
    ]


def resealed(path: Path, **changes: object) -> None:
    """Write a plan file anew as another version of d365pop would have: with a digest that fits."""
    document = json.loads(path.read_bytes())
    del document["digest"], document["plan"]["irreversible"]
    document["plan"] |= changes
    contents = document.pop("contents")
    bare = json.dumps([document, sorted(contents)], sort_keys=True, separators=(",", ":"))
    document |= {"digest": hashlib.sha256(bare.encode()).hexdigest(), "contents": contents}
    path.write_text(json.dumps(document), encoding="utf-8")


def as_format_1(path: Path) -> None:
    """Write a plan file anew as it was before contents were held once: each in its place."""
    document = json.loads(path.read_bytes())
    del document["digest"]
    contents = document.pop("contents")
    text = json.dumps(document | {"d365pop_plan": 1}, ensure_ascii=False, separators=(",", ":"))
    for name, content in contents.items():
        text = text.replace(name, content.replace("+", "-").replace("/", "_"))
    sealed = {"digest": hashlib.sha256(text.encode()).hexdigest(), **json.loads(text)}
    path.write_text(json.dumps(sealed, ensure_ascii=False, indent=1), encoding="utf-8")


def test_plan_of_a_version_that_knew_fewer_keys_is_read(tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    resealed(path)
    assert read_plan(path) == ("prod", PLAN)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace('"contact"', '"account"'), encoding="utf-8")
    with pytest.raises(PlanRefusedError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-file-changed"


def test_plan_of_a_version_that_knows_more_keys_is_not_taken_for_a_changed_one(
    tmp_path: Path,
) -> None:
    path = plan_file(tmp_path)
    resealed(path, later_key=1)
    with pytest.raises(ConfigurationError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-unreadable"


def test_plan_holds_each_content_once(tmp_path: Path) -> None:
    (step, *others) = PLAN.steps
    assert isinstance(step, UpdateWebResource)
    content = bytes(range(256))
    plan = replace(PLAN, steps=(replace(step, before=content, after=content), *others))
    path = plan_file(tmp_path, plan)
    assert path.read_text(encoding="utf-8").count(base64.b64encode(content).decode()) == 1
    assert read_plan(path) == ("prod", plan)


def test_plan_of_format_1_is_read_and_proved_by_its_own_digest(tmp_path: Path) -> None:
    (step, *others) = PLAN.steps
    assert isinstance(step, UpdateWebResource)
    plan = replace(PLAN, steps=(replace(step, after=b"\xfb\xff\xfe"), *others))
    path = plan_file(tmp_path, plan)
    as_format_1(path)
    assert '"-__-"' in path.read_text(encoding="utf-8")
    assert read_plan(path) == ("prod", plan)
    path.write_text(path.read_text(encoding="utf-8").replace("-__-", "-__9"), encoding="utf-8")
    with pytest.raises(PlanRefusedError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-file-changed"


def test_content_that_was_changed_in_the_file_is_refused(tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    document = json.loads(path.read_bytes())
    document["contents"] = dict.fromkeys(document["contents"], "Ly8=")
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(PlanRefusedError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-file-changed"


@pytest.mark.parametrize("contents", [{}, [], {"sha256:0": "no Base64"}], ids=str)
def test_contents_that_are_missing_or_broken_are_one_clear_error(
    tmp_path: Path, contents: object
) -> None:
    path = plan_file(tmp_path)
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps(document | {"contents": contents}), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-unreadable"


def test_content_of_format_1_that_is_no_base64_is_one_clear_error(tmp_path: Path) -> None:
    path = plan_file(tmp_path)
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("sha256:", "sha512:"), encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_plan(path)
    assert caught.value.reference == "plan-unreadable"
    assert "it is no Base64" in caught.value.context


def test_each_event_is_a_line_of_its_own(tmp_path: Path) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        journal.starts([0])
        journal.note(0, import_job_id="job")
        journal.failed(0, "timeout", "No answer.")
        journal.starts([0, 1])
        journal.done(1)
        journal.proven()
    assert [record["event"] for record in records(journal.folder)] == [
        "planned",
        "starts",
        "note",
        "failed",
        "starts",
        "done",
        "proven",
    ]


def test_line_that_a_kill_tore_does_not_spoil_the_next(tmp_path: Path) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        journal.starts([0])
    with (journal.folder / "journal.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"event": "no')
    with reopen_journal(journal.folder) as again:
        again.done(0)
    assert read_run(journal.folder).done == 1


@pytest.mark.parametrize(
    ("line", "why"),
    [
        pytest.param(
            '{"at": "2026-01-01T00:00:00Z", "event": "planned", "kind": "x"}',
            "It is of a run of an unknown kind, 'x'.",
            id="kind",
        ),
        pytest.param(
            '{"event": "starts", "steps": [0]}',
            "Line 1 of it does not say when that was.",
            id="no-time",
        ),
    ],
)
def test_journal_of_a_later_version_is_one_clear_error(tmp_path: Path, line: str, why: str) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        pass
    (journal.folder / "journal.jsonl").write_text(line, encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        find_run(tmp_path, journal.run)
    assert (caught.value.reference, caught.value.context) == ("journal-unreadable", why)
    assert list_runs(tmp_path) == []
    (unreadable,) = unreadable_runs(tmp_path, PLAN.environment_url)
    assert unreadable == UnreadableRun(journal.run, PLAN.environment_url, why)
    assert unreadable_runs(tmp_path, "https://elsewhere.crm.dynamics.com") == []


@pytest.mark.parametrize(
    ("text", "states"),
    [
        pytest.param("", [RunState.STOPPED], id="killed before its first line"),
        pytest.param('{"at": "2026-01', [RunState.STOPPED], id="killed in its first line"),
        pytest.param("{\0}\n{\0}\n", [], id="encoded anew"),
        pytest.param(
            '{"at": "2026-01-01T00:00:00Z", "event": "done", "step": 0}\n', [], id="beheaded"
        ),
    ],
)
def test_journal_without_a_plan_is_readable_only_where_nothing_was_sent(
    tmp_path: Path, text: str, states: list[RunState]
) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        pass
    (journal.folder / "journal.jsonl").write_text(text, encoding="utf-8")
    assert [run.state for run in list_runs(tmp_path)] == states
    unreadable = [run.name for run in unreadable_runs(tmp_path)]
    assert unreadable == ([] if states else [journal.run])


def test_run_that_cannot_be_read_may_have_gone_anywhere_where_its_plan_cannot_either(
    tmp_path: Path,
) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        pass
    (journal.folder / "journal.jsonl").write_text("{}\n", encoding="utf-8")
    (journal.folder / "plan.json").unlink()
    (unreadable,) = unreadable_runs(tmp_path, "https://elsewhere.crm.dynamics.com")
    assert (unreadable.name, unreadable.environment_url) == (journal.run, "")


@pytest.mark.parametrize(
    ("old", "new", "reference"),
    [("d365pop_plan", "later_plan", "plan-unreadable"), ("crm.", "CRM.", "plan-file-changed")],
    ids=["another version", "edited"],
)
def test_plan_of_a_run_that_cannot_be_read_is_not_to_be_made_again(
    tmp_path: Path, old: str, new: str, reference: str
) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        pass
    path = journal.folder / "plan.json"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    with pytest.raises(D365PopError) as caught:
        find_run(tmp_path, journal.run)
    assert caught.value.reference == reference
    assert caught.value.hint == "Use the version that wrote it, or the folder as the run left it."


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked on Windows")
def test_run_that_is_at_work_is_gone_on_with_by_nobody_else(tmp_path: Path) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        with pytest.raises(PlanRefusedError) as caught:
            reopen_journal(journal.folder)
        assert caught.value.reference == "run-at-work"
        journal.starts([0])
    with reopen_journal(journal.folder) as again, pytest.raises(PlanRefusedError):
        reopen_journal(again.folder)
    assert [record["event"] for record in records(journal.folder)] == ["planned", "starts"]


@pytest.mark.skipif(sys.platform == "win32", reason="files are not locked on Windows")
def test_run_is_seen_at_work_while_somebody_is_and_stopped_after(tmp_path: Path) -> None:
    def seen() -> RunState:
        (run,) = list_runs(tmp_path)
        return as_seen(tmp_path, run.name, run).state

    with open_journal(tmp_path, "prod", PLAN) as journal:
        journal.starts([0])
        assert seen() is RunState.AT_WORK
        for step in (0, 1):
            journal.done(step)
        assert seen() is RunState.AT_WORK
    assert seen() is RunState.APPLIED
    with reopen_journal(journal.folder) as journal:
        journal.proven()
        assert seen() is RunState.PROVEN


def test_step_that_was_taken_back_stands_no_longer(tmp_path: Path) -> None:
    with open_journal(tmp_path, "prod", PLAN) as journal:
        journal.done(0)
        assert read_run(journal.folder).standing == {0}
        journal.rolling_back("other")
        assert read_run(journal.folder).standing == frozenset()
        journal.done(1)
        assert read_run(journal.folder).standing == {1}


def test_two_runs_of_one_second_get_two_folders(tmp_path: Path) -> None:
    with (
        open_journal(tmp_path, "prod", PLAN) as first,
        open_journal(tmp_path, "prod", PLAN) as second,
    ):
        assert first.run != second.run
        assert second.folder.parent == first.folder.parent


def test_folder_that_cannot_be_made_is_one_clear_error(tmp_path: Path) -> None:
    (tmp_path / "runs").write_text("a file, where the folder should be")
    with pytest.raises(ConfigurationError) as caught:
        open_journal(tmp_path / "runs", "prod", PLAN)
    assert caught.value.reference == "journal-unwritable"


class FullDisk(io.StringIO):
    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device", text[:0])


def test_disk_that_fills_up_stops_the_run_before_the_next_step(tmp_path: Path) -> None:
    with Journal(tmp_path, FullDisk()) as journal, pytest.raises(ConfigurationError) as caught:
        journal.starts([0])
    assert caught.value.reference == "journal-unwritable"
    assert "No space left on device" in caught.value.context


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a full disk to write to is Linux's")
def test_disk_that_is_full_still_when_the_journal_is_closed_hides_no_error(tmp_path: Path) -> None:
    full = Path("/dev/full")
    with (
        pytest.raises(ConfigurationError) as caught,
        Journal(tmp_path, full.open("w", encoding="utf-8")) as journal,
    ):
        journal.starts([0])
    assert caught.value.reference == "journal-unwritable"


def test_run_whose_first_line_cannot_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(journal: Journal, _: Plan) -> None:
        raise ConfigurationError("journal-unwritable", f"{journal.folder} cannot be written.")

    monkeypatch.setattr(Journal, "planned", full)
    with pytest.raises(ConfigurationError):
        open_journal(tmp_path, "prod", PLAN)
    assert list(tmp_path.iterdir()) == []
