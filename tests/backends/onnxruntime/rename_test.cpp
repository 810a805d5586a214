#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>
#include <map>
#include <random>
#include <set>

#include "backends/onnxruntime/backend.h"
#include "backends/onnxruntime/session.h"
#include "backends/onnxruntime/wire.h"
#include "tests/support/onnx_runtime.h"

namespace eb {
namespace {

using onnx::append_field;
using test::problem;
using ::testing::HasSubstr;

std::string text_of(const std::filesystem::path& file) {
  return *read_file(file, 1ull << 30);
}

// All texts of a message and of what is in it, as far as it can be read as messages.
void collect_texts(std::string_view message, std::multiset<std::string>& texts) {
  onnx::WireReader reader(message);
  std::vector<std::string_view> payloads;
  while (true) {
    const auto field = reader.next();
    if (!field || !*field) break;
    if ((*field)->payload) payloads.push_back(*(*field)->payload);
  }
  for (const auto payload : payloads) {
    texts.emplace(payload);
    if (payload.size() < 100'000) collect_texts(payload, texts);
  }
}

class RenameModel : public test::WithRuntime {
 protected:
  std::filesystem::path renamed(const std::filesystem::path& model, std::uint64_t seed = 7) const {
    auto to = tree_ / (model.stem().string() + "-renamed.onnx");
    EXPECT_EQ(problem(rename_model(model, to, seed)), "") << model;
    return to;
  }

  std::string problem_of(std::string_view bytes) const {
    return problem(rename_model(tree_.write("bad.onnx", bytes), tree_ / "out.onnx", 1));
  }

  test::Tree tree_;
};

// Seeded inputs, every free dimension `extent`; all outputs as bytes.
std::vector<std::string> outputs_of(const ort::Runtime& runtime, const std::filesystem::path& model,
                                    std::int64_t extent) {
  const auto session = ort::open_session(
      runtime, {{.model = model, .device_id = "0", .threads = 1}, "CPUExecutionProvider", ""});
  EXPECT_EQ(problem(session), "") << model;
  if (!session) return {};
  std::vector<TensorSpec> specs((*session)->inputs().begin(), (*session)->inputs().end());
  for (TensorSpec& spec : specs)
    for (std::int64_t& d : spec.shape) d = d < 0 ? extent : d;
  const auto inputs = TensorSet::create(specs);
  std::mt19937 random(3);
  for (const Tensor& tensor : inputs->tensors()) {
    if (tensor.spec->dtype != DType::f32) continue;
    for (float& value : tensor.as<float>()) value = static_cast<float>(random() % 1000) / 500 - 1;
  }
  const std::vector<Tensor> unbound((*session)->outputs().size());
  const auto binding = (*session)->bind(inputs->tensors(), unbound);
  EXPECT_EQ(problem((*session)->run(**binding)), "");
  std::vector<std::string> outputs;
  for (const Tensor& output : (*binding)->outputs())
    outputs.emplace_back(reinterpret_cast<const char*>(output.bytes.data()), output.bytes.size());
  return outputs;
}

TEST_F(RenameModel, ComputesTheSameUnderOtherNames) {
  for (const char* name : {"conv_strided", "gemm_transposed", "lstm_both_ways", "qdq_conv", "qlinear_matmul",
                           "branches", "unnamed", "two_of_each", "attention_like"}) {
    SCOPED_TRACE(name);
    EXPECT_EQ(outputs_of(runtime(), renamed(model(name)), 2), outputs_of(runtime(), model(name), 2));
  }
}

TEST_F(RenameModel, ComputesTheSameForTheWholeZoo) {
  std::filesystem::path cache = test::environment("EDGEBENCH_CACHE");
  if (cache.empty()) cache = std::filesystem::path(test::environment("HOME")) / ".cache/edgebench";
  const std::map<std::string, std::int64_t> extents = {{"vision/text-recognition", 32}};
  std::size_t found = 0;
  for (const char* id : {"nlp/language-id", "speech/voice-activity", "vision/face-detection",
                         "vision/person-segmentation", "vision/text-recognition", "bench/squeezenet-1.1"}) {
    const auto file = cache / "models" / id / "model.onnx";
    if (!std::filesystem::exists(file)) continue;
    SCOPED_TRACE(id);
    const auto extent = extents.count(id) > 0 ? extents.at(id) : 1;
    const auto outputs = outputs_of(runtime(), file, extent);
    EXPECT_EQ(outputs_of(runtime(), renamed(file), extent), outputs);
    found += outputs.empty() ? 0 : 1;
  }
  if (found == 0) GTEST_SKIP() << "the zoo is not here; run scripts/fetch zoo";
}

TEST_F(RenameModel, NoNameIsLeft) {
  std::multiset<std::string> texts;
  collect_texts(text_of(renamed(model("branches"))), texts);
  for (const char* name : {"choice", "wide", "back", "t_x", "e_y"}) EXPECT_EQ(texts.count(name), 0u) << name;
  for (const char* kept : {"If", "MatMul", "then_branch"}) EXPECT_GT(texts.count(kept), 0u) << kept;
}

TEST_F(RenameModel, NamesAndTheOrderOfWeightsDependOnTheSeed) {
  const std::string one = text_of(renamed(model("lstm_both_ways"), 1));
  EXPECT_EQ(text_of(renamed(model("lstm_both_ways"), 1)), one);
  EXPECT_NE(text_of(renamed(model("lstm_both_ways"), 2)), one);
}

TEST_F(RenameModel, WeightsInOtherFilesAndCompiledPartsAreUnsupported) {
  std::string tensor, graph, file;
  append_field(13, "location", tensor);
  append_field(5, tensor, graph);
  append_field(7, graph, file);
  EXPECT_THAT(problem_of(file), HasSubstr("its weights are in files of their own"));
  std::string node, other_graph, other_file;
  append_field(4, "EPContext", node);
  append_field(1, node, other_graph);
  append_field(7, other_graph, other_file);
  EXPECT_THAT(problem_of(other_file), HasSubstr("compiled already"));
}

TEST_F(RenameModel, DamagedModelsAreRefusedOrStayModelsOfSomeKind) {
  const std::string good = text_of(model("branches"));
  for (std::size_t n = 1; n < good.size(); n += 7) (void)problem_of(good.substr(0, n));
  std::mt19937 random(5);
  int refused = 0;
  for (int i = 0; i < 500; ++i) {
    std::string bad = good;
    for (int k = 0; k < 3; ++k) bad[random() % bad.size()] = static_cast<char>(random());
    refused += problem_of(bad).empty() ? 0 : 1;
  }
  EXPECT_GT(refused, 20);
  EXPECT_THAT(problem_of("this is no model"), HasSubstr("bad.onnx: "));
}

TEST_F(RenameModel, GraphsWithinGraphsEndSomewhere) {
  std::string message = "";
  for (int depth = 0; depth < 200; ++depth) {  // graph in attribute in node in graph ...
    std::string attribute, node, graph;
    append_field(6, message, attribute);
    append_field(5, attribute, node);
    append_field(1, node, graph);
    message = graph;
  }
  std::string file;
  append_field(7, message, file);
  EXPECT_THAT(problem_of(file), HasSubstr("nested too deep"));
}

TEST_F(RenameModel, AFieldOfTheWrongKindIsRefused) {
  const std::string number_for_graph = "\x38\x01";  // field 7 as a number
  EXPECT_THAT(problem_of(number_for_graph), HasSubstr("a number stands where"));
}

}  // namespace
}  // namespace eb
