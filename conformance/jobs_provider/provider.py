"""What a running provider consists of: everything that a request may find and a state may change.

Parts only, and no behaviour: `reading` uses them, `states` changes them, `app` starts and stops what needs it.
"""

from collections.abc import Hashable
from uuid import UUID

from attrs import define, field

from jobs_provider.accounts import InFlight
from jobs_provider.images import Images
from jobs_provider.instants import Clock, steady_clock
from jobs_provider.seed import seeded
from jobs_provider.store import Store


@define
class Provider:
    clock: Clock = field(factory=steady_clock)
    store: Store = field()
    images: Images = field(factory=Images)
    in_flight: InFlight = field(factory=InFlight)
    in_maintenance: bool = False
    submitted: dict[Hashable, list[UUID]] = field(factory=dict)
    """Jobs that came of a state, by that state, so that leaving it can take them away."""

    @store.default
    def _seeded(self) -> Store:
        return seeded(self.clock())
