"""Tensors larger than one dimension of a device's grid holds: Vulkan promises 65,535 groups and no more. And sums so long
that a driver may end their loops early: Mesa's for processors does after 65,535 rounds, without a word."""

from grid import SUMS, Case, floats, graph, ints, one, scalar, w, x

LONG = 1e-3  # a sum of tens of thousands of numbers


def cases() -> list[Case]:
    return _wide() + _long()


def _long() -> list[Case]:
    """Below what one work-item adds up, and above it."""
    table = []
    for n, label in ((19_000, ""), (270_000, "long")):
        table += [
            one("ReduceSum", x(n, 3), ints(0), tolerance=LONG, label=label), one("ReduceMean", x(1, 3, n // 100, 100), axes=[2, 3], tolerance=LONG, label=label),
            one("ArgMax", x(2, n), axis=1, out="i64", label=label), one("Softmax", x(2, n), axis=-1, tolerance=LONG, label=label),
            one("Softmax", x(n, 3), axis=0, tolerance=LONG, label=label), one("LayerNormalization", x(2, n), w(n), axis=-1, tolerance=LONG, label=label),
            one("InstanceNormalization", x(1, 3, n // 100, 100), w(3), w(3), tolerance=LONG, label=label), one("CumSum", x(2, n), scalar(1, "i64"), tolerance=LONG, label=label),
            one("GlobalAveragePool", x(1, 3, n // 100, 100), tolerance=LONG, label=label), one("MatMul", x(3, n), w(n, 5), tolerance=LONG, label=label),
            one("Conv", x(1, 1, 1, n // 4 + 30), w(1, 1, 1, n // 4), tolerance=LONG, label=label), one("ConvTranspose", x(1, n, 2, 2), w(n, 2, 1, 1), tolerance=LONG, label=label),
            one("LpNormalization", x(2, n), axis=1, p=2, tolerance=LONG, label=label), one("Hardmax", x(2, n), axis=1, label=label),
        ]
    return table


def _wide() -> list[Case]:
    return [
        one("Relu", x(1, 3, 1200, 1200)),
        one("Add", x(1, 70_000, 60), x(60)),
        one("Add", x(70_000, 64), x(70_000, 1)),
        one("Where", x(4_200_000, type="bool"), x(4_200_000), x(1), out="f32"),
        one("Cast", x(4_200_000, low=-9, high=9), to=7, out="i64"),
        one("Conv", x(1, 3, 800, 800), w(4, 3, 3, 3), w(4), pads=[1, 1, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 4, 600, 900), w(4, 1, 3, 3), group=4, pads=[1, 1, 1, 1]),
        one("Conv", x(1, 2, 1, 530_000), w(5, 2, 1, 1), tolerance=SUMS),
        one("MaxPool", x(1, 2, 1000, 1000), kernel_shape=[2, 2], strides=[2, 2]),
        one("GlobalAveragePool", x(1, 300_000, 2, 2), tolerance=SUMS),
        one("MatMul", x(70_000, 5), w(5, 3), tolerance=SUMS),
        one("MatMul", x(70_000, 2, 3), x(70_000, 3, 2)),
        one("Softmax", x(540_000, 5), axis=-1),
        one("Softmax", x(2, 5, 270_000), axis=1),
        one("LayerNormalization", x(70_000, 12), w(12), axis=-1, tolerance=SUMS),
        one("ReduceSum", x(540_000, 5), ints(1), tolerance=SUMS),
        one("ReduceMean", x(5, 540_000), ints(0), opset=18, tolerance=SUMS),
        one("ReduceMax", x(1_400_000, 3), axes=[1]),
        one("ArgMax", x(540_000, 5), axis=1, out="i64"),
        one("Transpose", x(2100, 2000)),
        one("Transpose", x(1, 8, 720, 740), perm=[0, 2, 3, 1]),
        one("Transpose", x(70_000, 3, 4), perm=[0, 2, 1]),
        one("Concat", x(1, 3, 600, 900), x(1, 5, 600, 900), axis=1),
        one("Slice", x(3, 1_400_000), ints(1), ints(1_399_999), ints(1), ints(2)),
        one("Pad", x(1, 3, 1000, 1000), ints(0, 0, 1, 1, 0, 0, 1, 1), mode="reflect"),
        one("Gather", w(1000, 8), x(540_000, type="i64", low=0, high=999)),
        one("Resize", x(1, 3, 600, 600), None, floats(1, 1, 2, 2), mode="linear"),
        one("CumSum", x(540_000, 4), ints(1)),
        graph("flat and image by turns", {"x": x(1, 3, 800, 700), "w": w(3, 3, 1, 1), "s": ints(3, 560_000)}, ("Conv", "x w", "a"),
              ("Reshape", "a s", "b"), ("Transpose", "b", "y")),
    ]
