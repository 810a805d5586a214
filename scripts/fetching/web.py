"""From npm, for the leaderboard: uPlot, which draws its charts and is embedded when the program is built, and
Playwright, which tests its pages in the system's Chromium."""

import dataclasses
import pathlib

from fetching.archives import unpack_tar
from fetching.cache import Cache, say
from fetching.sources import Fetcher, NpmSource

STAMP = "tarball.sha256"  # in the folder: what it was made from


@dataclasses.dataclass(frozen=True)
class Package:
    folder: str  # in the cache
    source: NpmSource
    files: frozenset[str] = frozenset()  # paths in the tarball that are wanted, put side by side; empty: the whole


UPLOT = Package("uplot", NpmSource(
    "uplot@1.6.32",
    sha256="4b8a8191e425658e3ea8c8c1314b0fc679c861ee3a1af2b20c7b16ba50b5133d",
    sha512="KIMVnG68zvu5XXUbC4LQEPnhwOxBuLyW1AHtpm6IKTXImkbLgkMy+jabjLgSLMasNuGGzQm/ep3tOkyTxpiQIw=="),
    files=frozenset({"package/dist/uPlot.iife.min.js", "package/dist/uPlot.min.css", "package/LICENSE"}))

PLAYWRIGHT = Package("playwright-core", NpmSource(
    "playwright-core@1.65.1",
    sha256="6f5a60be62a4fddfbe7d10c448d8fbd54547da3358f2f8a04211440471ee863e",
    sha512="hqPpz7blSMPxWVdoeE1yiBSzXsKiVOd2k+kjCvmUywD2GPO2Dd9HfcWnq9NN0GHbNZDFgZ9JfBFr+X5/BLo0qw==",
    size_bytes=3232772))


def is_installed(folder: pathlib.Path, package: Package) -> bool:
    try:
        return (folder / STAMP).read_text(encoding="ascii") == package.source.sha256
    except OSError:
        return False


def ensure(cache: Cache, fetcher: Fetcher, package: Package) -> None:
    folder = cache.root / package.folder
    if is_installed(folder, package):
        say(f"{package.source.spec}: ready")
        return
    unpacked, staging = cache.scratch("unpacked"), cache.scratch(package.folder)
    tarball = fetcher.npm(package.source)
    if package.files:
        unpack_tar(tarball, unpacked, package.files)
        for path in package.files:
            (unpacked / path).rename(staging / pathlib.Path(path).name)
    else:
        unpack_tar(tarball, unpacked)
        staging.rmdir()
        (unpacked / "package").rename(staging)
    (staging / STAMP).write_text(package.source.sha256, encoding="ascii")
    cache.install(staging, folder)
    say(f"{package.source.spec}: installed in {folder}")
