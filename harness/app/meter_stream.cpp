#include "harness/app/meter_stream.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <chrono>

#include "harness/base/files.h"
#include "harness/base/process.h"

namespace eb {
namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kPatience = 10s, kGrace = 1s;
constexpr std::uint64_t kLargestFileBytes = 300 << 20;

// Where libraries and tools of meters are. No token, no key.
const std::vector<std::string> kEnvironment = {"PATH",   "LANG",         "LC_ALL",        "LD_LIBRARY_PATH",
                                               "TMPDIR", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};

Result<std::unique_ptr<Process>> start(const MeterOrder& order) {
  EB_GET(const auto program, this_program_again());
  return Process::start({program, {kMeterArgument}, environment_of(kEnvironment), to_text(order)});
}

// Its next line; an error if there is none in time, with what it printed last.
Result<std::string> first_line(Process& process) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  std::string line;
  auto event = Process::Event::timeout;
  while (event == Process::Event::timeout) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0 || was_interrupted())
      return Error{ErrorKind::timeout, fmt::format("it said nothing for {} s", kPatience / 1s)};
    event = process.next_line(line, left);
  }
  if (event == Process::Event::line) return line;
  const ProcessExit exit = process.wait(kGrace);
  std::string said = process.error_tail();
  while (!said.empty() && said.back() == '\n') said.pop_back();
  constexpr std::string_view kOurs = "edgebench: ";
  if (said.starts_with(kOurs)) return Error{ErrorKind::device, said.substr(kOurs.size())};
  return Error{ErrorKind::device, fmt::format("its process ended with {}", exit.describe())};
}

// Of an instrument only the kind: its SPEC names hosts and files, and this may go into records.
std::string without_specs(std::string text, const MeterOrder& order) {
  for (const std::string& name : order.names) {
    if (!is_instrument(name)) continue;
    const std::string kind = name.substr(0, name.find(':'));
    for (auto at = text.find(name); at != std::string::npos; at = text.find(name, at + kind.size()))
      text.replace(at, name.size(), kind);
  }
  return text;
}

class ProcessStream final : public MeterStream {
 public:
  ProcessStream(std::unique_ptr<Process> process, std::filesystem::path file)
      : process_(std::move(process)), file_(std::move(file)) {}

  void set_paused(bool is_paused) override { is_paused ? process_->pause() : process_->resume(); }

  Result<std::vector<Trace>> traces() override {
    EB_GET(const std::string text, read_file(file_, kLargestFileBytes));
    return traces_from_text(text, file_.filename().string());
  }

  std::string end() override {
    std::string line;
    while (end_.empty()) {
      const auto event = process_->next_line(line, 0ms);
      if (event == Process::Event::timeout) break;
      if (event == Process::Event::ended)
        end_ = fmt::format("its process ended with {}", process_->wait(kGrace).describe());
    }
    return end_;
  }

 private:
  std::unique_ptr<Process> process_;
  std::filesystem::path file_;
  std::string end_{};
};

}  // namespace

Result<std::unique_ptr<MeterStream>> open_meter_stream(const MeterOrder& order) {
  const std::string what = without_specs(fmt::format("meter {}", fmt::join(order.names, ", ")), order);
  EB_GET(auto process, start(order));
  const auto line = first_line(*process);
  if (!line) {
    const Error error{line.error().kind, without_specs(line.error().message, order)};
    return error.message.starts_with("meter ") ? error : error.within(what);
  }
  if (*line != kReadingLine) return Error{ErrorKind::device, what + ": its process said something else"};
  return std::unique_ptr<MeterStream>(std::make_unique<ProcessStream>(std::move(process), order.file));
}

Result<MeterChoice> choose_meters(const std::filesystem::path& root, const std::vector<std::string>& names) {
  EB_GET(const auto process, start({.root = root, .names = names}));
  const auto line = first_line(*process);
  if (!line) return line.error().within("looking for meters");
  return hear_choice(*line);
}

}  // namespace eb
