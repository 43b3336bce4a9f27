"""A FastAPI application with reads and writes that keeps its own document is accused of nothing."""

import json
from pathlib import Path

import pytest
from attrs import evolve

from assay import claims, contract, judge, plan, run
from assay.judge.verdicts import Verdicts
from assay.target import target_file
from jobs_provider.hosting import Host
from selftests.peers.workshop.workshop import create_app


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    folder, app = tmp_path_factory.mktemp("workshop"), create_app()
    (folder / "openapi.json").write_text(json.dumps(app.openapi()), encoding="utf-8")
    ledger = claims.ledger(contract.load(folder / "openapi.json"))
    target = target_file.load(Path(__file__).with_name("workshop.toml"))
    planned = plan.plan(ledger, target, seed=1, examples=8, writes=True)
    with Host() as host:
        hosted = evolve(target, serve=None, base_url=host.serve(app).base_url)
        return judge.judge(ledger, run.record(ledger, hosted, planned, folder, seed=1))


def test_no_claim_is_violated(verdicts: Verdicts) -> None:
    assert [(each.claim.id, each.reason) for each in verdicts.claims if each.verdict == "violated"] == []


def test_every_documented_response_held(verdicts: Verdicts) -> None:
    assert [each.verdict for each in verdicts.responses] == ["held"] * 45
    assert (verdicts.exit_status, verdicts.incomplete) == (0, ())
