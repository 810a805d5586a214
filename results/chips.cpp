#include "results/chips.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "harness/base/ascii.h"
#include "harness/base/json.h"

namespace eb {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kSchema = "edgebench.chips/1";

std::string text_at(const Json& json, const char* key) {
  const auto at = json.find(key);
  return at != json.end() && at->is_string() ? at->get<std::string>() : "";
}

std::vector<std::string> texts_at(const Json& json, const char* key) {
  std::vector<std::string> texts;
  const auto at = json.find(key);
  if (at == json.end() || !at->is_array()) return texts;
  for (const Json& text : *at)
    if (text.is_string() && !text.get_ref<const std::string&>().empty()) texts.push_back(text);
  return texts;
}

bool has_tops(const Json& claim) {
  return claim.is_object() && claim.value("unit", Json()) == Json("TOPS") && claim.contains("value") &&
         claim["value"].is_number() && claim["value"].get<double>() > 0;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

}  // namespace

Result<std::vector<ChipClaim>> claims_from_json(std::string_view text, std::string_view name) {
  const Json json = parse_json(text);
  if (!json.is_object() || json.value("schema", Json()) != Json(kSchema) || !json.contains("chips") ||
      !json["chips"].is_array())
    return Error{ErrorKind::invalid, fmt::format("{} is not a list of chips of schema {}", name, kSchema)};
  std::vector<ChipClaim> claims;
  for (const Json& row : json["chips"]) {
    if (!row.is_object() || text_at(row, "id").empty() || !row.contains("claims") ||
        !row["claims"].is_array())
      return Error{ErrorKind::invalid, fmt::format("{}: a chip lacks its id or claims", name)};
    const ChipClaim chip{.id = text_at(row, "id"),
                         .chip = text_at(row, "chip"),
                         .match = texts_at(row, "match"),
                         .device_kinds = texts_at(row, "device_kinds")};
    for (const Json& item : row["claims"]) {
      if (!has_tops(item))
        return Error{ErrorKind::invalid, fmt::format("{}: chip {} has a claim without TOPS", name, chip.id)};
      ChipClaim claim = chip;
      claim.tops = item["value"];
      claim.precision = text_at(item, "precision");
      claim.sparsity = text_at(item, "sparsity");
      claim.scope = text_at(item, "scope");
      claim.condition = text_at(item, "condition");
      claim.source = text_at(item, "source");
      claim.grade = text_at(item, "grade");
      claims.push_back(std::move(claim));
    }
  }
  return claims;
}

const ChipClaim* claim_for(const RunRecord& record, std::string_view machine,
                           const std::vector<ChipClaim>& claims) {
  const std::string device = lower_ascii(record.device_name), host = lower_ascii(machine);
  const ChipClaim* best = nullptr;
  std::size_t best_length = 0;
  for (const ChipClaim& claim : claims) {
    if (claim.precision != record.precision || !contains(claim.device_kinds, record.device_kind)) continue;
    for (const std::string& part : claim.match) {
      const bool is_named = device.find(part) != std::string::npos || host.find(part) != std::string::npos;
      if (!is_named || part.size() <= best_length) continue;
      best = &claim;
      best_length = part.size();
    }
  }
  return best;
}

void add_claim(const ChipClaim& claim, RunRecord& record) {
  record.claimed_tops = claim.tops;
  record.claim =
      fmt::format("{}: {} {}, {}, of {}{}; {}, grade {}", claim.chip, claim.precision,
                  claim.sparsity == "unstated" ? "sparsity unstated" : claim.sparsity,
                  fmt::format("{:g} TOPS", claim.tops), claim.scope,
                  claim.condition.empty() ? "" : ", " + claim.condition, claim.source, claim.grade);
  if (record.effective_tops) record.claimed_utilization = *record.effective_tops / claim.tops;
}

}  // namespace eb
