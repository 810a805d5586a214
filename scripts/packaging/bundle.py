"""The folder that a package is made of: what the build installs, ONNX Runtime, models, licences; and for a bundle,
which needs nothing installed, the libraries of all these."""

import dataclasses
import hashlib
import json
import pathlib
import re
import shutil
import subprocess

from fetching.cache import FetchError, file_digest

PRIVATE = pathlib.Path("lib/edgebench")  # where program and providers look for the libraries that come with them

# The board's own: another C library's loader would not find the board's drivers.
OF_THE_BOARD = re.compile(r"(ld-linux.*|lib(c|m|dl|pthread|rt|resolv|util))\.so\.\d+")
# Drivers of GPUs need these, too, and may need newer ones than ours: so ours are for boards that have none.
OF_DRIVERS_TOO = re.compile(r"lib(stdc\+\+|gcc_s|z|zstd|lzma|ffi|xml2|tinfo)\.so\.\d+")
SPARE = PRIVATE / "spare"

RUN = """#!/bin/sh
# Measures: ./run --help
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd) || exit 1
# Libraries that drivers need, too: ours, where the system has none.
if ! "$here/bin/edgebench" --version >/dev/null 2>&1; then
  LD_LIBRARY_PATH=$here/lib/edgebench/spare${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}
  export LD_LIBRARY_PATH
fi
exec "$here/bin/edgebench" run "$@"
"""


@dataclasses.dataclass(frozen=True)
class Target:
    """The machine that a package is for."""
    machine: str  # as `uname -m` says
    folders: tuple[pathlib.Path, ...]  # where its shared libraries are on this machine
    tool_prefix: str = ""  # of binutils
    packages: str = "build"  # the set of scripts/setup that brings those libraries


def call(*command: str | pathlib.Path) -> str:
    words = [str(word) for word in command]
    try:
        done = subprocess.run(words, stdout=subprocess.PIPE, text=True, check=False)
    except FileNotFoundError as error:
        raise FetchError(f"there is no '{words[0]}' on PATH: run scripts/setup") from error
    if done.returncode != 0:
        raise FetchError(f"{' '.join(words[:3])} ended with code {done.returncode}: see its message above")
    return done.stdout


def is_binary(path: pathlib.Path) -> bool:
    """A program or a library; no script."""
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def binaries(stage: pathlib.Path) -> list[pathlib.Path]:
    files = [*stage.glob("bin/*"), *stage.glob("lib/**/*")]
    return sorted(path for path in files if path.is_file() and is_binary(path))


def needed(files: list[pathlib.Path], target: Target) -> list[str]:
    """The names of the shared libraries that any of them needs."""
    return sorted(set(re.findall(r"\(NEEDED\)\s+Shared library: \[(.+)\]",
                                 call(f"{target.tool_prefix}readelf", "-d", *files))))


def find_library(name: str, target: Target) -> pathlib.Path:
    for folder in target.folders:
        if (folder / name).exists():
            return folder / name
    raise FetchError(f"{name} is in none of {', '.join(map(str, target.folders))}: run scripts/setup {target.packages}")


def add_libraries(stage: pathlib.Path, target: Target) -> list[pathlib.Path]:
    """Copies what the binaries need and a board may not have; returns where each came from."""
    taken: dict[str, pathlib.Path] = {}
    copies, todo = [], binaries(stage)
    while todo:
        names = [name for name in needed(todo, target) if name not in taken and not OF_THE_BOARD.fullmatch(name)
                 and not (stage / PRIVATE / name).exists()]
        todo = []
        for name in names:
            taken[name] = find_library(name, target)
            folder = stage / (SPARE if OF_DRIVERS_TOO.fullmatch(name) else PRIVATE)
            folder.mkdir(parents=True, exist_ok=True)
            todo.append(pathlib.Path(shutil.copy(taken[name], folder / name)))
            todo[-1].chmod(0o644)
        copies += todo
    if copies:
        call(f"{target.tool_prefix}strip", "--strip-unneeded", *copies)
    return [taken[name] for name in sorted(taken)]


def add_runtime(stage: pathlib.Path, runtime: pathlib.Path) -> None:
    """As it came: results are compared by its hash."""
    (stage / PRIVATE).mkdir(parents=True, exist_ok=True)
    shutil.copy(runtime / "lib" / "libonnxruntime.so.1", stage / PRIVATE)
    (stage / PRIVATE / "libonnxruntime.so.1").chmod(0o644)


def owners(files: list[pathlib.Path]) -> dict[pathlib.Path, str]:
    """The Debian package of each."""

    def spellings(file: pathlib.Path) -> list[str]:
        """dpkg knows a file by the path it was installed to, before /lib became a link to /usr/lib."""
        short = str(file).removeprefix("/usr")
        return [short, "/usr" + short]

    paths = [spelling for file in files for spelling in spellings(file)]
    said = subprocess.run(["dpkg-query", "-S", *paths], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                          check=False).stdout
    # "libz1:amd64, libz-other:amd64: /lib/libz.so.1"; a line of a diversion has its path at the end, too.
    lines = [line.rsplit(": ", 1) for line in said.splitlines() if not line.startswith("diversion by ")]
    packages = {path: names for names, path in lines}
    found = {}
    for file in files:
        names = [packages[spelling] for spelling in spellings(file) if spelling in packages]
        if not names:
            raise FetchError(f"{file} belongs to no Debian package, so its licence is not known")
        found[file] = names[0].split(",")[0].split(":")[0]
    return found


def add_licences(stage: pathlib.Path, texts: dict[str, pathlib.Path], libraries: list[pathlib.Path],
                 documents: pathlib.Path = pathlib.Path("/usr/share/doc")) -> None:
    """The texts, by name, and that of each library's package."""
    folder = stage / "licences"
    folder.mkdir()
    for name, text in texts.items():
        shutil.copy(text, folder / name)
    for package in sorted(set(owners(libraries).values())):
        shutil.copy(documents / package / "copyright", folder / package)


def add_models(stage: pathlib.Path, models: pathlib.Path, zoo: pathlib.Path, wanted: list[str]) -> None:
    """Those of the wanted workloads and groups that are there, with a list of their licences."""
    lines = []
    for manifest in sorted(zoo.glob("*/*.json")):
        name = manifest.relative_to(zoo).with_suffix("")
        if not {str(name), name.parts[0]} & set(wanted) or not (models / name).is_dir():
            continue
        shutil.copytree(models / name, stage / "share" / "edgebench" / "models" / name)
        facts = json.loads(manifest.read_text(encoding="utf-8"))
        lines.append(f"{name}: {facts['licence']}\n")
    if not lines:
        raise FetchError(f"{models} has no model of {', '.join(wanted)}: run scripts/fetch zoo, or use --models none")
    (stage / "share" / "edgebench" / "models" / "LICENCES").write_text("".join(lines), encoding="utf-8")


def add_run_script(stage: pathlib.Path) -> None:
    (stage / "run").write_text(RUN, encoding="utf-8")
    (stage / "run").chmod(0o755)


def oldest_c_library(stage: pathlib.Path, target: Target) -> str:
    """The version of glibc without which something in it does not start."""
    text = call(f"{target.tool_prefix}readelf", "-V", *binaries(stage))
    versions = {(int(major), int(minor)) for major, minor in re.findall(r"GLIBC_(\d+)\.(\d+)", text)}
    return "{}.{}".format(*max(versions))


def write_sums(stage: pathlib.Path) -> str:
    """SHA256SUMS of all files, in the form of sha256sum; returns the bundle's own sum, which is that file's."""
    lines = [f"{file_digest(path)}  {path.relative_to(stage)}\n"
             for path in sorted(stage.rglob("*")) if path.is_file()]
    text = "".join(lines)
    (stage / "SHA256SUMS").write_text(text, encoding="utf-8")
    return hashlib.sha256(text.encode()).hexdigest()
