"""A correct server behind a stock framework is accused of nothing, neither by a probe nor by a generated request."""

import importlib.util
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType

import pytest

from assay import claims, contract, judge, plan, run
from assay.judge.verdicts import Verdicts
from assay.target import target_file

HERE = Path(__file__).parent

Serve = Callable[[ModuleType], AbstractContextManager[str]]
SERVERS: dict[str, Serve] = {
    "starlette": lambda servers: servers.hosted(servers.starlette_app()),
    "fastapi": lambda servers: servers.hosted(servers.fastapi_app()),
    "http.server": lambda servers: servers.plain_server(),
}


@pytest.fixture(scope="module")
def servers() -> ModuleType:
    spec = importlib.util.spec_from_file_location("stock_servers", HERE / "servers.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module", params=SERVERS)
def verdicts(request: pytest.FixtureRequest, servers: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Verdicts:
    """A whole run with exploration, with a key and a resource of each kind."""
    folder = tmp_path_factory.mktemp("stock")
    with SERVERS[request.param](servers) as url:
        (folder / "target.toml").write_text(f"""
name = "stock"
base_url = "{url}"
[credentials.default]
bearer = "{servers.KEY}"
[states."getThing 200"]
path = {{ id = "{servers.THING}" }}
[states."getNote 200"]
path = {{ name = "hello" }}
""")
        ledger = claims.ledger(contract.load(HERE / "things.yaml"))
        loaded = target_file.load(folder / "target.toml")
        planned = plan.plan(ledger, loaded, seed=1, examples=40)
        return judge.judge(ledger, run.record(ledger, loaded, planned, folder, seed=1))


def test_no_claim_is_violated(verdicts: Verdicts) -> None:
    assert [(each.claim.id, each.reason) for each in verdicts.claims if each.verdict == "violated"] == []


def test_every_rule_that_is_probed_was_exercised(verdicts: Verdicts) -> None:
    probed = [each for each in verdicts.claims if each.claim.kind in ("security", "hygiene")]
    assert probed
    assert [each.claim.id for each in probed if not each.exercised] == []


def test_the_run_ends_conformant(verdicts: Verdicts) -> None:
    assert (verdicts.exit_status, verdicts.incomplete) == (0, ())
