#include "workloads/workloads.h"

#include <fmt/format.h>

#include <algorithm>

#include "harness/base/files.h"
#include "workloads/builtin/builtin.h"
#include "workloads/nlp/nlp.h"
#include "workloads/speech/speech.h"
#include "workloads/vision/vision.h"
#include "workloads/zoo.h"

namespace eb {
namespace {

constexpr std::uint64_t kMaxManifestBytes = 1 << 20;

struct Task {
  std::string_view name;
  Result<std::unique_ptr<Workload>> (*make)(const Manifest&, const std::filesystem::path&);
};
constexpr Task kTasks[] = {
    {"face-detection", make_face_detection},
    {"landmarks", make_landmarks},
    {"person-segmentation", make_person_segmentation},
    {"text-detection", make_text_detection},
    {"text-recognition", make_text_recognition},
    {"super-resolution", make_super_resolution},
    {"voice-activity", make_voice_activity},
    {"speech-recognition", make_speech_recognition},
    {"keyword-spotting", make_image_classification},  // features in time are a picture to the network
    {"anomaly-detection", make_anomaly_detection},
    {"music-transcription", make_music_transcription},
    {"language-id", make_language_id},
    {"byte-language-id", make_byte_language_id},
    {"text-generation", make_text_generation},
    {"text-generation-agreement", make_text_generation_agreement},
    {"smart-reply", make_smart_reply},
    {"question-answering-agreement", make_question_answering},
    {"image-classification", make_image_classification},
    {"classification-agreement", make_classification_agreement},
    {"depth-agreement", make_classification_agreement},
    {"object-detection-agreement", make_object_detection_agreement},
    {"last-layer-training", make_last_layer_training},
    {"builtin", make_builtin},
};

Status add(std::string_view text, std::string_view name, std::map<std::string, Manifest>& zoo) {
  EB_GET(Manifest manifest, parse_manifest(text, name));
  const std::string id = manifest.info.id;
  if (!zoo.emplace(id, std::move(manifest)).second)
    return Error{ErrorKind::invalid, fmt::format("manifest {}: there are two workloads {}", name, id)};
  return Done{};
}

}  // namespace

Result<std::map<std::string, Manifest>> load_zoo(const std::filesystem::path& folder) {
  std::map<std::string, Manifest> zoo;
  if (folder.empty()) {
    for (const ZooFile& file : zoo_files()) EB_OK(add(file.text, file.name, zoo));
    return zoo;
  }
  std::error_code code;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::recursive_directory_iterator at(folder, code), end; !code && at != end;
       at.increment(code))
    if (at->path().extension() == ".json") files.push_back(at->path());
  if (code)
    return Error{ErrorKind::not_found, fmt::format("cannot read folder {} of --zoo", folder.string())};
  if (files.empty())
    return Error{ErrorKind::not_found, fmt::format("folder {} of --zoo holds no manifest", folder.string())};
  std::sort(files.begin(), files.end());
  for (const auto& file : files) {
    EB_GET(const std::string text, read_file(file, kMaxManifestBytes));
    EB_OK(add(text, file.string(), zoo));
  }
  return zoo;
}

Result<std::unique_ptr<Workload>> make_workload(const Manifest& manifest,
                                                const std::filesystem::path& models) {
  const auto task = std::find_if(std::begin(kTasks), std::end(kTasks),
                                 [&](const Task& t) { return t.name == manifest.info.task; });
  if (task == std::end(kTasks))
    return Error{ErrorKind::invalid,
                 fmt::format("manifest of {}: there is no task '{}'", manifest.info.id, manifest.info.task)};
  EB_GET(const auto folder, path_within(models, manifest.info.id));
  Manifest own = manifest;
  for (auto& [precision, model] : own.info.models) {
    EB_GET(model.path, path_within(folder, model.path.string()));
  }
  return task->make(own, folder);
}

}  // namespace eb
