#pragma once
// The store on any database: the SQL that is the same for all.
#include <string>
#include <unordered_map>

#include "results/store/canonical_run.h"
#include "results/store/conditions.h"
#include "results/store/database.h"
#include "results/store/store.h"

namespace eb {

class SqlStore final : public Store {
 public:
  explicit SqlStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  Result<std::vector<Added>> add(std::span<const NewRun> runs) override;
  Status begin_bulk() override { return drop_indexes(*database_); }
  Status end_bulk() override { return make_indexes(*database_); }
  Result<std::vector<StoredRecord>> find(const RecordQuery& query) override;
  Result<std::int64_t> count(const std::vector<Condition>& where) override;
  Result<std::vector<ValueCount>> values(std::string_view field, const std::vector<Condition>& where,
                                         std::int64_t limit) override;
  Result<std::optional<StoredRun>> run(std::string_view run_id) override;
  Result<std::optional<std::string>> bundle(std::string_view run_id) override;
  Result<bool> set_trust(std::string_view run_id, Trust trust) override;
  Result<bool> remove(std::string_view run_id) override;
  Status put_token(const TokenRow& token) override;
  Result<std::optional<TokenRow>> token(std::string_view hash) override;
  Result<std::vector<TokenRow>> tokens() override;
  Result<bool> remove_token(std::string_view hash) override;
  Status backup(const std::filesystem::path& file) override { return database_->backup(file); }

 private:
  // By the texts of trust and of kKindFields, each closed by a NUL.
  using KindIds = std::unordered_map<std::string, std::int64_t>;
  using RowIds = std::unordered_map<std::string, std::int64_t>;  // by run_id
  struct PreparedRun;
  struct NewRows;
  struct Filter;

  // Of writing (sql_store.cpp).
  static void prepare(const NewRun& run, PreparedRun& prepared);
  Status add_some(std::span<const NewRun> runs, std::span<const PreparedRun> prepared, std::span<Added> added,
                  NewRows& rows);
  void gather(const PreparedRun& run, std::int64_t row, NewRows& rows);
  Status add_runs(std::span<const NewRun> runs, std::span<const PreparedRun> prepared,
                  std::span<const std::size_t> which);
  // Gives each that has none its id; those that the database does not have are added.
  Status add_kinds(KindIds& kinds);
  Result<std::int64_t> kind_with_trust(std::int64_t kind, std::string_view trust);
  Status write(NewRows& rows);  // and clears them
  // Ids of runs within the database; of those that are there.
  Result<RowIds> rows_of(std::span<const std::string_view> run_ids);
  Result<std::optional<std::int64_t>> row_of(std::string_view run_id);

  // Of reading (sql_find.cpp).
  Result<Filter> filter_of(const std::vector<Condition>& where);
  Result<std::vector<std::int64_t>> find_ids(const RecordQuery& query, const Column& column);
  Sql page_of(const RecordQuery& query, const Column& column, const Filter& filter);
  // Of a query with conditions on payloads, each of which takes long to read: in the wanted order, only
  // until enough are found.
  Result<std::vector<std::int64_t>> sift(const RecordQuery& query, const Column& column, Filter filter);
  // The page, if the first few records in the order of a measure hold it; else nothing.
  Result<std::vector<std::int64_t>> glance(const RecordQuery& query, const Column& column,
                                           const Filter& filter);
  Result<std::vector<std::int64_t>> walk_measure(const RecordQuery& query, const Column& column,
                                                 const Filter& filter);
  Result<std::vector<std::int64_t>> ids_of(const Sql& sql);
  Result<std::int64_t> number(const Sql& sql);
  Status fetch(std::span<const std::int64_t> ids, std::vector<StoredRecord>& records);

  std::unique_ptr<Database> database_;
  KindIds kinds_;  // those known to be in the database
};

// A cell that is a whole number.
std::int64_t number_of(const std::string& cell);

}  // namespace eb
