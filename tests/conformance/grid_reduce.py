"""Reductions, normalizations, recurrent networks, and graphs in which the planner has something to fuse."""

from grid import SUMS, WINOGRAD, Case, floats, graph, ints, one, scalar, w, x

REDUCTIONS = ("ReduceMax", "ReduceMean", "ReduceMin", "ReduceProd", "ReduceL1", "ReduceL2", "ReduceLogSum",
              "ReduceLogSumExp", "ReduceSumSquare")
AXES = ((1,), (2, 3), (0, -1), (-1,))


def cases() -> list[Case]:
    return _reductions() + _normalizations() + _recurrent() + _graphs()


def _reductions() -> list[Case]:
    table = []
    for index, op in enumerate(REDUCTIONS):
        low = 0.3 if op == "ReduceLogSum" else -1
        for axes in (AXES if op in ("ReduceMax", "ReduceMean") else (AXES[index % 4],)):
            table.append(one(op, x(2, 17, 5, 6, low=low), axes=list(axes), keepdims=index % 2, tolerance=SUMS))
        table.append(one(op, x(3, 4, low=low), tolerance=SUMS))
    table += [one("ReduceSum", x(2, 17, 5, 6), ints(*axes), tolerance=SUMS) for axes in AXES]
    table += [
        one("ReduceSum", x(3, 4, 5), tolerance=SUMS), one("ReduceSum", x(3, 4), noop_with_empty_axes=1),
        one("ReduceMean", x(1, 1280, 7, 7), axes=[2, 3], tolerance=SUMS), one("ReduceMax", x(2, 3, 4), ints(1), opset=18),
        one("ReduceMean", x(2, 300), ints(-1), opset=18, tolerance=SUMS),
    ]
    for op in ("ArgMax", "ArgMin"):
        table += [one(op, x(3, 7), out="i64", axis=1), one(op, x(2, 30, 4), out="i64", axis=1, keepdims=0),
                  one(op, x(5, 4), out="i64"), one(op, x(4, 9, type="i32", low=0, high=3), out="i64", axis=1, select_last_index=1)]
    return table


def _normalizations() -> list[Case]:
    table = []
    for op in ("Softmax", "LogSoftmax"):
        table += [one(op, x(3, 10, low=-5, high=5)), one(op, x(2, 17, 5, low=-5, high=5), axis=1),
                  one(op, x(40, 200, low=-9, high=9), axis=-1), one(op, x(2, 3, 4), axis=0), one(op, x(1, 1, 15, 15))]
    return table + [
        one("Softmax", x(2, 3, 4), axis=1, opset=11), one("Hardmax", x(3, 8), axis=1),
        one("LayerNormalization", x(3, 40), w(40), w(40), axis=-1, tolerance=SUMS),
        one("LayerNormalization", x(2, 5, 120), w(120), w(120), axis=-1, epsilon=1e-3, tolerance=SUMS),
        one("LayerNormalization", x(2, 3, 4, 5), w(4, 5), axis=2, tolerance=SUMS),
        one("SkipLayerNormalization", x(2, 5, 40), x(2, 5, 40), w(40), w(40), w(40), domain="com.microsoft", epsilon=1e-5, tolerance=SUMS),
        one("SkipLayerNormalization", x(2, 5, 12), x(2, 5, 12), w(12), domain="com.microsoft", epsilon=1e-5, tolerance=SUMS),
        one("SkipSimplifiedLayerNormalization", x(2, 5, 40), x(2, 5, 40), w(40), domain="com.microsoft", epsilon=1e-5, tolerance=SUMS),
        one("BatchNormalization", x(1, 17, 5, 5), w(17), w(17), w(17), w(17, low=0.2, high=2), tolerance=SUMS),
        one("BatchNormalization", x(4, 6), w(6), w(6), w(6), w(6, low=0.2, high=2), epsilon=1e-2, tolerance=SUMS),
        one("InstanceNormalization", x(2, 5, 6, 6), w(5), w(5), tolerance=SUMS), one("InstanceNormalization", x(1, 3, 20), w(3), w(3), tolerance=SUMS),
        one("GroupNormalization", x(2, 8, 5, 5), w(8), w(8), num_groups=4, opset=21, tolerance=SUMS),
        one("RMSNormalization", x(3, 40), w(40), opset=23, tolerance=SUMS),
        one("LRN", x(1, 9, 5, 5), size=5, alpha=0.1, beta=0.75, bias=1.0), one("LpNormalization", x(3, 8), axis=1, p=2),
        one("MeanVarianceNormalization", x(2, 4, 5, 5), tolerance=SUMS),
    ]


def _recurrent() -> list[Case]:
    def lstm(steps: int, batch: int, size: int, hidden: int, direction: str, **rest) -> Case:
        many = 2 if direction == "bidirectional" else 1
        return one("LSTM", x(steps, batch, size), w(many, 4 * hidden, size), w(many, 4 * hidden, hidden), w(many, 8 * hidden),
                   out=("", "", ""), hidden_size=hidden, direction=direction, tolerance=SUMS, **rest)

    def gru(steps: int, batch: int, size: int, hidden: int, direction: str, **rest) -> Case:
        many = 2 if direction == "bidirectional" else 1
        return one("GRU", x(steps, batch, size), w(many, 3 * hidden, size), w(many, 3 * hidden, hidden), w(many, 6 * hidden),
                   out=("", ""), hidden_size=hidden, direction=direction, tolerance=SUMS, **rest)

    return [
        lstm(1, 1, 12, 16, "forward"), lstm(5, 2, 7, 9, "forward"), lstm(4, 1, 8, 8, "reverse"), lstm(4, 3, 8, 8, "bidirectional"),
        gru(5, 2, 7, 9, "forward"), gru(4, 1, 8, 8, "bidirectional"), gru(4, 2, 8, 8, "forward", linear_before_reset=1),
        one("LSTM", x(3, 2, 5), w(1, 16, 5), w(1, 16, 4), w(1, 32), None, x(1, 2, 4), x(1, 2, 4), out=("", "", ""), hidden_size=4,
            tolerance=SUMS),
        one("RNN", x(3, 2, 5), w(1, 4, 5), w(1, 4, 4), w(1, 8), out=("", ""), hidden_size=4, tolerance=SUMS),
    ]


def _graphs() -> list[Case]:
    same = {"pads": [1, 1, 1, 1]}
    picture = {"x": x(1, 16, 14, 14), "w": w(16, 16, 3, 3), "b": w(16), "v": w(32, 16, 1, 1), "c": w(32)}
    activations = [("Relu", {}), ("LeakyRelu", {"alpha": 0.1}), ("HardSwish", {}), ("Sigmoid", {}), ("Tanh", {})]
    table = [graph(f"convolution and {op}", picture, ("Conv", "x w b", "a", same), (op, "a", "y", attributes), tolerance=WINOGRAD)
             for op, attributes in activations]
    table += [graph(f"product and {op}", {"x": x(9, 40), "w": w(40, 24), "b": w(24)}, ("Gemm", "x w b", "a"), (op, "a", "y", attributes))
              for op, attributes in activations]
    limits = {"low": scalar(0), "high": scalar(6)}
    return table + [
        graph("convolution and clip", picture | limits, ("Conv", "x v c", "a"), ("Clip", "a low high", "y")),
        graph("convolution, normalization, relu", picture | {"s": w(16), "o": w(16), "m": w(16), "d": w(16, low=0.3, high=2)},
              ("Conv", "x w b", "a", same), ("BatchNormalization", "a s o m d", "n"), ("Relu", "n", "y"), tolerance=WINOGRAD),
        graph("residual after activation", picture, ("Conv", "x w b", "a", same), ("Relu", "a", "r"), ("Add", "r x", "y"), tolerance=WINOGRAD),
        graph("residual before activation", picture, ("Conv", "x w b", "a", same), ("Add", "a x", "s"), ("Relu", "s", "y"), tolerance=WINOGRAD),
        graph("residual from the left", picture, ("Conv", "x w b", "a", same), ("Add", "x a", "s"), ("Relu", "s", "y"), tolerance=WINOGRAD),
        graph("a sum read twice", picture, ("Conv", "x w b", "a", same), ("Add", "a x", "s"), ("Relu", "s", "r"), ("Mul", "r s", "y"),
              tolerance=WINOGRAD),
        graph("an inner value that is an output", picture, ("Conv", "x w b", "a", same), ("Relu", "a", "y"), out="a y", tolerance=WINOGRAD),
        graph("convolution with itself", picture, ("Conv", "x w b", "a", same), ("Add", "a a", "y"), tolerance=WINOGRAD),
        graph("fire module", picture | {"e": w(16, 32, 1, 1), "f": w(16, 32, 3, 3)}, ("Conv", "x v c", "q"), ("Relu", "q", "s"),
              ("Conv", "s e", "l"), ("Relu", "l", "m"), ("Conv", "s f", "n", same), ("Relu", "n", "o"), ("Concat", "m o", "y", {"axis": 1}),
              tolerance=WINOGRAD),
        graph("squeeze and excitation", picture | {"r": w(4, 16, 1, 1), "e": w(16, 4, 1, 1)}, ("GlobalAveragePool", "x", "p"), ("Conv", "p r", "a"),
              ("Relu", "a", "h"), ("Conv", "h e", "i"), ("HardSigmoid", "i", "g"), ("Mul", "x g", "y")),
        graph("swish", picture, ("Conv", "x v c", "a"), ("Sigmoid", "a", "s"), ("Mul", "a s", "y")),
        graph("depthwise separable", {"x": x(1, 24, 15, 15), "d": w(24, 1, 3, 3), "b": w(24), "p": w(40, 24, 1, 1)} | limits,
              ("Conv", "x d b", "a", {"group": 24, "strides": [2, 2], **same}), ("Clip", "a low high", "e"), ("Conv", "e p", "y")),
        graph("attention", {"q": x(1, 2, 20, 16), "k": x(1, 2, 20, 16), "v": x(1, 2, 20, 16), "s": scalar(0.25)},
              ("Transpose", "k", "t", {"perm": [0, 1, 3, 2]}), ("MatMul", "q t", "a"), ("Mul", "a s", "m"), ("Softmax", "m", "p"),
              ("MatMul", "p v", "o"), ("Transpose", "o", "y", {"perm": [0, 2, 1, 3]})),
        graph("multilayer perceptron with gelu", {"x": x(10, 32), "w": w(32, 128), "b": w(128), "r": scalar(2 ** 0.5), "o": scalar(1), "h": scalar(0.5)},
              ("MatMul", "x w", "p"), ("Add", "p b", "a"), ("Div", "a r", "d"), ("Erf", "d", "e"), ("Add", "e o", "f"), ("Mul", "a f", "g"),
              ("Mul", "g h", "y")),
        graph("classifier's end", {"x": x(2, 20, 7, 7), "w": w(10, 20), "b": w(10)}, ("GlobalAveragePool", "x", "p"), ("Flatten", "p", "f"),
              ("Gemm", "f w b", "l", {"transB": 1}), ("Softmax", "l", "y")),
        graph("channels shuffled", {"x": x(1, 12, 5, 5), "s": ints(1, 3, 4, 5, 5), "t": ints(1, 12, 5, 5)}, ("Reshape", "x s", "a"),
              ("Transpose", "a", "b", {"perm": [0, 2, 1, 3, 4]}), ("Reshape", "b t", "y")),
        graph("an input that is an output", {"x": x(3, 4)}, ("Identity", "x", "y"), tolerance=1e-6),
        graph("an output that is a constant of whole numbers", {"x": x(3, 4), "w": ints(1, -2, 3), "s": ints(3, 1)}, ("Reshape", "w s", "y"),
              kind="i64"),
        graph("nothing depends on the input's values", {"x": x(3, 4), "z": scalar(0)}, ("Mul", "x z", "y"), tolerance=1e-6),
        graph("quantized convolution", {"x": x(1, 8, 6, 6, type="u8", low=0, high=255), "xs": scalar(0.02), "xz": scalar(128, "u8"),
                                        "w": w(8, 8, 3, 3, type="i8", low=-127, high=127), "ws": scalar(0.01), "wz": scalar(0, "i8")},
              ("DequantizeLinear", "x xs xz", "a"), ("DequantizeLinear", "w ws wz", "b"), ("Conv", "a b", "y", same), tolerance=WINOGRAD),
        graph("upsampled and joined", {"x": x(1, 8, 4, 4), "z": x(1, 4, 8, 8), "s": floats(1, 1, 2, 2), "w": w(6, 12, 1, 1)},
              ("Resize", "x  s", "u", {"mode": "linear"}), ("Concat", "u z", "j", {"axis": 1}), ("Conv", "j w", "y")),
    ]
