#pragma once
// A store that forgets, with faults when a test wants them. Stores made from one Memory see the same.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "results/store/store.h"

namespace eb::board::test {

struct Memory {
  std::mutex mutex{};  // guards the rest
  std::vector<StoredRun> runs{};
  std::vector<StoredRecord> records{};
  std::map<std::string, std::string> bundles{};
  std::map<std::string, TokenRow> tokens{};
  std::int64_t commits = 0, finds = 0;
  std::string failure{};         // then everything fails so
  std::string refused_source{};  // runs with this source cannot be added
};

class MemoryStore final : public Store {
 public:
  explicit MemoryStore(std::shared_ptr<Memory> memory) : m_(std::move(memory)) {}

  Result<std::vector<Added>> add(std::span<const NewRun> runs) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    for (const NewRun& run : runs)
      if (!m_->refused_source.empty() && run.source == m_->refused_source)
        return Error{ErrorKind::invalid, "refused by the test"};
    ++m_->commits;
    std::vector<Added> added;
    for (const NewRun& run : runs) added.push_back(add_one(run));
    return added;
  }
  Result<std::vector<StoredRecord>> find(const RecordQuery& query) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    ++m_->finds;
    std::vector<StoredRecord> found = matching(query.where);
    std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) {
      return comes_before(key(a, query.order_by), key(b, query.order_by), query.is_descending);
    });
    const auto offset = std::min(found.size(), static_cast<std::size_t>(query.offset));
    found.erase(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(offset));
    if (found.size() > static_cast<std::size_t>(query.limit))
      found.resize(static_cast<std::size_t>(query.limit));
    return found;
  }
  Result<std::int64_t> count(const std::vector<Condition>& where) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    return static_cast<std::int64_t>(matching(where).size());
  }
  Result<std::vector<ValueCount>> values(std::string_view field, const std::vector<Condition>& where,
                                         std::int64_t limit) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    std::map<std::string, std::int64_t> counts;
    for (const StoredRecord& record : matching(where))
      if (const std::string text = key(record, field); !text.empty()) ++counts[text];
    std::vector<ValueCount> values;
    for (const auto& [value, records] : counts) values.push_back({value, records});
    std::stable_sort(values.begin(), values.end(),
                     [](const auto& a, const auto& b) { return a.records > b.records; });
    if (values.size() > static_cast<std::size_t>(limit)) values.resize(static_cast<std::size_t>(limit));
    return values;
  }
  Result<std::optional<StoredRun>> run(std::string_view id) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    for (const StoredRun& run : m_->runs)
      if (run.run_id == id) return std::optional(run);
    return std::optional<StoredRun>();
  }
  Result<std::optional<std::string>> bundle(std::string_view id) override {
    const std::lock_guard lock(m_->mutex);
    const auto found = m_->bundles.find(std::string(id));
    return found == m_->bundles.end() ? std::nullopt : std::optional(found->second);
  }
  Result<bool> set_trust(std::string_view id, Trust trust) override {
    const std::lock_guard lock(m_->mutex);
    bool was_there = false;
    for (StoredRun& run : m_->runs)
      if (run.run_id == id) run.trust = trust, was_there = true;
    for (StoredRecord& record : m_->records)
      if (record.run_id == id) record.trust = trust;
    return was_there;
  }
  Result<bool> remove(std::string_view id) override {
    const std::lock_guard lock(m_->mutex);
    std::erase_if(m_->records, [&](const auto& record) { return record.run_id == id; });
    return std::erase_if(m_->runs, [&](const auto& run) { return run.run_id == id; }) > 0;
  }
  Status put_token(const TokenRow& token) override {
    const std::lock_guard lock(m_->mutex);
    m_->tokens[token.hash] = token;
    return Done{};
  }
  Result<std::optional<TokenRow>> token(std::string_view hash) override {
    const std::lock_guard lock(m_->mutex);
    if (!m_->failure.empty()) return failed();
    const auto found = m_->tokens.find(std::string(hash));
    return found == m_->tokens.end() ? std::nullopt : std::optional(found->second);
  }
  Result<std::vector<TokenRow>> tokens() override {
    const std::lock_guard lock(m_->mutex);
    std::vector<TokenRow> all;
    for (const auto& [hash, token] : m_->tokens) all.push_back(token);
    return all;
  }
  Result<bool> remove_token(std::string_view hash) override {
    const std::lock_guard lock(m_->mutex);
    return m_->tokens.erase(std::string(hash)) > 0;
  }
  Status backup(const std::filesystem::path&) override { return failed(); }

 private:
  Error failed() const { return {ErrorKind::io, m_->failure.empty() ? "not in memory" : m_->failure}; }

  Added add_one(const NewRun& run) {
    const std::string id = run_id(run.run);
    for (const StoredRun& known : m_->runs)
      if (known.run_id == id) return {id, true};
    m_->runs.push_back({.run_id = id,
                        .received_at = run.received_at,
                        .source = run.source,
                        .key_id = run.key_id,
                        .delete_token_hash = run.delete_token_hash,
                        .run = run.run});
    m_->bundles[id] = run.bundle;
    const auto text = [&](const char* name) {
      return run.run.context.contains(name) ? run.run.context[name].get<std::string>() : std::string();
    };
    for (const RunRecord& record : run.run.records)
      m_->records.push_back({.id = static_cast<std::int64_t>(m_->records.size() + 1),
                             .run_id = id,
                             .received_at = run.received_at,
                             .machine = text("machine"),
                             .started_at = text("started_at"),
                             .record = record});
    return {id, false};
  }

  static std::string key(const StoredRecord& record, std::string_view field) {
    if (field == "id") return fmt::format("{}", record.id);
    if (field == "run_id") return record.run_id;
    if (field == "received_at") return record.received_at;
    if (field == "started_at") return record.started_at;
    if (field == "machine") return record.machine;
    if (field == "trust") return std::string(trust_name(record.trust));
    return field_text(*find_field(field), record.record, 17);
  }
  static std::optional<double> number(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    return text.empty() || *end != '\0' ? std::nullopt : std::optional(value);
  }
  // What is absent comes last.
  static bool comes_before(const std::string& a, const std::string& b, bool is_descending) {
    if (a.empty() || b.empty()) return !a.empty() && b.empty();
    const auto x = number(a), y = number(b);
    if (x && y) return is_descending ? *x > *y : *x < *y;
    return is_descending ? a > b : a < b;
  }
  static bool holds(const StoredRecord& record, const Condition& condition) {
    const std::string text = key(record, condition.field);
    using enum Condition::Op;
    if (condition.op == equal) return text == condition.value;
    if (condition.op == not_equal) return text != condition.value;
    if (condition.op == contains) return text.find(condition.value) != std::string::npos;
    const auto x = number(text), y = number(condition.value);
    if (!x || !y) return false;
    return condition.op == less      ? *x < *y
           : condition.op == at_most ? *x <= *y
           : condition.op == greater ? *x > *y
                                     : *x >= *y;
  }
  std::vector<StoredRecord> matching(const std::vector<Condition>& where) const {
    std::vector<StoredRecord> found;
    for (const StoredRecord& record : m_->records)
      if (std::all_of(where.begin(), where.end(), [&](const auto& c) { return holds(record, c); }))
        found.push_back(record);
    return found;
  }

  std::shared_ptr<Memory> m_;
};

}  // namespace eb::board::test
