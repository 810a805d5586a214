#pragma once
// Bundles of an invented run, and what somebody with a key of his own could make of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "results/bundle/archive.h"
#include "results/bundle/bundle.h"
#include "results/bundle/manifest.h"
#include "tests/results/bundle/run_folder.h"

namespace eb::test {

inline constexpr const char* kPackedAt = "2026-11-30T06:00:00Z";

inline std::string signed_archive(const std::map<std::string, std::string>& files, const SigningKey& key) {
  const std::string manifest = to_text(make_manifest(files, kPackedAt, key.id()));
  const std::string signature = key.sign(manifest);
  std::vector<std::pair<std::string, std::string_view>> entries = {{kManifestName, manifest},
                                                                   {kSignatureName, signature}};
  for (const auto& [name, bytes] : files) entries.emplace_back(name, bytes);
  return *write_archive(entries);
}

class BundleFixture : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new RunFolder;
    key_ = new SigningKey(*SigningKey::of_file(folder_->path() / "key"));
    bytes_ = new std::string(*pack_bundle(folder_->path(), *key_, kPackedAt));
  }
  static void TearDownTestSuite() {
    delete bytes_;
    delete key_;
    delete folder_;
  }

  // The bundle's files, after `edit`, signed again.
  static std::string forged(const std::function<void(std::map<std::string, std::string>&)>& edit) {
    const Bundle bundle = *open_bundle(*bytes_);
    std::map<std::string, std::string> files = bundle.raw;
    files[kRunName] = canonical_json(to_json(bundle.run));
    edit(files);
    return signed_archive(files, *key_);
  }
  // With another first record.
  static std::string with_record(const std::function<void(RunRecord&)>& edit) {
    return with_run([&](eb::Run& run) { edit(run.records[0]); });
  }
  static std::string with_run(const std::function<void(eb::Run&)>& edit) {
    return forged([&](auto& files) {
      eb::Run run = *run_from_json(files[kRunName], "run.json");
      edit(run);
      // As somebody would who knows the rules.
      for (RunRecord& record : run.records) record.command = command_of(replay_plan({.records = {record}}));
      if (!run.records.empty()) run.context["command"] = command_of(replay_plan(run));
      files[kRunName] = canonical_json(to_json(run));
    });
  }

  static std::string said(const Verdict& verdict) {
    std::string all;
    for (const Finding& finding : verdict.findings) all += finding.where + ": " + finding.sentence + "\n";
    return all + verdict.line();
  }

  static inline RunFolder* folder_ = nullptr;
  static inline SigningKey* key_ = nullptr;
  static inline std::string* bytes_ = nullptr;
};

}  // namespace eb::test
