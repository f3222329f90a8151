// Values of YAML.
#include "cli/test_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

namespace spelk::cli {

void Complain(const Yaml& node, std::string message) {
  throw YamlProblem{node.line(), std::move(message)};
}

std::vector<Yaml> Items(const Yaml& list) {
  std::vector<Yaml> items;
  for (size_t i = 0; i < list.size(); ++i) items.push_back(list.At(i));
  return items;
}

std::string TextOf(const Yaml& node, std::string_view name) {
  if (!node.is_text()) Complain(node, fmt::format("{} takes a text", name));
  return node.text();
}

std::vector<std::string> TextsOf(const Yaml& node, std::string_view name) {
  std::vector<std::string> texts;
  if (node.is_text()) return {node.text()};
  if (!node.is_list()) Complain(node, fmt::format("{} takes a text or a list", name));
  for (const Yaml& item : Items(node)) texts.push_back(TextOf(item, name));
  return texts;
}

bool BooleanOf(const Yaml& node, std::string_view name) {
  const std::string text = node.is_text() ? node.text() : "";
  if (text == "true" || text == "yes" || text == "on") return true;
  if (text == "false" || text == "no" || text == "off") return false;
  Complain(node, fmt::format("{} takes true or false", name));
}

// As JSON would have it: what stands in quotes is text.
bool IsPlainJson(const Yaml& node) {
  if (node.quoted()) return false;
  const std::string& text = node.text();
  if (text == "true" || text == "false" || text == "null") return true;
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool digits =
      !text.empty() && text.find_first_not_of("0123456789.eE+-") == std::string::npos;
  const bool leading = text.size() > 1 && text[0] == '0' && text[1] != '.';
  return error == std::errc() && end == text.data() + text.size() && digits && !leading &&
         text.front() != '.' && text.back() != '.' && text.front() != '+';
}

namespace {

void AppendJson(const Yaml& node, std::string* out, int depth = 0) {
  constexpr size_t kMost = size_t{64} << 20U;  // Aliases make much of little.
  if (depth > 100 || out->size() > kMost)
    Complain(node, "objects are nested too deep, or too long");
  if (node.is_map()) {
    *out += '{';
    bool first = true;
    for (size_t m = 0; m < node.size(); ++m) {
      if (!first) *out += ',';
      first = false;
      *out += JsonText(node.Name(m)) + ":";
      AppendJson(node.At(m), out, depth + 1);
    }
    *out += '}';
  } else if (node.is_list()) {
    *out += '[';
    for (size_t i = 0; i < node.size(); ++i) {
      if (i > 0) *out += ',';
      AppendJson(node.At(i), out, depth + 1);
    }
    *out += ']';
  } else if (node.is_text()) {
    *out += IsPlainJson(node) ? node.text() : JsonText(node.text());
  } else {
    *out += "null";
  }
}

Row RowOf(const Yaml& node) {
  if (!node.is_map()) Complain(node, "a row is an object of names and values");
  std::string json;
  AppendJson(node, &json);
  std::optional<Row> row = ParseRow(json);
  if (!row) Complain(node, "a row that is no JSON object: " + json);
  return std::move(*row);
}

}  // namespace

std::vector<Row> RowsOf(const Yaml& node) {
  std::vector<Row> rows;
  if (node.is_text()) {
    std::istringstream lines(node.text());
    for (std::string line; std::getline(lines, line);) {
      if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
      std::optional<Row> row = ParseRow(line);
      if (!row) Complain(node, "a row is no JSON object: " + line);
      rows.push_back(std::move(*row));
    }
    return rows;
  }
  if (!node.is_list()) Complain(node, "rows take a list of objects");
  for (const Yaml& item : Items(node)) rows.push_back(RowOf(item));
  return rows;
}

std::string EventsOf(const Yaml& node, std::string_view name) {
  if (node.is_text() && !IsPlainJson(node)) return node.text();
  if (!node.is_map() && !node.is_list()) {
    Complain(node, fmt::format("{} takes an event, a list of them, or a text", name));
  }
  std::string text;
  const auto add = [&](const Yaml& event) {
    if (!event.is_map() && (!event.is_text() || IsPlainJson(event))) {
      Complain(event, fmt::format("{}: an event is an object, or a text", name));
    }
    if (event.is_text()) {
      text += event.text();
    } else {
      AppendJson(event, &text);
    }
    text += '\n';
  };
  if (node.is_map()) {
    add(node);
  } else {
    for (const Yaml& event : Items(node)) add(event);
  }
  return text;
}

uint64_t NumberOf(const Yaml& node) {
  uint64_t number = 0;
  const std::string text = TextOf(node, "a count");
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Complain(node, fmt::format("\"{}\" is no number of rows", text));
  }
  return number;
}

void SetCount(const Yaml& node, Expectation* expects) {
  if (node.is_map()) {
    for (size_t m = 0; m < node.size(); ++m) {
      if (node.Name(m) == "least" || node.Name(m) == "most") continue;
      Complain(node.At(m), fmt::format("\"{}\" is nothing that count has; it has least and most",
                                       node.Name(m)));
    }
    if (node.Find("least")) expects->least = NumberOf(node.Find("least"));
    if (node.Find("most")) expects->most = NumberOf(node.Find("most"));
    return;
  }
  std::string text = TextOf(node, "count");
  const size_t digits = std::min(text.find_first_of("0123456789"), text.size());
  std::string op = text.substr(0, digits);
  std::erase(op, ' ');
  uint64_t number = 0;
  const auto [end, error] =
      std::from_chars(text.data() + digits, text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) {
    Complain(node, "count takes a number, >=N, <=N, >N, <N, or least and most");
  }
  if (op.empty() || op == "=") {
    expects->least = expects->most = number;
  } else if (op == ">=" || op == ">") {
    expects->least = op == ">" ? number + 1 : number;
  } else if ((op == "<=" || op == "<") && (op == "<=" || number > 0)) {
    expects->most = op == "<" ? number - 1 : number;
  } else {
    Complain(node, "count takes a number, >=N, <=N, >N, <N, or least and most");
  }
}

}  // namespace spelk::cli
