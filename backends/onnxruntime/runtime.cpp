#include "backends/onnxruntime/runtime.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "harness/base/dynlib.h"
#include "harness/base/process.h"

namespace eb::ort {
namespace {

using GetApiBase = const OrtApiBase*(ORT_API_CALL*)();

struct Found {
  DynLib library;
  std::filesystem::path candidate;
};

Result<Found> open_first(const std::vector<std::filesystem::path>& candidates) {
  std::string why;  // of the first: what the user set comes before names that only other systems have
  for (const auto& candidate : candidates) {
    auto library = DynLib::open(candidate);
    if (library) return Found{*library, candidate};
    if (why.empty()) why = library.error().message;
  }
  return Error{
      ErrorKind::unavailable,
      fmt::format("ONNX Runtime is not here; run scripts/fetch onnxruntime, or set ONNXRUNTIME_ROOT to a "
                  "folder with lib/ ({})",
                  why.empty() ? "no place to look" : why)};
}

ErrorKind kind_of(OrtErrorCode code, std::string_view message) {
  for (const std::string_view sign : {"bad_alloc", "Failed to allocate", "out of memory", "Out of memory"})
    if (message.find(sign) != std::string_view::npos) return ErrorKind::out_of_memory;
  switch (code) {
    case ORT_NO_SUCHFILE:
    case ORT_INVALID_ARGUMENT:
    case ORT_INVALID_PROTOBUF:
    case ORT_INVALID_GRAPH:
    case ORT_NO_MODEL:
      return ErrorKind::invalid;
    case ORT_NOT_IMPLEMENTED:
      return ErrorKind::unsupported;
    case ORT_FAIL:  // the runtime's wrapping of a provider's NOT_IMPLEMENTED
      return message.find("NOT_IMPLEMENTED") == std::string_view::npos ? ErrorKind::device
                                                                       : ErrorKind::unsupported;
    case ORT_EP_FAIL:  // a provider that is ours says so; see Ort::status_of in backends/gpu
      return message.find("unavailable: ") == std::string_view::npos ? ErrorKind::device
                                                                     : ErrorKind::unavailable;
    default:
      return ErrorKind::device;
  }
}

// ORT's messages run over lines and may carry a source path of its own build; one sentence is enough.
std::string one_sentence(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  // "FILE:LINE FUNCTION(ARGUMENTS) what is wrong": the last part is for users.
  for (std::size_t at = 0; (at = text.find("/onnxruntime_src/")) != std::string::npos;) {
    const std::size_t closing = text.find(") ", at);
    const std::size_t end = closing == std::string::npos ? text.find(' ', at) : closing + 1;
    text.erase(at, end == std::string::npos ? end : end + 1 - at);
  }
  // "EXPRESSION was false. what is wrong": of a check inside the runtime.
  constexpr std::string_view kCheck = " was false. ";
  if (const auto check = text.find(kCheck);
      check != std::string::npos && text.find_first_not_of(' ', check + kCheck.size()) != std::string::npos)
    text.erase(0, check + kCheck.size());
  // "Non-zero status code returned while running OPERATOR node. Name:... Status Message: what is wrong".
  constexpr std::string_view kRunning = "Non-zero status code returned while running ", kNode = " node.",
                             kMessage = "Status Message: ";
  const auto node = text.find(kNode), message = text.rfind(kMessage);
  if (text.starts_with(kRunning) && node != std::string::npos && message != std::string::npos)
    text = fmt::format("{}: {}", text.substr(kRunning.size(), node - kRunning.size()),
                       text.substr(message + kMessage.size()));
  if (const auto at = text.find(" failed:"); at != std::string::npos && !text.substr(at + 8).starts_with(' '))
    text.insert(at + 8, " ");
  constexpr std::size_t kMaxLength = 400;
  if (text.size() > kMaxLength) text = text.substr(0, kMaxLength) + "...";
  while (!text.empty() && (text.back() == ' ' || text.back() == '.')) text.pop_back();
  return text;
}

}  // namespace

Result<std::unique_ptr<Runtime>> Runtime::open(const std::vector<std::filesystem::path>& candidates) {
  // The runtime's telemetry starts with the library, before its own function could switch it off.
  set_environment("ORT_DISABLE_TELEMETRY", "1");
  EB_GET(const Found found, open_first(candidates));
  const DynLib& library = found.library;
  const std::string where = library.location("OrtGetApiBase").string();
  const auto get_base = reinterpret_cast<GetApiBase>(library.symbol("OrtGetApiBase"));
  const OrtApiBase* base = get_base ? get_base() : nullptr;
  if (!base)
    return Error{ErrorKind::unavailable,
                 fmt::format("{} is not ONNX Runtime; set ONNXRUNTIME_ROOT to a folder with lib/",
                             found.candidate.string())};

  // The library's version is 1.N.P and it has the APIs up to N; asking for more makes it print.
  const std::string version = base->GetVersionString();
  std::uint32_t minor = 0;
  if (const auto dot = version.find('.'); dot != std::string::npos)
    minor = static_cast<std::uint32_t>(std::strtoul(version.c_str() + dot + 1, nullptr, 10));
  const std::uint32_t api_version = std::min<std::uint32_t>(ORT_API_VERSION, minor);
  const OrtApi* api = api_version >= kOldestApi ? base->GetApi(api_version) : nullptr;
  if (!api)
    return Error{ErrorKind::unavailable,
                 fmt::format("ONNX Runtime {} at {} is too old; version 1.{} or newer is needed", version,
                             where, kOldestApi)};
  OrtEnv* env = nullptr;
  if (OrtStatus* status = api->CreateEnv(kLogLevel, "edgebench", &env)) {
    const std::string why = api->GetErrorMessage(status);
    api->ReleaseStatus(status);
    return Error{ErrorKind::unavailable, fmt::format("ONNX Runtime {} does not start: {}", version, why)};
  }
  std::unique_ptr<Runtime> runtime(new Runtime(api, api_version, version, where, env));
  EB_OK(runtime->check(api->DisableTelemetryEvents(env)));
  return runtime;
}

Status Runtime::check(OrtStatus* status) const {
  if (!status) return Done{};
  const std::string message = api_->GetErrorMessage(status);
  const ErrorKind kind = kind_of(api_->GetErrorCode(status), message);
  api_->ReleaseStatus(status);
  return Error{kind, one_sentence(message)};
}

}  // namespace eb::ort
