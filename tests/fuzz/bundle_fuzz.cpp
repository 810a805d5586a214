// libFuzzer on check_bundle; CONTRIBUTING.md says how to run it.
//
// The first byte of an input chooses: 0 the whole archive; else a file of a bundle that is signed well, so
// that what lies behind the signature is reached, too. Nothing may crash, and the same bytes have one
// verdict.
#include <array>
#include <cstdlib>
#include <map>

#include "harness/base/files.h"
#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"
#include "results/bundle/manifest.h"

namespace {

constexpr const char* kRun =
    R"({"context":{},"records":[{"backend":"cpu","device":"0","power_files":["raw/001_1.power.csv"],)"
    R"("precision":"fp32","queries":1,"ranked":false,"raw_files":["raw/001_1.lat"],"samples":1,)"
    R"("scenario":"single-stream","status":"ok","window_s":1.0,"workload":"vision/a"}],)"
    R"("schema":"edgebench.run/1"})";
constexpr std::array<const char*, 4> kFiles = {"run.json", "raw/launches.jsonl", "raw/001_1.lat",
                                               "raw/001_1.power.csv"};

std::string signed_bundle(const char* name, std::string_view bytes) {
  static const eb::TempFolder folder = *eb::TempFolder::create();
  static const eb::SigningKey key = *eb::SigningKey::of_file(folder.path() / "key");
  std::map<std::string, std::string> files = {{"run.json", kRun}};
  files[name] = bytes;
  const std::string manifest = eb::to_text(eb::make_manifest(files, "2026-11-30T06:00:00Z", key.id()));
  const std::string signature = key.sign(manifest);
  std::vector<std::pair<std::string, std::string_view>> entries = {{"manifest.json", manifest},
                                                                   {"signature", signature}};
  for (const auto& [file, content] : files) entries.emplace_back(file, content);
  return *eb::write_archive(entries);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view rest(reinterpret_cast<const char*>(data + 1), size - 1);
  const std::size_t choice = data[0] % (kFiles.size() + 1);
  const std::string bytes = choice == 0 ? std::string(rest) : signed_bundle(kFiles[choice - 1], rest);
  const eb::Verdict first = eb::check_bundle(bytes), second = eb::check_bundle(bytes);
  if (first.line() != second.line() || first.findings.size() != second.findings.size()) std::abort();
  return 0;
}
