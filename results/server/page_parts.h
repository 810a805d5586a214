#pragma once
// What the pages share: the frame, badges, numbers, bars, links.
#include <optional>
#include <string>
#include <string_view>

#include "reporters/reporters.h"
#include "results/server/pages.h"

namespace eb::board {

enum class Section : std::uint8_t { none, board, devices, compare, chips, about };
HttpAnswer page_answer(std::string_view title, Section section, const Markup& content);

Markup trust_badge(Trust trust);
Markup status_badge(RunStatus status);
// A number with its unit, or a dash that says that it was not measured.
Markup measured(const RunRecord::Number& value, std::string_view unit, int significant = 3);
Markup interval_text(const RunRecord::Number& low, const RunRecord::Number& high);  // "2.45 to 2.55"
Markup link(const std::string& url, std::string_view text);
// Share of MACs (or nodes) on the named device, with a bar and what the evidence is.
Markup placement_cell(const RunRecord& record);
std::string name_of_device(const RunRecord& record);

// "vulkan · gpu"; once where both have one name.
std::string backend_and_kind(const RunRecord& record);
std::string device_url(std::string_view name);
std::string run_url(std::string_view id);
std::string day_of(std::string_view iso_time);  // "2026-11-30"

// A bar from 0 to `value` on a scale that ends at `most`, with a whisker over the interval.
struct Bar {
  double value = 0, most = 1;
  std::optional<double> low{}, high{};
  std::string_view label{};  // for those who hear the page
};
Markup bar(const Bar& bar);

// <option>s of a <select>; `chosen` is marked, and offered even if it is no value.
Markup options(const std::vector<ValueCount>& values, std::string_view chosen, std::string_view all);
Markup labelled_select(std::string_view name, std::string_view label, const Markup& options);

// The newest good results of a device, the newest first, at most kNewest; not_found where there is none.
inline constexpr std::int64_t kNewest = 500;
Result<std::vector<StoredRecord>> newest_of_device(Store& store, const std::string& name);

// The pages.
Result<HttpAnswer> board_page(const PageSource& source, const Target& target);
Result<HttpAnswer> devices_page(const PageSource& source);
Result<HttpAnswer> device_page(const PageSource& source, const std::string& name, const Target& target);
Result<HttpAnswer> run_page(const PageSource& source, const std::string& id);
Result<HttpAnswer> compare_page(const PageSource& source, const Target& target);
Result<HttpAnswer> chips_page(const PageSource& source);
HttpAnswer about_page();

}  // namespace eb::board
