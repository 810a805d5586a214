#include "backends/npu/vendor_plan.h"

#include <algorithm>

#include "backends/onnxruntime/providers.h"

namespace eb {
namespace {

bool has(const EpOptions& options, std::string_view key) {
  return !key.empty() && options.contains(std::string(key));
}

// An entry of the session says what the provider does when it is told where to compute; so all that the row
// tells it must stand. An option of the provider stands for itself.
bool may_be_confirmed(const Vendor& row, const EpOptions& users) {
  if (row.confirmed_by.key.empty()) return false;
  const bool needs_all = row.confirmed_by.key.starts_with(ort::kSessionKey);
  return std::none_of(row.options.begin(), row.options.end(), [&](const VendorOption& own) {
    const auto given = users.find(std::string(own.key));
    return has(users, own.unless) || (needs_all && given != users.end() && given->second != own.value);
  });
}

}  // namespace

EpPlan plan_for(const Vendor& row, const EpOptions& users, ProviderForm form) {
  EpPlan plan{.options = users, .doubt = std::string(row.doubt)};
  for (const VendorOption& own : row.options) {
    const bool is_refused = own.is_for_built_in && form == ProviderForm::library;
    if (own.key.empty() || is_refused || has(users, own.unless)) continue;
    plan.options.emplace(own.key, own.value);
  }
  if (may_be_confirmed(row, users))
    plan.confirmed_by = {std::string(row.confirmed_by.key), std::string(row.confirmed_by.value)};
  return plan;
}

EpPlan plan_for_library(std::string_view provider, std::string_view provider_vendor, const EpOptions& users,
                        std::span<const Vendor> table) {
  if (const Vendor* row = find_vendor_of_provider(provider, table))
    return plan_for(*row, users, ProviderForm::library);
  EpPlan plan{.options = users};
  if (provider_vendor != kOwnVendor)
    plan.doubt = "an unknown provider: nothing confirms the runtime's assignment";
  return plan;
}

BuiltInOptions built_in_options(const Vendor& row, const EpOptions& users) {
  BuiltInOptions options{.backend = std::string(row.id),
                         .provider = std::string(row.provider),
                         .kind = std::string(row.kind),
                         .plan = plan_for(row, users, ProviderForm::built_in),
                         .remedy = std::string(row.install)};
  if (!row.bridge.empty())
    for (std::string& name : library_file_names(row.bridge)) options.bridges.push_back(std::move(name));
  return options;
}

}  // namespace eb
