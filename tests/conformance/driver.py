"""Models through ONNX Runtime by the driver program ep_run: requests, answers, crashes; and comparing what comes back."""

import dataclasses
import json
import os
import pathlib
import select
import subprocess
import tempfile
import typing

import numpy
import onnx
import onnx.mapping

RUN_TIMEOUT_S = 60.0
SKIP = 77  # how ep_run, and a test here, says that there is nothing to test with
CPU = "CPUExecutionProvider"


class NoDevice(Exception):
    """There is no runtime or no device to test with."""


@dataclasses.dataclass
class Outcome:
    """What one model did. `outputs` is empty unless it ran."""
    outputs: dict[str, numpy.ndarray] = dataclasses.field(default_factory=dict)
    assigned: dict[str, list[str]] = dataclasses.field(default_factory=dict)  # provider: operators
    refused: list[tuple[str, str]] = dataclasses.field(default_factory=list)  # operator and reason, by our provider
    phase: str = ""  # where it failed: inputs, open, run, outputs, crash
    error: str = ""

    def on_device(self) -> list[str]:
        return [op for provider, ops in self.assigned.items() if provider != CPU for op in ops]

    def on_host(self) -> list[str]:
        return self.assigned.get(CPU, [])


def default_runtime() -> pathlib.Path:
    """Where scripts/fetch puts the runtime, or the user's own."""
    cache = os.environ.get("EDGEBENCH_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "edgebench")
    roots = [os.environ.get("ONNXRUNTIME_ROOT"), os.path.join(cache, "onnxruntime")]
    files = [pathlib.Path(root) / "lib/libonnxruntime.so.1" for root in roots if root]
    return next((file for file in files if file.exists()), files[-1])


class Driver:
    """One ep_run at a time; a new one after a crash."""

    def __init__(self, build: pathlib.Path, backend: str):
        build = build.resolve()
        self._command = [str(build / "tests/conformance/ep_run"), str(default_runtime()),
                         str(build / f"libedgebench_{backend}.so")]
        for file in self._command:
            if not os.path.exists(file):
                raise NoDevice(f"{file} is not there")
        self._folder = tempfile.TemporaryDirectory(prefix="edgebench-conformance-")
        self.folder = pathlib.Path(self._folder.name)
        self._process: subprocess.Popen[bytes] | None = None
        self._errors = self.folder / "stderr"

    def __enter__(self) -> "Driver":
        return self

    def __exit__(self, *_: typing.Any) -> None:
        if self._process:
            self._process.kill()
            self._process.communicate()
        self._folder.cleanup()

    def run(self, model: onnx.ModelProto, inputs: dict[str, numpy.ndarray], *, provider: bool = True,
            optimize: bool = False, options: dict[str, str] | None = None) -> Outcome:
        """Where `provider` takes no node at all, nothing is run and there are no outputs."""
        files = {key: str(self.folder / key) for key in ("model", "inputs", "outputs", "report")}
        for file in (files["outputs"], files["report"]):
            pathlib.Path(file).unlink(missing_ok=True)
        pathlib.Path(files["model"]).write_bytes(model.SerializeToString())
        write_tensors(inputs, pathlib.Path(files["inputs"]))
        answer = self._ask(files | {"provider": provider, "optimize": optimize, "options": options or {}})
        outcome = Outcome(assigned=answer.get("assigned", {}), phase=answer.get("phase", ""),
                          error=answer.get("error", ""))
        if os.path.exists(files["report"]):
            report = json.loads(pathlib.Path(files["report"]).read_bytes())
            outcome.refused = [(item["op_type"], item["reason"]) for item in report["refused"]]
        if not outcome.error and os.path.exists(files["outputs"]):
            outcome.outputs = read_tensors(pathlib.Path(files["outputs"]))
        return outcome

    def _ask(self, request: dict[str, typing.Any]) -> dict[str, typing.Any]:
        if self._process is None:
            self._start()
        assert self._process and self._process.stdin and self._process.stdout
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
            if not select.select([self._process.stdout], [], [], RUN_TIMEOUT_S)[0]:
                return self._give_up(f"no answer within {RUN_TIMEOUT_S:.0f} s")
            line = self._process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if line:
            return json.loads(line)
        return self._give_up("")

    def _start(self) -> None:
        # pylint: disable=consider-using-with
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                         stderr=open(self._errors, "wb"))

    def _give_up(self, reason: str) -> dict[str, typing.Any]:
        assert self._process
        if reason:
            self._process.kill()
        self._process.communicate()
        code = self._process.returncode
        self._process = None
        errors = self._errors.read_text(errors="replace").strip()
        if code in (SKIP, 1) and not reason:
            raise NoDevice(errors)
        return {"phase": "crash", "error": reason or f"ep_run ended with {code}: {errors[-300:]}"}


def write_tensors(tensors: dict[str, numpy.ndarray], file: pathlib.Path) -> None:
    """See tensor_file.h."""
    with file.open("wb") as out:
        for name, array in tensors.items():
            array = numpy.ascontiguousarray(array).reshape(array.shape)
            header = {"name": name, "type": onnx.mapping.NP_TYPE_TO_TENSOR_TYPE[array.dtype],
                      "shape": list(array.shape), "bytes": array.nbytes}
            out.write(json.dumps(header).encode() + b"\n" + array.tobytes())


def read_tensors(file: pathlib.Path) -> dict[str, numpy.ndarray]:
    tensors = {}
    with file.open("rb") as content:
        while line := content.readline():
            header = json.loads(line)
            dtype = numpy.dtype(onnx.mapping.TENSOR_TYPE_TO_NP_TYPE[header["type"]])
            tensors[header["name"]] = numpy.frombuffer(content.read(header["bytes"]), dtype).reshape(header["shape"])
    return tensors


def difference(found: numpy.ndarray, expected: numpy.ndarray, relative: float, absolute: float) -> str:
    """What is wrong, in a few words; empty where every element is within absolute + relative * |expected|."""
    if found.dtype != expected.dtype or found.shape != expected.shape:
        return f"{found.dtype}{list(found.shape)} where {expected.dtype}{list(expected.shape)} is due"
    if expected.dtype.kind in "biu":
        wrong = found != expected
        worst = "whole numbers differ"
    else:
        found, expected = found.astype(numpy.float64), expected.astype(numpy.float64)
        with numpy.errstate(invalid="ignore", over="ignore"):
            error = numpy.abs(found - expected)
            alike = (found == expected) | (numpy.isnan(found) & numpy.isnan(expected))
            wrong = ~alike & ~(error <= absolute + relative * numpy.abs(expected))
        worst = f"worst error {error[wrong].max():.3g}" if wrong.any() else ""
    if not wrong.any():
        return ""
    at = tuple(int(index) for index in numpy.argwhere(wrong)[0]) if wrong.ndim else ()
    return (f"{int(wrong.sum())} of {wrong.size} elements wrong, {worst}; at {list(at)} {found[at]!r} where "
            f"{expected[at]!r} is due")
