#pragma once
// The last layer of a classifier, and changes of it that training found: pure functions.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace eb {

// What is added to a layer's numbers: weights [features, classes], then biases [classes].
using LayerChange = std::vector<float>;

// As it is when it was sent in one byte a number: whole steps of a 127th of the largest magnitude. What is
// not finite stays so.
LayerChange sent_in_bytes(LayerChange change);

// The mean of changes of one size, of which there is at least one (McMahan et al. 2017, FedAvg, for shards of
// one size).
LayerChange mean_of(std::span<const LayerChange> changes);

// Pictures as the network sees them before its last layer, row by row: features, then the class.
struct HeldOut {
  std::size_t features = 0, classes = 0;
  std::vector<float> values{};       // [pictures, features]
  std::vector<std::size_t> truth{};  // [pictures]
};

// Share of the pictures that layer + change puts into the right class. An answer that is not finite is wrong.
double accuracy_of(std::span<const float> layer, const LayerChange& change, const HeldOut& pictures);

}  // namespace eb
