"""V8 behind a pipe: a program that answers one JSON line with another; imports nothing of ours.

Its library can end its process by a signal, which must not be the process of whoever builds.
"""

import json
import sys

from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException, mini_racer


def main() -> None:
    """Evaluate each script that stdin names, until stdin ends."""
    seconds, memory_bytes = float(sys.argv[1]), int(sys.argv[2])
    # Never without the context manager: an open V8 hangs Python 3.13 when it exits.
    with mini_racer() as context:
        context.set_hard_memory_limit(memory_bytes)
        for line in sys.stdin:
            try:
                answer = {"value": context.eval(json.loads(line), timeout_sec=seconds)}
            except JSTimeoutException:
                answer = {"error": "interrupted"}
            except JSOOMException:
                answer = {"error": "out of memory"}
            except JSEvalException as exc:
                answer = {"error": str(exc)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
