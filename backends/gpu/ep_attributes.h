#pragma once
#include "backends/gpu/ep_ort.h"
#include "backends/gpu/graph.h"

namespace eb::gpu {

// Reads the attributes of a node, defaults of its operator included. Lists of texts come as one text with
// commas between; a tensor of up to 4,096 elements as a list of numbers. Attributes that are graphs are left
// out.
Status import_attributes(const Ort& ort, const OrtNode& node, Node& ours);

// Our type for one of the runtime's; nothing where we have none.
std::optional<Type> type_of(ONNXTensorElementDataType type);

// The bytes of a tensor in host memory, row-major.
Result<std::span<const std::byte>> tensor_bytes(const Ort& ort, const OrtValue& tensor);

}  // namespace eb::gpu
