"""Unpacks archives that are not trusted: no path leaves the folder, no links, bounded size."""

import pathlib
import shutil
import tarfile
import zipfile
import zlib

from fetching.cache import FetchError

MAX_FILES = 100_000
MAX_BYTES = 2 << 30


def checked_name(name: str, archive: pathlib.Path) -> pathlib.PurePosixPath:
    path = pathlib.PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or "\\" in name or "\0" in name:
        raise FetchError(f"{archive.name} holds the unsafe path '{name}': it was not unpacked")
    return path


class _Unpacker:
    """Writes members below `out` and keeps count of what the archive really holds, not of what it claims."""

    def __init__(self, archive: pathlib.Path, out: pathlib.Path):
        self.archive, self.out = archive, out
        self.files = self.bytes = 0

    def write(self, name: str, size_bytes: int, stream) -> None:
        self.files += 1
        self.bytes += size_bytes
        if self.files > MAX_FILES or self.bytes > MAX_BYTES:
            raise FetchError(f"{self.archive.name} unpacks to more than {MAX_FILES} files or {MAX_BYTES} bytes")
        target = self.out / checked_name(name, self.archive)
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            shutil.copyfileobj(stream, file, 1 << 20)
        if target.stat().st_size != size_bytes:
            raise FetchError(f"{self.archive.name} is truncated inside '{name}'")


def unpack_tar(archive: pathlib.Path, out: pathlib.Path, only: frozenset[str] = frozenset()) -> None:
    """Unpacks the regular files of a .tgz below `out`; with `only`, just those, and all of those must be there."""
    unpacker = _Unpacker(archive, out)
    missing = set(only)
    try:
        with tarfile.open(archive, "r|gz") as tar:
            for member in tar:
                checked_name(member.name, archive)
                if member.isdir():
                    continue
                if not member.isreg():
                    raise FetchError(f"{archive.name} holds '{member.name}', which is not a plain file")
                if only and member.name not in only:
                    continue
                unpacker.write(member.name, member.size, tar.extractfile(member))
                missing.discard(member.name)
                if only and not missing:
                    return
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise FetchError(f"{archive.name} is truncated or no .tgz archive ({error})") from error
    if missing:
        raise FetchError(f"{archive.name} does not hold {', '.join(sorted(missing))}")
    if unpacker.files == 0:
        raise FetchError(f"{archive.name} holds no files")


def unpack_zip_folder(archive: pathlib.Path, folder: str, out: pathlib.Path) -> None:
    """Unpacks the files directly inside `folder` of a zip archive into `out`."""
    unpacker = _Unpacker(archive, out)
    try:
        with zipfile.ZipFile(archive) as bundle:
            for member in bundle.infolist():
                path = checked_name(member.filename, archive)
                if member.is_dir() or str(path.parent) != folder:
                    continue
                with bundle.open(member) as stream:
                    unpacker.write(path.name, member.file_size, stream)
    except (zipfile.BadZipFile, EOFError, zlib.error, NotImplementedError) as error:
        raise FetchError(f"{archive.name} is damaged or no zip archive ({error})") from error
    if unpacker.files == 0:
        raise FetchError(f"{archive.name} holds nothing in '{folder}'")
