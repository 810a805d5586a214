#pragma once
// Speech tasks. The world sees factories only.
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// Says for each chunk of a stream of sound whether somebody speaks in it; judged by ROC AUC over all chunks.
// `folder` holds the sample list and the WAV files it names.
Result<std::unique_ptr<Workload>> make_voice_activity(const Manifest& manifest,
                                                      const std::filesystem::path& folder);

// Writes down what is said, chunk by chunk of a stream of sound; judged by the share of words that are wrong,
// in whole streams. All frames are in one file of plain bytes, which the manifest names and pins.
Result<std::unique_ptr<Workload>> make_speech_recognition(const Manifest& manifest,
                                                          const std::filesystem::path& folder);

// Tells clips of a machine with a fault from those of a sound one, by how badly a network that knows normal
// sound gives back their windows; judged by ROC AUC over clips. All frames are in one file of plain bytes,
// which the manifest names and pins.
Result<std::unique_ptr<Workload>> make_anomaly_detection(const Manifest& manifest,
                                                         const std::filesystem::path& folder);

// Hears which keys begin to sound when; judged by average precision over notes, whose key must be right
// and whose onset near. All sound is in one file of 16-bit samples, which the manifest names and pins.
Result<std::unique_ptr<Workload>> make_music_transcription(const Manifest& manifest,
                                                           const std::filesystem::path& folder);

}  // namespace eb
