#include "backends/onnxruntime/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <numeric>
#include <thread>

#include "tests/support/onnx_runtime.h"
#include "tests/support/sanitizer.h"

namespace eb::ort {
namespace {

using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class OrtSessions : public test::WithRuntime {
 protected:
  static SessionOptions options_of(std::string_view name) {
    return {.model = model(name), .device_id = "0", .threads = 1};
  }
  static Result<std::unique_ptr<Session>> try_open(const SessionOptions& options) {
    return open_session(runtime(), {options, "CPUExecutionProvider", "fp32"});
  }
  static std::unique_ptr<Session> open(const SessionOptions& options) {
    auto session = try_open(options);
    EXPECT_EQ(problem(session), "");
    return session ? *std::move(session) : nullptr;
  }
  static std::unique_ptr<Session> open(std::string_view name) { return open(options_of(name)); }
};

// Inputs and outputs of a session with fixed shapes, bound.
struct Bound {
  TensorSet inputs, outputs;
  std::unique_ptr<Binding> binding;
  std::span<float> in(std::size_t i) const { return inputs.tensors()[i].as<float>(); }
  std::span<float> out(std::size_t i) const { return outputs.tensors()[i].as<float>(); }
};

Bound bind(Session& session) {
  const auto specs = [](std::span<const TensorSpec> all) {
    return std::vector<TensorSpec>(all.begin(), all.end());
  };
  Bound bound;
  bound.inputs = *TensorSet::create(specs(session.inputs()));
  bound.outputs = *TensorSet::create(specs(session.outputs()));
  auto binding = session.bind(bound.inputs.tensors(), bound.outputs.tensors());
  EXPECT_EQ(problem(binding), "");
  bound.binding = *std::move(binding);
  return bound;
}

struct Work {
  const char* model;
  double macs;
};
// The hand's counts are in the models' own words in make_op_models.py.
const Work kWork[] = {
    {"conv_strided", 16 * 16 * 16 * 27},
    {"conv_grouped", 12 * 25 * 18},
    {"conv_depthwise_batched", 2 * 8 * 16 * 9},
    {"conv_transpose", 4 * 25 * 54},
    {"gemm_plain", 3 * 5 * 7},
    {"gemm_transposed", 3 * 5 * 7},
    {"matmul_batched", 2 * 3 * 4 * 6 * 5},
    {"matmul_vector", 5 * 6},
    {"attention_like", 2 * 5 * 5 * 4 + 2 * 5 * 4 * 5},
    {"lstm_both_ways", 10 * 2 * 2 * 4 * 8 * (16 + 8)},
    {"gru", 4 * 3 * 5 * (6 + 5)},
    {"rnn", 3 * 2 * (4 + 2)},
    {"qlinear_conv", 4 * 36 * 27},
    {"qdq_conv", 4 * 36 * 27},
    {"matmul_integer", 2 * 3 * 5 * 4},
    {"qlinear_matmul", 3 * 5 * 4},
    {"conv_integer", 2 * 4 * 9},
    {"branches", 4 * 3},
    {"unnamed", 2 * 4 * 4},
    {"no_work", 0},
};

TEST_F(OrtSessions, WorkIsCountedAsByHand) {
  for (const Work& work : kWork) {
    const auto counted = count_operations(runtime(), options_of(work.model));
    ASSERT_TRUE(counted) << work.model << ": " << counted.error().message;
    EXPECT_EQ(counted->macs(), work.macs) << work.model;
    EXPECT_THAT(counted->uncounted, IsEmpty()) << work.model;
  }
}

TEST_F(OrtSessions, EveryModelOfTheCountIsAllOnTheCpu) {
  for (const Work& work : kWork) {
    const auto session = open(work.model);
    ASSERT_TRUE(session) << work.model;
    const auto counted = count_operations(runtime(), options_of(work.model));
    ASSERT_TRUE(counted);
    const auto placement = session->placement(*counted);
    if (runtime().api_version() < kAssignmentApi) {
      EXPECT_EQ(placement.error().kind, ErrorKind::unsupported);
      continue;
    }
    ASSERT_TRUE(placement) << placement.error().message;
    EXPECT_EQ(placement->named_provider, "CPUExecutionProvider");
    EXPECT_EQ(placement->evidence, "assigned");
    EXPECT_EQ(placement->nodes, 1) << work.model;
    EXPECT_EQ(placement->macs, work.macs > 0 ? std::optional(1.0) : std::nullopt) << work.model;
    ASSERT_EQ(placement->shares.size(), 1u) << work.model;
    EXPECT_GT(placement->shares[0].nodes, 0) << work.model;
  }
}

TEST_F(OrtSessions, WorkThatCannotBeCountedIsNamed) {
  const auto counted = count_operations(runtime(), options_of("einsum"));
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_THAT(counted->uncounted, ElementsAre("Einsum"));
}

TEST_F(OrtSessions, FreeDimensionsCountAsTheyAreFixed) {
  SessionOptions options = options_of("free_dimensions");
  options.dims = {{"batch", 3}, {"width", 5}};
  const auto counted = count_operations(runtime(), options);
  ASSERT_TRUE(counted) << counted.error().message;
  EXPECT_EQ(counted->macs(), 3 * 5 * 4);
}

TEST_F(OrtSessions, CountingLeavesNothingInTheCurrentFolder) {
  const test::Tree tree;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(tree.root());
  const auto counted = count_operations(runtime(), options_of("conv_strided"));
  std::filesystem::current_path(before);
  EXPECT_TRUE(counted);
  EXPECT_EQ(tree.count(), 0u);
}

TEST_F(OrtSessions, SpecsAreTheModels) {
  const auto free = open("free_dimensions");
  ASSERT_EQ(free->inputs().size(), 1u);
  EXPECT_EQ(free->inputs()[0].name, "x");
  EXPECT_EQ(free->inputs()[0].dtype, DType::f32);
  EXPECT_THAT(free->inputs()[0].shape, ElementsAre(-1, -1, 4));
  EXPECT_THAT(free->inputs()[0].dim_names, ElementsAre("batch", "width", ""));
  const auto unnamed = open("half_unnamed");
  EXPECT_THAT(unnamed->inputs()[0].shape, ElementsAre(-1, -1, 3));
  EXPECT_THAT(unnamed->inputs()[0].dim_names, ElementsAre("batch", "", ""));
  EXPECT_EQ(open("whole_numbers")->inputs()[0].dtype, DType::i64);
  EXPECT_EQ(open("qlinear_conv")->inputs()[0].dtype, DType::u8);
  EXPECT_EQ(open("branches")->inputs()[0].dtype, DType::boolean);
  const auto pair = open("two_of_each");
  EXPECT_EQ(pair->inputs()[1].name, "b");
  EXPECT_EQ(pair->outputs()[0].name, "sum");
  EXPECT_EQ(pair->outputs()[1].name, "difference");
}

TEST_F(OrtSessions, DimensionsAreFixedByNameOnOpening) {
  SessionOptions options = options_of("free_dimensions");
  options.dims = {{"batch", 2}, {"width", 7}};
  const auto session = open(options);
  EXPECT_THAT(session->inputs()[0].shape, ElementsAre(2, 7, 4));
}

TEST_F(OrtSessions, FactsAreAsOpened) {
  SessionOptions options = options_of("no_work");
  options.threads = 3;
  const auto session = open(options);
  EXPECT_EQ(session->threads(), 3);
  EXPECT_EQ(session->compute_precision(), "fp32");
  EXPECT_GT(session->max_in_flight(), 1);
}

TEST_F(OrtSessions, RunsReadAndWriteTheBoundMemoryItself) {
  const auto session = open("two_of_each");
  const Bound bound = bind(*session);
  for (const float step : {1.0f, 2.0f}) {
    for (std::size_t i = 0; i < 3; ++i) {
      bound.in(0)[i] = step * static_cast<float>(i);
      bound.in(1)[i] = 10 * step;
    }
    ASSERT_EQ(problem(session->run(*bound.binding)), "");
    EXPECT_THAT(bound.out(0), ElementsAre(10 * step, 11 * step, 12 * step));
    EXPECT_THAT(bound.out(1), ElementsAre(-10 * step, -9 * step, -8 * step));
    ASSERT_EQ(bound.binding->outputs().size(), 2u);
    EXPECT_EQ(bound.binding->outputs()[1].bytes.data(), bound.outputs.tensors()[1].bytes.data())
        << "a copy was made";
    EXPECT_EQ(bound.binding->outputs()[1].spec->name, "difference");
  }
}

TEST_F(OrtSessions, QuantizedGraphsRunAsTheyAre) {
  const auto session = open("qlinear_conv");
  const Bound bound = bind(*session);
  const auto x = bound.inputs.tensors()[0].as<std::uint8_t>();
  std::fill(x.begin(), x.end(), std::uint8_t{2});
  ASSERT_EQ(problem(session->run(*bound.binding)), "");
  // Each output is 2 * (0.5 * 0.5 / 0.5) times the sum of its weights: |0..26 % 7 - 3| sum to 45 for the
  // first filter.
  EXPECT_EQ(bound.outputs.tensors()[0].as<std::uint8_t>()[0], 45);
}

TEST_F(OrtSessions, AnOutputOfUnknownShapeIsGivenAsItIsAfterEachRun) {
  const auto session = open("found");
  EXPECT_FALSE(session->outputs()[0].is_fixed());
  const auto inputs = TensorSet::create({session->inputs().begin(), session->inputs().end()});
  const auto known = TensorSet::create({session->outputs()[1]});
  ASSERT_TRUE(inputs && known);
  const std::vector<Tensor> outputs = {{&session->outputs()[0], {}}, known->tensors()[0]};
  const auto binding = session->bind(inputs->tensors(), outputs);
  ASSERT_TRUE(binding) << binding.error().message;
  const auto x = inputs->tensors()[0].as<float>();
  for (const std::size_t filled : {0u, 2u, 6u, 1u}) {
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = i < filled ? 1.0f : 0.0f;
    ASSERT_EQ(problem(session->run(**binding)), "");
    const Tensor& found = (*binding)->outputs()[0];
    EXPECT_EQ(found.spec->name, "y");
    EXPECT_THAT(found.spec->shape, ElementsAre(2, static_cast<std::int64_t>(filled)));
    ASSERT_EQ(found.as<std::int64_t>().size(), 2 * filled);
    if (filled > 1) {
      EXPECT_EQ(found.as<std::int64_t>()[filled + 1], 1) << "the column of the second one";
    }
    EXPECT_EQ((*binding)->outputs()[1].bytes.data(), known->tensors()[0].bytes.data());
  }
}

TEST_F(OrtSessions, TwoThreadsRunTheirOwnBindingsAtOnce) {
  const auto session = open("two_of_each");
  std::vector<Bound> bounds;
  for (int t = 0; t < 2; ++t) bounds.push_back(bind(*session));
  std::atomic<int> wrong{0};
  const auto work = [&](std::size_t t) {
    for (int i = 0; i < 2000; ++i) {
      std::fill(bounds[t].in(0).begin(), bounds[t].in(0).end(), static_cast<float>(i));
      std::fill(bounds[t].in(1).begin(), bounds[t].in(1).end(), static_cast<float>(t) * 5000);
      if (!session->run(*bounds[t].binding)) ++wrong;
      if (bounds[t].out(0)[2] != static_cast<float>(i) + static_cast<float>(t) * 5000) ++wrong;
    }
  };
  std::thread other(work, 1);
  work(0);
  other.join();
  EXPECT_EQ(wrong, 0);
}

// Enough that the smallest value of the runtime, forgotten in each run, adds up to several times the limit.
constexpr int kManyRuns = 100'000;
constexpr std::uint64_t kMemoryLimit = 4u << 20;

// Bytes that the process has grown by after `run`, many times.
std::uint64_t growth_of(const std::function<void()>& run) {
  for (int i = 0; i < 1000; ++i) run();
  const auto before = process_memory().resident_bytes.value_or(0);
  for (int i = 0; i < kManyRuns; ++i) run();
  const auto after = process_memory().resident_bytes.value_or(0);
  return after > before ? after - before : 0;
}

TEST_F(OrtSessions, AHundredThousandRunsTakeNoMemory) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  const auto fixed = open("two_of_each");
  const auto dynamic = open("found");
  const Bound bound = bind(*fixed);
  const auto inputs = TensorSet::create({dynamic->inputs().begin(), dynamic->inputs().end()});
  const std::vector<Tensor> unknown(2);
  const auto binding = dynamic->bind(inputs->tensors(), unknown);
  ASSERT_TRUE(binding);
  int failed = 0;
  const auto run = [&] { failed += fixed->run(*bound.binding) && dynamic->run(**binding) ? 0 : 1; };
  EXPECT_LT(growth_of(run), kMemoryLimit);
  EXPECT_EQ(failed, 0);
}

TEST_F(OrtSessions, OneForgottenValueARunWouldBeNoticed) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  const OrtApi& api = runtime().api();
  OrtMemoryInfo* memory = nullptr;
  ASSERT_EQ(problem(runtime().check(api.CreateCpuMemoryInfo(OrtArenaAllocator, OrtMemTypeDefault, &memory))),
            "");
  const Handle<OrtMemoryInfo> owner(memory, api.ReleaseMemoryInfo);
  float number = 0;
  const std::int64_t shape = 1;
  std::vector<OrtValue*> forgotten(kManyRuns + 1000, nullptr);  // before the first run: not counted
  std::size_t next = 0;
  EXPECT_GT(growth_of([&] {
              OrtValue*& value = forgotten[next++];
              api.ReleaseStatus(api.CreateTensorWithDataAsOrtValue(
                  memory, &number, sizeof number, &shape, 1, ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, &value));
            }),
            2 * kMemoryLimit);
  for (OrtValue* value : forgotten) api.ReleaseValue(value);
}

TEST_F(OrtSessions, OpeningAndClosingManyTimesTakesNoMemory) {
  if (EB_HAS_SANITIZER) GTEST_SKIP() << "memory is the sanitizer's";
  const auto open_many = [](int count) {
    for (int i = 0; i < count; ++i) ASSERT_TRUE(open("no_work"));
  };
  open_many(20);
  const auto before = process_memory().resident_bytes;
  open_many(200);
  const auto after = process_memory().resident_bytes;
  ASSERT_TRUE(before && after);
  EXPECT_LT(*after, *before + (4u << 20));
}

TEST_F(OrtSessions, FilesThatAreNoModelAreErrorsOfOneSentence) {
  for (const char* name : {"missing", "truncated", "corrupt"}) {
    for (const auto& error :
         {problem(try_open(options_of(name))), problem(count_operations(runtime(), options_of(name)))}) {
      EXPECT_NE(error, "") << name;
      EXPECT_EQ(error.find('\n'), std::string::npos) << error;
      EXPECT_LT(error.size(), 450u);
    }
    EXPECT_EQ(try_open(options_of(name)).error().kind, ErrorKind::invalid)
        << name << ": " << problem(try_open(options_of(name)));
  }
  EXPECT_FALSE(try_open(options_of("empty")));
}

TEST_F(OrtSessions, ATypeThatIsNoNumberIsUnsupported) {
  const auto session = try_open(options_of("text"));
  ASSERT_FALSE(session);
  EXPECT_EQ(session.error().kind, ErrorKind::unsupported);
  EXPECT_THAT(session.error().message, HasSubstr("tensor 'x' holds text"));
}

TEST_F(OrtSessions, MemoryOfAWrongSizeIsNotBound) {
  const auto session = open("two_of_each");
  const auto set = TensorSet::create({session->inputs().begin(), session->inputs().end()});
  ASSERT_TRUE(set);
  std::vector<Tensor> inputs(set->tensors().begin(), set->tensors().end());
  inputs[0].bytes = inputs[0].bytes.first(4);
  const std::vector<Tensor> outputs(2);
  EXPECT_FALSE(session->bind(inputs, outputs));
}

TEST_F(OrtSessions, AShapeThatTheModelDoesNotTakeFailsTheRun) {
  const auto session = open("two_of_each");
  const auto inputs = TensorSet::create({{"a", DType::f32, {1, 4}}, {"b", DType::f32, {1, 4}}});
  ASSERT_TRUE(inputs);
  const std::vector<Tensor> outputs(2);
  const auto binding = session->bind(inputs->tensors(), outputs);
  ASSERT_TRUE(binding) << binding.error().message;
  const auto ran = session->run(**binding);
  ASSERT_FALSE(ran);
  EXPECT_EQ(ran.error().kind, ErrorKind::invalid) << ran.error().message;
}

}  // namespace
}  // namespace eb::ort
