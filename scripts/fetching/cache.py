"""The user's cache folder: its layout, its lock, and how a folder in it is replaced as a whole."""

import contextlib
import fcntl
import hashlib
import os
import pathlib
import shutil
import tempfile


class FetchError(Exception):
    """A failure the user can mend: one sentence that names the culprit and the remedy."""


def say(line: str) -> None:
    print(line, flush=True)


def human_size(size_bytes: int) -> str:
    if size_bytes < 1 << 20:
        return f"{size_bytes / (1 << 10):.0f} KiB"
    return f"{size_bytes / (1 << 20):.1f} MiB"


def file_digest(path: pathlib.Path, algorithm: str = "sha256") -> str:
    digest = hashlib.new(algorithm)
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def tree_size(folder: pathlib.Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def check_free_space(folder: pathlib.Path, needed_bytes: int) -> None:
    free_bytes = shutil.disk_usage(folder).free
    if free_bytes < needed_bytes:
        raise FetchError(f"{folder} has {human_size(free_bytes)} free but {human_size(needed_bytes)} are needed: "
                         "free some, or set EDGEBENCH_CACHE to a folder on a larger disk")


def default_root() -> pathlib.Path:
    if own := os.environ.get("EDGEBENCH_CACHE"):
        return pathlib.Path(own).absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (pathlib.Path(base) if base else pathlib.Path.home() / ".cache").absolute() / "edgebench"


class Cache:
    """Everything below `root` is ours. All writing happens inside `lock()`."""

    def __init__(self, root: pathlib.Path):
        self.root = root
        self.downloads = root / "downloads"
        self.onnxruntime = root / "onnxruntime"
        self.models = root / "models"
        self._scratch = root / "tmp"

    @contextlib.contextmanager
    def lock(self):
        """Waits for other fetches of this user, then clears what a killed one may have left."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "lock").open("w") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say("another scripts/fetch is at work: waiting for it")
                fcntl.flock(file, fcntl.LOCK_EX)
            shutil.rmtree(self._scratch, ignore_errors=True)
            for folder in (self.downloads, self.models, self._scratch):
                folder.mkdir(parents=True, exist_ok=True)
            try:
                yield self
            finally:
                shutil.rmtree(self._scratch, ignore_errors=True)

    def scratch(self, purpose: str) -> pathlib.Path:
        """A new empty folder on the cache's file system; it is gone when the lock is released."""
        return pathlib.Path(tempfile.mkdtemp(prefix=f"{purpose}-", dir=self._scratch))

    def install(self, made: pathlib.Path, target: pathlib.Path) -> None:
        """Puts the folder `made` in place of `target`: readers see the old, none, or the new; never a part."""
        target.parent.mkdir(parents=True, exist_ok=True)
        made.chmod(0o755)
        if target.exists() or target.is_symlink():
            target.rename(self.scratch("old") / "folder")
        made.rename(target)
