"""A file that came packed by gzip becomes the file inside, as a stream and within limits."""

import os
import zlib
from pathlib import Path

from catalog.products.imports.problems import Refused

CHUNK = 1 << 18  # bytes
MAX_RATIO = 200  # real tables pack to a tenth or a thirtieth
MIN_BOMB = 8 << 20  # bytes; below that no ratio is worth a refusal


def unpack(path: Path, *, limit: int) -> None:
    """Replace the file by what it holds, if it is packed; `limit` is in bytes."""
    with path.open("rb") as file:
        if file.read(2) != b"\x1f\x8b":
            return
    inside = path.with_suffix(".unpacked")
    try:
        _inflate(path, inside, min(limit, max(MIN_BOMB, MAX_RATIO * path.stat().st_size)))
        os.replace(inside, path)
    except zlib.error as error:
        raise Refused("broken_gzip") from error
    finally:
        inside.unlink(missing_ok=True)


def _inflate(path: Path, inside: Path, limit: int) -> None:
    n_bytes, stream = 0, zlib.decompressobj(wbits=31)
    with path.open("rb") as file, os.fdopen(_private(inside), "wb") as out:
        while chunk := file.read(CHUNK):
            while chunk and not stream.eof:
                piece = stream.decompress(chunk, CHUNK)
                chunk = stream.unconsumed_tail
                n_bytes += len(piece)
                if n_bytes > limit:
                    raise Refused("unpacks_too_large", limit=limit >> 20)
                out.write(piece)
        out.write(stream.flush())
    if not stream.eof:
        raise Refused("broken_gzip")


def _private(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
