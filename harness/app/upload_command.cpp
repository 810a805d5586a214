#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <random>
#include <set>

#include "harness/app/commands.h"
#include "harness/app/paths.h"
#include "harness/app/progress.h"
#include "harness/app/upload_options.h"
#include "harness/base/clock.h"
#include "harness/base/files.h"
#include "harness/base/process.h"
#include "reporters/reporters.h"
#include "results/bundle/bundle.h"

namespace eb {
namespace {

namespace fs = std::filesystem;
using End = UploadResult::End;

constexpr const char* kPackedName = "bundle.ebz";
constexpr double kBytesPerMb = 1e6;
constexpr std::int64_t kSmallBytes = 1'000'000;  // sent before anyone would look

std::int64_t utc_s() {
  using namespace std::chrono;
  return duration_cast<seconds>(system_clock::now().time_since_epoch()).count();
}

int exit_of(const Error& error) {
  const bool is_usage = error.kind == ErrorKind::invalid || error.kind == ErrorKind::not_found;
  return was_interrupted() ? exit_interrupted : is_usage ? exit_usage : exit_failed;
}

int complain_of(const Error& error) {
  return complain(error.message, exit_of(error));
}

// The parts that sending needs, each made once.
struct Sending {
  std::unique_ptr<HttpClient> http{};
  std::unique_ptr<Clock> clock = make_steady_clock();
  std::mt19937_64 random{std::random_device{}()};
  ProgressLine line{terminal_width()};

  static Result<std::unique_ptr<Sending>> start(const UploadCommand& command) {
    auto sending = std::make_unique<Sending>();
    HttpRules rules{.ca_file = command.ca_file,
                    .stall_limit = std::chrono::seconds(command.stall_limit_s),
                    .is_stopped = [] { return was_interrupted(); }};
    rules.progress = [line = &sending->line](std::int64_t sent_bytes, std::int64_t all_bytes) {
      if (all_bytes < kSmallBytes) return;
      const double sent_mb = static_cast<double>(sent_bytes) / kBytesPerMb;
      line->show(
          fmt::format("sent {:.1f} of {:.1f} MB", sent_mb, static_cast<double>(all_bytes) / kBytesPerMb));
    };
    EB_GET(sending->http, make_http_client(std::move(rules)));
    return sending;
  }
  UploadWorld world() {
    return {.http = *http,
            .clock = *clock,
            .utc_s = utc_s,
            .random = [this] { return std::uniform_real_distribution<double>()(random); },
            .is_stopped = [] { return was_interrupted(); },
            .say = [this](const std::string& sentence) { say(sentence); }};
  }
  void say(const std::string& sentence) {
    line.clear();
    fmt::print("{}\n", sentence);
    std::fflush(stdout);
  }
};

// Of a folder: what was packed before and is not older than the run, so that what --dry-run shows is what is
// sent; else it is packed now.
Result<std::string> bundle_of(const fs::path& run, const UploadCommand& command) {
  std::error_code code;
  if (!fs::is_directory(run, code)) return read_file(run, BundleLimits{}.most_bytes);
  const fs::path packed = run / kPackedName;
  const auto packed_at = fs::last_write_time(packed, code);
  if (!code && packed_at >= fs::last_write_time(run / "run.json", code) && !code)
    return read_file(packed, BundleLimits{}.most_bytes);
  const fs::path key_file = command.key_file.empty() ? config_folder() / "signing.key" : command.key_file;
  auto key = SigningKey::of_file(key_file);
  if (!key) return key.error().within("--key");
  EB_GET(std::string bytes, pack_bundle(run, *key, utc_timestamp()));
  EB_OK(write_file_atomic(packed, bytes));
  return bytes;
}

void show_findings(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings)
    fmt::print("  {}{}{}\n", one_line(finding.where), finding.where.empty() ? "" : ": ",
               one_line(finding.sentence));
}

// The bundle of a run as the server would take it.
Result<std::string> checked_bundle(const fs::path& run, const UploadCommand& command) {
  auto bundle = bundle_of(run, command);
  if (!bundle) return bundle.error().within(run.string());
  const Verdict verdict = check_bundle(*bundle);
  if (verdict.kind != Verdict::Kind::accepted) {
    fmt::print("{}: {}\n", run.string(), one_line(verdict.line()));
    show_findings(verdict.findings);
  }
  if (verdict.kind != Verdict::Kind::refused) return bundle;
  return Error{ErrorKind::device,
               fmt::format("{}: {}: it is not sent", run.string(), one_line(verdict.line()))};
}

int dry_run(const UploadCommand& command, const std::string& target) {
  for (const fs::path& run : command.runs) {
    const auto bundle = checked_bundle(run, command);
    if (!bundle) return complain_of(bundle.error());
    const auto text = describe_upload(target, *bundle);
    if (!text) return complain_of(text.error());
    fmt::print("{}", *text);
  }
  fmt::print("\nNothing was sent.\n");
  return exit_ok;
}

Result<UploadQueue> open_queue(const UploadCommand& command) {
  const fs::path usual = state_folder();
  const fs::path folder = !command.queue_folder.empty() ? command.queue_folder
                          : usual.empty()               ? usual
                                                        : usual / "uploads";
  auto queue = UploadQueue::open(folder);
  if (!queue) return queue.error().within("--queue");
  return queue;
}

// One line for what became of it; true when nothing is left to do.
bool tell(const QueuedUpload& upload, const UploadResult& result, Sending& sending) {
  sending.line.clear();
  const UploadReceipt& receipt = result.answer.receipt;
  if (result.end == End::sent) {
    const std::string words =
        fmt::format("{}{}{}", receipt.trust, receipt.trust.empty() ? "" : ", ", receipt.verdict);
    fmt::print("{}: {}{}{}\n", result.answer.is_new ? "sent" : "the server has it already", receipt.url,
               words.empty() ? "" : "  ", words);
    fmt::print("receipt: {}\n", result.receipt.string());
    if (receipt.delete_token.empty() && !result.answer.is_new)
      fmt::print("The server gives the right to delete only once: an earlier receipt may have it.\n");
    if (!result.sentence.empty()) fmt::print("{}\n", result.sentence);
  } else if (result.end == End::busy) {
    fmt::print("{}: {}\n", upload.target, result.sentence);
  } else if (result.end != End::stopped) {
    complain(
        fmt::format("{}{}", result.sentence,
                    result.end == End::kept ? "; it stays in the queue, for edgebench upload --resume" : ""),
        exit_failed);
  }
  for (const std::string& finding : result.answer.findings) fmt::print("  {}\n", finding);
  std::fflush(stdout);
  return result.end == End::sent || result.end == End::busy;
}

int send_all(UploadQueue& queue, const std::vector<QueuedUpload>& uploads, const UploadCommand& command,
             const std::string& token) {
  auto sending = Sending::start(command);
  if (!sending) return complain_of(sending.error());
  const UploadRules rules{.token = token, .retries = command.retries};
  int code = exit_ok;
  for (const QueuedUpload& upload : uploads) {
    const UploadResult result = send_upload(queue, upload, rules, (*sending)->world());
    if (!tell(upload, result, **sending)) code = exit_failed;
    if (was_interrupted()) return exit_interrupted;
  }
  return code;
}

Result<std::string> token_of(const UploadCommand& command) {
  return read_token(command.token_file,
                    std::getenv("EDGEBENCH_TOKEN"));  // NOLINT(concurrency-mt-unsafe): one thread
}

// All of them are packed, checked and queued before the first is sent.
int send_runs(const UploadCommand& command, const std::string& target) {
  const auto token = token_of(command);
  if (!token) return complain_of(token.error());
  auto queue = open_queue(command);
  if (!queue) return complain_of(queue.error());
  std::vector<QueuedUpload> uploads;
  int code = exit_ok;
  for (const fs::path& run : command.runs) {
    const auto bundle = checked_bundle(run, command);
    if (!bundle) {
      code = std::max(code, complain_of(bundle.error()));
      continue;
    }
    std::error_code ignored;
    const fs::path receipt = fs::absolute(receipt_path(run), ignored);
    auto added = queue->add({.target = target, .receipt = receipt, .queued_at_s = utc_s()}, *bundle);
    if (!added) return complain_of(added.error());
    uploads.push_back(*std::move(added));
  }
  return std::max(code, send_all(*queue, uploads, command, *token));
}

void list_waiting(const std::vector<QueuedUpload>& uploads, const UploadQueue& queue) {
  for (const QueuedUpload& upload : uploads) {
    fmt::print("{}  for {}, {}{}{}\n", (queue.folder() / (upload.id + ".ebz")).string(), upload.target,
               counted(static_cast<std::size_t>(upload.attempts), "attempt"),
               upload.last_problem.empty() ? "" : ": ", one_line(upload.last_problem));
  }
  fmt::print("{}; nothing was sent.\n",
             uploads.empty() ? "Nothing waits" : counted(uploads.size(), "upload") + " left");
}

int resume(const UploadCommand& command, const std::string& target) {
  auto queue = open_queue(command);
  if (!queue) return complain_of(queue.error());
  std::vector<std::string> problems;
  auto uploads = queue->list(problems);
  for (const std::string& problem : problems) complain(problem, exit_failed);
  if (!target.empty())
    uploads.erase(
        std::remove_if(uploads.begin(), uploads.end(), [&](const auto& u) { return u.target != target; }),
        uploads.end());
  if (command.is_dry) {
    list_waiting(uploads, *queue);
    return problems.empty() ? exit_ok : exit_failed;
  }
  std::set<std::string> targets;
  for (const QueuedUpload& upload : uploads) targets.insert(upload.target);
  // The token is one server's: another must not see it.
  if (targets.size() > 1)
    return complain(fmt::format("--resume: uploads to {} and others wait; say with --to whose token this is",
                                *targets.begin()),
                    exit_usage);
  if (uploads.empty()) {
    fmt::print("Nothing waits.\n");
    return problems.empty() ? exit_ok : exit_failed;
  }
  if (const auto allowed = parse_upload_target(*targets.begin(), {command.allows_plain_http}); !allowed)
    return complain_of(allowed.error());
  const auto token = token_of(command);
  if (!token) return complain_of(token.error());
  return std::max<int>(problems.empty() ? exit_ok : exit_failed, send_all(*queue, uploads, command, *token));
}

int take_back(const UploadCommand& command) {
  auto sending = Sending::start(command);
  if (!sending) return complain_of(sending.error());
  const auto deleted = delete_upload(command.receipt_to_delete, {command.allows_plain_http}, command.retries,
                                     (*sending)->world());
  if (!deleted) return complain_of(deleted.error());
  fmt::print("deleted{}{}; the receipt is removed\n", deleted->empty() ? "" : ": ", *deleted);
  return exit_ok;
}

}  // namespace

int upload_command(const UploadCommand& command) {
  watch_for_interrupt();
  const bool deletes = !command.receipt_to_delete.empty();
  const int wishes = (command.runs.empty() ? 0 : 1) + (command.resumes ? 1 : 0) + (deletes ? 1 : 0);
  if (wishes != 1)
    return complain("say one of: RUN --to URL, --resume, --delete RECEIPT; see edgebench upload --help",
                    exit_usage);
  if (deletes && command.is_dry) return complain("--delete and --dry-run do not go together", exit_usage);
  if (deletes) return take_back(command);
  std::string target;
  if (!command.target.empty()) {
    auto parsed = parse_upload_target(command.target, {command.allows_plain_http});
    if (!parsed) return complain_of(parsed.error());
    target = *std::move(parsed);
  }
  if (command.resumes) return resume(command, target);
  if (target.empty())
    return complain("say with --to to which leaderboard; nothing is sent without", exit_usage);
  return command.is_dry ? dry_run(command, target) : send_runs(command, target);
}

}  // namespace eb
