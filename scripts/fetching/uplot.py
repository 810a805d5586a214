"""uPlot, which draws the charts of the leaderboard: from npm, embedded when the program is built."""

import pathlib

from fetching.archives import unpack_tar
from fetching.cache import Cache, FetchError, file_digest, say
from fetching.sources import Fetcher, NpmSource

SOURCE = NpmSource(
    "uplot@1.6.32",
    sha256="4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d",
    sha512="KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw==")
FILES = {  # path in the tarball -> sha256
    "package/dist/uPlot.iife.min.js": "19c8d4c6ad88929a79f4ae49d6f7161566dfd0ba3d15cc495e974f787eb78f1f",
    "package/dist/uPlot.min.css": "df630c6a8d6f8eeaff264b50f73ce5b114f646ffd9a0bb74f049b0a00135fa04",
    "package/LICENSE": "8f989229699b4fe2f1a0432d0e9edc338a8a911e250e2d1b01ecd770a5f5b1bd",
}


def is_installed(folder: pathlib.Path) -> bool:
    return all((folder / pathlib.Path(path).name).is_file() and
               file_digest(folder / pathlib.Path(path).name) == sha256 for path, sha256 in FILES.items())


def ensure(cache: Cache, fetcher: Fetcher) -> None:
    folder = cache.root / "uplot"
    if is_installed(folder):
        say("uPlot: ready")
        return
    unpacked, staging = cache.scratch("unpacked"), cache.scratch("uplot")
    unpack_tar(fetcher.npm(SOURCE), unpacked, frozenset(FILES))
    for path in FILES:
        (unpacked / path).rename(staging / pathlib.Path(path).name)
    if not is_installed(staging):
        raise FetchError(f"the files inside {SOURCE.spec} do not have the pinned sha256")
    cache.install(staging, folder)
    say(f"uPlot: installed in {folder}")
