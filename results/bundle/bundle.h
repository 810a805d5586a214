#pragma once
// One run in one file that others can check: a ZIP archive of
//
//     manifest.json   canonical JSON: {"schema":"edgebench.bundle/1","created_at":...,"key":...,"root":...,
//                     "files":[{"path":...,"bytes":...,"sha256":...},...]}
//     signature       Ed25519 over manifest.json, hexadecimal
//     run.json        the run as it may be shown (see public_run.h), canonical JSON
//     raw/...         latencies of each launch, readings of meters and sensors
//
// `root` is the SHA-256 over the lines "sha256  path" of all files in order of their paths. The id of a
// bundle is the SHA-256 of manifest.json. Client and server use these same functions, so that they never
// disagree.
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/run.h"

namespace eb {

class SigningKey {
 public:
  // Of `file`, made on first use and readable by its owner only; refused if others can read it.
  static Result<SigningKey> of_file(const std::filesystem::path& file);
  std::string id() const;                          // the public key, hexadecimal
  std::string sign(std::string_view bytes) const;  // hexadecimal
  SigningKey(const SigningKey&) = delete;
  SigningKey& operator=(const SigningKey&) = delete;
  SigningKey(SigningKey&&) noexcept;
  SigningKey& operator=(SigningKey&&) noexcept;
  ~SigningKey();  // wipes it

 private:
  SigningKey() = default;
  std::string public_key_, secret_key_;  // bytes
};

// `run_folder`: as `run` writes it. `created_at`: UTC, ISO 8601.
Result<std::string> pack_bundle(const std::filesystem::path& run_folder, const SigningKey& key,
                                std::string_view created_at);

// Limits that hold before anything is unpacked, so that a small file cannot become a large one.
struct BundleLimits {
  std::uint64_t most_bytes = 64 << 20;            // packed
  std::uint64_t most_unpacked_bytes = 512 << 20;  // all files together
  std::uint64_t most_run_bytes = 32 << 20;        // run.json
  std::size_t most_files = 4096;
};

struct Bundle {
  std::string id{}, key_id{}, created_at{};
  Run run{};
  std::map<std::string, std::string> raw{};  // path -> bytes
};

// Structure, hashes and signature hold in what it returns; what the numbers say is for check_bundle.
Result<Bundle> open_bundle(std::string_view bytes, const BundleLimits& limits = {});

struct Finding {
  enum class Weight : std::uint8_t { note, flag, refusal };
  Weight weight = Weight::note;
  std::string where{};     // "vision/face-detection, cpu:0, fp32, single-stream"; empty: the bundle
  std::string sentence{};  // "latency_p50_ms is 3.1, its raw latencies give 4.2"
};

struct Verdict {
  enum class Kind : std::uint8_t { accepted, flagged, refused };
  Kind kind = Kind::refused;
  std::vector<Finding> findings{};
  std::string id{}, key_id{};  // empty where the bundle could not be opened
  std::size_t records = 0;     // of the run; 0 likewise
  std::string line() const;    // "refused: 2 of 14 records do not follow from their raw latencies"
};

// Recomputes every number that follows from raw traces, and asks whether the others can be. Never an error:
// what cannot be opened is refused, with the reason.
Verdict check_bundle(std::string_view bytes, const BundleLimits& limits = {});

// Numbers of a record that nothing in a bundle gives, and why: measured once, asked for, or of what no bundle
// holds. check_bundle cannot vouch for them; "plausible" ones it holds to the whole run. Every other number
// is computed anew, with two limits: of a launch with more than a million latencies, part_p50_ms and
// part_p90_ms only where the log has all latencies of the part; and wake lags and ratios of turns are those
// that each launch says.
struct StatedNumber {
  std::string_view name, why;
};
std::span<const StatedNumber> stated_numbers();

struct CheckedBundle {
  Verdict verdict{};
  std::optional<Bundle> bundle{};  // absent only where it could not be opened, and is refused
};
// The same for those who go on with what is in it.
CheckedBundle open_and_check(std::string_view bytes, const BundleLimits& limits = {});

// [{"weight": "refusal", "where": ..., "sentence": ...}, ...]
nlohmann::ordered_json to_json(const std::vector<Finding>& findings);
std::string_view weight_name(Finding::Weight weight);

// How to measure again what a run measured: from typed fields alone, so that nothing that somebody else wrote
// becomes a path, a library, a URL or a word of a shell. Every text in it is an id of letters, digits and
// ._:/+-; whether this edgebench knows it is for the caller to see.
struct ReplayPlan {
  struct UserModel {
    std::string workload{}, sha256{};
  };
  bool is_verify = false;  // nothing was timed
  std::vector<std::string> workloads{}, backends{}, devices{}, precisions{}, scenarios{};
  std::string tier{};  // quick, standard or official; empty with sustained_s
  std::optional<int> launches{}, threads{};
  std::optional<double> sustained_s{}, rate_qps{}, latency_target_ms{};
  std::vector<UserModel> user_models{};     // whose files nobody has but their owner
  std::vector<std::string> not_repeated{};  // sentences
};
ReplayPlan replay_plan(const Run& run);
// The command line for it, without the user's models.
std::string command_of(const ReplayPlan& plan);

}  // namespace eb
