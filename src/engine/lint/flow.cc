// Fields from command to command: what is read after it was taken away, computed and never read,
// grouped by and made only later.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "commands/chart/chart_node.h"
#include "engine/lint/families.h"
#include "engine/why/findings.h"
#include "engine/why/hints.h"
#include "plan/entry.h"
#include "plan/nodes.h"
#include "value/ascii.h"

namespace spelk::engine::lint {
namespace {

using enum LintSeverity;

constexpr LintRule kFlowRules[] = {
    {.id = "L0301",
     .name = "field-is-gone",
     .title = "a field that an earlier command took away",
     .explanation =
         "stats, table, top, chart and the like give the fields that they make or list, and no "
         "other one. After them the field is missing in every row.",
     .fix = "carry it on: by it, values(it), or list it; or use the name that was made",
     .bad = "EventID=1 | stats count by Image | where cnt>1",
     .at = "cnt",
     .good = "EventID=1 | stats count by Image | where count>1",
     .on_run = true},
    {.id = "L0302",
     .name = "grouped-before-made",
     .title = "grouped by a field that is only made later",
     .explanation =
         "Rows that lack a field of BY are left out. Where the field is computed only after the "
         "command, no event is likely to have it, and nothing is left.",
     .fix = "compute it before, or leave it out of BY",
     .bad = "EventID=3 | stats count by host risk | eval risk=if(count>5, 9, 1)",
     .at = "risk",
     .good = "EventID=3 | stats count by host | eval risk=if(count>5, 9, 1)",
     .on_run = true},
    {.id = "L0303",
     .name = "never-read",
     .severity = kInfo,
     .title = "a field that is computed and never read",
     .explanation = "A later command takes it away before anything looks at it.",
     .fix = "leave it out, or list it",
     .bad = "EventID=1 | eval name=lower(Image) | stats count by Image",
     .at = "name",
     .good = "EventID=1 | eval name=lower(Image) | stats count by name"},
    {.id = "L0304",
     .name = "join-field-missing",
     .title = "join by a field that its subsearch does not give",
     .explanation = "Rows are put together where the field has the same value in both. The last "
                    "command of the subsearch takes it away.",
     .fix = "carry the field on in the subsearch",
     .bad = "EventID=1 | join User [search EventID=3 | stats count by host]",
     .at = "User",
     .good = "EventID=1 | join User [search EventID=3 | stats count by User]",
     .on_run = true},
};

// A field that an expression reads in order to find something there, with its place. What asks
// whether a field is there, or takes the first that is, may well find nothing.
struct FlowRead {
  Field field;
  Span span;
};

void AddReads(const plan::Expr& expr, std::vector<FlowRead>* reads) {
  if (expr.kind == plan::ExprKind::kCall && expr.function != nullptr) {
    const std::string_view name = expr.function->name;
    if (name == "coalesce" || name == "isnull" || name == "isnotnull" || name == "typeof" ||
        name == "validate" || name == "mvappend" || name == "searchmatch" || name == "mvcount" ||
        name == "nullif" || name == "json_object")
      return;
  }
  if (expr.kind == plan::ExprKind::kTerm) return;
  const bool has_field = expr.kind == plan::ExprKind::kField ||
                         expr.kind == plan::ExprKind::kMatch ||
                         expr.kind == plan::ExprKind::kMatchAny;
  if (has_field && expr.field) reads->push_back({expr.field, expr.span});
  for (const plan::ExprPtr& argument : expr.arguments) {
    if (argument != nullptr) AddReads(*argument, reads);
  }
}

bool IsNameByte(char c) {
  const char lower = LowerAscii(c);
  return (lower >= 'a' && lower <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.' ||
         c == '{' || c == '}' || (static_cast<unsigned char>(c) & 0x80U) != 0;
}

class FlowRules {
 public:
  explicit FlowRules(Visit* visit) : visit_(*visit), compiled_(visit->search.compiled) {}

  void Run(const plan::Node& root) {
    told_.clear();
    removed_.clear();
    Forward(root, std::nullopt, nullptr);
    Backward(root);
    plan::ForEachNode(root, [this](const plan::Node& node) { CheckJoin(node); });
    plan::ForEachHeldPlan(root, [this](const plan::Node& held, plan::Held) { Run(held); });
  }

 private:
  using Columns = std::optional<std::vector<Field>>;

  // The place of a name in a piece of the search, as its author wrote it; nothing if it stands in
  // the definition of a macro.
  std::optional<Span> PlaceOf(std::string_view name, Span expanded) const {
    const Span written = compiled_.source->Written(expanded);
    const std::string_view text = visit_.TextOf(written);
    for (size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
      const size_t end = at + name.size();
      const bool whole =
          (at == 0 || !IsNameByte(text[at - 1])) && (end == text.size() || !IsNameByte(text[end]));
      if (!whole) continue;
      const auto begin = static_cast<uint32_t>(written.begin + at);
      return Span{begin, begin + static_cast<uint32_t>(name.size())};
    }
    return std::nullopt;
  }

  // Of this place, or of something around it.
  bool SaidByCompiler(Span span) const {
    const std::vector<Diagnostic>& all = compiled_.diagnostics.all();
    return std::any_of(all.begin(), all.end(), [&](const Diagnostic& diagnostic) {
      const Span said = compiled_.source->Written(diagnostic.span);
      return said.begin <= span.begin && span.end <= said.end;
    });
  }

  static bool Has(const std::vector<Field>& columns, Field field) {
    return std::find(columns.begin(), columns.end(), field) != columns.end();
  }

  // timechart reads _time, rex _raw without a word of it: the place is the command's name.
  std::optional<Span> PlaceOfRead(Field field, Span place, const plan::Node& node) const {
    const std::optional<Span> named = PlaceOf(field.name(), place);
    if (named || !field.internal() || compiled_.source->ExpansionAt(node.span) != nullptr) {
      return named;
    }
    return PlaceOf(node.label(), node.span);
  }

  void AddGone(Field field, Span place, const std::vector<Field>& columns, const plan::Node& node,
               const plan::Node& by) {
    if (!told_.insert(field.name()).second) return;
    const std::optional<Span> span = PlaceOfRead(field, place, node);
    if (!span || SaidByCompiler(*span)) return;
    std::vector<std::string_view> names;
    for (const Field column : columns) {
      if (!column.hidden()) names.push_back(column.name());
    }
    std::vector<std::string> notes;
    const std::vector<std::string> similar = SimilarNames(field.name(), names);
    if (!similar.empty()) notes.push_back(fmt::format("did you mean {}?", similar.front()));
    notes.push_back(fmt::format("{} gives {}", by.label(), ListOfNames(names)));
    visit_.Add({.rule = "L0301",
                .span = *span,
                .message = fmt::format("{} is in no row after {}", field.name(), by.label()),
                .notes = std::move(notes)});
  }

  // Commands that change the field that they read, and do nothing without it.
  static bool ChangesWhatItReads(std::string_view label) {
    constexpr std::string_view kCommands[] = {"bin",      "makemv", "nomv",   "mvcombine",
                                              "mvexpand", "accum",  "convert"};
    return std::find(std::begin(kCommands), std::end(kCommands), label) != std::end(kCommands);
  }

  // The fields that a node names in order to find something in them.
  std::vector<FlowRead> ReadsOf(const plan::Node& node) const {
    std::vector<FlowRead> reads;
    const std::string_view label = node.label();
    // Their fields need not be there.
    for (const std::string_view name :
         {"fillnull",     "filldown",   "foreach", "addtotals",   "addcoltotals", "rename",
          "append",       "appendcols", "union",   "multisearch", "format",       "replace",
          "outputlookup", "outputcsv",  "collect", "untable",     "transpose",    "sendemail",
          "fieldformat",  "tojson",     "makejson"}) {
      if (label == name) return {};
    }
    // A macro converts what there is of the fields that many searches have.
    if (label == "convert" && compiled_.source->ExpansionAt(node.span) != nullptr) return {};
    if (const auto* project = plan::TryAs<plan::ProjectNode>(&node);
        project != nullptr && label == "fields") {
      if (project->mode != plan::ProjectMode::kKeep) return {};
      for (const Field field : project->names) {
        if (!field.internal()) reads.push_back({field, node.span});
      }
      return reads;
    }
    // Visiting changes nothing that is not asked to change.
    const_cast<plan::Node&>(node).VisitExpressions(
        [&reads](plan::ExprPtr& expr) { AddReads(*expr, &reads); });
    const bool known = plan::TryAs<plan::FilterNode>(&node) != nullptr ||
                       plan::TryAs<plan::ExtendNode>(&node) != nullptr;
    if (known) return reads;
    plan::Dataflow flow = node.GetDataflow();
    if (label == "mvcombine") flow.reads = flow.writes;  // All others stay as they are.
    for (const Field field : flow.reads.fields()) {
      // What it makes may be missing: rex keeps old values where nothing matches.
      if (flow.passes && !ChangesWhatItReads(label) && !flow.writes.all() && flow.writes.Has(field))
        continue;
      const bool in_expression =
          std::any_of(reads.begin(), reads.end(),
                      [field](const FlowRead& read) { return read.field == field; });
      if (!in_expression) reads.push_back({field, node.span});
    }
    return reads;
  }

  // `columns` and `by`: of the rows that are handed to what stands within a command.
  void Forward(const plan::Node& root, Columns columns, const plan::Node* by) {
    for (const plan::Node* node : plan::ChainOf(root)) {
      if (node->input == nullptr && by != nullptr) continue;
      if (node->label() == "appendpipe" && node->body != nullptr && columns && by != nullptr) {
        const auto removed = removed_;
        const bool kept_internal = kept_internal_;
        Forward(*node->body, columns, by);
        removed_ = removed;
        kept_internal_ = kept_internal;
      }
      if (columns ? by != nullptr : !removed_.empty()) CheckReads(*node, columns, by);
      const bool was_known = columns.has_value();
      columns = After(*node, columns);
      if (columns && (!was_known || !node->GetDataflow().passes)) by = node;
      if (node->input == nullptr) by = nullptr;  // What makes rows may make any.
      // A source that is known, such as a lookup table or tstats, is as good.
      if (columns && node->input == nullptr && node->GetDataflow().columns &&
          node->type().name != plan::RowsNode::kName && !columns->empty()) {
        by = node;
      }
      Remove(*node);
    }
  }

  void CheckReads(const plan::Node& node, const Columns& columns, const plan::Node* by) {
    std::set<std::string_view> made;  // Within the node: eval a=1, b=a+1.
    for (const Field field : node.GetDataflow().makes) made.insert(field.name());
    const bool extends = plan::TryAs<plan::ExtendNode>(&node) != nullptr;
    for (const FlowRead& read : ReadsOf(node)) {
      const std::string_view name = read.field.name();
      // The bare word null is read as a field that no row has.
      if (read.field.hidden() || read.field.parameter() || plan::IsPattern(name) ||
          name == "null" || (extends && made.contains(name)) ||
          (kept_internal_ && read.field.internal()))
        continue;
      const Span span = read.span.empty() ? node.span : read.span;
      if (columns) {
        if (!Has(*columns, read.field)) AddGone(read.field, span, *columns, node, *by);
      } else if (const auto remover = removed_.find(name); remover != removed_.end()) {
        AddRemoved(read.field, span, node, *remover->second);
      }
    }
  }

  // Keeps up which fields commands took away from rows whose other fields are not known. Nodes of
  // the planner's own, such as those of tstats, take away what the search does not name.
  void Remove(const plan::Node& node) {
    const plan::Dataflow flow = node.GetDataflow();
    if (!flow.passes || flow.writes.all() || GivesAny(node)) {
      removed_.clear();
    } else {
      for (const Field field : flow.writes.fields()) removed_.erase(field.name());
    }
    const std::string_view text = visit_.TextOf(compiled_.source->Written(node.span));
    if (LowerAscii(text.substr(0, 6)) == "tstats") return;
    if (const auto* project = plan::TryAs<plan::ProjectNode>(&node)) {
      for (const Field field : project->names) {
        if (project->mode == plan::ProjectMode::kRemove && !plan::IsPattern(field.name()))
          removed_[field.name()] = &node;
      }
    } else if (const auto* rename = plan::TryAs<plan::RenameNode>(&node)) {
      for (const Field from : rename->from) {
        if (from) removed_[from.name()] = &node;
      }
      for (const Field to : rename->to) {
        if (to) removed_.erase(to.name());
      }
      const bool any = std::any_of(
          rename->pairs.begin(), rename->pairs.end(),
          [](const plan::RenamePair& pair) { return pair.to.find('*') != std::string::npos; });
      if (any) removed_.clear();
    } else if (const auto* chart = plan::TryAs<commands::ChartNode>(&node);
               chart != nullptr && chart->series.field) {
      // Columns are named by the values of a field, which hardly are the statistic's own name.
      for (const commands::ChartColumn& column : chart->columns) {
        removed_[column.output.name()] = &node;
      }
      removed_[chart->series.field.name()] = &node;
      if (chart->row.field) removed_.erase(chart->row.field.name());
    }
  }

  void AddRemoved(Field field, Span place, const plan::Node& node, const plan::Node& by) {
    if (!told_.insert(field.name()).second) return;
    const std::optional<Span> span = PlaceOfRead(field, place, node);
    if (!span || SaidByCompiler(*span)) return;
    std::vector<std::string> notes;
    if (const auto* rename = plan::TryAs<plan::RenameNode>(&by)) {
      for (size_t p = 0; p < rename->from.size(); ++p) {
        if (rename->from[p] == field)
          notes.push_back(fmt::format("it is {} now", rename->pairs[p].to));
      }
    } else if (const auto* chart = plan::TryAs<commands::ChartNode>(&by)) {
      notes.push_back(
          fmt::format("columns have the values of {} for names; | untable makes rows of "
                      "them, bin and stats by _time does without",
                      chart->series.field.name()));
    }
    visit_.Add({.rule = "L0301",
                .span = *span,
                .message = fmt::format("{} is in no row after {}", field.name(), by.label()),
                .notes = std::move(notes)});
  }

  // A lookup without OUTPUT in a table that is not there: nobody knows which columns it has.
  static bool GivesAny(const plan::Node& node) {
    return node.label() == "lookup" && node.GetDataflow().makes.empty();
  }

  // `fields a b` over events leaves these, and the internal ones.
  Columns After(const plan::Node& node, const Columns& before) {
    if (GivesAny(node)) return std::nullopt;
    const auto* project = plan::TryAs<plan::ProjectNode>(&node);
    const bool keeps = project != nullptr && project->mode == plan::ProjectMode::kKeep && !before;
    if (keeps && std::none_of(project->names.begin(), project->names.end(),
                              [](Field name) { return plan::IsPattern(name.name()); })) {
      kept_internal_ = true;
      return project->names;
    }
    Columns after = plan::ColumnsAfter(node, before);
    if (!node.GetDataflow().passes) kept_internal_ = false;
    return after;
  }

  // join by a field that the rows of its subsearch do not have.
  void CheckJoin(const plan::Node& node) {
    if (node.label() != "join" || node.others.size() != 1) return;
    const Columns there = plan::ShapeOf(*node.others.front()).columns;
    const plan::FieldSet keys = node.GetDataflow().reads;
    const std::string_view text = visit_.TextOf(compiled_.source->Written(node.span));
    if (!there || keys.open() || text.find("left") != std::string_view::npos) return;
    for (const Field key : keys.fields()) {
      if (key.hidden() || key.internal() || Has(*there, key)) continue;
      const std::optional<Span> span = PlaceOf(key.name(), node.span);
      if (!span) continue;
      std::vector<std::string_view> names;
      for (const Field column : *there) names.push_back(column.name());
      visit_.Add({.rule = "L0304",
                  .span = *span,
                  .message = fmt::format("no row of the subsearch has {}", key.name()),
                  .notes = {fmt::format("it gives {}", ListOfNames(names))}});
    }
  }

  void Backward(const plan::Node& root) {
    const std::vector<const plan::Node*> chain = plan::ChainOf(root);
    plan::FieldSet needed = plan::FieldSet::All();
    if (const plan::OutputShape shape = plan::ShapeOf(root); shape.columns) {
      needed = plan::FieldSet::Of(*shape.columns);
    }
    std::set<std::string_view> assigned;  // By later commands, without being read before.
    for (size_t n = chain.size(); n-- > 0;) {
      const plan::Node& node = *chain[n];
      if (const auto* extend = plan::TryAs<plan::ExtendNode>(&node)) {
        CheckAssignments(*extend, needed);
        for (const plan::NamedExpr& each : extend->assignments) {
          plan::FieldSet reads;
          if (each.value != nullptr) plan::CollectFields(*each.value, &reads);
          for (const Field field : reads.fields()) assigned.erase(field.name());
          if (each.target && !reads.Has(each.target)) assigned.insert(each.target.name());
        }
      } else if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node)) {
        for (const Field field : aggregate->by) {
          if (!assigned.contains(field.name()) || Made(chain, n, field)) continue;
          if (const std::optional<Span> place = PlaceOf(field.name(), node.span)) {
            visit_.Add({.rule = "L0302",
                        .span = LastPlace(field.name(), node.span, *place),
                        .message = fmt::format("{} is made only after {}; rows without it are left "
                                               "out",
                                               field.name(), node.label())});
          }
        }
        assigned.clear();
      } else {
        const plan::Dataflow flow = node.GetDataflow();
        if (flow.reads.open()) assigned.clear();
        for (const Field field : flow.reads.fields()) assigned.erase(field.name());
      }
      needed = node.InputNeeds(needed);
    }
  }

  // BY stands at the end.
  Span LastPlace(std::string_view name, Span expanded, Span first) const {
    Span last = first;
    const uint32_t end = compiled_.source->Written(expanded).end;
    while (last.end < end) {
      const std::string_view rest = visit_.TextOf({last.end, end});
      const size_t at = rest.find(name);
      if (at == std::string_view::npos) break;
      const size_t stop = at + name.size();
      const bool whole = (at == 0 || !IsNameByte(rest[at - 1])) &&
                         (stop == rest.size() || !IsNameByte(rest[stop]));
      const auto begin = static_cast<uint32_t>(last.end + at);
      if (!whole) break;
      last = {begin, begin + static_cast<uint32_t>(name.size())};
    }
    return last;
  }

  // Whether a command before it makes the field.
  static bool Made(const std::vector<const plan::Node*>& chain, size_t before, Field field) {
    for (size_t n = 1; n < before; ++n) {
      const plan::Dataflow flow = chain[n]->GetDataflow();
      if (flow.writes.all() || flow.writes.Has(field)) return true;
    }
    return false;
  }

  void CheckAssignments(const plan::ExtendNode& extend, const plan::FieldSet& needed) {
    if (needed.open()) return;
    for (size_t a = 0; a < extend.assignments.size(); ++a) {
      const Field target = extend.assignments[a].target;
      if (!target || target.hidden() || target.internal() || needed.Has(target)) continue;
      plan::FieldSet later;
      for (size_t b = a + 1; b < extend.assignments.size(); ++b) {
        if (extend.assignments[b].value != nullptr) {
          plan::CollectFields(*extend.assignments[b].value, &later);
        }
        for (const Field field : extend.assignments[b].name_fields) later.Add(field);
      }
      if (later.Has(target)) continue;
      if (compiled_.source->ExpansionAt(extend.span) != nullptr) continue;
      if (const std::optional<Span> place = PlaceOf(target.name(), extend.span)) {
        visit_.Add({.rule = "L0303",
                    .span = *place,
                    .message = fmt::format("{} is computed and never read", target.name())});
      }
    }
  }

  Visit& visit_;
  const Compilation& compiled_;
  std::set<std::string_view> told_;
  std::map<std::string_view, const plan::Node*> removed_;  // By which node.
  bool kept_internal_ = false;
};

void FlowWhole(Visit& visit) {
  const plan::Node* plan = visit.search.compiled.plan.get();
  if (plan != nullptr) FlowRules(&visit).Run(*plan);
}

}  // namespace

const Family kFlow = {.rules = kFlowRules, .whole = &FlowWhole};

}  // namespace spelk::engine::lint
