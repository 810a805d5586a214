#include "harness/stats/latency_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>
#include <random>

#include "harness/base/process.h"

namespace eb {
namespace {

constexpr std::size_t kExact = LatencyLog::kExactCount;
constexpr std::size_t kEdge = LatencyLog::kEdgeCount;

// Latencies 0, 1, 2 ... in an order that is not sorted but known.
std::int64_t scrambled(std::size_t i, std::size_t n) {
  return static_cast<std::int64_t>((i * 7'919) % n);
}

LatencyLog log_of(std::size_t n) {
  LatencyLog log;
  for (std::size_t i = 0; i < n; ++i) log.add(scrambled(i, n));
  return log;
}

double at(const LatencyLog& log, std::size_t k) {
  return log.at_indices_ns(std::vector<std::size_t>{k})[0];
}

TEST(LatencyLog, IsEmptyAtFirst) {
  const LatencyLog log;
  EXPECT_EQ(log.count(), 0u);
  EXPECT_EQ(log.mean_ns(), 0);
  EXPECT_TRUE(log.is_exact());
  EXPECT_TRUE(log.first_ns().empty());
  EXPECT_TRUE(log.at_indices_ns({}).empty());
}

TEST(LatencyLog, KeepsEveryLatencyInOrderAndFindsTheKthSmallest) {
  LatencyLog log;
  for (const std::int64_t v : {50, 10, 40, 20, 30}) log.add(v);
  EXPECT_EQ(std::vector<std::int64_t>(log.first_ns().begin(), log.first_ns().end()),
            (std::vector<std::int64_t>{50, 10, 40, 20, 30}));
  const std::vector<std::size_t> indices = {4, 0, 2, 2};
  EXPECT_EQ(log.at_indices_ns(indices), (std::vector<double>{50, 10, 30, 30}));
  EXPECT_EQ(log.mean_ns(), 30);
  EXPECT_TRUE(log.last_ns().empty());
}

TEST(LatencyLog, ReservingChangesNothingThatIsSeen) {
  for (const std::size_t expected : {std::size_t{0}, std::size_t{10}, kExact * 5}) {
    LatencyLog log;
    log.reserve(expected);
    EXPECT_EQ(log.count(), 0u);
    log.add(7);
    EXPECT_EQ(log.count(), 1u);
    EXPECT_EQ(at(log, 0), 7);
  }
}

TEST(LatencyLog, IsExactUpToAMillionAndNotOneFurther) {
  LatencyLog log = log_of(kExact);
  EXPECT_TRUE(log.is_exact());
  EXPECT_EQ(at(log, 123'456), 123'456);
  log.add(500'000);
  EXPECT_FALSE(log.is_exact());
  EXPECT_EQ(log.count(), kExact + 1);
  EXPECT_NEAR(at(log, 123'456), 123'456, 124);
}

TEST(LatencyLog, AHistogramKeepsTheFirstAndTheLastHundredThousand) {
  constexpr std::size_t kCount = kExact + 250'001;
  LatencyLog log;
  for (std::size_t i = 0; i < kCount; ++i) log.add(static_cast<std::int64_t>(i));
  ASSERT_EQ(log.first_ns().size(), kEdge);
  EXPECT_EQ(log.first_ns().front(), 0);
  EXPECT_EQ(log.first_ns().back(), static_cast<std::int64_t>(kEdge) - 1);
  const auto last = log.last_ns();
  ASSERT_EQ(last.size(), kEdge);
  EXPECT_EQ(last.front(), static_cast<std::int64_t>(kCount - kEdge));
  EXPECT_EQ(last.back(), static_cast<std::int64_t>(kCount) - 1);
  EXPECT_TRUE(std::is_sorted(last.begin(), last.end()));
  EXPECT_DOUBLE_EQ(log.mean_ns(), static_cast<double>(kCount - 1) / 2);
}

TEST(LatencyLog, TheLastOnesAreRightFromTheFirstStepOn) {
  LatencyLog log;
  for (std::size_t i = 0; i <= kExact; ++i) log.add(static_cast<std::int64_t>(i));
  const auto last = log.last_ns();
  ASSERT_EQ(last.size(), kEdge);
  EXPECT_EQ(last.front(), static_cast<std::int64_t>(kExact + 1 - kEdge));
  EXPECT_EQ(last.back(), static_cast<std::int64_t>(kExact));
}

// A histogram of one value `v`, over and over.
const LatencyLog& base_histogram() {
  static const LatencyLog log = [] {
    LatencyLog zeros;
    for (std::size_t i = 0; i <= kExact; ++i) zeros.add(0);
    return zeros;
  }();
  return log;
}

TEST(LatencyLog, ABinIsAtMostAThousandthWide) {
  std::vector<std::int64_t> values = {0, 1, 2, 1023, 1024, 1025, 2047, 2048, 2049};
  for (int bit = 1; bit < 63; ++bit)
    for (const std::int64_t step : {-1, 0, 1}) values.push_back((std::int64_t{1} << bit) + step);
  values.push_back(std::numeric_limits<std::int64_t>::max());
  std::mt19937_64 random(1);
  for (int i = 0; i < 400; ++i) values.push_back(static_cast<std::int64_t>(random() >> (1 + random() % 62)));
  LatencyLog log = base_histogram();
  for (const std::int64_t v : values) log.add(v);
  std::sort(values.begin(), values.end());
  std::vector<std::size_t> indices(values.size());
  std::iota(indices.begin(), indices.end(), kExact + 1);
  const auto found = log.at_indices_ns(indices);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto v = static_cast<double>(values[i]);
    ASSERT_GE(found[i], v) << "an edge below its value would make latencies look better";
    ASSERT_LE(found[i], v * 1.001) << values[i];
  }
}

TEST(LatencyLog, NegativeLatenciesOfABrokenClockDoNoHarm) {
  LatencyLog log = base_histogram();
  log.add(-5);
  log.add(std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(log.count(), kExact + 3);
  EXPECT_EQ(at(log, 0), 0);
}

TEST(LatencyLog, MemoryStaysFlatAfterAMillion) {
  LatencyLog log = base_histogram();
  for (std::size_t i = 0; i < 2 * kEdge; ++i) log.add(static_cast<std::int64_t>(i * 977));
  const auto before = process_memory().resident_bytes;
  for (std::size_t i = 0; i < 3'000'000; ++i) log.add(static_cast<std::int64_t>(i * 31));
  const auto after = process_memory().resident_bytes;
  ASSERT_TRUE(before && after);
  EXPECT_LT(*after, *before + (1u << 20)) << "3 million more latencies took memory";
}

TEST(LatencyLog, MergingExactLogsIsAddingTheirLatencies) {
  LatencyLog all = log_of(1000);
  LatencyLog more;
  for (int i = 0; i < 500; ++i) more.add(10'000 + i);
  all.merge(more);
  all.merge(LatencyLog{});
  EXPECT_TRUE(all.is_exact());
  EXPECT_EQ(all.count(), 1500u);
  EXPECT_EQ(at(all, 999), 999);
  EXPECT_EQ(at(all, 1000), 10'000);
  EXPECT_EQ(all.first_ns().back(), 10'499);
}

TEST(LatencyLog, MergingTwoExactLogsMayMakeAHistogram) {
  LatencyLog all = log_of(kExact - 10);
  all.merge(log_of(20));
  EXPECT_FALSE(all.is_exact());
  EXPECT_EQ(all.count(), kExact + 10);
  EXPECT_EQ(all.last_ns().back(), scrambled(19, 20));
}

TEST(LatencyLog, MergingHistogramsKeepsEveryCount) {
  LatencyLog big = base_histogram();
  big.add(1'000'000);
  LatencyLog all = log_of(1000);
  all.merge(big);  // exact + histogram
  EXPECT_FALSE(all.is_exact());
  EXPECT_EQ(all.count(), 1000 + big.count());
  EXPECT_EQ(at(all, all.count() - 1), at(big, big.count() - 1));
  EXPECT_NEAR(at(all, all.count() - 2), 999, 1);
  all.merge(log_of(50));  // histogram + exact
  EXPECT_EQ(all.count(), 1050 + big.count());
  all.merge(big);  // histogram + histogram
  EXPECT_EQ(all.count(), 1050 + 2 * big.count());
  const double sum_ns = 999.0 * 1000 / 2 + 49.0 * 50 / 2 + 2 * 1'000'000.0;
  EXPECT_NEAR(all.mean_ns() * static_cast<double>(all.count()), sum_ns, sum_ns * 1e-9);
}

TEST(LatencyLog, MergingKeepsWhatCameFirstAndWhatCameLast) {
  LatencyLog big;
  for (std::size_t i = 0; i <= kExact; ++i) big.add(static_cast<std::int64_t>(i));
  LatencyLog all;
  all.merge(big);
  ASSERT_EQ(all.first_ns().size(), kEdge);
  EXPECT_TRUE(std::equal(all.first_ns().begin(), all.first_ns().end(), big.first_ns().begin()));
  EXPECT_EQ(all.last_ns(), big.last_ns());
  LatencyLog mixed = log_of(10);
  mixed.merge(big);
  ASSERT_EQ(mixed.first_ns().size(), kEdge);
  EXPECT_EQ(mixed.first_ns()[9], scrambled(9, 10));
  EXPECT_EQ(mixed.first_ns()[10], 0);
  EXPECT_EQ(mixed.first_ns()[11], 1);
}

void expect_same(const LatencyLog& a, const LatencyLog& b) {
  EXPECT_EQ(a.count(), b.count());
  EXPECT_EQ(a.is_exact(), b.is_exact());
  EXPECT_EQ(a.mean_ns(), b.mean_ns());
  EXPECT_TRUE(std::equal(a.first_ns().begin(), a.first_ns().end(), b.first_ns().begin(), b.first_ns().end()));
  EXPECT_EQ(a.last_ns(), b.last_ns());
  std::vector<std::size_t> indices;
  for (std::size_t k = 0; k < a.count(); k += 1 + a.count() / 97) indices.push_back(k);
  EXPECT_EQ(a.at_indices_ns(indices), b.at_indices_ns(indices));
}

TEST(LatencyLog, RoundTripsThroughItsFile) {
  LatencyLog histogram = base_histogram();
  for (std::size_t i = 0; i < 2 * kEdge; ++i) histogram.add(static_cast<std::int64_t>(i * i));
  for (const LatencyLog& log : {LatencyLog{}, log_of(1), log_of(1000), histogram}) {
    const auto back = LatencyLog::from_bytes(log.to_bytes(), "x.lat");
    ASSERT_TRUE(back) << back.error().message;
    expect_same(log, *back);
  }
}

TEST(LatencyLog, AFileGoesOnBeingALog) {
  LatencyLog log = base_histogram();
  for (std::size_t i = 0; i < kEdge + 7; ++i) log.add(static_cast<std::int64_t>(i));
  auto back = LatencyLog::from_bytes(log.to_bytes(), "x.lat");
  ASSERT_TRUE(back);
  for (std::int64_t v = 0; v < 100; ++v) {
    log.add(v);
    back->add(v);
  }
  expect_same(log, *back);
}

TEST(LatencyLog, TheFileIsAtMostEightMegabytes) {
  EXPECT_LT(log_of(kExact).to_bytes().size(), 8'100'000u);
  EXPECT_LT(base_histogram().to_bytes().size(), 8'100'000u);
}

std::string little_endian(std::initializer_list<std::uint64_t> words) {
  std::string bytes;
  for (const std::uint64_t word : words)
    for (int i = 0; i < 8; ++i) bytes += static_cast<char>((word >> (8 * i)) & 0xff);
  return bytes;
}

std::uint64_t bits(double value) {
  std::uint64_t word = 0;
  std::memcpy(&word, &value, sizeof word);
  return word;
}

const std::string kMagic = "EBLAT1\n";

bool is_refused(const std::string& bytes) {
  const auto log = LatencyLog::from_bytes(bytes, "raw/x.lat");
  if (log) return false;
  EXPECT_EQ(log.error().kind, ErrorKind::invalid);
  EXPECT_NE(log.error().message.find("raw/x.lat"), std::string::npos);
  return true;
}

TEST(LatencyLog, TheFormatIsAsItIsWrittenDown) {
  LatencyLog log;
  log.add(5);
  log.add(3);
  EXPECT_EQ(log.to_bytes(), kMagic + little_endian({2, bits(8), 2, 5, 3, 0, 0}));
}

TEST(LatencyLog, EveryTruncationOfAFileAndEveryByteMoreIsRefused) {
  LatencyLog log;
  for (const std::int64_t v : {1, 2, 3}) log.add(v);
  const std::string whole = log.to_bytes();
  for (std::size_t n = 0; n < whole.size(); ++n) ASSERT_TRUE(is_refused(whole.substr(0, n))) << n;
  EXPECT_TRUE(is_refused(whole + '\0'));
  EXPECT_TRUE(is_refused("eblat1\n" + whole.substr(kMagic.size())));
}

TEST(LatencyLog, HugeSizesInAFileAllocateNothing) {
  constexpr std::uint64_t kHuge = std::numeric_limits<std::uint64_t>::max();
  const auto before = process_memory().peak_bytes;
  for (const std::uint64_t size :
       {kHuge, kHuge / 8, kHuge / 16 + 1, std::uint64_t{1} << 61, std::uint64_t{1'000'001}}) {
    EXPECT_TRUE(is_refused(kMagic + little_endian({size, bits(0), size, 1, 1})));
    EXPECT_TRUE(is_refused(kMagic + little_endian({size, bits(0), 0, size, 1, 1})));
    EXPECT_TRUE(is_refused(kMagic + little_endian({size, bits(0), 0, 0, size, 1, 1})));
  }
  const auto after = process_memory().peak_bytes;
  ASSERT_TRUE(before && after);
  EXPECT_LT(*after, *before + (8u << 20));
}

TEST(LatencyLog, FilesThatContradictThemselvesAreRefused) {
  constexpr std::uint64_t kBins = 54 * 1024;
  EXPECT_FALSE(is_refused(kMagic + little_endian({3, bits(9), 0, 0, 1, 3, 3})))
      << "the form that the rest varies";
  EXPECT_TRUE(is_refused(kMagic + little_endian({2, bits(9), 3, 1, 2, 3, 0, 0}))) << "count of another list";
  EXPECT_TRUE(is_refused(kMagic + little_endian({4, bits(9), 0, 0, 1, 3, 3})))
      << "count of another histogram";
  EXPECT_TRUE(is_refused(kMagic + little_endian({3, bits(9), 0, 0, 1, kBins, 3})))
      << "a bin that is not there";
  EXPECT_TRUE(is_refused(kMagic + little_endian({3, bits(9), 0, 0, 2, 3, 1, 3, 2}))) << "one bin twice";
  EXPECT_TRUE(is_refused(kMagic + little_endian({1, bits(std::nan("")), 1, 5, 0, 0})))
      << "a sum that is no number";
  // Counts that only add up because they wrap around, and counts that no run can reach.
  EXPECT_TRUE(is_refused(kMagic + little_endian({1, bits(9), 0, 0, 2, 3, 1ull << 63, 4, (1ull << 63) + 1})));
  EXPECT_TRUE(is_refused(kMagic + little_endian({1ull << 60, bits(9), 0, 0, 1, 3, 1ull << 60})));
}

TEST(LatencyLog, RandomDamageNeverDoesMoreThanBeRefused) {
  const std::string whole = log_of(64).to_bytes();
  std::mt19937 random(7);
  for (int i = 0; i < 3000; ++i) {
    std::string damaged = whole;
    for (int k = 0; k < 3; ++k) damaged[random() % damaged.size()] = static_cast<char>(random());
    if (const auto log = LatencyLog::from_bytes(damaged, "x"); log && log->count() > 0) {
      EXPECT_EQ(log->at_indices_ns(std::vector<std::size_t>{0, log->count() - 1}).size(), 2u);
    }
  }
}

// The place of the 8 bytes of the sum: behind the magic and the count.
void put_sum(std::string& bytes, double sum_ns) {
  std::memcpy(bytes.data() + 7 + 8, &sum_ns, sizeof sum_ns);
}

TEST(LatencyLog, AFileWithTheSumOfOtherLatenciesIsDamaged) {
  LatencyLog few, many;
  for (int i = 0; i < 10; ++i) few.add(1000);
  for (std::size_t i = 0; i <= LatencyLog::kExactCount; ++i) many.add(1'000'000);
  for (const auto& [log, tolerance] : {std::pair(&few, 0.0), {&many, 0.001}}) {
    const double sum_ns = log->mean_ns() * static_cast<double>(log->count());
    std::string bytes = log->to_bytes();
    for (const double factor : {0.5, 0.998 - tolerance, 1.002 + tolerance, 2.0, -1.0}) {
      put_sum(bytes, sum_ns * factor);
      EXPECT_FALSE(LatencyLog::from_bytes(bytes, "x")) << factor;
    }
    put_sum(bytes, sum_ns);
    EXPECT_TRUE(LatencyLog::from_bytes(bytes, "x"));
  }
}

TEST(LatencyLog, AFileWithANegativeLatencyIsDamaged) {
  LatencyLog log;
  log.add(-1);
  log.add(2);
  EXPECT_FALSE(LatencyLog::from_bytes(log.to_bytes(), "x"));
}

}  // namespace
}  // namespace eb
