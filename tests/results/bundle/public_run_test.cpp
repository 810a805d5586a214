// What may leave the machine, with secrets planted wherever they fit.
#include "results/bundle/public_run.h"

#include <array>

#include "results/bundle/public_raw.h"
#include "tests/results/bundle/bundle_fixture.h"

namespace eb {
namespace {

using test::problem;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string> kNames = {"box7", "alice"};
// Each with what must not be left of it.
constexpr std::array<std::pair<const char*, const char*>, 13> kSecrets = {{
    {"/home/alice/models/secret.onnx", "secret"},
    {"~/drivers/npu-of-alice.so", "alice"},
    {"host box7 said no", "box7"},
    {"alice's phone", "alice"},
    {"lab-17.corp.example.com", "example"},
    {"serial number R58M123ABC", "R58M"},
    {"GPU-6f1e2d3c-1a2b-3c4d-5e6f-7a8b9c0d1e2f", "6f1e"},
    {"52:54:00:12:34:56", "52:54"},
    {"192.168.17.23", "168.17"},
    {"fe80::5054:ff:fe12:3456", "5054"},
    {"http://box/x?token=hunter2", "hunter2"},
    {"alice@box7", "alice"},
    {"S/N: 00-11-22", "00-11"},
}};

struct Plant {
  RunRecord& record;
  const std::string& secret;
  void operator()(std::string RunRecord::*m) const { record.*m = secret; }
  void operator()(RunRecord::Texts RunRecord::*m) const { record.*m = {"before " + secret, secret}; }
  template <class T>
  void operator()(T RunRecord::*) const {}
};

TEST(PublicRun, NoTextFieldKeepsASecret) {
  for (const auto& [secret, part] : kSecrets)
    for (const Field& field : fields()) {
      eb::Run run;
      run.records.push_back({.workload = "vision/a", .device_name = "Radxa ROCK 5B"});
      std::visit(Plant{run.records[0], secret}, field.member);
      const std::string text = canonical_json(to_json(public_run(run, kNames)));
      EXPECT_THAT(text, Not(HasSubstr(part))) << field.name << ": " << secret;
    }
}

TEST(PublicRun, NoKeyOfTheContextKeepsASecret) {
  for (const auto& [secret, part] : kSecrets) {
    eb::Run run;
    for (const ContextKey& key : context_keys()) run.context[std::string(key.key)] = secret;
    run.context["clocks"] = {{{"domain", secret}, {"governor", secret}}};
    run.context["libraries"] = {{{"path", secret}, {"version", secret}, {"sha256", secret}}};
    run.context["absent_npu"] = secret;
    run.context[secret] = 1;
    EXPECT_THAT(canonical_json(to_json(public_run(run, kNames))), Not(HasSubstr(part))) << secret;
  }
}

// A new key of the context must be said to be public, or to stay.
TEST(PublicRun, EveryKnownKeyOfTheContextIsPublicButTheCommand) {
  eb::Run run;
  for (const ContextKey& key : context_keys()) run.context[std::string(key.key)] = 1;
  run.context["edgebench_commit"] = "0123456789ab+dirty";
  const eb::Run shown = public_run(run);
  for (const ContextKey& key : context_keys())
    EXPECT_EQ(shown.context.contains(std::string(key.key)), key.key != "command") << key.key;
}

TEST(PublicRun, DevicesAndNumbersStay) {
  test::RunFolder folder;
  eb::Run& run = folder.run();
  run.records[0].driver = "Mesa 22.3.6";
  run.records[0].warnings = {"the CPU governor is powersave, not performance"};
  run.context["libraries"] = {
      {{"path", "/usr/lib/libpocl.so.2.11.0"}, {"version", "2.11.0"}, {"sha256", test::RunFolder::kModel}},
      {{"path", "/home/alice/private-tool"}}};
  const eb::Run shown = public_run(run, kNames);
  const RunRecord &before = run.records[0], &after = shown.records[0];
  for (const Field& field : fields())
    if (field.name != "command" && field.name != "raw_files" && field.name != "power_files") {
      EXPECT_EQ(field_text(field, after, 17), field_text(field, before, 17)) << field.name;
    }
  EXPECT_EQ(shown.context["machine"], "Radxa ROCK 5B");
  EXPECT_EQ(shown.context["libraries"][0]["path"], "libpocl.so.2.11.0");
  EXPECT_EQ(shown.context["libraries"][0]["sha256"], test::RunFolder::kModel);
  EXPECT_EQ(shown.context["libraries"][1]["path"], "PATH");
  EXPECT_EQ(after.command,
            "edgebench run --workloads vision/face-detection --backends cpu --device 0 --precisions fp32 "
            "--scenarios single-stream --tier standard --launches 3 --threads 4");
}

TEST(PublicRun, WhatIsPublicStaysAsItIs) {
  test::RunFolder folder;
  eb::Run run = folder.run();
  run.records.push_back({.workload = "user/alices-model", .reason = "alices-model: /home/alice/x is gone"});
  run.records.push_back(
      {.workload = "user/alices-model", .reason = "alices-model", .model_sha256 = test::RunFolder::kModel});
  run.records.push_back({.workload = "user/model", .reason = "the model is gone"});
  const eb::Run once = public_run(run, kNames);
  EXPECT_EQ(canonical_json(to_json(public_run(once))), canonical_json(to_json(once)));
}

TEST(PublicRun, AUsersModelIsItsHash) {
  eb::Run run;
  run.records.push_back({.workload = "user/alices-model",
                         .reason = "alices-model.onnx is too new",
                         .model_sha256 = test::RunFolder::kModel});
  run.records.push_back({.workload = "user/unread"});
  const eb::Run shown = public_run(run);
  EXPECT_EQ(shown.records[0].workload, "user/1f0e2d3c4b5a6978");
  EXPECT_EQ(shown.records[0].reason, "NAME.onnx is too new");
  EXPECT_EQ(shown.records[1].workload, "user/model");
  EXPECT_THAT(shown.records[0].command, Not(HasSubstr("alices")));
}

TEST(PublicFile, IsItsNumberAndLaunch) {
  EXPECT_EQ(public_file("raw/001_user.alices_model_cpu_0_fp32_single-stream_12.lat"), "raw/001_12.lat");
  EXPECT_EQ(public_file("raw/010_vision.a_npu_x:0_int8_server_1.power2.csv"), "raw/010_1.power2.csv");
  for (const char* file : {"raw/001_1.lat", "raw/001_2.sensors.csv", "raw/1000_1.power.csv"})
    EXPECT_EQ(public_file(file), file);
  for (const char* file : {"", "raw/", "raw/alice.lat", "raw/001.lat", "001_1.lat", "raw/x_1.lat",
                           "raw/001_x.lat", "raw/001_1.exe", "raw/001_1", "raw/001_1.power-alice.csv",
                           "raw/001_a/../x_1.lat", "/raw/001_1.lat", "raw/1234567890_1.lat"})
    EXPECT_FALSE(public_file(file)) << file;
}

TEST(PublicTrace, KeepsNumbersAndNoSecret) {
  const std::string text =
      "# edgebench.power/1\n"
      "# "
      "{\"counter_range\":0.0,\"domain\":\"alice\",\"evidence_class\":\"P3\",\"highest\":0.0,\"id\":\"scpi:"
      "192.168.1.20/1\","
      "\"lowest\":0.0,\"notes\":[\"S/N: "
      "AB-12\"],\"quantity\":\"power\",\"resolution\":0.0,\"sampling\":\"averaging\","
      "\"scope\":\"system\",\"unit\":\"W\",\"update_ns\":0,\"within\":[\"10.0.0.2\"]}\n"
      "time_ns,meter,value,problem\n"
      "81234567890,0,12.345,\n"
      "81244567890,0,,192.168.1.20 did not answer alice\n"
      "8124456";
  const auto shown = public_trace(text, "x", kNames);
  ASSERT_EQ(problem(shown), "");
  EXPECT_THAT(*shown, HasSubstr("\n81234567890,0,12.345,\n81244567890,0,,ADDRESS did not answer NAME\n"));
  for (const char* part : {"192.168", "alice", "AB-12", "10.0.0.2"})
    EXPECT_THAT(*shown, Not(HasSubstr(part)));
  EXPECT_TRUE(traces_from_text(*shown, "x"));
  EXPECT_EQ(*public_trace(*shown, "x", {}), *shown);
  EXPECT_FALSE(public_trace("nonsense\n", "x", {}));
}

TEST(Pack, TakesNoSecretAlong) {
  test::RunFolder folder;
  folder.run().context["command"] = "edgebench run /home/alice/secret.onnx";
  folder.run().records[0].warnings = {"library /home/alice/npu.so"};
  folder.save();
  const auto key = SigningKey::of_file(folder.path() / "key");
  const auto bundle = open_bundle(*pack_bundle(folder.path(), *key, test::kPackedAt));
  ASSERT_EQ(problem(bundle), "");
  std::string all = canonical_json(to_json(bundle->run));
  for (const auto& [name, bytes] : bundle->raw) all += name + bytes;
  for (const std::string& part : {std::string("alice"), std::string("secret"), folder.path().string()})
    EXPECT_THAT(all, Not(HasSubstr(part)));
}

}  // namespace
}  // namespace eb
