#include <pwd.h>
#include <unistd.h>

#include <array>

#include "harness/base/identity.h"

namespace eb {

std::vector<std::string> private_names() {
  std::vector<std::string> names;
  std::array<char, 256> host{};
  if (::gethostname(host.data(), host.size() - 1) == 0) {
    names.emplace_back(host.data());
    names.push_back(names.back().substr(0, names.back().find('.')));
  }
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found && found->pw_name)
    names.emplace_back(found->pw_name);
  return telling_names(names);
}

}  // namespace eb
