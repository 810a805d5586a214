#pragma once
// Networks that the program makes by itself, for boards that cannot fetch any. Each has the shape of what is
// run at the edge, and weights without meaning.
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

// "vision": depthwise-separable convolutions on [1, 3, 64, 64], 12.2 MMAC. "speech": the same kind on
// features of sound, [1, 1, 49, 10], 2.7 MMAC. "nlp": an encoder of two layers on 64 bytes, [1, 64] i64, 7.3
// MMAC. All answer "logits", [1, 16].
std::vector<std::string_view> builtin_networks();
constexpr std::int64_t kBuiltinAnswers = 16;

// The network as the bytes of an ONNX file, the same on every machine; `not_found` for another name.
Result<std::string> builtin_model(std::string_view network);

}  // namespace eb
