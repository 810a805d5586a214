#include "tests/conformance/tensor_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxFileBytes = 1ull << 30;

Result<FileTensor> parse_header(std::string_view line, std::size_t& bytes) {
  const auto json = parse_json(line);
  const auto is_list = [](const nlohmann::json& list) {
    return list.is_array() &&
           std::all_of(list.begin(), list.end(), [](const auto& item) { return item.is_number_integer(); });
  };
  if (!json.is_object() || !json.contains("name") || !json["name"].is_string() || !json.contains("type") ||
      !json["type"].is_number_integer() || !json.contains("shape") || !is_list(json["shape"]) ||
      !json.contains("bytes") || !json["bytes"].is_number_unsigned())
    return Error{ErrorKind::invalid, fmt::format("'{}' describes no tensor", line.substr(0, 100))};
  bytes = json["bytes"].get<std::size_t>();
  FileTensor tensor;
  tensor.name = json["name"].get<std::string>();
  tensor.type = json["type"].get<int>();
  tensor.shape = json["shape"].get<std::vector<std::int64_t>>();
  return tensor;
}

}  // namespace

Result<std::vector<FileTensor>> parse_tensors(std::string_view content) {
  std::vector<FileTensor> tensors;
  while (!content.empty()) {
    const std::size_t end = content.find('\n');
    if (end == std::string_view::npos) return Error{ErrorKind::invalid, "a tensor's line has no end"};
    std::size_t bytes = 0;
    EB_GET(FileTensor tensor, parse_header(content.substr(0, end), bytes));
    content.remove_prefix(end + 1);
    if (bytes > content.size())
      return Error{ErrorKind::invalid, fmt::format("tensor {} is cut short", tensor.name)};
    tensor.bytes = content.substr(0, bytes);
    content.remove_prefix(bytes);
    tensors.push_back(std::move(tensor));
  }
  return tensors;
}

std::string format_tensors(const std::vector<FileTensor>& tensors) {
  std::string content;
  for (const FileTensor& tensor : tensors) {
    const nlohmann::json header = {{"name", tensor.name},
                                   {"type", tensor.type},
                                   {"shape", tensor.shape},
                                   {"bytes", tensor.bytes.size()}};
    content += header.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n" + tensor.bytes;
  }
  return content;
}

Result<std::vector<FileTensor>> read_tensors(const std::filesystem::path& file) {
  EB_GET(const std::string content, read_file(file, kMaxFileBytes));
  auto tensors = parse_tensors(content);
  if (!tensors) return tensors.error().within(file.string());
  return tensors;
}

Status write_tensors(const std::vector<FileTensor>& tensors, const std::filesystem::path& file) {
  return write_file_atomic(file, format_tensors(tensors));
}

}  // namespace eb
