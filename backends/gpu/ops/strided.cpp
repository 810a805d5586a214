#include "backends/gpu/ops/strided.h"

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstdlib>
#include <iterator>
#include <optional>

namespace eb::gpu {
namespace {

bool on_cpu(const Planner& planner) {
  return planner.device().type == DeviceType::cpu;
}

// In words, ready to be a kernel's.
struct WordCopy {
  const Place* from;
  const Place* to;
  std::int64_t from_offset, to_offset;
  std::vector<StridedAxis> axes;  // merged
};

// The copy in whole vectors, if all of it is aligned to them.
std::optional<std::vector<StridedAxis>> in_vectors(const WordCopy& copy, std::int64_t vector) {
  if (vector == 1 || (copy.from_offset + copy.from->first_channel) % vector != 0 ||
      (copy.to_offset + copy.to->first_channel) % vector != 0)
    return {};
  std::vector<StridedAxis> axes = copy.axes;
  const auto run = std::find_if(axes.begin(), axes.end(), [](const StridedAxis& axis) {
    return axis.from_stride == 1 && axis.to_stride == 1;
  });
  if (run == axes.end() || run->size % vector != 0) return {};
  for (auto axis = axes.begin(); axis != axes.end(); ++axis) {
    if (axis == run) continue;
    if (axis->from_stride % vector != 0 || axis->to_stride % vector != 0) return {};
    axis->from_stride /= vector;
    axis->to_stride /= vector;
  }
  run->size /= vector;
  return merged_axes(std::move(axes));
}

// Elements for one work-item: on a CPU enough to pay for finding its place; on a GPU neighbours take
// neighbours.
std::int64_t chunk_of(const Planner& planner, std::int64_t run, bool vectors) {
  if (!on_cpu(planner)) return 1;
  return std::min<std::int64_t>(run, vectors ? 32 : 256);
}

void emit_strided(Planner& planner, const WordCopy& copy, std::int64_t unit) {
  std::vector<StridedAxis> axes = copy.axes;
  if (axes.empty()) axes.push_back({1, 1, 1});
  const StridedAxis run = axes.back();
  axes.pop_back();
  assert(axes.size() < kMaxCopyAxes);
  const std::int64_t chunk = chunk_of(planner, run.size, unit > 1);
  std::int64_t items = (run.size + chunk - 1) / chunk;
  std::vector<Param> params = {address_of(*copy.from, copy.from_offset, unit),
                               address_of(*copy.to, copy.to_offset, unit),
                               Param::of(run.size),
                               Param::of(chunk),
                               Param::of(run.from_stride),
                               Param::of(run.to_stride),
                               Param::of(static_cast<std::int64_t>(axes.size()))};
  std::reverse(axes.begin(), axes.end());
  for (const StridedAxis& axis : axes) items *= axis.size;
  axes.resize(kMaxCopyAxes - 1);
  for (const StridedAxis& axis : axes)
    params.insert(params.end(),
                  {Param::of(axis.size), Param::of(axis.from_stride), Param::of(axis.to_stride)});
  call_items(planner,
             {.kernel = "copy_strided",
              .defines = {{"VEC", unit == 1                       ? 0
                                  : copy.to->store == Store::half ? 2
                                                                  : 1}}},
             {*copy.from, *copy.to}, std::move(params), items);
}

// A transpose in tiles, where the source's runs cross the target's; false if this is none.
bool emit_transposed(Planner& planner, const WordCopy& copy) {
  constexpr std::int64_t kTile = 16, kMaxBatch = 65535;  // of a grid's third dimension
  constexpr std::int64_t kWorthIt = 8;
  std::vector<StridedAxis> axes = copy.axes;
  const auto find = [&](auto stride) {
    return std::find_if(axes.begin(), axes.end(), [&](const StridedAxis& axis) { return axis.*stride == 1; });
  };
  const auto row_axis = find(&StridedAxis::from_stride), column_axis = find(&StridedAxis::to_stride);
  if (row_axis == axes.end() || column_axis == axes.end() || row_axis == column_axis) return false;
  const StridedAxis rows = *row_axis, columns = *column_axis;
  std::erase_if(axes, [](const StridedAxis& axis) { return axis.from_stride == 1 || axis.to_stride == 1; });
  std::int64_t batch = 1;
  for (const StridedAxis& axis : axes) batch *= axis.size;
  if (rows.size < kWorthIt || columns.size < kWorthIt || axes.size() > 3 || batch > kMaxBatch) return false;

  std::vector<Param> params = {address_of(*copy.from, copy.from_offset),
                               address_of(*copy.to, copy.to_offset),
                               Param::of(rows.size),
                               Param::of(columns.size),
                               Param::of(columns.from_stride),
                               Param::of(rows.to_stride),
                               Param::of(batch)};
  std::reverse(axes.begin(), axes.end());
  axes.resize(3);
  for (const StridedAxis& axis : axes)
    params.insert(params.end(),
                  {Param::of(axis.size), Param::of(axis.from_stride), Param::of(axis.to_stride)});
  const bool local = !on_cpu(planner) && planner.device().max_group_items >= kTile * kTile;
  const std::int64_t tiles_across = (rows.size + kTile - 1) / kTile,
                     tiles_down = (columns.size + kTile - 1) / kTile;
  Call call{.kernel = {.kernel = "copy_transposed", .defines = {{"LOCAL", local ? 1 : 0}}},
            .buffers = {*copy.from, *copy.to},
            .params = std::move(params),
            .items = {tiles_across, tiles_down, batch}};
  if (local) {
    call.kernel.group = {kTile, kTile, 1};
    call.items = {tiles_across * kTile, tiles_down * kTile, batch};
  }
  planner.call(std::move(call));
  return true;
}

}  // namespace

std::vector<StridedAxis> merged_axes(std::vector<StridedAxis> axes) {
  std::erase_if(axes, [](const StridedAxis& axis) { return axis.size == 1; });
  std::stable_sort(axes.begin(), axes.end(), [](const StridedAxis& a, const StridedAxis& b) {
    return std::abs(a.to_stride) > std::abs(b.to_stride);
  });
  std::vector<StridedAxis> merged;
  for (const StridedAxis& axis : axes) {
    if (!merged.empty() && merged.back().to_stride == axis.to_stride * axis.size &&
        merged.back().from_stride == axis.from_stride * axis.size)
      merged.back() = {merged.back().size * axis.size, axis.from_stride, axis.to_stride};
    else
      merged.push_back(axis);
  }
  return merged;
}

void emit_copy(Planner& planner, StridedCopy copy) {
  assert(copy.from.rep == copy.to.rep && copy.from.store == copy.to.store);
  const std::int64_t words = copy.from.rep == Rep::i64 ? 2 : 1;
  for (StridedAxis& axis : copy.axes) {
    axis.from_stride *= words;
    axis.to_stride *= words;
  }
  if (words > 1) copy.axes.push_back({words, 1, 1});
  WordCopy in_words{&copy.from, &copy.to, copy.from_offset * words, copy.to_offset * words,
                    merged_axes(std::move(copy.axes))};
  if (copy.from.rep == Rep::real)
    if (auto axes = in_vectors(in_words, planner.vector_floats())) {
      in_words.axes = std::move(*axes);
      return emit_strided(planner, in_words, planner.vector_floats());
    }
  assert(copy.to.store == Store::word);
  if (!emit_transposed(planner, in_words)) emit_strided(planner, in_words, 1);
}

void emit_fill(Planner& planner, const Place& to, std::int64_t to_offset, std::vector<StridedAxis> axes,
               std::uint32_t word) {
  assert(to.rep != Rep::i64);
  const std::int64_t vector = planner.vector_floats();
  for (StridedAxis& axis : axes) axis.from_stride = 0;
  axes = merged_axes(std::move(axes));
  // A run of whole vectors is filled from a vector.
  if (!axes.empty() && axes.back().to_stride == 1 && axes.back().size % vector == 0) {
    axes.back() = {axes.back().size / vector, 0, vector};
    axes.push_back({vector, 1, 1});
  }
  Place from = planner.constant_words(std::vector<std::uint32_t>(static_cast<std::size_t>(vector), word));
  from.rep = to.rep;
  emit_copy(planner, {.from = from, .to = to, .to_offset = to_offset, .axes = std::move(axes)});
}

void emit_fill_all(Planner& planner, const Place& to, float real) {
  const std::int64_t floats = to.layout == Layout::flat ? to.size() : to.pixels * to.pitch;
  emit_fill(planner, to, 0, {{floats, 0, 1}}, std::bit_cast<std::uint32_t>(real));
}

std::vector<std::int64_t> strides_of(const Place& place) {
  const std::size_t rank = place.shape.size();
  std::vector<std::int64_t> strides(rank, 1);
  // Axes from the innermost in memory to the outermost.
  std::vector<std::size_t> order;
  for (std::size_t axis = rank; axis-- > 0;) order.push_back(axis);
  if (place.layout == Layout::image) {
    std::erase(order, std::size_t{1});
    order.insert(order.begin(), 1);
  }
  std::int64_t stride = 1;
  for (std::size_t i = 0; i < rank; ++i) {
    strides[order[i]] = stride;
    stride *= i == 0 && place.layout != Layout::flat ? place.pitch : place.shape[order[i]];
  }
  return strides;
}

std::vector<StridedAxis> axes_between(const Place& from, const Place& to) {
  assert(from.shape.size() == to.shape.size());
  const auto from_strides = strides_of(from), to_strides = strides_of(to);
  std::vector<StridedAxis> axes;
  for (std::size_t i = 0; i < from.shape.size(); ++i)
    axes.push_back({from.shape[i], from_strides[i], to_strides[i]});
  return axes;
}

Place seen_as(Place place, Shape shape) {
  assert(place.layout == Layout::flat && elements(shape) == place.size());
  place.shape = std::move(shape);
  return place;
}

Param address_of(const Place& place, std::int64_t offset_words, std::int64_t unit_words) {
  assert(offset_words >= 0 && offset_words % unit_words == 0);
  return Param::address(place, unit_words, offset_words);
}

void call_items(Planner& planner, KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
                std::int64_t items) {
  constexpr std::int64_t kMaxGroups = 65535;  // what every Vulkan device has in each dimension
  const std::int64_t group = planner.linear_group();
  const std::int64_t across = std::min(items, kMaxGroups * group);
  kernel.group = {planner.linear_group(), 1, 1};
  params.insert(params.begin(), {Param::of(across), Param::of(items)});
  planner.call({.kernel = std::move(kernel),
                .buffers = std::move(buffers),
                .params = std::move(params),
                .items = {across, (items + across - 1) / across, 1}});
}

}  // namespace eb::gpu
