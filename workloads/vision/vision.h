#pragma once
// Image tasks. The world sees factories only. `folder` holds the sample list that the manifest names, and the
// files that the list names.
#include <filesystem>
#include <memory>

#include "harness/base/result.h"
#include "harness/core/workload.h"
#include "workloads/manifest.h"

namespace eb {

// Finds faces with a BlazeFace network; judged by average precision at an intersection over union of 0.5.
Result<std::unique_ptr<Workload>> make_face_detection(const Manifest& manifest,
                                                      const std::filesystem::path& folder);

// Places points on a face, hand or body; judged by the mean over pictures of their mean distance from the
// true ones, in units of the size that a sample states (lower is better).
Result<std::unique_ptr<Workload>> make_landmarks(const Manifest& manifest,
                                                 const std::filesystem::path& folder);

// Tells person from background, pixel by pixel; judged by the mean over images of the intersection over union
// of the person.
Result<std::unique_ptr<Workload>> make_person_segmentation(const Manifest& manifest,
                                                           const std::filesystem::path& folder);

// Finds lines of text by the chance of text at each pixel; judged by the harmonic mean of precision and
// recall of upright boxes at an intersection over union of 0.5.
Result<std::unique_ptr<Workload>> make_text_detection(const Manifest& manifest,
                                                      const std::filesystem::path& folder);

// Reads one line of text with a CTC network; judged by the rate of wrong characters (lower is better).
Result<std::unique_ptr<Workload>> make_text_recognition(const Manifest& manifest,
                                                        const std::filesystem::path& folder);

// Enlarges a picture; judged by the mean over pictures of the luma's peak signal-to-noise ratio in decibels
// against the original from which the small picture was made.
Result<std::unique_ptr<Workload>> make_super_resolution(const Manifest& manifest,
                                                        const std::filesystem::path& folder);

// Says what is in a picture, one of a few classes; judged by the share of right answers. All pictures are in
// one file of plain bytes, which the manifest names and pins.
Result<std::unique_ptr<Workload>> make_image_classification(const Manifest& manifest,
                                                            const std::filesystem::path& folder);

// Trains the last layer of a classifier on the pictures of one client or several; judged by the share of
// right answers that their mean gives on pictures that nobody trained on.
Result<std::unique_ptr<Workload>> make_last_layer_training(const Manifest& manifest,
                                                           const std::filesystem::path& folder);

// Runs a classifier with seeded weights; judged by the ratio in decibels of what varies in a reference's
// answers to what is wrong in the network's.
Result<std::unique_ptr<Workload>> make_classification_agreement(const Manifest& manifest,
                                                                const std::filesystem::path& folder);

// Finds objects with a single-shot detector with seeded weights; judged by the average precision, at an
// intersection over union of 0.5, of what it finds against what a reference found.
Result<std::unique_ptr<Workload>> make_object_detection_agreement(const Manifest& manifest,
                                                                  const std::filesystem::path& folder);

}  // namespace eb
