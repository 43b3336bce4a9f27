from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.job_status import JobStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.job_error import JobError


T = TypeVar("T", bound="Job")


@_attrs_define
class Job:
    """
    Attributes:
        created_at (datetime.datetime): When the job was accepted, in UTC.
        job_id (UUID): Identifies this job and no other.
        status (JobStatus): Where the job stands, one of pending, processing, completed and failed.
        completed_at (datetime.datetime | None | Unset): When the job ended, well or badly, in UTC. Left out of a job
            that is pending.
        error (JobError | Unset): Why the job failed. Only a job that failed has it.
        result (Any | Unset): Everything the job produced, in the form in which a synchronous request answers. Only a
            job that is completed has it.
        scenes_completed (int | Unset): How many scenes are done by now.
        scenes_total (int | Unset): How many scenes were asked for.
        started_at (datetime.datetime | None | Unset): When work on the job began, in UTC. Left out of a job that was
            not started.
    """

    created_at: datetime.datetime
    job_id: UUID
    status: JobStatus
    completed_at: datetime.datetime | None | Unset = UNSET
    error: JobError | Unset = UNSET
    result: Any | Unset = UNSET
    scenes_completed: int | Unset = UNSET
    scenes_total: int | Unset = UNSET
    started_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        job_id = str(self.job_id)

        status = self.status.value

        completed_at: None | str | Unset
        if isinstance(self.completed_at, Unset):
            completed_at = UNSET
        elif isinstance(self.completed_at, datetime.datetime):
            completed_at = self.completed_at.isoformat()
        else:
            completed_at = self.completed_at

        error: dict[str, Any] | Unset = UNSET
        if not isinstance(self.error, Unset):
            error = self.error.to_dict()

        result = self.result

        scenes_completed = self.scenes_completed

        scenes_total = self.scenes_total

        started_at: None | str | Unset
        if isinstance(self.started_at, Unset):
            started_at = UNSET
        elif isinstance(self.started_at, datetime.datetime):
            started_at = self.started_at.isoformat()
        else:
            started_at = self.started_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "job_id": job_id,
                "status": status,
            }
        )
        if completed_at is not UNSET:
            field_dict["completed_at"] = completed_at
        if error is not UNSET:
            field_dict["error"] = error
        if result is not UNSET:
            field_dict["result"] = result
        if scenes_completed is not UNSET:
            field_dict["scenes_completed"] = scenes_completed
        if scenes_total is not UNSET:
            field_dict["scenes_total"] = scenes_total
        if started_at is not UNSET:
            field_dict["started_at"] = started_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.job_error import JobError  # noqa: PLC0415

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        job_id = UUID(d.pop("job_id"))

        status = JobStatus(d.pop("status"))

        def _parse_completed_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_at_type_0 = datetime.datetime.fromisoformat(data)

                return completed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        completed_at = _parse_completed_at(d.pop("completed_at", UNSET))

        _error = d.pop("error", UNSET)
        error: JobError | Unset
        if isinstance(_error, Unset):
            error = UNSET
        else:
            error = JobError.from_dict(_error)

        result = d.pop("result", UNSET)

        scenes_completed = d.pop("scenes_completed", UNSET)

        scenes_total = d.pop("scenes_total", UNSET)

        def _parse_started_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                started_at_type_0 = datetime.datetime.fromisoformat(data)

                return started_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        started_at = _parse_started_at(d.pop("started_at", UNSET))

        job = cls(
            created_at=created_at,
            job_id=job_id,
            status=status,
            completed_at=completed_at,
            error=error,
            result=result,
            scenes_completed=scenes_completed,
            scenes_total=scenes_total,
            started_at=started_at,
        )

        job.additional_properties = d
        return job

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
