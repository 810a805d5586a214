"""Convolutions, products and pools again with halves for floats, and networks of them: kept as halves from end to end."""

import dataclasses

import grid_matrix
from grid import Case, Tensor, graph, w, x

# Steps of a half, of the largest summand; the CPU provider computes in floats and rounds each result, too.
HALVES = 4e-3


def cases() -> list[Case]:
    return [_halved(case) for case in grid_matrix.cases() + _networks() if _is_real(case)]


def _is_real(case: Case) -> bool:
    return all(tensor.type == "f32" for tensor in case.inputs.values())


def _halved(case: Case) -> Case:
    def half(tensor: Tensor) -> Tensor:
        return dataclasses.replace(tensor, type="f16")

    return dataclasses.replace(case, name=f"f16 {case.name}", tolerance=max(HALVES, case.tolerance),
                               inputs={name: half(tensor) for name, tensor in case.inputs.items()},
                               outputs={name: "f16" for name in case.outputs})


def _networks() -> list[Case]:
    block = {"x": x(1, 16, 12, 12), "w1": w(32, 16, 1, 1), "w2": w(32, 1, 3, 3), "w3": w(16, 32, 1, 1), "b": w(16)}
    return [
        graph("inverted residual", block, ("Conv", "x w1", "a"), ("LeakyRelu", "a", "c"),
              ("Conv", "c w2", "d", {"group": 32, "pads": [1, 1, 1, 1]}), ("Relu", "d", "e"), ("Conv", "e w3 b", "f"),
              ("Add", "f x", "y")),
        graph("joined and averaged", block, ("Conv", "x w1", "a"), ("Relu", "a", "c"), ("Concat", "c x", "d", {"axis": 1}),
              ("GlobalAveragePool", "d", "e"), ("Flatten", "e", "f"), ("Softmax", "f", "y")),
        graph("gated", block, ("Conv", "x w1", "a"), ("GlobalAveragePool", "a", "g"), ("Sigmoid", "g", "s"),
              ("Mul", "a s", "m"), ("Conv", "m w3 b", "y")),
    ]
