"""A small solution in two versions, environments before and after, and what is whose."""

from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from pathlib import Path

from d365pop.dataverse.client import Call
from d365pop.deploy.planner import plan_changes
from d365pop.models import (
    Desired,
    EnvironmentVariable,
    FormEvent,
    FormHandler,
    FormRegistration,
    FormSelector,
    Json,
    Publisher,
    Solution,
    VariableType,
    WebResource,
    WebResourceType,
)
from d365pop.provenance.digest import stamp, stamped_description, with_blank_mark
from d365pop.resources import solution_template_root
from d365pop.solution.manifest import package_parts, read_templates
from d365pop.solution.package import write_package
from d365pop.transport import Sender
from tests.reliability.world import URL, State, World, journal_folder

LIBRARY = "pop_/form.js"
ON_LOAD = FormHandler(FormEvent.ON_LOAD, "Pop.onLoad", LIBRARY)
ON_SAVE = FormHandler(FormEvent.ON_SAVE, "Pop.onSave", LIBRARY, parameters='"a", 1')
VARIABLE = "pop_Settings"
READS = 9
"""Calls of a deploy into an environment with our solution before the first write."""


def script(name: str, text: str) -> WebResource:
    return WebResource(name, name, "", WebResourceType.SCRIPT, text.encode())


def desired(
    version: str,
    resources: tuple[WebResource, ...],
    forms: tuple[FormRegistration, ...],
    value: str,
    *,
    managed: bool = False,
    variable_label: str = "Settings",
) -> Desired:
    """Return what a build of these parts would want."""
    solution = Solution(
        unique_name="Pop",
        display_name="Pop",
        description="A pop.",
        version=version,
        publisher=Publisher("popper", "Popper", "pop", 10000),
        web_resources=resources,
        environment_variables=(
            EnvironmentVariable(VARIABLE, variable_label, "", VariableType.JSON),
        ),
    )
    return as_built(solution, forms, value, managed=managed)


def as_built(
    solution: Solution, forms: tuple[FormRegistration, ...], value: str, *, managed: bool = False
) -> Desired:
    """Return what a build of the solution would want, its package included."""
    described = replace(solution, description=with_blank_mark(solution.description))
    templates = read_templates(solution_template_root())
    parts = stamp(package_parts(described, templates, managed=managed))
    return Desired(
        solution=solution,
        description=stamped_description(solution.description, parts),
        package=write_package(parts),
        managed=managed,
        registrations=forms,
        variable_values={VARIABLE: value},
        searched_columns={"contact": ("fullname",)},
    )


FIRST = desired(
    "1.0.0.0",
    (script(LIBRARY, "Pop = {onLoad() {}}"), script("pop_/page.js", "page(1)")),
    (FormRegistration(FormSelector("account"), (ON_LOAD,)),),
    '{"a":1}',
)
SECOND = desired(
    "1.1.0.0",
    (
        script(LIBRARY, "Pop = {onLoad() {}, onSave() {}}"),
        script("pop_/page.js", "page(1)"),
        script("pop_/new.js", "fresh()"),
    ),
    (
        FormRegistration(FormSelector("account"), (ON_LOAD, ON_SAVE)),
        FormRegistration(FormSelector("contact"), (ON_LOAD,)),
    ),
    '{"a":2}',
)
# The same version with another script: no import, web resources are written one by one.
PATCHED = replace(
    FIRST,
    solution=replace(
        FIRST.solution,
        web_resources=(
            script(LIBRARY, "Pop = {onLoad() { 2 }}"),
            script("pop_/page.js", "page(2)"),
        ),
    ),
    variable_values={VARIABLE: '{"a":3}'},
    registrations=SECOND.registrations,
)


class Verb(StrEnum):
    """The command at whose calls the faults happen."""

    DEPLOY = "deploy"
    RESUME = "resume"
    """Of a deploy that was killed when its import had been asked for."""
    ROLL_BACK = "rollback"
    """Of a deploy that was proven."""


@dataclass(frozen=True)
class Scenario:
    """A command about ``wanted`` in a copy of ``before``, from the ``old`` to the ``new`` state.

    Of a rollback the new state is the one before the deploy.
    """

    name: str
    wanted: Desired
    before: World
    old: State
    new: State
    first_call: int = 0
    verb: Verb = Verb.DEPLOY


@cache
def scenarios() -> dict[str, Scenario]:
    """Return the first install, the update by import, and the update without one."""
    empty = World.seeded()
    _work_of_others(empty)
    first = _deployed(empty, FIRST)
    found = [
        ("first install", FIRST, empty),
        ("update", SECOND, first),
        ("web resources", PATCHED, first),
    ]
    deploys = {
        name: Scenario(
            name,
            wanted,
            before,
            before.state(),
            _deployed(before, wanted).state(),
            READS if before is first else 0,
        )
        for name, wanted, before in found
    }
    return deploys | {each.name: each for each in _other_verbs(deploys)}


def _other_verbs(deploys: dict[str, Scenario]) -> Iterator[Scenario]:
    for name in ("first install", "update"):
        each = replace(deploys[name], first_call=0)
        yield replace(each, name=f"resume of {name}", verb=Verb.RESUME)
        back = replace(each, name=f"rollback of {name}", verb=Verb.ROLL_BACK)
        yield replace(back, old=each.new, new=each.old)


def deploy(world: World, wanted: Desired, runs: Path, sender: Sender | None = None) -> None:
    """Plan and apply, as ``d365pop deploy --yes`` does."""
    operator = world.operator(runs, sender)
    plan = plan_changes(wanted, operator.planner.read(wanted), URL)
    if not plan.is_empty:
        operator.apply(plan, just_read=True)


def _deployed(before: World, wanted: Desired) -> World:
    world = before.copy()
    with journal_folder() as folder:
        deploy(world, wanted, folder)
    world.time.settle()
    return world


def _work_of_others(world: World) -> None:
    """Put unfinished work of others beside ours: a script that nobody has published."""
    dataverse = world.operator(Path()).dataverse
    rows: dict[str, dict[str, Json]] = {
        "publishers": {
            "uniquename": "other",
            "friendlyname": "Other",
            "customizationprefix": "oth",
            "customizationoptionvalueprefix": 20000,
        },
        "webresourceset": {
            "name": "oth_/theirs.js",
            "displayname": "Theirs",
            "webresourcetype": 3,
            "content": b64encode(b"theirs()").decode(),
        },
    }
    for entity_set, body in rows.items():
        dataverse.send(Call("prepare", "POST", entity_set, body))
