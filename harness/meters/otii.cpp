#include "harness/meters/otii.h"

#include <fmt/format.h>

#include <cmath>

#include "harness/base/json.h"
#include "harness/base/line_channel.h"

namespace eb {
namespace {

using Json = nlohmann::json;

constexpr std::uint16_t kPort = 1905;
constexpr std::chrono::milliseconds kLimit{8000};
constexpr int kDeviceWaitS = 5, kMostSkipped = 100;
constexpr std::int64_t kBehindNs = 100'000'000, kSilenceNs = 3'000'000'000;
constexpr double kMostWatts = 100;      // an Ace gives 25 V and 5 A at most
constexpr const char* kChannel = "mc";  // the main current, whose statistics hold the energy

// Requests and their responses; what else the application says meanwhile is passed over.
class Otii {
 public:
  explicit Otii(LineChannel channel) : channel_(std::move(channel)) {}

  Status greet() {
    EB_GET(const std::string line, channel_.receive());
    const Json greeting = parse_json(line);
    if (text(greeting, "type") != "information" || text(greeting, "info") != "connected")
      return Error{ErrorKind::device, fmt::format("this is no Otii server; it says '{}'", printable(line))};
    return Done{};
  }

  Result<Json> request(const std::string& command, Json data) {
    const std::string id = std::to_string(++number_);
    EB_OK(channel_.send(
        Json{{"type", "request"}, {"cmd", command}, {"trans_id", id}, {"data", std::move(data)}}.dump()));
    for (int skipped = 0; skipped < kMostSkipped; ++skipped) {
      EB_GET(const std::string line, channel_.receive());
      const Json answer = parse_json(line);
      if (!answer.is_object())
        return Error{ErrorKind::device, fmt::format("Otii answered '{}' to {}", printable(line), command)};
      if (text(answer, "trans_id") != id || text(answer, "type") == "progress") continue;
      if (text(answer, "type") == "response")
        return answer.contains("data") ? answer["data"] : Json::object();
      const Json reason = answer.contains("data") ? answer["data"] : Json();
      return Error{ErrorKind::device, fmt::format("Otii refused {}: {} {}", command,
                                                  text(answer, "errorcode"), text(reason, "message"))};
    }
    return Error{ErrorKind::device, fmt::format("Otii says much and gives no response to {}", command)};
  }

  // Members of what others said: empty or absent where they are not as they should be.
  static std::string text(const Json& object, const char* key) {
    const auto found = object.is_object() ? object.find(key) : object.end();
    if (!object.is_object() || found == object.end() || !found->is_string()) return {};
    return printable(found->get<std::string>());
  }
  static Result<double> number(const Json& object, const char* key) {
    if (object.is_object() && object.contains(key) && object[key].is_number())
      return object[key].get<double>();
    return Error{ErrorKind::device, fmt::format("Otii gave no {}", key)};
  }
  static Result<std::int64_t> id(const Json& object, const char* key) {
    if (object.is_object() && object.contains(key) && object[key].is_number_integer())
      return object[key].get<std::int64_t>();
    return Error{ErrorKind::device, fmt::format("Otii gave no {}", key)};
  }

 private:
  LineChannel channel_;
  int number_ = 0;
};

struct Recording {
  std::int64_t project = 0, number = 0;
  std::string device{};
};

class OtiiMeter final : public Meter {
 public:
  OtiiMeter(Otii otii, Clock& clock, Recording recording)
      : otii_(std::move(otii)), clock_(clock), recording_(std::move(recording)), grown_ns_(clock.now_ns()) {}
  OtiiMeter(const OtiiMeter&) = delete;
  OtiiMeter& operator=(const OtiiMeter&) = delete;
  ~OtiiMeter() override {
    [[maybe_unused]] const auto stopped =
        otii_.request("project_stop_recording", {{"project_id", recording_.project}});
  }

  // J since the recording started.
  Result<double> read() override {
    Json where = {
        {"recording_id", recording_.number}, {"device_id", recording_.device}, {"channel", kChannel}};
    EB_GET(const Json info, otii_.request("recording_get_channel_info", where));
    EB_GET(const double to_s, Otii::number(info, "to"));
    if (to_s <= until_s_) {
      if (clock_.now_ns() - grown_ns_ > kSilenceNs)
        return Error{ErrorKind::timeout,
                     "Otii's recording does not grow: is the device's supply on, and the box connected?"};
      return energy_j_;
    }
    where["from"] = until_s_;
    where["to"] = to_s;
    EB_GET(const Json statistics, otii_.request("recording_get_channel_statistics", where));
    EB_GET(const double energy_j, Otii::number(statistics, "energy"));
    if (!std::isfinite(energy_j)) return Error{ErrorKind::device, "Otii's energy is no number"};
    energy_j_ += energy_j;
    until_s_ = to_s;
    grown_ns_ = clock_.now_ns();
    return energy_j_;
  }

 private:
  Otii otii_;
  Clock& clock_;
  Recording recording_;
  double until_s_ = 0, energy_j_ = 0;
  std::int64_t grown_ns_;
};

struct Device {
  std::string id{}, type{};
};

Result<Device> find_device(Otii& otii, const InstrumentSpec& spec) {
  const std::string wanted = spec.option("device", "");
  EB_GET(const Json data, otii.request("otii_get_devices", {{"timeout", kDeviceWaitS}}));
  const Json devices =
      data.contains("devices") && data["devices"].is_array() ? data["devices"] : Json::array();
  for (const Json& one : devices) {
    Device device{Otii::text(one, "device_id"), Otii::text(one, "type")};
    const bool is_meter = device.type == "Arc" || device.type == "Ace";
    if (!device.id.empty() && (wanted.empty() ? is_meter : device.id == wanted)) return device;
  }
  return spec.wrong(wanted.empty() ? "the Otii application has no Arc and no Ace"
                                   : fmt::format("the Otii application has no device {}", printable(wanted)));
}

Result<Recording> start_recording(Otii& otii, const std::string& device) {
  Recording recording{.device = device};
  EB_GET(const Json active, otii.request("otii_get_active_project", Json::object()));
  EB_GET(recording.project, Otii::id(active, "project_id"));
  if (recording.project < 0) {
    EB_GET(const Json made, otii.request("otii_create_project", Json::object()));
    EB_GET(recording.project, Otii::id(made, "project_id"));
  }
  EB_GET(const Json enabled, otii.request("arc_enable_channel",
                                          {{"device_id", device}, {"channel", kChannel}, {"enable", true}}));
  const Json project = {{"project_id", recording.project}};
  if (!otii.request("project_start_recording", project)) {  // one that a killed client had left running?
    [[maybe_unused]] const auto stopped = otii.request("project_stop_recording", project);
    EB_GET(const Json started, otii.request("project_start_recording", project));
  }
  EB_GET(const Json last, otii.request("project_get_last_recording", project));
  EB_GET(recording.number, Otii::id(last, "recording_id"));
  return recording;
}

}  // namespace

Result<Instrument> open_otii(const InstrumentSpec& spec, const InstrumentWorld& world) {
  EB_OK(spec.check_options({"device"}));
  if (spec.host.empty()) return spec.wrong("say where the Otii application runs, as in otii://127.0.0.1");
  const std::uint16_t port = spec.port != 0 ? spec.port : kPort;
  EB_GET(auto stream, world.connect(spec.host, port));
  Otii otii(LineChannel(std::move(stream), *world.clock, fmt::format("{}:{}", spec.host, port),
                        {.end = "\r\n", .longest_bytes = 1 << 20, .limit = kLimit}));
  EB_OK(otii.greet());
  EB_GET(const Device device, find_device(otii, spec));
  EB_GET(const Recording recording, start_recording(otii, device.id));
  Instrument result;
  result.info = {.id = "otii:" + device.type,
                 .domain = fmt::format("Otii {} main", device.type),
                 .scope = "system",
                 .evidence = EvidenceClass::p3,
                 .quantity = Quantity::energy_j,
                 .sampling = Sampling::accumulating,
                 .update_ns = kBehindNs,
                 .highest = kMostWatts,
                 .notes = {"the application's own energy, taken to be at most 100 ms behind"}};
  result.meter = std::make_unique<OtiiMeter>(std::move(otii), *world.clock, recording);
  return result;
}

}  // namespace eb
