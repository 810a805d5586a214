#include "harness/probes/cpu_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>

#include "harness/base/pages.h"
#include "harness/probes/benchmark_batch.h"
#include "harness/probes/cpu_kernels.h"
#include "harness/probes/cpu_model.h"
#include "harness/probes/crew.h"
#include "harness/probes/machine_load.h"

namespace eb::probes {
namespace {

constexpr double kRoundNs = 1e5;

struct alignas(64) Work {
  std::array<std::byte, 3 * kOperandBytes> operands{};
  alignas(64) std::array<std::byte, kMostSumBytes> sums{};
};

template <class T>
void fill(Work& work, std::array<T, 2> values) {
  for (std::size_t i = 0; i < 2 * kOperandBytes / sizeof(T); ++i)
    std::memcpy(work.operands.data() + i * sizeof(T), &values[i % 2], sizeof(T));
}

// Numbers whose products neither vanish nor overflow: sums grow slowly, or cancel.
void fill_operands(Element element, Work& work) {
  if (element == Element::fp32) fill<float>(work, {0.75f, -0.625f});
  if (element == Element::fp16) fill<std::uint16_t>(work, {0x3a00, 0xb900});  // the same
  if (element == Element::bf16) fill<std::uint16_t>(work, {0x3f40, 0xbf20});  // the same
  if (element == Element::int8) fill<std::int8_t>(work, {93, 38});
  const std::int16_t one = 1;
  for (std::size_t i = 0; i < kOperandBytes / 2; ++i)
    std::memcpy(work.operands.data() + 2 * kOperandBytes + 2 * i, &one, 2);
}

class CpuProbing {
 public:
  CpuProbing(const CpuProbeSetup& setup, Clock& clock)
      : setup_(setup),
        clock_(clock),
        model_(read_cpu_model(setup.root)),
        levels_(read_memory_levels(setup.root)) {}

  void run() {
    std::vector<std::vector<int>> teams{{setup_.cpus.front()}};
    if (setup_.cpus.size() > 1) teams.push_back(setup_.cpus);
    for (const auto& cpus : teams) {
      const auto crew = make_crew(cpus);
      for (const CpuKernel& kernel : cpu_kernels()) compute(kernel, cpus, *crew);
      for (std::size_t level = 0; level < levels_.size(); ++level) memory(level, *crew);
    }
  }

 private:
  // One thread's time of `run(loops)`, the shortest of a few.
  double shortest_ns(Crew& crew, const std::function<void(std::int64_t)>& run, std::int64_t loops) {
    double shortest = INFINITY;
    crew.each([&](int thread) {
      if (thread != 0) return;
      for (int i = 0; i < 5; ++i) {
        const std::int64_t begin_ns = clock_.now_ns();
        run(loops);
        shortest = std::min(shortest, static_cast<double>(clock_.now_ns() - begin_ns));
      }
    });
    return std::max(1.0, shortest);
  }

  // How many loops take about kRoundNs.
  std::int64_t loops_for_round(Crew& crew, const std::function<void(std::int64_t)>& run, std::int64_t first) {
    const double loop_ns = shortest_ns(crew, run, first) / static_cast<double>(first);
    return std::max<std::int64_t>(1, std::llround(kRoundNs / loop_ns));
  }

  Peak peak(const std::string& name, Crew& crew, double work, const std::function<void(int)>& task,
            double agreement) {
    const auto before = look_at_load(setup_.root);
    const std::int64_t begin_ns = clock_.now_ns(), begin_cpu_ns = clock_.cpu_ns();
    RoundLimits limits = setup_.limits;
    limits.agreement = agreement;
    const auto rounds = settle(clock_, limits, [&](std::size_t count, std::vector<Round>& all) {
      run_batch(name, count, [&] {
        all.push_back(crew.round(work, task));
        return work / all.back().rate;
      });
    });
    Peak peak = peak_of(rounds, agreement);
    const auto after = look_at_load(setup_.root);
    if (!before || !after) return peak;
    const auto shares = shares_of(*before, *after, clock_.cpu_ns() - begin_cpu_ns, clock_.now_ns() - begin_ns,
                                  static_cast<int>(std::max<std::size_t>(1, allowed_cpus().size())));
    if (const std::string warning = shares ? load_warning(*shares) : ""; !warning.empty())
      peak.warnings.push_back(warning);
    return peak;
  }

  Probe probe_of(Peak peak, const Crew& crew) const {
    Probe probe;
    probe.value = peak.rate * 1e-9;
    probe.spread = peak.spread;
    probe.threads = crew.threads();
    probe.is_stable = peak.is_stable;
    probe.clock_ghz = peak.clock_ghz;
    probe.warnings = std::move(peak.warnings);
    probe.derivation = fmt::format("median of the fastest quarter of {} rounds of about {} ms", peak.rounds,
                                   kRoundNs * 1e-6);
    return probe;
  }

  void add_theory(const CpuKernel& kernel, const std::vector<int>& cpus, Probe& probe) const {
    if (!model_ || !probe.clock_ghz) return;
    const auto operations = operations_a_cycle(*model_, kernel.name);
    const auto cores = cpus.size() == 1 ? std::optional(1) : cores_of(setup_.root, cpus);
    if (!operations || !cores) return;
    probe.theoretical = *cores * *probe.clock_ghz * *operations;
    probe.derivation += fmt::format(
        "; theoretical: {} cores x {:.3f} GHz, counted between the rounds, x {:.0f} operations a cycle of {}",
        *cores, *probe.clock_ghz, *operations, model_text(*model_));
    check_theory(probe);
  }

  void compute(const CpuKernel& kernel, const std::vector<int>& cpus, Crew& crew) {
    std::vector<Work> work(cpus.size());
    for (Work& one : work) fill_operands(kernel.element, one);
    const auto run = [&](std::size_t thread, std::int64_t loops) {
      kernel.run(loops, work[thread].operands.data(), work[thread].sums.data());
    };
    const std::int64_t loops = loops_for_round(
        crew, [&](std::int64_t n) { run(0, n); }, 1000);
    const double operations = 2 * static_cast<double>(kernel.macs * loops) * crew.threads();
    Probe probe = probe_of(peak(
                               std::string(kernel.name), crew, operations,
                               [&](int thread) { run(static_cast<std::size_t>(thread), loops); }, kAgreement),
                           crew);
    probe.name = kernel.name;
    probe.precision = kernel.precision;
    probe.kind = "compute";
    probe.unit = "GOP/s";
    add_theory(kernel, cpus, probe);
    setup_.on_probe(probe);
  }

  void memory(std::size_t level, Crew& crew) {
    const std::uint64_t bytes = bytes_for_level(levels_, level, crew.threads(), kMemoryStep);
    if (bytes == 0) return;
    std::vector<Pages> pages(static_cast<std::size_t>(crew.threads()));
    // Each thread touches its own first: on machines with several memories it is then near.
    crew.each([&](int thread) {
      auto& own = pages[static_cast<std::size_t>(thread)];
      own = allocate_pages(bytes);
      if (own) std::memset(own.get(), 1, bytes);
    });
    if (std::any_of(pages.begin(), pages.end(), [](const Pages& own) { return !own; })) return;
    for (const char* what : {"read", "copy"}) {
      std::optional<Probe> best;
      for (const MemoryKernel& kernel : memory_kernels()) {
        if (kernel.what != what || (kernel.is_streaming && levels_[level].name != "dram")) continue;
        Probe probe = move(kernel, bytes, pages, crew);
        if (!best || probe.value > best->value) best = std::move(probe);
      }
      if (!best) continue;
      best->name = fmt::format("{} {}", what, levels_[level].name);
      setup_.on_probe(*best);
    }
  }

  Probe move(const MemoryKernel& kernel, std::uint64_t bytes, const std::vector<Pages>& pages, Crew& crew) {
    const auto run = [&](std::size_t thread, std::int64_t loops) {
      kernel.run(loops, pages[thread].get(), bytes);
    };
    const std::int64_t loops = loops_for_round(
        crew, [&](std::int64_t n) { run(0, n); }, 1);
    const double moved = static_cast<double>(bytes) * static_cast<double>(loops) * crew.threads();
    Probe probe =
        probe_of(peak(
                     std::string(kernel.name), crew, moved,
                     [&](int thread) { run(static_cast<std::size_t>(thread), loops); }, kMemoryAgreement),
                 crew);
    probe.kind = "bandwidth";
    probe.unit = "GB/s";
    probe.derivation += fmt::format("; {} {}, {} KiB a thread{}", kernel.name,
                                    kernel.is_streaming ? "stores past the caches" : "loads and stores",
                                    bytes >> 10, kernel.what == "copy" ? ", read and written bytes" : "");
    return probe;
  }

  const CpuProbeSetup& setup_;
  Clock& clock_;
  std::optional<CpuModel> model_;
  std::vector<MemoryLevel> levels_;
};

}  // namespace

void probe_cpu(const CpuProbeSetup& setup, Clock& clock) {
  CpuProbing(setup, clock).run();
}

void check_theory(Probe& probe) {
  if (!probe.theoretical) return;
  const double ratio = probe.value / *probe.theoretical;
  if (std::abs(ratio - 1) > kTheoryTolerance)
    probe.warnings.push_back(fmt::format("{:.1f} % of the theoretical value, not {:.0f} to {:.0f} %",
                                         100 * ratio, 100 * (1 - kTheoryTolerance),
                                         100 * (1 + kTheoryTolerance)));
}

}  // namespace eb::probes
