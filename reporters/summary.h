#pragma once
// What console, Markdown and HTML have in common: the columns of the short table, how a status looks, the
// context's text, and the records grouped by what was opened. Pure functions of a run.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/run.h"

namespace eb {

enum class Tone : std::uint8_t { good, bad, doubtful, quiet };
Tone tone_of(RunStatus status);

struct SummaryColumn {
  std::string_view title;
  std::string_view unit;   // "" where the cells carry none or their own
  std::string_view field;  // the field whose documentation explains the column
  int drop_order;          // a narrow table leaves out the highest first; 0 always stays
  bool right_aligned;
  std::string (*text)(const RunRecord&);  // one line of valid UTF-8; "" where nothing was measured
};

std::span<const SummaryColumn> summary_columns();

// The documentation of a field; "" for an unknown one.
std::string_view field_doc(std::string_view name);

// "latency_p90_ms" in ms is "latency p90": for where the unit stands elsewhere.
std::string label_of(std::string_view name, std::string_view unit);

// Four digits; "" where nothing was measured.
std::string measured_text(RunRecord::Number value);

// A percentile and the upper bound of its true value: "2.510 ≤ 2.553".
std::string point_and_bound(RunRecord::Number point, RunRecord::Number bound);

// How queries came, and what was held: "412 queries/s with p99 ≤ 20 ms", "30 queries/s", "8 samples a query";
// "" where they came one after the other. What is not held at 99 % confidence: "p99 ≤ 20 ms not shown".
std::string load_text(const RunRecord& record);

// "0.972 (≥ 0.95)". The direction shows only where status and numbers prove it: "(target 0.95)" otherwise.
std::string quality_text(const RunRecord& record);
std::string quality_value(const RunRecord& record);
std::string target_text(const RunRecord& record);

// "cpu/0", "cpu" where the device has no id.
std::string device_path(const RunRecord& record);

// 0.987 is "98.7 %"; only what is exactly everything is "100 %".
std::string share_text(double share);

// A value of the context as one line: numbers for people, yes or no, anything nested as JSON.
std::string context_text(const nlohmann::ordered_json& value);
// "" where the context lacks the key.
std::string context_text(const Run& run, std::string_view key);

struct ContextRow {
  std::string label, text, doc;  // the text with its unit
};
// In the order of context_keys(), then what else the context holds.
std::vector<ContextRow> context_rows(const Run& run);

struct LibraryRow {
  std::string path, version, sha256;
};
// The context's libraries; its list of them is but a number among the rows above.
std::vector<LibraryRow> library_rows(const Run& run);

// What was opened once: the scenarios of one workload on one device at one precision, in order of appearance.
struct RecordGroup {
  std::vector<const RunRecord*> records;
};
std::vector<RecordGroup> group_records(std::span<const RunRecord> records);

// A text and the records that say it, in order of first appearance.
struct Shared {
  std::string text;
  std::vector<const RunRecord*> records;
};
std::vector<Shared> shared_texts(std::span<const RunRecord> records, RunRecord::Texts RunRecord::*texts);
std::vector<Shared> shared_texts(std::span<const RunRecord> records, std::string RunRecord::*text);

// Of good records only: that a failed one is not ranked says nothing new.
std::vector<Shared> shared_unranked_reasons(std::span<const RunRecord> records);

// "trial: 34 queries in 1.9 s" or "correlated (0.38)", with other numbers for each record, become one text:
// "trial".
std::vector<Shared> folded(const std::vector<Shared>& items);

// The different workloads of those records.
std::vector<std::string> workloads_of(const Shared& shared);

inline constexpr std::size_t kStatusCount = static_cast<std::size_t>(RunStatus::skipped) + 1;
std::array<std::size_t, kStatusCount> count_statuses(std::span<const RunRecord> records);

// "vision/face-detection cpu/0 fp32 single-stream".
std::string record_title(const RunRecord& record);

// What a reader is told first, below the title: where, with what, how much evidence, when.
std::string machine_title(const Run& run);
std::vector<std::string> headline_facts(const Run& run);

}  // namespace eb
