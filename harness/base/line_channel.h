#pragma once
// Commands and answers of one line each over a stream: bounded in length, and never later than a deadline,
// however slowly the other side drips. One that broke its word is not talked to again: the answer that comes
// too late would be taken for that of the next question.
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "harness/base/clock.h"
#include "harness/base/result.h"
#include "harness/base/stream.h"

namespace eb {

struct LineRules {
  std::string end = "\n";                 // of a line that we send; lines that come may end with CR LF or LF
  std::size_t longest_bytes = 64 << 10;   // of a line that comes
  std::chrono::milliseconds limit{2000};  // for one answer
};

class LineChannel {
 public:
  // `peer` is how messages name the other side: "127.0.0.1:5025". `clock` outlives this.
  LineChannel(std::unique_ptr<Stream> stream, Clock& clock, std::string peer, LineRules rules = {});

  Status send(std::string_view line);
  // The next line, without its end. `limit`: instead of that of the rules.
  Result<std::string> receive(std::optional<std::chrono::milliseconds> limit = {});
  // Sends, drops what was said unasked before, and gives the next line.
  Result<std::string> ask(std::string_view line);

 private:
  std::optional<std::string> take_line();
  Error broken(Error error);

  std::unique_ptr<Stream> stream_;
  Clock& clock_;
  std::string peer_;
  LineRules rules_;
  std::string buffer_{};
  std::optional<Error> broken_{};
};

// What another program said, for a message: printable characters only, at most 100.
std::string printable(std::string_view text);

}  // namespace eb
