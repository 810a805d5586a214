// A model under other names, for the audit that looks for providers that know models by name.
#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <unordered_map>
#include <vector>

#include "backends/onnxruntime/backend.h"
#include "backends/onnxruntime/wire.h"
#include "harness/base/files.h"

namespace eb {
namespace {

using onnx::WireField;
using onnx::WireReader;

// The messages of onnx.proto that have names in them.
enum class Message : std::uint8_t {
  model,
  function,
  graph,
  node,
  attribute,
  tensor,
  sparse_tensor,
  value_info,
  quantization,
  text_pair
};

enum class Action : std::uint8_t {
  value,    // the name of a tensor: the same new name wherever it stands
  label,    // the name of a graph or node, which nothing refers to
  drop,     // words for people, and what tools keep for themselves
  enter,    // a message with names in it
  shuffle,  // the same, in an order of its own
  refuse,   // an error where it is there
};

struct Row {
  Message in = Message::model;
  std::uint8_t field = 0;
  Action action = Action::drop;
  Message inner = Message::model;
  const char* reason = "";  // to refuse
};

constexpr const char* kOutside = "its weights are in files of their own";

// Fields by their numbers in onnx.proto. What is not named here goes over as it is: operators, attributes,
// shapes, weights, and the names of free dimensions, by which options fix them.
constexpr Row kRows[] = {
    {Message::model, 2, Action::drop},                                 // producer_name
    {Message::model, 3, Action::drop},                                 // producer_version
    {Message::model, 4, Action::drop},                                 // domain
    {Message::model, 6, Action::drop},                                 // doc_string
    {Message::model, 7, Action::enter, Message::graph},                // graph
    {Message::model, 14, Action::drop},                                // metadata_props
    {Message::model, 20, Action::drop},                                // training_info
    {Message::model, 25, Action::enter, Message::function},            // functions
    {Message::function, 4, Action::value},                             // input
    {Message::function, 5, Action::value},                             // output
    {Message::function, 7, Action::enter, Message::node},              // node
    {Message::function, 8, Action::drop},                              // doc_string
    {Message::function, 12, Action::enter, Message::value_info},       // value_info
    {Message::function, 14, Action::drop},                             // metadata_props
    {Message::graph, 1, Action::enter, Message::node},                 // node
    {Message::graph, 2, Action::label},                                // name
    {Message::graph, 5, Action::shuffle, Message::tensor},             // initializer
    {Message::graph, 10, Action::drop},                                // doc_string
    {Message::graph, 11, Action::enter, Message::value_info},          // input
    {Message::graph, 12, Action::enter, Message::value_info},          // output
    {Message::graph, 13, Action::enter, Message::value_info},          // value_info
    {Message::graph, 14, Action::enter, Message::quantization},        // quantization_annotation
    {Message::graph, 15, Action::shuffle, Message::sparse_tensor},     // sparse_initializer
    {Message::graph, 16, Action::drop},                                // metadata_props
    {Message::node, 1, Action::value},                                 // input
    {Message::node, 2, Action::value},                                 // output
    {Message::node, 3, Action::label},                                 // name
    {Message::node, 5, Action::enter, Message::attribute},             // attribute
    {Message::node, 6, Action::drop},                                  // doc_string
    {Message::node, 9, Action::drop},                                  // metadata_props
    {Message::node, 10, Action::drop},                                 // device_configurations
    {Message::attribute, 5, Action::enter, Message::tensor},           // t
    {Message::attribute, 6, Action::enter, Message::graph},            // g
    {Message::attribute, 10, Action::enter, Message::tensor},          // tensors
    {Message::attribute, 11, Action::enter, Message::graph},           // graphs
    {Message::attribute, 13, Action::drop},                            // doc_string
    {Message::attribute, 22, Action::enter, Message::sparse_tensor},   // sparse_tensor
    {Message::attribute, 23, Action::enter, Message::sparse_tensor},   // sparse_tensors
    {Message::tensor, 8, Action::value},                               // name
    {Message::tensor, 12, Action::drop},                               // doc_string
    {Message::tensor, 13, Action::refuse, Message::tensor, kOutside},  // external_data
    {Message::tensor, 16, Action::drop},                               // metadata_props
    {Message::sparse_tensor, 1, Action::enter, Message::tensor},       // values
    {Message::sparse_tensor, 2, Action::enter, Message::tensor},       // indices
    {Message::value_info, 1, Action::value},                           // name
    {Message::value_info, 3, Action::drop},                            // doc_string
    {Message::value_info, 4, Action::drop},                            // metadata_props
    {Message::quantization, 1, Action::value},                         // tensor_name
    {Message::quantization, 2, Action::enter, Message::text_pair},     // quant_parameter_tensor_names
    {Message::text_pair, 2, Action::value},                            // value
};

constexpr int kDeepest = 100;  // messages within messages, as protobuf's own limit

class Renamer {
 public:
  explicit Renamer(std::uint64_t seed) : seed_(seed), random_(seed) {}

  Result<std::string> rewrite(std::string_view message, Message kind, int depth = 0) {
    if (depth > kDeepest) return Error{ErrorKind::invalid, "its graphs are nested too deep"};
    std::string written;
    std::vector<std::pair<std::uint32_t, std::string>> shuffled;
    WireReader reader(message);
    while (true) {
      EB_GET(const auto field, reader.next());
      if (!field) break;
      const Row* row = find(kind, field->number);
      if (!row) {
        EB_OK(check_kept(*field, kind));
        written += field->whole;
      } else if (row->action != Action::drop) {
        EB_GET(std::string changed, change(*field, *row, depth));
        if (row->action == Action::shuffle) {
          shuffled.emplace_back(field->number, std::move(changed));
        } else {
          onnx::append_field(field->number, changed, written);
        }
      }
    }
    std::shuffle(shuffled.begin(), shuffled.end(), random_);
    for (const auto& [number, changed] : shuffled) onnx::append_field(number, changed, written);
    return written;
  }

 private:
  static const Row* find(Message kind, std::uint32_t field) {
    const auto* const at = std::find_if(std::begin(kRows), std::end(kRows),
                                        [&](const Row& row) { return row.in == kind && row.field == field; });
    return at == std::end(kRows) ? nullptr : at;
  }

  // What a compiled part of a vendor's says is known by the names of what is around it.
  static Status check_kept(const WireField& field, Message kind) {
    constexpr std::uint32_t kOpType = 4;
    if (kind == Message::node && field.number == kOpType && field.payload == "EPContext")
      return Error{ErrorKind::unsupported, "a part of it is compiled already"};
    return Done{};
  }

  Result<std::string> change(const WireField& field, const Row& row, int depth) {
    if (row.action == Action::refuse) return Error{ErrorKind::unsupported, row.reason};
    if (!field.payload) return Error{ErrorKind::invalid, "a number stands where a name or a message should"};
    switch (row.action) {
      case Action::value:
        return new_name("value ", *field.payload);
      case Action::label:
        return new_name("label ", *field.payload);
      default:
        return rewrite(*field.payload, row.inner, depth + 1);
    }
  }

  // Two names that differ stay so: graphs within graphs need no scopes here. An empty one means that nothing
  // is there.
  std::string new_name(std::string_view kind, std::string_view name) {
    if (name.empty()) return {};
    std::string& known = names_[fmt::format("{}{}", kind, name)];
    constexpr std::uint32_t kOdd = 0x9e37'79b1;  // times this, no two numbers of 32 bits become one
    const auto seed = static_cast<std::uint32_t>(seed_);
    if (known.empty())
      known = fmt::format("{:c}{:x}", 'a' + static_cast<char>(seed % 26),
                          (static_cast<std::uint32_t>(names_.size()) * kOdd) ^ seed);
    return known;
  }

  std::uint64_t seed_;
  std::mt19937_64 random_;
  std::unordered_map<std::string, std::string> names_;
};

}  // namespace

Status rename_model(const std::filesystem::path& model, const std::filesystem::path& to, std::uint64_t seed) {
  constexpr std::uint64_t kMaxModelBytes = 1ull << 30;  // twice this is held in memory
  EB_GET(const std::string original, read_file(model, kMaxModelBytes));
  const auto renamed = Renamer(seed).rewrite(original, Message::model);
  if (!renamed) return renamed.error().within(fmt::format("model {}", model.string()));
  return write_file_atomic(to, *renamed);
}

}  // namespace eb
