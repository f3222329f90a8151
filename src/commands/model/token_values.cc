// Finding words of events that begin with a text.
#include "commands/model/token_values.h"

#include <fmt/format.h>

#include <utility>

namespace spelk::commands {
namespace {

using plan::ExprKind;
using plan::ExprPtr;

// What parts words: the major breakers of segmenters.conf, as a class of a regular expression.
constexpr std::string_view kBreakers = R"(\s\[\]<>(){}|!;,'"*&?)";

std::string Literally(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '_' || byte >= 0x80;
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

ExprPtr Call(plan::Binder& binder, std::string_view name, std::vector<ExprPtr> arguments,
             plan::Type type, Span span) {
  auto call = std::make_unique<plan::Expr>();
  call->kind = ExprKind::kCall;
  call->type = type;
  call->span = span;
  call->function = binder.entries().Function(name);
  call->arguments = std::move(arguments);
  return call;
}

ExprPtr Text(std::string text, Span span) {
  return plan::MakeLiteral(plan::Literal::Text(std::move(text)), plan::Type::kString, span);
}

// if(match(_raw, word), lower(replace(_raw, all, "\1")), null())
ExprPtr ValueAfter(const std::string& prefix, plan::Binder& binder, Span span) {
  const Field raw = binder.Intern("_raw");
  const std::string word = fmt::format("(?<![^{0}]){1}([^{0}]*)", kBreakers, Literally(prefix));
  std::vector<ExprPtr> match;
  match.push_back(plan::MakeField(raw, span));
  match.push_back(Text("(?i)" + word, span));
  std::vector<ExprPtr> replace;
  replace.push_back(plan::MakeField(raw, span));
  replace.push_back(Text(fmt::format("(?is)^.*?{}.*$", word), span));
  replace.push_back(Text("\\1", span));
  std::vector<ExprPtr> lower;
  lower.push_back(Call(binder, "replace", std::move(replace), plan::Type::kString, span));
  std::vector<ExprPtr> choice;
  choice.push_back(Call(binder, "match", std::move(match), plan::Type::kBoolean, span));
  choice.push_back(Call(binder, "lower", std::move(lower), plan::Type::kString, span));
  choice.push_back(plan::MakeLiteral(plan::Literal::Null(), plan::Type::kNull, span));
  return Call(binder, "if", std::move(choice), plan::Type::kAny, span);
}

}  // namespace

plan::NodePtr MakeTokenValues(Span span, const std::vector<std::string>& prefixes,
                              plan::Binder& binder) {
  auto extend = plan::Make<plan::ExtendNode>(span);
  for (const std::string& prefix : prefixes) {
    extend->assignments.push_back(
        {binder.Intern(prefix), {}, {}, ValueAfter(prefix, binder, span)});
  }
  return extend;
}

}  // namespace spelk::commands
