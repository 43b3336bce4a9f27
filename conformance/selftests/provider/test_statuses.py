"""Each documented status, brought about as a caller or an operator would."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from uuid import UUID

import httpx
import pytest

from jobs_provider import seed
from jobs_provider.accounts import Account

Bearer = Callable[[Account], dict[str, str]]
Enter = Callable[..., AbstractContextManager[dict[str, str]]]


def assert_refused(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/json"
    body = answer.json()
    assert body.keys() - {"details"} == {"error", "message", "request_id"}
    assert body["error"] == code
    assert body["message"]


@pytest.mark.parametrize(
    ("job", "status"),
    [
        (seed.PENDING, "pending"),
        (seed.PROCESSING, "processing"),
        (seed.COMPLETED, "completed"),
        (seed.FAILED, "failed"),
        (seed.FAILED_AT_START, "failed"),
    ],
)
def test_200_for_a_job_of_ones_own(api: httpx.Client, job: UUID, status: str) -> None:
    answer = api.get(f"/v1/jobs/{job}")
    assert answer.status_code == 200
    assert answer.json()["job_id"] == str(job)
    assert answer.json()["status"] == status


def test_200_for_an_id_in_capitals(api: httpx.Client) -> None:
    answer = api.get(f"/v1/jobs/{str(seed.COMPLETED).upper()}")
    assert answer.status_code == 200
    assert UUID(answer.json()["job_id"]) == seed.COMPLETED


@pytest.mark.parametrize("asked", ["7", "not-a-uuid", "{" + str(seed.COMPLETED) + "}", seed.COMPLETED.hex, "é"])
def test_400_for_an_id_that_is_not_a_uuid(api: httpx.Client, asked: str) -> None:
    assert_refused(api.get(f"/v1/jobs/{asked}"), 400, "bad_request")


@pytest.mark.parametrize(
    "credential",
    [
        None,
        "",
        "Bearer",
        "Bearer gj_nobody_000",
        "Bearer gj_default_5tVq9ZrKc2WmXhB7 trailing",
        "gj_default_5tVq9ZrKc2WmXhB7",
        "Basic Z2pfZGVmYXVsdDo=",
        "Digest gj_default_5tVq9ZrKc2WmXhB7",
    ],
)
def test_401_for_a_credential_that_is_not_a_key(anonymous: httpx.Client, credential: str | None) -> None:
    headers = {} if credential is None else {"Authorization": credential}
    answer = anonymous.get(f"/v1/jobs/{seed.COMPLETED}", headers=headers)
    assert_refused(answer, 401, "auth_invalid")
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_401_for_two_credentials_at_once(anonymous: httpx.Client, bearer: Bearer) -> None:
    headers = [*bearer(seed.DEFAULT).items(), *bearer(seed.NEIGHBOUR).items()]
    assert_refused(anonymous.get(f"/v1/jobs/{seed.COMPLETED}", headers=headers), 401, "auth_invalid")


def test_the_scheme_of_a_credential_may_be_in_any_case(anonymous: httpx.Client, bearer: Bearer) -> None:
    credential = bearer(seed.DEFAULT)["Authorization"].replace("Bearer", "bEARER")
    answer = anonymous.get(f"/v1/jobs/{seed.COMPLETED}", headers={"Authorization": credential})
    assert answer.status_code == 200


def test_402_below_a_cent(anonymous: httpx.Client, bearer: Bearer) -> None:
    answer = anonymous.get(f"/v1/jobs/{seed.NO_CREDITS}", headers=bearer(seed.NO_CREDIT))
    assert_refused(answer, 402, "credit_insufficient")
    assert answer.json()["details"] == {"balance_eur": "0.009999", "minimum_eur": "0.010000"}


def test_403_for_a_suspended_account(anonymous: httpx.Client, bearer: Bearer) -> None:
    answer = anonymous.get(f"/v1/jobs/{seed.SUSPENDEDS}", headers=bearer(seed.SUSPENDED))
    assert_refused(answer, 403, "account_suspended")


def test_404_for_a_job_that_does_not_exist(api: httpx.Client) -> None:
    assert_refused(api.get("/v1/jobs/00000000-0000-4000-8000-000000000000"), 404, "not_found")


def test_404_tells_nothing_of_another_accounts_job(api: httpx.Client, anonymous: httpx.Client, bearer: Bearer) -> None:
    owners = anonymous.get(f"/v1/jobs/{seed.NEIGHBOURS}", headers=bearer(seed.NEIGHBOUR))
    foreign = api.get(f"/v1/jobs/{seed.NEIGHBOURS}")
    missing = api.get("/v1/jobs/b1000000-0000-4000-8000-0000000000dd")
    assert owners.status_code == 200
    assert foreign.status_code == missing.status_code == 404
    unlike = {"request_id", "x-request-id", "date"}
    for part in (httpx.Response.json, lambda answer: answer.headers):
        assert {k: v for k, v in part(foreign).items() if k not in unlike} == {
            k: v for k, v in part(missing).items() if k not in unlike
        }


def test_409_while_a_job_is_in_transit(api: httpx.Client, enter: Enter) -> None:
    with enter("the job is being moved to another region") as injected:
        assert injected == {"job_id": str(seed.COMPLETED)}
        assert_refused(api.get(f"/v1/jobs/{seed.COMPLETED}"), 409, "conflict")
        assert api.get(f"/v1/jobs/{seed.FAILED}").status_code == 200
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 200


def test_422_once_a_storys_model_is_gone(api: httpx.Client, enter: Enter) -> None:
    with enter("the model of the job's story was retired") as injected:
        answer = api.get(f"/v1/jobs/{injected['job_id']}")
        assert_refused(answer, 422, "model_not_capable")
        assert answer.json()["details"] == {"model": "sketch-1"}
        assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 200
    assert api.get(f"/v1/jobs/{injected['job_id']}").status_code == 200


def test_451_for_withheld_content(api: httpx.Client) -> None:
    assert_refused(api.get(f"/v1/jobs/{seed.WITHHELD}"), 451, "content_rejected")


def test_500_is_a_fault_that_nobody_expected(api: httpx.Client, enter: Enter) -> None:
    with enter("the store is unreadable"):
        answer = api.get(f"/v1/jobs/{seed.PENDING}")
        assert_refused(answer, 500, "internal_error")
        assert "jobs.db" not in answer.text
    assert api.get(f"/v1/jobs/{seed.PENDING}").status_code == 200


def test_502_without_the_signer_which_only_completed_jobs_need(api: httpx.Client, enter: Enter) -> None:
    with enter("the image signer is down"):
        assert_refused(api.get(f"/v1/jobs/{seed.COMPLETED}"), 502, "bad_gateway")
        assert api.get(f"/v1/jobs/{seed.PENDING}").status_code == 200
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 200


def test_503_says_when_to_come_back(api: httpx.Client, enter: Enter) -> None:
    with enter("the service is under maintenance"):
        answer = api.get(f"/v1/jobs/{seed.COMPLETED}")
        assert_refused(answer, 503, "service_unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert api.get("/healthz").status_code == 200
    assert api.get(f"/v1/jobs/{seed.COMPLETED}").status_code == 200
