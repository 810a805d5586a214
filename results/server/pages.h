#pragma once
// The pages that people read. They work without JavaScript; with it, charts are drawn.
#include "results/server/facets.h"
#include "results/server/http.h"
#include "results/store/store.h"

namespace eb::board {

struct PageSource {
  Store& store;
  Facets& facets;
};

// Of any path that is neither an asset nor the API's.
Result<HttpAnswer> give_page(const PageSource& source, const Target& target);
// For people, what went wrong in an answer of the API.
HttpAnswer error_page(const HttpAnswer& answer);

}  // namespace eb::board
