#pragma once
// Stores to read from, one for each thread that reads at the same time, opened when first needed and kept.
#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "results/store/store.h"

namespace eb::board {

class Readers {
 public:
  using Open = std::function<Result<std::unique_ptr<Store>>()>;
  explicit Readers(Open open) : open_(std::move(open)) {}

  // Gives the store back when it goes.
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<Store> store) : readers_(&readers), store_(std::move(store)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (store_) readers_->give_back(std::move(store_));
    }
    Store& operator*() const { return *store_; }
    Store* operator->() const { return store_.get(); }

   private:
    Readers* readers_;
    std::unique_ptr<Store> store_;
  };
  Result<Lease> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        auto store = std::move(free_.back());
        free_.pop_back();
        return Lease(*this, std::move(store));
      }
    }
    EB_GET(auto store, open_());
    return Lease(*this, std::move(store));
  }

 private:
  void give_back(std::unique_ptr<Store> store) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(store));
  }

  const Open open_;
  std::mutex mutex_;  // guards free_
  std::vector<std::unique_ptr<Store>> free_;
};

}  // namespace eb::board
