#pragma once
// Walks a lane's slots round and round.
#include <cstddef>

#include "harness/run/drive.h"

namespace eb {

class Walk {
 public:
  // `loaded` must outlive it.
  explicit Walk(LoadedLane& loaded) : loaded_(&loaded) {}
  // What runs next; state that a stream starts with is zeroed.
  Binding& next() {
    if (loaded_->starts_stream[slot_]) loaded_->lane.start_stream();
    return loaded_->lane.binding(slot_);
  }
  // After that run, and after its stamp: the observer may take its time.
  void done() {
    if (loaded_->observer) loaded_->observer->after_run(slot_, loaded_->lane.binding(slot_));
    loaded_->lane.finish_run();
    slot_ = slot_ + 1 == loaded_->starts_stream.size() ? 0 : slot_ + 1;
  }

 private:
  LoadedLane* loaded_;
  std::size_t slot_ = 0;
};

}  // namespace eb
