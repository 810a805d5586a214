#pragma once
#include <string>
#include <vector>

namespace eb {

// "NAME=value" of what a child may know of our environment: where libraries, drivers and caches are. No
// token, no key.
std::vector<std::string> child_environment();

}  // namespace eb
