// CompiledScan: which names a scan looks for in a line, and how fields come out of them.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "exec/run_context.h"
#include "io/input.h"
#include "io/path_tree.h"
#include "plan/event_layout.h"
#include "plan/nodes.h"
#include "value/literal_index.h"
#include "value/literal_search.h"
#include "value/schema.h"
#include "value/wildcard.h"

namespace spelk::exec {

// What is known of the inputs beside their text.
struct ScanSettings {
  const std::vector<plan::EventLayout>* shapes = nullptr;  // In order of precedence; may be empty.
  const StringMap<std::string>* renames = nullptr;  // What sourcetypes are shown as; may be null.
  // Where times stand in texts, for events without such a member; may be null.
  const std::vector<plan::TextSetting>* times = nullptr;
  std::vector<io::Input> inputs;
  std::string time_field;      // --time-field; empty: the shape's members.
  std::string time_format;     // --time-format
  bool strict = false;         // Every line is looked at in full; a fault ends the run.
  size_t max_line = SIZE_MAX;  // Longer lines are no events.
};

// The scan of one plan, and the plan's context.
struct ScanPlan {
  const plan::ScanNode* node = nullptr;
  const RunContext* run = nullptr;
  bool partials = false;  // The fields of partial rows, too.

  std::vector<Field> Fields() const {
    std::vector<Field> fields = node->fields;
    if (partials) fields.insert(fields.end(), node->partials.begin(), node->partials.end());
    return fields;
  }
};

// The scans of several plans over the same inputs, compiled into one. Immutable.
struct CompiledScan {
  static constexpr size_t kNone = SIZE_MAX;

  // How the value of one field is found in the slots of a line.
  struct FieldSource {
    enum class Kind : uint8_t {
      kMember,
      kRaw,
      kTime,
      kOrderTime,
      kLine,
      kIndex,
      kOwnIndex,
      kHost,
      kSourcetype,
      kSource,
      kSourcetypes,
      kSources,
      kLineCount,
      kImplicit,
    };
    Field field;
    Kind kind = Kind::kMember;
    // Somebody reads it for every event. Other fields are read only where a rule needs them to make
    // a field that is missing.
    bool required = false;
    size_t slot = kNone;                          // Where the event itself has it.
    std::vector<std::vector<size_t>> candidates;  // By shape: where else it may be, in order.
    std::vector<size_t> system;                   // How many of them, the first, are the system's.
    std::vector<size_t> added;                    // By shape: what adds a value to those.
  };
  // A name made of members: "XmlWinEventLog:$Channel$".
  struct Template {
    std::vector<std::string> texts;  // One more than slots.
    std::vector<size_t> slots;
    bool empty() const { return slots.empty() && (texts.empty() || texts[0].empty()); }
  };
  struct TimeSlot {
    size_t slot;
    absl::TimeZone zone;
  };
  struct Shape {
    const plan::EventLayout* shape;
    bool wraps = false;
    uint64_t members = 0;  // Marks that must be there, that must not, and that may.
    uint64_t without = 0;
    uint64_t optional = 0;
    std::vector<std::pair<size_t, Wildcard>> values;
    std::vector<size_t> envelope;  // Slots in which the wrapping wins over what it wraps.
    size_t unwrap = kNone;
    bool unwrap_list = false;
    std::vector<TimeSlot> times;
    Template host;
    Template sourcetype;
    Template source;
    std::vector<Template> also_sourcetypes;
    std::vector<Template> also_sources;
    std::vector<size_t> name_slots;  // On which sourcetype, source and host depend.
  };
  struct Plan {
    const plan::ScanNode* node;
    const RunContext* run;  // The plan's own.
    // The prefilter, best group first; with "\u00", see the .cc.
    struct Group {
      LiteralSet literals;
      bool keys = false;  // Names of members, of which most lines may hold one.
    };
    std::vector<Group> groups;
    std::vector<size_t> further;  // With an index: into LineIndex::groups, what a line must meet.
    std::vector<size_t> columns;  // Into fields: what comes out, in order.
    std::vector<size_t> early;    // Into fields: what rules and predicate read or write, those
    size_t required = 0;          // first that are read for every event.
    size_t implicit_column = kNone;  // Into columns: hidden::kImplicit.
    std::vector<size_t> implicit;    // Into columns: those of which it tells.
    SchemaPtr schema;                // Of what comes out, unless all fields do.
    SchemaPtr early_schema;
    bool flatten = false;
    size_t group = kNone;            // Into Shared::groups; kNone: all is computed for it alone.
    std::vector<size_t> conditions;  // Into Shared::conditions: parts of its predicate,
    const plan::Expr* predicate = nullptr;  // and what is left of it; null: nothing.
    plan::ExprPtr rest;                     // That, if it is not the whole.
    size_t own_time = kNone;  // Into fields: _time, where columns show it of events that have it.
  };

  // A condition that several plans ask.
  struct Condition {
    const plan::Expr* expr = nullptr;
    std::vector<size_t> fields;  // Into fields: what it reads.
    SchemaPtr schema;
    std::vector<size_t> plans;
  };
  // What tells events of one kind from others before anything else is computed for them.
  struct Kinds {
    plan::ComputedColumnsList rules;  // Those of the shared ones that make it.
    std::vector<size_t> fields;  // Into fields: what tells kinds apart, and what these rules read.
    SchemaPtr schema;
    std::vector<size_t> columns;  // Into schema: what tells kinds apart;
    SchemaPtr kind_schema;        // of these alone.
    size_t text = kNone;          // Into fields: events that have this one are of no kind.
    std::vector<plan::ExprPtr> bounds;
    // Into bounds; kNone: nothing is known. By plan: what the kind must meet to concern it; by
    // condition: what makes it true.
    std::vector<size_t> needed;
    std::vector<size_t> enough;
  };
  // What several plans want of the same events, computed once for all of them: what knowledge adds,
  // and conditions.
  struct Shared {
    const plan::ComputedColumnsList* rules = nullptr;
    std::vector<size_t> fields;  // Into fields: what the rules read or write.
    SchemaPtr schema;
    // Plans that want the same of the rules are a group; for each, which rules it wants.
    std::vector<std::vector<bool>> groups;
    // Rules that the same groups want are a bundle: of each bundle those groups, of each rule its
    // bundle.
    struct Bundles {
      std::vector<std::vector<size_t>> groups;
      std::vector<size_t> of_rule;
    };
    Bundles bundles;
    // By field: its place among those above; kNone where no rule knows it.
    std::vector<size_t> places;
    std::vector<Condition> conditions;
    std::unique_ptr<const Kinds> kinds;  // May be null.
  };

  // The nodes and what else is given outlive the scan. `rules`, if not null, are those of all plans
  // that read no open set of fields, in their order.
  static absl::StatusOr<std::unique_ptr<const CompiledScan>> Make(
      const std::vector<ScanPlan>& scans, const ScanSettings& settings, const RunContext& run,
      const plan::ComputedColumnsList* rules = nullptr);

  std::vector<Plan> plans;
  std::unique_ptr<Shared> shared;  // Null: each plan has its rules applied for itself.
  // Of many plans: which of them a line may concern.
  struct LineIndex {
    explicit LineIndex(std::vector<LiteralFinder> finders) : literals(std::move(finders)) {}
    LiteralIndex literals;        // Of each plan's first group, and the escape.
    size_t words = 0;             // Bits of all plans.
    std::vector<uint64_t> plans;  // For each literal so many words: the plans that look for it.
    std::vector<uint64_t> unfiltered;       // Plans that look for nothing.
    std::vector<const LiteralSet*> groups;  // The further groups of all plans, each once.
  };
  std::unique_ptr<const LineIndex> index;
  std::vector<FieldSource> fields;  // The union over all plans.
  std::unique_ptr<io::PathTree> tree;
  std::vector<Shape> shapes;
  std::vector<TimeSlot> fallback_times;
  size_t raw_slot = kNone;
  size_t timed_slot = kNone;  // The text in which settings may find the time.
  std::vector<std::pair<std::string, size_t>> timed_members;  // Or the members, and their slots.
  // Into fields: sourcetype, source and host, in the order of plan::StanzaKind, then all
  // sourcetypes and sources, if somebody reads them; and the slots on which they depend in every
  // shape.
  static constexpr size_t kNameFields = 5;
  std::array<size_t, kNameFields> names = {kNone, kNone, kNone, kNone, kNone};
  std::vector<size_t> name_slots;
  const ScanSettings* settings = nullptr;
  const RunContext* run = nullptr;  // What the plans share.
};

}  // namespace spelk::exec
