#include "workloads/nlp/labelled_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "workloads/fields.h"
#include "workloads/top_one.h"

namespace eb {
namespace {

constexpr std::size_t kMaxTextBytes = 1 << 20;

Result<LabelledText> parse_labelled_text(const nlohmann::json& entry,
                                         const std::vector<std::string>& labels) {
  LabelledText text;
  EB_GET(text.text, string_field(entry, "text", kMaxTextBytes));
  EB_GET(const std::string name, string_field(entry, "label", 64));
  const auto label = std::find(labels.begin(), labels.end(), name);
  if (label == labels.end())
    return Error{ErrorKind::invalid, fmt::format("the network has no label \"{}\"", name)};
  text.label = static_cast<std::size_t>(label - labels.begin());
  return text;
}

}  // namespace

Result<std::vector<LabelledText>> parse_labelled_texts(const nlohmann::json& samples,
                                                       const std::vector<std::string>& labels) {
  std::vector<LabelledText> texts;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto text = parse_labelled_text(samples[i], labels);
    if (!text) return text.error().within(fmt::format("sample {}", i));
    texts.push_back(*std::move(text));
  }
  return texts;
}

std::unique_ptr<Judge> make_label_judge(std::span<const LabelledText> texts, std::size_t label_count,
                                        std::string output) {
  std::vector<std::size_t> labels;
  for (const LabelledText& text : texts) labels.push_back(text.label);
  return make_top_one_judge(
      {.classes = std::move(labels), .class_count = label_count, .output = std::move(output)});
}

}  // namespace eb
