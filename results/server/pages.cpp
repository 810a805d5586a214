#include "results/server/pages.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "harness/base/json.h"
#include "results/server/page_parts.h"

namespace eb::board {

Result<HttpAnswer> give_page(const PageSource& source, const Target& target) {
  const auto& path = target.path;
  if (path.empty()) return board_page(source, target);
  if (path.size() == 1) {
    if (path[0] == "devices") return devices_page(source);
    if (path[0] == "compare") return compare_page(source, target);
    if (path[0] == "chips") return chips_page(source);
    if (path[0] == "about") return about_page();
  }
  if (path.size() == 2 && path[0] == "devices") return device_page(source, path[1], target);
  if (path.size() == 2 && path[0] == "runs") return run_page(source, path[1]);
  return Error{ErrorKind::not_found, "there is no such page"};
}

HttpAnswer error_page(const HttpAnswer& answer) {
  const auto json = parse_json(answer.body);
  const std::string sentence = json.is_object() && json.contains("error") && json["error"].is_string()
                                   ? json["error"].get<std::string>()
                                   : "something went wrong";
  Markup html;
  html.raw("<div class=\"page-head\"><h1>")
      .count(static_cast<std::size_t>(answer.status))
      .raw("</h1><p class=\"lead\">");
  html.text(sentence).raw("</p></div><p><a class=\"button\" href=\"/\">To the leaderboard</a></p>\n");
  HttpAnswer page = page_answer(fmt::format("{}", answer.status), Section::none, html);
  page.status = answer.status;
  page.headers = answer.headers;
  page.note = answer.note;
  return page;
}

}  // namespace eb::board
