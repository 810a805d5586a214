#include "results/bundle/scrub.h"

#include <gtest/gtest.h>

namespace eb {
namespace {

struct Case {
  const char* text;
  const char* scrubbed;
};

void expect_all(std::initializer_list<Case> cases, const std::vector<std::string>& names = {}) {
  for (const auto& [text, scrubbed] : cases) {
    EXPECT_EQ(scrub(text, names), scrubbed) << text;
    EXPECT_EQ(scrub(scrubbed), scrubbed) << "again";
  }
}

TEST(Scrub, TakesPaths) {
  expect_all({{"cannot open /home/alice/npu.so: no such file", "cannot open PATH: no such file"},
              {"'/opt/a b/c.so' is gone", "'PATH PATH' is gone"},
              {"library ~/drivers/npu.so", "library PATH"},
              {"./model.onnx, ../x/y", "PATH, PATH"},
              {"drivers/alice/npu.so.1.2", "PATH"},
              {R"(C:\Users\alice\npu.dll (1))", "PATH (1)"},
              {R"(\\box\share\x)", "PATH"},
              {"-I/home/alice/include -O3", "PATH -O3"},
              {"-ffile-prefix-map=/home/alice=/src", "-ffile-prefix-map=PATH=PATH"},
              {"rpath:/home/alice/lib", "PATH"}});
}

TEST(Scrub, TakesUrlsAndAddresses) {
  expect_all({{"see http://box.lan:8080/x?token=1", "see URL"},
              {"scpi://192.168.1.20?dialect=rs", "URL"},
              {"token=abc", "token=NAME"},
              {"192.168.1.20:5025 does not answer.", "ADDRESS does not answer."},
              {"(10.0.0.0/8)", "(ADDRESS)"},
              {"at fe80::1ff:fe23:4567:890a%eth0", "at ADDRESS"},
              {"2001:db8:85a3:8d3:1319:8a2e:370:7348", "ADDRESS"},
              {"[::1]:80", "[ADDRESS]:80"},
              {"::ffff:10.0.0.1", "ADDRESS"},
              {"MAC 52:54:00:12:34:56, 52-54-00-12-34-56, 5254.0012.3456", "MAC ADDRESS, ADDRESS, ADDRESS"},
              {"alice@box said", "ADDRESS said"},
              {"scpi:192.168.1.20/1+rapl:0", "scpi:ADDRESS/1+rapl:0"},
              {"npu-52:54:00:12:34:56-x", "npu-ADDRESS-x"}});
}

TEST(Scrub, TakesSerialsAndNames) {
  expect_all({{"GPU-6f1e2d3c-1a2b-3c4d-5e6f-7a8b9c0d1e2f", "SERIAL"},
              {"serial R58M123ABC", "serial SERIAL"},
              {"Serial number: 12-34", "Serial number: SERIAL"},
              {"S/N: AB-1", "S/N: SERIAL"},
              {"board RK3588S0012ABC9 found", "board SERIAL found"},
              {"IMEI 356938035643809", "IMEI SERIAL"},
              {"id 0123456789abcdef", "id SERIAL"},
              {"host: box7, user=alice", "host: NAME, user=NAME"},
              {"lab-17.example.com refused", "HOST refused"},
              {"box.local:8888", "HOST"}});
}

TEST(Scrub, TakesNamesOfTheMachineWhereverTheyAre) {
  expect_all({{"box7 is busy", "NAME is busy"},
              {"Alice's box7-npu", "NAME's NAME-npu"},
              {"box77 and malice stay", "box77 and malice stay"}},
             {"box7", "alice"});
}

TEST(Scrub, LeavesWhatNamesNobody) {
  for (const char* text : {"",
                           "Cortex-A76 (4 cores) at 2400 MHz, 3.5 GB/s",
                           "NVIDIA GeForce RTX 3090",
                           "Intel(R) Xeon(R) E5-2680v4",
                           "llvmpipe (LLVM 15.0.6, 256 bits)",
                           "Mesa 22.3.6",
                           "ONNX Runtime 1.30.0",
                           "535.104.05",
                           "31.0.15.3623",
                           "vision/face-detection",
                           "CPUExecutionProvider 214 nodes, 100.0 % of MACs",
                           "p50 3.1 ms / p99 4 ms",
                           "temperature:x86_pkg_temp",
                           "hwmon:ina3221/VDD_IN",
                           "rapl:0+dram",
                           "12:34:56",
                           "2026-11-30T05:41:16Z",
                           "0000:01:00.0",
                           "std::bad_alloc",
                           "queries came faster than they were served (100 a second were due)",
                           "weights Apache-2.0 (MediaPipe); photos public domain (NASA)",
                           "host threads of the user",
                           "the serial console",
                           "1099511627776 bytes",
                           "samples/s, TOPS/W",
                           "EdgebenchVulkan",
                           "SM8550-AC",
                           "-O3 -DNDEBUG",
                           "no such file or directory (2)",
                           "e.g. this"})
    EXPECT_EQ(scrub(text), text);
  const std::string hash(64, 'a');
  EXPECT_EQ(scrub("sha256 " + hash), "sha256 " + hash);
}

TEST(Scrub, TakesAnyBytes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  for (int i = 0; i < 3; ++i) all += all;
  EXPECT_EQ(scrub(scrub(all)), scrub(all));
  EXPECT_EQ(scrub(std::string(10'000, ':')), std::string(10'000, ':'));
  EXPECT_EQ(scrub("="), "=");
  EXPECT_EQ(scrub("=="), "==");
  EXPECT_EQ(scrub("..."), "...");
}

}  // namespace
}  // namespace eb
