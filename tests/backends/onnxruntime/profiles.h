#pragma once
// Profiles that ONNX Runtime 1.30 wrote, less the arguments that nobody reads: of nlp/language-id ("small")
// and bench/squeezenet-1.1, unfused as operations are counted, and as three providers ran them.
#include <fstream>
#include <iterator>
#include <string>

#include "tests/support/places.h"

namespace eb::test {

inline std::string recorded_profile(const std::string& name) {
  std::ifstream in(source_folder() / "tests/backends/onnxruntime/profiles" / (name + ".json"));
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace eb::test
