"""What ``status`` says of an environment, a line a fact; pure."""

from collections.abc import Sequence

from d365pop.models import RemoteSolution


def status_facts(
    there: RemoteSolution | None, running: Sequence[str], differing: int, since: str
) -> tuple[str, ...]:
    """Return what is installed, what runs there, and how much differs from ``since``."""
    installed = "the solution is not installed"
    if there:
        kind = "managed" if there.managed else "unmanaged"
        installed = f"{there.unique_name} {there.version}, {kind}"
    things = {0: "nothing differs", 1: "1 thing differs"}.get(
        differing, f"{differing} things differ"
    )
    return (
        f"installed: {installed}",
        f"running: {', '.join(running) or 'no import'}",
        f"drift: {things} from {since}",
    )
