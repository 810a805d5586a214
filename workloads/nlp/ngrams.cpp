#include "workloads/nlp/ngrams.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/json.h"
#include "workloads/nlp/unicode.h"

namespace eb {
namespace {

constexpr std::size_t kMaxLabels = 10'000;
constexpr std::size_t kMaxNgrams = 100'000;  // of one length

Error bad(std::string message) {
  return {ErrorKind::invalid, std::move(message)};
}

Result<std::vector<std::string>> parse_strings(const nlohmann::json& list, std::size_t max_count) {
  if (!list.is_array() || list.empty() || list.size() > max_count) {
    return bad(fmt::format("is not a list of 1 to {} strings", max_count));
  }
  std::vector<std::string> strings;
  for (const auto& entry : list) {
    if (!entry.is_string()) return bad("holds something that is not a string");
    strings.push_back(entry.get_ref<const std::string&>());
  }
  return strings;
}

}  // namespace

std::u16string normalize_text(std::string_view utf8) {
  std::u32string kept;
  for (const char32_t code : decode_utf8(utf8)) {
    if (code == U'-') {
      kept.push_back(U' ');
    } else if (is_letter_or_mark(code) || is_white_space(code)) {
      kept.push_back(code);
    }
  }
  std::u32string collapsed;
  for (std::size_t i = 0; i < kept.size();) {
    std::size_t end = i;
    while (end < kept.size() && is_white_space(kept[end])) ++end;
    if (end == i) {
      collapsed.push_back(kept[i++]);
    } else {
      // Only runs become a space; a lone tab or no-break space stays what it is.
      collapsed.push_back(end - i == 1 ? kept[i] : U' ');
      i = end;
    }
  }
  std::u32string lower = to_lower(collapsed);
  const auto is_word = [](char32_t code) { return !is_white_space(code); };
  lower.erase(std::find_if(lower.rbegin(), lower.rend(), is_word).base(), lower.end());
  lower.erase(lower.begin(), std::find_if(lower.begin(), lower.end(), is_word));
  return u' ' + encode_utf16(lower) + u' ';
}

Result<NgramTable> NgramTable::parse(std::string_view json) {
  const auto document = parse_json(json);
  if (!document.is_object() || document.value("schema", nlohmann::json()) != "edgebench.ngrams/1") {
    return bad("is not an n-gram list (schema edgebench.ngrams/1)");
  }
  NgramTable table;
  auto labels = parse_strings(document.value("labels", nlohmann::json()), kMaxLabels);
  if (!labels) return labels.error().within("labels");
  table.labels_ = *std::move(labels);
  const auto orders = document.value("ngrams", nlohmann::json());
  if (!orders.is_array() || orders.size() != kOrders) return bad("\"ngrams\" is not a list of 4 lists");
  for (std::size_t order = 0; order < kOrders; ++order) {
    const std::size_t length = order + 1;
    const std::string where = fmt::format("{}-grams", length);
    auto ngrams = parse_strings(orders[order], kMaxNgrams);
    if (!ngrams) return ngrams.error().within(where);
    for (const std::string& ngram : *ngrams) {
      std::u16string units = encode_utf16(decode_utf8(ngram));
      if (units.size() != length) return bad(fmt::format("{}: \"{}\" has another length", where, ngram));
      const auto position = static_cast<std::uint32_t>(table.features_++);
      if (!table.positions_[order].emplace(std::move(units), position).second) {
        return bad(fmt::format("{}: \"{}\" comes twice", where, ngram));
      }
    }
  }
  return table;
}

void NgramTable::count(std::string_view utf8, std::span<float> features) const {
  const std::u16string text = normalize_text(utf8);
  std::vector<std::uint32_t> counts(features_);
  for (std::size_t order = 0; order < kOrders; ++order) {
    const std::size_t length = order + 1;
    for (std::size_t at = 0; at + length <= text.size(); ++at) {
      const auto known = positions_[order].find(text.substr(at, length));
      if (known != positions_[order].end()) ++counts[known->second];
    }
    const auto total = static_cast<double>(text.size() >= length ? text.size() - length + 1 : 1);
    for (const auto& [ngram, position] : positions_[order]) {
      features[position] = static_cast<float>(counts[position] / total);
    }
  }
}

}  // namespace eb
