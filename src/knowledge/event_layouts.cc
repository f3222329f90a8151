// Reading shapes.conf.
#include "knowledge/event_layouts.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/status.h"
#include "value/ascii.h"

namespace spelk::knowledge {
namespace {

std::vector<std::string> ElementsOf(std::string_view text) {
  std::vector<std::string> elements;
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    const std::string_view element = TrimBlanks(text.substr(0, comma));
    if (!element.empty()) elements.emplace_back(element);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return elements;
}

// "EventTime Europe/Berlin": a member, and the zone of text without one.
std::vector<plan::EventLayout::TimeMember> TimesOf(std::string_view text) {
  std::vector<plan::EventLayout::TimeMember> times;
  for (const std::string& element : ElementsOf(text)) {
    const size_t blank = std::min(element.find(' '), element.size());
    times.push_back({element.substr(0, blank),
                     std::string(TrimBlanks(std::string_view(element).substr(blank)))});
  }
  return times;
}

// "Event.System., ProcessID Event.System.Execution.pid": prefixes, and fields with their members.
void TakeSystem(std::string_view text, plan::EventLayout* shape) {
  for (const std::string& element : ElementsOf(text)) {
    const size_t blank = element.find(' ');
    if (blank == std::string::npos) {
      shape->system_prefixes.push_back(element);
    } else {
      shape->system.emplace_back(element.substr(0, blank),
                                 TrimBlanks(std::string_view(element).substr(blank)));
    }
  }
}

bool IsTemplate(std::string_view text) {
  return std::count(text.begin(), text.end(), '$') % 2 == 0 &&
         text.find("$$") == std::string_view::npos;
}

constexpr std::string_view kValue = "value.";

// Reads one setting into the shape. False for a key that there is not.
bool Take(const Setting& setting, plan::EventLayout* shape) {
  const std::string_view key = setting.key;
  const std::string& value = setting.value;
  const std::pair<std::string_view, std::vector<std::string>*> lists[] = {
      {"members", &shape->members},          {"without", &shape->without},
      {"optional", &shape->optional},        {"envelope", &shape->envelope},
      {"prefixes", &shape->prefixes},        {"also_sourcetypes", &shape->also_sourcetypes},
      {"also_sources", &shape->also_sources}};
  for (const auto& [name, list] : lists) {
    if (key == name) return *list = ElementsOf(value), true;
  }
  const std::pair<std::string_view, std::string*> texts[] = {{"unwrap", &shape->unwrap},
                                                             {"host", &shape->host},
                                                             {"sourcetype", &shape->sourcetype},
                                                             {"source", &shape->source},
                                                             {"adds", &shape->adds}};
  for (const auto& [name, text] : texts) {
    if (key == name) return *text = value, true;
  }
  if (key == "closed") return shape->closed = IsTrue(value), true;
  if (key == "skip") return shape->skip = IsTrue(value), true;
  if (key == "multivalues") return shape->multivalues = IsTrue(value), true;
  if (key == "system") return TakeSystem(value, shape), true;
  if (key == "times") return shape->times = TimesOf(value), true;
  if (!key.starts_with(kValue)) return false;
  shape->values.emplace_back(key.substr(kValue.size()), value);
  return true;
}

// What is wrong with a shape, or nothing.
std::string_view ProblemOf(const plan::EventLayout& shape) {
  if (shape.members.empty() && shape.values.empty()) return "a shape needs members or values";
  std::vector<std::string> templates = shape.also_sourcetypes;
  templates.insert(templates.end(), shape.also_sources.begin(), shape.also_sources.end());
  templates.insert(templates.end(), {shape.host, shape.sourcetype, shape.source});
  if (!std::all_of(templates.begin(), templates.end(), &IsTemplate)) {
    return "a member in host, sourcetype, source … stands between two $";
  }
  std::vector<std::string> prefixes = shape.prefixes;
  prefixes.insert(prefixes.end(), shape.system_prefixes.begin(), shape.system_prefixes.end());
  for (const std::string& prefix : prefixes) {
    if (!prefix.ends_with('.')) return "a prefix ends with a dot";
  }
  const auto& all = shape.prefixes;
  if (!shape.adds.empty() && std::find(all.begin(), all.end(), shape.adds) == all.end()) {
    return "adds is one of the prefixes";
  }
  return {};
}

}  // namespace

bool Wraps(const plan::EventLayout& shape) { return shape.skip || !shape.unwrap.empty(); }

absl::StatusOr<std::vector<plan::EventLayout>> ReadShapes(const Conf& conf) {
  std::vector<plan::EventLayout> shapes;
  for (const Stanza& stanza : conf.stanzas()) {
    plan::EventLayout shape;
    shape.name = stanza.name;
    for (const Setting& setting : stanza.settings) {
      if (!Take(setting, &shape)) {
        return absl::InvalidArgumentError(
            fmt::format("{}: a shape has no \"{}\"", conf.PlaceOf(setting), setting.key));
      }
    }
    const std::string_view problem = ProblemOf(shape);
    if (!problem.empty()) {
      const std::string place =
          stanza.settings.empty() ? "shapes.conf" : conf.PlaceOf(stanza.settings.front());
      return absl::InvalidArgumentError(fmt::format("{}: [{}]: {}", place, stanza.name, problem));
    }
    shapes.push_back(std::move(shape));
  }
  return shapes;
}

}  // namespace spelk::knowledge
