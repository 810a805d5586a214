#include "harness/run/host.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <set>
#include <sstream>
#include <thread>

#include "harness/base/process.h"
#include "harness/base/sysfs.h"

namespace eb {
namespace fs = std::filesystem;
namespace {

// The first line of a small system file, without blanks and control characters around it; empty if there is
// none.
std::string first_line(const fs::path& file) {
  constexpr std::size_t kLargest = 64 << 10, kLongestFact = 200;
  const auto text = read_small_file(file, kLargest);
  if (!text) return {};
  std::string line = text->substr(0, text->find('\n'));
  std::erase_if(line, [](char c) { return static_cast<unsigned char>(c) < 0x20; });
  line.resize(std::min(line.size(), kLongestFact));
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string first_of(const std::vector<std::string>& values) {
  return values.empty() ? "" : values.front();
}

// Folders cpu0, cpu1, ... in the order of their numbers.
std::vector<fs::path> cpu_folders(const fs::path& root) {
  std::vector<fs::path> folders;
  for (unsigned i = 0; i < 4096; ++i) {
    fs::path folder = root / "sys/devices/system/cpu" / fmt::format("cpu{}", i);
    std::error_code code;
    if (!fs::is_directory(folder, code)) break;
    folders.push_back(std::move(folder));
  }
  return folders;
}

int physical_cores(const std::vector<fs::path>& cpus, int threads) {
  std::set<std::pair<std::string, std::string>> cores;
  for (const fs::path& cpu : cpus)
    cores.emplace(first_line(cpu / "topology/physical_package_id"), first_line(cpu / "topology/core_id"));
  cores.erase({"", ""});
  if (cores.empty()) return threads;
  return std::min(static_cast<int>(cores.size()), threads);
}

double number(const std::string& text) {
  std::istringstream in(text);
  in.imbue(std::locale::classic());
  double value = 0;
  in >> value;
  return in ? value : 0;
}

std::optional<double> mean_mhz(const fs::path& root, const std::vector<fs::path>& cpus) {
  std::vector<double> mhz;
  for (const fs::path& cpu : cpus)
    if (const double khz = number(first_line(cpu / "cpufreq/scaling_cur_freq")); khz > 0)
      mhz.push_back(khz * 1e-3);
  if (mhz.empty())
    for (const std::string& text : read_values(root / "proc/cpuinfo", "cpu MHz", ':'))
      if (const double value = number(text); value > 0) mhz.push_back(value);
  if (mhz.empty()) return std::nullopt;
  return std::accumulate(mhz.begin(), mhz.end(), 0.0) / static_cast<double>(mhz.size());
}

std::optional<double> max_mhz(const std::vector<fs::path>& cpus) {
  double highest = 0;
  for (const fs::path& cpu : cpus)
    highest = std::max(highest, number(first_line(cpu / "cpufreq/cpuinfo_max_freq")));
  return highest > 0 ? std::optional(highest * 1e-3) : std::nullopt;
}

std::string governors(const std::vector<fs::path>& cpus) {
  std::set<std::string> all;
  for (const fs::path& cpu : cpus) all.insert(first_line(cpu / "cpufreq/scaling_governor"));
  all.erase("");
  std::string text;
  for (const std::string& governor : all) text += (text.empty() ? "" : ", ") + governor;
  return text;
}

bool says_hypervisor(const fs::path& cpuinfo) {
  constexpr std::size_t kLargest = 2 << 20;
  const auto text = read_small_file(cpuinfo, kLargest);
  if (!text) return false;
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);)
    if (line.starts_with("flags") && line.find(" hypervisor") != std::string::npos) return true;
  return false;
}

// "qemu-aarch64" where a user-mode emulator runs the program. It shows the program its own /proc/self,
// cpuinfo may be made up too, but the thread's link is the kernel's.
std::string emulator(const fs::path& root) {
  std::error_code code;
  const auto program = fs::read_symlink(root / "proc/thread-self/exe", code).filename().string();
  return program.starts_with("qemu-") ? program : "";
}

// The hypervisor's or emulator's name, "unknown hypervisor", or empty on real hardware.
std::string virtual_machine(const fs::path& root) {
  if (std::string name = emulator(root); !name.empty()) return name;
  const std::string vendor = first_line(root / "sys/class/dmi/id/sys_vendor");
  const std::string product = first_line(root / "sys/class/dmi/id/product_name");
  std::string name = fmt::format("{} {}", vendor, product);
  for (const std::string_view sign : {"QEMU", "KVM", "VMware", "VirtualBox", "Virtual Machine", "Xen",
                                      "Bochs", "Amazon EC2", "Google Compute Engine", "Firecracker", "HVM"})
    if (name.find(sign) != std::string::npos) return name;
  if (std::string kernel = first_line(root / "proc/sys/kernel/osrelease");
      kernel.find("icrosoft") != std::string::npos)
    return "Windows Subsystem for Linux";
  if (std::string type = first_line(root / "sys/hypervisor/type"); !type.empty()) return type;
  if (says_hypervisor(root / "proc/cpuinfo")) return "unknown hypervisor";
  if (first_line(root / "sys/firmware/devicetree/base/compatible").find("dummy-virt") != std::string::npos)
    return "unknown hypervisor";
  return {};
}

std::string cpu_name(const fs::path& root, const std::string& arch) {
  for (const std::string_view key : {"model name", "Model", "Hardware", "uarch"})
    if (std::string name = first_of(read_values(root / "proc/cpuinfo", key, ':')); !name.empty()) return name;
  const std::string tree = first_line(root / "sys/firmware/devicetree/base/model");
  return tree.empty() ? fmt::format("{} CPU", arch) : tree;
}

// Android's settings, of which these files hold what is the same for all units of a model.
std::string android_property(const fs::path& root, std::string_view key) {
  for (const char* file : {"system/build.prop", "vendor/build.prop", "product/etc/build.prop"})
    if (std::string value = first_of(read_values(root / file, key, '=')); !value.empty()) return value;
  return {};
}

std::string os_name(const fs::path& root) {
  if (std::string name = first_of(read_values(root / "etc/os-release", "PRETTY_NAME", '=')); !name.empty())
    return name;
  const std::string version = android_property(root, "ro.build.version.release");
  return version.empty() ? "" : "Android " + version;
}

std::string machine_name(const fs::path& root) {
  if (std::string name = first_line(root / "sys/class/dmi/id/product_name"); !name.empty())
    return first_line(root / "sys/class/dmi/id/sys_vendor") + " " + name;
  const std::string model = android_property(root, "ro.product.vendor.model");
  if (model.empty()) return first_line(root / "sys/firmware/devicetree/base/model");
  const std::string maker = android_property(root, "ro.product.vendor.manufacturer");
  return maker.empty() ? model : maker + " " + model;
}

struct Times {
  double busy = 0, total = 0;
};

std::optional<Times> cpu_times(const fs::path& root) {
  std::ifstream in(root / "proc/stat");
  std::string name;
  if (!(in >> name) || name != "cpu") return std::nullopt;
  Times times;
  for (int column = 0; column < 8; ++column) {  // user nice system idle iowait irq softirq steal
    double ticks = 0;
    if (!(in >> ticks)) return std::nullopt;
    times.total += ticks;
    if (column != 3 && column != 4) times.busy += ticks;
  }
  return times;
}

}  // namespace

Host read_host(const fs::path& root) {
  Host host;
  const SystemName system = system_name();
  const auto cpus = cpu_folders(root);
  const int threads = static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
  host.cores = physical_cores(cpus, threads);
  host.cpu_name = cpu_name(root, system.arch);
  auto& context = host.context;
  const auto set_text = [&](const char* key, const std::string& value) {
    if (!value.empty()) context[key] = value;
  };
  const auto set_number = [&](const char* key, std::optional<double> value) {
    if (value) context[key] = *value;
  };
  set_text("os", os_name(root));
  set_text("kernel", system.kernel + " " + system.release);
  set_text("arch", system.arch);
  set_text("machine", machine_name(root));
  set_text("virtual_machine", virtual_machine(root));
  set_text("cpu", host.cpu_name);
  context["cpu_cores"] = host.cores;
  context["cpu_threads"] = threads;
  set_number("cpu_mhz", mean_mhz(root, cpus));
  set_number("cpu_max_mhz", max_mhz(cpus));
  set_text("governor", governors(cpus));
  if (const double kib = number(first_of(read_values(root / "proc/meminfo", "MemTotal", ':'))); kib > 0)
    context["memory_mb"] = std::round(kib * 1024 / 1e6);
  if (const std::string load = first_line(root / "proc/loadavg"); !load.empty())
    context["load_1m"] = number(load);
  return host;
}

std::optional<double> busy_percent(const fs::path& root, const std::function<void()>& idle) {
  const auto before = cpu_times(root);
  idle();
  const auto after = cpu_times(root);
  if (!before || !after || after->total <= before->total) return std::nullopt;
  return 100 * (after->busy - before->busy) / (after->total - before->total);
}

std::optional<std::uint64_t> memory_kills(const fs::path& root) {
  std::ifstream in(root / "proc/vmstat");
  for (std::string key; in >> key;) {
    std::uint64_t value = 0;
    if (!(in >> value)) break;
    if (key == "oom_kill") return value;
  }
  return std::nullopt;
}

}  // namespace eb
