#pragma once
// A daemon that speaks PTDaemon's lines in front of any meter: what `edgebench powerd` answers. It knows no
// sockets and has no thread; whoever has them hands it lines and calls it when something is due.
//
// What a meter cannot say is -1, as in PTDaemon: volts, amperes and power factor always, watts where it gave
// no value. Samples are means over their interval: the difference of a counter, or the mean of readings at
// random moments. Two commands of its own say what stands behind the numbers: Source and UncertaintyModel.
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/base/clock.h"
#include "harness/meters/ptd_grammar.h"
#include "harness/meters/reading.h"
#include "harness/meters/sampling.h"

namespace eb {

struct PowerDaemonOptions {
  std::string version{};        // "0.1.0-4571b57a", as PTDaemon writes its own
  std::string system{};         // of the machine: "Linux 6.1"
  std::string calibration{};    // what the user states of it; empty: unknown
  bool accepts_ranges = false;  // says "Range V changed" although a meter's range is fixed
  std::uint64_t seed = 1;       // of the random moments
};

class PowerDaemon {
 public:
  // All of these outlive the daemon. `utc_ms`: the time since 1970.
  PowerDaemon(Meter& meter, MeterInfo info, Clock& clock, std::function<std::int64_t()> utc_ms,
              PowerDaemonOptions options);

  // The lines, each with CR LF, that a client gets for its line.
  std::string answer(std::string_view line);
  // Reads the meter, and ends samples, as far as that is due.
  void tick();
  // When the next tick is due; absent while nothing is measured.
  std::optional<std::int64_t> due_ns() const;
  // Lines of the log since the last call, without their end: what PTDaemon writes to its own.
  std::vector<std::string> take_log();

 private:
  struct Measurement {
    std::int64_t interval_ns = 0, sample_end_ns = 0, next_read_ns = 0;
    int ramp_up = 0;
    JitteredTimes times;
    double sum_w = 0;  // of the readings in this interval
    int readings = 0;
    std::optional<Reading> counter{};  // at the start of this interval
  };

  std::string identify() const;
  std::string source() const;
  std::string uncertainty_model() const;
  std::string set_range(const std::vector<std::string>& words);
  std::string go(const std::vector<std::string>& words);
  std::string stop();
  std::string unread(const std::vector<std::string>& words);
  std::string latest() const;
  std::string one_line(const std::vector<std::string>& line);

  void read_power();
  double mean_of_interval();
  double counted_w(Measurement& now);
  void end_sample();
  void log(std::string_view text);

  Meter& meter_;
  MeterInfo info_;
  Clock& clock_;
  std::function<std::int64_t()> utc_ms_;
  PowerDaemonOptions options_;
  std::optional<Measurement> measurement_{};
  std::vector<ptd::Sample> samples_{};
  std::size_t read_ = 0;  // of them, by clients
  std::string mark_ = "notset", last_error_{};
  std::vector<std::string> log_{};
};

}  // namespace eb
