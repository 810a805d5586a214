#pragma once
// Planning: a Graph becomes a Program, a list of kernel calls over areas of device memory whose lifetimes are
// known. Pure: no device is touched, so a plan can be tested without one. `make_plan` drives; the operators
// (ops.h) emit calls.
//
// On the device an element is stored as its Rep: every real, small integer and boolean type is a float; i32
// and i64 keep their own bits (an i64 is two words, low first). Conversions happen at the edge of the
// program, on the device.
//
// A value is kept in one or more layouts, converted when an operator asks for another:
//   flat   row-major, dense, as ONNX has it
//   rows   the same, but the last axis has a pitch that is a multiple of the vector width V
//   image  channels last: [N, C, spatial...] is stored as [N, spatial..., pitch >= C]
// Padding between C and the pitch holds finite numbers of no meaning in `rows` and `image`: who reads past C
// must not care.
//
// Runs may be kept smaller than in words: a Store. An operator that does not ask for another gets words.
// Bytes are unsigned: a number of type i8 is kept 128 higher.
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "backends/gpu/compute_device.h"
#include "backends/gpu/fuse.h"
#include "backends/gpu/graph.h"
#include "backends/gpu/tiles.h"

namespace eb::gpu {

enum class Rep : std::uint8_t { real, i32, i64 };
Rep rep_of(Type type);

enum class Layout : std::uint8_t { flat, rows, image };

// How an element of `rows` or `image` is kept: in 4, 2 or 1 bytes. What is flat is kept in words.
enum class Store : std::uint8_t { word, half, byte };
std::int64_t bytes_of(Store store);

// Floats of zeros at the head of every slab of device memory: a tap outside a picture is read at address 0.
inline constexpr std::int64_t kZeroPageFloats = 2048;

// What reals are kept in where operators can keep them so: f16 as halves and f32 as words, or both as halves.
enum class Precision : std::uint8_t { model, fp16 };

// Where a tensor is: an area of the program's memory, or a constant.
struct Place {
  int area = -1;      // of the program, or
  int constant = -1;  // of the program's constants
  Layout layout = Layout::flat;
  Store store = Store::word;
  Rep rep = Rep::real;
  Shape shape{};                   // of the value, in ONNX's order
  std::int64_t pixels = 0;         // rows and image: how many channel runs there are
  std::int64_t channels = 0;       // rows and image: elements of a run
  std::int64_t pitch = 0;          // rows and image: elements from one run to the next
  std::int64_t first_channel = 0;  // rows and image: a view into wider runs (concatenation in place)

  std::int64_t size() const { return elements(shape); }
};

// A kernel parameter: bits, or the address of a place, known only when memory is laid out.
struct Param {
  std::uint32_t bits = 0;
  int area = -1;
  std::uint32_t unit_bytes = 4;    // the address counts units of so many bytes
  std::uint64_t offset_bytes = 0;  // added to the area's address

  static Param of(std::int64_t integer);
  static Param of(float real);
  // Address in its buffer of the element that comes `offset` elements after the place's first, in units of
  // `unit` elements (1, 4 or V). A constant starts at 0.
  static Param address(const Place& place, std::int64_t unit = 1, std::int64_t offset = 0);
};

struct Call {
  KernelDesc kernel{};
  std::vector<Place> buffers{};  // in the order of the kernel's BUF lines
  std::vector<Param> params{};
  std::array<std::int64_t, 3> items{1, 1, 1};  // work-items wanted; rounded up to whole groups
  std::string node{};                          // whose work it is, for profiles
};

struct Program {
  struct Area {
    std::int64_t floats = 0;
    int first_call = 0, last_call = 0;  // lives in between, both included
  };
  // Bytes as the host has them, in an area of their own.
  struct Port {
    ValueId value = kNoValue;
    int area = -1;
    std::uint64_t bytes = 0;
  };
  std::vector<Call> calls{};
  std::vector<Area> areas{};
  std::vector<std::vector<std::uint32_t>> constants{};  // words
  std::vector<Port> inputs{}, outputs{};                // in the graph's order

  // "fp32", or in what else numbers are kept and multiplied: what a device states about itself.
  std::string compute_precision() const;
};

class Planner {
 public:
  // All three must outlive the planner.
  Planner(const Graph& graph, const DeviceInfo& device, const Tiles& tiles,
          Precision precision = Precision::model)
      : graph_(graph),
        device_(device),
        tiles_(tiles),
        precision_(precision),
        places_(graph.values.size()),
        wholes_(graph.values.size()) {
    find_concat_parts();
  }

  const Graph& graph() const { return graph_; }
  const DeviceInfo& device() const { return device_; }
  const Tiles& tiles() const { return tiles_; }
  const Value& value(ValueId id) const { return graph_.value(id); }
  std::int64_t vector_floats() const { return device_.vector_floats; }
  std::int64_t round_up_to_vector(std::int64_t channels) const;

  // The store that rows and images of the value are kept in by operators that can.
  Store store_of(ValueId id) const;

  // Where a value is, in the layout and store asked for; made from another if it is not there yet.
  // rows: rank >= 1. image: rank >= 2. Only reals have rows and images.
  Place flat(ValueId id);
  Place rows(ValueId id, Store store = Store::word);
  Place image(ValueId id, Store store = Store::word);
  // In whichever layout and store it was written first (constants: flat).
  Place as_written(ValueId id);
  // In that layout, in words.
  Place any(ValueId id);
  bool has(ValueId id, Layout layout) const;  // in any store

  // A new place for a value that the caller's next calls write.
  Place new_flat(ValueId id);
  Place new_rows(ValueId id, Store store = Store::word);
  Place new_image(ValueId id, Store store = Store::word);
  Place new_like(ValueId id, const Place& other);  // layout and store of `other`; the shapes must agree
  // An image; of a value that only a concatenation of channels reads it is a part of what that makes, if that
  // is kept in the same store: pitch and first_channel are then those of the whole, and the concatenation has
  // nothing to copy.
  Place new_image_in_place(ValueId id, Store store = Store::word);
  // `id` has the same elements in the same memory as `place`, which describes another value of as many
  // elements (reshape, identity): no copy. A place that is not flat must describe `id` rightly: same
  // channels, pixels and pitch.
  void alias(ValueId id, Place place);
  // Memory for the emitting operator only.
  Place scratch(std::int64_t elements, Store store = Store::word);

  // Halves are packed, two in a word.
  Place constant(const std::vector<float>& reals, Store store = Store::word);
  Place constant_words(std::vector<std::uint32_t> words);

  void call(Call call);
  // A call over `items` items in one dimension, in groups of a size that suits the device.
  void call_linear(KernelDesc kernel, std::vector<Place> buffers, std::vector<Param> params,
                   std::int64_t items);
  std::uint32_t linear_group() const;

  // What rides in the epilogue of the node that is being emitted; its `output` is what the node's calls must
  // write. Only operators that `fuse` knows ever see one that is not empty.
  const Epilogue& epilogue() const { return epilogue_; }
  // How the node that is being emitted is computed in whole numbers, if it is.
  const std::optional<Quantized>& quantized() const { return quantized_; }

 private:
  // What a place of a value is told by.
  struct Form {
    Layout layout = Layout::flat;
    Store store = Store::word;
    bool operator==(const Form&) const = default;
  };
  static Form form_of(const Place& place) { return {place.layout, place.store}; }
  Place new_place(ValueId id, Form form);
  Place in_form(ValueId id, Form form);
  Place constant_place(ValueId id, Form form);
  Place describe(ValueId id, Form form) const;
  void convert(const Place& from, const Place& to);
  void restore(const Place& from, const Place& to, Type type);
  void find_concat_parts();
  const Place* find(ValueId id, Form form) const;
  Place keep(ValueId id, Place place);
  int new_area(std::int64_t floats);
  Status emit(const FusedNode& fused);
  Status import_inputs();
  Status export_outputs();
  void set_lifetimes();

  friend Result<Program> make_plan(const Graph& graph, const DeviceInfo& device, const Tiles& tiles,
                                   Precision precision);

  const Graph& graph_;
  const DeviceInfo& device_;
  const Tiles& tiles_;
  const Precision precision_;
  Program program_{};
  std::vector<std::vector<Place>> places_{};  // of each value: one a form, in the order they were made
  // Of a value that is a part of a concatenation: of what, and from which channel on.
  struct Whole {
    ValueId value = kNoValue;
    std::int64_t first_channel = 0;
  };
  std::vector<Whole> wholes_{};
  std::string node_{};
  Epilogue epilogue_{};
  std::optional<Quantized> quantized_{};
};

// Every node of the graph must be one that `refusal` (ops.h) does not refuse.
Result<Program> make_plan(const Graph& graph, const DeviceInfo& device, const Tiles& tiles = {},
                          Precision precision = Precision::model);

}  // namespace eb::gpu
