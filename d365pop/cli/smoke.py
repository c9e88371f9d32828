"""``--smoke``: after a deploy into the local Dataverse a call rings in a browser."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from d365pop.cli.options import STATE

if TYPE_CHECKING:
    from d365pop.cli.run_reporting import Told
    from d365pop.deploy.operation import Operator, Outcome
    from d365pop.deploy.plan import Plan
    from d365pop.settings import EnvironmentSettings, Settings
    from d365pop.smoke.callers import Caller
    from d365pop.smoke.reading import PageSettings
    from d365pop.smoke.verdict import Expected, Finding, Observed


@dataclass(frozen=True, slots=True)
class Smoke:
    """A smoke test with all that it needs: what it lacks was found before the first write."""

    look: "Callable[[str, str, Expected], Observed]"
    """Goes through it; takes the origins of the app and of the simulated phone."""
    softphone: str

    def find_caller(self, operator: "Operator", plan: "Plan") -> "tuple[PageSettings, Caller]":
        """Return what the page will be told, and who calls.

        Raises:
            UsageError: nobody can, or the page would not ask the simulated phone.
        """
        from d365pop.errors import UsageError
        from d365pop.smoke.reading import find_caller, page_settings

        if plan.desired is None:
            raise UsageError("smoke-not-possible", "This plan does not say what it deploys.")
        told = page_settings(plan.desired)
        if not told.frame_url.startswith(f"{self.softphone}/"):
            raise UsageError(
                "smoke-other-softphone",
                "The settings file names another phone than the simulated one.",
                context=f"frameUrl is {told.frame_url}, softphone_url {self.softphone}",
                hint="Let frameUrl in the settings file begin with softphone_url.",
            )
        return told, find_caller(operator.dataverse, told)

    def run(
        self,
        operator: "Operator",
        plan: "Plan",
        ready: "tuple[PageSettings, Caller]",
        outcome: "Outcome | None",
        told: "Told",
    ) -> None:
        """Let it ring, note what came of it in the run's journal, and show it.

        Raises:
            VerificationError: something is not as it must be; the run stays.
        """
        from d365pop.cli.progress import show_smoke, working
        from d365pop.report.runs import smoke_step
        from d365pop.smoke.reading import expected_forms, shows_notifications
        from d365pop.smoke.verdict import Expected, judge

        settings, caller = ready
        run = outcome.run if outcome else ""
        if plan.desired is None:
            return
        expected = Expected(
            expected_forms(operator.dataverse, plan.desired),
            caller,
            settings.voice,
            notifies=shows_notifications(plan.desired),
        )
        began = operator.clock.now()
        with (
            operator.journaled(run) if run else nullcontext() as journal,
            working("Smoke test: ringing the softphone in a browser"),
        ):
            if journal:
                journal.smoke_begins()
            seen = self.look(operator.dataverse.origin, self.softphone, expected)
            findings = judge(expected, seen)
            pairs = [(finding.passed, finding.text) for finding in findings]
            if journal:
                journal.smoked(pairs)
        told.smoke = smoke_step(pairs, 0.0, operator.clock.now() - began)
        show_smoke(findings)
        if any(not finding.passed for finding in findings):
            raise_failed(findings, run, _keep_picture(seen.picture, run or operator.environment))


def carry_out_and_look(
    operator: "Operator",
    environment: "EnvironmentSettings",
    told: "Told",
    smoke: Smoke | None,
    *,
    yes: bool,
) -> "Outcome | None":
    """Carry out what is planned, and look at it where that is asked for.

    Where there is nothing to do, what is there already is looked at.
    """
    from d365pop.cli.deploying import carry_out

    plan = told.plan
    if plan is None:
        return None
    ready = smoke.find_caller(operator, plan) if smoke else None
    outcome = carry_out(operator, plan, environment, yes=yes)
    if smoke and ready:
        smoke.run(operator, plan, ready, outcome, told)
    return outcome


def raise_failed(findings: "tuple[Finding, ...]", run: str, picture: str) -> None:
    """Say what is wrong, and what to do.

    Raises:
        VerificationError: always.
    """
    from d365pop.errors import VerificationError

    wrong = [finding.text for finding in findings if not finding.passed]
    hints = (
        f"\nTake it back with: d365pop rollback {run}" if run else "",
        f"\nThe screen as it was then: {picture}" if picture else "",
    )
    raise VerificationError(
        "smoke-failed",
        "Proven, but the smoke test failed."
        if run
        else "Nothing was written, and the smoke test failed.",
        context="\n".join(wrong),
        hint="See for yourself with: d365pop preview" + "".join(hints),
    )


def _keep_picture(picture: bytes, name: str) -> str:
    """Keep the screen apart from the run, which a pipeline keeps: it shows names and numbers."""
    from d365pop.files import write_file

    if not picture:
        return ""
    path = STATE / "smoke" / f"{name}.png"
    write_file(path, picture, option="--smoke")
    return str(path)


@contextmanager
def smoke_test(
    asked: bool, names: list[str], settings: "Settings", config: Path
) -> Iterator[Smoke | None]:
    """Yield a smoke test where one is asked for, with its browser and its phone running.

    Raises:
        UsageError: it is not about one local Dataverse.
        ConfigurationError: there is no driver, or no browser that starts.
        NetworkError: the phone's port is taken.
    """
    if not asked:
        yield None
        return
    softphone = softphone_of(names, settings)
    from d365pop import build as builder
    from d365pop.cli.progress import working
    from d365pop.cli.servers import listening_on
    from d365pop.config import variables
    from d365pop.emulator.softphone import start_softphone
    from d365pop.smoke.finding_browsers import VARIABLE, require_driver

    require_driver()
    from d365pop.smoke.browser import observe, open_browser

    folder = config.absolute().parent
    with working("Bundling what the simulated softphone runs"):
        framework = builder.build(settings, cache=STATE / "cache", folder=folder).framework
    host, port = listening_on(softphone)
    with (
        open_browser(variables().get(VARIABLE, "")) as browser,
        start_softphone(lambda: framework, host=host, port=port),
    ):
        yield Smoke(lambda *where: observe(browser, *where), softphone)


def softphone_of(names: list[str], settings: "Settings") -> str:
    """Return where the simulated phone of the one local environment listens.

    Raises:
        UsageError: there is another environment, or more than one.
    """
    from d365pop.errors import UsageError

    named = {name: settings.environment(name) for name in names}
    softphones = [each.softphone_url for each in named.values() if each.is_local]
    real = [name for name, each in named.items() if not each.is_local]
    if real:
        raise UsageError(
            "smoke-is-local",
            f"{', '.join(real)}: the smoke test is for the local Dataverse only.",
            hint="Leave --smoke away, or name the local environment.",
        )
    match softphones:
        case [str(softphone)]:
            return softphone
        case _:
            raise UsageError(
                "smoke-of-one",
                "The smoke test looks at one environment.",
                context=f"named: {', '.join(names)}",
                hint="Deploy them one after another with --smoke, or leave it away.",
            )
