#include <fmt/format.h>

#include "harness/app/commands.h"
#include "harness/app/query_output.h"
#include "harness/app/store_options.h"
#include "harness/base/process.h"

namespace eb {

int query_command(const QueryCommand& command) {
  RecordQuery query{
      .order_by = command.order_by, .is_descending = command.is_descending, .limit = command.limit};
  auto where = conditions_from_words(command.where);
  if (!where) return complain(where.error().within("--where").message, exit_usage);
  query.where = *std::move(where);
  if (const auto known = check_fields(command.fields); !known)
    return complain(known.error().within("--fields").message, exit_usage);
  const auto store = open_store(command.db, StoreUse::read);
  if (!store) return complain(store.error().within("--db").message, exit_failed);
  const auto records = (*store)->find(query);
  if (!records)
    return complain(records.error().message,
                    records.error().kind == ErrorKind::invalid ? exit_usage : exit_failed);
  const auto fields = command.fields.empty() ? usual_fields() : command.fields;
  if (command.format == "json") {
    fmt::print("{}", stored_as_json(*records, command.fields));
  } else if (command.format == "csv") {
    fmt::print("{}", stored_as_csv(*records, fields));
  } else {
    fmt::print("{}", stored_as_table(*records, fields, terminal_width()));
  }
  return exit_ok;
}

}  // namespace eb
