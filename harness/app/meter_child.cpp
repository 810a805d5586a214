#include "harness/app/meter_child.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "harness/app/commands.h"
#include "harness/app/meter_order.h"
#include "harness/base/clock.h"
#include "harness/base/crash.h"
#include "harness/base/process.h"
#include "harness/meters/meters.h"

namespace eb {
namespace {

constexpr std::int64_t kFlushNs = 100'000'000;
constexpr std::uint64_t kLargestFileBytes = 256 << 20;  // hours of a fast meter

// Readings, gathered and written ten times a second.
class TraceWriter {
 public:
  TraceWriter(const std::filesystem::path& file, std::span<const MeterInfo> infos)
      : out_(file, std::ios::binary | std::ios::trunc) {
    add(trace_head(infos));
    flush();
  }
  bool is_good() const { return out_.good() && written_bytes_ < kLargestFileBytes; }
  void add(const std::string& line) {
    out_ << line;
    written_bytes_ += line.size();
  }
  void flush_at(std::int64_t now_ns) {
    if (now_ns - flushed_ns_ < kFlushNs) return;
    flush();
    flushed_ns_ = now_ns;
  }
  void flush() { out_.flush(); }

 private:
  std::ofstream out_;
  std::uint64_t written_bytes_ = 0;
  std::int64_t flushed_ns_ = 0;
};

struct Opened {
  std::vector<std::unique_ptr<Meter>> meters{};
  std::vector<MeterInfo> infos{};
};

// The machine's own meters, and those instruments that the order names.
Result<std::vector<FoundMeter>> meters_of(const MeterOrder& order, Clock& clock) {
  auto all = make_meters(order.root);
  for (const std::string& name : order.names) {
    if (!is_instrument(name)) continue;
    auto opened = open_instrument(name, real_world(clock));
    if (!opened) return opened.error().within(name);
    all.push_back({std::move(opened->info), std::move(opened->meter), {}, name});
  }
  return all;
}

Result<Opened> open_meters(const MeterOrder& order, Clock& clock) {
  EB_GET(auto all, meters_of(order, clock));
  Opened opened;
  for (const std::string& id : order.names) {
    const auto at =
        std::find_if(all.begin(), all.end(), [&](const FoundMeter& found) { return found.name() == id; });
    if (at == all.end()) return Error{ErrorKind::unavailable, fmt::format("meter {} is gone", id)};
    if (!at->meter) return Error{ErrorKind::unavailable, fmt::format("meter {}: {}", id, at->reason)};
    opened.meters.push_back(std::move(at->meter));
    opened.infos.push_back(at->info);
  }
  return opened;
}

std::int64_t own_period_ns(const std::vector<MeterInfo>& infos) {
  std::int64_t longest_ns = 0;
  for (const MeterInfo& info : infos) longest_ns = std::max(longest_ns, period_ns_of(info));
  return longest_ns;
}

Status read_until_killed(const MeterOrder& order, int out) {
  const auto clock = make_steady_clock();
  EB_GET(const Opened opened, open_meters(order, *clock));
  TraceWriter writer(order.file, opened.infos);
  if (!writer.is_good()) return Error{ErrorKind::io, fmt::format("cannot write {}", order.file.string())};
  const std::int64_t period_ns = order.period_ns > 0 ? order.period_ns : own_period_ns(opened.infos);
  std::size_t rounds = 0;
  bool is_heard = true;
  const auto goes_on = [&] {
    if (rounds++ == 1) {
      writer.flush();
      is_heard = static_cast<bool>(write_line(out, kReadingLine));
    }
    writer.flush_at(clock->now_ns());
    return is_heard && writer.is_good();
  };
  sample(opened.meters, {period_ns, order.seed}, *clock, goes_on,
         [&](std::size_t meter, std::int64_t time_ns, const Result<double>& value) {
           writer.add(trace_line(meter, time_ns, value));
         });
  if (!is_heard) return Done{};
  return Error{ErrorKind::io, fmt::format("{} cannot hold more readings", order.file.string())};
}

Result<MeterChoice> choose(const MeterOrder& order) {
  const auto clock = make_steady_clock();
  EB_GET(const auto all, meters_of(order, *clock));
  EB_GET(auto power, choose_power_meters(all, order.names));
  return MeterChoice{std::move(power), sensors_of(all)};
}

}  // namespace

int meter_command() {
  end_with_parent();
  tell_crashes();
  const auto out = take_standard_output();
  if (!out) return complain(out.error().message, exit_bug);
  const std::string text{std::istreambuf_iterator<char>(std::cin), {}};
  const auto order = meter_order_from_text(text);
  if (!order) return complain(order.error().message, exit_usage);
  if (order->file.empty()) return write_line(*out, say_choice(choose(*order))) ? exit_ok : exit_failed;
  const auto read = read_until_killed(*order, *out);
  if (!read) return complain(read.error().message, exit_failed);
  return exit_ok;
}

}  // namespace eb
