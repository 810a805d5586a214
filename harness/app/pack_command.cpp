#include <fmt/format.h>

#include "harness/app/bundle_options.h"
#include "harness/app/paths.h"
#include "harness/base/clock.h"
#include "harness/base/files.h"
#include "results/bundle/bundle.h"

namespace eb {

int pack_command(const PackCommand& command) {
  namespace fs = std::filesystem;
  std::error_code code;
  const fs::path folder = command.run.filename() == "run.json" ? command.run.parent_path() : command.run;
  if (!fs::is_directory(folder.empty() ? "." : folder, code))
    return complain(fmt::format("there is no folder of a run at {}", command.run.string()), exit_usage);
  if (command.key_file.empty() && config_folder().empty())
    return complain("your home is not known; say where your key is with --key FILE", exit_usage);
  const auto key =
      SigningKey::of_file(command.key_file.empty() ? config_folder() / "signing.key" : command.key_file);
  if (!key) return complain(key.error().message, exit_usage);
  const auto bundle = pack_bundle(folder, *key, utc_timestamp());
  if (!bundle) return complain(bundle.error().message, exit_failed);
  if (const auto written = write_file_atomic(command.out, *bundle); !written)
    return complain(written.error().within("--out").message, exit_usage);
  const Verdict verdict = check_bundle(*bundle);
  fmt::print("{}: {} bytes, id {}, key {}\n{}\n", command.out.string(), bundle->size(), verdict.id,
             verdict.key_id, verdict.line());
  if (verdict.kind != Verdict::Kind::accepted)
    fmt::print("edgebench check {} says why\n", command.out.string());
  return exit_ok;
}

}  // namespace eb
