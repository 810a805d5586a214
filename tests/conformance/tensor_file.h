#pragma once
// Files in which the conformance tests hand tensors to ep_run and back: for each tensor a line of JSON
// {"name", "type" (as ONNX numbers element types), "shape", "bytes"}, then that many bytes, row-major, in
// host byte order.
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

struct FileTensor {
  std::string name{};
  int type = 0;
  std::vector<std::int64_t> shape{};
  std::string bytes{};
};

Result<std::vector<FileTensor>> parse_tensors(std::string_view content);
std::string format_tensors(const std::vector<FileTensor>& tensors);

Result<std::vector<FileTensor>> read_tensors(const std::filesystem::path& file);
Status write_tensors(const std::vector<FileTensor>& tensors, const std::filesystem::path& file);

}  // namespace eb
