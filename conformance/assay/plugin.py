"""pytest items ← one run: the plugin by which the suite gets its ledger, its verdicts and its parameters.

Dormant without `--assay-spec`: it then costs nothing in a test suite that does not ask for it, so what a run needs is
imported where it is used. The run happens once a session, before the first item. The items of the suite only show what
the judge found.
"""

import gc
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from assay import settings
from assay.errors import UserError
from assay.settings import Settings
from assay.suite import INTERRUPTED, USER_ERROR

if TYPE_CHECKING:
    from assay.client import Client
    from assay.loading import Job
    from assay.verdicts import Verdicts

_JOB = pytest.StashKey["Job"]()
_CLIENT = pytest.StashKey["Client | None"]()
_VERDICTS = pytest.StashKey["Verdicts"]()
_NO_RUN = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("assay", "conformance of a server to its OpenAPI document")
    group.addoption("--assay-spec", metavar="FILE", help="the OpenAPI document; without it the plugin does nothing")
    group.addoption("--assay-overlay", metavar="FILE", action="append", default=[], help="an overlay, in order")
    group.addoption("--assay-target", metavar="FILE", help="the target file")
    group.addoption("--assay-url", metavar="URL", default="", help="the server, where there is no target file")
    group.addoption("--assay-report", metavar="DIR", default="report", help="where recording and results go")
    group.addoption("--assay-select", metavar="PATTERN", default="", help="only these responses: 'getJob 4*'")
    group.addoption("--assay-seed", metavar="N", default="", help="whole number or 'random'")
    group.addoption("--assay-examples", metavar="N", type=int, default=settings.DEFAULT_EXAMPLES, help="an operation")
    group.addoption("--assay-strict", action="store_true", help="every `should` counts as a `must`")
    group.addoption("--assay-allow-writes", action="store_true", help="operations that change things run too")
    group.addoption("--assay-client", metavar="PACKAGE", default="", help="the generated client, judged too")
    group.addoption("--assay-client-gates", action="store_true", help="the client's claims count in the exit status")


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Load what the options name, before anything is collected or started; a mistake in it ends the session."""
    if config.getoption("--assay-spec") is None:
        return None
    from assay import client, loading  # noqa: PLC0415 - see above

    try:
        job = config.stash[_JOB] = loading.load(_settings(config))
        package = job.settings.client
        config.stash[_CLIENT] = client.load(package, job.ledger.contract) if package else None
    except UserError as error:
        sys.stderr.write(f"assay: {error}\n")
        return USER_ERROR
    return None


def _settings(config: pytest.Config) -> Settings:
    target = config.getoption("--assay-target")
    return Settings(
        spec=Path(config.getoption("--assay-spec")),
        overlays=tuple(Path(each) for each in config.getoption("--assay-overlay")),
        target=Path(target) if target else None,
        url=config.getoption("--assay-url"),
        report=Path(config.getoption("--assay-report")),
        strict=config.getoption("--assay-strict"),
        select=config.getoption("--assay-select"),
        seed=config.getoption("--assay-seed"),
        examples=config.getoption("--assay-examples"),
        allow_writes=config.getoption("--assay-allow-writes"),
        client=config.getoption("--assay-client"),
        client_gates=config.getoption("--assay-client-gates"),
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    job = metafunc.config.stash.get(_JOB, None)
    if job is None:
        return
    if "assay_response" in metafunc.fixturenames:
        responses = list(job.ledger.responses)
        metafunc.parametrize("assay_response", responses, ids=[" ".join(each) for each in responses])
    if "assay_claim" in metafunc.fixturenames:
        wide = [claim.id for claim in job.ledger.claims.values() if not claim.response]
        metafunc.parametrize("assay_claim", wide, ids=wide)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """The run, if an item asks for it; recording and reports are on disk then. Nothing captures its messages here."""
    stash = session.config.stash
    asked = any("assay_verdicts" in getattr(item, "fixturenames", ()) for item in session.items)
    if _JOB not in stash or not asked or session.config.option.collectonly:
        return None
    try:
        stash[_VERDICTS] = run_and_report(stash[_JOB], stash[_CLIENT])
    except UserError as error:
        sys.stderr.write(f"assay: {error}\n")
        stash[_NO_RUN] = USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write("assay: interrupted before the report was written\n")
        stash[_NO_RUN] = INTERRUPTED
    return True if _NO_RUN in stash else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.exitstatus = session.config.stash.get(_NO_RUN, session.exitstatus)


@pytest.fixture(scope="session")
def assay_verdicts(request: pytest.FixtureRequest) -> "Verdicts":
    """What the run found."""
    if _VERDICTS not in request.config.stash:
        pytest.fail("assay is dormant: give --assay-spec and --assay-target or --assay-url", pytrace=False)
    return request.config.stash[_VERDICTS]


def run_and_report(job: "Job", shipped: "Client | None" = None) -> "Verdicts":
    """Record, judge, write the reports. Raises UserError."""
    from assay import judge, report, run, subject  # noqa: PLC0415 - see above

    gc.freeze()  # modules and contract stay: looking through them for garbage took a tenth of the run
    folder = job.settings.report
    recording = run.record(job.ledger, job.target, job.plan, folder, seed=job.seed, strict=job.settings.strict)
    gates = job.settings.client_gates
    of_client = subject.verdicts(shipped, job.ledger, recording, gates=gates) if shipped else None
    verdicts = judge.judge(job.ledger, recording, of_client)
    report.write(verdicts, folder)
    return verdicts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    verdicts = config.stash.get(_VERDICTS, None)
    if verdicts is not None:
        from rich.console import Console  # noqa: PLC0415 - see above

        from assay.report import terminal  # noqa: PLC0415 - see above

        terminalreporter.ensure_newline()
        terminal.show(verdicts, Console(), config.stash[_JOB].settings.report)
