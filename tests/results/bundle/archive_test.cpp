#include "results/bundle/archive.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using ::testing::HasSubstr;

using Files = std::vector<std::pair<std::string, std::string_view>>;

std::string archive_of(const Files& files) {
  auto bytes = write_archive(files);
  EXPECT_EQ(problem(bytes), "");
  return bytes ? *bytes : "";
}

std::string why_not(std::string_view bytes, std::size_t most_files = 100) {
  return problem(Archive::open(bytes, most_files));
}

// The place of the n-th row of the directory.
std::size_t row(const std::string& archive, std::size_t n = 0) {
  std::size_t at = archive.find("PK\1\2");
  for (; n > 0; --n) at = archive.find("PK\1\2", at + 4);
  return at;
}

std::string with_byte(std::string archive, std::size_t at, int value) {
  archive.at(at) = static_cast<char>(value);
  return archive;
}

const std::string kLong(100'000, 'x');

TEST(Archive, GivesBackWhatWasPut) {
  const std::string empty;
  const std::string bytes = archive_of({{"run.json", "{}"}, {"raw/1.lat", kLong}, {"raw/2.lat", empty}});
  EXPECT_LT(bytes.size(), 2000u);
  const auto archive = Archive::open(bytes, 3);
  ASSERT_EQ(problem(archive), "");
  ASSERT_EQ(archive->entries().size(), 3u);
  EXPECT_EQ(archive->entries()[1].name, "raw/1.lat");
  EXPECT_EQ(*archive->read("run.json", 2), "{}");
  EXPECT_EQ(*archive->read("raw/1.lat", kLong.size()), kLong);
  EXPECT_EQ(*archive->read("raw/2.lat", 0), "");
}

TEST(Archive, SameFilesMakeSameBytes) {
  const Files files = {{"run.json", "{}"}, {"raw/1.lat", kLong}};
  EXPECT_EQ(archive_of(files), archive_of(files));
}

TEST(Archive, CountsWhatItUnpacksAndDoesNotTrustTheDirectory) {
  const std::string bytes = archive_of({{"raw/1.lat", kLong}});
  EXPECT_THAT(problem(Archive::open(bytes, 1)->read("raw/1.lat", kLong.size() - 1)),
              HasSubstr("more than the"));
  const auto lying = with_byte(bytes, row(bytes) + 24, 7);  // of the unpacked size
  const auto archive = Archive::open(lying, 1);
  EXPECT_FALSE(archive && archive->read("raw/1.lat", 1000));
}

TEST(Archive, RefusesMoreFilesThanAllowed) {
  const std::string bytes = archive_of({{"raw/1.lat", "1"}, {"raw/2.lat", "2"}});
  EXPECT_EQ(why_not(bytes, 2), "");
  EXPECT_THAT(why_not(bytes, 1), HasSubstr("2 files"));
}

TEST(Archive, TakesNoOtherNames) {
  for (const char* name :
       {"manifest.json", "signature", "run.json", "raw/launches.jsonl", "raw/001_1.power2.csv"})
    EXPECT_TRUE(is_archive_name(name)) << name;
  for (const char* name : {"", "raw", "raw/", "/run.json", "../run.json", "raw/../run.json", "raw/..",
                           "raw/.x", "raw/a..b", "raw/a/b", "raw\\a", "raw/a\\b", "C:run.json", "raw/a b",
                           "RUN.JSON", "run.json/", "raw/\xc3\xa4", "other.txt"})
    EXPECT_FALSE(is_archive_name(name)) << name;
  EXPECT_FALSE(is_archive_name(std::string_view("run.json\0", 9)));
  EXPECT_FALSE(is_archive_name("raw/" + std::string(200, 'a')));
}

TEST(Archive, RefusesNamesThatNoBundleHas) {
  const std::string bytes = archive_of({{"raw/ab.lat", "1"}});
  for (const auto& [at, value] : {std::pair(4, '/'), {5, '\0'}, {5, '\\'}, {4, '.'}})
    EXPECT_THAT(why_not(with_byte(bytes, row(bytes) + 46 + static_cast<std::size_t>(at), value)),
                HasSubstr("name no bundle has"))
        << at << ' ' << int(value);
}

TEST(Archive, RefusesDirectoriesThatDifferFromTheFiles) {
  std::string bytes = archive_of({{"raw/1.lat", "1"}});
  EXPECT_THAT(why_not(with_byte(bytes, row(bytes) + 46 + 4, '2')), HasSubstr("damaged"));
}

TEST(Archive, RefusesWhatIsNoPlainFile) {
  const std::string bytes = archive_of({{"raw/1.lat", kLong}});
  const std::size_t at = row(bytes);
  EXPECT_THAT(why_not(with_byte(bytes, at + 8, 1)), HasSubstr("encrypted"));
  EXPECT_THAT(why_not(with_byte(bytes, at + 9, 0x20)), HasSubstr("do not have"));
  EXPECT_THAT(why_not(with_byte(bytes, at + 10, 12)), HasSubstr("otherwise than by deflate"));
  EXPECT_THAT(why_not(with_byte(bytes, at + 41, 0xa1)), HasSubstr("a link"));
  EXPECT_THAT(why_not(with_byte(bytes, at + 41, 0x41)), HasSubstr("a link or no file"));
  for (int i = 0; i < 4; ++i) {
    const std::string large = bytes;
    std::string zip64 = large;
    for (std::size_t b = 0; b < 4; ++b) zip64[at + 24 + b] = '\xff';
    EXPECT_THAT(why_not(zip64), HasSubstr("too large"));
  }
}

TEST(Archive, RefusesAFileTwice) {
  std::string bytes = archive_of({{"raw/1.lat", "1"}, {"raw/2.lat", "1"}});
  for (std::size_t at = bytes.find("raw/2"); at != std::string::npos; at = bytes.find("raw/2", at))
    bytes[at + 4] = '1';
  EXPECT_THAT(why_not(bytes), HasSubstr("raw/1.lat twice"));
}

TEST(Archive, RefusesFilesThatOverlap) {
  std::string bytes = archive_of({{"raw/1.lat", kLong}, {"raw/2.lat", kLong}});
  const std::size_t second = row(bytes, 1);
  for (std::size_t b = 0; b < 4; ++b) bytes[second + 42 + b] = '\0';  // at the first one's place
  EXPECT_THAT(why_not(bytes), HasSubstr("overlap"));
}

TEST(Archive, RefusesBytesAroundIt) {
  const std::string bytes = archive_of({{"raw/1.lat", kLong}});
  EXPECT_NE(why_not(bytes + "x"), "");
  EXPECT_NE(why_not("x" + bytes), "");
  EXPECT_NE(why_not(bytes.substr(1)), "");
  EXPECT_NE(why_not(""), "");
  std::string commented = bytes;
  commented[commented.size() - 2] = 1;
  EXPECT_NE(why_not(commented + "c"), "");
}

TEST(Archive, IsRefusedWhereverItIsCutOff) {
  const std::string bytes = archive_of({{"run.json", "{}"}, {"raw/1.lat", "abc"}});
  for (std::size_t n = 0; n < bytes.size(); ++n) EXPECT_NE(why_not(bytes.substr(0, n)), "") << n;
}

TEST(Archive, DamageIsSeenByTheChecksum) {
  const std::string text = "what was put is what is read";
  const std::string bytes = archive_of({{"raw/1.lat", text}});
  const std::size_t data = 30 + 9;
  for (std::size_t i = data; i < data + 20; ++i) {
    const std::string damaged = with_byte(bytes, i, bytes[i] ^ 0x55);
    const auto archive = Archive::open(damaged, 1);
    EXPECT_FALSE(archive && archive->read("raw/1.lat", 1000)) << i;
  }
}

}  // namespace
}  // namespace eb
