// Text recognition: a sample is a picture of one line, its answer the chances of each character at each step.
#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "workloads/ctc.h"
#include "workloads/fields.h"
#include "workloads/nlp/unicode.h"
#include "workloads/vision/parse.h"
#include "workloads/vision/vision.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxKeysBytes = 1 << 20;
constexpr std::size_t kMaxTextBytes = 4096;

struct Network {
  PixelInput pixels{};
  std::string output{};
  std::int64_t steps = 0;
};

struct Line {
  DataFile file{};
  std::u32string text{};
};

Result<Network> parse_network(const nlohmann::json& input) {
  Network network;
  EB_GET(network.pixels, parse_pixel_input(input));
  EB_GET(network.output, string_field(input, "output", 256));
  EB_GET(network.steps, integer_field(input, "steps", 1, 4096));
  return network;
}

// The manifest pins the keys, because the meaning of every output of the network hangs on them.
Result<Alphabet> read_alphabet(const nlohmann::json& input, const std::filesystem::path& folder) {
  EB_GET(const DataFile file, parse_sample_file(input, "keys", "keys_sha256"));
  EB_GET(const std::string keys, read_data_file(folder, file, kMaxKeysBytes));
  auto alphabet = Alphabet::parse(keys);
  if (!alphabet) return alphabet.error().within((folder / file.name).string());
  return alphabet;
}

Result<Line> parse_line(const nlohmann::json& sample) {
  Line line;
  EB_GET(line.file, parse_sample_file(sample, "image", "sha256"));
  EB_GET(const std::string text, string_field(sample, "text", kMaxTextBytes));
  line.text = trim_spaces(decode_utf8(text));
  if (line.text.empty()) return Error{ErrorKind::invalid, "\"text\" is blank"};
  return line;
}

struct Parts {
  WorkloadInfo info{};
  Network network{};
  Alphabet alphabet{};
  std::filesystem::path folder{};
  std::vector<Line> lines{};
  std::string data_sha256{};
};

class CharacterErrorJudge final : public Judge {
 public:
  // Borrows `parts`: a workload outlives its judges.
  explicit CharacterErrorJudge(const Parts& parts) : parts_(parts) {}

  // Spaces at the ends do not count: the network sees the margins of the picture as such.
  Status add(std::size_t sample, std::span<const Tensor> outputs) override {
    if (sample >= parts_.lines.size()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const auto elements = parts_.network.steps * static_cast<std::int64_t>(parts_.alphabet.classes());
    EB_GET(const Tensor chances, require_tensor(outputs, parts_.network.output, DType::f32, elements));
    const std::u32string text = decode_ctc(chances.as<const float>(), parts_.alphabet);
    errors_ += edit_distance(trim_spaces(text), parts_.lines[sample].text);
    characters_ += parts_.lines[sample].text.size();
    return Done{};
  }

  Result<double> grade() const override {
    if (characters_ == 0) return Error{ErrorKind::invalid, "no sample was judged"};
    return static_cast<double>(errors_) / static_cast<double>(characters_);
  }

 private:
  const Parts& parts_;
  std::size_t errors_ = 0, characters_ = 0;
};

class TextRecognition final : public Workload {
 public:
  explicit TextRecognition(Parts parts) : parts_(std::move(parts)) {}

  const WorkloadInfo& info() const override { return parts_.info; }
  std::size_t sample_count() const override { return parts_.lines.size(); }
  std::string data_sha256() const override { return parts_.data_sha256; }
  std::unique_ptr<Judge> judge() const override { return std::make_unique<CharacterErrorJudge>(parts_); }

  // As PaddleOCR does: scaled to the input's height in its own proportions, at most to the input's width,
  // blue before green before red, and what is left on the right is 0 after normalization.
  Status load(std::size_t sample, std::span<const Tensor> inputs) const override {
    if (sample >= sample_count()) return Error{ErrorKind::internal, fmt::format("no sample {}", sample)};
    const PixelInput& pixels = parts_.network.pixels;
    EB_GET(const Tensor input, require_tensor(inputs, pixels.tensor, DType::f32,
                                              std::int64_t{3} * pixels.size.width * pixels.size.height));
    EB_GET(const Image image, read_sample_image(parts_.folder, parts_.lines[sample].file, PixelFormat::rgb));
    const std::int64_t width =
        (std::int64_t{image.size.width} * pixels.size.height + image.size.height - 1) / image.size.height;
    const Size scaled{.width = static_cast<int>(std::min<std::int64_t>(width, pixels.size.width)),
                      .height = pixels.size.height};
    const std::span<float> tensor = input.as<float>();
    std::fill(tensor.begin(), tensor.end(), 0.0F);
    write_pixels(resize_bilinear(image, scaled),
                 {.size = pixels.size,
                  .layout = Layout::nchw,
                  .order = ChannelOrder::bgr,
                  .mean = pixels.mean,
                  .deviation = pixels.deviation},
                 tensor);
    return Done{};
  }

 private:
  Parts parts_;
};

}  // namespace

Result<std::unique_ptr<Workload>> make_text_recognition(const Manifest& manifest,
                                                        const std::filesystem::path& folder) {
  const std::string where = fmt::format("{}: manifest", manifest.info.id);
  auto network = parse_network(manifest.input);
  if (!network) return network.error().within(where);
  auto alphabet = read_alphabet(manifest.input, folder);
  if (!alphabet) return alphabet.error().within(where);
  EB_GET(auto set, read_sample_set(folder, manifest.data_file, parse_line));
  return std::unique_ptr<Workload>(std::make_unique<TextRecognition>(Parts{
      .info = manifest.info,
      .network = *std::move(network),
      .alphabet = *std::move(alphabet),
      .folder = folder,
      .lines = std::move(set.samples),
      .data_sha256 = std::move(set.sha256),
  }));
}

}  // namespace eb
