#pragma once
// What a child may be told of our environment so that it loads no library from where it happens to stand.
#include <string>
#include <string_view>
#include <vector>

namespace eb {

// A list of folders, separated by ':', without those that mean the current folder or start from it: an empty
// entry does, too.
std::string absolute_folders(std::string_view list);

// "NAME=value" with the lists of folders that libraries are looked for in made absolute; one that has no
// folder left is not given.
std::vector<std::string> with_absolute_library_folders(std::vector<std::string> environment);

}  // namespace eb
