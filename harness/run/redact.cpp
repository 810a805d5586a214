#include "harness/run/redact.h"

#include <string_view>

namespace eb {
namespace {

// Whether a path can go on with `c`: then what was found is a longer name.
bool is_of_name(char c) {
  return c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
         (c >= 'A' && c <= 'Z') || static_cast<unsigned char>(c) >= 0x80;
}

// "FOLDER/x" becomes `prefix` and "x", and FOLDER alone `alone`.
void replace_folder(std::string& text, std::string folder, std::string_view prefix, std::string_view alone) {
  while (folder.ends_with('/')) folder.pop_back();
  if (folder.empty()) return;  // the root: every path would lose its first sign, and tell as much as before
  for (std::size_t at = 0; (at = text.find(folder, at)) != std::string::npos;) {
    const std::size_t end = at + folder.size();
    const bool begins = at == 0 || (!is_of_name(text[at - 1]) && text[at - 1] != '/');
    const bool has_more = end < text.size() && text[end] == '/';
    if (!begins || (!has_more && end < text.size() && is_of_name(text[end]))) {
      at = end;
      continue;
    }
    const std::string_view instead = has_more ? prefix : alone;
    text.replace(at, folder.size() + (has_more ? 1 : 0), instead);
    at += instead.size();
  }
}

}  // namespace

std::string redact(std::string text, const PrivateFolders& folders) {
  for (const auto& folder : folders.folders) replace_folder(text, folder.string(), "", ".");
  replace_folder(text, folders.home.string(), "~/", "~");
  return text;
}

void redact(RunRecord& record, const PrivateFolders& folders) {
  record.reason = redact(std::move(record.reason), folders);
  for (auto* list : {&record.warnings, &record.unranked_reasons})
    for (std::string& text : *list) text = redact(std::move(text), folders);
}

}  // namespace eb
