#pragma once
// Reads meters again and again, at moments that nothing can lock to.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/meters/reading.h"

namespace eb {

struct SamplerRule {
  std::int64_t period_ns = 0;  // one round in each
  std::uint64_t seed = 0;
};

// One round after the other, each at a random moment of its period, until `goes_on` says no before a round.
// `on_reading` gets what each read gave, with the middle of the time that it took. Rounds that are missed,
// because a meter or the machine was slow, are left out: nobody catches up.
void sample(std::span<const std::unique_ptr<Meter>> meters, const SamplerRule& rule, Clock& clock,
            const std::function<bool()>& goes_on,
            const std::function<void(std::size_t meter, std::int64_t time_ns, const Result<double>& value)>&
                on_reading);

}  // namespace eb
