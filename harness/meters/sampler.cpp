#include "harness/meters/sampler.h"

#include "harness/meters/sampling.h"

namespace eb {

void sample(std::span<const std::unique_ptr<Meter>> meters, const SamplerRule& rule, Clock& clock,
            const std::function<bool()>& goes_on,
            const std::function<void(std::size_t meter, std::int64_t time_ns, const Result<double>& value)>&
                on_reading) {
  JitteredTimes times(clock.now_ns(), rule.period_ns, rule.seed);
  while (goes_on()) {
    std::int64_t due_ns = times.next_ns();
    while (due_ns + rule.period_ns < clock.now_ns()) due_ns = times.next_ns();
    clock.wait_until_ns(due_ns);
    for (std::size_t i = 0; i < meters.size(); ++i) {
      const std::int64_t before_ns = clock.now_ns();
      const auto value = meters[i]->read();
      on_reading(i, before_ns + (clock.now_ns() - before_ns) / 2, value);
    }
  }
}

}  // namespace eb
