"""A Debian package from a staged folder: what Debian's policy wants beside it, and cpack."""

import gzip
import pathlib
import re
import shutil
import subprocess
import time

from fetching.cache import FetchError
from packaging.bundle import call

NEEDED_TOOLS = {"file": "file", "dpkg-shlibdeps": "dpkg-dev"}  # of cpack, and the Debian package of each

_MAINTAINER = re.compile(r"[^<>\n,]+ <[^<>@\s]+@[^<>@\s]+>")


def maintainer(given: str | None, environment: dict[str, str], root: pathlib.Path) -> str:
    """Who answers for the package: given, or as Debian's tools are told, or who commits here."""
    name, mail = environment.get("DEBFULLNAME"), environment.get("DEBEMAIL")
    if given is None and not (name and mail):
        name, mail = (subprocess.run(["git", "-C", root, "config", key], stdout=subprocess.PIPE, text=True,
                                     check=False).stdout.strip() for key in ("user.name", "user.email"))
    who = given if given is not None else f"{name} <{mail}>"
    if not _MAINTAINER.fullmatch(who):
        raise FetchError(f"'{who}' is no maintainer: give one with --maintainer 'Name <mail@host>', or set DEBFULLNAME "
                         "and DEBEMAIL")
    return who


def changelog(version: str, commit: str, who: str, time_s: int) -> str:
    day = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(time_s))
    return (f"edgebench ({version}) unstable; urgency=medium\n\n  * Built from commit {commit}.\n\n"
            f" -- {who}  {day}\n")


def compress(file: pathlib.Path) -> None:
    """As Debian's policy wants it: best, and without name and time."""
    data = file.read_bytes()
    file.unlink()
    with file.with_name(file.name + ".gz").open("wb") as out, \
            gzip.GzipFile(filename="", fileobj=out, mode="wb", compresslevel=9, mtime=0) as zipped:
        zipped.write(data)


def add_documents(stage: pathlib.Path, copyright_file: pathlib.Path, overrides: pathlib.Path, history: str) -> None:
    folder = stage / "share" / "doc" / "edgebench"
    folder.mkdir(parents=True)
    shutil.copy(copyright_file, folder / "copyright")
    (folder / "changelog").write_text(history, encoding="utf-8")
    compress(folder / "changelog")
    compress(stage / "share" / "man" / "man1" / "edgebench.1")
    (stage / "share" / "lintian" / "overrides").mkdir(parents=True)
    shutil.copy(overrides, stage / "share" / "lintian" / "overrides" / "edgebench")


def set_modes(stage: pathlib.Path) -> None:
    """Whatever the umask of who builds is: all may read, root may write, and no library is a program."""
    for path in stage.rglob("*"):
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 and path.suffix != ".so" else 0o644)


def make(build: pathlib.Path, stage: pathlib.Path, out: pathlib.Path, settings: dict[str, str],
         compression: tuple[str, ...]) -> pathlib.Path:
    """Runs cpack with its `settings` on the staged folder, as /usr; returns the package."""
    for tool, package in NEEDED_TOOLS.items():
        if shutil.which(tool) is None:
            raise FetchError(f"there is no '{tool}', by which cpack finds what the package depends on: apt-get install "
                             f"{package}")
    work = stage.parent / "cpack"
    command = ["cpack", "-G", "DEB", "--config", build / "CPackConfig.cmake", "-B", work,
               "-D", "CPACK_INSTALL_CMAKE_PROJECTS=", "-D", f"CPACK_INSTALLED_DIRECTORIES={stage};/usr",
               "-D", "CPACK_PACKAGING_INSTALL_PREFIX=/", "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none"]
    for name, value in settings.items():
        command += ["-D", f"{name}={value}"]
    call(*command)
    made = list(work.glob("*.deb"))
    if len(made) != 1:
        raise FetchError(f"cpack left {len(made)} packages in {work} where one was due")
    return repack(made[0], out, compression)


def repack(package: pathlib.Path, out: pathlib.Path, compression: tuple[str, ...]) -> pathlib.Path:
    """Without the calls of ldconfig that cpack adds for any library one folder below /usr/lib, private ones, too; and
    with no time after SOURCE_DATE_EPOCH."""
    tree = package.with_suffix("")
    call("dpkg-deb", "--raw-extract", package, tree)
    for script in ("postinst", "postrm"):
        (tree / "DEBIAN" / script).unlink(missing_ok=True)
    call("dpkg-deb", "--root-owner-group", *compression, "--build", tree, out / package.name)
    return out / package.name
