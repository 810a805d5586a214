#pragma once
// What chance, or somebody, makes of a bundle. Pure: a seed makes one and the same.
#include <map>
#include <random>
#include <string>

namespace eb::test {

// Bytes changed, cut out, put in, doubled; of the archive as it is.
inline std::string mutated(std::string bytes, std::mt19937& random) {
  const auto below = [&](std::size_t n) {
    return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
  };
  for (std::size_t edits = 1 + below(4); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = below(bytes.size()),
                      length = 1 + below(std::min<std::size_t>(64, bytes.size() - at));
    switch (below(5)) {
      case 0:
        bytes[at] = static_cast<char>(below(256));
        break;
      case 1:
        bytes.erase(at, length);
        break;
      case 2:
        bytes.insert(at, bytes.substr(at, length));
        break;
      case 3:
        bytes.insert(at, length, static_cast<char>(below(256)));
        break;
      default:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << below(8)));
    }
  }
  return bytes;
}

// One of the files, so that what is inside of a well-signed archive is reached, too.
inline void mutate_one(std::map<std::string, std::string>& files, std::mt19937& random) {
  auto file = files.begin();
  std::advance(file, static_cast<std::ptrdiff_t>(random() % files.size()));
  file->second = mutated(file->second, random);
}

}  // namespace eb::test
