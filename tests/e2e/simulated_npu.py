"""The simulated NPU for end-to-end tests: its library, its options, and a network that it takes."""

import pathlib

import numpy
import onnx
import onnx.helper as make
import support

LIBRARY = support.PROGRAM.parent / "libedgebench_simnpu.so"
CLOCK_MHZ = 8  # twice the default, for shorter tests


def npu_options(*options, clock_mhz=CLOCK_MHZ):
    """Arguments that bring the simulated NPU into a run, with options of its own such as misbehave=half."""
    given = ["--ep-library", f"simnpu={LIBRARY}"]
    for option in (f"clock_mhz={clock_mhz}", *options):
        given += ["--ep-option", f"simnpu.{option}"]
    return given


def layer(rng, name, source, out, filters, channels):
    weights = rng.standard_normal((filters, channels, 3, 3)).astype(numpy.float32) / numpy.sqrt(9 * channels)
    return (make.make_node("Conv", [source, f"{name}_w"], [out], name, pads=[1, 1, 1, 1]),
            onnx.numpy_helper.from_array(weights, f"{name}_w"))


def small_network(path: pathlib.Path, channels=64, extent=32):
    """Two convolutions; of 64 channels on 32 x 32 pixels: 75 million MACs, 2 to 4 ms of a processor."""
    rng = numpy.random.default_rng(1)
    first, first_weights = layer(rng, "first", "x", "a", channels, channels)
    second, second_weights = layer(rng, "second", "b", "y", channels, channels)
    shape = [1, channels, extent, extent]
    save(path, [first, make.make_node("Relu", ["a"], ["b"], "relu"), second], [first_weights, second_weights], shape,
         shape)


def save(path: pathlib.Path, nodes, weights, shape, out_shape):
    """A graph from x to y."""
    tensors = [make.make_tensor_value_info(name, onnx.TensorProto.FLOAT, dims)
               for name, dims in (("x", shape), ("y", out_shape))]
    graph = make.make_graph(nodes, path.stem, tensors[:1], tensors[1:], weights)
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, path)


class NpuTest(support.EndToEndTest):
    """Has the small network, and runs it on the CPU and on an NPU that misbehaves."""

    def setUp(self):
        super().setUp()
        self.network = self.here / "small.onnx"
        small_network(self.network)

    def npu(self, *options, clock_mhz=CLOCK_MHZ, backends="cpu,npu"):
        return ["--backends", backends, *npu_options(*options, clock_mhz=clock_mhz)]

    def check_calm(self, done):
        """The child's last words may be in the record; ours have none like them."""
        super().check_calm(support.Done(done.code, done.out.replace("it printed: what():", ""), done.err))

    def outcome(self, mode, *more):
        """The NPU's record when it misbehaves; the CPU's cell of the same run must be none the worse."""
        done = self.measure(self.network, *self.npu(f"misbehave={mode}"), *more)
        self.check_ok(self.records()["small", "single-stream"])
        record = self.records(backend="npu")["small", "single-stream"]
        self.assertEqual(done.code, 0 if record["status"] == "ok" else 1, done)
        return record
