#pragma once
// Where things are that tests need. In one source, since a path of this machine in every command line would
// make every object of another clone a miss in the compiler's cache.
#include <filesystem>

namespace eb::test {

std::filesystem::path source_folder();
std::filesystem::path build_folder();
// A provider's library whose provider is the test itself (backends/gpu/ep_relay.cpp).
std::filesystem::path relay_library();

}  // namespace eb::test
