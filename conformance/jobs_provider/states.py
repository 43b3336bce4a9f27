"""The name of a state + its parameters → a change to the provider, and back.

For the responses that no caller could bring about with data and credentials alone, and for jobs that live while
they are watched. What each state stands for:

- *maintenance* (503): nothing is answered but the health check.
- *an unreadable store* (500): reading it raises an exception that no code expects.
- *a signer that is down* (502): its listener is stopped, so the provider's connection is refused. Only completed
  jobs have images and need it.
- *a move to another region* (409): a job in transit has no home that could answer for it.
- *a retired model* (422): a story made for it is intact, but can no longer be interpreted.
- *a submitted story*: a job that starts now and runs its course in the time that is asked for.

A state holds or does not: entering twice is entering once, and leaving is safe at any time. Not an interface to the
data: there is no way to set arbitrary fields.
"""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from itertools import cycle, islice
from typing import Literal, Protocol
from uuid import UUID, uuid4

from attrs import field, frozen
from attrs.validators import ge, in_, instance_of, le

from jobs_provider import seed
from jobs_provider.jobs import Failure, Job, Story, even_course
from jobs_provider.provider import Provider

Injected = dict[str, str]


class StateError(Exception):
    """The state cannot be entered or left as asked; the message tells the caller why."""


class State(Protocol):
    """A value whose fields are the state's parameters; equal ones are the same state."""

    async def enter(self, provider: Provider) -> Injected: ...
    async def leave(self, provider: Provider) -> None: ...


@frozen
class Maintenance:
    async def enter(self, provider: Provider) -> Injected:
        provider.in_maintenance = True
        return {}

    async def leave(self, provider: Provider) -> None:
        provider.in_maintenance = False


@frozen
class UnreadableStore:
    async def enter(self, provider: Provider) -> Injected:
        provider.store.unreadable = True
        return {}

    async def leave(self, provider: Provider) -> None:
        provider.store.unreadable = False


@frozen
class SignerDown:
    async def enter(self, provider: Provider) -> Injected:
        await provider.images.break_upstream()
        return {}

    async def leave(self, provider: Provider) -> None:
        await provider.images.start()


def _uuid(text: object) -> UUID:
    return UUID(str(text))


@frozen
class JobMoving:
    """`job_id`: whichever job is to be in transit, by default the well-known completed one."""

    job_id: UUID = field(default=seed.COMPLETED, converter=_uuid)

    async def enter(self, provider: Provider) -> Injected:
        provider.store.moving.add(self.job_id)
        return {"job_id": str(self.job_id)}

    async def leave(self, provider: Provider) -> None:
        provider.store.moving.discard(self.job_id)


@frozen
class ModelRetired:
    """`model`: by default that of the one well-known story that was made for it."""

    model: str = field(default=seed.SKETCHES.model, validator=instance_of(str))

    async def enter(self, provider: Provider) -> Injected:
        provider.store.retired_models.add(self.model)
        return {"job_id": str(seed.OLD_MODEL)}

    async def leave(self, provider: Provider) -> None:
        provider.store.retired_models.discard(self.model)


@frozen
class StorySubmitted:
    """A job of `account` that reaches `outcome` after `seconds`, a fifth of which it is pending.

    One that fails does so at its middle scene. Leaving forgets every job that was submitted with these parameters.
    """

    scenes: int = field(default=4, validator=[instance_of(int), ge(1), le(100)])
    account: str = field(default=seed.DEFAULT.name, validator=instance_of(str))
    seconds: float = field(default=1.0, validator=[instance_of((int, float)), ge(0), le(86_400)])
    outcome: Literal["completed", "failed"] = field(default="completed", validator=in_(("completed", "failed")))

    async def enter(self, provider: Provider) -> Injected:
        account = provider.store.account_named(self.account)
        if account is None:
            raise StateError(f"no account is called {self.account!r}")
        starts_after, scenes_due = even_course(self.scenes, timedelta(seconds=self.seconds))
        failure = Failure("content_rejected", "A scene was rejected by the content rules.", self.scenes // 2)
        job = Job(
            id=uuid4(),
            account=account.name,
            story=Story(
                title="A Story for Watching",
                model=seed.LIGHTHOUSE.model,
                prompts=tuple(islice(cycle(seed.LIGHTHOUSE.prompts), self.scenes)),
                characters=seed.LIGHTHOUSE.characters,
            ),
            created_at=provider.clock(),
            starts_after=starts_after,
            scenes_due=scenes_due,
            balance_after=account.balance,
            failure=failure if self.outcome == "failed" else None,
        )
        provider.store.keep(job)
        provider.submitted.setdefault(self, []).append(job.id)
        return {"job_id": str(job.id)}

    async def leave(self, provider: Provider) -> None:
        provider.store.forget(provider.submitted.pop(self, []))


STATES: Mapping[str, Callable[..., State]] = {
    "a story of N scenes was submitted": StorySubmitted,
    "the job is being moved to another region": JobMoving,
    "the model of the job's story was retired": ModelRetired,
    "the store is unreadable": UnreadableStore,
    "the image signer is down": SignerDown,
    "the service is under maintenance": Maintenance,
}

_COUNTED = re.compile(r"a story of (\d{1,9}) scenes? was submitted", re.ASCII)


def state(name: str, params: Mapping[str, object]) -> State:
    """The state of that name. The N of a story may stand in its name or in `params` as `scenes`, but not in both.

    Raises StateError for an unknown name, and for a parameter that the state does not have or cannot take.
    """
    if counted := _COUNTED.fullmatch(name):
        if "scenes" in params:
            raise StateError("the number of scenes stands in the state's name already")
        name, params = "a story of N scenes was submitted", {**params, "scenes": int(counted[1])}
    if name not in STATES:
        known = "; ".join(STATES)
        raise StateError(f"no state is called {name!r}; known states: {known}")
    try:
        return STATES[name](**params)
    except (TypeError, ValueError) as fault:
        raise StateError(f"parameters of the state {name!r}: {fault.args[0]}") from fault
