"""What the API's document says, as far as the client has to know it while it runs. Data, and nothing else."""

from typing import Any

from ._operations import Operation, Scheme

TITLE = "Generation Jobs"
DISTRIBUTION = "generation-jobs-client"
VERSION = "1.0.5"
SERVER: str | None = "https://api.generation-jobs.example"
BASE_URL_VARIABLE = "GENERATION_JOBS_BASE_URL"

SCHEMES: tuple[Scheme, ...] = (
    Scheme(
        name="bearer",
        argument="api_key",
        variable="GENERATION_JOBS_API_KEY",
        kind="bearer",
        place="header",
        parameter="Authorization",
    ),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation(
        method="GET",
        path="/v1/jobs/{}",
        security=(("bearer",),),
        success=("200",),
        responses={
            "200": {"ref": "/components/schemas/Job"},
            "400": {"ref": "/components/schemas/Error"},
            "401": {"ref": "/components/schemas/Error"},
            "402": {"ref": "/components/schemas/Error"},
            "403": {"ref": "/components/schemas/Error"},
            "404": {"ref": "/components/schemas/Error"},
            "409": {"ref": "/components/schemas/Error"},
            "422": {"ref": "/components/schemas/Error"},
            "429": {"ref": "/components/schemas/Error"},
            "451": {"ref": "/components/schemas/Error"},
            "500": {"ref": "/components/schemas/Error"},
            "502": {"ref": "/components/schemas/Error"},
            "503": {"ref": "/components/schemas/Error"},
        },
    ),
)

SCHEMAS: dict[str, Any] = {
    "/components/schemas/Error": {
        "types": ["object"],
        "properties": {
            "details": {},
            "error": {"types": ["string"]},
            "message": {"types": ["string"]},
            "request_id": {"types": ["string"]},
        },
        "required": ["error", "message"],
    },
    "/components/schemas/Job": {
        "types": ["object"],
        "properties": {
            "completed_at": {"types": ["string", "null"], "format": "date-time"},
            "created_at": {"types": ["string"], "format": "date-time"},
            "error": {"ref": "/components/schemas/JobError"},
            "job_id": {"types": ["string"], "format": "uuid"},
            "result": {},
            "scenes_completed": {"types": ["integer"]},
            "scenes_total": {"types": ["integer"]},
            "started_at": {"types": ["string", "null"], "format": "date-time"},
            "status": {"types": ["string"]},
        },
        "required": ["job_id", "status", "created_at"],
    },
    "/components/schemas/JobError": {
        "types": ["object"],
        "properties": {"code": {"types": ["string"]}, "message": {"types": ["string"]}},
        "required": ["code", "message"],
    },
}
