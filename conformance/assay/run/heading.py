"""A plan → the header that its recording begins with: what judging needs, as known before the first request."""

import datetime as dt
import importlib.metadata
import platform
import uuid

from assay.claims import Ledger
from assay.plan.steps import Plan
from assay.recording import PlannedStep, RunHeader, Watch
from assay.recording.exchange import SHORTEST_SECRET
from assay.target import Target

_VERSIONS = ("assay-conformance", "schemathesis", "hypothesis", "httpx", "jsonschema-rs")


def heading(ledger: Ledger, target: Target, plan: Plan, *, seed: int, strict: bool) -> RunHeader:
    contract = ledger.contract
    described = {"name": target.name, "base_url": target.base_url, "build": target.build, "digest": target.digest}
    versions = {name: importlib.metadata.version(name) for name in _VERSIONS}
    return RunHeader(
        contract={"title": contract.title, "version": contract.version, "digest": contract.digest},
        target=described | ({"served": "true"} if target.serve else {}),
        run_id=str(uuid.uuid4()),
        seed=seed,
        started=now(),
        versions=versions | {"python": platform.python_version()},
        mock=target.hint is not None,
        probes=target.http.probes,
        strict=strict,
        partial=plan.partial,
        shard=plan.shard,
        steps=tuple(
            PlannedStep(
                each.id, each.operation.id, each.due, each.driver,
                controlled=each.control is not None or bool(each.uncontrolled), uncontrolled=each.uncontrolled,
            )
            for each in plan.steps
        ),
        unplanned=plan.unplanned,
        waivers=target.waivers,
        excluded=target.excluded,
        watches=tuple(
            Watch(each.id, each.state.poll.within, each.state.poll.promised)
            for each in plan.steps if each.state and each.state.poll
        ),
        levels=dict(target.levels),
        short_secrets=tuple(name for name, secret in target.secrets.items() if len(secret) < SHORTEST_SECRET),
    )  # fmt: skip


def now() -> str:
    """An ISO instant in UTC."""
    return dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
