// Uses an edgebench execution provider from a program of one's own: any program with ONNX Runtime 1.23 or
// newer can.
//
//   use_ep RUNTIME PROVIDER-LIBRARY PROVIDER MODEL
//   use_ep libonnxruntime.so.1 libedgebench_vulkan.so EdgebenchVulkan model.onnx
//
// Runs the model on the provider's first device and on the CPU with inputs of ones, and compares. Exit code:
// 0 the answers agree, 1 they do not or something failed, 77 there is no such device here.
#define ORT_API_MANUAL_INIT  // the runtime is opened at run time here; a program that links to it leaves this
                             // out
#include <dlfcn.h>
#include <onnxruntime_cxx_api.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

namespace {

constexpr int kNoDevice = 77;

void open_runtime(const char* library) {
  void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!handle) throw std::runtime_error(dlerror());
  const auto get_base = reinterpret_cast<const OrtApiBase* (*)()>(dlsym(handle, "OrtGetApiBase"));
  Ort::InitApi(get_base()->GetApi(ORT_API_VERSION));
}

// [quoted in backends/README.md]
std::vector<Ort::ConstEpDevice> register_provider(Ort::Env& env, const char* library,
                                                  const std::string& provider) {
  env.RegisterExecutionProviderLibrary("edgebench", library);
  std::vector<Ort::ConstEpDevice> ours;
  for (const Ort::ConstEpDevice& device : env.GetEpDevices())
    if (device.EpName() == provider) ours.push_back(device);
  return ours;
}

Ort::Session open_on(Ort::Env& env, const Ort::ConstEpDevice& device, const char* model) {
  Ort::SessionOptions options;
  const std::unordered_map<std::string, std::string>
      provider_options;  // for example {{"cache", "/var/cache/kernels"}}
  options.AppendExecutionProvider_V2(env, {device}, provider_options);
  return Ort::Session(env, model, options);
}
// [end of quote]

// The outputs of one run with inputs of ones, one after the other. Shapes must be fixed, types float.
std::vector<float> run(Ort::Session& session) {
  Ort::AllocatorWithDefaultOptions allocator;
  std::vector<std::string> names;
  std::vector<Ort::Value> inputs;
  for (std::size_t i = 0; i < session.GetInputCount(); ++i) {
    names.emplace_back(session.GetInputNameAllocated(i, allocator).get());
    const auto shape = session.GetInputTypeInfo(i).GetTensorTypeAndShapeInfo().GetShape();
    inputs.push_back(Ort::Value::CreateTensor<float>(allocator, shape.data(), shape.size()));
    std::fill_n(inputs.back().GetTensorMutableData<float>(),
                inputs.back().GetTensorTypeAndShapeInfo().GetElementCount(), 1.0f);
  }
  const std::size_t input_count = names.size();
  for (std::size_t i = 0; i < session.GetOutputCount(); ++i)
    names.emplace_back(session.GetOutputNameAllocated(i, allocator).get());
  std::vector<const char*> pointers;
  for (const std::string& name : names) pointers.push_back(name.c_str());
  const auto outputs = session.Run({}, pointers.data(), inputs.data(), input_count,
                                   pointers.data() + input_count, names.size() - input_count);
  std::vector<float> all;
  for (const Ort::Value& output : outputs) {
    const float* data = output.GetTensorData<float>();
    all.insert(all.end(), data, data + output.GetTensorTypeAndShapeInfo().GetElementCount());
  }
  return all;
}

int compare(const char* library, const std::string& provider, const char* model) {
  Ort::Env env(ORT_LOGGING_LEVEL_ERROR, "use_ep");
  const auto devices = register_provider(env, library, provider);
  if (devices.empty()) {
    std::printf("%s has no device here\n", provider.c_str());
    return kNoDevice;
  }
  std::printf("device: %s, driver: %s\n", devices[0].EpMetadata().GetValue("name"),
              devices[0].EpMetadata().GetValue("driver"));
  Ort::Session on_device = open_on(env, devices[0], model);
  Ort::Session on_cpu(env, model, Ort::SessionOptions());
  const auto answers = run(on_device), expected = run(on_cpu);
  double largest = 0;
  for (std::size_t i = 0; i < expected.size(); ++i)
    largest =
        std::max(largest, double{std::abs(answers[i] - expected[i])} / (1 + double{std::abs(expected[i])}));
  std::printf("%zu numbers, largest difference %g\n", expected.size(), largest);
  return answers.size() == expected.size() && largest < 1e-4 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::puts("usage: use_ep RUNTIME PROVIDER-LIBRARY PROVIDER MODEL");
    return 1;
  }
  try {
    open_runtime(arguments[1]);
    return compare(arguments[2], arguments[3], arguments[4]);
  } catch (const std::exception& error) {
    std::printf("use_ep: %s\n", error.what());
    return 1;
  }
}
