#include "harness/stats/latency_log.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <numeric>

namespace eb {
namespace {

// Bins: exact below 2^kSubBits ns, then 2^kSubBits to the octave, so that an edge is at most 1/1024 above a
// value.
constexpr unsigned kSubBits = 10;
constexpr std::uint64_t kSubCount = 1ull << kSubBits;
constexpr std::size_t kBinCount = (64 - kSubBits) * kSubCount;
constexpr std::string_view kMagic = "EBLAT1\n";
constexpr std::uint64_t kMostCount = 1'000'000'000'000;  // an hour of queries of 4 ns: more is damage

std::size_t bin_of(std::uint64_t value) {
  if (value < kSubCount) return value;
  const unsigned shift = static_cast<unsigned>(std::bit_width(value)) - kSubBits - 1;
  return (shift + 1) * kSubCount + ((value >> shift) - kSubCount);
}

std::uint64_t upper_edge(std::size_t bin) {
  if (bin < kSubCount) return bin;
  const std::uint64_t shift = bin / kSubCount - 1;
  return ((bin % kSubCount + kSubCount + 1) << shift) - 1;
}

void put_u64(std::string& bytes, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) bytes += static_cast<char>((value >> (8 * i)) & 0xff);
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::uint64_t u64() {
    if (bytes_.size() < 8) {
      good_ = false;
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < 8; ++i)
      value |= static_cast<std::uint64_t>(static_cast<unsigned char>(bytes_[i])) << (8 * i);
    bytes_.remove_prefix(8);
    return value;
  }
  bool holds(std::uint64_t count) const { return good_ && count <= bytes_.size() / 8; }
  bool is_done() const { return good_ && bytes_.empty(); }
  bool is_good() const { return good_; }

 private:
  std::string_view bytes_;
  bool good_ = true;
};

// Whether a sum can be that of these latencies: the mean comes from it, so a file must not state any other.
bool is_sum_of(double sum_ns, const std::vector<std::int64_t>& exact,
               const std::vector<std::uint64_t>& bins) {
  constexpr double kRounding = 1e-9;
  double low = 0, high = 0;
  if (bins.empty()) {
    for (const std::int64_t value : exact) low += static_cast<double>(value);
    high = low;
  }
  for (std::size_t bin = 0; bin < bins.size(); ++bin) {
    low += static_cast<double>(bins[bin]) * (bin == 0 ? 0 : static_cast<double>(upper_edge(bin - 1)));
    high += static_cast<double>(bins[bin]) * static_cast<double>(upper_edge(bin));
  }
  return sum_ns >= low * (1 - kRounding) - 1 && sum_ns <= high * (1 + kRounding) + 1;
}

}  // namespace

void LatencyLog::reserve(std::size_t expected_count) {
  // The pages are touched here, not in the timed loop.
  exact_.reserve(kExactCount);
  exact_.resize(std::min(expected_count, kExactCount));
  exact_.clear();
}

void LatencyLog::become_histogram() {
  bins_.assign(kBinCount, 0);
  for (const std::int64_t v : exact_)
    ++bins_[bin_of(static_cast<std::uint64_t>(std::max<std::int64_t>(v, 0)))];
  const std::size_t edge = std::min(kEdgeCount, exact_.size());
  ring_.assign(exact_.end() - static_cast<std::ptrdiff_t>(edge), exact_.end());
  exact_.resize(edge);
  exact_.shrink_to_fit();
}

void LatencyLog::add_to_histogram(std::int64_t latency_ns) {
  if (bins_.empty()) become_histogram();
  ++bins_[bin_of(static_cast<std::uint64_t>(std::max<std::int64_t>(latency_ns, 0)))];
  if (ring_.size() < kEdgeCount) {
    ring_.push_back(latency_ns);
  } else {
    ring_[ring_at_] = latency_ns;
    ring_at_ = (ring_at_ + 1) % kEdgeCount;
  }
}

void LatencyLog::merge(const LatencyLog& other) {
  if (other.is_exact()) {
    for (const std::int64_t v : other.exact_) add(v);
    return;
  }
  if (bins_.empty()) become_histogram();
  // Of what came first, other's fill up what this one has too few of.
  const std::size_t room =
      count_ < kEdgeCount ? std::min(kEdgeCount - exact_.size(), other.exact_.size()) : 0;
  exact_.insert(exact_.end(), other.exact_.begin(), other.exact_.begin() + static_cast<std::ptrdiff_t>(room));
  for (std::size_t i = 0; i < kBinCount; ++i) bins_[i] += other.bins_[i];
  ring_ = other.last_ns();
  ring_at_ = 0;
  count_ += other.count_;
  sum_ns_ += other.sum_ns_;
}

std::vector<std::int64_t> LatencyLog::last_ns() const {
  std::vector<std::int64_t> last(ring_.begin() + static_cast<std::ptrdiff_t>(ring_at_), ring_.end());
  last.insert(last.end(), ring_.begin(), ring_.begin() + static_cast<std::ptrdiff_t>(ring_at_));
  return last;
}

std::vector<double> LatencyLog::at_indices_ns(std::span<const std::size_t> indices) const {
  std::vector<double> values;
  if (is_exact()) {
    std::vector<std::int64_t> sorted = exact_;
    std::sort(sorted.begin(), sorted.end());
    for (const std::size_t k : indices) values.push_back(static_cast<double>(sorted[k]));
    return values;
  }
  std::vector<std::uint64_t> up_to(bins_.size());
  std::partial_sum(bins_.begin(), bins_.end(), up_to.begin());
  for (const std::size_t k : indices) {
    const auto bin = std::upper_bound(up_to.begin(), up_to.end(), k) - up_to.begin();
    values.push_back(static_cast<double>(upper_edge(static_cast<std::size_t>(bin))));
  }
  return values;
}

std::string LatencyLog::to_bytes() const {
  std::string bytes(kMagic);
  put_u64(bytes, count_);
  put_u64(bytes, std::bit_cast<std::uint64_t>(sum_ns_));
  const auto put_list = [&](const std::vector<std::int64_t>& list) {
    put_u64(bytes, list.size());
    for (const std::int64_t v : list) put_u64(bytes, static_cast<std::uint64_t>(v));
  };
  put_list(exact_);
  put_list(last_ns());
  const auto filled = std::count_if(bins_.begin(), bins_.end(), [](std::uint64_t n) { return n > 0; });
  put_u64(bytes, static_cast<std::uint64_t>(filled));
  for (std::size_t i = 0; i < bins_.size(); ++i) {
    if (bins_[i] == 0) continue;
    put_u64(bytes, i);
    put_u64(bytes, bins_[i]);
  }
  return bytes;
}

Result<LatencyLog> LatencyLog::from_bytes(std::string_view bytes, std::string_view name) {
  const Error damaged{ErrorKind::invalid,
                      fmt::format("{} is not a latency file of edgebench, or is damaged", name)};
  if (bytes.substr(0, kMagic.size()) != kMagic) return damaged;
  Reader in(bytes.substr(kMagic.size()));
  LatencyLog log;
  log.count_ = in.u64();
  log.sum_ns_ = std::bit_cast<double>(in.u64());
  if (log.count_ > kMostCount || !std::isfinite(log.sum_ns_)) return damaged;
  for (auto* list : {&log.exact_, &log.ring_}) {
    const std::uint64_t size = in.u64();
    if (!in.holds(size) || size > kExactCount) return damaged;
    for (std::uint64_t i = 0; i < size; ++i) list->push_back(static_cast<std::int64_t>(in.u64()));
    if (std::any_of(list->begin(), list->end(), [](std::int64_t value) { return value < 0; })) return damaged;
  }
  const std::uint64_t filled = in.u64();
  if (!in.holds(2 * filled) || filled > kBinCount) return damaged;
  const bool too_long =
      filled > 0 ? std::max(log.exact_.size(), log.ring_.size()) > kEdgeCount : !log.ring_.empty();
  if (too_long) return damaged;
  if (filled > 0) log.bins_.assign(kBinCount, 0);
  std::uint64_t total = filled > 0 ? 0 : log.exact_.size();
  for (std::uint64_t i = 0; i < filled; ++i) {
    const std::uint64_t bin = in.u64();
    const std::uint64_t n = in.u64();
    if (bin >= kBinCount || n == 0 || n > kMostCount || log.bins_[bin] != 0) return damaged;
    log.bins_[bin] = n;
    total += n;
  }
  if (!in.is_done() || total != log.count_ || !is_sum_of(log.sum_ns_, log.exact_, log.bins_)) return damaged;
  return log;
}

}  // namespace eb
