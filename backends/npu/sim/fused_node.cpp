#include "backends/npu/sim/fused_node.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstring>
#include <mutex>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <unordered_map>

#include "backends/gpu/ep_attributes.h"
#include "backends/npu/sim/chip_math.h"

namespace eb::simnpu {
namespace {

constexpr std::uint64_t kCoolRuns = 100;    // before the clock falls
constexpr std::uint64_t kGoodRuns = 50;     // before one that cheats later does
constexpr std::size_t kMostAnswers = 4096;  // that one who cheats keeps
// In a row, then the chip of the model cannot be simulated at its pace here. One alone was held up: it is
// late, as chips are whose bus is taken.
constexpr int kMostLateRuns = 8;
// At every run that leaks. Little enough that the host, which must fetch it from the system, is not taken for
// the one that computes.
constexpr std::size_t kLostBytes = 256 << 10;

double ms(std::uint64_t ns) {
  return static_cast<double>(ns) * 1e-6;
}

std::string text_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

void throw_at_caller() {
  throw std::runtime_error("nobody catches this");
}

class NodeCompute final : public OrtNodeComputeInfo {
 public:
  explicit NodeCompute(FusedNode node) : OrtNodeComputeInfo{}, node_(std::move(node)) {
    ort_version_supported = node_.ort.version;
    CreateState = [](OrtNodeComputeInfo*, OrtNodeComputeContext*, void** state) noexcept -> OrtStatus* {
      *state = nullptr;
      return nullptr;
    };
    ReleaseState = [](OrtNodeComputeInfo*, void*) noexcept {};
    Compute = [](OrtNodeComputeInfo* self, void*, OrtKernelContext* context) noexcept {
      auto& compute = *static_cast<NodeCompute*>(self);
      // The caller is C: this ends the process.
      if (compute.node_.misbehavior == Misbehavior::thrown) throw_at_caller();
      return gpu::guarded(compute.node_.ort, [&] { return compute.run(*context); });
    };
    for (const auto& port : node_.outputs) last_.emplace_back(port.bytes);
  }

 private:
  Status run(OrtKernelContext& context) {
    const std::lock_guard lock(node_.chip->mutex());
    ++runs_;
    const bool is_early = answers_early();
    if (is_early && is_at_work_) EB_OK(node_.chip->receive());
    for (const auto& port : node_.inputs) EB_OK(copy_in(context, port));
    if (!is_early) EB_OK(node_.misbehavior == Misbehavior::none ? work() : misbehave());
    for (std::size_t i = 0; i < node_.outputs.size(); ++i) EB_OK(copy_out(context, i));
    if (!is_early) return Done{};
    is_at_work_ = true;
    return node_.chip->send({node_.program, 1.0F});
  }

  // What an earlier run left is taken for the answer, and only then is the chip asked.
  bool answers_early() const {
    return node_.misbehavior == Misbehavior::cheat_early ||
           (node_.misbehavior == Misbehavior::cheat_later && runs_ > kGoodRuns);
  }

  Status work() {
    const bool is_hot = node_.misbehavior == Misbehavior::throttle && runs_ > kCoolRuns;
    EB_OK(node_.chip->send({node_.program, is_hot ? 2.0F : node_.slowdown}));
    EB_GET(const Reply reply, node_.chip->receive());
    return judge(reply);
  }

  Status judge(const Reply& reply) {
    if (reply.outcome == Outcome::invalid) return Error{ErrorKind::internal, "the chip refused its program"};
    late_runs_ = reply.outcome == Outcome::overrun ? late_runs_ + 1 : 0;
    if (late_runs_ < kMostLateRuns) return Done{};
    return Error{ErrorKind::device,
                 fmt::format("the simulation took {:.3g} ms of work that the chip does in {:.3g} ms: this "
                             "machine is too slow or too busy; lower the clock_mhz option",
                             ms(reply.computed_ns), ms(reply.modelled_ns))};
  }

  Status misbehave() {
    switch (node_.misbehavior) {
      case Misbehavior::cpu:
        return compute_here();
      case Misbehavior::cheat_cache:
        return remember();
      case Misbehavior::crash:
        std::raise(SIGSEGV);
        return Done{};
      case Misbehavior::hang:
        while (true) std::this_thread::sleep_for(std::chrono::hours(1));
      case Misbehavior::leak:
        lost_.emplace_back(kLostBytes, 'x');
        return work();
      default:
        return work();
    }
  }

  Status compute_here() {
    EB_GET(const auto program, program_at(node_.chip->block(), node_.program));
    for (const Op& op : program) compute(node_.chip->block(), op);
    return Done{};
  }

  std::span<std::byte> memory_of(const FusedNode::Port& port) {
    return node_.chip->block().subspan(port.offset, port.bytes);
  }

  // Puts the answer to an input that it knows where the chip would have put it.
  Status remember() {
    std::string input;
    for (const auto& port : node_.inputs) input += text_of(memory_of(port));
    const auto [known, is_new] = answers_.try_emplace(std::hash<std::string>{}(input));
    std::vector<std::string>& answer = known->second;
    if (is_new) {
      EB_OK(work());
      for (const auto& port : node_.outputs) answer.push_back(text_of(memory_of(port)));
      if (answers_.size() > kMostAnswers) answers_.clear();
      return Done{};
    }
    for (std::size_t i = 0; i < answer.size(); ++i)
      std::memcpy(memory_of(node_.outputs[i]).data(), answer[i].data(), answer[i].size());
    return Done{};
  }

  Status copy_in(OrtKernelContext& context, const FusedNode::Port& port) {
    const OrtApi& api = *node_.ort.api;
    const OrtValue* tensor = nullptr;
    EB_OK(node_.ort.check(api.KernelContext_GetInput(&context, port.index, &tensor)));
    if (!tensor) return Error{ErrorKind::invalid, fmt::format("input {} is not given", port.index)};
    EB_GET(const auto bytes, gpu::tensor_bytes(node_.ort, *tensor));
    if (bytes.size() != port.bytes)
      return Error{ErrorKind::invalid, fmt::format("input {} has {} bytes, the model was compiled for {}",
                                                   port.index, bytes.size(), port.bytes)};
    std::memcpy(memory_of(port).data(), bytes.data(), bytes.size());
    return Done{};
  }

  Status copy_out(OrtKernelContext& context, std::size_t i) {
    const OrtApi& api = *node_.ort.api;
    const FusedNode::Port& port = node_.outputs[i];
    OrtValue* tensor = nullptr;
    EB_OK(node_.ort.check(
        api.KernelContext_GetOutput(&context, port.index, port.shape.data(), port.shape.size(), &tensor)));
    void* data = nullptr;
    EB_OK(node_.ort.check(api.GetTensorMutableData(tensor, &data)));
    const std::span<std::byte> answer(static_cast<std::byte*>(data), port.bytes);
    const auto computed = memory_of(port);
    std::copy(computed.begin(), computed.end(), answer.begin());
    if (node_.misbehavior == Misbehavior::stale)
      std::swap_ranges(answer.begin(), answer.end(), last_[i].begin());
    if (node_.misbehavior == Misbehavior::wrong) std::reverse(answer.begin(), answer.end());
    return Done{};
  }

  FusedNode node_;
  std::uint64_t runs_ = 0;
  int late_runs_ = 0;                           // in a row
  std::vector<std::vector<std::byte>> last_{};  // of the run before, a vector an output
  std::vector<std::string> lost_{};
  bool is_at_work_ = false;  // the chip, with an answer that nobody has waited for
  std::unordered_map<std::size_t, std::vector<std::string>> answers_{};  // by hash of the input
};

}  // namespace

OrtNodeComputeInfo* make_fused_node(FusedNode node) {
  return std::make_unique<NodeCompute>(std::move(node)).release();
}

void release_fused_node(OrtNodeComputeInfo* info) noexcept {
  delete static_cast<NodeCompute*>(info);
}

}  // namespace eb::simnpu
