#include "results/server/request_log.h"

#include <fmt/format.h>

#include <iterator>

namespace eb::board {
namespace {

constexpr std::size_t kLongest = 200;

std::string plain(std::string_view text) {
  std::string out;
  for (const char c : text.substr(0, kLongest)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte > 0x20 && byte < 0x7F && c != '\\')
      out += c;
    else
      fmt::format_to(std::back_inserter(out), "\\x{:02x}", byte);
  }
  if (text.size() > kLongest) out += "...";
  return out.empty() ? "-" : out;
}

std::string one_line(std::string text) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  return text;
}

}  // namespace

std::string log_line(std::string_view time, const LoggedRequest& request) {
  const std::string_view target = request.target;
  std::string line =
      fmt::format("{} {} {} {} {} {} B {:.1f} ms", time, plain(request.address), plain(request.method),
                  plain(target.substr(0, target.find('?'))), request.status, request.bytes, request.took_ms);
  if (!request.note.empty()) line += ": " + one_line(request.note);
  return line;
}

}  // namespace eb::board
