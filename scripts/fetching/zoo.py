"""Workloads: reads the manifests, fetches their sources and has models and samples made from them.

What a manifest pins is checked: sources and models by force, samples with a warning only, since drawn text and
synthesized speech may differ in a few bits between library versions; the program then marks the record unranked.
"""

import ast
import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import platform
import re
import subprocess
import sys
import time

from fetching.cache import Cache, FetchError, file_digest, human_size, say, tree_size
from fetching.sources import DebSource, Fetcher, NpmSource, check_sha256

SCHEMA = "edgebench.workload/1"
STAMP = "stamp.json"
MAKE_TIMEOUT_S = 3600
MAX_MANIFEST_BYTES = 1 << 20
_ID = re.compile(r"[a-z0-9-]+/[a-z0-9-]+(\.[a-z0-9-]+)*")
_FILE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*")
_MODULE = re.compile(r"[a-z][a-z0-9_]*")

# What the make process runs: it gets a folder of modules, a module's name, the sources and the output folder.
_RUNNER = """
import importlib, json, pathlib, sys
folder, name, sources, out = sys.argv[1:]
sys.path.insert(0, folder)
sources = {key: pathlib.Path(value) for key, value in json.loads(sources).items()}
importlib.import_module(name).make(sources, pathlib.Path(out))
"""

# numpy picks vector code by processor, and the last bit of exp() or sin() with it: the same code everywhere.
_NUMPY_FEATURES = ("SSSE3 SSE41 POPCNT SSE42 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX AVX512_CLX AVX512_CNL "
                   "AVX512_ICL")


@dataclasses.dataclass(frozen=True)
class Manifest:
    path: pathlib.Path
    id: str
    sources: tuple[NpmSource | DebSource, ...]
    module: str  # in the folder of make scripts; "" where the program itself makes the model or loads it
    files: tuple[tuple[str, str], ...]  # models: (file, sha256)
    data: tuple[str, str]  # samples: (file, sha256)


def load_manifest(path: pathlib.Path) -> Manifest:
    try:
        if path.stat().st_size > MAX_MANIFEST_BYTES:
            raise FetchError(f"the manifest {path} is larger than {MAX_MANIFEST_BYTES} bytes")
        raw = json.loads(path.read_bytes())
        if raw["schema"] != SCHEMA:
            raise FetchError(f"the manifest {path} has schema '{raw['schema']}' where {SCHEMA} is due")
        files = tuple((model["file"], model["sha256"]) for model in raw["models"].values())
        manifest = Manifest(path, raw["id"], read_sources(raw.get("sources", [])),
                            raw.get("make", "").removesuffix(".py"), files,
                            (raw["data"]["file"], raw["data"].get("sha256", "")))
        check_manifest(manifest)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FetchError(f"the manifest {path} is malformed ({type(error).__name__}: {error})") from error
    return manifest


def read_sources(entries: list[dict[str, str]]) -> tuple[NpmSource | DebSource, ...]:
    """npm packages and Debian packages, each once; the entries of one Debian package are its files."""
    packages: dict[str, NpmSource] = {}
    files = collections.defaultdict(list)
    for entry in entries:
        if "npm" in entry:
            source = NpmSource(entry["npm"], entry["sha256"], entry.get("sha512", ""))
            if packages.setdefault(source.name, source) != source:
                raise ValueError(f"npm package {source.name} is named twice")
        else:
            files[entry["deb"]].append((entry["file"], entry["sha256"]))
    return (*packages.values(), *(DebSource(name, tuple(pinned)) for name, pinned in files.items()))


def check_manifest(manifest: Manifest) -> None:
    if not _ID.fullmatch(manifest.id) or manifest.path.with_suffix("").parts[-2:] != tuple(manifest.id.split("/")):
        raise ValueError(f"the id '{manifest.id}' is not the folder and name of the file")
    if not manifest.module:
        return
    if not _MODULE.fullmatch(manifest.module):
        raise ValueError(f"'make' must name a Python file, not '{manifest.module}'")
    if not manifest.files:
        raise ValueError("no models")
    for file, sha256 in (*manifest.files, manifest.data):
        if not _FILE.fullmatch(file) or file == STAMP:
            raise ValueError(f"'{file}' is no plain file name")
        check_sha256(sha256, file)


def local_modules(make_folder: pathlib.Path, name: str) -> list[pathlib.Path]:
    """The file of a make script and of every module beside it that it imports, directly or not."""
    found: dict[str, pathlib.Path] = {}
    waiting = [name]
    while waiting:
        module = waiting.pop()
        path = make_folder / f"{module}.py"
        if module in found or not path.is_file():
            continue
        found[module] = path
        for node in ast.walk(ast.parse(path.read_bytes(), str(path))):
            if isinstance(node, ast.Import):
                waiting += [alias.name.split(".")[0] for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module:
                waiting.append(node.module.split(".")[0])
    return [found[module] for module in sorted(found)]


def recipe_digest(manifest: Manifest, make_folder: pathlib.Path) -> str:
    """Changes whenever the made files might: sources, expected files, make script and its modules."""
    digest = hashlib.sha256()
    digest.update(repr((manifest.id, manifest.sources, manifest.files, manifest.data)).encode())
    try:
        for path in local_modules(make_folder, manifest.module):
            digest.update(f"{path.name} {file_digest(path)}\n".encode())
    except SyntaxError as error:
        raise FetchError(f"{error.filename} is no valid Python ({error.msg}, line {error.lineno})") from error
    return digest.hexdigest()


def file_sizes(folder: pathlib.Path) -> dict[str, int]:
    return {str(path.relative_to(folder)): path.stat().st_size for path in sorted(folder.rglob("*"))
            if path.is_file() and path.name != STAMP}


def is_ready(folder: pathlib.Path, manifest: Manifest, recipe: str) -> bool:
    """True if `folder` was made by this recipe and is whole: models and samples by sha256, the rest by size."""
    try:
        stamp = json.loads((folder / STAMP).read_bytes())
        return (stamp["recipe"] == recipe and stamp["sizes"] == file_sizes(folder)
                and all(file_digest(folder / file) == sha256 for file, sha256 in manifest.files)
                and file_digest(folder / manifest.data[0]) == stamp["data_sha256"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def python_for_make() -> str:
    """Debian's numpy, PIL and onnx belong to /usr/bin/python3, whatever else is first on PATH."""
    if own := os.environ.get("EDGEBENCH_PYTHON"):
        return own
    return "/usr/bin/python3" if pathlib.Path("/usr/bin/python3").exists() else sys.executable


def make_environment(scratch: pathlib.Path) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key in ("PATH", "HOME") or key.startswith("OPENBLAS_")}
    fixed = {"LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0", "TMPDIR": str(scratch), "OMP_NUM_THREADS": "1",
             "OPENBLAS_NUM_THREADS": "1"}
    if platform.machine() == "x86_64":
        fixed["NPY_DISABLE_CPU_FEATURES"] = _NUMPY_FEATURES
    return kept | fixed


def run_make(manifest: Manifest, make_folder: pathlib.Path, sources: dict[str, str], out: pathlib.Path,
             scratch: pathlib.Path) -> None:
    """Runs the make script in a process of its own; what it prints is shown only if it fails."""
    if not (make_folder / f"{manifest.module}.py").is_file():
        raise FetchError(f"{manifest.id}: its make script {make_folder / manifest.module}.py does not exist")
    command = [python_for_make(), "-s", "-B", "-c", _RUNNER, str(make_folder), manifest.module, json.dumps(sources),
               str(out)]
    try:
        done = subprocess.run(command, cwd=scratch, env=make_environment(scratch), stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
                              timeout=MAKE_TIMEOUT_S, check=False)
    except FileNotFoundError as error:
        raise FetchError(f"there is no {command[0]}: run scripts/setup, or set EDGEBENCH_PYTHON to a Python 3 with "
                         "numpy, PIL and onnx") from error
    except subprocess.TimeoutExpired as error:
        raise FetchError(f"{manifest.id}: {manifest.module}.py did not finish within {MAKE_TIMEOUT_S} s") from error
    if done.returncode != 0:
        lines = done.stdout.strip().splitlines() or [f"it ended with code {done.returncode}"]
        print("\n".join(lines[-30:]), file=sys.stderr)
        raise FetchError(f"{manifest.id}: {manifest.module}.py failed ({lines[-1].strip()}): "
                         "run scripts/setup, then scripts/fetch again")


def check_made(manifest: Manifest, out: pathlib.Path) -> str:
    """Checks what the make script wrote; returns the sha256 of the samples."""
    for path in out.rglob("*"):
        if path.is_symlink() or not (path.is_file() or path.is_dir()):
            raise FetchError(f"{manifest.id}: {manifest.module}.py wrote {path.name}, which is not a plain file")
    for file, _ in (*manifest.files, manifest.data):
        if not (out / file).is_file():
            raise FetchError(f"{manifest.id}: {manifest.module}.py wrote no {file}")
    for file, sha256 in manifest.files:
        if (found := file_digest(out / file)) != sha256:
            raise FetchError(f"{manifest.id}: {file} was made with sha256 {found} but {sha256} is pinned in "
                             f"{manifest.path}: its make script or a library it uses has changed")
    file, sha256 = manifest.data
    if (found := file_digest(out / file)) != sha256:
        print(f"warning: {manifest.id}: {file} was made with sha256 {found} but {sha256} is pinned in "
              f"{manifest.path}: quality is still judged, but the results will not be ranked", file=sys.stderr)
    return found


def prepare(manifest: Manifest, make_folder: pathlib.Path, cache: Cache, fetcher: Fetcher) -> None:
    """Makes sure that cache.models/<id> is what the manifest asks for."""
    if not manifest.module:
        say(f"{manifest.id}: the program makes it")
        return
    target = cache.models / manifest.id
    recipe = recipe_digest(manifest, make_folder)
    if is_ready(target, manifest, recipe):
        say(f"{manifest.id}: ready")
        return
    start_s = time.monotonic()
    scratch, out = cache.scratch("make"), cache.scratch("out")
    sources = {}
    for number, source in enumerate(manifest.sources):
        folder = scratch / f"source{number}"
        folder.mkdir()
        unpack = fetcher.unpack_npm if isinstance(source, NpmSource) else fetcher.unpack_deb
        unpack(source, folder)
        sources[source.name] = str(folder)
    say(f"{manifest.id}: making model and samples with {manifest.module}.py")
    run_make(manifest, make_folder, sources, out, scratch)
    stamp = {"recipe": recipe, "data_sha256": check_made(manifest, out), "sizes": file_sizes(out)}
    (out / STAMP).write_text(json.dumps(stamp, indent=1) + "\n", encoding="utf-8")
    cache.install(out, target)
    say(f"{manifest.id}: made ({human_size(tree_size(target))} in {time.monotonic() - start_s:.0f} s)")
