#include "backends/gpu/program.h"

#include <fmt/format.h>

#include "backends/gpu/memory.h"

namespace eb::gpu {
namespace {

constexpr std::size_t kMaxParams = 30;

class Loader;

class OnDevice final : public LoadedProgram {
 public:
  explicit OnDevice(ComputeDevice& device) : device_(device) {}

  Status run(std::span<const std::span<const std::byte>> inputs,
             std::span<const std::span<std::byte>> outputs) override {
    if (inputs.size() != writes_.size() || outputs.size() != reads_.size())
      return Error{ErrorKind::invalid,
                   fmt::format("{} inputs and {} outputs were given where the program has {} and {}",
                               inputs.size(), outputs.size(), writes_.size(), reads_.size())};
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if (inputs[i].size() != input_bytes_[i])
        return wrong_size("input", i, inputs[i].size(), input_bytes_[i]);
      writes_[i].bytes = inputs[i];
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (outputs[i].size() != output_bytes_[i])
        return wrong_size("output", i, outputs[i].size(), output_bytes_[i]);
      reads_[i].bytes = outputs[i];
    }
    return device_.run(*commands_, writes_, reads_);
  }

  std::uint64_t device_bytes() const override { return device_bytes_; }

  Result<std::vector<CallTime>> times() override {
    EB_GET(const auto nanoseconds, device_.times(*commands_));
    std::vector<CallTime> times = call_names_;
    for (std::size_t i = 0; i < times.size() && i < nanoseconds.size(); ++i) times[i].time = nanoseconds[i];
    return times;
  }

 private:
  friend class Loader;

  static Error wrong_size(const char* what, std::size_t index, std::size_t given, std::size_t wanted) {
    return {ErrorKind::invalid,
            fmt::format("{} {} has {} bytes where the program takes {}", what, index, given, wanted)};
  }

  ComputeDevice& device_;
  std::vector<std::unique_ptr<Buffer>> slabs_{}, constants_{};
  std::vector<std::pair<KernelDesc, std::unique_ptr<Kernel>>> kernels_{};
  std::unique_ptr<Commands> commands_{};
  std::vector<HostWrite> writes_{};
  std::vector<HostRead> reads_{};
  std::vector<std::uint64_t> input_bytes_{}, output_bytes_{};
  std::vector<CallTime> call_names_{};
  std::uint64_t device_bytes_ = 0;
};

class Loader {
 public:
  Loader(ComputeDevice& device, const Program& program)
      : device_(device), program_(program), made_(std::make_unique<OnDevice>(device)) {}

  Result<std::unique_ptr<LoadedProgram>> load(Timing timing) {
    EB_GET(layout_, lay_out(program_.areas, device_.info().max_buffer_bytes));
    EB_OK(allocate());
    std::vector<Dispatch> dispatches;
    dispatches.reserve(program_.calls.size());
    for (const Call& call : program_.calls) {
      auto dispatch = dispatch_of(call);
      if (!dispatch)
        return dispatch.error().within(fmt::format("kernel {} of '{}'", call.kernel.kernel, call.node));
      dispatches.push_back(*std::move(dispatch));
      made_->call_names_.push_back({call.node, call.kernel.kernel, {}});
    }
    EB_GET(made_->commands_, device_.record(dispatches, timing));
    set_ports();
    return std::unique_ptr<LoadedProgram>(std::move(made_));
  }

 private:
  Result<std::unique_ptr<Buffer>> allocate_bytes(std::uint64_t bytes) {
    made_->device_bytes_ += bytes;
    return device_.allocate(bytes);
  }

  Status allocate() {
    for (const std::int64_t floats : layout_.slab_floats) {
      EB_GET(auto slab, allocate_bytes(static_cast<std::uint64_t>(floats) * sizeof(float)));
      made_->slabs_.push_back(std::move(slab));
    }
    // Vector loads may reach past the last element.
    constexpr std::uint64_t kSlackBytes = 64;
    for (const auto& words : program_.constants) {
      const auto bytes = std::as_bytes(std::span(words));
      EB_GET(auto constant, allocate_bytes(bytes.size() + kSlackBytes));
      EB_OK(device_.write(*constant, 0, bytes));
      made_->constants_.push_back(std::move(constant));
    }
    return Done{};
  }

  Result<const Kernel*> kernel_of(const KernelDesc& desc) {
    for (const auto& [known, kernel] : made_->kernels_)
      if (known == desc) return kernel.get();
    EB_GET(auto kernel, device_.build(desc));
    made_->kernels_.emplace_back(desc, std::move(kernel));
    return made_->kernels_.back().second.get();
  }

  MemoryLayout::Spot spot(int area) const { return layout_.areas[static_cast<std::size_t>(area)]; }

  Result<std::uint32_t> bits_of(const Param& param) const {
    if (param.area < 0) return param.bits + static_cast<std::uint32_t>(param.offset_bytes / param.unit_bytes);
    const auto first =
        static_cast<std::uint64_t>(spot(param.area).first_float) * sizeof(float) + param.offset_bytes;
    if (first % param.unit_bytes != 0)
      return Error{ErrorKind::internal, "an address is not a multiple of its unit"};
    return static_cast<std::uint32_t>(first / param.unit_bytes);
  }

  Result<Dispatch> dispatch_of(const Call& call) {
    Dispatch dispatch;
    EB_GET(dispatch.kernel, kernel_of(call.kernel));
    for (const Place& place : call.buffers) {
      const auto index = static_cast<std::size_t>(place.area >= 0 ? spot(place.area).slab : place.constant);
      dispatch.buffers.push_back((place.area >= 0 ? made_->slabs_ : made_->constants_)[index].get());
    }
    if (call.params.size() > kMaxParams)
      return Error{ErrorKind::internal, fmt::format("{} parameters; {} fit", call.params.size(), kMaxParams)};
    for (const Param& param : call.params) {
      EB_GET(const std::uint32_t bits, bits_of(param));
      dispatch.params.push_back(bits);
    }
    for (std::size_t i = 0; i < 3; ++i) {
      const std::int64_t group = call.kernel.group[i];
      dispatch.groups[i] = static_cast<std::uint32_t>((call.items[i] + group - 1) / group);
    }
    return dispatch;
  }

  void set_ports() {
    for (const Program::Port& port : program_.inputs) {
      const auto at = spot(port.area);
      made_->writes_.push_back({made_->slabs_[static_cast<std::size_t>(at.slab)].get(),
                                static_cast<std::uint64_t>(at.first_float) * sizeof(float),
                                {}});
      made_->input_bytes_.push_back(port.bytes);
    }
    for (const Program::Port& port : program_.outputs) {
      const auto at = spot(port.area);
      made_->reads_.push_back({made_->slabs_[static_cast<std::size_t>(at.slab)].get(),
                               static_cast<std::uint64_t>(at.first_float) * sizeof(float),
                               {}});
      made_->output_bytes_.push_back(port.bytes);
    }
  }

  ComputeDevice& device_;
  const Program& program_;
  MemoryLayout layout_{};
  std::unique_ptr<OnDevice> made_;
};

}  // namespace

Result<std::unique_ptr<LoadedProgram>> load_program(ComputeDevice& device, const Program& program,
                                                    Timing timing) {
  return Loader(device, program).load(timing);
}

}  // namespace eb::gpu
