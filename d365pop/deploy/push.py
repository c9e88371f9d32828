"""From a build and what was read to the plan of a push: contents of web resources only; pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import compress

from d365pop.deploy.before import before_of
from d365pop.deploy.facts import facts_of
from d365pop.deploy.plan import (
    CreateWebResource,
    Leave,
    Plan,
    PlanKind,
    Publish,
    Step,
    UpdateWebResource,
)
from d365pop.deploy.plan_import import content_update
from d365pop.errors import PlanRefusedError
from d365pop.models import Desired, RemoteSnapshot, RemoteWebResource, WebResource
from d365pop.wording import plural

_HINT = "d365pop deploy brings the whole package."


def plan_push(desired: Desired, remote: RemoteSnapshot, environment_url: str) -> Plan:
    """Return the plan that gives agents the web resources of ``desired``, and nothing else.

    Forms, variables and the solution's version stay; a later deploy finds its own work done.

    Raises:
        PlanRefusedError: the solution is not there, or is managed: a push would lay an
            unmanaged layer over it, which hides every deploy to come.
    """
    _refuse(desired, remote)
    pairs = [
        (resource, remote.web_resources.get(resource.name.lower()))
        for resource in desired.solution.web_resources
    ]
    differing = [(resource, there) for resource, there in pairs if not _is_done(resource, there)]
    steps = tuple(_steps(differing, desired.solution.unique_name))
    same = len(pairs) - len(differing)
    return Plan(
        environment_url=environment_url,
        organization_id=remote.organization_id,
        steps=steps,
        left=(Leave(plural(same, "web resource"), "same content"),) if same else (),
        kind=PlanKind.PUSH,
        facts=facts_of(desired, remote),
        before=before_of(desired, remote, steps),
        desired=replace(desired, package=b""),
    )


def _refuse(desired: Desired, remote: RemoteSnapshot) -> None:
    name = desired.solution.unique_name
    if remote.solution is None:
        raise PlanRefusedError(
            "push-before-deploy", f"The solution {name} is not installed there yet.", hint=_HINT
        )
    if desired.managed or remote.solution.managed:
        raise PlanRefusedError(
            "push-onto-managed",
            f"The solution {name} is managed there.",
            context="A push would lay an unmanaged layer over it that hides later deploys.",
            hint=_HINT,
        )


def _is_done(resource: WebResource, there: RemoteWebResource | None) -> bool:
    return there is not None and there.draft == there.published == resource.content


def _steps(
    differing: list[tuple[WebResource, RemoteWebResource | None]], solution: str
) -> Iterator[Step]:
    for resource, there in differing:
        if there is None:
            yield CreateWebResource(resource, solution, "it is not there")
    for resource, there in differing:
        if there is not None and there.draft != resource.content:
            yield content_update(resource, there)
    if differing:
        yield Publish(
            tables=(),
            web_resources=tuple(resource.name for resource, _ in differing),
            pending_of_others=(),
            web_resource_ids=tuple(
                there.web_resource_id if there else str(resource.web_resource_id)
                for resource, there in differing
            ),
        )


def unpublished(plan: Plan, published: Mapping[str, RemoteWebResource]) -> Plan:
    """Return ``plan`` with just the web resources that agents do not get as pushed.

    ``published`` holds what agents get, by name in lower case.
    """
    contents = pushed(plan)
    waiting = {
        name
        for name, content in contents.items()
        if (there := published.get(name.lower())) is None or there.published != content
    }
    counted = plural(len(contents), "web resource")
    left = tuple(_left(plan.steps, waiting))
    return replace(plan, steps=left, left=(Leave(counted, "published as pushed"),))


def _left(steps: Iterable[Step], waiting: set[str]) -> Iterator[Step]:
    """Yield the steps that bring what is ``waiting``; a draft is brought by its publish alone."""
    drafts = {*waiting}
    for step in steps:
        match step:
            case UpdateWebResource() | CreateWebResource() if step.name in waiting:
                drafts.discard(step.name)
                yield step
            case Publish() if drafts:
                chosen = [name in drafts for name in step.web_resources]
                yield replace(
                    step,
                    web_resources=tuple(compress(step.web_resources, chosen)),
                    web_resource_ids=tuple(compress(step.web_resource_ids, chosen)),
                )
            case _:
                continue


def pushed(plan: Plan) -> dict[str, bytes]:
    """Return the contents that agents get by a push, by name, whoever has written the draft."""
    names = {
        name for step in plan.steps if isinstance(step, Publish) for name in step.web_resources
    }
    wanted = plan.desired.solution.web_resources if plan.desired else ()
    return {each.name: each.content for each in wanted if each.name in names}
