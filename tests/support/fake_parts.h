#pragma once
// A workload and a backend whose every answer, failure and cost is the test's choice.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "harness/core/backend.h"
#include "harness/core/workload.h"
#include "tests/support/fake_session.h"

namespace eb::test {

// Sample k is the number k in every element of every input; the judge collects first outputs.
struct FakeTask {
  WorkloadInfo info{};
  std::size_t samples = 16;
  std::size_t stream_length = 1;
  std::optional<std::size_t> load_fails_at{}, judge_fails_at{};
  bool has_judge = true;
  Result<double> grade = 0.9;
  std::string data_sha256{};
  std::vector<float> judged{};               // filled by the judge
  mutable std::vector<std::size_t> loads{};  // filled by the workload
};

class FakeWorkload final : public Workload {
 public:
  explicit FakeWorkload(FakeTask& task) : task_(task) {}
  const WorkloadInfo& info() const override { return task_.info; }
  std::size_t sample_count() const override { return task_.samples; }
  bool starts_stream(std::size_t sample) const override { return sample % task_.stream_length == 0; }
  std::string data_sha256() const override { return task_.data_sha256; }

  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= task_.samples)
      return Error{ErrorKind::internal, "there is no sample " + std::to_string(sample)};
    if (task_.load_fails_at == sample) return Error{ErrorKind::io, "a picture is missing"};
    task_.loads.push_back(sample);
    for (const Tensor& tensor : inputs) {
      if (is_state(tensor.spec->name)) continue;
      for (float& value : tensor.as<float>()) value = static_cast<float>(sample);
    }
    return Done{};
  }

  std::unique_ptr<Judge> judge() const override {
    class Collector final : public Judge {
     public:
      explicit Collector(FakeTask& task) : task_(task) {}
      Status add(std::size_t sample, std::span<const Tensor> outputs) override {
        if (task_.judge_fails_at == sample) return Error{ErrorKind::invalid, "the answer has a wrong shape"};
        task_.judged.push_back(outputs[0].as<float>()[0]);
        return Done{};
      }
      Result<double> grade() const override { return task_.grade; }

     private:
      FakeTask& task_;
    };
    return task_.has_judge ? std::make_unique<Collector>(task_) : nullptr;
  }

 private:
  bool is_state(const std::string& name) const {
    for (const StatePair& pair : task_.info.state)
      if (pair.input == name) return true;
    return false;
  }
  FakeTask& task_;
};

struct FakeDriver {
  FakeModel model{};
  Result<std::vector<Device>> devices = std::vector<Device>{{"0", "Fake 9000", "cpu", "fake driver 1.2"}};
  std::vector<std::pair<std::string, std::string>> facts{{"runtime", "Fake Runtime 1.2"}};
  std::optional<Error> open_fails{};
  Result<OperationCount> work = OperationCount{{{"n", "Conv", 1e6}}, {}};
  Result<double> time_share = Error{ErrorKind::unsupported, "a fake has no times of nodes"};
  Result<LayerTimes> layers = Error{ErrorKind::unsupported, "a fake has no layers"};
  OperationCount timed{};  // what layers were asked for with
  std::int64_t open_cost_ns = 7'000'000;
  SessionOptions opened{};                                           // with what
  std::function<void(const SessionOptions&, FakeModel&)> on_open{};  // changes what is opened
  bool needs_fixed_shapes = false;
};

class FakeBackend final : public Backend {
 public:
  explicit FakeBackend(FakeDriver& driver) : driver_(driver) {}
  std::string_view name() const override { return "fake"; }
  Result<std::vector<Device>> devices() override { return driver_.devices; }
  std::vector<std::pair<std::string, std::string>> facts() override { return driver_.facts; }
  bool needs_fixed_shapes() const override { return driver_.needs_fixed_shapes; }
  Result<OperationCount> count_operations(const SessionOptions&) override { return driver_.work; }
  Result<double> time_share(const SessionOptions&) override { return driver_.time_share; }
  Result<LayerTimes> layer_times(const SessionOptions&, const OperationCount& work) override {
    driver_.timed = work;
    return driver_.layers;
  }
  Result<std::unique_ptr<Session>> open(const SessionOptions& options) override {
    driver_.opened = options;
    if (driver_.model.clock) driver_.model.clock->advance(driver_.open_cost_ns);
    if (driver_.open_fails) return *driver_.open_fails;
    FakeModel model = driver_.model;
    if (driver_.on_open) driver_.on_open(options, model);
    return std::unique_ptr<Session>(std::make_unique<FakeSession>(std::move(model)));
  }

 private:
  FakeDriver& driver_;
};

}  // namespace eb::test
