// The reply to a dialogue, one of those that a network knows: its last messages go in as numbers of words,
// and each reply gets a score.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "harness/base/files.h"
#include "workloads/fields.h"
#include "workloads/nlp/nlp.h"
#include "workloads/nlp/word_buckets.h"
#include "workloads/top_one.h"

namespace eb {
namespace {

constexpr std::int64_t kMaxMessages = 1 << 10;
constexpr std::int64_t kMaxSlots = 1 << 10;
constexpr std::int64_t kMaxBuckets = 1 << 24;
constexpr std::size_t kMaxDialogueMessages = 1 << 12;
constexpr std::uint64_t kMaxRepliesBytes = 16ull << 20;
constexpr std::size_t kMaxReplies = 1 << 17;

struct Network {
  std::string input{}, output{};
  std::size_t messages = 0;   // of a dialogue that are read: the last ones
  std::size_t slots = 0;      // of a message: words, and one that is empty
  std::uint32_t buckets = 0;  // for words
  DataFile replies{};         // {"replies": [...]}
};

struct Dialogue {
  std::vector<std::string> messages{};
  std::size_t reply = 0;  // of the network's
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.input, string_field(input, "input", 256));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(const std::int64_t messages, integer_field(input, "messages", 1, kMaxMessages));
  EB_GET(const std::int64_t slots, integer_field(input, "slots", 2, kMaxSlots));
  EB_GET(const std::int64_t buckets, integer_field(input, "buckets", 2, kMaxBuckets));
  network.messages = static_cast<std::size_t>(messages);
  network.slots = static_cast<std::size_t>(slots);
  network.buckets = static_cast<std::uint32_t>(buckets);
  EB_GET(network.replies.name, string_field(input, "replies", 256));
  EB_GET(network.replies.sha256, string_field(input, "replies_sha256", 64));
  return network;
}

Result<std::vector<std::string>> parse_replies(std::string_view text) {
  const auto document = nlohmann::json::parse(text, nullptr, false);
  if (!document.is_object()) return Error{ErrorKind::invalid, "is no JSON object"};
  return string_list_field(document, "replies", kMaxReplies);
}

Result<Dialogue> parse_dialogue(const nlohmann::json& sample, const std::vector<std::string>& replies) {
  Dialogue dialogue;
  EB_GET(dialogue.messages, string_list_field(sample, "messages", kMaxDialogueMessages));
  EB_GET(const std::string text, string_field(sample, "reply", 256));
  const auto reply = std::find(replies.begin(), replies.end(), text);
  if (reply == replies.end())
    return Error{ErrorKind::invalid, fmt::format("the network has no reply \"{}\"", text)};
  dialogue.reply = static_cast<std::size_t>(reply - replies.begin());
  return dialogue;
}

Result<std::vector<Dialogue>> parse_dialogues(const nlohmann::json& samples,
                                              const std::vector<std::string>& replies) {
  std::vector<Dialogue> dialogues;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    auto dialogue = parse_dialogue(samples[i], replies);
    if (!dialogue) return dialogue.error().within(fmt::format("sample {}", i));
    dialogues.push_back(*std::move(dialogue));
  }
  return dialogues;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  std::size_t reply_count = 0;
  std::vector<Dialogue> dialogues{};
  std::string data_sha256{};
};

class SmartReply final : public Workload {
 public:
  explicit SmartReply(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.dialogues.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }

  // The last message goes last; where there are fewer than the network reads, 0 comes first.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const Network& network = parts_.network;
    EB_GET(const Tensor tokens, require_tensor(inputs, network.input, DType::i32,
                                               static_cast<std::int64_t>(network.messages * network.slots)));
    const auto numbers = tokens.as<std::int32_t>();
    const std::span<const std::string> messages = parts_.dialogues[sample].messages;
    const auto read = messages.last(std::min(messages.size(), network.messages));
    const std::size_t none = network.messages - read.size();
    std::fill_n(numbers.begin(), none * network.slots, 0);
    for (std::size_t i = 0; i < read.size(); ++i)
      number_words(read[i], network.buckets, numbers.subspan((none + i) * network.slots, network.slots));
    return Done{};
  }

  std::unique_ptr<Judge> judge() const override {
    std::vector<std::size_t> replies;
    for (const Dialogue& dialogue : parts_.dialogues) replies.push_back(dialogue.reply);
    return make_top_one_judge(
        {.classes = std::move(replies), .class_count = parts_.reply_count, .output = parts_.network.output});
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_smart_reply(const Manifest& manifest,
                                                   const std::filesystem::path& folder) {
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(fmt::format("{}: manifest", manifest.info.id));
  EB_GET(const auto list, path_within(folder, manifest.data_file));
  EB_GET(const SampleList samples, read_samples(list));
  EB_GET(const std::string text, read_data_file(folder, network->replies, kMaxRepliesBytes));
  auto replies = parse_replies(text);
  if (!replies) return replies.error().within((folder / network->replies.name).string());
  auto dialogues = parse_dialogues(samples.samples, *replies);
  if (!dialogues) return dialogues.error().within(list.string());
  return std::unique_ptr<Workload>(std::make_unique<SmartReply>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .reply_count = replies->size(),
      .dialogues = *std::move(dialogues),
      .data_sha256 = samples.sha256,
  }));
}

}  // namespace eb
