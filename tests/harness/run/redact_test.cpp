#include "harness/run/redact.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

const PrivateFolders kFolders = {{"/home/alice/secret dir", "/data/models/"}, "/home/alice"};

TEST(Redact, PathsAreNamedFromTheirFolderOn) {
  const std::pair<const char*, const char*> texts[] = {
      {"Load model from /home/alice/secret dir/m.onnx failed", "Load model from m.onnx failed"},
      {"allowed directory: \"/home/alice/secret dir\"", "allowed directory: \".\""},
      {"/data/models/nlp/m.onnx, /data/models/x is not there", "nlp/m.onnx, x is not there"},
      {"cannot open /home/alice/lib/x.so", "cannot open ~/lib/x.so"},
      {"HOME=/home/alice", "HOME=~"},
      {"file:///data/models/x", "file:///data/models/x"},  // not ours, and no worse than any other
      {"", ""},
  };
  for (const auto& [text, redacted] : texts) EXPECT_EQ(redact(text, kFolders), redacted);
}

TEST(Redact, NamesThatOnlyBeginOrEndAlikeAreKept) {
  for (const char* text :
       {"/data/models2/x", "/home/alice2/x", "/home/alice-b", "/mnt/data/models/x", "/data/model"})
    EXPECT_EQ(redact(text, kFolders), text);
}

TEST(Redact, TheRootAndNoFolderHideNothing) {
  EXPECT_EQ(redact("/etc/x", {{"/", ""}, ""}), "/etc/x");
  EXPECT_EQ(redact("/etc/x", {}), "/etc/x");
}

TEST(Redact, ARecordIsCleanInEveryText) {
  RunRecord record;
  record.reason = "no /home/alice/m.onnx";
  record.warnings = {"ok", "slow disk at /data/models"};
  record.unranked_reasons = {"/home/alice is on a network"};
  redact(record, kFolders);
  EXPECT_EQ(record.reason, "no ~/m.onnx");
  EXPECT_EQ(record.warnings, (RunRecord::Texts{"ok", "slow disk at ."}));
  EXPECT_EQ(record.unranked_reasons, (RunRecord::Texts{"~ is on a network"}));
}

}  // namespace
}  // namespace eb
