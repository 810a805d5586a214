"""Stand-ins for what the scripts reach out to: a registry of npm tarballs, npm, apt-get, and a workload."""

import contextlib
import gzip
import hashlib
import io
import json
import os
import pathlib
import stat
import subprocess
import sys
import tarfile
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.dont_write_bytecode = True
sys.path.insert(0, str(ROOT / "scripts"))

# `npm pack SPEC --pack-destination DIR ...`: copies from $FAKE_REGISTRY, logs each call, fails where told to.
FAKE_NPM = """#!{python}
import os, pathlib, shutil, sys
registry = pathlib.Path(os.environ["FAKE_REGISTRY"])
spec = sys.argv[2]
with (registry / "calls.log").open("a") as log:
    log.write(spec + "\\n")
tarball = registry / (spec.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")
if not tarball.is_file():
    sys.exit("npm error code ENOTFOUND\\nnpm error the registry did not answer")
shutil.copy(tarball, sys.argv[sys.argv.index("--pack-destination") + 1])
"""

# `apt-get ... download NAME` and `apt-get ... update`, from and into the current folder.
FAKE_APT_GET = """#!{python}
import os, pathlib, shutil, sys
registry = pathlib.Path(os.environ["FAKE_REGISTRY"])
with (registry / "calls.log").open("a") as log:
    log.write("apt-get " + " ".join(word for word in sys.argv[1:] if "=" not in word and word[0] != "-") + "\\n")
if sys.argv[-1] == "update":
    sys.exit(0)
package = registry / (sys.argv[-1] + "_1_all.deb")
if not package.is_file():
    sys.exit("E: Unable to locate package " + sys.argv[-1])
shutil.copy(package, ".")
"""


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def tarball(files: dict[str, bytes]) -> bytes:
    """A .tgz; a name that ends in '@' makes a symbolic link to the content."""
    buffer = io.BytesIO()
    # No time in the header: the same files give the same bytes, whenever they are packed.
    with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as zipped, tarfile.open(fileobj=zipped, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name.removesuffix("@"))
            if name.endswith("@"):
                member.type, member.linkname = tarfile.SYMTYPE, content.decode()
                tar.addfile(member)
            else:
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


class FakeWorld(unittest.TestCase):
    """A cache, a registry and a source tree of its own for each test; npm and apt-get are fakes on PATH."""

    def setUp(self):
        stack = contextlib.ExitStack()
        self.addCleanup(stack.close)
        self.base = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        self.cache, self.registry = self.base / "a cache", self.base / "registry"
        self.workloads, self.bin = self.base / "workloads", self.base / "bin"
        for folder in (self.registry, self.workloads / "make", self.workloads / "zoo", self.bin):
            folder.mkdir(parents=True)
        self.program("npm", FAKE_NPM.format(python=sys.executable))
        self.program("apt-get", FAKE_APT_GET.format(python=sys.executable))
        self.env = dict(os.environ, EDGEBENCH_CACHE=str(self.cache), FAKE_REGISTRY=str(self.registry),
                        PATH=f"{self.bin}{os.pathsep}{os.environ['PATH']}", EDGEBENCH_PYTHON=sys.executable)
        self.env.pop("ONNXRUNTIME_ROOT", None)

    def program(self, name: str, text: str) -> None:
        path = self.bin / name
        path.write_text(text, encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)

    def publish(self, spec: str, files: dict[str, bytes]) -> str:
        """Puts an npm package into the registry; returns the sha256 of its tarball."""
        data = tarball(files)
        (self.registry / (spec.lstrip("@").replace("/", "-").replace("@", "-") + ".tgz")).write_bytes(data)
        return sha256(data)

    def publish_deb(self, name: str, files: dict[str, bytes]) -> None:
        folder = self.base / "deb" / name
        control = f"Package: {name}\nVersion: 1\nArchitecture: all\nMaintainer: nobody\nDescription: test\n"
        for path, content in {"DEBIAN/control": control.encode(), **files}.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        subprocess.run(["dpkg-deb", "--root-owner-group", "-b", folder, self.registry / f"{name}_1_all.deb"],
                       check=True, capture_output=True)

    def calls(self) -> list[str]:
        log = self.registry / "calls.log"
        return log.read_text(encoding="utf-8").splitlines() if log.exists() else []

    def manifest(self, name: str, script: str, /, **changes) -> None:
        """Writes zoo/<name>.json and make/<script>, whose model is the package's file `weights` reversed."""
        weights = changes.pop("weights", b"weights")
        spec = changes.pop("spec", "@scope/net@1.0.0")
        content = {
            "schema": "edgebench.workload/1", "id": name, "make": script,
            "sources": [{"npm": spec, "sha256": self.publish(spec, {"package/weights": weights}), "licence": "MIT"}],
            "models": {"fp32": {"file": "model.onnx", "sha256": sha256(weights[::-1])}},
            "data": {"file": "samples.json", "sha256": sha256(b"{}"), "note": "none"},
            **changes,
        }
        path = self.workloads / "zoo" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(content), encoding="utf-8")

    def make_script(self, name: str, text: str) -> None:
        (self.workloads / "make" / name).write_text(text, encoding="utf-8")

    def fetch(self, *arguments: str) -> subprocess.CompletedProcess:
        command = [sys.executable, ROOT / "scripts" / "fetch", "--workloads-folder", self.workloads, *arguments]
        return subprocess.run(command, env=self.env, capture_output=True, text=True, check=False, cwd=self.base)
