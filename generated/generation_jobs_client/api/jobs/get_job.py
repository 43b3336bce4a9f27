from typing import Any
from urllib.parse import quote
from uuid import UUID

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.error import Error
from ...models.job import Job
from ...types import Response


def _get_kwargs(
    id: UUID,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/jobs/{id}".format(
            id=quote(str(id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Error | Job | None:
    if response.status_code == 200:
        response_200 = Job.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Error.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Error.from_dict(response.json())

        return response_401

    if response.status_code == 402:
        response_402 = Error.from_dict(response.json())

        return response_402

    if response.status_code == 403:
        response_403 = Error.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Error.from_dict(response.json())

        return response_404

    if response.status_code == 409:
        response_409 = Error.from_dict(response.json())

        return response_409

    if response.status_code == 422:
        response_422 = Error.from_dict(response.json())

        return response_422

    if response.status_code == 429:
        response_429 = Error.from_dict(response.json())

        return response_429

    if response.status_code == 451:
        response_451 = Error.from_dict(response.json())

        return response_451

    if response.status_code == 500:
        response_500 = Error.from_dict(response.json())

        return response_500

    if response.status_code == 502:
        response_502 = Error.from_dict(response.json())

        return response_502

    if response.status_code == 503:
        response_503 = Error.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Error | Job]:
    return Response(
        status_code=response.status_code,
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[Error | Job]:
    """Read one job

     Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
    background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
    For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
    whole output in `result`, with signed links to the images.

    Args:
        id (UUID):

    Raises:
        ApiError: The response is not as documented.
        ApiConnectionError: No response came. Not in time: ApiTimeoutError.

    Returns:
        Response[Error | Job]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    id: UUID,
    *,
    client: AuthenticatedClient,
) -> Error | Job | None:
    """Read one job

     Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
    background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
    For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
    whole output in `result`, with signed links to the images.

    Args:
        id (UUID):

    Raises:
        ApiError: The response is not as documented.
        ApiConnectionError: No response came. Not in time: ApiTimeoutError.

    Returns:
        Error | Job
    """

    return sync_detailed(
        id=id,
        client=client,
    ).parsed


async def asyncio_detailed(
    id: UUID,
    *,
    client: AuthenticatedClient,
) -> Response[Error | Job]:
    """Read one job

     Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
    background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
    For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
    whole output in `result`, with signed links to the images.

    Args:
        id (UUID):

    Raises:
        ApiError: The response is not as documented.
        ApiConnectionError: No response came. Not in time: ApiTimeoutError.

    Returns:
        Response[Error | Job]
    """

    kwargs = _get_kwargs(
        id=id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    id: UUID,
    *,
    client: AuthenticatedClient,
) -> Error | Job | None:
    """Read one job

     Tells how far a generation job has come and, at the end, what came of it. Jobs that run in the
    background, such as stories, are followed by asking again until `status` is `completed` or `failed`.
    For a story, `scenes_completed` and `scenes_total` show the progress. A `completed` job carries its
    whole output in `result`, with signed links to the images.

    Args:
        id (UUID):

    Raises:
        ApiError: The response is not as documented.
        ApiConnectionError: No response came. Not in time: ApiTimeoutError.

    Returns:
        Error | Job
    """

    return (
        await asyncio_detailed(
            id=id,
            client=client,
        )
    ).parsed
