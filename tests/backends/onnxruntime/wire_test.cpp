#include "backends/onnxruntime/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb::onnx {
namespace {

using test::problem;
using ::testing::HasSubstr;
using namespace std::string_literals;

// Field 1 a varint, 2 bytes, 3 eight bytes, 4 four bytes, 2047 a varint of ten bytes.
const std::string kMessage =
    "\x08\x96\x01"
    "\x12\x03"
    "abc"
    "\x19"
    "12345678"
    "\x25"
    "1234"
    "\xf8\x7f\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s;

TEST(WireReader, ReadsEachKindOfField) {
  WireReader reader(kMessage);
  std::string whole;
  std::string_view payload;
  std::vector<std::uint32_t> numbers;
  std::vector<std::uint64_t> values;
  while (true) {
    const auto field = reader.next();
    ASSERT_EQ(problem(field), "");
    if (!*field) break;
    whole += (*field)->whole;
    numbers.push_back((*field)->number);
    if ((*field)->payload) payload = *(*field)->payload;
    values.push_back((*field)->value);
  }
  EXPECT_EQ(whole, kMessage);
  EXPECT_THAT(numbers, ::testing::ElementsAre(1, 2, 3, 4, 2047));
  EXPECT_EQ(payload, "abc");
  EXPECT_THAT(values, ::testing::ElementsAre(150, 0, 0, 0, ~std::uint64_t{0})) << "only of varints";
}

TEST(WireReader, EveryTruncationIsAnErrorOrAWholeNumberOfFields) {
  for (std::size_t n = 0; n < kMessage.size(); ++n) {
    WireReader reader(std::string_view(kMessage).substr(0, n));
    std::size_t read = 0;
    while (true) {
      const auto field = reader.next();
      EXPECT_TRUE(field || field.error().kind == ErrorKind::invalid);
      if (!field || !*field) break;
      read += (*field)->whole.size();
    }
    EXPECT_LE(read, n);
  }
}

TEST(WireReader, SaysWhatIsWrong) {
  const std::pair<std::string, const char*> bad[] = {
      {"\x0b"s, "a type that ONNX does not use"},
      {"\x08"s, "ends within a number"},
      {"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, "longer than the message"},
      {"\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"s, "more than ten bytes"},
      {"\x00\x00"s, "number that no field has"},
      {"\x80\x80\x80\x80\x80\x01\x00"s, "number that no field has"}};
  for (const auto& [message, reason] : bad)
    EXPECT_THAT(problem(WireReader(message).next()), HasSubstr(reason));
}

TEST(AppendField, WritesWhatTheReaderReads) {
  std::string message;
  const std::string longer(300, 'x');
  append_field(7, longer, message);
  append_field(16, "", message);
  WireReader reader(message);
  EXPECT_EQ((*reader.next())->payload, longer);
  const auto empty = *reader.next();
  EXPECT_EQ(empty->number, 16u);
  EXPECT_EQ(empty->payload, "");
  EXPECT_FALSE(*reader.next());
}

}  // namespace
}  // namespace eb::onnx
