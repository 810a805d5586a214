#pragma once
// Samples of tasks that name what a text is.
#include <cstddef>
#include <memory>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/workload.h"

namespace eb {

struct LabelledText {
  std::string text{};
  std::size_t label = 0;  // index into the network's labels
};

// Reads "text" and "label" of each of a list's samples. Errors name the sample.
Result<std::vector<LabelledText>> parse_labelled_texts(const nlohmann::json& samples,
                                                       const std::vector<std::string>& labels);

// The share of right first guesses among the `label_count` chances of `output`.
std::unique_ptr<Judge> make_label_judge(std::span<const LabelledText> texts, std::size_t label_count,
                                        std::string output);

}  // namespace eb
