"""What all models of replies have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import ClassVar, Self

from attrs import define, field


@define(kw_only=True)
class ReplyModel:
    """An object of a reply: each field is `None` where it is missing, null, or cannot be read.

    Attributes:
        raw: the object as it was decoded, with what cannot be read and what the document does not know.
    """

    WIRE_NAMES: ClassVar[Mapping[str, str]] = {}
    """By the name of the attribute: what the field is called in the reply."""

    raw: Mapping[str, object] = field(factory=dict[str, object], repr=False, eq=False)

    @classmethod
    def from_dict(cls, data: Mapping[str, object]) -> Self:
        """Read an object of a reply."""
        return cls(raw=data)

    @classmethod
    def parse(cls, data: object) -> Self:
        """Read a whole reply.

        Raises:
            ValueError: it is no object, or lacks a field that it must have.
        """
        if not isinstance(data, Mapping):
            raise ValueError("the reply is no object")
        return cls.from_dict(data)

    @property
    def additional_properties(self) -> dict[str, object]:
        """The fields that the document does not know, as they were decoded."""
        known = set(self.WIRE_NAMES.values())
        return {name: value for name, value in self.raw.items() if name not in known}

    def to_dict(self, *, decimals: Callable[[Decimal], object] | None = None) -> dict[str, object]:
        """Return all fields by the names that the service gives them, for a table or a file; secrets and PAN, too.

        Args:
            decimals: what to make of each `Decimal`. `float`, which pandas and polars compute with, loses digits: do
                not send on, or sum up, what comes of it. Without it, a `Decimal` stays one.
        """
        fields = {wire: getattr(self, name) for name, wire in self.WIRE_NAMES.items()}
        return {name: _plain(value, decimals) for name, value in (fields | self.additional_properties).items()}


def _plain(value: object, decimals: Callable[[Decimal], object] | None) -> object:
    if isinstance(value, ReplyModel):
        return value.to_dict(decimals=decimals)
    if isinstance(value, Mapping):
        return {key: _plain(each, decimals) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, decimals) for each in value]
    return decimals(value) if decimals is not None and isinstance(value, Decimal) else value
