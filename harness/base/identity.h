#pragma once
// Whose machine this is.
#include <string>
#include <vector>

namespace eb {

// The names of this host and of the user, each once: what nobody else should read in a result. Names that
// half the world has ("root", "raspberrypi") tell nothing and are left out, and so is what is shorter than 3
// signs.
std::vector<std::string> private_names();

// The same rule, for names from elsewhere.
std::vector<std::string> telling_names(const std::vector<std::string>& names);

}  // namespace eb
