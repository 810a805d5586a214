"""Writes the FlatBuffers tables of a TFLite model, as small as a test needs them."""

import struct
import typing

# Writes something at the end of the data and gives its position.
Part = typing.Callable[[bytearray], int]


def table(**fields: Part | tuple[str, int]) -> Part:
    """Fields are named f0, f1, ...; a scalar is its struct format and its value, anything else a part."""
    def write(data: bytearray) -> int:
        slots = {int(name[1:]): value for name, value in fields.items()}
        count = max(slots, default=-1) + 1
        data += b"\0" * (-len(data) % 4)
        places = {index: 4 + 4 * number for number, index in enumerate(sorted(slots))}
        vtable = struct.pack("<HH", 4 + 2 * count, 4 + 4 * len(slots))
        vtable += b"".join(struct.pack("<H", places.get(index, 0)) for index in range(count))
        vtable += b"\0" * (-len(vtable) % 4)
        start = len(data) + len(vtable)
        data += vtable + struct.pack("<i", len(vtable)) + b"\0" * (4 * len(slots))
        for index, value in sorted(slots.items()):
            at = start + places[index]
            if isinstance(value, tuple):
                struct.pack_into("<" + value[0], data, at, value[1])
            else:
                struct.pack_into("<I", data, at, value(data) - at)
        return start
    return write


def raw(content: bytes, count: int | None = None) -> Part:
    """A vector of bytes; `count` elements, where they are wider than a byte."""
    def write(data: bytearray) -> int:
        data += b"\0" * (-len(data) % 4)
        start = len(data)
        data += struct.pack("<I", len(content) if count is None else count) + content
        return start
    return write


def text(content: str) -> Part:
    return raw(content.encode())


def integers(*values: int) -> Part:
    return raw(struct.pack(f"<{len(values)}i", *values), len(values))


def tables(*parts: Part) -> Part:
    def write(data: bytearray) -> int:
        start = raw(b"\0" * (4 * len(parts)), len(parts))(data)
        for number, part in enumerate(parts):
            at = start + 4 + 4 * number
            struct.pack_into("<I", data, at, part(data) - at)
        return start
    return write


def file(root: Part, identifier: bytes = b"TFL3") -> bytes:
    data = bytearray(b"\0\0\0\0" + identifier)
    struct.pack_into("<I", data, 0, root(data))
    return bytes(data)
