// Starting and joining.
#include "base/thread.h"

#include <fmt/format.h>

#include <cstring>

namespace spelk {
namespace {

void* RunAndDelete(void* argument) {
  const std::unique_ptr<std::function<void()>> run(static_cast<std::function<void()>*>(argument));
  (*run)();
  return nullptr;
}

}  // namespace

absl::StatusOr<Thread> Thread::Start(std::function<void()> run) {
  auto owned = std::make_unique<std::function<void()>>(std::move(run));
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, kStack);
  Thread thread;
  const int error = pthread_create(&thread.thread_, &attributes, &RunAndDelete, owned.get());
  pthread_attr_destroy(&attributes);
  if (error != 0) {
    return absl::ResourceExhaustedError(
        fmt::format("the system gives no more threads: {}", std::strerror(error)));
  }
  (void)owned.release();  // The thread has it now.
  thread.joinable_ = true;
  return thread;
}

void Thread::Join() {
  if (std::exchange(joinable_, false)) pthread_join(thread_, nullptr);
}

}  // namespace spelk
