"""ONNX Runtime: a copy the user has, or the pinned release from npm (library) and its C headers."""

import dataclasses
import hashlib
import os
import pathlib
import platform
import re

from fetching.archives import unpack_tar, unpack_zip_folder
from fetching.cache import Cache, FetchError, check_free_space, file_digest, human_size, say, tree_size
from fetching.sources import Fetcher, NpmSource

# Before API version 24 (ONNX Runtime 1.24) the runtime cannot say where it placed each node.
MIN_API_VERSION = 24


@dataclasses.dataclass(frozen=True)
class Release:
    version: str
    library_source: NpmSource
    libraries: dict[str, tuple[str, str]]  # machine -> (path in the tarball, sha256 of the file)
    headers_source: NpmSource
    headers_archive: str  # path in that tarball of a zip archive whose folder headers/ we want
    headers_sha256: str  # of the header folder, see folder_digest()
    licence: str = "package/LICENSE"  # path in the tarball of the headers


RELEASE = Release(
    version="1.30.0",
    library_source=NpmSource(
        "onnxruntime-node@1.30.0",
        sha256="6e3390d6b783e7be946fad629292799da28d0b42f84856e50d2c1b0383291e75",
        sha512="twhs1C2C/BFkz1yc5OY0KIU2GUq6DURO7hD4bx5Q2Qy3nAMJwRXW8xU3NVczE29VA9lolLOYepoD8fjTGOfIqw==",
        size_bytes=113507888),
    libraries={
        "x86_64": ("package/bin/napi-v6/linux/x64/libonnxruntime.so.1",
                   "ffb75a925ba05e47b235bb66e3e3911714a80b328a9c9425539feb204aa32a23"),
        "aarch64": ("package/bin/napi-v6/linux/arm64/libonnxruntime.so.1",
                    "1f549d46250b005580b597f4164984aaf75b3bcb9f3aeb07c7f8a8fe60b23c76"),
    },
    headers_source=NpmSource(
        "com.github.asus4.onnxruntime@0.4.9",
        sha256="e59788788818fdde1b2e522e766a21ba0f7d8391de55737abf81e32cc801785d",
        sha512="BkzxduSZ9IkeDP6Q8lz2TFU2ie7hSSvS7ZIfzMooExoq0CNzJnuuGaUJ7IsojBgqO4ouD1jXah8OYyJbCN29Fg==",
        size_bytes=149786233),
    headers_archive="package/Plugins/Android/onnxruntime.aar",
    headers_sha256="fe61d9be5598aa7a256ad849693041803214ddd8fbdbbbc31521bad958629060")


def folder_digest(folder: pathlib.Path) -> str:
    """One sha256 over the names and contents of the files directly inside `folder`."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digest.update(f"{path.name} {file_digest(path)}\n".encode())
    return digest.hexdigest()


def api_version(header: pathlib.Path) -> int:
    """ORT_API_VERSION of an onnxruntime_c_api.h; 0 where it cannot be read."""
    try:
        text = header.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    found = re.search(r"^#define ORT_API_VERSION (\d+)", text, re.MULTILINE)
    return int(found[1]) if found else 0


def given_copy() -> pathlib.Path | None:
    """The folder in ONNXRUNTIME_ROOT, checked; None where the variable is not set."""
    value = os.environ.get("ONNXRUNTIME_ROOT")
    if not value:
        return None
    root = pathlib.Path(value)
    if not any(root.glob("include/**/onnxruntime_c_api.h")) or not any(root.glob("lib/libonnxruntime.*")):
        raise FetchError(f"ONNXRUNTIME_ROOT={value} must hold include/onnxruntime_c_api.h and lib/libonnxruntime.so: "
                         "correct it, or unset it to have ONNX Runtime fetched")
    return root


def system_copy(prefix: pathlib.Path) -> pathlib.Path | None:
    """The distribution's include folder, if it has headers and library of a version new enough."""
    include = prefix / "include" / "onnxruntime"
    libraries = [*prefix.glob("lib/libonnxruntime.so*"), *prefix.glob("lib/*-linux-gnu/libonnxruntime.so*")]
    if not libraries or not (include / "onnxruntime_c_api.h").is_file():
        return None
    version = api_version(include / "onnxruntime_c_api.h")
    if version < MIN_API_VERSION:
        say(f"ONNX Runtime: the system's copy has API version {version}, too old to report placement (needs "
            f"{MIN_API_VERSION}): not used")
        return None
    return include


def is_installed(folder: pathlib.Path, release: Release, library_sha256: str) -> bool:
    library, include = folder / "lib" / "libonnxruntime.so.1", folder / "include"
    return (library.is_file() and include.is_dir() and folder_digest(include) == release.headers_sha256
            and file_digest(library) == library_sha256)


def ensure(cache: Cache, fetcher: Fetcher, release: Release = RELEASE,
           system: pathlib.Path = pathlib.Path("/usr")) -> None:
    """Makes sure that there is a runtime; fetches one only where the user and the system have none."""
    if root := given_copy():
        say(f"ONNX Runtime: using ONNXRUNTIME_ROOT={root}")
        return
    if include := system_copy(system):
        say(f"ONNX Runtime: using the system's copy ({include})")
        return
    machine = platform.machine()
    if machine not in release.libraries:
        raise FetchError(f"{release.library_source.spec} has no library for {platform.system()} {machine}: build or "
                         "install ONNX Runtime and set ONNXRUNTIME_ROOT to its folder")
    path, sha256 = release.libraries[machine]
    if is_installed(cache.onnxruntime, release, sha256):
        say(f"ONNX Runtime {release.version}: ready")
        return
    install(cache, fetcher, release, path, sha256)


def install(cache: Cache, fetcher: Fetcher, release: Release, path: str, sha256: str) -> None:
    """Keeps library, headers and licence; drops the tarballs, of which they are less than a fifth."""
    check_free_space(cache.root, 3 * (release.library_source.size_bytes + release.headers_source.size_bytes))
    staging = cache.scratch("onnxruntime")
    unpacked = cache.scratch("unpacked")
    tarballs = [fetcher.npm(release.library_source), fetcher.npm(release.headers_source)]
    unpack_tar(tarballs[0], unpacked, frozenset({path}))
    unpack_tar(tarballs[1], unpacked, frozenset({release.headers_archive, release.licence}))
    (staging / "lib").mkdir()
    (staging / "include").mkdir()
    unpack_zip_folder(unpacked / release.headers_archive, "headers", staging / "include")
    (unpacked / path).rename(staging / "lib" / "libonnxruntime.so.1")
    (unpacked / release.licence).rename(staging / "LICENSE")
    if not is_installed(staging, release, sha256):
        raise FetchError(f"the files inside {release.library_source.spec} or {release.headers_source.spec} do not "
                         "have the pinned sha256")
    cache.install(staging, cache.onnxruntime)
    for tarball in tarballs:
        tarball.unlink()
    size = human_size(tree_size(cache.onnxruntime))
    say(f"ONNX Runtime {release.version}: installed in {cache.onnxruntime} ({size})")
