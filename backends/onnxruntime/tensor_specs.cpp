#include "backends/onnxruntime/tensor_specs.h"

#include <fmt/format.h>

#include <algorithm>

namespace eb::ort {
namespace {

struct TypeRow {
  ONNXTensorElementDataType ort;
  DType ours;
};
constexpr TypeRow kTypes[] = {
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT, DType::f32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE, DType::f64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16, DType::f16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16, DType::bf16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8, DType::i8},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8, DType::u8},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16, DType::i16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16, DType::u16},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32, DType::i32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32, DType::u32},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64, DType::i64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64, DType::u64},
    {ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL, DType::boolean},
};

Result<std::string> name_of(const Runtime& rt, const OrtSession* session, Side side, std::size_t index) {
  OrtAllocator* allocator = nullptr;
  EB_OK(rt.check(rt.api().GetAllocatorWithDefaultOptions(&allocator)));
  char* text = nullptr;
  const auto get = side == Side::input ? rt.api().SessionGetInputName : rt.api().SessionGetOutputName;
  EB_OK(rt.check(get(session, index, allocator, &text)));
  std::string name(text);
  EB_OK(rt.check(rt.api().AllocatorFree(allocator, text)));
  return name;
}

}  // namespace

Result<TensorSpec> spec_of(const Runtime& rt, const OrtTensorTypeAndShapeInfo* info, std::string name) {
  ONNXTensorElementDataType type{};
  EB_OK(rt.check(rt.api().GetTensorElementType(info, &type)));
  const auto row =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.ort == type; });
  if (row == std::end(kTypes))
    return Error{ErrorKind::unsupported,
                 type == ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING
                     ? fmt::format("tensor '{}' holds text; only numbers can be made up for it", name)
                     : fmt::format("tensor '{}' has element type {} of ONNX, which is not supported", name,
                                   int{type})};
  std::size_t rank = 0;
  EB_OK(rt.check(rt.api().GetDimensionsCount(info, &rank)));
  TensorSpec spec{std::move(name), row->ours, std::vector<std::int64_t>(rank)};
  EB_OK(rt.check(rt.api().GetDimensions(info, spec.shape.data(), rank)));
  std::vector<const char*> dim_names(rank);
  EB_OK(rt.check(rt.api().GetSymbolicDimensions(info, dim_names.data(), rank)));
  spec.dim_names.assign(dim_names.begin(), dim_names.end());
  return spec;
}

ONNXTensorElementDataType ort_type(DType type) {
  return std::find_if(std::begin(kTypes), std::end(kTypes), [&](const TypeRow& r) { return r.ours == type; })
      ->ort;
}

Result<std::vector<TensorSpec>> specs_of(const Runtime& rt, const OrtSession* session, Side side) {
  const OrtApi& api = rt.api();
  std::size_t count = 0;
  EB_OK(rt.check(
      (side == Side::input ? api.SessionGetInputCount : api.SessionGetOutputCount)(session, &count)));
  const auto get_type = side == Side::input ? api.SessionGetInputTypeInfo : api.SessionGetOutputTypeInfo;
  std::vector<TensorSpec> specs;
  for (std::size_t i = 0; i < count; ++i) {
    EB_GET(std::string name, name_of(rt, session, side, i));
    OrtTypeInfo* raw = nullptr;
    EB_OK(rt.check(get_type(session, i, &raw)));
    const Handle<OrtTypeInfo> type(raw, api.ReleaseTypeInfo);
    const OrtTensorTypeAndShapeInfo* info = nullptr;
    EB_OK(rt.check(api.CastTypeInfoToTensorInfo(type.get(), &info)));
    if (!info) return Error{ErrorKind::unsupported, fmt::format("'{}' is not a tensor", name)};
    EB_GET(TensorSpec spec, spec_of(rt, info, std::move(name)));
    specs.push_back(std::move(spec));
  }
  return specs;
}

}  // namespace eb::ort
