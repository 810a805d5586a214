// The Otii application as its protocol describes it, with an Ace that records a load.
#include "harness/meters/otii.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/harness/meters/bench.h"

namespace eb {
namespace {

using Json = nlohmann::json;
using test::Bench;
using test::problem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kAddress = "lab:1905";
constexpr const char* kGreeting =
    R"({"type":"information","info":"connected","data":{"otii_version":"3.5.1","protocol_version":"0.4.0"}})"
    "\r\n";

struct Application {
  Bench& bench;
  test::Waveform wave{};
  std::vector<std::string> heard{};
  std::string refuses{};  // a command
  double grows_until_s = 1e9;
  double started_s = 0;
  Json devices =
      Json::array({{{"device_id", "99"}, {"type", "UART"}}, {{"device_id", "42"}, {"type", "Ace"}}});

  Json data_for(const std::string& command, const Json& data) {
    if (command == "otii_get_devices") return {{"devices", devices}};
    if (command == "otii_get_active_project") return {{"project_id", -1}};
    if (command == "otii_create_project") return {{"project_id", 3}};
    if (command == "project_start_recording") started_s = bench.now_s();
    if (command == "project_get_last_recording") return {{"recording_id", 7}};
    if (command == "recording_get_channel_info") {
      EXPECT_EQ(data["recording_id"], 7);
      return {
          {"from", 0}, {"to", std::min(bench.now_s(), grows_until_s) - started_s}, {"sample_rate", 50'000}};
    }
    if (command == "recording_get_channel_statistics") {
      EXPECT_EQ(data["device_id"], "42");
      EXPECT_EQ(data["channel"], "mc");
      const double from_s = started_s + data["from"].get<double>(),
                   to_s = started_s + data["to"].get<double>();
      return {{"min", 0},
              {"max", 1},
              {"average", 0.5},
              {"energy", wave.energy_until_j(to_s) - wave.energy_until_j(from_s)}};
    }
    return Json::object();
  }

  std::string answer(std::string_view line) {
    const Json request = Json::parse(line);
    const std::string command = request["cmd"];
    heard.push_back(command);
    Json reply = {{"cmd", command}, {"trans_id", request["trans_id"]}};
    if (command == refuses) {
      reply.update({{"type", "error"}, {"errorcode", "Not allowed"}, {"data", {{"message", "no licence"}}}});
      return reply.dump();
    }
    const std::string progress =
        Json{{"type", "progress"}, {"cmd", command}, {"trans_id", request["trans_id"]}}.dump();
    reply.update({{"type", "response"}, {"data", data_for(command, request["data"])}});
    return progress + "\r\n" + reply.dump();
  }
};

void serve(Bench& bench, Application& application) {
  bench.peer(kAddress).greeting = kGreeting;
  bench.peer(kAddress).answer =
      test::by_line([&](std::string_view line) { return application.answer(line); }, "\r\n");
}

TEST(Otii, RecordsAndStops) {
  Bench bench;
  Application application{bench, test::constant(5)};
  serve(bench, application);
  bench.clock.advance(1'000'000'000);
  {
    auto opened = open_instrument("otii://lab", bench.world());
    ASSERT_EQ(problem(opened), "");
    EXPECT_EQ(opened->info.id, "otii:Ace");
    EXPECT_EQ(opened->info.evidence, EvidenceClass::p3);
    EXPECT_EQ(opened->info.quantity, Quantity::energy_j);
    EXPECT_EQ(*opened->meter->read(), 0);
    bench.clock.advance(2'000'000'000);
    EXPECT_NEAR(*opened->meter->read(), 10, 1e-9);
  }
  application.heard.erase(application.heard.begin() + 6, application.heard.end() - 1);
  EXPECT_THAT(
      application.heard,
      ElementsAre("otii_get_devices", "otii_get_active_project", "otii_create_project", "arc_enable_channel",
                  "project_start_recording", "project_get_last_recording", "project_stop_recording"));
}

TEST(Otii, EnergyIsWithinAThousandth) {
  for (const test::Waveform& wave : {test::constant(5), test::ramp(2, 0.1), test::bursts(2, 8, 0.01, 30)}) {
    Bench bench;
    Application application{bench, wave};
    serve(bench, application);
    auto opened = open_instrument("otii://lab?device=42", bench.world());
    ASSERT_EQ(problem(opened), "");
    const MeterWindow window = test::window(1.5, 61.5);
    const auto energy = energy_in(bench.sample(*opened, 63, 0.1), window);
    ASSERT_EQ(problem(energy), "") << wave.name;
    const double truth_j = test::energy_j(wave, window);
    EXPECT_NEAR(energy->energy_j, truth_j, 1e-3 * truth_j) << wave.name;
    EXPECT_LE(std::abs(energy->energy_j - truth_j), *energy->half_width_j) << wave.name;
  }
}

TEST(Otii, WhatIsRefusedIsSaid) {
  Bench bench;
  Application application{bench, test::constant(5)};
  serve(bench, application);
  application.refuses = "project_start_recording";
  EXPECT_THAT(problem(open_instrument("otii://lab", bench.world())),
              AllOf(HasSubstr("project_start_recording"), HasSubstr("no licence")));
  EXPECT_THAT(problem(open_instrument("otii://lab?device=1", bench.world())), HasSubstr("no device 1"));
  application.devices = Json::array();
  EXPECT_THAT(problem(open_instrument("otii://lab", bench.world())), HasSubstr("no Arc and no Ace"));
  EXPECT_THAT(problem(open_instrument("otii:lab", bench.world())), HasSubstr("otii://127.0.0.1"));
}

TEST(Otii, ARecordingThatStandsStillIsAnError) {
  Bench bench;
  Application application{bench, test::constant(5)};
  serve(bench, application);
  auto opened = open_instrument("otii://lab", bench.world());
  ASSERT_EQ(problem(opened), "");
  bench.clock.advance(1'000'000'000);
  EXPECT_NEAR(*opened->meter->read(), 5, 1e-9);
  application.grows_until_s = bench.now_s();
  bench.clock.advance(1'000'000'000);
  EXPECT_NEAR(*opened->meter->read(), 5, 1e-9);
  bench.clock.advance(5'000'000'000);
  EXPECT_THAT(problem(opened->meter->read()), HasSubstr("does not grow"));
}

TEST(Otii, HostileAnswersEndInASentence) {
  Bench bench;
  bench.peer(kAddress).greeting = "SSH-2.0-OpenSSH\r\n";
  EXPECT_THAT(problem(open_instrument("otii://lab", bench.world())), HasSubstr("no Otii server"));
  bench.peer(kAddress).greeting = kGreeting;
  const std::string deep(10'000, '[');
  const std::string many = R"({"type":"information","trans_id":"x"})";
  for (const std::string& answer :
       {std::string("{}"), std::string("[]"), std::string("null"), deep,
        std::string(R"({"type":"response","trans_id":"1","data":{"devices":[1,{},null]}})"),
        std::string(R"({"type":"response","trans_id":"1","data":7})"),
        std::string(R"({"type":"error","trans_id":"1"})")}) {
    bench.peer(kAddress).answer = test::by_line([&](std::string_view) { return answer; }, "\r\n");
    EXPECT_THAT(problem(open_instrument("otii://lab", bench.world())), HasSubstr("otii://lab"))
        << answer.substr(0, 60);
  }
  bench.peer(kAddress).answer = [&](std::string_view) {
    std::string all;
    for (int i = 0; i < 1000; ++i) all += many + "\r\n";
    return all;
  };
  EXPECT_THAT(problem(open_instrument("otii://lab", bench.world())), HasSubstr("no response"));
}

}  // namespace
}  // namespace eb
