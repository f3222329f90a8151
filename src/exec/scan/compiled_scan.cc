// Making a CompiledScan; the names of all plans and shapes become slots of one tree.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "base/status.h"
#include "base/string_map.h"
#include "exec/scan/compiled_scan.h"
#include "exec/scan/event_kinds.h"
#include "exec/scan/line_index.h"
#include "exec/scan/shared_conditions.h"
#include "exec/scan/text_times.h"
#include "value/time_format.h"

namespace spelk::exec {
namespace {

// Time members of events that no shape claims, in order of trust.
constexpr std::string_view kFallbackTimes[] = {"_time",       "@timestamp", "timestamp", "time",
                                               "TimeCreated", "SystemTime", "EventTime", "UtcTime",
                                               "ts",          "eventTime"};

// An escape that may hide an ASCII letter of a literal: \u00XX. A line that has one is looked at
// anyway.
constexpr std::string_view kHidingEscape = "\\u00";

class ScanCompiler {
 public:
  ScanCompiler(const std::vector<ScanPlan>& scans, const ScanSettings& settings,
               const RunContext& run, const plan::ComputedColumnsList* rules)
      : scans_(scans), scan_(std::make_unique<CompiledScan>()) {
    scan_->settings = &settings;
    scan_->run = &run;
    if (rules == nullptr) return;
    scan_->shared = std::make_unique<CompiledScan::Shared>();
    scan_->shared->rules = rules;
  }

  absl::StatusOr<std::unique_ptr<const CompiledScan>> Compile() {
    if (scan_->shared != nullptr) {
      AddSharedRules();
      CountConditions();
    }
    for (const ScanPlan& scan : scans_) AddPlan(scan);
    AddTimedTexts();
    if (scan_->shared != nullptr) {
      scan_->shared->places.resize(scan_->fields.size(), kNone);
      scan_->shared->bundles = BundlesOf(*scan_->shared);
      scan_->shared->kinds = MakeKinds(*scan_, *scan_->run->fields);
    }
    // The fields that events must have themselves come first: reading may stop when all were seen.
    for (CompiledScan::FieldSource& field : scan_->fields) {
      if (field.kind == Kind::kMember && field.required) {
        field.slot = Slot(field.field.name());
      }
    }
    options_.required = names_.size();
    for (CompiledScan::FieldSource& field : scan_->fields) {
      if (AddSlots(field) && field.required) options_.required = io::PathTree::kReadAll;
    }
    SPELK_RETURN_IF_ERROR(AddTimes());
    SPELK_RETURN_IF_ERROR(AddShapes());
    AddCandidates();
    AddNameSlots();
    AddIndex();
    scan_->tree = std::make_unique<io::PathTree>(names_, options_);
    return std::unique_ptr<const CompiledScan>(std::move(scan_));
  }

 private:
  using Kind = CompiledScan::FieldSource::Kind;
  static constexpr size_t kNone = CompiledScan::kNone;

  void AddSharedRules() {
    CompiledScan::Shared& shared = *scan_->shared;
    plan::FieldSet first;
    plan::FieldSet rest;
    for (size_t r = 0; r < shared.rules->size(); ++r) {
      const plan::ComputedColumns& rule = (*shared.rules)[r];
      for (const Field target : rule.targets) rules_of_[target].push_back(r);
      AddRuleFields(rule, &first, &rest);
    }
    plan::FieldSet all = first;
    all.Add(rest);
    for (size_t i = 0; i < all.fields().size(); ++i) {
      const size_t field = FieldIndex(all.fields()[i], i < first.fields().size());
      shared.places.resize(scan_->fields.size(), kNone);
      shared.places[field] = shared.fields.size();
      shared.fields.push_back(field);
    }
    shared.schema = std::make_shared<Schema>(all.fields());
  }

  void CountConditions() {
    for (const ScanPlan& scan : scans_) {
      if (scan.node->predicate == nullptr || GroupOf(*scan.node) == kNone) continue;
      for (const plan::Expr* part : PartsOf(*scan.node->predicate)) {
        if (MayBeShared(*part)) ++known_conditions_[MeaningOf(*part)].plans;
      }
    }
  }

  // The conditions that others ask as well become common; the rest is the plan's own.
  void AddConditions(const plan::Expr& predicate, CompiledScan::Plan* compiled) {
    std::vector<CompiledScan::Condition>& conditions = scan_->shared->conditions;
    std::vector<const plan::Expr*> own;
    for (const plan::Expr* part : PartsOf(predicate)) {
      const auto known =
          MayBeShared(*part) ? known_conditions_.find(MeaningOf(*part)) : known_conditions_.end();
      if (known == known_conditions_.end() || known->second.plans < 2) {
        own.push_back(part);
        continue;
      }
      if (known->second.index == kNone) {
        known->second.index = conditions.size();
        CompiledScan::Condition& condition = conditions.emplace_back();
        condition.expr = part;
        plan::FieldSet fields;
        plan::CollectFields(*part, &fields);
        for (const Field field : fields.fields()) {
          condition.fields.push_back(FieldIndex(field, true));
        }
        condition.schema = std::make_shared<Schema>(fields.fields());
      }
      compiled->conditions.push_back(known->second.index);
      conditions[known->second.index].plans.push_back(scan_->plans.size());
    }
    if (own.empty()) return;
    if (own.size() == 1) {
      compiled->predicate = own.front();
      return;
    }
    std::vector<plan::ExprPtr> copies;
    for (const plan::Expr* part : own) copies.push_back(plan::Copy(*part));
    compiled->rest = plan::MakeLogical(plan::ExprKind::kAnd, std::move(copies));
    compiled->predicate = compiled->rest.get();
  }

  // Whether the rules of the plan are among those that are applied once for all; its group then.
  size_t GroupOf(const plan::ScanNode& node) {
    if (scan_->shared == nullptr || node.all_fields || !node.patterns.empty()) return kNone;
    plan::FieldSet targets;
    for (const plan::ComputedColumns& rule : node.rules) {
      if (rule.open) return kNone;
      for (const Field target : rule.targets) targets.Add(target);
    }
    std::vector<bool> wants(scan_->shared->rules->size(), false);
    for (const Field target : targets.fields()) {
      for (const size_t rule : rules_of_[target]) wants[rule] = true;
    }
    std::vector<std::vector<bool>>& groups = scan_->shared->groups;
    const auto known = std::find(groups.begin(), groups.end(), wants);
    const auto group = static_cast<size_t>(known - groups.begin());
    if (known == groups.end()) groups.push_back(std::move(wants));
    return group;
  }

  size_t SlotOf(io::PathTree::Name name) {
    StringMap<size_t>& known = name.raw    ? raw_slots_
                               : name.any  ? any_slots_
                               : name.list ? list_slots_
                                           : slots_;
    const auto [place, is_new] = known.try_emplace(name.name, names_.size());
    if (is_new) names_.push_back(std::move(name));
    return place->second;
  }
  size_t Slot(std::string_view name) { return SlotOf({std::string(name)}); }

  static Kind KindOf(Field field) {
    if (field == hidden::kLine) return Kind::kLine;
    if (field == hidden::kTime || field == hidden::kTimeAsked) return Kind::kOrderTime;
    if (field == hidden::kSourcetypes) return Kind::kSourcetypes;
    if (field == hidden::kSources) return Kind::kSources;
    if (field == hidden::kIndex) return Kind::kOwnIndex;
    if (field == hidden::kImplicit) return Kind::kImplicit;
    const std::string_view name = field.name();
    if (name == "_raw") return Kind::kRaw;
    if (name == "_time") return Kind::kTime;
    if (name == "index") return Kind::kIndex;
    if (name == "host") return Kind::kHost;
    if (name == "source") return Kind::kSource;
    if (name == "sourcetype") return Kind::kSourcetype;
    if (name == "linecount") return Kind::kLineCount;
    return Kind::kMember;
  }

  size_t FieldIndex(Field field, bool required) {
    std::vector<CompiledScan::FieldSource>& fields = scan_->fields;
    const auto [known, is_new] = field_index_.try_emplace(field, fields.size());
    if (is_new) {
      CompiledScan::FieldSource source;
      source.field = field;
      source.kind = KindOf(field);
      fields.push_back(std::move(source));
    }
    fields[known->second].required = fields[known->second].required || required;
    return known->second;
  }

  void AddPlan(const ScanPlan& scan) {
    const plan::ScanNode& node = *scan.node;
    CompiledScan::Plan compiled;
    compiled.node = &node;
    compiled.run = scan.run;
    const std::vector<Field> fields = scan.Fields();
    compiled.flatten = node.all_fields || !node.patterns.empty();
    for (const Field field : fields) compiled.columns.push_back(FieldIndex(field, true));
    plan::FieldSet first;  // Read for every event …
    plan::FieldSet rest;   // … and where a rule makes a field that is missing.
    compiled.group = GroupOf(node);
    compiled.predicate = node.predicate.get();
    if (compiled.group != kNone && node.predicate != nullptr) {
      compiled.predicate = nullptr;
      AddConditions(*node.predicate, &compiled);
    }
    if (compiled.predicate != nullptr) plan::CollectFields(*compiled.predicate, &first);
    if (!node.late) first.Add(plan::FieldSet::Of(fields));
    if (compiled.group == kNone) {
      for (const plan::ComputedColumns& rule : node.rules) AddRuleFields(rule, &first, &rest);
    }
    plan::FieldSet early = first;
    early.Add(rest);
    for (size_t i = 0; i < early.fields().size(); ++i) {
      compiled.early.push_back(FieldIndex(early.fields()[i], i < first.fields().size()));
    }
    // Events that are given back as lines repeat what they have.
    const bool lines =
        std::find(node.fields.begin(), node.fields.end(), hidden::kLine) != node.fields.end();
    if (compiled.flatten && !lines) {
      compiled.own_time = FieldIndex(scan_->run->fields->Intern("_time"), true);
    }
    AddImplicit(node, &compiled);
    compiled.required = first.fields().size();
    compiled.early_schema = std::make_shared<Schema>(early.fields());
    compiled.schema = std::make_shared<Schema>(fields);
    if (!scan_->settings->strict) AddPrefilter(node, &compiled);
    scan_->plans.push_back(std::move(compiled));
  }

  // What knowledge adds to all fields, or to those that a pattern takes, is shown anyway.
  static void AddImplicit(const plan::ScanNode& node, CompiledScan::Plan* compiled) {
    for (size_t column = 0; column < node.fields.size(); ++column) {
      const Field field = node.fields[column];
      const bool listed =
          std::any_of(node.rules.begin(), node.rules.end(),
                      [field](const plan::ComputedColumns& rule) { return rule.Lists(field); });
      if (field == hidden::kImplicit) compiled->implicit_column = column;
      const bool implicit =
          std::find(node.implicit.begin(), node.implicit.end(), field) != node.implicit.end();
      if (implicit && !listed) compiled->implicit.push_back(column);
    }
  }

  void AddRuleFields(const plan::ComputedColumns& rule, plan::FieldSet* first,
                     plan::FieldSet* rest) {
    // What is open is read from every event that stays.
    plan::FieldSet* fields = rule.only_missing && !rule.open ? rest : first;
    for (const Field target : rule.targets) fields->Add(target);
    fields->Add(rule.Inputs());
    if (rule.text_source) fields->Add(rule.text_source);
    const auto add_name = [&](const plan::EventSet& events) {
      if (!events.pattern.empty()) fields->Add(StanzaField(events.stanza));
    };
    add_name(rule.where);
    for (const plan::EventSet& events : rule.except) add_name(events);
    for (const plan::TextSetting& setting : rule.text) add_name(setting.where);
  }

  Field StanzaField(plan::StanzaKind kind) {
    return scan_->run->fields->Intern(plan::NameOf(kind));
  }

  static constexpr std::string_view kTextKeyEnd = "\":\"";
  // In quotes: the last piece of a member's name.
  static bool IsKey(std::string_view literal) { return literal.starts_with('"'); }

  static void AddPrefilter(const plan::ScanNode& node, CompiledScan::Plan* compiled) {
    for (const plan::LiteralGroup& group : node.prefilter) {
      std::vector<LiteralFinder> finders;
      for (const std::string& literal : group.literals) {
        const std::string_view text = literal;
        if (IsKey(text)) {
          // "name", or "name":" for a member that is a text.
          const bool of_text = text.ends_with(kTextKeyEnd);
          const size_t end = of_text ? kTextKeyEnd.size() : 1;
          finders.emplace_back(text.substr(1, text.size() - 1 - end), false, true, of_text);
        } else {
          finders.emplace_back(text, group.ignore_case);
        }
      }
      finders.emplace_back(kHidingEscape, false);
      const bool keys = !group.literals.empty() && IsKey(group.literals.front());
      compiled->groups.push_back({LiteralSet(std::move(finders)), keys});
    }
  }

  // True if the field can only be told from the whole event.
  bool AddSlots(CompiledScan::FieldSource& field) {
    switch (field.kind) {
      case Kind::kMember:
        field.slot = Slot(field.field.name());
        return false;
      case Kind::kLine:
      case Kind::kImplicit:
        return false;
      case Kind::kRaw:
      case Kind::kLineCount:
        field.slot = Slot(field.field.name());
        scan_->raw_slot = Slot("_raw");
        return true;
      case Kind::kIndex:
      case Kind::kOwnIndex:
        field.slot = Slot("index");
        return true;
      case Kind::kHost:
        field.slot = Slot("host");
        return true;
      case Kind::kSourcetype:
      case Kind::kSourcetypes:
        field.slot = Slot("sourcetype");
        return true;
      case Kind::kSource:
      case Kind::kSources:
        field.slot = Slot("source");
        return true;
      case Kind::kTime:
      case Kind::kOrderTime:
        needs_time_ = true;
        return true;
    }
    return true;
  }

  absl::Status AddTimes() {
    if (!needs_time_) return absl::OkStatus();
    const ScanSettings& settings = *scan_->settings;
    const absl::TimeZone zone = scan_->run->evaluation.constants.zone;
    if (!settings.time_field.empty()) {
      scan_->fallback_times.push_back({Slot(settings.time_field), zone});
      return absl::OkStatus();
    }
    for (const std::string_view name : kFallbackTimes) {
      scan_->fallback_times.push_back({Slot(name), zone});
    }
    return absl::OkStatus();
  }

  // Which settings are for an event, its names tell.
  void AddTimedTexts() {
    const ScanSettings& settings = *scan_->settings;
    const auto* times = settings.times;
    const bool any = times != nullptr && !times->empty();
    if (!any && (!settings.time_field.empty() || !settings.time_format.empty())) return;
    if (!Wants(Kind::kTime) && !Wants(Kind::kOrderTime)) return;
    scan_->timed_slot = scan_->raw_slot = Slot("_raw");
    if (!any) return;
    for (const plan::StanzaKind kind :
         {plan::StanzaKind::kSourcetype, plan::StanzaKind::kSource, plan::StanzaKind::kHost}) {
      FieldIndex(StanzaField(kind), true);
    }
    if (!settings.time_field.empty()) return;
    for (std::string& name : TextTimes::FieldsOf(*times)) {
      const size_t slot = Slot(name);
      scan_->timed_members.emplace_back(std::move(name), slot);
    }
  }

  bool Wants(Kind kind) const {
    return std::any_of(scan_->fields.begin(), scan_->fields.end(),
                       [&](const CompiledScan::FieldSource& field) { return field.kind == kind; });
  }

  CompiledScan::Template MakeTemplate(const std::string& text) {
    CompiledScan::Template made;
    size_t at = 0;
    for (;;) {
      const size_t begin = text.find('$', at);
      const size_t end = begin == std::string::npos ? begin : text.find('$', begin + 1);
      made.texts.push_back(text.substr(at, (end == std::string::npos ? text.size() : begin) - at));
      if (end == std::string::npos) return made;
      made.slots.push_back(Slot(std::string_view(text).substr(begin + 1, end - begin - 1)));
      at = end + 1;
    }
  }

  uint64_t Mark(const std::string& name) {
    std::vector<std::string>& marks = options_.marks;
    const auto found = std::find(marks.begin(), marks.end(), name);
    const auto bit = static_cast<size_t>(found - marks.begin());
    if (found == marks.end()) marks.push_back(name);
    return bit < io::PathTree::kMostMarks ? uint64_t{1} << bit : 0;
  }
  uint64_t Marks(const std::vector<std::string>& names) {
    uint64_t marks = 0;
    for (const std::string& name : names) marks |= Mark(name);
    return marks;
  }

  // Even a search that reads no field must know what is wrapped and what is skipped.
  absl::Status AddShapes() {
    if (scan_->settings->shapes == nullptr) return absl::OkStatus();
    for (const plan::EventLayout& shape : *scan_->settings->shapes) {
      SPELK_RETURN_IF_ERROR(AddShape(shape));
    }
    if (options_.marks.size() > io::PathTree::kMostMarks) {
      return absl::InvalidArgumentError(
          fmt::format("the shapes name {} members to know events by; at most {} can be told apart",
                      options_.marks.size(), io::PathTree::kMostMarks));
    }
    return absl::OkStatus();
  }

  absl::Status AddShape(const plan::EventLayout& shape) {
    CompiledScan::Shape compiled;
    compiled.shape = &shape;
    compiled.wraps = shape.skip || !shape.unwrap.empty();
    if (compiled.wraps) options_.window = plan::kWrapperMembers;
    compiled.members = Marks(shape.members);
    compiled.without = Marks(shape.without);
    compiled.optional = Marks(shape.optional);
    for (const auto& [member, pattern] : shape.values) {
      compiled.members |= Mark(member);
      compiled.values.emplace_back(Slot(member), Wildcard(pattern, Case::kExact));
    }
    if (!shape.unwrap.empty()) AddUnwrap(shape, &compiled);
    SPELK_RETURN_IF_ERROR(AddShapeTimes(shape, &compiled));
    AddNames(shape, &compiled);
    scan_->shapes.push_back(std::move(compiled));
    return absl::OkStatus();
  }

  void AddUnwrap(const plan::EventLayout& shape, CompiledScan::Shape* compiled) {
    compiled->unwrap_list = shape.unwrap.ends_with("[]");
    std::string path = shape.unwrap;
    if (compiled->unwrap_list) path.resize(path.size() - 2);
    compiled->members |= Mark(path);
    compiled->unwrap = SlotOf({path, true});
    for (const std::string& name : shape.envelope) compiled->envelope.push_back(Slot(name));
  }

  absl::Status AddShapeTimes(const plan::EventLayout& shape, CompiledScan::Shape* compiled) {
    if (!needs_time_ || !scan_->settings->time_field.empty()) return absl::OkStatus();
    for (const plan::EventLayout::TimeMember& time : shape.times) {
      absl::TimeZone zone = scan_->run->evaluation.constants.zone;
      if (!time.zone.empty()) {
        SPELK_ASSIGN_OR_RETURN(zone, LoadZone(time.zone));
      }
      compiled->times.push_back({Slot(time.member), zone});
    }
    return absl::OkStatus();
  }

  void AddNames(const plan::EventLayout& shape, CompiledScan::Shape* compiled) {
    if (Wants(Kind::kHost)) compiled->host = MakeTemplate(shape.host);
    if (Wants(Kind::kSourcetype) || Wants(Kind::kSourcetypes)) {
      compiled->sourcetype = MakeTemplate(shape.sourcetype);
    }
    if (Wants(Kind::kSource) || Wants(Kind::kSources)) {
      compiled->source = MakeTemplate(shape.source);
    }
    if (Wants(Kind::kSourcetypes)) {
      for (const std::string& name : shape.also_sourcetypes) {
        compiled->also_sourcetypes.push_back(MakeTemplate(name));
      }
    }
    if (Wants(Kind::kSources)) {
      for (const std::string& name : shape.also_sources) {
        compiled->also_sources.push_back(MakeTemplate(name));
      }
    }
  }

  // A member below one of a shape's prefixes is a field without the prefix, too. Paths that only
  // rules read are those of shapes themselves.
  void AddCandidates() {
    for (CompiledScan::FieldSource& field : scan_->fields) {
      const bool path = !field.required && field.field.name().find('.') != std::string_view::npos;
      if (field.field.hidden() || field.kind == Kind::kTime || path) continue;
      field.candidates.resize(scan_->shapes.size());
      field.system.resize(scan_->shapes.size());
      field.added.resize(scan_->shapes.size(), CompiledScan::kNone);
      for (size_t s = 0; s < scan_->shapes.size(); ++s) {
        AddSystem(*scan_->shapes[s].shape, field.field.name(), &field.candidates[s]);
        field.system[s] = field.candidates[s].size();
        for (const std::string& prefix : scan_->shapes[s].shape->prefixes) {
          const size_t slot = SlotOf(PrefixedName(prefix, field.field.name()));
          field.candidates[s].push_back(slot);
          if (prefix == scan_->shapes[s].shape->adds) field.added[s] = slot;
        }
        if (scan_->shapes[s].shape->multivalues) {
          io::PathTree::Name list{std::string(field.field.name()) + "{}"};
          list.list = true;
          field.candidates[s].push_back(SlotOf(std::move(list)));
        }
      }
    }
  }

  void AddSystem(const plan::EventLayout& shape, std::string_view name,
                 std::vector<size_t>* candidates) {
    for (const std::string& prefix : shape.system_prefixes) {
      candidates->push_back(SlotOf(PrefixedName(prefix, name)));
    }
    for (const auto& [field, member] : shape.system) {
      if (field == name) candidates->push_back(Slot(member));
    }
  }

  // Few plans look for their literals one after another, faster than through an index.
  void AddIndex() {
    constexpr size_t kFew = 4;
    if (scan_->plans.size() <= kFew) return;
    scan_->index = MakeLineIndex(LiteralFinder(kHidingEscape, false), &scan_->plans);
  }

  static std::vector<const CompiledScan::Template*> TemplatesOf(const CompiledScan::Shape& shape,
                                                                Kind kind) {
    if (kind == Kind::kHost) return {&shape.host};
    const bool sourcetypes = kind == Kind::kSourcetype || kind == Kind::kSourcetypes;
    std::vector<const CompiledScan::Template*> templates = {sourcetypes ? &shape.sourcetype
                                                                        : &shape.source};
    if (kind == Kind::kSourcetypes || kind == Kind::kSources) {
      for (const auto& each : sourcetypes ? shape.also_sourcetypes : shape.also_sources) {
        templates.push_back(&each);
      }
    }
    return templates;
  }

  // What sourcetype, source and host are made of.
  void AddNameSlots() {
    constexpr Kind kKinds[CompiledScan::kNameFields] = {
        Kind::kSourcetype, Kind::kSource, Kind::kHost, Kind::kSourcetypes, Kind::kSources};
    for (size_t n = 0; n < CompiledScan::kNameFields; ++n) {
      const auto found = std::find_if(
          scan_->fields.begin(), scan_->fields.end(),
          [&](const CompiledScan::FieldSource& field) { return field.kind == kKinds[n]; });
      if (found == scan_->fields.end()) continue;
      scan_->names[n] = static_cast<size_t>(found - scan_->fields.begin());
      scan_->name_slots.push_back(found->slot);
      for (size_t s = 0; s < scan_->shapes.size(); ++s) {
        CompiledScan::Shape& shape = scan_->shapes[s];
        std::vector<size_t>& slots = shape.name_slots;
        if (!found->candidates.empty()) {
          slots.insert(slots.end(), found->candidates[s].begin(), found->candidates[s].end());
        }
        for (const CompiledScan::Template* name : TemplatesOf(shape, kKinds[n])) {
          slots.insert(slots.end(), name->slots.begin(), name->slots.end());
        }
      }
    }
    for (CompiledScan::Shape& shape : scan_->shapes) {
      std::sort(shape.name_slots.begin(), shape.name_slots.end());
      shape.name_slots.erase(std::unique(shape.name_slots.begin(), shape.name_slots.end()),
                             shape.name_slots.end());
    }
  }

  static io::PathTree::Name PrefixedName(const std::string& prefix, std::string_view name) {
    io::PathTree::Name made{prefix + std::string(name)};
    for (size_t at = 0; at < prefix.size(); ++at) {
      const bool piece = prefix[at] == '*' && (at == 0 || prefix[at - 1] == '.') &&
                         at + 1 < prefix.size() && prefix[at + 1] == '.';
      if (!piece) continue;
      made.name[at] = io::PathTree::kAny.front();
      made.any = true;
    }
    return made;
  }

  const std::vector<ScanPlan>& scans_;
  std::unique_ptr<CompiledScan> scan_;
  std::vector<io::PathTree::Name> names_;
  absl::flat_hash_map<Field, size_t> field_index_;
  absl::flat_hash_map<Field, std::vector<size_t>> rules_of_;  // Of the shared ones, by target.
  struct KnownCondition {
    size_t plans = 0;
    size_t index = kNone;  // Into Shared::conditions, once it is there.
  };
  std::map<std::string, KnownCondition> known_conditions_;  // By their saved form.
  StringMap<size_t> slots_;                                 // Into names_.
  StringMap<size_t> raw_slots_;
  StringMap<size_t> any_slots_;
  StringMap<size_t> list_slots_;
  io::PathTree::Options options_;
  bool needs_time_ = false;
};

}  // namespace

absl::StatusOr<std::unique_ptr<const CompiledScan>> CompiledScan::Make(
    const std::vector<ScanPlan>& scans, const ScanSettings& settings, const RunContext& run,
    const plan::ComputedColumnsList* rules) {
  return ScanCompiler(scans, settings, run, rules).Compile();
}

}  // namespace spelk::exec
