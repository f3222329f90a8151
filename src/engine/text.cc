// Text for people, for those who use the library.
#include "spelk/text.h"

#include "io/terminal_text.h"
#include "plan/entry.h"

namespace spelk {

std::string ForTerminal(std::string_view text) { return io::ForTerminal(text); }

std::string Printable(std::string_view text) { return io::Printable(text); }

std::vector<std::string_view> NearestNames(std::string_view name,
                                           const std::vector<std::string_view>& names) {
  return plan::NearestNames(name, names);
}

}  // namespace spelk
