#include "results/server/facets.h"

#include "tests/results/server/board_test.h"

namespace eb::board::test {
namespace {

using FacetsTest = BoardTest;

TEST_F(FacetsTest, AreCountedSeldom) {
  Facets facets(clock_, 1000);
  MemoryStore reader(memory_);
  store(run_of({good_record()}));
  const auto tasks = [&] { return facets.of(reader, "task")->size(); };
  EXPECT_EQ(tasks(), 1U);
  auto other = good_record();
  other.task = "another";
  store(run_of({other}));
  EXPECT_EQ(tasks(), 1U);
  EXPECT_EQ(facets.of(reader, "device_name")->size(), 1U);
  clock_.advance(1000);
  EXPECT_EQ(tasks(), 2U);
}

TEST_F(FacetsTest, FailuresAreNotKept) {
  Facets facets(clock_, 1000);
  MemoryStore reader(memory_);
  memory_->failure = "busy";
  EXPECT_FALSE(facets.of(reader, "task"));
  memory_->failure.clear();
  EXPECT_TRUE(facets.of(reader, "task"));
}

TEST_F(FacetsTest, OnlyGoodRecordsCount) {
  Facets facets(clock_);
  MemoryStore reader(memory_);
  auto failed = good_record();
  failed.status = RunStatus::crashed;
  store(run_of({failed}));
  EXPECT_TRUE(facets.of(reader, "task")->empty());
}

TEST(ReadersTest, AStoreIsOpenedForEachThatReadsAtOnceAndKept) {
  int opened = 0;
  const auto memory = std::make_shared<Memory>();
  Readers readers([&]() -> Result<std::unique_ptr<Store>> {
    if (++opened > 2) return Error{ErrorKind::io, "too many"};
    return std::unique_ptr<Store>(new MemoryStore(memory));
  });
  {
    const auto one = readers.take(), two = readers.take(), three = readers.take();
    EXPECT_TRUE(one);
    EXPECT_TRUE(two);
    EXPECT_FALSE(three);
  }
  EXPECT_TRUE(readers.take());
  EXPECT_EQ(opened, 3);
}

}  // namespace
}  // namespace eb::board::test
