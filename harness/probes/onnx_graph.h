#pragma once
// Small ONNX models of one kind of layer, made on the spot, for devices that can be reached through models
// only.
#include <cstdint>
#include <string>

namespace eb::probes {

enum class LayerKind : std::uint8_t { matmul, conv };
enum class LayerPrecision : std::uint8_t { fp32, fp16, int8 };

// `layers` layers in a row. matmul: [rows, channels] by [channels, channels]. conv: [1, channels, side, side]
// by [channels, channels, 3, 3] with a border of 1. int8 is uint8 activations and int8 weights between
// quantizing and dequantizing nodes, as tools of vendors write it; inputs and outputs stay fp32.
struct LayerGraph {
  LayerKind kind = LayerKind::matmul;
  LayerPrecision precision = LayerPrecision::fp32;
  std::int64_t rows = 1;  // of matmul
  std::int64_t side = 1;  // of conv
  std::int64_t channels = 1;
  int layers = 1;
};

// The model as bytes of an ONNX file (IR 8, opset 17). Weights are small numbers, so that nothing overflows.
std::string onnx_model(const LayerGraph& graph);
// Multiply-accumulates of one run, border included.
double macs_of(const LayerGraph& graph);
// "matmul 256 x 1024, 4 layers"
std::string text_of(const LayerGraph& graph);

}  // namespace eb::probes
