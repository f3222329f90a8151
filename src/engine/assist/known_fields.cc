// The fields that rows have at a place of a search, as far as can be told without events.
#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "engine/assist/cursor.h"
#include "engine/impl.h"
#include "spelk/assist.h"
#include "value/regex.h"
#include "value/wildcard.h"

namespace spelk {
namespace engine {
namespace {

constexpr std::string_view kReadBefore = "read before";

// Names in the order in which they were added, each once.
class FieldNames {
 public:
  void Add(std::string_view name, std::string_view about) {
    const auto [place, is_new] = index_.try_emplace(std::string(name), fields_.size());
    if (is_new) {
      fields_.push_back({std::string(name), std::string(about)});
    } else if (fields_[place->second].about.empty() || removed_.contains(name)) {
      fields_[place->second].about = about;
    }
    removed_.erase(std::string(name));
  }
  void Remove(std::string_view name) { removed_.emplace(name); }
  void Clear() { *this = FieldNames(); }
  std::vector<KnownField> Take() {
    std::erase_if(fields_, [&](const KnownField& each) { return removed_.contains(each.name); });
    return std::move(fields_);
  }
  // What is said of a name; nothing if it is not there.
  std::string About(std::string_view name) const {
    const auto found = index_.find(name);
    return found == index_.end() ? "" : fields_[found->second].about;
  }

 private:
  std::vector<KnownField> fields_;
  StringMap<size_t> index_;
  std::set<std::string, std::less<>> removed_;
};

// What the base search asks of its events.
struct EventKinds {
  std::vector<std::string> sourcetypes;
  std::vector<std::string> sources;
};

void AddKinds(const plan::Expr& expr, EventKinds* kinds) {
  for (const plan::ExprPtr& each : expr.arguments) {
    if (expr.kind != plan::ExprKind::kNot) AddKinds(*each, kinds);
  }
  const bool matches = expr.kind == plan::ExprKind::kMatchAny ||
                       (expr.kind == plan::ExprKind::kMatch && expr.op == CompareOp::kEqual);
  if (!matches) return;
  std::vector<std::string>* to = expr.field == hidden::kSourcetypes ? &kinds->sourcetypes
                                 : expr.field == hidden::kSources   ? &kinds->sources
                                                                    : nullptr;
  if (to == nullptr) return;
  for (const plan::Pattern& pattern : expr.patterns) to->push_back(pattern.text);
}

// Whether a stanza may be for events whose field has a value like this, which may hold `*`.
bool MayBeFor(const plan::EventSet& where, const std::string& wanted) {
  if (!where.exact.empty()) return Wildcard(wanted, Case::kIgnore).Matches(where.exact);
  if (where.pattern.empty()) return true;
  absl::StatusOr<Regex> regex = Regex::Compile(where.pattern);
  if (!regex.ok()) return false;
  return RegexMatcher(*regex).Match(wanted) == MatchResult::kYes;
}

// The fields that knowledge has for such events.
void AddKnowledge(const Core& core, const EventKinds& kinds, FieldNames* names) {
  // Of one stanza all fields come one after the other.
  const plan::EventSet* last = nullptr;
  plan::EventSet asked;
  bool is_for = false;
  const auto take = [&](const plan::EventSet& where, std::string_view field) {
    if (last == nullptr || !(asked == where)) {
      asked = where;
      last = &asked;
      const std::vector<std::string>* values =
          where.stanza == plan::StanzaKind::kSourcetype ? &kinds.sourcetypes
          : where.stanza == plan::StanzaKind::kSource   ? &kinds.sources
                                                        : nullptr;
      is_for = where.exact.empty() && where.pattern.empty();
      for (size_t i = 0; values != nullptr && i < values->size() && !is_for; ++i) {
        is_for = MayBeFor(where, (*values)[i]);
      }
    }
    if (is_for && !field.starts_with('(') && field != "_raw") {
      names->Add(field, where.name.empty() ? "by knowledge of all events"
                                           : fmt::format("by knowledge of [{}]", where.name));
    }
  };
  core.knowledge().ForEachField(take).IgnoreError();
}

class FieldFlow {
 public:
  FieldFlow(const Core& core, const Source& source) : core_(core), source_(source) {}

  FieldsAt Run(const plan::Node& root, const AssistOptions& options) {
    EventKinds kinds;
    std::optional<std::vector<Field>> columns;
    bool closed = false;
    for (const plan::Node* node : plan::ChainOf(root)) {
      const plan::Dataflow flow = node->GetDataflow();
      if (const auto* scan = plan::TryAs<plan::ScanNode>(node)) {
        if (scan->predicate != nullptr) {
          AddKinds(*scan->predicate, &kinds);
          AddRead(*scan->predicate);
        }
        continue;
      }
      columns = plan::ColumnsAfter(*node, columns);
      if (columns) {
        Close(*node, *columns);
        closed = true;
        continue;
      }
      if (!flow.passes) {
        names_.Clear();
        closed = !flow.writes.open();
      } else if (!closed) {
        Add(flow.reads.fields(), kReadBefore);
      }
      for (const Field field : flow.writes.fields()) {
        const bool makes =
            std::find(flow.makes.begin(), flow.makes.end(), field) != flow.makes.end();
        if (makes || !TakesAway(*node)) {
          Add({field}, MadeBy(*node));
        } else {
          names_.Remove(field.name());
        }
      }
      Add(flow.makes, MadeBy(*node));
      Add(flow.lists, "");
    }
    if (!closed) {
      for (const KnownField& field : options.fields) names_.Add(field.name, field.about);
      AddKnowledge(core_, kinds, &names_);
      for (const std::string_view field :
           {"_time", "_raw", "host", "source", "sourcetype", "index"}) {
        names_.Add(field, "of every event");
      }
    }
    return {names_.Take(), closed};
  }

 private:
  static bool TakesAway(const plan::Node& node) {
    const std::string_view label = node.label();
    return label == "fields" || label == "rename";
  }

  std::string MadeBy(const plan::Node& node) const {
    const Span span = source_.Written(node.span);
    std::string_view name = node.label();
    // One command may be several nodes, such as a rename within tstats: its own name counts.
    const std::string_view text = TextOf(source_.written(), span);
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n"));
    if (const auto* entry = core_.entries().Command(word)) name = entry->name;
    return fmt::format("by {} in line {}", name, source_.Locate(span.begin).line);
  }

  void Add(const std::vector<Field>& fields, std::string_view about) {
    for (const Field field : fields) {
      if (!field.hidden()) names_.Add(field.name(), about);
    }
  }

  void AddRead(const plan::Expr& expr) {
    if (expr.field && !expr.field.hidden() && expr.kind != plan::ExprKind::kTimeRange &&
        expr.kind != plan::ExprKind::kTerm) {
      names_.Add(expr.field.name(), kReadBefore);
    }
    for (const plan::ExprPtr& each : expr.arguments) AddRead(*each);
  }

  // Nothing but these is left; what is known of them stays.
  void Close(const plan::Node& node, const std::vector<Field>& columns) {
    const plan::Dataflow flow = node.GetDataflow();
    FieldNames left;
    for (const Field field : columns) {
      if (field.hidden()) continue;
      const bool new_here =
          std::find(flow.makes.begin(), flow.makes.end(), field) != flow.makes.end();
      const std::string known = names_.About(field.name());
      left.Add(field.name(),
               new_here || known.empty() || known == kReadBefore ? MadeBy(node) : known);
    }
    names_ = std::move(left);
  }

  const Core& core_;
  const Source& source_;
  FieldNames names_;
};

// The commands that can be bound, as a plan; null if there are none.
plan::NodePtr BindWhatCan(const Core& core, const Source& source, const ast::Pipeline& tree,
                          FieldTable& fields) {
  // A command that cannot takes the plan before it along, and so one begins anew without it; of a
  // search with many such commands only what stands behind the last of them counts.
  constexpr size_t kMostRounds = 16;
  std::vector<bool> left_out;
  for (const ast::CommandCall& call : tree.commands) left_out.push_back(call.broken.has_value());
  for (size_t round = 0;; ++round) {
    Diagnostics ignored;
    plan::Binder binder(source, core.entries(), fields, ignored, core.bind_services());
    plan::NodePtr plan;
    bool complete = true;
    for (size_t i = 0; i < tree.commands.size(); ++i) {
      if (left_out[i]) continue;
      absl::StatusOr<plan::NodePtr> bound =
          binder.BindCommand(tree.commands[i], plan == nullptr, std::move(plan));
      if (bound.ok()) {
        plan = std::move(*bound);
        continue;
      }
      left_out[i] = true;
      plan = nullptr;
      complete = false;
      if (round < kMostRounds) break;
    }
    if (complete || round >= kMostRounds) return plan;
  }
}

}  // namespace

FieldsAt FieldsOf(const Core& core, std::string_view text, const AssistOptions& options) {
  FieldTable fields(&core.fields());
  SourcePtr source = std::make_shared<Source>("", std::string(text));
  Diagnostics ignored;
  const auto none = [](std::string_view,
                       const knowledge::MacroArguments&) -> absl::StatusOr<knowledge::MacroValue> {
    return absl::UnimplementedError("not while a search is written");
  };
  absl::StatusOr<SourcePtr> expanded =
      core.knowledge().macros().Expand(source, core.limits(), none, ignored);
  if (expanded.ok()) source = *expanded;
  ast::Pipeline tree;
  ParsePartly(*source, core.entries(), core.limits(), ignored, &tree).IgnoreError();
  plan::NodePtr plan = BindWhatCan(core, *source, tree, fields);
  if (plan == nullptr) plan = plan::Make<plan::ScanNode>({});
  return FieldFlow(core, *source).Run(*plan, options);
}

}  // namespace engine

FieldsAt FieldsBefore(const Engine& engine, std::string_view text, size_t offset,
                      const AssistOptions& options) {
  const engine::Core& core = engine.impl()->core;
  const engine::Cursor cursor = engine::FindCursor(core, text, offset);
  size_t begin = cursor.pipeline;
  size_t end = cursor.stage;
  // These look at the rows of the search around them.
  if (cursor.stage == cursor.pipeline &&
      (cursor.outer == "appendpipe" || cursor.outer == "foreach")) {
    begin = 0;
    end = cursor.outer_stage;
  }
  std::string_view before = text.substr(begin, end - begin);
  if (before.ends_with('|')) before.remove_suffix(1);
  // The base search may be the command at hand.
  if (before.find_first_not_of(" \t\r\n|") == std::string_view::npos) before = {};
  return engine::FieldsOf(core, before, options);
}

}  // namespace spelk
