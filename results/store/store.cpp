// What is the same for every store: names, ids, conditions from text, and which database a place means.
#include "results/store/store.h"

#include <fmt/format.h>

#include <array>

#include "harness/base/files.h"
#include "results/store/canonical_run.h"
#include "results/store/database.h"

namespace eb {
namespace {

constexpr std::array<std::string_view, 3> kTrustNames = {"unverified", "reproduced", "audited"};
constexpr int kBusyTimeoutMs = 10'000;

struct Operator {
  std::string_view text;
  Condition::Op op;
};
// The longer first, since <= begins as < does.
constexpr Operator kOperators[] = {{"!=", Condition::Op::not_equal}, {"<=", Condition::Op::at_most},
                                   {">=", Condition::Op::at_least},  {"=", Condition::Op::equal},
                                   {"<", Condition::Op::less},       {">", Condition::Op::greater},
                                   {"~", Condition::Op::contains}};

bool is_url(std::string_view where) {
  return where.starts_with("postgres://") || where.starts_with("postgresql://");
}

Result<std::unique_ptr<Database>> open_database(const std::string& where, StoreUse use) {
  if (where.empty())
    return Error{ErrorKind::invalid, "the database has no name; say a file or postgres://..."};
  if (is_url(where)) return open_postgres(where, use);
  if (where.find("://") != std::string::npos)
    return Error{ErrorKind::invalid,
                 fmt::format("{} is neither a file nor postgres://...", shown_url(where))};
  return open_sqlite(where, use, kBusyTimeoutMs);
}

}  // namespace

std::string_view trust_name(Trust trust) {
  return kTrustNames[static_cast<std::size_t>(trust)];
}

std::optional<Trust> trust_from_name(std::string_view name) {
  for (std::size_t i = 0; i < kTrustNames.size(); ++i)
    if (kTrustNames[i] == name) return static_cast<Trust>(i);
  return std::nullopt;
}

std::string run_id(const Run& run) {
  return canonical(run).id;
}

Result<Condition> condition_from_text(std::string_view text) {
  const auto at = text.find_first_of("!<>=~");
  if (at != std::string_view::npos && at > 0) {
    for (const auto& [sign, op] : kOperators) {
      if (text.substr(at).starts_with(sign))
        return Condition{.field = std::string(text.substr(0, at)),
                         .op = op,
                         .value = std::string(text.substr(at + sign.size()))};
    }
  }
  return Error{
      ErrorKind::invalid,
      fmt::format("'{}' is no condition, such as status=ok, latency_p50_ms<=5 or device_name~adreno", text)};
}

Result<std::unique_ptr<Store>> open_store(const std::string& where, StoreUse use) {
  EB_GET(auto database, open_database(where, use));
  EB_OK(migrate(*database, use));
  return make_sql_store(std::move(database));
}

}  // namespace eb
