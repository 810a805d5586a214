#include "harness/meters/nvml.h"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "harness/base/dynlib.h"
#include "harness/base/line_channel.h"

namespace eb {
namespace {

constexpr double kMilli = 1e-3, kMostWatts = 5000;
// The counter goes on in steps of 20 to 100 ms (arXiv 2312.02741): the longer one holds for all.
constexpr std::int64_t kUpdateNs = 100'000'000;
constexpr unsigned kNameBytes = 96;

// The part of NVML's stable C interface that is needed.
struct Nvml {
  int (*init)() = nullptr;
  int (*device)(unsigned index, void** device) = nullptr;
  int (*name)(void* device, char* name, unsigned size) = nullptr;
  int (*energy)(void* device, unsigned long long* mj) = nullptr;  // may be missing in an old library
  int (*power)(void* device, unsigned* mw) = nullptr;
  const char* (*error)(int code) = nullptr;

  std::string text_of(int code) const {
    return error ? printable(error(code)) : fmt::format("error {}", code);
  }
};

template <class Function>
void load(const DynLib& library, const char* name, Function& function) {
  function = reinterpret_cast<Function>(library.symbol(name));
}

Result<Nvml> load_nvml(const std::filesystem::path& file) {
  const auto library = DynLib::open(file);
  if (!library)
    return Error{
        ErrorKind::unavailable,
        fmt::format(
            "NVIDIA's driver is not here: {}; install it (package libnvidia-ml1), or use another meter",
            library.error().message)};
  Nvml nvml;
  load(*library, "nvmlInit_v2", nvml.init);
  load(*library, "nvmlDeviceGetHandleByIndex_v2", nvml.device);
  load(*library, "nvmlDeviceGetName", nvml.name);
  load(*library, "nvmlDeviceGetTotalEnergyConsumption", nvml.energy);
  load(*library, "nvmlDeviceGetPowerUsage", nvml.power);
  load(*library, "nvmlErrorString", nvml.error);
  if (!nvml.init || !nvml.device || !nvml.name || !nvml.power)
    return Error{ErrorKind::unavailable, fmt::format("{} is no NVML: functions are missing", file.string())};
  if (const int code = nvml.init())
    return Error{ErrorKind::unavailable, fmt::format("NVML does not start: {}", nvml.text_of(code))};
  return nvml;
}

class NvmlMeter final : public Meter {
 public:
  NvmlMeter(const Nvml& nvml, void* device, bool is_energy)
      : nvml_(nvml), device_(device), is_energy_(is_energy) {}

  Result<double> read() override {
    unsigned long long mj = 0;
    unsigned mw = 0;
    const int code = is_energy_ ? nvml_.energy(device_, &mj) : nvml_.power(device_, &mw);
    if (code != 0) return Error{ErrorKind::device, fmt::format("NVML says: {}", nvml_.text_of(code))};
    return kMilli * (is_energy_ ? static_cast<double>(mj) : static_cast<double>(mw));
  }

 private:
  Nvml nvml_;
  void* device_;
  bool is_energy_;
};

}  // namespace

Result<Instrument> open_nvml(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_OK(spec.check_options({}));
  const auto index = parse_number(spec.name);
  if (!index || *index < 0 || *index > 255 || *index != std::floor(*index))
    return spec.wrong("say which GPU, as in nvml:0");
  EB_GET(const Nvml nvml, load_nvml(world.nvml_library));
  void* device = nullptr;
  if (const int code = nvml.device(static_cast<unsigned>(*index), &device))
    return Error{ErrorKind::not_found, fmt::format("there is no GPU {}: {}", *index, nvml.text_of(code))};
  std::array<char, kNameBytes> name{};
  if (nvml.name(device, name.data(), kNameBytes - 1) != 0) name = {"GPU"};
  unsigned long long mj = 0;
  const bool is_energy = nvml.energy && nvml.energy(device, &mj) == 0;
  Instrument result;
  result.info = {.id = fmt::format("nvml:{}", *index),
                 .domain = printable(name.data()),
                 .scope = "gpu",
                 .evidence = EvidenceClass::p1,
                 .quantity = is_energy ? Quantity::energy_j : Quantity::power_w,
                 .sampling = is_energy ? Sampling::accumulating : Sampling::instantaneous,
                 .update_ns = kUpdateNs,
                 .resolution = is_energy ? kMilli : 0,
                 .highest = kMostWatts};
  if (!is_energy)
    result.info.notes.emplace_back(
        "no energy counter; its power is a mean of a second on Ampere and later, and of a "
        "quarter of the time on A100 and H100");
  result.meter = std::make_unique<NvmlMeter>(nvml, device, is_energy);
  return result;
}

}  // namespace eb
