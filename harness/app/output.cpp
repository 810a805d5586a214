#include "harness/app/output.h"

#include "harness/app/catalog.h"
#include "harness/app/commands.h"
#include "harness/base/files.h"

namespace eb {
namespace {

Result<std::filesystem::path> write_report(const Run& run, const std::string& format,
                                           const std::filesystem::path& folder) {
  const auto reporter = make_reporter(format);
  if (!reporter) return Error{ErrorKind::not_found, "there is no format '" + format + "'"};
  EB_GET(const std::string bytes, reporter->render(run));
  const auto file = folder / reporter->file_name();
  EB_OK(write_file_atomic(file, bytes));
  return file;
}

}  // namespace

std::vector<std::filesystem::path> write_reports(const Run& run, const std::vector<std::string>& formats,
                                                 const std::filesystem::path& folder, int& failures) {
  std::vector<std::filesystem::path> written;
  for (const std::string& format : formats) {
    auto file = write_report(run, format, folder);
    if (file) {
      written.push_back(*std::move(file));
    } else {
      complain(file.error().message, exit_failed);
      ++failures;
    }
  }
  return written;
}

}  // namespace eb
