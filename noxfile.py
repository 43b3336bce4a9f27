"""What a developer runs, a session each: `nox -l` lists them, `nox` alone runs what every change has to pass.

The tools and their versions stand in the dependency groups of pyproject.toml. Where uv is installed the environments
are made with it, which is quicker; otherwise with virtualenv and pip.
"""

import os
import re
import shutil
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.sessions = ["lint", "types", "imports", "drift", "conformance", "proof", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")


def _install(session: nox.Session, *folders: str, group: str) -> None:
    """Distributions of this checkout, editable, with a dependency group: at once, so that their versions agree."""
    editable = [argument for folder in folders for argument in ("--editable", folder)]
    # Older pips cannot read dependency groups themselves.
    session.install(*editable, *nox.project.dependency_groups(PYPROJECT, group))


@nox.session
def conformance(session: nox.Session) -> None:
    """Check a server: the reference provider, or `-- --target my.toml` and whatever else `assay check` takes."""
    _install(session, ".", "./generated", group="provider")
    # An interrupted run still takes its states down and writes its report: give it the time.
    session.run("assay", "check", *session.posargs, interrupt_timeout=60, terminate_timeout=10)


@nox.session
def proof(session: nox.Session) -> None:
    """Prove that the suite catches what it claims to, and accuses nobody who is right; `-- --quick` with few seeds."""
    _install(session, ".", group="provider")
    session.run("python", "conformance/selftests/proof/prove.py", *session.posargs)


@nox.session
def bench(session: nox.Session) -> None:
    """Compare assay with Schemathesis, and the client with bare httpx, for speed; `-- --quick` takes a minute."""
    _install(session, ".", "./generated", group="bench")
    session.run("python", "conformance/selftests/bench/bench.py", *session.posargs)


@nox.session
def prism(session: nox.Session) -> None:
    """Check a mock that knows the document only: Prism from npm, asked for every documented response. Needs Node.js."""
    _install(session, ".", "./generated", group="peers")
    folder = session.create_tmp()
    shutil.copy("conformance/selftests/peers/prism/package.json", folder)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    session.run("npm", "install", "--prefix", folder, *quiet, external=True)
    path = os.pathsep.join([str(Path(folder, "node_modules/.bin").resolve()), os.environ["PATH"]])
    session.run("pytest", "conformance/selftests/peers/prism/check_prism.py", *session.posargs, env={"PATH": path})


@nox.session
def fastapi(session: nox.Session) -> None:
    """Check a FastAPI application of twelve operations by its own document: right, and with one defect of each kind."""
    _install(session, ".", group="peers")
    session.run("pytest", "conformance/selftests/peers/workshop/check_workshop.py", *session.posargs)


@nox.session
@nox.parametrize("server", ["bugsink", "chroma", "titiler"])
def peers(session: nox.Session, server: str) -> None:
    """Check a published server, installed into an environment of its own and started with an empty database."""
    _install(session, ".", group="peers")
    folder = Path(session.create_tmp(), server).resolve()
    python, wanted = folder / "bin" / "python", f"conformance/selftests/peers/servers/{server}/requirements.txt"
    if shutil.which("uv"):
        session.run("uv", "venv", "--quiet", "--clear", str(folder), external=True)
        session.run("uv", "pip", "install", "--quiet", "--python", str(python), "-r", wanted, external=True)
    else:
        session.run("python", "-m", "venv", "--clear", str(folder))
        session.run(str(python), "-m", "pip", "install", "--quiet", "-r", wanted, external=True)
    given = {"PEER": server, "PEER_PYTHON": str(python)}
    session.run("pytest", "conformance/selftests/peers/servers/check_servers.py", *session.posargs, env=given)


@nox.session
def pages(session: nox.Session) -> None:
    """Open report.html in Chromium, which root gets from apt-get; `-- --pictures` takes those of docs/pictures anew."""
    _install(session, ".", "./generated", group="pages")
    _chromium(session)
    if "--pictures" in session.posargs:
        session.run("python", "conformance/selftests/pages/pictures.py", "docs/pictures")
    else:
        session.run("pytest", "conformance/selftests/pages/check_pages.py", *session.posargs)


def _chromium(session: nox.Session) -> None:
    """A browser on PATH, or the one that CHROMIUM names."""
    if any(map(shutil.which, (os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"))):
        return
    if not shutil.which("apt-get") or os.geteuid() != 0:
        session.error("no Chromium on PATH: install it, or say where it is: CHROMIUM=/path/to/chromium")
    session.run("apt-get", "update", "-qq", external=True, silent=True)
    session.run("apt-get", "install", "-qq", "-y", "--no-install-recommends", "chromium", external=True, silent=True)


@nox.session
def documents(session: nox.Session) -> None:
    """Try large published documents from npm, and the clients of all published ones. Needs Node.js' npm."""
    _install(session, ".", "./generated", group="tests")
    folder = Path(session.create_tmp())
    shutil.copy("conformance/selftests/documents/published/package.json", folder)
    quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
    session.run("npm", "install", "--prefix", str(folder), *quiet, external=True)
    found = {"ASSAY_DOCUMENTS": str((folder / "node_modules").resolve())}
    session.run("pytest", "conformance/selftests/documents/check_packages.py", *session.posargs, env=found)


@nox.session
def tests(session: nox.Session) -> None:
    """Run the self-tests with coverage; `-- ARGUMENTS` go to pytest, and then no coverage is asked for."""
    _install(session, ".", "./generated", group="tests")
    session.run("coverage", "erase")
    if session.posargs:
        session.run("coverage", "run", "-m", "pytest", *session.posargs)
    else:
        unmeasured = [f"conformance/selftests/{each}" for each in UNMEASURED]
        session.run("coverage", "run", "-m", "pytest", *_spread(), *(f"--ignore={each}" for each in unmeasured))
        session.run("pytest", *_spread(), *unmeasured)
    session.run("coverage", "combine", "--quiet")
    session.run("coverage", "report", *(["--fail-under=0"] if session.posargs else []))


UNMEASURED = ("bench", "client", "documents", "pipelines", "proof", "provider", "scripts", "stock")
"""Folders of self-tests that are about what stands beside the engine, or use all of it: to measure what they run
doubles their time, and shows nothing that the tests of its stages do not."""


def _spread() -> list[str]:
    """Over half as many processes again as there are cores: much of their time tests wait for servers and programs.

    A file's tests stay together, since they share what is dear to make: a provider, a generated client. In the order of
    their names, since by the number of their tests the longest files come last, each in a process alone.
    """
    processes = (os.cpu_count() or 1) * 3 // 2
    return ["--numprocesses", str(processes), "--dist", "loadfile", "--no-loadscope-reorder"]


@nox.session
def lint(session: nox.Session) -> None:
    """Check style and format with ruff; `-- --fix` mends what can be mended."""
    fix = "--fix" in session.posargs
    _install(session, group="lint")
    session.run("ruff", "check", *(["--fix"] if fix else []))
    session.run("ruff", "format", *([] if fix else ["--check"]))


@nox.session
def types(session: nox.Session) -> None:
    """Check all types with mypy --strict; those of the generated client with basedpyright too, down to the last one."""
    _install(session, ".", "./generated", group="types")
    session.run("mypy", "--strict", "conformance", "scripts", "generated", "noxfile.py")
    session.run("basedpyright", "--project", "generated")
    session.run("basedpyright", "--verifytypes", _package(), "--ignoreexternal", silent=True)


@nox.session
@nox.parametrize("versions", ["lowest", "newest"])
def clients(session: nox.Session, versions: str) -> None:
    """Run the client's tests with the lowest and with the newest httpx and attrs that it allows."""
    _install(session, ".", "./generated", group="tests")
    allowed = nox.project.load_toml("generated/pyproject.toml")["project"]["dependencies"]
    if versions == "lowest":
        allowed = [re.sub(r">=([\d.]+).*", r"==\1", each) for each in allowed]
    session.install("--upgrade", *allowed)
    session.run("pytest", "conformance/selftests/client", *session.posargs)


def _package() -> str:
    """The generated client, as it is imported."""
    project = nox.project.load_toml("generated/pyproject.toml")
    return str(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"][0])


@nox.session
def imports(session: nox.Session) -> None:
    """Check who imports whom: the layers, and what must stay apart."""
    _install(session, ".", group="imports")
    session.run("lint-imports")


@nox.session
def regenerate(session: nox.Session) -> None:
    """Write the client in generated/ anew and tell what changed for callers; `-- --report DIR` as JSON and Markdown."""
    _install(session, ".", group="codegen")
    session.run("python", "scripts/regenerate.py", *session.posargs)


@nox.session
def drift(session: nox.Session) -> None:
    """Check that generated/ is what the document gives, its version large enough; `-- --base REVISION`: since then."""
    _install(session, ".", group="codegen")
    session.run("python", "scripts/regenerate.py", "--check", *session.posargs)


@nox.session
def build(session: nox.Session) -> None:
    """Build both distributions into dist/, check what is in them, and use the engine from its wheel alone."""
    _install(session, group="build")
    shutil.rmtree("dist", ignore_errors=True)
    for folder in (".", "generated"):
        session.run("python", "-m", "build", "--no-isolation", "--outdir", "dist", folder, silent=True)
    session.run("python", "conformance/selftests/wheel/check_wheel.py", "dist", "conformance/assay")
