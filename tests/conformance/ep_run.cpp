// Runs ONNX models in ONNX Runtime, with one of our execution providers or on the CPU, for the conformance
// tests. It judges nothing: outputs and the runtime's own assignment of nodes go back to the caller.
//
//   ep_run RUNTIME [PROVIDER-LIBRARY]
//
// A request is a line of JSON on standard input: {"model", "inputs", "outputs", "provider": true, "optimize":
// false, "report": "", "options": {}}. The answer is a line on standard output, after everything else of that
// request:
// {"assigned": {PROVIDER: [OPERATOR, ...]}, "open_ms", "run_ms"} or {"phase": "inputs" | "open" | "run" |
// "outputs", "error"}. "inputs" and "outputs" are files of tensors (tensor_file.h). One request at a time; a
// crash is the caller's to notice.
#include <onnxruntime_c_api.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "backends/onnxruntime/runtime.h"
#include "harness/base/json.h"
#include "tests/conformance/tensor_file.h"

namespace eb {
namespace {

using Json = nlohmann::ordered_json;
using ort::Handle;
using ort::Runtime;
constexpr const char* kRegistration = "edgebench-under-test";

struct Request {
  std::string model{}, inputs{}, outputs{};
  std::map<std::string, std::string> options{};  // of the provider, its report among them
  bool use_provider = false, optimize = false;
};

struct Answer {
  std::string phase = "inputs";  // where it is, or where it failed
  Json assigned = Json::object();
  double open_ms = 0, run_ms = 0;
};

double milliseconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

// Registers the library and gives its first device: one that was not there before.
Result<const OrtEpDevice*> register_provider(const Runtime& runtime, const std::string& library) {
  const OrtApi& api = runtime.api();
  const auto count_devices = [&](const OrtEpDevice* const*& devices) -> Result<std::size_t> {
    std::size_t count = 0;
    EB_OK(runtime.check(api.GetEpDevices(runtime.env(), &devices, &count)));
    return count;
  };
  const OrtEpDevice* const* devices = nullptr;
  EB_GET(const std::size_t before, count_devices(devices));
  const std::vector<const OrtEpDevice*> old(devices, devices + before);
  EB_OK(runtime.check(api.RegisterExecutionProviderLibrary(runtime.env(), kRegistration, library.c_str())));
  EB_GET(const std::size_t after, count_devices(devices));
  for (std::size_t i = 0; i < after; ++i)
    if (std::find(old.begin(), old.end(), devices[i]) == old.end()) return devices[i];
  return Error{ErrorKind::unavailable,
               library + " has no device here; install mesa-vulkan-drivers or pocl-opencl-icd"};
}

class Runner {
 public:
  Runner(const Runtime& runtime, const OrtEpDevice* device)
      : runtime_(runtime), api_(runtime.api()), device_(device) {}

  Status run(const Request& request, Answer& answer) const {
    EB_GET(const std::vector<FileTensor> inputs, read_tensors(request.inputs));
    answer.phase = "open";
    const auto start = std::chrono::steady_clock::now();
    EB_GET(const Handle<OrtSession> session, open(request));
    answer.open_ms = milliseconds_since(start);
    EB_OK(read_assignment(session.get(), answer));
    if (request.use_provider && is_all_on_host(answer)) return Done{};
    answer.phase = "run";
    EB_GET(const std::vector<Handle<OrtValue>> outputs, run_session(session.get(), inputs, answer));
    answer.phase = "outputs";
    std::vector<FileTensor> made;
    EB_GET(const auto names, output_names(session.get()));
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      EB_GET(FileTensor tensor, copy_of(outputs[i].get()));
      tensor.name = names[i];
      made.push_back(std::move(tensor));
    }
    return write_tensors(made, request.outputs);
  }

 private:
  Status check(OrtStatus* status) const { return runtime_.check(status); }

  static bool is_all_on_host(const Answer& answer) {
    for (const auto& [provider, operators] : answer.assigned.items())
      if (provider != "CPUExecutionProvider") return false;
    return true;
  }

  Result<Handle<OrtSession>> open(const Request& request) const {
    OrtSessionOptions* raw = nullptr;
    EB_OK(check(api_.CreateSessionOptions(&raw)));
    const Handle<OrtSessionOptions> options(raw, api_.ReleaseSessionOptions);
    EB_OK(check(api_.AddSessionConfigEntry(raw, "session.record_ep_graph_assignment_info", "1")));
    EB_OK(check(api_.SetIntraOpNumThreads(raw, 1)));
    EB_OK(check(
        api_.SetSessionGraphOptimizationLevel(raw, request.optimize ? ORT_ENABLE_ALL : ORT_DISABLE_ALL)));
    if (request.use_provider) {
      std::vector<const char*> keys, values;
      for (const auto& [key, value] : request.options) {
        keys.push_back(key.c_str());
        values.push_back(value.c_str());
      }
      EB_OK(check(api_.SessionOptionsAppendExecutionProvider_V2(raw, runtime_.env(), &device_, 1, keys.data(),
                                                                values.data(), keys.size())));
    }
    OrtSession* session = nullptr;
    EB_OK(check(api_.CreateSession(runtime_.env(), request.model.c_str(), raw, &session)));
    return Handle<OrtSession>(session, api_.ReleaseSession);
  }

  Status read_assignment(const OrtSession* session, Answer& answer) const {
    const OrtEpAssignedSubgraph* const* graphs = nullptr;
    std::size_t graph_count = 0;
    EB_OK(check(api_.Session_GetEpGraphAssignmentInfo(session, &graphs, &graph_count)));
    for (std::size_t g = 0; g < graph_count; ++g) {
      const char* provider = nullptr;
      const OrtEpAssignedNode* const* nodes = nullptr;
      std::size_t node_count = 0;
      EB_OK(check(api_.EpAssignedSubgraph_GetEpName(graphs[g], &provider)));
      EB_OK(check(api_.EpAssignedSubgraph_GetNodes(graphs[g], &nodes, &node_count)));
      for (std::size_t n = 0; n < node_count; ++n) {
        const char* op = nullptr;
        EB_OK(check(api_.EpAssignedNode_GetOperatorType(nodes[n], &op)));
        answer.assigned[provider].push_back(op);
      }
    }
    return Done{};
  }

  Result<std::vector<std::string>> output_names(const OrtSession* session) const {
    OrtAllocator* allocator = nullptr;
    EB_OK(check(api_.GetAllocatorWithDefaultOptions(&allocator)));
    std::size_t count = 0;
    EB_OK(check(api_.SessionGetOutputCount(session, &count)));
    std::vector<std::string> names;
    for (std::size_t i = 0; i < count; ++i) {
      char* name = nullptr;
      EB_OK(check(api_.SessionGetOutputName(session, i, allocator, &name)));
      names.emplace_back(name);
      EB_OK(check(api_.AllocatorFree(allocator, name)));
    }
    return names;
  }

  // A tensor of our own with the bytes of `from`: the runtime may want an alignment that a file's bytes do
  // not have.
  Result<Handle<OrtValue>> tensor_of(const FileTensor& from) const {
    OrtAllocator* allocator = nullptr;
    EB_OK(check(api_.GetAllocatorWithDefaultOptions(&allocator)));
    OrtValue* value = nullptr;
    EB_OK(check(api_.CreateTensorAsOrtValue(allocator, from.shape.data(), from.shape.size(),
                                            static_cast<ONNXTensorElementDataType>(from.type), &value)));
    Handle<OrtValue> tensor(value, api_.ReleaseValue);
    void* bytes = nullptr;
    EB_OK(check(api_.GetTensorMutableData(value, &bytes)));
    std::size_t size = 0;
    EB_OK(check(api_.GetTensorSizeInBytes(value, &size)));
    if (size != from.bytes.size())
      return Error{ErrorKind::invalid,
                   "input " + from.name + " has another number of bytes than its shape says"};
    if (size > 0) std::memcpy(bytes, from.bytes.data(), size);
    return tensor;
  }

  Result<std::vector<Handle<OrtValue>>> run_session(OrtSession* session,
                                                    const std::vector<FileTensor>& inputs,
                                                    Answer& answer) const {
    std::vector<Handle<OrtValue>> values;
    std::vector<const OrtValue*> input_values;
    std::vector<const char*> input_names;
    for (const FileTensor& input : inputs) {
      EB_GET(Handle<OrtValue> value, tensor_of(input));
      input_values.push_back(value.get());
      input_names.push_back(input.name.c_str());
      values.push_back(std::move(value));
    }
    EB_GET(const auto names, output_names(session));
    std::vector<const char*> output_list;
    for (const std::string& name : names) output_list.push_back(name.c_str());
    std::vector<OrtValue*> made(names.size(), nullptr);
    const auto start = std::chrono::steady_clock::now();
    const auto ran = check(api_.Run(session, nullptr, input_names.data(), input_values.data(), inputs.size(),
                                    output_list.data(), names.size(), made.data()));
    answer.run_ms = milliseconds_since(start);
    std::vector<Handle<OrtValue>> outputs;
    for (OrtValue* value : made) outputs.emplace_back(value, api_.ReleaseValue);
    if (!ran) return ran.error();
    return outputs;
  }

  Result<FileTensor> copy_of(const OrtValue* value) const {
    int is_tensor = 0;
    EB_OK(check(api_.IsTensor(value, &is_tensor)));
    if (is_tensor == 0) return Error{ErrorKind::unsupported, "an output is not a tensor"};
    OrtTensorTypeAndShapeInfo* raw = nullptr;
    EB_OK(check(api_.GetTensorTypeAndShape(value, &raw)));
    const Handle<OrtTensorTypeAndShapeInfo> info(raw, api_.ReleaseTensorTypeAndShapeInfo);
    ONNXTensorElementDataType type = ONNX_TENSOR_ELEMENT_DATA_TYPE_UNDEFINED;
    EB_OK(check(api_.GetTensorElementType(raw, &type)));
    if (type == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING)
      return Error{ErrorKind::unsupported, "an output holds strings"};
    std::size_t rank = 0;
    EB_OK(check(api_.GetDimensionsCount(raw, &rank)));
    FileTensor tensor;
    tensor.type = static_cast<int>(type);
    tensor.shape.resize(rank);
    EB_OK(check(api_.GetDimensions(raw, tensor.shape.data(), rank)));
    std::size_t size = 0;
    EB_OK(check(api_.GetTensorSizeInBytes(value, &size)));
    const void* bytes = nullptr;
    EB_OK(check(api_.GetTensorData(value, &bytes)));
    if (size > 0) tensor.bytes.assign(static_cast<const char*>(bytes), size);
    return tensor;
  }

  const Runtime& runtime_;
  const OrtApi& api_;
  const OrtEpDevice* device_;
};

Json answer_to(const Runner& runner, const std::string& line) {
  const auto json = parse_json(line);
  if (!json.is_object()) return {{"phase", "inputs"}, {"error", "the request is not a JSON object"}};
  Request request{.model = json.value("model", ""),
                  .inputs = json.value("inputs", ""),
                  .outputs = json.value("outputs", ""),
                  .options = json.value("options", std::map<std::string, std::string>()),
                  .use_provider = json.value("provider", false),
                  .optimize = json.value("optimize", false)};
  if (const std::string report = json.value("report", ""); !report.empty())
    request.options["report"] = report;
  Answer answer;
  const auto done = runner.run(request, answer);
  Json reply = {{"assigned", answer.assigned}, {"open_ms", answer.open_ms}, {"run_ms", answer.run_ms}};
  if (!done) reply.update({{"phase", answer.phase}, {"error", done.error().message}});
  return reply;
}

int serve(const std::string& library, const std::string& provider) {
  const auto runtime = Runtime::open({library});
  if (!runtime) {
    std::cerr << runtime.error().message << '\n';
    return 77;
  }
  if ((*runtime)->api_version() < ort::kAssignmentApi) {
    std::cerr << "this runtime cannot say where nodes ran; it must be 1.24 or newer\n";
    return 77;
  }
  const OrtEpDevice* device = nullptr;
  if (!provider.empty()) {
    const auto found = register_provider(**runtime, provider);
    if (!found) {
      std::cerr << found.error().message << '\n';
      return found.error().kind == ErrorKind::unavailable ? 77 : 1;
    }
    device = *found;
  }
  const Runner runner(**runtime, device);
  for (std::string line; std::getline(std::cin, line);)
    std::cout << answer_to(runner, line).dump(-1, ' ', false, Json::error_handler_t::replace) << '\n'
              << std::flush;
  return 0;
}

}  // namespace
}  // namespace eb

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::cerr << "usage: ep_run RUNTIME [PROVIDER-LIBRARY]\n";
    return 2;
  }
  return eb::serve(arguments[1], count > 2 ? arguments[2] : "");
}
