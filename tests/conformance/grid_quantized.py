"""Quantized graphs: operators between DequantizeLinear and QuantizeLinear, computed in floats and in whole numbers.

The CPU provider computes them in floats. A number that falls between two steps may come out on either side: a step off.
"""

import dataclasses

from grid import Case, Tensor, graph, scalar, w, x

IN_WHOLE_NUMBERS = {"int8": "1"}
LOW_HIGH = {"u8": (0, 255), "i8": (-128, 127)}
INPUT, WEIGHTS, OUTPUT = 0.0213, 0.0041, 0.271  # scales


def cases() -> list[Case]:
    """Each twice: what a plan does by default, and with the option."""
    table = _convolutions() + _products() + _sums() + _others()
    forced = [dataclasses.replace(case, name=f"{case.name} in whole numbers", options=IN_WHOLE_NUMBERS) for case in table]
    return table + forced


def _numbers(kind: str, *shape: int) -> Tensor:
    low, high = LOW_HIGH[kind]
    return x(*shape, low=low, high=high, type=kind)


def _step(name: str, scale: float, zero: int, kind: str) -> dict[str, Tensor]:
    return {f"{name}s": scalar(scale), f"{name}z": scalar(zero, kind)}


def _conv(shape: tuple[int, ...], weights: tuple[int, ...], *, kind: str = "u8", zero: int = 111, out: float = OUTPUT, behind: str = "",
          by_channel: bool = True, bias: bool = True, **attributes: object) -> Case:
    name = " ".join(["quantized Conv", "x".join(map(str, shape)), "x".join(map(str, weights)), kind, str(zero), behind,
                     *("" if flag else word for flag, word in ((by_channel, "one-scale"), (bias, "no-bias"))),
                     *(f"{key}={value}" for key, value in attributes.items())])
    inputs = {"x": _numbers(kind, *shape), "w": w(*weights, low=-127, high=127, type="i8"),
              "ws": w(weights[0], low=0.002, high=0.006) if by_channel else scalar(WEIGHTS),
              "b": w(weights[0], low=-2, high=2), **_step("x", INPUT, zero, kind), **_step("y", out, zero, kind)}
    nodes = [("DequantizeLinear", "x xs xz", "xr"), ("DequantizeLinear", "w ws", "wr", {"axis": 0}),
             ("Conv", "xr wr b" if bias else "xr wr", "c", attributes)]
    if behind:
        nodes.append((behind, "c", "d"))
    return _quantized(name, inputs, [*nodes, ("QuantizeLinear", f"{'d' if behind else 'c'} ys yz", "y")], kind)


def _quantized(name: str, inputs: dict[str, Tensor], nodes: list[tuple], kind: str) -> Case:
    used = {word for node in nodes for word in node[1].split()}
    made = graph(" ".join(name.split()), {key: tensor for key, tensor in inputs.items() if key in used}, *nodes, kind=kind)
    return dataclasses.replace(made, steps=1)


def _convolutions() -> list[Case]:
    pads = [1, 1, 1, 1]
    return [
        _conv((1, 16, 7, 7), (32, 16, 1, 1)),
        _conv((2, 19, 6, 5), (21, 19, 1, 1), by_channel=False),
        _conv((1, 24, 8, 8), (12, 24, 1, 1), strides=[2, 2]),
        _conv((1, 320, 7, 7), (128, 320, 1, 1), out=1.7),
        _conv((1, 16, 14, 14), (16, 16, 3, 3), pads=pads, behind="Relu", out=0.9),
        _conv((1, 32, 13, 9), (48, 32, 3, 3), kind="i8", zero=-5, pads=pads, out=1.3),
        _conv((1, 3, 33, 32), (32, 3, 7, 7), strides=[2, 2], pads=[3, 3, 3, 3], out=1.1, behind="Relu"),
        _conv((1, 3, 17, 19), (8, 3, 3, 3), kind="i8", zero=-128, strides=[2, 2], pads=[0, 0, 1, 1], bias=False),
        _conv((1, 8, 15, 15), (8, 8, 3, 3), dilations=[2, 2], pads=[2, 2, 2, 2], zero=0),
        _conv((2, 5, 6, 6), (7, 5, 2, 3), strides=[3, 2], pads=[1, 0, 0, 2], zero=255),
        _conv((2, 12, 20), (20, 12, 3), pads=[1, 1]),
        # Not in whole numbers, and right all the same.
        _conv((1, 16, 14, 14), (16, 1, 3, 3), group=16, pads=pads),
        _conv((1, 8, 9, 9), (12, 4, 3, 3), group=2, pads=pads),
        _conv((1, 16, 7, 7), (8, 16, 1, 1), behind="Sigmoid", kind="u8", zero=0, out=0.0039),
    ]


def _products() -> list[Case]:
    def product(op: str, shape: tuple[int, ...], columns: int, kind: str, **attributes: object) -> Case:
        inner = shape[-1]
        transposed = bool(attributes.get("transB"))
        inputs = {"x": _numbers(kind, *shape), "w": w(*((columns, inner) if transposed else (inner, columns)), low=-127, high=127, type="i8"),
                  "ws": w(columns, low=0.002, high=0.006), "b": w(columns, low=-2, high=2),
                  **_step("x", INPUT, 10, kind), **_step("y", OUTPUT, -3 if kind == "i8" else 99, kind)}
        nodes = [("DequantizeLinear", "x xs xz", "xr"), ("DequantizeLinear", "w ws", "wr", {"axis": 0 if transposed else 1}),
                 (op, "xr wr b" if op == "Gemm" else "xr wr", "c", attributes), ("QuantizeLinear", "c ys yz", "y")]
        return _quantized(f"quantized {op} {'x'.join(map(str, shape))} {columns} {kind} {attributes or ''}", inputs, nodes, kind)

    return [product("Gemm", (5, 33), 17, "u8", transB=1), product("Gemm", (1, 512), 100, "i8"), product("Gemm", (1, 512), 100, "u8", alpha=0.5),
            product("MatMul", (3, 20, 16), 48, "u8"), product("MatMul", (1, 40, 120), 36, "i8")]


def _sums() -> list[Case]:
    table = []
    for shape, kind, behind in (((2, 19, 5, 4), "u8", "Relu"), ((1, 64, 7, 7), "i8", ""), ((7, 33), "u8", "")):
        inputs = {"a": _numbers(kind, *shape), "b": _numbers(kind, *shape), **_step("a", 0.0213, 7, kind),
                  **_step("b", 0.0497, 90, kind), **_step("y", 0.0611, 3, kind)}
        nodes = [("DequantizeLinear", "a as az", "ar"), ("DequantizeLinear", "b bs bz", "br"), ("Add", "ar br", "c")]
        nodes += [(behind, "c", "d")] if behind else []
        nodes.append(("QuantizeLinear", f"{'d' if behind else 'c'} ys yz", "y"))
        table.append(_quantized(f"quantized Add {'x'.join(map(str, shape))} {kind} {behind}", inputs, nodes, kind))
    return table


def _others() -> list[Case]:
    """What stands between convolutions in a network: a pooling, a concatenation, a residual; reals at both ends."""
    steps = {**_step("x", 0.0171, 118, "u8"), **_step("y", 0.0313, 121, "u8")}
    inputs = {"x": x(1, 16, 9, 9, low=-2, high=2), "w": w(16, 16, 1, 1, low=-127, high=127, type="i8"), "ws": scalar(0.0031), **steps}
    conv = [("QuantizeLinear", "x xs xz", "xq"), ("DequantizeLinear", "xq xs xz", "xr"), ("DequantizeLinear", "w ws", "wr"),
            ("Conv", "xr wr", "c"), ("QuantizeLinear", "c ys yz", "cq"), ("DequantizeLinear", "cq ys yz", "cr")]
    ends = [("QuantizeLinear", "p ys yz", "y")]
    return [
        _quantized("quantized pooling", inputs, [*conv, ("MaxPool", "cr", "p", {"kernel_shape": [3, 3], "strides": [2, 2]}), *ends], "u8"),
        _quantized("quantized concatenation", inputs, [*conv, ("Concat", "cr xr", "p", {"axis": 1}), *ends], "u8"),
        _quantized("quantized residual", inputs, [*conv, ("Add", "cr xr", "p"), *ends], "u8"),
        _quantized("quantized, read twice", inputs, [*conv, ("Conv", "cr wr", "d"), ("QuantizeLinear", "d ys yz", "dq"),
                                                     ("DequantizeLinear", "dq ys yz", "dr"), ("Add", "dr cr", "p"), *ends], "u8"),
    ]
