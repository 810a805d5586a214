#include "backends/gpu/ops/bytes.h"

#include <algorithm>
#include <limits>

namespace eb::gpu {
namespace {

constexpr float kMaxByte = 255;

struct BytesCall {
  int kind = 0;  // of bytes.krn
  Place x{}, y{};
  const Place* other = nullptr;
  Steps x_steps{}, other_steps{}, y_steps{};
  float low = -std::numeric_limits<float>::infinity();  // of y, in reals
  float high = std::numeric_limits<float>::infinity();
};

void emit(Planner& planner, const BytesCall& work) {
  const std::int64_t width = planner.vector_floats();
  const std::int64_t vectors = planner.round_up_to_vector(work.y.channels) / width;
  std::vector<Place> places = {work.x, work.y};
  if (work.other) places.push_back(*work.other);
  const Place& other = work.other ? *work.other : work.x;
  const Steps& y = work.y_steps;
  std::vector<Param> params = {Param::of(work.y.pixels * vectors), Param::of(vectors)};
  for (const Place* const place : {&work.x, &work.y, &other})
    params.insert(params.end(), {Param::address(*place, width), Param::of(place->pitch / width)});
  for (const float number :
       {work.x_steps.scale, work.x_steps.zero, work.other_steps.scale, work.other_steps.zero, y.scale, y.zero,
        std::max(work.low / y.scale, -y.zero), std::min(work.high / y.scale, kMaxByte - y.zero)})
    params.push_back(Param::of(number));
  planner.call_linear({"bytes", {{"KIND", work.kind}}, {}}, std::move(places), std::move(params),
                      work.y.pixels * vectors);
}

}  // namespace

void call_to_reals(Planner& planner, const Place& numbers, const Steps& steps, const Place& reals) {
  emit(planner, {.kind = 0, .x = numbers, .y = reals, .x_steps = steps});
}

void call_to_bytes(Planner& planner, const Place& reals, const Place& numbers, const Steps& steps) {
  emit(planner, {.kind = 1, .x = reals, .y = numbers, .y_steps = steps});
}

void emit_sum_of_bytes(Planner& planner) {
  const Quantized& sum = *planner.quantized();
  const Epilogue& epilogue = planner.epilogue();
  const bool as_rows = planner.has(sum.x, Layout::rows) && !planner.has(sum.x, Layout::image);
  const auto bytes_of = [&](ValueId id) {
    return as_rows ? planner.rows(id, Store::byte) : planner.image(id, Store::byte);
  };
  const Place other = bytes_of(sum.other);
  BytesCall work{.kind = 2, .x = bytes_of(sum.x), .y = {}, .other = &other};
  work.y = planner.new_like(epilogue.output, work.x);
  work.x_steps = sum.x_steps;
  work.other_steps = sum.other_steps;
  work.y_steps = sum.y_steps;
  if (epilogue.activation == Activation::clamp) {
    work.low = epilogue.a;
    work.high = epilogue.b;
  }
  emit(planner, work);
}

}  // namespace eb::gpu
