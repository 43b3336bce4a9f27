"""Writes the ids of the flagship's claims into `claims.txt`: run it where ids are meant to change.

    python conformance/selftests/contract/write_claims.py

An id is public. One that changes or goes is told of in CHANGELOG.md, for waivers name it.
"""

from pathlib import Path

from assay import claims, contract

HERE = Path(__file__).resolve().parent
SPEC = HERE.parents[2] / "spec"

if __name__ == "__main__":
    ledger = claims.ledger(contract.load(SPEC / "openapi.yaml", [SPEC / "promises.overlay.yaml"]))
    (HERE / "claims.txt").write_text("".join(f"{each}\n" for each in ledger.claims), encoding="utf-8")
