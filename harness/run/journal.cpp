#include "harness/run/journal.h"

#include <fmt/format.h>

#include <cerrno>
#include <system_error>

#include "harness/base/files.h"
#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
constexpr std::string_view kSchema = "edgebench.journal/1";
constexpr std::uint64_t kMaxRunBytes = 512ull << 20;

}  // namespace

Result<Journal> Journal::create(const std::filesystem::path& file, const Json& context) {
  Journal journal(file);
  EB_OK(journal.write({{"schema", kSchema}, {"context", context}}));
  return journal;
}

Status Journal::append(const RunRecord& record) {
  return write({{"record", to_json(record)}});
}

Status Journal::write(const Json& line) {
  errno = 0;
  out_ << line.dump(-1, ' ', false, Json::error_handler_t::replace) << '\n' << std::flush;
  if (out_) return Done{};
  const int why = errno;
  out_.clear();  // a full disk may have room again
  return Error{ErrorKind::io,
               fmt::format("cannot write {}: {}", file_.string(), std::generic_category().message(why))};
}

Result<Run> read_journal(const std::filesystem::path& file) {
  EB_GET(const std::string text, read_file(file, kMaxRunBytes));
  Run run;
  bool has_head = false;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string::npos) break;
    const Json line = parse_json<Json>(std::string_view(text).substr(at, end - at));
    at = end + 1;
    if (!has_head) {
      has_head = line.is_object() && line.value("schema", Json()) == Json(kSchema) &&
                 line.contains("context") && line["context"].is_object();
      if (!has_head) break;
      run.context = line["context"];
    } else if (line.is_object() && line.contains("record")) {
      EB_GET(RunRecord record, record_from_json(line["record"]));
      run.records.push_back(std::move(record));
    }
  }
  if (!has_head)
    return Error{ErrorKind::invalid, fmt::format("{} is not a journal of edgebench", file.string())};
  return run;
}

namespace {

// A folder's layers, if it has any. A file of them that is damaged does not hide the records.
void add_layers(const std::filesystem::path& folder, Run& run) {
  const auto file = folder / "layers.json";
  std::error_code code;
  if (!std::filesystem::is_regular_file(file, code)) return;
  auto text = read_file(file, kMaxRunBytes);
  auto cells = text ? layers_from_json(*text, file.string()) : text.error();
  if (cells) run.layers = *std::move(cells);
}

Result<Run> read_records(const std::filesystem::path& path, bool is_folder) {
  std::error_code code;
  const auto file = is_folder ? path / "run.json" : path;
  if (is_folder && !std::filesystem::exists(file, code)) {
    auto run = read_journal(path / "journal.jsonl");
    if (run) run->context["interrupted"] = true;
    return run;
  }
  EB_GET(const std::string text, read_file(file, kMaxRunBytes));
  if (file.extension() == ".jsonl") return read_journal(file);
  return run_from_json(text, file.string());
}

}  // namespace

Result<Run> read_run(const std::filesystem::path& path) {
  std::error_code code;
  const bool is_folder = std::filesystem::is_directory(path, code);
  auto run = read_records(path, is_folder);
  if (run) add_layers(is_folder ? path : path.parent_path(), *run);
  return run;
}

Result<LatencyLog> read_latencies(const std::filesystem::path& folder, const std::string& file) {
  constexpr std::uint64_t kMaxRawBytes = 64ull << 20;
  EB_GET(const auto path, path_within(folder, file));
  EB_GET(const std::string bytes, read_file(path, kMaxRawBytes));
  return LatencyLog::from_bytes(bytes, file);
}

}  // namespace eb
