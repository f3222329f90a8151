// The handler.
#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>

#include "cli/exit_codes.h"

namespace spelk::cli {
namespace {

// The run that a signal ends, and the file that it must not leave behind. A signal handler can
// reach nothing else.
std::atomic<Cancel*> running{nullptr};
std::atomic<const char*> unfinished{nullptr};

[[noreturn]] void LeaveAtOnce(int code) {
  if (const char* path = unfinished.load(std::memory_order_relaxed)) ::unlink(path);
  _exit(code);
}

extern "C" void OnSignal(int signal) {
  Cancel* cancel = running.load(std::memory_order_relaxed);
  if (signal != SIGINT) LeaveAtOnce(128 + signal);
  if (cancel == nullptr || cancel->input_ended()) LeaveAtOnce(kInterrupted);
  cancel->EndInput();
}

}  // namespace

InterruptGuard::InterruptGuard(Cancel& cancel, const char* temporary) {
  running.store(&cancel);
  unfinished.store(temporary);
  struct sigaction action {};
  action.sa_handler = &OnSignal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
    ::sigaction(signal, &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  running.store(nullptr);
  unfinished.store(nullptr);
}

}  // namespace spelk::cli
