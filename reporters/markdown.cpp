// report.md: the short table and what is needed to judge it, for pull requests and chat.
#include <fmt/format.h>

#include <algorithm>

#include "reporters/markdown_text.h"
#include "reporters/matrix.h"
#include "reporters/reporters.h"
#include "reporters/summary.h"
#include "reporters/text.h"
#include "reporters/variants.h"

namespace eb {
namespace {

// A fence longer than any run of backticks inside.
std::string code_block(const std::vector<std::string>& lines) {
  std::size_t longest = 2, run = 0;
  for (const std::string& line : lines) {
    for (const char c : line + "\n") {
      run = c == '`' ? run + 1 : 0;
      longest = std::max(longest, run);
    }
  }
  const std::string fence(longest + 1, '`');
  std::string block = fence + "sh\n";
  for (const std::string& line : lines) block += line + "\n";
  return block + fence + "\n";
}

std::string table(std::span<const RunRecord> records) {
  std::vector<std::string> titles, rules;
  std::vector<const SummaryColumn*> columns;
  for (const SummaryColumn& column : summary_columns()) {
    const auto has_value = [&](const RunRecord& record) { return !column.text(record).empty(); };
    if (std::none_of(records.begin(), records.end(), has_value)) continue;
    columns.push_back(&column);
    titles.push_back(fmt::format("{}{}{}", column.title, column.unit.empty() ? "" : ", ", column.unit));
    rules.push_back(column.right_aligned ? "---:" : "---");
  }
  std::string text = markdown_row(titles) + markdown_row(rules);
  for (const RunRecord& record : records) {
    std::vector<std::string> cells;
    for (const SummaryColumn* column : columns) {
      const std::string cell = markdown_text(column->text(record));
      cells.push_back(cell.empty() ? "–" : cell);
    }
    text += markdown_row(cells);
  }
  return text;
}

std::string matrix_table(std::span<const RunRecord> records) {
  const SupportMatrix matrix = support_matrix(records);
  if (matrix.rows.empty()) return "";
  std::vector<std::string> titles = {"workload"}, rules(matrix.devices.size() + 1, "---");
  for (const std::string& device : matrix.devices) titles.push_back(markdown_text(device));
  std::string text = markdown_row(titles) + markdown_row(rules);
  for (const SupportMatrix::Row& line : matrix.rows) {
    std::vector<std::string> cells = {markdown_text(line.workload)};
    for (const auto& cell : line.cells) {
      std::string all;
      for (const MatrixEntry& entry : cell)
        all += (all.empty() ? "" : "<br>") + markdown_text(entry_text(entry));
      cells.push_back(all.empty() ? "–" : all);
    }
    text += markdown_row(cells);
  }
  return text;
}

std::string variants_text(std::span<const RunRecord> records) {
  std::string text;
  for (const VariantTable& table : variant_tables(records)) {
    std::vector<std::string> titles, rules;
    for (const VariantColumn& column : variant_columns()) {
      titles.push_back(fmt::format("{}{}{}", column.title, column.unit.empty() ? "" : ", ", column.unit));
      rules.push_back(column.right_aligned ? "---:" : "---");
    }
    text += fmt::format("**{}**\n\n{}{}", escaped(table.title), row(titles), row(rules));
    for (const RunRecord* record : table.records) {
      std::vector<std::string> cells;
      for (const VariantColumn& column : variant_columns()) {
        const std::string cell = escaped(column.text(*record, *table.base));
        cells.push_back(cell.empty() ? "–" : cell);
      }
      text += row(cells);
    }
    text += "\n";
  }
  return text.empty() ? "" : text + std::string(variants_note()) + "\n";
}

std::string shared_list(const std::vector<Shared>& items, std::size_t all) {
  std::string list;
  for (const Shared& item : items) {
    list += "- " + markdown_text(item.text);
    if (item.records.size() == all)
      list += " (all)";
    else if (item.records.size() <= 3)
      for (const RunRecord* record : item.records)
        list += (record == item.records.front() ? " (" : ", ") + markdown_text(record_title(*record)) +
                (record == item.records.back() ? ")" : "");
    else
      list += fmt::format(" ({} of {} records)", item.records.size(), all);
    list += "\n";
  }
  return list;
}

std::string licence_list(std::span<const RunRecord> records) {
  std::string list;
  for (const Shared& licence : shared_texts(records, &RunRecord::licence)) {
    list += "- " + markdown_text(licence.text);
    const auto workloads = workloads_of(licence);
    for (const std::string& workload : workloads)
      list += (&workload == &workloads.front() ? ": " : ", ") + markdown_text(workload);
    list += "\n";
  }
  return list;
}

std::string section(std::string_view title, const std::string& body) {
  return body.empty() ? "" : fmt::format("\n## {}\n\n{}", title, body);
}

std::string reasons(std::span<const RunRecord> records) {
  std::string list;
  for (const RunRecord& record : records) {
    if (record.status == RunStatus::ok) continue;
    const std::string reason = markdown_text(record.reason);
    list += fmt::format("- **{}** {}: {}\n", markdown_text(status_name(record.status)),
                        markdown_text(record_title(record)), reason.empty() ? "no reason was given" : reason);
  }
  return list;
}

std::string context_table(const Run& run) {
  std::string rows;
  for (const ContextRow& item : context_rows(run))
    rows += markdown_row({markdown_text(item.label), markdown_text(item.text)});
  return rows.empty() ? "" : markdown_row({"context", "value"}) + markdown_row({"---", "---"}) + rows;
}

std::string commands(std::span<const RunRecord> records) {
  std::vector<std::string> lines;
  for (const Shared& item : shared_texts(records, &RunRecord::command)) lines.push_back(item.text);
  return lines.empty() ? "" : code_block(lines);
}

class MarkdownReporter final : public Reporter {
 public:
  std::string_view format() const override { return "md"; }
  std::string_view file_name() const override { return "report.md"; }
  Result<std::string> render(const Run& run) const override {
    const std::size_t all = run.records.size();
    std::string text = fmt::format("# edgebench: {}\n\n", markdown_text(machine_title(run)));
    std::string facts;
    for (const std::string& fact : headline_facts(run))
      facts += (facts.empty() ? "" : " · ") + markdown_text(fact);
    if (!facts.empty()) text += facts + "\n\n";
    text += fmt::format("{} of {} ok.{}\n", count_statuses(run.records)[0], counted(all, "record"),
                        context_text(run, "interrupted") == "yes" ? " **The run was interrupted.**" : "");
    if (all > 0) text += section("Results", table(run.records));
    text += section("Against the original", variants_text(run.records));
    text += section("Support", matrix_table(run.records));
    text += section("Not ok", reasons(run.records));
    text += section("Warnings", shared_list(shared_texts(run.records, &RunRecord::warnings), all));
    text += section("Not ranked because", shared_list(shared_unranked_reasons(run.records), all));
    text += section("Context", context_table(run));
    text += section("Licences", licence_list(run.records));
    text += section("Commands that repeat it", commands(run.records));
    return text + fmt::format("\nSchema {}. A value that was not measured is –.\n", kRunSchema);
  }
};

}  // namespace

std::unique_ptr<Reporter> make_markdown_reporter() {
  return std::make_unique<MarkdownReporter>();
}

}  // namespace eb
