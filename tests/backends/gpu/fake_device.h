#pragma once
// An API whose devices compute nothing: they keep bytes, and tell what was asked of them. What is there and
// what fails is the test's choice.
#include <atomic>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "backends/gpu/compute_device.h"

namespace eb::gpu::test {

struct FakeDriver {
  std::optional<Error> absent{};
  std::vector<DeviceInfo> devices{};
  std::optional<Error> open_fails{}, build_fails{}, run_fails{};
  ComputeDevice::CacheUse use_of_a_kernel{0, 1};
  std::vector<std::filesystem::path> opened{};  // the cache folder of each device that was opened
  int open_now = 0;
  int saved = 0;
  std::atomic<int> runs{0}, running{0}, most_running{0};
};

// The driver of the test that runs: an Api is plain functions, which have no other way to it.
inline FakeDriver*& fake_driver() {
  static FakeDriver* driver = nullptr;
  return driver;
}

struct FakeBuffer final : Buffer {
  explicit FakeBuffer(std::uint64_t size) : memory(size) {}
  std::uint64_t bytes() const override { return memory.size(); }
  std::vector<std::byte> memory;
};

struct FakeCommands final : Commands {
  std::size_t dispatches = 0;
  Timing timing = Timing::none;
};

class FakeComputeDevice final : public ComputeDevice {
 public:
  explicit FakeComputeDevice(DeviceInfo info) : info_(std::move(info)) { ++driver().open_now; }
  ~FakeComputeDevice() override { --driver().open_now; }
  FakeComputeDevice(const FakeComputeDevice&) = delete;
  FakeComputeDevice& operator=(const FakeComputeDevice&) = delete;

  const DeviceInfo& info() const override { return info_; }
  Result<std::unique_ptr<Buffer>> allocate(std::uint64_t bytes) override {
    return std::unique_ptr<Buffer>(std::make_unique<FakeBuffer>(bytes));
  }
  Status write(Buffer& buffer, std::uint64_t offset, std::span<const std::byte> bytes) override {
    std::memcpy(static_cast<FakeBuffer&>(buffer).memory.data() + offset, bytes.data(), bytes.size());
    return Done{};
  }
  Status read(const Buffer& buffer, std::uint64_t offset, std::span<std::byte> bytes) override {
    std::memcpy(bytes.data(), static_cast<const FakeBuffer&>(buffer).memory.data() + offset, bytes.size());
    return Done{};
  }
  Result<std::unique_ptr<Kernel>> build(const KernelDesc&) override {
    if (driver().build_fails) return *driver().build_fails;
    use_.hits += driver().use_of_a_kernel.hits;
    use_.misses += driver().use_of_a_kernel.misses;
    return std::make_unique<Kernel>();
  }
  Result<std::unique_ptr<Commands>> record(std::span<const Dispatch> dispatches, Timing timing) override {
    auto commands = std::make_unique<FakeCommands>();
    commands->dispatches = dispatches.size();
    commands->timing = timing;
    return std::unique_ptr<Commands>(std::move(commands));
  }
  Status run(Commands&, std::span<const HostWrite> in, std::span<const HostRead> out) override {
    FakeDriver& d = driver();
    const int now = ++d.running;
    if (now > d.most_running) d.most_running = now;
    ++d.runs;
    for (const HostWrite& w : in) (void)write(*w.buffer, w.offset, w.bytes);
    for (const HostRead& r : out) (void)read(*r.buffer, r.offset, r.bytes);
    std::this_thread::yield();
    --d.running;
    if (d.run_fails) return *d.run_fails;
    return Done{};
  }
  // Dispatch k takes k + 1 milliseconds.
  Result<std::vector<std::chrono::nanoseconds>> times(const Commands& commands) override {
    const auto& fake = static_cast<const FakeCommands&>(commands);
    if (!info_.device_timer || fake.timing == Timing::none) return Error{ErrorKind::unsupported, "no timer"};
    std::vector<std::chrono::nanoseconds> all;
    for (std::size_t k = 0; k < fake.dispatches; ++k) all.push_back(std::chrono::milliseconds(k + 1));
    return all;
  }
  CacheUse cache_use() const override { return use_; }
  Status save_cache() override {
    ++driver().saved;
    return Done{};
  }

 private:
  static FakeDriver& driver() { return *fake_driver(); }
  DeviceInfo info_;
  CacheUse use_{};
};

inline Api fake_api() {
  return {"fake",
          []() -> Result<std::vector<DeviceInfo>> {
            if (fake_driver()->absent) return *fake_driver()->absent;
            return fake_driver()->devices;
          },
          [](const std::string& id, const DeviceOptions& options) -> Result<std::unique_ptr<ComputeDevice>> {
            FakeDriver& driver = *fake_driver();
            if (driver.open_fails) return *driver.open_fails;
            for (const DeviceInfo& info : driver.devices) {
              if (info.id != id) continue;
              driver.opened.push_back(options.cache_folder);
              return std::unique_ptr<ComputeDevice>(std::make_unique<FakeComputeDevice>(info));
            }
            return Error{ErrorKind::not_found, "there is no device '" + id + "'"};
          }};
}

inline DeviceInfo fake_info(std::string id, DeviceType type) {
  DeviceInfo info{.id = std::move(id), .name = "Fake 9000", .driver = "fake driver 1.2", .vendor = "Fakes"};
  info.vendor_id = 0xfa4e;
  info.device_id = 9000;
  info.type = type;
  info.max_buffer_bytes = std::uint64_t{1} << 30;
  info.max_group_items = 128;
  info.max_group = {128, 128, 64};
  info.fingerprint = "fake";
  return info;
}

}  // namespace eb::gpu::test
