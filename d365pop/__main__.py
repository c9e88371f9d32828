"""The command ``d365pop`` and ``python -m d365pop``: answers Ctrl-C before and after the work."""

import signal


def main() -> None:
    """Load the command line and run it; Ctrl-C before that or after it just ends the process."""
    # While modules are loaded, and when the interpreter tidies up, it would show a traceback.
    in_work = signal.getsignal(signal.SIGINT)
    at_the_edges = signal.SIG_DFL if in_work is signal.default_int_handler else in_work
    signal.signal(signal.SIGINT, at_the_edges)
    from d365pop.cli.app import main as run  # noqa: PLC0415 - loads for a tenth of a second

    signal.signal(signal.SIGINT, in_work)
    try:
        run()
    finally:
        signal.signal(signal.SIGINT, at_the_edges)


if __name__ == "__main__":
    main()
