#include "backends/gpu/ep_graph.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "backends/gpu/ep_factory.h"
#include "tests/backends/gpu/ep_fixture.h"
#include "tests/support/places.h"

namespace eb::gpu {
namespace {

using test::FakeProvider;
using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// What a provider was shown: its own capability function is behind ours, which looks at the graph first.
struct Seen {
  Ort ort{};
  std::vector<std::string> problems{};
  std::function<void(const ImportedGraph&)> look{};
  decltype(OrtEpFactory::CreateEp) create_ep = nullptr;
  decltype(OrtEp::GetCapability) get_capability = nullptr;
};
Seen& seen() {
  static Seen the_one;
  return the_one;
}

OrtStatus* look_first(OrtEp* ep, const OrtGraph* graph, OrtEpGraphSupportInfo* support) noexcept {
  const auto imported = import_graph(seen().ort, *graph);
  if (!imported) seen().problems.push_back(imported.error().message);
  if (imported && seen().look) seen().look(*imported);
  return seen().get_capability(ep, graph, support);
}

OrtStatus* create_ep(OrtEpFactory* self, const OrtHardwareDevice* const* devices,
                     const OrtKeyValuePairs* const* metadata, std::size_t count,
                     const OrtSessionOptions* options, const OrtLogger* logger, OrtEp** ep) noexcept {
  OrtStatus* status = seen().create_ep(self, devices, metadata, count, options, logger, ep);
  if (status) return status;
  seen().get_capability = (*ep)->GetCapability;
  (*ep)->GetCapability = look_first;
  return nullptr;
}

OrtStatus* create_factory(const char*, const OrtApiBase* base, const OrtLogger* logger,
                          OrtEpFactory** factories, std::size_t most, std::size_t* count) {
  (void)find_ort(*base, seen().ort);
  OrtStatus* status =
      create_ep_factories({"EdgebenchFake", test::fake_api()}, {base, logger, factories, most, count});
  if (status) return status;
  seen().create_ep = factories[0]->CreateEp;
  factories[0]->CreateEp = create_ep;
  return nullptr;
}

class ImportedGraphs : public FakeProvider {
 protected:
  void SetUp() override {
    FakeProvider::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    seen() = {};
    const auto relay = DynLib::open(eb::test::relay_library());
    reinterpret_cast<void (*)(test::RelayTarget)>(relay->symbol("SetRelayTarget"))(
        {create_factory, release_ep_factory});
  }

  // `look` is called with the whole graph of the model.
  void look_at(std::string_view name, std::function<void(const ImportedGraph&)> look) {
    int looks = 0;
    seen().look = [&](const ImportedGraph& imported) {
      if (++looks == 1) look(imported);
    };
    const auto session = open(name);
    EXPECT_EQ(problem(session), "");
    EXPECT_GE(looks, 1);
    EXPECT_TRUE(seen().problems.empty()) << seen().problems[0];
    seen().look = nullptr;
  }
  static const Node& node(const ImportedGraph& imported, std::string_view op_type) {
    const auto& nodes = imported.graph.nodes;
    const auto at =
        std::find_if(nodes.begin(), nodes.end(), [&](const Node& one) { return one.op_type == op_type; });
    EXPECT_NE(at, nodes.end()) << op_type;
    return at == nodes.end() ? nodes.front() : *at;
  }
};

TEST_F(ImportedGraphs, HaveNamesShapesTypesAndConstants) {
  look_at("conv_strided", [](const ImportedGraph& imported) {
    const Graph& graph = imported.graph;
    ASSERT_EQ(graph.nodes.size(), 1u);
    const Node& conv = graph.nodes[0];
    EXPECT_EQ(conv.name, "Conv_y");
    EXPECT_EQ(conv.domain, "");
    EXPECT_EQ(conv.since_version, 11);
    EXPECT_THAT(conv.integers("strides"), ElementsAre(2, 2));
    EXPECT_THAT(conv.integers("pads"), ElementsAre(1, 1, 1, 1));
    EXPECT_EQ(conv.integer("group", 5), 1) << "the operator's default is filled in";
    ASSERT_EQ(conv.inputs.size(), 2u);
    const Value &x = graph.value(conv.inputs[0]), &w = graph.value(conv.inputs[1]);
    EXPECT_EQ(x.name, "x");
    EXPECT_EQ(x.type, Type::f32);
    EXPECT_THAT(x.shape, ElementsAre(1, 3, 32, 32));
    EXPECT_FALSE(x.is_constant());
    ASSERT_TRUE(w.is_constant());
    EXPECT_THAT(w.shape, ElementsAre(16, 3, 3, 3));
    const auto numbers = graph.constant_reals(conv.inputs[1]);
    ASSERT_EQ(numbers.size(), 432u);
    EXPECT_EQ(numbers[0], -3);
    EXPECT_EQ(numbers[6], 3);
    EXPECT_THAT(graph.value(conv.outputs[0]).shape, ElementsAre(1, 16, 16, 16));
    EXPECT_FALSE(imported.refusals[0]);
  });
}

TEST_F(ImportedGraphs, HaveAttributesOfEveryKind) {
  look_at("many_attributes", [](const ImportedGraph& imported) {
    const Node& lstm = node(imported, "LSTM");
    EXPECT_EQ(lstm.text("activations", ""), "Sigmoid,Tanh,Tanh");
    EXPECT_EQ(lstm.text("direction", ""), "forward");
    EXPECT_EQ(lstm.integer("hidden_size", 0), 2);
    EXPECT_EQ(lstm.real("clip", 0), 3.0f);
    const Node& fill = node(imported, "ConstantOfShape");
    EXPECT_THAT(fill.integers("value"), ElementsAre(7));
  });
}

TEST_F(ImportedGraphs, HaveNoValueWhereAnInputIsLeftOut) {
  look_at("many_attributes", [](const ImportedGraph& imported) {
    const Node& clip = node(imported, "Clip");
    ASSERT_EQ(clip.inputs.size(), 3u);
    EXPECT_EQ(clip.input(1), kNoValue);
    ASSERT_NE(clip.input(2), kNoValue);
    const Value& most = imported.graph.value(clip.input(2));
    EXPECT_TRUE(most.shape.empty()) << "a scalar";
    EXPECT_THAT(imported.graph.constant_reals(clip.input(2)), ElementsAre(0.5f));
  });
}

TEST_F(ImportedGraphs, MarkFreeDimensions) {
  look_at("free_dimensions", [](const ImportedGraph& imported) {
    EXPECT_THAT(imported.graph.value(node(imported, "MatMul").inputs[0]).shape, ElementsAre(-1, -1, 4));
  });
}

TEST_F(ImportedGraphs, SayWhichNodesTheyCannotDescribe) {
  look_at("half_supported", [](const ImportedGraph& imported) {
    EXPECT_FALSE(imported.refusals[0]);
    EXPECT_THAT(imported.refusals[2].value_or(""), HasSubstr("element type 11"));
  });
  look_at("with_bodies", [](const ImportedGraph& imported) {
    for (std::size_t i = 0; i < imported.refusals.size(); ++i)
      EXPECT_EQ(imported.refusals[i].has_value(), imported.graph.nodes[i].op_type == "If");
  });
}

}  // namespace
}  // namespace eb::gpu
