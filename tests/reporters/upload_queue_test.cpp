#include "reporters/upload_queue.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <chrono>
#include <fstream>

#include "harness/base/files.h"
#include "tests/support/tree.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using test::problem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class UploadQueueFolder : public ::testing::Test {
 protected:
  static QueuedUpload upload(std::int64_t queued_at_s = 100) {
    return {.target = "https://board.example", .receipt = "/runs/1/upload.json", .queued_at_s = queued_at_s};
  }
  std::vector<fs::path> files() const {
    std::vector<fs::path> names;
    for (const auto& entry : fs::directory_iterator(queue_.folder())) names.push_back(entry.path());
    return names;
  }
  std::vector<QueuedUpload> list() {
    problems_.clear();
    return queue_.list(problems_);
  }
  fs::path file(const QueuedUpload& of, const char* ending) const {
    return queue_.folder() / fmt::format("{}.{}", of.id, ending);
  }

  TempFolder folder_ = *TempFolder::create();
  UploadQueue queue_ = *UploadQueue::open(folder_.path() / "queue");
  std::vector<std::string> problems_;
};

TEST_F(UploadQueueFolder, KeepsWhatWasAdded) {
  const auto added = queue_.add(upload(), "bundle");
  ASSERT_EQ(problem(added), "");
  EXPECT_EQ(added->sha256, sha256_hex("bundle"));
  const auto again = *UploadQueue::open(folder_.path() / "queue");  // as another process sees it
  const auto seen = again.list(problems_);
  ASSERT_THAT(seen, SizeIs(1));
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_EQ(seen[0].id, added->id);
  EXPECT_EQ(seen[0].target, "https://board.example");
  EXPECT_EQ(seen[0].receipt, "/runs/1/upload.json");
  EXPECT_EQ(seen[0].queued_at_s, 100);
  EXPECT_TRUE(seen[0].delete_token.starts_with("ebd_"));
  EXPECT_EQ(seen[0].delete_token, added->delete_token);
  EXPECT_EQ(*again.bundle(seen[0]), "bundle");
  for (const auto& name : files())
    EXPECT_EQ(fs::status(name).permissions() & fs::perms::all, fs::perms::owner_read | fs::perms::owner_write)
        << name;
}

TEST_F(UploadQueueFolder, TheSameUploadIsThereOnceWithItsHistory) {
  auto first = *queue_.add(upload(), "bundle");
  first.attempts = 3;
  first.not_before_s = 500;
  first.last_problem = "the server has a problem";
  ASSERT_TRUE(queue_.update(first));
  const auto second = queue_.add(upload(200), "bundle");
  ASSERT_EQ(problem(second), "");
  EXPECT_EQ(second->attempts, 3);
  EXPECT_EQ(second->not_before_s, 500);
  EXPECT_EQ(second->last_problem, "the server has a problem");
  EXPECT_EQ(second->queued_at_s, 100);
  EXPECT_THAT(list(), SizeIs(1));
}

TEST_F(UploadQueueFolder, AnotherTargetOrBundleIsAnotherUpload) {
  const auto a = *queue_.add(upload(2), "bundle"), b = *queue_.add(upload(1), "other");
  auto elsewhere = upload(3);
  elsewhere.target = "https://other.example";
  const auto c = *queue_.add(elsewhere, "bundle");
  std::vector<std::string> ids;
  for (const auto& seen : list()) ids.push_back(seen.id);
  EXPECT_THAT(ids, ElementsAre(b.id, a.id, c.id)) << "oldest first";
}

TEST_F(UploadQueueFolder, WhatIsRemovedLeavesNothing) {
  const auto added = *queue_.add(upload(), "bundle");
  EXPECT_EQ(problem(queue_.remove(added)), "");
  EXPECT_THAT(files(), IsEmpty());
  EXPECT_FALSE(queue_.find(added.id));
  EXPECT_EQ(problem(queue_.remove(added)), "") << "twice does no harm";
}

TEST_F(UploadQueueFolder, AProcessThatEndsBetweenTwoStepsLosesNothing) {
  const auto added = *queue_.add(upload(), "bundle");
  fs::remove(file(added, "json"));  // added only half: no upload yet
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_EQ(queue_.add(upload(), "bundle")->id, added.id);
  ASSERT_THAT(list(), SizeIs(1));
  EXPECT_EQ(*queue_.bundle(added), "bundle");
}

TEST_F(UploadQueueFolder, OrphansGoAfterADayAndNotBefore) {
  const auto added = *queue_.add(upload(), "bundle");
  const auto kept = *queue_.add(upload(), "other");
  fs::remove(file(added, "json"));
  std::ofstream(queue_.folder() / "x.json.1-1.part") << "half";
  ASSERT_TRUE(UploadQueue::open(queue_.folder()));
  EXPECT_THAT(files(), SizeIs(4));
  const auto old = fs::file_time_type::clock::now() - std::chrono::hours(25);
  for (const auto& name : files()) fs::last_write_time(name, old);
  ASSERT_TRUE(UploadQueue::open(queue_.folder()));
  EXPECT_THAT(files(), ::testing::UnorderedElementsAre(file(kept, "json"), file(kept, "ebz")));
}

TEST_F(UploadQueueFolder, ABundleThatChangedIsNotSent) {
  const auto added = *queue_.add(upload(), "bundle");
  std::ofstream(file(added, "ebz")) << "hijack";
  EXPECT_THAT(problem(queue_.bundle(added)), HasSubstr("is not the bundle that was queued"));
  EXPECT_EQ(queue_.add(upload(), "bundle")->id, added.id);
  EXPECT_EQ(*queue_.bundle(added), "bundle") << "made good";
}

TEST_F(UploadQueueFolder, WhatIsNoEntryIsAProblemAndNoEntry) {
  const auto added = *queue_.add(upload(), "bundle");
  const std::string good = *read_file(file(added, "json"), 10'000);
  const auto write = [&](const std::string& text) {
    std::ofstream(file(added, "json"), std::ios::trunc) << text;
    return list();
  };
  const auto with = [&](std::string from, const std::string& to) {
    std::string text = good;
    return text.replace(text.find(from), from.size(), to);
  };
  for (const std::string& bad :
       {std::string(), std::string("{}"), std::string("[]"), good.substr(0, good.size() / 2),
        with("edgebench.upload/1", "x"), with("https://board.example", "https://evil.example"),
        with("https://board.example", "file:///etc"), with(R"("attempts": 0)", R"("attempts": "0")"),
        with("/runs/1/upload.json", "upload.json"), with(added.sha256, std::string(64, '0')),
        with(R"("not_before_s": 0)", R"("not_before_s": 1.5)")}) {
    EXPECT_THAT(write(bad), IsEmpty()) << bad;
    EXPECT_THAT(problems_, ElementsAre(HasSubstr(added.id + ".json is no queued upload"))) << bad;
  }
  EXPECT_THAT(write(good), SizeIs(1));
  fs::permissions(file(added, "json"), fs::perms::others_write, fs::perm_options::add);
  EXPECT_THAT(list(), IsEmpty()) << "who could write there could send the token elsewhere";
  EXPECT_THAT(problems_, ElementsAre(HasSubstr("chmod 600")));
}

TEST_F(UploadQueueFolder, OtherFilesAreLeftAlone) {
  std::ofstream(queue_.folder() / "notes.txt") << "mine";
  std::ofstream(queue_.folder() / "notes.json") << "mine";
  EXPECT_THAT(list(), IsEmpty());
  EXPECT_THAT(problems_, IsEmpty());
  EXPECT_THAT(files(), SizeIs(2));
}

TEST_F(UploadQueueFolder, AFolderOfOthersIsRefused) {
  EXPECT_THAT(problem(UploadQueue::open("")), HasSubstr("--queue"));
  fs::permissions(queue_.folder(), fs::perms::group_write, fs::perm_options::add);
  EXPECT_THAT(problem(UploadQueue::open(queue_.folder())), HasSubstr("other users may change"));
}

TEST_F(UploadQueueFolder, OneProcessHasAnUpload) {
  const auto added = *queue_.add(upload(), "bundle");
  const auto lock = queue_.lock(added);
  ASSERT_TRUE(lock && *lock);
  const auto second = queue_.lock(added);
  ASSERT_TRUE(second);
  EXPECT_FALSE(*second);
}

}  // namespace
}  // namespace eb
