// The time modifiers of search terms: earliest, latest, and the older spellings of both.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace spelk::plan {

struct TimeTerm {
  enum class Value : uint8_t {
    kModifier,   // As relative_time.h reads it.
    kFormatted,  // By timeformat=, if there is one, otherwise as above.
    kSeconds,    // Since the epoch.
    kAgo,        // So many units ago.
  };
  std::string_view name;
  bool lower = false;  // An inclusive lower bound; otherwise an exclusive upper one.
  Value value = Value::kModifier;
  std::string_view unit = {};  // Of kAgo.
};

inline constexpr std::string_view kTimeFormatName = "timeformat";

// Null if the name is none of them.
const TimeTerm* FindTimeTerm(std::string_view name);
// Names that Splunk takes for time modifiers and spelk refuses.
bool IsRefusedTimeTerm(std::string_view name);

// The value in the form that relative_time.h reads; nothing if it is none of the term's. `format`
// is the value of timeformat=, or empty.
std::optional<std::string> TimeTermText(const TimeTerm& term, const std::string& text,
                                        const std::string& format);
// What such a value looks like, for a message.
std::string TimeTermUsage(const TimeTerm& term, const std::string& format);

}  // namespace spelk::plan
