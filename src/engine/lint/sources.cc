// Fields held against the events that a search asks for: those of Windows logs, whose fields are
// documented, and those of a feed.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "engine/knowledge_rules.h"
#include "engine/lint/conditions.h"
#include "engine/lint/event_kinds.h"
#include "engine/lint/families.h"
#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "plan/nodes.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kSourcesRules[] = {
    {.id = "L0401",
     .name = "field-of-other-events",
     .title = "a field that the events which are asked for do not have",
     .explanation =
         "The log and the event ids say which fields there are; this one belongs to events of "
         "another kind. Conditions on it never hold.",
     .fix = "use a field of these events; the message lists them",
     .bad =
         "source=\"WinEventLog:Microsoft-Windows-WMI-Activity/Operational\" EventCode=5861 | eval "
         "text=coalesce(CommandLine, ParentCommandLine)",
     .at = "CommandLine",
     .good =
         "source=\"WinEventLog:Microsoft-Windows-WMI-Activity/Operational\" EventCode=5861 | eval "
         "text=lower(coalesce(CommandLine, ParentCommandLine, Operation, PossibleCause, "
         "ProviderPath, Message))",
     .mends = true,
     .on_run = true},
    {.id = "L0402",
     .name = "field-in-other-case",
     .title = "a field's name in other letters than the events have",
     .explanation = "Names of fields are case-sensitive; values of search are not.",
     .fix = "write the name as the events have it",
     .bad = "source=\"WinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1 "
            "commandline=\"*x*\"",
     .at = "commandline",
     .good = "source=\"WinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=1 "
             "CommandLine=\"*x*\"",
     .mends = true,
     .on_run = true},
    {.id = "L0403",
     .name = "event-of-other-log",
     .title = "an event id that the log does not have",
     .explanation = "The id belongs to another log of Windows, so nothing is found.",
     .fix = "name the log that has it",
     .bad = "source=\"WinEventLog:System\" EventCode=4688",
     .at = "EventCode=4688",
     .good = "source=\"WinEventLog:Security\" EventCode=4688",
     .on_run = true},
    {.id = "L0405",
     .name = "field-not-in-feed",
     .title = "a field that no event of the feed has",
     .explanation =
         "With --data the fields that a search reads from events are held against a feed, with "
         "what knowledge adds to it.",
     .fix = "use a field of the feed; spelk fields lists them",
     .bad = "EventID=1 CommandLin=\"*x*\"",
     .at = "CommandLin",
     .good = "EventID=1 CommandLine=\"*x*\""},
    {.id = "L0406",
     .name = "misspelt-event-field",
     .title = "a name that is nearly that of a field of the events",
     .explanation =
         "The log and the event ids say which fields there are. None has this name, and one of "
         "them differs from it by a letter, or by words that are cut short.",
     .fix = "write the name as the events have it",
     .bad = "source=\"WinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=13 "
            "TargetObejct=\"*x*\"",
     .at = "TargetObejct",
     .good = "source=\"WinEventLog:Microsoft-Windows-Sysmon/Operational\" EventCode=13 "
             "TargetObject=\"*x*\"",
     .on_run = true},
    {.id = "L0407",
     .name = "alternative-of-other-events",
     .severity = kInfo,
     .title = "an alternative that asks for a field which the events do not have",
     .explanation =
         "The log and the event ids say which fields there are. This alternative of an OR never "
         "holds; the others may.",
     .fix = "use a field of these events, or leave the alternative out",
     .bad = "source=\"WinEventLog:Security\" EventCode=4688 (TargetObject=\"*x*\" OR "
            "CommandLine=\"*x*\")",
     .at = "TargetObject",
     .good = "source=\"WinEventLog:Security\" EventCode=4688 (NewProcessName=\"*x*\" OR "
             "CommandLine=\"*x*\")"},
};

// The words of a name with capitals: Target, Object.
std::vector<std::string_view> CapitalWords(std::string_view name) {
  std::vector<std::string_view> words;
  size_t begin = 0;
  for (size_t i = 1; i <= name.size(); ++i) {
    const bool capital = i < name.size() && name[i] >= 'A' && name[i] <= 'Z';
    if (i < name.size() && !capital) continue;
    words.push_back(name.substr(begin, i - begin));
    begin = i;
  }
  return words;
}

// DestIp and DestinationIp: the same words, some cut short after three letters or more.
bool IsShortened(std::string_view name, std::string_view right) {
  const std::vector<std::string_view> a = CapitalWords(name);
  const std::vector<std::string_view> b = CapitalWords(right);
  if (a.size() < 2 || a.size() != b.size() || name == right) return false;
  for (size_t w = 0; w < a.size(); ++w) {
    if (a[w] != b[w] && (a[w].size() < 3 || !b[w].starts_with(a[w]))) return false;
  }
  return true;
}

// ---------------------------------------------------------------- the rules

struct SourceRead {
  Field field;
  Span span;
  const plan::Expr* coalesce = nullptr;  // All arguments of which are fields.
  bool needed = true;                    // Nothing comes of it where the field is missing.
};

class Checker {
 public:
  explicit Checker(Visit* visit) : visit_(*visit), compiled_(visit->search.compiled) {}

  void Run(const plan::Node& root) {
    Chain(root);
    plan::ForEachHeldPlan(root, [this](const plan::Node& held, plan::Held) { Run(held); });
  }

 private:
  void Chain(const plan::Node& root) {
    Kinds kinds;
    made_ = plan::FieldSet();
    for (const plan::Node* node : plan::ChainOf(root)) {
      if (const auto* scan = plan::TryAs<plan::ScanNode>(node)) {
        if (scan->predicate == nullptr && visit_.search.options.feed == nullptr) return;
        if (scan->predicate != nullptr) {
          kinds = KindsOf(*scan->predicate);
          const Kinds said =
              AreKnown(kinds) ? std::nullopt : KindsOf(visit_.search.options.data_sources);
          CheckPredicate(*scan->predicate, said, true);
          if (said) kinds = said;
        }
        continue;
      }
      if (node->input == nullptr) return;
      CheckNode(*node, kinds);
      const plan::Dataflow flow = node->GetDataflow();
      if (!flow.passes || flow.writes.all()) return;
      made_.Add(flow.writes);
      const auto* project = plan::TryAs<plan::ProjectNode>(node);
      if (project != nullptr && project->mode != plan::ProjectMode::kRemove) return;
    }
  }

  // Whether the condition never holds, as it asks for a field that its events lack.
  bool NeverHolds(const plan::Expr& expr, const Kinds& around) const {
    switch (expr.kind) {
      case plan::ExprKind::kAnd: {
        const Kinds all = Both(around, KindsOf(expr));
        return std::any_of(expr.arguments.begin(), expr.arguments.end(),
                           [&](const plan::ExprPtr& each) { return NeverHolds(*each, all); });
      }
      case plan::ExprKind::kOr:
        return std::all_of(expr.arguments.begin(), expr.arguments.end(),
                           [&](const plan::ExprPtr& each) {
                             return NeverHolds(*each, Both(around, KindsOf(*each)));
                           });
      case plan::ExprKind::kMatch:
      case plan::ExprKind::kMatchAny:
        return expr.field && !expr.field.hidden() && IsOfOthers(expr.field, around);
      default:
        return false;
    }
  }

  // A field of other events of Windows, and of none of these.
  static bool IsOfOthers(Field field, const Kinds& kinds) {
    if (!AreKnown(kinds)) return false;
    const std::optional<std::set<std::string_view>> fields = FieldsOf(*kinds);
    const std::string_view name = field.name();
    return fields && !fields->contains(name) && !IsOfEachEvent(name) &&
           KnownEvents::Get().names.contains(name);
  }

  // Conditions of an alternative see the kind of event that it asks for. `needed`: nothing is found
  // unless the condition holds.
  void CheckPredicate(const plan::Expr& expr, const Kinds& around, bool needed) {
    switch (expr.kind) {
      case plan::ExprKind::kAnd: {
        const Kinds all = Both(around, KindsOf(expr));
        CheckIds(expr);
        for (const plan::ExprPtr& argument : expr.arguments) {
          CheckPredicate(*argument, all, needed);
        }
        return;
      }
      case plan::ExprKind::kOr: {
        const bool all = needed && NeverHolds(expr, around);
        for (const plan::ExprPtr& argument : expr.arguments) {
          CheckPredicate(*argument, Both(around, KindsOf(*argument)), all);
        }
        return;
      }
      case plan::ExprKind::kNot:
        for (const plan::ExprPtr& argument : expr.arguments) {
          CheckPredicate(*argument, around, needed);
        }
        return;
      case plan::ExprKind::kMatch:
      case plan::ExprKind::kMatchAny:
        if (expr.field && !expr.field.hidden()) {
          Check({.field = expr.field, .span = expr.span, .needed = needed}, around);
        }
        return;
      default:
        return;
    }
  }

  // EventCode=4688 beside source=System.
  void CheckIds(const plan::Expr& all) {
    Kinds logs;
    for (const plan::ExprPtr& argument : all.arguments) {
      const bool match =
          argument->kind == plan::ExprKind::kMatch || argument->kind == plan::ExprKind::kMatchAny;
      if (match) {
        const Kinds one = OfMatch(*argument);
        if (one && !one->empty() && !one->front().log.empty()) logs = one;
      }
    }
    if (!logs || logs->size() != 1) return;
    const std::string_view log = logs->front().log;
    for (const plan::ExprPtr& argument : all.arguments) {
      const bool match =
          argument->kind == plan::ExprKind::kMatch || argument->kind == plan::ExprKind::kMatchAny;
      const Kinds ids = match ? OfMatch(*argument) : std::nullopt;
      if (!ids || ids->empty() || !ids->front().ids) continue;
      for (const int id : *ids->front().ids) {
        const bool wrong = (log == kSysmon && (id == 0 || (id > 29 && id != 255))) ||
                           (log == kSystem && KnownEvents::Get().fields.contains({kSecurity, id}));
        if (!wrong) continue;
        const std::optional<Span> span = Written(argument->span);
        if (!span) break;
        visit_.Add({.rule = "L0403",
                    .span = *span,
                    .message = fmt::format("{} has no event {}", TitleOf(log), id),
                    .notes = KnownEvents::Get().fields.contains({kSecurity, id})
                                 ? std::vector<std::string>{"it is one of the Security log"}
                                 : std::vector<std::string>{}});
        break;
      }
    }
  }

  static void AddReads(const plan::Expr& expr, bool needed, std::vector<SourceRead>* reads) {
    if (expr.kind == plan::ExprKind::kCall && expr.function != nullptr) {
      const std::string_view name = expr.function->name;
      if (name == "coalesce") {
        const bool fields = std::all_of(
            expr.arguments.begin(), expr.arguments.end(),
            [](const plan::ExprPtr& each) { return each->kind == plan::ExprKind::kField; });
        for (const plan::ExprPtr& argument : expr.arguments) {
          if (fields) reads->push_back({argument->field, argument->span, &expr, needed});
        }
        return;
      }
      if (name == "isnull" || name == "isnotnull" || name == "if" || name == "case") return;
    }
    if (expr.kind == plan::ExprKind::kTerm || expr.kind == plan::ExprKind::kNot) return;
    const bool has_field = expr.kind == plan::ExprKind::kField ||
                           expr.kind == plan::ExprKind::kMatch ||
                           expr.kind == plan::ExprKind::kMatchAny;
    if (has_field && expr.field) reads->push_back({expr.field, expr.span, nullptr, needed});
    for (const plan::ExprPtr& argument : expr.arguments) {
      if (argument != nullptr) {
        AddReads(*argument, needed && expr.kind != plan::ExprKind::kOr, reads);
      }
    }
  }

  void CheckNode(const plan::Node& node, const Kinds& kinds) {
    std::vector<SourceRead> reads;
    const bool expressions = plan::TryAs<plan::FilterNode>(&node) != nullptr ||
                             plan::TryAs<plan::ExtendNode>(&node) != nullptr;
    if (expressions) {
      // Visiting changes nothing that is not asked to change.
      const_cast<plan::Node&>(node).VisitExpressions(
          [&reads](plan::ExprPtr& expr) { AddReads(*expr, true, &reads); });
    } else if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node)) {
      for (const Field field : aggregate->by) {
        reads.push_back({.field = field, .span = node.span});
      }
    }
    plan::FieldSet assigned;  // By earlier assignments of the same command.
    if (const auto* extend = plan::TryAs<plan::ExtendNode>(&node)) {
      for (size_t a = 0; a + 1 < extend->assignments.size(); ++a) {
        if (extend->assignments[a].target) assigned.Add(extend->assignments[a].target);
      }
    }
    for (const SourceRead& read : reads) {
      if (!assigned.Has(read.field)) Check(read, kinds);
    }
  }

  std::optional<Span> Written(Span span) const {
    if (span.empty() || compiled_.source->ExpansionAt(span) != nullptr) return std::nullopt;
    return compiled_.source->Written(span);
  }

  // The name within the piece of the search that reads it.
  std::optional<Span> PlaceOf(const SourceRead& read) const {
    const std::optional<Span> span = Written(read.span);
    if (!span) return std::nullopt;
    const std::string_view text = visit_.TextOf(*span);
    const std::string_view name = read.field.name();
    for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
      const auto plain = [](char c) {
        const char lower = LowerAscii(c);
        return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_';
      };
      const size_t end = at + name.size();
      if ((at > 0 && plain(text[at - 1])) || (end < text.size() && plain(text[end]))) continue;
      const auto begin = static_cast<uint32_t>(span->begin + at);
      return Span{begin, begin + static_cast<uint32_t>(name.size())};
    }
    return std::nullopt;
  }

  // Whether knowledge makes the field of such events; of any where no kinds are given.
  bool IsMade(Field field, const std::vector<Kind>* kinds) const {
    plan::FieldSet needs;
    needs.Add(field);
    exec::RunWarnings ignored;
    CompiledTexts compiled;
    const Core& core = visit_.search.core;
    const absl::StatusOr<plan::ComputedColumnsList> rules =
        KnowledgeRules(core, core.fields(), ignored, compiled).RulesFor(needs);
    if (!rules.ok()) return true;
    return std::any_of(rules->begin(), rules->end(), [&](const plan::ComputedColumns& rule) {
      const bool gives =
          std::find(rule.targets.begin(), rule.targets.end(), field) != rule.targets.end();
      // What stands in the text of events was seen when the feed was read.
      if (kinds == nullptr) return gives && !FindsNames(rule);
      if (!gives || rule.where.name.empty()) return false;
      const std::string where = LowerAscii(rule.where.name);
      if (where.find("wineventlog...") != std::string::npos) return true;
      return std::any_of(kinds->begin(), kinds->end(), [&where](const Kind& kind) {
        return where.find(kind.log) != std::string::npos;
      });
    });
  }

  void Check(const SourceRead& read, const Kinds& kinds) {
    if (read.field.hidden() || read.field.parameter() || made_.Has(read.field) ||
        plan::IsPattern(read.field.name()) || !told_.insert(read.field.name()).second)
      return;
    // What a feed has is there, whatever is documented.
    const LintFeed* feed = visit_.search.options.feed.get();
    const bool there = feed != nullptr && feed->fields.contains(read.field.name());
    if (there || (!CheckKinds(read, kinds) && !CheckFeed(read))) {
      told_.erase(read.field.name());
    }
  }

  // True if something was said.
  bool CheckFeed(const SourceRead& read) {
    const LintFeed* feed = visit_.search.options.feed.get();
    if (feed == nullptr) return false;
    const std::string_view name = read.field.name();
    if (read.field.internal()) return false;
    for (const std::string_view each : {"index", "source", "sourcetype", "host", "earliest",
                                        "latest", "tag", "eventtype", "splunk_server"}) {
      if (name == each) return false;
    }
    // The feed was read for what its events hold, not for what aliases and lookups add.
    if (IsMade(read.field, nullptr)) return false;
    const std::optional<Span> span = PlaceOf(read);
    if (!span) return false;
    std::vector<std::string_view> names;
    for (const auto& [field, count] : feed->fields) names.push_back(field);
    const std::vector<std::string> similar = SimilarNames(name, names);
    Report report{.rule = "L0405",
                  .span = *span,
                  .message = fmt::format("{} is in no event of {}", name, feed->name)};
    if (!similar.empty()) {
      report.notes.push_back(fmt::format("there is {}", fmt::join(similar, ", ")));
    }
    visit_.Add(std::move(report));
    return true;
  }

  // The field of these events that an unknown name was likely meant to be; empty if none is.
  static std::string_view MeantBy(std::string_view name, const std::set<std::string_view>& fields) {
    // Add-ons and the classic text of events have names of their own: Object_Type, dest_ip.
    if (name.find('_') != std::string_view::npos) return {};
    for (const std::string_view each : fields) {
      if ((name.size() > 5 && IsSlip(name, each)) || IsShortened(name, each)) return each;
    }
    return {};
  }

  bool CheckKinds(const SourceRead& read, const Kinds& kinds) {
    if (!AreKnown(kinds)) return false;
    const std::optional<std::set<std::string_view>> fields = FieldsOf(*kinds);
    const std::string_view name = read.field.name();
    if (!fields || fields->contains(name) || IsOfEachEvent(name)) return false;
    const KnownEvents& known = KnownEvents::Get();
    const auto lower = known.by_lower.find(LowerAscii(name));
    const bool other_case = !known.names.contains(name) && lower != known.by_lower.end() &&
                            fields->contains(lower->second) && name.size() > 4;
    std::string_view meant;
    if (!known.names.contains(name) && !other_case) {
      meant = MeantBy(name, *fields);
      if (meant.empty()) return false;
    }
    if (IsMade(read.field, &*kinds)) return false;
    const std::optional<Span> span = PlaceOf(read);
    if (!span) return false;
    if (other_case) {
      const std::string better(lower->second);
      visit_.Add({.rule = "L0402",
                  .span = *span,
                  .message = fmt::format("names are case-sensitive, and events have {}", better),
                  .fix = "write it as events have it",
                  .edits = {{*span, better}}});
      return true;
    }
    if (!meant.empty()) {
      visit_.Add({.rule = "L0406",
                  .span = *span,
                  .message = fmt::format("{} is in no event of {}", name, Describe(*kinds)),
                  .notes = {fmt::format("there is {}", meant)}});
      return true;
    }
    // The first field that is there counts.
    if (read.coalesce != nullptr) {
      for (const plan::ExprPtr& argument : read.coalesce->arguments) {
        const std::string_view other = argument->field.name();
        if (fields->contains(other) || !known.names.contains(other)) return false;
      }
    }
    const std::vector<std::string_view> names(fields->begin(), fields->end());
    Report report{.rule = read.needed ? "L0401" : "L0407",
                  .span = *span,
                  .message = fmt::format("{} is in no event of {}", name, Describe(*kinds))};
    const std::vector<std::string> similar = SimilarNames(name, names);
    report.notes.push_back(similar.empty() ? fmt::format("these have {}", ListOfNames(names))
                                           : fmt::format("there is {}", fmt::join(similar, ", ")));
    AddText(read, *kinds, &report);
    visit_.Add(std::move(report));
    return true;
  }

  // What WMI-Activity says of a call or a subscription stands in one text.
  void AddText(const SourceRead& read, const std::vector<Kind>& kinds, Report* report) const {
    const bool wmi =
        std::all_of(kinds.begin(), kinds.end(), [](const Kind& kind) { return kind.log == kWmi; });
    if (!wmi) return;
    report->notes.emplace_back(
        "what was asked for stands in Operation, PossibleCause or ProviderPath, and in Message");
    if (read.coalesce == nullptr || read.coalesce->arguments.front()->field != read.field) return;
    const std::optional<Span> call = Written(read.coalesce->span);
    if (!call || !visit_.TextOf(*call).ends_with(")")) return;
    report->fix = "take the text of these events, in small letters as LIKE minds case";
    report->edits = {
        {{call->begin, call->begin}, "lower("},
        {{call->end - 1, call->end}, ", Operation, PossibleCause, ProviderPath, Message))"}};
  }

  Visit& visit_;
  const Compilation& compiled_;
  plan::FieldSet made_;
  std::set<std::string_view> told_;
};

void SourcesWhole(Visit& visit) {
  const plan::Node* plan = visit.search.compiled.plan.get();
  if (plan != nullptr) Checker(&visit).Run(*plan);
}

}  // namespace

const Family kSources = {.rules = kSourcesRules, .whole = &SourcesWhole};

}  // namespace spelk::engine::lint
