"""A .tar.gz that is the same whenever it is made of the same files."""

import gzip
import pathlib
import tarfile


def write(folder: pathlib.Path, archive: pathlib.Path, time_s: int, level: int) -> None:
    """The folder under its own name; every file is root's, and of `time_s` after 1970."""

    def plain(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = "root"
        member.mtime = time_s
        member.mode = 0o755 if member.isdir() or member.mode & 0o100 else 0o644
        return member

    part = archive.with_name(archive.name + ".part")
    with part.open("wb") as file, \
            gzip.GzipFile(filename="", fileobj=file, mode="wb", compresslevel=level, mtime=time_s) as zipped, \
            tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in [folder, *sorted(folder.rglob("*"))]:
            tar.add(path, arcname=path.relative_to(folder.parent), recursive=False, filter=plain)
    part.replace(archive)
