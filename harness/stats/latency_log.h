#pragma once
// The latencies of one window, with bounded memory: every one up to kExactCount, then a histogram of all with
// bins of at most 0.1 %, plus the first and last kEdgeCount. Adding never allocates once reserve() was
// called, but for the one step from list to histogram.
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/result.h"

namespace eb {

class LatencyLog {
 public:
  static constexpr std::size_t kExactCount = 1'000'000;
  static constexpr std::size_t kEdgeCount = 100'000;

  // Makes room, page by page, for as many latencies as the window is expected to give.
  void reserve(std::size_t expected_count);

  void add(std::int64_t latency_ns) {
    sum_ns_ += static_cast<double>(latency_ns);
    if (exact_.size() < kExactCount && bins_.empty()) {
      exact_.push_back(latency_ns);
    } else {
      add_to_histogram(latency_ns);
    }
    ++count_;
  }
  // Adds all of another log (another launch of the same cell).
  void merge(const LatencyLog& other);

  std::uint64_t count() const { return count_; }
  bool is_exact() const { return bins_.empty(); }
  double mean_ns() const { return count_ ? sum_ns_ / static_cast<double>(count_) : 0; }
  // Ascending by index: the k-th smallest latency; from the histogram, the upper edge of its bin. k <
  // count().
  std::vector<double> at_indices_ns(std::span<const std::size_t> indices) const;
  // In the order of arrival: all while exact, else the first kEdgeCount.
  std::span<const std::int64_t> first_ns() const { return exact_; }
  // The last kEdgeCount in the order of arrival, once not exact.
  std::vector<std::int64_t> last_ns() const;

  // A file format of our own: "EBLAT1\n", little-endian; refused when damaged. At most about 8 MB.
  std::string to_bytes() const;
  static Result<LatencyLog> from_bytes(std::string_view bytes, std::string_view name);

 private:
  void add_to_histogram(std::int64_t latency_ns);
  void become_histogram();

  std::vector<std::int64_t> exact_;
  std::vector<std::uint64_t> bins_;
  std::vector<std::int64_t> ring_;
  std::size_t ring_at_ = 0;
  std::uint64_t count_ = 0;
  double sum_ns_ = 0;
};

}  // namespace eb
