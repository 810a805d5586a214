#include "harness/lab/local_engine.h"

#include <fmt/format.h>

#include <system_error>

#include "harness/base/files.h"
#include "harness/base/line_channel.h"
#include "harness/lab/verify.h"

namespace eb::lab {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::seconds kGrace{10};  // between the end of its output and its own

class LocalEngine final : public Engine {
 public:
  explicit LocalEngine(LocalOptions options) : options_(std::move(options)) {}

  void push(const Attempt& attempt) override {
    attempt_ = attempt.folder;
    progress_ = make_folder(attempt);
  }

  void start(const Attempt& attempt) override {
    if (attempt_ == attempt.folder && process_) return;
    attempt_ = attempt.folder;
    progress_ = make_folder(attempt);
    if (progress_.what != Progress::What::done) return;
    ProcessOptions options{.program = options_.program,
                           .arguments = options_.arguments,
                           .environment = options_.environment,
                           .input = {}};
    for (std::string& argument : run_arguments(attempt, attempt.folder.string()))
      options.arguments.push_back(std::move(argument));
    auto process = Process::start(options);
    if (!process) {
      progress_ = {Progress::What::job_failed, process.error().message};
      return;
    }
    process_ = *std::move(process);
    progress_ = {};
  }

  void fetch(const Attempt& attempt) override {
    attempt_ = attempt.folder;
    progress_ = {Progress::What::done, ""};  // the results are where they are to be
  }

  Progress poll(const Attempt& attempt) override {
    if (attempt_ != attempt.folder) return {Progress::What::job_failed, "it was not begun"};
    if (process_) look();
    return progress_;
  }

  void cancel(const Attempt& attempt) override {
    if (attempt_ == attempt.folder) process_.reset();
  }

  void power_cycle(const Board& /*board*/) override {}  // never of the machine that we are on

 private:
  static Progress make_folder(const Attempt& attempt) {
    std::error_code code;
    fs::remove_all(attempt.folder, code);  // what a killed driver's attempt has left
    auto done = make_writable_folder(attempt.folder);
    if (done) done = write_job_file(attempt, attempt.folder);
    if (!done) return {Progress::What::job_failed, done.error().message};
    return {Progress::What::done, ""};
  }

  void look() {
    std::string line;
    Process::Event event = Process::Event::line;
    while (event == Process::Event::line) event = process_->next_line(line, std::chrono::milliseconds(0));
    if (event != Process::Event::ended) return;
    const ProcessExit exit = process_->wait(kGrace);
    progress_ = judge_exit(exit, process_->error_tail());
    process_.reset();
  }

  LocalOptions options_;
  fs::path attempt_;  // what process and progress are of
  std::unique_ptr<Process> process_;
  Progress progress_;
};

// The last line that says something.
std::string last_line(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  const std::size_t at = text.rfind('\n');
  return printable(at == std::string_view::npos ? text : text.substr(at + 1));
}

}  // namespace

Progress judge_exit(const ProcessExit& exit, std::string_view error_text) {
  // The exit codes of edgebench run. With 1 some cells failed: that is a result like any other.
  constexpr int kOk = 0, kSomeFailed = 1, kBadUsage = 2;
  if (exit.signal == 0 && (exit.code == kOk || exit.code == kSomeFailed)) return {Progress::What::done, ""};
  const std::string said = last_line(error_text);
  const std::string reason =
      fmt::format("edgebench run ended with {}{}{}", exit.describe(), said.empty() ? "" : ": ", said);
  const bool is_usage = exit.signal == 0 && exit.code == kBadUsage;
  return {is_usage ? Progress::What::job_is_wrong : Progress::What::job_failed, reason};
}

std::vector<std::string> run_arguments(const Attempt& attempt, const std::string& folder) {
  std::vector<std::string> arguments{"run"};
  arguments.insert(arguments.end(), attempt.planned->arguments.begin(), attempt.planned->arguments.end());
  if (!attempt.board->meter.empty()) arguments.push_back("--meter=" + attempt.board->meter);
  if (!attempt.board->models.empty()) arguments.push_back("--models=" + attempt.board->models);
  arguments.push_back("--out=" + folder);
  arguments.emplace_back("--quiet");
  return arguments;
}

std::unique_ptr<Engine> make_local_engine(LocalOptions options) {
  return std::make_unique<LocalEngine>(std::move(options));
}

}  // namespace eb::lab
