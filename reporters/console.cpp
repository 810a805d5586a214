#include "reporters/console.h"

#include <fmt/format.h>

#include <algorithm>

#include "reporters/matrix.h"
#include "reporters/summary.h"
#include "reporters/text.h"
#include "reporters/text_table.h"

namespace eb {
namespace {

constexpr std::string_view kAbsent = "–";
constexpr std::string_view kGap = "  ";
constexpr int kGapWidth = 2;
// A long text is cut to the first of these before columns are left out, and to the second when all else is
// done.
constexpr int kAmpleWidth = 28, kLeastWidth = 12;

std::string_view tone_code(Tone tone) {
  switch (tone) {
    case Tone::good:
      return "\x1b[32m";
    case Tone::bad:
      return "\x1b[31m";
    case Tone::doubtful:
      return "\x1b[33m";
    case Tone::quiet:
      break;
  }
  return "\x1b[2m";
}

std::string painted(const std::string& text, std::string_view code, bool colour) {
  return colour && !text.empty() ? fmt::format("{}{}\x1b[0m", code, text) : text;
}

struct Column {
  const SummaryColumn* spec = nullptr;
  std::vector<std::string> cells;  // title, unit, then one a record
  int width = 0;
};

int natural_width(const Column& column) {
  int width = 0;
  for (const std::string& cell : column.cells) width = std::max(width, display_width(cell));
  return width;
}

Column make_column(const SummaryColumn& spec, std::span<const RunRecord> records) {
  Column column{&spec, {std::string(spec.title), std::string(spec.unit)}, 0};
  for (const RunRecord& record : records) {
    std::string cell = spec.text(record);
    column.cells.push_back(cell.empty() ? std::string(kAbsent) : std::move(cell));
  }
  column.width = natural_width(column);
  return column;
}

int total_width(const std::vector<Column>& columns) {
  int width = columns.empty() ? 0 : -kGapWidth;
  for (const Column& column : columns) width += column.width + kGapWidth;
  return width;
}

// Cuts the widest column by what is too much, but not below `least`.
void cut_widest(std::vector<Column>& columns, int width_columns, int least) {
  const auto narrower = [](const Column& a, const Column& b) { return a.width < b.width; };
  const auto widest = std::max_element(columns.begin(), columns.end(), narrower);
  const int excess = total_width(columns) - width_columns;
  if (widest == columns.end() || excess <= 0 || widest->width <= least) return;
  widest->width = std::max(least, widest->width - excess);
}

void fit(std::vector<Column>& columns, int width_columns) {
  cut_widest(columns, width_columns, kAmpleWidth);
  const auto drops_before = [](const Column& a, const Column& b) {
    return a.spec->drop_order < b.spec->drop_order;
  };
  while (total_width(columns) > width_columns) {
    const auto least = std::max_element(columns.begin(), columns.end(), drops_before);
    if (least == columns.end() || least->spec->drop_order == 0) break;
    columns.erase(least);
  }
  cut_widest(columns, width_columns, kLeastWidth);
  // What was left out may have made more room than was needed.
  for (Column& column : columns)
    column.width =
        std::min(natural_width(column), column.width + std::max(0, width_columns - total_width(columns)));
}

std::string padded(const std::string& cell, const Column& column) {
  const std::string text = cut_to_width(cell, column.width);
  const std::string blanks(static_cast<std::size_t>(std::max(0, column.width - display_width(text))), ' ');
  return column.spec->right_aligned ? blanks + text : text + blanks;
}

std::string table_line(const std::vector<Column>& columns, std::size_t row, std::string_view status_code) {
  std::string line;
  for (const Column& column : columns) {
    if (!line.empty()) line += kGap;
    const bool is_status = column.spec->field == "status";
    line += painted(padded(column.cells[row], column), status_code, is_status && !status_code.empty());
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line;
}

// Text of `record` with its unit, or "".
std::string measured(std::string_view label, const std::string& text, std::string_view unit) {
  if (text.empty()) return "";
  return fmt::format("{}{}{}{}{}{}", kGap, label, label.empty() ? "" : " ", text, unit.empty() ? "" : " ",
                     unit);
}

}  // namespace

std::string render_table(std::span<const RunRecord> records, int width_columns, bool colour) {
  if (records.empty()) return "";
  std::vector<Column> columns;
  for (const SummaryColumn& spec : summary_columns()) {
    const auto has_value = [&](const RunRecord& record) { return !spec.text(record).empty(); };
    if (std::any_of(records.begin(), records.end(), has_value)) columns.push_back(make_column(spec, records));
  }
  if (width_columns > 0) fit(columns, width_columns);
  std::string text = painted(table_line(columns, 0, ""), "\x1b[1m", colour) + "\n";
  const std::string units = table_line(columns, 1, "");
  if (!units.empty()) text += painted(units, "\x1b[2m", colour) + "\n";
  std::string rule;
  for (int i = 0; i < total_width(columns); ++i) rule += "─";
  text += painted(rule, "\x1b[2m", colour) + "\n";
  for (std::size_t i = 0; i < records.size(); ++i)
    text += table_line(columns, i + 2, colour ? tone_code(tone_of(records[i].status)) : "") + "\n";
  return text;
}

std::string render_reasons(std::span<const RunRecord> records, int width_columns, bool colour) {
  std::string text;
  for (const RunRecord& record : records) {
    if (record.status == RunStatus::ok) continue;
    const std::string status(status_name(record.status)), reason = one_line(record.reason);
    std::string rest = fmt::format(" {}{}{}", record_title(record), reason.empty() ? "" : ": ", reason);
    if (width_columns > 0)
      rest = cut_to_width(rest, std::max(kLeastWidth, width_columns - display_width(status)));
    text += painted(status, tone_code(tone_of(record.status)), colour) + rest + "\n";
  }
  for (const Shared& shared : folded(shared_unranked_reasons(records))) {
    const std::string line =
        fmt::format("not ranked ({} of {}): {}", shared.records.size(), records.size(), shared.text);
    text += (width_columns > 0 ? cut_to_width(line, width_columns) : line) + "\n";
  }
  return text;
}

std::string render_matrix(std::span<const RunRecord> records, int width_columns, bool colour) {
  const SupportMatrix matrix = support_matrix(records);
  if (matrix.rows.empty()) return "";
  TextTable table{{{"support"}}, {}};
  for (const std::string& device : matrix.devices) table.columns.push_back({device});
  for (const SupportMatrix::Row& row : matrix.rows) {
    table.rows.push_back({row.workload});
    for (const auto& cell : row.cells) {
      std::string text;
      for (const MatrixEntry& entry : cell) text += (text.empty() ? "" : ", ") + entry_text(entry);
      table.rows.back().push_back(text.empty() ? std::string(kAbsent) : text);
    }
  }
  return text_table(table, width_columns, colour);
}

std::string render_line(const RunRecord& record, int width_columns, bool colour) {
  const std::string status(status_name(record.status));
  std::string rest = " " + record_title(record);
  if (record.status != RunStatus::ok) {
    const std::string reason = one_line(record.reason);
    rest += reason.empty() ? "" : ": " + reason;
  } else {
    const std::string parts[] = {
        measured("p50", measured_text(record.latency_p50_ms), "ms"),
        measured("p90", point_and_bound(record.latency_p90_ms, record.latency_p90_bound_ms), "ms"),
        measured("", load_text(record), ""),
        measured("", measured_text(record.throughput_sps), "samples/s"),
        measured("", measured_text(record.effective_tops), "TOPS"),
        measured("", measured_text(record.energy_per_sample_mj), "mJ/sample"),
        measured(one_line(record.quality_metric), quality_text(record), "")};
    int width = display_width(status) + display_width(rest);
    for (const std::string& part : parts) {
      width += display_width(part);
      if (width_columns > 0 && width > width_columns) break;
      rest += part;
    }
  }
  return painted(status, tone_code(tone_of(record.status)), colour) + rest;
}

}  // namespace eb
