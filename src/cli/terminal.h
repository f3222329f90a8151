// What the command line knows of its terminal, environment and machine. Nothing else in spelk looks
// at these.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spelk::cli {

// To standard error and to standard output. A reader that is gone is no reason to stop.
void Say(std::string_view text);
void Print(std::string_view text);

bool IsTerminal(int descriptor);
// Columns of the terminal; 80 if they cannot be told.
size_t TerminalWidth(int descriptor);
// Colours are for terminals, unless NO_COLOR is set or TERM is "dumb".
bool WantsColour(int descriptor);
// Seconds since the epoch.
double WallClock();
// Seconds of a clock that only goes forward.
double MonotonicClock();
// The smaller of 1 GiB and half of what the process may use.
size_t DefaultMemory();
size_t Cores();
// TMPDIR, or /tmp.
std::string TemporaryDirectory();
// The folders of SPELK_APPS, with colons between them.
std::vector<std::string> AppsOfEnvironment();

// "512MB", "1GiB", "64k", "1000"; powers of 1024.
std::optional<size_t> ParseSize(std::string_view text);
// "1.2 GB", in powers of 1000.
std::string ReadableBytes(double bytes);
// "410,023"
std::string WithCommas(unsigned long long number);

}  // namespace spelk::cli
