#include "backends/onnxruntime/providers.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "harness/base/dynlib.h"

namespace eb::ort {
namespace {

// Options as the C API takes them. Borrows their text.
struct Entries {
  std::vector<const char*> keys{}, values{};

  void add(const KeyValue& option) {
    keys.push_back(option.first.c_str());
    values.push_back(option.second.c_str());
  }
  std::size_t size() const { return keys.size(); }
};

Status append_by_name(const Runtime& rt, const std::string& provider, const Entries& entries,
                      OrtSessionOptions* to) {
  return rt.check(rt.api().SessionOptionsAppendExecutionProvider(to, provider.c_str(), entries.keys.data(),
                                                                 entries.values.data(), entries.size()));
}

// Providers with an options object of their own type in the API.
template <class Options>
struct TypedCalls {
  OrtStatus*(ORT_API_CALL* create)(Options** out);
  OrtStatus*(ORT_API_CALL* update)(Options* options, const char* const* keys, const char* const* values,
                                   std::size_t count);
  OrtStatus*(ORT_API_CALL* append)(OrtSessionOptions* to, const Options* options);
  void(ORT_API_CALL* release)(Options* options);
};

template <class Options>
Status append_typed(const Runtime& rt, const TypedCalls<Options>& calls, const Entries& entries,
                    OrtSessionOptions* to) {
  Options* raw = nullptr;
  EB_OK(rt.check(calls.create(&raw)));
  const Handle<Options> made(raw, calls.release);
  EB_OK(rt.check(calls.update(raw, entries.keys.data(), entries.values.data(), entries.size())));
  return rt.check(calls.append(to, raw));
}

Status append_tensorrt(const Runtime& rt, const std::string&, const Entries& entries, OrtSessionOptions* to) {
  const OrtApi& api = rt.api();
  return append_typed<OrtTensorRTProviderOptionsV2>(
      rt,
      {api.CreateTensorRTProviderOptions, api.UpdateTensorRTProviderOptions,
       api.SessionOptionsAppendExecutionProvider_TensorRT_V2, api.ReleaseTensorRTProviderOptions},
      entries, to);
}

Status append_cann(const Runtime& rt, const std::string&, const Entries& entries, OrtSessionOptions* to) {
  const OrtApi& api = rt.api();
  return append_typed<OrtCANNProviderOptions>(
      rt,
      {api.CreateCANNProviderOptions, api.UpdateCANNProviderOptions,
       api.SessionOptionsAppendExecutionProvider_CANN, api.ReleaseCANNProviderOptions},
      entries, to);
}

// Providers with a function of their own that only runtimes export that contain them.
template <class... Arguments>
Status call_exported(const Runtime& rt, const char* function, OrtSessionOptions* to, Arguments... arguments) {
  using Append = OrtStatus*(ORT_API_CALL*)(OrtSessionOptions*, Arguments...);
  EB_GET(const DynLib library, DynLib::open(rt.library()));
  const auto append = reinterpret_cast<Append>(library.symbol(function));
  if (!append)
    return Error{ErrorKind::unavailable,
                 fmt::format("ONNX Runtime {} does not export {}", rt.version(), function)};
  return rt.check(append(to, arguments...));
}

// Such functions take one number at most: the value of the option `key`, which is all that there may be.
Result<std::uint32_t> only_number(const std::string& provider, const Entries& entries,
                                  std::string_view key = {}) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (key.empty() || entries.keys[i] != key)
      return Error{ErrorKind::invalid, fmt::format("{} has no option '{}'", provider, entries.keys[i])};
    const std::string_view text = entries.values[i];
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size())
      return Error{ErrorKind::invalid,
                   fmt::format("{}: option {} takes a number, not '{}'", provider, key, text)};
  }
  return number;
}

Status append_nnapi(const Runtime& rt, const std::string& name, const Entries& entries,
                    OrtSessionOptions* to) {
  EB_GET(const std::uint32_t flags, only_number(name, entries, "flags"));
  return call_exported(rt, "OrtSessionOptionsAppendExecutionProvider_Nnapi", to, flags);
}

Status append_acl(const Runtime& rt, const std::string& name, const Entries& entries, OrtSessionOptions* to) {
  EB_GET(const std::uint32_t is_fast, only_number(name, entries, "enable_fast_math"));
  return call_exported(rt, "OrtSessionOptionsAppendExecutionProvider_ACL", to, is_fast != 0);
}

Status append_vsinpu(const Runtime& rt, const std::string& name, const Entries& entries,
                     OrtSessionOptions* to) {
  EB_OK(only_number(name, entries));
  return call_exported(rt, "OrtSessionOptionsAppendExecutionProvider_VSINPU", to);
}

Status append_rknpu(const Runtime& rt, const std::string& name, const Entries& entries,
                    OrtSessionOptions* to) {
  EB_OK(only_number(name, entries));
  return call_exported(rt, "OrtSessionOptionsAppendExecutionProvider_Rknpu", to);
}

// The runtime's function that takes a name does not know these.
struct Way {
  std::string_view provider;
  Status (*append)(const Runtime&, const std::string& name, const Entries&, OrtSessionOptions* to);
};
constexpr Way kWays[] = {
    {"TensorrtExecutionProvider", append_tensorrt}, {"CANNExecutionProvider", append_cann},
    {"NnapiExecutionProvider", append_nnapi},       {"ACLExecutionProvider", append_acl},
    {"VSINPUExecutionProvider", append_vsinpu},     {"RknpuExecutionProvider", append_rknpu},
};

bool is_for_session(const KeyValue& option) {
  return option.first.starts_with(kSessionKey);
}

constexpr std::size_t kLongestPart = 64;    // of a key or a value in a record
constexpr std::size_t kLongestText = 1024;  // of all of them

std::string recordable(std::string_view text) {
  if (text.find_first_of("/\\") != std::string_view::npos) return "PATH";
  std::string plain(text.substr(0, kLongestPart));
  for (char& c : plain)
    if (c < ' ' || c > '~' || c == ';') c = '?';
  return text.size() > kLongestPart ? plain + "..." : plain;
}

}  // namespace

Result<std::vector<std::string>> built_in_providers(const Runtime& runtime) {
  char** names = nullptr;
  int count = 0;
  EB_OK(runtime.check(runtime.api().GetAvailableProviders(&names, &count)));
  const std::vector<std::string> all(names, names + count);
  EB_OK(runtime.check(runtime.api().ReleaseAvailableProviders(names, count)));
  return all;
}

Result<std::vector<const OrtEpDevice*>> ep_devices(const Runtime& runtime) {
  if (runtime.api_version() < kPluginApi) return std::vector<const OrtEpDevice*>{};
  const OrtEpDevice* const* all = nullptr;
  std::size_t count = 0;
  EB_OK(runtime.check(runtime.api().GetEpDevices(runtime.env(), &all, &count)));
  return std::vector<const OrtEpDevice*>(all, all + count);
}

Result<Handle<OrtSessionOptions>> new_session_options(const Runtime& runtime) {
  OrtSessionOptions* raw = nullptr;
  EB_OK(runtime.check(runtime.api().CreateSessionOptions(&raw)));
  return Handle<OrtSessionOptions>(raw, runtime.api().ReleaseSessionOptions);
}

Status append_provider(const Runtime& runtime, std::string_view provider, const OrtEpDevice* device,
                       std::span<const KeyValue> options, OrtSessionOptions* to) {
  const OrtApi& api = runtime.api();
  Entries entries;
  for (const KeyValue& option : options) {
    if (!is_for_session(option)) {
      entries.add(option);
    } else {
      EB_OK(runtime.check(api.AddSessionConfigEntry(to, option.first.c_str(), option.second.c_str())));
    }
  }
  if (device)
    return runtime.check(api.SessionOptionsAppendExecutionProvider_V2(
        to, runtime.env(), &device, 1, entries.keys.data(), entries.values.data(), entries.size()));
  const auto own = std::find_if(std::begin(kWays), std::end(kWays),
                                [&](const Way& way) { return way.provider == provider; });
  return (own == std::end(kWays) ? append_by_name : own->append)(runtime, std::string(provider), entries, to);
}

bool is_set(const Runtime& runtime, const OrtSessionOptions* made, std::span<const KeyValue> options,
            const KeyValue& wanted) {
  if (!is_for_session(wanted)) return std::find(options.begin(), options.end(), wanted) != options.end();
  const OrtApi& api = runtime.api();
  std::size_t size = 0;
  if (!runtime.check(api.GetSessionConfigEntry(made, wanted.first.c_str(), nullptr, &size))) return false;
  std::string value(size, '\0');
  if (!runtime.check(api.GetSessionConfigEntry(made, wanted.first.c_str(), value.data(), &size)))
    return false;
  return value.c_str() == wanted.second;
}

std::string option_text(std::span<const KeyValue> options, std::string_view report) {
  std::string text;
  for (const auto& [key, value] : options) {
    if (key == "report" && !report.empty() && value == report) continue;
    std::string one = fmt::format("{}{}={}", text.empty() ? "" : "; ", recordable(key), recordable(value));
    if (text.size() + one.size() > kLongestText) return text + "; ...";
    text += one;
  }
  return text;
}

}  // namespace eb::ort
