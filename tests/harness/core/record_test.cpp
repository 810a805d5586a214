#include "harness/core/record.h"

#include <gtest/gtest.h>

#include <clocale>
#include <cmath>
#include <limits>
#include <locale>
#include <nlohmann/json.hpp>
#include <set>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using Json = nlohmann::json;

// Gives every member a value of its own, whatever its type: new fields are in the test by being in the table.
struct Fill {
  RunRecord& record;
  int n;
  void operator()(std::string RunRecord::*m) const { record.*m = "text " + std::to_string(n); }
  void operator()(RunRecord::Count RunRecord::*m) const { record.*m = n; }
  void operator()(RunRecord::Number RunRecord::*m) const { record.*m = n + 0.25; }
  void operator()(bool RunRecord::*m) const { record.*m = true; }
  void operator()(RunStatus RunRecord::*m) const { record.*m = RunStatus::timeout; }
  void operator()(RunRecord::Texts RunRecord::*m) const { record.*m = {"a" + std::to_string(n), "b; c"}; }
  void operator()(std::vector<double> RunRecord::*m) const { record.*m = {0.5, n + 0.125}; }
};

RunRecord full_record() {
  RunRecord record;
  int n = 0;
  for (const Field& field : fields()) std::visit(Fill{record, ++n}, field.member);
  return record;
}

struct HasSameValue {
  const RunRecord& a;
  const RunRecord& b;
  template <class T>
  bool operator()(T RunRecord::*m) const {
    return a.*m == b.*m;
  }
};

TEST(Record, EveryFieldRoundTripsThroughJson) {
  const RunRecord record = full_record();
  const auto text = to_json(record).dump();
  const auto back = record_from_json(Json::parse(text));
  ASSERT_TRUE(back) << back.error().message;
  for (const Field& field : fields())
    EXPECT_TRUE(std::visit(HasSameValue{record, *back}, field.member)) << field.name;
  EXPECT_EQ(to_json(*back).dump(), text);
}

TEST(Record, TheTableHoldsEveryMemberOnce) {
  // Two fields of one member would write the same value twice and lose another.
  const RunRecord record = full_record();
  EXPECT_EQ(to_json(record).size(), fields().size());
  std::set<std::string> texts;
  std::set<std::string_view> names;
  std::size_t flags = 0;
  for (const Field& field : fields()) {
    EXPECT_TRUE(names.insert(field.name).second) << field.name;
    EXPECT_FALSE(field.doc.empty()) << field.name;
    EXPECT_TRUE(field.doc.ends_with('.')) << field.name;
    if (std::holds_alternative<bool RunRecord::*>(field.member)) {
      ++flags;
      continue;
    }
    EXPECT_TRUE(texts.insert(field_text(field, record, 10)).second) << field.name;
  }
  EXPECT_EQ(flags, 1u);
  // As many bytes as the members in the table, but for padding: a member that is not in the table would show.
  std::size_t bytes = 0;
  for (const Field& field : fields())
    bytes += std::visit([&](auto m) { return sizeof(record.*m); }, field.member);
  EXPECT_LE(sizeof(RunRecord) - bytes, 2 * sizeof(void*)) << "a member of RunRecord is not in fields()";
}

TEST(Record, AnEmptyOneHoldsNoNumbers) {
  const auto json = to_json(RunRecord{});
  EXPECT_EQ(json.size(), 2u) << json.dump();
  EXPECT_EQ(json["status"], "ok");
  EXPECT_EQ(json["ranked"], false);
}

TEST(Record, ANumberThatIsNotOneIsAbsent) {
  RunRecord record;
  record.workload = "w";
  record.quality = std::nan("");
  record.window_s = std::numeric_limits<double>::infinity();
  record.latency_mean_ms = 2.5;
  const auto back = record_from_json(Json::parse(to_json(record).dump()));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_FALSE(back->quality);
  EXPECT_FALSE(back->window_s);
  EXPECT_EQ(back->latency_mean_ms, 2.5);
}

TEST(Record, AWrongTypeInAnyFieldIsAnErrorThatNamesIt) {
  const auto good = Json::parse(to_json(full_record()).dump());
  for (const Field& field : fields()) {
    for (const Json& wrong : {Json(nullptr), Json::object(), Json{{1}}, Json(""), Json(1.5), Json(true)}) {
      Json json = good;
      const Json& right = json[std::string(field.name)];
      const bool fits = wrong.type() == right.type() || (right.is_number_float() && wrong.is_number());
      if (fits && field.name != "status") continue;
      json[std::string(field.name)] = wrong;
      const auto record = record_from_json(json);
      ASSERT_FALSE(record) << field.name << " took " << wrong.dump();
      EXPECT_NE(record.error().message.find("'" + std::string(field.name) + "'"), std::string::npos)
          << record.error().message;
    }
  }
}

TEST(Record, AListWithOneWrongItemIsRefused) {
  Json json = {{"workload", "w"}, {"status", "ok"}, {"warnings", {"a", 1}}};
  EXPECT_FALSE(record_from_json(json));
  json["warnings"] = {"a", "b"};
  json["latency_quantiles_ms"] = {1, 2.5};
  EXPECT_TRUE(record_from_json(json));
  json["latency_quantiles_ms"] = {1, "2"};
  EXPECT_FALSE(record_from_json(json));
}

TEST(Record, NeedsWorkloadAndStatusAndForgivesUnknownKeys) {
  EXPECT_TRUE(record_from_json(Json{{"workload", "w"}, {"status", "ok"}, {"from_the_future", {1, 2}}}));
  EXPECT_FALSE(record_from_json(Json{{"workload", "w"}}));
  EXPECT_FALSE(record_from_json(Json{{"status", "ok"}}));
  EXPECT_FALSE(record_from_json(Json{{"workload", ""}, {"status", "ok"}}));
  EXPECT_FALSE(record_from_json(Json{{"workload", "w"}, {"status", "splendid"}}));
  for (const char* text : {"[]", "null", "3", "\"x\""})
    EXPECT_FALSE(record_from_json(Json::parse(text))) << text;
}

TEST(Status, NamesGoThereAndBack) {
  const std::vector<std::string> names = {
      "ok",      "wrong",   "fallback",      "rejected", "unsupported", "unavailable",
      "crashed", "timeout", "out_of_memory", "failed",   "skipped"};
  for (std::size_t i = 0; i < names.size(); ++i) {
    EXPECT_EQ(status_name(static_cast<RunStatus>(i)), names[i]);
    EXPECT_EQ(status_from_name(names[i]), static_cast<RunStatus>(i));
  }
  EXPECT_EQ(names.size() - 1, static_cast<std::size_t>(RunStatus::skipped));
  EXPECT_FALSE(status_from_name(""));
  EXPECT_FALSE(status_from_name("OK"));
}

TEST(Status, FollowsTheKindOfTheError) {
  EXPECT_EQ(status_of(ErrorKind::unsupported), RunStatus::unsupported);
  EXPECT_EQ(status_of(ErrorKind::unavailable), RunStatus::unavailable);
  EXPECT_EQ(status_of(ErrorKind::out_of_memory), RunStatus::out_of_memory);
  EXPECT_EQ(status_of(ErrorKind::timeout), RunStatus::timeout);
  EXPECT_EQ(status_of(ErrorKind::fallback), RunStatus::fallback);
  for (const ErrorKind kind :
       {ErrorKind::invalid, ErrorKind::not_found, ErrorKind::io, ErrorKind::device, ErrorKind::internal})
    EXPECT_EQ(status_of(kind), RunStatus::failed);
}

std::string text_of(std::string_view name, const RunRecord& record, int significant = 6) {
  const Field* field = find_field(name);
  EXPECT_NE(field, nullptr) << name;
  return field ? field_text(*field, record, significant) : "";
}

TEST(FieldText, IsShortAndEmptyForWhatIsAbsent) {
  RunRecord record;
  EXPECT_EQ(text_of("latency_p50_ms", record), "");
  EXPECT_EQ(text_of("queries", record), "");
  EXPECT_EQ(text_of("warnings", record), "");
  EXPECT_EQ(text_of("ranked", record), "false");
  record.latency_p50_ms = 1234.56789;
  record.queries = 1'234'567;
  record.warnings = {"hot", "busy"};
  record.latency_quantiles_ms = {1, 2.5};
  record.status = RunStatus::wrong;
  EXPECT_EQ(text_of("latency_p50_ms", record), "1234.57");
  EXPECT_EQ(text_of("latency_p50_ms", record, 3), "1.23e+03");
  EXPECT_EQ(text_of("queries", record), "1234567");
  EXPECT_EQ(text_of("warnings", record), "hot; busy");
  EXPECT_EQ(text_of("latency_quantiles_ms", record), "1 2.5");
  EXPECT_EQ(text_of("status", record), "wrong");
  EXPECT_EQ(find_field("latency"), nullptr);
}

struct DecimalComma : std::numpunct<char> {
  char do_decimal_point() const override { return ','; }
  char do_thousands_sep() const override { return '.'; }
  std::string do_grouping() const override { return "\3"; }
};

TEST(FieldText, KnowsNoLocale) {
  RunRecord record;
  record.workload = "w";
  record.latency_p50_ms = 1.5;
  record.queries = 1'234'567;
  const std::locale old = std::locale::global(std::locale(std::locale::classic(), new DecimalComma));
  const std::string old_c = std::setlocale(LC_ALL, nullptr);
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  const std::string number = text_of("latency_p50_ms", record);
  const std::string count = text_of("queries", record);
  const std::string json = to_json(record).dump();
  const auto back = record_from_json(Json::parse(json));
  std::setlocale(LC_ALL, old_c.c_str());
  std::locale::global(old);
  EXPECT_EQ(number, "1.5");
  EXPECT_EQ(count, "1234567");
  EXPECT_NE(json.find("\"latency_p50_ms\":1.5"), std::string::npos) << json;
  ASSERT_TRUE(back);
  EXPECT_EQ(back->latency_p50_ms, 1.5);
}

}  // namespace
}  // namespace eb
