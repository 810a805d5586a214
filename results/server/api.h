#pragma once
// /api/v1: results as JSON and in the formats of others, uploads, deletion, trust.
#include "results/server/board.h"

namespace eb::board {

Error no_result(std::string_view id);

// GET /api/v1/results
Result<HttpAnswer> list_results(Store& store, const Target& target);
// GET /api/v1/results/{id}
Result<HttpAnswer> show_result(Store& store, const std::string& id, const Target& target);
// GET /api/v1/results/{id}/bundle
Result<HttpAnswer> give_bundle(Store& store, const std::string& id);

struct Receiving {
  Store& store;  // to read
  Writer& writer;
  const BundleGate& gate;
  std::string now{};  // UTC
  std::string public_url{};
};
// POST /api/v1/results, of a bearer who may.
Result<HttpAnswer> take_upload(const Receiving& receiving, const HttpRequest& request);
// DELETE /api/v1/results/{id}, with its delete token or one of an administrator.
Result<HttpAnswer> delete_result(const Receiving& receiving, const std::string& id, std::string_view token);
// POST /api/v1/results/{id}/trust, of an administrator: {"trust": "audited"}
Result<HttpAnswer> set_trust(const Receiving& receiving, const std::string& id, const HttpRequest& request);

}  // namespace eb::board
