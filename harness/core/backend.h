#pragma once
// Backend -> Device -> Session: who can compute, where, and one loaded model ready to run.
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/layers.h"
#include "harness/core/tensor.h"

namespace eb {

struct Device {
  std::string id{};                                          // stable within a backend: "0", "npu0"
  std::string name{};                                        // "AMD EPYC", "Adreno (TM) 740"
  std::string kind{};                                        // "cpu", "gpu", "npu", "other"
  std::string driver{};                                      // name and version, as the driver prints them
  std::vector<std::pair<std::string, std::string>> facts{};  // free-form, recorded as they are
  std::vector<std::string> unranked_reasons{};               // why no record of this device may be ranked
};

struct SessionOptions {
  std::filesystem::path model{};  // an ONNX file
  std::string device_id{};
  std::map<std::string, std::int64_t> dims{};  // free dimensions of the graph, fixed by name
  int threads = 0;                             // on the host; 0: the backend's choice
  // A graph of which the device would leave any node to the CPU is refused, as `fallback`. Without a meaning
  // for the CPU backend.
  bool is_strict = false;
};

// Where the graph went, as the runtime itself says.
struct Placement {
  struct Share {
    std::string provider{};
    std::int64_t nodes = 0;
    double macs = 0;
  };
  std::vector<Share> shares{};    // one a provider, largest first
  std::string named_provider{};   // the one that stands for the backend asked for
  std::optional<double> nodes{};  // share of nodes on it, 0..1; absent: the runtime cannot tell
  std::optional<double> macs{};   // share of MACs on it, 0..1; absent: no MACs, or they cannot be told apart
  std::string evidence{};         // "assigned", "confirmed", "counted"
  std::vector<std::string>
      refusals{};       // why nodes are elsewhere, the most frequent first: "3 Gemm: shape is not known"
  std::string doubt{};  // why the evidence does not settle where the work was done; empty: it does

  struct Node {
    std::string name{}, op_type{}, provider{};
    std::optional<double> macs{};  // absent: they cannot be told apart from other nodes'
    std::string reason{};          // why the named provider did not take it, in its words; empty: it did, or
                                   // did not say
  };
  std::vector<Node> table{};  // of all nodes, in order of execution as far as it is known
};

// Work of one inference in the direct, dense form, from the shapes of the executed graph. 1 MAC = 2
// operations.
struct OperationCount {
  struct Node {
    std::string name{}, op_type{};
    double macs = 0;
    std::vector<std::vector<double>> inputs{}, outputs{};  // shapes, weights among the inputs
    std::optional<double> tensor_bytes{};                  // of inputs that are no weights, and of outputs
    std::optional<double> weight_bytes{};

    std::optional<double> traffic_bytes() const {
      if (!tensor_bytes || !weight_bytes) return std::nullopt;
      return *tensor_bytes + *weight_bytes;
    }
  };
  std::vector<Node> nodes{};             // in order of execution
  std::vector<std::string> uncounted{};  // operator types that do matrix work but could not be counted

  double macs() const {
    double sum = 0;
    for (const Node& node : nodes) sum += node.macs;
    return sum;
  }
};

// Inputs and outputs made ready for runs: what the runtime needs is made here, so that a run allocates
// nothing.
class Binding {
 public:
  virtual ~Binding() = default;
  // After a run, until the next run of this binding: the tensors in the shapes they really have.
  virtual std::span<const Tensor> outputs() const = 0;
};

struct RunTimes {
  std::optional<std::chrono::nanoseconds> device;  // by the device's own clock, where it has one
};

// One model on one device. `bind` and `run` may be called from several threads with distinct bindings.
class Session {
 public:
  virtual ~Session() = default;
  // Free dimensions are -1. Order is the model's.
  virtual std::span<const TensorSpec> inputs() const = 0;
  virtual std::span<const TensorSpec> outputs() const = 0;
  // `inputs`: all, in order. `outputs`: in order; one without bytes is allocated by the session at each run
  // (for shapes that only a run can tell). All memory must outlive the binding; the binding the session.
  virtual Result<std::unique_ptr<Binding>> bind(std::span<const Tensor> inputs,
                                                std::span<const Tensor> outputs) = 0;
  // Returns when the outputs are readable by the host.
  virtual Result<RunTimes> run(Binding& binding) = 0;
  virtual int max_in_flight() const { return 1; }  // runs that may overlap
  virtual std::string compute_precision() const = 0;
  virtual int threads() const = 0;  // on the host, as opened
  virtual std::string cache() const {
    return "";
  }  // "cold", "warm"; empty: nothing was compiled that a cache keeps
  // What its provider was told, "KEY=VALUE; KEY=VALUE", without paths; empty: nothing.
  virtual std::string provider_options() const { return ""; }
  // `work` weighs the nodes: from count_operations of the same model.
  virtual Result<Placement> placement(const OperationCount& work) = 0;
};

class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::string_view name() const = 0;
  // An absent driver or library is `unavailable` with reason and remedy, never a crash.
  virtual Result<std::vector<Device>> devices() = 0;
  // Facts of the runtime behind it: name -> value ("runtime", "runtime_sha256", ...). Empty where there is
  // none.
  virtual std::vector<std::pair<std::string, std::string>> facts() { return {}; }
  // `unsupported`: this device cannot run this model at this precision. A result, not a fault.
  virtual Result<std::unique_ptr<Session>> open(const SessionOptions& options) = 0;
  // Whether it takes graphs without free dimensions only: then a batch is fixed at 1.
  virtual bool needs_fixed_shapes() const { return false; }
  // Of the time that nodes take in a warm run, the share of those that are the named provider's, 0..1; by a
  // session apart from any that is timed. `unsupported`: the times of its nodes are not those of their work.
  virtual Result<double> time_share(const SessionOptions& /*options*/) {
    return Error{ErrorKind::unsupported, "the backend does not tell the times of nodes"};
  }
  // What each layer takes in warm runs with zeroed inputs, at batch 1 where the batch is free; by a session
  // apart from any that is timed. `work`: from count_operations of the same model. `unsupported` as above.
  virtual Result<LayerTimes> layer_times(const SessionOptions& /*options*/, const OperationCount& /*work*/) {
    return Error{ErrorKind::unsupported, "the backend does not tell the times of nodes"};
  }
  // Counts the work of one inference by running the model once, apart from any session that is timed.
  virtual Result<OperationCount> count_operations(const SessionOptions& options) = 0;
};

}  // namespace eb
