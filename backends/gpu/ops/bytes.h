#pragma once
// Operators on bytes: quantized tensors that are kept as they are. For devices with an integer dot product.
#include "backends/gpu/plan.h"

namespace eb::gpu {

// Kernel `bytes`, between places of one layout and value. Reals are words, numbers are bytes.
void call_to_reals(Planner& planner, const Place& numbers, const Steps& steps, const Place& reals);
void call_to_bytes(Planner& planner, const Place& reals, const Place& numbers, const Steps& steps);

// Of a node with Planner::quantized().
void emit_conv_dot(Planner& planner, const Node& node);    // ops/conv_dot.cpp
void emit_matrix_dot(Planner& planner, const Node& node);  // ops/conv_dot.cpp: Gemm, MatMul
void emit_sum_of_bytes(Planner& planner);                  // ops/bytes.cpp: Add

}  // namespace eb::gpu
