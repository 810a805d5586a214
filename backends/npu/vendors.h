#pragma once
// What is known of vendors' execution providers (EPs) and of the chips that they reach: data, and nothing
// that runs. Facts are from ONNX Runtime's documentation, headers and pull requests (1.23 to 1.30) and from
// the vendors' own pages, read in November 2026; none was tried on the chip.
#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "harness/base/process.h"

namespace eb {

struct VendorOption {
  std::string_view key{}, value{};
  std::string_view unless{};     // an option of the user's that excludes this one
  bool is_for_built_in = false;  // the library of the same provider refuses it
};

struct Vendor {
  enum class State : std::uint8_t { shipped, deprecated, removed, none };

  std::string_view id{};        // "qnn": what devices, --ep-library and --ep-option call it
  std::string_view provider{};  // "QNNExecutionProvider", as the runtime lists it; empty: there is none
  std::string_view backend{};   // which backend of ours measures it; empty: none
  std::string_view chips{};     // what it reaches
  std::string_view kind{};      // npu, gpu or cpu: where it computes
  State state = State::shipped;
  bool is_built_in = false;       // some builds of the runtime contain it
  std::string_view note{};        // on the state: since when, instead of what
  std::string_view systems{};     // "linux-x64 windows-arm64": where vendors offer it
  std::string_view precisions{};  // of models that it computes as they are, or as close as it comes
  // How it comes. Names are without "lib" and ".so", ".dll" or ".dylib".
  std::string_view
      bridge{};  // built in: the library beside the runtime that it is in; empty: the runtime itself
  std::string_view plugin{};   // the library that any runtime can load
  std::string_view install{};  // what its user does to have it, or to measure the chip without it
  // Those that matter, with the values that a measurement wants: a session is opened with them, under the
  // user's of --ep-option (vendor_plan.h). Unused ones are empty.
  std::array<VendorOption, 3> options{};
  // Empty: what is assigned to it runs on the chip. Else why that is not sure, unless `confirmed_by` holds:
  // an option of the provider with this value, or an entry of the session ("session.") with which it opens.
  std::string_view doubt{};
  VendorOption confirmed_by{};
};

// Providers first, then chips that have none.
std::span<const Vendor> vendors();
// Null if there is none.
const Vendor* find_vendor(std::string_view id, std::span<const Vendor> table = vendors());
const Vendor* find_vendor_of_provider(std::string_view provider, std::span<const Vendor> table = vendors());

std::string_view state_name(Vendor::State state);
// "assigned", "confirmed by KEY=VALUE, else assigned and unranked", ...
std::string placement_text(const Vendor& vendor);

// As in Vendor::systems. `is_android`: of a Linux kernel.
std::string system_key(const SystemName& system, bool is_android);
bool is_offered_on(const Vendor& vendor, std::string_view system_key);

// Every name that such a library has on one of our systems; the wrong ones are simply not there.
std::array<std::string, 3> library_file_names(std::string_view stem);

}  // namespace eb
