// Packing and opening.
#include "results/bundle/bundle.h"

#include "tests/results/bundle/bundle_fixture.h"

namespace eb {
namespace {

using test::kPackedAt;
using test::problem;
using test::Tree;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Key;
using ::testing::Not;

class Bundles : public test::BundleFixture {};

TEST_F(Bundles, OpenAsTheyWerePacked) {
  const auto bundle = open_bundle(*bytes_);
  ASSERT_EQ(problem(bundle), "");
  EXPECT_EQ(bundle->key_id, key_->id());
  EXPECT_EQ(bundle->created_at, kPackedAt);
  EXPECT_EQ(bundle->id.size(), 64u);
  ASSERT_EQ(bundle->run.records.size(), 2u);
  EXPECT_EQ(bundle->run.records[0].latency_p50_ms, folder_->run().records[0].latency_p50_ms);
  EXPECT_THAT(bundle->run.records[0].raw_files,
              ElementsAre("raw/001_1.lat", "raw/001_2.lat", "raw/001_3.lat"));
  EXPECT_EQ(bundle->raw.size(), 3u + 6 * 2 + 1) << "latencies, readings, launches";
  EXPECT_THAT(bundle->raw, Contains(Key("raw/launches.jsonl")));
  EXPECT_LT(bytes_->size(), 200'000u);
}

TEST_F(Bundles, TheSameRunKeyAndTimeMakeTheSameBytes) {
  EXPECT_EQ(*pack_bundle(folder_->path(), *key_, kPackedAt), *bytes_);
  EXPECT_NE(*pack_bundle(folder_->path(), *key_, "2026-11-30T06:00:01Z"), *bytes_);
}

TEST_F(Bundles, HoldToTheirLimits) {
  const auto with = [&](auto change) {
    BundleLimits limits;
    change(limits);
    return problem(open_bundle(*bytes_, limits));
  };
  EXPECT_THAT(with([&](auto& l) { l.most_bytes = bytes_->size() - 1; }), HasSubstr("at most"));
  EXPECT_THAT(with([](auto& l) { l.most_unpacked_bytes = 100'000; }), HasSubstr("larger than is taken"));
  EXPECT_THAT(with([](auto& l) { l.most_run_bytes = 1000; }), HasSubstr("run.json is larger"));
  EXPECT_THAT(with([](auto& l) { l.most_files = 5; }), HasSubstr("at most 5"));
  EXPECT_EQ(with([&](auto& l) { l.most_bytes = bytes_->size(); }), "");
}

TEST_F(Bundles, OfAnotherKeyAreRefusedUnlessItSignedAll) {
  const Bundle bundle = *open_bundle(*bytes_);
  const Tree tree;
  const auto other = SigningKey::of_file(tree / "key");
  const auto files = bundle.raw;
  const std::string manifest = to_text(make_manifest({{"run.json", "{}"}}, kPackedAt, key_->id()));
  const std::string signature = other->sign(manifest), run = "{}";
  const auto archive =
      write_archive({{"manifest.json", manifest}, {"signature", signature}, {"run.json", run}});
  EXPECT_THAT(problem(open_bundle(*archive)), HasSubstr("changed after it was signed"));
}

TEST_F(Bundles, AreRefusedIfAnyFileIsAddedLostOrChanged) {
  const Bundle bundle = *open_bundle(*bytes_);
  auto files = bundle.raw;
  files["run.json"] = canonical_json(to_json(bundle.run));
  const std::string manifest = to_text(make_manifest(files, kPackedAt, key_->id())),
                    signature = key_->sign(manifest);
  const auto archived = [&](const std::map<std::string, std::string>& held) {
    std::vector<std::pair<std::string, std::string_view>> entries = {{"manifest.json", manifest},
                                                                     {"signature", signature}};
    for (const auto& [name, bytes] : held) entries.emplace_back(name, bytes);
    return problem(open_bundle(*write_archive(entries)));
  };
  EXPECT_EQ(archived(files), "");
  auto more = files;
  more["raw/x.lat"] = "x";
  EXPECT_THAT(archived(more), HasSubstr("raw/x.lat is in it but not in its manifest"));
  auto fewer = files;
  fewer.erase("raw/001_2.lat");
  EXPECT_THAT(archived(fewer), HasSubstr("raw/001_2.lat is in its manifest but not in it"));
  auto changed = files;
  changed["raw/001_2.lat"].back() = 'x';
  EXPECT_THAT(archived(changed), HasSubstr("SHA-256 differs"));
  changed["raw/001_2.lat"] += "x";
  EXPECT_THAT(archived(changed), HasSubstr("more than the"));
  changed["raw/001_2.lat"] = "x";
  EXPECT_THAT(archived(changed), HasSubstr("has 1 bytes"));
}

TEST_F(Bundles, ManifestsHaveOneFormOnly) {
  const std::string good =
      to_text(make_manifest({{"run.json", "{}"}, {"raw/1.lat", "x"}}, kPackedAt, key_->id()));
  ASSERT_EQ(problem(manifest_from_text(good)), "");
  auto json = nlohmann::json::parse(good);
  const auto with = [&](const char* key, const nlohmann::json& value) {
    auto other = json;
    other[key] = value;
    return problem(manifest_from_text(other.dump()));
  };
  EXPECT_THAT(problem(manifest_from_text(" " + good)), HasSubstr("not canonical"));
  EXPECT_THAT(with("extra", 1), HasSubstr("not canonical"));
  EXPECT_THAT(with("schema", "edgebench.bundle/2"), HasSubstr("schema"));
  EXPECT_THAT(with("created_at", "yesterday"), HasSubstr("when it was made"));
  EXPECT_THAT(with("key", "00"), HasSubstr("no key"));
  EXPECT_THAT(with("root", std::string(64, '0')), HasSubstr("root"));
  EXPECT_THAT(with("files", 1), HasSubstr("no files"));
  auto files = json["files"];
  std::swap(files[0], files[1]);
  EXPECT_THAT(with("files", files), HasSubstr("another order"));
  files = json["files"];
  files[1] = files[0];
  EXPECT_THAT(with("files", files), HasSubstr("twice"));
  for (const char* path : {"../run.json", "/etc/passwd", "manifest.json", "signature", ""}) {
    files = json["files"];
    files[0]["path"] = path;
    EXPECT_THAT(with("files", files), HasSubstr("no bundle has")) << path;
  }
  files = json["files"];
  files[0]["bytes"] = -1;
  EXPECT_THAT(with("files", files), HasSubstr("how large"));
  for (const char* text : {"", "[]", "{}", "null", "{\"schema\":"})
    EXPECT_FALSE(manifest_from_text(text)) << text;
}

TEST_F(Bundles, RunsHaveOneFormOnly) {
  for (const char* text : {"", "{}", "{\"schema\":\"edgebench.run/1\"}", "[[[[[[[["})
    EXPECT_FALSE(open_bundle(forged([&](auto& files) { files["run.json"] = text; }))) << text;
  const auto spaced = forged([](auto& files) { files["run.json"] += " "; });
  EXPECT_THAT(problem(open_bundle(spaced)), HasSubstr("canonical"));
  const auto unknown = forged([](auto& files) {
    auto json = nlohmann::json::parse(files["run.json"]);
    json["records"][0]["owner"] = "alice";
    files["run.json"] = json.dump();
  });
  EXPECT_THAT(problem(open_bundle(unknown)), HasSubstr("does not know"))
      << "what is not known is not vouched for";
}

TEST(PackBundle, SaysWhatIsMissing) {
  const Tree tree;
  const auto key = SigningKey::of_file(tree / "key");
  EXPECT_THAT(problem(pack_bundle(tree / "nowhere", *key, kPackedAt)), HasSubstr("run.json"));
  test::RunFolder folder;
  EXPECT_THAT(problem(pack_bundle(folder.path(), *key, "today")), HasSubstr("'today'"));
  folder.run().records[0].raw_files[0] = "../../etc/passwd";
  folder.save();
  EXPECT_THAT(problem(pack_bundle(folder.path(), *key, kPackedAt)), HasSubstr("is not named as"));
  folder.run().records[0].raw_files[0] = "raw/001_x_9.lat";
  folder.save();
  EXPECT_THAT(problem(pack_bundle(folder.path(), *key, kPackedAt)), HasSubstr("raw/001_x_9.lat"));
  folder.tree().write("raw/001_x_9.lat", "nonsense");
  EXPECT_THAT(problem(pack_bundle(folder.path(), *key, kPackedAt)), HasSubstr("not a latency file"));
  folder.run().records.clear();
  folder.save();
  EXPECT_THAT(problem(pack_bundle(folder.path(), *key, kPackedAt)), HasSubstr("no record"));
}

}  // namespace
}  // namespace eb
