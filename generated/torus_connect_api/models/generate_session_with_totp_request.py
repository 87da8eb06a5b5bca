from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="GenerateSessionWithTotpRequest")


@_attrs_define
class GenerateSessionWithTotpRequest:
    """The merchant's API key, and the current code of the user's authenticator app.

    Attributes:
        api_key (str): The merchant's API key. Example: demo-api-key.
        totp (str): The code that the authenticator app shows. How many digits it has, how long it is good and which
            hash makes it are not documented; six digits, 30 seconds and SHA-1 are usual. Example: 000000.
    """

    api_key: str
    totp: str

    def to_dict(self) -> dict[str, Any]:
        api_key = self.api_key

        totp = self.totp

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "API_KEY": api_key,
                "TOTP": totp,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        api_key = d.pop("API_KEY")

        totp = d.pop("TOTP")

        generate_session_with_totp_request = cls(
            api_key=api_key,
            totp=totp,
        )

        return generate_session_with_totp_request
