// Handlers: they may only set flags, remove a file, write a fixed text and leave.
#include "cli/signals.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <new>
#include <string_view>

#include "cli/exit_codes.h"

namespace spelk::cli {
namespace {

constexpr unsigned kPatience = 2;  // Seconds.

// The run that a signal ends, and the file that it must not leave behind. A signal handler can
// reach nothing else.
std::atomic<Cancel*> running{nullptr};
std::atomic<const char*> unfinished{nullptr};

[[noreturn]] void LeaveAtOnce(int code) {
  if (const char* path = unfinished.load(std::memory_order_relaxed)) ::unlink(path);
  _exit(code);
}

void SayAtOnce(std::string_view text) {
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, text.data(), text.size());
}

[[noreturn]] void OnNoMemory() {
  SayAtOnce(
      "spelk: error E0501: the system gives no more memory; take a smaller --memory or fewer "
      "--threads\n");
  LeaveAtOnce(kInputProblem);
}

extern "C" void OnSignal(int signal) {
  Cancel* cancel = running.load(std::memory_order_relaxed);
  if (signal == SIGALRM) {
    if (cancel == nullptr || !cancel->before_end_of_input()) return;  // What was read is finished.
    SayAtOnce("spelk: interrupted before anything was finished\n");
    LeaveAtOnce(kInterrupted);
  }
  if (signal != SIGINT) LeaveAtOnce(128 + signal);
  if (cancel == nullptr || cancel->input_ended()) LeaveAtOnce(kInterrupted);
  cancel->EndInput();
  ::alarm(kPatience);
}

}  // namespace

void PrepareForTrouble() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);
  std::set_new_handler(&OnNoMemory);
}

InterruptGuard::InterruptGuard(Cancel& cancel, const char* temporary) {
  running.store(&cancel);
  unfinished.store(temporary);
  struct sigaction action {};
  action.sa_handler = &OnSignal;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGXCPU, SIGALRM}) {
    ::sigaction(signal, &action, nullptr);
  }
}

InterruptGuard::~InterruptGuard() {
  ::alarm(0);
  running.store(nullptr);
  unfinished.store(nullptr);
}

}  // namespace spelk::cli
