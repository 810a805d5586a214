#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/ascii.h"
#include "results/server/answers.h"
#include "results/server/api.h"
#include "results/server/exports.h"
#include "results/server/query.h"

namespace eb::board {
namespace {

using Json = nlohmann::ordered_json;

}  // namespace

Error no_result(std::string_view id) {
  return {ErrorKind::not_found, fmt::format("there is no result {}", id)};
}

Result<HttpAnswer> list_results(Store& store, const Target& target) {
  EB_GET(const RecordQuery query, query_from(target, {}));
  EB_GET(const auto format, export_format(target.parameter("format")));
  EB_GET(const auto records, store.find(query));
  if (format != ExportFormat::json) return export_answer(format, records);
  EB_GET(const auto total, store.count(query.where));
  Json list = Json::array();
  for (const StoredRecord& record : records) list.push_back(to_json(record));
  Json body{{"schema", "edgebench.results/1"}, {"total", total}, {"offset", query.offset}};
  const std::int64_t next = query.offset + static_cast<std::int64_t>(records.size());
  if (!records.empty() && next < total && next <= kDeepestOffset) {
    auto parameters = target.without("offset");
    parameters.emplace_back("offset", fmt::format("{}", next));
    body["next"] = make_url("/api/v1/results", parameters);
  }
  body["results"] = std::move(list);
  return json_answer(200, body);
}

Result<HttpAnswer> show_result(Store& store, const std::string& id, const Target& target) {
  if (!is_sha256(id)) return no_result(id);
  EB_GET(const auto format, export_format(target.parameter("format")));
  EB_GET(const auto run, store.run(id));
  if (!run) return no_result(id);
  if (format != ExportFormat::json) return export_answer(format, records_of(*run));
  return json_answer(200, {{"id", run->run_id},
                           {"received_at", run->received_at},
                           {"source", run->source},
                           {"key_id", run->key_id},
                           {"trust", trust_name(run->trust)},
                           {"run", to_json(run->run)}});
}

Result<HttpAnswer> give_bundle(Store& store, const std::string& id) {
  if (!is_sha256(id)) return no_result(id);
  EB_GET(auto bundle, store.bundle(id));
  if (!bundle || bundle->empty())
    return Error{ErrorKind::not_found, fmt::format("there is no bundle of result {}", id)};
  HttpAnswer answer{
      .status = 200, .content_type = "application/vnd.edgebench.bundle+zip", .body = *std::move(bundle)};
  answer.headers.emplace_back("Content-Disposition", fmt::format("attachment; filename=\"{}.ebz\"", id));
  return answer;
}

}  // namespace eb::board
