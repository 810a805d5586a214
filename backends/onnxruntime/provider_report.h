#pragma once
// What a provider of ours told of a session, in the file that its option `report` names (its form is
// described in backends/gpu/ep_options.h). Taken as hostile: what does not fit is left out.
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb::ort {

struct ProviderReport {
  struct Refused {
    std::string node{}, op_type{}, reason{};
  };
  std::string cache{}, compute_precision{};  // empty: it did not say
  std::vector<Refused> refused{};            // in the order of the graph
};

ProviderReport parse_provider_report(std::string_view json);
// An empty path: nothing was asked for, and nothing is told.
Result<ProviderReport> read_provider_report(const std::filesystem::path& file);

// "3 Gemm: shape is not known", the most frequent first.
std::vector<std::string> count_refusals(const std::vector<ProviderReport::Refused>& refused);

}  // namespace eb::ort
