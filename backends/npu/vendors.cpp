#include "backends/npu/vendors.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb {
namespace {

using enum Vendor::State;

constexpr std::string_view kNoCheck = "the runtime's assignment is all there is";
// An entry of the runtime's session options; OpenVINO's provider reads it, too (pull request 21166).
constexpr VendorOption kNoCpuFallback{"session.disable_cpu_ep_fallback", "1"};

constexpr Vendor kVendors[] = {
    {.id = "qnn",
     .provider = "QNNExecutionProvider",
     .backend = "npu",
     .chips = "Qualcomm Snapdragon: Hexagon NPU (HTP)",
     .kind = "npu",
     .is_built_in = true,
     .note = "a library of its own since onnxruntime-qnn 2.0, built in before",
     .systems = "windows-arm64 android-arm64 linux-arm64",
     .precisions = "int8 int16 fp16",
     // No bridge: Android's runtime has it in itself, others in a library of the plugin's name.
     .plugin = "onnxruntime_providers_qnn",
     .install = "pip install onnxruntime-qnn, or Qualcomm.ML.OnnxRuntime.QNN for Windows",
     .options = {{{"backend_type", "htp", "backend_path"},
                  {"htp_performance_mode", "burst"},
                  {"enable_htp_fp16_precision", "1"}}},
     .doubt = "QNN also computes on the CPU and the GPU, by its option backend_type",
     .confirmed_by = {"backend_type", "htp"}},
    {.id = "openvino",
     .provider = "OpenVINOExecutionProvider",
     .backend = "npu",
     .chips = "Intel Core Ultra: NPU; Intel GPUs and CPUs",
     .kind = "npu",
     .is_built_in = true,
     .systems = "linux-x64 windows-x64",
     .precisions = "fp16 int8",
     .bridge = "onnxruntime_providers_openvino",
     .plugin = "onnxruntime_providers_openvino_plugin",
     .install = "pip install onnxruntime-ep-openvino, and Intel's NPU driver",
     .options = {{{"device_type", "NPU", "", true}}},
     .doubt = "OpenVINO compiles for the CPU what the NPU's compiler refuses",
     .confirmed_by = kNoCpuFallback},
    {.id = "vitisai",
     .provider = "VitisAIExecutionProvider",
     .backend = "npu",
     .chips = "AMD Ryzen AI: XDNA NPU; Zynq UltraScale+ and Versal",
     .kind = "npu",
     .is_built_in = true,
     .systems = "windows-x64 linux-arm64",
     .precisions = "int8 bf16",
     .bridge = "onnxruntime_providers_vitisai",
     .plugin = "onnxruntime_providers_vitisai",
     .install = "AMD's Ryzen AI Software, or Vitis AI for adaptive SoCs",
     .doubt = "Vitis AI runs on the CPU, unseen, what its compiler leaves out"},
    {.id = "coreml",
     .provider = "CoreMLExecutionProvider",
     .backend = "npu",
     .chips = "Apple A and M series: Neural Engine",
     .kind = "npu",
     .is_built_in = true,
     .systems = "macos-arm64 macos-x64 ios-arm64",
     .precisions = "fp16 fp32",
     .install = "the runtime's own packages for macOS and iOS contain it",
     .options = {{{"ModelFormat", "MLProgram"}, {"MLComputeUnits", "CPUAndNeuralEngine"}}},
     .doubt = "Core ML itself decides between Neural Engine and CPU, and does not tell"},
    {.id = "nnapi",
     .provider = "NnapiExecutionProvider",
     .backend = "npu",
     .chips = "Android phones: NPU, DSP or GPU by the vendor's driver",
     .kind = "npu",
     .state = deprecated,
     .is_built_in = true,
     .note = "in Android 15; vendors' own providers replace it",
     .systems = "android-arm64",
     .precisions = "fp32 fp16 int8",
     .install = "the runtime's own package for Android contains it",
     .options = {{{"flags", "4"}}},  // NNAPI_FLAG_CPU_DISABLED: not its own reference kernels
     .doubt = "NNAPI's drivers choose the processor and do not tell"},
    {.id = "cann",
     .provider = "CANNExecutionProvider",
     .backend = "npu",
     .chips = "Huawei Ascend (not Kirin)",
     .kind = "npu",
     .is_built_in = true,
     .systems = "linux-arm64 linux-x64",
     .precisions = "fp32 fp16 int8",
     .bridge = "onnxruntime_providers_cann",
     .install = "pip install onnxruntime-cann, and Huawei's CANN",
     .options = {{{"enable_cann_graph", "1"}, {"precision_mode", "must_keep_origin_dtype"}}},
     .doubt = kNoCheck},
    {.id = "vsinpu",
     .provider = "VSINPUExecutionProvider",
     .backend = "npu",
     .chips = "VeriSilicon NPUs, as in NXP i.MX 8M Plus",
     .kind = "npu",
     .is_built_in = true,
     .systems = "linux-arm64",
     .precisions = "int8 fp32",
     .install = "build ONNX Runtime with --use_vsinpu and VeriSilicon's TIM-VX",
     .doubt = kNoCheck},
    {.id = "rknpu",
     .provider = "RknpuExecutionProvider",
     .backend = "npu",
     .chips = "Rockchip RK1808 only",
     .kind = "npu",
     .is_built_in = true,
     .note = "a preview; RK3399Pro and all later chips are not reached",
     .systems = "linux-arm64",
     .precisions = "fp32 int8",
     .install = "build ONNX Runtime with --use_rknpu and Rockchip's RKNPU DDK",
     .doubt = kNoCheck},
    {.id = "tensorrt",
     .provider = "TensorrtExecutionProvider",
     .backend = "npu",
     .chips = "NVIDIA Jetson and other NVIDIA GPUs; DLA by trt_dla_enable",
     .kind = "gpu",
     .is_built_in = true,
     .systems = "linux-x64 linux-arm64 windows-x64",
     .precisions = "fp32 fp16 bf16 int8",
     .bridge = "onnxruntime_providers_tensorrt",
     .install = "onnxruntime-gpu with NVIDIA's CUDA and TensorRT, or the runtime of the Jetson Zoo"},
    {.id = "tensorrt-rtx",
     .provider = "NvTensorRTRTXExecutionProvider",
     .backend = "npu",
     .chips = "NVIDIA GeForce RTX 30 and newer",
     .kind = "gpu",
     .is_built_in = true,
     .note = "the built-in form is deprecated, the library is not",
     .systems = "windows-x64 linux-x64",
     .precisions = "fp32 fp16 bf16 int8",
     .bridge = "onnxruntime_providers_nv_tensorrt_rtx",
     .plugin = "onnxruntime_providers_nv_tensorrt_rtx",
     .install = "NVIDIA's TensorRT-RTX-EP-ABI, or Windows ML"},
    {.id = "migraphx",
     .provider = "MIGraphXExecutionProvider",
     .backend = "npu",
     .chips = "AMD GPUs",
     .kind = "gpu",
     .is_built_in = true,
     .systems = "linux-x64 windows-x64",
     .precisions = "fp32 fp16 int8",
     .bridge = "onnxruntime_providers_migraphx",
     .plugin = "onnxruntime_providers_migraphx",
     .install = "onnxruntime-rocm of AMD's ROCm releases, or Windows ML"},
    {.id = "directml",
     .provider = "DmlExecutionProvider",
     .backend = "npu",
     .chips = "GPUs with DirectX 12",
     .kind = "gpu",
     .state = deprecated,
     .is_built_in = true,
     .note = "supported, not developed: Windows ML and vendors' providers replace it",
     .systems = "windows-x64 windows-arm64",
     .precisions = "fp32 fp16 int8",
     .install = "the runtime's own packages for Windows contain it"},
    {.id = "webgpu",
     .provider = "WebGpuExecutionProvider",
     .backend = "webgpu",
     .chips = "GPUs with Vulkan, Direct3D 12 or Metal",
     .kind = "gpu",
     .is_built_in = true,
     .systems = "linux-x64 windows-x64 windows-arm64 macos-arm64",
     .precisions = "fp32 fp16",
     .install = "on Linux a Vulkan driver that it takes (of Mesa, 25 or newer; Debian 12: "
                "bookworm-backports), and the "
                "runtime of scripts/fetch onnxruntime",
     .options = {{{"validationMode", "disabled"}}}},
    {.id = "acl",
     .provider = "ACLExecutionProvider",
     .backend = "npu",
     .chips = "Arm CPUs (Arm Compute Library)",
     .kind = "cpu",
     .is_built_in = true,
     .systems = "linux-arm64 android-arm64",
     .precisions = "fp32 int8",
     .install = "build ONNX Runtime with --use_acl and the Arm Compute Library"},
    {.id = "xnnpack",
     .provider = "XnnpackExecutionProvider",
     .backend = "npu",
     .chips = "Arm and x86 CPUs",
     .kind = "cpu",
     .is_built_in = true,
     .systems = "android-arm64 ios-arm64 linux-arm64",
     .precisions = "fp32 int8",
     .install = "the runtime's own packages for Android and iOS contain it"},
    {.id = "armnn",
     .provider = "ArmNNExecutionProvider",
     .chips = "Arm CPUs and Mali GPUs (Arm NN)",
     .kind = "cpu",
     .state = removed,
     .note = "in ONNX Runtime 1.25",
     .install = "use the backend cpu, and vulkan or opencl for Mali"},

    // Chips that no provider reaches.
    {.id = "edge-tpu",
     .chips = "Google Edge TPU (Coral)",
     .kind = "npu",
     .state = none,
     .note = "it runs TensorFlow Lite models that edgetpu_compiler has compiled",
     .install = "no backend yet: a compiled _edgetpu.tflite is an artefact of its own"},
    {.id = "ethos-u",
     .chips = "Arm Ethos-U55, U65 and U85",
     .kind = "npu",
     .state = none,
     .note = "Vela compiles TensorFlow Lite or TOSA models ahead, for microcontrollers",
     .install = "no backend yet: a microcontroller is reached over a serial line"},
    {.id = "ethos-n",
     .chips = "Arm Ethos-N",
     .kind = "npu",
     .state = none,
     .note = "it was reached through Arm NN, whose provider left in ONNX Runtime 1.25",
     .install = "no backend yet"},
    {.id = "rknn",
     .chips = "Rockchip RK3562, RK3566, RK3568, RK3576, RK3588",
     .kind = "npu",
     .state = none,
     .note = "they run models that RKNN-Toolkit2 has compiled; the provider rknpu is RK1808's",
     .install = "no backend yet: a compiled .rknn is an artefact of its own; their Mali GPU: vulkan, opencl"},
    {.id = "hailo",
     .chips = "Hailo-8, 8L and 10H",
     .kind = "npu",
     .state = none,
     .note = "they run models that Hailo's compiler has compiled",
     .install = "no backend yet: a compiled .hef is an artefact of its own"},
    {.id = "kirin",
     .chips = "Huawei Kirin NPUs",
     .kind = "npu",
     .state = none,
     .note = "they are reached through HiAI Foundation and MindSpore Lite; cann is for Ascend",
     .install = "no backend yet"},
};

}  // namespace

std::span<const Vendor> vendors() {
  return kVendors;
}

const Vendor* find_vendor(std::string_view id, std::span<const Vendor> table) {
  const auto at = std::find_if(table.begin(), table.end(), [&](const Vendor& v) { return v.id == id; });
  return at == table.end() ? nullptr : &*at;
}

const Vendor* find_vendor_of_provider(std::string_view provider, std::span<const Vendor> table) {
  // NVIDIA's library for Windows ML writes its name with small letters.
  if (provider == "NvTensorRtRtxExecutionProvider") provider = "NvTensorRTRTXExecutionProvider";
  const auto at = std::find_if(table.begin(), table.end(), [&](const Vendor& v) {
    return !v.provider.empty() && v.provider == provider;
  });
  return at == table.end() ? nullptr : &*at;
}

std::string_view state_name(Vendor::State state) {
  constexpr std::array<std::string_view, 4> kNames = {"shipped", "deprecated", "removed", "none"};
  return kNames.at(static_cast<std::size_t>(state));
}

std::string placement_text(const Vendor& vendor) {
  if (vendor.backend.empty()) return "";
  if (vendor.doubt.empty()) return "assigned: nothing else can compute what it takes";
  if (vendor.confirmed_by.key.empty()) return fmt::format("assigned, and unranked: {}", vendor.doubt);
  return fmt::format("confirmed by {}={}; without it assigned, and unranked: {}", vendor.confirmed_by.key,
                     vendor.confirmed_by.value, vendor.doubt);
}

std::string system_key(const SystemName& system, bool is_android) {
  std::string os = system.kernel == "Linux" ? "linux" : system.kernel == "Darwin" ? "macos" : "windows";
  if (os == "linux" && is_android) os = "android";
  const bool is_arm = system.arch == "aarch64" || system.arch == "arm64" || system.arch == "ARM64";
  const bool is_x64 = system.arch == "x86_64" || system.arch == "amd64" || system.arch == "AMD64";
  return fmt::format("{}-{}", os, is_arm ? "arm64" : is_x64 ? "x64" : system.arch);
}

bool is_offered_on(const Vendor& vendor, std::string_view system_key) {
  std::string_view rest = vendor.systems;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    if (rest.substr(0, end) == system_key) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

std::array<std::string, 3> library_file_names(std::string_view stem) {
  return {fmt::format("lib{}.so", stem), fmt::format("{}.dll", stem), fmt::format("lib{}.dylib", stem)};
}

}  // namespace eb
