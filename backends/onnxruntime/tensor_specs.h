#pragma once
// What ONNX Runtime says of a session's tensors, as specs of ours.
#include <string>
#include <vector>

#include "backends/onnxruntime/runtime.h"
#include "harness/core/tensor.h"

namespace eb::ort {

// `unsupported` for element types that are not among ours.
Result<TensorSpec> spec_of(const Runtime& rt, const OrtTensorTypeAndShapeInfo* info, std::string name);

ONNXTensorElementDataType ort_type(DType type);

enum class Side : std::uint8_t { input, output };

// Of all inputs or outputs, in the model's order.
Result<std::vector<TensorSpec>> specs_of(const Runtime& rt, const OrtSession* session, Side side);

}  // namespace eb::ort
