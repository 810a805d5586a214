#include "backends/gpu/ep_attributes.h"

#include <algorithm>

namespace eb::gpu {
namespace {

struct TypeRow {
  ONNXTensorElementDataType ort;
  Type ours;
};
constexpr TypeRow kTypes[] = {
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, Type::f32},    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, Type::f16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, Type::i8},      {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, Type::u8},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, Type::i32},    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, Type::i64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, Type::boolean},
};

// How many bytes `ReadOpAttr` has for us: it says so by failing, unless there are none.
std::size_t attribute_bytes(const Ort& ort, const OrtOpAttr& attribute, OrtOpAttrType type) {
  std::size_t bytes = 0;
  if (OrtStatus* status = ort.api->ReadOpAttr(&attribute, type, nullptr, 0, &bytes))
    ort.api->ReleaseStatus(status);
  return bytes;
}

template <class Item>
Result<std::vector<Item>> read_items(const Ort& ort, const OrtOpAttr& attribute, OrtOpAttrType type) {
  std::vector<Item> items(attribute_bytes(ort, attribute, type) / sizeof(Item));
  if (items.empty()) return items;
  std::size_t bytes = 0;
  EB_OK(ort.check(ort.api->ReadOpAttr(&attribute, type, items.data(), items.size() * sizeof(Item), &bytes)));
  return items;
}

template <class Item>
Result<Item> read_one(const Ort& ort, const OrtOpAttr& attribute, OrtOpAttrType type) {
  Item item{};
  std::size_t bytes = 0;
  EB_OK(ort.check(ort.api->ReadOpAttr(&attribute, type, &item, sizeof(Item), &bytes)));
  return item;
}

// The runtime puts a zero behind each text of a list.
Result<std::string> read_text(const Ort& ort, const OrtOpAttr& attribute, OrtOpAttrType type) {
  EB_GET(const std::vector<char> bytes, read_items<char>(ort, attribute, type));
  std::string text(bytes.begin(), bytes.end());
  while (!text.empty() && text.back() == '\0') text.pop_back();
  std::replace(text.begin(), text.end(), '\0', ',');
  return text;
}

Result<std::optional<Attribute>> read_tensor(const Ort& ort, const OrtOpAttr& attribute) {
  constexpr std::int64_t kMostElements = 4096;
  OrtValue* raw = nullptr;
  EB_OK(ort.check(ort.api->OpAttr_GetTensorAttributeAsOrtValue(&attribute, &raw)));
  const OrtHandle<OrtValue> tensor(raw, ort.api->ReleaseValue);
  OrtTensorTypeAndShapeInfo* info_raw = nullptr;
  EB_OK(ort.check(ort.api->GetTensorTypeAndShape(raw, &info_raw)));
  const OrtHandle<OrtTensorTypeAndShapeInfo> info(info_raw, ort.api->ReleaseTensorTypeAndShapeInfo);
  std::size_t count = 0;
  ONNXTensorElementDataType type{};
  EB_OK(ort.check(ort.api->GetTensorShapeElementCount(info_raw, &count)));
  EB_OK(ort.check(ort.api->GetTensorElementType(info_raw, &type)));
  const auto ours = type_of(type);
  if (!ours || count > static_cast<std::size_t>(kMostElements)) return std::optional<Attribute>();
  EB_GET(const auto bytes, tensor_bytes(ort, *raw));
  Graph holder;
  holder.values.push_back({"", *ours, {static_cast<std::int64_t>(count)}, bytes});
  if (*ours == Type::f32 || *ours == Type::f16) return std::optional<Attribute>(holder.constant_reals(0));
  return std::optional<Attribute>(holder.constant_integers(0));
}

Result<std::optional<Attribute>> read_attribute(const Ort& ort, const OrtOpAttr& attribute) {
  OrtOpAttrType type = ORT_OP_ATTR_UNDEFINED;
  EB_OK(ort.check(ort.api->OpAttr_GetType(&attribute, &type)));
  std::optional<Attribute> read;
  const auto keep = [&](auto value) -> Status {
    if (!value) return value.error();
    read = *std::move(value);
    return Done{};
  };
  switch (type) {
    case ORT_OP_ATTR_INT:
      EB_OK(keep(read_one<std::int64_t>(ort, attribute, type)));
      break;
    case ORT_OP_ATTR_FLOAT:
      EB_OK(keep(read_one<float>(ort, attribute, type)));
      break;
    case ORT_OP_ATTR_INTS:
      EB_OK(keep(read_items<std::int64_t>(ort, attribute, type)));
      break;
    case ORT_OP_ATTR_FLOATS:
      EB_OK(keep(read_items<float>(ort, attribute, type)));
      break;
    case ORT_OP_ATTR_STRING:
    case ORT_OP_ATTR_STRINGS:
      EB_OK(keep(read_text(ort, attribute, type)));
      break;
    case ORT_OP_ATTR_TENSOR:
      return read_tensor(ort, attribute);
    case ORT_OP_ATTR_GRAPH:
    case ORT_OP_ATTR_UNDEFINED:
      break;
  }
  return read;
}

}  // namespace

std::optional<Type> type_of(ONNXTensorElementDataType type) {
  const auto row =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.ort == type; });
  return row == std::end(kTypes) ? std::nullopt : std::optional(row->ours);
}

Result<std::span<const std::byte>> tensor_bytes(const Ort& ort, const OrtValue& tensor) {
  const void* data = nullptr;
  std::size_t bytes = 0;
  EB_OK(ort.check(ort.api->GetTensorSizeInBytes(&tensor, &bytes)));
  if (bytes > 0) EB_OK(ort.check(ort.api->GetTensorData(&tensor, &data)));
  return std::span(static_cast<const std::byte*>(data), bytes);
}

Status import_attributes(const Ort& ort, const OrtNode& node, Node& ours) {
  EB_GET(const auto attributes,
         list_of<OrtOpAttr>(ort, ort.api->Node_GetNumAttributes, ort.api->Node_GetAttributes, &node));
  for (const OrtOpAttr* attribute : attributes) {
    const char* name = nullptr;
    EB_OK(ort.check(ort.api->OpAttr_GetName(attribute, &name)));
    EB_GET(auto read, read_attribute(ort, *attribute));
    if (read) ours.attributes[name] = *std::move(read);
  }
  return Done{};
}

}  // namespace eb::gpu
