// Which events of Windows a search asks for, and what fields these have.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan/expr.h"

namespace spelk::engine::lint {

// Logs, by their channels in small letters.
inline constexpr std::string_view kSysmon = "microsoft-windows-sysmon/operational";
inline constexpr std::string_view kSecurity = "security";
inline constexpr std::string_view kWmi = "microsoft-windows-wmi-activity/operational";
inline constexpr std::string_view kPowerShell = "microsoft-windows-powershell/operational";
inline constexpr std::string_view kSystem = "system";
// As messages call it.
std::string_view TitleOf(std::string_view log);

// The fields of each event by log and id; and all of their names.
struct KnownEvents {
  std::map<std::pair<std::string_view, int>, std::set<std::string_view>> fields;
  std::set<std::string_view> names;
  std::map<std::string, std::string_view> by_lower;

  static const KnownEvents& Get();
};
// Whether every event of Windows has the field, in one of the forms in which it is collected.
bool IsOfEachEvent(std::string_view name);

// Events of a log, some of its ids or all.
struct Kind {
  std::string_view log;
  std::optional<std::set<int>> ids;
};
// Nothing: the events may be of any kind.
using Kinds = std::optional<std::vector<Kind>>;

// What both allow.
Kinds Both(const Kinds& a, const Kinds& b);
// What a comparison with a log or an event id asks for.
Kinds OfMatch(const plan::Expr& expr);
Kinds KindsOf(const plan::Expr& expr);
// "Sysmon EventID 11", "Windows Event Log Security 4688": what an author says that an analytic
// needs. Nothing if a part of it is of another kind.
Kinds KindsOf(const std::vector<std::string>& data_sources);
// Whether all of them are of logs whose fields are known.
bool AreKnown(const Kinds& kinds);
// The fields that their events have; nothing if one of them is not documented here.
std::optional<std::set<std::string_view>> FieldsOf(const std::vector<Kind>& kinds);
std::string Describe(const std::vector<Kind>& kinds);

}  // namespace spelk::engine::lint
