// Compiling scans: which names are looked for in a line, and how fields come out of them.
#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/status.h"
#include "exec/scan.h"
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

}  // namespace

// Builds a SharedScan; the names of all plans and shapes become slots of one tree.
class ScanCompiler {
 public:
  ScanCompiler(const std::vector<const plan::ScanNode*>& nodes, const ScanSettings& settings,
               const RunContext& run)
      : nodes_(nodes), scan_(std::make_unique<SharedScan>()) {
    scan_->settings_ = &settings;
    scan_->run_ = &run;
  }

  absl::StatusOr<std::unique_ptr<const SharedScan>> Compile() {
    builtin_ = std::any_of(nodes_.begin(), nodes_.end(),
                           [](const plan::ScanNode* node) { return node->builtin; });
    for (const plan::ScanNode* node : nodes_) AddPlan(*node);
    // The fields that events must have themselves come first: reading may stop when all were seen.
    for (SharedScan::FieldSource& field : scan_->fields_) {
      if (field.kind == SharedScan::FieldSource::Kind::kMember) {
        field.slot = Slot(field.field.name(), false);
      }
    }
    size_t required = names_.size();
    for (SharedScan::FieldSource& field : scan_->fields_) {
      if (AddSpecialSlots(field)) required = io::PathTree::kReadAll;
    }
    SPELK_RETURN_IF_ERROR(AddTimes());
    if (builtin_) SPELK_RETURN_IF_ERROR(AddShapes());
    AddCandidates();
    scan_->tree_ = std::make_unique<io::PathTree>(names_, required);
    return std::unique_ptr<const SharedScan>(std::move(scan_));
  }

 private:
  using Kind = SharedScan::FieldSource::Kind;

  size_t Slot(std::string_view name, bool raw) {
    for (size_t i = 0; i < names_.size(); ++i) {
      if (names_[i].name == name && names_[i].raw == raw) return i;
    }
    names_.push_back({std::string(name), raw});
    return names_.size() - 1;
  }

  static Kind KindOf(Field field) {
    if (field == hidden::kLine) return Kind::kLine;
    if (field == hidden::kTime) return Kind::kOrderTime;
    if (field == hidden::kSourcetypes) return Kind::kSourcetypes;
    if (field == hidden::kSources) return Kind::kSources;
    if (field == hidden::kIndex) return Kind::kGivenIndex;
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

  size_t FieldIndex(Field field) {
    std::vector<SharedScan::FieldSource>& fields = scan_->fields_;
    for (size_t i = 0; i < fields.size(); ++i) {
      if (fields[i].field == field) return i;
    }
    SharedScan::FieldSource source;
    source.field = field;
    source.kind = KindOf(field);
    fields.push_back(std::move(source));
    return fields.size() - 1;
  }

  void AddPlan(const plan::ScanNode& node) {
    SharedScan::Plan compiled;
    compiled.node = &node;
    compiled.flatten = node.all_fields || !node.patterns.empty();
    for (const Field field : node.fields) compiled.columns.push_back(FieldIndex(field));
    plan::FieldSet early;
    for (const plan::FieldRule& rule : node.rules) {
      if (!rule.pattern.empty()) early.Add(StanzaField(rule.stanza));
      early.Add(rule.target);
      plan::CollectFields(*rule.value, &early);
    }
    if (node.predicate != nullptr) plan::CollectFields(*node.predicate, &early);
    if (!node.late) early.Add(plan::FieldSet::Of(node.fields));
    std::vector<Field> early_fields;
    for (const Field field : early.fields()) {
      compiled.early.push_back(FieldIndex(field));
      early_fields.push_back(field);
    }
    compiled.early_schema = std::make_shared<Schema>(std::move(early_fields));
    compiled.schema = std::make_shared<Schema>(node.fields);
    if (!scan_->settings_->strict) AddPrefilter(node, &compiled);
    scan_->plans_.push_back(std::move(compiled));
  }

  Field StanzaField(plan::StanzaKind kind) {
    return scan_->run_->fields->Intern(plan::NameOf(kind));
  }

  static void AddPrefilter(const plan::ScanNode& node, SharedScan::Plan* compiled) {
    for (const plan::LiteralGroup& group : node.prefilter) {
      std::vector<std::string> literals = group.literals;
      literals.emplace_back(kHidingEscape);
      compiled->groups.emplace_back(std::move(literals), group.ignore_case);
    }
  }

  // True if the field can only be told from the whole event.
  bool AddSpecialSlots(SharedScan::FieldSource& field) {
    switch (field.kind) {
      case Kind::kMember:
        return false;
      case Kind::kLine:
      case Kind::kLineCount:
        return false;
      case Kind::kRaw:
        field.slot = Slot("_raw", false);
        return true;
      case Kind::kIndex:
      case Kind::kGivenIndex:
        field.slot = Slot("index", false);
        return true;
      case Kind::kHost:
        field.slot = Slot("host", false);
        return true;
      case Kind::kSourcetype:
      case Kind::kSourcetypes:
        field.slot = Slot("sourcetype", false);
        return true;
      case Kind::kSource:
      case Kind::kSources:
        field.slot = Slot("source", false);
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
    const ScanSettings& settings = *scan_->settings_;
    const absl::TimeZone zone = scan_->run_->evaluation.constants.zone;
    if (!settings.time_field.empty()) {
      scan_->fallback_times_.push_back({Slot(settings.time_field, false), zone});
      return absl::OkStatus();
    }
    for (const std::string_view name : kFallbackTimes) {
      scan_->fallback_times_.push_back({Slot(name, false), zone});
    }
    return absl::OkStatus();
  }

  bool Wants(Kind kind) const {
    return std::any_of(scan_->fields_.begin(), scan_->fields_.end(),
                       [&](const SharedScan::FieldSource& field) { return field.kind == kind; });
  }

  SharedScan::Template MakeTemplate(const std::string& text) {
    SharedScan::Template made;
    size_t at = 0;
    for (;;) {
      const size_t begin = text.find('$', at);
      const size_t end = begin == std::string::npos ? begin : text.find('$', begin + 1);
      made.texts.push_back(text.substr(at, (end == std::string::npos ? text.size() : begin) - at));
      if (end == std::string::npos) return made;
      made.slots.push_back(Slot(std::string_view(text).substr(begin + 1, end - begin - 1), false));
      at = end + 1;
    }
  }

  uint64_t Marker(const std::string& name) {
    const size_t slot = Slot(name, true);
    std::vector<size_t>& markers = scan_->marker_slots_;
    const auto found = std::find(markers.begin(), markers.end(), slot);
    const auto bit = static_cast<size_t>(found - markers.begin());
    if (found == markers.end()) markers.push_back(slot);
    return bit < 64 ? uint64_t{1} << bit : 0;
  }

  absl::Status AddShapes() {
    const ScanSettings& settings = *scan_->settings_;
    if (settings.shapes == nullptr || settings.shapes->empty()) return absl::OkStatus();
    // Even a search that reads no field must know what is wrapped and what is skipped.
    scan_->needs_shape_ = true;
    for (const plan::Shape& shape : *settings.shapes) SPELK_RETURN_IF_ERROR(AddShape(shape));
    return absl::OkStatus();
  }

  absl::Status AddShape(const plan::Shape& shape) {
    SharedScan::CompiledShape compiled;
    compiled.shape = &shape;
    for (const std::string& member : shape.members) compiled.members |= Marker(member);
    for (const std::string& member : shape.without) compiled.without |= Marker(member);
    for (const auto& [member, pattern] : shape.values) {
      compiled.values.emplace_back(Slot(member, false), Wildcard(pattern, Case::kExact));
      scan_->shapes_look_at_values_ = true;
    }
    if (!shape.unwrap.empty()) {
      compiled.unwrap_list = shape.unwrap.ends_with("[]");
      std::string_view path = shape.unwrap;
      if (compiled.unwrap_list) path.remove_suffix(2);
      compiled.unwrap = Slot(path, true);
      for (const std::string& name : shape.envelope) compiled.envelope.push_back(Slot(name, false));
    }
    if (needs_time_ && scan_->settings_->time_field.empty()) {
      for (const plan::Shape::TimeMember& time : shape.times) {
        absl::TimeZone zone = scan_->run_->evaluation.constants.zone;
        if (!time.zone.empty()) {
          SPELK_ASSIGN_OR_RETURN(zone, LoadZone(time.zone));
        }
        compiled.times.push_back({Slot(time.member, false), zone});
      }
    }
    if (Wants(Kind::kHost)) compiled.host = MakeTemplate(shape.host);
    if (Wants(Kind::kSourcetype) || Wants(Kind::kSourcetypes)) {
      compiled.sourcetype = MakeTemplate(shape.sourcetype);
    }
    if (Wants(Kind::kSource) || Wants(Kind::kSources)) compiled.source = MakeTemplate(shape.source);
    if (Wants(Kind::kSourcetypes)) {
      for (const std::string& name : shape.also_sourcetypes) {
        compiled.also_sourcetypes.push_back(MakeTemplate(name));
      }
    }
    if (Wants(Kind::kSources)) {
      for (const std::string& name : shape.also_sources) {
        compiled.also_sources.push_back(MakeTemplate(name));
      }
    }
    scan_->shapes_.push_back(std::move(compiled));
    return absl::OkStatus();
  }

  // A member below one of a shape's prefixes is a field without the prefix, too.
  void AddCandidates() {
    for (SharedScan::FieldSource& field : scan_->fields_) {
      if (field.field.hidden() || field.kind == Kind::kTime) continue;
      field.candidates.resize(scan_->shapes_.size());
      for (size_t s = 0; s < scan_->shapes_.size(); ++s) {
        for (const std::string& prefix : scan_->shapes_[s].shape->prefixes) {
          field.candidates[s].push_back(Slot(prefix + std::string(field.field.name()), false));
        }
      }
    }
  }

  const std::vector<const plan::ScanNode*>& nodes_;
  std::unique_ptr<SharedScan> scan_;
  std::vector<io::PathTree::Name> names_;
  bool builtin_ = false;
  bool needs_time_ = false;
};

absl::StatusOr<std::unique_ptr<const SharedScan>> SharedScan::Make(
    const std::vector<const plan::ScanNode*>& nodes, const ScanSettings& settings,
    const RunContext& run) {
  return ScanCompiler(nodes, settings, run).Compile();
}

void ScanReport::Add(Fault fault) {
  const std::lock_guard lock(mutex_);
  const auto before = [](const Fault& a, const Fault& b) {
    return std::pair(a.sequence, a.offset) < std::pair(b.sequence, b.offset);
  };
  first_.insert(std::upper_bound(first_.begin(), first_.end(), fault, before), std::move(fault));
  if (first_.size() > kShown) first_.pop_back();
}

std::vector<ScanReport::Fault> ScanReport::first() const {
  const std::lock_guard lock(mutex_);
  return first_;
}

}  // namespace spelk::exec
