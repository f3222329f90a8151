// Kinds of events of Windows, out of conditions and out of what authors say.
#include "engine/lint/event_kinds.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "value/ascii.h"
#include "value/number.h"

namespace spelk::engine::lint {
namespace {

struct EventFields {
  std::string_view log;
  int id;
  std::string_view fields;
};
constexpr EventFields kEvents[] = {
#include "engine/lint/event_fields.inc"
};

std::vector<std::string_view> NamesIn(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

std::string_view LogOf(std::string_view pattern) {
  const std::string text = LowerAscii(pattern);
  const auto has = [&text](std::string_view part) { return text.find(part) != std::string::npos; };
  if (has("sysmon") && !has("linux")) return kSysmon;
  if (has("wmi-activity")) return kWmi;
  if (has("powershell/operational") || text == "powershell") return kPowerShell;
  if (text == "security" || text.ends_with("wineventlog:security") ||
      has("microsoft-windows-security-auditing"))
    return kSecurity;
  if (text == "system" || text.ends_with("wineventlog:system")) return kSystem;
  return {};
}

}  // namespace

const KnownEvents& KnownEvents::Get() {
  static const KnownEvents& kKnown = *[] {
    auto* known = new KnownEvents();
    for (const EventFields& event : kEvents) {
      for (const std::string_view name : NamesIn(event.fields)) {
        known->fields[{event.log, event.id}].insert(name);
        known->names.insert(name);
        known->by_lower.emplace(LowerAscii(name), name);
      }
    }
    return known;
  }();
  return kKnown;
}

bool IsOfEachEvent(std::string_view name) {
  constexpr std::string_view kFieldsOfAll[] = {
      "User",        "EventType", "Type",    "Computer", "ComputerName", "Message",  "Name",
      "Version",     "Level",     "Task",    "Opcode",   "OpCode",       "Keywords", "Channel",
      "EventID",     "EventCode", "LogName", "Sid",      "SourceName",   "Guid",     "ProcessID",
      "ProcessId",   "ThreadID",  "UserID",  "Status",   "ProcessName",  "Path",     "State",
      "Description", "ID",        "Id",      "Code"};
  return std::find(std::begin(kFieldsOfAll), std::end(kFieldsOfAll), name) !=
         std::end(kFieldsOfAll);
}

std::string_view TitleOf(std::string_view log) {
  if (log == kSysmon) return "Sysmon";
  if (log == kWmi) return "WMI-Activity";
  if (log == kPowerShell) return "PowerShell";
  return log == kSecurity ? "Security" : "System";
}

constexpr size_t kMostKinds = 64;

Kinds Both(const Kinds& a, const Kinds& b) {
  if (!a || !b) return a ? a : b;
  std::vector<Kind> kinds;
  for (const Kind& x : *a) {
    for (const Kind& y : *b) {
      if (!x.log.empty() && !y.log.empty() && x.log != y.log) continue;
      Kind kind{x.log.empty() ? y.log : x.log, x.ids ? x.ids : y.ids};
      if (x.ids && y.ids) {
        std::erase_if(*kind.ids, [&y](int id) { return !y.ids->contains(id); });
      }
      kinds.push_back(std::move(kind));
      if (kinds.size() > kMostKinds) return std::nullopt;
    }
  }
  return kinds;
}

Kinds OfMatch(const plan::Expr& expr) {
  if (expr.op != CompareOp::kEqual) return std::nullopt;
  const bool log = expr.field == hidden::kSourcetypes || expr.field == hidden::kSources ||
                   expr.field.name() == "Channel" || expr.field.name() == "source" ||
                   expr.field.name() == "sourcetype";
  const bool id = expr.field.name() == "EventCode" || expr.field.name() == "EventID";
  if (!log && !id) return std::nullopt;
  std::vector<Kind> kinds;
  for (const plan::Pattern& pattern : expr.patterns) {
    if (log) {
      const std::string_view name = LogOf(pattern.text);
      if (name.empty()) return std::nullopt;
      kinds.push_back({name, std::nullopt});
      continue;
    }
    const std::optional<Number> number = ParseNumber(pattern.text);
    if (!number || number->value < 0 || number->value > 65535) return std::nullopt;
    if (kinds.empty()) kinds.push_back({{}, std::set<int>()});
    kinds.front().ids->insert(static_cast<int>(number->value));
  }
  return kinds;
}

Kinds KindsOf(const plan::Expr& expr) {
  switch (expr.kind) {
    case plan::ExprKind::kMatch:
    case plan::ExprKind::kMatchAny:
      return OfMatch(expr);
    case plan::ExprKind::kAnd: {
      Kinds all;
      for (const plan::ExprPtr& argument : expr.arguments) all = Both(all, KindsOf(*argument));
      return all;
    }
    case plan::ExprKind::kOr: {
      std::vector<Kind> any;
      for (const plan::ExprPtr& argument : expr.arguments) {
        const Kinds one = KindsOf(*argument);
        if (!one || any.size() + one->size() > kMostKinds) return std::nullopt;
        any.insert(any.end(), one->begin(), one->end());
      }
      return any;
    }
    default:
      return std::nullopt;
  }
}

Kinds KindsOf(const std::vector<std::string>& data_sources) {
  std::vector<Kind> kinds;
  for (const std::string& source : data_sources) {
    const std::string text = LowerAscii(source);
    const auto has = [&text](std::string_view part) {
      return text.find(part) != std::string::npos;
    };
    const std::string_view log = has("sysmon") && !has("linux")    ? kSysmon
                                 : has("wmi-activity")             ? kWmi
                                 : has("powershell") && has("410") ? kPowerShell
                                 : has("event log security") || has("security-auditing")
                                     ? kSecurity
                                     : std::string_view();
    std::set<int> ids;
    for (size_t at = 0; at < text.size();) {
      const bool digit = text[at] >= '0' && text[at] <= '9';
      const size_t end = std::min(text.find_first_not_of("0123456789", at), text.size());
      const bool word = at > 0 && text[at - 1] != ' ';
      if (digit && !word && end - at < 6) {
        ids.insert(std::atoi(text.substr(at, end - at).c_str()));
      }
      at = digit ? end : at + 1;
    }
    if (log.empty() || ids.empty()) return std::nullopt;
    kinds.push_back({log, std::move(ids)});
  }
  if (kinds.empty()) return std::nullopt;
  return kinds;
}

bool AreKnown(const Kinds& kinds) {
  return kinds && !kinds->empty() &&
         std::all_of(kinds->begin(), kinds->end(), [](const Kind& kind) {
           return !kind.log.empty() && kind.log != kSystem && (!kind.ids || !kind.ids->empty());
         });
}

std::optional<std::set<std::string_view>> FieldsOf(const std::vector<Kind>& kinds) {
  const KnownEvents& known = KnownEvents::Get();
  std::set<std::string_view> all;
  for (const Kind& kind : kinds) {
    if (!kind.ids) {
      // An id of the log that is not documented here may have others.
      if (kind.log != kSysmon && kind.log != kWmi) return std::nullopt;
      for (const auto& [event, fields] : known.fields) {
        if (event.first == kind.log) all.insert(fields.begin(), fields.end());
      }
      continue;
    }
    for (const int id : *kind.ids) {
      const auto event = known.fields.find({kind.log, id});
      if (event == known.fields.end()) return std::nullopt;
      all.insert(event->second.begin(), event->second.end());
    }
  }
  return all;
}

std::string Describe(const std::vector<Kind>& kinds) {
  std::map<std::string_view, std::set<int>> events;
  for (const Kind& kind : kinds) {
    std::set<int>& ids = events[kind.log];
    if (kind.ids) ids.insert(kind.ids->begin(), kind.ids->end());
  }
  std::string text;
  for (const auto& [log, ids] : events) {
    text += fmt::format("{}{}{}{}", text.empty() ? "" : "; ", TitleOf(log), ids.empty() ? "" : " ",
                        fmt::join(ids, ", "));
  }
  return text;
}

}  // namespace spelk::engine::lint
