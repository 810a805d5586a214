#include "results/bundle/check.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "harness/base/json.h"
#include "results/bundle/public_raw.h"
#include "results/bundle/public_run.h"

namespace eb {
namespace {

using Weight = Finding::Weight;

constexpr std::size_t kMostUsesOfReadings = 8;  // scenarios of one process share its meters' files

std::string where_of(const RunRecord& record) {
  std::string where = record.workload;
  for (const std::string* part : {&record.backend, &record.device, &record.precision, &record.scenario})
    if (!part->empty()) where += ", " + *part;
  return where;
}

// Of the cell's launches; one model under two names makes two cells that are called the same.
bool is_of(const LaunchFacts& launch, const RunRecord& record) {
  // What failed in a later launch has forgotten the files of those before.
  if (record.status != RunStatus::ok) return true;
  return std::all_of(launch.raw_files.begin(), launch.raw_files.end(), [&](const std::string& file) {
    return std::find(record.raw_files.begin(), record.raw_files.end(), file) != record.raw_files.end();
  });
}

// What should not leave a machine has not left it.
void check_public(const Bundle& bundle, Findings& findings) {
  const Run shown = public_run(bundle.run);
  if (canonical_json(shown.context) != canonical_json(bundle.run.context))
    findings.refuse(
        "its context holds what no bundle may: keys that are not public, paths, addresses or names");
  for (std::size_t i = 0; i < shown.records.size(); ++i)
    for (const Field& field : fields())
      if (field_text(field, shown.records[i], 17) != field_text(field, bundle.run.records[i], 17))
        findings.refuse(
            fmt::format("{} of record {} is not as it may be shown: it holds a path, an address or "
                        "a name, or is not rebuilt from fields",
                        field.name, i + 1));
  for (const auto& [file, bytes] : bundle.raw) {
    if (!file.ends_with(".csv")) continue;
    const auto trace = public_trace(bytes, file, {});
    if (!trace) {
      findings.refuse(trace.error().message);
    } else if (*trace != bytes) {
      findings.refuse(fmt::format("{} holds a path, an address or a name, or is cut off", file));
    }
  }
}

// Every raw file belongs to a record, and latencies to one only.
void check_files(const Bundle& bundle, const std::vector<LaunchFacts>& launches, Findings& findings) {
  std::multiset<std::string> used;
  for (const RunRecord& record : bundle.run.records)
    used.insert(record.raw_files.begin(), record.raw_files.end());
  for (const std::string& file : std::set<std::string>(used.begin(), used.end()))
    if (used.count(file) > 1) findings.refuse(fmt::format("{} belongs to several records", file));
  for (const RunRecord& record : bundle.run.records)
    used.insert(record.power_files.begin(), record.power_files.end());
  for (const auto& [file, bytes] : bundle.raw)
    if (file != kLaunchesFile && !used.contains(file))
      findings.refuse(fmt::format("{} belongs to no record", file));
  std::multiset<std::string> readings;
  for (const LaunchFacts& launch : launches)
    readings.insert(launch.power_files.begin(), launch.power_files.end());
  for (const std::string& file : std::set<std::string>(readings.begin(), readings.end()))
    if (readings.count(file) > kMostUsesOfReadings)
      findings.refuse(fmt::format("{} is used by {} launches", file, readings.count(file)));
}

std::vector<LaunchFacts> read_launches(const Bundle& bundle, Findings& findings) {
  const auto file = bundle.raw.find(std::string(kLaunchesFile));
  if (file == bundle.raw.end()) return {};
  auto launches = launches_from_text(file->second, kLaunchesFile);
  if (!launches) {
    findings.refuse(launches.error().message);
    return {};
  }
  const auto shown = public_launches(file->second, bundle.run);
  if (shown && *shown != file->second)
    findings.refuse(fmt::format("{} holds names of files or models that no bundle has", kLaunchesFile));
  return *std::move(launches);
}

// Launches by their cell, so that each record finds its own at once.
using ByCell = std::multimap<std::string, std::size_t>;

template <class T>
std::string cell_of(const T& one) {
  std::string cell;
  for (const std::string* part : {&one.workload, &one.backend, &one.device, &one.precision, &one.scenario})
    cell += *part + '\n';
  return cell;
}

void check_record(const RunRecord& record, const Bundle& bundle, const std::vector<LaunchFacts>& launches,
                  ByCell& waiting, Findings& findings) {
  RecordCase one{record, bundle};
  const auto [first, last] = waiting.equal_range(cell_of(record));
  for (auto at = first; at != last;) {
    const LaunchFacts& launch = launches[at->second];
    if (is_of(launch, record)) one.launches.push_back(&launch);
    at = is_of(launch, record) ? waiting.erase(at) : std::next(at);
  }
  check_plausible(record, bundle.run.context, findings);
  check_derived(record, findings);
  if (record.status != RunStatus::ok || !record.window_s) return;
  check_latencies(one, findings);
  check_power(one, findings);
  check_meter_effect(one, findings);
}

Verdict::Kind kind_of(const std::vector<Finding>& findings) {
  const auto has = [&](Weight weight) {
    return std::any_of(findings.begin(), findings.end(),
                       [&](const Finding& f) { return f.weight == weight; });
  };
  if (has(Weight::refusal)) return Verdict::Kind::refused;
  return has(Weight::flag) ? Verdict::Kind::flagged : Verdict::Kind::accepted;
}

// Texts of a bundle may be shown on a terminal.
std::string plain(std::string text) {
  constexpr std::size_t kLongest = 600;
  text.resize(std::min(text.size(), kLongest));
  for (char& c : text)
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = '?';
  return text;
}

Verdict with_plain_texts(Verdict verdict) {
  for (Finding& finding : verdict.findings) {
    finding.where = plain(std::move(finding.where));
    finding.sentence = plain(std::move(finding.sentence));
  }
  return verdict;
}

void append(std::vector<Finding>& all, std::vector<Finding> more) {
  std::move(more.begin(), more.end(), std::back_inserter(all));
}

}  // namespace

void Findings::expect(std::string_view name, const std::optional<double>& stated,
                      const std::optional<double>& computed, std::string_view source, double tolerance,
                      double scale) {
  if (!stated && !computed) return;
  if (!computed) return refuse(fmt::format("{} is {:.6g}, which {} do not give", name, *stated, source));
  if (!stated) return flag(fmt::format("{} is left out; {} give {:.6g}", name, source, *computed));
  const double most = tolerance * std::max(std::abs(*computed), scale);
  if (std::abs(*stated - *computed) <= most) return;  // nor is NaN
  refuse(fmt::format("{} is {:.9g}, {} give {:.9g}", name, *stated, source, *computed));
}

void Findings::expect(std::string_view name, std::string_view stated, std::string_view computed,
                      std::string_view source) {
  if (stated == computed) return;
  if (stated.empty()) return flag(fmt::format("{} is left out; {} say '{}'", name, source, computed));
  refuse(fmt::format("{} is '{}', {} say '{}'", name, stated, source, computed));
}

void Findings::expect_each(std::string_view name, const std::vector<double>& stated,
                           const std::vector<RunRecord::Number>& computed, std::string_view source) {
  if (stated.empty() && !computed.empty())
    return flag(fmt::format("{} is left out; {} give {} values", name, source, computed.size()));
  if (stated.size() != computed.size())
    return refuse(fmt::format("{} has {} values, {} give {}", name, stated.size(), source, computed.size()));
  for (std::size_t i = 0; i < stated.size(); ++i)
    if (computed[i]) expect(fmt::format("{} of part {}", name, i + 1), stated[i], computed[i], source);
}

std::string Verdict::line() const {
  constexpr std::size_t kFew = 1;
  std::set<std::string> refused, flagged;
  std::vector<std::string> of_bundle;
  for (const Finding& finding : findings) {
    if (finding.weight == Weight::note) continue;
    const bool is_refusal = finding.weight == Weight::refusal;
    if (!finding.where.empty()) (is_refusal ? refused : flagged).insert(finding.where);
    if (finding.where.empty() && (is_refusal || kind == Kind::flagged)) of_bundle.push_back(finding.sentence);
  }
  const auto more =
      of_bundle.size() > kFew ? fmt::format(", and {} findings more", of_bundle.size() - kFew) : "";
  const std::string first = of_bundle.empty() ? "" : of_bundle.front() + more;
  if (kind == Kind::accepted)
    return fmt::format(
        "accepted: all numbers of {} records that can be computed anew follow from their raw data", records);
  if (kind == Kind::flagged)
    return "flagged: " +
           (first.empty() ? fmt::format("{} of {} records are doubtful", flagged.size(), records) : first);
  if (!first.empty()) return "refused: " + first;
  return fmt::format("refused: {} of {} records do not hold", refused.size(), records);
}

std::string_view weight_name(Finding::Weight weight) {
  return weight == Weight::refusal ? "refusal" : weight == Weight::flag ? "flag" : "note";
}

nlohmann::ordered_json to_json(const std::vector<Finding>& findings) {
  auto list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings)
    list.push_back(
        {{"weight", weight_name(finding.weight)}, {"where", finding.where}, {"sentence", finding.sentence}});
  return list;
}

Verdict check_bundle(std::string_view bytes, const BundleLimits& limits) {
  return open_and_check(bytes, limits).verdict;
}

CheckedBundle open_and_check(std::string_view bytes, const BundleLimits& limits) {
  Verdict verdict;
  auto bundle = open_bundle(bytes, limits);
  if (!bundle) {
    verdict.findings.push_back({Weight::refusal, "", bundle.error().message});
    return {with_plain_texts(std::move(verdict)), std::nullopt};
  }
  verdict.id = bundle->id;
  verdict.key_id = bundle->key_id;
  verdict.records = bundle->run.records.size();
  Findings whole("");
  if (bundle->run.records.empty()) whole.refuse("it holds no record");
  check_public(*bundle, whole);
  const auto launches = read_launches(*bundle, whole);
  check_files(*bundle, launches, whole);
  append(verdict.findings, whole.take());
  // What is not even a bundle's business is not computed anew: that costs time.
  const bool is_sound = kind_of(verdict.findings) != Verdict::Kind::refused;
  ByCell waiting;
  for (std::size_t i = 0; i < launches.size(); ++i) waiting.emplace(cell_of(launches[i]), i);
  for (const RunRecord& record : bundle->run.records) {
    if (!is_sound) break;
    Findings findings(where_of(record));
    check_record(record, *bundle, launches, waiting, findings);
    append(verdict.findings, findings.take());
  }
  if (is_sound && !waiting.empty())
    verdict.findings.push_back(
        {Weight::flag, "", fmt::format("{} has launches of no record", kLaunchesFile)});
  verdict.kind = kind_of(verdict.findings);
  return {with_plain_texts(std::move(verdict)), *std::move(bundle)};
}

}  // namespace eb
