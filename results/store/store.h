#pragma once
// Records kept and found again: a SQLite file, or a PostgreSQL database, behind one interface. What is stored
// is never changed, only its trust; what is in the store is what a run said, byte for byte of its canonical
// JSON.
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"
#include "harness/core/run.h"

namespace eb {

// How far a result may be believed: sent by somebody; repeated by another key; looked into by an
// administrator.
enum class Trust : std::uint8_t { unverified, reproduced, audited };
std::string_view trust_name(Trust trust);
std::optional<Trust> trust_from_name(std::string_view name);

// The id of a run: the SHA-256 of its canonical JSON, so that the same run is never there twice.
std::string run_id(const Run& run);

struct NewRun {
  Run run{};
  std::string received_at{};        // UTC, ISO 8601
  std::string source{};             // "import" or "upload"
  std::string bundle{};             // as it came; empty for an import
  std::string key_id{};             // of the signature of the bundle, hexadecimal; empty for an import
  std::string delete_token_hash{};  // hexadecimal; empty: only an administrator may delete it
};

struct Added {
  std::string run_id{};
  bool was_known = false;  // then nothing was written for it, and its delete token is the old one
};

struct StoredRun {
  std::string run_id{}, received_at{}, source{}, key_id{}, delete_token_hash{};
  Trust trust = Trust::unverified;
  Run run{};
};

struct StoredRecord {
  std::int64_t id = 0;  // within this store: ascending in the order of arrival
  std::string run_id{}, received_at{}, machine{}, started_at{};  // the latter two from the run's context
  Trust trust = Trust::unverified;
  RunRecord record{};
};

// What the conditions of a query may name: a field of a record (harness/core/record.h) that is a text, a
// number, a bool or the status; or run_id, received_at, machine, started_at, trust.
struct Condition {
  enum class Op : std::uint8_t { equal, not_equal, less, at_most, greater, at_least, contains };
  std::string field{};
  Op op = Op::equal;
  std::string value{};  // of the field's type, as text; a text compares as it is, `contains` without case
};
// "latency_p50_ms<=5", "workload=vision/face-detection", "device_name~adreno", "status!=ok".
Result<Condition> condition_from_text(std::string_view text);

struct RecordQuery {
  std::vector<Condition> where{};  // all hold
  std::string order_by = "id";     // records without that field come last
  bool is_descending = false;
  std::int64_t limit = 100, offset = 0;  // limit: 1 to kMostRecords
};
inline constexpr std::int64_t kMostRecords = 1'000'000;

struct ValueCount {
  std::string value{};
  std::int64_t records = 0;
};

// What a bearer of a token may do. The token itself is never stored.
struct TokenRow {
  std::string hash{};    // hexadecimal
  std::string name{};    // who it was made for
  std::string scopes{};  // "upload" or "upload,admin"
  std::string created_at{};
};

// One thread at a time; threads that want to read at once open one each.
class Store {
 public:
  virtual ~Store() = default;

  // All or nothing, and on the disk when it returns.
  virtual Result<std::vector<Added>> add(std::span<const NewRun> runs) = 0;
  // Before and after many runs. In between adding is several times faster and finding slower, since indexes
  // are made at the end: by whoever opens the store to write, where that never came.
  virtual Status begin_bulk() { return Done{}; }
  virtual Status end_bulk() { return Done{}; }

  virtual Result<std::vector<StoredRecord>> find(const RecordQuery& query) = 0;
  virtual Result<std::int64_t> count(const std::vector<Condition>& where) = 0;
  // The values of a text field among the records that fit, most frequent first, at most `limit`.
  virtual Result<std::vector<ValueCount>> values(std::string_view field, const std::vector<Condition>& where,
                                                 std::int64_t limit) = 0;
  // Absent where there is no such run; so below.
  virtual Result<std::optional<StoredRun>> run(std::string_view run_id) = 0;
  virtual Result<std::optional<std::string>> bundle(std::string_view run_id) = 0;
  virtual Result<bool> set_trust(std::string_view run_id, Trust trust) = 0;
  virtual Result<bool> remove(std::string_view run_id) = 0;

  virtual Status put_token(const TokenRow& token) = 0;
  virtual Result<std::optional<TokenRow>> token(std::string_view hash) = 0;
  virtual Result<std::vector<TokenRow>> tokens() = 0;
  virtual Result<bool> remove_token(std::string_view hash) = 0;

  // A whole copy as of now, while others read and write; the file must not be there. PostgreSQL: an error
  // that names pg_dump.
  virtual Status backup(const std::filesystem::path& file) = 0;
};

enum class StoreUse : std::uint8_t { read, write };
// `where`: a file, or postgres://... Made or brought to the newest schema when opened to write; one of a
// newer edgebench is refused. A password in the URL never shows in a message.
Result<std::unique_ptr<Store>> open_store(const std::string& where, StoreUse use);

}  // namespace eb
