#pragma once
// A folder of a test's own: files by relative path, gone at the end. Serves as a recorded /proc and /sys,
// too.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include "harness/base/files.h"

namespace eb::test {

class Tree {
 public:
  Tree() : folder_(*TempFolder::create()) {}
  const std::filesystem::path& root() const { return folder_.path(); }
  std::filesystem::path operator/(std::string_view relative) const { return root() / relative; }

  std::filesystem::path write(std::string_view relative, std::string_view text) const {
    const auto file = root() / relative;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file;
  }
  std::string read(std::string_view relative) const {
    std::ifstream in(root() / relative, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
  std::size_t count() const {
    std::size_t n = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::recursive_directory_iterator(root())) ++n;
    return n;
  }

 private:
  TempFolder folder_;
};

// "" for a good result, so that EXPECT_EQ(problem(x), "") prints the message.
template <class T>
std::string problem(const Result<T>& result) {
  return result ? "" : result.error().message;
}

}  // namespace eb::test
