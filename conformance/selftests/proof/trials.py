"""An app → what the whole suite finds of it, over real HTTP; a recording → what becomes of the mutants of its claims.

One trial takes a second or two, most of it waiting, so `prove` makes several at a time, each in a process of its own.
Not which apps are tried nor what has to be found of them: that is `cases`'.
"""

import functools
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from attrs import evolve, frozen
from starlette.applications import Starlette

import library_app
from assay import claims, contract, judge, plan, run
from assay.claims import Claim, Ledger
from assay.recording import Recording
from assay.target import State, target_file
from jobs_provider.app import CONTROL_PORT, create_app
from jobs_provider.hosting import Host
from mutants import mutants
from recorded import Original

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[2]

_WITHIN = 2.5
"""Seconds that a resource is polled: the stories of the reference provider take one, and some defects never end."""

Make = Callable[[int], Starlette]
"""The port that its control interface has to listen at → an app."""


@frozen
class Api:
    """A document, the target file of a server that obeys it, and that server.

    `every`: each of its claims has to have a mutant, and not only those that its server comes to exercise.
    """

    title: str
    spec: Path
    overlay: Path
    target: Path
    correct: Make
    writes: bool
    every: bool

    @property
    def ledger(self) -> Ledger:
        return _ledger(self.spec, self.overlay)


def _provider(control_port: int) -> Starlette:
    return create_app(control_port=control_port)


def _library(_control_port: int) -> Starlette:
    return library_app.create_app()


JOBS = Api(
    "the reference provider",
    ROOT / "spec/openapi.yaml",
    ROOT / "spec/promises.overlay.yaml",
    ROOT / "conformance/targets/reference.toml",
    _provider,
    writes=False,
    every=True,
)
LIBRARY = Api(
    "another document, the library",
    HERE.parent / "documents/library.yaml",
    HERE.parent / "documents/library.overlay.yaml",
    HERE / "library.toml",
    _library,
    writes=True,
    every=False,
)


@frozen
class Found:
    """What one run came to. `others`: claims that are neither held nor violated, with their verdict and its reason."""

    exit_status: int
    violated: dict[str, str]
    others: dict[str, str]
    seconds: float


@frozen
class Kills:
    """What became of the mutants of one claim, each by its name: `otherwise` is caught by other claims only."""

    claim: Claim
    intended: tuple[str, ...]
    otherwise: tuple[str, ...]
    missed: tuple[str, ...]

    @property
    def mutants(self) -> int:
        return len(self.intended) + len(self.otherwise) + len(self.missed)


def quiet() -> None:
    """A provider that breaks on purpose has nothing to tell."""
    logging.getLogger("jobs_provider").setLevel(logging.CRITICAL + 1)


def recorded(api: Api, make: Make, *, seed: int = 0, examples: int = 0, within: float = float("inf")) -> Recording:
    """One run of what the target plans, against an app that is served for as long. Polls end `within` seconds."""
    loaded = target_file.load(api.target)
    control_port = int(loaded.serve.env.get(CONTROL_PORT, "0")) if loaded.serve else 0
    with Host() as host, tempfile.TemporaryDirectory() as folder:
        base_url = host.serve(make(control_port)).base_url
        aimed = evolve(
            loaded, serve=None, base_url=base_url, states=tuple(_polled(each, within) for each in loaded.states)
        )
        planned = plan.plan(api.ledger, aimed, seed=seed, writes=api.writes, examples=examples)
        return run.record(api.ledger, aimed, planned, Path(folder), seed=seed)


def _polled(state: State, within: float) -> State:
    return evolve(state, poll=evolve(state.poll, within=min(state.poll.within, within))) if state.poll else state


def tried(api: Api, make: Make, *, seed: int, examples: int) -> Found:
    """Recorded and judged."""
    started = time.monotonic()
    verdicts = judge.judge(api.ledger, recorded(api, make, seed=seed, examples=examples, within=_WITHIN))
    told = {each.claim.id: each for each in verdicts.claims if each.verdict != "held"}
    return Found(
        exit_status=verdicts.exit_status,
        violated={name: each.reason for name, each in told.items() if each.verdict == "violated"},
        others={name: f"{each.verdict}: {each.reason}" for name, each in told.items() if each.verdict != "violated"},
        seconds=time.monotonic() - started,
    )


def killed(api: Api, recording: Recording, names: Sequence[str]) -> list[Kills]:
    """The mutants of some claims, each judged offline as the whole recording that it is."""
    original = Original.of(api.ledger, recording)
    return [_kills(original, api.ledger.claims[name]) for name in names]


def _kills(original: Original, claim: Claim) -> Kills:
    intended, otherwise, missed = list[str](), list[str](), list[str]()
    for mutant in mutants(original, claim):
        verdicts = judge.judge(original.ledger, mutant.recording)
        if verdicts.of(claim.id).verdict == "violated":
            intended.append(mutant.name)
        else:
            (otherwise if verdicts.failures else missed).append(mutant.name)
    return Kills(claim, tuple(intended), tuple(otherwise), tuple(missed))


@functools.cache
def _ledger(spec: Path, overlay: Path) -> Ledger:
    return claims.ledger(contract.load(spec, [overlay]))
