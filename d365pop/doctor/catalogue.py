"""Every check of doctor, in the order in which a person would look."""

from collections.abc import Iterator

from d365pop.doctor.access import access_checks
from d365pop.doctor.examination import Check
from d365pop.doctor.hosts import host_checks
from d365pop.doctor.machine import machine_checks
from d365pop.doctor.policy import policy_checks
from d365pop.doctor.softphone import softphone_checks
from d365pop.doctor.state import state_checks


def all_checks() -> Iterator[Check]:
    """Yield every check."""
    yield from machine_checks()
    yield from access_checks()
    yield from state_checks()
    yield from host_checks()
    yield from policy_checks()
    yield from softphone_checks()
