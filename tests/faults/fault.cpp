#include "tests/faults/fault.h"

#include <chrono>
#include <cstdlib>
#include <sstream>
#include <thread>

namespace eb::test {

std::vector<Fault> parse_faults(const std::string& text) {
  std::vector<Fault> all;
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    Fault fault;
    std::istringstream words(part);
    words >> fault.call >> fault.how;
    if (int number = 0; words >> number) fault.after = number;
    if (int number = 0; words >> number) fault.times = number;
    all.push_back(fault);
  }
  return all;
}

void Faults::set(const std::vector<Fault>& faults) {
  const std::lock_guard lock(mutex_);
  armed_.clear();
  for (const Fault& fault : faults) armed_.push_back({fault});
}

std::string Faults::count(std::string_view call, Reach reach) {
  const std::lock_guard lock(mutex_);
  for (Armed& one : armed_) {
    const bool is_meant = one.fault.call == "*" ? reach == Reach::any : one.fault.call == call;
    if (!is_meant) continue;
    if (one.calls++ < one.fault.after || one.strikes == one.fault.times) continue;
    ++one.strikes;
    return one.fault.how;
  }
  return {};
}

std::optional<int> Faults::strike(std::string_view call, Reach reach) {
  const std::string how = count(call, reach);
  if (how.empty()) return {};
  if (how == "crash") std::abort();
  while (how == "hang") std::this_thread::sleep_for(std::chrono::hours(1));
  return std::stoi(how);
}

int Faults::strikes() const {
  const std::lock_guard lock(mutex_);
  int sum = 0;
  for (const Armed& one : armed_) sum += one.strikes;
  return sum;
}

Faults& faults() {
  static Faults all;
  return all;
}

}  // namespace eb::test
