// Taking signatures apart.
#include "engine/assist/signature.h"

#include <fmt/format.h>

#include <algorithm>

namespace spelk::engine {
namespace {

constexpr std::string_view kMore = "…";

// Between the outer parentheses.
std::string_view Inner(std::string_view signature) {
  const size_t open = signature.find('(');
  const size_t close = signature.rfind(')');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return {};
  return signature.substr(open + 1, close - open - 1);
}

}  // namespace

std::vector<std::pair<size_t, size_t>> ParametersOf(std::string_view signature) {
  std::vector<std::pair<size_t, size_t>> parameters;
  const std::string_view inner = Inner(signature);
  if (inner.empty()) return parameters;
  const auto offset = static_cast<size_t>(inner.data() - signature.data());
  size_t depth = 0;
  size_t begin = 0;
  const auto add = [&](size_t end) {
    constexpr std::string_view kAround = " [],";
    size_t from = begin;
    while (from < end && kAround.find(inner[from]) != std::string_view::npos) ++from;
    while (end > from && kAround.find(inner[end - 1]) != std::string_view::npos) --end;
    if (from < end) parameters.emplace_back(offset + from, offset + end);
  };
  for (size_t i = 0; i < inner.size(); ++i) {
    const char c = inner[i];
    if (c == '(' || c == '<') ++depth;
    if ((c == ')' || c == '>') && depth > 0) --depth;
    if (c != ',' || depth > 0) continue;
    add(i);
    begin = i + 1;
  }
  add(inner.size());
  return parameters;
}

std::string SnippetOf(std::string_view name, std::string_view signature) {
  const std::string_view inner = Inner(signature);
  if (inner.empty()) return fmt::format("{}()", EscapedSnippet(name));
  const size_t optional = signature.find('[');
  std::string list;
  size_t number = 0;
  for (const auto& [begin, end] : ParametersOf(signature)) {
    if (begin > optional) break;
    std::string_view parameter = signature.substr(begin, end - begin);
    if (parameter == kMore) break;
    if (parameter.starts_with('<') && parameter.ends_with('>')) {
      parameter = parameter.substr(1, parameter.size() - 2);
    }
    list +=
        fmt::format("{}${{{}:{}}}", number == 0 ? "" : ", ", number + 1, EscapedSnippet(parameter));
    ++number;
  }
  return fmt::format("{}({})", EscapedSnippet(name), list);
}

std::string EscapedSnippet(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '$' || c == '}' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

}  // namespace spelk::engine
