from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Error")


@_attrs_define
class Error:
    """An error as it may look. The service does not document one for these calls: this schema permits both shapes that are
    known from elsewhere, `error` with `details` and `status` with `message` and `data`, and anything besides. Nothing
    in it is required.

        Attributes:
            error (str | Unset): What went wrong, in the Java client's shape.
            details (Any | Unset): More about it, of any type, in the Java client's shape.
            status (str | Unset): "success" or "error", in the shape of another page of the documentation.
            message (str | Unset): What went wrong, in the shape of another page of the documentation.
            data (Any | Unset): More about it, of any type, in the shape of another page of the documentation.
    """

    error: str | Unset = UNSET
    details: Any | Unset = UNSET
    status: str | Unset = UNSET
    message: str | Unset = UNSET
    data: Any | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        error = self.error

        details = self.details

        status = self.status

        message = self.message

        data = self.data

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if error is not UNSET:
            field_dict["error"] = error
        if details is not UNSET:
            field_dict["details"] = details
        if status is not UNSET:
            field_dict["status"] = status
        if message is not UNSET:
            field_dict["message"] = message
        if data is not UNSET:
            field_dict["data"] = data

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        error = d.pop("error", UNSET)

        details = d.pop("details", UNSET)

        status = d.pop("status", UNSET)

        message = d.pop("message", UNSET)

        data = d.pop("data", UNSET)

        error = cls(
            error=error,
            details=details,
            status=status,
            message=message,
            data=data,
        )

        error.additional_properties = d
        return error

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
