"""Convolutions, matrix products and pools."""

from grid import SUMS, WINOGRAD, Case, graph, one, w, x


def cases() -> list[Case]:
    return _convolutions() + _transposed() + _products() + _pools()


def _convolutions() -> list[Case]:
    table = [
        # Channels below, at and above the width of a vector, and sizes that no tile divides.
        one("Conv", x(1, 1, 5, 5), w(1, 1, 3, 3)),
        one("Conv", x(1, 3, 17, 19), w(8, 3, 3, 3), w(8), strides=[2, 2], pads=[1, 1, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 3, 32, 32), w(32, 3, 7, 7), w(32), strides=[2, 2], pads=[3, 3, 3, 3], tolerance=SUMS),
        one("Conv", x(1, 4, 8, 8), w(4, 4, 3, 3), w(4), pads=[1, 1, 1, 1], tolerance=WINOGRAD),
        one("Conv", x(1, 16, 14, 14), w(16, 16, 3, 3), w(16), pads=[1, 1, 1, 1], tolerance=WINOGRAD),
        one("Conv", x(1, 32, 13, 9), w(48, 32, 3, 3), w(48), pads=[1, 1, 1, 1], tolerance=WINOGRAD),
        one("Conv", x(1, 64, 28, 28), w(64, 64, 3, 3), pads=[1, 1, 1, 1], tolerance=WINOGRAD),
        one("Conv", x(2, 17, 7, 7), w(19, 17, 3, 3), w(19), pads=[1, 1, 1, 1], tolerance=WINOGRAD),
        one("Conv", x(1, 16, 7, 7), w(16, 16, 3, 3), pads=[0, 0, 0, 0], tolerance=WINOGRAD),
        one("Conv", x(1, 8, 9, 9), w(8, 8, 3, 3), strides=[2, 2], pads=[0, 0, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 8, 9, 9), w(8, 8, 5, 5), pads=[2, 2, 2, 2], tolerance=SUMS),
        one("Conv", x(1, 8, 9, 11), w(8, 8, 1, 7), pads=[0, 3, 0, 3], tolerance=SUMS),
        one("Conv", x(1, 8, 11, 9), w(8, 8, 7, 1), w(8), pads=[3, 0, 3, 0], tolerance=SUMS),
        one("Conv", x(1, 5, 6, 6), w(7, 5, 2, 2), tolerance=SUMS),
        one("Conv", x(1, 5, 6, 6), w(7, 5, 2, 3), w(7), strides=[3, 2], pads=[1, 0, 0, 2], tolerance=SUMS),
        # 1 x 1: a matrix product.
        one("Conv", x(1, 16, 7, 7), w(32, 16, 1, 1), w(32), tolerance=SUMS),
        one("Conv", x(1, 320, 7, 7), w(128, 320, 1, 1), w(128), tolerance=SUMS),
        one("Conv", x(3, 10, 5, 4), w(6, 10, 1, 1), tolerance=SUMS),
        one("Conv", x(1, 24, 8, 8), w(12, 24, 1, 1), strides=[2, 2], tolerance=SUMS),
        one("Conv", x(1, 64, 1, 1), w(100, 64, 1, 1), w(100), tolerance=SUMS),
        # Dilated.
        one("Conv", x(1, 8, 15, 15), w(8, 8, 3, 3), w(8), dilations=[2, 2], pads=[2, 2, 2, 2], tolerance=SUMS),
        one("Conv", x(1, 6, 15, 12), w(4, 6, 3, 3), dilations=[3, 1], strides=[1, 2], tolerance=SUMS),
        # Groups.
        one("Conv", x(1, 8, 9, 9), w(12, 4, 3, 3), w(12), group=2, pads=[1, 1, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 64, 7, 7), w(64, 16, 3, 3), group=4, pads=[1, 1, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 6, 5, 5), w(9, 2, 1, 1), group=3, tolerance=SUMS),
        one("Conv", x(1, 64, 7, 7), w(64, 4, 3, 3), w(64), group=16, pads=[1, 1, 1, 1], tolerance=SUMS),
        one("Conv", x(1, 20, 7, 7), w(30, 2, 3, 3), w(30), group=10, strides=[2, 2], tolerance=SUMS),
        one("Conv", x(1, 21, 6, 6), w(7, 3, 3, 3), w(7), group=7, tolerance=SUMS),
        # Depthwise, and with a multiplier.
        one("Conv", x(1, 16, 14, 14), w(16, 1, 3, 3), w(16), group=16, pads=[1, 1, 1, 1]),
        one("Conv", x(1, 24, 15, 15), w(24, 1, 3, 3), w(24), group=24, strides=[2, 2], pads=[1, 1, 1, 1]),
        one("Conv", x(1, 13, 12, 12), w(13, 1, 5, 5), group=13, strides=[2, 2], pads=[1, 1, 2, 2]),
        one("Conv", x(2, 3, 9, 8), w(3, 1, 3, 3), w(3), group=3, dilations=[2, 2], pads=[2, 2, 2, 2]),
        one("Conv", x(1, 5, 9, 9), w(10, 1, 3, 3), w(10), group=5, pads=[1, 1, 1, 1]),
        one("Conv", x(1, 40, 8, 8), w(40, 1, 7, 7), group=40, pads=[3, 3, 3, 3]),
        # Padding by name.
        one("Conv", x(1, 4, 8, 9), w(4, 4, 3, 3), auto_pad="SAME_UPPER", strides=[2, 2], tolerance=SUMS),
        one("Conv", x(1, 4, 8, 9), w(4, 4, 4, 4), auto_pad="SAME_LOWER", tolerance=SUMS),
        one("Conv", x(1, 4, 8, 9), w(4, 4, 3, 3), auto_pad="VALID", tolerance=SUMS),
        # One dimension.
        one("Conv", x(1, 8, 30), w(16, 8, 3), w(16), pads=[1, 1], tolerance=SUMS),
        one("Conv", x(2, 4, 50), w(6, 4, 5), strides=[2], dilations=[2], tolerance=SUMS),
        one("Conv", x(1, 12, 20), w(12, 1, 3), w(12), group=12, pads=[1, 1]),
    ]
    return table


def _transposed() -> list[Case]:
    return [
        one("ConvTranspose", x(1, 3, 5, 5), w(3, 4, 3, 3), w(4), tolerance=SUMS),
        one("ConvTranspose", x(1, 8, 7, 6), w(8, 16, 2, 2), w(16), strides=[2, 2], tolerance=SUMS),
        one("ConvTranspose", x(1, 16, 8, 8), w(16, 1, 4, 4), strides=[2, 2], pads=[1, 1, 1, 1], tolerance=SUMS),
        one("ConvTranspose", x(2, 4, 5, 5), w(4, 6, 3, 3), strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1],
            tolerance=SUMS),
        one("ConvTranspose", x(1, 4, 5, 5), w(4, 2, 3, 3), w(4), group=2, tolerance=SUMS),
        one("ConvTranspose", x(1, 4, 5, 5), w(4, 4, 3, 3), dilations=[2, 2], tolerance=SUMS),
        one("ConvTranspose", x(1, 4, 10), w(4, 3, 4), strides=[2], pads=[1, 1], tolerance=SUMS),
        one("ConvTranspose", x(1, 4, 5, 4, 6), w(4, 5, 3, 2, 2), w(5), strides=[2, 2, 1], pads=[1, 0, 0, 0, 1, 0], tolerance=SUMS),
        one("ConvTranspose", x(1, 40, 8, 8), w(40, 24, 4, 4), w(24), strides=[2, 2], pads=[1, 1, 1, 1], tolerance=SUMS),
        # Groups of whole vectors, of less, and depthwise.
        one("ConvTranspose", x(1, 32, 6, 6), w(32, 16, 2, 2), w(32), strides=[2, 2], group=2, tolerance=SUMS),
        one("ConvTranspose", x(1, 12, 6, 6), w(12, 5, 3, 3), strides=[2, 2], group=4, tolerance=SUMS),
        one("ConvTranspose", x(1, 40, 6, 6), w(40, 1, 4, 4), strides=[2, 2], pads=[1, 1, 1, 1], group=40, tolerance=SUMS),
        graph("transposed convolution, residual, relu", {"x": x(1, 16, 8, 8), "w": w(16, 20, 2, 2), "b": w(20), "r": x(1, 20, 16, 16)},
              ("ConvTranspose", "x w b", "a", {"strides": [2, 2]}), ("Add", "a r", "s"), ("Relu", "s", "y")),
    ]


def _products() -> list[Case]:
    return [
        one("Gemm", x(1, 10), w(10, 7), w(7), tolerance=SUMS),
        one("Gemm", x(5, 33), w(17, 33), w(17), transB=1, tolerance=SUMS),
        one("Gemm", x(4, 1280), w(1000, 1280), w(1000), transB=1, tolerance=SUMS),
        one("Gemm", x(8, 6), w(8, 9), transA=1, tolerance=SUMS),
        one("Gemm", x(3, 4), x(4, 5), x(3, 5), tolerance=SUMS),
        one("Gemm", x(3, 4), x(4, 5), x(3, 1), alpha=0.5, beta=2.0, tolerance=SUMS),
        one("Gemm", x(3, 4), w(4, 5), w(), alpha=0.5, beta=0.25, tolerance=SUMS),
        one("Gemm", x(64, 64), w(64, 64), w(1, 64), tolerance=SUMS),
        one("MatMul", x(7, 5), x(5, 3), tolerance=SUMS),
        one("FusedMatMul", x(2, 3, 4, 5), x(2, 3, 6, 5), domain="com.microsoft", transB=1, alpha=0.125, tolerance=SUMS),
        one("FusedMatMul", x(5, 4), w(5, 20), domain="com.microsoft", transA=1, tolerance=SUMS),
        one("FusedMatMul", x(3, 7, 9), w(20, 9), domain="com.microsoft", transB=1, alpha=2.0, tolerance=SUMS),
        one("MatMul", x(65, 130), w(130, 67), tolerance=SUMS),
        one("MatMul", x(2, 3, 4, 5), x(2, 3, 5, 6), tolerance=SUMS),
        one("MatMul", x(2, 1, 4, 5), x(3, 5, 6), tolerance=SUMS),
        one("MatMul", x(3, 20, 16), w(16, 48), tolerance=SUMS),
        one("MatMul", x(1, 40, 120), w(120, 360), tolerance=SUMS),
        one("MatMul", x(5), x(5, 3), tolerance=SUMS),
        one("MatMul", x(4, 5), x(5), tolerance=SUMS),
        one("MatMul", x(2, 4, 5), x(5), tolerance=SUMS),
        one("MatMul", x(5), x(5), tolerance=SUMS),
        one("MatMul", x(8, 15, 16), x(8, 16, 15), tolerance=SUMS),
    ]


def _pools() -> list[Case]:
    table = []
    for op in ("MaxPool", "AveragePool"):
        table += [
            one(op, x(1, 3, 8, 8), kernel_shape=[2, 2], strides=[2, 2]),
            one(op, x(1, 64, 13, 13), kernel_shape=[3, 3], strides=[2, 2]),
            one(op, x(2, 17, 9, 10), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
            one(op, x(1, 5, 7, 7), kernel_shape=[3, 2], pads=[1, 0, 0, 1]),
            one(op, x(1, 4, 8, 8), kernel_shape=[3, 3], strides=[2, 2], ceil_mode=1),
            one(op, x(1, 4, 8, 9), kernel_shape=[3, 3], strides=[2, 2], auto_pad="SAME_UPPER"),
            one(op, x(1, 4, 8, 9), kernel_shape=[2, 2], auto_pad="SAME_LOWER"),
            one(op, x(1, 6, 20), kernel_shape=[3], strides=[2]),
            one(op, x(1, 2, 4, 4), kernel_shape=[4, 4]),
        ]
    table += [
        one("MaxPool", x(1, 4, 9, 9), kernel_shape=[3, 3], dilations=[2, 2]),
        one("AveragePool", x(1, 4, 9, 9), kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1),
        one("AveragePool", x(1, 4, 8, 8), kernel_shape=[3, 3], strides=[2, 2], pads=[0, 0, 1, 1], count_include_pad=1),
    ]
    for op in ("GlobalMaxPool", "GlobalAveragePool"):
        table += [one(op, x(1, 3, 7, 7)), one(op, x(2, 65, 14, 5)), one(op, x(1, 1280, 7, 7)), one(op, x(2, 5, 9))]
    return table
