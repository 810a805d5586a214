#pragma once
// The leaderboard without its sockets: a request goes in, an answer comes out.
#include <cstdint>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include "harness/base/clock.h"
#include "results/bundle/bundle.h"
#include "results/server/cache.h"
#include "results/server/facets.h"
#include "results/server/http.h"
#include "results/server/limits.h"
#include "results/server/readers.h"
#include "results/server/writer.h"

namespace eb::board {

struct BoardRules {
  RateRule reads{50, 200};             // of an address
  RateRule uploads{2, 100};            // of a token, and of an address
  RateRule failures{0.1, 10};          // of an address: wrong tokens
  std::vector<std::string> proxies{};  // canonical addresses whose X-Forwarded-For is believed
  std::string public_url{};            // "https://board.example.org", for receipts
  BundleLimits bundle{};
  std::int64_t cached_ns = 1'000'000'000;  // how old a list or page may be
};

// Who judges bundles; tests have their own.
using BundleGate = std::function<CheckedBundle(std::string_view bytes)>;
BundleGate real_gate(const BundleLimits& limits);

// What may go on after the head of a request.
struct Admission {
  Target target{};
  std::string address{};  // of the client
  std::uint64_t most_body_bytes = 0;
};

// For any number of threads.
class Board {
 public:
  // `utc_now`: ISO 8601.
  Board(Readers& readers, Writer& writer, BundleGate gate, Clock& clock, std::function<std::string()> utc_now,
        BoardRules rules);

  // Looks at the head alone, before a byte of the body is read: limits, token, kind and length of the body.
  std::variant<HttpAnswer, Admission> admit(const HttpRequest& head);
  // Of a request that was admitted, with its body. HEAD is answered as GET; the sender leaves the body out.
  HttpAnswer answer(const HttpRequest& request, const Admission& admission);

  // Before the first request: where the port was not known when it was made.
  void set_public_url(std::string url) { rules_.public_url = std::move(url); }

  // The address that a request came from, for the log.
  std::string address_of(const HttpRequest& head) const;

 private:
  std::variant<HttpAnswer, Admission> admit_writing(const HttpRequest& head, Admission admission);
  Result<HttpAnswer> check_bearer(const HttpRequest& head, const Admission& admission);
  Result<HttpAnswer> read(const Target& target);
  Result<HttpAnswer> read_cached(const HttpRequest& request, const Target& target);
  Result<HttpAnswer> write(const HttpRequest& request, const Admission& admission);
  HttpAnswer finish(const HttpRequest& request, HttpAnswer answer) const;

  Readers& readers_;
  Writer& writer_;
  const BundleGate gate_;
  Clock& clock_;
  const std::function<std::string()> utc_now_;
  BoardRules rules_;
  RateLimiter reads_, token_uploads_, address_uploads_, failures_;
  AnswerCache cache_;
  Facets facets_;
};

}  // namespace eb::board
