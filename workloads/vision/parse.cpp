#include "workloads/vision/parse.h"

#include <fmt/format.h>

#include <iterator>
#include <utility>

#include "harness/base/files.h"
#include "workloads/fields.h"

namespace eb {
namespace {

constexpr std::size_t kMaxNameBytes = 256;
constexpr std::uint64_t kMaxImageBytes = 64ull << 20;
constexpr std::uint64_t kMaxPicturesBytes = 256ull << 20;
constexpr std::int64_t kMaxInputSide = 4096;
constexpr std::size_t kMaxBoxes = 1000;
constexpr double kMaxCoordinate = 1e5;

Result<Box> parse_box(const nlohmann::json& json, std::string_view list) {
  const auto bad = [list](std::string_view what) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" holds {}", list, what)};
  };
  if (!json.is_array() || json.size() != 4) return bad("what is not a list of four numbers");
  float corners[4] = {};
  for (std::size_t i = 0; i < 4; ++i) {
    const double value = json[i].is_number() ? json[i].get<double>() : -1;
    if (!(value >= 0 && value <= kMaxCoordinate)) return bad("a box outside of every picture");
    corners[i] = static_cast<float>(value);
  }
  const Box box{.x0 = corners[0], .y0 = corners[1], .x1 = corners[2], .y1 = corners[3]};
  if (!(box.x0 < box.x1 && box.y0 < box.y1)) return bad("an empty box");
  return box;
}

}  // namespace

Result<double> number_field(const nlohmann::json& object, std::string_view name, double low, double high) {
  const auto field = object.find(name);
  if (field == object.end() || !field->is_number()) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is missing or is not a number", name)};
  }
  const auto value = field->get<double>();
  if (!(value >= low && value <= high)) {
    return Error{ErrorKind::invalid, fmt::format("\"{}\" is not within {} to {}", name, low, high)};
  }
  return value;
}

Result<PerChannel> per_channel_field(const nlohmann::json& object, std::string_view name, double low,
                                     double high) {
  const auto field = object.find(name);
  PerChannel numbers = 0;
  bool is_good = field != object.end() && field->is_array() && field->size() == std::size(numbers.of);
  for (std::size_t i = 0; is_good && i < std::size(numbers.of); ++i) {
    const double value = (*field)[i].is_number() ? (*field)[i].get<double>() : low - 1;
    is_good = value >= low && value <= high;
    if (is_good) numbers.of[i] = static_cast<float>(value);
  }
  if (is_good) return numbers;
  return Error{ErrorKind::invalid,
               fmt::format("\"{}\" is not a list of three numbers within {} to {}", name, low, high)};
}

Result<std::vector<Box>> boxes_field(const nlohmann::json& object, std::string_view name) {
  const auto list = object.find(name);
  if (list == object.end() || !list->is_array() || list->size() > kMaxBoxes)
    return Error{ErrorKind::invalid,
                 fmt::format("\"{}\" is not a list of at most {} boxes", name, kMaxBoxes)};
  std::vector<Box> boxes;
  for (const nlohmann::json& item : *list) {
    EB_GET(const Box box, parse_box(item, name));
    boxes.push_back(box);
  }
  return boxes;
}

Result<InputPort> parse_input_port(const nlohmann::json& input) {
  if (!input.is_object()) return Error{ErrorKind::invalid, "\"input\" is not an object"};
  InputPort port;
  EB_GET(port.tensor, string_field(input, "input", kMaxNameBytes));
  EB_GET(const std::int64_t width, integer_field(input, "width", 1, kMaxInputSide));
  EB_GET(const std::int64_t height, integer_field(input, "height", 1, kMaxInputSide));
  port.size = {static_cast<int>(width), static_cast<int>(height)};
  return port;
}

Result<PixelInput> parse_pixel_input(const nlohmann::json& input) {
  EB_GET(InputPort port, parse_input_port(input));
  EB_GET(const double mean, number_field(input, "mean", -1e4, 1e4));
  EB_GET(const double deviation, number_field(input, "deviation", 1e-4, 1e4));
  return PixelInput{std::move(port), static_cast<float>(mean), static_cast<float>(deviation)};
}

void numbers_from(std::string_view bytes, const PixelInput& pixels, std::span<float> numbers) {
  for (std::size_t i = 0; i < numbers.size(); ++i)
    numbers[i] = (static_cast<float>(static_cast<unsigned char>(bytes[i])) - pixels.mean) / pixels.deviation;
}

Result<std::string> read_pictures(const std::filesystem::path& folder, const DataFile& file,
                                  std::size_t count, std::int64_t elements) {
  EB_GET(std::string pictures, read_data_file(folder, file, kMaxPicturesBytes));
  const std::size_t due = count * static_cast<std::size_t>(elements);
  if (pictures.size() != due)
    return Error{ErrorKind::invalid, fmt::format("{} has {} bytes where {} are due, for {} samples",
                                                 (folder / file.name).string(), pictures.size(), due, count)};
  return pictures;
}

Status load_picture(std::string_view pictures, std::size_t sample, const PixelInput& pixels,
                    std::int64_t elements, std::span<const Tensor> inputs) {
  EB_GET(const Tensor input, require_tensor(inputs, pixels.tensor, DType::f32, elements));
  const auto numbers = input.as<float>();
  numbers_from(pictures.substr(sample * numbers.size()), pixels, numbers);
  return Done{};
}

Result<DataFile> parse_sample_file(const nlohmann::json& sample, std::string_view name_field,
                                   std::string_view sha256_field) {
  if (!sample.is_object()) return Error{ErrorKind::invalid, "is not an object"};
  DataFile file;
  EB_GET(file.name, string_field(sample, name_field, kMaxNameBytes));
  EB_GET(file.sha256, string_field(sample, sha256_field, 64));
  return file;
}

Result<Image> read_sample_image(const std::filesystem::path& folder, const DataFile& file,
                                PixelFormat format) {
  EB_GET(const std::string bytes, read_data_file(folder, file, kMaxImageBytes));
  auto image = decode_png(bytes, format);
  if (!image) return image.error().within((folder / file.name).string());
  return image;
}

Result<Image> read_sized_image(const std::filesystem::path& folder, const DataFile& file, Size size) {
  EB_GET(Image image, read_sample_image(folder, file, PixelFormat::rgb));
  if (image.size != size)
    return Error{ErrorKind::invalid,
                 fmt::format("{} is of {} x {} pixels, {} x {} are due", (folder / file.name).string(),
                             image.size.width, image.size.height, size.width, size.height)};
  return image;
}

Status load_sized_image(const std::filesystem::path& folder, const DataFile& file, const PixelInput& pixels,
                        std::span<const Tensor> inputs) {
  EB_GET(const Tensor input, require_tensor(inputs, pixels.tensor, DType::f32,
                                            std::int64_t{3} * pixels.size.width * pixels.size.height));
  EB_GET(const Image image, read_sized_image(folder, file, pixels.size));
  write_pixels(image, {.size = pixels.size, .mean = pixels.mean, .deviation = pixels.deviation},
               input.as<float>());
  return Done{};
}

Result<double> MeanJudge::grade() const {
  if (judged_ == 0) return Error{ErrorKind::invalid, "no sample was judged"};
  return sum_ / static_cast<double>(judged_);
}

void MeanJudge::count(double value) {
  sum_ += value;
  ++judged_;
}

}  // namespace eb
