"""pytest items ← one run: the plugin by which a suite, assay's own or somebody else's, gets the judge's findings.

Dormant without `--assay-spec`: it then costs nothing in a test suite that does not ask for it, so what a run needs is
imported where it is used. The run happens once a session: before the first item where the options name the server,
otherwise when the first item asks for it, since the fixture `assay_target` may have to start one.
"""

import gc
import signal
import sys
from collections.abc import Generator, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from attrs import evolve

from assay import settings, suite
from assay.errors import UserError
from assay.settings import Settings
from assay.suite import INTERRUPTED, UNREPORTED, USER_ERROR

if TYPE_CHECKING:
    from assay.claims import Ledger
    from assay.client import Client
    from assay.judge.verdicts import ClaimVerdict, ResponseVerdict, Verdicts
    from assay.loading import Job
    from assay.progress import Listener

_SETTINGS = pytest.StashKey[Settings]()
_LEDGER = pytest.StashKey["Ledger"]()
_JOB = pytest.StashKey["Job"]()
_CLIENT = pytest.StashKey["Client | None"]()
_VERDICTS = pytest.StashKey["Verdicts"]()
_MISTAKES = pytest.StashKey[list[str]]()
_NO_RUN = pytest.StashKey[int]()

_ITEM_FIXTURES = ("assay_response", "assay_claim")
_FIXTURES = frozenset({"assay_verdicts", *_ITEM_FIXTURES})
_MARKER = "assay(*patterns): what the test is about: claims (`getJob/402/*`), or responses (`getJob 4*`)"
_NO_SERVER = (
    "assay: no server is given\n  give --assay-url URL or --assay-target FILE, or override the fixture assay_target in "
    "conftest.py: a URL, or the path of a target file (pathlib.Path)"
)
_DORMANT = "assay is dormant: give --assay-spec FILE, or leave these tests out with -m 'not assay'"


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("assay", "conformance of a server to its OpenAPI document")
    group.addoption("--assay-spec", metavar="FILE", help="the OpenAPI document; without it the plugin does nothing")
    group.addoption("--assay-overlay", metavar="FILE", action="append", default=[], help="an overlay, in order")
    group.addoption("--assay-target", metavar="FILE", help="the target file")
    group.addoption("--assay-url", metavar="URL", default="", help="the server, where there is no target file")
    group.addoption("--assay-report", metavar="DIR", default="report", help="where recording and results go")
    group.addoption("--assay-shard", metavar="I/N", default="", help="only this part of the plan: 2/5")
    group.addoption("--assay-select", metavar="PATTERN", default="", help="only these responses: 'getJob 4*'")
    group.addoption("--assay-seed", metavar="N", default="", help="whole number or 'random'")
    group.addoption("--assay-examples", metavar="N", type=int, default=settings.DEFAULT_EXAMPLES, help="an operation")
    group.addoption("--assay-strict", action="store_true", help="every `should` counts as a `must`")
    group.addoption("--assay-allow-writes", action="store_true", help="operations that change things run too")
    group.addoption("--assay-quiet", action="store_true", help="show nothing while the run lasts")
    group.addoption("--assay-client", metavar="PACKAGE", default="", help="the generated client, judged too")
    group.addoption("--assay-client-gates", action="store_true", help="the client's claims count in the exit status")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Load what the options name, before anything is collected or started; a mistake in it ends the session."""
    if config.getoption("--assay-spec") is None:
        return None
    try:
        with _interruptible(), _staying():
            _load(config, _settings(config))
    except UserError as error:
        sys.stderr.write(f"assay: {error}\n")
        return USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write(f"assay: {UNREPORTED}\n")
        return INTERRUPTED
    return None


@contextmanager
def _interruptible() -> Iterator[None]:
    """`assay check` starts its pytest with Ctrl-C blocked: it is heard where somebody knows what to do then."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ()) if hasattr(signal, "pthread_sigmask") else set()
    try:
        if before:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
        yield
    finally:
        if before:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _staying() -> Iterator[None]:
    """Modules and contract stay: to look through them for garbage as they come takes a tenth of a run."""
    collected = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collected:
            gc.enable()


def _load(config: pytest.Config, given: Settings) -> None:
    from assay import client, loading

    config.stash[_SETTINGS] = given
    if given.target or given.url:
        job = config.stash[_JOB] = loading.load(given)
        config.stash[_LEDGER] = job.ledger
    else:
        config.stash[_LEDGER] = loading.load_ledger(given)
    contract = config.stash[_LEDGER].contract
    config.stash[_CLIENT] = client.load(given.client, contract) if given.client else None


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
        shard=config.getoption("--assay-shard"),
        seed=config.getoption("--assay-seed"),
        examples=config.getoption("--assay-examples"),
        quiet=config.getoption("--assay-quiet"),
        allow_writes=config.getoption("--assay-allow-writes"),
        client=config.getoption("--assay-client"),
        client_gates=config.getoption("--assay-client-gates"),
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One item for each response or claim that the test is about."""
    ledger, test = metafunc.config.stash.get(_LEDGER, None), metafunc.definition
    for name in (each for each in _ITEM_FIXTURES if each in metafunc.fixturenames):
        patterns = [each for marker in test.iter_markers("assay") for each in (*marker.args, *marker.kwargs.items())]
        known = _known(ledger, name) if ledger else {}
        if ledger and patterns and (mistake := _mistake(known, patterns)):
            assert test.parent is not None
            test.parent.stash.setdefault(_MISTAKES, []).append(f"assay: {test.nodeid}: {mistake}")
        chosen = _chosen(known, patterns) if ledger and patterns else _own(ledger, name)
        # a dormant session has one item that says so
        metafunc.parametrize(name, [known[each] for each in chosen] or [None], ids=chosen or ["dormant"], indirect=True)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """A wrong marker is an error where it stands. Raised from within, other plugins would make a warning of it too."""
    report = yield
    if mistakes := collector.stash.get(_MISTAKES, None):
        report.outcome, report.longrepr, report.result = "failed", "\n".join(mistakes), []
    return report


def _known(ledger: "Ledger", fixture: str) -> dict[str, object]:
    """Name → what a fixture's parameter is."""
    if fixture == "assay_response":
        return {" ".join(key): key for key in ledger.responses}
    return {claim: claim for claim in ledger.claims}


def _own(ledger: "Ledger | None", fixture: str) -> list[str]:
    """Without a pattern: every documented response, and every claim that is about none of them."""
    if ledger is None:
        return []
    if fixture == "assay_response":
        return [" ".join(key) for key in ledger.responses]
    return [claim.id for claim in ledger.claims.values() if not claim.response]


def _mistake(known: dict[str, object], patterns: Sequence[object]) -> UserError | None:
    """The first pattern that is none, or names nothing."""
    from assay import shapes

    for pattern in patterns:
        if isinstance(pattern, tuple):
            name, value = pattern
            return UserError(f"the marker assay({name}={value!r}) has a name", todo="give patterns without a name")
        if not isinstance(pattern, str):
            todo = "give patterns in quotes: 'getThing/200/*'"
            return UserError(f"the marker assay({pattern!r}) is no pattern", todo=todo)
        if not any(fnmatchcase(each, pattern) for each in known):
            near = shapes.suggest(pattern, list(known))
            return UserError(f"the marker assay({pattern!r}) names nothing that is promised", todo=near)
    return None


def _chosen(known: dict[str, object], patterns: Sequence[object]) -> list[str]:
    """Those that a pattern names."""
    words = [each for each in patterns if isinstance(each, str)]
    return [each for each in known if any(fnmatchcase(each, word) for word in words)]


def pytest_itemcollected(item: pytest.Item) -> None:
    """Whatever asks for a run can be left out with `-m 'not assay'`."""
    if not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ())):
        item.add_marker("assay")


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """The run, if an item asks for it; recording and reports are on disk then. Nothing captures its messages here."""
    stash = session.config.stash
    asked = any(not _FIXTURES.isdisjoint(getattr(item, "fixturenames", ())) for item in session.items)
    if _JOB not in stash or not asked or session.config.option.collectonly:
        return None
    try:
        with _interruptible(), _shown(stash[_JOB]) as heard:
            stash[_VERDICTS] = run_and_report(stash[_JOB], stash[_CLIENT], heard)
    except UserError as error:
        sys.stderr.write(f"assay: {error}\n")
        stash[_NO_RUN] = USER_ERROR
    except KeyboardInterrupt:
        sys.stderr.write(f"assay: {UNREPORTED}\n")
        stash[_NO_RUN] = INTERRUPTED
    return True if _NO_RUN in stash else None


def pytest_report_teststatus(report: pytest.TestReport, config: pytest.Config) -> tuple[str, str, str] | None:
    """No dots in assay's own suite: its items took no time, and the report follows at once."""
    return (report.outcome, "", "") if _is_own(config) else None


def _is_own(config: pytest.Config) -> bool:
    """Whether this is the pytest that `assay check` starts."""
    return config.rootpath == Path(suite.__file__).parent


def pytest_sessionfinish(session: pytest.Session) -> None:
    session.exitstatus = session.config.stash.get(_NO_RUN, session.exitstatus)


def pytest_unconfigure(config: pytest.Config) -> None:
    if _is_own(config):
        gc.freeze()  # the process ends now: to take all modules apart before takes as long as to import half of them


@pytest.fixture(scope="session")
def assay_target(request: pytest.FixtureRequest) -> str | Path:
    """The server to check: a URL, or the path of a target file. To be overridden where the options name none."""
    given = request.config.stash.get(_SETTINGS, None)
    if given is None:
        pytest.fail(_DORMANT, pytrace=False)
    return given.target or given.url or pytest.fail(_NO_SERVER, pytrace=False)


@pytest.fixture(scope="session")
def assay_verdicts(request: pytest.FixtureRequest) -> "Verdicts":
    """What the run found."""
    stash = request.config.stash
    if _LEDGER not in stash:
        pytest.fail(_DORMANT, pytrace=False)
    if _VERDICTS not in stash:
        server = request.getfixturevalue("assay_target") or pytest.fail(_NO_SERVER, pytrace=False)
        stash[_VERDICTS] = _run_against(server, stash[_SETTINGS], stash[_CLIENT])
    return stash[_VERDICTS]


def _run_against(server: str | Path, given: Settings, shipped: "Client | None") -> "Verdicts":
    from assay import loading

    named = {"target": server} if isinstance(server, Path) else {"url": str(server)}
    try:
        return run_and_report(loading.load(evolve(given, **named)), shipped)
    except UserError as error:
        pytest.fail(f"assay: {error}", pytrace=False)


@pytest.fixture
def assay_response(assay_verdicts: "Verdicts", request: pytest.FixtureRequest) -> "ResponseVerdict":
    """What became of one documented response; the test has an item for each."""
    return next(each for each in assay_verdicts.responses if (each.operation, each.status) == request.param)


@pytest.fixture
def assay_claim(assay_verdicts: "Verdicts", request: pytest.FixtureRequest) -> "ClaimVerdict":
    """What became of one claim; the test has an item for each that its marker names."""
    return assay_verdicts.of(request.param)


def _shown(job: "Job") -> "AbstractContextManager[Listener | None]":
    """While it lasts, the run is shown on stderr: a verdict is what stdout is for."""
    if job.settings.quiet:
        return nullcontext()
    from rich.console import Console

    from assay import progress

    return progress.shown(job.ledger, job.plan, Console(stderr=True))


def run_and_report(job: "Job", shipped: "Client | None" = None, heard: "Listener | None" = None) -> "Verdicts":
    """Record, judge, write the reports. Raises UserError."""
    with _staying():
        from assay import judge, report, run
        from assay.client import subject
    gc.freeze()
    try:
        chosen = job.settings
        # not before: whoever mends a mistake in a target keeps the last report until there is another
        report.clear(chosen.report)
        recording = run.record(
            job.ledger, job.target, job.plan, chosen.report, seed=job.seed, strict=chosen.strict, heard=heard,
            **({"drawn": heard.drawn} if heard else {}),
        )  # fmt: skip
        gates = chosen.client_gates
        of_client = subject.verdicts(shipped, job.ledger, recording, gates=gates) if shipped else None
        verdicts = judge.judge(job.ledger, recording, of_client)
        report.write(verdicts, recording, chosen.report)
    finally:
        gc.unfreeze()
    return verdicts


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    verdicts = config.stash.get(_VERDICTS, None)
    if verdicts is not None:
        from rich.console import Console

        from assay.report import terminal

        terminalreporter.ensure_newline()
        terminal.show(verdicts, Console(), config.stash[_SETTINGS].report)
