// The files of an app: one text is read as each of them. Nothing crashes, and what is read gives
// rules, or says what is wrong.
#include "fuzz/fuzz.h"
#include "knowledge/conf.h"
#include "knowledge/event_classes.h"
#include "knowledge/event_layouts.h"
#include "knowledge/limits.h"
#include "knowledge/lookups.h"
#include "knowledge/macros.h"
#include "knowledge/props.h"

namespace {

namespace knowledge = spelk::knowledge;

absl::StatusOr<spelk::plan::ExprPtr> NoExpression(std::string_view) {
  return absl::InvalidArgumentError("no expression");
}

// Every field, and one by name.
void AskFor(const knowledge::Props& props) {
  spelk::FieldTable fields;
  spelk::knowledge::RuleCache cache;
  (void)props.RulesFor(spelk::plan::FieldSet::All(), fields, &NoExpression, cache);
  spelk::plan::FieldSet one;
  one.Add(fields.Intern("a"));
  (void)props.RulesFor(one, fields, &NoExpression, cache);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = spelk::fuzz::TextOf(data, size);
  knowledge::Conf conf;
  std::vector<std::string> problems;
  if (!conf.Add(text, "app.conf", &problems).ok()) return 0;
  knowledge::LimitSettings limits;
  (void)limits.Load(conf);
  knowledge::Lookups lookups;
  if (!lookups.Load({}, conf, conf, {}, limits).ok()) return 0;
  for (const knowledge::Stanza& stanza : conf.stanzas()) (void)lookups.FindLookup(stanza.name);
  knowledge::Props props;
  if (props.AddAll(conf, conf, lookups, false).ok()) AskFor(props);
  (void)props.Problems();
  knowledge::Macros macros;
  macros.AddAll(conf);
  macros.AddSavedSearches(conf);
  (void)macros.AddDefinition(text);
  knowledge::EventClasses classes;
  (void)classes.Load(conf, conf);
  (void)classes.HasTag("", text.substr(0, 20));
  (void)knowledge::ReadShapes(conf);
  return 0;
}
