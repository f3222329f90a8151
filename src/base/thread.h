// Thread: one that may fail to start, and has the stack that the project's recursion is measured
// for.
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>
#include <utility>

#include "absl/status/statusor.h"

namespace spelk {

// Runs a function; joined on destruction. The standard's threads throw where the system has no more
// of them, and get stacks as small as the limit of the process says.
class Thread {
 public:
  static constexpr size_t kStack = size_t{8} << 20U;

  // ResourceExhausted when the system gives no thread. The function must not throw.
  static absl::StatusOr<Thread> Start(std::function<void()> run);

  Thread(Thread&& other) noexcept { *this = std::move(other); }
  Thread& operator=(Thread&& other) noexcept {
    Join();
    thread_ = other.thread_;
    joinable_ = std::exchange(other.joinable_, false);
    return *this;
  }
  ~Thread() { Join(); }
  void Join();

 private:
  Thread() = default;

  pthread_t thread_{};
  bool joinable_ = false;
};

}  // namespace spelk
