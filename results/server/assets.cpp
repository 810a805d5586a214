#include "results/server/assets.h"

#include <fmt/format.h>

#include <map>

#include "harness/base/files.h"

namespace eb::board {
namespace {

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".css")) return "text/css; charset=utf-8";
  if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
  if (name.ends_with(".svg")) return "image/svg+xml";
  if (name.ends_with(".json")) return "application/json";
  return "text/plain; charset=utf-8";
}

const Asset* find(std::string_view name) {
  for (const Asset& asset : assets())
    if (asset.name == name) return &asset;
  return nullptr;
}

}  // namespace

Result<HttpAnswer> give_asset(std::string_view name) {
  const Asset* asset = find(name);
  if (asset == nullptr) return Error{ErrorKind::not_found, fmt::format("there is no file {}", name)};
  HttpAnswer answer{
      .status = 200, .content_type = std::string(type_of(name)), .body = std::string(asset->bytes)};
  answer.headers.emplace_back("Cache-Control", "public, max-age=86400");
  return answer;
}

std::string asset_url(std::string_view name) {
  static const auto urls = [] {
    std::map<std::string, std::string, std::less<>> all;
    for (const Asset& asset : assets())
      all.emplace(asset.name,
                  fmt::format("/assets/{}?v={}", asset.name, sha256_hex(asset.bytes).substr(0, 12)));
    return all;
  }();
  const auto found = urls.find(name);
  return found == urls.end() ? fmt::format("/assets/{}", name) : found->second;
}

}  // namespace eb::board
