// Putting names together.
#include "commands/chart/series_names.h"

namespace spelk::commands {
namespace {

void ReplaceAll(std::string_view part, std::string_view with, std::string* text) {
  for (size_t at = text->find(part); at != std::string::npos; at = text->find(part, at)) {
    text->replace(at, part.size(), with);
    at += with.size();
  }
}

}  // namespace

std::string SeriesFormat::NameOf(std::string_view statistic, std::string_view series) const {
  if (!several) return std::string(series);
  if (format.empty()) {
    std::string name(statistic);
    name += sep;
    name += series;
    return name;
  }
  // In two steps, as a name may hold the other's mark.
  const size_t at = format.find("$VAL$");
  std::string name = format.substr(0, at);
  ReplaceAll("$AGG$", statistic, &name);
  if (at == std::string::npos) return name;
  name += series;
  const SeriesFormat rest{.several = true, .sep = {}, .format = format.substr(at + 5)};
  return rest.format.empty() ? name : name + rest.NameOf(statistic, series);
}

std::string SeriesLabel(std::string_view value, std::string_view first_column) {
  const bool marked = value.empty() || value == first_column;
  return (marked ? "VALUE" : "") + std::string(value);
}

}  // namespace spelk::commands
