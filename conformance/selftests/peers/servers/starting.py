"""A published server, installed → its target and its document, with an empty database of its own and a little in it.

What the server is, and what it is found to do otherwise than documented, stands in its folder: `requirements.txt`,
`target.toml`, `findings.toml`, `violated.txt`.
"""

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from attrs import frozen

from assay.run import drivers
from assay.target import target_file

HERE = Path(__file__).parent


@frozen
class Peer:
    """`document` is where the server has its OpenAPI document, `file` how it is called here.

    `before`: what to do in the folder before the first start. `within`: what to put into the server. Both give values
    for the environment variables that the target names. `options` and `examples` are those of `assay check`.
    """

    name: str
    document: str
    file: str
    before: Callable[[Path], dict[str, str]]
    within: Callable[[str], dict[str, str]]
    options: tuple[str, ...] = ()
    examples: int = 20

    @property
    def folder(self) -> Path:
        return HERE / self.name

    @contextmanager
    def running(self) -> Iterator[str]:
        """Start the server as its target says; its address."""
        target = target_file.load(self.folder / "target.toml")
        with drivers.served(target, Path(os.environ["PEER_FOLDER"], "server.log")):
            yield target.base_url

    def prepare(self, folder: Path) -> Path:
        """Fill an empty folder and the server in it; its document, as it serves it."""
        os.environ |= {"PEER_FOLDER": str(folder), **self.before(folder)}
        with self.running() as url:
            with urlopen(url + self.document, timeout=30) as answer:
                (folder / self.file).write_bytes(answer.read())
            os.environ |= self.within(url)
        return folder / self.file


def program(name: str) -> str:
    """A program of the server's own environment, which PEER_PYTHON is of."""
    return str(Path(os.environ["PEER_PYTHON"]).parent / name)


def _chroma_before(_folder: Path) -> dict[str, str]:
    return {"CHROMA": program("chroma"), "CHROMA_COLLECTION": "not-yet"}


def _chroma_within(url: str) -> dict[str, str]:
    """A collection, with its identifier."""
    place = f"{url}/api/v2/tenants/default_tenant/databases/default_database/collections"
    return {"CHROMA_COLLECTION": _asked(place, "", {"name": "letters"})["id"]}


_BUGSINK_PLACES = """
DATABASES["default"]["NAME"] = "{folder}/db.sqlite3"
DATABASES["snappea"]["NAME"] = "{folder}/snappea.sqlite3"
BUGSINK["INGEST_STORE_BASE_DIR"] = "{folder}/ingestion"
"""


def _bugsink_before(folder: Path) -> dict[str, str]:
    """Its settings, its database, and a token."""
    manage = program("bugsink-manage")

    def run(*command: str) -> str:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, timeout=300)
        return done.stdout.strip()

    run(program("bugsink-create-conf"), "--template", "local", "--output-file", "bugsink_conf.py")
    with (folder / "bugsink_conf.py").open("a", encoding="utf-8") as settings:
        settings.write(_BUGSINK_PLACES.format(folder=str(folder)))
    run(manage, "migrate")
    ids = dict.fromkeys(("TEAM", "RELEASE", "ISSUE", "EVENT"), "not-yet")
    values = {"": manage, "_TOKEN": run(manage, "create_auth_token").splitlines()[-1]}
    return {f"BUGSINK{name}": value for name, value in values.items()} | {f"BUGSINK_{name}": ids[name] for name in ids}


def _bugsink_within(url: str) -> dict[str, str]:
    """A team, a project, a release, and an event of the project's, which makes an issue."""
    own, key = f"{url}/api/canonical/0", f"Bearer {os.environ['BUGSINK_TOKEN']}"
    team = _asked(f"{own}/teams/", key, {"name": "smiths"})["id"]
    _asked(f"{own}/projects/", key, {"team": team, "name": "forge"})
    release = _asked(f"{own}/releases/", key, {"project": 1, "version": "1.0.0"})["id"]
    sender = _asked(f"{own}/projects/1/", key)["dsn"].partition("//")[2].partition("@")[0]
    fault = {"type": "ValueError", "value": "too hot"}
    event = {"event_id": "0123456789abcdef0123456789abcdef", "timestamp": "2026-03-01T10:00:00Z", "platform": "python"}
    _asked(f"{url}/api/1/store/?sentry_key={sender}", "", {**event, "exception": {"values": [fault]}})
    issue = _asked(f"{own}/issues/?project=1", key)["results"][0]["id"]
    found = _asked(f"{own}/events/?issue={issue}", key)["results"][0]["id"]
    return {"BUGSINK_TEAM": team, "BUGSINK_RELEASE": release, "BUGSINK_ISSUE": issue, "BUGSINK_EVENT": found}


def _asked(url: str, key: str, body: dict[str, Any] | None = None) -> Any:
    """GET, or POST with a JSON body; the answer's JSON."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": key} if key else {})
    asked = Request(url, None if body is None else json.dumps(body).encode(), headers)
    with urlopen(asked, timeout=30) as answer:
        return json.load(answer)


_TITILER_IMAGE = """
import sys, numpy, rasterio
profile = {"driver": "COG", "dtype": "uint8", "count": 1, "width": 64, "height": 64, "crs": "EPSG:4326"}
with rasterio.open(sys.argv[1], "w", **profile, transform=rasterio.transform.from_bounds(10, 50, 11, 51, 64, 64)) as to:
    to.write(numpy.arange(4096, dtype="uint8").reshape(1, 64, 64))
"""


def _titiler_before(folder: Path) -> dict[str, str]:
    """An image of 64 by 64 pixels."""
    image = str(folder / "image.tif")
    subprocess.run([os.environ["PEER_PYTHON"], "-c", _TITILER_IMAGE, image], check=True, timeout=60)
    return {"TITILER_IMAGE": image}


PEERS = {
    "titiler": Peer("titiler", "/api", "openapi.json", _titiler_before, lambda _: {}, examples=4),
    "bugsink": Peer(
        "bugsink", "/api/canonical/0/schema/", "openapi.yaml", _bugsink_before, _bugsink_within, ("--allow-writes",)
    ),
    "chroma": Peer("chroma", "/openapi.json", "openapi.json", _chroma_before, _chroma_within),
}
