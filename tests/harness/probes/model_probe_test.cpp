// The sweep over a backend that computes nothing, but takes the time that its peak gives for what is asked of
// it.
#include "harness/probes/model_probe.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "harness/base/files.h"
#include "tests/support/fake_session.h"
#include "tests/support/tree.h"

namespace eb::probes {
namespace {

using test::FakeClock;
using test::problem;
using ::testing::HasSubstr;

struct FakeChip {
  double macs_a_ns = 0.5;
  std::int64_t overhead_ns = 1000;
  double placed = 1;                        // share of the MACs that it takes
  std::optional<std::uint64_t> fails_at{};  // this run of each session
};

class ChipSession final : public Session {
 public:
  ChipSession(test::FakeModel model, double placed) : inner_(std::move(model)), placed_(placed) {}
  std::span<const TensorSpec> inputs() const override { return inner_.inputs(); }
  std::span<const TensorSpec> outputs() const override { return inner_.outputs(); }
  Result<std::unique_ptr<Binding>> bind(std::span<const Tensor> in, std::span<const Tensor> out) override {
    return inner_.bind(in, out);
  }
  Result<RunTimes> run(Binding& binding) override { return inner_.run(binding); }
  std::string compute_precision() const override { return "fp32"; }
  int threads() const override { return 1; }
  Result<Placement> placement(const OperationCount&) override {
    Placement placement;
    placement.macs = placed_;
    placement.refusals = {"1 MatMul: too large"};
    return placement;
  }

 private:
  test::FakeSession inner_;
  double placed_;
};

// Knows the size of a model by the size of its file, which is all that it needs.
class ChipBackend final : public Backend {
 public:
  ChipBackend(FakeChip chip, FakeClock& clock) : chip_(chip), clock_(clock) {}
  std::string_view name() const override { return "npu"; }
  Result<std::vector<Device>> devices() override { return std::vector<Device>{}; }
  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    ++sessions;
    EB_GET(const std::string text, read_file(options.model, 1 << 30));
    test::FakeModel model;
    model.clock = &clock_;
    model.fails_at = chip_.fails_at;
    const double macs = static_cast<double>(text.size());
    model.cost_ns = [this, macs](std::uint64_t) {
      return chip_.overhead_ns + static_cast<std::int64_t>(macs / chip_.macs_a_ns);
    };
    return std::unique_ptr<Session>(std::make_unique<ChipSession>(model, chip_.placed));
  }
  Result<OperationCount> count_operations(const SessionOptions&) override { return OperationCount{}; }

  int sessions = 0;

 private:
  FakeChip chip_;
  FakeClock& clock_;
};

class ModelProbe : public ::testing::Test {
 protected:
  Status probe(const FakeChip& chip) {
    ChipBackend backend(chip, clock_);
    ModelProbeSetup setup{.device_id = "sim:0"};
    setup.on_probe = [&](const Probe& one) { probes_[one.name + " " + one.precision] = one; };
    auto done = probe_models(backend, setup, clock_);
    sessions_ = backend.sessions;
    return done;
  }

  std::map<std::string, Probe> probes_;
  FakeClock clock_;
  int sessions_ = 0;
};

TEST_F(ModelProbe, OneNumberAPrecisionAndALaunch) {
  ASSERT_EQ(problem(probe({})), "");
  int compute = 0;
  for (const auto& [name, one] : probes_) {
    compute += one.kind == "compute" ? 1 : 0;
    EXPECT_GT(one.value, 0);
    EXPECT_TRUE(one.is_stable) << "a fake clock has no noise";
    EXPECT_EQ(one.spread, 0);
  }
  EXPECT_EQ(compute, 3);
  ASSERT_TRUE(probes_.contains("launch "));
  EXPECT_GE(probes_["launch "].value, 1.0);
  EXPECT_LT(probes_["launch "].value, 10.0);
  EXPECT_EQ(probes_["launch "].unit, "us");
}

TEST_F(ModelProbe, WhatGoesElsewhereIsNoWorkOfTheDevice) {
  const auto done = probe({.placed = 0.9});
  EXPECT_THAT(problem(done), HasSubstr("no MatMul and no Conv goes to the device: 1 MatMul: too large"));
  EXPECT_EQ(done.error().kind, ErrorKind::unsupported);
  EXPECT_TRUE(probes_.empty());
}

TEST_F(ModelProbe, ASlowChipIsNotGivenTheLargestModels) {
  ASSERT_EQ(problem(probe({})), "");
  const int all = sessions_;
  ASSERT_EQ(problem(probe({.macs_a_ns = 1e-5})), "");
  EXPECT_LT(sessions_, all);
}

TEST_F(ModelProbe, WhatBreaksWhileItIsMeasuredEndsIt) {
  EXPECT_EQ(problem(probe({.fails_at = 5})), "the fake device is gone");
  EXPECT_THAT(problem(probe({.fails_at = 0})), HasSubstr("the fake device is gone"));
}

}  // namespace
}  // namespace eb::probes
