"""What recorded traffic shows of each kind of claim, and what it cannot show."""

import base64
import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from assay.judge.verdicts import Verdicts
from assay.recording import har
from selftests.traffic.conftest import BASE, THING, TOKEN, TYPED, entry

Judged = Callable[..., Verdicts]
SIZE = "getThing/200/body/properties/size/type"


def word(verdicts: Verdicts, claim: str) -> str:
    return verdicts.of(claim).verdict


def test_what_a_body_promises_is_judged(judged: Judged) -> None:
    right, wrong = judged(entry()), judged(entry(body={"id": "one", "size": "3"}))
    assert (word(right, SIZE), right.of(SIZE).grade, right.exit_status) == ("held", "observed", 3)
    assert (word(wrong, SIZE), wrong.exit_status) == ("violated", 1)


def test_a_status_that_was_only_observed_was_not_due(judged: Judged) -> None:
    verdicts = judged(entry(), entry(404, {}))
    for status in ("200", "404"):
        row = next(each for each in verdicts.responses if (each.operation, each.status) == ("getThing", status))
        assert (row.verdict, row.grade, row.exchanges, row.todo) == ("not-exercised", "observed", 1, "")
        assert "in which state it was due, traffic does not say" in row.reason
        assert word(verdicts, f"getThing/{status}/status") == "not-exercised"
    unseen = next(each for each in verdicts.responses if each.status == "503")
    assert (unseen.grade, unseen.exchanges) == (None, 0)


def test_an_undocumented_answer_is_violated(judged: Judged) -> None:
    verdicts = judged(entry(418, {}))
    assert word(verdicts, "getThing/any/status") == "violated"
    assert word(verdicts, "getThing/any/server-error") == "held"


@pytest.mark.parametrize("status", [500, 502])
def test_an_outage_that_is_not_documented_is_violated(status: int, judged: Judged) -> None:
    verdicts = judged(entry(status, {}))
    assert word(verdicts, "getThing/any/server-error") == "violated"
    assert word(verdicts, "getThing/any/status") == "violated"


def test_a_documented_outage_may_have_been_one(judged: Judged) -> None:
    verdicts = judged(entry(503, {}), entry(500, {}, url=f"{BASE}/me"))
    assert word(verdicts, "getThing/any/server-error") == "not-exercised"
    assert word(verdicts, "me/any/server-error") == "not-exercised"
    assert word(verdicts, "getThing/503/body/required/until") == "violated"


def test_what_has_to_be_probed_is_not_shown(judged: Judged) -> None:
    verdicts = judged(entry(asked={}), entry(401, {}, asked={}), entry(asked={"Authorization": "Basic eDp5"}))
    probed = [each for each in verdicts.claims if each.claim.kind in ("security", "hygiene")]
    assert len(probed) > 8
    assert {each.verdict for each in probed if each.claim.id != "getThing/security/echo"} == {"not-exercised"}


def test_http_has_answers_of_its_own(judged: Judged) -> None:
    conditional = {"If-None-Match": '"a"'}
    verdicts = judged(entry(304, "", asked=conditional), entry(206, "{}", asked={"Range": "bytes=0-1"}), entry(404, {}))
    assert word(verdicts, "getThing/any/status") == "held"
    assert "2 answered as HTTP has it (getThing 304 1, getThing 206 1)" in verdicts.header.notes[0]
    assert word(judged(entry(304, "")), "getThing/any/status") == "violated"


def test_a_throttled_answer_says_nothing(judged: Judged) -> None:
    verdicts = judged(entry(429, {}), entry())
    assert verdicts.of("getThing/any/status").exercised == 1


# Bodies -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "content",
    [
        {"size": 25, "mimeType": "application/json"},
        {"size": 0, "mimeType": "application/json"},
        {"size": 0, "mimeType": "application/json", "text": None},
        {"size": 0, "mimeType": "application/json", "text": ""},
        {"size": 4000, "mimeType": "application/json", "text": '{"id": "one", "size": "3'},
        {"size": 5, "mimeType": "application/json", "text": '"\ud800"'},
        {"mimeType": "application/json", "encoding": "base64", "text": base64.b64encode(b"\x1f\x8bbroken").decode()},
    ],
    ids=["none", "evicted", "null", "not kept", "cut off", "lone surrogate", "compressed and broken"],
)
def test_a_body_that_was_not_kept_shows_nothing(content: dict[str, Any], judged: Judged) -> None:
    verdicts = judged(entry(content=content, headers={**TYPED, "Content-Encoding": "gzip"}))
    body = [each for each in verdicts.claims if each.claim.id.startswith(("getThing/200/body", "getThing/200/json"))]
    assert {each.verdict for each in body} == {"not-exercised"}
    assert word(verdicts, "getThing/200/media-type") == "held"
    assert word(verdicts, "getThing/200/headers/X-Total/required") == "held"


def test_a_body_that_cannot_be_unpacked_shows_nothing(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    """One block of a type that there is not; a bomb."""
    monkeypatch.setattr(har, "MOST_BODY", 1000)
    for packed in (gzip.compress(b"")[:10] + b"\xff" * 20, gzip.compress(b"[" + b" " * 1000 + b"]")):
        text = base64.b64encode(packed).decode()
        packed_entry = entry(
            content={"size": 9, "encoding": "base64", "text": text}, headers={**TYPED, "Content-Encoding": "gzip"}
        )
        assert word(judged(packed_entry), "getThing/200/json") == "not-exercised"


def test_an_empty_body_that_was_seen_is_none(judged: Judged) -> None:
    verdicts = judged(entry(content={"size": 0, "text": ""}, response={"bodySize": 0}))
    assert word(verdicts, "getThing/200/json") == "violated"


@pytest.mark.parametrize("packed", [False, True], ids=["as it is", "still compressed"])
def test_a_body_in_base64_is_decoded(packed: bool, judged: Judged) -> None:
    plain = json.dumps(THING).encode()
    text = base64.b64encode(gzip.compress(plain) if packed else plain).decode()
    content = {"size": len(plain), "compression": 0, "encoding": "base64", "text": text}
    verdicts = judged(entry(content=content, headers={**TYPED, "Content-Encoding": "gzip"}))
    assert word(verdicts, SIZE) == "held"


def test_a_compressed_body_is_longer_than_what_came(judged: Judged) -> None:
    text = json.dumps({**THING, "size": "three"})
    verdicts = judged(entry(content={"size": len(text), "compression": 8, "text": text}, response={"bodySize": 20}))
    assert word(verdicts, SIZE) == "violated"


def test_headers_that_were_not_kept_are_not_missing(judged: Judged) -> None:
    verdicts = judged(entry(headers={}))
    assert word(verdicts, "getThing/200/headers/X-Total/required") == "not-exercised"
    assert (word(verdicts, "getThing/200/media-type"), word(verdicts, SIZE)) == ("held", "held")
    assert word(judged(entry(headers={"Date": "x"})), "getThing/200/headers/X-Total/required") == "violated"


# Time ---------------------------------------------------------------------------------------------------------------

SHRINKS = "getThing/relations/nondecreasing/size"


@pytest.mark.parametrize(
    ("first", "second", "verdict"),
    [
        ({"at": 1, "time": 50}, {"at": 2, "time": 50}, "violated"),
        ({"at": 1, "time": 1500}, {"at": 2, "time": 50}, "not-exercised"),
        ({"at": 1, "time": None}, {"at": 2, "time": 50}, "not-exercised"),
        ({"at": 1, "time": -1}, {"at": 2, "time": 50}, "not-exercised"),
        ({"at": 2, "time": 50}, {"at": 1, "time": 50}, "held"),
    ],
    ids=["in turn", "overlapping", "end untold", "no time", "the other way"],
)
def test_one_answer_precedes_another_only_if_it_ended_before(
    first: Any, second: Any, verdict: str, judged: Judged
) -> None:
    shrinking = entry(body={"id": "one", "size": 5}, **first), entry(body={"id": "one", "size": 4}, **second)
    assert word(judged(*shrinking), SHRINKS) == verdict
    assert word(judged(*reversed(shrinking)), SHRINKS) == verdict


def test_zones_are_one_clock(judged: Judged) -> None:
    later = {**entry(body={"id": "one", "size": 4}), "startedDateTime": "2026-03-01T11:00:02+01:00"}
    sooner = {**entry(body={"id": "one", "size": 5}), "startedDateTime": "2026-03-01T10:00:01"}
    assert word(judged(later, sooner), SHRINKS) == "violated"


def test_what_a_cache_answered_is_no_answer_of_the_server(judged: Judged) -> None:
    old = entry(at=2, body={"id": "one", "size": 1}, _fromCache="disk")
    stored = entry(at=3, body={"id": "one", "size": 1}, response={"bodySize": 0})
    verdicts = judged(entry(at=1), old, stored)
    assert word(verdicts, SHRINKS) == "not-exercised"
    assert "2 answered by a cache (getThing 2)" in verdicts.header.notes[0]


# Who asked ----------------------------------------------------------------------------------------------------------

ME = f"{BASE}/me"


@pytest.mark.parametrize(
    ("one", "other", "verdict"),
    [
        ({"Authorization": "Bearer first-token"}, {"Authorization": "Bearer first-token"}, "violated"),
        ({"Authorization": "Bearer first-token"}, {"Authorization": "Bearer second-token"}, "not-exercised"),
        ({"Cookie": "sid=a"}, {"Cookie": "sid=a"}, "violated"),
        ({"Cookie": "sid=a"}, {"Cookie": "sid=b"}, "not-exercised"),
        ({"X-Session-Token": "a"}, {"X-Session-Token": "b"}, "not-exercised"),
        ({"Authorization": "Bearer t0ken-of-me", "Cookie": "_ga=1"},
         {"Authorization": "Bearer t0ken-of-me", "Cookie": "_ga=2"}, "violated"),
        ({}, {}, "not-exercised"),
        ({"Authorization": "[REDACTED]"}, {"Authorization": "[REDACTED]"}, "not-exercised"),
    ],
    ids=["same token", "other token", "same cookie", "other cookie", "own header", "counted", "sanitized", "masked"],
)  # fmt: skip
def test_what_one_user_gets_is_not_held_against_anothers(
    one: dict[str, str], other: dict[str, str], verdict: str, judged: Judged
) -> None:
    verdicts = judged(
        entry(url=ME, asked=one, body={"id": "ada"}, at=1), entry(url=ME, asked=other, body={"id": "bob"}, at=2)
    )
    assert word(verdicts, "me/relations/constant/id") == verdict


def test_a_token_in_the_query_tells_users_apart_too(judged: Judged) -> None:
    entries = [
        entry(url=f"{ME}?session_token={name}", asked={"Cookie": "sid=a"}, body={"id": name}, at=at)
        for at, name in enumerate(("ada", "bob"))
    ]
    assert word(judged(*entries), "me/relations/constant/id") == "not-exercised"


# Credentials that come back -----------------------------------------------------------------------------------------


def test_a_credential_that_comes_back_is_found(judged: Judged) -> None:
    verdicts = judged(entry(body={"id": "one", "debug": {"headers": f"Bearer {TOKEN}"}}))
    assert word(verdicts, "getThing/security/echo") == "violated"
    assert word(judged(entry()), "getThing/security/echo") == "held"


@pytest.mark.parametrize("left_out", [{"content": {"size": 24}}, {"headers": {}}], ids=["body", "headers"])
def test_nothing_is_said_of_what_the_exporter_left_out(left_out: dict[str, Any], judged: Judged) -> None:
    assert word(judged(entry(**left_out)), "getThing/security/echo") == "not-exercised"
    again = entry(body={"id": TOKEN}, headers={})
    assert word(judged(again), "getThing/security/echo") == "violated"


def test_a_token_that_is_given_to_somebody_is_no_echo(judged: Judged) -> None:
    given = entry(url=f"{BASE}/login", method="POST", body={"access_token": TOKEN, "size": 1}, asked={})
    renewed = entry(body={"id": "one", "next": TOKEN}, asked={"Authorization": "Bearer the-one-before"})
    verdicts = judged(given, renewed, entry())
    assert word(verdicts, "getThing/security/echo") == "held"
    assert word(verdicts, "login/200/body/properties/size/type") == "held"


@pytest.mark.parametrize("mask", ["[REDACTED]", "Bearer ********", "<removed>"])
def test_a_mask_is_no_credential(mask: str, judged: Judged) -> None:
    verdicts = judged(entry(asked={"Authorization": mask}, body={"id": "one", "note": f"was {mask}"}))
    assert word(verdicts, "getThing/security/echo") == "not-exercised"


# What was taken out is not judged -----------------------------------------------------------------------------------


def test_what_a_hidden_value_would_have_kept_is_not_told(judged: Judged) -> None:
    good = entry(url=f"{BASE}/login", method="POST", body={"access_token": "eyabc.def"}, asked={})
    verdicts = judged(good)
    assert word(verdicts, "login/200/body/properties/access_token/pattern") == "not-exercised"
    assert word(verdicts, "login/200/body/properties/access_token/type") == "held"


def test_a_signed_url_stays_a_url(judged: Judged) -> None:
    link = "https://files.example/a?X-Amz-Expires=60&X-Amz-Signature=0a1b2c3d4e5f"
    verdicts = judged(entry(url=f"{BASE}/login", method="POST", body={"link": link}, asked={}))
    assert word(verdicts, "login/200/body/properties/link/format") == "held"
    assert word(verdicts, "login/200/body/properties/link/maxLength") == "not-exercised"


def test_a_signed_url_is_neither_the_same_nor_another(judged: Judged) -> None:
    def signed(signature: str, at: int) -> dict[str, Any]:
        return entry(body={**THING, "link": f"https://f.example/a?sig={signature}"}, at=at)

    for second in ("aaaaaaaa", "bbbbbbbb"):
        verdicts = judged(signed("aaaaaaaa", 1), signed(second, 2))
        assert word(verdicts, "getThing/relations/constant/link") == "not-exercised"
        assert word(verdicts, "getThing/relations/constant/id") == "held"
