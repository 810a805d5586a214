#include "harness/run/audit_names.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace eb {

Result<std::vector<std::string>> select_audits(const std::vector<std::string>& asked) {
  const auto has = [&](std::string_view name) {
    return std::find(asked.begin(), asked.end(), name) != asked.end();
  };
  for (const std::string& name : asked)
    if (name != "all" && name != "none" &&
        std::find(std::begin(kAuditNames), std::end(kAuditNames), name) == std::end(kAuditNames))
      return Error{ErrorKind::invalid, fmt::format("there is no audit '{}'; known: {}, all, none", name,
                                                   fmt::join(kAuditNames, ", "))};
  if (has("none") && asked.size() > 1)
    return Error{ErrorKind::invalid, "'none' and other audits exclude each other"};
  std::vector<std::string> selected;
  for (const std::string_view name : kAuditNames)
    if (has("all") || has(name)) selected.emplace_back(name);
  return selected;
}

}  // namespace eb
