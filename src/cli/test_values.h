// Values of the YAML of tests: what they must be, and what is said of those that are not.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "cli/test_case.h"
#include "spelk/yaml.h"

namespace spelk::cli {

// A problem with its place, on its way out of the file.
struct YamlProblem {
  size_t line = 0;
  std::string message;
};
// Throws it; so do the functions below.
[[noreturn]] void Complain(const Yaml& node, std::string message);

std::vector<Yaml> Items(const Yaml& list);
std::string TextOf(const Yaml& node, std::string_view name);
// One, or a list.
std::vector<std::string> TextsOf(const Yaml& node, std::string_view name);
bool BooleanOf(const Yaml& node, std::string_view name);
uint64_t NumberOf(const Yaml& node);
// A number, true, false or null without quotes.
bool IsPlainJson(const Yaml& node);
// A list of objects, or a text of JSON objects, one a line.
std::vector<Row> RowsOf(const Yaml& node);
// Events as text: an object, a list of them, or a text as it is.
std::string EventsOf(const Yaml& node, std::string_view name);
// 3, ">=2", {least: 1, most: 5}
void SetCount(const Yaml& node, Expectation* expects);

}  // namespace spelk::cli
