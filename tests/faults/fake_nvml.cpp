// A library with NVML's names: two GPUs, the second without a counter of energy. What it says comes from
// variables that a test sets.
#include <cstdlib>
#include <cstring>

namespace {

int gpus[2] = {0, 1};

int index_of(const void* device) {
  return *static_cast<const int*>(device);
}

// Set by the test before it calls.
const char* said(const char* name) {
  return std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
}

constexpr int kNotSupported = 3, kInvalid = 2, kLost = 15;

}  // namespace

extern "C" {

int nvmlInit_v2() {
  return said("EB_FAKE_NVML_INIT") ? 9 : 0;
}

int nvmlDeviceGetHandleByIndex_v2(unsigned index, void** device) {
  if (index > 1) return kInvalid;
  *device = &gpus[index];
  return 0;
}

int nvmlDeviceGetName(void* device, char* name, unsigned size) {
  std::strncpy(name, index_of(device) == 0 ? "Fake A2" : "Fake K80", size);
  return 0;
}

int nvmlDeviceGetTotalEnergyConsumption(void* device, unsigned long long* mj) {
  if (index_of(device) == 1) return kNotSupported;
  if (said("EB_FAKE_NVML_LOST")) return kLost;
  *mj = std::strtoull(said("EB_FAKE_NVML_MJ") ? said("EB_FAKE_NVML_MJ") : "0", nullptr, 10);
  return 0;
}

int nvmlDeviceGetPowerUsage(void*, unsigned* mw) {
  *mw = 12'500;
  return 0;
}

const char* nvmlErrorString(int code) {
  return code == kLost ? "GPU is lost" : code == kInvalid ? "Invalid Argument" : "Driver Not Loaded";
}

}  // extern "C"
