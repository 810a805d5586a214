#version 450
#extension GL_EXT_control_flow_attributes : enable
#extension GL_EXT_shader_explicit_arithmetic_types_float16 : enable
// Makes a .krn file a GLSL compute shader. TEXEL (0 or 1) is defined by who compiles: read vectors through texel buffers.
layout(local_size_x_id = 0, local_size_y_id = 1, local_size_z_id = 2) in;
#define DIALECT_GLSL 1
#define LX int(gl_WorkGroupSize.x)
#define LY int(gl_WorkGroupSize.y)
#define LZ int(gl_WorkGroupSize.z)
#define SPEC(id, name, dflt)    layout(constant_id = id) const int name = dflt;
#define KERNEL_BEGIN(name)
#define BUF_IN(i, T, n)         layout(std430, set = 0, binding = i) readonly buffer Buf##i { T n[]; };
#define BUF_OUT(i, T, n)        layout(std430, set = 0, binding = i) writeonly buffer Buf##i { T n[]; };
#define BUF_IO(i, T, n)         layout(std430, set = 0, binding = i) buffer Buf##i { T n[]; };
#if TEXEL
#define BUF_RO4(i, T, n)        layout(set = 0, binding = i) uniform samplerBuffer n;
#define LD4(n, i)               texelFetch(n, i)
#else
#define BUF_RO4(i, T, n)        BUF_IN(i, T, n)
#define LD4(n, i)               n[i]
#endif
#define PARAMS_BEGIN            layout(push_constant) uniform Params {
#define PARAM(T, n)             T n;
// Grids of more groups than the 65,535 that Vulkan promises run in slices: the last two words say which (commands.cpp).
#define PARAMS_END              layout(offset = 120) int slice_x_; layout(offset = 124) int slice_yz_; };
#define KERNEL_LOCALS
#define SHARED(T, n, size)      shared T n[size];
#define KERNEL_BODY             void main() {
#define KERNEL_END              }
#define BARRIER()               barrier()
#define FIRST_WG_X (slice_x_ * 65535)
#define FIRST_WG_Y ((slice_yz_ & 0xffff) * 65535)
#define FIRST_WG_Z ((slice_yz_ >> 16) * 65535)
#define GID_X (int(gl_GlobalInvocationID.x) + FIRST_WG_X * LX)
#define GID_Y (int(gl_GlobalInvocationID.y) + FIRST_WG_Y * LY)
#define GID_Z (int(gl_GlobalInvocationID.z) + FIRST_WG_Z * LZ)
#define LID_X int(gl_LocalInvocationID.x)
#define LID_Y int(gl_LocalInvocationID.y)
#define WG_X  (int(gl_WorkGroupID.x) + FIRST_WG_X)
#define WG_Y  (int(gl_WorkGroupID.y) + FIRST_WG_Y)
#define WG_Z  (int(gl_WorkGroupID.z) + FIRST_WG_Z)
#define UNROLL                  [[unroll]]
#define VW 4
#define VF vec4
#define VI ivec4
#define VS(x) vec4(x)
#define float4 vec4
#define F4(a, b, c, d) vec4(a, b, c, d)
#define INT(x) int(x)
#define FLT(x) float(x)
#define AS_INT(x) floatBitsToInt(x)
#define AS_FLT(x) intBitsToFloat(x)
#define UINT_TO_FLT(x) float(uint(x))
#define SEL(c, a, b) ((c) ? (a) : (b))
#define MAD(a, b, c) ((a) * (b) + (c))
#define IMIN(a, b) min(a, b)
#define IMAX(a, b) max(a, b)
#define VGET(v, i)              v[i]
#define VSET(v, i, x)           v[i] = x
#define HALF_TO_FLT(bits)       unpackHalf2x16(uint(bits)).x
#define FLT_TO_HALF(x)          int(packHalf2x16(vec2(x, 0.0)))
#define FN
