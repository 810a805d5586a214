// The providers' libraries as any program has them: in the real runtime, over the drivers of this machine.
#include <gtest/gtest.h>

#include <functional>

#include "backends/onnxruntime/backend.h"
#include "harness/core/tensor.h"
#include "tests/support/heap.h"
#include "tests/support/onnx_runtime.h"
#include "tests/support/sanitizer.h"

namespace eb::gpu {
namespace {

using test::problem;

struct Provider {
  const char* backend;
  const char* name;
};
constexpr Provider kProviders[] = {{"vulkan", "EdgebenchVulkan"}, {"opencl", "EdgebenchOpenCL"}};

class Providers : public test::WithRuntime, public ::testing::WithParamInterface<Provider> {
 protected:
  void SetUp() override {
    WithRuntime::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    const auto library = test::build_folder() / (std::string("libedgebench_") + GetParam().backend + ".so");
    backend_ = make_plugin_backend(
        {.libraries = {test::runtime_library()}},
        {.backend = GetParam().backend, .provider = GetParam().name, .libraries = {library}});
    const auto devices = backend_->devices();
    if (!devices) GTEST_SKIP() << devices.error().message;
    device_ = devices->front().id;
  }

  std::unique_ptr<Backend> backend_;
  std::string device_;
};

// A session with inputs and outputs for it.
struct Bound {
  std::unique_ptr<Session> session{};
  TensorSet in{}, out{};
  std::unique_ptr<Binding> binding{};

  static Result<Bound> open(Backend& backend, const SessionOptions& options) {
    const auto copy = [](std::span<const TensorSpec> specs) {
      return std::vector<TensorSpec>(specs.begin(), specs.end());
    };
    Bound made;
    EB_GET(made.session, backend.open(options));
    EB_GET(made.in, TensorSet::create(copy(made.session->inputs())));
    EB_GET(made.out, TensorSet::create(copy(made.session->outputs())));
    EB_GET(made.binding, made.session->bind(made.in.tensors(), made.out.tensors()));
    return made;
  }
};

constexpr int kRuns = 10'000;
constexpr int kFirstRuns = 2'000;  // pools have grown to their size by then
// Four bytes a run, where the smallest block that an allocator hands out has 24 and more.
constexpr std::int64_t kHeapLimit = 4 * (kRuns - kFirstRuns);
constexpr std::int64_t kResidentLimit = 4 << 20;

struct Growth {
  std::int64_t heap_bytes = 0, resident_bytes = 0;
};
Growth growth_of(const std::function<void()>& run) {
  const auto resident = [] { return static_cast<std::int64_t>(process_memory().resident_bytes.value_or(0)); };
  Growth before;
  for (int i = 0; i < kRuns; ++i) {
    if (i == kFirstRuns) before = {test::heap_bytes(), resident()};
    run();
  }
  return {test::heap_bytes() - before.heap_bytes, resident() - before.resident_bytes};
}

TEST_P(Providers, TenThousandInferencesKeepMemoryFlat) {
  // Lavapipe under AddressSanitizer takes 24 GB in so many runs.
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  // All on the device; and in two groups, with the CPU's nodes before, between and after.
  for (const char* name : {"conv_strided", "half_supported"}) {
    SCOPED_TRACE(name);
    const auto bound = Bound::open(*backend_, {.model = model(name), .device_id = device_, .threads = 1});
    ASSERT_EQ(problem(bound), "");
    int failed = 0;
    const auto run = [&] { failed += bound->session->run(*bound->binding) ? 0 : 1; };
    const Growth growth = growth_of(run);
    EXPECT_EQ(failed, 0);
    EXPECT_LT(growth.heap_bytes, kHeapLimit);
    EXPECT_LT(growth.resident_bytes, kResidentLimit);
  }
}

TEST_P(Providers, OneSmallObjectForgottenInEachInferenceWouldBeNoticed) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  const auto bound =
      Bound::open(*backend_, {.model = model("conv_strided"), .device_id = device_, .threads = 1});
  ASSERT_EQ(problem(bound), "");
  std::vector<std::unique_ptr<int>> forgotten;
  forgotten.reserve(kRuns);
  const Growth growth = growth_of([&] {
    (void)bound->session->run(*bound->binding);
    forgotten.push_back(std::make_unique<int>());
  });
  EXPECT_GT(growth.heap_bytes, kHeapLimit);
}

INSTANTIATE_TEST_SUITE_P(Every, Providers, ::testing::ValuesIn(kProviders),
                         [](const auto& tested) { return std::string(tested.param.backend); });

}  // namespace
}  // namespace eb::gpu
