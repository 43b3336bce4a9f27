"""The instant of the start → a store with well-known accounts and jobs.

Keys and ids are fixed and public: whoever reads the provider's target file can see which promise each of them is
there for. Not secrets, and not a place for what a test needs only once: `states` makes that.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from jobs_provider.accounts import Account
from jobs_provider.jobs import FOR_AGES, Failure, Job, Story
from jobs_provider.store import Store

DEFAULT = Account("default")
NEIGHBOUR = Account("neighbour")
NO_CREDIT = Account("no-credit", balance=Decimal("0.009999"))
SUSPENDED = Account("suspended", suspended=True)
SMALL_PLAN = Account("small-plan", limit=2, pace=0.1)
"""Its requests take a slow lane, so that a burst of them really is in flight at once on any machine."""

ACCOUNTS = {
    "gj_default_5tVq9ZrKc2WmXhB7": DEFAULT,
    "gj_neighbour_8nPdL3yGfQ6sJa4": NEIGHBOUR,
    "gj_nocredit_2kRwT7uEx9HvMb5": NO_CREDIT,
    "gj_suspended_6cYzF4oNj8SgDq3": SUSPENDED,
    "gj_smallplan_9bUxC5iPw7LtKe2": SMALL_PLAN,
}

PENDING = UUID("a1000000-0000-4000-8000-0000000000aa")
PROCESSING = UUID("a1000000-0000-4000-8000-0000000000bb")
COMPLETED = UUID("a1000000-0000-4000-8000-0000000000cc")
FAILED = UUID("a1000000-0000-4000-8000-0000000000ff")
FAILED_AT_START = UUID("a1000000-0000-4000-8000-0000000000f0")
WITHHELD = UUID("a1000000-0000-4000-8000-000000000451")
OLD_MODEL = UUID("a1000000-0000-4000-8000-000000000422")
NEIGHBOURS = UUID("b1000000-0000-4000-8000-0000000000cc")
NO_CREDITS = UUID("c1000000-0000-4000-8000-0000000000cc")
SUSPENDEDS = UUID("d1000000-0000-4000-8000-0000000000cc")
SMALL_PLANS = UUID("e1000000-0000-4000-8000-0000000000cc")

LIGHTHOUSE = Story(
    title="The Lighthouse Cat",
    model="aurora-2",
    prompts=(
        "A grey cat watches the last boat leave the harbour",
        "The cat climbs the spiral stairs of the lighthouse at dusk",
        "The lamp is lit, and the cat's shadow falls across the sea",
    ),
    characters=("Nell, the cat", "Old Ferris, the keeper"),
    locations=("Harbour", "Lighthouse"),
)
SKETCHES = Story(title="Early Sketches", model="sketch-1", prompts=("A fox drawn with a blunt pencil",))

_MINUTE = timedelta(minutes=1)
_DONE_LONG_AGO = (_MINUTE, 2 * _MINUTE, 3 * _MINUTE)


def seeded(now: datetime) -> Store:
    """Jobs whose course lies wholly behind `now`, or stays for ages where it is."""
    store = Store(ACCOUNTS)
    store.keep(
        _job(COMPLETED, now),
        _job(PENDING, now, starts_after=FOR_AGES, scenes_due=(FOR_AGES, FOR_AGES, FOR_AGES)),
        _job(PROCESSING, now, scenes_due=(_MINUTE, FOR_AGES, FOR_AGES)),
        _job(FAILED, now, failure=Failure("content_rejected", "The second scene was rejected.", scene=1)),
        _job(
            FAILED_AT_START,
            now,
            starts_after=_MINUTE,
            failure=Failure("insufficient_credits", "The balance did not cover the story.", scene=0),
        ),
        _job(WITHHELD, now, withheld=True),
        _job(OLD_MODEL, now, story=SKETCHES, scenes_due=(_MINUTE,)),
        _job(NEIGHBOURS, now, account=NEIGHBOUR),
        _job(NO_CREDITS, now, account=NO_CREDIT),
        _job(SUSPENDEDS, now, account=SUSPENDED),
        _job(SMALL_PLANS, now, account=SMALL_PLAN),
    )
    return store


def _job(
    job_id: UUID,
    now: datetime,
    *,
    account: Account = DEFAULT,
    story: Story = LIGHTHOUSE,
    starts_after: timedelta = timedelta(seconds=20),
    scenes_due: tuple[timedelta, ...] = _DONE_LONG_AGO,
    failure: Failure | None = None,
    withheld: bool = False,
) -> Job:
    """Submitted an hour before `now`, by default done in three minutes."""
    return Job(
        id=job_id,
        account=account.name,
        story=story,
        created_at=now - timedelta(hours=1),
        starts_after=starts_after,
        scenes_due=scenes_due,
        balance_after=account.balance,
        failure=failure,
        withheld=withheld,
    )
