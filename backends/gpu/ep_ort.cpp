#include "backends/gpu/ep_ort.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "harness/base/ascii.h"

namespace eb::gpu {
namespace {

struct KindRow {
  ErrorKind kind;
  OrtErrorCode code;
  const char* says;
};
// Callers know kinds by the message's start where the runtime's codes are too coarse.
constexpr KindRow kKinds[] = {
    {ErrorKind::invalid, ORT_INVALID_ARGUMENT, ""},
    {ErrorKind::not_found, ORT_INVALID_ARGUMENT, ""},
    {ErrorKind::unsupported, ORT_NOT_IMPLEMENTED, "not supported: "},
    {ErrorKind::fallback, ORT_EP_FAIL, "not on the device: "},
    {ErrorKind::unavailable, ORT_EP_FAIL, "unavailable: "},
    {ErrorKind::io, ORT_EP_FAIL, ""},
    {ErrorKind::device, ORT_EP_FAIL, ""},
    {ErrorKind::out_of_memory, ORT_EP_FAIL, "out of memory: "},
    {ErrorKind::timeout, ORT_EP_FAIL, "timeout: "},
    {ErrorKind::internal, ORT_EP_FAIL, "internal error: "},
};

std::string option_prefix(std::string_view ep_name) {
  return "ep." + lower_ascii(ep_name) + ".";
}

}  // namespace

Status Ort::check(OrtStatus* status) const {
  if (!status) return Done{};
  const OrtErrorCode code = api->GetErrorCode(status);
  Error error{ErrorKind::device, api->GetErrorMessage(status)};
  api->ReleaseStatus(status);
  const auto row =
      std::find_if(std::begin(kKinds), std::end(kKinds), [&](const KindRow& r) { return r.code == code; });
  if (row != std::end(kKinds) && code != ORT_EP_FAIL) error.kind = row->kind;
  return error;
}

OrtStatus* Ort::status_of(const Error& error) const {
  const auto row = std::find_if(std::begin(kKinds), std::end(kKinds),
                                [&](const KindRow& r) { return r.kind == error.kind; });
  return api->CreateStatus(row->code, (row->says + error.message).c_str());
}

void Ort::log(const OrtLogger* logger, OrtLoggingLevel level, const std::string& message) const {
  if (!logger) return;
  // A message that cannot be logged has nowhere to go.
  if (OrtStatus* status =
          api->Logger_LogMessage(logger, level, message.c_str(), ORT_TSTR("edgebench"), 0, ""))
    api->ReleaseStatus(status);
}

Status find_ort(const OrtApiBase& base, Ort& ort) {
  // The library's version is 1.N.P and it has the APIs up to N; asking for more makes it print.
  const std::string version = base.GetVersionString();
  std::uint32_t minor = 0;
  if (const auto dot = version.find('.'); dot != std::string::npos)
    minor = static_cast<std::uint32_t>(std::strtoul(version.c_str() + dot + 1, nullptr, 10));
  ort.version = std::min<std::uint32_t>(ORT_API_VERSION, minor);
  ort.api = base.GetApi(ort.version);
  if (!ort.api || ort.version < kOldestEpApi)
    return Error{ErrorKind::unavailable,
                 fmt::format("ONNX Runtime {} is too old; this execution provider needs 1.{} or newer",
                             version, kOldestEpApi)};
  ort.ep = ort.api->GetEpApi();
  return Done{};
}

void keep_tensors_on_host(OrtEpFactory& factory) {
  factory.CreateAllocator = [](OrtEpFactory*, const OrtMemoryInfo*, const OrtKeyValuePairs*,
                               OrtAllocator** allocator) noexcept -> OrtStatus* {
    *allocator = nullptr;
    return nullptr;
  };
  factory.ReleaseAllocator = [](OrtEpFactory*, OrtAllocator*) noexcept {};
  factory.CreateDataTransfer = [](OrtEpFactory*, OrtDataTransferImpl** transfer) noexcept -> OrtStatus* {
    *transfer = nullptr;
    return nullptr;
  };
  factory.IsStreamAware = [](const OrtEpFactory*) noexcept { return false; };
}

Result<std::vector<std::pair<std::string, std::string>>> provider_options(const Ort& ort,
                                                                          std::string_view ep_name,
                                                                          const OrtSessionOptions& options) {
  OrtKeyValuePairs* raw = nullptr;
  EB_OK(ort.check(ort.api->GetSessionOptionsConfigEntries(&options, &raw)));
  const OrtHandle<OrtKeyValuePairs> pairs(raw, ort.api->ReleaseKeyValuePairs);
  const char* const* keys = nullptr;
  const char* const* values = nullptr;
  std::size_t count = 0;
  ort.api->GetKeyValuePairs(raw, &keys, &values, &count);
  const std::string prefix = option_prefix(ep_name);
  std::vector<std::pair<std::string, std::string>> ours;
  for (std::size_t i = 0; i < count; ++i)
    if (const std::string_view key = keys[i]; key.starts_with(prefix))
      ours.emplace_back(key.substr(prefix.size()), values[i]);
  return ours;
}

}  // namespace eb::gpu
