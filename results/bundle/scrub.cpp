#include "results/bundle/scrub.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "harness/base/ascii.h"

namespace eb {
namespace {

constexpr std::string_view kBreaks = " \t\r\n\"'`()[]<>{},;|";
constexpr std::string_view kTrailing = ".:!?";

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_letter(char c) {
  return is_upper(c) || (c >= 'a' && c <= 'z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_name_sign(char c) {  // of a file's or a host's name
  return is_digit(c) || is_letter(c) || c == '_' || c == '.' || c == '-' || c == '~' ||
         static_cast<unsigned char>(c) >= 0x80;
}

template <class Test>
std::ptrdiff_t count_of(std::string_view text, Test test) {
  return std::count_if(text.begin(), text.end(), test);
}

template <class Test>
bool all_are(std::string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (;;) {
    const std::size_t end = text.find(at);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// "libx.so", "model.onnx", "libx.so.1.2": what ends like a file.
bool ends_like_file(std::string_view name) {
  auto parts = split(name, '.');
  while (parts.size() > 1 && all_are(parts.back(), is_digit)) parts.pop_back();
  const std::string_view last = parts.back();
  return parts.size() > 1 && !parts.front().empty() && !last.empty() && last.size() <= 10 &&
         all_are(last, [](char c) { return is_letter(c) || is_digit(c); });
}

bool is_path(std::string_view word) {
  if (word.find('\\') != std::string_view::npos) return true;
  const std::size_t slash = word.find('/');
  if (slash == std::string_view::npos) return false;
  const bool goes_on = slash + 1 < word.size() && (is_name_sign(word[slash + 1]) || word[slash + 1] == '/');
  if (!goes_on) return false;
  const bool starts = slash == 0 || word[0] == '~' || word[0] == '-' || word[0] == '.' ||
                      word[slash - 1] == ':' || word[slash - 1] == '@';
  return starts || ends_like_file(word.substr(word.rfind('/') + 1));
}

bool is_mac(std::string_view word) {
  for (const char separator : {':', '-'}) {
    const auto parts = split(word, separator);
    const bool fits = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
      return part.size() == 2 && all_are(part, is_hex);
    });
    if (fits && (parts.size() == 6 || parts.size() == 8)) return true;
  }
  const auto parts = split(word, '.');
  return parts.size() == 3 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return part.size() == 4 && all_are(part, is_hex);
         });
}

bool is_octet(std::string_view part) {
  int value = 0;
  for (const char c : part) value = 10 * value + (c - '0');
  return value <= 255;
}

// With a port or a mask behind it, too.
bool is_ipv4(std::string_view word) {
  const auto parts = split(word.substr(0, word.find_first_of(":/")), '.');
  return parts.size() == 4 && std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= 3 && all_are(part, is_digit) && is_octet(part);
         });
}

bool is_ipv6(std::string_view word) {
  word = word.substr(0, word.find_first_of("%/"));
  const auto is_sign = [](char c) { return is_hex(c) || c == ':' || c == '.'; };
  const auto colons = count_of(word, [](char c) { return c == ':'; });
  if (colons < 2 || colons > 8 || !all_are(word, is_sign) || count_of(word, is_hex) == 0) return false;
  const auto parts = split(word, ':');
  const bool fits = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return part.size() <= 4 || part.find('.') != std::string_view::npos;
  });
  return fits && (colons == 7 || word.find("::") != std::string_view::npos);
}

bool is_uuid(std::string_view word) {
  constexpr std::array<std::size_t, 5> kLengths = {8, 4, 4, 4, 12};
  const auto parts = split(word, '-');
  if (parts.size() < kLengths.size()) return false;
  const std::size_t first = parts.size() - kLengths.size();  // "GPU-..." has one before it
  for (std::size_t i = 0; i < kLengths.size(); ++i)
    if (parts[first + i].size() != kLengths[i] || !all_are(parts[first + i], is_hex)) return false;
  return true;
}

bool is_host(std::string_view word) {
  constexpr std::string_view kEnds[] = {
      "local", "localdomain", "lan", "internal", "intranet", "corp", "home", "private", "arpa",  "com",
      "net",   "org",         "edu", "gov",      "mil",      "int",  "io",   "dev",     "cloud", "de",
      "uk",    "fr",          "jp",  "cn",       "kr",       "us",   "eu",   "ch"};
  const std::string name = lower_ascii(word.substr(0, word.find(':')));
  const auto parts = split(name, '.');
  const bool fits = std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
    return !part.empty() &&
           all_are(part, [](char c) { return is_letter(c) || is_digit(c) || c == '-' || c == '_'; });
  });
  return fits && parts.size() > 1 &&
         std::find(std::begin(kEnds), std::end(kEnds), parts.back()) != std::end(kEnds);
}

bool is_serial(std::string_view word) {
  if (word.starts_with("0x")) word.remove_prefix(2);
  const auto digits = count_of(word, is_digit), letters = count_of(word, is_letter);
  if (static_cast<std::size_t>(digits + letters) != word.size()) return false;
  if (letters == 0) return digits >= 14;
  if (all_are(word, is_hex)) return word.size() >= 12 && digits > 0;
  const bool is_loud = all_are(word, [](char c) { return is_digit(c) || is_upper(c); });
  return is_loud && word.size() >= 10 && digits >= 3 && letters >= 3;
}

// What the word before says about the next one.
enum class Label : std::uint8_t { none, serial, name };

Label label_of(std::string_view word, bool is_assigned) {
  const std::string text = lower_ascii(word);
  for (const std::string_view label : {"serial", "serialno", "s/n", "sn", "imei", "uuid", "mac"})
    if (text == label) return Label::serial;
  if (!is_assigned) return Label::none;
  for (const std::string_view label : {"host", "hostname", "node", "nodename", "user", "username", "login",
                                       "owner", "account", "token", "password", "secret"})
    if (text == label) return Label::name;
  return Label::none;
}

std::optional<std::string_view> replacement(std::string_view word, const std::vector<std::string>& names) {
  if (is_sha256(word)) return std::nullopt;
  if (word.find("://") != std::string_view::npos) return "URL";
  const std::size_t at = word.find('@');
  if (at != std::string_view::npos && at > 0 && at + 1 < word.size()) return "ADDRESS";
  if (is_mac(word) || is_ipv4(word) || is_ipv6(word)) return "ADDRESS";
  if (is_path(word)) return "PATH";
  if (is_uuid(word) || is_serial(word)) return "SERIAL";
  if (is_host(word)) return "HOST";
  for (const std::string& name : names)
    if (lower_ascii(word) == lower_ascii(name)) return "NAME";
  return std::nullopt;
}

// Of names that are parts of a word: "alice's", "alice-npu:0".
std::string without_names(std::string word, const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    const std::string wanted = lower_ascii(name);
    for (std::size_t at = 0; (at = lower_ascii(word).find(wanted, at)) != std::string::npos;) {
      const auto is_inside = [&](std::size_t i) {
        return i < word.size() && (is_letter(word[i]) || is_digit(word[i]));
      };
      if ((at > 0 && is_inside(at - 1)) || is_inside(at + name.size())) {
        at += name.size();
        continue;
      }
      word.replace(at, name.size(), "NAME");
      at += 4;
    }
  }
  return word;
}

// Of addresses that are parts of a word: "scpi:192.168.1.20/1", "npu-52:54:00:12:34:56".
std::string without_addresses(std::string word) {
  constexpr std::size_t kMacSigns = 17;
  constexpr std::string_view kAddress = "ADDRESS";
  for (std::size_t at = 0; at < word.size(); ++at) {
    if (at > 0 && is_hex(word[at - 1])) continue;
    const auto is_ip_sign = [](char c) { return is_digit(c) || c == '.'; };
    std::size_t end = at;
    while (end < word.size() && is_ip_sign(word[end])) ++end;
    if (at + kMacSigns <= word.size() && is_mac(std::string_view(word).substr(at, kMacSigns)))
      end = at + kMacSigns;
    else if (!is_ipv4(std::string_view(word).substr(at, end - at)))
      continue;
    word.replace(at, end - at, kAddress);
    at += kAddress.size() - 1;
  }
  return word;
}

class Scrubber {
 public:
  explicit Scrubber(const std::vector<std::string>& names) : names_(names) {}

  std::string operator()(std::string_view text) {
    std::string out;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find_first_of(kBreaks), text.size());
      if (end > 0) out += of_word(text.substr(0, end));
      if (end == text.size()) break;
      if (text[end] != ' ') was_path_ = false;
      out += text[end];
      text.remove_prefix(end + 1);
    }
    return out;
  }

 private:
  // "KEY=VALUE" is two words, whose second has the first as its label.
  std::string of_word(std::string_view word) {
    const std::size_t equals = word.find('=');
    const bool is_url = word.substr(0, equals).find("://") != std::string_view::npos;
    if (equals == std::string_view::npos || equals == 0 || is_url) return of_part(word);
    const std::string key = of_part(word.substr(0, equals));
    label_ = label_of(word.substr(0, equals), true);
    return key + "=" + (equals + 1 < word.size() ? of_word(word.substr(equals + 1)) : std::string());
  }

  std::string of_part(std::string_view whole) {
    const std::size_t end = std::min(whole.find_last_not_of(kTrailing) + 1, whole.size());
    const std::string_view word = whole.substr(0, end), tail = whole.substr(end);
    const bool is_number_of = label_ == Label::serial && lower_ascii(word) == "number";
    const Label label = std::exchange(
        label_, is_number_of ? Label::serial : label_of(word, tail.find(':') != std::string_view::npos));
    const bool goes_on = std::exchange(was_path_, false) && word.find('/') != std::string_view::npos;
    std::string_view instead;
    if (const auto found = replacement(word, names_)) {
      instead = *found;
    } else if (goes_on) {
      instead = "PATH";  // of a folder with a space in its name
    } else if (label == Label::name && !word.empty()) {
      instead = "NAME";
    } else if (label == Label::serial && !is_number_of && count_of(word, is_digit) > 0) {
      instead = "SERIAL";
    }
    was_path_ = instead == "PATH" && tail.empty();
    return (instead.empty() ? without_names(without_addresses(std::string(word)), names_)
                            : std::string(instead)) +
           std::string(tail);
  }

  const std::vector<std::string>& names_;
  Label label_ = Label::none;
  bool was_path_ = false;
};

}  // namespace

std::string scrub(std::string_view text, const std::vector<std::string>& names) {
  return Scrubber(names)(text);
}

}  // namespace eb
