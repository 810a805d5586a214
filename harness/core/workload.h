#pragma once
// A Workload is what is measured: a model, its samples, and the judge of its answers.
// It knows nothing of backends, clocks or scenarios. One thread at a time.
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/tensor.h"

namespace eb {

struct ModelFile {
  std::filesystem::path path{};
  std::string sha256{};  // what it must be; empty: a user's model, taken as it is
};

// After each run the output becomes the input of the next run of the same stream.
struct StatePair {
  std::string output{}, input{};
};

struct WorkloadInfo {
  std::string id{};                            // "vision/face-detection"
  std::string task{};                          // "face-detection": which code prepares and judges
  std::string title{};                         // for people
  std::string licence{};                       // of weights and data, as shown in reports
  std::map<std::string, ModelFile> models{};   // by precision of the graph: "fp32", "int8", ...
  std::map<std::string, std::int64_t> dims{};  // free dimensions of the graph, fixed by name
  std::string batch_dim{};                     // the free batch dimension, empty where the graph has none
  std::vector<StatePair> state{};
  std::optional<double> sample_ms{};  // how long a sample lasts in real time (a chunk of sound)
  std::string metric{};               // "average-precision-50"; empty: no claim of quality
  double target = 0;
  // Instead of `target`, by precision in which a session computes ("fp16"), where that is stated.
  std::map<std::string, double> targets{};
  bool lower_is_better = false;
  std::string quality_basis{};  // "ground-truth" or "agreement"
  std::string data_sha256{};    // what the sample set should be; another one is measured, but never ranked
  std::string variant_of{};     // the workload that this one is compared with: "fashion/teacher"
  bool is_user_model = false;
};

// What answers computed in this precision must reach.
inline double target_of(const WorkloadInfo& info, const std::string& compute_precision) {
  const auto own = info.targets.find(compute_precision);
  return own == info.targets.end() ? info.target : own->second;
}

// Collects the answers of one pass over the samples.
class Judge {
 public:
  virtual ~Judge() = default;
  // Takes the outputs of `sample`. Samples come in order, each once.
  virtual Status add(std::size_t sample, std::span<const Tensor> outputs) = 0;
  // The value of the workload's metric over all that was added.
  virtual Result<double> grade() const = 0;
};

class Workload {
 public:
  virtual ~Workload() = default;
  virtual const WorkloadInfo& info() const = 0;
  virtual std::size_t sample_count() const = 0;
  // Fills the inputs of sample `sample`, but for recurrent state. Never timed.
  virtual Status load(std::size_t sample, std::span<const Tensor> inputs) const = 0;
  // Whether recurrent state is zeroed before this sample. Streams are runs of consecutive samples.
  virtual bool starts_stream(std::size_t /*sample*/) const { return true; }
  // Null where there is no claim of quality (a user's model).
  virtual std::unique_ptr<Judge> judge() const = 0;
  // SHA-256 of the sample set that is really there.
  virtual std::string data_sha256() const { return {}; }
};

}  // namespace eb
