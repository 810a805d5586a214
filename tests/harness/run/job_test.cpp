#include "harness/run/job.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/tree.h"

namespace eb {
namespace {

using test::problem;
using What = Said::What;

Job full_job() {
  Job job{"user/m", "cpu", "0", "as-is", "/home/a b/\"m\".onnx", {{"n", 3}, {"width", 1ll << 40}}, 4};
  job.scenarios = {{"single-stream", {7, 1ll << 40, 1ll << 50}, "raw/a.lat"}, {"offline", {1, 2, 3}, ""}};
  job.raw_folder = "/out";
  job.models_folder = "/models";
  job.zoo_folder = "/zoo";
  job.ep = {{{"vulkan", "/lib/v.so"}}, {{"opencl", {{"cache", "/c"}, {"retune", "0"}}}}, true};
  job.placement = {.gate_percent = 12.5, .is_strict = true, .tells_nodes = true};
  job.audits = {"cache", "accuracy"};
  job.slot_s = 12.5;
  job.scenarios[0].load = {0.1, 20.25, 3, 0xffff'ffff'ffff'ffffu};
  job.measures_meter_effect = true;
  job.layers = LayerTiming::if_cheap;
  job.scenarios[0].part_ns = 60;
  return job;
}

TEST(Job, RoundTripsThroughItsText) {
  const Job job = full_job();
  const auto back = job_from_text(to_text(job));
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(back->workload, job.workload);
  EXPECT_EQ(back->backend, job.backend);
  EXPECT_EQ(back->device, job.device);
  EXPECT_EQ(back->precision, job.precision);
  EXPECT_EQ(back->user_model, job.user_model);
  EXPECT_EQ(back->dims, job.dims);
  EXPECT_EQ(back->threads, 4);
  EXPECT_EQ(back->raw_folder, job.raw_folder);
  EXPECT_EQ(back->models_folder, job.models_folder);
  EXPECT_EQ(back->zoo_folder, job.zoo_folder);
  EXPECT_EQ(back->ep, job.ep);
  EXPECT_EQ(back->placement, job.placement);
  EXPECT_EQ(back->audits, job.audits);
  EXPECT_TRUE(back->measures_meter_effect);
  EXPECT_EQ(back->layers, LayerTiming::if_cheap);
  EXPECT_EQ(back->scenarios[0].part_ns, 60);
  ASSERT_EQ(back->scenarios.size(), 2u);
  EXPECT_EQ(back->scenarios[0].name, "single-stream");
  EXPECT_EQ(back->scenarios[0].rule.min_queries, 7u);
  EXPECT_EQ(back->scenarios[0].rule.min_duration_ns, 1ll << 40);
  EXPECT_EQ(back->scenarios[0].rule.max_duration_ns, 1ll << 50);
  EXPECT_EQ(back->scenarios[0].raw_file, "raw/a.lat");
  EXPECT_EQ(back->scenarios[0].load.rate_qps, 0.1);
  EXPECT_EQ(back->scenarios[0].load.latency_target_ms, 20.25);
  EXPECT_EQ(back->scenarios[0].load.streams, 3);
  EXPECT_EQ(back->scenarios[0].load.seed, 0xffff'ffff'ffff'ffffu);
  EXPECT_FALSE(back->scenarios[1].load.rate_qps);
  EXPECT_EQ(back->slot_s, 12.5);
  EXPECT_EQ(to_text(*back), to_text(job));
}

TEST(IsSearch, OnlyAServerWithoutARate) {
  EXPECT_TRUE(is_search({"server", {}, ""}));
  EXPECT_FALSE(is_search({"server", {}, "", {.rate_qps = 5}}));
  EXPECT_FALSE(is_search({"paced", {}, ""}));
}

TEST(Job, AnEmptyOneRoundTripsToo) {
  EXPECT_EQ(to_text(*job_from_text(to_text({}))), to_text({}));
}

TEST(Job, IsOneLine) {
  Job job = full_job();
  job.user_model = "/a\nb.onnx";
  EXPECT_EQ(to_text(job).find('\n'), std::string::npos);
  EXPECT_EQ(job_from_text(to_text(job))->user_model, "/a\nb.onnx");
}

TEST(Job, APathThatIsNotUtf8IsTextToo) {
  Job job = full_job();
  job.user_model = "/models/\xff\xfe.onnx";
  EXPECT_TRUE(job_from_text(to_text(job)));
}

TEST(Job, GarbageIsAnErrorAndNotACrash) {
  const std::string good = to_text(full_job());
  for (const std::string& text : {std::string(), std::string("{}"), std::string("[]"), std::string("null"),
                                  std::string("\xff\xfe"), std::string(100'000, '['), good + "x"}) {
    const auto job = job_from_text(text);
    ASSERT_FALSE(job) << text.substr(0, 50);
    EXPECT_NE(job.error().message.find("expects a job"), std::string::npos);
  }
  for (std::size_t n = 0; n < good.size(); n += 3) ASSERT_FALSE(job_from_text(good.substr(0, n)));
}

TEST(Job, EveryFieldIsNeededInItsType) {
  const auto good = nlohmann::json::parse(to_text(full_job()));
  for (const auto& [key, value] : good.items()) {
    auto bad = good;
    bad.erase(key);
    EXPECT_FALSE(job_from_text(bad.dump())) << key << " is missing";
    bad[key] = value.is_boolean() ? nlohmann::json("x") : nlohmann::json(nullptr);
    EXPECT_FALSE(job_from_text(bad.dump())) << key << " is null";
  }
}

TEST(Job, AnAuditThatNobodyKnowsIsAnError) {
  Job job = full_job();
  job.audits = {"horoscope"};
  EXPECT_NE(problem(job_from_text(to_text(job))).find("there is no audit 'horoscope'"), std::string::npos);
}

TEST(Hear, UnderstandsWhatIsSaid) {
  const Said phase = hear(say_phase("measure single-stream"));
  EXPECT_EQ(phase.what, What::phase);
  EXPECT_EQ(phase.phase, "measure single-stream");
  const Said begin = hear(say_begin("offline")), end = hear(say_end("offline"));
  EXPECT_EQ(begin.what, What::begin);
  EXPECT_EQ(end.what, What::end);
  EXPECT_EQ(begin.scenario + " " + end.scenario, "offline offline");
  EXPECT_TRUE(hear(say_pulse(true)).is_running);
  const Said resting = hear(say_pulse(false));
  EXPECT_EQ(resting.what, What::pulse);
  EXPECT_FALSE(resting.is_running);
  const Said first = hear(say_first_run(0.25));
  EXPECT_EQ(first.what, What::first_run);
  EXPECT_EQ(first.first_run_s, 0.25);
  const WindowFacts facts{60, {{60, 61, 3, 6}}, {1.5}};
  const Said window = hear(say_facts("paced", facts));
  EXPECT_EQ(window.what, What::facts);
  EXPECT_EQ(window.scenario, "paced");
  EXPECT_EQ(window.facts, facts);
  EXPECT_EQ(hear(say_facts("paced", {})).facts, WindowFacts{});
  RunRecord record;
  record.workload = "vision/a";
  record.scenario = "offline";
  record.status = RunStatus::wrong;
  record.reason = "two\nlines";
  record.throughput_sps = 12.5;
  const std::string line = say_record(record);
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const Said told = hear(line);
  ASSERT_EQ(told.what, What::record);
  EXPECT_EQ(told.record.scenario, "offline");
  EXPECT_EQ(told.record.status, RunStatus::wrong);
  EXPECT_EQ(told.record.reason, "two\nlines");
  EXPECT_EQ(told.record.throughput_sps, 12.5);
  const Said devices = hear(say_devices({{{"backend", "cpu"}}}));
  ASSERT_EQ(devices.what, What::devices);
  EXPECT_EQ(devices.devices[0]["backend"], "cpu");
}

TEST(Hear, ARecordSurvivesADriversBadUtf8AndANumberThatIsNone) {
  RunRecord record;
  record.workload = "vision/a";
  record.driver = "driver \xff\xc3 1.0";
  record.status = RunStatus::wrong;
  record.quality = std::numeric_limits<double>::quiet_NaN();
  const Said told = hear(say_record(record));
  ASSERT_EQ(told.what, What::record);
  EXPECT_EQ(told.record.status, RunStatus::wrong);
  EXPECT_FALSE(told.record.quality);
  EXPECT_EQ(hear(say_devices({{{"name", "GPU \xff"}}})).what, What::devices);
}

TEST(Hear, WhatIsNoneOfOursIsNothing) {
  for (const std::string& line :
       {std::string(),
        std::string("Loading driver v3 ..."),
        std::string("{"),
        std::string("[]"),
        std::string("{}"),
        std::string("null"),
        std::string("17"),
        std::string("{\"phase\":3}"),
        std::string("{\"begin\":1}"),
        std::string("{\"pulse\":1}"),
        std::string("{\"first_run_s\":\"1\"}"),
        std::string("{\"end\":null}"),
        std::string("{\"phase\":\"open\",\"x\":1}"),
        std::string("{\"facts\":{}}"),
        std::string("{\"facts\":[]}"),
        std::string("{\"facts\":{\"scenario\":\"a\",\"parts\":1}}"),
        std::string("{\"devices\":{}}"),
        std::string("{\"record\":{}}"),
        std::string("{\"record\":[1]}"),
        std::string("{\"record\":{\"workload\":\"w\",\"status\":\"fine\"}}"),
        std::string("{\"record\":{\"workload\":\"w\",\"status\":\"ok\",\"queries\":\"many\"}}"),
        std::string("\xff\xfe\0", 3)})
    EXPECT_EQ(hear(line).what, What::nothing) << line;
}

TEST(Hear, DeepNestingDoesNotEatTheStack) {
  constexpr std::size_t kDepth = 400'000;
  const std::string nested = std::string(kDepth, '[') + std::string(kDepth, ']');
  EXPECT_EQ(hear("{\"devices\":" + nested + "}").what, What::nothing);
  EXPECT_EQ(hear(nested).what, What::nothing);
}

}  // namespace
}  // namespace eb
