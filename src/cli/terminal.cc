// Terminal, clock, memory.
#include "cli/terminal.h"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <thread>

namespace spelk::cli {

void Say(std::string_view text) {
  (void)std::fwrite(text.data(), 1, text.size(), stderr);
  (void)std::fflush(stderr);
}
void Print(std::string_view text) { (void)std::fwrite(text.data(), 1, text.size(), stdout); }

bool IsTerminal(int descriptor) { return ::isatty(descriptor) == 1; }

size_t TerminalWidth(int descriptor) {
  struct winsize size {};
  if (::ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

bool WantsColour(int descriptor) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return IsTerminal(descriptor) && (term == nullptr || std::string_view(term) != "dumb");
}

double WallClock() {
  return std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
}

double MonotonicClock() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

size_t DefaultMemory() {
  constexpr size_t kMost = size_t{1} << 30U;
  size_t usable = static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) *
                  static_cast<size_t>(::sysconf(_SC_PAGE_SIZE));
  struct rlimit limit {};
  if (::getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY) {
    usable = std::min<size_t>(usable, limit.rlim_cur);
  }
  size_t group = 0;
  if (std::ifstream file("/sys/fs/cgroup/memory.max"); file >> group)
    usable = std::min(usable, group);
  return std::min(kMost, usable / 2);
}

size_t Cores() { return std::max(1U, std::thread::hardware_concurrency()); }

std::string TemporaryDirectory() {
  const char* directory = std::getenv("TMPDIR");
  return directory != nullptr && *directory != '\0' ? directory : "/tmp";
}

std::vector<std::string> AppsOfEnvironment() {
  std::vector<std::string> apps;
  const char* set = std::getenv("SPELK_APPS");
  std::string_view rest = set == nullptr ? "" : set;
  while (!rest.empty()) {
    const size_t end = std::min(rest.find(':'), rest.size());
    if (end > 0) apps.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return apps;
}

std::optional<size_t> ParseSize(std::string_view text) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc()) return std::nullopt;
  std::string unit;
  for (const char c : text.substr(static_cast<size_t>(end - text.data()))) {
    unit += static_cast<char>(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
  }
  if (unit.ends_with('b')) unit.pop_back();
  if (unit.ends_with('i')) unit.pop_back();
  constexpr std::string_view kUnits = "kmgt";
  if (unit.empty()) return number;
  const size_t power = unit.size() == 1 ? kUnits.find(unit[0]) : std::string_view::npos;
  if (power == std::string_view::npos) return std::nullopt;
  const size_t shift = 10 * (power + 1);
  if (number > (SIZE_MAX >> shift)) return std::nullopt;
  return number << shift;
}

std::string ReadableBytes(double bytes) {
  constexpr std::string_view kUnits[] = {"B", "kB", "MB", "GB", "TB"};
  size_t unit = 0;
  while (bytes >= 1000 && unit + 1 < std::size(kUnits)) {
    bytes /= 1000;
    ++unit;
  }
  return unit == 0 ? fmt::format("{:.0f} B", bytes) : fmt::format("{:.2f} {}", bytes, kUnits[unit]);
}

std::string WithCommas(unsigned long long number) {
  std::string text = fmt::format("{}", number);
  for (size_t i = text.size(); i > 3;) {
    i -= 3;
    text.insert(i, ",");
  }
  return text;
}

}  // namespace spelk::cli
