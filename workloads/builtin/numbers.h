#pragma once
// Numbers without meaning that are the same on every machine: no function of a library has a part in them.
#include <cstdint>

namespace eb {

// splitmix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014).
class Numbers {
 public:
  explicit Numbers(std::uint64_t seed) : state_(seed) {}

  std::uint64_t bits() {
    std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  // A whole number of steps of 1/1024, from -1 to below 1: halves hold it exactly, too.
  float unit() { return static_cast<float>(static_cast<int>(bits() >> 53) - 1024) / 1024; }
  // From 0 to 255.
  std::int64_t byte() { return static_cast<std::int64_t>(bits() >> 56); }

 private:
  std::uint64_t state_;
};

}  // namespace eb
