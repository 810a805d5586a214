#pragma once
// A driver's faults on demand: which call fails, how, and when. For drivers of the tests that hand every
// other call on to a real one.
#include <cstdint>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace eb::test {

struct Fault {
  std::string call{};                           // as its API names it; "*": any
  std::string how{};                            // the code that it answers, "crash" or "hang"
  int after = 0;                                // such calls that go well before
  int times = std::numeric_limits<int>::max();  // such calls that fail then
};
// "vkQueueSubmit -4 20 1; vkGetFenceStatus 1": what is left out keeps its default.
std::vector<Fault> parse_faults(const std::string& text);

class Faults {
 public:
  // Replaces those before, and counts anew.
  void set(const std::vector<Fault>& faults);
  // What `call` is to answer now; nothing: as the driver answers. A crash or a hang happens in here. `named`:
  // the call is none of those that "*" means.
  enum class Reach : std::uint8_t { any, named };
  std::optional<int> strike(std::string_view call, Reach reach = Reach::any);
  int strikes() const;

 private:
  struct Armed {
    Fault fault{};
    int calls = 0, strikes = 0;
  };
  // How the call fails; empty: it does not.
  std::string count(std::string_view call, Reach reach);

  mutable std::mutex mutex_;
  std::vector<Armed> armed_{};
};

// Of this library or program.
Faults& faults();

}  // namespace eb::test
