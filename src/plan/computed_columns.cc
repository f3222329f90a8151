// What rules read, and how they are shown.
#include "plan/computed_columns.h"

#include <fmt/format.h>

#include <algorithm>

namespace spelk::plan {

std::string_view NameOf(StanzaKind kind) {
  switch (kind) {
    case StanzaKind::kSourcetype:
      return "sourcetype";
    case StanzaKind::kSource:
      return "source";
    case StanzaKind::kHost:
      return "host";
  }
  return "";
}

std::string_view NameOf(RuleKind kind) {
  switch (kind) {
    case RuleKind::kAlias:
      return "alias";
    case RuleKind::kCalculate:
      return "calculate";
    case RuleKind::kExtract:
      return "extract";
    case RuleKind::kLookup:
      return "lookup";
    case RuleKind::kClassify:
      return "classify";
    case RuleKind::kAutomatic:
      return "automatic";
  }
  return "";
}

FieldSet ComputedColumns::Inputs() const {
  FieldSet inputs;
  if (value != nullptr) CollectFields(*value, &inputs);
  if (extraction.source) inputs.Add(extraction.source);
  for (const Field input : lookup.inputs) inputs.Add(input);
  if (lookup.time) inputs.Add(lookup.time);
  for (const RuleChoice& choice : choices) CollectFields(*choice.condition, &inputs);
  return inputs;
}

bool ComputedColumns::Lists(Field field) const {
  return std::find(listed.begin(), listed.end(), field) != listed.end();
}

bool TextMayName(std::string_view name) {
  constexpr std::string_view kOfEvents[] = {"_raw",       "_time", "host",     "source",
                                            "sourcetype", "index", "linecount"};
  return !name.empty() &&
         std::find(std::begin(kOfEvents), std::end(kOfEvents), name) == std::end(kOfEvents);
}

std::string PrintRule(const ComputedColumns& rule) {
  switch (rule.kind) {
    case RuleKind::kExtract:
      if (rule.extraction.regex.empty()) {
        return fmt::format("pieces of {} between \"{}\"", rule.extraction.source.name(),
                           rule.extraction.delimiters);
      }
      return fmt::format("pieces of {} by \"{}\"", rule.extraction.source.name(),
                         rule.extraction.regex);
    case RuleKind::kLookup:
      return fmt::format("columns {} of {}", fmt::join(rule.lookup.output_columns, ", "),
                         rule.lookup.table);
    case RuleKind::kClassify: {
      std::string out;
      for (const RuleChoice& choice : rule.choices) {
        if (!out.empty()) out += ", ";
        out += fmt::format("\"{}\" where {}", choice.text, Print(*choice.condition));
      }
      return out;
    }
    case RuleKind::kAutomatic: {
      std::string out = "what _raw names";
      for (const TextSetting& setting : rule.text) {
        if (setting.builtin) continue;
        const bool everywhere = setting.where.name.empty();
        out += fmt::format(", {} = {}{}{}", setting.key, setting.value, everywhere ? "" : " by ",
                           setting.where.name);
      }
      return out;
    }
    default:
      return Print(*rule.value);
  }
}

}  // namespace spelk::plan
