// Presence: which members a line must have, or its event leaves no trace in the result. The events
// without a field that a statistic is split by, that a condition compares or a rex reads are many,
// and need not be parsed.
//
// It is only asked whether the text of a line holds such a name at the end of some member's name: a
// dotted name stands in the line as one key or as the last of nested ones, after whatever prefix
// its layout has. In the prefilter such a name stands in quotes, which no other literal has. Lines
// with an escape \u00XX pass, as they do for literals.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "optimize/null_sources.h"
#include "optimize/passes.h"

namespace spelk::optimize {
namespace {

using plan::FieldSet;

constexpr size_t kMostNames = 8;  // Of one group; more are in most lines.

// Sets of fields: a row that lacks all fields of one of the sets leaves no trace.
class Needs {
 public:
  void Add(FieldSet set) {
    if (!set.open() && !set.empty()) sets_.push_back(std::move(set));
  }
  void Add(const std::vector<FieldSet>& sets) {
    for (const FieldSet& set : sets) Add(set);
  }
  // Before the node instead of after it.
  void MoveBelow(const plan::Node& node) {
    std::vector<FieldSet> after = std::exchange(sets_, {});
    const plan::Dataflow flow = node.GetDataflow();
    const bool independent = RowsAreIndependent(node, flow);
    for (const FieldSet& set : after) {
      FieldSet before = Before(node, flow, set);
      if (independent || before.MayOverlap(flow.no_effect_without)) Add(std::move(before));
    }
    if (const auto* filter = plan::TryAs<plan::FilterNode>(&node)) {
      Add(TrueSources(*filter->predicate));
    }
    if (const auto* aggregate = plan::TryAs<plan::AggregateNode>(&node)) AddAggregate(*aggregate);
    Add(flow.ignores_without);
  }
  const std::vector<FieldSet>& sets() const { return sets_; }

 private:
  // Whether a row that is missing changes nothing but itself. The same is asked of a command that a
  // filter moves below.
  static bool RowsAreIndependent(const plan::Node& node, const plan::Dataflow& flow) {
    if (!node.others.empty() || node.body != nullptr || flow.runs_searches) return false;
    if (plan::TryAs<plan::TimeSortNode>(&node) != nullptr) return true;
    if (const auto* sort = plan::TryAs<plan::SortNode>(&node)) return !sort->limit;
    if (plan::TryAs<plan::ProjectNode>(&node) != nullptr) return true;
    return flow.runs == plan::Runs::kStreaming && flow.passes;
  }

  // Rows without a BY field are in no group. Without BY there is a row in any case, and a statistic
  // of a field does not see where it is null.
  void AddAggregate(const plan::AggregateNode& node) {
    for (const Field field : node.by) Add(FieldSet::Of({field}));
    if (!node.by.empty() || node.needs_time) return;
    FieldSet fields;
    for (const plan::AggregateCall& call : node.aggregates) {
      if (!call.field || call.expression != nullptr || !call.pattern.empty()) return;
      fields.Add(call.field);
    }
    // A partial row need not have the fields that its states were made of.
    if (node.partial_version) fields.Add(node.partial_version);
    Add(std::move(fields));
  }

  // What a set of fields after the node is before it; an empty set if that is not known.
  static FieldSet Before(const plan::Node& node, const plan::Dataflow& flow, const FieldSet& set) {
    if (const auto* extend = plan::TryAs<plan::ExtendNode>(&node)) {
      return BeforeExtend(*extend, set);
    }
    if (const auto* rename = plan::TryAs<plan::RenameNode>(&node)) {
      return BeforeRename(*rename, flow, set);
    }
    FieldSet before;
    for (const Field field : set.fields()) {
      if (Keeps(flow, field)) {
        before.Add(field);
        continue;
      }
      const auto made = std::find_if(
          flow.sources.begin(), flow.sources.end(),
          [field](const plan::Dataflow::Sources& each) { return each.field == field; });
      if (made == flow.sources.end()) return {};
      before.Add(made->of);
    }
    return before;
  }

  static bool Keeps(const plan::Dataflow& flow, Field field) {
    if (flow.passes) return !flow.writes.Has(field);
    return flow.columns &&
           std::find(flow.columns->begin(), flow.columns->end(), field) != flow.columns->end();
  }

  static FieldSet BeforeExtend(const plan::ExtendNode& extend, FieldSet set) {
    for (size_t i = extend.assignments.size(); i-- > 0;) {
      const plan::NamedExpr& each = extend.assignments[i];
      if (!each.name_fields.empty()) return {};
      if (!set.Has(each.target)) continue;
      const std::optional<FieldSet> sources = NotNullSources(*each.value);
      if (!sources) return {};
      set.Remove(each.target);
      set.Add(*sources);
    }
    return set;
  }

  static FieldSet BeforeRename(const plan::RenameNode& rename, const plan::Dataflow& flow,
                               FieldSet set) {
    if (flow.writes.open()) return {};
    for (size_t i = rename.pairs.size(); i-- > 0;) {
      const bool wanted = set.Has(rename.to[i]);
      set.Remove(rename.to[i]);
      if (wanted) set.Add(rename.from[i]);
    }
    return set;
  }

  std::vector<FieldSet> sets_;
};

// The members out of which an event may get a field.
class Members {
 public:
  Members(const plan::ScanNode& scan, const FeedFacts& feed) : scan_(scan), feed_(feed) {}

  // The last pieces of their names; nothing if the field may come from elsewhere.
  std::optional<std::vector<std::string>> NamesOf(const FieldSet& fields) {
    FieldSet all = fields;
    in_text_ = false;
    for (size_t i = 0; i < all.fields().size(); ++i) {
      if (all.fields().size() > kMostNames || !AddSources(all.fields()[i], &all)) {
        return std::nullopt;
      }
    }
    std::vector<std::string> names;
    if (in_text_ && !AddTexts(&names)) return std::nullopt;
    for (const Field field : all.fields()) {
      if (IsDerivedField(field)) return std::nullopt;
      const std::string name = LastPiece(field.name());
      if (name.empty()) return std::nullopt;
      names.push_back("\"" + name + "\"");
    }
    std::sort(names.begin(), names.end());
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
  }

 private:
  // What rules make the field of; these make it of what others made.
  bool AddSources(Field field, FieldSet* all) {
    for (const plan::ComputedColumns& rule : scan_.rules) {
      const auto& targets = rule.targets;
      if (std::find(targets.begin(), targets.end(), field) == targets.end()) continue;
      if (rule.text_source) in_text_ = true;
      if (rule.text_source && rule.value == nullptr) continue;
      if (rule.value == nullptr) return false;
      const std::optional<FieldSet> sources = NotNullSources(*rule.value);
      if (!sources || sources->open()) return false;
      all->Add(*sources);
    }
    return true;
  }

  // Where events have texts of their own: in _raw, or as what is wrapped. The literal says that the
  // member's value is a text. False if such a name need not stand in the line as it is.
  bool AddTexts(std::vector<std::string>* names) const {
    constexpr std::string_view kOfText = "\":\"";
    names->push_back(fmt::format("\"_raw{}", kOfText));
    if (feed_.shapes == nullptr) return true;
    for (const plan::EventLayout& shape : *feed_.shapes) {
      if (shape.unwrap.empty() || shape.unwrap.ends_with("[]")) continue;
      const std::string name = LastPiece(shape.unwrap);
      if (name.empty()) return false;
      names->push_back(fmt::format("\"{}{}", name, kOfText));
    }
    return true;
  }

  // Empty if it need not stand in the line as it is, or is in too many of them.
  static std::string LastPiece(std::string_view name) {
    if (name.ends_with("{}")) name.remove_suffix(2);
    name.remove_prefix(name.rfind('.') + 1);  // npos + 1 is 0.
    constexpr size_t kShortestName = 2;
    const bool plain = std::all_of(name.begin(), name.end(), [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return byte > 0x20U && byte < 0x7FU && c != '"' && c != '\\' && c != '/' && c != '{';
    });
    return plain && name.size() >= kShortestName ? std::string(name) : std::string();
  }

  const plan::ScanNode& scan_;
  const FeedFacts& feed_;
  bool in_text_ = false;  // The fields at hand may stand in a text.
};

}  // namespace

absl::Status RequireMembers(plan::NodePtr* root, const OptimizeContext& context) {
  plan::ScanNode* scan = plan::ScanOf(**root);
  if (scan == nullptr) return absl::OkStatus();
  Needs needs;
  for (const plan::Node* node = root->get(); node != scan; node = node->input.get()) {
    needs.MoveBelow(*node);
  }
  if (scan->predicate != nullptr) needs.Add(TrueSources(*scan->predicate));
  Members members(*scan, *context.feed);
  std::vector<plan::LiteralGroup> groups;
  for (const FieldSet& set : needs.sets()) {
    std::optional<std::vector<std::string>> names = members.NamesOf(set);
    if (!names) continue;
    const bool known = std::any_of(groups.begin(), groups.end(),
                                   [&](const auto& group) { return group.literals == *names; });
    if (!known) groups.push_back({std::move(*names), false});
  }
  std::move(groups.begin(), groups.end(), std::back_inserter(scan->prefilter));
  return absl::OkStatus();
}

}  // namespace spelk::optimize
