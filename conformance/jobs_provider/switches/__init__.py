"""Names of defects → hands that make a correct provider wrong in exactly these ways.

A check that has never failed has shown nothing: each switch is something that a conformance suite has to catch. All
are off by default, and a provider without them has no code of them in its way (`jobs_provider.around`). Each is wrong
in one named way, in each run alike, and leaves everything else as it is.

    life       readings that are fine by themselves, but not one after the other
    fields     a job's times, and what it has in which status
    values     single values, and faults in every ninth good read
    forms      media types, JSON, what all error bodies have
    statuses   the wrong number
    access     credentials, other accounts' jobs, keys that come back
    requests   undocumented methods, hostile ids

The ids of claims are plain text here: nothing of the suite is known to this package.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from jobs_provider.around import Hand
from jobs_provider.switches.access import ACCESS
from jobs_provider.switches.fields import FIELDS
from jobs_provider.switches.forms import FORMS
from jobs_provider.switches.hands import Switch
from jobs_provider.switches.life import LIFE
from jobs_provider.switches.requests import REQUESTS
from jobs_provider.switches.statuses import STATUSES
from jobs_provider.switches.values import VALUES

_ALL = (*LIFE, *FIELDS, *VALUES, *FORMS, *STATUSES, *ACCESS, *REQUESTS)

SWITCHES: Mapping[str, Switch] = MappingProxyType({switch.name: switch for switch in _ALL})
"""Every switch by its name."""


def hands(names: Iterable[str]) -> list[Hand]:
    """New ones at each call. Raises ValueError for a name that is none, with those that are."""
    wanted = list(names)
    unknown = [name for name in wanted if name not in SWITCHES]
    if unknown:
        raise ValueError(f"no switch is called {', '.join(unknown)}; known switches: {', '.join(SWITCHES)}")
    return [SWITCHES[name].hand() for name in wanted]
