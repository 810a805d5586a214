#pragma once
// What sessions of a vendor's provider are opened with: the table's options under the user's.
#include <string_view>

#include "backends/npu/vendors.h"
#include "backends/onnxruntime/backend.h"

namespace eb {

enum class ProviderForm : std::uint8_t { built_in, library };

// The user's options, and those of the row that they neither give nor exclude. What would confirm the
// placement is left out where a user's option is against one of the row's on which that stands.
EpPlan plan_for(const Vendor& row, const EpOptions& users, ProviderForm form);

// The same for the provider of a library, of which the table may know nothing. Our own is not doubted.
EpPlan plan_for_library(std::string_view provider, std::string_view provider_vendor, const EpOptions& users,
                        std::span<const Vendor> table);

BuiltInOptions built_in_options(const Vendor& row, const EpOptions& users);

}  // namespace eb
