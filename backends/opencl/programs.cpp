#include "backends/opencl/programs.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

namespace eb::opencl {
namespace {

using Value = std::pair<std::string, int>;

const Value* find_value(const std::vector<Value>& values, std::string_view name) {
  const auto found =
      std::find_if(values.begin(), values.end(), [&](const Value& v) { return v.first == name; });
  return found == values.end() ? nullptr : &*found;
}

// Calls `use` with each part of `text` between separators.
template <class Use>
void for_each_part(std::string_view text, char separator, Use use) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    if (end > at) use(text.substr(at, end - at));
    at = end + 1;
  }
}

struct Axis {
  std::string_view name;
  std::vector<int> values{};
};

// "HAS_RES=0,1 KU=1,4"
std::vector<Axis> parse_axes(std::string_view text) {
  std::vector<Axis> axes;
  for_each_part(text, ' ', [&](std::string_view word) {
    const std::size_t equals = std::min(word.find('='), word.size());
    Axis axis{.name = word.substr(0, equals)};
    for_each_part(word.substr(std::min(equals + 1, word.size())), ',', [&](std::string_view digits) {
      int value = 0;
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
      axis.values.push_back(value);
    });
    axes.push_back(std::move(axis));
  });
  return axes;
}

Error invalid(const gpu::KernelDesc& desc, std::string_view what, std::string_view name) {
  return {ErrorKind::invalid, fmt::format("kernel {}: {} {}", desc.kernel, what, name)};
}

Status check_defines(const std::vector<Axis>& axes, const gpu::KernelDesc& desc) {
  for (const Value& given : desc.defines)
    if (std::none_of(axes.begin(), axes.end(), [&](const Axis& axis) { return axis.name == given.first; }))
      return invalid(desc, "has no define", given.first);
  for (const Axis& axis : axes) {
    const Value* given = find_value(desc.defines, axis.name);
    if (!given) return invalid(desc, "needs a value for", axis.name);
    if (std::find(axis.values.begin(), axis.values.end(), given->second) == axis.values.end())
      return invalid(desc, "has no variant", fmt::format("{}={}", axis.name, given->second));
  }
  return Done{};
}

Status check_constants(const gpu::OpenclKernel& source, const gpu::KernelDesc& desc) {
  for (const Value& given : desc.constants) {
    const auto is_it = [&](const auto& known) { return known.first == given.first; };
    if (std::none_of(source.constants.begin(), source.constants.end(), is_it))
      return invalid(desc, "has no constant", given.first);
  }
  return Done{};
}

Status check_group(const gpu::KernelDesc& desc, const gpu::DeviceInfo& device) {
  std::uint64_t items = 1;
  bool fits = true;
  for (std::size_t i = 0; i < desc.group.size(); ++i) {
    if (desc.group.at(i) == 0) return invalid(desc, "has a group of size", "0");
    fits = fits && desc.group.at(i) <= device.max_group.at(i);
    items *= desc.group.at(i);  // at most 2^96 wraps, but then a side is too long already
  }
  if (fits && items <= device.max_group_items) return Done{};
  return Error{ErrorKind::unsupported,
               fmt::format("kernel {}: a group of {} x {} x {} is more than {} has", desc.kernel,
                           desc.group[0], desc.group[1], desc.group[2], device.name)};
}

// -0, infinities and NaN are as the standard says, so nothing of "fast math" goes here. Division and square
// root exact where the device can: values on the edge between two quantized ones depend on it.
std::string math_options(const Functions& cl, cl_device_id device) {
  std::string options = "-cl-std=CL1.2 -cl-mad-enable";
  cl_device_fp_config abilities = 0;
  const cl_int code =
      cl.clGetDeviceInfo(device, CL_DEVICE_SINGLE_FP_CONFIG, sizeof abilities, &abilities, nullptr);
  if (code == CL_SUCCESS && (abilities & CL_FP_CORRECTLY_ROUNDED_DIVIDE_SQRT))
    options += " -cl-fp32-correctly-rounded-divide-sqrt";
  return options;
}

}  // namespace

Result<std::string> build_options(const gpu::OpenclKernel& source, const gpu::KernelDesc& desc,
                                  const gpu::DeviceInfo& device) {
  const std::vector<Axis> axes = parse_axes(source.axes);
  EB_OK(check_defines(axes, desc));
  EB_OK(check_constants(source, desc));
  EB_OK(check_group(desc, device));
  std::string options = fmt::format("-DVW={} -DLSZ_X={} -DLSZ_Y={} -DLSZ_Z={}", device.vector_floats,
                                    desc.group[0], desc.group[1], desc.group[2]);
  for (const Axis& axis : axes)
    options += fmt::format(" -D{}={}", axis.name, find_value(desc.defines, axis.name)->second);
  for (const auto& [name, fallback] : source.constants) {
    const Value* given = find_value(desc.constants, name);
    options += fmt::format(" -D{}={}", name, given ? given->second : fallback);
  }
  return options;
}

std::string summary_of_log(std::string_view log) {
  constexpr std::size_t kMaxLines = 3, kMaxLength = 400;
  std::vector<std::string_view> lines, errors;
  for_each_part(log.substr(0, std::min(log.find('\0'), log.size())), '\n', [&](std::string_view line) {
    lines.push_back(line);
    if (line.find("error") != std::string_view::npos) errors.push_back(line);
  });
  if (!errors.empty()) lines = std::move(errors);
  lines.resize(std::min(lines.size(), kMaxLines));
  std::string summary = fmt::format("{}", fmt::join(lines, "; "));
  if (summary.size() > kMaxLength) summary = summary.substr(0, kMaxLength) + "...";
  return summary.empty() ? "the compiler gave no reason" : summary;
}

Programs::Programs(const Functions& cl, cl_context context, cl_device_id device, const gpu::DeviceInfo& info,
                   std::filesystem::path cache_folder)
    : cl_(cl),
      context_(context),
      device_(device),
      info_(info),
      math_options_(math_options(cl, device)),
      binaries_(std::move(cache_folder)) {}

Result<Handle<cl_program>> Programs::build(const gpu::OpenclKernel& source, const gpu::KernelDesc& desc) {
  EB_GET(const std::string specialization, build_options(source, desc, info_));
  const std::string options = math_options_ + ' ' + specialization;
  const std::string key =
      fmt::format("{}\n{:016x}\n{}\n{}", info_.fingerprint, gpu::kernels_hash(), source.kernel, options);
  if (const auto binary = binaries_.find(key)) {
    if (auto program = load(*binary, options)) {
      ++cache_use_.hits;
      return program;
    }
  }
  EB_GET(Handle<cl_program> program, compile(source, options));
  ++cache_use_.misses;
  if (binaries_.has_folder() && cache_status_) {  // some drivers compile once more to have a binary
    const auto binary = binary_of(program.get());
    cache_status_ = binary ? binaries_.keep(key, *binary) : Status(binary.error());
  }
  return program;
}

Result<Handle<cl_program>> Programs::compile(const gpu::OpenclKernel& source,
                                             const std::string& options) const {
  const std::array<std::string_view, 3> texts{gpu::opencl_prelude(), "\n", source.text};
  std::array<const char*, 3> starts{};
  std::array<std::size_t, 3> lengths{};
  for (std::size_t i = 0; i < texts.size(); ++i) {
    starts.at(i) = texts.at(i).data();
    lengths.at(i) = texts.at(i).size();
  }
  cl_int code = CL_SUCCESS;
  Handle<cl_program> program(
      cl_.clCreateProgramWithSource(context_, texts.size(), starts.data(), lengths.data(), &code),
      cl_.clReleaseProgram);
  EB_OK(check(code, "clCreateProgramWithSource"));
  code = cl_.clBuildProgram(program.get(), 1, &device_, options.c_str(), nullptr, nullptr);
  if (code == CL_BUILD_PROGRAM_FAILURE)
    return Error{ErrorKind::device, fmt::format("OpenCL: kernel {} does not compile: {}; update the driver",
                                                source.kernel, summary_of_log(log_of(program.get())))};
  if (code != CL_SUCCESS)
    return error_of(code, "clBuildProgram").within(fmt::format("kernel {}", source.kernel));
  return program;
}

Handle<cl_program> Programs::load(const std::string& binary, const std::string& options) const {
  const auto* bytes = reinterpret_cast<const unsigned char*>(binary.data());
  const std::size_t size = binary.size();
  cl_int status = CL_SUCCESS, code = CL_SUCCESS;
  Handle<cl_program> program(
      cl_.clCreateProgramWithBinary(context_, 1, &device_, &size, &bytes, &status, &code),
      cl_.clReleaseProgram);
  if (code == CL_SUCCESS && status == CL_SUCCESS &&
      cl_.clBuildProgram(program.get(), 1, &device_, options.c_str(), nullptr, nullptr) == CL_SUCCESS)
    return program;
  return {nullptr, cl_.clReleaseProgram};
}

Result<std::string> Programs::binary_of(cl_program program) const {
  std::size_t size = 0;
  EB_OK(check(cl_.clGetProgramInfo(program, CL_PROGRAM_BINARY_SIZES, sizeof size, &size, nullptr),
              "clGetProgramInfo"));
  std::string binary(size, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(binary.data());
  EB_OK(check(cl_.clGetProgramInfo(program, CL_PROGRAM_BINARIES, sizeof bytes, &bytes, nullptr),
              "clGetProgramInfo"));
  return binary;
}

std::string Programs::log_of(cl_program program) const {
  std::size_t size = 0;
  if (cl_.clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, 0, nullptr, &size) != CL_SUCCESS)
    return {};
  std::string log(size, '\0');
  if (cl_.clGetProgramBuildInfo(program, device_, CL_PROGRAM_BUILD_LOG, size, log.data(), nullptr) !=
      CL_SUCCESS)
    return {};
  return log;
}

}  // namespace eb::opencl
