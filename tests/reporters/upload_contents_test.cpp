#include <gmock/gmock.h>
#include <zip.h>

#include <fstream>
#include <utility>

#include "reporters/upload.h"
#include "tests/reporters/upload_support.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using test::upload::kTarget;
using ::testing::HasSubstr;
using ::testing::Not;

std::string archive(const std::vector<std::pair<std::string, std::string>>& files) {
  const auto folder = *TempFolder::create();
  const auto file = folder.path() / "x.zip";
  int code = 0;
  zip_t* zip = zip_open(file.c_str(), ZIP_CREATE, &code);
  for (const auto& [name, bytes] : files)
    zip_file_add(zip, name.c_str(), zip_source_buffer(zip, bytes.data(), bytes.size(), 0), 0);
  EXPECT_EQ(zip_close(zip), 0);
  return *read_file(file, 1 << 20);
}

TEST(UploadContents, EveryFileAndTheRequestAreShown) {
  const std::string latencies("EBLAT1\n\0\1\2", 10);
  const std::string bundle =
      archive({{"run.json", R"({"schema":"edgebench.run/1","records":[{"z":1,"a":2}]})"},
               {"signature", "abcdef"},
               {"raw/cell.lat", latencies},
               {"raw/cell.power.csv", "# meter\ntime_ns,value\n1,2\n"}});
  const auto text = describe_upload(kTarget, bundle);
  ASSERT_EQ(problem(text), "");
  EXPECT_THAT(*text, HasSubstr("POST https://board.example/api/v1/results\n"));
  EXPECT_THAT(*text, HasSubstr("Idempotency-Key: " + sha256_hex(bundle)));
  EXPECT_THAT(*text, HasSubstr("Content-Length: " + std::to_string(bundle.size())));
  EXPECT_THAT(*text, HasSubstr("a ZIP archive of 4 files"));
  EXPECT_THAT(*text, HasSubstr("        {\n          \"z\": 1,\n          \"a\": 2\n        }\n"))
      << "in its own order";
  EXPECT_THAT(*text, HasSubstr("signature: 6 bytes, sha256 " + sha256_hex("abcdef") + "\n    abcdef\n"));
  EXPECT_THAT(
      *text, HasSubstr("raw/cell.lat: 10 bytes, sha256 " + sha256_hex(latencies) + "\n\nraw/cell.power.csv"));
  EXPECT_THAT(*text, HasSubstr("    time_ns,value\n    1,2\n"));
}

TEST(UploadContents, NothingThatATerminalObeysIsShown) {
  const auto text = describe_upload(kTarget, archive({{"run.json", "{\"x\":\"\\u001b[31m\"}"},
                                                      {"raw/text", "line\x1b]0;title\x07\nnext\xc2\x9b"}}));
  ASSERT_EQ(problem(text), "");
  EXPECT_THAT(*text, Not(HasSubstr("\x1b")));
  EXPECT_THAT(*text, Not(HasSubstr("\x07")));
  EXPECT_THAT(*text, Not(HasSubstr("\xc2\x9b")));
  EXPECT_THAT(*text, HasSubstr("next"));
  const std::string refusal = problem(describe_upload(kTarget, archive({{"a\x1b[2J", "{}"}})));
  EXPECT_THAT(refusal, HasSubstr("the bundle cannot be shown"));
  EXPECT_THAT(refusal, Not(HasSubstr("\x1b")));
}

TEST(UploadContents, WhatIsNoArchiveIsAnError) {
  const std::string good = archive({{"run.json", "{}"}});
  for (const std::string& bad : {std::string(), std::string("bundle"), good.substr(0, good.size() / 2)})
    EXPECT_THAT(problem(describe_upload(kTarget, bad)), HasSubstr("the bundle cannot be shown"));
}

TEST(UploadContents, ADamagedFileIsAnError) {
  std::string bundle = archive({{"run.json", std::string(1000, 'x')}});
  bundle[40] = static_cast<char>(bundle[40] ^ 0x55);  // in its compressed data
  EXPECT_THAT(problem(describe_upload(kTarget, bundle)), HasSubstr("cannot be unpacked"));
}

}  // namespace
}  // namespace eb
