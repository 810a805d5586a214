#include <fmt/format.h>

#include "harness/core/scenario.h"

namespace eb {
namespace {

bool is_over(const WindowRule& rule, const Progress& p) {
  if (p.elapsed_ns >= rule.max_duration_ns) return true;
  return p.issued >= rule.min_queries && p.elapsed_ns >= rule.min_duration_ns;
}

// The next query starts when the last one is done: latency as one user feels it.
class SingleStream final : public Scenario {
 public:
  explicit SingleStream(const WindowRule& rule) : rule_(rule) {}
  std::string_view name() const override { return "single-stream"; }
  bool is_block() const override { return false; }
  std::optional<Query> next(const Progress& progress) override {
    if (is_over(rule_, progress)) return std::nullopt;
    return Query{};
  }

 private:
  WindowRule rule_;
};

// All samples are there at once: throughput, with batches or overlapping runs. Here `issued` counts samples.
class Offline final : public Scenario {
 public:
  explicit Offline(const WindowRule& rule) : rule_(rule) {}
  std::string_view name() const override { return "offline"; }
  bool is_block() const override { return true; }
  std::optional<Query> next(const Progress& progress) override {
    if (is_over(rule_, progress)) return std::nullopt;
    return Query{};
  }

 private:
  WindowRule rule_;
};

}  // namespace

Result<std::unique_ptr<Scenario>> make_scenario(std::string_view name, const WindowRule& rule) {
  if (name == "single-stream") return std::unique_ptr<Scenario>(std::make_unique<SingleStream>(rule));
  if (name == "offline") return std::unique_ptr<Scenario>(std::make_unique<Offline>(rule));
  return Error{ErrorKind::not_found,
               fmt::format("there is no scenario '{}'; known: single-stream, offline", name)};
}

}  // namespace eb
