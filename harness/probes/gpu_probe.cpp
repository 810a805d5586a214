#include "harness/probes/gpu_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "harness/probes/benchmark_batch.h"

namespace eb::probes {
namespace {

constexpr double kRoundNs = 10e6;  // long against a launch
constexpr std::uint32_t kReadsOfItem = 16;

// How the work is cut. Devices differ in how many sums they need in flight, and how many items in a group.
struct Cut {
  int chains = 8;
  std::uint32_t group = 64;
};
constexpr Cut kCuts[] = {{4, 64}, {8, 64}, {12, 64}, {16, 64}, {8, 8}, {12, 8}, {8, 256}, {4, 256}};

// One kernel with what it is given, ready to run.
struct Ready {
  std::unique_ptr<gpu::Kernel> kernel{};
  std::unique_ptr<gpu::Commands> commands{};
};

struct Arithmetic {
  const char* name;
  const char* precision;
  const char* kernel;
  std::vector<std::pair<std::string, int>> defines{};
  double operations_of_lane = 2;  // in one round of one chain
};

class GpuProbing {
 public:
  GpuProbing(gpu::ComputeDevice& device, const GpuProbeSetup& setup, Clock& clock)
      : device_(device), info_(device.info()), setup_(setup), clock_(clock) {}

  Status run() {
    EB_OK(compute({"fma", "fp32", "probe_fma", {{"HALF", 0}}, 2}));
    if (info_.fp16_arithmetic) EB_OK(compute({"fma", "fp16", "probe_fma", {{"HALF", 2}}, 2}));
    if (info_.int8_kernels)
      EB_OK(compute({info_.int8_dot_product ? "dot4, accelerated" : "dot4", "int8", "probe_dot", {}, 8}));
    EB_OK(memory());
    return latencies();
  }

 private:
  std::uint32_t vector_bytes() const { return static_cast<std::uint32_t>(info_.vector_floats) * 4; }

  gpu::Timing timing() const { return info_.device_timer ? gpu::Timing::each_dispatch : gpu::Timing::none; }

  Result<double> run_ns(gpu::Commands& commands, std::span<const gpu::HostWrite> in,
                        std::span<const gpu::HostRead> out) {
    const std::int64_t begin_ns = clock_.now_ns();
    EB_OK(device_.run(commands, in, out));
    return static_cast<double>(std::max<std::int64_t>(1, clock_.now_ns() - begin_ns));
  }

  // By the device's own clock where it has one.
  Result<double> device_ns(gpu::Commands& commands) {
    EB_GET(const double host_ns, run_ns(commands, {}, {}));
    if (!info_.device_timer) return host_ns;
    EB_GET(const auto times, device_.times(commands));
    double sum_ns = 0;
    for (const auto time : times) sum_ns += static_cast<double>(time.count());
    return sum_ns > 0 ? sum_ns : host_ns;
  }

  // Rounds of `work` each, timed by `ns`; the first error ends them.
  Result<Peak> peak(const std::string& name, double work, double agreement,
                    const std::function<Result<double>()>& ns) {
    std::optional<Error> error;
    RoundLimits limits = setup_.limits;
    limits.agreement = agreement;
    const auto rounds = settle(clock_, limits, [&](std::size_t count, std::vector<Round>& all) {
      run_batch(name, count, [&] {
        if (error) return 1e-9;
        const auto time_ns = ns();
        if (!time_ns) {
          error = time_ns.error();
          return 1e-9;
        }
        all.push_back({work * 1e9 / *time_ns, 0});
        return *time_ns * 1e-9;
      });
      if (error) all.clear();
    });
    if (error) return *error;
    if (rounds.empty()) return Error{ErrorKind::internal, "a probe had no round"};
    return peak_of(rounds, agreement);
  }

  void tell(Probe probe, Peak peak, double scale, const std::string& how) const {
    probe.value = probe.kind == "latency" ? scale / peak.rate : peak.rate * scale;
    probe.spread = peak.spread;
    probe.is_stable = peak.is_stable;
    probe.warnings = std::move(peak.warnings);
    probe.derivation = fmt::format("median of the fastest quarter of {} rounds; {}", peak.rounds, how);
    setup_.on_probe(probe);
  }

  const char* timer() const { return info_.device_timer ? "by the device's clock" : "by the host's clock"; }

  // Enough items for every unit of a large device, and many for each core of a processor.
  std::uint32_t items() const { return info_.type == gpu::DeviceType::cpu ? 1 << 12 : 1 << 18; }

  bool fits(const Cut& cut) const {
    return cut.group <= info_.max_group_items && cut.group <= info_.max_group[0];
  }

  Result<Ready> prepare(const Arithmetic& what, const Cut& cut, const gpu::Buffer& out,
                        std::uint32_t rounds) {
    EB_GET(auto kernel, device_.build({.kernel = what.kernel,
                                       .defines = what.defines,
                                       .constants = {{"CHAINS", cut.chains}},
                                       .group = {cut.group, 1, 1}}));
    std::vector<std::uint32_t> params{rounds};
    if (std::string_view(what.kernel) == "probe_dot")
      params.insert(params.end(), {0x13fe2507u, 0x01010101u, 0x05f10b03u, 0x02040103u});
    else  // x * a + b stays near b / (1 - a)
      params.insert(params.end(), {std::bit_cast<std::uint32_t>(0.75f), std::bit_cast<std::uint32_t>(0.25f)});
    const std::array dispatches{gpu::Dispatch{
        .kernel = kernel.get(), .buffers = {&out}, .params = params, .groups = {items() / cut.group, 1, 1}}};
    EB_GET(auto commands, device_.record(dispatches, timing()));
    return Ready{std::move(kernel), std::move(commands)};
  }

  double operations(const Arithmetic& what, const Cut& cut, std::uint32_t rounds) const {
    return what.operations_of_lane * info_.vector_floats * cut.chains * static_cast<double>(rounds) * items();
  }

  // Rounds of the loop that take about kRoundNs.
  Result<std::uint32_t> rounds_for(const Arithmetic& what, const Cut& cut, const gpu::Buffer& out) {
    constexpr std::uint32_t kMost = 1u << 22;
    for (std::uint32_t rounds = 64;; rounds *= 4) {
      EB_GET(const Ready ready, prepare(what, cut, out, rounds));
      EB_GET(double time_ns, device_ns(*ready.commands));
      EB_GET(const double again_ns, device_ns(*ready.commands));
      time_ns = std::min(time_ns, again_ns);
      if (time_ns > kRoundNs / 4 || rounds >= kMost)
        return static_cast<std::uint32_t>(std::clamp(rounds * kRoundNs / time_ns, 1.0, double{kMost}));
    }
  }

  Status compute(const Arithmetic& what) {
    EB_GET(const auto out, device_.allocate(std::uint64_t{items()} * vector_bytes()));
    std::optional<Cut> best;
    double best_rate = 0;
    std::uint32_t rounds = 0;
    for (const Cut& cut : kCuts) {
      if (!fits(cut)) continue;
      if (rounds == 0) {
        EB_GET(rounds, rounds_for(what, cut, *out));
      }
      EB_GET(const Ready ready, prepare(what, cut, *out, rounds));
      for (int i = 0; i < 3; ++i) {
        EB_GET(const double time_ns, device_ns(*ready.commands));
        const double rate = operations(what, cut, rounds) / time_ns;
        if (rate > best_rate) {
          best = cut;
          best_rate = rate;
        }
      }
    }
    if (!best) return Error{ErrorKind::unsupported, "the device takes no group of 8 items"};
    EB_GET(rounds, rounds_for(what, *best, *out));
    EB_GET(const Ready ready, prepare(what, *best, *out, rounds));
    EB_GET(Peak seen, peak(what.name, operations(what, *best, rounds), kAgreement,
                           [&] { return device_ns(*ready.commands); }));
    tell({.name = what.name, .precision = what.precision, .kind = "compute", .unit = "GOP/s"},
         std::move(seen), 1e-9,
         fmt::format("{} sums of {} lanes an item, groups of {}, {}", best->chains, info_.vector_floats,
                     best->group, timer()));
    return Done{};
  }

  // Of each of two buffers.
  std::uint64_t buffer_bytes() const {
    std::uint64_t bytes = setup_.most_buffer_bytes;
    if (info_.type == gpu::DeviceType::cpu) bytes /= 2;  // four times the largest cache is enough
    if (info_.max_buffer_bytes > 0) bytes = std::min(bytes, info_.max_buffer_bytes);
    if (info_.memory_bytes > 0) bytes = std::min(bytes, info_.memory_bytes / 8);
    return bytes - bytes % (std::uint64_t{vector_bytes()} * kReadsOfItem * 256);
  }

  Status memory() {
    const std::uint64_t bytes = buffer_bytes();
    if (bytes == 0) return Error{ErrorKind::out_of_memory, "the device has too little memory to be probed"};
    EB_GET(const auto from, device_.allocate(bytes));
    EB_GET(const auto to, device_.allocate(bytes));
    const auto vectors = static_cast<std::uint32_t>(bytes / vector_bytes());
    const std::uint32_t readers = vectors / kReadsOfItem;
    EB_OK(move("read", {.kernel = "probe_read", .constants = {{"PER", kReadsOfItem}}}, *from, *to, readers,
               static_cast<double>(bytes)));
    EB_OK(move("copy", {.kernel = "probe_copy"}, *from, *to, vectors, 2 * static_cast<double>(bytes)));
    return transfers(*from, *to, bytes);
  }

  Status move(const char* name, gpu::KernelDesc desc, const gpu::Buffer& from, const gpu::Buffer& to,
              std::uint32_t items, double moved_bytes) {
    desc.group = {std::min({std::uint32_t{64}, info_.max_group_items, info_.max_group[0]}), 1, 1};
    EB_GET(const auto kernel, device_.build(desc));
    const std::array dispatches{gpu::Dispatch{.kernel = kernel.get(),
                                              .buffers = {&from, &to},
                                              .params = {items},
                                              .groups = {items / desc.group[0], 1, 1}}};
    EB_GET(const auto commands, device_.record(dispatches, timing()));
    EB_GET(Peak seen, peak(name, moved_bytes, kMemoryAgreement, [&] { return device_ns(*commands); }));
    tell({.name = fmt::format("{} memory", name), .kind = "bandwidth", .unit = "GB/s"}, std::move(seen), 1e-9,
         fmt::format("buffers of {} MiB, {}{}", static_cast<std::uint64_t>(moved_bytes) >> 20,
                     std::string_view(name) == "copy" ? "read and written, " : "", timer()));
    return Done{};
  }

  // A list of one dispatch of one group, which writes one vector.
  Result<Ready> smallest(const gpu::Buffer& from, const gpu::Buffer& to) {
    EB_GET(auto kernel, device_.build({.kernel = "probe_copy"}));
    const std::array dispatches{
        gpu::Dispatch{.kernel = kernel.get(), .buffers = {&from, &to}, .params = {1}, .groups = {1, 1, 1}}};
    EB_GET(auto commands, device_.record(dispatches, gpu::Timing::none));
    return Ready{std::move(kernel), std::move(commands)};
  }

  Status transfers(gpu::Buffer& from, gpu::Buffer& to, std::uint64_t bytes) {
    EB_GET(const Ready ready, smallest(from, to));
    std::vector<std::byte> host(bytes, std::byte{1});
    const std::array in{gpu::HostWrite{.buffer = &from, .bytes = host}};
    EB_GET(Peak up, peak("to device", static_cast<double>(bytes), kMemoryAgreement,
                         [&] { return run_ns(*ready.commands, in, {}); }));
    const std::string how = fmt::format("{} MiB around one small dispatch, by the host's clock", bytes >> 20);
    tell({.name = "host to device", .kind = "bandwidth", .unit = "GB/s"}, std::move(up), 1e-9, how);
    const std::array out{gpu::HostRead{.buffer = &to, .bytes = host}};
    EB_GET(Peak down, peak("from device", static_cast<double>(bytes), kMemoryAgreement,
                           [&] { return run_ns(*ready.commands, {}, out); }));
    tell({.name = "device to host", .kind = "bandwidth", .unit = "GB/s"}, std::move(down), 1e-9, how);
    return Done{};
  }

  Status latencies() {
    const std::uint64_t bytes = std::uint64_t{vector_bytes()} * 64;
    EB_GET(const auto from, device_.allocate(bytes));
    EB_GET(const auto to, device_.allocate(bytes));
    EB_GET(const Ready ready, smallest(*from, *to));
    std::array<std::byte, 4> word{};
    const std::array in{gpu::HostWrite{.buffer = from.get(), .bytes = word}};
    const std::array out{gpu::HostRead{.buffer = to.get(), .bytes = word}};
    EB_GET(Peak launch, peak("launch", 1, kMemoryAgreement, [&] { return run_ns(*ready.commands, {}, {}); }));
    tell({.name = "launch", .kind = "latency", .unit = "us"}, std::move(launch), 1e6,
         "one dispatch of one item until the host knows that it is done");
    EB_GET(Peak transfer,
           peak("transfer", 1, kMemoryAgreement, [&] { return run_ns(*ready.commands, in, out); }));
    tell({.name = "transfer", .kind = "latency", .unit = "us"}, std::move(transfer), 1e6,
         "4 bytes to the device, one dispatch of one item, 4 bytes back");
    return Done{};
  }

  gpu::ComputeDevice& device_;
  const gpu::DeviceInfo& info_;
  const GpuProbeSetup& setup_;
  Clock& clock_;
};

}  // namespace

Status probe_gpu(gpu::ComputeDevice& device, const GpuProbeSetup& setup, Clock& clock) {
  return GpuProbing(device, setup, clock).run();
}

}  // namespace eb::probes
