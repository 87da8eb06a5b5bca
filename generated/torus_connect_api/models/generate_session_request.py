from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GenerateSessionRequest")


@_attrs_define
class GenerateSessionRequest:
    """The credentials of the merchant, issued when he is onboarded.

    Attributes:
        api_key (str): The merchant's API key. It is also a path segment of the login URL. Example: demo-api-key.
        api_secret (str): The merchant's API secret. It belongs on a server, never in a browser or an app. Example:
            demo-api-secret-not-real.
    """

    api_key: str
    api_secret: str

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        api_secret = self.api_secret

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "API_KEY": api_key,
                "API_SECRET": api_secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        api_key = d.pop("API_KEY")

        api_secret = d.pop("API_SECRET")

        generate_session_request = cls(
            api_key=api_key,
            api_secret=api_secret,
        )

        return generate_session_request
