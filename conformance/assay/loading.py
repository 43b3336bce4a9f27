"""Settings → Job: the contract, the target and the plan that they lead to, loaded and checked.

So every mistake in them is found before anything is started.
"""

import secrets

from attrs import frozen

from assay import claims, contract, plan
from assay.claims import Ledger
from assay.errors import UserError
from assay.plan import commands, shards
from assay.plan.steps import Plan
from assay.settings import Settings
from assay.target import Target, target_file

_SEED_BITS = 32


@frozen
class Job:
    """What a run needs, loaded and checked."""

    settings: Settings
    ledger: Ledger
    target: Target
    plan: Plan
    seed: int


def load_ledger(settings: Settings) -> Ledger:
    """Raises UserError: there is no document, or it or an overlay is wrong."""
    return claims.ledger(contract.load(settings.required_spec(), settings.overlays))


def load_target(settings: Settings) -> Target:
    """Raises UserError: there is neither a target nor a URL, or the target file is wrong."""
    if settings.url and settings.target:
        raise UserError("both --target and --url are given", todo="write the URL as `base_url` into the target file")
    settings.required_server()
    return target_file.load(settings.target) if settings.target else target_file.from_url(settings.url)


def load(settings: Settings) -> Job:
    """Everything that a run needs. Raises UserError."""
    ledger = load_ledger(settings)
    loaded = load_target(settings)
    seed = seed_of(settings, ledger)
    planned = plan.plan(
        ledger, loaded, seed=seed, select=settings.select, writes=settings.allow_writes, examples=settings.examples
    )
    commands.check(planned, loaded)
    if settings.shard:
        planned = shards.part(planned, ledger, loaded.digest, seed=seed, shard=settings.shard)
    return Job(settings, ledger, loaded, planned, seed)


def seed_of(settings: Settings, ledger: Ledger) -> int:
    """From the contract where none is given, so that the same tree gives the same run."""
    if settings.seed == "random":
        return secrets.randbits(_SEED_BITS)
    if not settings.seed:
        return int(ledger.contract.digest[: _SEED_BITS // 4], 16)
    if not settings.seed.isdecimal():
        raise UserError(f"--seed {settings.seed!r} is no whole number", todo="give a whole number, or `random`")
    return int(settings.seed)
